"""`mentorctl verify`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.pipeline import Searched
    from mentorctl.plan.certificates import Claim
    from mentorctl.plan.model import Plan
    from mentorctl.plan.proofs import Checked
    from mentorctl.roster.people import Roster


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
    from mentorctl.cli.workspace import open_workspace, people_of

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    claim, plan = _read(Path(file))
    try:
        as_of = date.fromisoformat(claim.as_of)
    except ValueError:
        raise Stop([finding("MC5021", f"`{file}`: `{claim.as_of}` is not a day")]) from None
    opened = open_workspace(shell, as_of=as_of)
    opened.workspace  # noqa: B018 - stops here when the files have errors
    roster, _ = people_of(opened)
    _check_origin(file, claim, opened, roster)
    searched = _searched(claim, opened, roster, as_of)
    return _tell(shell, _checked(claim, plan, searched))


def _read(path: Path) -> "tuple[Claim, Plan | None]":
    """What a file claims, and the plan where it is one. Raises Stop for a file that was changed or is neither."""
    from mentorctl.plan.codec import CERTIFICATE, NotAPlan, certificate_from_text, format_of, plan_from_text
    from mentorctl.plan.proofs import claim_of
    from mentorctl.sources.files import read_plan_text

    text = read_plan_text(path, shown=str(path))
    try:
        if format_of(text) == CERTIFICATE:
            return certificate_from_text(text), None
        plan = plan_from_text(text)
    except NotAPlan as problem:
        raise Stop([finding("MC5022", f"`{path}`: {problem}", help="make it again with `mentorctl plan`")]) from None
    return claim_of(plan), plan


def _check_origin(file: str, claim: "Claim", opened: "Opened", roster: "Roster") -> None:
    """Raise Stop where the claim is about other files, people or another state than what lies here."""
    from mentorctl.cli.workspace import outside_tables
    from mentorctl.plan.codec import inputs_digest

    snapshot = opened.reader().read()
    problem = ""
    if claim.workspace != opened.workspace.id:
        problem = f"it was made for `{claim.workspace}`, this is `{opened.workspace.id}`"
    elif claim.inputs != inputs_digest(opened.loaded.programs, roster, outside_tables(opened)):
        problem = "the program files or the roster are not those that it was made from"
    elif (claim.lineage, claim.serial) != (snapshot.lineage, snapshot.serial):
        problem = f"it was made at serial {claim.serial} of the state, which is at serial {snapshot.serial} now"
    if problem:
        advice = "check it where and when it was made: with these files, this roster and this state"
        raise Stop([finding("MC5021", f"`{file}`: {problem}", help=advice)])


def _searched(claim: "Claim", opened: "Opened", roster: "Roster", as_of: date) -> "Searched":
    """The plan that follows from the claimed matches; the engine is there, and never asked."""
    from mentorctl.cli.workspace import outside_tables
    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.pipeline import problems
    from mentorctl.plan.proofs import decisions

    return problems(
        opened.loaded,
        roster,
        opened.reader().read(),
        as_of=as_of,
        engine=DirectEngine(),
        outside=outside_tables(opened),
        decided=decisions(claim),
    )


def _checked(claim: "Claim", plan: "Plan | None", searched: "Searched") -> "tuple[Checked, ...]":
    from mentorctl.plan.proofs import checked, plan_defects

    for defect in plan_defects(plan, searched.changes, searched.problems) if plan else ():
        raise Stop([finding("MC5022", defect, help="make the plan again with `mentorctl plan`")])
    return checked(searched.problems, claim)


def _tell(shell: Shell, said: "tuple[Checked, ...]") -> int:
    """Print what each search came to; the exit code says whether all are proved."""
    from dataclasses import asdict

    from mentorctl.plan.proofs import Outcome
    from mentorctl.render.page import page_text
    from mentorctl.render.questions import proved_page

    proved = all(one.outcome is Outcome.PROVED for one in said)
    if shell.is_json:
        shell.print_json({"format": "mentorctl/verified/v1", "proved": proved, "searches": [asdict(s) for s in said]})
    else:
        shell.print(page_text(proved_page(said), shell.out_style))
    return Exit.OK if proved else Exit.NO
