"""`mentorctl graph`."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.shell import Shell, Stop, shared_options, write_file
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.lifecycle.compiled import CompiledProgram
    from mentorctl.lifecycle.model import Lifecycle
    from mentorctl.render.svg import Picture

LIFECYCLES = ("enrollment", "training", "match", "session", "check_in", "cohort", "program")


@click.command()
@click.argument("program", required=False)
@shared_options
@click.option("--lifecycle", type=click.Choice(LIFECYCLES), default="enrollment", show_default=True)
@click.option("--counts", is_flag=True, help="Show how many are in each state now.")
@click.option("--diff", is_flag=True, help="Show what differs from the definition that people live under now.")
@click.option("--svg", metavar="FILE", help="Write the picture itself; - is standard output.")
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
    diff: bool,
    svg: str | None,
) -> int:
    """Draw a lifecycle as a Mermaid diagram or as SVG.

    GitHub, GitLab and most editors draw the text as a picture. With one program its name may be left out. A difference
    is marked with + - ~ and shows what is the same one step around.

    \b
    Examples:
      mentorctl graph grow --lifecycle match
      mentorctl graph --counts > enrollment.mmd
      mentorctl graph --lifecycle match --svg match.svg
      mentorctl graph --lifecycle match --diff --counts
    """
    from mentorctl.cli.chosen import chosen_program
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.lifecycle.compiler import lifecycle_named
    from mentorctl.lifecycle.published import lifecycle_to_json
    from mentorctl.render.lifecycle_picture import lifecycle_picture
    from mentorctl.render.mermaid import lifecycle_mermaid

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    compiled = chosen_program(opened, program)
    machine = lifecycle_named(compiled.lifecycles, lifecycle)
    census = _census(opened, compiled, lifecycle) if counts else None
    if diff:
        return _difference(shell, _living(opened, compiled, lifecycle), machine, census, svg)
    if svg is not None:
        _draw(shell, lifecycle_picture(machine, counts=census), svg)
    elif shell.is_json:
        shell.print_json(
            {"format": "mentorctl/lifecycle/v1", "lifecycle": lifecycle_to_json(machine), "counts": census}
        )
    else:
        shell.print(lifecycle_mermaid(machine, counts=census).rstrip("\n"))
    return 0


def _difference(
    shell: Shell, old: "Lifecycle", new: "Lifecycle", counts: Mapping[str, int] | None, svg: str | None
) -> int:
    from mentorctl.lifecycle.definition import without_words
    from mentorctl.lifecycle.difference import difference
    from mentorctl.render.difference import difference_mermaid, difference_rows
    from mentorctl.render.lifecycle_picture import difference_picture

    found = difference(old, without_words(new))
    if svg is not None:
        _draw(shell, difference_picture(found, counts=counts), svg)
    elif shell.is_json:
        rows = [
            {"sign": sign, "what": what, "change": change, "now": now or None}
            for sign, what, change, now in difference_rows(found, counts)
        ]
        shell.print_json({"format": "mentorctl/lifecycle-difference/v1", "lifecycle": new.name, "changes": rows})
    elif found.is_empty:
        shell.print(f"The lifecycle `{new.name}` is the one that people live under now.")
    else:
        shell.print(difference_mermaid(found, counts=counts).rstrip("\n"))
    return 0


def _draw(shell: Shell, picture: "Picture", file: str) -> None:
    from mentorctl.render.svg import picture_svg

    text = picture_svg(picture)
    if file == "-":
        shell.print(text.rstrip("\n"))
    else:
        write_file(Path(file), text)
        shell.say(f"drawn to {file}")


def _census(opened: "Opened", compiled: "CompiledProgram", lifecycle: str) -> dict[str, int]:
    from mentorctl.state.codec import kind_of

    records = opened.reader().read().records
    mine = [r for r in records if r.address.program == compiled.program.id and kind_of(r) == lifecycle]
    return dict(Counter(str(getattr(record, "state", "")) for record in mine))


def _living(opened: "Opened", compiled: "CompiledProgram", lifecycle: str) -> "Lifecycle":
    """The lifecycle that new things of the program get now. Raises Stop when nothing was applied."""
    from mentorctl.addresses import Address
    from mentorctl.lifecycle.definition import DefinitionError, definition_from_text
    from mentorctl.state.model import ProgramRecord

    reader = opened.reader()
    record = reader.read().by_address.get(Address(program=compiled.program.id))
    digest = record.lifecycles if isinstance(record, ProgramRecord) else ""
    if not digest:
        detail = f"nothing of `{compiled.program.id}` was applied yet, so there is nothing to compare with"
        raise Stop([finding("MC9006", detail, help="leave `--diff` out")])
    try:
        return definition_from_text(reader.definition(digest)).lifecycle(lifecycle)
    except DefinitionError as error:
        raise Stop([finding("MC7004", f"the definition {digest} cannot be read: {error}")]) from None
