"""The page for reviewers as text: self-contained, escaped, and the same for the same plan."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from cli.terminal import ROOT, Golden
from unit.render import reviews

from mentorctl.plan.consequences import Measures
from mentorctl.plan.model import Impact
from mentorctl.render.review import Review, review_of
from mentorctl.render.review_page import review_html

HERE = ROOT / "tests" / "cases" / "reviews"
REVIEWS = {
    "both": review_of(reviews.ONE, reviews.static()),
    "many": review_of(reviews.MANY, None),
    "nothing": review_of(reviews.live(is_empty=True), None),
    "tricky": review_of(*reviews.tricky()),
}
VOID = {"meta", "wbr"}


class _Elements(HTMLParser):
    """Every element of a page with its attributes, and what is open at its end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def test_the_page_is_as_reviewed(golden: Golden) -> None:
    """What reviewers open beside the comment."""
    golden(HERE / "both.html", review_html(REVIEWS["both"]))


@pytest.mark.parametrize("name", REVIEWS)
def test_it_needs_nothing_else(name: str) -> None:
    """Nothing is loaded, linked, run or styled from outside, whatever the texts try, and every element is closed."""
    page = _Elements(review_html(REVIEWS[name]))
    assert page.open == []
    policy = next(
        a["content"] for tag, a in page.found if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    for tag, attributes in page.found:
        assert tag not in {
            "script",
            "img",
            "link",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "base",
            "use",
            "image",
        }
        assert not {name for name in attributes if name.startswith("on")} | (
            attributes.keys() & {"style", "src", "srcset"}
        )
        assert attributes.get("href", "#").startswith("#")


def test_no_number_under_five_and_no_person() -> None:
    """In cells, in sentences and in pictures there is no number of people from 1 to 4, and no id."""
    text = review_html(REVIEWS["many"])
    assert reviews.PERSON not in text
    assert "fewer than 5" in text
    cells = [part.partition("<")[0] for part in text.split('<td class="number">')[1:]]
    assert cells
    assert not {"1", "2", "3", "4"} & set(cells)


def test_few_matches_are_drawn_alike() -> None:
    """Distributions that differ by a few have bars of few, not of one and of two."""
    pages = {_with_scores(count) for count in (1, 2, 3, 4)}
    assert len(pages) == 1


def _with_scores(count: int) -> str:
    measures = Measures(matches=50, scores=((1, count), (2, 50)), load=((1, count), (2, 50)))
    each = reviews.consequences("grow", {Impact.INFORMED: 40})
    review: Review = review_of(reviews.live(replace(each, before=measures, after=measures)), None)
    text = review_html(review)
    return text[text.index("Scores of matches") : text.index("mean score")]


def test_equal_plans_have_equal_pages() -> None:
    """The page holds no clock, no order of chance and no path of a machine."""
    one, two = (review_html(review_of(reviews.ONE, reviews.static())) for _ in range(2))
    assert one == two
    assert one.endswith("</html>\n")
