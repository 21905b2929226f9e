"""Renews the generated pages: the diagnostics, the language reference, the command reference, and the README's output.

    python scripts/make_docs.py [--check]

With --check nothing is written; the exit code is 1 when a page is out of date. The tests run it so.
"""

import argparse
import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "engine"))

from mentorctl.catalog import CATALOG  # noqa: E402
from mentorctl.catalog.examples import EXAMPLES  # noqa: E402
from mentorctl.catalog.kind import Kind  # noqa: E402
from mentorctl.cli.main import COMMANDS, cli, main  # noqa: E402
from mentorctl.cli.schemas import schemas  # noqa: E402
from mentorctl.render.reference import reference, table_cell  # noqa: E402

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_EDIT = re.compile(r"\$ sed -i 's/([^/]+)/([^/]+)/' (\S+)")
_GROUPS = {
    "MC1": "Reading YAML and the schemas",
    "MC2": "Checks of the files alone",
    "MC3": "The roster",
    "MC4": "Lifecycles",
    "MC5": "Matching",
    "MC6": "Scheduling",
    "MC7": "Plan, apply and the store",
    "MC8": "Tests of programs",
    "MC9": "The command line and the machine",
}


def diagnostics_page() -> str:
    """docs/diagnostics.md, from the catalog and its examples."""
    lines = [
        "# Diagnostics",
        "",
        "Every finding has a permanent code; `mentorctl explain MC2106` says what is said here. This page is made from",
        "`engine/mentorctl/catalog/`, and each example is tried by the tests.",
        "",
        "Warnings and notes are advice. How much they matter is said under `checks.severity` in mentorctl.yaml or in",
        "a program (`error`, `warning`, `info` or `off`), an exception with a reason and a last day under `suppress`.",
        "Errors are matters of correctness and stay errors.",
        "",
    ]
    for prefix, title in _GROUPS.items():
        kinds = [kind for kind in sorted(CATALOG.values(), key=lambda k: k.code) if kind.code.startswith(prefix)]
        lines += [f"## {title}", "", "| code | severity | what |", "|---|---|---|"] if kinds else []
        lines += [f"| [{k.code}](#{k.code.lower()}) | {k.severity} | {table_cell(k.summary)} |" for k in kinds]
        lines += ["", *(line for kind in kinds for line in _diagnostic(kind))] if kinds else []
    return "\n".join(lines)


def language_page() -> str:
    """docs/language.md, from the schemas."""
    notes = (ROOT / "docs" / "language_notes.md").read_text(encoding="utf-8").strip()
    return "\n".join(("# The language", "", notes, "", reference(schemas())))


def commands_page() -> str:
    """docs/commands.md, from the help of each command."""
    import click

    lines = ["# Commands", "", "Generated from `mentorctl COMMAND --help`.", ""]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if command is not None:
            parent = click.Context(cli, info_name="mentorctl", help_option_names=["-h", "--help"])
            context = click.Context(command, info_name=name, parent=parent, max_content_width=100)
            lines += [f"## mentorctl {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def readme_page() -> str:
    """README.md with what its commands really print, in a copy of the example `grow`, with the others beside it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "grow"
        shutil.copytree(ROOT / "programs" / "examples", folder, dirs_exist_ok=True)
        return _BLOCK.sub(lambda block: f"```console\n{_session(block[1], workspace)}```", text)


PAGES: dict[str, Callable[[], str]] = {
    "docs/diagnostics.md": diagnostics_page,
    "docs/language.md": language_page,
    "docs/commands.md": commands_page,
    "README.md": readme_page,
}


# -- parts -------------------------------------------------------------------------------------------------------------


def _diagnostic(kind: Kind) -> Iterator[str]:
    """The section of one code: what it means, and an example where there is one."""
    yield from (f"### {kind.code}", "", f"{kind.severity}: {kind.summary}. {kind.meaning}", "")
    example = EXAMPLES.get(kind.code)
    if example:
        yield from (
            f"In {example.file}, instead of",
            "",
            "```yaml",
            *(example.wrong or "# nothing").split("\n"),
            "```",
            "",
        )
        yield from ("write", "", "```yaml", *(example.right or "# nothing").split("\n"), "```", "")


def _session(block: str, workspace: Path) -> str:
    """The commands of a block, each with its output; `| head -n N` cuts it, `sed -i` edits a file."""
    printed = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        printed.append(line)
        edit = _EDIT.fullmatch(line)
        if edit:
            path = workspace / edit[3]
            path.write_text(path.read_text(encoding="utf-8").replace(edit[1], edit[2], 1), encoding="utf-8")
            continue
        words, _, tail = line.removeprefix("$ mentorctl ").partition(" | head -n ")
        output = _run(words.split(), workspace)
        printed += [*output[: int(tail)], "…"] if tail and len(output) > int(tail) else output
    return "\n".join(printed) + "\n"


def _run(words: list[str], workspace: Path) -> list[str]:
    """What a command prints, as on a terminal without color."""
    printed = io.StringIO()
    before, surroundings = Path.cwd(), dict(os.environ)
    os.chdir(workspace)
    os.environ |= {"COLUMNS": "110", "LOGNAME": "anna"}  # no machine and no window shows in the page
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            main(words)
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(surroundings)
    lines = printed.getvalue().rstrip().splitlines()
    return [line.rstrip() for line in lines if not line.startswith("… ")]


def run() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a page is out of date")
    check = parser.parse_args().check
    os.environ["NO_COLOR"] = "1"
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make().rstrip("\n") + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    sys.stdout.write("".join(f"{'out of date' if check else 'renewed'}: {name}\n" for name in stale))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(run())
