"""`mentorctl docs`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, shared_options, write_file


@click.command()
@shared_options
@click.option("--out", metavar="DIR", help="Write language.md into this folder instead of printing it.")
@click.pass_context
def command(ctx: click.Context, *, chdir: str | None, format: str | None, color: str | None, out: str | None) -> int:
    """Write the language reference.

    It is a page of Markdown with every key of every kind of file, made from the same schemas that check the files, so
    that the two cannot disagree.

    \b
    Examples:
      mentorctl docs > language.md
      mentorctl docs --out docs
    """
    from mentorctl.cli.schemas import schemas
    from mentorctl.render.reference import reference

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    page = f"# The language of mentorctl\n\n{reference(schemas())}".rstrip("\n")
    if out is None:
        if shell.is_json:
            shell.print_json({"format": "mentorctl/docs/v1", "text": page})
        else:
            shell.print(page)
        return Exit.OK
    path = shell.folder / out / "language.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, page + "\n")
    if shell.is_json:
        shell.print_json({"format": "mentorctl/docs/v1", "file": str(path)})
    else:
        shell.print(f"{shell.out_style.added('+')} {path}")
    return Exit.OK
