"""The page for reviewers in a real browser: light and dark, narrow and wide, on paper, by keyboard, and silent."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from unit.render import reviews

from mentorctl.render.review import Review, review_of
from mentorctl.render.review_page import review_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REVIEWS = {
    "live": review_of(reviews.ONE, None),
    "static": review_of(None, reviews.static()),
    "both": review_of(reviews.ONE, reviews.static()),
    "many": review_of(reviews.MANY, None),
    "nothing": review_of(reviews.live(is_empty=True), None),
    "tricky": review_of(*reviews.tricky()),
}
WIDTHS = (360, 1280)
type Scheme = Literal["dark", "light"]


class Seen:
    """A page that is open, with what it said to the console and what it asked the network for."""

    def __init__(self, page: "Page", file: Path) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.goto(file.as_uri())


def _open(browser: "Browser", review: Review, folder: Path, *, width: int = 1280, scheme: Scheme = "light") -> Seen:
    file = folder / "review.html"
    file.write_text(review_html(review), encoding="utf-8")
    return Seen(browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme), file)


@pytest.mark.parametrize("name", REVIEWS)
def test_it_is_silent_and_fits(name: str, browser: "Browser", tmp_path: Path) -> None:
    """Nothing goes to the console, nothing is fetched but the file, nothing pops up, and no page scrolls sideways."""
    for width in WIDTHS:
        seen = _open(browser, REVIEWS[name], tmp_path, width=width)
        assert seen.said == []
        assert [url for url in seen.asked if not url.startswith("file:")] == []
        assert len(seen.asked) == 1
        wide, room = seen.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room, f"{wide} pixels on a screen of {width}"
        seen.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out(scheme: Scheme, browser: "Browser", tmp_path: Path) -> None:
    """Every text, in the page and in its pictures, has a contrast of 4.5 to 1 with what is behind it."""
    seen = _open(browser, REVIEWS["both"], tmp_path, scheme=scheme)
    texts = seen.page.evaluate(_TEXTS)
    assert len(texts) > 100
    weak = {(t["text"], t["ink"], t["paper"]) for t in texts if _contrast(_rgb(t["ink"]), _rgb(t["paper"])) < 4.5}
    assert not weak
    seen.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_stand_out(scheme: Scheme, browser: "Browser", tmp_path: Path) -> None:
    """What a chart draws has a contrast of 3 to 1 with the card that it is drawn on."""
    seen = _open(browser, REVIEWS["both"], tmp_path, scheme=scheme)
    marks = seen.page.evaluate(_MARKS)
    assert len(marks) > 20
    assert not [m for m in marks if max(_contrast(_rgb(c), _rgb(m["paper"])) for c in m["inks"]) < 3.0]
    seen.page.close()


def test_dark_is_dark(browser: "Browser", tmp_path: Path) -> None:
    """The page follows the reader's choice of light and dark; both are drawn, and they differ."""
    shots = {}
    for scheme in ("light", "dark"):
        seen = _open(browser, REVIEWS["both"], tmp_path, scheme=scheme)
        shots[scheme] = seen.page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
        paper = _rgb(seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (_luminance(paper) > 0.8) is (scheme == "light")
        seen.page.close()
    assert shots["light"] != shots["dark"]
    assert all(len(shot) > 50_000 and shot.startswith(b"\x89PNG") for shot in shots.values())


@pytest.mark.parametrize("name", REVIEWS)
def test_it_is_built_for_everybody(name: str, browser: "Browser", tmp_path: Path) -> None:
    """Landmarks, one first heading, headings without gaps, named pictures and regions, headed tables, and unique ids."""
    page = _open(browser, REVIEWS[name], tmp_path).page
    found: dict[str, Any] = page.evaluate(_STRUCTURE)
    assert found["language"] == "en"
    assert found["title"]
    assert (found["mains"], found["headers"], found["footers"], found["firsts"]) == (1, 1, 1, 1)
    levels = found["levels"]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert found["doubles"] == []
    assert found["nameless_pictures"] == 0
    assert found["nameless_regions"] == 0
    assert found["headless_tables"] == 0
    assert found["broken_labels"] == []
    assert found["scripts"] == 0
    page.close()


def test_it_can_be_read_by_keyboard(browser: "Browser", tmp_path: Path) -> None:
    """The first key leads to a link that skips to the content; everything that scrolls or opens can be reached."""
    page = _open(browser, REVIEWS["both"], tmp_path, width=360).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    scrolling = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1"
        " && !e.closest('details:not([open])')"
        " && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map(e => e.outerHTML.slice(0, 90))"
    )
    assert scrolling
    assert set(scrolling) <= reached
    assert any(word.startswith("<summary") for word in reached)
    page.close()


def test_it_prints(browser: "Browser", tmp_path: Path) -> None:
    """On paper it is light whatever the screen is, without links to jump by, on a few pages."""
    page = _open(browser, REVIEWS["both"], tmp_path, scheme="dark").page
    data = page.pdf(path=tmp_path / "review.pdf", format="A4")
    assert data.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 12
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    page.close()


