"""Plans to review, made by hand: one program, forty of them with ten thousand people, and one full of tricks."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from mentorctl.addresses import Address
from mentorctl.diagnostics import Place
from mentorctl.lifecycle.difference import difference
from mentorctl.lifecycle.model import Ending, Lifecycle, State, Transition
from mentorctl.lifecycle.rename import Rename
from mentorctl.plan.consequences import (
    CalendarMoves,
    Cause,
    Churn,
    Drift,
    Measures,
    Moved,
    ProgramConsequences,
    Telling,
)
from mentorctl.plan.intent import DateChange
from mentorctl.plan.model import Action, Change, Impact, Plan
from mentorctl.plan.static import (
    StaticCheck,
    StaticLifecycle,
    StaticLimit,
    StaticPlan,
    StaticProgram,
    StaticText,
    StaticValue,
)
from mentorctl.plan.verdicts import Breach, PolicyResult, Remains
from mentorctl.rules.fields import Role
from mentorctl.spec.policies import Effect
from mentorctl.spec.renames import Named
from mentorctl.state.model import EnrollmentRecord

PERSON = "p7f3a9c2e"  # an id that must show nowhere
DIGEST = "mcd1:sha256:9f3a61c2b07d4e5f8a9b0c1d2e3f40516273849506a7b8c9d0e1f2a3b4c5d6e7"

TRICKS = (
    "@everyone",
    "@octocat please approve",
    "fixes #1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</code></td></table><h1>Approved</h1>",
    "<!-- hidden",
    "--> shown",
    "<details open><summary>Approve</summary>",
    "[Approve](https://evil.example/approve)",
    "![beacon](https://evil.example/x.png)",
    "https://evil.example/auto",
    "www.evil.example",
    "mail@evil.example",
    "a | b || c",
    "a \\| b",
    "| x | y |",
    "`code` ``more`` ```fence",
    "```\nmermaid",
    "ends with `",
    "*bold* _italic_ ~~gone~~",
    "# heading",
    "- [x] task",
    "> quote",
    "new\nline\n\n# paragraph",
    "&lt;b&gt; &#64;everyone",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "ab\u202edc",
    "\u2066isolate\u2069",
    "zero\u200bwidth",
    "%%{init: {'theme':'dark'}}%%",
    'end"]; click A href "https://evil.example"',
    "{{ 7 * 7 }} {% raw %}",
    "style='x' onload=alert(1)",
    "]]><svg/onload=alert(1)>",
    "$$\\frac{1}{2}$$",
    ":tada: GH-12 9f3a61c2b07d4e5f8a9b0c1d2e3f405162738495",
    "L" * 5_000,
)


def measures(mentees: int, matched: int, *, ended: int = 0) -> Measures:
    """Plausible measures of so many mentees."""
    mentors = max(1, mentees * 2 // 3)
    used = min(mentors, matched * 3 // 4)
    scores = tuple((score, max(0, matched * share // 100)) for score, share in _SCORES)
    matches = sum(count for _, count in scores)
    return Measures(
        mentees=mentees,
        matched=matched,
        mentors=mentors,
        mentors_used=used,
        matches=matches - ended,
        score_total=sum(score * count for score, count in scores),
        score_lowest=scores[0][0],
        scores=scores,
        load=((0, mentors - used), (1, used * 3 // 4), (2, used // 4)),
        fairness_gap=412,
    )


_SCORES = ((3, 2), (6, 6), (9, 11), (12, 17), (15, 22), (18, 20), (21, 14), (24, 8))


def consequences(program: str, impact: dict[Impact, int], *, people: int = 212) -> ProgramConsequences:
    """What happens in one program."""
    mentees = people * 3 // 5
    lost = impact.get(Impact.UN_MATCHED, 0)
    before = measures(mentees, mentees * 96 // 100)
    after = replace(measures(mentees, max(0, mentees * 96 // 100 - lost // 2)), fairness_gap=530)
    return ProgramConsequences(
        program=program,
        people=people,
        impact=tuple(impact.items()),
        before=before,
        after=after,
        churn=Churn(kept=82, made=9, ended=14, ended_announced=14, ended_met=6),
        calendar=CalendarMoves(added=40, moved=12, cancelled=8, people=48),
        tellings=(
            Telling(cohort="spring", when="", message="proposal", template="proposal", channel="mail",
                    occasion="match.proposed", people=18),
            Telling(cohort="spring", when="2027-03-15", message="kick_off", template="kick_off", channel="mail",
                    occasion="", people=120, others=("owner",)),
        ),
        causes=(
            Cause(file=f"programs/{program}.yaml", line=31, column=7, path="matching.require.level_gap",
                  reason="the match cannot stand", people=14),
            Cause(file="", line=0, column=0, path="", reason="no longer on the roster", people=3),
        ),
    )  # fmt: skip


def change() -> Change:
    """One change with the id of a person, which a review must not show."""
    address = Address.parse(f"eng_onboarding/spring/enrollment/{PERSON}")
    record = EnrollmentRecord(address=address, person=PERSON, role=Role.MENTEE, state="waitlisted")
    return Change(
        action=Action.CREATE,
        address=address,
        before=None,
        after=record,
        impact=Impact.INFORMED,
        reason="waits for a match",
        cause=Place(document="eng_onboarding", path=("matching", "unmatched")),
    )


RENAMES = (
    Rename(kind=Named.COHORT, program="eng_onboarding", old="first", new="spring", records=412, people=212),
    Rename(kind=Named.MODULE, program="eng_onboarding", old="basics", new="mentor_basics", records=3, people=3),
    Rename(kind=Named.EVENT, program="eng_onboarding", old="start", new="kick_off", records=1),
)


def live(*programs: ProgramConsequences, is_empty: bool = False) -> Plan:
    """A live plan with these consequences."""
    return Plan(
        workspace="acme",
        lineage="f" * 32,
        serial=12,
        as_of="2027-02-20",
        inputs="sha256:0",
        changes=() if is_empty else (change(),),
        matchings=(),
        schedules=(),
        notices=(),
        digest=DIGEST,
        consequences=programs,
        drift=(
            Drift(program="eng_onboarding", cohort="spring", kind=Moved.ROSTER, what="joined", people=7, matters=True),
        ),
        renames=() if is_empty else RENAMES,
        valid_until="2027-02-28",
        limits=tuple(
            Breach(program=p.program, what="un_matched", people=dict(p.impact)[Impact.UN_MATCHED], allowed=5,
                   applicants=p.people, kept=True)
            for p in programs[:1] if dict(p.impact).get(Impact.UN_MATCHED, 0) > 5
        ),
        policies=tuple(
            PolicyResult(policy="keep_pairs", program=p.program, effect=effect, because="people who have met stay together",
                         approvals=("program_owner",) if effect is Effect.REQUIRE else (), item="sha256:0",
                         facts=(("people.un_matched", "14"),))
            for p in programs[:1] for effect in (Effect.REQUIRE, Effect.WARN)
        ),
    )  # fmt: skip


ONE = live(
    consequences(
        "eng_onboarding", {Impact.UN_MATCHED: 14, Impact.RE_MATCHED: 9, Impact.RESCHEDULED: 3, Impact.INFORMED: 27}
    )
)
MANY = live(
    *(
        consequences(
            f"program_{number:02}",
            {Impact.WITHDRAWN: number % 3, Impact.UN_MATCHED: number % 7, Impact.RE_MATCHED: 30, Impact.INFORMED: 150},
            people=250,
        )
        for number in range(40)
    )
)


def machine(*states: str, name: str = "match", end: str = "completed") -> Lifecycle:
    """A lifecycle that leads from each state to the next one."""
    listed = (*states, end)
    return Lifecycle(
        name=name,
        initial=listed[0],
        facts=(),
        states=tuple(State(id=s, meaning="", ending=Ending.SUCCESS if s == end else None) for s in listed),
        transitions=tuple(Transition(event=f"to_{b}", source=a, target=b) for a, b in pairwise(listed)),
    )


def static(**changed: object) -> StaticPlan:
    """A static plan with something of everything."""
    start = date(2027, 1, 11)
    phases = []
    for name, weeks, more in (
        ("enrolling", 4, 0),
        ("training", 3, 0),
        ("matching", 1, 1),
        ("active", 26, 1),
        ("closing", 2, 1),
    ):
        end = start + timedelta(weeks=weeks) - timedelta(days=1)
        shift = timedelta(weeks=6 * more)
        later = (start + shift * (name != "matching"), end + shift)
        phases.append(DateChange(cohort="spring_2027", of=name, before=(start, end), after=later))
        start = end + timedelta(days=1)
    plan = StaticPlan(
        workspace="acme",
        base="8" * 40,
        head="9" * 40,
        as_of="2027-02-20",
        programs=(
            StaticProgram(
                program="eng_onboarding",
                action=Action.UPDATE,
                impact=Impact.UN_MATCHED,
                values=(
                    StaticValue(action=Action.UPDATE, path="eligibility.mentor.level.at_least", before='"lead"',
                                after='"senior"', impact=Impact.UN_MATCHED, file="programs/eng_onboarding.yaml", line=31),
                    StaticValue(action=Action.CREATE, path="matching.require.hours", before="",
                                after='{"id": "hours", "availability_overlap": {"min": "2h"}}',
                                impact=Impact.RE_MATCHED, file="programs/eng_onboarding.yaml", line=52),
                ),
                dates=tuple(phases),
                limits=(StaticLimit(what="un_matched", before="5 people", after="50 people", is_weaker=True),),
                lifecycles=(
                    StaticLifecycle(
                        before=machine("proposed", "active", "closing"),
                        after=machine("proposed", "accepted", "active"),
                    ),
                ),
            ),
        ),
        settings=(
            StaticValue(action=Action.UPDATE, path="timezone", before='"Europe/Berlin"', after='"Europe/Paris"',
                        impact=Impact.RESCHEDULED, file="mentorctl.yaml", line=4),
        ),
        texts=(StaticText(action=Action.UPDATE, file="messages/proposal.md.j2", added=3, removed=1),),
        checks=(
            StaticCheck(code="MC4012", severity="warning", summary="a rule leaves few pairs",
                        detail="7 of 90 mentors satisfy `hours`", file="programs/eng_onboarding.yaml", line=52, column=7),
        ),
        solved=2,
    )  # fmt: skip
    return replace(plan, **changed)  # type: ignore[arg-type]  # tests name fields of the plan


def tricky() -> tuple[Plan, StaticPlan]:
    """Both plans with every trick in every text that a file or a document can bring."""
    programs = []
    values = []
    for number, trick in enumerate(TRICKS):
        base = consequences(trick, {Impact.UN_MATCHED: 10 + number})
        programs.append(
            replace(
                base,
                tellings=tuple(
                    replace(t, message=trick, occasion=trick, channel=trick, when=trick, others=(trick,))
                    for t in base.tellings
                ),
                causes=(Cause(file=trick, line=1, column=1, path=trick, reason=trick, people=50),),
            )
        )
        values.append(
            StaticValue(
                action=Action.UPDATE, path=trick, before=trick, after=f'"{number}"', impact=Impact.INFORMED, file=trick
            )
        )
    plan = replace(
        live(*programs),
        policies=tuple(
            PolicyResult(
                policy=t,
                program=t,
                effect=Effect.REQUIRE,
                because=t,
                approvals=(t,),
                item=t,
                facts=(("un_matched", t),),
                excepted=t,
                until=t,
            )
            for t in TRICKS
        ),
        remains=tuple(Remains(what=t, count=7, why=t) for t in TRICKS),
        workspace=TRICKS[3],
        digest=TRICKS[3],
        as_of=TRICKS[4],
        valid_until=TRICKS[9],
        drift=tuple(Drift(program=t, cohort=t, kind=Moved.STATE, what=t, people=9, matters=True) for t in TRICKS),
        renames=tuple(Rename(kind=Named.PHASE, program=t, old=t, new=t, records=9, people=9) for t in TRICKS),
    )
    odd = tuple(
        StaticLifecycle(before=machine("a", "b", name=t), after=machine("a", f"x{t}", name=t, end=f"end{t}"))
        for t in TRICKS
    )
    files = static(
        workspace=TRICKS[3],
        base=TRICKS[4],
        head=TRICKS[9],
        as_of=TRICKS[10],
        programs=tuple(
            StaticProgram(
                program=trick,
                action=Action.UPDATE,
                impact=Impact.UN_MATCHED,
                values=(values[number],),
                dates=(DateChange(cohort=trick, of=trick, before=None, after=(date(2027, 1, 1), date(2027, 2, 1))),),
                limits=(StaticLimit(what=trick, before=trick, after=trick, is_weaker=True),),
                lifecycles=(odd[number],),
            )
            for number, trick in enumerate(TRICKS)
        ),
        texts=tuple(StaticText(action=Action.UPDATE, file=t, added=1, removed=1) for t in TRICKS),
        checks=tuple(
            StaticCheck(code=t, severity=t, summary=t, detail=t, help=t, file=t, line=1, column=1) for t in TRICKS
        ),
    )
    return plan, files


def is_different(plan: StaticPlan) -> bool:
    """Whether the lifecycles of a plan differ, as they must."""
    return all(not difference(m.before, m.after).is_empty for p in plan.programs for m in p.lifecycles)
