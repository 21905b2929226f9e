"""Drawings: boxes and labels do not cover each other, the text is XML and harmless, and equal input is equal output."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.lifecycle.difference import Sign, difference
from mentorctl.lifecycle.machines.match import match_lifecycle
from mentorctl.lifecycle.machines.people import enrollment_lifecycle
from mentorctl.lifecycle.model import Ending, Lifecycle, State, Transition
from mentorctl.render.difference import difference_mermaid, difference_table
from mentorctl.render.layout import Layout, Line, Size, layout
from mentorctl.render.lifecycle_picture import difference_picture, lifecycle_picture
from mentorctl.render.style import Style
from mentorctl.render.svg import Arrow, Box, Look, Picture, picture_svg
from mentorctl.spec.model import ModelType

SVG = "{http://www.w3.org/2000/svg}"


def boxes_of(drawn: Layout, sizes: dict[str, Size], lines: list[Line]) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every box and every label."""
    found = [(x, y, sizes[box]) for box, (x, y) in drawn.boxes.items()]
    found += [(*route.label, line.label) for route, line in zip(drawn.routes, lines, strict=True) if line.label.height]
    return [(x - s.width / 2, y - s.height / 2, x + s.width / 2, y + s.height / 2) for x, y, s in found]


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] - 0.1 and other[0] < one[2] - 0.1 and one[1] < other[3] - 0.1 and other[1] < one[3] - 0.1


graphs = st.integers(2, 9).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda ends: ends[0] != ends[1]),
            max_size=16,
            unique=True,
        ),
    )
)


@settings(max_examples=60)
@given(graphs)
def test_nothing_covers_anything(graph: tuple[int, list[tuple[int, int]]]) -> None:
    """Whatever the graph, no box or label lies on another one, and all lie within the drawing."""
    number, ends = graph
    sizes = {f"b{n}": Size(width=60 + 9 * n, height=30 + 5 * (n % 3)) for n in range(number)}
    lines = [Line(source=f"b{s}", target=f"b{t}", label=Size(width=50, height=17)) for s, t in ends]
    drawn = layout(sizes, lines)
    assert drawn == layout(sizes, lines)
    placed = boxes_of(drawn, sizes, lines)
    assert not [pair for pair in combinations(placed, 2) if overlap(*pair)]
    for left, top, right, bottom in placed:
        assert left >= -0.1
        assert top >= -0.1
        assert right <= drawn.size.width + 0.1
        assert bottom <= drawn.size.height + 0.1
    for route, line in zip(drawn.routes, lines, strict=True):
        x, y = drawn.boxes[line.source]
        assert abs(route.points[0][0] - x) <= sizes[line.source].width / 2
        assert abs(route.points[0][1] - y) <= sizes[line.source].height / 2 + 0.1


@pytest.mark.parametrize(
    "lifecycle",
    [match_lifecycle(ModelType.ONE_ON_ONE), match_lifecycle(ModelType.FLASH), enrollment_lifecycle(approval=True, training=True)],
)  # fmt: skip
def test_a_lifecycle_is_an_accessible_picture(lifecycle: Lifecycle) -> None:
    """The SVG is well-formed, names itself for screen readers, has every state, and loads nothing."""
    text = picture_svg(lifecycle_picture(lifecycle, counts={lifecycle.initial: 1_234}))
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == f"Lifecycle of {lifecycle.name}"
    assert "It begins in" in (root.findtext(f"{SVG}desc") or "")
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert {state.id for state in lifecycle.states} <= words
    assert "1,234 now" in words
    assert "prefers-color-scheme:dark" in text
    assert not any(word in text for word in ("<script", "href", "url(http", "@import", "<image"))


def test_words_are_harmless() -> None:
    """What is XML to a reader of XML is written so that it is text."""
    box = Box(id="a", title='</text><script>alert("x")</script>', lines=("a & b", "\x1b[31m"), look=Look.ADDED)
    text = picture_svg(Picture(title="<b>", description='"&', boxes=(box,), arrows=(Arrow(source="a", target="a"),)))
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert not list(root.iter(f"{SVG}script"))
    assert '</text><script>alert("x")</script>' in {element.text for element in root.iter(f"{SVG}text")}
    assert "\x1b" not in text


def test_what_leads_from_everywhere_is_written_into_its_target() -> None:
    """A dozen arrows to one end are one line in its box."""
    picture = lifecycle_picture(enrollment_lifecycle(approval=True, training=True))
    withdrawn = next(box for box in picture.boxes if box.id == "withdrawn")
    assert "from 7 states: withdraw" in withdrawn.lines
    assert not [arrow for arrow in picture.arrows if arrow.target == "withdrawn"]


def machine(*lines: str, ends: tuple[str, ...] = ("done",)) -> Lifecycle:
    ways = []
    for line in lines:
        event, source, target, when = (*line.split(), "")[:4]
        ways.append(Transition(event=event, source=source, target=target, when=when))
    states = dict.fromkeys(s for way in ways for s in (way.source, way.target))
    return Lifecycle(
        name="order",
        initial="open",
        facts=(),
        states=tuple(State(id=s, meaning="", ending=Ending.SUCCESS if s in ends else None) for s in states),
        transitions=tuple(ways),
    )


OLD = machine("go open done", "hold open held", "back held open", "far away done", "leap away far_off")
NEW = machine("go open done paid", "stop open lost", "far away done", "leap away far_off", ends=("done", "lost"))


def test_a_difference_has_signs_and_one_step_around() -> None:
    """Added, removed and changed parts are marked in words; what is far from them is counted."""
    found = difference(OLD, NEW)
    assert {(p.sign, p.shown.id) for p in found.states if p.sign is not Sign.SAME} == {("+", "lost"), ("-", "held")}
    drawn = difference_mermaid(found, counts={"held": 3})
    assert '["- held<br/>3 now"]:::removed' in drawn
    assert '-->|"~ go (when#58; always → paid)"|' in drawn
    assert '-.->|"- hold"|' in drawn
    assert '-->|"+ stop"|' in drawn
    assert 'rest["2 more"]:::folded' in drawn
    picture = difference_picture(found)
    assert {arrow.labels[0] for arrow in picture.arrows} == {"~ go", "+ stop", "- hold", "- back"}
    ET.fromstring(picture_svg(picture))  # noqa: S314 - our own text


def test_the_table_says_the_same() -> None:
    """A line for each change, with how many are in the state now."""
    lines = difference_table(difference(OLD, NEW), {"held": 3, "open": 5}, Style())
    assert any("state held" in line and line.endswith("3") for line in lines)
    assert any("go: open → done" in line and "when: always → paid" in line for line in lines)
    assert difference(OLD, OLD).is_empty


def test_what_nobody_could_read_is_a_list() -> None:
    """Above sixty states there is no drawing, but the changes are there."""
    many = machine(*(f"go s{n} s{n + 1}" for n in range(70)))
    drawn = difference_mermaid(difference(OLD, many))
    assert drawn.startswith("%% too large to draw")
    assert "%% - | state held" in drawn
