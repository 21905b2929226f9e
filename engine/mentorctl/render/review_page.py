"""The page for reviewers: one HTML file with charts, without scripts and without anything that is fetched.

It says what the comment says, at length. Words of others are escaped and marked as code; nobody is named, and the floor
of five holds as in the comment, for the page is an attachment of the same pull request.
"""

from collections.abc import Iterable, Iterator, Sequence

from mentorctl.lifecycle.difference import difference
from mentorctl.plan.model import Impact
from mentorctl.plan.static import StaticPlan
from mentorctl.render.charts import Bar, Pair, Span, bars_svg, pairs_svg, spans_svg
from mentorctl.render.difference import MOST_STATES, MOST_TRANSITIONS, difference_rows
from mentorctl.render.intent import moved_words, span_words
from mentorctl.render.lifecycle_picture import difference_picture
from mentorctl.render.markdown import cut
from mentorctl.render.review import Bin, ProgramView, Review
from mentorctl.render.review_words import DOES, Foreign, Phrase, Words
from mentorctl.render.static import PEOPLE, limit_words, moved_dates, shown_value
from mentorctl.render.style import plain
from mentorctl.render.svg import inline_svg, picture_css
from mentorctl.render.templates import filled

_ROWS = 400  # of a table
_CHARTS = 8  # programs, cohorts and lifecycles with a picture of their own
_LONG = 300
_BIG = 700  # from which width on a picture of a lifecycle is made smaller
_LOOKS = {
    Impact.ERASED: "gone",
    Impact.WITHDRAWN: "gone",
    Impact.UN_MATCHED: "bad",
    Impact.RE_MATCHED: "warm",
    Impact.RESCHEDULED: "warm",
}

type Cell = list[dict[str, object]]


def review_html(review: Review) -> str:
    """The page, ending with a newline."""
    sections = [section for section in (_people(review), *_parts(review)) if section]
    return filled(
        "review/page.html.j2",
        {
            "title": f"Review of {plain(review.workspace)}",
            "headline": _words(review.headline),
            "sentences": [_words(words) for words in review.sentences],
            "worst": review.worst.value,
            "tone": _LOOKS.get(review.worst, "calm"),
            "facts": [{"name": name, "value": plain(value)} for name, value in _facts(review) if value],
            "sections": sections,
            "picture_css": picture_css(".lifecycle"),
        },
        escape=True,
    )


def _facts(review: Review) -> Iterator[tuple[str, str]]:
    live, static = review.live, review.static
    yield "workspace", review.workspace
    yield "worst for people", review.worst.value
    if live is not None:
        yield "as of", live.as_of
        yield "holds until", live.valid_until
        yield "digest", live.digest
    if static is not None:
        yield "compared", f"{cut(static.base, 12)} to {cut(static.head, 12) or 'the files'}"
        if live is None:
            yield "as of", static.as_of


# -- sections ----------------------------------------------------------------------------------------------------------


def _section(
    title: str,
    *,
    lines: Iterable[Words] = (),
    charts: Sequence[dict[str, object]] = (),
    header: Sequence[str] = (),
    rows: Sequence[Sequence[Words]] = (),
    numbers: frozenset[int] = frozenset(),
    is_folded: bool = False,
) -> dict[str, object] | None:
    """A heading with charts and the table beside them; None when there is nothing to say."""
    said = [_words(line) for line in lines]
    if not (said or rows or charts):
        return None
    kept = rows[:_ROWS]
    more = len(rows) - len(kept)
    return {
        "title": title,
        "id": "".join(c if c.isalnum() else "-" for c in title.lower()),
        "lines": said,
        "charts": charts,
        "header": header,
        "rows": [[_words(cell) for cell in row] for row in kept],
        "numbers": sorted(numbers),
        "more": f"{more:,} more not shown" if more else "",
        "is_folded": is_folded,
    }


def _people(review: Review) -> dict[str, object] | None:
    """Who is affected, or, where nobody can be counted, who may be."""
    if review.consequences:
        bars = [
            Bar(label=c.impact.value, value=c.people, share=c.bar, look=_LOOKS.get(c.impact, "calm"))
            for c in review.consequences
        ]
        has_verdicts = any(c.limit or c.needs for c in review.consequences)
        return _section(
            "Who is affected",
            lines=[review.accepting] if review.accepting else (),
            charts=[_chart(bars_svg(bars, name="people", title="People affected, the worst first"), wide=540)],
            header=("consequence", "what it means", "people", *(("limit", "needs") if has_verdicts else ())),
            rows=[
                (
                    (c.impact.value,),
                    (DOES[c.impact],),
                    (c.people,),
                    *(((c.limit or "-",), (Foreign(", ".join(c.needs)) or "-",)) if has_verdicts else ()),
                )
                for c in review.consequences
            ],
            numbers=frozenset({2, 3} if has_verdicts else {2}),
        )
    static = review.static
    if review.live is not None or static is None:
        return None
    rows: list[tuple[Words, Words, Words]] = [
        ((Foreign(each.program),), (each.impact.value,), (PEOPLE[each.impact],)) for each in static.programs
    ]
    rows += [(("mentorctl.yaml",), (value.impact.value,), (PEOPLE[value.impact],)) for value in static.settings[:1]]
    return _section("Who may be affected", header=("where", "at worst", "what that means"), rows=rows)


