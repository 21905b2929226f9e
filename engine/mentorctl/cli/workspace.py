"""Finds and reads a workspace for a command: files to a loaded workspace, rosters to people, the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mentorctl.cli.shell import Shell, Stop, day_of
from mentorctl.cli.trust import check_trust
from mentorctl.diagnostics import Diagnostic, finding, has_errors, in_order
from mentorctl.pipeline import Loaded, load, read_people, with_policies
from mentorctl.roster.table import Table
from mentorctl.sources.files import (
    POLICIES,
    TEMPLATE_ENDING,
    Unreadable,
    base_files,
    calendar_files,
    find_workspace,
    message_files,
    policy_files,
    program_files,
    read_calendar_text,
    read_message_text,
    read_table,
    read_yaml_text,
)
from mentorctl.spec.model import Workspace
from mentorctl.spec.severity import filtered
from mentorctl.spec.source import Source
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.calendars.busy import Quarters
    from mentorctl.roster.people import Roster
    from mentorctl.store.base import Reader, Store


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A workspace folder and what its files say, with or without errors."""

    root: Path
    loaded: Loaded

    @property
    def workspace(self) -> Workspace:
        """Raises Stop when the files have errors."""
        if self.loaded.workspace is None or has_errors(self.loaded.findings):
            raise Stop(self.loaded.findings, self.loaded.texts)
        return self.loaded.workspace

    def reader(self) -> "Reader":
        """The store for reading; it cannot write."""
        if self._is_on_a_server:
            from mentorctl.store.postgres import PostgresReader

            return PostgresReader(self.workspace.store, workspace=self.workspace.id)
        from mentorctl.store.sqlite_reader import SqliteReader

        return SqliteReader(self._store_file, workspace=self.workspace.id)

    def store(self, *, lock_timeout: float, command: str) -> "Store":
        """The store for commands that write."""
        workspace = self.workspace.id
        if self._is_on_a_server:
            from mentorctl.store.postgres import PostgresStore

            address = self.workspace.store
            return PostgresStore(address, workspace=workspace, lock_timeout=lock_timeout, command=command)
        from mentorctl.store.sqlite import SqliteStore

        return SqliteStore(self._store_file, workspace=workspace, lock_timeout=lock_timeout, command=command)

    @property
    def _is_on_a_server(self) -> bool:
        return self.workspace.store.startswith("postgresql:")

    @property
    def _store_file(self) -> Path:
        return self.root / self.workspace.store.removeprefix("sqlite:")


def workspace_folder(shell: Shell) -> Path:
    """The folder of mentorctl.yaml, here or above. Raises Stop when there is none."""
    root = find_workspace(shell.folder.resolve())
    if root is None:
        raise Stop(
            [
                finding(
                    "MC9002",
                    f"no mentorctl.yaml in {shell.folder.resolve()} or above it",
                    help="run `mentorctl init` in an empty folder, or point to a workspace with -C",
                )
            ]
        )
    return root


def open_workspace(shell: Shell, *, as_of: date | None = None) -> Opened:
    """Read the workspace around the folder of the shell, with the exceptions of a day (default: today).

    Raises Stop when there is none or it cannot be read.
    """
    root = workspace_folder(shell)
    problems: list[Diagnostic] = []
    files = (root / "mentorctl.yaml", *base_files(root), *program_files(root))
    texts = [_text(root, path, problems) for path in files]
    policies = [_text(root, path, problems) for path in policy_files(root)]
    if problems:
        raise Stop(problems)
    templates = _templates(root, problems)
    if problems:
        raise Stop(problems)
    loaded = _loaded(texts, templates, policies, as_of or day_of(None))
    check_trust(root, loaded)
    return Opened(root=root, loaded=loaded)


def loaded_again(opened: Opened, texts: Mapping[str, str], *, as_of: date | None = None) -> Loaded:
    """What the same files say with other texts, those of messages and policies too."""
    has_messages = message_files(opened.root) is not None
    templates = {file: text for file, text in texts.items() if file.endswith(TEMPLATE_ENDING)}
    policies = [(file, text) for file, text in texts.items() if file.startswith(f"{POLICIES}/")]
    others = {*templates, *dict(policies)}
    documents = [(file, text) for file, text in texts.items() if file not in others]
    return _loaded(documents, templates if has_messages else None, policies, as_of or opened.loaded.as_of)


def _loaded(
    documents: Sequence[tuple[str, str]],
    templates: Mapping[str, str] | None,
    policies: Sequence[tuple[str, str]],
    as_of: date | None,
) -> Loaded:
    """A workspace from its texts: mentorctl.yaml and its documents, the messages where it has a folder, policies."""
    names = None if templates is None else [template_name(file) for file in templates]
    loaded = load(documents[0], documents[1:], as_of=as_of, templates=names)
    return with_policies(_with_templates(loaded, templates or {}), policies)


def read_tables(opened: Opened, others: Mapping[str, str] | None = None) -> tuple[list[Table], list[Diagnostic]]:
    """The roster files of the workspace, some replaced by `others` (file → file), and what cannot be read of them."""
    tables, problems = [], []
    for source in opened.workspace.contract.sources:
        try:
            file = (others or {}).get(source.file, source.file)
            tables.append(read_table(opened.root / file, shown=file, delimiter=source.delimiter))
        except Unreadable as problem:
            problems.append(problem.finding)
    return tables, problems


