"""`mentorctl fairness`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options


@click.command()
@click.argument("program", required=False)
@shared_options
@click.option("--by", multiple=True, metavar="FIELD", help="Compare by this field (default: the sensitive ones).")
@click.option("--check", is_flag=True, help="Exit with 1 when a group is lower than the others beyond chance.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str | None,
    by: tuple[str, ...],
    check: bool,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Compare how groups of people fare in the live state.

    For each group the share that was admitted and the share that has a match, with the interval in which the true share
    lies with 95 %, and whether it differs from the others beyond chance (Fisher's exact test, several groups held
    together). Groups of fewer than 5 people are hidden.

    \b
    Examples:
      mentorctl fairness
      mentorctl fairness grow --by department --check
    """
    from mentorctl.cli.workspace import open_workspace, people_of
    from mentorctl.diagnostics import did_you_mean, finding, quoted_list
    from mentorctl.plan.fairness import Verdict, audited_fields, can_be_compared, fairness
    from mentorctl.render.fairness import fairness_json, fairness_lines

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    contract = opened.workspace.contract
    known = [c.program.id for c in opened.loaded.programs]
    if program is not None and program not in known:
        raise Stop([finding("MC9006", f"there is no program `{program}`", help=did_you_mean(program, known))])
    fields = by or audited_fields(contract)
    if not fields:
        some = quoted_list([f.id for f in contract.fields if f.type.value in {"single", "level", "boolean"}])
        raise Stop([finding("MC9001", "no field of the roster is `sensitive`", help=f"name one with --by: {some}")])
    roster, _ = people_of(opened)
    for field in fields:
        if not can_be_compared(roster, field):
            groups = [f.id for f in contract.fields if can_be_compared(roster, f.id)]
            help_ = did_you_mean(field, groups) or f"fields with groups are {quoted_list(groups, last='and')}"
            raise Stop([finding("MC9001", f"`{field}` is no field of the roster with groups", help=help_)])
    records = [r for r in opened.reader().read().records if program in (None, r.address.program)]
    found = fairness(records, roster, fields)
    if shell.is_json:
        shell.print_json({"format": "mentorctl/fairness/v1", "comparisons": fairness_json(found)})
    else:
        shell.print("\n".join(fairness_lines(found, shell.out_style)) or "Nobody is enrolled yet.")
    lower = any(group.verdict is Verdict.LOWER for each in found for group in each.groups)
    return Exit.NO if check and lower else Exit.OK
