"""`mentorctl explain`."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mentorctl.cli.shell import Shell, Solving, Stop, as_of_option, day_of, shared_options, solver_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from datetime import date

    from mentorctl.cli.workspace import Opened
    from mentorctl.diagnostics import Place
    from mentorctl.rules.pairs import PairRule
    from mentorctl.spec.lookup import Looked
    from mentorctl.spec.resolve import Words


@click.command()
@click.argument("what", nargs=-1, metavar="CODE|PATH|match ID|unmatched [PROGRAM]|value [PROGRAM]")
@partial(shared_options, formats=("text", "json", "html"))
@click.option("--why-not", metavar="ID", help="Why this person and the other one are not matched.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@as_of_option
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: tuple[str, ...],
    chdir: str | None,
    format: str | None,
    color: str | None,
    why_not: str | None,
    names: bool,
    as_of: str | None,
    solving: Solving,
) -> int:
    """Explain a finding, a value, or the matches of a plan.

    A path begins with the id of a program or base and goes on with keys, and with the id for an entry of a list. You
    see the value, the file that writes it, what it overrides, who made it final, and what it means.

    Of matches you see the rules behind a score and what another choice would cost exactly; who has no match, which
    rules took their candidates away and what would help; and what one more place with a mentor is worth. People are
    named by the id of the roster or the opaque one.

    \b
    Examples:
      mentorctl explain MC2103
      mentorctl explain grow.matching.require.level_gap
      mentorctl explain match 2041 --names
      mentorctl explain match 2041 --why-not 1057
      mentorctl explain unmatched grow
      mentorctl explain value grow --format html > value.html
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    question = _question(what, why_not)
    if question is not None:
        _about_matches(shell, question, day_of(as_of), names=names, solving=solving)
        return 0
    if len(what) != 1 or shell.format == "html" or names or as_of is not None:
        raise click.UsageError("write a code, a path, `match ID`, `unmatched` or `value`", ctx)
    if re.fullmatch(r"(?i)mc[0-9]+", what[0]):
        _explain_code(shell, what[0].upper())
    else:
        _explain_value(shell, what[0])
    return 0


def _question(what: tuple[str, ...], why_not: str | None) -> tuple[str, ...] | None:
    """The question about matches that some words ask, if they ask one."""
    match what:
        case ("match", who) | (who,) if why_not is not None:
            return ("why-not", who, why_not)
        case ("match", who) if why_not is None:
            return ("match", who)
        case ("unmatched" | "value",) | ("unmatched" | "value", _) if why_not is None:
            return what
        case _:
            return None


def _about_matches(shell: Shell, question: tuple[str, ...], as_of: "date", *, names: bool, solving: Solving) -> None:
    from mentorctl.cli.questions import asking, print_page
    from mentorctl.plan.explain.unmatched import why_unmatched
    from mentorctl.plan.explain.why import people_of, why_matched, why_not
    from mentorctl.plan.explain.worth import worth_of_places
    from mentorctl.render.questions import unmatched_page, value_page, why_not_page, why_page

    with asking(shell, as_of, solving=solving) as ask:
        name, locate = ask.called(names=names), ask.opened.loaded.locate
        kind, *about = question
        answers: tuple[object, ...]
        if kind == "match":
            who = people_of(ask.problems, ask.person(about[0]))
            answers = said = why_matched(ask.problems, who, ask.engine)
            page, none = why_page(said, name), f"`{about[0]}` takes part in no cohort that runs then"
        elif kind == "why-not":
            answers = pairs = why_not(ask.problems, ask.person(about[0]), ask.person(about[1]), ask.engine)
            page = why_not_page(pairs, name, locate)
            none = f"`{about[0]}` and `{about[1]}` could be a pair in no cohort that runs then"
        else:
            searched = ask.of_program(about[0] if about else None)
            none = "matching is open in no cohort then; choose a day with --as-of"
            if kind == "unmatched":
                answers = left = why_unmatched(searched, ask.engine)
                page = unmatched_page(left, name, locate)
            else:
                answers = worth = worth_of_places(searched, ask.engine)
                page = value_page(worth, name)
        if not answers:
            raise Stop([finding("MC9006", none, help="`mentorctl plan` says which cohorts run, and when")])
        print_page(shell, page, f"explain-{kind}", answers, ask.opened)


def _explain_code(shell: Shell, code: str) -> None:
    from mentorctl.catalog import CATALOG
    from mentorctl.diagnostics import did_you_mean

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
    from mentorctl.diagnostics import did_you_mean, quoted_list
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
