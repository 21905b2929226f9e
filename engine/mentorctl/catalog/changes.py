"""MC212x and MC702x: what is called otherwise, what is retired, what comes from elsewhere, what differs by hand."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC2120",
        "error",
        "a former id that does not mean one thing",
        "`was` lists ids that something had before. Such an id is no id any more, and only one thing had it.",
    ),
    Kind(
        "MC2121",
        "error",
        "people of a retired program are sent where they cannot go",
        "`retire: {participants: transfer, to: …}` names another program of the workspace that goes on and has the "
        "same roles.",
    ),
    Kind(
        "MC7020",
        "error",
        "two things in the state would become one by a rename",
        "Both the old and the new id hold people or records. Nothing is merged by guessing.",
    ),
    Kind(
        "MC7021",
        "warning",
        "an id is gone and a similar one is new",
        "It may be a rename. Say so with `was`, and everything in the state moves along; else the old one ends and the "
        "new one begins.",
    ),
    Kind(
        "MC7022",
        "error",
        "the people of a retired program have nowhere to go",
        "On the day of the plan exactly one cohort of the program that they are sent to must run.",
    ),
    Kind(
        "MC7023",
        "error",
        "a row cannot be adopted",
        "A file of what ran elsewhere is taken over as a whole or not at all.",
    ),
    Kind(
        "MC7024",
        "warning",
        "something that was adopted does not stay as it is",
        "The files ask for something else than what ran elsewhere; the next plan would change it.",
    ),
    Kind(
        "MC7025",
        "warning",
        "a difference that cannot be written into the files",
        "The state was made from other files, or by something that files have no words for.",
    ),
    Kind(
        "MC7026",
        "error",
        "the history of the store does not hold together",
        "Commits follow one another without a gap, and the log leads to the state. Restore the newest backup.",
    ),
)
