"""The texts of a workspace to a checked and compiled one: reading, reuse, schemas, models and checks, in this order.

A document that inherits is checked as it is with all that it inherits, and every finding points at the file where the
value is written, once, however many documents inherit it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any, cast

from mentorctl.catalog import CATALOG
from mentorctl.diagnostics import (
    WORKSPACE,
    Diagnostic,
    FieldPath,
    Place,
    Related,
    Span,
    has_errors,
    in_order,
    located,
)
from mentorctl.lifecycle.compiled import CompiledProgram, compile_program
from mentorctl.rules.pairs import Origin as RuleOrigin
from mentorctl.spec.checks import check_program
from mentorctl.spec.defaults import with_model_rules
from mentorctl.spec.family import Family, Member, family
from mentorctl.spec.fixes import text_findings
from mentorctl.spec.header import check_header
from mentorctl.spec.lookup import ways_on
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.origins import Origin, written_at
from mentorctl.spec.partial import is_known, schema_of
from mentorctl.spec.policies import PolicyRule
from mentorctl.spec.read import read_program
from mentorctl.spec.read_workspace import read_workspace
from mentorctl.spec.resolve import OF_ITSELF, Layer, Resolved, Words, alone, layered, no_such_final, unwritten
from mentorctl.spec.schema import check_schema
from mentorctl.spec.severity import Policy, Suppression, apply_policy, filtered, read_policy
from mentorctl.spec.source import Source, read_source
from mentorctl.spec.template_checks import check_templates
from mentorctl.spec.workspace_checks import check_workspace
from mentorctl.spec.written import written_part
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    """A program or base with all that it inherits. `parent` is the id that it extends, or empty."""

    id: str
    file: str
    parent: str
    is_base: bool
    resolved: Resolved


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A workspace as read. `workspace` and `programs` are complete only when no finding is an error.

    `files` gives the file of each document; `documents` are the programs and bases that fit their schema, by id.
    `findings` are those that count under the `policy`, and `exceptions` those of its exceptions that are active
    `as_of` a day.
    """

    workspace: Workspace | None
    programs: tuple[CompiledProgram, ...]
    sources: Mapping[str, Source]
    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...]
    documents: Mapping[str, Document] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    exceptions: tuple[Suppression, ...] = ()
    as_of: date | None = None
    policies: tuple[PolicyRule, ...] = ()

    def locate(self, place: Place) -> Span | None:
        """Where a place is written; the `Locator` of this workspace."""
        document = self.documents.get(place.document)
        if document is not None:
            written = written_at(document.resolved.origin, place.path, on_key=place.on_key)
            place = replace(written, offset=place.offset, length=place.length)
        source = self.sources.get(self.files.get(place.document, place.document))
        if source is not None and place.offset >= 0:
            return written_part(source, place.path, offset=place.offset, length=place.length)
        return source.span(place.path, on_key=place.on_key) if source else None

    @property
    def texts(self) -> dict[str, str]:
        """The text of every file, for excerpts."""
        return {name: source.text for name, source in self.sources.items()}


def load(
    workspace_text: tuple[str, str],
    document_texts: Sequence[tuple[str, str]],
    *,
    as_of: date | None = None,
    templates: Collection[str] | None = None,
    absent: Collection[str] = (),
) -> Loaded:
    """Read, check and compile a workspace from (file name, text) pairs of mentorctl.yaml, programs and bases.

    Findings are located and sorted, and weighed as on a day; without one, no exception has ended. `templates` are the
    names of the messages' texts, None where it has no folder for them; `absent` are ids of programs that are not given.
    """
    loading = _Loading(workspace_text[0], templates, absent)
    workspace = loading.workspace(workspace_text)
    loading.documents_of(document_texts)
    bare = Loaded(
        workspace=workspace,
        programs=(),
        sources=loading.sources,
        files=loading.files,
        findings=(),
        documents=loading.documents,
        as_of=as_of,
    )
    weighing = replace(bare, policy=loading.policy(bare))
    programs = tuple(loading.programs(workspace))
    compiled = tuple(loading.compiled(programs, workspace, weighing)) if workspace is not None else ()
    found, active = apply_policy(_told_once(loading.said, bare), weighing.policy, as_of)
    return replace(weighing, programs=compiled, findings=located(found, bare), exceptions=active)


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """A document with what it inherits, and whether all of that is fine. `resolved` is None where nothing is there."""

    resolved: Resolved | None
    is_sound: bool


