"""`mentorctl init`."""

import re
from pathlib import Path

import click

from mentorctl.cli.models import MODELS
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import did_you_mean, finding

_PROGRAM, _NAME = "first_steps", "First Steps"
_WORDS_OF_YAML = frozenset({"null", "true", "false"})  # no texts, unless in quotes


@click.command()
@shared_options
@click.option(
    "--template", type=click.Choice(MODELS), default=MODELS[0], show_default=True, help="The mentoring model."
)
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="For example Europe/Berlin.")
@click.pass_context
def command(
    ctx: click.Context, *, chdir: str | None, format: str | None, color: str | None, template: str, timezone: str
) -> int:
    """Make a small working workspace in an empty folder.

    It holds mentorctl.yaml, one program whose matching phase is this week, a sample roster of invented people, and the
    schemas that editors use for completion and checks as you type. There is a template for each mentoring model.
    Files that exist are never overwritten.

    \b
    Example:
      mkdir mentoring && cd mentoring && mentorctl init --timezone Europe/Berlin
      mkdir peers && cd peers && mentorctl init --template peer
    """
    from mentorctl.cli.schemas import FOLDER, schema_texts
    from mentorctl.cli.starters import new_workspace
    from mentorctl.dates.zones import zone_names

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if timezone not in zone_names():
        raise Stop([finding("MC2010", f"`{timezone}` is not a time zone", help=did_you_mean(timezone, zone_names()))])
    root = shell.folder.resolve()
    files = new_workspace(template, workspace=_workspace_id(root), timezone=timezone, program=_PROGRAM, name=_NAME)
    files |= {f"{FOLDER}/{name}": text for name, text in schema_texts().items()}
    taken = [name for name in files if (root / name).exists()]
    if taken:
        raise Stop(
            [
                finding(
                    "MC9008",
                    f"{', '.join(f'`{name}`' for name in taken)} in {root}",
                    help="run init in an empty folder, or move these files away",
                )
            ]
        )
    _write_all(root, files)
    if shell.is_json:
        shell.print_json({"format": "mentorctl/init/v1", "folder": str(root), "files": sorted(files)})
        return 0
    style = shell.out_style
    shell.print("\n".join(f"  {style.added('+')} {name}" for name in files))
    shell.print(
        "\nNext:\n  mentorctl validate      check what you write"
        "\n  mentorctl plan --names  see who would be matched and when they would meet"
        "\n  mentorctl apply         make it so"
    )
    return 0


def _workspace_id(root: Path) -> str:
    """An id from the name of the folder."""
    words = re.sub(r"[^a-z0-9]+", "_", root.name.lower()).strip("_")
    is_id = re.match(r"[a-z]", words) and words not in _WORDS_OF_YAML
    return (words if is_id else f"workspace_{words}")[:60].rstrip("_")


def _write_all(root: Path, files: dict[str, str]) -> None:
    """All files or none: what was written before a failure is removed again."""
    written: list[Path] = []
    try:
        for name, text in files.items():
            _write(root / name, text)
            written.append(root / name)
    except OSError:
        for path in written:
            path.unlink()
        raise


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
