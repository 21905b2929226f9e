"""What stands in a calendar, before it is written in any format."""

from datetime import datetime, timedelta

from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One session as a calendar shows it.

    `uid` never changes, and `sequence` counts what changed about it since (RFC 5545, 3.8.7.4), so that a calendar that
    has the entry moves or cancels it instead of adding another. `starts` is an instant in UTC, `zone` the one whose
    wall clock was meant; `changed` is when the entry became what it is. `agenda` are lines of plain text, `organizer`
    is the mail address that invitations come from. With `is_day` it is a whole day, which takes no time.
    """

    uid: str
    sequence: int
    changed: datetime
    starts: datetime
    lasts: timedelta
    zone: str
    title: str
    agenda: tuple[str, ...] = ()
    place: str = ""
    link: str = ""
    organizer: str = ""
    cancelled: bool = False
    is_day: bool = False
    reminder: timedelta | None = None

    @property
    def ends(self) -> datetime:
        return self.starts + self.lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar that somebody subscribes to: of a person, a program, a room or a facilitator.

    Entries are in the order of time.
    """

    name: str
    entries: tuple[Entry, ...]

    @property
    def cancelled(self) -> "Feed":
        """The entries that do not take place, for calendars that are sent files instead of subscribing."""
        return Feed(name=self.name, entries=tuple(entry for entry in self.entries if entry.cancelled))
