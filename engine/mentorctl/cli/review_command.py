"""`mentorctl review`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options, write_file
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.plan.model import Plan
    from mentorctl.plan.static import StaticPlan

_ADVICE = "make it again with `mentorctl plan --out`"


@click.command()
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@shared_options
@click.option("--markdown", metavar="FILE", help="Write the comment for a pull request; - is standard output.")
@click.option("--html", metavar="FILE", help="Write the page with charts, one file that needs nothing else.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to say.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    plans: tuple[str, ...],
    chdir: str | None,
    format: str | None,
    color: str | None,
    markdown: str | None,
    html: str | None,
    detailed_exitcode: bool,
) -> int:
    """Write what reviewers see of a plan: a comment, and a page with charts.

    PLAN is what `mentorctl plan --out` saved: a live plan, a static one, or one of each. Only counts of people go into
    the comment and the page, never an id, and no count under five.

    The comment begins with a hidden line by which a pipeline finds and updates it. Where nothing happens it is that
    line and one sentence, and --detailed-exitcode gives 0: then update a comment that is there, and write no new one.

    \b
    Examples:
      mentorctl review plan.json --markdown comment.md --html review.html
      mentorctl review static.json --markdown - --detailed-exitcode
      mentorctl review plan.json static.json --html review.html
    """
    from mentorctl.render.comment import comment_markdown
    from mentorctl.render.review import review_of

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    live, static = _read(ctx, plans)
    review = review_of(live, static)
    comment = comment_markdown(review)
    if markdown not in (None, "-"):
        write_file(Path(str(markdown)), comment)
    if html is not None:
        from mentorctl.render.review_page import review_html

        write_file(Path(html), review_html(review))
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/review/v1",
                "marker": review.marker,
                "changes": not review.is_empty,
                "impact": review.worst.value,
                "headline": "".join(review.headline),
                "comment": comment,
            }
        )
    elif markdown == "-" or (markdown is None and html is None):
        shell.print(comment.rstrip("\n"))
    return Exit.CHANGES if detailed_exitcode and not review.is_empty else Exit.OK


def _read(ctx: click.Context, files: tuple[str, ...]) -> "tuple[Plan | None, StaticPlan | None]":
    """The live and the static plan, either of which may be missing. Raises Stop, and UsageError for two of a kind."""
    from mentorctl.plan.codec import NotAPlan, format_of, plan_from_text
    from mentorctl.plan.static_codec import FORMAT, NotAStaticPlan, static_plan_from_text
    from mentorctl.sources.files import Unreadable, read_plan_text

    live: Plan | None = None
    static: StaticPlan | None = None
    for file in files:
        try:
            text = read_plan_text(Path(file), shown=file)
            is_static = format_of(text) == FORMAT
            if (static if is_static else live) is not None:
                raise click.UsageError(
                    f"two {'static' if is_static else 'live'} plans are given; give one of each", ctx
                )
            if is_static:
                static = static_plan_from_text(text)
            else:
                live = plan_from_text(text)
        except Unreadable as problem:
            raise Stop([problem.finding]) from None
        except (NotAPlan, NotAStaticPlan) as problem:
            raise Stop([finding("MC7002", f"`{file}`: {problem}", help=_ADVICE)]) from None
    if live is not None and static is not None and live.workspace != static.workspace:
        detail = f"the plans are of two workspaces, `{live.workspace}` and `{static.workspace}`"
        raise Stop([finding("MC7009", detail, help="give plans of one workspace")])
    return live, static
