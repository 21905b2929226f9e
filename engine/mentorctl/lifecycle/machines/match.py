"""The lifecycle of a match, by model: a pair, a group, a single meeting or a project, from the proposal to its end."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Moment
from mentorctl.lifecycle.machines.building import (
    MONTH,
    Dates,
    deadline,
    from_each,
    lifecycle,
    on,
    reminder,
    staying,
)
from mentorctl.lifecycle.model import Ending, Lifecycle, State, TimerKind, TimerRule, Transition
from mentorctl.spec.model import ModelType, Program
from mentorctl.values import dataclass

_WEEK = Duration(weeks=1)
_FORTNIGHT = Duration(weeks=2)
_PAUSE = Duration(weeks=8)
_FLASH_IS_OVER = Duration(weeks=5)
_ENDS = ("cancel.sessions", "release.people")
_ANSWERS = frozenset({"enough_accepted", "everybody_accepted", "mentee_accepted", "mentor_accepted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a program says about its matches: how long an answer may take, what they sign and work towards.

    `is_published`: a match is a draft until the owner publishes it. `asked`: whose yes it takes beside that of who
    chose it; empty where the model says so. `first`: who is asked first, before the other one hears of it.
    """

    answer_within: Duration | None = None
    remind_after: Duration | None = None
    is_published: bool = False
    asked: str = ""
    has_trial: bool = False
    first: str = ""
    agreement: str = "none"
    sign_by: Moment | None = None
    goals: bool = False


def terms_of(program: Program) -> Terms:
    process, goals = program.matching.process, program.goals
    return Terms(
        answer_within=process.answer_within,
        remind_after=process.remind_after,
        is_published=process.has_drafts,
        asked=process.asked,
        has_trial=len(process.rounds) > 1,
        first=process.first_answer if process.first_answer != "both" else "",
        agreement=goals.agreement if goals else "none",
        sign_by=goals.sign_by if goals else None,
        goals=goals is not None,
    )


_NO_TERMS = Terms()
_NO_DATES = Dates(over=None, active=None)


