"""Examples of MC4xxx: what a program changes in its lifecycles."""

from mentorctl.catalog.kind import Example

EXAMPLES: dict[str, Example] = {
    "MC4030": Example(
        wrong="warn: {from: active, when: \"has(risk) && risk == 'high' && risk == 'low'\", do: [escalate]}",
        right="warn: {from: active, when: \"has(risk) && risk == 'high'\", do: [escalate]}",
    ),
    "MC4033": Example(
        wrong="risk: {type: choice, options: [low, high]}\nmood: {type: number}",
        right="risk: {type: choice, options: [low, high]}",
    ),
    "MC4044": Example(
        wrong="paused: {deadline: {after: 4w, event: lapse}, invariant: sessions_held > 0}",
        right="paused: {deadline: {after: 4w, event: lapse}}",
    ),
    "MC4060": Example(
        wrong="sessions_held: {type: number}\nrisk: {type: choice, options: [low, high]}",
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
