"""MC5xxx: matching."""

from mentorctl.catalog.kind import Kind

KINDS = (
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
)
