"""How a plan is put to reviewers in sentences; each is made from the effects, so that none can say something else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mentorctl.plan.consequences import Churn, Measures
from mentorctl.plan.model import Impact
from mentorctl.plan.static import StaticPlan
from mentorctl.render.floor import about, everybody, is_few, part_of, rate, shown, total
from mentorctl.render.static import PEOPLE


class Foreign(str):
    """Words that come from a file or a document: never Markdown, never HTML, always quoted."""

    __slots__ = ()


class Phrase(Foreign):
    """Words of others that are a sentence: quoted only where they hold more than letters, spaces and commas."""

    __slots__ = ()

    @property
    def is_harmless(self) -> bool:
        return bool(_PHRASE.fullmatch(self)) and not _COMMIT.search(self)


_PHRASE = re.compile(r"[A-Za-z]+(?:,? [A-Za-z]+)*")
_COMMIT = re.compile(r"\b[a-f]{7,}\b", re.IGNORECASE)

type Words = tuple[str, ...]  # our own words and those of others, in the order in which they are read

SEVERITY = tuple(Impact)
DOES = {
    Impact.ERASED: "have data about them erased",
    Impact.WITHDRAWN: "leave the program",
    Impact.UN_MATCHED: "lose their match",
    Impact.RE_MATCHED: "get another partner",
    Impact.RESCHEDULED: "have dates that move",
    Impact.INFORMED: "hear of something new",
    Impact.INTERNAL: "are recorded otherwise and told nothing",
    Impact.NONE: "notice nothing",
}
_IN_HEADLINE = 3


def people_words(counts: Mapping[Impact, int], programs: Sequence[str]) -> Words:
    """`14 people lose their match and 9 get another partner in grow.`"""
    worst = [impact for impact in reversed(SEVERITY) if counts.get(impact) and impact is not Impact.NONE]
    if not worst:
        return ("Nothing happens to anybody", *_in(programs), ".")
    said = [i for i in worst if i is not Impact.INTERNAL][:_IN_HEADLINE] or worst
    parts = [
        f"{shown(counts[impact])}{' people' if number == 0 else ''} {DOES[impact]}"
        for number, impact in enumerate(said)
    ]
    return (joined(parts), *_in(programs), ".")


def joined(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def _in(programs: Sequence[str]) -> Words:
    if not programs:
        return ()
    if len(programs) > _IN_HEADLINE:
        return (f" in {len(programs):,} programs",)
    words: list[str] = [" in "]
    for number, program in enumerate(programs):
        words += ([", " if number < len(programs) - 1 else " and "] if number else []) + [Foreign(program)]
    return tuple(words)


def touched_words(counts: Mapping[Impact, int], seen: int, *, programs: int) -> str:
    """How many of all are touched; nothing from which a small group could be told."""
    parts = [count for impact, count in counts.items() if impact is not Impact.NONE]
    rest = seen - sum(parts)
    once = "; who takes part in several programs counts in each" if programs > 1 else ""
    if is_few(seen):
        return ""
    if is_few(rest):
        return f"Nearly all of {everybody(seen, parts)} people are touched{once}."
    return f"{_capital(total(parts))} of {everybody(seen, parts)} people are touched{once}."


def churn_words(churn: Churn, *, is_guarded: bool) -> str:
    """What becomes of matches. `is_guarded`: people are few, so that the number of matches must not tell how few."""
    parts = []
    if churn.kept:
        parts.append(f"{shown(churn.kept)} stay")
    if churn.ended:
        parts.append(f"{about(churn.ended) if is_guarded else shown(churn.ended)} end")
    if churn.made:
        parts.append(f"{shown(churn.made)} begin")
    if not parts or not (churn.ended or churn.made):
        return ""
    return f"Of the matches, {joined(parts)}."


def promise_words(churn: Churn) -> str:
    """Of the matches that end, those that people were told of, and those that have met."""
    if not churn.ended or not (churn.ended_announced or churn.ended_met):
        return ""
    if is_few(churn.ended):
        return "People were told of matches that end, or have met in them."
    told = f"{part_of(churn.ended_announced, churn.ended)} were announced" if churn.ended_announced else ""
    met = f"{part_of(churn.ended_met, churn.ended)} have already met" if churn.ended_met else ""
    return f"Of those that end, {' and '.join(filter(None, (told, met)))}."


def measures_rows(before: Measures, after: Measures) -> Iterable[tuple[str, str, str]]:
    """What is measured on both sides: a label, before, after. Lines that say nothing are left out."""
    if before.mentees or after.mentees:
        yield "matched", rate(before.matched, before.mentees), rate(after.matched, after.mentees)
    if before.mentors or after.mentors:
        yield (
            "mentors with a mentee",
            rate(before.mentors_used, before.mentors),
            rate(after.mentors_used, after.mentors),
        )
    if before.matches or after.matches:
        yield "mean score", _mean(before.score_total, before.matches), _mean(after.score_total, after.matches)
    if before.load or after.load:
        yield "mentees for each mentor who has any", _load(before), _load(after)
    if before.fairness_gap is not None or after.fairness_gap is not None:
        yield "largest gap in match rate between groups", _gap(before.fairness_gap), _gap(after.fairness_gap)


def _mean(score: int, matches: int) -> str:
    return "no matches" if not matches else "too few to say" if is_few(matches) else f"{score / matches:,.1f}"


def _load(measures: Measures) -> str:
    mentors = sum(count for mentees, count in measures.load if mentees)
    return _mean(sum(mentees * count for mentees, count in measures.load), mentors).replace("no matches", "nobody")


def _gap(gap: int | None) -> str:
    """The gap in whole points; two of them are compared, not added."""
    return "too few to say" if gap is None else f"{round(gap / 100)} points"


def static_words(plan: StaticPlan) -> Words:
    """`At worst, dates of people move in grow.`"""
    if plan.is_empty:
        return ("Nothing differs: nothing happens to anybody.",)
    programs = [each.program for each in plan.programs]
    if plan.has_errors and not (programs or plan.settings or plan.texts):
        return ("The files have errors, so that nothing can be said about people.",)
    return (f"At worst, {PEOPLE[plan.impact]}", *_in(programs), ".")


def day_words(day: str) -> str:
    """`28 Feb 2027` for an ISO day; a text that is none stays what it is, as the words of somebody else."""
    try:
        return f"{date.fromisoformat(day):%d %b %Y}".lstrip("0")
    except ValueError:
        return Foreign(day)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
