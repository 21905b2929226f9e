"""One run: people enroll, are matched round by round, and time goes on until a day."""

from collections.abc import Iterable
from datetime import date, datetime

from mentorctl.lifecycle.book import Book
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.simulation.behavior import Behavior
from mentorctl.lifecycle.simulation.chance import Chance
from mentorctl.lifecycle.simulation.living import Start, put_in
from mentorctl.lifecycle.simulation.rates import Rates
from mentorctl.lifecycle.simulation.setting import CohortSetting, Setting, setting_of
from mentorctl.lifecycle.simulation.tally import Tally
from mentorctl.lifecycle.simulation.things import DAY, Thing, minute_of
from mentorctl.lifecycle.simulation.world import World
from mentorctl.rules.fields import Role

_WEEK = 7 * DAY
_WAITING = frozenset({"ready", "waitlisted"})
_LOADED = frozenset({"ready", "waitlisted", "matched"})
_MONTHS = 30 * DAY


def run_once(
    compiled: CompiledProgram,
    *,
    people: int,
    until: date,
    rates: Rates,
    seed: int,
    run: int,
    start: Start | None = None,
    definition: Definition | None = None,
) -> Tally:
    """The counts of one run: over invented people, spread evenly over the cohorts that begin before the day, or over
    those who are in the program at the start. With a `definition` it runs by that one instead of the program's own.
    """
    one = Run(compiled, definition or compiled.runtime, rates, seed, run)
    return one.over_invented(people, until) if start is None else one.over_living(start, until)


