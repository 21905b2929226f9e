"""Findings in the format that was asked for."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mentorctl import __version__
from mentorctl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from mentorctl.cli.shell import Shell

FORMATS = ("text", "json", "sarif", "github", "junit")


def report_findings(
    shell: "Shell",
    findings: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    base: str = "",
    strict: bool = False,
) -> None:
    """Print findings as the result, for the formats that hold nothing else; `base` is as in `base_of`."""
    found = tuple(findings)
    if shell.format == "sarif":
        from mentorctl.render.sarif import findings_sarif

        shell.print_json(findings_sarif(found, sources=sources, version=__version__, base=base))
    elif shell.format == "junit":
        from mentorctl.render.junit import findings_junit

        shell.print(findings_junit(found, sources=sources, strict=strict))
    elif shell.format == "github":
        from mentorctl.render.annotations import findings_annotations

        shell.command(findings_annotations(found, base=base))


def base_of(root: Path) -> str:
    """The path of a workspace from the top of its repository, or else from the current folder; "" when it is that."""
    here = Path.cwd()
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    if top is None and root.is_relative_to(here):
        top = here
    base = "" if top is None else root.relative_to(top).as_posix()
    return "" if base == "." else base
