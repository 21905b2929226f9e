"""What reviewers see of a plan, before it is Markdown or a page: sentences, tables and numbers that may be public.

A live plan says what happens to how many people, a static one what differs in the files; either may be missing. Nothing
here holds an id of a person, and no number of fewer than five people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from mentorctl.plan.consequences import ProgramConsequences, Telling
from mentorctl.plan.model import Impact, Plan
from mentorctl.plan.static import StaticPlan
from mentorctl.render.floor import HIDDEN, about, beside_total, everybody, is_few, rounded, shown
from mentorctl.render.review_verdicts import accepting_words, limit_cell, needs_cell, verdict_words
from mentorctl.render.review_words import (
    SEVERITY,
    Foreign,
    Phrase,
    Words,
    churn_words,
    day_words,
    measures_rows,
    people_words,
    promise_words,
    static_words,
    touched_words,
)
from mentorctl.state.model import CohortRecord
from mentorctl.values import dataclass

GUARDED = (Impact.RE_MATCHED, Impact.UN_MATCHED, Impact.WITHDRAWN)
_WORST_FIRST = tuple(reversed(SEVERITY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What happens to how many people. `bar` is a share of all for a chart, None where it must not be drawn.

    `limit` is what is allowed where that is exceeded, and `needs` who must agree to so many.
    """

    impact: Impact
    people: str
    bar: float | None
    limit: str = ""
    needs: tuple[Foreign, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """A bar of a distribution on both sides, in fives; None for a few."""

    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """One program: who is touched (in the order of the consequences of the review), what is measured, what moves."""

    program: Foreign
    people: str
    cells: tuple[str, ...]
    measures: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]
    calendar: str
    scores: tuple[Bin, ...]
    load: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseView:
    """A place in a file (or the roster), what it does, and to how many."""

    place: Foreign | None
    path: Foreign
    reason: Foreign
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingView:
    """A message that would go out."""

    program: Foreign
    message: Foreign
    channel: Foreign
    occasion: Foreign
    when: str
    people: str
    others: Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that is said. `live` and `static` are where it comes from."""

    live: Plan | None
    static: StaticPlan | None
    workspace: Foreign
    headline: Words
    sentences: tuple[Words, ...] = ()
    worst: Impact = Impact.NONE
    consequences: tuple[Consequence, ...] = ()
    programs: tuple[ProgramView, ...] = ()
    causes: tuple[CauseView, ...] = ()
    tellings: tuple[TellingView, ...] = ()
    drift: tuple[tuple[Foreign, str, Foreign, str], ...] = ()
    renamed: tuple[tuple[Foreign, str, Foreign, Foreign, str], ...] = ()
    carried: tuple[tuple[Foreign, Foreign, Foreign, str], ...] = ()
    moved: tuple[tuple[Foreign, Words, Words], ...] = ()
    verdicts: tuple[Words, ...] = ()
    accepting: Words = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say to anybody."""
        return (self.live is None or self.live.is_empty) and (self.static is None or self.static.is_empty)

    @property
    def marker(self) -> str:
        """The hidden line by which the one comment of this workspace is found again."""
        name = str(self.workspace)
        is_plain = name.isascii() and name.replace("_", "").isalnum() and len(name) <= 63  # noqa: PLR2004
        return f"<!-- mentorctl:review {name if is_plain else blake2b(name.encode(), digest_size=8).hexdigest()} -->"


def review_of(live: Plan | None, static: StaticPlan | None) -> Review:
    """The review of a live plan, of a static one, or of both."""
    workspace = Foreign((live.workspace if live else "") or (static.workspace if static else ""))
    if live is None:
        said = static_words(static) if static else ("There is nothing to review.",)
        worst = static.impact if static else Impact.NONE
        return Review(
            live=None,
            static=static,
            workspace=workspace,
            headline=said,
            worst=worst,
            sentences=() if static is None or static.is_empty else ((_COUNTS_LATER,),),
        )
    seen = [each for each in live.consequences if _touched(each)]
    counts = _sum(seen)
    hit = [impact for impact in _WORST_FIRST if counts[impact] and impact is not Impact.NONE]
    people = sum(each.people for each in live.consequences)
    return Review(
        live=live,
        static=static,
        workspace=workspace,
        headline=people_words(counts, [each.program for each in seen]),
        sentences=tuple(_sentences(live, counts, people)),
        worst=hit[0] if hit else Impact.NONE,
        consequences=tuple(_consequence(impact, counts[impact], people, live) for impact in hit),
        programs=tuple(_programs(seen, hit)),
        causes=_causes(seen),
        tellings=_tellings(seen),
        drift=tuple((Foreign(d.program), d.kind.value, Phrase(d.what), about(d.people)) for d in live.drift),
        renamed=tuple(
            (Foreign(r.program), r.kind.value, Foreign(r.old), Foreign(r.new), about(r.people) if r.people else "")
            for r in live.renames
        ),
        carried=tuple(_carried(live)),
        moved=tuple(_moved(live)),
        verdicts=tuple(verdict_words(live)),
        accepting=accepting_words(live),
    )


_COUNTS_LATER = "How many people, only a plan against the live state can say; it is made when the change is trusted."


def _touched(each: ProgramConsequences) -> bool:
    return any(count for impact, count in each.impact if impact is not Impact.NONE)


def _sum(programs: Iterable[ProgramConsequences]) -> Counter[Impact]:
    counts: Counter[Impact] = Counter()
    for each in programs:
        counts.update(dict(each.impact))
    return counts


