"""MC2xxx: checks of the files alone."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind("MC2001", "error", "two programs have the same id", "A program's id is its identity in the state."),
    Kind("MC2002", "error", "an id is used twice", "Ids are unique in their list, because everything refers to them."),
    Kind(
        "MC2003",
        "error",
        "a rule names a field that the roster contract does not have",
        "Rules can use the fields declared under `roster.fields` in mentorctl.yaml, so that they can be checked.",
    ),
    Kind(
        "MC2004",
        "error",
        "a rule does not fit the type of its field",
        "For example a gap on a field that has no order, or an overlap of two single values of different scales.",
    ),
    Kind(
        "MC2005",
        "error",
        "a value that the field cannot have",
        "The contract lists a field's scale or options; a rule compared it with something else.",
    ),
    Kind(
        "MC2006",
        "error",
        "an unknown phase or event in a moment",
        "A moment is `PHASE.start`, `PHASE.middle`, `PHASE.end` or an event such as `match.accepted`.",
    ),
    Kind(
        "MC2007",
        "error",
        "a training module needs one that does not exist or that its audience is not offered",
        "Prerequisites must be modules of the same program, offered to everyone who must do them first.",
    ),
    Kind("MC2008", "error", "training modules need each other in a circle", "Nobody could ever begin."),
    Kind("MC2009", "error", "a date or a time that does not exist", "For example 2027-02-29."),
    Kind(
        "MC2010", "error", "an unknown time zone", "Use a name of the IANA time zone database, such as Europe/Berlin."
    ),
    Kind(
        "MC2011",
        "error",
        "a gate whose fact is collected nowhere",
        "Required training and approvals are facts. Declare `facts: completed` or `facts: approved` in the roster "
        "contract, or nobody would ever pass the gate.",
    ),
    Kind(
        "MC2012",
        "error",
        "this mentor type does not go with this model",
        "reverse asks for reverse-career mentors; one-on-one takes career, peer or life.",
    ),
    Kind("MC2013", "error", "two hard rules contradict each other", "No pair could ever satisfy both."),
    Kind(
        "MC2014",
        "error",
        "the timeline has no phase that this needs",
        "Matching needs a `matching` phase, meetings an `active` phase that comes after it.",
    ),
    Kind(
        "MC2015",
        "error",
        "a rule does not say exactly one thing to compare",
        "Each rule has one predicate: same, different, overlap, gap, reporting_line, timezone_within, "
        "availability_overlap, rank or not.",
    ),
    Kind(
        "MC2016",
        "error",
        "the points do not fit the rule",
        "points_each goes with overlap, a list of points with rank, a table of points with gap.",
    ),
    Kind(
        "MC2017",
        "error",
        "two cohorts of one program are open for the same roster at once",
        "A roster row is an application; say in `roster.sources` which cohort it applies to.",
    ),
    Kind("MC2018", "error", "a roster source names a program or cohort that does not exist", "Fix the name or add it."),
    Kind(
        "MC2019",
        "error",
        "the active phase cannot hold the meetings asked for",
        "`meetings.at_least` meetings at the given cadence do not fit into the active phase.",
    ),
    Kind("MC2020", "error", "a condition that nobody can meet", "The bounds of the field leave no value between them."),
    Kind(
        "MC2101",
        "warning",
        "the purpose has nothing that can be measured",
        "Programs without a measurable objective cannot show that they worked.",
    ),
    Kind(
        "MC2102", "warning", "no executive sponsor is named", "Missing sponsorship is a main cause of failing programs."
    ),
    Kind(
        "MC2103", "warning", "a role is offered no training", "Untrained mentors are a main cause of failing matches."
    ),
    Kind("MC2104", "warning", "training is due after the match", "People should be ready before they meet."),
    Kind("MC2105", "warning", "no check-in in the first third of the active phase", "Trouble is found too late."),
    Kind(
        "MC2106", "warning", "the meetings have no cadence", "Pairs that must find their own rhythm often stop meeting."
    ),
    Kind(
        "MC2107",
        "warning",
        "no rule looks at level, skills or wishes",
        "Matches on demographics alone work worse than matches on shared goals and needs.",
    ),
    Kind(
        "MC2108",
        "warning",
        "people in one reporting line may be matched",
        "A mentor should not evaluate the mentee. Declare a person field `manager` in the contract.",
    ),
    Kind(
        "MC2109",
        "warning",
        "matching begins before enrolling or training ends",
        "People would be matched before they could apply or prepare.",
    ),
)