class _Loading:
    """Collects sources, documents and findings; each finding with the id of the document that inherits it, if any."""

    def __init__(self, workspace_file: str, templates: Collection[str] | None, absent: Collection[str]) -> None:
        self._templates, self._absent = templates, frozenset(absent)
        self.sources: dict[str, Source] = {}
        self.files: dict[str, str] = {WORKSPACE: workspace_file}
        self.documents: dict[str, Document] = {}
        self.said: list[tuple[Diagnostic, str]] = []
        self._defaults = _State(resolved=None, is_sound=True)
        self._layers: dict[str, Layer] = {}
        self._members: dict[str, Member] = {}
        self._unwritten: list[tuple[Words, Place, Resolved]] = []

    def add(self, findings: Iterable[Diagnostic], heir: str = "") -> bool:
        """Take findings in; whether none of them is an error."""
        found = tuple(findings)
        self.said += ((one, heir) for one in found)
        return not has_errors(found)

    # -- the files ---------------------------------------------------------------------------------------------------

    def workspace(self, named: tuple[str, str]) -> Workspace | None:
        source = self._read(named, "workspace/v1")
        if source is None:
            self._defaults = _State(resolved=None, is_sound=False)
            return None
        tree = cast("dict[str, Any]", source.tree)
        found = check_schema(tree, schema=schema_of("workspace/v1"), document=WORKSPACE, source=source)
        is_fine = self.add(found)
        self._read_defaults(tree.get("defaults"), source.file)
        if not is_fine:
            return None
        workspace, problems = read_workspace(tree)
        return workspace if self.add(problems) else None

    def _read_defaults(self, tree: object, file: str) -> None:
        """What every program starts from; the schema of the workspace has said so when it is no mapping."""
        if not isinstance(tree, dict):
            self._defaults = _State(resolved=None, is_sound=tree is None)
            return
        layer = Layer(file=file, tree=tree, path=("defaults",))
        resolved, found = layered(None, layer)
        found = _without_repeats(found, self._misfits(resolved, "defaults"))
        self._defaults = _State(resolved=resolved, is_sound=self.add(found))
        if self._defaults.is_sound:
            self._note_unwritten(resolved, layer)

    def _read(self, named: tuple[str, str], *kinds: str) -> Source | None:
        """A file of one of the kinds as a tree, or None and findings."""
        source = read_source(named[1], file=named[0])
        self.sources[source.file] = source
        if not self.add(text_findings(source)):
            return None
        problem = check_header(source, *kinds)
        return None if problem and not self.add([problem]) else source

    def documents_of(self, texts: Sequence[tuple[str, str]]) -> None:
        """Read programs and bases, and lay each over what it inherits."""
        unread: set[str] = set()
        for named in texts:
            source = self._read(named, *_kinds_in(named[0]))
            if source is None:
                unread |= _names(self.sources[named[0]])
                continue
            tree = cast("dict[str, Any]", source.tree)
            self._layers[source.file] = Layer(file=source.file, tree=tree)
            name, extends = tree.get("id"), tree.get("extends", "")
            self._members[source.file] = Member(
                file=source.file,
                id=name if isinstance(name, str) else "",
                extends=extends if isinstance(extends, str) and (not extends or _ID.fullmatch(extends)) else None,
                is_base=tree["mentorctl"] == "base/v1",
            )
            unread |= set() if name else _names(source)
        kin = family(self._members.values(), unread=frozenset(unread))
        states: dict[str, _State] = {}
        for member in kin.order:
            state = states[member.file] = self._state(member, self._below(member, kin, states))
            if state.is_sound and state.resolved and member.file not in kin.doubles:
                self.files[member.id] = member.file
                self.documents[member.id] = Document(
                    id=member.id,
                    file=member.file,
                    parent=member.extends or "",
                    is_base=member.is_base,
                    resolved=state.resolved,
                )
        self.add(kin.findings)

    # -- reuse -------------------------------------------------------------------------------------------------------

    def _below(self, member: Member, kin: Family, states: Mapping[str, _State]) -> _State | None:
        """What a document inherits, or None when that cannot be told."""
        if member.file in kin.lost:
            return None
        parent = kin.parents.get(member.file)
        return states[parent] if parent else self._defaults

    def _state(self, member: Member, below: _State | None) -> _State:
        layer = self._layers[member.file]
        if not member.is_base and below is not None and below.is_sound and below.resolved is None:
            resolved = alone(layer)
            is_fine = self.add(self._misfits(resolved, "program/v1"))
            if is_fine:
                self._note_unwritten(resolved, layer)
            return _State(resolved=resolved, is_sound=is_fine)
        resolved, found = layered(below.resolved if below else None, layer)
        is_sound = below is not None and below.is_sound
        kind = "base/v1" if member.is_base else "program/v1" if is_sound else "program"
        found = _without_repeats(found, tuple(_as_layered(one, layer) for one in self._misfits(resolved, kind)))
        if not is_sound:  # say only what is wrong whatever it inherits
            silent = _OF_WHOLES if below is not None else _OF_WHOLES | _OF_PARTS
            found = tuple(f for f in found if f.code not in silent and f.place and f.place.document == member.file)
        is_fine = True
        for one in found:
            inherits = one.place is not None and one.place.document != member.file
            is_fine = self.add([one], heir=member.id if inherits else "") and is_fine
        if is_sound and is_fine:
            self._note_unwritten(resolved, layer)
        return _State(resolved=resolved, is_sound=is_sound and is_fine)

    def _misfits(self, resolved: Resolved, kind: str) -> tuple[Diagnostic, ...]:
        """What does not fit the schema, at the places where it is written."""
        origin = resolved.origin

        def home(path: FieldPath) -> tuple[Source, FieldPath]:
            place = written_at(origin, path)
            return self.sources[place.document], place.path

        found = check_schema(resolved.tree, schema=schema_of(kind), document="", source=home)
        return tuple(_moved(one, origin) for one in found)

    def _note_unwritten(self, resolved: Resolved, layer: Layer) -> None:
        self._unwritten += ((words, place, resolved) for words, place in unwritten(resolved, layer))

    # -- how findings are weighed ------------------------------------------------------------------------------------

    def policy(self, bare: Loaded) -> Policy:
        """What the documents that fit their schema say about checks."""
        named = {one.id: one.resolved.tree for one in self.documents.values() if not one.is_base}
        file = self.files[WORKSPACE]
        if bare.workspace is not None:
            named = {WORKSPACE: cast("dict[str, Any]", self.sources[file].tree), **named}
        policy, found = read_policy(named, self.files, bare)
        for one in found:
            document = self.documents.get(one.place.document) if one.place else None
            if document:
                self._add_inherited([one], document)
            else:
                self.add([one])
        return policy

    # -- models and checks -------------------------------------------------------------------------------------------

    def programs(self, workspace: Workspace | None) -> Iterator[Program]:
        """The models of the programs, in the order of the files."""
        by_file = {document.file: document for document in self.documents.values() if not document.is_base}
        for file in self._members:
            if file in by_file:
                timezone = workspace.timezone if workspace else "UTC"
                program, found = read_program(by_file[file].resolved.tree, default_timezone=timezone)
                if self._add_inherited(found, by_file[file]):
                    yield program

    def compiled(
        self, programs: tuple[Program, ...], workspace: Workspace, weighing: Loaded
    ) -> Iterator[CompiledProgram]:
        """The programs that pass all checks as they are weighed, compiled."""
        unread = (self._absent | _said_ids(self.sources.values())) - {program.id for program in programs}
        self.add(check_workspace(programs, workspace, unread=unread))
        brought: set[str] = set()
        for program in programs:
            complete = with_model_rules(program, workspace.contract)
            rules = (*complete.matching.require, *complete.matching.prefer)
            brought |= {rule.id for rule in rules if rule.origin is RuleOrigin.MODEL}
            document = self.documents[program.id]
            found = (*check_program(complete, workspace), *check_templates(complete, self._templates))
            self._add_inherited(found, document)
            if not has_errors(filtered(found, weighing.policy, weighing.as_of)):
                made, more = compile_program(complete, workspace)
                self._add_inherited(more, document)
                yield made
        self._check_finals(brought, any_program=bool(programs))

    def _check_finals(self, brought: set[str], *, any_program: bool) -> None:
        """What is final without being written is a default: one of the schema, or a rule that a model brings."""
        for words, place, resolved in self._unwritten:
            of_rules = words[:2] in _RULES and len(words) > len(_RULES[0])
            is_default = words[2] in brought or not any_program if of_rules else is_known(words)
            if not is_default or words[0] in OF_ITSELF:
                known, _, there = ways_on(resolved, words)
                self.add([no_such_final(words, place, known=known, there=(*there, *(brought if of_rules else ())))])

    def _add_inherited(self, findings: Iterable[Diagnostic], document: Document) -> bool:
        """Take in findings about a model, each with the document as its heir where it points into another file."""
        is_fine = True
        for one in findings:
            is_own = one.place is None or one.place.document != document.id
            origin = None if is_own or one.place is None else written_at(document.resolved.origin, one.place.path)
            inherits = origin is not None and origin.document != document.file
            is_fine = self.add([one], heir=document.id if inherits else "") and is_fine
        return is_fine


