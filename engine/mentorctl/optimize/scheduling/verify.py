"""Checks of timetables, written without the code that makes them: plain loops over the problem as it is
stated.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from mentorctl.optimize.scheduling.problem import (
    NO_SEAT,
    PairCandidates,
    SeriesAnswer,
    SeriesProblem,
    TrainingAnswer,
    TrainingGoals,
    TrainingProblem,
)

type Meetings = tuple[tuple[int, int], ...]
type Held = tuple[list[int], ...]  # per pair the positions of its meetings among its candidates


def verify_series(problem: SeriesProblem, answer: SeriesAnswer) -> tuple[str, ...]:
    """Everything that is wrong with a timetable, as sentences; empty if it keeps all limits and counts
    right.
    """
    if len(answer.starts) != len(problem.pairs):
        return (f"{len(answer.starts)} series were given for {len(problem.pairs)} pairs",)
    found: list[str] = []
    for pair, meetings in zip(problem.pairs, answer.starts, strict=True):
        found += (f"pair {pair.people}: {text}" for text in _pair_violations(problem, pair, meetings))
    if found:
        return tuple(found)  # worth and weeks of unknown times cannot be counted
    held = tuple(_positions(pair, meetings) for pair, meetings in zip(problem.pairs, answer.starts, strict=True))
    found += _people_violations(problem, held)
    found += _pool_violations(problem, held)
    value = _value(problem, answer, held)
    if value != answer.value:
        found.append(f"the meetings are worth {value}, not {answer.value}")
    found += _bound_violations(answer)
    return tuple(found)


def series_value(problem: SeriesProblem, answer: SeriesAnswer) -> int:
    """The worth of all meetings less what hardship costs; each must be at a candidate of its pair."""
    held = tuple(_positions(pair, meetings) for pair, meetings in zip(problem.pairs, answer.starts, strict=True))
    return _value(problem, answer, held)


def _value(problem: SeriesProblem, answer: SeriesAnswer, held: Held) -> int:
    total = 0
    borne: Counter[int] = Counter()
    for pair, positions in zip(problem.pairs, held, strict=True):
        if not positions:
            continue
        total += int(pair.worth[positions].sum())
        regular = Counter(pair.regular[positions].tolist())
        total += problem.terms(pair).regular_bonus * max(regular.values())
        if pair.hardship is not None:
            for person, points in zip(pair.people, pair.hardship[:, positions].sum(axis=1).tolist(), strict=True):
                borne[person] += points
    if problem.before is not None:
        for had, has in zip(problem.before.starts, answer.starts, strict=True):
            total += problem.before.stay * len(set(had) & set(has))
    for points in borne.values():
        total -= sum(step.price * max(0, points - step.above) for step in problem.steps)
    return total


def verify_training(problem: TrainingProblem, answer: TrainingAnswer) -> tuple[str, ...]:
    """Everything that is wrong with a plan of training sessions, as sentences; empty if it is as it says."""
    if len(answer.seat_of) != len(problem.seated_at):
        return (f"{len(answer.seat_of)} seats were given for {len(problem.seated_at)} people",)
    found = [*_seat_violations(problem, answer)]
    if found:
        return tuple(found)
    found += _session_violations(problem, answer)
    goals = training_goals(problem, answer)
    if goals != answer.goals:
        found.append(f"the plan reaches {_words(goals)}, not {_words(answer.goals)}")
    found += _goal_violations(answer)
    return tuple(found)


def training_goals(problem: TrainingProblem, answer: TrainingAnswer) -> TrainingGoals:
    """What the plan reaches, counted anew."""
    before = problem.seated_at.tolist()
    kept = sum(had == has for had, has in zip(before, answer.seat_of, strict=True) if had != NO_SEAT)
    return TrainingGoals(
        seated=sum(seat != NO_SEAT for seat in answer.seat_of),
        moved=sum(had != NO_SEAT for had in before) - kept,
        sessions=len(answer.sessions),
        lateness=sum(answer.sessions),
    )


def _positions(pair: PairCandidates, meetings: Meetings) -> list[int]:
    slots = [slot for _, slot in meetings]
    positions: list[int] = pair.slots.searchsorted(slots).tolist() if slots else []
    return positions


def _pair_violations(problem: SeriesProblem, pair: PairCandidates, meetings: Meetings) -> Iterator[str]:
    terms = problem.terms(pair)
    for (window, slot), position in zip(meetings, _positions(pair, meetings), strict=True):
        if position == len(pair.slots) or pair.slots[position] != slot:
            yield f"a meeting at {slot}, which is no candidate"
        elif pair.window[position] != window:
            yield f"the meeting at {slot} belongs to window {pair.window[position]}, not {window}"
    for (earlier, start), (later, following) in pairwise(meetings):
        if later <= earlier or following <= start:
            yield f"the meetings at {start} and {following} are not in order, one per window"
        elif later == earlier + 1 and not terms.gap_min <= following - start <= terms.gap_max:
            allowed = f"{terms.gap_min} to {terms.gap_max}"
            between = following - start
            yield f"the meetings at {start} and {following} are {between} quarters apart, not {allowed}"


def _people_violations(problem: SeriesProblem, held: Held) -> Iterator[str]:
    """Overlaps and overfull weeks of one person, over all pairs the person is in."""
    busy: dict[int, list[tuple[int, int]]] = {}
    weeks: Counter[tuple[int, int]] = Counter()
    for pair, positions in zip(problem.pairs, held, strict=True):
        if not positions:
            continue
        length = problem.terms(pair).length
        spans = [(start, start + length) for start in pair.slots[positions].tolist()]
        for person in pair.people:
            busy.setdefault(person, []).extend(spans)
            weeks.update((person, week) for week in pair.week[positions].tolist())
    for person, spans in sorted(busy.items()):
        ordered = sorted(spans)
        for (start, end), (following, _) in pairwise(ordered):
            if following < end:
                yield f"person {person} would be in two sessions, from {start} and from {following}"
    for (person, week), count in sorted(weeks.items()):
        most = problem.weekly(person)
        if count > most:
            yield f"person {person} would have {count} sessions in week {week}, not {most} at most"


def _pool_violations(problem: SeriesProblem, held: Held) -> Iterator[str]:
    """Where more meetings take place at a time than a pool has places for."""
    used: dict[int, list[tuple[int, int]]] = {}
    for pair, positions in zip(problem.pairs, held, strict=True):
        for pool in pair.pools:
            for start in pair.slots[positions].tolist():
                used.setdefault(pool, []).extend(((start, 1), (start + problem.terms(pair).length, -1)))
    for pool, changes in sorted(used.items()):
        places, going_on = problem.pools[pool], 0
        for when, change in sorted(changes):  # whoever leaves does so before the next one comes
            going_on += change
            if going_on > places:
                yield f"pool {pool} would have {going_on} meetings at {when} in {places} places"


def _bound_violations(answer: SeriesAnswer) -> Iterator[str]:
    if answer.bound < answer.value:
        yield f"the bound {answer.bound} is below the value {answer.value}"
    if answer.parts and sum(part.bound - part.value for part in answer.parts) != answer.bound - answer.value:
        yield "the gaps of the parts do not add up to that of the whole"
    if answer.proved != (answer.bound == answer.value):
        yield f"value {answer.value} and bound {answer.bound} do not agree with proved = {answer.proved}"


def _seat_violations(problem: TrainingProblem, answer: TrainingAnswer) -> Iterator[str]:
    candidates = range(len(problem.slots))
    for session in answer.sessions:
        if session not in candidates:
            yield f"a session at candidate {session}, of which there are {len(candidates)}"
    if list(answer.sessions) != sorted(set(answer.sessions)):
        yield "the sessions are not in the order of time, each once"
    for person, seat in enumerate(answer.seat_of):
        if seat == NO_SEAT:
            continue
        if seat not in answer.sessions:
            yield f"person {person} has a seat at candidate {seat}, where no session is held"
        elif seat in candidates and not problem.available[person, seat]:
            yield f"person {person} is not available at candidate {seat}"


def _session_violations(problem: TrainingProblem, answer: TrainingAnswer) -> Iterator[str]:
    taken = Counter(answer.seat_of)
    for session in answer.sessions:
        if not taken[session]:
            yield f"nobody comes to the session at candidate {session}"
        if problem.seats and taken[session] > problem.seats:
            yield f"{taken[session]} people have one of {problem.seats} seats at candidate {session}"
    for earlier, later in combinations(answer.sessions, 2):
        between = int(problem.slots[later] - problem.slots[earlier])
        if between < problem.apart:
            yield f"sessions {earlier} and {later} are {between} quarters apart, less than {problem.apart}"
    for name, classes, limit in (
        ("day", problem.day, problem.per_day),
        ("week", problem.week, problem.per_week),
    ):
        held = Counter(int(classes[session]) for session in answer.sessions)
        for place, count in sorted(held.items()):
            if limit and count > limit:
                yield f"{name} {place} has {count} sessions, not {limit} at most"


def _goal_violations(answer: TrainingAnswer) -> Iterator[str]:
    goals, bounds = answer.goals, answer.bounds
    if bounds.seated < goals.seated:
        yield f"the bound of {bounds.seated} people seated is below {goals.seated}"
    for name in ("moved", "sessions", "lateness"):
        if getattr(bounds, name) > getattr(goals, name):
            yield f"the bound of {getattr(bounds, name)} for {name} is above {getattr(goals, name)}"
    if answer.proved != (goals == bounds):
        yield f"goals and bounds do not agree with proved = {answer.proved}"


def _words(goals: TrainingGoals) -> str:
    return f"{goals.seated} seated, {goals.moved} moved, {goals.sessions} sessions, lateness {goals.lateness}"
