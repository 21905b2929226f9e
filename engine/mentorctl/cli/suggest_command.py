"""`mentorctl suggest`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, as_of_option, day_of, shared_options

_SHOWN = 30


@click.command()
@click.argument("who", required=False)
@shared_options
@as_of_option
@click.option("--program", metavar="ID", help="Only in this program.")
@click.option("--length", type=click.IntRange(1, 100), metavar="N", help="How many (default: `shortlist`, or 5).")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    program: str | None,
    length: int | None,
    names: bool,
    as_of: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """List whom people may ask for, the best first.

    WHO is a person in either role; without it, the list of every mentee or peer. Hard rules have been applied; whether
    scores are shown is for the program to say (`process: {shows_score: true}`). What people then want is recorded with
    `mentorctl request`.

    \b
    Examples:
      mentorctl suggest 2031
      mentorctl suggest --program by_request --names
    """
    from mentorctl.cli.questions import asking
    from mentorctl.plan.shortlist import shortlists

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    with asking(shell, day_of(as_of), decided={}) as asked:
        problems = asked.of_program(program)
        found = shortlists(problems, only=asked.person(who) if who else "", length=length)
        called = asked.called(names=names)
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/shortlists/v1",
                "shortlists": [
                    {
                        "program": one.program,
                        "cohort": one.cohort,
                        "person": one.person,
                        "possible": one.possible,
                        "candidates": [{"person": c.person, "score": c.score} for c in one.candidates],
                    }
                    for one in found
                ],
            }
        )
        return Exit.OK
    style = shell.out_style
    for one in found[:_SHOWN]:
        shown = (
            called(c.person) + (f" {style.faint(f'({c.score})')}" if c.score is not None else "")
            for c in one.candidates
        )
        where = style.faint(f"{one.program}/{one.cohort}, {one.possible} possible")
        shell.print(f"{style.person(called(one.person))}  {where}\n  {', '.join(shown)}")
    if len(found) > _SHOWN:
        shell.print(style.faint(f"… {len(found) - _SHOWN} more (--format json lists all)"))
    if not found:
        shell.print("Nobody whom the rules would allow; `mentorctl explain unmatched` says which rule stands between.")
    return Exit.OK
