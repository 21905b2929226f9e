"""The dates of a program's cohorts, from what the program and its workspace say about them."""

from datetime import date

from mentorctl.dates.timeline import Intake, Timeline, dated, rolling
from mentorctl.dates.workdays import DayCount
from mentorctl.spec.model import Cohort, Program, Workspace


def day_count(program: Program, workspace: Workspace) -> DayCount:
    """How the days of a program count."""
    rules = program.timeline
    return workspace.calendars.counting(rules.counts, rules.closed, rules.holidays)


def timeline_of(program: Program, cohort: Cohort, days: DayCount, *, today: date | None = None) -> Timeline:
    """The dates of one cohort; with rolling intake those of somebody who enrolls today, or on the first day.

    Raises ValueError when working days count and there are none.
    """
    rules, zone = program.timeline, program.timezone
    if rules.intake is Intake.ROLLING:
        return rolling(program.phases, cohort.start, today or cohort.start, days=days, rules=rules, zone=zone)
    return dated(
        program.phases,
        cohort.start,
        changes=cohort.changes,
        extended=cohort.extended,
        days=days,
        rules=rules,
        zone=zone,
    )
