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
    Kind(
        "MC1110",
        "error",
        "a file of an unknown version",
        "A newer mentorctl may know it. Versions are part of the first key, such as `program/v1`, so that no file is "
        "read in a way it was not written for.",
    ),
    Kind(
        "MC1120",
        "info",
        "the lines of this file do not end alike",
        "Some end as on Windows, some as on Unix. It reads the same; reviews show lines as changed that are not.",
    ),
    Kind(
        "MC1201",
        "error",
        "there is nothing of that name to extend",
        "`extends` names a base, or in a program also another program, by its id.",
    ),
    Kind("MC1202", "error", "files extend each other in a circle", "None of them has a beginning to start from."),
    Kind(
        "MC1203",
        "error",
        "a final value is changed",
        "What mentorctl.yaml, a base or a program declares `final` stays as it is in all that inherit it. Both places "
        "are shown.",
    ),
    Kind(
        "MC1204",
        "error",
        "there is nothing to remove",
        "`null` removes a value that is inherited; nothing is inherited here.",
    ),
    Kind("MC1205", "warning", "nobody extends this base", "It has no effect, and its content is checked in part only."),
    Kind("MC1206", "error", "too many ancestors", "Nobody can follow where values come from over so many files."),
    Kind(
        "MC1207",
        "error",
        "an id that another program or base has",
        "`extends` finds bases and programs by one id, so that an id names one file.",
    ),
    Kind(
        "MC1208",
        "error",
        "a final path leads to nothing",
        "A slip of the pen in `final` would protect nothing. What nobody writes can be final too, when the language "
        "has a default for it.",
    ),
)
