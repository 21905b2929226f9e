"""Every kind of finding: its permanent code, severity, constant summary and what an admin should know about it.

`docs/diagnostics.md` is generated from this table (`make docs`), and a test compares the two. Codes are never reused.

| range  | found by                                   |
|--------|--------------------------------------------|
| MC1xxx | reading YAML and the JSON Schemas          |
| MC2xxx | checks of the files alone                  |
| MC3xxx | the roster                                 |
| MC4xxx | lifecycles                                 |
| MC5xxx | matching                                   |
| MC6xxx | scheduling                                 |
| MC7xxx | plan, apply and the store                  |
| MC9xxx | the command line and the machine           |
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding. `summary` must make sense alone: it becomes the title of an annotation."""

    code: str
    severity: str
    summary: str
    meaning: str


_KINDS = (
    # -- MC1xxx: YAML and schema -------------------------------------------------------------------------------------
    Kind(
        "MC1001",
        "error",
        "this file is not readable YAML",
        "The text breaks YAML's own grammar, often by indentation, a tab, or an unclosed bracket or quote.",
    ),
    Kind(
        "MC1002",
        "error",
        "a key is written twice in one mapping",
        "Most YAML readers silently keep the last one. Both places are shown; keep one.",
    ),
    Kind(
        "MC1003",
        "error",
        "the file exceeds a reading limit",
        "Files come from pull requests of strangers, so size, depth, number of values and aliases are bounded.",
    ),
    Kind(
        "MC1004",
        "error",
        "a YAML feature that program files do not use",
        "Tags, merge keys (`<<`), anchors with aliases that repeat large parts, several documents in one file and keys "
        "that are not plain text are refused, because reviewers cannot see their effect.",
    ),
    Kind(
        "MC1005",
        "error",
        "the file cannot be read as text",
        "Files are UTF-8 text, regular files inside the workspace, not links or devices.",
    ),
    Kind(
        "MC1101",
        "error",
        "unknown key",
        "Every key is checked, so that a slip of the pen never passes silently. Keys beginning with `x-` are yours.",
    ),
    Kind("MC1102", "error", "a required key is missing", "The schema of this place asks for the key."),
    Kind(
        "MC1103",
        "error",
        "a value of the wrong type",
        'For example a list where a text is expected. YAML reads `12` as a number and `"12"` as text.',
    ),
    Kind("MC1104", "error", "a value that is not among the allowed ones", "The allowed values are listed."),
    Kind(
        "MC1105",
        "error",
        "a value that is not written as expected",
        "For example an id with capitals, a date that is not YYYY-MM-DD, or a duration without a unit.",
    ),
    Kind("MC1106", "error", "a number or a list is too small or too large", "The allowed range is given."),
    Kind(
        "MC1107",
        "error",
        "these keys do not go together",
        "One of several keys is wanted here, and none or more than one was written.",
    ),
    Kind(
        "MC1108",
        "error",
        "the first key does not name a known kind of file",
        "Every file says what it is: `mentorctl: workspace/v1` or `mentorctl: program/v1`.",
    ),
    Kind("MC1109", "error", "a value is written twice in one list", "Entries of such a list count once. Keep one."),
    # -- MC2xxx: checks of the files ---------------------------------------------------------------------------------
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
    # -- MC3xxx: roster ----------------------------------------------------------------------------------------------
    Kind(
        "MC3001",
        "error",
        "a roster file cannot be read",
        "It must be UTF-8 CSV inside the workspace or at the given path.",
    ),
    Kind("MC3002", "error", "a roster file lacks a column", "The contract names the column that a field is read from."),
    Kind(
        "MC3003",
        "error",
        "a row has more or fewer cells than the header",
        "Usually a comma inside a cell that is not quoted.",
    ),
    Kind("MC3004", "error", "a row has no id", "Every person needs the id that the contract names."),
    Kind("MC3005", "error", "a person is listed twice", "The same id appears in two rows of one source."),
    Kind(
        "MC3006",
        "error",
        "two rows of one person disagree",
        "A person who is in two sources has both roles; fields that both sources give must be equal.",
    ),
    Kind(
        "MC3007",
        "error",
        "a value that its field cannot have",
        "The contract's scale, options or type do not allow it.",
    ),
    Kind(
        "MC3008",
        "error",
        "a person who is not on the roster",
        "A person field, such as the manager, names an id that no row has.",
    ),
    Kind("MC3009", "error", "people manage each other in a circle", "Reporting lines must end somewhere."),
    Kind(
        "MC3010", "error", "a required value is missing", "The contract marks the field required, or missing: refused."
    ),
    Kind("MC3011", "error", "the roster exceeds a reading limit", "Rows, columns and cell sizes are bounded."),
    Kind(
        "MC3012",
        "warning",
        "a row is flagged as both roles but no second row links it",
        "The contract says under `roster.both_roles` what to do with such rows; nothing is guessed.",
    ),
    Kind("MC3013", "error", "a column is named twice in the header", "It is not clear which of the two to read."),
    Kind(
        "MC3015",
        "error",
        "a row claims both roles, which the contract refuses without a second row",
        "The contract says `unlinked: refuse`: each such person needs a row of each role with the same id.",
    ),
    Kind("MC3014", "error", "the roster has nobody in a role", "Matching needs at least one mentor and one mentee."),
    # -- MC4xxx: lifecycles ------------------------------------------------------------------------------------------
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
    Kind("MC4007", "error", "a guard names a fact that the lifecycle does not have", "The facts are a closed catalog."),
    # -- MC5xxx: matching --------------------------------------------------------------------------------------------
    Kind(
        "MC5001",
        "error",
        "no answer exists under the rules",
        "The program says `unmatched: refuse`, and someone cannot be matched. The rules that leave them without "
        "candidates are named.",
    ),
    Kind("MC5002", "warning", "people stay without a match", "They go to the waiting list; the reasons are counted."),
    Kind(
        "MC5003",
        "warning",
        "a standing match no longer satisfies a hard rule",
        "The rule or the roster changed since the match was made.",
    ),
    Kind("MC5004", "error", "the solver gave no proved answer", "Its answer is not used; the plan is not made."),
    # -- MC6xxx: scheduling ------------------------------------------------------------------------------------------
    Kind(
        "MC6001",
        "warning",
        "a pair has fewer sessions than it should",
        "Their common availability, the working hours, the cadence and the weekly load leave no slot.",
    ),
    Kind("MC6002", "warning", "people have no seat in a training session", "No session fits their availability."),
    Kind(
        "MC6003",
        "warning",
        "people cannot attend an event",
        "Their availability does not cover the slot that suits most.",
    ),
    Kind(
        "MC6004",
        "warning",
        "the timetable is not proved to be the best",
        "The time limit ended the search; the gap says how far from the best it can be at most.",
    ),
    # -- MC7xxx: plan, apply and store -------------------------------------------------------------------------------
    Kind(
        "MC7001", "error", "the plan is stale", "The state, the program files or the roster changed since it was made."
    ),
    Kind(
        "MC7002", "error", "this is not a plan that mentorctl wrote", "The file was changed, cut or is something else."
    ),
    Kind("MC7003", "error", "the store is locked", "Another command is writing to it; its owner is named."),
    Kind("MC7004", "error", "the store cannot be used", "For example a full disk, missing rights or a damaged file."),
    Kind(
        "MC7005",
        "error",
        "a program or cohort with people is no longer in the files",
        "Removing a file never removes people. Put it back.",
    ),
    Kind("MC7006", "error", "the store was written by a newer mentorctl", "Upgrade mentorctl."),
    Kind(
        "MC7007",
        "error",
        "the outcome of the apply is unknown",
        "The connection broke at the commit. Run `mentorctl show` before anything else.",
    ),
    Kind("MC7008", "error", "this plan was already applied", "Its changes are in the state; there is nothing to do."),
    Kind("MC7009", "error", "this plan belongs to another workspace", "Apply it where it was made."),
    Kind(
        "MC7010",
        "error",
        "the store belongs to another workspace",
        "Every workspace has a store of its own; `store` in mentorctl.yaml names that of another one.",
    ),
    # -- MC9xxx: command line and machine ----------------------------------------------------------------------------
    Kind("MC9001", "error", "wrong usage", "The command line does not fit; see --help."),
    Kind("MC9002", "error", "no workspace here", "mentorctl looks for mentorctl.yaml here and in the folders above."),
    Kind("MC9003", "error", "interrupted", "Nothing was written."),
    Kind(
        "MC9004",
        "error",
        "this is a bug in mentorctl",
        "The report file holds what the developers need, without personal data.",
    ),
    Kind("MC9005", "error", "a file cannot be written", "Nothing was changed."),
    Kind(
        "MC9007", "error", "a person must decide", "The command asks a question, and there is no terminal to answer on."
    ),
    Kind("MC9008", "error", "files are already there", "init never overwrites anything."),
    Kind("MC9006", "error", "nothing of that name", "The name is not in the state or the files."),
)

CATALOG = {kind.code: kind for kind in _KINDS}
