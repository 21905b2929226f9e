"""What stands between a plan and its apply: limits, policies, and what somebody said beside it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from mentorctl.diagnostics import Diagnostic, Place, finding, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.limits import UNMATCHED, WORDS, accepted_as, breaches, counted
from mentorctl.plan.model import Impact, Plan
from mentorctl.plan.policies.evaluate import policy_results
from mentorctl.plan.verdicts import Breach, PolicyResult
from mentorctl.spec.policies import Effect, PolicyRule
from mentorctl.state.model import Snapshot

ACCEPTABLE = (UNMATCHED, *(impact.value for impact in Impact if impact not in (Impact.NONE, Impact.INTERNAL)))


def judged(
    plan: Plan,
    *,
    programs: Sequence[CompiledProgram],
    snapshot: Snapshot,
    rules: Sequence[PolicyRule],
    day: date,
    consent: Consent = NOTHING_SAID,
    asks: bool = True,
) -> tuple[Diagnostic, ...]:
    """Everything that limits and policies have against a plan, computed anew: a saved plan is not believed.

    With `asks` the approvals that are missing are among it; a plan that is only shown asks nobody yet.
    """
    found = breaches(programs, snapshot, plan)
    results = policy_results(rules, plan, programs, snapshot, day)
    written = {compiled.program.id: {limit.what for limit in compiled.program.limits} for compiled in programs}
    return (
        *_limits(found, plan, consent, written),
        *_policies(results, {rule.id: rule for rule in rules}, consent, asks=asks),
    )


def _limits(
    found: Iterable[Breach], plan: Plan, consent: Consent, written: dict[str, set[str]]
) -> Iterator[Diagnostic]:
    counts = counted(plan)
    for word, number in consent.accepted:
        if counts[word] > number:
            words = WORDS.get(word.replace("-", "_"), f"are {word}")
            yield finding(
                "MC7045",
                f"{_people(counts[word])} {words}; `--accept {word}={number}` accepts {number}",
                help=f"look at the plan again; if it is meant, say `--accept {word}={counts[word]}`",
            )
    for breach in found:
        if consent.accepts(accepted_as(breach.what)) is None:
            total = counts[accepted_as(breach.what)]
            yield _breach(breach, total, is_written=breach.what in written.get(breach.program, ()))


def _breach(breach: Breach, total: int, *, is_written: bool) -> Diagnostic:
    word = accepted_as(breach.what)
    accept = f"`--accept {word}={total}` at apply accepts them, and the log says who did"
    if breach.kept:
        since = (
            "as the program was last applied; the file allows more" if is_written else "as last applied, and is gone"
        )
        remedy = f"apply the change of the limit first, by itself; or {accept}"
    else:
        since = ""
        remedy = f"see with `mentorctl plan --detail full` who they are; if this is meant, {accept}"
    return finding(
        "MC7011",
        f"{_people(breach.people)} {WORDS[breach.what]}; `{breach.what}` allows {breach.allowed} of "
        f"{breach.applicants} applicants of `{breach.program}`{', ' if since else ''}{since}",
        help=remedy,
        place=Place(document=breach.program, path=("limits", breach.what) if is_written else ()),
    )


def _policies(
    results: Iterable[PolicyResult], rules: dict[str, PolicyRule], consent: Consent, *, asks: bool
) -> Iterator[Diagnostic]:
    for result in results:
        rule = rules[result.policy]
        place = Place(document=rule.document, path=(*rule.path, "when"))
        why = f"`{result.policy}` holds for `{result.program}` ({_said(result)}): {result.because}"
        match result.effect if result.counts else Effect.AUDIT:
            case Effect.DENY:
                yield finding(
                    "MC7041",
                    why,
                    help="change what the plan does; or except the program from the policy in a change of its own",
                    place=place,
                )
            case Effect.REQUIRE:
                missing = [role for role in result.approvals if role not in consent.approved_by]
                if missing and asks:
                    yield finding("MC7042", f"{why}; {_who(missing)} to agree", help=_how(missing), place=place)
            case Effect.WARN:
                early = f"; it is enforced from {rule.enforce_from}" if rule.effect is not Effect.WARN else ""
                yield finding("MC7043", f"{why}{early}", place=place)
            case Effect.AUDIT:
                pass


def _said(result: PolicyResult) -> str:
    return ", ".join(f"{name} is {value or 'empty'}" for name, value in result.facts)


def _who(roles: Sequence[str]) -> str:
    return f"{quoted_list(roles, last='and')} {'has' if len(roles) == 1 else 'have'}"


def _how(roles: Iterable[str]) -> str:
    options = " ".join(f"--approved-by {role}" for role in roles)
    return f"get the approval where the files are reviewed; the job that applies then says `{options}`"


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"
