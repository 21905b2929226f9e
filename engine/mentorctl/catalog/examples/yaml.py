"""Examples of MC1xxx: reading YAML, the schemas, and reuse."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC1001": Example(
        wrong="objective: [cover_mentees, total_score",
        right="objective: [cover_mentees, total_score]",
    ),
    "MC1002": Example(
        wrong="unmatched: waitlist\nunmatched: refuse",
        right="unmatched: waitlist",
    ),
    "MC1003": Example(
        wrong="- {id: near_clock, timezone_within: 2h, points: 300000000000000000000}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC1004": Example(
        wrong="model: !standard {type: one-on-one, mentors: career, delivery: hybrid}",
        right="model: {type: one-on-one, mentors: career, delivery: hybrid}",
    ),
    "MC1101": Example(
        wrong="model: {type: one-on-one, mentorz: career, delivery: hybrid}",
        right="model: {type: one-on-one, mentors: career, delivery: hybrid}",
    ),
    "MC1102": Example(
        wrong="- {id: training}",
        right="- {id: training, lasts: 3w}",
    ),
    "MC1103": Example(
        wrong="name: [Grow]",
        right="name: Grow",
    ),
    "MC1104": Example(
        wrong="unmatched: ignore",
        right="unmatched: waitlist",
    ),
    "MC1105": Example(
        wrong="- {id: enrolling, lasts: 4m}",
        right="- {id: enrolling, lasts: 4w}",
    ),
    "MC1106": Example(
        wrong="goal_setting:  {for: both, format: live, takes: 90min, seats: 0, due: {after: active.start, by: 3w}}",
        right="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
    ),
    "MC1107": Example(
        wrong="- {id: near_clock, timezone_within: 2h, points: 3, weight: high}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC1108": Example(
        wrong="mentorctl: programm/v1",
        right="mentorctl: program/v1",
    ),
    "MC1109": Example(
        wrong="pulse: {at: [{after: match.accepted, by: 30d}], every: 60d, asks: [satisfaction, satisfaction]}",
        right="pulse: {at: [{after: match.accepted, by: 30d}], every: 60d, asks: [satisfaction, meeting_frequency]}",
    ),
    "MC1110": Example(
        wrong="mentorctl: program/v9",
        right="mentorctl: program/v1",
    ),
    "MC1201": Example(
        wrong="id: grow\nextends: europ",
        right="id: grow",
    ),
    "MC1202": Example(
        wrong="id: grow\nextends: grow",
        right="id: grow",
    ),
    "MC1208": Example(
        wrong="final: [matching.require.other_departmant]",
        right="final: [matching.require.other_department]",
    ),
}
