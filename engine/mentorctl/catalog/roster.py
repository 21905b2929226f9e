"""MC3xxx: the roster."""

from mentorctl.catalog.kind import Kind

KINDS = (
    Kind(
        "MC3017",
        "error",
        "a decision about somebody that cannot be read",
        "The file that `roster.by_hand` names has the columns id, role, program, cohort and takes_part (yes or no).",
    ),
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
    Kind(
        "MC3016",
        "warning",
        "a decision about a pair that nobody on the roster fits",
        "`matching.pairs` names an id that no row has, or somebody who does not apply in that role; the decision then "
        "changes nothing. Remove it when the person has left.",
    ),
    Kind("MC3014", "error", "the roster has nobody in a role", "Matching needs at least one mentor and one mentee."),
)
