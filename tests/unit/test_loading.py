"""A workspace whose programs inherit: what is read, and that every finding points at the file where it is written."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import pytest

from mentorctl import pipeline
from mentorctl.diagnostics import Diagnostic, Place, Span

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
WORKSPACE = (SCHEMAS / "mentorctl.yaml").read_text(encoding="utf-8")

WORLD = """\
mentorctl: base/v1
id: world
x-note: not for others
owner: people_development
sponsor: {role: Chief Financial Officer}
model: {type: one-on-one, mentors: career}
meetings: {every: 2w, lasts: 60min, at_least: 10}
matching:
  require:
    - {id: other_department, different: department}
  prefer:
    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}
    - {id: near, timezone_within: 2h, points: 3}
"""
EUROPE = """\
mentorctl: base/v1
id: europe
extends: world
timezone: Europe/Berlin
meetings: {lasts: 45min}
matching:
  prefer:
    - {id: near, timezone_within: 1h, points: 9}
"""
GROW = """\
mentorctl: program/v1
id: grow
extends: europe
name: Grow
purpose:
  kind: career-growth
  statement: Help associates reach their next role.
  objectives:
    - {id: promotion, measure: promotions, target: 18%, due: {at: active.end}}
eligibility:
  mentor: {level: {at_least: senior}}
timeline:
  phases:
    - {id: enrolling, lasts: 4w}
    - {id: matching, lasts: 1w}
    - {id: active, lasts: 6mo}
cohorts:
  spring_2027: {start: 2027-01-11}
training:
  modules:
    basics: {for: both, format: self-paced, takes: 45min, due: {before: matching.start, by: 3d}}
matching:
  prefer:
    - {id: same_site, same: site, points: 1}
check_ins:
  pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}
"""
SECOND = GROW.replace("id: grow\n", "id: lead\n").replace("name: Grow", "name: Lead")

type Edits = Sequence[tuple[str, str]]


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each first occurrence replaced; all of them must be there."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def load(
    *, world: Edits = (), europe: Edits = (), grow: Edits = (), workspace: str = WORKSPACE, more: Edits = ()
) -> pipeline.Loaded:
    """The three files with edits, in a workspace, with further (file, text) pairs."""
    texts = [
        ("bases/europe.yaml", edited(EUROPE, *europe)),
        ("bases/world.yaml", edited(WORLD, *world)),
        ("programs/grow.yaml", edited(GROW, *grow)),
        *more,
    ]
    return pipeline.load(("mentorctl.yaml", workspace), texts)


def defaults(text: str) -> str:
    """The workspace with these lines before its other defaults; a list stands alone."""
    before, _, rest = WORKSPACE.partition("defaults:\n")
    others, after = rest[: rest.index("channels:")], rest[rest.index("channels:") :]
    return f"{before}defaults:\n{text}{'' if text.startswith('  -') else others}{after}"


def told(loaded: pipeline.Loaded) -> list[tuple[str, str]]:
    """Each finding by its code and where it points: the file, and what is written there."""
    return [(one.code, pointed(loaded, one.span)) for one in loaded.findings]


def pointed(loaded: pipeline.Loaded, span: Span | None) -> str:
    """The file, and the text from a position to the next sign of punctuation."""
    assert span is not None
    line = loaded.texts[span.file].splitlines()[span.line - 1][span.column - 1 :]
    return f"{span.file}: {line.split(',')[0].rstrip('}]')}"


def only(loaded: pipeline.Loaded) -> Diagnostic:
    """The one finding there is."""
    assert len(loaded.findings) == 1, told(loaded)
    return loaded.findings[0]


def test_a_program_has_what_it_inherits() -> None:
    """Values come from the nearest file that writes them; lists of rules are joined by their ids."""
    loaded = load()

    assert told(loaded) == []
    program = loaded.programs[0].program
    assert program.owner == "people_development"
    assert program.meetings is not None
    assert (str(program.meetings.lasts), program.meetings.at_least) == ("45min", 10)
    assert [rule.id for rule in program.matching.prefer] == ["topics", "near", "same_site"]
    tree = loaded.documents["grow"].resolved.tree
    assert tree["matching"]["prefer"][1]["points"] == 9
    assert "x-note" not in tree
    assert (tree["mentorctl"], tree["id"], tree["extends"]) == ("program/v1", "grow", "europe")


def test_bases_are_no_programs() -> None:
    """A base is a document that can be looked at, and nothing that runs."""
    loaded = load()

    assert [compiled.program.id for compiled in loaded.programs] == ["grow"]
    assert {name: document.is_base for name, document in loaded.documents.items()} == {
        "world": True, "europe": True, "grow": False,
    }  # fmt: skip


def test_a_program_may_extend_a_program() -> None:
    """An overlay for a region is a program that extends another."""
    overlay = "mentorctl: program/v1\nid: grow_asia\nextends: grow\ntimezone: Asia/Tokyo\n"
    loaded = load(more=[("programs/asia.yaml", overlay)])

    assert told(loaded) == []
    assert {c.program.id: c.program.timezone for c in loaded.programs} == {
        "grow": "Europe/Berlin", "grow_asia": "Asia/Tokyo",
    }  # fmt: skip


def test_programs_start_from_the_defaults() -> None:
    """The oldest of all ancestors are the workspace's defaults, also for a program that extends nothing."""
    workspace = defaults("  owner: hr\n  sponsor: {role: Head of HR, commits: [opens it]}\n")
    alone = edited(
        GROW, ("extends: europe\n", "model: {type: one-on-one, mentors: career}\n"), ("id: grow", "id: solo")
    )
    loaded = load(workspace=workspace, more=[("programs/solo.yaml", alone)])

    assert {code for code, _ in told(loaded)} <= {"MC2106", "MC2112"}
    owners = {c.program.id: c.program.owner for c in loaded.programs}
    assert owners == {"grow": "people_development", "solo": "hr"}
    sponsor = loaded.programs[0].program.sponsor
    assert sponsor is not None
    assert (sponsor.role, sponsor.commits) == ("Chief Financial Officer", ("opens it",))