def test_charts_show_their_numbers(browser: "Browser", tmp_path: Path) -> None:
    """Bars are as long as their numbers say, few people are drawn as an outline, and a table stands beside each chart."""
    page = _open(browser, REVIEWS["both"], tmp_path).page
    bars = page.evaluate(
        "[...document.querySelectorAll('.w540 rect:not(.track)')].map(r => [r.getAttribute('class'), r.width.baseVal.value])"
    )
    widths = [width for look, width in bars if "few" not in look]
    assert len(bars) == 4
    assert [look for look, _ in bars if "few" in look] == ["warm few"]
    assert widths[0] / widths[2] == pytest.approx(14 / 27, rel=0.02)
    charts = page.evaluate(
        "[...document.querySelectorAll('section')].filter(s => s.querySelector('svg')).map(s => s.querySelectorAll('table').length)"
    )
    assert len(charts) >= 4
    assert all(charts)
    page.close()


def test_no_trick_makes_an_element(browser: "Browser", tmp_path: Path) -> None:
    """Texts full of markup become text: no element, attribute or address of theirs is in the page."""
    page = _open(browser, REVIEWS["tricky"], tmp_path).page
    found = page.evaluate(
        "({tags: [...new Set([...document.querySelectorAll('*')].map(e => e.tagName.toLowerCase()))],"
        " links: [...document.querySelectorAll('[href],[src]')].map(e => e.getAttribute('href') || e.getAttribute('src')),"
        " handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on')).length,"
        " styled: document.querySelectorAll('[style]').length, firsts: document.querySelectorAll('h1').length})"
    )
    assert not {"script", "img", "iframe", "object", "form", "input", "foreignobject"} & set(found["tags"])
    assert all(link.startswith("#") for link in found["links"])
    assert (found["handlers"], found["styled"], found["firsts"]) == (0, 0, 1)
    assert "\u202e" not in page.content()
    assert page.title() == "Review of <script>alert(1)</script>"
    page.close()


@pytest.fixture(autouse=True)
def _named(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test without a browser is skipped before anything is made for it."""
    request.getfixturevalue("browser")
    yield  # noqa: PT022 - so that the browser is asked first


def _rgb(color: str) -> tuple[float, float, float]:
    numbers = [float(n) for n in re.findall(r"[\d.]+", color)]
    return numbers[0], numbers[1], numbers[2]


def _luminance(color: tuple[float, float, float]) -> float:
    parts = [c / 255 for c in color]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


_PAPER = """
const paper = (start) => {
  for (let e = start; e; e = e.parentElement) {
    const color = getComputedStyle(e).backgroundColor;
    if (!/rgba\\(.*, 0\\)|transparent/.test(color)) return color;
  }
  return 'rgb(255, 255, 255)';
};
"""
_TEXTS = (
    "() => {"
    + _PAPER
    + """
  const found = [];
  for (const e of document.querySelectorAll('h1, h2, h3, p, td, th, dt, dd, a, code, summary, svg text, .badge')) {
    const text = e.textContent.trim();
    if (!text || e.closest('.away, .skip, details:not([open]) > div')) continue;
    const style = getComputedStyle(e);
    const inPicture = e.namespaceURI.endsWith('svg');
    found.push({text: text.slice(0, 40), ink: inPicture ? style.fill : style.color, paper: paper(e)});
  }
  return found;
}
"""
)
_MARKS = (
    "() => {"
    + _PAPER
    + """
  return [...document.querySelectorAll('.chart rect:not(.track)')].map((e) => {
    const style = getComputedStyle(e);
    const inks = [style.fill, style.stroke].filter((c) => c.startsWith('rgb'));
    return {inks, paper: paper(e.closest('section'))};
  });
}
"""
)
_STRUCTURE = """
() => {
  const all = (query) => [...document.querySelectorAll(query)];
  const ids = all('[id]').map((e) => e.id);
  const labels = all('[aria-labelledby]').flatMap((e) => e.getAttribute('aria-labelledby').split(' '));
  return {
    language: document.documentElement.lang,
    title: document.title,
    mains: all('main').length,
    headers: all('body > header').length,
    footers: all('body > footer').length,
    firsts: all('h1').length,
    levels: all('h1, h2, h3, h4').map((e) => Number(e.tagName[1])),
    doubles: ids.filter((id, at) => ids.indexOf(id) !== at),
    nameless_pictures: all('svg').filter((e) => e.getAttribute('role') !== 'img' || !e.querySelector('title')?.textContent).length,
    nameless_regions: all('[role=region]').filter((e) => !e.getAttribute('aria-label')).length,
    headless_tables: all('table').filter((e) => !e.querySelector('caption') || !e.querySelector('th[scope=col]')).length,
    broken_labels: labels.filter((id) => !document.getElementById(id)),
    scripts: all('script').length,
  };
}
"""
