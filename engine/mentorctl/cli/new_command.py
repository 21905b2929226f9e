"""`mentorctl new`."""

import re
from pathlib import Path

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.models import MODELS
from mentorctl.cli.shell import Shell, Stop, shared_options

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_NOT_IDS = frozenset({"null", "true", "false"})  # no texts, unless in quotes


@click.command()
@click.argument("what", type=click.Choice(["program"]))
@click.argument("program_id", metavar="ID")
@shared_options
@click.option("--model", type=click.Choice(MODELS), default=MODELS[0], show_default=True, help="Its mentoring model.")
@click.option("--name", metavar="NAME", help="What people see (default: the id in words).")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,  # noqa: ARG001 - there is one word so far
    program_id: str,
    chdir: str | None,
    format: str | None,
    color: str | None,
    model: str,
    name: str | None,
) -> int:
    """Write a new program from a commented template.

    The file is programs/ID.yaml, and the matching phase of its first cohort is this week. Its rules use the fields of
    your roster contract; what needs a field that the contract does not have is there as a comment. A file that exists
    is never overwritten.

    \b
    Examples:
      mentorctl new program spring_peers --model peer
      mentorctl new program mosaic_2027 --model mosaic --name "Future leaders"
    """
    from mentorctl.cli.starters import new_program
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    _check_id(program_id)
    opened = open_workspace(shell)
    workspace = opened.loaded.workspace
    if workspace is None:  # other programs may have errors, but without the contract no rule can be written
        raise Stop(opened.loaded.findings, opened.loaded.texts)
    path = opened.root / "programs" / f"{program_id}.yaml"
    _check_free(program_id, path, opened.root, dict(opened.loaded.files))
    made = new_program(model, workspace.contract, program=program_id, name=name or _in_words(program_id))
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(made.text)
    shown = path.relative_to(opened.root).as_posix()
    if shell.is_json:
        left_open = {"lacking": list(made.lacking), "unfilled": list(made.unfilled)}
        shell.print_json({"format": "mentorctl/new/v1", "file": shown, **left_open})
        return Exit.OK
    shell.print(f"  {shell.out_style.added('+')} {shown}")
    if made.lacking:
        fields = ", ".join(f"`{one}`" for one in made.lacking)
        shell.print(f"\nThe roster contract has no {fields}; what needs it is there as a comment.")
    for role in made.unfilled:
        shell.print(f"\nNo roster source has `role: {role}`; add the file with these people to mentorctl.yaml.")
    shell.print("\nNext:\n  mentorctl validate      check what you write")
    return Exit.OK


def _check_id(program_id: str) -> None:
    from mentorctl.diagnostics import finding

    if not _ID.fullmatch(program_id) or program_id in _NOT_IDS:
        better = re.sub(r"[^a-z0-9]+", "_", program_id.lower()).strip("_")
        is_better = _ID.fullmatch(better) and better not in _NOT_IDS
        remedy = f"did you mean `{better}`?" if is_better else "write small letters, digits and _, such as spring_2027"
        raise Stop([finding("MC9001", f"`{program_id}` is not an id", help=remedy)])


def _check_free(program_id: str, path: Path, root: Path, files: dict[str, str]) -> None:
    from mentorctl.diagnostics import finding

    if path.exists() or path.is_symlink():
        taken = path.relative_to(root).as_posix()
    elif program_id in files:
        taken = files[program_id]
    else:
        return
    raise Stop([finding("MC9008", f"`{program_id}` is already in {taken}", help="choose another id")])


def _in_words(program_id: str) -> str:
    return program_id.replace("_", " ").strip().capitalize()
