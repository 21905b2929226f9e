"""Who extends whom: the programs and bases of a workspace as a family, without circles and not too deep."""

from collections.abc import Iterable, Mapping

from mentorctl.diagnostics import Diagnostic, Place, Related, did_you_mean, finding, quoted_list
from mentorctl.spec.wording import shortened
from mentorctl.values import dataclass

MOST_ANCESTORS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A program or base, by its file. `id` is empty when the file says none; `extends` is None when it is no id."""

    file: str
    id: str
    extends: str | None
    is_base: bool

    @property
    def what(self) -> str:
        return "base" if self.is_base else "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The members in an order in which parents come first, and the parent of each that has one.

    `lost` are the files whose ancestors cannot be told, `doubles` those whose id another file has; both are in `order`.
    """

    order: tuple[Member, ...]
    parents: Mapping[str, str]
    lost: frozenset[str]
    doubles: frozenset[str]
    findings: tuple[Diagnostic, ...]


def family(members: Iterable[Member], *, unread: frozenset[str] = frozenset()) -> Family:
    """How members are related; `unread` are ids that files may have of which the id could not be read."""
    all_of_them = tuple(members)
    by_id: dict[str, Member] = {}
    doubles: dict[str, Member] = {}
    for member in all_of_them:
        first = by_id.setdefault(member.id, member) if member.id else member
        if first is not member:
            doubles[member.file] = member
    findings = [_double(member, by_id[member.id]) for member in doubles.values()]
    parents: dict[str, Member] = {}
    lost = {member.file for member in all_of_them if member.extends is None}
    for member in all_of_them:
        if not member.extends:
            continue
        parent = by_id.get(member.extends)
        problem = _parent_problem(member, member.extends, parent, by_id)
        if problem is not None:
            lost.add(member.file)
            findings += () if parent is None and member.extends in unread else (problem,)
        elif parent is not None:
            parents[member.file] = parent
    depths = _depths(all_of_them, parents, lost, findings)
    findings += () if unread or lost else _unused(all_of_them, parents, doubles)  # who is lost may mean any of them
    return Family(
        order=tuple(sorted(all_of_them, key=lambda m: depths.get(m.file, 0))),
        parents={file: parent.file for file, parent in parents.items() if file not in lost},
        lost=frozenset(lost),
        doubles=frozenset(doubles),
        findings=tuple(findings),
    )


def _depths(
    members: tuple[Member, ...], parents: Mapping[str, Member], lost: set[str], findings: list[Diagnostic]
) -> dict[str, int]:
    """How many ancestors each member has that can be told; finds circles and chains that are too long."""
    depths: dict[str, int] = {}
    for member in members:
        way: list[Member] = []
        on_way: set[str] = set()
        at: Member | None = member
        while at is not None and at.file not in depths and at.file not in lost and at.file not in on_way:
            way.append(at)
            on_way.add(at.file)
            at = parents.get(at.file)
        if at is not None and at.file in on_way:
            circle = way[[m.file for m in way].index(at.file) :]
            findings.append(_circle(circle))
            lost.update(m.file for m in way)
            continue
        is_lost = at is not None and at.file in lost
        depth = -1 if at is None or is_lost else depths[at.file]
        for one in reversed(way):
            depth += 1
            if not is_lost and depth > MOST_ANCESTORS:
                findings.append(_too_deep(one))
                is_lost = True
            if is_lost:
                lost.add(one.file)
            else:
                depths[one.file] = depth
    return depths


def _double(member: Member, first: Member) -> Diagnostic:
    both = member.is_base or first.is_base
    return finding(
        "MC1207" if both else "MC2001",
        f"`{shortened(member.id)}` is already the id of {first.file}",
        help=f"give this {member.what} another id",
        place=_place(member, "id"),
        related=(Related(message="first written here", place=_place(first, "id")),) if both else (),
    )


def _parent_problem(
    member: Member, wanted: str, parent: Member | None, known: Mapping[str, Member]
) -> Diagnostic | None:
    name = shortened(wanted)
    if parent is None:
        fitting = [m.id for m in known.values() if m.id != member.id and (m.is_base or not member.is_base)]
        kinds = "base" if member.is_base else "base or program"
        listed = f"there are {quoted_list(fitting, last='and')}" if fitting else "this workspace has none"
        return finding(
            "MC1201",
            f"there is no {kinds} `{name}`" + (f"; {listed}" if len(fitting) <= _FEW else ""),
            help=did_you_mean(wanted, fitting) or "bases are files in the folder `bases`",
            place=_place(member, "extends"),
        )
    if member.is_base and not parent.is_base:
        return finding(
            "MC1201",
            f"`{name}` is a program, and a base extends other bases only",
            help=f"move what they share into a base, and let `{name}` extend it too",
            place=_place(member, "extends"),
            related=(Related(message="the program", place=_place(parent, "id")),),
        )
    return None


def _circle(circle: list[Member]) -> Diagnostic:
    if len(circle) == 1:
        return finding(
            "MC1202",
            f"this {circle[0].what} extends itself",
            help="delete this line, or name another one",
            place=_place(circle[0], "extends"),
        )
    shown = [*circle[:_FEW], *circle[-1:]] if len(circle) > _FEW + 1 else circle
    chain = " → ".join(f"`{shortened(m.id)}`" for m in shown[:_FEW]) + (" → …" if shown is not circle else "")
    return finding(
        "MC1202",
        f"{chain} → `{shortened(circle[0].id)}`: each extends the next, so that none of them has a beginning",
        help="delete one of these lines",
        place=_place(circle[0], "extends"),
        related=tuple(
            Related(message=f"`{shortened(m.id)}` extends here", place=_place(m, "extends")) for m in shown[1:]
        ),
    )


def _too_deep(member: Member) -> Diagnostic:
    return finding(
        "MC1206",
        f"`{shortened(member.id)}` has more than {MOST_ANCESTORS} ancestors, which nobody can follow",
        help="let it extend one of the older ones, and write here what the ones between add",
        place=_place(member, "extends"),
    )


def _unused(
    members: tuple[Member, ...], parents: Mapping[str, Member], doubles: Mapping[str, Member]
) -> Iterable[Diagnostic]:
    used = {parent.file for parent in parents.values()}
    for member in members:
        if member.is_base and member.file not in used and member.file not in doubles and member.id:
            yield finding(
                "MC1205",
                f"no program extends `{shortened(member.id)}`, so that it has no effect",
                help=f"write `extends: {shortened(member.id)}` in a program, or delete this file",
                place=_place(member, "id"),
            )


def _place(member: Member, key: str) -> Place:
    return Place(document=member.file, path=(key,))


_FEW = 12
