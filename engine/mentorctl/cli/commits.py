"""The commits of a store as entries that can be shown: what each wrote, about which programs, and with what words."""

from collections import Counter, defaultdict
from itertools import pairwise

from mentorctl.plan.consent import in_words
from mentorctl.render.audit import Entry
from mentorctl.store.base import CommitRow, Reader


def entries_of(reader: Reader, commits: tuple[CommitRow, ...], *, whole: bool = True) -> list[Entry]:
    """Some commits with what the log has of them; without `whole` the log, which may be long, is not read."""
    lines: Counter[int] = Counter()
    programs: defaultdict[int, set[str]] = defaultdict(set)
    for row in reader.log() if whole else ():
        lines[row.serial] += 1
        programs[row.serial].add(row.line.address.program)
    return [
        Entry(
            serial=row.serial,
            kind=row.kind.value,
            at=row.at,
            clock=row.clock,
            actor=row.actor,
            digest=row.digest,
            created=row.created,
            updated=row.updated,
            deleted=row.deleted,
            lines=lines[row.serial],
            told=len(reader.outbox(serial=row.serial)),
            programs=tuple(sorted(programs[row.serial])),
            said=in_words(row.consent),
        )
        for row in commits
    ]


def broken_chain(commits: tuple[CommitRow, ...], serial: int) -> str:
    """Where the commits do not follow one another, or an empty text."""
    for expected, row in enumerate(commits, start=1):
        if (row.serial, row.base_serial) != (expected, expected - 1):
            return f"commit {row.serial} follows {row.base_serial}, and is the {expected}th"
    last = commits[-1].serial if commits else 0
    if last != serial:
        return f"the last commit is {last}, and the state is at serial {serial}"
    for before, after in pairwise(commits):
        if after.clock < before.clock:
            return f"time runs back from commit {before.serial} to {after.serial}"
    return ""
