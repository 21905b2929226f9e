"""What the commands share by which people say what happened: one thing on the command line, or a file with thousands.

A row of a file and the words of the command line are the same: cells by column. Each command says which columns it
reads and what they mean as happenings.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mentorctl.addresses import opaque_id
from mentorctl.cli.exits import Exit
from mentorctl.cli.instants import EXPECTED, happened_at
from mentorctl.cli.shell import Shell, Stop, actor, lock_option, now, shared_options
from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.whom import Whom
    from mentorctl.state.live import Happening, Receipt
    from mentorctl.state.model import Snapshot
    from mentorctl.store.base import Recorded

_SHOWN = 20  # lines of a result; more are counted
_MANY = 200  # words; to look each of more of them up takes longer than to read everything
_NAMING = ("who", "match", "by", "with", "whom")  # columns with words for people and things
ALWAYS = ("at", "key")  # columns of every file


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that is said: the cells that are not empty, and where they stand in a file."""

    cells: Mapping[str, str]
    file: str = ""
    line: int = 0
    columns: Mapping[str, int] | None = None

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def span(self, column: str = "") -> Span | None:
        """Where a cell stands; the row, where it is none."""
        if not self.file:
            return None
        return Span(file=self.file, line=self.line, column=(self.columns or {}).get(column, 1))

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.file else ""


class Unreadable(Exception):  # noqa: N818 - the name of what was found
    """A cell that is not what its column takes."""

    def __init__(self, column: str, code: str, detail: str, help: str = "") -> None:  # noqa: A002
        super().__init__(detail)
        self.column = column
        self.code = code
        self.detail = detail
        self.help = help


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What is at hand while rows are read: who and what is in the state, and the time of the store."""

    opened: "Opened"
    whom: "Whom"
    now: datetime

    @cached_property
    def zones(self) -> dict[str, str]:
        return {compiled.program.id: compiled.program.timezone for compiled in self.opened.loaded.programs}

    @cached_property
    def on_roster(self) -> frozenset[str]:
        """The opaque ids of everybody on the roster. Raises Stop."""
        from mentorctl.cli.workspace import people_of

        return frozenset(people_of(self.opened)[0].ids)

    def at(self, said: Said, program: str) -> datetime | None:
        """When it happened, if that is said. Raises Unreadable."""
        text = said.get("at")
        if not text:
            return None
        try:
            return happened_at(text, self.zones.get(program, self.opened.workspace.timezone), self.now)
        except ValueError:
            raise Unreadable("at", "MC4513", f"`{text}` is neither a day nor an instant", EXPECTED) from None


type Reader = Callable[[Said, Desk], "Iterable[Happening]"]


@dataclass(frozen=True, kw_only=True)
class Speech:
    """A command by which people say things: its columns, which of them are needed, and what a row means.

    With `more`, columns of other names are taken too (answers, facts); with `whole`, a word may stand for many things.
    """

    command: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    read: Reader
    more: bool = False
    whole: bool = False


def saying_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of all commands that record what happened."""
    for option in (
        lock_option,
        click.option("--strict", is_flag=True, help="Record nothing when one row cannot be recorded."),
        click.option("--key", metavar="TEXT", help="A name of this happening; told again under it, it is the same."),
        click.option("--at", metavar="WHEN", help="When it happened: a day or an instant (default: now)."),
        click.option("--from", "source", metavar="FILE.csv", help="Many at once, one a row; the columns are above."),
    ):
        command = option(command)
    return shared_options(command)


def saying_command(
    speech: Speech,
    help: str,  # noqa: A002
    *about: Callable[..., Any],
    who: str | None = None,
) -> click.Command:
    """A command by which people say one thing: WHO, what is its own, and the options that all have.

    `who` is what WHO is called in the usage, where it need not be a person.
    """

    def run(
        ctx: click.Context,
        *,
        source: str | None,
        strict: bool,
        lock_timeout: int,
        chdir: str | None,
        format: str | None,  # noqa: A002
        color: str | None,
        **cells: str | None,
    ) -> int:
        shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
        return record_said(shell, speech, cells, source=source, strict=strict, lock_timeout=lock_timeout)

    run.__doc__ = help
    made = saying_options(click.pass_context(run))
    for option in (*reversed(about), click.argument("who", metavar=who, required=False)):
        made = option(made)
    return click.command()(made)


