"""The program in a few functions, and the public Python API: load, plan, apply.

    loaded = load(texts)                      # YAML to a checked, compiled workspace
    people = read_people(loaded, tables)      # rows to columns
    planned = plan(loaded, people, ...)       # what apply would do; reads, never writes
    applied = apply(planned.plan, store, ...) # does exactly that, in one transaction

Nothing here reads a file, a clock or the environment. Stages are imported when they are reached, so that checking files
does not wait for the optimizer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, Span, finding, has_errors, located
from mentorctl.lifecycle.compiled import CompiledProgram, compile_program
from mentorctl.spec.checks import check_program
from mentorctl.spec.defaults import with_model_rules
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.read import Tree, read_program, read_workspace
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import Source, read_source
from mentorctl.spec.workspace_checks import check_workspace

if TYPE_CHECKING:
    from mentorctl.optimize.engine import Engine
    from mentorctl.plan.model import Plan
    from mentorctl.roster.people import Roster
    from mentorctl.roster.table import Table
    from mentorctl.state.model import Snapshot
    from mentorctl.store.base import Applied, Store

_KINDS = {"workspace/v1": "workspace.v1", "program/v1": "program.v1"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A workspace as read. `workspace` and `programs` are complete only when no finding is an error."""

    workspace: Workspace | None
    programs: tuple[CompiledProgram, ...]
    sources: Mapping[str, Source]
    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...]

    def locate(self, place: Place) -> Span | None:
        """Where a place is written; the `Locator` of this workspace."""
        file = self.files.get(place.document)
        source = self.sources.get(file) if file else None
        return source.span(place.path, on_key=place.on_key) if source else None

    @property
    def texts(self) -> dict[str, str]:
        """The text of every file, for excerpts."""
        return {name: source.text for name, source in self.sources.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """A plan and the findings on the way; there is no plan when one of them is an error."""

    plan: "Plan | None"
    findings: tuple[Diagnostic, ...]


def load(workspace_text: tuple[str, str], program_texts: Sequence[tuple[str, str]]) -> Loaded:
    """Read, check and compile a workspace from (file name, text) pairs. Findings are located and sorted."""
    sources: dict[str, Source] = {}
    files: dict[str, str] = {}
    findings: list[Diagnostic] = []
    workspace = _load_workspace(workspace_text, sources, files, findings)
    read = [
        program
        for text in program_texts
        if (program := _load_program(text, workspace, sources, files, findings)) is not None
    ]
    compiled: list[CompiledProgram] = []
    if workspace is not None:
        unread = _said_ids(sources.values()) - {program.id for program in read}
        findings += check_workspace(tuple(read), workspace, unread=unread)
        for program in read:
            complete = with_model_rules(program, workspace.contract)
            found = check_program(complete, workspace)
            findings += found
            if not has_errors(found):
                made, more = compile_program(complete, workspace)
                compiled.append(made)
                findings += more
    loaded = Loaded(workspace=workspace, programs=tuple(compiled), sources=sources, files=files, findings=())
    return Loaded(
        workspace=workspace,
        programs=tuple(compiled),
        sources=sources,
        files=files,
        findings=located(findings, loaded),
    )


def read_people(loaded: Loaded, tables: "Sequence[Table]") -> "tuple[Roster | None, tuple[Diagnostic, ...]]":
    """The people of a workspace that loaded without errors, from the tables of its sources."""
    from mentorctl.roster.read import read_roster

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    roster, findings = read_roster(loaded.workspace.contract, tables, workspace=loaded.workspace.id)
    return roster, located(findings, loaded)


def plan(
    loaded: Loaded,
    roster: "Roster",
    snapshot: "Snapshot",
    *,
    as_of: date,
    engine: "Engine",
    report: Callable[[str], None] = lambda _: None,
) -> Planned:
    """What apply would do on a day. Reads and computes only."""
    from mentorctl.optimize.network import NoProof
    from mentorctl.optimize.verify import WrongAnswer
    from mentorctl.plan.inputs import PlanInputs
    from mentorctl.plan.make import make_plan

    if loaded.workspace is None:
        raise ValueError("the workspace did not load; look at its findings first")
    inputs = PlanInputs(
        workspace=loaded.workspace,
        programs=loaded.programs,
        roster=roster,
        snapshot=snapshot,
        as_of=as_of,
        engine=engine,
        report=report,
    )
    try:
        made, findings = make_plan(inputs)
    except (NoProof, WrongAnswer) as problem:
        return Planned(plan=None, findings=(finding("MC5004", str(problem)),))
    found = located(findings, loaded)
    return Planned(plan=None if has_errors(found) else made, findings=found)


def apply(plan: "Plan", store: "Store", *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> "Applied":
    """Perform a plan in one transaction. Raises `store.base.StoreError`, and then nothing has changed."""
    return store.apply(plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage)


# -- loading -----------------------------------------------------------------------------------------------------------


def _said_ids(sources: Iterable[Source]) -> frozenset[str]:
    """The ids that files give themselves, whether or not the rest of them could be read."""
    trees = (source.tree for source in sources)
    return frozenset(
        str(tree["id"])
        for tree in trees
        if isinstance(tree, dict) and tree.get("mentorctl") == "program/v1" and "id" in tree
    )


def _load_workspace(
    named: tuple[str, str], sources: dict[str, Source], files: dict[str, str], findings: list[Diagnostic]
) -> Workspace | None:
    tree = _tree(named, "workspace/v1", WORKSPACE, sources, files, findings)
    if tree is None:
        return None
    workspace, found = read_workspace(tree)
    findings += found
    return None if has_errors(found) else workspace


def _load_program(
    named: tuple[str, str],
    workspace: Workspace | None,
    sources: dict[str, Source],
    files: dict[str, str],
    findings: list[Diagnostic],
) -> Program | None:
    file = named[0]
    tree = _tree(named, "program/v1", file, sources, files, findings)
    if tree is None:
        return None
    name = str(tree["id"])
    if name in files:
        findings.append(
            finding(
                "MC2001",
                f"`{name}` is already the id of {files[name]}",
                help="give this program another id",
                span=sources[file].span(("id",)),
            )
        )
        return None
    files[name] = file
    program, found = read_program(tree, default_timezone=workspace.timezone if workspace else "UTC")
    findings += found
    return None if has_errors(found) else program


def _tree(
    named: tuple[str, str],
    kind: str,
    document: str,
    sources: dict[str, Source],
    files: dict[str, str],
    findings: list[Diagnostic],
) -> Tree | None:
    """The tree of a file that its schema vouches for, or None and findings."""
    file, text = named
    source = read_source(text, file=file)
    sources[file] = source
    files[document] = file
    findings += source.findings
    if has_errors(source.findings):
        return None
    header = source.tree.get("mentorctl") if isinstance(source.tree, dict) else None
    if header != kind:
        findings.append(_wrong_header(source, kind, header))
        return None
    found = check_schema(source.tree, schema=load_schema(_KINDS[kind]), document=document)
    findings += found
    return None if has_errors(found) else cast("Tree", source.tree)


def _wrong_header(source: Source, kind: str, header: object) -> Diagnostic:
    if source.tree is None:
        detail = "the file is empty"
    elif header is None:
        detail = "there is no `mentorctl` key"
    else:
        detail = f"`mentorctl: {header}` is not expected here"
    return finding("MC1108", detail, help=f"begin the file with `mentorctl: {kind}`", span=source.span(("mentorctl",)))
