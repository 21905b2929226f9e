"""Where the matching rules of a program are written."""

from collections.abc import Iterator

from mentorctl.diagnostics import FieldPath, Place
from mentorctl.rules.implied import hard_rules, soft_rules
from mentorctl.rules.pairs import Origin, PairRule
from mentorctl.spec.model import ModelType, Program

_MODEL: FieldPath = ("model", "type")
# the rules that other keys stand for, and the keys
_IMPLIED: dict[str, FieldPath] = {
    "pairs": ("matching", "pairs"),
    "no_repeat": ("matching", "history", "no_repeat"),
    "declined": ("matching", "history", "declined"),
    "favor_previous": ("matching", "history", "favor_previous"),
    "waiting_bonus": ("matching", "waiting_bonus"),
    "outside_scores": ("matching", "outside_scores"),
}


def matches_peers(program: Program) -> bool:
    """Whether the two of a pair have no order, and are called `a` and `b`."""
    return program.model.type is ModelType.PEER


def rules_with_paths(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """Every matching rule with its place in the file; rules of the model have the place of the model."""
    yield from written_hard_rules(program)
    yield from written_soft_rules(program)


def written_hard_rules(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """The rules under `require`, and those of the model."""
    own = 0
    for rule in program.matching.require:
        if rule.origin is Origin.MODEL:
            yield rule, _MODEL
        else:
            yield rule, ("matching", "require", own)
            own += 1


def written_soft_rules(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """The rules under `prefer`."""
    for i, rule in enumerate(program.matching.prefer):
        yield rule, ("matching", "prefer", i)


def all_hard_rules(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """All rules that must hold; those that other keys stand for have the places of these keys."""
    yield from written_hard_rules(program)
    places = {rule.id: (*path, "unranked") for rule, path in written_soft_rules(program)}
    for rule in hard_rules((), program.matching.prefer, program.matching.terms):
        yield rule, _IMPLIED.get(rule.id) or places[rule.id]


def all_soft_rules(program: Program) -> Iterator[tuple[PairRule, FieldPath]]:
    """All rules that give points, likewise."""
    yield from written_soft_rules(program)
    for rule in soft_rules((), program.matching.terms):
        yield rule, _IMPLIED[rule.id]


def at(program: Program, path: FieldPath, *, on_key: bool = False) -> Place:
    """A place in the program's own document."""
    return Place(document=program.id, path=path, on_key=on_key)
