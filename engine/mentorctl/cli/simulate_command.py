"""`mentorctl simulate`."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.shell import Shell, Stop, day_of, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.lifecycle.compiled import CompiledProgram
    from mentorctl.lifecycle.simulation.living import Start
    from mentorctl.lifecycle.simulation.rates import Rates


@click.command()
@click.argument("program", required=False)
@shared_options
@click.option("--until", required=True, metavar="DATE", help="The day on which it ends.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same answer.")
@click.option("--people", type=click.IntRange(1, 1_000_000), default=400, show_default=True, help="Who enrolls.")
@click.option("--runs", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many times.")
@click.option("--live", is_flag=True, help="Begin with those who are in the program now; nobody new comes.")
@click.option("--rates", "rates_file", metavar="FILE", help="A YAML file of rates, one `name: value` a line.")
@click.option("--rate", "rates", multiple=True, metavar="NAME=VALUE", help="One rate, such as held=80%.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    until: str,
    seed: int,
    people: int,
    runs: int,
    live: bool,
    rates_file: str | None,
    rates: tuple[str, ...],
) -> int:
    """Run a program over people, invented or live, and count.

    The compiled lifecycles run with drop-outs, late answers, declines and missed meetings, many times with different
    luck. Matching takes whoever waited longest; it does not weigh pairs. Nothing is written.

    \b
    Examples:
      mentorctl simulate grow --until 2028-01-15
      mentorctl simulate --until 2028-01-15 --people 2000 --runs 50 --rate held=75% --rate drop_out_per_month=3%
      mentorctl simulate --live --until 2027-12-31 --format json
    """
    from mentorctl.cli.chosen import chosen_program
    from mentorctl.cli.progress import Progress
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.lifecycle.simulation.report import simulate
    from mentorctl.render.simulation import simulation_json, simulation_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    compiled = chosen_program(opened, program)
    given = _rates(rates_file, rates, shell)
    last = day_of(until)
    start = _start(opened, compiled, last) if live else None
    with Progress(enabled=not shell.is_json) as report:
        simulated = simulate(
            compiled, people=people, until=last, rates=given, seed=seed, runs=runs, start=start, report=report
        )
    if not simulated.figure("enrolled").mean:
        why = "nobody is in the program" if live else f"no cohort of it begins before {until}"
        raise Stop([finding("MC9001", f"there is nothing to simulate: {why}")])
    if shell.is_json:
        shell.print_json(simulation_json(simulated))
    else:
        shell.print(simulation_text(simulated, shell.out_style))
    return 0


def _start(opened: "Opened", compiled: "CompiledProgram", until: date) -> "Start":
    """Those who are in the program now, at the instant that the store has reached."""
    from mentorctl.lifecycle.simulation.living import start_of

    reader = opened.reader()
    snapshot = reader.read()
    at = datetime.fromisoformat(snapshot.clock) if snapshot.clock else datetime.now(UTC)
    if at.date() > until:
        raise Stop([finding("MC9001", f"the state is at {at.date()} already, after {until}", help="give a later day")])
    return start_of(snapshot, reader.timers(), compiled.program.id, at)


def _rates(file: str | None, given: tuple[str, ...], shell: Shell) -> "Rates":
    """The default rates, those of a file, and those of options, the later ones before the earlier."""
    from mentorctl.lifecycle.simulation.rates import Rates, rates_with

    rates = Rates()
    try:
        if file is not None:
            rates = rates_with(rates, _read(shell.folder / file))
        return rates_with(rates, dict(_pair(text) for text in given))
    except ValueError as error:
        raise Stop([finding("MC9001", str(error))]) from None


def _read(path: Path) -> dict[str, object]:
    from mentorctl.sources.files import read_yaml_text
    from mentorctl.spec.source import read_source

    source = read_source(read_yaml_text(path, shown=str(path)), file=str(path))
    if source.findings:
        raise Stop(list(source.findings))
    if not isinstance(source.tree, dict):
        raise ValueError(f"{path} is no list of `name: value`")  # noqa: TRY004 - one kind of error for all of them
    return dict(source.tree)


def _pair(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"`{text}` is no rate; write for example held=80%")
    return name.strip(), value
