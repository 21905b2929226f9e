"""`mentorctl drift`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import Diagnostic, finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.by_hand import ByHand
    from mentorctl.plan.writing import Written


@click.command()
@click.option("--write", is_flag=True, help="Write what was done by hand into the files; comments stay.")
@click.option("--detailed-exitcode", is_flag=True, help="End with 2 when something differs.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    write: bool,
    detailed_exitcode: bool,
    names: bool,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Show where the live state differs from the files.

    People who were enrolled or withdrawn by hand, approvals and trainings that were recorded, programs that were
    suspended, and definitions that come from other files. What only moved on the roster is for `mentorctl plan`.
    Nothing in the store is changed.

    \b
    Examples:
      mentorctl drift
      mentorctl drift --detailed-exitcode
      mentorctl drift --write
    """
    from mentorctl.cli.workspace import by_hand_table, namer, open_workspace, people_of
    from mentorctl.plan.by_hand import differences_by_hand
    from mentorctl.plan.writing import write_down
    from mentorctl.render.by_hand import by_hand_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    opened.workspace  # noqa: B018 - stops here when the files have errors
    roster, _ = people_of(opened)
    found = differences_by_hand(opened.loaded.programs, opened.reader().read(), roster)
    done = write_down(found, opened.loaded, roster, by_hand_table(opened)) if write else None
    if done is not None:
        _write(opened, done)
    left = [_left(one, why) for one, why in done.left] if done else []
    if shell.is_json:
        shell.print_json(_json(found, done, left))
    else:
        shell.print("\n".join(by_hand_text(found, name=namer(opened, names=names), style=shell.out_style)))
        for file, _ in done.texts if done else ():
            shell.print(f"{shell.out_style.changed('~')} {file}")
        shell.report(left, opened.loaded.texts, after_result=True)
    differs = done.left if done is not None else found
    return Exit.CHANGES if detailed_exitcode and differs else Exit.OK


def _write(opened: "Opened", done: "Written") -> None:
    """Put the new texts into the files, each at once. Raises Stop and OSError."""
    from mentorctl.sources.files import Unreadable, read_yaml_text
    from mentorctl.sources.rewrite import rewrite

    for file, text in done.texts:
        path = opened.root / file
        try:
            if path.exists() or path.is_symlink():
                rewrite(path, shown=file, before=read_yaml_text(path, shown=file), after=text)
            else:
                _create(path, text)
        except Unreadable as problem:
            raise Stop([problem.finding]) from None


def _create(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _left(one: "ByHand", why: str) -> Diagnostic:
    where = f"{one.program}/{one.cohort}" if one.cohort else one.program
    return finding("MC7025", f"`{where}`: {one.deed}", help=why)


def _json(found: "tuple[ByHand, ...]", done: "Written | None", left: list[Diagnostic]) -> dict[str, object]:
    from mentorctl.render.by_hand import by_hand_json
    from mentorctl.render.findings_json import findings_json

    return {
        "format": "mentorctl/drift/v1",
        "differences": [by_hand_json(one) for one in found],
        "written": [file for file, _ in done.texts] if done else [],
        "diagnostics": findings_json(left),
    }
