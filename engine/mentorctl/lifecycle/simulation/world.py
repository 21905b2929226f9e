"""A program in motion: things step through their lifecycles, timers fire in order, one thing causes another.

The same meaning as the runtime has, without records, log and outbox: machines step by the tables that compile proved
equal to the reference, timers are set and ended as `lifecycle.arming` does, effects follow `lifecycle.follow`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from heapq import heappop, heappush

from mentorctl.lifecycle.book import Book, Machine
from mentorctl.lifecycle.guards import CLOCK_NAMES
from mentorctl.lifecycle.model import Ending, Outcome, TimerRule
from mentorctl.lifecycle.simulation.tally import Tally
from mentorctl.lifecycle.simulation.things import Dates, Running, Thing
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue

_RANK = {"cohort": 1, "enrollment": 2, "training": 3, "match": 4, "session": 5, "check_in": 6}
_DEED = 9  # what people do at an instant comes after what time does
_DEPTH = 4_000  # effects that follow from one event; more is a circle, which the checks refuse
_CLOSING = (
    ("match", ("complete", "end", "expire")),
    ("session", ("cancel",)),
    ("training", ("withdraw",)),
    ("check_in", ("skip",)),
    ("enrollment", ("complete", "close")),
)
_TOLD_TO_OWNER = frozenset({"escalate", "alert"})

type Deed = Callable[[Thing, int], None]


class World:
    """The things of one run, and the heap of what is to come."""

    def __init__(self, book: Book, due: Mapping[str, Mapping[str, date]]) -> None:
        """`due` are the days by which modules are due, by cohort and module."""
        self.book = book
        self._due = due
        self.tally = Tally()
        self.now = 0
        self.things: dict[str, dict[int, Thing]] = {kind: {} for kind in _RANK}
        self.entered: Callable[[Thing, str], None] = lambda _thing, _before: None  # what people then mean to do
        self._dates = Dates(book.definition)
        self._heap: list[tuple[int, int, int, int, Thing, TimerRule | Deed, int]] = []
        self._stamps = 0
        self._ids = 0
        self._waiting: deque[tuple[Thing, str]] = deque()
        self._machines: dict[str, Machine] = {}
        self._linked: Mapping[str, Callable[[Thing], None]] = {
            "end.matches": self._end_matches,
            "cancel.sessions": self._cancel_sessions,
            "cancel.trainings": lambda thing: self._cancel_related(thing, "training", "withdraw"),
            "cancel.check_ins": lambda thing: self._cancel_related(thing, "check_in", "skip"),
            "release.people": self._release,
            "take.people": lambda _thing: None,  # who is matched here counts as that from the draft on
            "rematch": self._rematch,
            "close": self._close,
            "schedule": lambda _thing: None,
        }
        self._messages: dict[str, frozenset[Role]] = {m.id: frozenset(m.roles) for m in book.definition.messages}

    # -- making things and time ----------------------------------------------------------------------------------------

    def add(self, kind: str, cohort: str, at: int, *, state: str = "", prepare: Callable[[Thing], None]) -> Thing:
        """Something new in the first state of its lifecycle, or something known in the state where it stands."""
        machine = self.machine(kind)
        self._ids += 1
        thing = Thing(kind, machine, self._ids, cohort, state=state or machine.lifecycle.initial, entered=at)
        prepare(thing)
        self.things[kind][thing.id] = thing
        self.tally.states[kind, thing.state] += 1
        if not state:
            self._set_timers(thing, "", "")
            for guard, effects in machine.begins:
                if guard is None or guard.holds(self._facts(thing, guard.reads)):
                    self._waiting.extend((thing, effect) for effect in effects)
            self._perform()
        return thing

    def machine(self, kind: str) -> Machine:
        if kind not in self._machines:
            machine = self.book.machine(kind)
            if machine is None:
                raise ValueError(f"the definition has no lifecycle `{kind}`")
            self._machines[kind] = machine
        return self._machines[kind]

    def later(self, thing: Thing, at: int, deed: Deed) -> None:
        """Somebody means to do something then; it comes to nothing when the thing is in another state by that time."""
        self._stamps += 1
        heappush(self._heap, (at, _DEED, thing.id, self._stamps, thing, deed, thing.visit))

    def resume_timer(self, thing: Thing, rule: TimerRule, running: Running, due: int) -> None:
        """A timer that runs already."""
        self._stamps += 1
        thing.timers[rule.id] = running._replace(stamp=self._stamps)
        heappush(self._heap, (due, _RANK[thing.kind], thing.id, self._stamps, thing, rule, self._stamps))

    def run(self, until: int) -> None:
        """Everything that is due until then, in order."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            at, _, _, _, thing, what, stamp = heappop(heap)
            self.now = max(at, self.now)
            if isinstance(what, TimerRule):
                running = thing.timers.get(what.id)
                if running is not None and running.stamp == stamp:
                    self._fire(thing, what, running)
            elif thing.visit == stamp:
                what(thing, self.now)
        self.now = until

    # -- steps ---------------------------------------------------------------------------------------------------------

    def happen(self, thing: Thing, event: str, learned: Mapping[str, FactValue] | None = None) -> bool:
        """An event and all that follows from it; whether it led anywhere."""
        moved = self._step(thing, event, learned)
        self._perform()
        return moved

    def _step(self, thing: Thing, event: str, learned: Mapping[str, FactValue] | None = None) -> bool:
        self.tally.events += 1
        machine = thing.machine
        if event not in machine.events:
            return False
        if learned:
            thing.facts.update(learned)
        step = machine.step(thing.state, event, self._facts(thing, machine.reads(thing.state, event)), bulk=True)
        if step.outcome is not Outcome.MOVED:
            return False
        before = thing.state
        if step.state != before:
            counts = self.tally.states
            counts[thing.kind, before] -= 1
            counts[thing.kind, step.state] += 1
            thing.state, thing.entered, thing.visit = step.state, self.now, thing.visit + 1
            if thing.kind == "enrollment" and event != "wait":
                thing.facts["waits since"] = self.now
        self._set_timers(thing, before, event)
        self._count(thing, before)
        for effect in step.effects:
            self._waiting.append((thing, effect))
        if step.state != before:
            self.entered(thing, before)
            if thing.is_over and thing.kind not in ("enrollment", "match", "cohort"):
                self._let_go(thing)
        return True

    def _facts(self, thing: Thing, names: frozenset[str]) -> Mapping[str, FactValue]:
        if not names & CLOCK_NAMES:
            return thing.facts
        today, entered = self._dates.day(self.now), self._dates.day(thing.entered)
        met = str(thing.facts.get("last_meeting", ""))[:10]
        last = max(met, entered.isoformat())
        return thing.facts | {
            "now": today.isoformat(),
            "entered_at": entered.isoformat(),
            "days_in_state": (today - entered).days,
            "days_quiet": (today - type(today).fromisoformat(last)).days,
        }

    def _let_go(self, thing: Thing) -> None:
        thing.timers = {rule: running for rule, running in thing.timers.items() if thing.machine.timers_in(thing.state)}
        self.things[thing.kind].pop(thing.id, None)
        for owner in thing.members:
            if thing in owner.related:
                owner.related.remove(thing)

    # -- timers --------------------------------------------------------------------------------------------------------

    def _set_timers(self, thing: Thing, before: str, event: str) -> None:
        rules = thing.machine.timers_in(thing.state)
        if not rules:
            thing.timers = {}
            return
        was, thing.timers = thing.timers, {}
        for rule in rules:
            again = event in rule.on
            if before in rule.during and not again:
                if rule.id in was:
                    thing.timers[rule.id] = was[rule.id]
            elif thing.state in rule.arms or again:
                self._arm(thing, rule, since=thing.entered, behind=0)

    def _arm(self, thing: Thing, rule: TimerRule, *, since: int, behind: int) -> None:
        found = self._dates.next(rule, thing, since, behind)
        if found is None:
            thing.timers.pop(rule.id, None)
            return
        occurrence, due = found
        self._stamps += 1
        thing.timers[rule.id] = Running(since, occurrence, self._stamps)
        heappush(self._heap, (due, _RANK[thing.kind], thing.id, self._stamps, thing, rule, self._stamps))

    def _fire(self, thing: Thing, rule: TimerRule, running: Running) -> None:
        self.tally.events += 1
        del thing.timers[rule.id]
        if rule.every:
            self._arm(thing, rule, since=running.since, behind=running.occurrence)
        guard = thing.machine.guards[rule.id]
        if guard and not guard.holds(self._facts(thing, guard.reads)):
            return
        if rule.event:
            self._step(thing, rule.event)
        self._waiting.extend((thing, effect) for effect in rule.effects)
        self._perform()

    # -- what follows --------------------------------------------------------------------------------------------------

    def _perform(self) -> None:
        budget = _DEPTH
        while self._waiting and budget:
            budget -= 1
            thing, effect = self._waiting.popleft()
            linked = self._linked.get(effect)
            if linked is not None:
                linked(thing)
            elif effect.startswith("assign."):
                for enrollment in self.people_of(thing):
                    self.assign(enrollment, effect.removeprefix("assign."))
            elif effect.startswith("ask."):
                self._ask(thing, effect.removeprefix("ask."))
            else:
                self._tell(thing, effect)
        self._waiting.clear()

    def _tell(self, thing: Thing, effect: str) -> None:
        word, _, of = effect.partition(".")
        if word in _TOLD_TO_OWNER:
            number = 1
        else:
            roles = self._messages.get(of)
            number = sum(roles is None or e.role in roles for e in self.people_of(thing))
        if number:
            self.tally.messages[effect] += number

    def people_of(self, thing: Thing) -> Iterable[Thing]:
        """The enrollments whom a thing concerns, those that are not over."""
        if thing.kind == "enrollment":
            found: Iterable[Thing] = (thing,)
        elif thing.kind in ("match", "training", "check_in"):
            found = thing.members
        elif thing.kind == "session":
            found = (e for match in thing.members for e in match.members)
        else:
            open_ = self._matching_is_open(thing.cohort)
            everybody = self.things["enrollment"].values()
            found = [e for e in everybody if e.cohort == thing.cohort and (open_ or e.state == "matched")]
        return [e for e in found if not e.is_over]

    def _matching_is_open(self, cohort: str) -> bool:
        """Whether those who wait may still be matched; later only those who are matched take part."""
        timeline = self.book.definition.timeline(cohort, self.day(self.now))
        phase = next((phase for phase in timeline.phases if phase.id == "matching"), None)
        return phase is None or self.day(self.now) <= phase.end

    def assign(self, enrollment: Thing, module: str) -> Thing:
        """Give somebody a training module."""
        rule = next((m for m in self.book.definition.modules if m.id == module), None)

        def prepare(thing: Thing) -> None:
            thing.members = (enrollment,)
            thing.luck = enrollment.luck * 8_191 + len(enrollment.related)
            thing.facts["required"] = rule.required if rule else False
            thing.own = {"training.due": due[module]} if module in due else {}
            enrollment.related.append(thing)

        due = self._due.get(enrollment.cohort, {})
        return self.add("training", enrollment.cohort, self.now, prepare=prepare)

    def _ask(self, thing: Thing, check_in: str) -> None:
        for enrollment in self.people_of(thing):
            if enrollment.role is None or not self.book.asks(check_in, enrollment.role):
                continue
            day = self._dates.day(self.now)
            if enrollment.facts.get(f"asked {check_in}") == day.isoformat():
                continue  # two matches may ask on one day; nobody answers twice
            enrollment.facts[f"asked {check_in}"] = day.isoformat()

            self._put(enrollment, day)

    def _put(self, enrollment: Thing, day: date) -> None:
        """A round of a check-in for one person."""

        def prepare(one: Thing) -> None:
            enrollment.turns += 1
            one.members, one.own = (enrollment,), {"check_in.asked": day}
            one.luck = enrollment.luck * 65_537 + enrollment.turns
            enrollment.related.append(one)

        self.entered(self.add("check_in", enrollment.cohort, self.now, prepare=prepare), "")

    # -- lifecycles that follow others ---------------------------------------------------------------------------------

    def _end_matches(self, thing: Thing) -> None:
        for match in [m for m in thing.related if m.kind == "match"]:
            self._leave(match, thing)

    def _leave(self, match: Thing, enrollment: Thing) -> None:
        """Out of a match: it goes on where enough stay and it foresees that, else it ends."""
        left = tuple(e for e in match.members if e is not enrollment)
        others = sum(e.role is not Role.MENTOR for e in left)
        has_mentor = any(e.role is Role.MENTOR for e in match.members)
        stays = others >= max(1, self.book.least_others) and (
            not has_mentor or any(e.role is Role.MENTOR for e in left)
        )
        is_pair = len(left) < 2  # noqa: PLR2004 - nobody is matched alone
        if stays and not is_pair and "leave" in match.machine.ways_out(match.state):
            match.members = left
            if match in enrollment.related:
                enrollment.related.remove(match)
            if self._step(match, "leave"):
                return
        self._step(match, "end")

    def _cancel_related(self, thing: Thing, kind: str, event: str) -> None:
        for one in [r for r in thing.related if r.kind == kind]:
            self._step(one, event)

    def _cancel_sessions(self, thing: Thing) -> None:
        if thing.kind == "match":
            for session in [r for r in thing.related if r.kind == "session" and r.begins > self.now]:
                self._step(session, "cancel")

    def _release(self, match: Thing) -> None:
        through = match.machine.ending(match.state) is Ending.SUCCESS
        for enrollment in match.members:
            if match in enrollment.related:
                enrollment.related.remove(match)
            if not any(r.kind == "match" and not r.is_over for r in enrollment.related):
                self._step(enrollment, "complete" if through else "unmatch")
        self.things["match"].pop(match.id, None)

    def _rematch(self, thing: Thing) -> None:
        if thing.kind == "match":
            self._step(thing, "end")
        elif thing.kind == "enrollment":
            self._end_matches(thing)
        else:
            for match in [m for owner in thing.members for m in (owner, *owner.related) if m.kind == "match"]:
                self._step(match, "end")

    def _close(self, thing: Thing) -> None:
        if thing.kind != "cohort":
            self._rematch(thing)
            return
        for kind, events in _CLOSING:
            for one in [t for t in self.things[kind].values() if t.cohort == thing.cohort]:
                for event in events:
                    if self._step(one, event):
                        break

    def _count(self, thing: Thing, before: str) -> None:
        """Facts that are kept up: meetings of a match, modules of a person."""
        if thing.kind == "session" and thing.state in ("held", "missed") and before != thing.state:
            for match in thing.members:
                self._count_session(match, held=thing.state == "held")
        elif thing.kind == "training" and thing.state in ("completed", "waived"):
            enrollment = thing.members[0]
            open_ones = [r for r in enrollment.related if r.kind == "training" and r is not thing]
            if not any(r.facts.get("required") and not r.is_over for r in open_ones):
                enrollment.facts["trained"] = True
                self._step(enrollment, "finish_training")

    def _count_session(self, match: Thing, *, held: bool) -> None:
        name = "sessions_held" if held else "sessions_missed"
        match.facts[name] = int(str(match.facts.get(name, 0))) + 1
        if held:
            match.facts["last_meeting"] = self._dates.day(self.now).isoformat()
            for event in ("start", "complete"):
                if match.state == "accepted" and event in match.machine.ways_out("accepted"):
                    self._step(match, event)

    def day(self, minute: int) -> date:
        """The program's day."""
        return self._dates.day(minute)
