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
