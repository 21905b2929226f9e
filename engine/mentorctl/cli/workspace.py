"""Finds and reads a workspace for a command: files to a loaded workspace, rosters to people, the store."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mentorctl.cli.shell import Shell, Stop
from mentorctl.diagnostics import Diagnostic, finding, has_errors
from mentorctl.pipeline import Loaded, load, read_people
from mentorctl.roster.table import Table
from mentorctl.sources.files import Unreadable, find_workspace, program_files, read_table, read_yaml_text
from mentorctl.spec.model import Workspace

if TYPE_CHECKING:
    from mentorctl.roster.people import Roster
    from mentorctl.store.base import Reader
    from mentorctl.store.sqlite import SqliteStore


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

    def store_path(self) -> Path:
        return self.root / self.workspace.store.removeprefix("sqlite:")

    def reader(self) -> "Reader":
        """The store for reading; it cannot write."""
        from mentorctl.store.sqlite import SqliteReader

        return SqliteReader(self.store_path(), workspace=self.workspace.id)

    def store(self, *, lock_timeout: float, command: str) -> "SqliteStore":
        """The store for apply."""
        from mentorctl.store.sqlite import SqliteStore

        return SqliteStore(self.store_path(), workspace=self.workspace.id, lock_timeout=lock_timeout, command=command)


def open_workspace(shell: Shell) -> Opened:
    """Read the workspace around the folder of the shell. Raises Stop when there is none or it cannot be read."""
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
    problems: list[Diagnostic] = []
    texts = [_text(root, path, problems) for path in (root / "mentorctl.yaml", *program_files(root))]
    if problems:
        raise Stop(problems)
    loaded = load(texts[0], texts[1:])
    return Opened(root=root, loaded=loaded)


def read_tables(opened: Opened) -> tuple[list[Table], list[Diagnostic]]:
    """The roster files of the workspace, and what cannot be read of them."""
    tables, problems = [], []
    for source in opened.workspace.contract.sources:
        try:
            tables.append(read_table(opened.root / source.file, shown=source.file, delimiter=source.delimiter))
        except Unreadable as problem:
            problems.append(problem.finding)
    return tables, problems


def people_of(opened: Opened) -> "tuple[Roster, tuple[Diagnostic, ...]]":
    """The people of the workspace and warnings about them. Raises Stop on defects."""
    tables, problems = read_tables(opened)
    if problems:
        raise Stop(problems)
    roster, findings = read_people(opened.loaded, tables)
    if roster is None:
        raise Stop(findings, opened.loaded.texts)
    return roster, findings


def _text(root: Path, path: Path, problems: list[Diagnostic]) -> tuple[str, str]:
    shown = path.relative_to(root).as_posix()
    try:
        return shown, read_yaml_text(path, shown=shown)
    except Unreadable as problem:
        problems.append(problem.finding)
        return shown, ""
