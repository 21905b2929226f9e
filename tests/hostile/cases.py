"""What a stranger can put into a pull request: one edit of a good workspace each, and what must become of it.

A case names the code of a finding that refuses it, or is INERT: it is somebody's data, looks strange and does nothing.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CANARY_IN_A_FILE = "canary-7f3a-in-a-file"
CANARY_IN_THE_ENVIRONMENT = "canary-91cc-in-the-environment"
INERT = ""
PROGRAM = "programs/fresh_eyes.yaml"
WORKSPACE = "mentorctl.yaml"
PEOPLE = "roster/people.csv"
BESIDE = "../secret.csv"  # beside the workspace, where no pull request may look
_PWNED = "touch pwned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`refused` has the codes of which one must be reported by `validate`, or is empty."""

    name: str
    edit: Callable[[Path], None]
    refused: tuple[str, ...]


def _case(name: str, edit: Callable[[Path], None], *refused: str) -> Case:
    return Case(name=name, edit=edit, refused=tuple(code for code in refused if code))


def _text(text: str | bytes, file: str = PROGRAM) -> Callable[[Path], None]:
    """A whole file."""

    def edit(folder: Path) -> None:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return edit


def _line(old: str, new: str, file: str = PROGRAM) -> Callable[[Path], None]:
    """A line that begins so, replaced."""

    def edit(folder: Path) -> None:
        path = folder / file
        lines = path.read_text(encoding="utf-8").split("\n")
        (at,) = [number for number, line in enumerate(lines) if line.startswith(old)][:1]
        lines[at] = new
        path.write_text("\n".join(lines), encoding="utf-8")

    return edit


