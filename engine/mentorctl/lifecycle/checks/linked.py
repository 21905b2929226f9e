"""Checks of several lifecycles together: what one causes in another, and where both stand still.

Two linked lifecycles are searched together: every event that people, plans or time raise, in every order, with what it
causes in the other one. Guards are taken to hold or not as they please. The search stops at `MOST_JOINT` pairs of
states and then says so.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from mentorctl.diagnostics import Diagnostic, did_you_mean
from mentorctl.lifecycle.checks.people import LEAVING
from mentorctl.lifecycle.checks.subject import Subject
from mentorctl.lifecycle.facts import CATALOG
from mentorctl.lifecycle.model import Transition
from mentorctl.values import dataclass

MOST_JOINT = 5_000
MOST_STEPS = 16  # of one cascade, as in the runtime
NOT_YET = ""  # the state of a thing that does not exist yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What effects do in other lifecycles, by effect; and which events come from effects only."""

    raises: Mapping[str, tuple[tuple[str, str], ...]]
    caused: frozenset[tuple[str, str]]
    begins: Mapping[tuple[str, str], str]  # (lifecycle, event) → the lifecycle of which it brings something about


def unhandled_events(subjects: Mapping[str, Subject], links: Links) -> Iterator[Diagnostic]:
    """MC4040 (LC20): what an effect raises in another lifecycle is foreseen in a state that can be reached there."""
    for subject, transition, effect, target, event in _raised(subjects.values(), links):
        other = subjects.get(target)
        if other is None:
            continue
        foreseen = sorted({t.event for state in other.standing for t in other.outgoing[state.id]})
        if event not in foreseen:
            yield subject.finding(
                "MC4040",
                f"`{transition.event}` in `{transition.source}` raises `{event}` in the lifecycle `{target}` (by "
                f"`{effect}`), where no state that can be reached foresees it; {subject.reached(transition.source)}",
                help=did_you_mean(event, foreseen) or f"add a transition on `{event}` to the lifecycle `{target}`",
                part=transition,
            )


def standstills(subjects: Mapping[str, Subject], links: Links) -> Iterator[Diagnostic]:
    """MC4041 (LC21): two linked lifecycles never stand where nothing but leaving leads on."""
    for pair in _linked_pairs(subjects, links):
        search = _search(pair, links)
        if search.stuck:
            (first, path), others = search.stuck[0], len(search.stuck) - 1
            one, other = pair[0].lifecycle.name, pair[1].lifecycle.name
            more = f", and so {others} more pairs of states" if others else ""
            yield pair[0].finding(
                "MC4041",
                f"`{first[0]}` with the lifecycle `{other}` in `{first[1] or 'no state yet'}`: nothing but leaving "
                f"leads on; {_joint_path(path)}{more} (searched {search.size:,} pairs of states of `{one}` and "
                f"`{other}`, at most {MOST_JOINT:,})",
                help=f"add a transition, a deadline or an effect that leads `{one}` on when `{other}` is over",
                part=pair[0].by_id[first[0]],
            )
        if search.is_cut:
            yield pair[0].finding(
                "MC4041",
                f"together with `{pair[1].lifecycle.name}` there are more than {MOST_JOINT:,} pairs of states; the "
                "search for standstills stopped there",
                help="make the lifecycles smaller",
            )


def endless_cascades(subjects: Mapping[str, Subject], links: Links) -> Iterator[Diagnostic]:
    """MC4042 (LC22): what one event causes comes to an end."""
    for pair in _linked_pairs(subjects, links):
        for transition, number, rounds in _search(pair, links).endless[:1]:
            yield pair[number].finding(
                "MC4042",
                f"`{transition.event}` in `{transition.source}` causes {rounds}, and so on without end",
                help="take one of these effects out, or let it lead to a state where it has no effect",
                part=transition,
            )


def unused_words(subjects: Mapping[str, Subject], links: Links) -> Iterator[Diagnostic]:
    """MC4033 (LC13): facts that are declared are read, and events that must be handled exist.

    The facts of the catalog are kept up whether anybody reads them or not.
    """
    del links
    for subject in subjects.values():
        lifecycle = subject.lifecycle
        texts = [t.when for t in lifecycle.transitions]
        texts += [s.invariant for s in lifecycle.states] + [t.when for t in lifecycle.timers]
        words = {word for text in texts for word in _words(text)}
        kept_up = {fact.name for fact in CATALOG.get(lifecycle.name, ())}
        for fact in lifecycle.facts:
            if fact.name not in words | kept_up and not fact.name.startswith("since_"):
                yield subject.finding(
                    "MC4033", f"no guard reads the fact `{fact.name}`", help="remove the fact, or read it in a guard"
                )
        events = sorted({t.event for t in lifecycle.transitions})
        for event in lifecycle.must_handle:
            if event not in events:
                yield subject.finding(
                    "MC4033",
                    f"`{event}` must be handled, and no transition does",
                    help=did_you_mean(event, events) or "remove it from the list, or add a transition",
                )


# -- the search of two lifecycles together -----------------------------------------------------------------------------