def _consequence(impact: Impact, count: int, people: int, live: Plan) -> Consequence:
    return Consequence(
        impact=impact,
        people=shown(count),
        bar=None if is_few(count) else count / max(rounded(people) or count, count),
        limit=limit_cell(live, impact),
        needs=needs_cell(live, impact),
    )


def _sentences(live: Plan, counts: Mapping[Impact, int], people: int) -> Iterator[Words]:
    touched = touched_words(counts, people, programs=len(live.consequences)) if people and any(counts.values()) else ""
    if touched:
        yield (touched,)
    seen = [each for each in live.consequences if _touched(each)]
    if len(seen) == 1:
        yield from ((sentence,) for sentence in _program_sentences(seen[0]))
    if live.valid_until:
        why = Phrase(live.valid_because.replace("`", "")) or "after that day it would mean something else"
        yield "This holds until ", day_words(live.valid_until), ": ", why, "."


# -- programs ----------------------------------------------------------------------------------------------------------


def _programs(seen: Sequence[ProgramConsequences], hit: Sequence[Impact]) -> Iterator[ProgramView]:
    """The programs that are touched. Their numbers stand beside the sums, and must not give few of them away."""
    found = [dict(each.impact) for each in seen]
    columns = [_column([counts.get(impact, 0) for counts in found]) for impact in hit]
    for at, each in enumerate(seen):
        yield ProgramView(
            program=Foreign(each.program),
            people=everybody(each.people, list(found[at].values())),
            cells=tuple(column[at] for column in columns),
            measures=tuple(measures_rows(each.before, each.after)),
            sentences=tuple(_program_sentences(each)),
            calendar=_calendar(each),
            scores=_bins(each.before.scores, each.after.scores, most=12),
            load=_bins(each.before.load, each.after.load, most=8),
        )


def _column(cells: Sequence[int]) -> tuple[str, ...]:
    if is_few(sum(cells)):
        return (HIDDEN,) * len(cells) if len(cells) > 1 else tuple(map(shown, cells))
    return beside_total(cells)


def _program_sentences(each: ProgramConsequences) -> Iterator[str]:
    counts = dict(each.impact)
    guarded = any(is_few(counts.get(impact, 0)) for impact in GUARDED)
    yield from filter(None, (churn_words(each.churn, is_guarded=guarded), promise_words(each.churn)))


def _calendar(each: ProgramConsequences) -> str:
    moves = each.calendar
    parts = [
        f"{shown(count)} sessions are {word}"
        for count, word in ((moves.added, "new"), (moves.moved, "moved"), (moves.cancelled, "cancelled"))
        if count
    ]
    return f"{', '.join(parts)}, for {about(moves.people)} people" if parts else ""


def _bins(before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]], *, most: int) -> tuple[Bin, ...]:
    """A distribution of whole numbers on both sides, in at most so many bars of one width."""
    values = [value for value, count in (*before, *after) if count]
    if not values:
        return ()
    low, high = min(values), max(values)
    width = -(-(high - low + 1) // most)
    bins = []
    for start in range(low, high + 1, width):
        inside = range(start, min(start + width, high + 1))
        label = f"{inside[0]:,}" if len(inside) == 1 else f"{inside[0]:,}\u2013{inside[-1]:,}"
        then, now = (sum(count for value, count in side if value in inside) for side in (before, after))
        bins.append(Bin(label=label, before=rounded(then), after=rounded(now)))
    return tuple(bins)


# -- lists -------------------------------------------------------------------------------------------------------------


def _causes(seen: Sequence[ProgramConsequences]) -> tuple[CauseView, ...]:
    causes = sorted(
        ((cause, each.program) for each in seen for cause in each.causes),
        key=lambda found: (-found[0].people, found[0].file, found[0].line, found[1], found[0].path),
    )
    return tuple(
        CauseView(
            place=Foreign(f"{cause.file}:{cause.line}") if cause.file else None,
            path=Foreign(cause.path),
            reason=Phrase(cause.reason),
            people=about(cause.people),
        )
        for cause, _ in causes
    )


def _tellings(seen: Sequence[ProgramConsequences]) -> tuple[TellingView, ...]:
    found: list[tuple[Telling, str]] = [(telling, each.program) for each in seen for telling in each.tellings]
    found.sort(key=lambda pair: (-pair[0].people, pair[1], pair[0]))
    return tuple(
        TellingView(
            program=Foreign(program),
            message=Foreign(telling.message),
            channel=Foreign(telling.channel),
            occasion=Foreign(telling.occasion),
            when=day_words(telling.when) if telling.when else "at apply",
            people=about(telling.people),
            others=Foreign(", ".join(telling.others)),
        )
        for telling, program in found
    )


def _carried(live: Plan) -> Iterator[tuple[Foreign, Foreign, Foreign, str]]:
    """What lives under another definition afterwards, where its state changes."""
    for migration in live.migrations:
        for moved in migration.census:
            if moved.old != moved.to and moved.count:
                name = f"{migration.program} {migration.lifecycle}"
                yield Foreign(name), Foreign(moved.old), Foreign(moved.to), about(moved.count)


def _moved(live: Plan) -> Iterator[tuple[Foreign, Words, Words]]:
    """The cohorts whose first or last day is another one."""
    for change in live.changes:
        before, after = change.before, change.after
        if isinstance(before, CohortRecord) and isinstance(after, CohortRecord):
            then, now = ((day_words(c.starts), " to ", day_words(c.ends)) for c in (before, after))
            if then != now:
                name = Foreign(f"{after.address.program} {after.address.cohort}")
                yield name, then, now