# -- findings ----------------------------------------------------------------------------------------------------------


def _moved(found: Diagnostic, origin: Origin) -> Diagnostic:
    """A finding about a resolved tree, at the places of the files."""

    def at(place: Place | None) -> Place | None:
        return place and written_at(origin, place.path, on_key=place.on_key)

    related = tuple(replace(one, place=at(one.place)) for one in found.related)
    return replace(found, place=at(found.place), related=related)


def _as_layered(found: Diagnostic, layer: Layer) -> Diagnostic:
    """What is lacking, where the last layer is the one that removes it, or that asks for it with a word of its own."""
    if found.code != "MC1102" or found.place is None or found.place.document == WORKSPACE:
        return found
    node: object = layer.tree
    path = found.place.path[1:] if found.place.path[:1] == ("defaults",) else found.place.path
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    removed = [key for key, part in node.items() if part is None] if isinstance(node, dict) else []
    gone = [key for key in removed if f"`{key}`" in found.detail]
    if gone:
        return replace(
            found,
            detail=f"`{gone[0]}` is removed here, but it is required",
            help="write another value, or delete this key to keep what is inherited",
            place=layer.place((*path, gone[0])),
        )
    asking = [one for one in found.related if one.place and one.place.document == layer.file]
    if not asking or found.place.document == layer.file:
        return found
    inherited = Related(message="what lacks it is inherited from here", place=found.place)
    return replace(found, place=asking[0].place, related=(inherited,))


