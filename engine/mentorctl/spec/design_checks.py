"""Checks of what makes programs fail: purpose, sponsor, matches, training, engagement, closing, monitoring, reach.

All are advice, which a workspace weighs under `checks`. What hangs on dates is checked in `spec.timeline_checks`
(MC2104, MC2105 and MC2109); what needs to know how many people there are is no check of the files.
"""

from collections.abc import Iterator

from mentorctl.dates.timeline import Moment
from mentorctl.diagnostics import Diagnostic, Related, did_you_mean, finding, quoted_list
from mentorctl.rules.fields import Contract, FieldType, Role
from mentorctl.rules.pairs import (
    Contains,
    FieldPair,
    Gap,
    Not,
    Origin,
    Overlap,
    PointsFrom,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    ValueMatrix,
    When,
)
from mentorctl.spec.matching import Capacity
from mentorctl.spec.model import ModelType, Program, Workspace
from mentorctl.spec.reference_checks import ProgramCheck, asked
from mentorctl.spec.rule_paths import at, rules_with_paths
from mentorctl.spec.timeline_checks import schedule_of

_UNBOUNDED = 1000  # the most that a capacity can say
_CHOOSING = ("self-selected", "suggested", "booking", "two-round")  # people say there whom they want
_TROUBLE = ("meeting.missed", "check_in.alert", "match.paused")
_REMINDING = (*_TROUBLE, "meeting.planned", "check_in.due")
_AT_THE_END = ("match.ended", "match.completed", "enrollment.completed", "deliverable.done")


# -- purpose and sponsor -----------------------------------------------------------------------------------------------


