"""Test files to results: each case in a world of its own, one after the other, always with the same outcome."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from mentorctl import pipeline
from mentorctl.diagnostics import (
    Diagnostic,
    FieldPath,
    Span,
    did_you_mean,
    finding,
    has_errors,
    in_order,
    quoted_list,
)
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.optimize.engine import Engine
from mentorctl.plan.messages import PlannedMessage
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.cases import Case, CaseFile, PlanAgain, Then
from mentorctl.spec.fixes import text_findings
from mentorctl.spec.header import check_header
from mentorctl.spec.policies import Effect
from mentorctl.spec.read_test import read_cases
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import Source, read_source
from mentorctl.store.memory import MemoryStore
from mentorctl.testing.expectations import failures
from mentorctl.testing.people import tables_of
from mentorctl.testing.world import Trouble, World
from mentorctl.values import dataclass

type TablesOf = Callable[[Mapping[str, str]], tuple[Sequence[Table], Sequence[Diagnostic]]]
"""Reads the roster files, some replaced by others (source file → file)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseText:
    """A test file as read; without `cases` it has errors."""

    source: Source
    cases: CaseFile | None
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """How one case ended; `messages` are those that were planned, with roster ids as recipients."""

    file: str
    id: str
    findings: tuple[Diagnostic, ...]
    messages: tuple[PlannedMessage, ...]

    @property
    def passed(self) -> bool:
        return not self.findings


def read_test_file(text: str, *, file: str) -> CaseText:
    """A test file as cases, or with what is wrong with it."""
    source = read_source(text, file=file)
    found = text_findings(source)
    if has_errors(found):
        return CaseText(source=source, cases=None, findings=found)
    header = check_header(source, "test/v1")
    if header:
        return CaseText(source=source, cases=None, findings=(*found, header))
    tree = cast("dict[str, Any]", source.tree)
    found = (*found, *check_schema(tree, schema=load_schema("test.v1"), document=file, source=source))
    if has_errors(found):
        return CaseText(source=source, cases=None, findings=_located(found, source))
    cases, more = read_cases(tree, file=file)
    found = _located((*found, *more), source)
    return CaseText(source=source, cases=None if has_errors(more) else cases, findings=found)


