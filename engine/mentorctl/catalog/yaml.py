"""MC1xxx: reading YAML, the JSON Schemas, and reuse."""

from mentorctl.catalog.kind import Kind

KINDS = (
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
)
