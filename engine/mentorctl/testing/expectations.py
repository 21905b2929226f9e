"""What a test expects, compared with what there is: one finding for each thing that is otherwise."""

from collections.abc import Iterable, Iterator

from mentorctl.catalog import CATALOG
from mentorctl.dates.timeline import Anchor, Moment, When
from mentorctl.diagnostics import FieldPath, did_you_mean, quoted_list
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.plan.standing import STANDING
from mentorctl.spec.cases import MessageWanted, SessionsWanted, StateWanted, Then
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord
from mentorctl.testing.world import Trouble, World
from mentorctl.values import dataclass

PASSES, EXCEPTED = "passes", "excepted"  # what else than its effect a policy can come to
_WORDS = ("owner", "manager", "sponsor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is not as expected, or with `is_trouble` an expectation that makes no sense here."""

    path: FieldPath
    detail: str
    help: str = ""
    is_trouble: bool = False


def failures(world: World, then: Then) -> tuple[Failure, ...]:
    """Everything that is not as expected, in the order of the language; paths begin below `then`."""
    return tuple(_guarded(_all(world, then)))


def _guarded(checks: Iterable[tuple[FieldPath, Iterator[Failure]]]) -> Iterator[Failure]:
    """An expectation that names somebody unknown is trouble at its place, and the others are still looked at."""
    for path, check in checks:
        try:
            yield from check
        except Trouble as trouble:
            yield Failure(path=path, detail=trouble.detail, help=trouble.advice, is_trouble=True)


def _all(world: World, then: Then) -> Iterator[tuple[FieldPath, Iterator[Failure]]]:
    yield from _of_matches(world, then)
    for wanted in then.states:
        here = wanted.path[wanted.path.index("states") :]
        yield here, _state(world, wanted, here)
    for sessions in then.sessions:
        yield ("sessions",), _sessions(world, sessions)
    for i, message in enumerate(then.messages):
        yield ("messages", i), _message(world, message, ("messages", i))
    for i, name in enumerate(then.no_messages):
        yield ("no_messages", i), _no_message(world, name, ("no_messages", i))
    for i, code in enumerate(then.findings):
        yield ("findings", i), _finding(world, code, ("findings", i))
    for policy, effect in then.policies:
        yield ("policies", policy), _policy(world, policy, effect)
    for anchor, day in then.dates:
        yield ("dates", anchor), _date(world, anchor, day.isoformat())


def _of_matches(world: World, then: Then) -> Iterator[tuple[FieldPath, Iterator[Failure]]]:
    for i, named in enumerate(then.matches):
        yield ("matches", i), _matched(world, named.people, ("matches", i))
    for i, roster_id in enumerate(then.no_match):
        yield ("no_match", i), _alone(world, roster_id, ("no_match", i))
    if then.matched is not None:
        yield ("matched",), _number(then.matched, len(_standing(world)), "match", ("matched",))
    for i, one in enumerate(then.match_states):
        yield ("match_states", i), _match_state(world, one.match.people, one.match.subject, one.state, i)
    if then.score is not None:
        yield ("score",), _number(then.score, sum(m.score for m in _standing(world)), "point", ("score",))
    if then.proved is not None:
        yield ("proved",), _proved(world, wanted=then.proved)


def _standing(world: World) -> list[MatchRecord]:
    return [m for m in world.records(MatchRecord) if m.state in STANDING]


def _number(wanted: int, got: int, what: str, path: FieldPath) -> Iterator[Failure]:
    if wanted != got:
        yield Failure(path=path, detail=f"expected {_counted(wanted, what)}, got {got}")


def _counted(number: int, what: str) -> str:
    ending = "" if number == 1 else "es" if what.endswith("ch") else "s"
    return f"{number} {what}{ending}"


# -- matches -----------------------------------------------------------------------------------------------------------


def _matched(world: World, people: tuple[str, ...], path: FieldPath) -> Iterator[Failure]:
    wanted = {world.person(roster_id) for roster_id in people}
    if not any(set(match.people) == wanted for match in _standing(world)):
        names = " + ".join(people)
        yield Failure(path=path, detail=f"expected the match {names}, got: {world.company(people)}")


def _alone(world: World, roster_id: str, path: FieldPath) -> Iterator[Failure]:
    person = world.person(roster_id)
    if any(person in match.people for match in _standing(world)):
        yield Failure(path=path, detail=f"expected no match, got: {world.company((roster_id,))}")


def _match_state(world: World, people: tuple[str, ...], subject: str, state: str, index: int) -> Iterator[Failure]:
    path: FieldPath = ("match_states", index)
    _known_state(world, "match", state)
    wanted = {world.person(roster_id) for roster_id in people}
    found = [m for m in world.records(MatchRecord) if set(m.people) == wanted and subject in ("", m.subject)]
    states = sorted({m.state for m in found})
    if state not in states:
        got = quoted_list(states, last="and") or "no such match"
        advice = "" if states else world.company(people)
        yield Failure(path=(*path, "state"), detail=f"expected `{state}`, got {got}", help=advice)


def _proved(world: World, *, wanted: bool) -> Iterator[Failure]:
    if world.matching is None:
        raise Trouble("nothing has been matched in this test", advice="plan on a day of the matching phase")
    if world.matching.proved is not wanted:
        yield Failure(path=("proved",), detail=f"expected {_yes(wanted)}, got {_yes(world.matching.proved)}")


def _yes(value: bool) -> str:
    return "`true`" if value else "`false`"


# -- states and sessions -----------------------------------------------------------------------------------------------


def _state(world: World, wanted: StateWanted, path: FieldPath) -> Iterator[Failure]:
    _known_state(world, "enrollment", wanted.state)
    person = world.person(wanted.person)
    own = [e for e in world.records(EnrollmentRecord) if e.person == person and wanted.role in ("", e.role.value)]
    if not own:
        yield Failure(path=path, detail=f"expected `{wanted.state}`, got no enrollment of `{wanted.person}`")
    for enrollment in own:
        if enrollment.state != wanted.state:
            role = f" as a {enrollment.role}" if len(own) > 1 else ""
            yield Failure(path=path, detail=f"expected `{wanted.state}`, got `{enrollment.state}`{role}")


def _known_state(world: World, machine: str, state: str) -> None:
    known = [s.id for s in lifecycle_named(world.compiled.lifecycles, machine).states]
    if state not in known:
        advice = did_you_mean(state, known) or f"states are {quoted_list(known, last='and')}"
        raise Trouble(f"there is no state `{state}`", advice=advice)


def _sessions(world: World, wanted: SessionsWanted) -> Iterator[Failure]:
    live = [s for s in world.records(SessionRecord) if s.state != "cancelled" and wanted.kind in ("", s.kind)]
    path: FieldPath = ("sessions", wanted.kind) if wanted.kind else ("sessions",)
    what = f"{wanted.kind} session" if wanted.kind else "session"
    if wanted.count is not None:
        yield from _number(wanted.count, len(live), what, (*path, "count"))
    if wanted.at_least is not None and len(live) < wanted.at_least:
        yield Failure(
            path=(*path, "at_least"), detail=f"expected at least {_counted(wanted.at_least, what)}, got {len(live)}"
        )


# -- messages, findings, dates -----------------------------------------------------------------------------------------


def _message(world: World, wanted: MessageWanted, path: FieldPath) -> Iterator[Failure]:
    _known_message(world, wanted.message)
    said = [m for m in world.messages if m.message == wanted.message]
    to = {word if word in _WORDS else world.person(word) for word in wanted.to}
    if not said:
        yield Failure(path=path, detail=f"expected the message `{wanted.message}`, got none")
    elif not any(to <= set(m.recipients) for m in said):
        got = "; ".join(", ".join(world.called(p) for p in m.recipients[:10]) for m in said[:5])
        more = f"; and {len(said) - 5} more" if len(said) > 5 else ""  # noqa: PLR2004 - what a reader takes in
        yield Failure(path=path, detail=f"expected `{wanted.message}` to {', '.join(wanted.to)}, got: {got}{more}")


def _no_message(world: World, name: str, path: FieldPath) -> Iterator[Failure]:
    _known_message(world, name)
    said = [m for m in world.messages if m.message == name]
    if said:
        first = ", ".join(world.called(p) for p in said[0].recipients[:10])
        yield Failure(path=path, detail=f"expected no message `{name}`, got {len(said)}, the first to {first}")


def _known_message(world: World, name: str) -> None:
    known = [message.id for message in world.compiled.program.messages]
    if name not in known:
        advice = did_you_mean(name, known) or f"messages are {quoted_list(known, last='and') or 'none'}"
        raise Trouble(f"`{world.compiled.program.id}` has no message `{name}`", advice=advice)


def _finding(world: World, code: str, path: FieldPath) -> Iterator[Failure]:
    if code not in CATALOG:
        raise Trouble(f"there is no code `{code}`", advice="the codes are listed in docs/diagnostics.md")
    found = list(dict.fromkeys(f.code for f in world.findings))
    if code not in found:
        yield Failure(path=path, detail=f"expected `{code}`, got {quoted_list(found, last='and') or 'no findings'}")


def _policy(world: World, policy: str, wanted: str) -> Iterator[Failure]:
    known = [rule.id for rule in world.loaded.policies]
    if policy not in known:
        advice = did_you_mean(policy, known) or f"policies are {quoted_list(known, last='and') or 'none'}"
        raise Trouble(f"there is no policy `{policy}`", advice=advice)
    found = next((result for result in world.policies if result.policy == policy), None)
    got = PASSES if found is None else EXCEPTED if found.excepted else found.effect.value
    if got != wanted:
        facts = ", ".join(f"{name} is {value or 'empty'}" for name, value in found.facts) if found else ""
        yield Failure(path=("policies", policy), detail=f"expected `{wanted}`, got `{got}`", help=facts)


def _date(world: World, anchor: str, wanted: str) -> Iterator[Failure]:
    of, _, edge = anchor.partition(".")
    timeline = world.timeline
    day = timeline.day_of(Moment(when=When.AT, anchor=Anchor(of=of, edge=edge)))
    if day is None:
        known = [f"{phase.id}.{word}" for phase in timeline.phases for word in ("start", "middle", "end")]
        known += [f"{milestone.id}.{word}" for milestone in timeline.milestones for word in ("start", "due")]
        advice = did_you_mean(anchor, known) or f"there are {quoted_list(known, last='and', limit=40)}"
        raise Trouble(f"cohort `{world.cohort}` has no `{anchor}`", advice=advice)
    if day.isoformat() != wanted:
        yield Failure(path=("dates", anchor), detail=f"expected {wanted}, got {day}")
