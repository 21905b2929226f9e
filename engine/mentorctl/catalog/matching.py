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
    Kind(
        "MC5005",
        "error",
        "groups that satisfy everything that is asked cannot be formed",
        "Sizes, seats, quotas or forced pairs contradict each other with the people who are there. What cannot be met "
        "is named.",
    ),
    Kind(
        "MC5006",
        "warning",
        "the matches are not proved to be the best",
        "The time limit ended the search; the gap says how much better an answer could be at most.",
    ),
    Kind("MC5004", "error", "the solver gave no proved answer", "Its answer is not used; the plan is not made."),
)
