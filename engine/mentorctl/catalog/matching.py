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
    Kind(
        "MC5002",
        "warning",
        "people stay without a match",
        "They go to the waiting list; the reasons are counted. "
        "`mentorctl explain unmatched` says for each of them which rules took the candidates away, which "
        "places are too few, and what each change would bring.",
    ),
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
    Kind(
        "MC5021",
        "error",
        "the certificate cannot be checked here",
        "It was made from other files, other people or another state. Nothing is said about whether it is right.",
    ),
    Kind(
        "MC5022",
        "error",
        "the plan or certificate is not what mentorctl wrote",
        "It was changed, or what it says about matches does not follow from the files and the roster. Do not apply it.",
    ),
    Kind(
        "MC5023",
        "warning",
        "a rule compares what one side never answered",
        "The field is blank for everybody of one role, so the rule holds for all pairs alike or for none.",
    ),
    Kind(
        "MC5010",
        "error",
        "forced pairs that cannot all be made",
        "`force` decides before the search, so it must fit the places of both people, those that other programs leave "
        "included.",
    ),
    Kind(
        "MC5011",
        "warning",
        "a forced pair that is not made",
        "One of the two is not there or not ready, or one declined the other.",
    ),
    Kind(
        "MC5012",
        "warning",
        "a forced pair breaks a hard rule",
        "The pair is made all the same; with `because` the line says why, and there is nothing to find.",
    ),
    Kind(
        "MC5013",
        "warning",
        "people have more matches than they have room for",
        "Their places or hours were lowered since, or two programs were not told to share them. The matches stand.",
    ),
    Kind(
        "MC5014",
        "warning",
        "a bound on a fairness gap keeps people without a match",
        "No more of a group can be matched than its candidates allow, and the other groups wait for it. The bound "
        "that would let everybody have a match who can is named.",
    ),
    Kind(
        "MC5015",
        "warning",
        "a fairness gap that compares nothing",
        "Groups of fewer than five people are not compared, because a figure about them is one about a person.",
    ),
    Kind("MC5004", "error", "the solver gave no proved answer", "Its answer is not used; the plan is not made."),
)