# What is edited where → the code, the file and what is written where it points.
POINTED: tuple[tuple[str, tuple[str, str], str, str], ...] = (
    ("world", ("{id: topics", "{id: topics, sise: 4"), "MC1101", "bases/world.yaml: sise: 4"),
    ("world", ("at_least: 10", "at_least: ten"), "MC1103", "bases/world.yaml: ten"),
    ("world", ("different: department", "different: departmen"), "MC2003", "bases/world.yaml: departmen"),
    ("world", ("at_least: 10", "at_least: 10000"), "MC1106", "bases/world.yaml: 10000"),
    ("world", ("at_least: 10", "at_least: 90"), "MC2019", "bases/world.yaml: 90"),
    ("world", ("mentors: career", "mentors: reverse-career"), "MC2012", "bases/world.yaml: reverse-career"),
    ("europe", ("Europe/Berlin", "Europe/Berlinn"), "MC2010", "bases/europe.yaml: Europe/Berlinn"),
    ("europe", ("{id: near, ", "{"), "MC1102", "bases/europe.yaml: {timezone_within: 1h"),
    ("europe", ("timezone_within: 1h", "timezone_within: 1w"), "MC1105", "bases/europe.yaml: 1w"),
    ("europe", ("lasts: 45min", "lasts: 46min"), "MC1105", "bases/europe.yaml: 46min"),
    ("grow", ("same: site", "same: sit"), "MC2003", "programs/grow.yaml: sit"),
    ("grow", ("{id: same_site", "{id: near"), "", ""),
    ("grow", ("name: Grow\n", ""), "MC1102", "programs/grow.yaml: mentorctl: program/v1"),
    ("grow", ("name: Grow\n", "name: null\n"), "MC1204", "programs/grow.yaml: null"),
    ("grow", ("name: Grow\n", "name: Grow\nnme: null\n"), "MC1101", "programs/grow.yaml: nme: null"),
    ("grow", ("name: Grow\n", "name: Grow\nmeetings: {lasts: null}\n"), "MC1102", "programs/grow.yaml: null"),
    ("grow", ("extends: europe", "extends: Europe"), "MC1105", "programs/grow.yaml: Europe"),
    ("grow", ("extends: europe", "extends: [europe]"), "MC1103", "programs/grow.yaml: [europe"),
    ("grow", ("extends: europe", "extends: erope"), "MC1201", "programs/grow.yaml: erope"),
    ("grow", ("extends: europe", "extends: grow"), "MC1202", "programs/grow.yaml: grow"),
    ("world", ("x-note: not", "final: [owner]\nx-note: not"), "", ""),
    ("world", ("x-note: not", "final: [timezone]\nx-note: not"), "MC1203", "bases/europe.yaml: timezone: Europe/Berlin"),
    ("world", ("x-note: not", "final: [matching.prefer.near]\nx-note: not"), "MC1203", "bases/europe.yaml: {id: near"),
    ("world", ("x-note: not", "final: [matching.prefer.ner]\nx-note: not"), "MC1208", "bases/world.yaml: matching.prefer.ner"),
    ("world", ("x-note: not", "final: [ownr]\nx-note: not"), "MC1208", "bases/world.yaml: ownr"),
    ("world", ("x-note: not", "final: [id]\nx-note: not"), "MC1208", "bases/world.yaml: id"),
    ("world", ("x-note: not", "final: [matching.require.no_reporting_line, matching.unmatched]\nx-note: not"), "", ""),
    ("world", ("x-note: not", "final: owner\nx-note: not"), "MC1103", "bases/world.yaml: owner"),
    ("world", ("base/v1", "base/v2"), "MC1110", "bases/world.yaml: base/v2"),
    ("world", ("base/v1", "program/v1"), "MC1108", "bases/world.yaml: program/v1"),
    ("world", ("sponsor:", "timeline: null\nsponsor:"), "MC1204", "bases/world.yaml: null"),
    ("world", ("id: world", "id: grow"), "MC1207", "programs/grow.yaml: grow"),
    ("world", ("owner: people_development", 'owner: "people'), "MC1001", 'bases/world.yaml: "people'),
    ("world", ("id: world\n", ""), "MC1102", "bases/world.yaml: mentorctl: base/v1"),
)  # fmt: skip


