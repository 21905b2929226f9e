"""`mentorctl graph`."""

from collections import Counter

import click

from mentorctl.cli.shell import Shell, Stop, shared_options

LIFECYCLES = ("enrollment", "training", "match", "session", "check_in", "cohort", "program")


@click.command()
@click.argument("program", required=False)
@shared_options
@click.option("--lifecycle", type=click.Choice(LIFECYCLES), default="enrollment", show_default=True)
@click.option("--counts", is_flag=True, help="Show how many are in each state now.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    lifecycle: str,
    counts: bool,
) -> int:
    """Draw a lifecycle as a Mermaid diagram.

    GitHub, GitLab and most editors draw the text as a picture. With one program its name may be left out.

    \b
    Examples:
      mentorctl graph grow --lifecycle match
      mentorctl graph --counts > enrollment.mmd
    """
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.diagnostics import did_you_mean, finding, quoted_list
    from mentorctl.lifecycle.compiler import lifecycle_named
    from mentorctl.lifecycle.published import lifecycle_to_json
    from mentorctl.render.mermaid import lifecycle_mermaid

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    opened.workspace  # noqa: B018 - stops here when the files have errors
    known = {c.program.id: c for c in opened.loaded.programs}
    name = program or (next(iter(known)) if len(known) == 1 else "")
    if name not in known:
        detail = f"there is no program `{name}`" if name else f"name one of {quoted_list(sorted(known))}"
        raise Stop([finding("MC9006", detail, help=did_you_mean(name, known))])
    machine = lifecycle_named(known[name].lifecycles, lifecycle)
    census: dict[str, int] | None = None
    if counts:
        from mentorctl.state.codec import kind_of

        records = opened.reader().read().records
        states = (
            str(getattr(r, "state", "")) for r in records if kind_of(r) == lifecycle and r.address.program == name
        )
        census = dict(Counter(states))
    if shell.is_json:
        shell.print_json(
            {"format": "mentorctl/lifecycle/v1", "lifecycle": lifecycle_to_json(machine), "counts": census}
        )
    else:
        shell.print(lifecycle_mermaid(machine, counts=census).rstrip("\n"))
    return 0
