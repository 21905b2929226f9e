"""Examples of MC208x and MC21xx: names, shapes, and what makes programs fail."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC2080": Example(
        wrong="close: {at: [{at: closing.start}], asks: [outcom, satisfaction], "
        "alert: [{when: satisfaction <= 2, tell: owner}]}",
        right="close: {at: [{at: closing.start}], asks: [outcome, satisfaction], "
        "alert: [{when: satisfaction <= 2, tell: owner}]}",
    ),
    "MC2082": Example(
        wrong="kick_off: {at: active.start, lasts: 60min, for: peer}",
        right="kick_off: {at: active.start, lasts: 60min, for: both}",
    ),
    "MC2083": Example(
        wrong="mood: {question: outcome, review: quarterly}",
        right="mood: {question: satisfaction, review: quarterly}",
    ),
    "MC2084": Example(
        wrong="mood: {question: satisfaction, warn_below: 1, review: quarterly}",
        right="mood: {question: satisfaction, review: quarterly}",
    ),
    "MC2086": Example(
        wrong="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, room: small, "
        "due: {after: active.start, by: 3w}}",
        right="goal_setting:  {for: both, format: live, takes: 90min, seats: 25, due: {after: active.start, by: 3w}}",
    ),
    "MC2088": Example(
        wrong="model: {type: virtual, mentors: career, delivery: hybrid}",
        right="model: {type: one-on-one, mentors: career, delivery: hybrid}",
    ),
    "MC2089": Example(
        wrong="objective: [cover_peers, total_score]",
        right="objective: [cover_mentees, total_score]",
    ),
    "MC2094": Example(
        wrong="model: {type: flash, mentors: career, delivery: hybrid}",
        right="model: {type: one-on-one, mentors: career, delivery: hybrid}",
    ),
    "MC2096": Example(
        wrong="objective: [worst_match, cover_mentees]",
        right="objective: [cover_mentees, total_score]",
    ),
    "MC2110": Example(
        wrong="- {id: promotion, measure: promotion_rate, baseline: 12%, target: 18%, due: {at: closing.end}}",
        right="- {id: promotion, measure: promotions, baseline: 12%, target: 18%, due: {at: closing.end}}",
    ),
    "MC2111": Example(
        wrong="mentor: {max: {field: places, at_most: 9, missing: 1}}",
        right="mentor: {max: {field: places, at_most: 2, missing: 1}}",
    ),
    "MC2112": Example(
        wrong="- {id: same_year, gap: {field: joined, either_way: {max: 365}}, points: 5}",
        right="- {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5, at_most: 3}\n"
        "- {id: wishes, rank: {by: mentee, field: wishes}, points: [6, 4, 2]}",
    ),
    "MC2113": Example(
        wrong="",
        right="messages:\n  come_back: {on: meeting.missed, to: [mentor, mentee], template: come_back}",
    ),
    "MC2114": Example(
        wrong="- {id: closing, lasts: 2w}\n- {id: active, lasts: 6mo}",
        right="- {id: active, lasts: 6mo}\n- {id: closing, lasts: 2w}",
    ),
    "MC2115": Example(
        wrong="",
        right="monitoring:\n  measures:\n    promotions: {ratio: [completed, matched], warn_below: 60%}\n"
        "    mood: {question: satisfaction, review: quarterly}",
    ),
    "MC2116": Example(
        wrong="promotions: {ratio: [completed, matched]}",
        right="promotions: {ratio: [completed, matched], warn_below: 60%}",
    ),
    "MC2117": Example(
        wrong="close: {at: [{at: closing.start}], asks: [outcome, satisfaction]}",
        right="close: {at: [{at: closing.start}], asks: [outcome, satisfaction], "
        "alert: [{when: satisfaction <= 2, tell: owner}]}",
    ),
    "MC2118": Example(
        wrong="",
        right="reach: {invite: everyone_eligible}",
    ),
}
