"""`mentorctl config show` and `mentorctl explain`, on an example that is given a base."""

from pathlib import Path

import pytest
from cli.terminal import EXAMPLES, Invoke, example

BASE = """\
mentorctl: base/v1
id: europe
final: [owner, matching.require.no_reporting_line]
owner: people_development
meetings: {every: 3w, channel: chat}
matching:
  prefer:
    - {id: near_clock, timezone_within: 1h, points: 9, because: they should be awake together}
    - {id: same_site, same: department, points: 1}
"""


@pytest.fixture
def inheriting(tmp_path: Path) -> Path:
    """The example `grow`, with a base and defaults of the workspace."""
    folder = example("grow", tmp_path / "workspace")
    (folder / "bases").mkdir()
    (folder / "bases" / "europe.yaml").write_text(BASE, encoding="utf-8")
    program = folder / "programs" / "grow.yaml"
    text = program.read_text(encoding="utf-8")
    for old, new in (
        ("owner: people_development\n", "extends: europe\n"),
        ("per_week: 2, ", ""),
        (", delivery: hybrid}", "}"),
    ):
        assert old in text
        text = text.replace(old, new)
    program.write_text(text, encoding="utf-8")
    workspace = folder / "mentorctl.yaml"
    before = workspace.read_text(encoding="utf-8")
    workspace.write_text(
        before + "defaults:\n  model: {delivery: virtual}\n  meetings: {every: 4w}\n", encoding="utf-8"
    )
    return folder


def test_show_prints_the_whole_program(inheriting: Path, invoke: Invoke) -> None:
    """The YAML holds what is inherited, loads by itself, and means the same."""
    ran = invoke("config", "show", "grow")
    whole = inheriting / "programs" / "whole.yaml"
    whole.write_text(ran.out.replace("id: grow", "id: whole", 1).replace("extends: europe\n", ""), encoding="utf-8")
    (inheriting / "mentorctl.yaml").write_text(
        (EXAMPLES / "grow" / "mentorctl.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )

    assert (ran.code, ran.err) == (0, "")
    assert "owner: people_development\n" in ran.out
    assert "#" not in ran.out
    compiled = invoke("compile", "whole").json["programs"]["whole"]["program"]
    assert compiled["model"]["delivery"] == "virtual"
    assert [rule["id"] for rule in compiled["matching"]["prefer"]] == ["near_clock", "same_site", "topics", "wishes"]


def test_origins_stand_behind_the_lines(inheriting: Path, invoke: Invoke) -> None:
    """Each line says in which file and line it is written; the result is still YAML."""
    ran = invoke("config", "show", "grow", "--origin")

    lines = {line.partition("#")[0].strip(): line.rpartition("# ")[2] for line in ran.out.splitlines()}
    base = BASE.splitlines()
    assert lines["owner: people_development"] == "bases/europe.yaml:4"
    assert lines["channel: video"].startswith("programs/grow.yaml:")
    assert lines["delivery: virtual"].startswith("mentorctl.yaml:")
    assert lines["- {id: same_site, same: department, points: 1}"] == f"bases/europe.yaml:{len(base)}"
    assert list(lines)[:3] == ["mentorctl: program/v1", "id: grow", "extends: europe"]
    assert inheriting.is_dir()


@pytest.mark.parametrize("options", [(), ("--origin",)])
def test_the_output_is_stable(inheriting: Path, invoke: Invoke, options: tuple[str, ...]) -> None:
    """The same files give the same bytes."""
    assert inheriting.is_dir()
    assert invoke("config", "show", "grow", *options) == invoke("config", "show", "grow", *options)


def test_show_as_json(inheriting: Path, invoke: Invoke) -> None:
    """The value and, when asked for, the places."""
    plain = invoke("config", "show", "grow", "--format", "json").json
    more = invoke("config", "show", "grow", "--origin", "--format", "json").json

    assert plain["format"] == "mentorctl/config/v1"
    assert plain["value"]["owner"] == "people_development"
    assert "origins" not in plain
    assert {"path": ["owner"], "filename": "bases/europe.yaml", "line": 4, "column": 8} in more["origins"]
    assert inheriting.is_dir()


def test_a_base_can_be_shown(inheriting: Path, invoke: Invoke) -> None:
    """What programs will inherit from it, with the defaults below it."""
    ran = invoke("config", "show", "europe")

    assert "id: europe\n" in ran.out
    assert "delivery: virtual" in ran.out
    assert inheriting.is_dir()


def test_unknown_names(inheriting: Path, invoke: Invoke) -> None:
    """A near miss is answered with the name that was meant."""
    for words in (("config", "show", "europ"), ("explain", "europ.owner")):
        ran = invoke(*words)
        assert ran.code == 1
        assert "there is no program or base `europ`" in ran.said
        assert "did you mean `europe`?" in ran.said
    assert inheriting.is_dir()


def test_a_program_with_errors_says_which(inheriting: Path, invoke: Invoke) -> None:
    """What does not fit its schema cannot be shown; what has other errors can, with a remark."""
    program = inheriting / "programs" / "grow.yaml"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("name: Grow", "nme: Grow"), encoding="utf-8")
    broken = invoke("config", "show", "grow")
    program.write_text(text.replace("different: department", "different: departmen"), encoding="utf-8")
    wrong = invoke("config", "show", "grow")

    assert broken.code == 1
    assert "`nme` is not a key" in broken.said
    assert wrong.code == 0
    assert "different: departmen" in wrong.out
    assert "`mentorctl validate`" in wrong.err


# What is explained → what the answer says, one line of it each.
EXPLAINED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("grow.owner", ("people_development", "written in bases/europe.yaml:4:8", "final `owner` is, since bases/europe.yaml:3:9")),
    ("grow.meetings.every", ("2w", "instead of 3w in bases/europe.yaml:5:19", "4w in mentorctl.yaml:")),
    ("grow.meetings.channel", ("video", "instead of chat in bases/europe.yaml:5:32")),
    ("grow.meetings.per_week", ("Weekly load", "3", "written in no file; it is the default")),
    ("grow.meetings", ("channel: video", "written in programs/grow.yaml")),
    ("grow.model", ("put together from mentorctl.yaml, programs/grow.yaml", "delivery: virtual")),
    ("grow.matching.prefer.near_clock", ("points: 3", "instead of {id: near_clock, timezone_within: 1h, points: 9")),
    ("grow.matching.prefer.near_clock.points", ("3", "instead of 9 in bases/europe.yaml:8:53")),
    ("grow.matching.require.no_reporting_line", ("default of the model one-on-one", "because a mentor does not evaluate", "final `matching.require")),
    ("grow.matching.require.other_department", ("because an outside view",)),
    ("grow.matching.unmatched", ("choices waitlist, refuse", "default waitlist")),
    ("grow.timeline.phases.active.lasts", ("6mo", "written in programs/grow.yaml:")),
    ("grow.timeline.phases.0", ("id: enrolling",)),
    ("grow.sponsor.role", ("Chief Financial Officer",)),
    ("grow.matching.process", ("default",)),
    ("europe.owner", ("written in bases/europe.yaml:4:8",)),
    ("grow", ("mentorctl: program/v1", "put together from")),
)  # fmt: skip


