"""Answers about matches as pages: why, why not, who is left, and what a place is worth."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from mentorctl.diagnostics import Place, Span
from mentorctl.plan.explain.values import (
    Alternative,
    Effect,
    MatchSaid,
    Move,
    PersonSaid,
    ProblemSaid,
    Shared,
    UnmatchedSaid,
    ValueSaid,
    Verdict,
    WhyNot,
)
from mentorctl.plan.proofs import Checked, Outcome
from mentorctl.render.page import Page, Section

type Name = Callable[[str], str]
type Locate = Callable[[Place], Span | None]

_MOST_NAMES = 12
_MOST_ROWS = 50


def why_page(said: Sequence[PersonSaid], name: Name) -> Page:
    """Why some people are matched as they are."""
    sections = [section for person in said for section in _person(person, name)]
    return Page(title="Why they are matched as they are", sections=tuple(sections))


def _person(said: PersonSaid, name: Name) -> Iterator[Section]:
    lines = [_standing(said)]
    if said.note:
        lines.append(said.note)
    yield Section(title=f"{name(said.person)}, {said.role} of {said.program}/{said.cohort}", lines=tuple(lines))
    for match in said.matches:
        yield _match(match, said, name)
    if said.alternatives:
        mine = said.role == "mentor"
        yield Section(
            title="Next best",
            header=("with", "score", "instead loses", "what else changes"),
            rows=tuple(
                (name(a.mentee if mine else a.mentor), str(a.score), lost(a), _moves(a.moves, name, without=a))
                for a in said.alternatives
            ),
            numbers=frozenset({1}),
            is_part=True,
        )


def _standing(said: PersonSaid) -> str:
    who = (
        "nobody" if not said.candidates else "1 candidate" if said.candidates == 1 else f"{said.candidates} candidates"
    )
    state = said.state.replace("_", " ")
    places = f", {_count(said.places, 'place')}" if said.places else ""
    if not said.matches:
        return f"{state}, without a match; the rules allow {who}{places}"
    if not said.better:
        return f"{state}; the rules allow {who}{places}, and none of the others has more points"
    full = f", {said.full} of them without a free place" if said.full else ""
    return f"{state}; the rules allow {who}{places}; more points have {_count(said.better, 'other')}{full}"


def _match(match: MatchSaid, said: PersonSaid, name: Name) -> Section:
    beside = [p for p in (*match.mentors, *match.others) if p != said.person]
    about = f" for {match.subject}" if match.subject else ""
    given_up = (f"found only after giving up {', '.join(match.given_up)}",) if match.given_up else ()
    return Section(
        title=f"Match {match.id} with {_names(beside, name)}{about}: {match.state}, score {match.score:,}",
        lines=given_up if match.terms else (*given_up, "no rule gives them points"),
        header=("because of", "points"),
        rows=tuple((rule, f"{points:+,}") for rule, points in match.terms),
        numbers=frozenset({1}),
        is_part=True,
    )


def why_not_page(said: Sequence[WhyNot], name: Name, locate: Locate) -> Page:
    """Why two people are not matched with each other."""
    sections = [section for one in said for section in _why_not(one, name, locate)]
    return Page(title="Why they are not matched", sections=tuple(sections))


def _why_not(said: WhyNot, name: Name, locate: Locate) -> Iterator[Section]:
    lines = [sentence for sentence in (_verdict(said), said.note) if sentence]
    if said.anew:
        lines.append("their matches stand; this is about a search in which nobody has a match yet")
    title = f"{name(said.mentee)} and {name(said.mentor)} in {said.program}/{said.cohort}"
    yield Section(title=title, lines=tuple(lines))
    if said.rules:
        yield Section(
            title="Rules that forbid it",
            header=("rule", "because", "where"),
            rows=tuple((rule.id, rule.because or "-", where(rule.place, locate)) for rule in said.rules),
            is_part=True,
        )
    if said.if_allowed is not None:
        met = "they would be matched" if said.would_match else "they would still not be matched"
        yield Section(
            title="If the two were allowed by name", lines=(f"{met}: {gained(said.if_allowed)}",), is_part=True
        )
    if said.alternative is not None:
        yield from _forced(said.alternative, name)


def _verdict(said: WhyNot) -> str:
    return {
        Verdict.MATCHED: "They are matched",
        Verdict.FORBIDDEN: "The rules forbid it",
        Verdict.DECLINED: "It was declined",
        Verdict.NOT_READY: "Not both take part in the search",
        Verdict.NO_PLACE: "There is no place",
        Verdict.LOSES: "Other matches are better",
        Verdict.TIE: "It would be as good: only the tie-break decided",
    }.get(said.verdict, "")


def _forced(alternative: Alternative, name: Name) -> Iterator[Section]:
    rows = tuple(
        (objective.replace("_", " "), f"{loss:,}", f"{bound:,}")
        for objective, loss, bound in zip(alternative.objectives, alternative.losses, alternative.bounds, strict=True)
    )
    yield Section(
        title=f"The best matches with them (score {alternative.score:,}) lose {lost(alternative)}",
        header=("objective", "loses", "by the prices at least"),
        rows=rows,
        numbers=frozenset({1, 2}),
        is_part=True,
    )
    if alternative.moves:
        yield Section(
            title="What would change",
            header=("", "mentee", "mentor"),
            rows=tuple(("+" if m.comes else "-", name(m.mentee), name(m.mentor)) for m in alternative.moves),
            is_part=True,
        )


def unmatched_page(said: Sequence[UnmatchedSaid], name: Name, locate: Locate) -> Page:
    """Who has no match, why, and what would help."""
    sections = [section for one in said for section in _unmatched(one, name, locate)]
    return Page(title="Who has no match, and why", sections=tuple(sections))


def _unmatched(said: UnmatchedSaid, name: Name, locate: Locate) -> Iterator[Section]:
    where_it_is = f"{said.program}/{said.cohort}"
    if not said.people:
        yield Section(title=where_it_is, lines=(f"All {said.of} have a match.",))
        return
    yield Section(title=where_it_is, lines=(f"{len(said.people)} of {said.of} have no match.",))
    shown = said.people[:_MOST_ROWS]
    yield Section(
        title="What took their candidates away, in the order of the rules",
        header=("person", "could meet", "taken away by", "left"),
        rows=tuple(
            (
                name(p.person),
                str(p.everybody),
                ", ".join(f"{r.rule} {r.count}" for r in p.removed) or "-",
                str(p.left) if p.left else "nobody",
            )
            for p in shown
        ),
        numbers=frozenset({1, 3}),
        after=(f"and {len(said.people) - len(shown)} more",) if len(said.people) > len(shown) else (),
        is_part=True,
    )
    for shared in said.shared:
        yield Section(
            title=_shared(shared),
            lines=(
                f"mentees: {_names(shared.mentees, name)}",
                f"mentors: {_names(shared.mentors, name)}",
                f"without a match: {_names(shared.left, name)}",
            ),
            is_part=True,
        )
    if said.relaxations:
        yield Section(
            title="What would help, each alone",
            header=("change", "more matched", "points", "more pairs", "where"),
            rows=tuple(
                (r.change, f"{r.effect.mentees:+}", f"{r.effect.score:+,}", str(r.pairs or "-"), where(r.place, locate))
                for r in said.relaxations
            ),
            numbers=frozenset({1, 2, 3}),
            is_part=True,
        )
    else:
        yield Section(
            title="No single change of a rule would help",
            lines=("invite more mentors, or see with `mentorctl explain value` who could take one more",),
            is_part=True,
        )
    if said.note:
        yield Section(title="Note", lines=(said.note,), is_part=True)


def _shared(shared: Shared) -> str:
    """How too few places are shared, as a sentence."""
    who = "This mentee" if len(shared.mentees) == 1 else f"These {len(shared.mentees)} mentees"
    if not shared.places:
        return f"{who} could have only mentors without a free place"
    mentors = "this mentor" if len(shared.mentors) == 1 else f"these {len(shared.mentors)} mentors"
    places = "" if shared.places == len(shared.mentors) else f" with {_count(shared.places, 'place')}"
    return f"{who} share only {mentors}{places}"


def value_page(said: Sequence[ValueSaid], name: Name) -> Page:
    """What one more place is worth."""
    sections = [_value(one, name) for one in said]
    return Page(title="What one more place is worth", sections=tuple(sections))


def _value(said: ValueSaid, name: Name) -> Section:
    lines = (said.note,) if said.note else () if said.places else ("One more place is worth nothing with any mentor.",)
    others = f"with the other {_count(said.others, 'mentor')} one more place is worth nothing"
    return Section(
        title=f"{said.program}/{said.cohort}",
        lines=lines,
        header=("mentor", "places", "one more brings", "how"),
        rows=tuple(
            (name(p.mentor), f"{p.used} of {p.places}", gained(p.effect), _moves(p.moves, name)) for p in said.places
        ),
        after=(others,) if said.places and said.others else (),
    )


def problem_page(said: Sequence[ProblemSaid]) -> Page:
    """What kind of problem each cohort is."""
    rows = tuple(
        (
            f"{p.program}/{p.cohort}",
            p.kind,
            ", ".join(_count(count, role) for role, count in p.people),
            f"{p.pairs:,}",
            _parts(p),
            ", ".join(f"{role} {low}-{high}" if low != high else f"{role} {high}" for role, low, high in p.places),
            ", ".join(p.objectives).replace("_", " "),
        )
        for p in said
    )
    whys = Section(
        title="Why",
        lines=tuple(
            f"{p.program}/{p.cohort}: {p.because}"
            + (f"; {_count(p.standing, 'match')} stand" if p.standing else "")
            + ("" if p.is_open else "; nothing is searched on this day")
            for p in said
        ),
    )
    table = Section(
        title="Matching problems",
        header=("cohort", "class", "people", "pairs", "parts", "new matches each", "objectives"),
        rows=rows,
        numbers=frozenset({3}),
    )
    return Page(title="Matching problems", sections=(table, whys))


def proved_page(said: Sequence[Checked]) -> Page:
    """What the check of a certificate came to."""
    good = sum(one.outcome is Outcome.PROVED for one in said)
    title = "Nothing was searched, so there is nothing to prove" if not said else f"{good} of {len(said)} proved"
    rows = tuple(
        (
            f"{s.program}/{s.cohort}" + (f" without {', '.join(s.given_up)}" if s.given_up else ""),
            s.problem or "-",
            f"{s.pairs:,}",
            f"{s.matches:,}",
            s.outcome.value,
        )
        for s in said
    )
    header = ("cohort", "class", "pairs", "matches", "outcome")
    reasons = tuple(f"{s.program}/{s.cohort}: {s.because}" for s in said if s.because)
    section = Section(title=title, header=header, rows=rows, numbers=frozenset({2, 3}), after=reasons)
    return Page(title="Certificates", sections=(section,))


def _parts(said: ProblemSaid) -> str:
    """How many parts, and the sizes of the largest."""
    sizes = ", ".join(f"{size:,}" for size in said.parts[:3]) + (", …" if len(said.parts) > 3 else "")  # noqa: PLR2004
    alone = f" + {said.alone:,} alone" if said.alone else ""
    return f"{len(said.parts):,} ({sizes}){alone}" if said.parts else f"0{alone}"


# -- words -------------------------------------------------------------------------------------------------------------


def where(place: Place, locate: Locate) -> str:
    """A place as file, line and column."""
    span = locate(place)
    return str(span) if span else place.document


def lost(alternative: Alternative) -> str:
    """What an alternative costs, in people and points, and otherwise in the first objective that loses."""
    effect, parts = alternative.effect, []
    for count, what in ((-effect.mentees, "mentee matched"), (-effect.mentors, "mentor matched")):
        if count:
            parts.append(f"{_count(count, what.split()[0])} with a match" if count > 0 else f"{count} {what}")
    if effect.score:
        parts.append(_count(-effect.score, "point"))
    if not parts and any(alternative.losses):
        at = next(i for i, loss in enumerate(alternative.losses) if loss)
        parts.append(f"{alternative.losses[at]:,} of {alternative.objectives[at].replace('_', ' ')}")
    return ", ".join(parts) or "nothing"


def gained(effect: Effect) -> str:
    """What a change brings, in people and points."""
    parts = []
    if effect.mentees:
        parts.append(f"{effect.mentees:+} {'mentee' if abs(effect.mentees) == 1 else 'mentees'}")
    if effect.mentors:
        parts.append(f"{effect.mentors:+} {'mentor' if abs(effect.mentors) == 1 else 'mentors'}")
    if effect.score:
        parts.append(f"{effect.score:+,} {'point' if abs(effect.score) == 1 else 'points'}")
    return ", ".join(parts) or "nothing changes"


def _moves(moves: Iterable[Move], name: Name, without: Alternative | None = None) -> str:
    """Who would be with whom; pairs that only go out are those whose people get others or nobody."""
    come = [m for m in moves if m.comes]
    gone = {m.mentee for m in moves if not m.comes} - {m.mentee for m in come}
    parts = [
        f"{name(m.mentee)} to {name(m.mentor)}"
        for m in come
        if without is None or (m.mentee, m.mentor) != (without.mentee, without.mentor)
    ]
    parts += [f"{name(mentee)} to nobody" for mentee in sorted(gone)]
    return ", ".join(parts) or "nothing"


def _names(people: Sequence[str], name: Name) -> str:
    shown = [name(person) for person in people[:_MOST_NAMES]]
    more = len(people) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if abs(number) == 1 else f"{number:,} {what}{'es' if what.endswith('ch') else 's'}"
