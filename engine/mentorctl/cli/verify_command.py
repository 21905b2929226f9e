"""`mentorctl verify`."""

from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.pipeline import Verified
    from mentorctl.plan.certificates import Claim
    from mentorctl.plan.model import Plan


@click.command()
@click.argument("file", metavar="PLAN|CERTIFICATE")
@shared_options
@click.pass_context
def command(ctx: click.Context, *, file: str, chdir: str | None, format: str | None, color: str | None) -> int:
    """Check the proof that the matches of a plan are the best.

    No solver is asked. The pairs are scored again from the files, the roster and the state, and compared with what was
    proved; the matches are held against every rule and place, and the prices of the certificates against the matches.
    The exit code is 0 when everything is proved and 1 when something is not.

    \b
    Examples:
      mentorctl verify plan.json
      mentorctl verify certificate.json
    """
    from mentorctl.cli.workspace import open_workspace, outside_tables, people_of
    from mentorctl.pipeline import living_definitions, verify

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    said = _read(Path(file))
    opened = open_workspace(shell, as_of=_day(said.as_of))
    opened.workspace  # noqa: B018 - stops here when the files have errors
    roster, _ = people_of(opened)
    reader = opened.reader()
    snapshot = reader.read()
    living = living_definitions(snapshot, reader.definition)
    outside = outside_tables(opened)
    verified = verify(opened.loaded, roster, snapshot, said, outside=outside, definitions=living)
    if verified.findings:
        raise Stop(replace(found, detail=f"`{file}`: {found.detail}") for found in verified.findings)
    return _tell(shell, verified)


def _day(text: str) -> date | None:
    """The day of a plan; a text that is none is told with everything else that does not fit."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _read(path: Path) -> "Claim | Plan":
    """What a file says about matches. Raises Stop for a file that was changed or is neither plan nor certificate."""
    from mentorctl.plan.codec import CERTIFICATE, NotAPlan, certificate_from_text, format_of, plan_from_text
    from mentorctl.sources.files import read_plan_text

    text = read_plan_text(path, shown=str(path))
    try:
        return certificate_from_text(text) if format_of(text) == CERTIFICATE else plan_from_text(text)
    except NotAPlan as problem:
        raise Stop([finding("MC5022", f"`{path}`: {problem}", help="make it again with `mentorctl plan`")]) from None


def _tell(shell: Shell, verified: "Verified") -> int:
    """Print what each search came to; the exit code says whether all are proved."""
    from mentorctl.render.page import page_text
    from mentorctl.render.questions import proved_page

    searches = [asdict(search) for search in verified.searches]
    if shell.is_json:
        shell.print_json({"format": "mentorctl/verified/v1", "proved": verified.proved, "searches": searches})
    else:
        shell.print(page_text(proved_page(verified.searches), shell.out_style))
    return Exit.OK if verified.proved else Exit.NO
