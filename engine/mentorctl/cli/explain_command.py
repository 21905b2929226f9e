"""`mentorctl explain`."""

import re
from typing import TYPE_CHECKING, Any

import click

from mentorctl.cli.shell import Shell, Stop, shared_options

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.diagnostics import Place
    from mentorctl.rules.pairs import PairRule
    from mentorctl.spec.lookup import Looked
    from mentorctl.spec.resolve import Words


@click.command()
@click.argument("what", metavar="CODE|PROGRAM.PATH")
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Explain the code of a finding, or a value of a program.

    A path begins with the id of a program or base and goes on with keys, and with the id for an entry of a list. You
    see the value, the file that writes it, what it overrides, who made it final, and what it means.

    \b
    Examples:
      mentorctl explain MC2103
      mentorctl explain grow.meetings.at_least
      mentorctl explain grow.matching.require.level_gap
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if re.fullmatch(r"(?i)mc[0-9]+", what):
        _explain_code(shell, what.upper())
    else:
        _explain_value(shell, what)
    return 0


def _explain_code(shell: Shell, code: str) -> None:
    from mentorctl.catalog import CATALOG
    from mentorctl.diagnostics import did_you_mean, finding

    kind = CATALOG.get(code)
    if kind is None:
        near = did_you_mean(code, CATALOG)
        raise Stop([finding("MC9006", f"there is no finding `{code}`", help=near or "docs/diagnostics.md lists them")])
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/explain-code/v1",
                "code": kind.code,
                "severity": kind.severity,
                "summary": kind.summary,
                "meaning": kind.meaning,
            }
        )
    else:
        from mentorctl.render.explain import explain_code

        shell.print(explain_code(code, shell.out_style))


def _explain_value(shell: Shell, text: str) -> None:
    from mentorctl.cli.config_command import document_of, remark_on_errors
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.render.config import explanation, explanation_json
    from mentorctl.spec.lookup import look_up
    from mentorctl.spec.resolve import as_words, final_above

    opened = open_workspace(shell)
    name, *rest = as_words(text)
    document, words = document_of(opened, name), tuple(rest)
    looked = look_up(document.resolved, words, opened.loaded.sources)
    default = "default"
    if looked is None or not looked.is_written:
        rule = _model_rule(opened, name, words)
        if rule is not None:
            final = final_above(document.resolved.finals, words)
            looked, default = _as_looked(rule, words, final), f"default of the model {_model(opened, name)}"
    if looked is None:
        raise Stop([_no_such_path(opened, name, words)])
    default = default if looked.meaning.default is not None else ""
    locate = opened.loaded.locate
    if shell.is_json:
        shell.print_json(explanation_json(text, looked, default=default, locate=locate))
    else:
        shell.print("\n".join(explanation(text, looked, default=default, locate=locate, style=shell.out_style)))
    remark_on_errors(shell, opened)


def _no_such_path(opened: "Opened", name: str, words: "Words") -> Any:  # noqa: ANN401
    from mentorctl.diagnostics import did_you_mean, finding, quoted_list
    from mentorctl.spec.lookup import ways_on

    known, wrong, there = ways_on(opened.loaded.documents[name].resolved, words)
    near = did_you_mean(wrong, there)
    listed = f"there are {quoted_list(there, last='and', limit=30)}" if there else "nothing is below it"
    return finding(
        "MC9006",
        f"there is no `{wrong}` in `{'.'.join((name, *known))}`",
        help=f"{near} {listed}" if near else listed,
    )


def _model_rule(opened: "Opened", name: str, words: "Words") -> "PairRule | None":
    """The rule that the model of a program brings, when the words lead to one."""
    from mentorctl.rules.pairs import Origin

    matching = next((c.program.matching for c in opened.loaded.programs if c.program.id == name), None)
    if matching is None or words[:-1] not in (("matching", "require"), ("matching", "prefer")):
        return None
    rules = matching.require if words[1] == "require" else matching.prefer
    return next((rule for rule in rules if rule.id == words[-1] and rule.origin is Origin.MODEL), None)


def _model(opened: "Opened", name: str) -> str:
    return next(c.program.model.type.value for c in opened.loaded.programs if c.program.id == name)


def _as_looked(rule: "PairRule", words: "Words", final: "tuple[Words, Place] | None") -> "Looked":
    from mentorctl.spec.defaults import as_written
    from mentorctl.spec.lookup import Looked, Meaning

    value = {"id": rule.id, **as_written(rule.predicate)}
    title = "A rule that holds unless the program writes one with this id"
    return Looked(
        path=words,
        writings=(),
        value=None,
        files=(),
        final=final,
        meaning=Meaning(title=title, default=value),
        because=rule.because,
    )
