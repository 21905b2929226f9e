"""`mentorctl validate`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import exit_code
from mentorctl.cli.shell import Shell, Stop, as_of_option, day_of, report_options
from mentorctl.diagnostics import Diagnostic, Severity, has_errors, in_order
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.roster.people import Roster


@click.command()
@report_options
@as_of_option
@click.option("--no-roster", is_flag=True, help="Check the program files alone; the roster is listed as not checked.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--fix", is_flag=True, help="First correct what has only one correction, in the files.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; nothing is written.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    as_of: str | None,
    no_roster: bool,
    strict: bool,
    fix: bool,
    diff: bool,
) -> int:
    """Check the program files and the roster.

    All problems are reported in one run, each with its file, line and column, what is allowed and how to fix it.
    Nothing is written, except by --fix, and no network is used. --fix corrects slips such as a misspelled key; comments
    and layout stay as they are.

    \b
    Examples:
      mentorctl validate
      mentorctl validate --fix
      mentorctl -C programs/examples/grow validate --format json
      mentorctl validate --format sarif > findings.sarif
    """
    from mentorctl.cli.fixing import done_json, fixed, show_diff, show_done, written
    from mentorctl.cli.reports import base_of, report_findings
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell, as_of=day_of(as_of))
    settled = fixed(opened) if fix or diff else None
    if settled and not diff:
        opened = written(opened, settled)
    checked = _checked(opened, with_roster=not no_roster, strict=strict)
    if shell.is_json:
        done = {} if settled is None else {"fixed": done_json(settled.done), "written": not diff}
        shell.print_json(_json(opened, checked) | done)
    elif settled and shell.format == "text":
        if diff:
            show_diff(shell, opened, settled)
        else:
            show_done(shell, settled.done)
    texts = opened.loaded.texts
    report_findings(shell, checked.findings, texts, base=base_of(opened.root), strict=strict)
    shell.report(checked.findings, texts)
    if shell.format == "text":
        shell.print(_verdict(shell, opened, checked))
    return exit_code(checked.findings) or int(checked.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What is known after all checks. `people` is 0 when they could not be read."""

    findings: tuple[Diagnostic, ...]
    people: int
    roster_checked: bool
    failed: bool


def _checked(opened: "Opened", *, with_roster: bool, strict: bool) -> _Checked:
    from mentorctl.cli.workspace import by_hand_table, read_tables
    from mentorctl.pipeline import read_people

    found = list(opened.loaded.findings)
    people = 0
    with_roster = with_roster and not has_errors(found)
    if with_roster:
        tables, problems = read_tables(opened)
        found += problems
        if not problems:
            roster, defects = read_people(opened.loaded, tables, by_hand=by_hand_table(opened))
            found += defects
            people = len(roster.ids) if roster else 0
            found += _outside(opened, roster) if roster else ()
    warned = any(f.severity is Severity.WARNING for f in found)
    failed = has_errors(found) or (strict and warned)
    return _Checked(findings=in_order(found), people=people, roster_checked=with_roster, failed=failed)


def _outside(opened: "Opened", roster: "Roster") -> list[Diagnostic]:
    """What is wrong with files of scores from outside."""
    from mentorctl.cli.workspace import outside_tables
    from mentorctl.plan.outside import read_outside_scores

    try:
        tables = outside_tables(opened)
    except Stop as unreadable:
        return list(unreadable.findings)
    sources = ((p.program.id, p.program.matching.terms.outside) for p in opened.loaded.programs)
    return [
        defect
        for program, source in sources
        if source
        for defect in read_outside_scores(tables[program], roster, source.form)[1]
    ]


def _json(opened: "Opened", checked: _Checked) -> dict[str, object]:
    """The shape is that of schemas/findings.v1.schema.json."""
    from mentorctl.render.findings_json import exceptions_json, findings_json

    return {
        "format": "mentorctl/validate/v1",
        "valid": not checked.failed,
        "programs": len(opened.loaded.programs),
        "people": checked.people,
        "roster_checked": checked.roster_checked,
        "exceptions": exceptions_json((e.code, e.because, e.until, e.span) for e in opened.loaded.exceptions),
        "diagnostics": findings_json(checked.findings, opened.loaded.texts),
    }


def _verdict(shell: Shell, opened: "Opened", checked: _Checked) -> str:
    from mentorctl.render.findings import count_line, exceptions_line

    style = shell.out_style
    whom = f"{checked.people} people" if checked.people else "the roster has errors"
    if not checked.roster_checked:
        whom = "the roster was not checked"
    programs = len(opened.loaded.programs)
    about = f"{programs} program{'' if programs == 1 else 's'}, {whom}"
    verdict = style.removed("not valid") if checked.failed else style.added("valid")
    counts = f" ({count_line(checked.findings, style)})" if checked.findings else ""
    active = exceptions_line([e.until for e in opened.loaded.exceptions])
    return f"{verdict}: {about}{counts}" + (f"\n{active}" if active else "")
