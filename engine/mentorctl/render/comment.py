"""The comment under a pull request: one, found again by its hidden first line, never longer than the forge takes.

Words of others are quoted as code (see `render.markdown`). Where everything does not fit, lists are cut, most important
first, and say how much is missing; the sentence about people, the table and the digest always stay.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mentorctl.lifecycle.difference import difference
from mentorctl.plan.model import Impact
from mentorctl.plan.static import StaticLimit
from mentorctl.render.difference import difference_mermaid
from mentorctl.render.intent import moved_words, span_words
from mentorctl.render.markdown import cut, fenced, quoted, sentence, table, worded
from mentorctl.render.review import CauseView, ProgramView, Review
from mentorctl.render.review_words import DOES, SEVERITY
from mentorctl.render.static import limit_words, moved_dates, shown_value
from mentorctl.render.templates import filled

MOST_BYTES = 60_000
_STEPS = (200, 80, 30, 10, 4, 1, 0)  # entries of each list
_DIAGRAM = 12_000  # characters of one diagram


def comment_markdown(review: Review) -> str:
    """The whole comment, ending with a newline. Equal reviews have equal comments."""
    if review.is_empty:
        return f"{review.marker}\n{sentence(review.headline)}\n"
    for most in _STEPS:
        text = filled("review/comment.md.j2", _Comment(review, most).values())
        if len(text.encode()) < MOST_BYTES:
            return text
    raise ValueError("a comment without lists is too long")  # every word is cut, so that this is a bug


type Rows = dict[str, object]


class _Comment:
    """The values of the template when every list has at most so many entries."""

    def __init__(self, review: Review, most: int) -> None:
        self._review = review
        self._most = most
        self._left_out = 0

    def values(self) -> dict[str, object]:
        review = self._review
        values: dict[str, object] = {
            "marker": review.marker,
            "headline": sentence(review.headline, 60),
            "sentences": [sentence(words) for words in review.sentences],
            "checks": {"errors": _errors(review)},
            "refusals": self._rows(review.verdicts, sentence),
            "consequences": _consequences(review),
            "possible": ""
            if review.live
            else self._listed(list(_possible(review)), tuple, ("at worst", "in", "changes")),
            "measures": self._rows(review.programs, lambda program: _measures(program, len(review.programs))),
            "limits": self._rows(_limits(review), _limit),
            "causes": self._rows(review.causes, _cause, at_most=5),
            "folds": [{"title": title, "body": body} for title, body in self._folds() if body],
            "accepting": sentence(review.accepting),
            "footer": _footer(review),
        }
        return values | {"cut": f"{self._left_out:,} more entries are in the plan itself" if self._left_out else ""}

    def _rows[T](self, rows: Sequence[T], shape: Callable[[T], str], at_most: int = 200) -> Rows | None:
        """The first rows and how many more there are; None where there is nothing at all."""
        shown = [shape(row) for row in rows[: min(self._most, at_most)]]
        more = len(rows) - len(shown)
        if not rows or (not shown and self._most == 0):
            self._left_out += more
            return None
        return {"rows": shown, "more": f"\n{more:,} more not shown\n" if more else ""}

    def _listed[T](self, rows: Sequence[T], shape: Callable[[T], Sequence[str]], header: Sequence[str]) -> str:
        """A table of at most so many rows, with the count of the rest."""
        kept = rows[: self._most]
        more = len(rows) - len(kept)
        if not kept:
            self._left_out += more
            return ""
        body = table(header, map(shape, kept))
        return f"{body}\n\n{more:,} more not shown" if more else body

    # -- what is folded --------------------------------------------------------------------------------------------

    def _folds(self) -> Iterator[tuple[str, str]]:
        review = self._review
        if len(review.programs) > 1:
            header = ("program", *(row.impact.value for row in review.consequences))
            body = self._listed(review.programs, lambda p: (quoted(p.program), *p.cells), header)
            yield f"Programs ({len(review.programs):,})", body
        yield "Messages that go out", self._tellings()
        yield (
            "Calendars",
            self._listed(
                [p for p in review.programs if p.calendar],
                lambda p: (quoted(p.program), p.calendar),
                ("program", "sessions"),
            ),
        )
        yield from self._of_files()
        header = ("lifecycle", "from", "to", "things")
        carried = self._listed(review.carried, lambda r: (quoted(r[0]), quoted(r[1]), quoted(r[2]), r[3]), header)
        yield "Where people stand when lifecycles change", carried
        yield (
            "Dates of cohorts",
            self._listed(
                review.moved,
                lambda row: (quoted(row[0]), sentence(row[1]), sentence(row[2])),
                ("cohort", "before", "after"),
            ),
        )
        yield (
            "What is called otherwise, and changes nothing for anybody",
            self._listed(
                review.renamed,
                lambda row: (quoted(row[0]), row[1], quoted(row[2]), quoted(row[3]), row[4]),
                ("program", "kind", "was", "is", "people"),
            ),
        )
        yield (
            "What moved although no file asked for it",
            self._listed(
                review.drift,
                lambda row: (quoted(row[0]), row[1], quoted(row[2]), row[3]),
                ("program", "where", "what", "people"),
            ),
        )

    def _tellings(self) -> str:
        return self._listed(
            self._review.tellings,
            lambda t: (
                quoted(t.program),
                quoted(t.message),
                quoted(t.occasion),
                sentence((t.when,)),
                " and ".join(filter(None, (t.people, worded(t.others)))),
            ),
            ("program", "message", "on", "when", "people"),
        )

    def _of_files(self) -> Iterator[tuple[str, str]]:
        static = self._review.static
        if static is None:
            return
        values = [(each.program, value) for each in static.programs for value in each.values]
        values += [("mentorctl.yaml", value) for value in static.settings]
        yield (
            "Values that differ",
            self._listed(
                values,
                lambda row: (
                    quoted(row[0]),
                    f"{row[1].action.value} {quoted(row[1].path)}",
                    " → ".join(
                        filter(None, (quoted(shown_value(row[1].before), 60), quoted(shown_value(row[1].after), 60)))
                    ),
                    quoted(f"{row[1].file}:{row[1].line}") if row[1].file else "",
                ),
                ("program", "value", "before → after", "where"),
            ),
        )
        moves = [(each.program, move) for each in static.programs for move in moved_dates(each.dates)]
        yield (
            "Timeline before and after",
            self._listed(
                moves,
                lambda row: (
                    quoted(f"{row[0]} {row[1].cohort}"),
                    quoted(row[1].of),
                    span_words(row[1].before),
                    f"{span_words(row[1].after)}{moved_words(row[1])}",
                ),
                ("cohort", "phase", "before", "after"),
            ),
        )
        yield "Lifecycles that differ", self._diagrams()
        yield (
            "Messages and policies whose text differs",
            self._listed(
                static.texts,
                lambda text: (f"{text.action.value} {quoted(text.file)}", f"+{text.added}", f"-{text.removed}"),
                ("file", "lines added", "lines removed"),
            ),
        )
        yield (
            f"Findings of this change ({len(static.checks):,}, {static.solved:,} solved)",
            self._listed(
                static.checks,
                lambda c: (
                    f"{worded(c.severity)} {quoted(c.code)}",
                    quoted(f"{c.summary}: {c.detail}", 200),
                    quoted(f"{c.file}:{c.line}") if c.file else "",
                ),
                ("", "finding", "where"),
            ),
        )

    def _diagrams(self) -> str:
        static = self._review.static
        found = [(each.program, each.lifecycles) for each in static.programs] if static else []
        pairs = [(program, machine) for program, machines in found for machine in machines]
        parts, drawn = [], 0
        for program, machine in islice(pairs, min(10, self._most)):
            text = difference_mermaid(difference(machine.before, machine.after))
            if len(text) <= _DIAGRAM:
                title = f"{quoted(program)} {quoted(machine.after.name)}"
                parts.append(f"{title}\n\n{fenced(text.splitlines(), 'mermaid')}")
                drawn += 1
        more = len(pairs) - drawn
        if not parts:
            self._left_out += more
            return ""
        return "\n\n".join([*parts, *([f"{more:,} more not shown"] if more else [])])


# -- lines -------------------------------------------------------------------------------------------------------------


def _errors(review: Review) -> int:
    static = review.static
    return sum(c.severity == "error" for c in static.checks) + len(static.broken) if static else 0


def _consequences(review: Review) -> str:
    """The table of consequences, the worst first."""
    found = review.consequences
    has_verdicts = any(row.limit or row.needs for row in found)
    rows = [
        (
            f"**{row.impact.value}**",
            DOES[row.impact],
            row.people,
            *((row.limit or "-", ", ".join(worded(role) for role in row.needs) or "-") if has_verdicts else ()),
        )
        for row in found
    ]
    header = ("consequence", "people who", "people", *(("limit", "needs") if has_verdicts else ()))
    return table(header, rows, frozenset({2, 3} if has_verdicts else {2})) if rows else ""


def _possible(review: Review) -> Iterator[tuple[str, str, str]]:
    """The worst that changes can lead to, and in which programs."""
    static = review.static
    if static is None:
        return
    found = [(each.program, value.impact) for each in static.programs for value in each.values]
    found += [(each.program, each.impact) for each in static.programs if not each.values]
    found += [("mentorctl.yaml", value.impact) for value in static.settings]
    found += [(text.file, Impact.INFORMED) for text in static.texts]
    for impact in reversed(SEVERITY):
        where = list(dict.fromkeys(name for name, worst in found if worst is impact))
        if where:
            named = ", ".join(quoted(name, 60) for name in where[:5])
            more = f" and {len(where) - 5:,} more" if len(where) > 5 else ""  # noqa: PLR2004
            count = sum(worst is impact for _, worst in found)
            yield f"**{impact.value}**: people {DOES[impact]}", named + more, f"{count:,}"


def _measures(program: ProgramView, programs: int) -> str:
    parts = [f"{label} {before} → {after}" for label, before, after in program.measures]
    name = f"{quoted(program.program)}: " if programs > 1 else ""
    said = [*program.sentences] if programs > 1 else []
    return name + " ".join(filter(None, (" · ".join(parts), *said)))


def _limits(review: Review) -> list[tuple[str, StaticLimit]]:
    """The limits that move, first those that allow more."""
    programs = review.static.programs if review.static else ()
    found = [(each.program, limit) for each in programs for limit in each.limits]
    return sorted(found, key=lambda pair: not pair[1].is_weaker)


def _limit(row: tuple[str, StaticLimit]) -> str:
    program, limit = row
    words = f"{'**weaker**' if limit.is_weaker else 'stricter'} in {quoted(program, 60)}: {quoted(limit_words(limit))}"
    return f"{words}; what it was counts until this is merged" if limit.is_weaker else words


def _cause(cause: CauseView) -> str:
    place = quoted(cause.place) if cause.place else "the roster"
    path = f" {quoted(cause.path)}" if cause.path else ""
    return f"{place}{path}: {worded(cause.reason)}, {cause.people} people"


def _footer(review: Review) -> str:
    parts = [f"workspace {quoted(review.workspace, 60)}"]
    if review.live is not None:
        parts += [f"digest {quoted(review.live.digest)}", f"as of {quoted(review.live.as_of)}"]
    elif review.static is not None:
        head = cut(review.static.head, 12) or "the files"
        parts += [f"{quoted(cut(review.static.base, 12))} to {quoted(head)}", f"as of {quoted(review.static.as_of)}"]
    return ", ".join(parts) + ". Numbers under five are not shown; people are never named here."
