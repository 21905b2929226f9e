"""What programs share: wrong rows of `together` name both places, and fine ones pass. MC2098 takes two program files."""

import pytest
from unit.plan.small import changed

from .test_checks import PROGRAM, WORKSPACE, Edits, load, text_at

OTHER = changed(PROGRAM, ("id: grow", "id: other"))
TOGETHER = "sharing: {together: [[grow, other]], places: {mentor: 2}}\n"
PREFER = "  prefer:\n"

WRONG: tuple[tuple[str, Edits, str, str], ...] = (
    (TOGETHER, (("{type: one-on-one, mentors: career}", "{type: flash, mentors: career}"), (PREFER, "  capacity: {mentor: {max: 2}}\n  prefer:\n"), ("at_least: 10", "at_least: 1")), "has the model `flash`", "flash"),
    (TOGETHER, ((PREFER, "  pool: [{id: per_site, max_per: {field: site, at_most: 3}}]\n  prefer:\n"),), "has rules for the whole pool", "[{id: per_site"),
    (TOGETHER, ((PREFER, "  stability: stable\n  prefer:\n"),), "asks for stable matches", "stable"),
    (TOGETHER, ((PREFER, "  objective: [leximin]\n  prefer:\n"),), "compares mentees by their one match", "[leximin]"),
    (TOGETHER, ((PREFER, "  objective: quality_first\n  prefer:\n"),), "has another objective than `grow`", "quality_first"),
)  # fmt: skip


@pytest.mark.parametrize(("sharing", "edits", "said", "related"), WRONG, ids=[row[2] for row in WRONG])
def test_programs_that_cannot_be_one_problem_are_named(sharing: str, edits: Edits, said: str, related: str) -> None:
    """The row is marked, and what in the program is against it."""
    workspace = changed(WORKSPACE, ("roster:\n", f"{sharing}roster:\n"))
    loaded = load(workspace=workspace, more=[changed(OTHER, *edits)])
    (found,) = [d for d in loaded.findings if d.code == "MC2098"]
    assert said in found.detail
    assert text_at(loaded, found.span).startswith("other]]")
    assert text_at(loaded, found.related[0].span).startswith(related)


def test_programs_that_share_nothing_are_not_one_problem() -> None:
    """Places, hours or `share_capacity` in one of them is enough."""
    for sharing, edits, codes in (
        ("sharing: {together: [[grow, other]]}\n", (), ["MC2098"]),
        ("sharing: {together: [[grow, other]], hours: 8}\n", (), []),
        ("sharing: {together: [[grow, other]]}\n", ((PREFER, "  share_capacity: [grow]\n  prefer:\n"),), []),
    ):
        workspace = changed(WORKSPACE, ("roster:\n", f"{sharing}roster:\n"))
        loaded = load(workspace=workspace, more=[changed(OTHER, *edits)])
        assert [d.code for d in loaded.findings] == codes


def test_a_program_is_in_one_row() -> None:
    """Two rows with the same program would be one problem; the first place is shown."""
    sharing = "sharing: {together: [[grow, other], [other, grow]], hours: 8}\n"
    loaded = load(workspace=changed(WORKSPACE, ("roster:\n", f"{sharing}roster:\n")), more=[OTHER])
    assert [d.code for d in loaded.findings] == ["MC2002", "MC2002"]
    assert "`other` is in two rows" in loaded.findings[0].detail