@pytest.mark.parametrize(("file", "edit", "code", "where"), POINTED)
def test_findings_point_at_the_file_that_writes_the_value(
    file: str, edit: tuple[str, str], code: str, where: str
) -> None:
    """One mistake is one finding, in the file where it is written, and nothing that only follows from it."""
    edits: dict[str, Edits] = {file: [edit]}
    loaded = load(**edits)  # type: ignore[arg-type]

    assert [pair for pair in told(loaded) if pair[0] not in _CONSEQUENCES.get(where, ())] == (
        [(code, where)] if code else []
    )


# An id that two files have leaves `extends: world` without its base: two slips that nobody can tell from one.
_CONSEQUENCES = {"programs/grow.yaml: grow": ("MC1201",)}


def test_what_several_inherit_is_found_once() -> None:
    """An error in a base is one finding; it names one of those that inherit it and counts the others."""
    loaded = load(world=[("different: department", "different: departmen")], more=[("programs/lead.yaml", SECOND)])

    found = only(loaded)
    assert pointed(loaded, found.span) == "bases/world.yaml: departmen"
    assert [(r.message, pointed(loaded, r.span)) for r in found.related] == [
        ("inherited by `grow` and 1 more", "programs/grow.yaml: europe")
    ]


def test_advice_stays_with_each_program() -> None:
    """Each program may weigh advice differently, so that a warning about a common value is told for each."""
    loaded = load(world=[("every: 2w, ", "")], more=[("programs/lead.yaml", SECOND)])

    assert [code for code, _ in told(loaded)] == ["MC2106", "MC2106"]
    assert {r.message for one in loaded.findings for r in one.related} == {"inherited by `grow`", "inherited by `lead`"}


def test_a_schema_error_in_a_base_hides_no_error_in_a_program() -> None:
    """All independent problems are found in one run."""
    loaded = load(world=[("at_least: 10", "at_least: ten")], grow=[("points: 1}", "points: one}")])

    assert told(loaded) == [("MC1103", "bases/world.yaml: ten"), ("MC1103", "programs/grow.yaml: one")]


