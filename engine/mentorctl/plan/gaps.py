"""What is said about groups that are to fare alike: how far they lie apart, what that costs, and what would help."""

from mentorctl.diagnostics import Place, finding
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.optimize.shapes.evening import Apart, Evened, evened
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import Notice
from mentorctl.spec.matching import SMALLEST_GROUP, FairnessGap, GapMeasure

_ONE = 100  # gaps are counted in hundredths


def report_gaps(cohort: Cohort, case: ShapeCase, found: Proposals, draft: Draft) -> None:
    """A notice for each gap that a program bounds or makes small, and a finding where a bound keeps people out."""
    if found.missing:
        return
    known = evened(case, found, cohort.inputs.engine)
    for apart in known.gaps:
        place = Place(document=cohort.program.id, path=("matching", "pool", case.matching.pool.index(apart.rule)))
        if len(apart.groups) < 2:  # noqa: PLR2004 - a comparison takes two
            draft.findings.append(
                finding(
                    "MC5015",
                    f"`{apart.rule.id}` compares nothing: fewer than two groups have {SMALLEST_GROUP} "
                    f"{apart.rule.of}s in cohort `{cohort.id}`",
                    help="compare by a field with fewer answers, or wait for more people",
                    place=place,
                )
            )
            continue
        text = f"`{apart.rule.id}`: {_measured(apart, apart.gap)} apart{_price(apart, known)}"
        draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
        bound, worst = _gap(apart).at_most, apart.groups[0]
        if bound is not None and apart.least is not None and apart.least > bound:
            draft.findings.append(
                finding(
                    "MC5014",
                    f"{_count(known.mentees, 'mentee')} more of cohort `{cohort.id}` could have a match, but then the "
                    f"groups of `{apart.rule.id}` would lie {_amount(apart, apart.least)} apart at least; "
                    f"`{worst}` fares worst",
                    help=f"write `at_most: {_bound(apart, apart.least)}`, or find more candidates for `{worst}`",
                    place=place,
                )
            )


def _gap(apart: Apart) -> FairnessGap:
    if not isinstance(apart.rule.rule, FairnessGap):
        raise TypeError("only gaps are counted")
    return apart.rule.rule


def _measured(apart: Apart, gap: int) -> str:
    what = "match rates" if _gap(apart).measure is GapMeasure.MATCH_RATE else "mean points"
    return f"the {what} of {len(apart.groups)} groups lie {_amount(apart, gap)}"


def _amount(apart: Apart, gap: int) -> str:
    unit = "percentage point" if _gap(apart).measure is GapMeasure.MATCH_RATE else "point"
    return f"{gap / _ONE:,g} {unit}{'' if gap == _ONE else 's'}"


def _price(apart: Apart, known: Evened) -> str:
    """What the best matches without such rules would have; empty where that is the same, or not known."""
    if apart.free is None or (apart.free, known.mentees, known.score) == (apart.gap, 0, 0):
        return ""
    parts = [
        f"{_count(abs(number), what)} {'more' if number > 0 else 'fewer'}"
        for number, what in ((known.mentees, "mentee"), (known.score, "point"))
        if number
    ]
    price = f", with {' and '.join(parts)}" if parts else ""
    return f"; without such rules {_amount(apart, apart.free)}{price}"


def _bound(apart: Apart, gap: int) -> str:
    """A bound that leaves room for a gap."""
    return f"{-(-gap // _ONE)}{'%' if _gap(apart).measure is GapMeasure.MATCH_RATE else ''}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
