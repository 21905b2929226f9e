"""`mentorctl plan`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit, exit_code
from mentorctl.cli.shell import (
    Shell,
    Solving,
    as_of_option,
    day_of,
    shared_options,
    solver_options,
    undo_option,
    write_file,
)
from mentorctl.diagnostics import Diagnostic, has_errors, in_order

if TYPE_CHECKING:
    from mentorctl.cli.planning import Made


@click.command()
@shared_options
@as_of_option
@click.option("--out", metavar="FILE", help="Save the plan, so that apply performs exactly these decisions.")
@click.option("--certificate", metavar="FILE", help="Save the proof of the matches, for `mentorctl verify`.")
@click.option(
    "--detail",
    type=click.Choice(["summary", "normal", "full"]),
    default="normal",
    show_default=True,
    help="summary says what it means to people; full lists every change.",
)
@click.option("--messages", metavar="FOLDER", help="Write there how each message would read, with invented people.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--simulate", is_flag=True, help="Where a lifecycle changes, say what that would come to.")
@click.option("--static", is_flag=True, help="Compare commits instead: no state, no people, nothing that could leak.")
@click.option("--from", "base", metavar="REF", help="With --static, the commit to compare with (default: HEAD).")
@click.option("--to", metavar="REF", help="With --static, the commit that is planned (default: the files here).")
@undo_option
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    as_of: str | None,
    out: str | None,
    certificate: str | None,
    detail: str,
    messages: str | None,
    names: bool,
    detailed_exitcode: bool,
    simulate: bool,
    static: bool,
    base: str | None,
    to: str | None,
    undo: str | None,
    solving: Solving,
) -> int:
    """Show what apply would change, in people first.

    Matches are proposed while the matching phase of a cohort is open; at other times the plan says when it opens. The
    store is opened for reading only: a plan never writes.

    With --static two commits are compared instead, without state, secrets, network and people: safe for the pull
    request of a stranger. It says the worst that a change can lead to, what becomes of limits, and which findings it
    brings.

    \b
    Examples:
      mentorctl plan
      mentorctl plan --as-of 2027-03-03 --out plan.json --messages previews
      mentorctl plan --detailed-exitcode --format json
      mentorctl plan --static --from origin/main --out static.json
      mentorctl plan --undo 7 --out back.json
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if static or base is not None or to is not None:
        return _static(ctx, shell, base, to)
    from mentorctl.cli.planning import make
    from mentorctl.pipeline import judge
    from mentorctl.plan.codec import plan_to_json
    from mentorctl.render.findings_json import exceptions_json, findings_json
    from mentorctl.render.gate import verdict_text
    from mentorctl.render.plan import Detail, plan_text

    made = make(shell, day_of(as_of), solving=solving, undo=undo)
    judged = judge(made.plan, made.opened.loaded, made.snapshot, on=made.as_of, asks=False)
    findings = in_order((*made.findings, *judged))
    _save(made, out, certificate, messages)
    if shell.is_json:
        exceptions = exceptions_json((e.code, e.because, e.until, e.span) for e in made.opened.loaded.exceptions)
        found = findings_json(findings, made.opened.loaded.texts)
        shell.print_json(plan_to_json(made.plan) | {"diagnostics": found, "exceptions": exceptions})
    else:
        called = made.names if names else {}
        shell.print(plan_text(made.plan, names=called, style=shell.out_style, detail=Detail(detail)))
        shell.print(verdict_text(made.plan, shell.out_style))
        if simulate:
            _simulated(shell, made)
        _report(shell, made, findings, out)
    if has_errors(findings):
        return exit_code(findings)
    return Exit.CHANGES if detailed_exitcode and not made.plan.is_empty else Exit.OK


_OF_LIVE_PLANS = ("certificate", "messages", "names", "simulate", "undo")


def _static(ctx: click.Context, shell: Shell, base: str | None, to: str | None) -> int:
    """The plan of a change of files, with those options that make sense for it."""
    from mentorctl.cli.static_plan import plan_statically

    if not ctx.params["static"]:
        raise click.UsageError("--from and --to go with --static", ctx)
    given = [name for name in _OF_LIVE_PLANS if ctx.params[name]]
    if given:
        raise click.UsageError(f"--{given[0]} needs the live state; leave out --static", ctx)
    chosen = {name: ctx.params[name] for name in ("as_of", "out", "detailed_exitcode")}
    return plan_statically(shell, base=base or "HEAD", to=to, **chosen)


def _report(shell: Shell, made: "Made", findings: Sequence[Diagnostic], out: str | None) -> None:
    """What is to be said beside the plan."""
    from mentorctl.render.findings import exceptions_line

    shell.report(findings, made.opened.loaded.texts, after_result=True)
    active = exceptions_line([e.until for e in made.opened.loaded.exceptions])
    if active:
        shell.say(f"\n{active}")
    if out is not None and not has_errors(findings):
        where = "" if shell.folder == Path() else f"-C {shell.folder} "
        shell.say(f"\nsaved to {out}; perform it with `mentorctl {where}apply {out}`")


def _save(made: "Made", out: str | None, certificate: str | None, messages: str | None) -> None:
    """The files that were asked for."""
    from mentorctl.plan.codec import certificate_to_text, plan_to_text

    if out is not None:
        write_file(Path(out), plan_to_text(made.plan))
    if certificate is not None:
        from mentorctl.plan.proofs import claim_of

        write_file(Path(certificate), certificate_to_text(claim_of(made.plan)))
    if messages is not None:
        _write_previews(Path(messages), made)


def _write_previews(folder: Path, made: "Made") -> None:
    """A file for each message that would go out."""
    from mentorctl.cli.workspace import template_texts
    from mentorctl.render.previews import previews

    folder.mkdir(parents=True, exist_ok=True)
    programs = [compiled.program for compiled in made.opened.loaded.programs]
    for preview in previews(made.plan.consequences, programs, template_texts(made.opened.loaded)):
        write_file(folder / preview.name, preview.text)


def _simulated(shell: Shell, made: "Made") -> None:
    """For each program that changes: the same invented people under the definition of now and the one of then."""
    from mentorctl.lifecycle.definition import definition_from_text
    from mentorctl.lifecycle.simulation.rates import Rates
    from mentorctl.lifecycle.simulation.report import simulate
    from mentorctl.render.simulation import comparison_text

    changing = {m.program: m.old for m in made.plan.migrations if not m.is_quiet}
    for compiled in made.opened.loaded.programs:
        if compiled.program.id not in changing:
            continue
        until = max((timeline.end for _, timeline in compiled.timelines if not timeline.is_rolling), default=None)
        if until is None:
            continue
        old = definition_from_text(made.opened.reader().definition(changing[compiled.program.id]))
        before, after = (
            simulate(compiled, people=200, until=until, rates=Rates(), seed=1, runs=5, definition=definition)
            for definition in (old, compiled.runtime)
        )
        shell.print("\n" + comparison_text(before, after, shell.out_style))