def _told_once(said: Sequence[tuple[Diagnostic, str]], loaded: Loaded) -> tuple[Diagnostic, ...]:
    """The findings with their positions; an error in what several programs inherit is one finding that names them.

    Advice stays one finding for each program, because each may weigh it differently.
    """
    groups: dict[object, tuple[Diagnostic, list[str]]] = {}
    for number, (one, heir) in enumerate(said):
        placed = located([one], loaded)[0]
        is_common = placed.span is not None and not CATALOG[placed.code].is_advice
        key = (placed.code, placed.detail, placed.help, placed.span) if is_common else number
        groups.setdefault(key, (placed, []))[1].append(heir)
    return in_order(_with_heirs(placed, [heir for heir in heirs if heir], loaded) for placed, heirs in groups.values())


def _with_heirs(found: Diagnostic, heirs: list[str], loaded: Loaded) -> Diagnostic:
    """Name the first program or base that inherits what is wrong, and where it does so."""
    if not heirs:
        return found
    first = heirs[0]
    more = len(set(heirs)) - 1
    others = f" and {more} more" if more else ""
    span = _heritage(first, loaded)
    return replace(found, related=(*found.related, Related(message=f"inherited by `{first}`{others}", span=span)))


def _heritage(heir: str, loaded: Loaded) -> Span | None:
    """Where a document says that it inherits, or else what it is called."""
    for source in loaded.sources.values():
        tree = source.tree
        if isinstance(tree, dict) and tree.get("id") == heir and tree.get("mentorctl") != "workspace/v1":
            return source.span(("extends",) if "extends" in tree else ("id",))
    return None


# -- small things ------------------------------------------------------------------------------------------------------


def _kinds_in(file: str) -> tuple[str, ...]:
    """The kinds that belong into the folder of a file."""
    return _KINDS_BY_FOLDER.get(PurePosixPath(file).parent.name, ("program/v1", "base/v1"))


def _names(source: Source) -> set[str]:
    """The ids that a file of which no document could be made may have."""
    said = source.tree.get("id") if isinstance(source.tree, dict) else None
    return {str(said) if said else PurePosixPath(source.file).stem}


def _said_ids(sources: Iterable[Source]) -> frozenset[str]:
    """The ids that program files give themselves, whether or not the rest of them could be read."""
    trees = (source.tree for source in sources)
    return frozenset(
        str(tree["id"])
        for tree in trees
        if isinstance(tree, dict) and tree.get("mentorctl") == "program/v1" and "id" in tree
    )


def _without_repeats(merged: tuple[Diagnostic, ...], misfits: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """A null where nothing is inherited is one problem: an unknown key, or else nothing to remove."""
    unknown = {one.place and one.place.path for one in misfits if one.code == "MC1101"}
    kept = tuple(one for one in merged if one.code != "MC1204" or (one.place and one.place.path) not in unknown)
    nothing = {one.place for one in kept if one.code == "MC1204"}
    return (*kept, *(one for one in misfits if one.place not in nothing))


_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_KINDS_BY_FOLDER = {"programs": ("program/v1",), "bases": ("base/v1",)}
_OF_WHOLES = frozenset(("MC1204",))  # what inheriting something else may put right
_OF_PARTS = frozenset(("MC1102", "MC1107"))
_RULES: tuple[Words, ...] = (("matching", "require"), ("matching", "prefer"))
