"""Who and what is meant by the words that people use: an address, the id of a match, a person."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from mentorctl.addresses import Address, opaque_id
from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.plan.standing import STANDING
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    Record,
    Snapshot,
    TrainingRecord,
)
from mentorctl.values import dataclass


class Unclear(Exception):  # noqa: N818 - it is an answer to the words
    """Words that mean nothing, or several things. `code` is that of the finding."""

    def __init__(self, code: str, detail: str, help: str = "") -> None:  # noqa: A002
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.help = help


@dataclass(frozen=True, kw_only=True)
class Whom:
    """Looks up words in a snapshot."""

    snapshot: Snapshot

    @cached_property
    def _people(self) -> frozenset[str]:
        return frozenset(r.person for r in self.snapshot.records if isinstance(r, EnrollmentRecord))

    @cached_property
    def _by_id(self) -> dict[str, list[Address]]:
        found: dict[str, list[Address]] = {}
        for record in self.snapshot.records:
            found.setdefault(record.address.id, []).append(record.address)
        return found

    @cached_property
    def _of_person(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.snapshot.records:
            for person in _people_in(record):
                found.setdefault(person, []).append(record)
        return found

    def person(self, word: str) -> str:
        """The opaque id of somebody who takes part or did, by that or by the id of the roster. Raises Unclear."""
        found = self.person_or_none(word)
        if found is None:
            raise Unclear(
                "MC4501", f"nobody with the id `{word}` is in the state", "ids are those of the roster, or opaque ones"
            )
        return found

    def person_or_none(self, word: str) -> str | None:
        for name in (word, opaque_id("p", self.snapshot.workspace, word)):
            if name in self._people:
                return name
        return None

    def address(self, word: str) -> Address | None:
        """The thing that an address or an id means; None when it is neither. Raises Unclear."""
        if "/" in word:
            try:
                address = Address.parse(word)
            except ValueError:
                raise Unclear("MC4501", f"`{word}` is not an address", "write program/cohort/kind/id") from None
            if address not in self.snapshot.by_address:
                near = did_you_mean(word, (str(a) for a in self._near(address)))
                raise Unclear("MC4501", f"there is no `{word}` in the state", near or "`mentorctl show` lists what is")
            return address
        found = self._by_id.get(word, [])
        if len(found) > 1:
            raise Unclear("MC4516", f"`{word}` is the id of {len(found)} things", f"write {_listed(found)}")
        return found[0] if found else None

    def match(self, word: str, states: Iterable[str] = STANDING, *, program: str = "") -> tuple[MatchRecord, str]:
        """The match that is meant, and the person by whom it was named (empty: by itself). Raises Unclear."""
        address = self.address(word)
        if address is not None:
            record = self.snapshot.by_address[address]
            if not isinstance(record, MatchRecord):
                raise Unclear("MC4501", f"`{word}` is no match", "name a match, or a person who is in one")
            return record, ""
        person = self.person(word)
        wanted = frozenset(states)
        mine = [r for r in self._of(person, MatchRecord) if program in ("", r.address.program)]
        found = [r for r in mine if r.state in wanted] or [r for r in mine if r.state in STANDING]
        if not found and len(mine) == 1:
            found = mine
        if not found:
            raise Unclear("MC4501", f"`{word}` is in no match that stands", f"`mentorctl history {word}` says what was")
        if len(found) > 1:
            raise Unclear(
                "MC4516",
                f"`{word}` is in {len(found)} matches",
                f"name one of them: {_listed(r.address for r in found)}",
            )
        return found[0], person

    def enrollments(self, word: str, *, program: str = "", cohort: str = "", role: str = "") -> list[EnrollmentRecord]:
        """The enrollments of a person. Raises Unclear when there is none."""
        person = self.person(word)
        found = [
            r
            for r in self._of(person, EnrollmentRecord)
            if program in ("", r.address.program) and cohort in ("", r.address.cohort) and role in ("", r.role)
        ]
        if not found:
            where = "/".join(filter(None, (program, cohort, role)))
            raise Unclear("MC4501", f"`{word}` takes no part in {f'`{where}`' if where else 'any program'}")
        return found

    def training(self, word: str, module: str) -> TrainingRecord:
        """The training of a person in a module that is not over, or the only one. Raises Unclear."""
        mine = self._of(self.person(word), TrainingRecord)
        found = [r for r in mine if r.module == module]
        if not found:
            modules = sorted({r.module for r in mine})
            advice = did_you_mean(module, modules) or f"theirs are {quoted_list(modules, last='and') or 'none'}"
            raise Unclear("MC4501", f"`{word}` is not assigned `{module}`", advice)
        return self._one(word, found, lambda r: r.state == "assigned")

    def check_in(self, word: str, name: str) -> CheckInRecord:
        """The newest round of a check-in that was put to a person, an open one first. Raises Unclear."""
        mine = self._of(self.person(word), CheckInRecord)
        found = [r for r in mine if r.check_in == name]
        if not found:
            asked = sorted({r.check_in for r in mine})
            advice = did_you_mean(name, asked) or f"they were asked {quoted_list(asked, last='and') or 'nothing yet'}"
            raise Unclear("MC4501", f"`{word}` was not asked `{name}`", advice)
        return max(found, key=lambda r: (r.state == "open", r.asked, r.number))

    def everything_of(self, word: str) -> list[Address]:
        """A thing and its meetings, or all that concerns a person. Raises Unclear."""
        address = self.address(word)
        if address is None:
            person = self.person(word)
            return [record.address for record in self._of_person.get(person, [])]
        below = [
            r.address
            for r in self.snapshot.records
            if (r.address.program, r.address.cohort) == (address.program, address.cohort)
            and address.id in (getattr(r, "subject", ""), getattr(r, "enrollment", ""))
            and address.id
        ]
        return [address, *below]

    def _of[T: Record](self, person: str, kind: type[T]) -> list[T]:
        return [record for record in self._of_person.get(person, []) if isinstance(record, kind)]

    def _near(self, address: Address) -> Iterable[Address]:
        return (a for a in self.snapshot.by_address if (a.program, a.kind) == (address.program, address.kind))

    @staticmethod
    def _one[T: Record](word: str, found: Sequence[T], prefer: Callable[[T], bool]) -> T:
        wanted = [record for record in found if prefer(record)] or list(found)
        if len(wanted) > 1:
            raise Unclear(
                "MC4516",
                f"`{word}` has {len(wanted)} of them",
                f"name one by its address: {_listed(r.address for r in wanted)}",
            )
        return wanted[0]


def _people_in(record: Record) -> tuple[str, ...]:
    people = getattr(record, "people", None)
    if isinstance(people, tuple):
        return people
    person = getattr(record, "person", "")
    return (person,) if person else ()


def _listed(addresses: Iterable[Address]) -> str:
    return quoted_list((str(address) for address in addresses), limit=6)
