"""`mentorctl apply`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.consenting import consent_of, consent_options, expect_option, expected
from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import (
    Shell,
    Solving,
    Stop,
    as_of_option,
    day_of,
    lock_option,
    shared_options,
    solver_options,
    undo_option,
)
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.planning import Made
    from mentorctl.plan.consent import Consent


@click.command()
@click.argument("plan_file", required=False, metavar="[PLAN]")
@shared_options
@as_of_option
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@expect_option
@consent_options
@click.option(
    "--hold-messages",
    is_flag=True,
    allow_from_autoenv=False,
    help="Messages of this apply wait in the outbox until `mentorctl messages release`.",
)
@undo_option
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask. Never taken from the environment.")
@lock_option
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
    names: bool,
    expect_digest: str | None,
    accept: tuple[str, ...],
    approved_by: tuple[str, ...],
    hold_messages: bool,
    undo: str | None,
    yes: bool,
    lock_timeout: int,
    solving: Solving,
) -> int:
    """Perform a plan in one atomic step.

    With PLAN, a file that `mentorctl plan --out` wrote, exactly its decisions are performed, or it is refused as stale.
    With --expect-digest a plan is made and performed if its effects are those that were approved, and refused if not.
    Without either a plan is made, shown, and performed after you agree.

    Limits and policies are asked in each case. Who approved is known where the files are reviewed and not here:
    --approved-by is the word of the job that applies, and is written into the log with what was accepted.

    \b
    Examples:
      mentorctl apply plan.json
      mentorctl apply plan.json --accept un-matched=14 --hold-messages
      mentorctl apply --expect-digest mcd1:sha256:9f86d0… --approved-by program_owner
    """
    from mentorctl.cli.planning import make

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    digest = expected(expect_digest)
    consent = consent_of(accept, approved_by, hold_messages=hold_messages)
    if plan_file is None:
        made = make(shell, day_of(as_of), solving=solving, undo=undo)
        if digest is not None:
            return _apply_approved(shell, made, digest, consent, lock_timeout=lock_timeout)
        return _show_and_apply(shell, made, consent, names=names, yes=yes, lock_timeout=lock_timeout)
    if as_of is not None or names or undo is not None:
        raise click.UsageError("a saved plan is performed as it is; leave out --as-of, --names and --undo", ctx)
    return _apply_saved(shell, Path(plan_file), digest, consent, lock_timeout=lock_timeout)


def _show_and_apply(
    shell: Shell, made: "Made", consent: "Consent", *, names: bool, yes: bool, lock_timeout: float
) -> int:
    from mentorctl.cli.applying import agreed, nothing_to_do, perform, weighed
    from mentorctl.render.gate import verdict_text
    from mentorctl.render.plan import plan_text

    if not shell.is_json:
        called = made.names if names else {}
        shell.print(plan_text(made.plan, names=called, style=shell.out_style))
        shell.print(verdict_text(made.plan, shell.out_style))
    found = weighed(made.opened, made.plan, made.snapshot, consent, made.findings, on=made.as_of)
    shell.report((() if shell.is_json else found), made.opened.loaded.texts, after_result=True)
    if made.plan.is_empty:
        return nothing_to_do(shell, made.plan, found, consent)
    if not yes and not agreed(shell, made.plan):
        shell.say("nothing was changed")
        return Exit.NO
    return perform(shell, made.opened, made.plan, found, consent=consent, lock_timeout=lock_timeout)


def _apply_approved(shell: Shell, made: "Made", digest: str, consent: "Consent", *, lock_timeout: float) -> int:
    """What was approved by its digest is agreed to; anything else is refused, however small it is."""
    from mentorctl.cli.applying import nothing_to_do, perform, weighed
    from mentorctl.plan.gate import Approved, Outcome, gate

    answer = gate(Approved(digest=digest), made.plan)
    if answer.outcome is Outcome.SUPERSEDED:
        causes = "".join(f"; {one.what}: {one.detail}" for one in answer.causes)
        raise Stop(
            [
                finding(
                    "MC7044",
                    f"`{digest}` was approved, the plan is `{made.plan.digest}`{causes}",
                    help="look at it with `mentorctl plan`; `mentorctl gate PLAN` with the plan that was approved says "
                    "what moved",
                )
            ]
        )
    if made.plan.is_empty:
        shell.print("" if shell.is_json else _nothing_left(made, digest, is_cleared=answer.outcome is Outcome.CLEARED))
        return nothing_to_do(shell, made.plan, made.findings, consent)
    found = weighed(made.opened, made.plan, made.snapshot, consent, made.findings, on=made.as_of)
    shell.report((() if shell.is_json else found), made.opened.loaded.texts)
    return perform(shell, made.opened, made.plan, found, consent=consent, lock_timeout=lock_timeout)


def _nothing_left(made: "Made", digest: str, *, is_cleared: bool) -> str:
    """Whether what was approved is done already, or is not needed any more."""
    done = next((row for row in made.opened.reader().commits() if row.digest == digest), None)
    if done:
        return f"Nothing to do: this was applied by {done.actor} as serial {done.serial}."
    return "Nothing to do: what was approved is not needed any more." if is_cleared else "Nothing to do."


def _apply_saved(shell: Shell, path: Path, digest: str | None, consent: "Consent", *, lock_timeout: float) -> int:
    from mentorctl.cli.applying import day_for, is_done, nothing_to_do, perform, weighed
    from mentorctl.cli.saved import current, read_plan

    plan = read_plan(path)
    if digest is not None and digest != plan.digest:
        detail = f"`{digest}` was approved, `{path}` is `{plan.digest}`"
        raise Stop([finding("MC7044", detail, help="apply the plan that was approved, or have this one approved")])
    now = current(shell, plan)
    if plan.is_empty:
        if not shell.is_json:
            shell.print("Nothing to do: this plan changes nothing.")
        return nothing_to_do(shell, plan, now.findings, consent)
    found = now.findings
    if not is_done(now.opened, plan):
        found = weighed(now.opened, plan, now.snapshot, consent, found, on=day_for(plan))
        shell.report((() if shell.is_json else found), now.opened.loaded.texts)
    return perform(shell, now.opened, plan, found, consent=consent, lock_timeout=lock_timeout)
