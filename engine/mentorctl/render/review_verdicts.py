"""What limits and policies say of a plan, and what an undo leaves, for reviewers; the floor of five holds."""

from collections import Counter
from collections.abc import Iterator

from mentorctl.plan.limits import WORDS, accepted_as
from mentorctl.plan.model import Impact, Plan
from mentorctl.plan.verdicts import Breach, PolicyResult
from mentorctl.render.floor import is_few, shown
from mentorctl.render.review_words import Foreign, Phrase, Words
from mentorctl.spec.policies import Effect

_SAYS = {
    Effect.DENY: "refuses this",
    Effect.REQUIRE: "asks for",
    Effect.WARN: "warns",
    Effect.AUDIT: "notes it",
}


def limit_cell(plan: Plan, impact: Impact) -> str:
    """How many are allowed where that is exceeded; several programs have a limit each."""
    found = [breach for breach in plan.limits if accepted_as(breach.what) == impact.value]
    if len(found) > 1:
        return f"exceeded in {len(found):,} programs"
    return f"{found[0].allowed:,}, exceeded" if found else ""


def needs_cell(plan: Plan, impact: Impact) -> tuple[Foreign, ...]:
    """Who must agree, by the policies that look at this."""
    word = impact.value.replace("-", "_")
    asking = [r for r in _holding(plan, Effect.REQUIRE) if any(name.endswith(word) for name, _ in r.facts)]
    return tuple(Foreign(role) for role in dict.fromkeys(role for result in asking for role in result.approvals))


def verdict_words(plan: Plan) -> Iterator[Words]:
    """A line for each limit that is exceeded, each policy that holds, and each thing that cannot be taken back."""
    yield from (_breach(breach) for breach in plan.limits)
    for effect in Effect:
        yield from (_policy(result) for result in plan.policies if result.effect is effect)
    for rest in plan.remains:
        yield "Cannot be taken back: ", Foreign(rest.what), f", {shown(rest.count)}: ", Phrase(rest.why)


def accepting_words(plan: Plan) -> Words:
    """What apply has to be told about limits, in the words of its option."""
    counts: Counter[str] = Counter()
    for breach in plan.limits:
        counts[accepted_as(breach.what)] += breach.people
    if not counts:
        return ()
    parts = [f"{word}={'N' if is_few(number) else number}" for word, number in counts.items()]
    hidden = " (N is in the plan)" if any(map(is_few, counts.values())) else ""
    told = Foreign(" ".join(f"--accept {part}" for part in parts))
    return "To go ahead as it is, apply has to be told ", told, f"{hidden}, and accepts nothing more."


def _holding(plan: Plan, effect: Effect) -> Iterator[PolicyResult]:
    return (result for result in plan.policies if result.effect is effect and result.counts)


def _breach(breach: Breach) -> Words:
    kept = "; it is the limit of the last apply, which the file has changed or lost" if breach.kept else ""
    what = WORDS.get(breach.what, "are concerned")
    words = f": {shown(breach.people)} people {what}, {breach.allowed:,} are allowed{kept}"
    return "**Over the limit** in ", Foreign(breach.program), words


def _policy(result: PolicyResult) -> Words:
    asked = " and ".join(result.approvals)
    words: Words = ("**Policy** ", Foreign(result.policy), f" {_SAYS[result.effect]}")
    if result.effect is Effect.REQUIRE and asked:
        words = (*words, " ", Foreign(asked))
    words = (*words, " in ", Foreign(result.program), ": ", Phrase(result.because))
    if result.excepted:
        until = (" until ", Foreign(result.until)) if result.until else ()
        return (*words, "; excepted", *until, ", because ", Phrase(result.excepted))
    return words
