"""`mentorctl diff`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, as_of_option, day_of, shared_options
from mentorctl.diagnostics import has_errors

if TYPE_CHECKING:
    from mentorctl.plan.intent import ValueChange


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
    from mentorctl.cli.comparison import compared
    from mentorctl.cli.sealed import sealed
    from mentorctl.render.intent import intent_json, intent_lines

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    with sealed():
        both = compared(shell, base, to, day_of(as_of))
    found = both.differences

    def where(program: str, change: "ValueChange") -> str:
        span = both.where(program, change)
        return f"{span.file}:{span.line}" if span else ""

    if shell.is_json:
        shell.print_json(
            {"format": "mentorctl/diff/v1", "from": base, "to": to or "", "programs": intent_json(found, where)}
        )
    else:
        shell.print("\n".join(intent_lines(found, where, shell.out_style)) or "No program differs.")
    if has_errors(both.after.loaded.findings):
        shell.say("The files have errors; see `mentorctl validate`.")
    return Exit.CHANGES if detailed_exitcode and found else Exit.OK