def purpose_is_measurable(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """At least one measurable objective."""
    if not program.purpose.objectives:
        yield finding(
            "MC2101",
            "`purpose.objectives` is empty",
            help="add for example {id: promotion, measure: promotions, baseline: 12%, target: 18%}",
            place=at(program, ("purpose",), on_key=True),
        )


def objectives_are_measured(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Monitoring measures what the objectives name. Without any measure, that is said instead."""
    known = _measures(program)
    lost = [(i, o) for i, o in enumerate(program.purpose.objectives) if known and o.measure not in known]
    if lost:
        index, first = lost[0]
        yield finding(
            "MC2110",
            f"no measure is called {quoted_list(dict.fromkeys(o.measure for _, o in lost))}",
            help=did_you_mean(first.measure, known)
            or f"add it under `monitoring.measures`, or name one of {quoted_list(known)}",
            place=at(program, ("purpose", "objectives", index, "measure")),
            related=(
                Related(message="the measures are here", place=at(program, ("monitoring", "measures"), on_key=True)),
            ),
        )


def sponsor_is_named(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """An executive sponsor stands behind the program."""
    if program.sponsor is None:
        yield finding(
            "MC2102",
            "the program has no `sponsor`",
            help="add for example `sponsor: {role: Chief People Officer}`",
            place=at(program, ("id",)),
        )


def reach_is_said(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """A formal program also reaches those who would not ask."""
    if program.reach is None:
        yield finding(
            "MC2118",
            "the program has no `reach`",
            help="add for example `reach: {invite: everyone_eligible}`",
            place=at(program, ("id",)),
        )


# -- structure ---------------------------------------------------------------------------------------------------------


def load_fits_the_weeks(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Somebody with as many matches as they may have can hold all their meetings; MC2019 looks at a single match."""
    meetings = program.meetings
    schedule, _ = schedule_of(program, workspace)
    active = [timeline.phase("active") for _, timeline in schedule.cohorts]
    days = min((phase.end - phase.start).days + 1 for phase in active if phase) if any(active) else 0
    weeks = -(-days // 7)
    if not meetings or weeks <= 0 or program.model.type is ModelType.FLASH:
        return
    for role, capacity in _capacities(program):
        needed = capacity.at_most * meetings.at_least
        if 1 < capacity.at_most < _UNBOUNDED and needed > weeks * meetings.per_week:
            yield finding(
                "MC2111",
                f"a {role} with {capacity.at_most} matches would have {needed} meetings; "
                f"{meetings.per_week} a week in {weeks} weeks are {weeks * meetings.per_week}",
                help="lower the capacity or `meetings.at_least`, or raise `meetings.per_week`",
                place=at(program, ("matching", "capacity", role.value)),
                related=(Related(message="the meetings are here", place=at(program, ("meetings", "at_least"))),),
            )


def _capacities(program: Program) -> tuple[tuple[Role, Capacity], ...]:
    if Role.PEER in program.roles:
        return ()
    matching = program.matching
    return ((Role.MENTOR, matching.mentor_capacity), (Role.MENTEE, matching.mentee_capacity))


# -- poor matches ------------------------------------------------------------------------------------------------------


def rules_look_at_needs(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """At least one rule looks at level, skills or wishes, and not at who people are."""
    matching = program.matching
    if matching.needs or matching.skills or matching.wishes or matching.terms.outside:
        return
    rules = (rule.predicate for rule, _ in rules_with_paths(program) if rule.origin is not Origin.IMPLIED)
    if not any(_tells(predicate, workspace.contract) for predicate in rules):
        yield finding(
            "MC2107",
            "all rules compare backgrounds only",
            help="add a rule with `gap`, `overlap` or `rank`",
            place=at(program, ("matching",), on_key=True),
        )


def preferences_are_asked(program: Program, workspace: Workspace) -> Iterator[Diagnostic]:
    """Somebody is asked what or whom they want. Where backgrounds decide alone, that is said instead."""
    matching = program.matching
    if any(rules_look_at_needs(program, workspace)) or matching.process.kind in _CHOOSING:
        return
    if matching.needs or matching.skills or matching.wishes or matching.terms.outside:
        return
    rules = [rule for rule, _ in rules_with_paths(program)]
    if not any(_asks(rule.predicate) or isinstance(rule.score, PointsFrom) for rule in rules):
        yield finding(
            "MC2112",
            "no rule reads what people want",
            help="add for example {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}",
            place=at(program, ("matching",), on_key=True),
        )


def _tells(predicate: Predicate, contract: Contract) -> bool:
    """Whether a rule looks at more than who people are; what an expression looks at is not guessed."""
    match predicate:
        case Not(of=inner):
            return _tells(inner, contract)
        case Rank() | When():
            return True
        case Gap(fields=fields) | Overlap(fields=fields) | Contains(fields=fields) | ValueMatrix(fields=fields):
            return not _is_sensitive(fields, contract)
        case Same(fields=fields):
            level = contract.field(fields.mentee)
            return _asks(predicate) or (level is not None and level.type is FieldType.LEVEL)
        case _:
            return False


def _is_sensitive(fields: FieldPair, contract: Contract) -> bool:
    """Whether both of the two are sensitive; a wish that is compared with what somebody is, is a wish."""
    found = [contract.field(name) for name in (fields.mentee, fields.mentor)]
    return all(field is not None and field.sensitive for field in found)


def _asks(predicate: Predicate) -> bool:
    """Whether a rule reads a wish, an interest or a skill."""
    match predicate:
        case Not(of=inner):
            return _asks(inner)
        case Overlap() | Contains() | Rank() | When() | ValueMatrix():
            return True
        case Same(fields=fields):
            return fields.mentee != fields.mentor  # what one wants is what the other has
        case _:
            return False


def reporting_lines_are_kept_apart(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Nobody is matched with the person who evaluates them."""
    for rule in program.matching.require:
        if isinstance(rule.predicate, Not) and isinstance(rule.predicate.of, ReportingLine):
            return
    yield finding(
        "MC2108",
        "no hard rule keeps reporting lines apart",
        help="declare `manager: {type: person}` in the roster contract; the model then keeps lines apart",
        place=at(program, ("matching",), on_key=True),
    )


# -- training ----------------------------------------------------------------------------------------------------------


def every_role_is_trained(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Each role is offered some training."""
    untrained = [f"{role}s" for role in program.roles if not any(m.audience.includes(role) for m in program.modules)]
    if untrained:
        yield finding(
            "MC2103",
            f"no module is for {' or '.join(untrained)}",
            help="add one under `training.modules`",
            place=at(program, ("training",), on_key=True),
        )


# -- engagement and closing --------------------------------------------------------------------------------------------


def meetings_have_a_cadence(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Matches get a rhythm; a flash match meets once."""
    if program.meetings and program.meetings.every is None and program.model.type is not ModelType.FLASH:
        yield finding(
            "MC2106",
            "`meetings.every` is not given",
            help="add for example `every: 2w`",
            place=at(program, ("meetings",), on_key=True),
        )


def silence_is_noticed(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Something happens when people do not meet or do not answer; a flash match meets once."""
    waits = any(reaction.unless or reaction.on in _TROUBLE for reaction in program.automation)
    reminds = any(message.on in _REMINDING for message in program.messages)
    if not waits and not reminds and program.model.type is not ModelType.FLASH:
        yield finding(
            "MC2113",
            "no message and no automation reacts when people do not meet",
            help="add for example under `automation`: "
            "{id: no_meeting, on: match.started, after: 30d, unless: meeting.held, do: escalate}",
            place=at(program, ("meetings",) if program.meetings else ("id",), on_key=bool(program.meetings)),
        )


def program_is_closed(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """There is an end that people notice: a phase after the active one, a closing event, or a last check-in."""
    phases = [phase.id for phase in program.phases]
    has_phase = "active" in phases and phases.index("active") < len(phases) - 1
    has_event = any(event.format == "closing" for event in program.events)
    asks_at_the_end = any(_is_at_the_end(moment) for check_in in program.check_ins for moment in check_in.at)
    tells_at_the_end = any(message.on in _AT_THE_END for message in program.messages)
    is_flash = program.model.type is ModelType.FLASH
    if not (has_phase or has_event or asks_at_the_end or tells_at_the_end or is_flash):
        yield finding(
            "MC2114",
            "nothing happens at the end of the active phase",
            help="add a phase such as {id: closing, lasts: 2w} after `active`, or an event of `format: closing`",
            place=at(program, ("timeline", "phases"), on_key=True),
        )


def _is_at_the_end(moment: Moment) -> bool:
    anchor = str(moment.anchor)
    return anchor == "active.end" or anchor in _AT_THE_END


# -- monitoring --------------------------------------------------------------------------------------------------------


def something_is_measured(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """While the program runs somebody looks at a number."""
    if not _measures(program):
        yield finding(
            "MC2115",
            "the program has no `monitoring.measures`",
            help="add for example `monitoring: {measures: {engagement: "
            "{ratio: [sessions_held, sessions_planned], warn_below: 70%}}}`",
            place=at(program, ("monitoring",) if program.monitoring else ("id",), on_key=bool(program.monitoring)),
        )


def some_measure_warns(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """At least one measure says at which value something must be done."""
    measures = program.monitoring.measures if program.monitoring else ()
    if measures and not any(measure.warn_below or measure.warn_above for measure in measures):
        yield finding(
            "MC2116",
            "no measure has `warn_below` or `warn_above`",
            help="add for example `warn_below: 70%`",
            place=at(program, ("monitoring", "measures"), on_key=True),
        )


def bad_matches_can_end(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """Somebody learns of a match that does not work, or people are matched again; a flash match ends by itself."""
    reacts = any(reaction.do in ("rematch", "close", "escalate") for reaction in program.automation)
    alerts = any(check_in.alerts for check_in in program.check_ins)
    if not reacts and not alerts and program.model.type is not ModelType.FLASH:
        yield finding(
            "MC2117",
            "no alert of a check-in and no automation leads to another match",
            help="add an `alert` to a check-in, for example [{when: satisfaction <= 2, tell: owner}], "
            "or automation with `do: rematch`",
            place=at(program, ("check_ins",) if program.check_ins else ("id",), on_key=bool(program.check_ins)),
        )


def questions_are_written(program: Program, _workspace: Workspace) -> Iterator[Diagnostic]:
    """People read what they are asked; where some questions are written, a missing one is an error instead."""
    named = dict.fromkeys(name for name, _ in asked(program))
    if named and not program.questions:
        _, path = next(asked(program))
        yield finding(
            "MC2119",
            f"it is open what {quoted_list(named, last='and')} {'means' if len(named) == 1 else 'mean'}",
            help=f"add for example `questions: {{{next(iter(named))}: {{ask: How is it going?, type: rating}}}}`",
            place=at(program, path),
        )


def _measures(program: Program) -> tuple[str, ...]:
    return tuple(measure.id for measure in program.monitoring.measures) if program.monitoring else ()


DESIGN_CHECKS: tuple[ProgramCheck, ...] = (
    purpose_is_measurable,
    objectives_are_measured,
    sponsor_is_named,
    reach_is_said,
    load_fits_the_weeks,
    rules_look_at_needs,
    preferences_are_asked,
    reporting_lines_are_kept_apart,
    every_role_is_trained,
    meetings_have_a_cadence,
    silence_is_noticed,
    program_is_closed,
    something_is_measured,
    some_measure_warns,
    bad_matches_can_end,
    questions_are_written,
)
