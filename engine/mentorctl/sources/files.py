"""Reads the files of a workspace: regular UTF-8 files of bounded size, never a link or a device."""

import csv
import io
import os
import stat
from pathlib import Path, PurePath

from mentorctl.diagnostics import Diagnostic, Span, finding
from mentorctl.roster.table import MAX_CELL, Table

MAX_YAML_BYTES = 256 * 1024
MAX_MESSAGE_BYTES = 64 * 1024
MAX_ROSTER_BYTES = 256 * 1024 * 1024
MAX_CALENDAR_BYTES = 4 * 1024 * 1024
MAX_PLAN_BYTES = 512 * 1024 * 1024
TEMPLATE_ENDING = ".md.j2"
POLICIES = "policies"
_DOCUMENT_FOLDERS = ("programs", "bases", "policies", "tests")


class Unreadable(Exception):  # noqa: N818 - the name of what happened
    """A file that cannot be read, as a finding."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.detail)
        self.finding = problem


def find_workspace(start: Path) -> Path | None:
    """The folder of the nearest mentorctl.yaml upward from `start`, not beyond the top of a git repository."""
    for folder in (start, *start.parents):
        if (folder / "mentorctl.yaml").is_file():
            return folder
        if (folder / ".git").exists():
            return None
    return None


def program_files(folder: Path) -> tuple[Path, ...]:
    """The program files of a workspace, in the order of their names."""
    return _yaml_files(folder / "programs")


def base_files(folder: Path) -> tuple[Path, ...]:
    """The bases of a workspace, in the order of their names."""
    return _yaml_files(folder / "bases")


def policy_files(folder: Path) -> tuple[Path, ...]:
    """The policies of a workspace, in the order of their names."""
    return _yaml_files(folder / POLICIES)


def files_of_tests(folder: Path) -> tuple[Path, ...]:
    """The tests of a workspace, in the order of their names; other files may lie beside them."""
    return tuple(path for path in _yaml_files(folder / "tests") if path.stem.endswith(".test"))


def message_files(folder: Path) -> tuple[Path, ...] | None:
    """The texts of a workspace's messages, in the order of their names, or None where it has no folder for them."""
    messages = folder / "messages"
    if not messages.is_dir():
        return None
    return tuple(sorted(path for path in messages.glob(f"*{TEMPLATE_ENDING}") if not path.name.startswith(".")))


def _yaml_files(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    found = (*folder.glob("*.yaml"), *folder.glob("*.yml"))
    return tuple(sorted(path for path in found if not path.name.startswith(".")))  # `.#x.yaml` is an editor's lock


def document_files(folder: Path) -> tuple[Path, ...]:
    """Everything that people write in a workspace: mentorctl.yaml and the YAML files of the folders it knows."""
    found = [folder / "mentorctl.yaml"]
    for name in _DOCUMENT_FOLDERS:
        found += _yaml_files(folder / name)
    return tuple(found)


def read_yaml_text(path: Path, *, shown: str) -> str:
    """A YAML file. Raises Unreadable."""
    return _text(path, shown, MAX_YAML_BYTES, "MC1005")


def read_message_text(path: Path, *, shown: str) -> str:
    """The template of a message. Raises Unreadable."""
    return _text(path, shown, MAX_MESSAGE_BYTES, "MC2081")


def read_plan_text(path: Path, *, shown: str) -> str:
    """A saved plan. Raises Unreadable."""
    return _text(path, shown, MAX_PLAN_BYTES, "MC7002")


def calendar_files(folder: Path) -> tuple[Path, ...]:
    """The iCalendar files of a folder, by name. Nothing where there is no such folder."""
    if not folder.is_dir() or folder.is_symlink():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if path.suffix == ".ics"))


def read_calendar_text(path: Path, *, shown: str, root: Path) -> str:
    """An iCalendar file inside the workspace. Raises Unreadable."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise Unreadable(finding("MC6010", f"`{shown}` lies outside of the workspace", span=_start(shown)))
    return _text(path, shown, MAX_CALENDAR_BYTES, "MC6010")


def read_table(path: Path, *, shown: str, delimiter: str = ",") -> Table:
    """A CSV file as a table of texts. Raises Unreadable."""
    text = _text(path, shown, MAX_ROSTER_BYTES, "MC3001")
    if "\0" in text:
        raise Unreadable(
            finding(
                "MC3001",
                f"`{shown}` contains a NUL character",
                span=_start(shown),
                help="export it again as CSV, UTF-8",
            )
        )
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            if row:
                rows.append(tuple(row))
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            finding("MC3001", f"near line {line}: {_reason(error)}", span=Span(file=shown, line=line, column=1))
        ) from None
    if not rows:
        raise Unreadable(
            finding("MC3001", f"`{shown}` is empty", help="its first row names the columns", span=_start(shown))
        )
    return Table(
        file=shown, header=tuple(cell.strip() for cell in rows[0]), rows=tuple(rows[1:]), lines=tuple(lines[1:])
    )


def _reason(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell is longer than {MAX_CELL} characters; perhaps a quote is not closed"
    return "a quote is not closed, or stands inside a cell that is not quoted"


def _text(path: Path, shown: str, limit: int, code: str) -> str:
    try:
        if code != "MC7002":  # a saved plan is named on the command line, and may lie anywhere
            _refuse_links(path, shown, code)
        data = _bytes(path, shown, limit, code)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Unreadable(
            finding(
                code,
                f"`{shown}` is not UTF-8 text",
                help="save it as UTF-8",
                span=Span(file=shown, line=line, column=1),
            )
        ) from None
    except FileNotFoundError:
        raise Unreadable(finding(code, f"there is no file `{shown}`", span=_start(shown))) from None
    except OSError as error:
        raise Unreadable(
            finding(code, f"`{shown}` cannot be read: {(error.strerror or 'error').lower()}", span=_start(shown))
        ) from None


def _refuse_links(path: Path, shown: str, code: str) -> None:
    """Within a workspace no folder on the way to a file is a link, which git can hold, to somewhere else."""
    inside = PurePath(shown).parts[:-1]
    if not PurePath(shown).is_absolute() and any(folder.is_symlink() for folder in path.parents[: len(inside)]):
        raise Unreadable(finding(code, f"`{shown}` lies behind a link", help="put the file there", span=_start(shown)))


def _bytes(path: Path, shown: str, limit: int, code: str) -> bytes:
    """The content of a regular file; O_NONBLOCK so that a pipe in its place cannot hang the reader."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable(finding(code, f"`{shown}` is not a regular file", span=_start(shown)))
        if about.st_size > limit:
            raise Unreadable(
                finding(
                    "MC1003" if code == "MC1005" else code,
                    f"`{shown}` has {about.st_size} bytes; at most {limit} are read",
                    span=_start(shown),
                )
            )
        parts = []
        left = limit + 1
        while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def _start(shown: str) -> Span:
    return Span(file=shown, line=1, column=1)
