"""Examples of MC206x and MC207x: the timeline."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC2060": Example(
        wrong="- {id: closing, start: 2027-09-01, lasts: 3w}",
        right="- {id: closing, lasts: 2w}",
    ),
    "MC2062": Example(
        wrong="closed: [{from: 2027-05-07, to: 2027-05-06}]",
        right="closed: [{from: 2027-05-06, to: 2027-05-07}]",
    ),
    "MC2063": Example(
        wrong="spring_2027: {start: 2027-01-11, extended: [{phase: trainings, by: 2w, because: a strike}]}",
        right="spring_2027: {start: 2027-01-11}",
    ),
    "MC2064": Example(
        wrong="holidays: [DE-XX]\nclosed: [{from: 2027-05-06, to: 2027-05-07}]",
        right="closed: [{from: 2027-05-06, to: 2027-05-07}]",
    ),
    "MC2066": Example(
        wrong="- {id: certificates, on: 2027-09-03, after: [reports]}",
        right="- {id: certificates, on: 2027-09-17, after: [reports]}",
    ),
    "MC2067": Example(
        wrong="- {id: certificates, start: 2027-09-03, due: 2027-09-17, after: [reports]}",
        right="- {id: certificates, on: 2027-09-17, after: [reports]}",
    ),
    "MC2068": Example(
        wrong="- {id: certificates, on: 2027-09-17, after: [certificates]}",
        right="- {id: certificates, on: 2027-09-17, after: [reports]}",
    ),
    "MC2069": Example(
        wrong="- {id: certificates, on: 2027-09-17, after: [report]}",
        right="- {id: certificates, on: 2027-09-17, after: [reports]}",
    ),
    "MC2070": Example(
        wrong="rolling: {start: 2027-01-11}",
        right="spring_2027: {start: 2027-01-11}",
    ),
    "MC2072": Example(
        wrong="kick_off: {at: {on: 2028-03-08}, lasts: 60min, for: both}",
        right="kick_off: {at: active.start, lasts: 60min, for: both}",
    ),
    "MC2073": Example(
        wrong="closed: [{from: 2028-05-06, to: 2028-05-07}]",
        right="closed: [{from: 2027-05-06, to: 2027-05-07}]",
    ),
    "MC2074": Example(
        wrong="counts: working_days\nclosed: [{from: 2027-01-01, to: 2099-12-31}]",
        right="closed: [{from: 2027-05-06, to: 2027-05-07}]",
    ),
    "MC2075": Example(
        wrong='kick_off: {at: {on: 2027-03-28, time: "02:30"}, lasts: 60min, for: both}',
        right="kick_off: {at: active.start, lasts: 60min, for: both}",
    ),
    "MC2076": Example(
        wrong='kick_off: {at: {on: 2027-05-06, time: "10:00"}, lasts: 60min, for: both}',
        right="kick_off: {at: active.start, lasts: 60min, for: both}",
    ),
    "MC2077": Example(
        wrong="mentor_basics: {for: mentor, format: self-paced, takes: 45min, required: true, "
        "due: {before: matching.start, by: 3d}, after: [goal_setting]}",
        right="mentor_basics: {for: mentor, format: self-paced, takes: 45min, required: true, "
        "due: {before: matching.start, by: 3d}}",
    ),
}
