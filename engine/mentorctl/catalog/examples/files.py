"""Examples of MC2xxx: checks of the files alone."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC2120": Example(
        wrong="name: Grow\nwas: [grow]",
        right="name: Grow",
    ),
    "MC2121": Example(
        wrong="name: Grow\nretire: {participants: transfer, to: grow_on}",
        right="name: Grow",
    ),
    "MC2002": Example(
        wrong="- {id: training, lasts: 3w}\n- {id: training, lasts: 1w}",
        right="- {id: training, lasts: 3w}",
    ),
    "MC2003": Example(
        wrong="- {id: other_department, different: departement}",
        right="- {id: other_department, different: department}",
    ),
    "MC2004": Example(
        wrong="- {id: level_gap, gap: {field: department, mentor_above: {min: 1, max: 2}}}",
        right="- {id: level_gap, gap: {field: level, mentor_above: {min: 1, max: 2}}}",
    ),
    "MC2005": Example(
        wrong="level: {at_least: seniour}",
        right="level: {at_least: senior}",
    ),
    "MC2006": Example(
        wrong="kick_off: {at: activ.start, lasts: 60min, for: both}",
        right="kick_off: {at: active.start, lasts: 60min, for: both}",
    ),
    "MC2007": Example(
        wrong="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, after: [mentor_basics]}",
        right="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
    ),
    "MC2008": Example(
        wrong="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, after: [goal_setting]}",
        right="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
    ),
    "MC2009": Example(
        wrong="spring_2027: {start: 2027-02-29}",
        right="spring_2027: {start: 2027-01-11}",
    ),
    "MC2010": Example(
        wrong="timezone: Europe/Berlyn",
        right="timezone: Europe/Berlin",
        file="mentorctl.yaml",
    ),
    "MC2011": Example(
        wrong='facts:\n  completed: {column: trainings_done, separator: ";"}',
        right='facts:\n  completed: {column: trainings_done, separator: ";"}\n  approved:  {column: manager_approved}',
        file="mentorctl.yaml",
    ),
    "MC2012": Example(
        wrong="model: {type: one-on-one, mentors: reverse-career, delivery: hybrid}",
        right="model: {type: one-on-one, mentors: career, delivery: hybrid}",
    ),
    "MC2013": Example(
        wrong="- {id: other_department, different: department}\n- {id: same_department, same: department}",
        right="- {id: other_department, different: department}",
    ),
    "MC2014": Example(
        wrong="- {id: active, lasts: 6mo}\n- {id: matching, lasts: 1w}",
        right="- {id: matching, lasts: 1w}\n- {id: active, lasts: 6mo}",
    ),
    "MC2015": Example(
        wrong="- {id: other_department, different: department, same: timezone}",
        right="- {id: other_department, different: department}",
    ),
    "MC2016": Example(
        wrong="- {id: near_clock, timezone_within: 2h, points_each: 3}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2018": Example(
        wrong="- {file: roster/mentees.csv, role: mentee, program: grov}",
        right="- {file: roster/mentees.csv, role: mentee}",
        file="mentorctl.yaml",
    ),
    "MC2019": Example(
        wrong='meetings: {every: 2w, lasts: 60min, at_least: 20, hours: "09:00-17:00", per_week: 2}',
        right='meetings: {every: 2w, lasts: 60min, at_least: 10, hours: "09:00-17:00", per_week: 2}',
    ),
    "MC2020": Example(
        wrong="level: {at_least: principal, below: principal}",
        right="level: {below: principal}",
    ),
    "MC2101": Example(
        wrong="objectives: []",
        right="objectives:\n"
        "  - {id: promotion, measure: promotions, baseline: 12%, target: 18%, due: {at: closing.end}}",
    ),
    "MC2102": Example(
        wrong="",
        right="sponsor:\n  role: Chief Financial Officer\n  commits: [opens the kick-off, reads the closing report]",
    ),
    "MC2103": Example(
        wrong="goal_setting:  {for: mentor, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
        right="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
    ),
    "MC2104": Example(
        wrong="mentor_basics: {for: mentor, format: self-paced, takes: 45min, required: true, "
        "due: {at: active.middle}}",
        right="mentor_basics: {for: mentor, format: self-paced, takes: 45min, required: true, "
        "due: {before: matching.start, by: 3d}}",
    ),
    "MC2105": Example(
        wrong="pulse: {at: [{at: closing.start}], asks: [satisfaction, meeting_frequency]}",
        right="pulse: {at: [{after: match.accepted, by: 30d}], every: 60d, asks: [satisfaction, meeting_frequency]}",
    ),
    "MC2106": Example(
        wrong='meetings: {lasts: 60min, at_least: 10, hours: "09:00-17:00", per_week: 2}',
        right='meetings: {every: 2w, lasts: 60min, at_least: 10, hours: "09:00-17:00", per_week: 2}',
    ),
    "MC2108": Example(
        wrong="- {id: other_department, different: department}\n- {id: no_reporting_line, different: timezone}",
        right="- {id: other_department, different: department}",
    ),
    "MC2109": Example(
        wrong="- {id: matching, start: 2027-02-22, lasts: 2w}",
        right="- {id: matching, lasts: 1w}",
    ),
    "MC2401": Example(
        wrong="checks: {severity: {MC2006: warning}}",
        right="checks: {severity: {MC2106: error}}",
    ),
    "MC2402": Example(
        wrong="checks: {severity: {MC2160: error}}",
        right="checks: {severity: {MC2106: error}}",
    ),
}
