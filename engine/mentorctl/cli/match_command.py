"""`mentorctl match`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Solving, Stop, as_of_option, day_of, shared_options, solver_options
from mentorctl.diagnostics import Diagnostic, did_you_mean, finding, has_errors

if TYPE_CHECKING:
    from datetime import date

    from mentorctl.cli.questions import Asking
    from mentorctl.pipeline import Loaded
    from mentorctl.plan.problems import MatchingProblem


@click.command()
@shared_options
@as_of_option
@click.option("--try", "changes", multiple=True, metavar="PATH=VALUE", help="With another value in the program file.")
@click.option("--file", "edited", metavar="FILE", help="With this file in place of the program file of the same id.")
@click.option("--program", metavar="ID", help="The program that is changed; needed where there are several.")
@click.option("--trade-off", metavar="AIM,AIM", help="How much of one aim the other costs, for the rules as they are.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    as_of: str | None,
    changes: tuple[str, ...],
    edited: str | None,
    program: str | None,
    trade_off: str | None,
    names: bool,
    solving: Solving,
) -> int:
    """Show what another rule would do to the matches of a day.

    Matches are searched twice, with the files as they are and with the change, and compared: who gains, who loses, by
    how much, by the rules of today. Nothing is written. A part of a list is named by its id; `=null` takes something
    away.

    \b
    Examples:
      mentorctl match --try "matching.capacity.mentor.max=2"
      mentorctl match --try "matching.prefer.topics.points_each=3" --as-of 2027-03-03 --names
      mentorctl match --file draft/grow.yaml
      mentorctl match --trade-off total_score,load_balance
    """
    from mentorctl.cli.questions import asking
    from mentorctl.plan.whatif import compare
    from mentorctl.render.whatif import comparison_json, comparison_lines, totals_lines

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    day = day_of(as_of)
    with asking(shell, day, solving=solving) as asked:
        if trade_off is not None:
            return _curve(shell, asked, trade_off, program)
        before = asked.problems
        is_tried = bool(changes or edited)
        tried = _changed(shell, asked, changes, edited, program, day) if is_tried else None
        after = _searched(shell, asked, tried, day) if tried else before
        called = asked.called(names=names)
    found = compare(before, after)
    if shell.is_json:
        shell.print_json({"format": "mentorctl/what-if/v1", "tried": list(changes), "cohorts": comparison_json(found)})
    elif not found:
        shell.print("No cohort is in its matching phase on that day.")
    else:
        lines = comparison_lines(found, called, shell.out_style) if is_tried else totals_lines(found, shell.out_style)
        shell.print("\n".join(lines))
    return Exit.OK


def _curve(shell: Shell, asked: "Asking", aims: str, program: str | None) -> int:
    """The trade-off curve of each search of the day."""
    from mentorctl.plan.tradeoff import WITH_A_CURVE, trade_off
    from mentorctl.render.whatif import curve_lines
    from mentorctl.spec.matching import ObjectiveTerm

    words = tuple(word.strip() for word in aims.split(","))
    wrong = next((word for word in words if word not in WITH_A_CURVE), "")
    if len(words) != 2 or words[0] == words[1] or wrong:  # noqa: PLR2004
        what = f"`{wrong}` has no curve" if wrong else "a curve is over two aims"
        raise Stop([finding("MC9001", what, help=f"write two of {', '.join(WITH_A_CURVE)}, divided by a comma")])
    first, second = (ObjectiveTerm(word) for word in words)
    found = [
        (problem, trade_off(problem.case, first, second, asked.engine))
        for problem in asked.of_program(program)
        if problem.is_open and not problem.given_up
    ]
    if shell.is_json:
        curves = [
            {
                "program": problem.cohort.program.id,
                "cohort": problem.cohort.id,
                "corners": [{first: c.first, second: c.second, "matches": c.matches} for c in corners],
            }
            for problem, corners in found
        ]
        shell.print_json({"format": "mentorctl/trade-off/v1", "aims": [first, second], "curves": curves})
    for problem, corners in () if shell.is_json else found:
        where = f"{problem.cohort.program.id}/{problem.cohort.id}"
        shell.print("\n".join(curve_lines(where, (first, second), corners, shell.out_style)))
    return Exit.OK


def _changed(
    shell: Shell, asked: "Asking", changes: tuple[str, ...], edited: str | None, program: str | None, day: "date"
) -> "Loaded":
    """The workspace with the change. Raises Stop when that has errors."""
    from mentorctl.cli.workspace import loaded_again
    from mentorctl.spec.trial import NotTried, parse_change, with_value

    loaded = asked.opened.loaded
    texts = dict(loaded.texts)
    if edited is not None:
        text = _read(shell, edited)
        texts[_file_of(loaded, _id_in(text, edited))] = text
    if changes:
        file = _file_of(loaded, program or _only_program(loaded))
        try:
            for change in changes:
                texts[file] = with_value(texts[file], file, *parse_change(change))
        except NotTried as problem:
            raise Stop(problem.findings) from None
    tried = loaded_again(asked.opened, texts, as_of=day)
    if has_errors(tried.findings):
        raise Stop([*tried.findings, _not_a_program()], tried.texts)
    return tried


def _not_a_program() -> Diagnostic:
    return finding("MC9001", "with this change the files are not valid", help="nothing was written; try another value")


def _searched(shell: Shell, asked: "Asking", tried: "Loaded", day: "date") -> "tuple[MatchingProblem, ...]":
    from mentorctl.cli.progress import Progress
    from mentorctl.cli.questions import ANSWERABLE
    from mentorctl.cli.workspace import outside_tables
    from mentorctl.pipeline import living_definitions, problems

    reader = asked.opened.reader()
    snapshot = reader.read()
    with Progress(enabled=not shell.is_json) as report:
        searched = problems(
            tried,
            asked.roster,
            snapshot,
            as_of=day,
            engine=asked.engine,
            report=report,
            outside=outside_tables(asked.opened),
            definitions=living_definitions(snapshot, reader.definition),
        )
    errors = [found for found in searched.findings if found.is_error and found.code not in ANSWERABLE]
    if errors:
        raise Stop(errors, tried.texts)
    return searched.problems


def _read(shell: Shell, edited: str) -> str:
    from mentorctl.sources.files import Unreadable, read_yaml_text

    try:
        return read_yaml_text(shell.folder / Path(edited), shown=edited)
    except Unreadable as problem:
        raise Stop([problem.finding]) from None


def _id_in(text: str, edited: str) -> str:
    from mentorctl.spec.source import read_source

    tree = read_source(text, file=edited).tree
    return str(tree.get("id", "")) if isinstance(tree, dict) else ""


def _file_of(loaded: "Loaded", program: str) -> str:
    """The file of a program. Raises Stop when there is none."""
    for file in loaded.texts:
        if file.startswith("programs/") and _id_in(loaded.texts[file], file) == program:
            return file
    known = [compiled.program.id for compiled in loaded.programs]
    raise Stop([finding("MC9006", f"there is no program `{program}`", help=did_you_mean(program, known))])


def _only_program(loaded: "Loaded") -> str:
    known = [compiled.program.id for compiled in loaded.programs]
    if len(known) != 1:
        raise Stop([finding("MC9001", f"there are {len(known)} programs", help="say which one with --program")])
    return known[0]
