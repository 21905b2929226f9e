"""`mentorctl diff`."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, as_of_option, day_of, shared_options
from mentorctl.diagnostics import Place, has_errors

if TYPE_CHECKING:
    from datetime import date

    from mentorctl.pipeline import Loaded
    from mentorctl.plan.intent import Side, ValueChange


@click.command()
@shared_options
@as_of_option
@click.option("--from", "base", metavar="REF", default="HEAD", show_default=True, help="The commit to compare with.")
@click.option("--to", metavar="REF", help="The commit that is compared (default: the files in the folder).")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when programs differ.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    base: str,
    to: str | None,
    as_of: str | None,
    detailed_exitcode: bool,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Show what a change of the files means, without people and state.

    Programs are compared as they are with all that they inherit, so that a changed base shows in each program that
    extends it, and a moved phase in all dates that hang on it. Of each change the worst is said that it can lead to for
    people; what it does to whom, only `mentorctl plan` knows. Commits are read from git's storage: nothing is checked
    out, no hook runs, and nothing in the files is executed, so this is safe for a stranger's pull request.

    \b
    Examples:
      mentorctl diff
      mentorctl diff --from origin/main --to HEAD
    """
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.plan.intent import differences_of_files
    from mentorctl.render.intent import intent_json, intent_lines

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    day = day_of(as_of)
    before = _at(shell, base, day)
    after = open_workspace(shell, as_of=day).loaded if to is None else _at(shell, to, day)
    for loaded in (before, after):
        if loaded.workspace is None:
            raise Stop(loaded.findings, loaded.texts)
    found = differences_of_files(_sides(before), _sides(after))

    def where(program: str, change: "ValueChange") -> str:
        gone = change.after is None
        span = (before if gone else after).locate(Place(document=program, path=change.path, on_key=not gone))
        return f"{span.file}:{span.line}" if span else ""

    if shell.is_json:
        shell.print_json(
            {"format": "mentorctl/diff/v1", "from": base, "to": to or "", "programs": intent_json(found, where)}
        )
    else:
        shell.print("\n".join(intent_lines(found, where, shell.out_style)) or "No program differs.")
    if has_errors(after.findings):
        shell.say("The files have errors; see `mentorctl validate`.")
    return Exit.CHANGES if detailed_exitcode and found else Exit.OK


def _at(shell: Shell, ref: str, day: "date") -> "Loaded":
    """The workspace at a commit. Raises Stop."""
    from mentorctl.cli.workspace import workspace_folder
    from mentorctl.pipeline import load
    from mentorctl.sources.files import TEMPLATE_ENDING, Unreadable
    from mentorctl.sources.git import files_at

    try:
        files = files_at(workspace_folder(shell), ref)
    except Unreadable as problem:
        raise Stop([problem.finding]) from None
    documents = [(name, text) for name, text in files.texts.items() if name.startswith(("programs/", "bases/"))]
    templates = [
        PurePosixPath(name).name.removesuffix(TEMPLATE_ENDING) for name in files.texts if name[:9] == "messages/"
    ]
    root = ("mentorctl.yaml", files.texts["mentorctl.yaml"])
    return load(root, sorted(documents), as_of=day, templates=templates or None)


def _sides(loaded: "Loaded") -> "dict[str, Side]":
    from mentorctl.plan.intent import Side

    compiled = {each.program.id: each for each in loaded.programs}
    return {
        name: Side(tree=document.resolved.tree, compiled=compiled.get(name))
        for name, document in loaded.documents.items()
        if not document.is_base
    }
