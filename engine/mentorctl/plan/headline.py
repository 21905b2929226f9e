"""The sentence with which a plan begins wherever it is shown: what it means to people, the worst first."""

from collections.abc import Mapping

from mentorctl.plan.consequences import Impact

_VERBS = {
    Impact.ERASED: ("is forgotten", "are forgotten"),
    Impact.WITHDRAWN: ("leaves", "leave"),
    Impact.UN_MATCHED: ("loses their match", "lose their match"),
    Impact.RE_MATCHED: ("has other partners", "have other partners"),
    Impact.RESCHEDULED: ("has dates that move", "have dates that move"),
    Impact.INFORMED: ("hears something new", "hear something new"),
    Impact.INTERNAL: ("is only recorded", "are only recorded"),
}
_MOST = 3  # clauses; the table below the sentence has the rest


def headline(counts: Mapping[Impact, int], people: int) -> str:
    """What happens to how many people, and how many of all are not touched."""
    found = [(impact, counts[impact]) for impact in reversed(Impact) if impact in _VERBS and counts.get(impact)]
    if not found:
        return "Nothing changes for anybody."
    clauses = [f"{count:,} {_VERBS[impact][count != 1]}" for impact, count in found[:_MOST]]
    noun = "person" if found[0][1] == 1 else "people"
    first, _, rest = clauses[0].partition(" ")
    clauses[0] = f"{first} {noun} {rest}"
    more = sum(count for _, count in found[_MOST:])
    clauses += [f"{more:,} more are touched less"] if more else []
    listed = clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])} and {clauses[-1]}"
    left = people - sum(count for _, count in found)
    rest = f"; {left:,} of {people:,} {'is' if left == 1 else 'are'} not touched" if left > 0 else ""
    return f"{listed}{rest}."
