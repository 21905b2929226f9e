"""`mentorctl apply`."""

import sys
import uuid
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import (
    Shell,
    Solving,
    Stop,
    actor,
    as_of_option,
    day_of,
    is_terminal,
    now,
    shared_options,
    solver_options,
)
from mentorctl.diagnostics import Diagnostic, finding

if TYPE_CHECKING:
    from mentorctl.cli.planning import Made
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.model import Plan
    from mentorctl.store.base import Applied


@click.command()
@click.argument("plan_file", required=False, metavar="[PLAN]")
@shared_options
@as_of_option
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask. Never taken from the environment.")
@click.option(
    "--lock-timeout",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another command that writes.",
)
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
    yes: bool,
    lock_timeout: int,
    solving: Solving,
) -> int:
    """Perform a plan in one atomic step.

    With PLAN, a file that `mentorctl plan --out` wrote, exactly its decisions are performed, or it is refused as stale.
    Without PLAN a plan is made, shown, and performed after you agree.

    \b
    Examples:
      mentorctl apply plan.json
      mentorctl apply --as-of 2027-03-03
    """
    from mentorctl.cli.planning import make

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if plan_file is None:
        made = make(shell, day_of(as_of), solving=solving)
        return _show_and_apply(shell, made, names=names, yes=yes, lock_timeout=lock_timeout)
    if as_of is not None or names:
        raise click.UsageError("a saved plan is performed as it is; leave out --as-of and --names", ctx)
    return _apply_saved(shell, Path(plan_file), lock_timeout=lock_timeout)


def _show_and_apply(shell: Shell, made: "Made", *, names: bool, yes: bool, lock_timeout: float) -> int:
    from mentorctl.render.plan import plan_text

    if not shell.is_json:
        called = made.names if names else {}
        shell.print(plan_text(made.plan, prior=made.snapshot, names=called, is_full=False, style=shell.out_style))
        shell.report(made.findings, made.opened.loaded.texts, after_result=True)
    if made.plan.is_empty:
        return _nothing_to_do(shell, made.plan, made.findings)
    if not yes and not _agreed(shell, made.plan):
        shell.say("nothing was changed")
        return Exit.NO
    return _perform(shell, made.opened, made.plan, lock_timeout, made.findings)


def _apply_saved(shell: Shell, path: Path, *, lock_timeout: float) -> int:
    from mentorctl.cli.workspace import open_workspace, outside_tables, people_of
    from mentorctl.plan.codec import NotAPlan, inputs_digest, plan_from_text
    from mentorctl.sources.files import read_plan_text

    try:
        plan = plan_from_text(read_plan_text(path, shown=str(path)))
    except NotAPlan as problem:
        raise Stop(
            [finding("MC7002", f"`{path}`: {problem}", help="make it again with `mentorctl plan --out`")]
        ) from None
    opened = open_workspace(shell)
    if plan.workspace != opened.workspace.id:
        raise Stop([finding("MC7009", f"it was made for `{plan.workspace}`, this is `{opened.workspace.id}`")])
    roster, findings = people_of(opened)
    sharing = opened.workspace.sharing
    inputs = inputs_digest(opened.loaded.programs, roster, outside_tables(opened), sharing)
    if plan.inputs != inputs and not _is_done(opened, plan):
        raise Stop(
            [
                finding(
                    "MC7001",
                    "the program files or the roster changed since the plan was made",
                    help="plan again, and have the new plan reviewed",
                )
            ]
        )
    if plan.is_empty:
        if not shell.is_json:
            shell.print("Nothing to do: this plan changes nothing.")
        return _nothing_to_do(shell, plan, findings)
    return _perform(shell, opened, plan, lock_timeout, findings)


def _agreed(shell: Shell, plan: "Plan") -> bool:
    """Ask on the terminal; without one, a person must decide elsewhere."""
    if shell.is_json or not is_terminal(sys.stdin):
        raise Stop(
            [
                finding(
                    "MC9007",
                    "apply asks before it changes anything, and nobody can answer here",
                    help="save a plan with `mentorctl plan --out plan.json` and apply that, or add --yes",
                )
            ]
        )
    try:
        return click.confirm(f"\nMake {_changes(plan)}?", default=False, err=True)
    except click.Abort:
        shell.say("")  # the message begins on a line of its own, not behind the question
        raise


def _perform(
    shell: Shell, opened: "Opened", plan: "Plan", lock_timeout: float, findings: tuple[Diagnostic, ...]
) -> int:
    from mentorctl.pipeline import apply

    store = opened.store(lock_timeout=lock_timeout, command="apply")
    apply_id = _apply_id(plan)
    try:
        applied = apply(plan, store, apply_id=apply_id, at=now(), actor=actor(), new_lineage=uuid.uuid4().hex)
    except KeyboardInterrupt:
        if not any(row.commit_id == apply_id for row in opened.reader().commits()):
            raise
        shell.say("interrupted, but the plan had been applied")
        return Exit.OK
    if shell.is_json:
        _print_json(shell, plan, applied, apply_id, findings)
    elif applied.already:
        shell.print(f"This plan was already applied, as serial {applied.serial}; nothing to do.")
    else:
        done = shell.out_style.added("Applied")
        shell.print(f"{done}: {_changes(plan)}, in one step; the state is at serial {applied.serial}.")
    return Exit.OK


def _nothing_to_do(shell: Shell, plan: "Plan", findings: tuple[Diagnostic, ...]) -> int:
    from mentorctl.store.base import Applied

    if shell.is_json:
        _print_json(shell, plan, Applied(serial=plan.serial, lineage=plan.lineage), "", findings)
    return Exit.OK


def _print_json(
    shell: Shell, plan: "Plan", applied: "Applied", apply_id: str, findings: tuple[Diagnostic, ...]
) -> None:
    from mentorctl.render.findings_json import findings_json

    shell.print_json(
        {
            "format": "mentorctl/applied/v1",
            "serial": applied.serial,
            "lineage": applied.lineage,
            "already": applied.already,
            "changes": len(plan.changes),
            "digest": plan.digest,
            "apply_id": apply_id,
            "diagnostics": findings_json(findings),
        }
    )


def _changes(plan: "Plan") -> str:
    return "1 change" if len(plan.changes) == 1 else f"{len(plan.changes):,} changes"


def _apply_id(plan: "Plan") -> str:
    """The same plan on the same state has the same id, so that a repeated apply is recognized."""
    return sha256(f"{plan.digest} {plan.lineage} {plan.serial}".encode()).hexdigest()[:24]


def _is_done(opened: "Opened", plan: "Plan") -> bool:
    return any(row.commit_id == _apply_id(plan) for row in opened.reader().commits())
