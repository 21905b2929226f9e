"""`mentorctl test`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Solving, Stop, shared_options, solver_options
from mentorctl.diagnostics import Diagnostic, did_you_mean, finding, has_errors

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.render.testing import Result
    from mentorctl.roster.table import Table
    from mentorctl.testing.run import CaseText

_EXAMPLE = "begin one with `mentorctl: test/v1`; `mentorctl schema print test` shows what it may hold"


@click.command()
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@partial(shared_options, formats=("text", "json", "junit"))
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    chdir: str | None,
    format: str | None,
    color: str | None,
    solving: Solving,
) -> int:
    """Run the tests of the programs.

    A test gives people and a day, lets things happen, and says which matches, states, sessions and messages there are
    then. It runs in memory: the state of the workspace is neither read nor written. NAMES are names of files or of
    cases; without them all tests are run.

    \b
    Examples:
      mentorctl test
      mentorctl test grow
      mentorctl test nobody_mentors_their_report --format junit > results.xml
    """
    from mentorctl.cli.planning import ready_engine
    from mentorctl.cli.workspace import open_workspace, outside_tables
    from mentorctl.render.testing import result_line, results_json, results_junit, verdict_line
    from mentorctl.testing.run import Runner, chosen

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell, as_of=date.min)  # no exception has ended: today has no part in a test
    opened.workspace  # noqa: B018 - stops here when the files have errors
    texts, problems = _read(opened)
    sources = {**opened.loaded.texts, **{text.source.file: text.source.text for text in texts}}
    problems += [problem for text in texts for problem in text.findings]
    if not texts and not problems:
        problems.append(finding("MC8003", "this workspace has no file tests/NAME.test.yaml", help=_EXAMPLE))
    cases, unknown = chosen(texts, names)
    if unknown:
        raise Stop([_unknown(unknown[0], texts)])
    results: list[Result] = []
    with ready_engine(solving) as engine:
        outside = outside_tables(opened)
        runner = Runner(opened.loaded, tables=_tables(opened), outside=outside, engine=engine)
        for text, case in cases:
            result = runner.run(case, text.source)
            results.append((result.file, result.id, result.findings, result.messages))
            if shell.format == "text":
                shell.print(result_line(results[-1], shell.out_style))
    if shell.is_json:
        shell.print_json(results_json(results, problems, sources))
    elif shell.format == "junit":
        shell.print(results_junit(results, problems, sources))
    else:
        _report(shell, results, problems, sources)
        if results:
            shell.print(verdict_line(results, shell.out_style))
    failed = has_errors(problems) or any(found for _, _, found, _ in results)
    return Exit.NO if failed else Exit.OK


def _report(
    shell: Shell, results: "Sequence[Result]", problems: Sequence[Diagnostic], sources: Mapping[str, str]
) -> None:
    """Every finding, those of the files first."""
    shell.report((*problems, *(one for _, _, found, _ in results for one in found)), sources, after_result=True)


def _read(opened: "Opened") -> "tuple[list[CaseText], list[Diagnostic]]":
    from mentorctl.sources.files import Unreadable, files_of_tests, read_yaml_text
    from mentorctl.testing.run import read_test_file

    texts, problems = [], []
    for path in files_of_tests(opened.root):
        shown = path.relative_to(opened.root).as_posix()
        try:
            texts.append(read_test_file(read_yaml_text(path, shown=shown), file=shown))
        except Unreadable as problem:
            problems.append(problem.finding)
    return texts, problems


def _tables(opened: "Opened") -> "Callable[[Mapping[str, str]], tuple[Sequence[Table], Sequence[Diagnostic]]]":
    from mentorctl.cli.workspace import read_tables

    return lambda others: read_tables(opened, others)


def _unknown(name: str, texts: "Sequence[CaseText]") -> Diagnostic:
    from mentorctl.testing.run import file_names

    known = {case.id for text in texts if text.cases for case in text.cases.cases}
    known |= {file_names(text.source.file)[-1] for text in texts}
    return finding(
        "MC9006",
        f"no test file and no case is called `{name}`",
        help=did_you_mean(name, known) or "`mentorctl test` without names runs them all",
    )
