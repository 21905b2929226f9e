"""`mentorctl gate`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.consenting import consent_of, consent_options, expect_option, expected
from mentorctl.cli.exits import Exit, exit_code
from mentorctl.cli.shell import Shell, Stop, as_of_option, day_of, shared_options, solver_options, undo_option
from mentorctl.diagnostics import finding, in_order

if TYPE_CHECKING:
    from mentorctl.plan.model import Plan


@click.command()
@click.argument("plan_file", required=False, metavar="[PLAN]")
@shared_options
@as_of_option
@expect_option
@consent_options
@undo_option
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    plan_file: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    as_of: str | None,
    expect_digest: str | None,
    accept: tuple[str, ...],
    approved_by: tuple[str, ...],
    undo: str | None,
    time_limit: int,
    solver: str,
) -> int:
    """Say whether an approval still stands.

    A plan is made anew and compared by its effects with PLAN, the file that was approved, or with --expect-digest.
    retained: what was approved is what would happen, whatever else moved. superseded: it is not; said is what moved,
    and which part is as it was. cleared: nothing is left to do. Nothing is written.

    Exit code 0 for retained and cleared, 4 for superseded, 1 when a limit or a policy refuses the plan, 3 when
    somebody's approval is missing.

    \b
    Examples:
      mentorctl gate approved.json
      mentorctl gate approved.json --approved-by program_owner --format json
      mentorctl gate --expect-digest mcd1:sha256:9f86d0…
    """
    from mentorctl.cli.planning import make
    from mentorctl.cli.saved import read_plan
    from mentorctl.cli.staleness import since
    from mentorctl.pipeline import judge
    from mentorctl.plan.gate import Approved, Outcome, gate
    from mentorctl.render.findings_json import findings_json
    from mentorctl.render.gate import gate_json, gate_text, verdict_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    digest, consent = expected(expect_digest), consent_of(accept, approved_by)
    before = read_plan(Path(plan_file)) if plan_file is not None else None
    approved = before.digest if before else digest
    if approved is None:
        raise click.UsageError("name the plan that was approved, or its digest with --expect-digest", ctx)
    if before and digest not in (None, before.digest):
        detail = f"`{digest}` was approved, `{plan_file}` is `{before.digest}`"
        raise Stop([finding("MC7044", detail, help="give the plan that was approved")])
    undo = (before.undoes or None) if before else undo
    made = make(shell, _day(as_of, before), seconds=time_limit, solver=solver, undo=undo)
    answer = gate(Approved(digest=approved, plan=before), made.plan)
    lines = since(made.opened.reader().commits(), before.serial) if before else ()
    judged = judge(made.plan, made.opened.loaded, made.snapshot, on=made.as_of, consent=consent)
    found = in_order((*made.findings, *judged))
    if shell.is_json:
        told = {"format": "mentorctl/gate/v1", "as_of": made.plan.as_of, "serial": made.plan.serial}
        shell.print_json(
            {
                **told,
                **gate_json(answer, lines),
                "approved_by": list(consent.approved_by),
                "diagnostics": findings_json(found, made.opened.loaded.texts),
            }
        )
    else:
        shell.print(gate_text(answer, lines, shell.out_style))
        shell.print(verdict_text(made.plan, shell.out_style))
        shell.report(found, made.opened.loaded.texts, after_result=True)
    return Exit.STALE if answer.outcome is Outcome.SUPERSEDED else exit_code(found)


def _day(as_of: str | None, before: "Plan | None") -> date:
    """The day that is asked for, or today; where the plan is for a day still to come, that one."""
    today = day_of(as_of)
    return max(today, date.fromisoformat(before.as_of)) if before and as_of is None else today
