"""MC6xxx: scheduling."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC6001",
        "warning",
        "a pair has fewer sessions than it should",
        "Their common availability, the working hours, the cadence and the weekly load leave no slot.",
    ),
    Kind(
        "MC6002",
        "warning",
        "people have no seat in a training session",
        "No session fits their availability, all seats that do are taken, or they have no seat in a module that comes "
        "before it. `mentorctl schedule` lists them with the reason.",
    ),
    Kind(
        "MC6003",
        "warning",
        "people cannot attend an event",
        "Their availability does not cover the slot that suits most, or another event takes them, the room or the "
        "facilitator then. All events are placed together, so that no other way has more people in them.",
    ),
    Kind(
        "MC6004",
        "warning",
        "the timetable is not proved to be the best",
        "The time limit ended the search, or there is more to choose from than can be proved; the gap says how far "
        "from the best it can be at most.",
    ),
    Kind(
        "MC6005",
        "error",
        "a room or a facilitator is asked for twice",
        "The day and the time of an event are written, and its room or its facilitator is somewhere else then or "
        "cannot be had. The finding names the nearest time at which it can, and whom that costs. Sessions whose time "
        "the engine chooses never collide.",
        may_be_relaxed=True,
    ),
    Kind(
        "MC6006",
        "warning",
        "an event for more people than its room has seats",
        "Who comes to an event is known when people are enrolled or matched; not all of them may come, so it is held.",
    ),
    Kind(
        "MC6010",
        "error",
        "a busy calendar cannot be read",
        "It is not there, too large, or no iCalendar file; its owner would be put into sessions at times that they do "
        "not have. Made a warning under `checks`, they count as busy with nothing.",
        may_be_relaxed=True,
    ),
    Kind(
        "MC6011",
        "warning",
        "an entry of a busy calendar is left out",
        "Its times cannot be read, so nobody knows when its owner is busy. All other entries of the file count.",
    ),
    Kind(
        "MC6012",
        "warning",
        "a busy calendar names an unknown time zone",
        "Only zones of the IANA database and the names that Windows has for them are known; definitions in the file "
        "are not evaluated. The entry is read on the clock of its owner.",
    ),
    Kind(
        "MC6013",
        "warning",
        "a repeating entry of a busy calendar is cut",
        "It repeats more often, or since longer, than calendars of people do. What could be read of it counts.",
    ),
    Kind(
        "MC6014",
        "warning",
        "a busy calendar belongs to nobody",
        "Files in the folder are called by the ids of the roster, such as `1057.ics`.",
    ),
)
