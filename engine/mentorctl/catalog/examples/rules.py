"""Examples of MC203x and MC23xx: rules and expressions."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC2030": Example(
        wrong="- {id: topics, overlap: {a: wants, b: offers}, points_each: 5, at_most: 3}",
        right="- {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5, at_most: 3}",
    ),
    "MC2032": Example(
        wrong='unmatched: waitlist\npairs: [{mentor: "101", mentee: "101", do: force, because: they know each other}]',
        right="unmatched: waitlist",
    ),
    "MC2033": Example(
        wrong="unmatched: waitlist\nminimum_score: 1000",
        right="unmatched: waitlist",
    ),
    "MC2034": Example(
        wrong="- {id: near_clock, same: department, points: 3}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2035": Example(
        wrong="- {id: near_clock, points: 3, value_matrix: {mentee: department, mentor: department, "
        "allow: [[Sales, Finance], [Sales, Finance]]}}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2036": Example(
        wrong="department:   {type: single, options: [Sales, Finance, Operations], used_in_matching: false}",
        right="department:   {type: single, options: [Sales, Finance, Operations]}",
        file="mentorctl.yaml",
    ),
    "MC2301": Example(
        wrong='- {id: near_clock, when: "mentor.level = mentee.level", points: 3}',
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2302": Example(
        wrong='- {id: near_clock, when: "mentor.levl > mentee.level", points: 3}',
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2303": Example(
        wrong='- {id: near_clock, when: "mentor.level > 3", points: 3}',
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
    "MC2304": Example(
        wrong="- {id: near_clock, when: \"mentor.joined < date('2020-01-01')\", points: 3}",
        right="- {id: near_clock, timezone_within: 2h, points: 3}",
    ),
}
