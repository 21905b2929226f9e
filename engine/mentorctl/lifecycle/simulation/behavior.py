"""What people in a simulation mean to do on entering a state, and when: the rates put into the lifecycles' events.

Only events that the state foresees are meant, so that a program with states of its own keeps to its own machine. Of
several intentions the first one counts: the others come to nothing when the state is left.
"""

from collections.abc import Callable, Mapping

from mentorctl.lifecycle.simulation.chance import Chance
from mentorctl.lifecycle.simulation.rates import Rates
from mentorctl.lifecycle.simulation.setting import CohortSetting, Setting
from mentorctl.lifecycle.simulation.things import DAY, Thing
from mentorctl.lifecycle.simulation.world import World
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue

_MONTH = 30.44
_LATE = 6.0  # times as long as others take
_HOUR = 60
_TO_PUBLISH = 2.0  # days in which an owner looks at drafts
_YES: Mapping[str, FactValue] = {
    "mentor_accepted": True, "mentee_accepted": True, "everybody_accepted": True, "enough_accepted": True,
}  # fmt: skip


class Behavior:
    """The people of one run."""

    def __init__(self, world: World, setting: Setting, rates: Rates, chance: Chance) -> None:
        self._world = world
        self._setting = setting
        self._cohorts: Mapping[str, CohortSetting] = {cohort.id: cohort for cohort in setting.cohorts}
        self._rates = rates
        self._chance = chance
        self._ways: dict[tuple[str, str], frozenset[str]] = {}
        self._means: Mapping[str, Callable[[Thing], None]] = {
            "enrollment": self._enrollment,
            "training": self._training,
            "match": self._match,
            "check_in": self._check_in,
        }
        world.entered = self.entered

    def entered(self, thing: Thing, before: str) -> None:
        """What the people of a thing mean to do now that it is in another state."""
        del before
        if not thing.is_over and thing.kind in self._means:
            self._means[thing.kind](thing)

    # -- enrollments ---------------------------------------------------------------------------------------------------

    def _enrollment(self, thing: Thing) -> None:
        rates, world = self._rates, self._world
        if self._foresees(thing, "check_eligibility") and thing.state == thing.machine.lifecycle.initial:
            fits = self._chance.share("eligible", thing.luck) < rates.eligible
            if rates.eligible:
                world.later(thing, world.now, lambda t, _at: self._do(t, "check_eligibility", {"eligible": fits}))
        if self._foresees(thing, "approve"):
            if not thing.facts.get("needs_approval", True):
                self._at_once(thing, "approve", {"approved": True})
            else:
                self._mean(thing, "approve", rates.approved, rates.approval_days, {"approved": True})
        if self._foresees(thing, "finish_training") and not _has_training(thing):
            self._at_once(thing, "finish_training", {"trained": True})
        self._hazard(thing, "withdraw", rates.drop_out_per_month)

    def _training(self, thing: Thing) -> None:
        self._mean(thing, "complete", self._rates.trained, self._rates.training_days, {"done": True})

    def _check_in(self, thing: Thing) -> None:
        alert = self._chance.share("alert", thing.luck) < self._rates.alerts
        self._mean(thing, "answer", self._rates.check_ins_answered, self._rates.check_in_days, {"alert": alert})

    # -- matches -------------------------------------------------------------------------------------------------------

    def _match(self, thing: Thing) -> None:
        rates = self._rates
        if thing.state in ("proposed", thing.machine.lifecycle.initial) and self._foresees(thing, "accept"):
            self._asked(thing)
            return
        self._mean(thing, "publish", 1.0, _TO_PUBLISH, {})
        self._mean(thing, "sign", rates.signed, rates.sign_days, {"agreement_signed": True})
        self._mean(thing, "deliver", rates.delivered, rates.deliver_days, {"delivered": True})
        self._mean(thing, "resume", 1.0 if rates.pause_days else 0.0, rates.pause_days, {})
        self._hazard(thing, "pause", rates.pauses_per_month)
        self._hazard(thing, "end", rates.ends_per_month)
        self.plan_meeting(thing)

    def _asked(self, match: Thing) -> None:
        """Both sides answer, some late, some with a no, some never."""
        rates, longest, agreed = self._rates, 0.0, True
        for number, enrollment in enumerate(match.members):
            accepts = rates.mentor_accepts if enrollment.role is Role.MENTOR else rates.mentee_accepts
            draw = self._chance.share("accepts", match.luck, number)
            late = self._chance.share("late", match.luck, number) < rates.late_answers
            wait = self._chance.wait(rates.answer_days * (_LATE if late else 1.0), "answer", match.luck, number)
            if draw < accepts:
                longest = max(longest, wait)
                continue
            agreed = False
            if self._chance.share("says no", match.luck, number) < rates.declines:
                self._later(match, wait, "decline", {})
        if agreed:
            self._later(match, longest, "accept", _YES)

    def plan_meeting(self, match: Thing) -> None:
        """The next meeting of a match, unless one is planned or it only met once."""
        window = self._cohorts[match.cohort].meeting
        is_done = self._setting.meets_once and match.turns > 0
        if match.state not in ("accepted", "active") or is_done or any(r.kind == "session" for r in match.related):
            return
        world = self._world
        wait = self._setting.every if match.turns else min(self._setting.every, 7 * DAY)
        starts = max(world.now + wait, window.start + match.luck % (14 * DAY))
        starts -= starts % DAY - 14 * _HOUR  # two in the afternoon
        if not window.start <= starts <= window.end or not (self._rates.held or self._rates.missed):
            return
        match.turns += 1
        number = match.turns

        def prepare(session: Thing) -> None:
            session.members, session.luck = (match,), match.luck * 127 + number
            session.facts |= {"meeting": True, "number": number}
            session.own, session.begins = {"session.starts": world.day(starts)}, starts
            match.related.append(session)

        session = world.add("session", match.cohort, world.now, prepare=prepare)
        world.later(session, starts + _HOUR, self._met)

    def expect(self, session: Thing) -> None:
        """A session that is on the calendar already."""
        if self._rates.held or self._rates.missed:
            self._world.later(session, max(session.begins + _HOUR, self._world.now), self._met)

    def _met(self, session: Thing, _at: int) -> None:
        draw, rates = self._chance.share("met", session.luck), self._rates
        if draw < rates.held:
            self._world.happen(session, "hold")
        elif draw < rates.held + rates.missed:
            self._world.happen(session, "miss")
        elif draw < rates.held + rates.missed + (1 - rates.held - rates.missed) / 2:
            self._world.happen(session, "cancel")
        for match in session.members:
            self.plan_meeting(match)

    # -- intentions ----------------------------------------------------------------------------------------------------

    def _foresees(self, thing: Thing, event: str) -> bool:
        key = (thing.kind, thing.state)
        if key not in self._ways:
            self._ways[key] = frozenset(thing.machine.ways_out(thing.state))
        return event in self._ways[key]

    def _mean(self, thing: Thing, event: str, share: float, days: float, learned: Mapping[str, FactValue]) -> None:
        """Some do it, each after a wait."""
        if self._foresees(thing, event) and self._chance.share(event, thing.luck) < share:
            self._later(thing, self._chance.wait(days, f"{event} wait", thing.luck, thing.visit), event, learned)

    def _hazard(self, thing: Thing, event: str, per_month: float) -> None:
        """It may happen at any time, with so much chance each month."""
        if per_month and self._foresees(thing, event):
            days = self._chance.wait(_MONTH / per_month, f"{event} some day", thing.luck, thing.visit)
            self._later(thing, days, event, {})

    def _later(self, thing: Thing, days: float, event: str, learned: Mapping[str, FactValue]) -> None:
        at = self._world.now + max(1, int(days * DAY))
        self._world.later(thing, at, lambda t, _at: self._do(t, event, learned))

    def _at_once(self, thing: Thing, event: str, learned: Mapping[str, FactValue]) -> None:
        self._world.later(thing, self._world.now, lambda t, _at: self._do(t, event, learned))

    def _do(self, thing: Thing, event: str, learned: Mapping[str, FactValue]) -> None:
        self._world.happen(thing, event, learned)


def _has_training(thing: Thing) -> bool:
    return any(r.kind == "training" and r.facts.get("required") and not r.is_over for r in thing.related)
