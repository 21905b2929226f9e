"""`migration:` of a program: which old state of a lifecycle becomes which new one."""

from collections.abc import Iterator

from mentorctl.diagnostics import FieldPath
from mentorctl.spec.reading import Findings, Tree
from mentorctl.spec.support import CarriedOver, Migration


def read_migrations(tree: Tree, found: Findings) -> tuple[Migration, ...]:
    return tuple(
        Migration(
            lifecycle=lifecycle,
            since=written.get("from", "").removeprefix("sha256:"),
            states=tuple(
                line
                for old, given in written["states"].items()
                for line in _lines(old, given, ("migration", lifecycle, "states", old), found)
            ),
            events=tuple(sorted(written.get("events", {}).items())),
            effects=tuple(written.get("effects", ())),
            reason=written.get("reason", ""),
        )
        for lifecycle, written in tree.items()
        if not lifecycle.startswith("x-")
    )


def _lines(old: str, given: object, path: FieldPath, found: Findings) -> Iterator[CarriedOver]:
    """One line for a state or a state with timers; one for each rule of a list."""
    if isinstance(given, str):
        yield CarriedOver(old=old, to=given)
    elif isinstance(given, dict):
        yield CarriedOver(old=old, to=given["to"], timers=_policies(given))
    elif isinstance(given, list):
        for number, rule in enumerate(given):
            yield from _rule(old, rule, (*path, number), found, is_last=number == len(given) - 1)


def _rule(old: str, rule: Tree, path: FieldPath, found: Findings, *, is_last: bool) -> Iterator[CarriedOver]:
    is_rest = "otherwise" in rule
    if is_rest in ("to" in rule, "when" in rule):
        found.add(
            "MC1107",
            "a rule has `when` and `to`, the last one only `otherwise`",
            path,
            help="write for example [{when: open_match, to: matched}, {otherwise: ready}]",
        )
    elif is_rest != is_last:
        found.add(
            "MC1107",
            "`otherwise` comes after rules that follow it"
            if is_rest
            else "no rule says what becomes of those for whom no condition holds",
            path,
            help="end the list with {otherwise: STATE}",
        )
    else:
        yield CarriedOver(
            old=old, to=rule.get("otherwise") or rule["to"], when=rule.get("when", ""), timers=_policies(rule)
        )


def _policies(tree: Tree) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(tree.get("timers", {}).items()))