def _parts(review: Review) -> Iterator[dict[str, object] | None]:
    verdicts = [tuple(_unmarked(word) for word in words) for words in review.verdicts]
    yield _section("What limits and policies say", header=("verdict",), rows=[(words,) for words in verdicts])
    yield _limits(review.static)
    yield _findings(review.static)
    yield from _of_programs(review)
    yield from _timelines(review)
    yield from _lifecycles(review)
    yield _section(
        "Messages that go out",
        header=("program", "message", "channel", "on", "when", "people", "others"),
        rows=[
            ((t.program,), (t.message,), (t.channel,), (t.occasion,), (t.when,), (t.people,), (t.others,))
            for t in review.tellings
        ],
        numbers=frozenset({5}),
    )
    yield _section(
        "Calendars",
        header=("program", "sessions"),
        rows=[((p.program,), (p.calendar,)) for p in review.programs if p.calendar],
    )
    yield _section(
        "What is called otherwise, and changes nothing for anybody",
        header=("program", "kind", "was", "is", "people"),
        rows=[((program,), (kind,), (was,), (now,), (people,)) for program, kind, was, now, people in review.renamed],
        numbers=frozenset({4}),
    )
    yield from _files(review.static)
    yield _section(
        "What moved although no file asked for it",
        header=("program", "where", "what", "people"),
        rows=[((program,), (kind,), (what,), (people,)) for program, kind, what, people in review.drift],
        numbers=frozenset({3}),
    )


def _of_programs(review: Review) -> Iterator[dict[str, object] | None]:
    """Which programs are touched, how well their people are matched, and what did it."""
    if len(review.programs) > 1:
        yield _section(
            "Programs",
            header=("program", "people", *(c.impact.value for c in review.consequences)),
            rows=[((p.program,), (p.people,), *((cell,) for cell in p.cells)) for p in review.programs],
            numbers=frozenset(range(1, 2 + len(review.consequences))),
        )
    yield from _quality(review.programs)
    yield _section(
        "What caused it",
        header=("where", "what", "reason", "people"),
        rows=[((c.place or "the roster",), (c.path,), (c.reason,), (c.people,)) for c in review.causes],
        numbers=frozenset({3}),
    )


def _quality(programs: Sequence[ProgramView]) -> Iterator[dict[str, object] | None]:
    for number, each in enumerate(programs[:_CHARTS]):
        of = f" of {plain(each.program)}" if len(programs) > 1 else ""
        charts = [
            _pairs(each.scores, f"score{number}", f"Scores of matches{of}", "score of a match"),
            _pairs(each.load, f"load{number}", f"Load of mentors{of}", "mentees of one mentor"),
        ]
        yield _section(
            f"Before and after{of}",
            lines=[(sentence,) for sentence in each.sentences] if len(programs) > 1 else (),
            charts=[chart for chart in charts if chart],
            header=("measure", "before", "after") if each.measures else (),
            rows=[((label,), (before,), (after,)) for label, before, after in each.measures],
            numbers=frozenset({1, 2}),
        )


def _pairs(bins: Sequence[Bin], name: str, title: str, axis: str) -> dict[str, object] | None:
    if not bins:
        return None
    pairs = [Pair(label=b.label, before=b.before, after=b.after) for b in bins]
    rows = [((b.label,), (_count(b.before),), (_count(b.after),)) for b in bins]
    table: dict[str, object] = {
        "header": (axis, "before", "after"),
        "rows": [[_words(cell) for cell in row] for row in rows],
        "title": title,
    }
    return _chart(pairs_svg(pairs, name=name, title=f"{title}, before and after", axis=axis), wide=480, table=table)


def _count(count: int | None) -> str:
    return "fewer than 5" if count is None else f"{count:,}"


def _limits(static: StaticPlan | None) -> dict[str, object] | None:
    found = [(each.program, limit) for each in static.programs for limit in each.limits] if static else []
    return _section(
        "Limits that move",
        header=("program", "what becomes of it", "direction"),
        rows=[
            ((Foreign(program),), (Foreign(limit_words(limit)),), ("weaker" if limit.is_weaker else "stricter",))
            for program, limit in found
        ],
    )