def test_an_error_that_only_the_whole_has_names_both_files() -> None:
    """When the program and the base are fine but do not fit together, both are shown."""
    loaded = load(
        world=[("at_least: 10", "at_least: 20")],
        grow=[("lasts: 6mo", "lasts: 20w")],
    )

    found = only(loaded)
    assert (found.code, pointed(loaded, found.span)) == ("MC2019", "bases/world.yaml: 20")
    assert "inherited by `grow`" in [r.message for r in found.related]


def test_unknown_keys_of_a_section_are_found_where_the_model_is_not_known() -> None:
    """A base without a model has its matching checked by the words of all models."""
    base = "mentorctl: base/v1\nid: any\nmatching:\n  prefre: []\n  group: {size: {min: 2, max: 3}}\n"
    user = edited(GROW, ("extends: europe", "extends: any"), ("id: grow", "id: user"))
    loaded = load(more=[("bases/any.yaml", base), ("programs/user.yaml", user)])

    assert told(loaded) == [("MC1101", "bases/any.yaml: prefre: [")]


def test_a_base_that_nobody_extends_is_told() -> None:
    """It has no effect, which its author may not know; nothing is said while a file cannot be read."""
    spare = ("bases/spare.yaml", "mentorctl: base/v1\nid: spare\n")

    assert told(load(more=[spare])) == [("MC1205", "bases/spare.yaml: spare")]
    broken = ("programs/broken.yaml", "mentorctl: program/v1\nid: [\n")
    assert [code for code, _ in told(load(more=[spare, broken]))] == ["MC1001"]


def test_defaults_are_checked_as_part_of_a_program() -> None:
    """Slips in `defaults` point into mentorctl.yaml; what a document says of itself has no place there."""
    text = "  owner: 5\n  id: all\n  sponsro: {role: x}\n  meetings: {every: null}\n"
    loaded = load(workspace=defaults(text))

    assert told(loaded) == [
        ("MC1103", "mentorctl.yaml: 5"),
        ("MC1101", "mentorctl.yaml: id: all"),
        ("MC1101", "mentorctl.yaml: sponsro: {role: x"),
        ("MC1204", "mentorctl.yaml: null"),
    ]
    assert told(load(workspace=defaults("  - owner\n"))) == [("MC1103", "mentorctl.yaml: - owner")]


def test_what_the_workspace_makes_final_holds_everywhere() -> None:
    """A base that changes it is told; so is a program that writes a rule of which the default is final."""
    text = "  owner: hr\n  final: [owner, matching.require.no_reporting_line]\n"
    rule = "matching:\n  require:\n    - {id: no_reporting_line, not: {reporting_line: direct}}\n"
    loaded = load(workspace=defaults(text), grow=[("matching:\n", rule)])

    assert told(loaded) == [
        ("MC1203", "bases/world.yaml: owner: people_development"),
        ("MC1203", "programs/grow.yaml: {id: no_reporting_line"),
    ]
    assert [pointed(loaded, r.span) for r in loaded.findings[0].related] == [
        "mentorctl.yaml: owner", "mentorctl.yaml: hr",
    ]  # fmt: skip


def test_programs_beside_a_workspace_that_cannot_be_read() -> None:
    """Nobody knows its defaults, so that nothing is said to be missing; slips are still found."""
    program = edited(GROW, ("extends: europe\n", ""), ("points: 1}", "pionts: 1}"))
    loaded = pipeline.load(("mentorctl.yaml", "id: ["), [("programs/grow.yaml", program)])

    assert [code for code, _ in told(loaded)] == ["MC1001", "MC1101"]


def test_chains_are_bounded() -> None:
    """Eight ancestors are fine; of a chain of a thousand bases the first that is too deep is told, quickly."""

    def chain(length: int) -> list[tuple[str, str]]:
        heads = [
            f"mentorctl: base/v1\nid: b{n}\n" + (f"extends: b{n + 1}\n" if n < length - 1 else "")
            for n in range(length)
        ]
        last = heads[-1] + WORLD.partition("id: world\n")[2]
        return [(f"bases/{n}.yaml", text) for n, text in enumerate([*heads[:-1], last])]

    leaf = edited(GROW, ("extends: europe", "extends: b0"), ("id: grow", "id: leaf"))
    fine = load(more=[*chain(8), ("programs/leaf.yaml", leaf)])
    began = perf_counter()
    deep = load(more=[*chain(1000), ("programs/leaf.yaml", leaf)])

    assert told(fine) == []
    assert told(deep) == [("MC1206", "bases/990.yaml: b991")]
    assert perf_counter() - began < 5


