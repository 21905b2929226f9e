"""What each thing that people say means: whose answer it is, which facts it brings, which step it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.lifecycle import choosing
from mentorctl.lifecycle.answering import read_answers
from mentorctl.lifecycle.follow import begin, leave_match, release
from mentorctl.lifecycle.learn import SAID_YES, answers
from mentorctl.lifecycle.model import Outcome, Step
from mentorctl.lifecycle.refusal import Refusal
from mentorctl.lifecycle.steps import Cause, Unfolding
from mentorctl.lifecycle.working import Thing
from mentorctl.rules.expressions.types import WORDING, Kind
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue, Happening, Told
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord

ENROLL = "enroll"
NOTE = "note"  # facts, and no step
LOG_SESSION = "log_session"
ANSWER = "answer"
LEFT = "left_by_choice"  # of an enrollment: the next plan does not enroll them again
TOLD = "told_"  # before the name of a fact of the roster: somebody said so, whatever the roster says
_OF_THE_ROSTER = frozenset({"approved", "done"})
CAME = "came_by_choice"  # of an enrollment: the next plan keeps them although they did not apply

type _Saying = Callable[[Unfolding, Thing, Happening, Cause], str]

__all__ = ["ANSWER", "CAME", "ENROLL", "LEFT", "LOG_SESSION", "NOTE", "TOLD", "Refusal", "say"]


def say(unfolding: Unfolding, thing: Thing | None, happening: Happening, cause: Cause) -> str:
    """Do what somebody says happened; the answer says what it came to. Raises Refusal and Stuck."""
    if happening.event == ENROLL:
        return _enroll(unfolding, thing, happening, cause)
    if thing is None:
        raise ValueError("only an enrollment can begin by being said")
    saying = _SAYINGS.get((thing.instance.lifecycle, happening.event), _plain)
    return saying(unfolding, thing, happening, _same_day(unfolding, thing, cause))


def _same_day(unfolding: Unfolding, thing: Thing, cause: Cause) -> Cause:
    """People know the day: of something that happened on the day on which its state was entered, it was after that."""
    entered = thing.instance.entered
    zone = unfolding.work.book(thing).zone
    if cause.at < entered and local_time(cause.at, zone).date() == local_time(entered, zone).date():
        return replace(cause, at=entered)
    return cause


# -- one step ----------------------------------------------------------------------------------------------------------


def _plain(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """An event of the lifecycle, with the facts that are said with it."""
    learned = check_facts(unfolding, thing, happening)
    if happening.event == NOTE:
        return _noted(unfolding, thing, cause, learned)
    return _stepped(unfolding, thing, happening, cause, learned)


def _noted(unfolding: Unfolding, thing: Thing, cause: Cause, learned: Mapping[str, FactValue]) -> str:
    return "noted" if unfolding.note(thing, NOTE, cause, learned) else "known already"


def _stepped(
    unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause, learned: Mapping[str, FactValue]
) -> str:
    """Raises Refusal when it does not lead on, or happened before what is known to have happened."""
    before, entered = thing.state, thing.instance.entered
    step = unfolding.step(thing, happening.event, cause, learned=learned, note=_whose(happening))
    if step.outcome is not Outcome.MOVED:
        raise _refused(unfolding, thing, happening.event, step)
    if step.state != before and cause.at < entered:
        raise Refusal(
            Told.REFUSED,
            "MC4505",
            f"it is said to have happened on {cause.at:%Y-%m-%d}, "
            f"and `{thing.address}` is `{before}` since {entered:%Y-%m-%d}",
            state=before,
            help="record what came before it first, or say when it really was",
        )
    return f"`{before}` → `{step.state}`" if step.state != before else f"`{step.state}`"


def _whose(happening: Happening) -> str:
    return f"by {happening.person}" if happening.person else ""


def _refused(unfolding: Unfolding, thing: Thing, event: str, step: Step) -> Refusal:
    machine = unfolding.machine(thing)
    what = thing.instance.lifecycle.replace("_", "-")
    ways = machine.ways_out(thing.state)
    onward = f"from `{thing.state}` it can {quoted_list(ways)}" if ways else f"`{thing.state}` is its last state"
    if event not in machine.events:
        known = sorted(machine.events)
        return Refusal(
            Told.INVALID,
            "MC4509",
            f"a {what} has no event `{event}`",
            state=thing.state,
            help=did_you_mean(event, known) or f"its events are {quoted_list(known, last='and')}",
        )
    if step.outcome is Outcome.REFUSED:
        needed = sorted({t.when for t in machine.lifecycle.transitions if (t.event, t.source) == (event, thing.state)})
        return Refusal(
            Told.REFUSED,
            "MC4502",
            f"`{event}` takes {quoted_list(needed, last='or')}, which does not hold for `{thing.address}`",
            state=thing.state,
            help="record what is missing first, with `mentorctl event ADDRESS note --fact NAME=VALUE`",
        )
    return Refusal(
        Told.INVALID,
        "MC4503",
        f"`{event}` is not possible while the {what} is `{thing.state}`",
        state=thing.state,
        help=onward,
    )


def check_facts(unfolding: Unfolding, thing: Thing, happening: Happening) -> dict[str, FactValue]:
    """The facts that are said, each declared and of its type. Raises Refusal."""
    machine = unfolding.machine(thing)
    for name, value in happening.facts:
        fact = machine.facts.get(name)
        if fact is None:
            known = sorted(machine.facts)
            raise Refusal(
                Told.INVALID,
                "MC4512",
                f"a {thing.instance.lifecycle} has no fact `{name}`",
                state=thing.state,
                help=did_you_mean(name, known)
                or (f"its facts are {quoted_list(known, last='and')}" if known else "declare it under `lifecycle:`"),
            )
        if not _fits(fact.type.kind, value):
            raise Refusal(
                Told.INVALID,
                "MC4512",
                f"`{name}` is {WORDING[fact.type.kind]}, not `{value}`",
                state=thing.state,
                help=fact.meaning,
            )
    return _as_told(dict(happening.facts))


def _as_told(facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """The facts, and that those were said which the roster can take back when it was the roster that said so."""
    return {**facts, **{f"{TOLD}{name}": value for name, value in facts.items() if name in _OF_THE_ROSTER}}


def _fits(kind: Kind, value: FactValue) -> bool:
    check = _TYPES.get(kind)
    return check is None or check(value)


def _is_day(value: FactValue) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


_TYPES: Mapping[Kind, Callable[[FactValue], bool]] = {
    Kind.BOOL: lambda value: isinstance(value, bool),
    Kind.NUMBER: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.LEVEL: lambda value: isinstance(value, str),
    Kind.SET: lambda value: isinstance(value, tuple),
    Kind.DATE: _is_day,
}


# -- matches -----------------------------------------------------------------------------------------------------------


def _accept(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """A yes is kept, and the match moves when enough have said it."""
    record = _of_match(thing, happening)
    if "accept" not in unfolding.machine(thing).ways_out(thing.state):
        raise _refused(unfolding, thing, "accept", Step(outcome=Outcome.INVALID, state=thing.state))
    before, least = thing.state, unfolding.work.book(thing).least_others
    learned = answers(record, thing.facts, (happening.person,) if happening.person else (), least)
    moved = unfolding.step(thing, "accept", cause, learned=learned, note=_whose(happening))
    if moved.outcome is Outcome.MOVED:
        return f"`{before}` → `{moved.state}`" if moved.state != before else f"`{moved.state}`"
    yes = thing.facts.get(SAID_YES)
    thing.instance = replace(thing.instance, facts=_without(thing, learned))
    unfolding.note(thing, "accept", cause, learned, note=_whose(happening))
    open_yet = len(record.people) - (len(yes) if isinstance(yes, tuple) else 0)
    return f"noted; {open_yet} of {len(record.people)} have not answered"


def _without(thing: Thing, learned: Mapping[str, FactValue]) -> tuple[tuple[str, FactValue], ...]:
    """The facts before some were noted by a step that was refused, so that a line of the log brings them."""
    return tuple((name, value) for name, value in thing.instance.facts if name not in learned)


def _decline(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """One no ends a pair; a group goes on without them where enough stay."""
    record = _of_match(thing, happening)
    before = thing.state
    if happening.person and len(record.people) > 2 and "leave" in unfolding.machine(thing).ways_out(before):  # noqa: PLR2004
        return _leave(unfolding, thing, happening, cause)
    return _stepped(unfolding, thing, happening, cause, check_facts(unfolding, thing, happening))


def _leave(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    record = _of_match(thing, happening)
    if not happening.person:
        raise Refusal(Told.INVALID, "MC4514", "who leaves is not said", state=thing.state, help="add --by PERSON")
    before = thing.state
    if not leave_match(unfolding, thing, happening.person, None, cause):
        raise _refused(unfolding, thing, happening.event, Step(outcome=Outcome.INVALID, state=before))
    release(unfolding, thing, [m for m in record.members if m.person == happening.person], cause)
    if thing.state != before:
        return f"too few stay: `{before}` → `{thing.state}`"
    yes, left = thing.facts.get(SAID_YES), thing.record
    if (
        isinstance(left, MatchRecord)
        and isinstance(yes, tuple)
        and "accept" in unfolding.machine(thing).ways_out(before)
    ):
        staying = [person for person in yes if person in left.people]
        if staying:
            learned = answers(left, {}, staying, unfolding.work.book(thing).least_others)
            if unfolding.step(thing, "accept", cause, learned=learned).outcome is Outcome.MOVED:
                return f"they left; all others had said yes: `{before}` → `{thing.state}`"
    return "they left; the others go on"


def _of_match(thing: Thing, happening: Happening) -> MatchRecord:
    """Raises Refusal when somebody answers for a match that is not theirs."""
    record = thing.record
    if not isinstance(record, MatchRecord):
        raise Refusal(Told.INVALID, "MC4509", f"`{thing.address}` is no match", state=thing.state)
    if happening.person and happening.person not in record.people:
        raise Refusal(
            Told.REFUSED,
            "MC4514",
            f"`{happening.person}` is not in `{thing.address}`",
            state=thing.state,
            help=f"its people are {quoted_list(record.people, last='and')}",
        )
    return record


def _log_session(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """A meeting that was held or missed: the planned one of that day, or one that nobody had planned."""
    record = _of_match(thing, happening)
    said = dict(happening.facts)
    starts = happening.occurred or cause.at
    if unfolding.machine(thing).is_final(thing.state) and starts > thing.instance.entered:
        raise Refusal(
            Told.INVALID,
            "MC4503",
            f"they cannot have met then: the match is `{thing.state}` since {thing.instance.entered:%Y-%m-%d}",
            state=thing.state,
            help="say with --at when they met, if it was before",
        )
    if "accept" in unfolding.machine(thing).ways_out(thing.state):
        raise Refusal(
            Told.INVALID,
            "MC4503",
            f"they have not all said yes: the match is `{thing.state}`",
            state=thing.state,
            help=f"record it first, with `mentorctl accept {thing.address}`",
        )
    event = "hold" if said.get("held", True) is True else "miss"
    session = _meeting_at(unfolding, thing, starts) or _new_meeting(unfolding, thing, record, starts, said, cause)
    before = session.state
    then = replace(cause, at=max(min(starts, cause.at), session.instance.entered))
    held = thing.facts.get("sessions_held")
    learned = {"number": (held if isinstance(held, int) else 0) + 1} if event == "hold" else {}
    if unfolding.step(session, event, then, learned=learned).outcome is not Outcome.MOVED:
        raise _refused(unfolding, session, event, Step(outcome=Outcome.INVALID, state=before))
    number = session.record.number if isinstance(session.record, SessionRecord) else 0
    return f"meeting {number}: `{before}` → `{session.state}`"


def _meeting_at(unfolding: Unfolding, match: Thing, starts: datetime) -> Thing | None:
    """The meeting at that instant, or the one that was planned for that day."""
    zone = unfolding.work.book(match).zone
    day = local_time(starts, zone).date()
    same_day = None
    for session in unfolding.work.children(match.address, "session"):
        if isinstance(session.record, SessionRecord):
            at = datetime.fromisoformat(session.record.starts)
            if at == starts:
                return session
            if local_time(at, zone).date() == day and session.state == "planned":
                same_day = same_day or session
    return same_day


def _new_meeting(
    unfolding: Unfolding,
    match: Thing,
    record: MatchRecord,
    starts: datetime,
    said: Mapping[str, FactValue],
    cause: Cause,
) -> Thing:
    taken = [
        s.record.number
        for s in unfolding.work.children(match.address, "session")
        if isinstance(s.record, SessionRecord)
    ]
    number = max(taken, default=0) + 1
    minutes = said.get("minutes", 0)
    session = SessionRecord(
        address=match.address.beside("session", f"meeting_{match.address.id}_{number}"),
        kind="meeting",
        subject=match.address.id,
        number=number,
        starts=f"{starts:%Y-%m-%dT%H:%MZ}",
        zone=unfolding.work.book(match).zone,
        minutes=minutes if isinstance(minutes, int) else 0,
        people=tuple(sorted(record.people)),
        state="",
        basis="",
    )
    return begin(unfolding, session, "session", match.instance.definition, replace(cause, at=min(starts, cause.at)))


# -- people ------------------------------------------------------------------------------------------------------------


def _enroll(unfolding: Unfolding, thing: Thing | None, happening: Happening, cause: Cause) -> str:
    """Somebody takes part: for the first time, or again after they had left."""
    if thing is not None:
        if thing.state != "withdrawn":
            raise Refusal(
                Told.INVALID,
                "MC4503",
                f"`{thing.address}` takes part already: it is `{thing.state}`",
                state=thing.state,
                help="there is nothing to do",
            )
        unfolding.note(thing, ENROLL, cause, {LEFT: False, CAME: True})
        initial = unfolding.machine(thing).lifecycle.initial
        unfolding.reenter(thing, initial, ENROLL, cause, note=_whose(happening))
        return f"`withdrawn` → `{initial}`"
    address = happening.address
    work = unfolding.work
    cohort = work.thing(Address(program=address.program, cohort=address.cohort))
    if cohort is None:
        raise Refusal(
            Told.UNKNOWN,
            "MC4501",
            f"there is no cohort `{address.program}/{address.cohort}` in the state",
            help="a cohort begins with the first plan that is applied for it",
        )
    role = address.id.rpartition("_")[2]
    digest = work.view.current(address.program) or cohort.instance.definition
    if role not in set(Role):
        raise Refusal(Told.INVALID, "MC4514", f"`{address.program}` has no role `{role}`")
    record = EnrollmentRecord(address=address, person=happening.person, role=Role(role), state="")
    enrollment = begin(unfolding, record, "enrollment", digest, cause)
    unfolding.note(enrollment, ENROLL, cause, {CAME: True})
    return f"enrolled: `{enrollment.state}`"


def _withdraw(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """Somebody leaves by their own choice, which outlasts what the roster says."""
    learned = {**check_facts(unfolding, thing, happening), LEFT: True, CAME: False}
    if thing.state == "withdrawn":
        return _noted(unfolding, thing, cause, learned)
    return _stepped(unfolding, thing, happening, cause, learned)


def _with(**implied: FactValue) -> _Saying:
    """An event by which some facts are said too, where the lifecycle declares them."""

    def saying(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
        learned = {**_as_told(implied), **check_facts(unfolding, thing, happening)}
        return _stepped(unfolding, thing, happening, cause, learned)

    return saying


def _reach_goal(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    reached = thing.facts.get("goals_reached")
    learned = {"goals_reached": (reached if isinstance(reached, int) else 0) + 1}
    return _stepped(unfolding, thing, happening, cause, {**learned, **check_facts(unfolding, thing, happening)})


def _answer(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """The answers to the questions of a check-in; those that give alarm are told at once."""
    given = read_answers(unfolding, thing, happening)
    before = thing.state
    step = unfolding.step(thing, ANSWER, cause, learned=given.facts, note=_whose(happening), secret=given.private)
    if step.outcome is not Outcome.MOVED:
        raise _refused(unfolding, thing, ANSWER, step)
    if given.alerts and "alert" not in step.effects:
        unfolding.wait(thing, ("alert",), cause)
    return f"`{before}` → `{step.state}`" + (f"; told {quoted_list(given.alerts, last='and')}" if given.alerts else "")


_SAYINGS: Mapping[tuple[str, str], _Saying] = {
    ("cohort", "pin"): choosing.pin,
    ("cohort", "block"): choosing.block,
    ("cohort", "unpin"): choosing.unpin,
    ("enrollment", "request"): choosing.request,
    ("match", "rate"): choosing.rate,
    ("match", "publish"): choosing.publish,
    ("match", "accept"): _accept,
    ("match", "decline"): _decline,
    ("match", "leave"): _leave,
    ("match", LOG_SESSION): _log_session,
    ("enrollment", "withdraw"): _withdraw,
    ("enrollment", "approve"): _with(approved=True),
    ("training", "complete"): _with(done=True),
    ("check_in", ANSWER): _answer,
    ("match", "sign"): _with(agreement_signed=True),
    ("match", "deliver"): _with(delivered=True),
    ("match", "reach_goal"): _reach_goal,
}