def _findings(static: StaticPlan | None) -> dict[str, object] | None:
    if static is None:
        return None
    rows: list[tuple[Words, Words, Words]] = [
        (("error",), ("no program can be read from it",), (Foreign(file),)) for file in static.broken
    ]
    rows += [
        (
            (Foreign(f"{c.severity} {c.code}"),),
            (Foreign(cut(f"{c.summary}: {c.detail}", _LONG)),),
            (Foreign(f"{c.file}:{c.line}") if c.file else "",),
        )
        for c in static.checks
    ]
    solved: list[Words] = [(f"{static.solved:,} findings of before are solved.",)] if static.solved else []
    return _section("Findings of this change", lines=solved, header=("", "finding", "where") if rows else (), rows=rows)


# -- pictures and files ------------------------------------------------------------------------------------------------


def _timelines(review: Review) -> Iterator[dict[str, object] | None]:
    yield _section(
        "Dates of cohorts",
        header=("cohort", "before", "after"),
        rows=[((name,), before, after) for name, before, after in review.moved],
    )
    programs = review.static.programs if review.static else ()
    cohorts = list(dict.fromkeys((each, change.cohort) for each in programs for change in each.dates))
    for number, (each, cohort) in enumerate(cohorts[:_CHARTS]):
        changes = [change for change in each.dates if change.cohort == cohort]
        title = f"Timeline of {plain(each.program)} {plain(cohort)}"
        spans = [Span(label=c.of.replace("_", " "), before=c.before, after=c.after) for c in changes[:40]]
        yield _section(
            title,
            charts=[_chart(spans_svg(spans, name=f"time{number}", title=f"{title}, before and after"), wide=860)],
            header=("phase", "before", "after"),
            rows=[
                ((Foreign(c.of),), (span_words(c.before),), (f"{span_words(c.after)}{moved_words(c)}",))
                for c in moved_dates(changes)
            ],
        )


def _lifecycles(review: Review) -> Iterator[dict[str, object] | None]:
    yield _section(
        "Where people stand when lifecycles change",
        header=("lifecycle", "from", "to", "things"),
        rows=[((name,), (old,), (new,), (count,)) for name, old, new, count in review.carried],
        numbers=frozenset({3}),
    )
    programs = review.static.programs if review.static else ()
    found = [(each.program, machine) for each in programs for machine in each.lifecycles]
    for number, (program, machine) in enumerate(found[:_CHARTS]):
        changes = difference(machine.before, machine.after)
        is_drawable = len(changes.states) <= MOST_STATES and len(changes.transitions) <= MOST_TRANSITIONS
        picture = inline_svg(difference_picture(changes), f"life{number}") if is_drawable else ""
        rows = [row[:3] for row in difference_rows(changes, None)]
        yield _section(
            f"Lifecycle of {plain(machine.after.name)} in {plain(program)}",
            charts=[_chart(picture, wide=0)] if picture else (),
            header=("", "what", "change"),
            rows=[((sign,), (Foreign(what),), (Foreign(change),)) for sign, what, change in rows],
        )


def _files(static: StaticPlan | None) -> Iterator[dict[str, object] | None]:
    if static is None:
        return
    values = [(Foreign(each.program), value) for each in static.programs for value in each.values]
    values += [(Foreign("mentorctl.yaml"), value) for value in static.settings]
    yield _section(
        "Values that differ",
        header=("program", "value", "before", "after", "where"),
        rows=[
            (
                (program,),
                (f"{value.action.value} ", Foreign(value.path)),
                (Foreign(cut(shown_value(value.before), _LONG)),),
                (Foreign(cut(shown_value(value.after), _LONG)),),
                (Foreign(f"{value.file}:{value.line}") if value.file else "",),
            )
            for program, value in values
        ],
    )
    yield _section(
        "Messages and policies whose text differs",
        header=("file", "lines added", "lines removed"),
        rows=[((Foreign(t.file),), (f"+{t.added}",), (f"-{t.removed}",)) for t in static.texts],
        numbers=frozenset({1, 2}),
    )


# -- words -------------------------------------------------------------------------------------------------------------


def _unmarked(word: str) -> str:
    """Our own words without the marks of Markdown."""
    return word if isinstance(word, Foreign) else word.replace("**", "")


def _words(words: Words) -> Cell:
    return [{"text": plain(word), "is_foreign": _is_code(word)} for word in words if word]


def _is_code(word: str) -> bool:
    return not word.is_harmless if isinstance(word, Phrase) else isinstance(word, Foreign)


def _chart(svg: str, *, wide: int, table: dict[str, object] | None = None) -> dict[str, object]:
    """A drawing that may be wider than the page: it scrolls by itself then. `table` says the same in numbers."""
    name = svg.partition("<title")[2].partition(">")[2].partition("</title>")[0]
    across = float(svg.partition('viewBox="0 0 ')[2].partition(" ")[0])
    return {"svg": svg, "wide": wide, "is_big": across > _BIG, "name": name, "table": table}
