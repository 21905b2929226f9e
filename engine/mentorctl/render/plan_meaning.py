"""What a plan means in one program, as text: causes, measures before and after, churn, calendar and messages."""

from collections.abc import Iterator, Sequence

from mentorctl.plan.consequences import Churn, Measures, ProgramConsequences, Telling
from mentorctl.render.style import Style
from mentorctl.render.tables import table

_MOST = 6  # lines of a list, unless all are asked for


def meaning_lines(one: ProgramConsequences, style: Style, *, is_full: bool) -> Iterator[str]:
    """The consequences of one program, each part under its word."""
    yield from _causes(one, style, is_full=is_full)
    yield from _measures(one, style)
    yield from _calendar(one, style)
    yield from _tellings(one.tellings, style, is_full=is_full)


def matched_words(before: Measures, after: Measures) -> str:
    """How many are matched, before and after, in a few words."""
    if not before.matches:
        return f"{_share(after)} matched"
    return f"matched {_share(before)} → {_share(after)}"


def place_of(file: str, line: int, column: int, path: str) -> str:
    """Where a cause is written; what no file says is the roster's, or was recorded."""
    return f"{file}:{line}:{column}" if file else _PLACES.get(path, path)


def _causes(one: ProgramConsequences, style: Style, *, is_full: bool) -> Iterator[str]:
    if not one.causes:
        return
    shown = one.causes if is_full else one.causes[:_MOST]
    rows = [
        (
            place_of(cause.file, cause.line, cause.column, cause.path),
            "" if cause.path in _PLACES else cause.path,
            cause.reason,
            _people(cause.people) if cause.people else "touches nobody",
        )
        for cause in shown
    ]
    yield f"  {style.note('because of')}"
    yield from table(rows, indent="    ", dress={0: style.strong, 1: style.faint, 3: style.faint})
    yield from _rest(len(one.causes) - len(shown), style)


def _measures(one: ProgramConsequences, style: Style) -> Iterator[str]:
    """Only what there is: a program that has not matched yet has nothing to measure."""
    before, after = one.before, one.after
    if not (before.matches or after.matches or one.churn.ended):
        return
    rows = [("matched", _share(before), _share(after), _change(before, after, "rate"))]
    rows.append(("mean score", _mean(before), _mean(after), _change(before, after, "mean")))
    rows.append(("lowest score", _lowest(before), _lowest(after), _change(before, after, "lowest")))
    if before.mentors or after.mentors:
        rows.append(("mentors in use", _used(before), _used(after), ""))
        rows.append(("mentees each", _load(before), _load(after), ""))
    if before.fairness_gap is not None or after.fairness_gap is not None:
        rows.append(("widest gap", _gap(before), _gap(after), _change(before, after, "gap")))
    if not before.matches:  # there is nothing to compare with
        yield f"  {style.note('matches')}"
        yield from table([(name, now) for name, _, now, _ in rows], indent="    ")
        return
    yield f"  {style.note('before → after')}"
    yield from table(
        [(name, was, "→", now, sign) for name, was, now, sign in rows],
        indent="    ",
        dress={2: style.faint, 4: lambda text: _direction(text, style)},
    )
    yield f"    matches: {_churn(one.churn, style)}"


def _churn(churn: Churn, style: Style) -> str:
    words = [f"{churn.kept:,} kept", f"{churn.made:,} made", f"{churn.ended:,} ended"]
    broken = []
    if churn.ended_announced:
        broken.append(f"{churn.ended_announced:,} announced")
    if churn.ended_met:
        broken.append(f"{churn.ended_met:,} already met")
    text = ", ".join(words)
    return f"{text} {style.removed('(' + ', '.join(broken) + ')')}" if broken else text


def _calendar(one: ProgramConsequences, style: Style) -> Iterator[str]:
    moves = one.calendar
    parts = [
        f"{count:,} {word}"
        for count, word in ((moves.added, "added"), (moves.moved, "moved"), (moves.cancelled, "cancelled"))
        if count
    ]
    if parts:
        noun = "session" if moves.added + moves.moved + moves.cancelled == 1 else "sessions"
        yield f"  {style.note('calendar')}"
        yield f"    {noun}: {', '.join(parts)}, for {_people(moves.people)}"


def _tellings(tellings: Sequence[Telling], style: Style, *, is_full: bool) -> Iterator[str]:
    if not tellings:
        return
    shown = tellings if is_full else tellings[:_MOST]
    rows = [
        (
            telling.when or "at apply",
            telling.message,
            telling.channel,
            ", ".join(filter(None, (_people(telling.people) if telling.people else "", *telling.others))),
            telling.occasion,
        )
        for telling in shown
    ]
    yield f"  {style.note('messages')}"
    yield from table(rows, indent="    ", dress={0: style.strong, 2: style.faint, 4: style.faint})
    yield from _rest(len(tellings) - len(shown), style)


def _rest(count: int, style: Style) -> Iterator[str]:
    if count > 0:
        yield style.faint(f"    … {count:,} more (--detail full shows all)")


# -- values ------------------------------------------------------------------------------------------------------------


def _people(count: int) -> str:
    return "nobody" if count == 0 else f"{count:,} {'person' if count == 1 else 'people'}"


def _share(measures: Measures) -> str:
    if not measures.mentees:
        return "-"
    return f"{measures.matched:,} of {measures.mentees:,} ({100 * measures.matched / measures.mentees:.0f} %)"


def _mean(measures: Measures) -> str:
    return f"{measures.score_total / measures.matches:.1f}" if measures.matches else "-"


def _lowest(measures: Measures) -> str:
    return str(measures.score_lowest) if measures.matches else "-"


def _used(measures: Measures) -> str:
    return f"{measures.mentors_used:,} of {measures.mentors:,}" if measures.mentors else "-"


def _load(measures: Measures) -> str:
    """How many mentors have how many mentees."""
    return ", ".join(f"{count:,} have {load}" for load, count in measures.load) or "-"


def _gap(measures: Measures) -> str:
    return "-" if measures.fairness_gap is None else f"{measures.fairness_gap / 100:.1f} points"


def _change(before: Measures, after: Measures, what: str) -> str:
    """Whether a measure gets better or worse, in a word; nothing where there is nothing to compare."""
    if not before.matches or not after.matches:
        return ""
    worse_if_less: dict[str, tuple[int, int]] = {
        "rate": (before.matched * after.mentees, after.matched * before.mentees),
        "mean": (before.score_total * after.matches, after.score_total * before.matches),
        "lowest": (before.score_lowest, after.score_lowest),
        "gap": (after.fairness_gap or 0, before.fairness_gap or 0),
    }
    was, now = worse_if_less[what]
    return "better" if now > was else "worse" if now < was else ""


def _direction(text: str, style: Style) -> str:
    word = text.strip()
    return style.added(text) if word == "better" else style.removed(text) if word == "worse" else text


_PLACES = {"roster": "the roster", "recorded": "what was recorded"}