@lru_cache(maxsize=64)
def match_lifecycle(model: ModelType, *, terms: Terms = _NO_TERMS, dates: Dates = _NO_DATES) -> Lifecycle:
    """From the proposal to the end.

    With an agreement it begins when that is signed. Groups lose single members and go on; a flash meeting is over when
    it was held; a project ends with its deliverable. Whatever stands ends with the cohort, at the latest.
    """
    words = _words_of(model, terms)
    is_flash = model is ModelType.FLASH
    states = [s for s in _match_states(words) if not (is_flash and s.id in {"active", "paused"})]
    drafts = ("draft",) if terms.is_published else ()
    second = (SECOND_ASKED,) if terms.first and words.accepting == _OF_PAIRS.accepting else ()
    asked = ("proposed", *second)
    standing = (*asked, "accepted") if is_flash else (*asked, "accepted", "active", "paused")
    has_project = model is ModelType.FUNCTIONAL
    return lifecycle(
        "match",
        initial="draft" if drafts else "proposed",
        states=[*(_DRAFTS if drafts else ()), *([_second(terms.first)] if second else ()), *states],
        transitions=(
            *(_drafting() if drafts else ()),
            *(_one_by_one(terms.first) if second else ()),
            *from_each(asked, "accept", "accepted", when=words.accepting),
            *from_each(asked, "decline", "declined", effects=_ENDS),
            *from_each(asked, "expire", "expired", effects=_ENDS),
            *(_flash() if is_flash else _running(terms, dates, has_project=has_project)),
            *_recorded(terms, is_flash=is_flash, has_project=has_project),
            *(staying((*drafts, *standing), "leave") if words.loses_members else ()),
            *from_each(standing, "end", "ended", effects=_ENDS),
        ),
        timers=(
            *(deadline("draft_over", drafts, "discard", until=dates.over) if drafts else ()),
            *_answering(terms, asked, is_flash=is_flash),
            *(_flash_timers() if is_flash else _timers(terms, dates)),
        ),
        without=_unread(words, terms, has_project=has_project),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a kind of match is described, and whose yes it needs."""

    proposed: str
    accepted: str
    active: str
    accepting: str
    loses_members: bool = False


_OF_PAIRS = _Words(
    proposed="Both were asked whether they want to work together.",
    accepted="Both said yes; their first meeting lies ahead.",
    active="They meet.",
    accepting="mentee_accepted && mentor_accepted",
)
_OF_GROUPS = _Words(
    proposed="Everybody was asked whether they want to join.",
    accepted="Enough of them said yes; the first meeting lies ahead.",
    active="The group meets.",
    accepting="enough_accepted",
    loses_members=True,
)
_WORDS_OF = {
    ModelType.PEER: replace(_OF_PAIRS, accepting="everybody_accepted", proposed="All were asked whether they fit."),
    ModelType.GROUP: _OF_GROUPS,
    ModelType.TEAM: replace(_OF_GROUPS, proposed="The mentors were asked whether they take the team."),
    ModelType.FUNCTIONAL: replace(_OF_GROUPS, active="The group works on its project."),
    ModelType.FLASH: replace(_OF_PAIRS, accepted="Both said yes; the one meeting lies ahead."),
}


_ASKED = {
    "mentor": ("The mentee chose the mentor, who was asked.", "mentor_accepted"),
    "mentee": ("The mentor chose the mentee, who was asked.", "mentee_accepted"),
    "nobody": ("One of them chose the other.", ""),
}
_DRAFTS = (
    State(
        id="draft",
        meaning="Was found, and nobody was told.",
        waits="The owner looks at it: publishes it, or has others found by pins and blocks.",
    ),
    State(id="discarded", meaning="Was a draft that nobody was ever told of.", ending=Ending.NEUTRAL),
)


SECOND_ASKED = "second_asked"


def _second(first: str) -> State:
    second = "mentee" if first == "mentor" else "mentor"
    return State(id=SECOND_ASKED, meaning=f"The {first} said yes; the {second} is asked now.", group="standing")


def _one_by_one(first: str) -> Iterable[Transition]:
    """The yes of the one who is asked first leads to the other one."""
    second = "mentee" if first == "mentor" else "mentor"
    yield on("accept", "proposed", SECOND_ASKED, when=f"{first}_accepted && !{second}_accepted")


def _words_of(model: ModelType, terms: Terms) -> _Words:
    words = _WORDS_OF.get(model, _OF_PAIRS)
    if not terms.asked:
        return words
    proposed, accepting = _ASKED[terms.asked]
    return replace(words, proposed=proposed, accepting=accepting)


def _drafting() -> Iterable[Transition]:
    """A draft becomes a proposal, or nothing; no draft was ever a match."""
    yield on("publish", "draft", "proposed", effects=("take.people",))
    for event in ("discard", "end"):
        yield on(event, "draft", "discarded", effects=("release.people",))


def _match_states(words: _Words) -> Iterable[State]:
    return (
        State(id="proposed", meaning=words.proposed, group="standing"),
        State(id="accepted", meaning=words.accepted, group="standing"),
        State(id="active", meaning=words.active, group="standing"),
        State(id="paused", meaning="They do not meet for a while and mean to go on.", group="standing"),
        State(id="completed", meaning="They went the whole way.", ending=Ending.SUCCESS),
        State(id="declined", meaning="One of them said no.", ending=Ending.NEUTRAL),
        State(id="ended", meaning="It ended before its time.", ending=Ending.NEUTRAL),
        State(id="expired", meaning="It was not answered in time.", ending=Ending.NEUTRAL),
    )


def _running(terms: Terms, dates: Dates, *, has_project: bool) -> Iterable[Transition]:
    yield on("start", "accepted", "active", when="agreement_signed" if terms.agreement == "required" else "")
    yield on("pause", "active", "paused")
    yield on("resume", "paused", "active")
    yield on("lapse", "paused", "ended", effects=(*_ENDS, "escalate"))
    delivered = "delivered" if has_project else ""
    yield on("complete", "active", "completed", when=delivered, effects=_ENDS)
    if terms.has_trial:
        yield on("complete", "accepted", "completed", effects=_ENDS)
    if dates.over:
        yield from from_each(("accepted", "paused"), "over", "ended", effects=_ENDS)
        yield on("over", "active", "completed", when=delivered, effects=_ENDS)
    if dates.over and has_project:
        yield on("over", "active", "ended", when="!delivered", effects=_ENDS)


def _flash() -> Iterable[Transition]:
    """A flash match is over with its one meeting, or some weeks after it was accepted."""
    yield on("complete", "accepted", "completed", effects=_ENDS)
    yield on("over", "accepted", "ended", effects=_ENDS)


def _recorded(terms: Terms, *, is_flash: bool, has_project: bool) -> Iterable[Transition]:
    """What is noted about a match and moves it nowhere: a signature, a goal that was reached, a deliverable."""
    together = ("accepted",) if is_flash else ("accepted", "active", "paused")
    if terms.agreement != "none" and not is_flash:
        yield from staying(together, "sign")
    if terms.goals:
        yield from staying(together, "reach_goal")
    if has_project:
        yield from staying(together, "deliver")


def _unread(words: _Words, terms: Terms, *, has_project: bool) -> Iterable[str]:
    """The facts of the catalog that are not those of such a match."""
    yield from (fact for fact in sorted(_ANSWERS) if fact not in words.accepting)
    if terms.agreement == "none":
        yield "agreement_signed"
    if not terms.goals:
        yield "goals_reached"
    if not has_project:
        yield "delivered"


# -- time --------------------------------------------------------------------------------------------------------------


def _answering(terms: Terms, asked: Sequence[str], *, is_flash: bool) -> Iterable[TimerRule]:
    """A proposal expires when the program says, or after two weeks (flash: one), with a reminder half way.

    Where one is asked after the other, each has that time.
    """
    within = terms.answer_within or (_WEEK if is_flash else _FORTNIGHT)
    remind = terms.remind_after or (Duration(days=3) if is_flash else _WEEK if terms.answer_within is None else None)
    for state in asked:
        yield from deadline(f"{state}_deadline", (state,), "expire", after=within)
        if remind:
            yield reminder(f"{state}_reminder", (state,), after=remind)


def _timers(terms: Terms, dates: Dates) -> Iterable[TimerRule]:
    """Who was matched and does not meet is reminded; the owner hears of it, and nothing outlasts the cohort."""
    meets = dates.active
    yield reminder(
        "accepted_reminder", ("accepted",), moment=dates.after(meets, _FORTNIGHT), after=_FORTNIGHT,
        every=_FORTNIGHT, at_most=2,
    )  # fmt: skip
    late = terms.sign_by if terms.agreement == "required" and terms.sign_by else dates.after(meets, MONTH)
    yield TimerRule(
        id="accepted_late",
        kind=TimerKind.REACTION,
        arms=("accepted",),
        during=("accepted",),
        after=MONTH,
        at=late,
        effects=("escalate",),
    )
    yield reminder(
        "quiet", ("active",), after=Duration(days=30), every=Duration(days=30), at_most=0, when="days_quiet >= 30"
    )
    yield from deadline("paused_deadline", ("paused",), "lapse", after=_PAUSE)
    yield reminder("paused_reminder", ("paused",), after=MONTH)
    yield from deadline("over", ("accepted", "active", "paused"), "over", until=dates.over)


def _flash_timers() -> Iterable[TimerRule]:
    yield from deadline("accepted_deadline", ("accepted",), "over", after=_FLASH_IS_OVER)
