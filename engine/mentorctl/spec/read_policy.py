"""Files of policies: from text to rules, with everything that is wrong with them at its place."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, cast

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, did_you_mean, finding, has_errors, quoted_list
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.fixes import text_findings
from mentorctl.spec.header import check_header
from mentorctl.spec.policies import Effect, PolicyException, PolicyRule
from mentorctl.spec.policy_facts import SCOPE
from mentorctl.spec.read_time import read_date
from mentorctl.spec.reading import Findings, Tree
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import Source, read_source
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyTexts:
    """The policies of a workspace: their rules, in the order of the files, the files, and what is wrong with them."""

    rules: tuple[PolicyRule, ...]
    sources: tuple[Source, ...]
    findings: tuple[Diagnostic, ...]


def read_policies(texts: Iterable[tuple[str, str]], *, programs: Collection[str], today: date | None) -> PolicyTexts:
    """The rules of some (file, text) pairs. `programs` are the ids that exceptions may name.

    Exceptions that have ended `today` are found; without a day none has.
    """
    sources, rules, found = [], [], list[Diagnostic]()
    for file, text in texts:
        source = read_source(text, file=file)
        sources.append(source)
        tree, problems = _tree(source)
        found += problems
        if tree is not None:
            reading = Findings(file)
            rules += [_rule(rule, ("policies", i), reading) for i, rule in enumerate(tree["policies"])]
            found += reading.found
    if not has_errors(found):
        found += _checked(rules, programs, today)
    return PolicyTexts(rules=tuple(rules), sources=tuple(sources), findings=tuple(found))


def _tree(source: Source) -> tuple[Tree | None, tuple[Diagnostic, ...]]:
    """The tree of a file that fits the schema, or what is wrong with it."""
    found = text_findings(source)
    if has_errors(found):
        return None, found
    header = check_header(source, "policy/v1")
    if header:
        return None, (*found, header)
    tree = cast("dict[str, Any]", source.tree)
    misfits = check_schema(tree, schema=load_schema("policy.v1"), document=source.file, source=source)
    return (None if has_errors(misfits) else tree), (*found, *misfits)


def _rule(tree: Tree, path: FieldPath, found: Findings) -> PolicyRule:
    effect = Effect(tree["effect"])
    approvals = tuple(tree.get("approvals", ()))
    if effect is Effect.REQUIRE and not approvals:
        found.add(
            "MC1107",
            "`effect: require` needs `approvals`: whose",
            (*path, "effect"),
            help="add for example `approvals: [program_owner]`",
        )
    if effect is not Effect.REQUIRE and approvals:
        found.add("MC1107", "`approvals` go with `effect: require` only", (*path, "approvals"), help="delete them")
    return PolicyRule(
        id=tree["id"],
        when=tree["when"],
        effect=effect,
        because=str(tree["because"]).strip(),
        approvals=approvals,
        enforce_from=read_date(tree["enforce_from"], (*path, "enforce_from"), found)
        if "enforce_from" in tree
        else None,
        exceptions=tuple(
            PolicyException(
                program=one["program"],
                because=str(one["because"]).strip(),
                until=read_date(one["until"], (*path, "except", i, "until"), found),
                path=(*path, "except", i),
            )
            for i, one in enumerate(tree.get("except", ()))
        ),
        document=found.document,
        path=path,
    )


def _checked(rules: Sequence[PolicyRule], programs: Collection[str], today: date | None) -> Iterator[Diagnostic]:
    """Ids are unique, expressions make sense, exceptions are of a program and have not ended."""
    first: dict[str, PolicyRule] = {}
    for rule in rules:
        earlier = first.setdefault(rule.id, rule)
        if earlier is not rule:
            yield finding(
                "MC2002",
                f"`{rule.id}` is used twice",
                help="give one of the two another id",
                place=_at(rule, "id"),
                related=(Related(message="the first one", place=_at(earlier, "id")),),
            )
        _, problems = compile_expression(rule.when, SCOPE)
        yield from expression_findings(problems, _at(rule, "when"))
        for one in rule.exceptions:
            yield from _exception(rule, one, programs, today)


def _exception(
    rule: PolicyRule, one: PolicyException, programs: Collection[str], today: date | None
) -> Iterator[Diagnostic]:
    if one.program not in programs:
        yield finding(
            "MC2406",
            f"there is no program `{one.program}`",
            help=did_you_mean(one.program, programs) or f"programs are {quoted_list(sorted(programs), last='and')}",
            place=Place(document=rule.document, path=(*one.path, "program")),
        )
    if today is not None and today > one.until:
        yield finding(
            "MC2405",
            f"`{rule.id}` did not count for `{one.program}` until {one.until} (“{one.because}”); "
            f"this is checked as on {today}",
            help="remove the exception, or decide anew and write another day",
            place=Place(document=rule.document, path=(*one.path, "until")),
        )


def _at(rule: PolicyRule, key: str) -> Place:
    return Place(document=rule.document, path=(*rule.path, key))