def outside_tables(opened: Opened) -> dict[str, Table]:
    """The files of outside scores, by program. Raises Stop when one cannot be read."""
    tables, problems = {}, []
    for compiled in opened.loaded.programs:
        source = compiled.program.matching.terms.outside
        if source:
            try:
                tables[compiled.program.id] = read_table(opened.root / source.file, shown=source.file)
            except Unreadable as problem:
                problems.append(problem.finding)
    if problems:
        raise Stop(problems)
    return tables


def busy_of(
    opened: Opened, roster: "Roster", as_of: date
) -> "tuple[dict[str, tuple[Quarters, ...]], tuple[Diagnostic, ...]]":
    """When the people of the workspace are busy by their own calendars, and warnings. Raises Stop on defects."""
    from mentorctl.pipeline import busy_times

    files, problems = _busy_files(opened, roster)
    times, found = busy_times(opened.loaded, roster, files, as_of=as_of)
    findings = in_order((*filtered(problems, opened.loaded.policy, as_of), *found))
    if has_errors(findings):
        raise Stop(findings, opened.loaded.texts)
    return times, findings


def _busy_files(opened: Opened, roster: "Roster") -> tuple[dict[str, tuple[str, str]], list[Diagnostic]]:
    """The file and the text of each person's calendar, by roster id, and what cannot be read."""
    from mentorctl.roster.people import TextColumn

    where = opened.workspace.busy
    if where is None:
        return {}, []
    column = roster.columns.get(where.field)
    if where.folder:
        paths = {path.stem: path for path in calendar_files(opened.root / where.folder)}
    elif isinstance(column, TextColumn):
        named = zip(roster.roster_ids, column.values, strict=True)
        paths = {name: opened.root / text.strip() for name, text in named if text.strip()}
    else:
        paths = {}
    files, problems = {}, []
    for name, path in paths.items():
        shown = path.relative_to(opened.root).as_posix()
        try:
            files[name] = (shown, read_calendar_text(path, shown=shown, root=opened.root))
        except Unreadable as problem:
            problems.append(problem.finding)
    return files, problems


def people_of(opened: Opened) -> "tuple[Roster, tuple[Diagnostic, ...]]":
    """The people of the workspace and warnings about them. Raises Stop on defects."""
    tables, problems = read_tables(opened)
    if problems:
        raise Stop(problems)
    roster, findings = read_people(opened.loaded, tables, by_hand=by_hand_table(opened))
    if roster is None:
        raise Stop(findings, opened.loaded.texts)
    return roster, findings


def by_hand_table(opened: Opened) -> Table | None:
    """The file with decisions about single people, where the contract names one. Raises Stop."""
    file = opened.workspace.contract.by_hand
    if not file:
        return None
    try:
        return read_table(opened.root / file, shown=file)
    except Unreadable as problem:
        raise Stop([problem.finding]) from None


def namer(opened: Opened, *, names: bool) -> Callable[[str], str]:
    """How people are called: by opaque id, or by the name that the roster has."""
    if not names:
        return lambda person: person
    from mentorctl.cli.planning import names_of

    known = names_of(people_of(opened)[0])
    return lambda person: known.get(person, person)


def _templates(root: Path, problems: list[Diagnostic]) -> dict[str, str] | None:
    """The texts of messages by file, or None where there is no folder for them."""
    paths = message_files(root)
    if paths is None:
        return None
    texts = {}
    for path in paths:
        shown = path.relative_to(root).as_posix()
        try:
            texts[shown] = read_message_text(path, shown=shown)
        except Unreadable as problem:
            problems.append(problem.finding)
    return texts


def template_texts(loaded: Loaded) -> dict[str, str]:
    """The texts of messages by the name of their template."""
    return {template_name(file): text for file, text in loaded.texts.items() if file.endswith(TEMPLATE_ENDING)}


def template_name(file: str) -> str:
    """What a message calls its text: `messages/formed.md.j2` is `formed`."""
    return PurePosixPath(file).name.removesuffix(TEMPLATE_ENDING)


def _with_templates(loaded: Loaded, templates: Mapping[str, str]) -> Loaded:
    """What is wrong with the texts of messages, beside all other findings."""
    if not templates:
        return loaded
    found = template_findings(loaded, templates)
    sources = {file: Source(file=file, text=text, tree=None, findings=()) for file, text in templates.items()}
    findings = in_order((*loaded.findings, *found))
    return replace(loaded, findings=findings, sources={**loaded.sources, **sources})


def template_findings(loaded: Loaded, templates: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """What is wrong with texts of messages, by file."""
    if not templates:
        return ()
    from mentorctl.plan.messages import variables_of
    from mentorctl.render.templates import check_message

    programs = [compiled.program for compiled in loaded.programs]
    return tuple(
        problem
        for file, text in templates.items()
        for problem in check_message(text, file=file, variables=variables_of(template_name(file), programs))
    )


def _text(root: Path, path: Path, problems: list[Diagnostic]) -> tuple[str, str]:
    shown = path.relative_to(root).as_posix()
    try:
        return shown, read_yaml_text(path, shown=shown)
    except Unreadable as problem:
        problems.append(problem.finding)
        return shown, ""
