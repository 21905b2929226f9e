"""The names that rules of policies may use: what is known of a plan, for one program at a time."""

from mentorctl.rules.expressions.scopes import facts_scope
from mentorctl.rules.expressions.types import BOOL, DATE, NUMBER, Type, Variable, text, words
from mentorctl.values import dataclass

IMPACTS = ("none", "internal", "informed", "rescheduled", "re_matched", "un_matched", "withdrawn", "erased")
_SIDES = (("before", "before the plan"), ("after", "after the plan"))


@dataclass(frozen=True, slots=True)
class PlanFact:
    """One name, its type, and what it says. What is `optional` is not always known."""

    name: str
    type: Type
    meaning: str
    optional: bool = False


def _measures(side: str, when: str) -> tuple[PlanFact, ...]:
    return (
        PlanFact(f"{side}.mentees", NUMBER, f"people who look for a match or have one, {when}"),
        PlanFact(f"{side}.matched", NUMBER, f"of them those who have one, {when}"),
        PlanFact(f"{side}.match_rate", NUMBER, f"the same in percent, {when}; 100 where nobody looks for one"),
        PlanFact(f"{side}.mentors", NUMBER, f"mentors, {when}"),
        PlanFact(f"{side}.matches", NUMBER, f"matches that live, {when}"),
        PlanFact(f"{side}.score_lowest", NUMBER, f"the lowest score of a match, {when}"),
        PlanFact(f"{side}.score_average", NUMBER, f"the average score of a match, {when}"),
        PlanFact(
            f"{side}.fairness_gap",
            NUMBER,
            f"the largest gap in match rate between groups of a protected field, in percentage points, {when}",
            optional=True,
        ),
    )


FACTS: tuple[PlanFact, ...] = (
    PlanFact("program", text(), "the id of the program"),
    PlanFact("owner", text(), "its `owner`"),
    PlanFact("mode", text("live", "observe", "suspended"), "its `mode`"),
    PlanFact("day", DATE, "the day for which the plan is made"),
    PlanFact("is_new", BOOL, "the program was never applied before"),
    PlanFact("is_undo", BOOL, "the plan takes back an apply"),
    PlanFact("limits_loosened", BOOL, "a limit of the program is raised or removed"),
    PlanFact("files", words(), "the files that cause a change, such as programs/grow.yaml"),
    PlanFact("people", NUMBER, "people whom the program knows"),
    PlanFact("touched", NUMBER, "people who notice anything: told, rescheduled or worse"),
    *(PlanFact(f"impact.{word}", NUMBER, f"people for whom `{word}` is the worst that happens") for word in IMPACTS),
    *(PlanFact(f"share.{word}", NUMBER, f"the same in percent of `people`: {word}") for word in IMPACTS),
    PlanFact("churn.kept", NUMBER, "matches that stay"),
    PlanFact("churn.made", NUMBER, "matches that begin"),
    PlanFact("churn.ended", NUMBER, "matches that end"),
    PlanFact("churn.ended_announced", NUMBER, "of them those that people were told of"),
    PlanFact("churn.ended_met", NUMBER, "of them those in which people have met"),
    PlanFact("calendar.added", NUMBER, "sessions that are new"),
    PlanFact("calendar.moved", NUMBER, "sessions that move"),
    PlanFact("calendar.cancelled", NUMBER, "sessions that are cancelled"),
    PlanFact("calendar.people", NUMBER, "people with such a session"),
    PlanFact("messages", NUMBER, "kinds of messages that would go out"),
    PlanFact("told", NUMBER, "people whom they would go to, counted for each kind"),
    PlanFact("carried", NUMBER, "people who are carried over to another lifecycle"),
    PlanFact("drift.roster", NUMBER, "people for whom the roster moved, though no file asked for it"),
    PlanFact("drift.state", NUMBER, "people for whom the state moved, though no file asked for it"),
    *(fact for side, when in _SIDES for fact in _measures(side, when)),
)

SCOPE = facts_scope(Variable(name=fact.name, type=fact.type, optional=fact.optional) for fact in FACTS)
