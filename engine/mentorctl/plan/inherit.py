"""What a migration means to people: two examples for each line, and what the change takes away from them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Diagnostic, Place, finding, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.migrate import Migrated
from mentorctl.lifecycle.migration import Line, MigrationChange, TimerPolicy
from mentorctl.lifecycle.model import Lifecycle, TimerKind, TimerRule
from mentorctl.lifecycle.timers import due_of
from mentorctl.state.live import Instance

_EXAMPLES = 2


def examples(
    line: Line, living: Sequence[Instance], done: Migrated, old: Definition, new: Definition, as_of: date
) -> tuple[str, ...]:
    """What the line means to the one who has waited longest and to the one who has waited least."""
    carried = {instance.address for instance in done.batch.moved if instance.state == line.to}
    mine = sorted(
        (i for i in living if i.state == line.old and i.address in carried), key=lambda i: (i.entered, i.address)
    )
    picked = mine if len(mine) <= _EXAMPLES else [mine[0], mine[-1]]
    return tuple(_example(line, instance, old, new, as_of) for instance in picked)


def breaking_changes(
    compiled: CompiledProgram, change: MigrationChange, before: Lifecycle, living: Sequence[Instance], as_of: date
) -> Iterator[Diagnostic]:
    """MC4046 (LC26): events that vanish, and deadlines that are over at once for some."""
    after = compiled.runtime.lifecycle(change.lifecycle)
    place = Place(document=change.program, path=("id",))
    renamed = {old for old, _ in change.events}
    kept = {transition.event for transition in after.transitions}
    gone = sorted({t.event for t in before.transitions} - kept - renamed)
    if gone:
        yield finding(
            "MC4046",
            f"in the lifecycle `{change.lifecycle}`, {quoted_list(gone, last='and')} "
            f"{'is no event' if len(gone) == 1 else 'are no events'} any more, while {len(living):,} live in it",
            help=f"name the new event under `migration: {{{change.lifecycle}: {{events: …}}}}`, or leave it out on "
            "purpose: what is still told under the old name will be refused",
            place=place,
        )
    for line in change.lines:
        for rule, policy in _shortened(line, before, after):
            hit = [
                i
                for i in living
                if i.state == line.old and _over(compiled.runtime, rule, i, as_of) and policy != TimerPolicy.KEEP
            ]
            if hit:
                yield finding(
                    "MC4046",
                    f"in the lifecycle `{change.lifecycle}`, the deadline `{rule.id}` of `{line.to}` becomes shorter, "
                    f"and is over at once for {len(hit):,} who are in `{line.old}`",
                    help=f"let it begin anew (`timers: {{{rule.id}: restart}}`), or keep it (`keep`)",
                    place=place,
                )


def _example(line: Line, instance: Instance, old: Definition, new: Definition, as_of: date) -> str:
    """`someone who is paused since 41 days would be on_hold, 19 days left`, with a deadline where there is one."""
    since = (as_of - local_time(instance.entered, new.zone).date()).days
    words = f"someone who is {line.old.replace('_', ' ')} {_since(since)} would be {line.to.replace('_', ' ')}"
    rule = next(
        (
            timer
            for timer in new.lifecycle(instance.lifecycle).timers
            if timer.kind is TimerKind.DEADLINE and line.to in timer.during
        ),
        None,
    )
    if rule is None:
        return f"{words}, without a deadline"
    due = _due_after(line, rule, instance, old, new, as_of)
    if due is None:
        return f"{words}; `{rule.id}` does not run"
    left = (local_time(due, new.zone).date() - as_of).days
    return f"{words}, {_days(left)} left" if left > 0 else f"{words}; `{rule.id}` is due at once"


def _due_after(
    line: Line, rule: TimerRule, instance: Instance, old: Definition, new: Definition, as_of: date
) -> datetime | None:
    """When a deadline runs out for somebody after the migration, by the policy of the line."""
    before = {t.id: t for t in old.lifecycle(instance.lifecycle).timers if line.old in t.during}
    cohort, noon = instance.address.cohort, datetime.combine(as_of, time(12), UTC)
    policy = dict(line.timers).get(rule.id, TimerPolicy.KEEP if rule.id in before else TimerPolicy.RESTART)
    match TimerPolicy(policy):
        case TimerPolicy.KEEP:
            return due_of(old, before.get(rule.id, rule), cohort, instance.entered)
        case TimerPolicy.SHIFT:
            return due_of(new, rule, cohort, instance.entered)
        case TimerPolicy.RESTART:
            return due_of(new, rule, cohort, noon)
        case TimerPolicy.DROP:
            return None


def _shortened(line: Line, before: Lifecycle, after: Lifecycle) -> Iterator[tuple[TimerRule, str]]:
    """The deadlines of the new state that ran longer, with what running ones do."""
    old = {timer.id: timer for timer in before.timers if line.old in timer.during}
    for rule in after.timers:
        was = old.get(rule.id)
        if rule.kind is TimerKind.DEADLINE and line.to in rule.during and was is not None and was.after != rule.after:
            yield rule, dict(line.timers).get(rule.id, TimerPolicy.KEEP.value)


def _over(new: Definition, rule: TimerRule, instance: Instance, as_of: date) -> bool:
    due = due_of(new, rule, instance.address.cohort, instance.entered)
    return due is not None and local_time(due, new.zone).date() < as_of


def _since(days: int) -> str:
    return "since today" if days <= 0 else f"since {_days(days)}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
