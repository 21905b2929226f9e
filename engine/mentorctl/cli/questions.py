"""From a folder to the searches for matches that a plan would make: what `explain` and `show problem` share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mentorctl.cli.planning import names_of, ready_engine
from mentorctl.cli.progress import Progress
from mentorctl.cli.shell import DEFAULTS, Shell, Solving, Stop
from mentorctl.cli.workspace import Opened, open_workspace, outside_tables, people_of
from mentorctl.diagnostics import Place, did_you_mean, finding, has_errors, quoted_list
from mentorctl.optimize.worker import WorkerEngine
from mentorctl.pipeline import living_definitions, problems
from mentorctl.roster.people import Roster
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.plan.problems import MatchingProblem
    from mentorctl.render.page import Page
    from mentorctl.state.model import MatchRecord

    type Decided = Mapping[tuple[str, str], tuple[MatchRecord, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Asking:
    """The searches of a day, and the engine that made them, which is at hand until the question is answered."""

    shell: Shell
    opened: Opened
    roster: Roster
    problems: "tuple[MatchingProblem, ...]"
    engine: WorkerEngine

    def of_program(self, program: str | None) -> "tuple[MatchingProblem, ...]":
        """The searches of one program, or all. Raises Stop for a program that is not there."""
        known = sorted(compiled.program.id for compiled in self.opened.loaded.programs)
        if program is not None and program not in known:
            near = did_you_mean(program, known) or f"there are {quoted_list(known, last='and')}"
            raise Stop([finding("MC9006", f"there is no program `{program}`", help=near)])
        return tuple(p for p in self.problems if program in (None, p.cohort.program.id))

    def person(self, name: str) -> str:
        """The opaque id of somebody, who may be named by an opaque id or one of the roster; a match keeps its id."""
        from mentorctl.addresses import opaque_id

        matches = {r.address.id for p in self.problems for r in (*p.kept, *p.made)}
        known = {*self.roster.ids, *(e.person for p in self.problems for e in p.enrolled)}
        who = name if name in known | matches else opaque_id("p", self.opened.workspace.id, name)
        if who not in known | matches:
            raise Stop(
                [
                    finding(
                        "MC9006",
                        f"there is nobody and no match with the id `{name}`",
                        help="ids are those of the roster, and the opaque ones that plans show",
                    )
                ]
            )
        return who

    def called(self, *, names: bool) -> Callable[[str], str]:
        """How people are called: by opaque id, or by the name that the roster has."""
        known = names_of(self.roster) if names else {}
        return lambda person: known.get(person, person)


@contextmanager
def asking(
    shell: Shell, as_of: date, *, solving: Solving = DEFAULTS, decided: "Decided | None" = None
) -> Iterator[Asking]:
    """Read, check and search as a plan does, but schedule nothing. Raises Stop on errors.

    With `decided`, nothing is searched: the matches are those that a plan chose, or none.
    """
    with ready_engine(solving) as engine:
        with Progress(enabled=not shell.is_json) as report:
            opened = open_workspace(shell, as_of=as_of)
            opened.workspace  # noqa: B018 - stops here when the files have errors
            report("reading the roster")
            roster, _ = people_of(opened)
            reader = opened.reader()
            snapshot = reader.read()
            searched = problems(
                opened.loaded,
                roster,
                snapshot,
                as_of=as_of,
                engine=engine,
                report=report,
                outside=outside_tables(opened),
                decided=decided,
                definitions=living_definitions(snapshot, reader.definition),
            )
        errors = [found for found in searched.findings if found.is_error and found.code not in ANSWERABLE]
        if has_errors(errors):
            raise Stop(errors, opened.loaded.texts)
        yield Asking(shell=shell, opened=opened, roster=roster, problems=searched.problems, engine=engine)


def print_page(shell: Shell, page: "Page", kind: str, answers: tuple[object, ...], opened: Opened) -> None:
    """The answers in the format that was asked for."""
    from mentorctl.render.page import page_html, page_text

    if shell.is_json:
        shell.print_json({"format": f"mentorctl/{kind}/v1", "answers": [as_json(answer, opened) for answer in answers]})
    elif shell.format == "html":
        shell.print(page_html(page))
    else:
        shell.print(page_text(page, shell.out_style))


def as_json(value: object, opened: Opened) -> Any:  # noqa: ANN401
    """A value as JSON; a place in a document becomes one in a file."""
    if isinstance(value, Place):
        span = opened.loaded.locate(value)
        if span is None:
            return {"document": value.document}
        return {"filename": span.file, "line": span.line, "column": span.column}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name), opened) for f in fields(value)}
    if isinstance(value, tuple):
        return [as_json(item, opened) for item in value]
    return value


ANSWERABLE = frozenset({"MC5001", "MC5005"})  # what a question about who is unmatched is about
