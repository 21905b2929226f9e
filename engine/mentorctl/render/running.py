"""A program that runs, for people: what was recorded, what time brought, what happened to somebody, what waits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from mentorctl.addresses import Address
from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.replay import Replayed
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import table
from mentorctl.state.live import Advanced, Armed, Happening, Instance, Logged, LogRow, Receipt, Told
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)

type Name = Callable[[str], str]

_SIGNS = {Told.RECORDED: "✓", Told.ALREADY: "=", Told.SKIPPED: "-"}


# -- what was recorded -------------------------------------------------------------------------------------------------


def receipts_text(receipts: Sequence[Receipt], *, serial: int, style: Style, limit: int) -> Iterator[str]:
    """A line for each thing that was recorded, or how many there were of each kind, and where the state is."""
    good = [receipt for receipt in receipts if receipt.is_good]
    if len(good) <= limit:
        for receipt in good:
            sign = _SIGNS.get(receipt.outcome, "✓")
            shown = style.added(sign) if receipt.outcome is Told.RECORDED else style.faint(sign)
            yield f"{shown} {_about(receipt)}  {_words(receipt.detail, style)}"
    else:
        counted = Counter((r.outcome, _event(r), _words(r.detail, Style()) if "→" in r.detail else "") for r in good)
        for (outcome, event, detail), number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
            what = "known already" if outcome is Told.ALREADY else detail
            yield f"{style.added(_SIGNS.get(outcome, '✓'))} {number:>7,}  {event}  {what}".rstrip()
    counts = Counter(receipt.outcome for receipt in receipts)
    parts = [f"{counts[Told.RECORDED]:,} recorded"]
    if counts[Told.ALREADY]:
        parts.append(f"{counts[Told.ALREADY]:,} known already")
    bad = len(receipts) - len(good)
    if bad:
        parts.append(style.removed(f"{bad:,} not recorded"))
    if len(receipts) > 1:
        yield f"{', '.join(parts)}; the state is at serial {serial}."


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """One answer as JSON values."""
    about = receipt.about
    return {
        "address": str(about.address),
        "event": _event(receipt),
        "outcome": receipt.outcome.value,
        "state": receipt.state,
        "detail": receipt.detail,
        "code": receipt.code,
        "place": about.place if isinstance(about, Happening) else "",
    }


def _about(receipt: Receipt) -> str:
    return f"{receipt.about.address} {_event(receipt)}"


def _event(receipt: Receipt) -> str:
    return receipt.about.event if isinstance(receipt.about, Happening) else receipt.about.timer


def _words(detail: str, style: Style) -> str:
    """Without the marks around states, which stand out by color instead."""
    before, arrow, after = detail.replace("`", "").partition(" → ")
    return f"{before} → {style.note(after)}" if arrow else detail.replace("`", "")


# -- what time brought -------------------------------------------------------------------------------------------------


def advanced_text(answer: Advanced, *, reached: datetime, zone: str, style: Style) -> Iterator[str]:
    """What the timers that fired came to, in people and messages; `reached` is how far time had come before."""
    until = _shown(answer.until, zone)
    if not answer.fired and answer.until < reached:
        yield f"{until} is past: time has come to {_shown(reached, zone)}, and it never runs back."
        return
    if not answer.fired:
        yield f"Nothing was due until {until}."
        return
    commits = _many(answer.commits, "commit")
    yield f"{style.strong(f'Until {until}')}: {_many(answer.fired, 'timer')} fired, in {commits}."
    moves = [
        (
            f"{move.count:,}",
            f"{move.program} {_kind(move.lifecycle, move.count)}",
            f"{move.before or '(new)'} → {move.after}",
            move.event,
        )
        for move in sorted(answer.moves, key=lambda m: (-m.count, m.program, m.lifecycle, m.before))
    ]
    yield from _section("Moved", table(moves, indent="    ", numbers=frozenset({0}), dress={3: style.faint}), style)
    told = [(f"{count:,}", effect) for effect, count in sorted(answer.told, key=lambda t: (-t[1], t[0]))]
    yield from _section("Into the outbox", table(told, indent="    ", numbers=frozenset({0})), style)
    if answer.refused:
        refused = style.changed(f"{answer.refused:,} moved nothing")
        yield f"  {refused}: a guard did not hold, or the state does not foresee it"
    if answer.skipped:
        yield f"  {style.faint(f'{answer.skipped:,} had nothing to do')}"
    if answer.incidents:
        yield (
            f"  {style.error(_many(answer.incidents, 'incident'))}: these things wait for a person; "
            "see `mentorctl incidents`"
        )
    yield f"The state is at serial {answer.serial}."


def advanced_json(answer: Advanced) -> dict[str, Any]:
    """The answer of an advance as JSON values."""
    return {
        "format": "mentorctl/advanced/v1",
        "until": _iso(answer.until),
        "serial": answer.serial,
        "fired": answer.fired,
        "moved": answer.moved,
        "refused": answer.refused,
        "skipped": answer.skipped,
        "incidents": answer.incidents,
        "commits": answer.commits,
        "moves": [
            {
                "program": m.program,
                "lifecycle": m.lifecycle,
                "event": m.event,
                "before": m.before,
                "after": m.after,
                "count": m.count,
            }
            for m in answer.moves
        ],
        "outbox": dict(answer.told),
    }


def due_text(due: Sequence[Armed], *, until: datetime, zone: str, style: Style, limit: int = 40) -> Iterator[str]:
    """What would fire first, and how much of it."""
    if not due:
        yield f"Nothing is due until {_shown(until, zone)}."
        return
    title = style.strong(f"Due until {_shown(until, zone)}")
    yield f"{title}: {_many(len(due), 'timer')}, and what they set on the way"
    rows = [(_shown(armed.due, zone), armed.timer, str(armed.address)) for armed in due[:limit]]
    yield from table(rows, indent="  ", dress={0: style.faint, 1: style.note})
    if len(due) > limit:
        yield style.faint(f"  … and {len(due) - limit:,} more")


def due_json(due: Iterable[Armed], until: datetime) -> dict[str, Any]:
    """What is due as JSON values."""
    return {
        "format": "mentorctl/due/v1",
        "until": _iso(until),
        "timers": [
            {"due": _iso(a.due), "timer": a.timer, "address": str(a.address), "occurrence": a.occurrence} for a in due
        ],
    }


# -- history -----------------------------------------------------------------------------------------------------------


def history_text(
    rows: Sequence[LogRow], records: Mapping[Address, Record], *, name: Name, zone: str, style: Style
) -> Iterator[str]:
    """A line for each thing that happened, a day at a time; what happened to several at once is one line."""
    day = ""
    said = [
        (local_time(row.line.occurred, zone), row.line) for row in sorted(rows, key=lambda r: (r.line.occurred, r.seq))
    ]
    for (minute, kind, about, what), alike in groupby(
        ((f"{local:%a %Y-%m-%d}", f"{local:%H:%M}", line) for local, line in said),
        key=lambda item: (item[:2], _thing(item[2]), *_told(item[2], records.get(item[2].address), name, style)),
    ):
        count = sum(1 for _ in alike)
        if minute[0] != day:
            day = minute[0]
            yield style.strong(day)
        things = f"{count} {_kind(kind, count)}" if count > 1 and kind == "session" else about
        yield f"  {style.faint(minute[1])}  {things}  {what}"


def _thing(line: Logged) -> str:
    return line.address.kind or ("cohort" if line.address.cohort else "program")


def _told(line: Logged, record: Record | None, name: Name, style: Style) -> tuple[str, str]:
    """What something was about, and what it came to. Sessions that are planned at once are alike."""
    if line.before == line.after:
        step = style.faint(line.event)
    else:
        step = f"{plain(line.before) or '(new)'} → {_state(line.after, style)}"
    shown = [(fact, value) for fact, value in line.learned if line.before and not _is_inner(fact)]
    because = [
        line.event if line.before not in ("", line.after) else "",
        ", ".join(f"{fact}={_value(value)}" for fact, value in shown),
        line.note if line.note != line.event else "",
        ", ".join(
            _effect(effect)
            for effect in line.effects
            if not effect.startswith(("cancel.", "release.", "take.", "end."))
        ),
        f"by {line.actor}" if line.actor not in ("", "time") else "",
    ]
    return _about_thing(line, record, name, style), f"{step}  {style.faint(plain('; '.join(filter(None, because))))}"


def _about_thing(line: Logged, record: Record | None, name: Name, style: Style) -> str:
    match record:
        case SessionRecord():
            what = f"{record.kind} {record.subject}" if record.kind != "meeting" else "meeting"
            about = "session" if line.event == "begin" else f"{what} {record.number}"
        case TrainingRecord(module=module):
            about = f"training {module}"
        case CheckInRecord(check_in=check_in, number=number):
            about = f"check-in {check_in} {number}"
        case EnrollmentRecord(role=role):
            about = f"enrollment as {role} in {line.address.program}/{line.address.cohort}"
        case MatchRecord():
            about = f"match of {style.person(plain(', '.join(name(person) for person in record.people[:4])))}"
        case _:
            about = f"{_thing(line).replace('_', '-')} {plain(line.address.id or str(line.address))}"
    return about


def _effect(effect: str) -> str:
    word, _, of = effect.partition(".")
    return f"{_DONE.get(word, word)} {of}".strip()


def _is_inner(fact: str) -> bool:
    """Facts that only guards care for."""
    return fact in _INNER or fact.endswith("_accepted") or fact.startswith("since_")


_INNER = frozenset({"said_yes", "enrolled_on", "needs_approval", "meeting", "number", "required", "missed_in_a_row"})
_DONE = {"notify": "told", "remind": "reminded", "ask": "asked", "assign": "assigned", "escalate": "owner told"}


def _state(state: str, style: Style) -> str:
    if state in _LOST:
        return style.removed(state)
    return style.added(state) if state in _WON else style.note(state or "(removed)")


_LOST = frozenset({"withdrawn", "declined", "expired", "ended", "missed", "cancelled", "lapsed", "skipped"})
_WON = frozenset({"completed", "held", "answered"})


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{len(value)} people" if isinstance(value, tuple) else str(value)


def history_json(rows: Iterable[LogRow]) -> dict[str, Any]:
    """Lines of the log as JSON values."""
    return {
        "format": "mentorctl/history/v1",
        "lines": [
            {
                "seq": row.seq,
                "serial": row.serial,
                "address": str(row.line.address),
                "event": row.line.event,
                "occurred": _iso(row.line.occurred),
                "recorded": _iso(row.line.recorded),
                "actor": row.line.actor,
                "before": row.line.before,
                "after": row.line.after,
                "entry": row.line.entry,
                "facts": dict(row.line.facts),
                "learned": dict(row.line.learned),
                "effects": list(row.line.effects),
                "definition": row.line.definition,
                "note": row.line.note,
            }
            for row in rows
        ],
    }


# -- incidents and replay ----------------------------------------------------------------------------------------------


def incidents_text(
    parked: Sequence[Instance], reasons: Mapping[Address, str], *, zone: str, style: Style
) -> Iterator[str]:
    """What waits for a person, since when, and why."""
    if not parked:
        yield "Nothing waits for a person."
        return
    rows = [
        (i.incident, str(i.address), i.state, f"since {_shown(i.entered, zone)}", reasons.get(i.address, ""))
        for i in parked
    ]
    yield from table(rows, indent="", dress={0: style.error, 2: style.note, 3: style.faint})
    yield style.help(f"{_many(len(parked), 'thing')} to look at; then `mentorctl incidents retry ADDRESS`")


def replayed_text(result: Replayed, *, style: Style, limit: int = 20) -> Iterator[str]:
    """Whether log and state agree, and where they do not."""
    said = f"{_many(result.lines, 'line')} of the log lead to {_many(result.things, 'thing')}"
    if not result.differences:
        yield f"{style.added('✓')} {said}, and each stands where they lead."
        return
    yield f"{style.error('✗')} {said}; {_many(len(result.differences), 'thing')} differ."
    for one in result.differences[:limit]:
        where = f"line {one.line}" if one.line else "the state"
        yield f"  {style.strong(str(one.address))} at {where}: {one.detail.replace('`', '')}"


def _section(title: str, lines: list[str], style: Style) -> Iterator[str]:
    if lines:
        yield f"  {style.strong(title)}"
        yield from lines


def _kind(lifecycle: str, count: int) -> str:
    word = lifecycle.replace("_", "-")
    plural = {"match": "matches"}.get(word, f"{word}s")
    return word if count == 1 else plural


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _shown(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone):%a %Y-%m-%d %H:%M}"


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
