"""`mentorctl compile`."""

import json
from pathlib import Path

import click

from mentorctl.cli.shell import Shell, Stop, shared_options, write_file


@click.command()
@click.argument("programs", nargs=-1, metavar="[PROGRAM]...")
@shared_options
@click.option("--out", metavar="FOLDER", help="Write one file per program into this folder instead.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    programs: tuple[str, ...],
    chdir: str | None,
    format: str | None,
    color: str | None,
    out: str | None,
) -> int:
    """Print the canonical JSON of the compiled programs.

    Defaults are filled in, dates are laid out for every cohort, and lifecycles are complete. The same files always give
    the same bytes, so the output can be committed and compared.

    \b
    Examples:
      mentorctl compile grow
      mentorctl compile --out compiled
    """
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.diagnostics import did_you_mean, finding
    from mentorctl.lifecycle.compiled import compiled_to_json

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    opened.workspace  # noqa: B018 - stops here when the files have errors
    shell.report(opened.loaded.findings, opened.loaded.texts)
    known = {c.program.id: c for c in opened.loaded.programs}
    for name in programs:
        if name not in known:
            raise Stop([finding("MC9006", f"there is no program `{name}`", help=did_you_mean(name, known))])
    chosen = {name: compiled_to_json(known[name]) for name in sorted(programs or known)}
    if out is None:
        shell.print(_text({"format": "mentorctl/compiled-workspace/v1", "programs": chosen}))
        return 0
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in chosen.items():
        write_file(folder / f"{name}.json", _text(value) + "\n")
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/written/v1",
                "folder": out,
                "files": [f"{name}.json" for name in chosen],
            }
        )
    else:
        shell.say(f"wrote {len(chosen)} file{'' if len(chosen) == 1 else 's'} to {folder}")
    return 0


def _text(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
