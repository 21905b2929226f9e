"""The limits of a program: how much one plan may do to people."""

from collections import Counter
from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.impact import impact_by_person
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import Change, Impact
from mentorctl.spec.support import Limit
from mentorctl.state.model import EnrollmentRecord

_IMPACT_OF = {
    "un_matched": Impact.UN_MATCHED,
    "re_matched": Impact.RE_MATCHED,
    "rescheduled": Impact.RESCHEDULED,
    "withdrawn": Impact.WITHDRAWN,
}
_WORDS = {
    "unmatched": "stay without a match",
    "un_matched": "lose their match",
    "re_matched": "get another match",
    "rescheduled": "have dates that move",
    "withdrawn": "are withdrawn",
}


def check_limits(programs: Iterable[CompiledProgram], changes: Iterable[Change], draft: Draft) -> Iterator[Diagnostic]:
    """A finding for each limit that the plan exceeds; people are counted once, by the worst that happens to them."""
    changes = tuple(changes)
    for compiled in programs:
        program = compiled.program
        mine = [c for c in changes if c.address.program == program.id] if program.limits else []
        hit = Counter(impact_by_person(mine).values())
        applicants = {
            r.person for r in draft.records if isinstance(r, EnrollmentRecord) and r.address.program == program.id
        }
        for limit in program.limits:
            count = _unmatched(program.id, draft) if limit.what == "unmatched" else hit[_IMPACT_OF[limit.what]]
            allowed = _allowed(limit, len(applicants))
            if count > allowed:
                yield finding(
                    "MC7011",
                    f"{count} people {_WORDS[limit.what]}; "
                    f"`{limit.what}` allows {allowed} of {len(applicants)} applicants",
                    help="see with `mentorctl plan --detail full` who they are; if this is meant, raise the limit in a "
                    "change of its own",
                    place=Place(document=program.id, path=("limits", limit.what)),
                )


def _unmatched(program: str, draft: Draft) -> int:
    return sum(m.unmatched_mentees for m in draft.matchings if m.program == program)


def _allowed(limit: Limit, applicants: int) -> int:
    """How many people at most; where both a number and a share are given, the smaller."""
    of_share = int(applicants * float(limit.share.removesuffix("%")) / 100) if limit.share else applicants
    return min(of_share, limit.people if limit.people is not None else applicants)
