"""MC9xxx: the command line and the machine."""

from mentorctl.catalog.kind import Kind

KINDS = (
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
    Kind(
        "MC9020",
        "error",
        "the files at a commit cannot be read",
        "They are read from git's storage: regular files of the workspace, of bounded size, as UTF-8.",
    ),
    Kind(
        "MC9010",
        "error",
        "a file is not rewritten",
        "Only regular files of the workspace are, not links, and only when nobody changed them in the meantime.",
    ),
    Kind(
        "MC9030",
        "error",
        "the files for the forge are not current",
        "`mentorctl init --ci` writes what is missing and renews who owns what; it changes nothing else.",
    ),
    Kind(
        "MC9031",
        "error",
        "the store or a roster is not the trusted one",
        "MENTORCTL_TRUST names a commit; what is read besides the workspace itself must be what that commit names.",
    ),
)