@pytest.mark.parametrize(("path", "says"), EXPLAINED)
def test_explain_tells_all_about_a_value(inheriting: Path, invoke: Invoke, path: str, says: tuple[str, ...]) -> None:
    """The value, who writes it, what it overrides, whether it is final, why, and what the schema says."""
    ran = invoke("explain", path)

    words = " ".join(ran.out.split())
    assert (ran.code, ran.err) == (0, "")
    assert words.startswith(path)
    for one in says:
        assert one in words
    assert inheriting.is_dir()


@pytest.mark.parametrize("path", [path for path, _ in EXPLAINED])
def test_explain_as_json(inheriting: Path, invoke: Invoke, path: str) -> None:
    """The same for programs, with a place for everything that is written."""
    told = invoke("explain", path, "--format", "json").json

    assert told["format"] == "mentorctl/explain/v1"
    assert told["path"] == path
    assert told["written"] == bool(told["writings"])
    assert all(writing["at"]["line"] > 0 for writing in told["writings"])
    assert inheriting.is_dir()


LOST: tuple[tuple[str, str, str], ...] = (
    ("grow.meetins", "there is no `meetins` in `grow`", "did you mean `meetings`?"),
    ("grow.meetings.evry", "there is no `evry` in `grow.meetings`", "did you mean `every`?"),
    ("grow.matching.prefer.near_clok", "there is no `near_clok`", "did you mean `near_clock`?"),
    ("grow.matching.requir.x", "there is no `requir` in `grow.matching`", "did you mean `require`?"),
    ("grow.cohorts.autumn", "there is no `autumn` in `grow.cohorts`", "there are `spring_2027`"),
    ("grow.name.first", "there is no `first` in `grow.name`", "nothing is below it"),
    ("grow.", "there is no `` in `grow`", "there are `mentorctl`"),
    ("grow.matching.prefer.9999999999999999999999", "there is no `9999999999999999999999`", "there are `near_clock`"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "says", "helps"), LOST)
def test_an_unknown_path_leads_on(inheriting: Path, invoke: Invoke, path: str, says: str, helps: str) -> None:
    """The first word that does not fit is named, with the words that would."""
    ran = invoke("explain", path)

    assert ran.code == 1
    assert says in ran.said
    assert helps in ran.said
    assert inheriting.is_dir()


def test_a_removed_value_is_explained(inheriting: Path, invoke: Invoke) -> None:
    """What a null took away is shown with who wrote it before."""
    program = inheriting / "programs" / "grow.yaml"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("channel: video", "channel: null"), encoding="utf-8")

    words = " ".join(invoke("explain", "grow.meetings.channel").out.split())

    assert "removed in programs/grow.yaml:" in words
    assert "instead of chat in bases/europe.yaml:5:32" in words


def test_hostile_words_are_no_commands_for_the_terminal(inheriting: Path, invoke: Invoke) -> None:
    """What strangers write in files and names is shown harmlessly."""
    program = inheriting / "programs" / "grow.yaml"
    program.write_text(program.read_text(encoding="utf-8").replace("name: Grow", "name: Grow\u200bx"), encoding="utf-8")

    for words in (("config", "show", "grow"), ("config", "show", "grow", "--origin"), ("explain", "grow.name")):
        assert "\u200b" not in invoke(*words).out
        assert "\\u{200b}" in invoke(*words).out


def test_explain_a_code(tmp_path: Path, invoke: Invoke) -> None:
    """A finding is explained by its code, anywhere, in text and JSON."""
    ran = invoke("explain", "mc1203", folder=tmp_path)
    told = invoke("explain", "MC1203", "--format", "json", folder=tmp_path).json

    assert ran.code == 0
    assert "MC1203" in ran.out
    assert "a final value is changed" in ran.out
    assert (told["code"], told["severity"], told["summary"]) == ("MC1203", "error", "a final value is changed")


def test_explain_an_unknown_code(tmp_path: Path, invoke: Invoke) -> None:
    """A code that does not exist is answered with one that is near, or with the page that lists them."""
    ran = invoke("explain", "MC12030", folder=tmp_path)

    assert ran.code == 1
    assert "there is no finding `MC12030`" in ran.said
    assert "did you mean `MC" in ran.said
    assert "docs/diagnostics.md" in invoke("explain", "MC1", folder=tmp_path).said
