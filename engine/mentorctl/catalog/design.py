"""MC21xx: what makes programs fail. All of it is advice, which a workspace weighs under `checks`."""

from mentorctl.catalog.kind import Kind

KINDS = (
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
    Kind(
        "MC2110",
        "warning",
        "an objective that nothing measures",
        "An objective names a measure of `monitoring.measures`; without it nobody can tell whether it was reached.",
    ),
    Kind(
        "MC2111",
        "warning",
        "more meetings than there is room for",
        "Overloaded mentors cancel. With as many matches as they may have, people could not hold all their meetings.",
    ),
    Kind(
        "MC2112",
        "warning",
        "nobody is asked what they want",
        "Having a say in the match is one of the two features of programs that go with good outcomes; training is the "
        "other.",
    ),
    Kind(
        "MC2113",
        "warning",
        "nothing happens when people stop meeting",
        "How often people meet goes with the support that they feel, and most matches that fail fade away silently.",
    ),
    Kind(
        "MC2114",
        "warning",
        "the program has no closing",
        "Closure is one of the six standards of effective mentoring: people look back, and part as planned.",
    ),
    Kind(
        "MC2115",
        "warning",
        "nothing is measured",
        "Insufficient monitoring is a main cause of failing programs: trouble is seen when it is too late to help.",
    ),
    Kind(
        "MC2116",
        "warning",
        "no measure ever warns",
        "A number that may take any value leads to nothing.",
    ),
    Kind(
        "MC2117",
        "warning",
        "a match that does not work has no way out",
        "Some matches fail in every program. Where nobody learns of it, two people lose months and tell others.",
    ),
    Kind(
        "MC2118",
        "warning",
        "it is open how people hear of the program",
        "Open calls reach those who would have asked anyway; a formal program also invites those who would not.",
    ),
    Kind(
        "MC2119",
        "warning",
        "a question that nobody wrote",
        "A check-in names the question, but not its words, nor what kind of answer it has, so no alert can read it.",
    ),
)