class Run:
    def __init__(self, compiled: CompiledProgram, definition: Definition, rates: Rates, seed: int, run: int) -> None:
        self._setting: Setting = setting_of(compiled)
        self.world = World(
            Book(definition.digest, definition),
            {cohort.id: dict(cohort.due) for cohort in self._setting.cohorts},
        )
        self._chance = Chance(seed, run)
        self._rates = rates
        self._behavior = Behavior(self.world, self._setting, rates, self._chance)
        self._ready: dict[int, int] = {}  # since when somebody waits, by person

    def over_invented(self, people: int, until: date) -> Tally:
        end = minute_of(datetime.fromisoformat(f"{until.isoformat()}T23:59:00+00:00"))
        cohorts = [cohort for cohort in self._setting.cohorts if cohort.enrolling.start <= end]
        if not cohorts:
            return self.world.tally
        self.world.now = min(cohort.enrolling.start for cohort in cohorts)
        for number, cohort in enumerate(cohorts):
            share = people // len(cohorts) + (number < people % len(cohorts))
            self._open(cohort, share, number * people, end)
        self.go(end)
        return self.world.tally

    def over_living(self, start: Start, until: date) -> Tally:
        """Who is there goes on; nobody new comes."""
        for thing in put_in(self.world, start):
            if thing.kind == "session" and not thing.is_over:
                self._behavior.expect(thing)
            self._behavior.entered(thing, "")
        self.go(minute_of(datetime.fromisoformat(f"{until.isoformat()}T23:59:00+00:00")))
        return self.world.tally

    def go(self, end: int) -> None:
        """Rounds of matching once a week, and a look at the first of each month, until the end."""
        world = self.world
        opened = min((c.matching.start for c in self._setting.cohorts), default=world.now)
        next_round = max(opened, world.now) + 9 * 60
        next_look = world.now + _MONTHS
        while world.now < end:
            at = min(next_round, next_look, end)
            world.run(at)
            if at == next_round:
                self._match_all(at)
                next_round += _WEEK if at + _WEEK < end else end
            if at == next_look:
                self._look(at)
                next_look += _MONTHS
        self._look(end)

    # -- enrolling -----------------------------------------------------------------------------------------------------

    def _open(self, cohort: CohortSetting, people: int, first: int, end: int) -> None:
        """A cohort, and when its people come: spread over the time in which it enrolls."""
        world = self.world
        world.add("cohort", cohort.id, cohort.enrolling.start, prepare=lambda _thing: None)
        # Stays in its state for ever, so that who means to come does come.
        gate = Thing("cohort", world.machine("cohort"), 0, cohort.id, state="", entered=world.now)
        length = max(1, min(cohort.enrolling.end, end) - cohort.enrolling.start)
        for number in range(people):
            who = first + number
            comes = cohort.enrolling.start + int(self._chance.share("comes", who) * length)
            role = self._role(who)
            world.later(gate, comes, lambda _g, at, who=who, role=role: self._enroll(cohort, who, role, at))  # type: ignore[misc]

    def _role(self, who: int) -> Role:
        if Role.PEER in self._setting.roles:
            return Role.PEER
        return Role.MENTOR if self._chance.share("role", who) < self._rates.mentors else Role.MENTEE

    def _enroll(self, cohort: CohortSetting, who: int, role: Role, at: int) -> None:
        world = self.world

        def prepare(thing: Thing) -> None:
            thing.luck, thing.role = who + 1, role
            thing.facts["needs_approval"] = role in world.book.definition.approvals
            thing.since = world.day(at) if cohort.is_rolling else None

        enrollment = world.add("enrollment", cohort.id, at, prepare=prepare)
        world.tally.enrolled += 1
        for module in world.book.definition.modules:
            if module.required and module.audience.includes(role):
                self._behavior.entered(world.assign(enrollment, module.id), "")
        self._behavior.entered(enrollment, "")

    # -- matching ------------------------------------------------------------------------------------------------------

    def _match_all(self, at: int) -> None:
        for cohort in self._setting.cohorts:
            if cohort.matching.start <= at <= cohort.matching.end:
                self._round(cohort)

    def _round(self, cohort: CohortSetting) -> None:
        """Whoever has waited longest comes first; mentors with the fewest matches take them."""
        world, setting = self.world, self._setting
        everybody = [e for e in world.things["enrollment"].values() if e.cohort == cohort.id and e.state in _LOADED]
        waiting = sorted((e for e in everybody if e.state in _WAITING), key=lambda e: (self._since(e), e.luck))
        turn = world.now // _WEEK
        found = [e for e in waiting if self._chance.share("found", e.luck, turn) < self._rates.match_found]
        if setting.is_peer:
            for one, other in zip(found[::2], found[1::2], strict=False):
                self._propose(cohort, (one, other))
        else:
            self._with_mentors(cohort, [e for e in found if e.role is not Role.MENTOR], everybody)
        for enrollment in waiting:
            if enrollment.state == "ready":
                world.happen(enrollment, "wait")

    def _with_mentors(self, cohort: CohortSetting, others: list[Thing], everybody: Iterable[Thing]) -> None:
        places = [
            (load, mentor.luck, mentor)
            for mentor in everybody
            if mentor.role is Role.MENTOR
            for load in range(_load(mentor), self._setting.places)
        ]
        places.sort(key=lambda place: place[:2])
        size = self._setting.others
        groups = [tuple(others[n : n + size]) for n in range(0, len(others), size)]
        least = max(1, min(size, self.world.book.least_others))
        for (_, _, mentor), group in zip(places, groups, strict=False):
            if len(group) >= least:
                self._propose(cohort, (mentor, *group))

    def _propose(self, cohort: CohortSetting, members: tuple[Thing, ...]) -> None:
        world = self.world
        other = members[-1]
        other.turns += 1

        def prepare(match: Thing) -> None:
            match.members = members
            match.luck = other.luck * 257 + other.turns
            for member in members:
                member.related.append(match)

        match = world.add("match", cohort.id, world.now, prepare=prepare)
        world.tally.matches += 1
        for member in members:
            if member.state in _WAITING:
                world.tally.wait((world.now - self._since(member)) // DAY)
                world.tally.matched += member.luck not in self._ready
                self._ready[member.luck] = world.now
                world.happen(member, "match")
        self._behavior.entered(match, "")

    def _since(self, enrollment: Thing) -> int:
        """Since when somebody waits: being put on the waiting list does not begin it anew."""
        return int(str(enrollment.facts.get("waits since", enrollment.entered)))

    # -- counting ------------------------------------------------------------------------------------------------------

    def _look(self, at: int) -> None:
        tally, day = self.world.tally, self.world.day(at).isoformat()
        for (kind, state), number in tally.states.items():
            if kind in ("enrollment", "match") and number:
                tally.months[day, kind, state] = number
        for enrollment in self.world.things["enrollment"].values():
            if enrollment.role is Role.MENTOR and not enrollment.is_over:
                tally.load[_load(enrollment)] += 1


def _load(enrollment: Thing) -> int:
    return sum(r.kind == "match" and not r.is_over for r in enrollment.related)