def record_said(
    shell: Shell,
    speech: Speech,
    cells: Mapping[str, str | None],
    *,
    source: str | None,
    strict: bool,
    lock_timeout: float,
) -> int:
    """Read what is said, on the command line or in a file, record it, and tell what it came to."""
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.pipeline import record
    from mentorctl.plan.whom import Whom

    given = {name: value for name, value in cells.items() if value}
    rows, problems = _rows(shell, speech, given, source)
    opened = open_workspace(shell)
    snapshot = opened.reader().read() if speech.whole else _concerned(opened, rows)
    if not snapshot.lineage:
        raise Stop([finding("MC7012", "nobody can do anything yet", help="plan and apply first: `mentorctl apply`")])
    clock = datetime.fromisoformat(snapshot.clock) if snapshot.clock else now()
    desk = Desk(opened=opened, whom=Whom(snapshot=snapshot), now=max(now(), clock))
    told: list[tuple[Said, Happening]] = []
    for row in rows:
        told += _read(speech, row, desk, problems)
    if strict and problems:
        return _end(shell, None, [], [*problems, _nothing_recorded()])
    if not told:
        return _end(shell, None, [], problems)
    store = opened.store(lock_timeout=lock_timeout, command=speech.command)
    answer = record(
        [happening for _, happening in told],
        store,
        commit_id=uuid.uuid4().hex,
        at=now(),
        actor=actor(),
        strict=strict,
    )
    refused = [_refusal(row, receipt) for (row, _), receipt in zip(told, answer.receipts, strict=True) if receipt.code]
    if strict and refused:
        refused.append(_nothing_recorded())
    return _end(shell, answer, list(answer.receipts), [*problems, *refused], nothing=strict and bool(refused))


def _concerned(opened: "Opened", rows: Iterable[Said]) -> "Snapshot":
    """As much of the state as the words of some rows ask for."""
    reader = opened.reader()
    cells = (row.get(column) for row in rows for column in _NAMING)
    words = {word.strip() for cell in cells for word in cell.split(";") if word.strip()}
    if len(words) > _MANY:
        return reader.read()
    people = {opaque_id("p", opened.workspace.id, word) for word in words}
    found = reader.about(words | people)
    known = {str(record.address) for record in found.records}
    if any("/" in word and word not in known for word in words):
        return reader.read()  # an address that is not there is answered with one that is like it
    return found


def pairs_of(words: Iterable[str], option: str) -> dict[str, str]:
    """`name=value` words. Raises Stop."""
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise Stop([finding("MC9001", f"`{word}` is not NAME=VALUE", help=f"write for example {option}")])
        found[name.strip()] = value.strip()
    return found


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows(
    shell: Shell, speech: Speech, given: Mapping[str, str], source: str | None
) -> tuple[list[Said], list[Diagnostic]]:
    """The rows of the file, or the one of the command line. Raises Stop."""
    if source is None:
        missing = [name for name in speech.needed if name not in given]
        if missing:
            raise Stop(
                [
                    finding(
                        "MC9001",
                        f"{missing[0].upper()} is not said",
                        help=f"see `mentorctl {speech.command} --help`, or give a file with --from",
                    )
                ]
            )
        return [Said(cells=given)], []
    extra = sorted(set(given) - {"at", "program", "cohort", "role", "check_in", "module", "event"})
    if extra:
        raise Stop(
            [finding("MC9001", f"a file says {quoted_list(extra, last='and')}", help="leave them out beside --from")]
        )
    return _of_file(shell, speech, given, source)


