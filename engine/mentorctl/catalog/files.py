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
        "reverse asks for reverse-career mentors, peer for peer or life, team for career or life; all other "
        "models take career, peer or life.",
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
        "Each rule has one predicate: same, different, overlap, contains, value_matrix, gap, reporting_line, "
        "timezone_within, availability_overlap, rank, met_before, declined_before, when or not.",
    ),
    Kind(
        "MC2016",
        "error",
        "the points do not fit the rule",
        "points_each and points_share go with overlap, a list of points and unranked with rank, a table of points with "
        "gap, and triples with value_matrix.",
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
        "MC2060",
        "warning",
        "two phases share days",
        "Phases follow one another unless they say when they begin. People would be in both at once.",
    ),
    Kind(
        "MC2061",
        "error",
        "an extension runs into a phase that has a date of its own",
        "What follows an extended phase moves along, but a fixed `start` does not. Give that phase a later start in "
        "this cohort.",
    ),
    Kind(
        "MC2062", "error", "a stretch of days that ends before it begins", "Both ends belong to it, so one day is fine."
    ),
    Kind(
        "MC2063",
        "error",
        "a cohort changes a phase that the timeline does not have",
        "`extended` and `phases` of a cohort name phases of `timeline.phases`.",
    ),
    Kind(
        "MC2064",
        "error",
        "public holidays of an unknown place",
        "Countries are written by their ISO 3166 codes, such as DE, parts of them such as DE-BY.",
    ),
    Kind(
        "MC2065",
        "error",
        "the data of public holidays is not installed",
        "Holidays come from the optional library `holidays`. Install it with the extra of the same name, or list the "
        "days under `closed`.",
    ),
    Kind(
        "MC2066",
        "error",
        "a milestone lies before one that it comes after",
        "Deadlines in the wrong order: what depends on a milestone cannot be over before it.",
    ),
    Kind(
        "MC2067",
        "warning",
        "a milestone begins before the one that it comes after is over",
        "The two windows overlap, so it is open which of them counts.",
    ),
    Kind("MC2068", "error", "milestones wait for each other in a circle", "None of them would have a day or a turn."),
    Kind("MC2069", "error", "a milestone comes after one that does not exist", "`after` lists ids of milestones."),
    Kind(
        "MC2070",
        "error",
        "rolling intake and cohorts mixed",
        "With `intake: rolling` people begin when they come; it has the one cohort `rolling`, which only it has.",
    ),
    Kind(
        "MC2071",
        "error",
        "a date in the timeline of everybody",
        "With rolling intake each person has phases of their own; only what is `on` a date is the same for all.",
    ),
    Kind("MC2072", "warning", "an event outside every cohort", "Nobody takes part on that day."),
    Kind("MC2073", "warning", "closed days outside every cohort", "They change nothing; perhaps the year is wrong."),
    Kind(
        "MC2074",
        "error",
        "there are no working days",
        "Days are counted as working days, but a whole year has none.",
    ),
    Kind(
        "MC2075",
        "warning",
        "a clock time that its day does not have once",
        "When clocks are set forward, a skipped time is moved forward; when they are set back, the first is meant.",
    ),
    Kind("MC2076", "warning", "an event on a closed day", "It is held there all the same, because the file says when."),
    Kind(
        "MC2077",
        "warning",
        "a module is due before one that it needs",
        "Deadlines in the wrong order: people would have to finish the second before the first.",
    ),
    Kind(
        "MC2030",
        "error",
        "a word of another model",
        "Programs for peers call the two of a pair `a` and `b`; all others call them `mentee` and `mentor`.",
    ),
    Kind(
        "MC2031",
        "error",
        "a rule reads differently when two peers change places",
        "Peers have no order. Such a rule says `ways: both` or `ways: either`.",
    ),
    Kind(
        "MC2032",
        "error",
        "two decisions about pairs contradict each other",
        "A pair is named once, never with itself, and nobody is forced into more matches than the capacity allows.",
    ),
    Kind(
        "MC2033",
        "error",
        "no pair can reach the minimum score",
        "The soft rules together give fewer points, even where all of them hold.",
    ),
    Kind(
        "MC2034",
        "warning",
        "a soft rule that can never give points",
        "A hard rule rules out every pair for which it would hold.",
    ),
    Kind("MC2035", "error", "a pair of values is listed twice", "It is not clear which of the two is meant."),
    Kind(
        "MC2036",
        "error",
        "a field that is not used in matching",
        "No rule and no condition may read a field whose contract says `used_in_matching: false`, nor a sensitive one "
        "unless it says `used_in_matching: true`: similar goals and needs matter more than who people are.",
    ),
    Kind(
        "MC2080",
        "error",
        "a name that refers to nothing",
        "Agendas, forms, questions, messages, modules, hard rules, channels, rooms, facilitators and programs are "
        "named by their ids. What is named must be written.",
    ),
    Kind(
        "MC2081",
        "error",
        "a message template that cannot be filled in",
        "Templates come from pull requests of strangers and are sent to people, so they hold text, `{{ name }}`, and "
        "`if` and `for` over such names, and nothing else: no filters, no attributes, no calls.",
    ),
    Kind(
        "MC2082",
        "error",
        "something is meant for people whom the program does not have",
        "Programs for peers have peers, all others mentors and mentees. A sponsor and managers are reached only when "
        "the program and the roster say who they are.",
    ),
    Kind(
        "MC2083",
        "error",
        "a measure that has no average",
        "Measures are ratios, boolean or number fields of the roster, or questions that are answered by a number.",
    ),
    Kind(
        "MC2084",
        "error",
        "a threshold that always or never warns",
        "A warning helps only when it tells some values from others.",
    ),
    Kind(
        "MC2085",
        "error",
        "a message whose template is not there",
        "The text of a message is a file messages/NAME.md.j2 of the workspace.",
    ),
    Kind(
        "MC2086",
        "error",
        "a room with too few seats",
        "Everybody who may take part in a session or a group finds a seat in its room.",
    ),
    Kind(
        "MC2087",
        "warning",
        "roster rows for a role that no program has",
        "Nobody in this file could ever take part: programs for peers have peers, all others mentors and mentees.",
    ),
    Kind(
        "MC2088",
        "error",
        "a virtual program that is not virtual",
        "The model virtual is one-on-one at a distance, with a rule for close time zones. Other models go remote by "
        "`delivery: virtual`.",
    ),
    Kind(
        "MC2089",
        "error",
        "an aim or a bound that this model does not have",
        "cover_mentees and cover_mentors count mentees and mentors, cover_peers counts peers, complete_groups the "
        "groups of group, team, mosaic and functional, cohesion members of all these but a mosaic's. worst_match, "
        "rank_sum, changes and stable matches are for pairs, load_balance for mentors of pairs, leximin and "
        "mean_points for mentees with one mentor each. A mosaic bounds mentors only, and peers are not bounded.",
    ),
    Kind(
        "MC2090", "warning", "a mosaic with a single need", "A mosaic gives a mentee a different mentor for each need."
    ),
    Kind(
        "MC2091",
        "warning",
        "fewer mentors for a mentee than needs",
        "Whoever has all needs stays without a mentor for some of them.",
    ),
    Kind(
        "MC2092",
        "error",
        "a project that nobody can join",
        "`matching.skills.min` says how many of a project's skills people have at least.",
    ),
    Kind(
        "MC2093",
        "error",
        "a group that cannot be put together",
        "Sizes, seats and mixtures of a group leave no group that satisfies all of them.",
    ),
    Kind(
        "MC2094",
        "error",
        "a flash match with several meetings",
        "A flash match is one session. Who may have several of them is a matter of capacity.",
    ),
    Kind(
        "MC2095",
        "error",
        "a rule that no two peers can satisfy",
        "With `ways: both` it must hold both ways round, but only one of two people can be above the other.",
    ),
    Kind(
        "MC2096",
        "error",
        "aims that contradict each other or the rest",
        "An aim comes after what it depends on: the worst match and the load of mentors are best when few are matched, "
        "so an aim that counts people comes first. Ranks need a rule that reads them, changes need matches that may "
        "change, a fairness gap a rule under `pool` that says whose, and leximin one match for each mentee.",
    ),
    Kind(
        "MC2097",
        "warning",
        "an aim that changes nothing",
        "All answers are equal in it, so it is never what decides.",
    ),
    Kind(
        "MC2098",
        "error",
        "programs that cannot be matched together",
        "Programs of one row of `sharing.together` are pairs of mentors and mentees, have the same objective, no rules "
        "for the whole pool and no stable matches, and share something: places or hours.",
    ),
    Kind(
        "MC2301",
        "error",
        "an expression cannot be read",
        "Expressions are written as in CEL: names, numbers, texts in quotes, `== != < <= > >= in`, `&& || !`, `+ -`, "
        "`condition ? value : other value`, `has()`, `default()`, `size()`, `date()` and `duration()`.",
    ),
    Kind(
        "MC2302",
        "error",
        "an expression uses a name that is not there",
        "An expression sees the fields of the people it is about, the questions of its form, or a closed list of "
        "facts; a text beside a field with a scale or with options must be one of them.",
    ),
    Kind(
        "MC2303",
        "error",
        "the parts of an expression do not fit together",
        "Both sides of a comparison are of one kind; the whole is true or false.",
    ),
    Kind(
        "MC2304",
        "error",
        "an expression reads a field that may be blank",
        "Ask first, as in `has(tenure) && tenure >= 12`, or give a default, as in `default(tenure, 0) >= 12`.",
    ),
    Kind(
        "MC2305",
        "error",
        "an expression is too big",
        "At most 2,000 characters, 200 names, values and operators, and 32 levels of nesting.",
    ),
)
