"""Performing a plan: what stands against it, the transaction, and how it ended. `apply` decides nothing."""

import sys
import uuid
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, actor, day_of, is_terminal, now
from mentorctl.diagnostics import Diagnostic, finding, has_errors, in_order

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.consent import Consent
    from mentorctl.plan.model import Plan
    from mentorctl.state.model import Snapshot
    from mentorctl.store.base import Applied


def day_for(plan: "Plan") -> date:
    """The day on which a plan is judged: today, or its own where that is still to come."""
    return max(day_of(None), date.fromisoformat(plan.as_of))


def weighed(
    opened: "Opened",
    plan: "Plan",
    snapshot: "Snapshot",
    consent: "Consent",
    findings: Sequence[Diagnostic],
    *,
    on: date,
) -> tuple[Diagnostic, ...]:
    """All that is to be said about a plan. Raises Stop when limits, policies or what was said forbid it."""
    from mentorctl.pipeline import judge

    found = in_order((*findings, *judge(plan, opened.loaded, snapshot, on=on, consent=consent)))
    if has_errors(found):
        raise Stop(found, opened.loaded.texts)
    return found


def agreed(shell: Shell, plan: "Plan") -> bool:
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


def perform(
    shell: Shell,
    opened: "Opened",
    plan: "Plan",
    findings: tuple[Diagnostic, ...],
    *,
    consent: "Consent",
    lock_timeout: float,
) -> int:
    """The one transaction."""
    from mentorctl.pipeline import apply
    from mentorctl.render.gate import held_text

    store = opened.store(lock_timeout=lock_timeout, command="apply")
    name = apply_id(plan)
    try:
        applied = apply(
            plan, store, apply_id=name, at=now(), actor=actor(), new_lineage=uuid.uuid4().hex, consent=consent
        )
    except KeyboardInterrupt:
        if not is_done(opened, plan):
            raise
        shell.say("interrupted, but the plan had been applied")
        return Exit.OK
    held = sum(1 for _, message in store.outbox(serial=applied.serial) if message.held)
    if shell.is_json:
        _print_json(shell, plan, applied, name, findings, consent, held)
    elif applied.already:
        shell.print(f"This plan was already applied, as serial {applied.serial}; nothing to do.")
    else:
        done = shell.out_style.added("Applied")
        shell.print(f"{done}: {_changes(plan)}, in one step; the state is at serial {applied.serial}.")
        shell.print(held_text(held))
    return Exit.OK


def nothing_to_do(shell: Shell, plan: "Plan", findings: tuple[Diagnostic, ...], consent: "Consent") -> int:
    from mentorctl.store.base import Applied

    if shell.is_json:
        _print_json(shell, plan, Applied(serial=plan.serial, lineage=plan.lineage), "", findings, consent, 0)
    return Exit.OK


def _print_json(
    shell: Shell,
    plan: "Plan",
    applied: "Applied",
    name: str,
    findings: tuple[Diagnostic, ...],
    consent: "Consent",
    held: int,
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
            "apply_id": name,
            "accepted": dict(consent.accepted),
            "approved_by": list(consent.approved_by),
            "messages_held": held,
            "diagnostics": findings_json(findings),
        }
    )


def _changes(plan: "Plan") -> str:
    return "1 change" if len(plan.changes) == 1 else f"{len(plan.changes):,} changes"


def apply_id(plan: "Plan") -> str:
    """The same plan on the same state has the same id, so that a repeated apply is recognized."""
    return sha256(f"{plan.digest} {plan.lineage} {plan.serial}".encode()).hexdigest()[:24]


def is_done(opened: "Opened", plan: "Plan") -> bool:
    """Whether this very plan was performed, by this operator or another."""
    return any(
        row.commit_id == apply_id(plan) or (row.digest, row.base_serial) == (plan.digest, plan.serial)
        for row in opened.reader().commits()
    )
