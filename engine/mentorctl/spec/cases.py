"""Tests of programs as frozen values: who is given, what happens, and what must hold then.

People are named by their roster ids, as the admin writes them. Every part knows where in its file it is written.
"""

from datetime import date

from mentorctl.diagnostics import FieldPath
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRow:
    """One person in a test: the cells by column name, a list where a cell holds several answers."""

    role: str
    cells: tuple[tuple[str, str | tuple[str, ...]], ...]
    path: FieldPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The first day and the people: rows of their own, other roster files by the source they stand for, or neither.

    Without either the people are those of the workspace.
    """

    day: date
    people: tuple[GivenRow, ...] = ()
    roster: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchNamed:
    """A match by everybody in it; `subject` (a need, a team, a project, a period) where the same people have several.

    With a `meeting` it is that one of its meetings, from 1.
    """

    people: tuple[str, ...]
    subject: str = ""
    meeting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgain:
    """Plan and apply on a later day."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Time comes to the end of a day: what is due fires."""

    to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchStep:
    """Something happens to a match or to one of its meetings; `verb` is the key in the file, `by` who answers."""

    verb: str
    match: MatchNamed
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A person leaves the program, in every role."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A person has done a training module."""

    person: str
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody decides who should be matched: `verb` is pin, block, unpin, request or rate.

    Of pins and blocks `people` are the two; else the first one chooses among the others. `stars` is 0 but for a rating.
    """

    verb: str
    people: tuple[str, ...]
    period: str = ""
    stars: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The owner publishes all drafts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of `when`."""

    what: PlanAgain | Advance | MatchStep | Withdrawal | Trained | Choice | Publication
    path: FieldPath


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWanted:
    """The state of a person's enrollment, in one role or in all."""

    person: str
    role: str
    state: str
    path: FieldPath


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchStateWanted:
    match: MatchNamed
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsWanted:
    """How many sessions are on calendars or were held; `kind` is training, event or meeting, or empty for all."""

    count: int | None = None
    at_least: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWanted:
    """A message that was planned, to at least these people (roster ids) and words such as `owner`."""

    message: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What must hold after the last step; what is None or empty is not looked at."""

    matches: tuple[MatchNamed, ...] = ()
    no_match: tuple[str, ...] = ()
    matched: int | None = None
    states: tuple[StateWanted, ...] = ()
    match_states: tuple[MatchStateWanted, ...] = ()
    sessions: tuple[SessionsWanted, ...] = ()
    messages: tuple[MessageWanted, ...] = ()
    no_messages: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    policies: tuple[tuple[str, str], ...] = ()
    score: int | None = None
    proved: bool | None = None
    dates: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test. `cohort` is empty for the one that runs on the first day."""

    id: str
    because: str
    program: str
    cohort: str
    given: Given
    steps: tuple[Step, ...]
    then: Then
    path: FieldPath


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one file, in its order."""

    file: str
    cases: tuple[Case, ...]
