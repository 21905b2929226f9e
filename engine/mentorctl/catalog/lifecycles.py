"""MC4xxx: lifecycles."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind("MC4001", "error", "a transition names a state that does not exist", "Rename the target, or add the state."),
    Kind(
        "MC4002",
        "error",
        "a lifecycle has no usable initial state",
        "A lifecycle begins in exactly one state, which is not an end.",
    ),
    Kind(
        "MC4003",
        "error",
        "a state can never be reached",
        "No path of transitions from the beginning leads there, so nobody can ever be in it.",
    ),
    Kind(
        "MC4004",
        "error",
        "a state that nothing leads out of and that is not final",
        "Whoever arrives there stays for ever; add a transition, or make it an end.",
    ),
    Kind(
        "MC4005",
        "error",
        "people could be caught in states from which no end is reachable",
        "People can always leave: from every state some path must lead to an end.",
    ),
    Kind(
        "MC4006",
        "error",
        "two transitions may fire on the same event",
        "Their guards can be true together, so the order of the file would decide.",
    ),
    Kind(
        "MC4007",
        "error",
        "a guard is no expression over the facts of the lifecycle",
        "A guard is true or false, reads declared facts only, and asks `has()` before it reads one that may be blank.",
    ),
    Kind(
        "MC4026",
        "error",
        "somebody could wait for ever",
        "In this state nothing happens until a person acts, and nobody is reminded. Add a deadline or a reminder, or "
        "say in `waits` of the state why it may last (LC06).",
        may_be_relaxed=True,
    ),
    Kind(
        "MC4027",
        "error",
        "deadlines lead round in a circle",
        "Time alone would move things for ever. Let a condition end it, or lead one of the deadlines to an end (LC07).",
    ),
    Kind(
        "MC4029",
        "warning",
        "an event that must be handled is not foreseen in every case",
        "For some facts no guard holds, so the event would be refused. The finding names such facts (LC09).",
    ),
    Kind(
        "MC4030",
        "error",
        "a transition can never fire",
        "Its guard contradicts itself, or another transition always comes first (LC10).",
    ),
    Kind(
        "MC4032",
        "error",
        "a guard costs too much, or cannot be decided",
        "A guard has at most 200 parts. Whether two guards can hold together is decided exactly up to 4,000 cases; "
        "beyond that give them priorities (LC12).",
    ),
    Kind(
        "MC4033",
        "warning",
        "a word of a lifecycle is used nowhere",
        "A declared fact that no guard reads, or an event of the list of those to handle that no transition has "
        "(LC13).",
    ),
    Kind(
        "MC4034",
        "error",
        "a part of a lifecycle stands there twice",
        "In files a repeated key is already refused when they are read (LC14).",
    ),
    Kind(
        "MC4035",
        "error",
        "a timer does not make sense",
        "It says when it is due, runs where it is set, does something, and its event is foreseen in every state "
        "where it runs (LC15).",
    ),
    Kind(
        "MC4036",
        "error",
        "two deadlines run out at the same instant",
        "They lead to different states, and nothing says which comes first (LC16).",
    ),
    Kind(
        "MC4037",
        "error",
        "something leads out of an end",
        "No time runs in a final state. A final state may be taken back by a transition with a guard, where what was "
        "recorded was wrong (LC17).",
    ),
    Kind(
        "MC4039",
        "error",
        "somebody cannot leave",
        "From every state a person can withdraw, whatever the facts say (LC19).",
    ),
    Kind(
        "MC4040",
        "error",
        "an effect raises an event that nothing handles",
        "The event of the other lifecycle is foreseen in no state that can be reached there (LC20).",
    ),
    Kind(
        "MC4041",
        "warning",
        "two lifecycles can stand still together",
        "Only leaving is left there. The search of both lifecycles together is bounded; the finding says how far it "
        "went (LC21).",
    ),
    Kind(
        "MC4042",
        "error",
        "effects cause each other without end",
        "An event causes another one that causes it again (LC22).",
    ),
    Kind(
        "MC4043",
        "warning",
        "people can be matched again and again without end",
        "Neither a deadline nor a guard that counts ends the circle (LC23).",
    ),
    Kind(
        "MC4044",
        "warning",
        "a state can be entered although its invariant does not hold",
        "Neither the guard nor the invariant of the state before implies it. The finding names facts for which it "
        "fails (LC24).",
    ),
    Kind(
        "MC4048",
        "warning",
        "a lifecycle is too large to read",
        "Diagrams are drawn up to 60 states and 120 transitions (LC28).",
    ),
    Kind(
        "MC4045",
        "error",
        "a migration does not say what becomes of everybody",
        "When a lifecycle changes, every old state that is no end and does not mean the same is mapped to a new one "
        "under `migration`, and the promises of the new states hold for those who are carried over (LC25).",
    ),
    Kind(
        "MC4046",
        "warning",
        "a change takes something away from people who are inside",
        "A state or event vanishes, or a deadline becomes shorter than some have waited already. The plan says how "
        "many people that is (LC26).",
    ),
    Kind(
        "MC4050",
        "error",
        "a migration cannot be undone",
        "Two old states became one, or people moved on since. Write a `migration` that says what is meant.",
    ),
    Kind(
        "MC4060",
        "error",
        "a fact of the program has the name of one that is there",
        "Facts that the engine keeps, and those that time says, keep their names.",
    ),
    Kind(
        "MC4061",
        "error",
        "a change of a lifecycle removes what cannot be removed",
        "Only states and transitions that are there can be removed, and not those by which the engine knows things.",
    ),
    Kind(
        "MC4062",
        "error",
        "a new state does not say what it means",
        "Whoever reads a diagram or a history meets the state; `means` says what it is like to be there.",
    ),
    Kind(
        "MC4063",
        "error",
        "an effect that is not in the catalog",
        "What may follow from a step is a closed list, and some of it makes sense in some lifecycles only.",
    ),
    Kind(
        "MC4064",
        "error",
        "the deadline of a state leads nowhere",
        "A deadline raises an event, and a transition of the state on this event says where that leads.",
    ),
    Kind(
        "MC4065",
        "error",
        "a step that plans rely on is gone",
        "Plans match people, part them and withdraw them through these transitions, whatever the facts are.",
    ),
)
