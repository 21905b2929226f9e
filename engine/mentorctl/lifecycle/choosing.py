"""What people say about who should be matched with whom: pins and blocks, wishes, stars after a trial.

It is kept as facts, and moves nothing: the next plan reads it. An entry is a few words in one text, people by opaque
id.
"""

from mentorctl.addresses import Address
from mentorctl.lifecycle.model import Outcome, Step
from mentorctl.lifecycle.refusal import Refusal
from mentorctl.lifecycle.steps import Cause, Unfolding
from mentorctl.lifecycle.working import Thing
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue, Happening, Told
from mentorctl.state.model import EnrollmentRecord, MatchRecord

PINS = "pins"  # of a cohort: "MENTEE MENTOR because"
BLOCKS = "blocks"  # likewise
REQUESTS = "requests"  # of an enrollment, the first wish first: "PERSON INSTANT PERIOD"
RATED = "rated"  # of a match: "PERSON STARS"

MOST_REQUESTS = 100
MOST_STARS = 5


def pin(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """Two people are to be matched, whoever else would fit better."""
    return _decide(unfolding, thing, happening, cause, PINS)


def block(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """Two people are not to be matched in this cohort."""
    return _decide(unfolding, thing, happening, cause, BLOCKS)


def unpin(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """What was decided about two people no longer holds."""
    said = dict(happening.facts)
    two = _pair(unfolding, thing, str(said.get("one", "")), str(said.get("two", "")))
    learned = _without(thing, two)
    if not unfolding.note(thing, happening.event, cause, learned):
        raise Refusal(
            Told.INVALID,
            "MC4518",
            "nothing was decided about these two",
            state=thing.state,
            help="`mentorctl history` of the cohort says what was",
        )
    return "the optimizer decides about them again"


def request(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """Somebody asks for others, in the order of their wishes; with `instead`, in place of what they asked before."""
    said = dict(happening.facts)
    wanted = said.get("wanted")
    record = thing.record
    if not isinstance(record, EnrollmentRecord) or not isinstance(wanted, tuple):
        raise Refusal(Told.INVALID, "MC4509", f"`{thing.address}` is nobody who can ask", state=thing.state)
    for person in wanted:
        _must_be_partner(unfolding, thing, record, person)
    period = str(said.get("period", ""))
    kept = [] if said.get("instead") is True else [*_entries(thing, REQUESTS)]
    known = {(entry.split(" ")[0], entry.partition(" ")[2].partition(" ")[2]) for entry in kept}
    instant = f"{cause.at:%Y-%m-%dT%H:%M:%SZ}"
    kept += [f"{person} {instant} {period}".rstrip() for person in wanted if (person, period) not in known]
    if len(kept) > MOST_REQUESTS:
        raise Refusal(
            Told.INVALID,
            "MC4518",
            f"somebody can ask for {MOST_REQUESTS} people at most",
            state=thing.state,
            help="begin anew with --instead",
        )
    if not unfolding.note(thing, happening.event, cause, {REQUESTS: tuple(kept)}):
        return "known already"
    return f"noted; they have asked for {len(kept)}"


def rate(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """Somebody says with 1 to 5 stars whether they want to go on with the other."""
    record, stars = thing.record, dict(happening.facts).get("stars")
    if not isinstance(record, MatchRecord) or happening.person not in record.people:
        raise Refusal(
            Told.REFUSED,
            "MC4514",
            f"`{happening.person or '?'}` is not in `{thing.address}`",
            state=thing.state,
            help="who rates names themselves, and then the other one",
        )
    if not isinstance(stars, int) or isinstance(stars, bool) or not 1 <= stars <= MOST_STARS:
        raise Refusal(Told.INVALID, "MC4512", f"stars are 1 to {MOST_STARS}, not `{stars}`", state=thing.state)
    if thing.state in ("draft", "discarded"):
        raise Refusal(
            Told.INVALID, "MC4503", f"the match is `{thing.state}`; the two never heard of it", state=thing.state
        )
    others = [entry for entry in _entries(thing, RATED) if entry.split(" ")[0] != happening.person]
    learned = {RATED: tuple(sorted([*others, f"{happening.person} {stars}"]))}
    return f"noted: {stars} of {MOST_STARS}" if unfolding.note(thing, happening.event, cause, learned) else "known"


def publish(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause) -> str:
    """The owner lets a draft be known: it becomes a proposal, and its people are matched."""
    before = thing.state
    step = unfolding.step(thing, happening.event, cause)
    if step.outcome is not Outcome.MOVED:
        raise _not_now(thing, step)
    return f"`{before}` → `{step.state}`"


def _not_now(thing: Thing, step: Step) -> Refusal:
    return Refusal(
        Told.INVALID,
        "MC4503",
        f"only a draft is published; `{thing.address}` is `{step.state}`",
        state=step.state,
        help="a program has drafts with `process: {approve: owner}`",
    )


# -- parts -------------------------------------------------------------------------------------------------------------


def _decide(unfolding: Unfolding, thing: Thing, happening: Happening, cause: Cause, name: str) -> str:
    said = dict(happening.facts)
    two = _pair(unfolding, thing, str(said.get("one", "")), str(said.get("two", "")))
    because = " ".join(str(said.get("because", "")).split())
    rest = _without(thing, two)
    mine = rest.get(name)
    earlier = next((e for e in _entries(thing, name) if e.split(" ")[:2] == [*two]), "")
    because = because or earlier.partition(" ")[2].partition(" ")[2]
    entries = [*(mine if isinstance(mine, tuple) else ()), f"{two[0]} {two[1]} {because}".rstrip()]
    learned: dict[str, FactValue] = {**rest, name: tuple(sorted(entries))}
    if not unfolding.note(thing, happening.event, cause, learned):
        return "known already"
    return "pinned for the next plan" if name == PINS else "blocked from the next plan on"


def _without(thing: Thing, two: tuple[str, str]) -> dict[str, FactValue]:
    """The pins and blocks that are about other people; only lists that there are."""
    return {
        name: tuple(entry for entry in _entries(thing, name) if set(entry.split(" ")[:2]) != set(two))
        for name in (PINS, BLOCKS)
        if name in thing.facts
    }


def _pair(unfolding: Unfolding, cohort: Thing, one: str, two: str) -> tuple[str, str]:
    """Two people as mentee and mentor, or as peers in the order of their ids. Raises Refusal."""
    roles = {person: _roles(unfolding, cohort.address, person) for person in (one, two)}
    for person, has in roles.items():
        if not has:
            raise Refusal(
                Told.UNKNOWN, "MC4501", f"`{person}` takes no part in `{cohort.address}`", help="enroll them first"
            )
    if one != two and Role.MENTEE in roles[one] and Role.MENTOR in roles[two]:
        return one, two
    if one != two and Role.MENTOR in roles[one] and Role.MENTEE in roles[two]:
        return two, one
    if one != two and Role.PEER in roles[one] & roles[two]:
        return min(one, two), max(one, two)
    raise Refusal(
        Told.INVALID,
        "MC4518",
        f"`{one}` and `{two}` are no pair: it takes a mentee and a mentor, or two peers",
        state=cohort.state,
    )


def _must_be_partner(unfolding: Unfolding, thing: Thing, asking: EnrollmentRecord, person: str) -> None:
    there = _roles(unfolding, thing.address, person)
    fits = Role.PEER in there if asking.role is Role.PEER else bool(there - {asking.role})
    if not there:
        raise Refusal(
            Told.UNKNOWN,
            "MC4501",
            f"`{person}` takes no part in `{thing.address.program}/{thing.address.cohort}`",
            state=thing.state,
            help="`mentorctl suggest` lists whom somebody may ask for",
        )
    if not fits or person == asking.person:
        raise Refusal(Told.INVALID, "MC4518", f"`{person}` is no partner for a {asking.role}", state=thing.state)


def _roles(unfolding: Unfolding, where: Address, person: str) -> frozenset[Role]:
    found = unfolding.work.enrollments_of(where.program, where.cohort, person)
    return frozenset(
        one.record.role
        for one in found
        if isinstance(one.record, EnrollmentRecord) and not unfolding.machine(one).is_final(one.state)
    )


def _entries(thing: Thing, name: str) -> tuple[str, ...]:
    value = thing.facts.get(name)
    return value if isinstance(value, tuple) else ()