type _Joint = tuple[str, str]
type _Path = tuple[tuple[str, str], ...]  # (lifecycle, event)


@dataclass(slots=True)
class _Found:
    stuck: list[tuple[_Joint, _Path]]
    endless: list[tuple[Transition, int, str]]
    size: int
    is_cut: bool


def _search(pair: tuple[Subject, Subject], links: Links) -> _Found:
    start: _Joint = (pair[0].lifecycle.initial, _first_state(pair[1], links))
    found = _Found(stuck=[], endless=[], size=0, is_cut=False)
    paths: dict[_Joint, _Path] = {start: ()}
    queue = deque([start])
    while queue:
        joint = queue.popleft()
        moved = False
        for number, transition in _moves(pair, joint, links):
            name = pair[number].lifecycle.name
            moved = moved or transition.event not in LEAVING.get(name, ())
            for landed in _cascade(pair, joint, number, transition, links, found):
                if landed not in paths and len(paths) < MOST_JOINT:
                    paths[landed] = (*paths[joint], (name, transition.event))
                    queue.append(landed)
                found.is_cut = found.is_cut or len(paths) >= MOST_JOINT
        state = pair[0].by_id.get(joint[0])
        if not moved and state is not None and not state.is_final:
            found.stuck.append((joint, paths[joint]))
    found.size = len(paths)
    return found


def _moves(pair: tuple[Subject, Subject], joint: _Joint, links: Links) -> Iterator[tuple[int, Transition]]:
    """The steps that people, plans or time can take in one of the two."""
    for number in (0, 1):
        for transition in pair[number].outgoing.get(joint[number], ()):
            key = (pair[number].lifecycle.name, transition.event)
            timed = (transition.source, transition.event) in pair[number].timed_events
            if key not in links.caused or timed:
                yield number, transition


def _cascade(
    pair: tuple[Subject, Subject], joint: _Joint, number: int, transition: Transition, links: Links, found: _Found
) -> set[_Joint]:
    """Where a step leads with everything that it causes."""
    landed: set[_Joint] = set()
    names = tuple(subject.lifecycle.name for subject in pair)
    first = _stepped(joint, number, transition, pair, links)
    waiting: list[tuple[_Joint, _Path, _Path]] = [
        (first, _caused(transition, names, links), ((names[number], transition.event),))
    ]
    while waiting:
        here, causes, past = waiting.pop()
        if not causes:
            landed.add(here)
            continue
        if len(past) > MOST_STEPS:
            rounds = ", then ".join(f"`{event}` in `{name}`" for name, event in past[1:5])
            found.endless.append((transition, number, rounds))
            continue
        (name, event), rest = causes[0], causes[1:]
        which = names.index(name)
        ways = [t for t in pair[which].outgoing.get(here[which], ()) if t.event == event]
        if not ways:
            waiting.append((here, rest, past))
        for way in ways:
            after = _stepped(here, which, way, pair, links)
            waiting.append((after, (*rest, *_caused(way, names, links)), (*past, (name, event))))
    return landed


def _stepped(joint: _Joint, number: int, transition: Transition, pair: tuple[Subject, Subject], links: Links) -> _Joint:
    """The two states after a step of one; some steps bring the other thing about."""
    other = pair[1 - number]
    begun = links.begins.get((pair[number].lifecycle.name, transition.event)) == other.lifecycle.name
    beside = other.lifecycle.initial if begun else joint[1 - number]
    return (transition.target, beside) if number == 0 else (beside, transition.target)


def _caused(transition: Transition, names: Sequence[str], links: Links) -> _Path:
    raised = (event for effect in transition.effects for event in links.raises.get(effect, ()))
    return tuple(event for event in raised if event[0] in names)


def _first_state(subject: Subject, links: Links) -> str:
    return NOT_YET if subject.lifecycle.name in links.begins.values() else subject.lifecycle.initial


def _linked_pairs(subjects: Mapping[str, Subject], links: Links) -> Iterator[tuple[Subject, Subject]]:
    """The lifecycles of which one raises events in the other; the one that brings the other about comes first."""
    begun = set(links.begins.values())
    for one, other in combinations(sorted(subjects, key=lambda name: (name in begun, name)), 2):
        pair = (subjects[one], subjects[other])
        raised = {(s.lifecycle.name, target) for s, _, _, target, _ in _raised(pair, links)}
        if {(one, other), (other, one)} & raised:
            yield pair


def _raised(subjects: Iterable[Subject], links: Links) -> Iterator[tuple[Subject, Transition, str, str, str]]:
    """Every transition that can be taken, with each event that its effects raise elsewhere."""
    for subject in subjects:
        for state in subject.paths:
            for transition in subject.outgoing[state]:
                for effect in transition.effects:
                    for target, event in links.raises.get(effect, ()):
                        yield subject, transition, effect, target, event


def _joint_path(path: _Path) -> str:
    if not path:
        return "everyone begins there"
    return "it is reached by " + ", then ".join(f"`{event}` ({name})" for name, event in path)


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())
