"""`mentorctl init`."""

import re
from collections.abc import Sequence
from pathlib import Path

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.models import FORGES, MODELS
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import did_you_mean, finding
from mentorctl.sources.files import find_workspace

_PROGRAM, _NAME = "first_steps", "First Steps"
_BRANCH = re.compile(r"[\w][\w./-]{0,200}", re.ASCII)
_WORDS_OF_YAML = frozenset({"null", "true", "false"})  # no texts, unless in quotes


@click.command()
@shared_options
@click.option(
    "--template", type=click.Choice(MODELS), default=MODELS[0], show_default=True, help="The mentoring model."
)
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="For example Europe/Berlin.")
@click.option("--ci", type=click.Choice(FORGES), help="Also write workflows for pull requests, and who owns what.")
@click.option("--group", metavar="NAME", help="With --ci: the organization or group whose teams the owners are.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="With --ci: what is applied.")
@click.option("--check", is_flag=True, help="With --ci: write nothing, and end with 1 when something is not current.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    template: str,
    timezone: str,
    ci: str | None,
    group: str | None,
    branch: str,
    check: bool,
) -> int:
    """Make a small working workspace in an empty folder.

    It holds mentorctl.yaml, one program whose matching phase is this week, a sample roster of invented people, and the
    schemas that editors use for completion and checks as you type. There is a template for each mentoring model.
    Files that exist are never overwritten.

    With --ci, also in a workspace that is there already: the workflows of a forge that check pull requests, comment on
    them and apply what was approved, a CODEOWNERS file from the owners of the programs, and hooks for pre-commit. Files
    that exist are left alone and listed; only the lines between the two marks of mentorctl in CODEOWNERS are renewed.

    \b
    Example:
      mkdir mentoring && cd mentoring && mentorctl init --timezone Europe/Berlin
      mkdir peers && cd peers && mentorctl init --template peer
      mentorctl init --ci github --group acme
      mentorctl init --ci github --check
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if ci is None and (check or group):
        raise click.UsageError("--check and --group go with --ci", ctx)
    if not _BRANCH.fullmatch(branch):
        raise Stop([finding("MC9001", f"`{branch}` is no name of a branch", help="for example --branch main")])
    if ci is not None and (check or find_workspace(shell.folder.resolve()) is not None):
        return _kit(shell, ci, group=group, branch=branch, check=check)
    files = _starter(shell, template=template, timezone=timezone)
    if ci is not None:
        return _kit(shell, ci, group=group, branch=branch, check=False, made=files)
    if shell.is_json:
        _print_json(shell, files)
        return Exit.OK
    style = shell.out_style
    shell.print("\n".join(f"  {style.added('+')} {name}" for name in files))
    shell.print(
        "\nNext:\n  mentorctl validate      check what you write"
        "\n  mentorctl plan --names  see who would be matched and when they would meet"
        "\n  mentorctl apply         make it so"
    )
    return Exit.OK


def _starter(shell: Shell, *, template: str, timezone: str) -> list[str]:
    """A new workspace, as the names of its files. Raises Stop when a file is in the way."""
    from mentorctl.cli.schemas import FOLDER, schema_texts
    from mentorctl.cli.starters import new_workspace
    from mentorctl.dates.zones import zone_names

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
    return list(files)


def _kit(shell: Shell, forge: str, *, group: str | None, branch: str, check: bool, made: Sequence[str] = ()) -> int:
    """Write what a forge needs, or check it; `made` are the files of a workspace that was made just now."""
    from mentorctl.cli.kits import HOW_TO_ADOPT, kit_of, stale, write_kit
    from mentorctl.cli.workspace import open_workspace

    opened = open_workspace(shell)
    opened.workspace  # noqa: B018 - stops here when the files have errors: owners are read from them
    kit = kit_of(opened, forge, group=group, branch=branch)
    if check and not kit.is_current:
        raise stale(kit)
    written = () if check else write_kit(kit)
    foreign = (kit.owners.file,) if kit.owners.state == "foreign" else ()
    left = (*kit.own, *foreign)
    if shell.is_json:
        _print_json(shell, (*made, *written), left=left)
        return Exit.OK
    style = shell.out_style
    renewed = kit.owners.file if kit.owners.state == "outdated" else ""
    marks = [style.changed("~") if name == renewed else style.added("+") for name in (*made, *written)]
    shell.print("\n".join(f"  {mark} {name}" for mark, name in zip(marks, (*made, *written), strict=True)))
    if left:
        shell.print("left alone, because they say something else than init would write:")
        shell.print("\n".join(f"    {name}" for name in left))
    if foreign:
        shell.print(f"{kit.owners.file}: {HOW_TO_ADOPT}")
    if not written and not left:
        shell.print(f"the files for {forge} are current")
    return Exit.OK


def _print_json(shell: Shell, files: Sequence[str], left: Sequence[str] = ()) -> None:
    shell.print_json(
        {
            "format": "mentorctl/init/v1",
            "folder": str(shell.folder.resolve()),
            "files": sorted(files),
            "left_alone": sorted(left),
        }
    )


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
