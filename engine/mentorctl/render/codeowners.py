"""Who is asked about a change of which file: the part of a CODEOWNERS file that follows from the programs' owners."""

import re
from collections.abc import Iterable

from mentorctl.values import dataclass

_BEGIN, _END = "# mentorctl: begin", "# mentorctl: end"
_SECTION = re.compile(rf"^{_BEGIN}(?: (?P<group>[\w./-]+))?[^\n]*\n.*?^{_END}[^\n]*$", re.DOTALL | re.MULTILINE)
_HANDLE = re.compile(r"@[\w-]+(?:/[\w.-]+)*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_-]+")
_NOT_IN_PATHS = re.compile(r"[^\w./-]+", re.ASCII)  # blanks end a path and some characters mean something: any will do


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A file of the workspace, and who owns it in words of the programs."""

    file: str
    owners: tuple[str, ...]


def owners_section(
    programs: Iterable[Owned], shared: Iterable[str], *, group: str, folder: str, kit: Iterable[str]
) -> str:
    """The lines for a workspace in a folder of the repository ("" for its top).

    A program is of its owners. What is `shared` by all programs, and the files of the `kit` itself, are of all owners,
    one of whom must agree. An owner in words is a team of the group; one that is an address or begins with @ stays.
    """
    owned = sorted(programs, key=lambda one: one.file)
    everybody = _handles((owner for one in owned for owner in one.owners), group)
    lines = [f"{_BEGIN} {group} (from the owners of the programs; `mentorctl init --ci` renews these lines)"]
    lines += [_line(name, everybody) for name in kit]
    lines += [_line(f"{folder}/{name}" if folder else name, everybody) for name in shared]
    for one in owned:
        handles = _handles(one.owners, group)
        lines.append(_line(f"{folder}/{one.file}" if folder else one.file, handles or everybody))
    lines.append(_END)
    return "\n".join(lines)


def group_of(text: str) -> str:
    """The group that the section of a CODEOWNERS file was made for, or nothing."""
    found = _SECTION.search(text)
    return (found["group"] or "") if found else ""


def has_section(text: str) -> bool:
    """Whether the file has the two lines between which the section stands."""
    return _SECTION.search(text) is not None


def with_section(text: str, section: str) -> str:
    """The file with its section renewed; everything else stays."""
    return _SECTION.sub(lambda _: section, text, count=1)


def _handles(owners: Iterable[str], group: str) -> tuple[str, ...]:
    return tuple(sorted({handle for owner in owners if (handle := _handle(owner, group))}))


def _handle(owner: str, group: str) -> str:
    if _HANDLE.fullmatch(owner):
        return owner
    team = _NOT_IN_NAMES.sub("-", owner.lower()).strip("-")
    return f"@{group}/{team}" if team else ""


def _line(path: str, handles: tuple[str, ...]) -> str:
    return f"/{_NOT_IN_PATHS.sub('*', path)} {' '.join(handles)}".rstrip()