def test_circles_are_told_once() -> None:
    """However long the circle and however many hang on it."""
    ring = [(f"bases/{n}.yaml", f"mentorctl: base/v1\nid: b{n}\nextends: b{(n + 1) % 400}\n") for n in range(400)]
    leaves = [(f"programs/p{n}.yaml", f"mentorctl: program/v1\nid: p{n}\nextends: b{n}\n") for n in range(30)]
    found = only(load(more=[*ring, *leaves]))

    assert found.code == "MC1202"
    assert len(found.related) < 20
    assert all(related.span for related in found.related)


def test_a_base_extends_no_program() -> None:
    """The finding shows the program too."""
    found = only(load(world=[("owner: people", "extends: grow\nowner: people")]))

    assert found.code == "MC1201"
    assert "`grow` is a program" in found.detail


def test_large_files_that_all_extend_a_large_base() -> None:
    """Bases at the limits of a file are shared, not copied: many programs over one are read in seconds."""
    rules = "".join(f"    - {{id: r{n}, same: site, points: 1}}\n" for n in range(55))
    notes = "".join(f"  x-{n}: {{a: 1, b: [1, 2]}}\n" for n in range(1500))
    large = edited(WORLD, ("  prefer:\n", f"  prefer:\n{rules}")) + f"training:\n  modules: null\n{notes}".replace(
        "  modules: null\n", ""
    )
    programs = [(f"programs/{n}.yaml", edited(GROW, ("id: grow", f"id: p{n}"))) for n in range(20)]
    began = perf_counter()
    loaded = load(world=[(WORLD, large)], more=programs)

    assert told(loaded) == []
    assert len(loaded.programs) == 21
    assert perf_counter() - began < 10


def test_a_program_called_like_a_file_stands_for_itself() -> None:
    """An id that is no id cannot take the place of another document."""
    loaded = load(grow=[("id: grow", "id: mentorctl.yaml")])

    assert told(loaded) == [("MC1105", "programs/grow.yaml: mentorctl.yaml")]


def test_places_of_a_program_lead_through_what_it_inherits() -> None:
    """`locate` knows values by their path in the program as a whole."""
    loaded = load()

    def at(*path: str | int, on_key: bool = False) -> str:
        return pointed(loaded, loaded.locate(Place(document="grow", path=path, on_key=on_key)))

    assert at("owner") == "bases/world.yaml: people_development"
    assert at("owner", on_key=True) == "bases/world.yaml: owner: people_development"
    assert at("matching", "prefer", 0, "points_each") == "bases/world.yaml: 5"
    assert at("matching", "prefer", 1) == "bases/europe.yaml: {id: near"
    assert at("matching", "prefer", 2, "points") == "programs/grow.yaml: 1"
    assert at("meetings", "lasts") == "bases/europe.yaml: 45min"
    assert loaded.locate(Place(document="nobody")) is None


def test_second_places_lead_to_files_too() -> None:
    """A finding about two entries of an inherited list shows both in the file that writes them."""
    found = only(load(world=[("x-note: not", "final: [owner, owner]\nx-note: not")]))

    assert found.code == "MC1109"
    assert [(r.span and r.span.file, r.span and r.span.column) for r in found.related] == [("bases/world.yaml", 9)]


def test_fixes_are_made_in_the_file_that_writes_the_value() -> None:
    """A slip in a base or in an overlay has its edit there."""
    for edits in ({"world": [("at_least: 10", "at_lest: 10")]}, {"europe": [("timezone:", "timezoen:")]}):
        loaded = load(**edits)  # type: ignore[arg-type]
        (found,) = (one for one in loaded.findings if one.fix)
        assert found.fix is not None
        (edit,) = found.fix.edits
        assert found.span is not None
        assert edit.span.file == found.span.file == f"bases/{next(iter(edits))}.yaml"
        assert (
            loaded.texts[edit.span.file]
            .splitlines()[edit.span.line - 1][edit.span.column - 1 :]
            .startswith(("at_lest", "timezoen"))
        )
