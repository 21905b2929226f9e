"""Examples of MC4xxx: what a program changes in its lifecycles."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC4060": Example(
        wrong="sessions_held: {type: number}",
        right="risk: {type: choice, options: [low, high]}",
    ),
    "MC4061": Example(
        wrong="paused: {deadline: {after: 4w, event: lapse}}\nproposed: {remove: true}",
        right="paused: {deadline: {after: 4w, event: lapse}}",
    ),
    "MC4062": Example(
        wrong="paused: {deadline: {after: 4w, event: lapse}}\naway: {waits: they come back}",
        right="paused: {deadline: {after: 4w, event: lapse}}",
    ),
    "MC4063": Example(
        wrong="hold: {event: pause, from: active, to: paused, do: [escalte]}",
        right="hold: {event: pause, from: active, to: paused, do: [escalate]}",
    ),
    "MC4064": Example(
        wrong="paused: {deadline: {after: 4w, event: lapsed}}",
        right="paused: {deadline: {after: 4w, event: lapse}}",
    ),
    "MC4065": Example(
        wrong="hold: {event: end, from: accepted, to: ended, remove: true}",
        right="hold: {event: pause, from: active, to: paused, do: [escalate]}",
    ),
}