def _of_file(
    shell: Shell, speech: Speech, given: Mapping[str, str], source: str
) -> tuple[list[Said], list[Diagnostic]]:
    from mentorctl.sources.files import Unreadable as UnreadableFile
    from mentorctl.sources.files import read_table

    try:
        table = read_table(Path(source) if Path(source).is_absolute() else shell.folder / source, shown=source)
    except UnreadableFile as problem:
        raise Stop([problem.finding]) from None
    header = [name.strip().casefold() for name in table.header]
    known = (*speech.columns, *ALWAYS)
    problems = [
        finding(
            "MC4513",
            f"there is no column `{name}`",
            help=did_you_mean(name, known) or f"the columns are {quoted_list(known, last='and')}",
            span=Span(file=source, line=1, column=1),
        )
        for name in header
        if not speech.more and name not in known
    ]
    problems += [
        finding(
            "MC4513",
            f"the column `{name}` is missing",
            help=f"the header has {quoted_list(header, last='and')}",
            span=Span(file=source, line=1, column=1),
        )
        for name in speech.needed
        if name not in header and name not in given
    ]
    problems += [
        finding("MC4513", f"two columns are called `{name}`", span=Span(file=source, line=1, column=1))
        for name, count in Counter(header).items()
        if count > 1
    ]
    if problems:
        raise Stop(problems)
    rows = []
    found: list[Diagnostic] = []
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) != len(header):
            found.append(
                finding(
                    "MC4513",
                    f"the row has {len(row)} cells, the header {len(header)}",
                    span=Span(file=source, line=line, column=1),
                )
            )
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
        rows.append(Said(cells={**given, **cells}, file=source, line=line, columns=_columns(header, row)))
    return rows, found


def _columns(header: Sequence[str], row: Sequence[str]) -> dict[str, int]:
    """Where each cell begins in its line, as far as no cell is quoted."""
    columns, at = {}, 1
    for name, cell in zip(header, row, strict=True):
        columns[name] = at
        at += len(cell) + 1
    return columns


def _read(speech: Speech, row: Said, desk: Desk, problems: list[Diagnostic]) -> "list[tuple[Said, Happening]]":
    from mentorctl.plan.whom import Unclear

    empty = next((name for name in speech.needed if not row.get(name)), "")
    if empty:
        problems.append(finding("MC4513", f"`{empty}` is empty", span=row.span(empty)))
        return []
    try:
        return [(row, happening) for happening in speech.read(row, desk)]
    except Unreadable as problem:
        problems.append(finding(problem.code, problem.detail, help=problem.help, span=row.span(problem.column)))
    except Unclear as problem:
        problems.append(finding(problem.code, problem.detail, help=problem.help, span=row.span(speech.columns[0])))
    return []


# -- answers -----------------------------------------------------------------------------------------------------------


def _refusal(row: Said, receipt: "Receipt") -> Diagnostic:
    return finding(receipt.code, receipt.detail, help=receipt.help, span=row.span())


def _nothing_recorded() -> Diagnostic:
    return finding("MC4513", "with --strict nothing was recorded", help="correct the rows above, or leave out --strict")


def _end(
    shell: Shell,
    answer: "Recorded | None",
    receipts: "list[Receipt]",
    problems: list[Diagnostic],
    *,
    nothing: bool = False,
) -> int:
    if shell.is_json:
        from mentorctl.render.findings_json import findings_json
        from mentorctl.render.running import receipt_json

        shell.print_json(
            {
                "format": "mentorctl/recorded/v1",
                "serial": answer.serial if answer else None,
                "receipts": [receipt_json(receipt) for receipt in receipts],
                "diagnostics": findings_json(problems),
            }
        )
    else:
        from mentorctl.render.running import receipts_text

        if receipts and not nothing:
            serial = answer.serial if answer else 0
            shell.print("\n".join(receipts_text(receipts, serial=serial, style=shell.out_style, limit=_SHOWN)))
        shell.report(problems, after_result=bool(receipts) and not nothing)
    return Exit.NO if problems else Exit.OK
