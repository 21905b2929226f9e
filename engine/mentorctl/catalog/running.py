"""MC45xx: what people say happened, what time brings, and what the log says of it."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC4501",
        "error",
        "this is about something that is not in the state",
        "The address, match or person is written wrongly, belongs to another program, or was never applied.",
    ),
    Kind(
        "MC4502",
        "error",
        "what this takes is not there yet",
        "The lifecycle foresees the event here, and its guard reads facts that are not recorded, such as a signature.",
    ),
    Kind(
        "MC4503",
        "error",
        "this cannot happen in the present state",
        "The lifecycle does not foresee the event where the thing stands now, for example because it is over.",
    ),
    Kind(
        "MC4504",
        "error",
        "this is said to happen in the future",
        "Only what has happened can be recorded. The time of a store is that of the clock, or further on where time "
        "was brought there with `mentorctl advance`.",
    ),
    Kind(
        "MC4505",
        "error",
        "this is told in the wrong order",
        "It would have led out of a state on a day before that state was entered.",
    ),
    Kind(
        "MC4506",
        "error",
        "the lifecycle of this thing cannot be read",
        "The definition by which it runs is not in the store, is damaged, or does not know where the thing stands. The "
        "thing waits for a person as an incident; everything else goes on.",
    ),
    Kind(
        "MC4507",
        "error",
        "one thing leads to another without an end",
        "Steps that follow from steps are cut off after a number that no sound lifecycle needs. Nothing was done; "
        "the thing waits for a person as an incident.",
    ),
    Kind(
        "MC4508",
        "error",
        "what should follow is not known",
        "The definition names an effect that this version cannot perform. The thing waits for a person as an incident.",
    ),
    Kind("MC4509", "error", "the lifecycle has no such event", "`mentorctl graph` shows the events of a lifecycle."),
    Kind(
        "MC4510",
        "error",
        "this waits for a person",
        "A step could not be done, so nothing more happens to this thing until somebody has looked and says so with "
        "`mentorctl incidents retry`.",
    ),
    Kind(
        "MC4511",
        "error",
        "this is no answer to the check-in",
        "The question is not asked there, the answer is outside of what it takes, or a required one is missing.",
    ),
    Kind(
        "MC4512",
        "error",
        "this is no fact of the lifecycle",
        "Facts are declared with a type; what is recorded must be one of them.",
    ),
    Kind(
        "MC4513",
        "error",
        "what was given cannot be read",
        "The words of a command and the columns of its file are listed by its --help.",
    ),
    Kind("MC4514", "error", "this is about the wrong person", "They are not in the match, or not in this role."),
    Kind(
        "MC4515",
        "error",
        "the log and the state differ",
        "One of the two was altered outside of mentorctl. The first difference of each thing is named.",
    ),
    Kind(
        "MC4516",
        "error",
        "several things could be meant",
        "Say which one, by its address or with the options that the finding names.",
    ),
    Kind(
        "MC4518",
        "error",
        "this cannot be decided or asked for",
        "A pair is a mentee and a mentor, or two peers, of one cohort. What was not pinned or blocked cannot be taken "
        "back.",
    ),
)