def _located(found: Sequence[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    return in_order(
        replace(one, span=one.span or (source.span(one.place.path, on_key=one.place.on_key) if one.place else None))
        for one in found
    )


class Runner:
    """Runs the cases of a workspace that loaded without errors. Rosters that several cases share are read once."""

    def __init__(
        self, loaded: pipeline.Loaded, *, tables: TablesOf, outside: Mapping[str, Table], engine: Engine
    ) -> None:
        self._loaded = loaded
        self._tables = tables
        self._outside = outside
        self._engine = engine
        self._rosters: dict[tuple[tuple[str, str], ...], tuple[Roster | None, tuple[Diagnostic, ...]]] = {}

    def run(self, case: Case, source: Source) -> CaseResult:
        """One case, from an empty state."""
        run = _Run(case, source)
        try:
            world = self._begin(run)
            if world is not None:
                self._go(run, world)
        except Trouble as trouble:
            run.trouble(trouble.detail, run.path, advice=trouble.advice, because=trouble.because)
            world = None
        said = tuple(_as_written(m, world) for m in world.messages) if world else ()
        return CaseResult(file=source.file, id=case.id, findings=tuple(run.found), messages=said)

    def _begin(self, run: "_Run") -> World | None:
        case = run.case
        compiled = self._program(run)
        run.path = (*case.path, "given")
        roster, found = self._people(run, compiled)
        if roster is None:
            self._without_people(run, found)
            return None
        days = compiled.timelines_on(case.given.day)
        running = [name for name, timeline in days if timeline.runs_on(case.given.day)]
        world = World(
            loaded=self._loaded,
            compiled=compiled,
            cohort=case.cohort or (running or [name for name, _ in days])[0],
            roster=roster,
            engine=self._engine,
            store=MemoryStore(self._workspace),
            today=case.given.day,
            outside={} if case.given.people else self._outside,
            about_people=found,
        )
        world.plan(case.given.day)
        return world

    @staticmethod
    def _without_people(run: "_Run", found: Sequence[Diagnostic]) -> None:
        """A roster with errors is what a test may expect; then there is nothing else to look at."""
        case = run.case
        codes = {one.code for one in found}
        if not {one.code for one in found if one.is_error} & set(case.then.findings):
            run.trouble("its people cannot be read", run.path, advice="", because=found)
            return
        for i, code in enumerate(case.then.findings):
            if code not in codes:
                run.fail(f"expected `{code}`, got {quoted_list(sorted(codes), last='and')}", _finding_path(case, i))
        if case.steps or replace(case.then, findings=()) != Then():
            run.trouble(
                "its people cannot be read, as expected, so nothing else can be looked at",
                (*case.path, "then"),
                advice="leave only `findings`, and no steps",
            )

    @property
    def _workspace(self) -> str:
        if self._loaded.workspace is None:
            raise ValueError("the workspace did not load; look at its findings first")
        return self._loaded.workspace.id

    def _program(self, run: "_Run") -> CompiledProgram:
        case = run.case
        programs = {compiled.program.id: compiled for compiled in self._loaded.programs}
        run.path = (*case.path, "program")
        if case.program not in programs:
            advice = did_you_mean(case.program, programs) or f"programs are {quoted_list(programs, last='and')}"
            raise Trouble(f"there is no program `{case.program}`", advice=advice)
        cohorts = [cohort.id for cohort in programs[case.program].program.cohorts]
        if case.cohort and case.cohort not in cohorts:
            run.path = (*case.path, "cohort")
            advice = did_you_mean(case.cohort, cohorts) or f"cohorts are {quoted_list(cohorts, last='and')}"
            raise Trouble(f"there is no cohort `{case.cohort}`", advice=advice)
        return programs[case.program]

    def _people(self, run: "_Run", compiled: CompiledProgram) -> tuple[Roster | None, tuple[Diagnostic, ...]]:
        given = run.case.given
        sources = [source.file for source in compiled.contract.sources]
        if given.people:
            tables, found = tables_of(compiled.contract, given.people, program=compiled.program.id, text=run.source)
            if found:
                return None, found
            roster, found = pipeline.read_people(self._loaded, tables)
            return roster, tuple(_at_its_row(one, run, sources) for one in found)
        for name, _ in given.roster:
            if name not in sources:
                run.path = (*run.case.path, "given", "roster", name)
                advice = did_you_mean(name, sources) or f"sources are {quoted_list(sources, last='and')}"
                raise Trouble(f"the roster has no source `{name}`", advice=advice)
        if given.roster not in self._rosters:
            read, problems = self._tables(dict(given.roster))
            self._rosters[given.roster] = (
                (None, tuple(problems)) if problems else pipeline.read_people(self._loaded, read)
            )
        return self._rosters[given.roster]

    def _go(self, run: "_Run", world: World) -> None:
        """The steps, then the expectations."""
        case = run.case
        run.path = (*case.path, "given", "date")
        self._must_go_on(run, world, more=bool(case.steps))
        for number, step in enumerate(case.steps):
            run.path = step.path
            world.step(step)
            if isinstance(step.what, PlanAgain):
                self._must_go_on(run, world, more=number + 1 < len(case.steps))
        for failure in failures(world, case.then):
            path = (*case.path, "then", *failure.path)
            if failure.is_trouble:
                run.trouble(failure.detail, path, advice=failure.help)
            else:
                run.fail(failure.detail, path, advice=failure.help)

    @staticmethod
    def _must_go_on(run: "_Run", world: World, *, more: bool) -> None:
        """A plan with errors ends a test, unless it is the last step and the errors are expected."""
        if not world.refused:
            return
        errors = [one for one in world.findings if one.is_error]
        wanted = {*run.case.then.findings, *(("MC7041",) if _denied(run.case.then) else ())}
        if not {one.code for one in errors} & wanted:
            codes = quoted_list(dict.fromkeys(one.code for one in errors), last="and")
            raise Trouble(f"the plan of {world.today} is refused: {codes}", because=errors)
        if more:
            raise Trouble("nothing can happen after a plan that is refused", advice="let it be the last step")


def _denied(then: Then) -> bool:
    """Whether a test expects that a policy refuses the last plan."""
    return any(effect == Effect.DENY for _, effect in then.policies)


class _Run:
    """A case while it runs; `path` is where it is in the file."""

    def __init__(self, case: Case, source: Source) -> None:
        self.case = case
        self.source = source
        self.path: FieldPath = case.path
        self.found: list[Diagnostic] = []

    def fail(self, detail: str, path: FieldPath, *, advice: str = "") -> None:
        self._add("MC8001", detail, path, advice)

    def trouble(self, detail: str, path: FieldPath, *, advice: str, because: Sequence[Diagnostic] = ()) -> None:
        self._add("MC8002", detail, path, advice)
        self.found += because

    def _add(self, code: str, detail: str, path: FieldPath, advice: str) -> None:
        reason = f"it is asked for because: {self.case.because}" if self.case.because and code == "MC8001" else ""
        self.found.append(
            finding(
                code,
                f"`{self.case.id}`: {detail}",
                help="; ".join(filter(None, (advice, reason))),
                span=self.source.span(path),
            )
        )


def _finding_path(case: Case, index: int) -> FieldPath:
    return (*case.path, "then", "findings", index)


def _at_its_row(found: Diagnostic, run: "_Run", files: Collection[str]) -> Diagnostic:
    """A finding about the people of a test, at their rows; what concerns a roster file as a whole, at all of them."""
    source = run.source

    def here(span: Span | None) -> Span | None:
        if span and span.file in files:
            return source.span((*run.case.path, "given", "people"), on_key=True)
        return Span(file=span.file, line=span.line, column=1) if span and span.file == source.file else span

    related = tuple(replace(one, span=here(one.span)) for one in found.related)
    return replace(found, span=here(found.span), related=related)


def _as_written(message: PlannedMessage, world: World) -> PlannedMessage:
    return replace(message, recipients=tuple(world.called(person) for person in message.recipients))


def chosen(texts: Sequence[CaseText], names: Sequence[str]) -> tuple[list[tuple[CaseText, Case]], list[str]]:
    """The cases that are meant by names of files or of cases, all without names; and names that mean nothing."""
    every = [(text, case) for text in texts if text.cases for case in text.cases.cases]
    if not names:
        return every, []
    known = {name for text, case in every for name in _names(text, case)}
    known |= {name for text in texts for name in file_names(text.source.file)}
    wanted = [(text, case) for text, case in every if set(_names(text, case)) & set(names)]
    return wanted, [name for name in names if name not in known]


def _names(text: CaseText, case: Case) -> Iterator[str]:
    yield case.id
    yield from file_names(text.source.file)


def file_names(file: str) -> tuple[str, ...]:
    """The ways to name a file: tests/grow.test.yaml, grow.test.yaml and grow."""
    base = file.rpartition("/")[2]
    return file, base, base.partition(".test.")[0]
