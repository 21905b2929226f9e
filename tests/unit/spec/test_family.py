"""Who extends whom: order, circles, depth, and what cannot be told."""

from mentorctl.spec.family import MOST_ANCESTORS, Family, Member, family


def related(*edges: str, unread: frozenset[str] = frozenset()) -> Family:
    """A family from edges such as `a<b` (a base a extends b), `a` (a base alone) and `P<b` (a program: a capital)."""
    members = []
    for edge in edges:
        name, _, parent = edge.partition("<")
        members.append(Member(file=f"{name}.yaml", id=name, extends=parent, is_base=name.islower()))
    return family(members, unread=unread)


def codes(kin: Family) -> list[str]:
    return [one.code for one in kin.findings]


def test_parents_come_first() -> None:
    """The order is one in which everything that is inherited is known before it is needed."""
    kin = related("P<a", "a<b", "b<c", "c", "Q<b")

    names = [member.id for member in kin.order]
    assert sorted(names) == sorted(["P", "a", "b", "c", "Q"])
    assert names.index("c") < names.index("b") < names.index("a") < names.index("P")
    assert names.index("b") < names.index("Q")
    assert (codes(kin), kin.lost, kin.doubles) == ([], frozenset(), frozenset())


def test_what_hangs_on_a_circle_is_lost() -> None:
    """The circle is one finding; whoever leads into it has no beginning either."""
    kin = related("P<a", "a<b", "b<c", "c<a", "Q<d", "d")

    assert codes(kin) == ["MC1202"]
    assert kin.lost == {"P.yaml", "a.yaml", "b.yaml", "c.yaml"}
    assert "`b` → `c` → `a`" in kin.findings[0].detail or "`a` → `b` → `c`" in kin.findings[0].detail


def test_two_circles_are_two_findings() -> None:
    """Each circle is told once, wherever one begins to walk."""
    assert codes(related("a<b", "b<a", "c<c", "P<c")) == ["MC1202", "MC1202"]


def test_an_unknown_parent_loses_its_line() -> None:
    """Those below are not told again, and no base is called unused while one is looked for."""
    kin = related("P<a", "a<nobody", "spare")

    assert codes(kin) == ["MC1201"]
    assert kin.lost == {"P.yaml", "a.yaml"}


def test_a_parent_that_could_not_be_read_is_not_unknown() -> None:
    """Its own finding says what is wrong; whoever extends it is just as lost."""
    kin = related("P<broken", unread=frozenset({"broken"}))

    assert codes(kin) == []
    assert kin.lost == {"P.yaml"}


def test_depth_counts_ancestors() -> None:
    """The first that has one too many is told, and all below are lost; the order of the files does not matter."""
    line = [f"b{n}<b{n + 1}" for n in range(MOST_ANCESTORS)] + [f"b{MOST_ANCESTORS}"]
    assert codes(related("P<b1", "Q<b0", *line)) == ["MC1206"]
    for edges in (["P<b0", *line], [*reversed(line), "P<b0"]):
        kin = related(*edges)
        assert codes(kin) == ["MC1206"]
        assert kin.lost == {"P.yaml"}


def test_one_id_names_one_file() -> None:
    """Two programs, two bases, or one of each: the second is told, and is no member that one could extend."""
    members = [
        Member(file="1", id="x", extends="", is_base=True),
        Member(file="2", id="x", extends="", is_base=False),
        Member(file="3", id="y", extends="x", is_base=False),
        Member(file="4", id="y", extends="", is_base=False),
    ]
    kin = family(members)

    assert codes(kin) == ["MC1207", "MC2001"]
    assert kin.doubles == {"2", "4"}
    assert kin.parents == {"3": "1"}


def test_files_without_ids_are_no_doubles() -> None:
    """An id that is missing is its own finding."""
    members = [Member(file=name, id="", extends=None, is_base=False) for name in "ab"]
    kin = family(members)

    assert codes(kin) == []
    assert kin.doubles == frozenset()
    assert kin.lost == {"a", "b"}


def test_a_long_line_needs_no_deep_stack() -> None:
    """Twenty thousand bases in a line are walked, not recursed into."""
    kin = related(*(f"b{n}<b{n + 1}" for n in range(20_000)), "b20000")

    assert codes(kin) == ["MC1206"]
