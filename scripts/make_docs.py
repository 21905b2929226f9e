"""Renews the generated pages: the diagnostics, the language reference, the command reference, and the README's output.

    python scripts/make_docs.py [--check]

With --check nothing is written; the exit code is 1 when a page is out of date. The tests run it so.
"""

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "engine"))

from mentorctl.catalog import CATALOG  # noqa: E402
from mentorctl.cli.main import COMMANDS, cli, main  # noqa: E402

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
    "MC9": "The command line and the machine",
}


def diagnostics_page() -> str:
    """docs/diagnostics.md, from the catalog."""
    lines = [
        "# Diagnostics",
        "",
        "Every finding has a permanent code. This page is generated from `engine/mentorctl/catalog/`.",
        "",
    ]
    for prefix, title in _GROUPS.items():
        lines += [f"## {title}", "", "| code | severity | what | what to know |", "|---|---|---|---|"]
        lines += [
            f"| {kind.code} | {kind.severity} | {_cell(kind.summary)} | {_cell(kind.meaning)} |"
            for kind in sorted(CATALOG.values(), key=lambda k: k.code)
            if kind.code.startswith(prefix)
        ]
        lines.append("")
    return "\n".join(lines)


def language_page() -> str:
    """docs/language.md, from the schemas."""
    lines = ["# The language", "", (ROOT / "docs" / "language_notes.md").read_text(encoding="utf-8").strip(), ""]
    for name, title in (("workspace", "mentorctl.yaml"), ("program", "programs/*.yaml")):
        schema = json.loads((ROOT / "schemas" / f"{name}.v1.schema.json").read_text(encoding="utf-8"))
        lines += [
            f"## {title}",
            "",
            schema["description"],
            "",
            "| key | value | required | what it means |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{path}` | {_cell(kind)} | {required} | {_cell(about)} |"
            for path, kind, required, about in _keys(schema, schema, "")
        ]
        lines.append("")
    return "\n".join(lines)


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
    """README.md with what its commands really print, in a copy of the example `grow`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "grow"
        shutil.copytree(ROOT / "programs" / "examples" / "grow", workspace)
        return _BLOCK.sub(lambda block: f"```console\n{_session(block[1], workspace)}```", text)


PAGES: dict[str, Callable[[], str]] = {
    "docs/diagnostics.md": diagnostics_page,
    "docs/language.md": language_page,
    "docs/commands.md": commands_page,
    "README.md": readme_page,
}


# -- parts -------------------------------------------------------------------------------------------------------------


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
    before = Path.cwd()
    os.chdir(workspace)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            main(words)
    finally:
        os.chdir(before)
    lines = printed.getvalue().rstrip().splitlines()
    return [line.rstrip() for line in lines if not line.startswith("… ")]


def _keys(root: Mapping[str, Any], node: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str, str]]:
    """Every key below a node of a schema: path, kind of value, whether required, what it means."""
    node = _merged(root, node)
    required = set(node.get("required", ()))
    for key, child in node.get("properties", {}).items():
        if child is True:
            continue
        full = _merged(root, child)
        where = f"{path}{key}"
        yield where, _kind(root, full), "yes" if key in required else "", _about(full)
        yield from _below(root, full, where)


def _below(root: Mapping[str, Any], full: Mapping[str, Any], where: str) -> Iterator[tuple[str, str, str, str]]:
    if where.count(".not"):
        return
    if "properties" in full:
        yield from _keys(root, full, f"{where}.")
    if isinstance(full.get("additionalProperties"), dict):
        yield from _keys(root, full["additionalProperties"], f"{where}.ID.")
    if isinstance(full.get("items"), dict):
        yield from _keys(root, full["items"], f"{where}[].")
    for option in full.get("anyOf", ()):
        yield from _keys(root, option, f"{where}.")


def _merged(root: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """A node with its reference, its parts and its branches folded in, for reading."""
    merged: dict[str, Any] = {}
    if "$ref" in node:
        merged |= _merged(root, root["$defs"][node["$ref"].rsplit("/", 1)[1]])
    for part in (*node.get("allOf", ()), *([node["then"]] if "then" in node else ())):
        folded = _merged(root, part)
        merged["properties"] = merged.get("properties", {}) | folded.get("properties", {})
        merged["required"] = [*merged.get("required", ()), *(folded.get("required", ()) if "if" not in part else ())]
    own = {
        key: value
        for key, value in node.items()
        if key not in ("$ref", "allOf", "properties", "required", "then", "if")
    }
    properties = merged.get("properties", {}) | node.get("properties", {})
    required = [*merged.get("required", ()), *node.get("required", ())]
    return merged | own | ({"properties": properties} if properties else {}) | {"required": required}


def _kind(root: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "x-written" in node:
        return str(node["x-written"])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_kind(root, _merged(root, option)) for option in node["anyOf"]))
    words = {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "array": "a list",
        "object": "keys",
    }
    kinds = node.get("type", "object")
    return " or ".join(words[k] for k in ([kinds] if isinstance(kinds, str) else kinds))


def _about(node: Mapping[str, Any]) -> str:
    parts = [node.get("title", ""), node.get("description", "")]
    text = ". ".join(p.rstrip(".") for p in parts if p)
    if "default" in node:
        text += f". Default: `{json.dumps(node['default'], ensure_ascii=False)}`"
    if node.get("examples"):
        text += f". Example: `{node['examples'][0]}`"
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


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
