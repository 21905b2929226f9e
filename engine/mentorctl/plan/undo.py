"""The way back from a migration, from what the log says that it did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.migrate import EVENT
from mentorctl.lifecycle.migration import Line, reversed_lines
from mentorctl.state.live import Logged

type Undo = Mapping[tuple[str, str], tuple[Line, ...]]  # (program, lifecycle) → what becomes of whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The lines that lead back, or why there are none."""

    lines: Undo
    findings: tuple[Diagnostic, ...]


def undo_of(serial: int, logged: Iterable[Logged], programs: Iterable[CompiledProgram]) -> Undone:
    """What takes everybody back whom the migration of a commit moved; `logged` are the lines of that commit.

    The files must say again what they said before. Finding MC4050 says why it is refused.
    """
    known = {compiled.program.id: compiled for compiled in programs}
    moved: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for line in logged:
        if line.event == EVENT:
            key = (line.address.program, line.address.kind or ("cohort" if line.address.cohort else "program"))
            moved.setdefault(key, {})[line.before, line.after] = line.definition
    if not moved:
        return _refused(f"the commit {serial} carried nobody over", "`mentorctl history` shows what a commit did")
    lines: dict[tuple[str, str], tuple[Line, ...]] = {}
    for (program, lifecycle), pairs in sorted(moved.items()):
        compiled = known.get(program)
        if compiled is None or compiled.runtime.digest in pairs.values():
            return _refused(
                f"the files still say of `{program}` what the commit {serial} led to",
                "take the change of the files back first (`git revert`), then plan the way back",
            )
        back, why = reversed_lines(Line(old=old, to=new) for old, new in pairs)
        if why:
            return _refused(
                f"the lifecycle `{lifecycle}` of `{program}` cannot go back: {why}",
                "write under `migration` what becomes of whom",
            )
        lines[program, lifecycle] = back
    return Undone(lines=lines, findings=())


def _refused(detail: str, remedy: str) -> Undone:
    return Undone(lines={}, findings=(finding("MC4050", detail, help=remedy),))
