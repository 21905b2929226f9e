"""The cells of one field to one column: the only place that knows how values are written in a roster."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from mentorctl.dates.holidays import NoHolidayDataError, check_code
from mentorctl.dates.week import parse_availability
from mentorctl.dates.workdays import DaySpan, parse_days
from mentorctl.dates.zones import zone_names
from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.roster.people import (
    WEEK_WORDS,
    CodeColumn,
    Column,
    DaysColumn,
    NumberColumn,
    PersonColumn,
    RankColumn,
    SetColumn,
    TextColumn,
    WeekColumn,
    words_of,
)
from mentorctl.rules.fields import Field, FieldType, Missing
from mentorctl.values import dataclass

_BOOLEANS = {"yes": 1, "y": 1, "true": 1, "1": 1, "x": 1, "no": 0, "n": 0, "false": 0, "0": 0}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.][0-9]{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The texts of one field, a text per person; `index_of` finds people by roster id.

    `left_out` are the ids of rows with defects; `is_partial` says that a whole file could not be read.
    """

    texts: tuple[str, ...]
    index_of: Mapping[str, int]
    left_out: frozenset[str] = frozenset()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What is wrong with the cell of the person at `row`."""

    row: int
    code: str
    detail: str
    help: str = ""


class _Unreadable(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, detail: str, help: str = "", code: str = "MC3007") -> None:  # noqa: A002
        super().__init__(detail)
        self.help = help
        self.code = code


def read_cells(field: Field, cells: Cells, answering: Iterable[int]) -> tuple[Column, list[Defect]]:
    """The column of a field, and a defect for each cell that does not fit it.

    `answering` are the people who were asked; blanks of the others are never a defect.
    """
    is_needed = field.required or field.missing is Missing.REFUSED
    defects = [
        Defect(row=row, code="MC3010", detail="the cell is blank", help="fill it in, or do not require the field")
        for row in (answering if is_needed else ())
        if not cells.texts[row].strip()
    ]
    return _READERS[field.type](field, cells, defects), defects


def _each[T](cells: Cells, defects: list[Defect], blank: T, read: Callable[[str], T], *, trim: bool = True) -> list[T]:
    """`read` over all cells that are not blank; equal texts are read once, in the order in which they come."""
    texts = list(map(str.strip, cells.texts)) if trim else cells.texts
    values: dict[str, T] = {}
    wrong: dict[str, _Unreadable] = {}
    for text in dict.fromkeys(texts):
        values[text] = blank
        if text.strip():
            try:
                values[text] = read(text)
            except _Unreadable as problem:
                wrong[text] = problem
    if wrong:
        rows = ((row, wrong[text]) for row, text in enumerate(texts) if text in wrong)
        defects += [Defect(row=row, code=why.code, detail=str(why), help=why.help) for row, why in rows]
    return list(map(values.__getitem__, texts))


def match_key(text: str, *fields: Field) -> str:
    """The form in which two spellings of one value are equal; a field that tells more apart decides."""
    folded = unicodedata.normalize("NFKC", text)
    if all(field.trim for field in fields):
        folded = " ".join(folded.split())
    return folded.casefold() if all(field.ignore_case for field in fields) else folded


def _parts(text: str, field: Field) -> list[str]:
    """The values of a cell that holds several."""
    parts = text.split(field.separator.strip() or field.separator)
    return [part.strip() if field.trim else part for part in parts if part.strip()]


class _Labels:
    """The labels of a field: the declared ones, or those met in the roster."""

    def __init__(self, field: Field, declared: Sequence[str]) -> None:
        self.field = field
        self.closed = bool(declared)
        self.labels = list(declared)
        self.codes = {match_key(label, field): code for code, label in enumerate(declared)}
        self.aliases = {match_key(alias, field): meant for alias, meant in field.aliases}
        self.known: dict[str, int] = {}

    def code(self, text: str) -> int:
        if text not in self.known:
            self.known[text] = self._code(text)
        return self.known[text]

    def _code(self, text: str) -> int:
        key = match_key(text, self.field)
        if key in self.aliases:
            text = self.aliases[key]
            key = match_key(text, self.field)
        if key not in self.codes:
            if self.closed:
                raise _Unreadable(f"`{text}` is not one of {quoted_list(self.labels)}", did_you_mean(text, self.labels))
            self.codes[key] = len(self.labels)
            self.labels.append(text)
        return self.codes[key]


def _single(field: Field, cells: Cells, defects: list[Defect]) -> Column:
    labels = _Labels(field, field.scale if field.type is FieldType.LEVEL else field.options)
    codes = _each(cells, defects, -1, labels.code, trim=field.trim)
    return CodeColumn(codes=np.array(codes, np.int32), labels=tuple(labels.labels))


def _multiple(field: Field, cells: Cells, defects: list[Defect]) -> Column:
    labels = _Labels(field, field.options)

    def read(text: str) -> int:
        bits = 0
        for part in _parts(text, field):
            bits |= 1 << labels.code(part)
        return bits

    sets = _each(cells, defects, 0, read, trim=field.trim)
    width = max(1, -(-len(labels.labels) // 64))
    return SetColumn(words=words_of(sets, width), labels=tuple(labels.labels))


def _number(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise _Unreadable(f"`{text}` is not a number", "write digits, with a point before decimals")
        return float(text)

    return NumberColumn(values=np.array(_each(cells, defects, math.nan, read), np.float64))


def _date(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> float:
        problem = _Unreadable(f"`{text}` is not a date", "write it as YYYY-MM-DD")
        if not _DATE.fullmatch(text):  # fromisoformat also reads 20270111 and 2027-W02-1
            raise problem
        try:
            return float(date.fromisoformat(text).toordinal())
        except ValueError:
            raise problem from None

    return NumberColumn(values=np.array(_each(cells, defects, math.nan, read), np.float64))


def _boolean(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> int:
        if text.casefold() not in _BOOLEANS:
            raise _Unreadable(f"`{text}` is neither yes nor no", "write yes or no")
        return _BOOLEANS[text.casefold()]

    return CodeColumn(codes=np.array(_each(cells, defects, -1, read), np.int32), labels=("no", "yes"))


def _timezone(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    labels: dict[str, int] = {}

    def read(text: str) -> int:
        if text not in zone_names():
            raise _Unreadable(
                f"`{text}` is not a time zone", did_you_mean(text, zone_names()) or "write a name such as Europe/Berlin"
            )
        return labels.setdefault(text, len(labels))

    codes = _each(cells, defects, -1, read)
    return CodeColumn(codes=np.array(codes, np.int32), labels=tuple(labels))


def _availability(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> int:
        try:
            return parse_availability(text)
        except ValueError as error:
            raise _Unreadable(str(error)) from None

    weeks = _each(cells, defects, 0, read)
    known = np.array([bool(text.strip()) for text in cells.texts], np.bool_)
    return WeekColumn(words=words_of(weeks, WEEK_WORDS), known=known)


def _absences(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> tuple[DaySpan, ...]:
        try:
            return parse_days(text)
        except ValueError as error:
            raise _Unreadable(str(error)) from None

    nowhere: tuple[DaySpan, ...] = ()
    return DaysColumn(spans=tuple(_each(cells, defects, nowhere, read)))


def _holidays(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    labels: dict[str, int] = {}

    def read(text: str) -> int:
        try:
            check_code(text)
        except ValueError as error:
            raise _Unreadable(str(error), "write a country such as DE, or a part of one such as DE-BY") from None
        except NoHolidayDataError as missing:
            raise _Unreadable(f"`{text}`: {missing}", "install it, or leave the column out", "MC2065") from None
        return labels.setdefault(text, len(labels))

    codes = _each(cells, defects, -1, read)
    return CodeColumn(codes=np.array(codes, np.int32), labels=tuple(labels))


def _person(_field: Field, cells: Cells, defects: list[Defect]) -> Column:
    people = _each(cells, defects, -1, lambda text: _find(cells, text))
    for row, other in enumerate(people):
        if other == row:
            defects.append(Defect(row=row, code="MC3009", detail="the person is named as their own"))
    return PersonColumn(people=np.array(people, np.int32))


def _ranking(field: Field, cells: Cells, defects: list[Defect]) -> Column:
    def read(text: str) -> tuple[int, ...]:
        named = (_find(cells, part.strip()) for part in _parts(text, field))
        return tuple(dict.fromkeys(person for person in named if person >= 0))

    nobody: tuple[int, ...] = ()
    lists = _each(cells, defects, nobody, read)
    starts = np.concatenate([[0], np.cumsum([len(ranked) for ranked in lists])]).astype(np.int64)
    return RankColumn(starts=starts, people=np.array([p for ranked in lists for p in ranked], np.int32))


def _text(_field: Field, cells: Cells, _defects: list[Defect]) -> Column:
    return TextColumn(values=cells.texts)


def _find(cells: Cells, text: str) -> int:
    """A person by roster id; -1 for one whose own row could not be read, which is reported there."""
    if text not in cells.index_of and (cells.is_partial or text in cells.left_out):
        return -1
    if text not in cells.index_of:
        raise _Unreadable(
            f"nobody on the roster has the id `{text}`",
            did_you_mean(text, cells.index_of) or "add the person, or leave the cell blank",
            "MC3008",
        )
    return cells.index_of[text]


_READERS: dict[FieldType, Callable[[Field, Cells, list[Defect]], Column]] = {
    FieldType.SINGLE: _single,
    FieldType.LEVEL: _single,
    FieldType.MULTIPLE: _multiple,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.TIMEZONE: _timezone,
    FieldType.AVAILABILITY: _availability,
    FieldType.ABSENCES: _absences,
    FieldType.HOLIDAYS: _holidays,
    FieldType.PERSON: _person,
    FieldType.RANKING: _ranking,
    FieldType.TEXT: _text,
}
