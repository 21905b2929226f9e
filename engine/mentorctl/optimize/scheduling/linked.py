"""What has something in common, directly or through others, and so has to be decided together."""

from collections.abc import Sequence


def linked(needs: Sequence[Sequence[int]]) -> list[list[int]]:
    """The numbers of those that share a need with each other, in groups, by the first of each."""
    leader: dict[int, int] = {}

    def lead(each: int) -> int:
        while leader.setdefault(each, each) != each:
            leader[each] = each = leader[leader[each]]
        return each

    for needed in needs:
        for each in needed[1:]:
            leader[lead(needed[0])] = lead(each)
    groups: dict[int, list[int]] = {}
    alone: list[list[int]] = []
    for number, needed in enumerate(needs):
        if needed:
            groups.setdefault(lead(needed[0]), []).append(number)
        else:
            alone.append([number])
    return sorted([*groups.values(), *alone])