def _link(file: str, target: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / file
        if path.is_dir() and not path.is_symlink():
            path.rename(folder.parent / f"{folder.name}-{path.name}")
        elif path.exists():
            path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    return edit


def _fifo(file: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / file
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    return edit


def _named(name: str) -> Callable[[Path], None]:
    """The name of the program, which every view shows; as JSON, so that any character can stand in it."""
    return _line("name:", f"name: {name}")


def _prefer(rule: str) -> Callable[[Path], None]:
    return _line("  prefer:", f"  prefer:\n    - {{id: hostile, {rule}}}")


def _message(text: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        _text(text, "messages/matched.md.j2")(folder)
        _line(
            "automation:", "messages:\n  matched: {on: match.proposed, to: [owner], template: matched}\n\nautomation:"
        )(folder)

    return edit


def _git(*words: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)

    return edit


def _all(*edits: Callable[[Path], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


_SHADOW = "import pathlib\npathlib.Path('pwned').touch()\n"
_BARE = (  # a folder that looks like a repository of its own, with commands in its configuration
    _text("ref: refs/heads/main\n", "HEAD"),
    _text(
        f"[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = {_PWNED}\n\tpager = {_PWNED}\n", "config"
    ),
    _text("", "objects/info/keep"),
    _text("", "refs/heads/keep"),
)
_DEEP = "x: " + "[" * 30_000
_ALIASES = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
_MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 30))
_MARKDOWN = (
    "</code></details><img src=https://evil.example/x.png> @everyone closes #1 | | ``` [ok](https://evil.example) "
    "<!-- mentorctl:review --> <script>alert(1)</script>"
)

YAML = (
    _case("nested lists", _text(_DEEP), "MC1001", "MC1003"),
    _case("nested dashes", _text("- " * 20_000), "MC1001", "MC1003"),
    _case("nested keys", _text("? " * 20_000), "MC1001", "MC1003"),
    _case("nested maps", _text("{a: " * 20_000), "MC1001", "MC1003"),
    _case("alias bomb", _text(_ALIASES), "MC1004"),
    _case("merge bomb", _text(_MERGES), "MC1004"),
    _case("a tag that runs", _line("name:", f'name: !!python/object/apply:os.system ["{_PWNED}"]'), "MC1004"),
    _case("a tag of its own", _line("name:", "name: !include /etc/passwd"), "MC1004"),
    _case("a number of a million digits", _line("name:", f"name: {'9' * 200_000}"), "MC1003", "MC1103"),
    _case("a number in hex without end", _line("name:", f"name: 0x{'f' * 200_000}"), "MC1003", "MC1103"),
    _case("no number", _prefer("same: site, points: .nan"), "MC1103", "MC1105"),
    _case("a number without end", _prefer("same: site, points: .inf"), "MC1103", "MC1105"),
    _case("a huge exponent", _prefer("same: site, points: 1e999"), "MC1103", "MC1105"),
    _case("a huge file", _text("# " + "x" * 2_000_000), "MC1003"),
    _case("a huge workspace file", _text("# " + "x" * 2_000_000, WORKSPACE), "MC1003"),
    _case("sixty thousand keys", _text("".join(f"k{n}: 1\n" for n in range(18_000))), "MC1003", "MC1101", "MC1001"),
    _case("a NUL", _text(b"mentorctl: program/v1\nname: a\0b\n"), "MC1001", "MC1004", "MC1005"),
    _case("not UTF-8", _text(b"\xff\xfe" + "name: x".encode("utf-16-le")), "MC1005"),
    _case("a terminal's command in bytes", _text(b"mentorctl: program/v1\nname: \x1b[31mred\n"), "MC1001", "MC1004"),
    _case("a terminal's command in an escape", _named(r'"\e[31mred\e]0;title\a"'), "MC1004"),
    _case("turned text", _named(r'"abc\u202Edef"'), "MC1004"),
    _case("turned text in a comment", _line("# The sign", "# \u202e The sign"), "MC1004", "MC1001"),
    _case("an unseen character", _named(r'"abc\u200Bdef"'), INERT),
    _case("the same key twice", _line("name:", "name: A\nname: B"), "MC1002"),
    _case("two documents", _line("name:", "name: A\n---\nname: B"), "MC1004", "MC1001"),
    _case("a directive", _text("%YAML 1.1\n%TAG ! tag:evil,2027:\n---\nname: x\n"), "MC1004", "MC1001"),
)
IDS_AND_NAMES = (
    _case("an id in letters that look alike", _line("id:", "id: fr\u0435sh_eyes"), "MC1105", "MC1106", "MC1103"),
    _case("an id with a path", _line("id:", 'id: "../../x"'), "MC1105", "MC1106", "MC1103"),
    _case("an id that is a method", _line("id:", "id: __class__"), "MC1105", "MC1106", "MC1103"),
    _case("commands of a workflow", _named(r'"a\n::error::x\n::set-output name=x::y%0A::stop-commands::z"'), INERT),
    _case("commands of a workflow in a line", _named('"::set-output name=digest::mcd1:sha256:0"'), INERT),
    _case("markdown and HTML", _named(f"'{_MARKDOWN}'"), INERT),
    _case("markdown in an owner", _line("owner:", f"owner: '{_MARKDOWN}'"), INERT),
    _case("a diagram's click", _named("""'"] --> X; click X href "javascript:alert(1)"'"""), INERT),
    _case("variables", _named("'${CANARY} $CANARY %CANARY% ${{ secrets.CANARY }} {{ CANARY }}'"), INERT),
    _case("a formula", _named("""'=cmd|" /C calc"!A0'"""), INERT),
    _case("a name without end", _named("x" * 200_000), "MC1105", "MC1106", "MC1003"),
)
EXPRESSIONS = (
    _case("a call of Python", _prefer("when: \"__import__('os').system('touch pwned')\", points: 1"), "MC2301", "MC2"),
    _case("an attribute", _prefer('when: "mentor.__class__.__mro__ == 1", points: 1'), "MC2"),
    _case("deep brackets", _prefer(f'when: "{"(" * 20_000}1{")" * 20_000}", points: 1'), "MC2", "MC1"),
    _case("a long row of signs", _prefer(f'when: "{"!" * 20_000}true", points: 1'), "MC2", "MC1"),
    _case("a power", _prefer('when: "9 ** 9 ** 9 > 1", points: 1'), "MC2"),
    _case("a text times a number", _prefer("when: \"'a' * 9999999999 == 'b'\", points: 1"), "MC2"),
    _case("a number of many digits", _prefer(f'when: "{"9" * 5_000} > 1", points: 1'), "MC2", "MC1"),
    _case("a slow pattern", _prefer("when: \"mentor.site.matches('(a+)+$')\", points: 1"), "MC2"),
    _case("a loop", _prefer('when: "[x for x in range(10000000000)].all(y, y)", points: 1'), "MC2"),
)
TEMPLATES = (
    _case("a way to classes", _message("{{ ''.__class__.__mro__[1].__subclasses__() }}"), "MC2081"),
    _case("a call", _message("{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}"), "MC2081"),
    _case("an inclusion", _message("{% include '/etc/passwd' %}{% import 'os' as os %}"), "MC2081"),
    _case("loops in loops", _message("{% for a in range(9999999) %}{% for b in range(9999999) %}x{% endfor %}{% endfor %}"), "MC2081"),
    _case("a text without end", _message("{{ 'a' * 10**10 }}{{ 9**9**9 }}"), "MC2081"),
    _case("a filter without end", _message("{{ 'a'|center(9999999999) }}"), "MC2081"),
    _case("deep brackets in a message", _message("{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}"), "MC2081"),
    _case("a huge message", _message("x" * 1_000_000), "MC2081"),
    _case("a macro", _message("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), "MC2081"),
)  # fmt: skip
LIFECYCLES = (
    _case("a callable to do", _line("automation:", "automation:\n  - {id: x, on: match.accepted, do: os.system}"), "MC1104"),
    _case("a dotted event", _line("automation:", "automation:\n  - {id: x, on: os.system, do: escalate}"), "MC"),
    _case("an event that is a method", _line("automation:", "automation:\n  - {id: x, on: __class__, do: escalate}"), "MC"),
    _case("waiting for ever", _line("automation:", "automation:\n  - {id: x, on: match.accepted, after: 99999999999999y, do: escalate}"), "MC"),
    _case("meeting every minute", _line("meetings:", 'meetings: {every: 1d, lasts: 1min, at_least: 9999999, hours: "00:00-23:59"}'), "MC"),
    _case("a year far away", _line("  winter_2027:", "  winter_2027: {start: 9999-12-31}"), "MC"),
    _case("a phase without end", _line("    - {id: active,", "    - {id: active, lasts: 99999999mo}"), "MC"),
    _case("a circle of bases", _all(
        _text("mentorctl: base/v1\nid: one\nextends: two\n", "bases/one.yaml"),
        _text("mentorctl: base/v1\nid: two\nextends: one\n", "bases/two.yaml"),
        _line("name:", "name: A\nextends: one"),
    ), "MC"),
)  # fmt: skip
PATHS = (
    _case("a roster that is a list of users", _line("    - {file:", "    - {file: /etc/passwd, role: mentor}", WORKSPACE), "MC3002"),
    _case("a roster beside the workspace", _line("    - {file:", f"    - {{file: {BESIDE}, role: mentor}}", WORKSPACE), "MC3002"),
    _case("a roster without end", _line("    - {file:", "    - {file: /dev/zero, role: mentor}", WORKSPACE), "MC3001"),
    _case("a roster that is the environment", _line("    - {file:", "    - {file: /proc/self/environ, role: mentor}", WORKSPACE), "MC3001"),
    _case("a roster that is memory", _line("    - {file:", "    - {file: /proc/self/mem, role: mentor}", WORKSPACE), "MC3001"),
    _case("a roster that waits", _fifo(PEOPLE), "MC3001"),
    _case("a roster that is a link", _link(PEOPLE, f"../{BESIDE}"), "MC3001"),
    _case("a roster behind a link", _link("roster", ".."), "MC3001"),
    _case("a program that is a link", _link("programs/linked.yaml", f"../{BESIDE}"), "MC1005"),
    _case("a program that is a device", _link("programs/linked.yaml", "/dev/zero"), "MC1005"),
    _case("programs behind a link", _link("programs", "../outside"), "MC1005"),
    _case("a workspace that is a link", _link(WORKSPACE, BESIDE), "MC1005"),
    _case("messages behind a link", _all(_message("x"), _link("messages", "../outside")), "MC"),
    _case("a program that waits", _fifo("programs/waits.yaml"), "MC1005"),
    _case("a program that is a folder", lambda folder: (folder / "programs" / "folder.yaml").mkdir(), "MC1005"),
    _case("scores beside the workspace", _line("  prefer:", f"  outside_scores: {{file: {BESIDE}, form: pairs}}\n  prefer:"), "MC"),
    _case("a store that is a file of the system", _line("store:", "store: sqlite:/etc/passwd", WORKSPACE), INERT),
    _case("a store with options", _line("store:", 'store: "sqlite:file:/tmp/x?mode=rwc&vfs=unix-none"', WORKSPACE), INERT),
    _case("a store elsewhere", _line("store:", "store: postgresql://mentoring@203.0.113.7/x?sslmode=disable", WORKSPACE), INERT),
    _case("a store over a program", _line("store:", f"store: sqlite:{PROGRAM}", WORKSPACE), INERT),
)  # fmt: skip
GIT = (
    _case("filters and drivers", _all(
        _text("* filter=evil diff=evil merge=evil ident export-subst\n", ".gitattributes"),
        _text(f'[filter "evil"]\n\tsmudge = {_PWNED}\n[include]\n\tpath = ../x\n', ".gitconfig"),
    ), INERT),
    _case("hooks in the tree", _all(
        _text(f"#!/bin/sh\n{_PWNED}\n", ".githooks/post-checkout"), _text(f"#!/bin/sh\n{_PWNED}\n", "hooks/post-checkout"),
    ), INERT),
    _case("a repository in the tree", _all(*_BARE), INERT),
    _case("a submodule among the programs", _all(
        _text(f'[submodule "x"]\n\tpath = programs/sub.yaml\n\turl = "ext::sh -c \'{_PWNED}\'"\n', ".gitmodules"),
        _git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},programs/sub.yaml"),
    ), INERT),
    _case("a file called like an option", _text("x", "programs/--output=pwned.yaml"), "MC"),
    _case("a file called like a command", _text("x", "programs/$(touch pwned);`touch pwned`.yaml"), "MC"),
    _case("a file whose name has lines", _text("x", "programs/a\n::error::x\n.yaml"), "MC"),
    _case("a file whose name is turned", _text("x", "programs/a\u202ebc\x1b[31m.yaml"), "MC"),
    _case("a file whose name is no text", _text("x", os.fsdecode(b"programs/\xff\xfe.yaml")), "MC"),
)  # fmt: skip
MODULES = tuple(
    _case(f"a module called {name}", _text(_SHADOW, name), INERT)
    for name in ("yaml.py", "numpy.py", "sitecustomize.py", "conftest.py", "json/__init__.py", "mentorctl/__init__.py")
)
TABLES = (
    _case("formulas", _line("n00,", '"=cmd|\' /C calc\'!A0",x,mentor,manager,,Toronto,,,', PEOPLE), INERT),
    _case("a quote without end", _text('id,name\n"' + "x" * 500_000, PEOPLE), "MC3001"),
    _case("a cell without end", _text("id,name\nn1," + "x" * 300_000 + "\n", PEOPLE), "MC3"),
    _case("columns without end", _text(",".join(f"c{n}" for n in range(50_000)) + "\n", PEOPLE), "MC3"),
    _case("a NUL in a roster", _text(b"id,name\nn1,a\0b\n", PEOPLE), "MC3001"),
    _case("a test that is a bomb", _text(_ALIASES, "tests/bomb.test.yaml"), INERT),
    _case("a policy that is a bomb", _text(_DEEP, "policies/bomb.yaml"), "MC1"),
    _case("a policy that runs", _text("mentorctl: policy/v1\nid: x\nwhen: __import__('os').system('touch pwned')\n", "policies/x.yaml"), "MC"),
)  # fmt: skip
CASES = (*YAML, *IDS_AND_NAMES, *EXPRESSIONS, *TEMPLATES, *LIFECYCLES, *PATHS, *GIT, *MODULES, *TABLES)
