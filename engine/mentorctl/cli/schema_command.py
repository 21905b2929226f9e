"""`mentorctl schema`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options, write_file


@click.command()
@click.argument("what", type=click.Choice(["print", "export"]))
@click.argument("kind", required=False)
@shared_options
@click.option("--dir", "folder", metavar="DIR", help="Export to this folder (default: .mentorctl/schemas).")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,
    kind: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    folder: str | None,
) -> int:
    """Print the schemas, or write them where editors find them.

    print: the JSON Schema of one KIND of file, such as program, workspace or plan. export: those of all kinds that
    people write, over those of an earlier version; editors with a YAML language server then complete keys, say what
    they mean, and underline what does not fit, without the network.

    \b
    Examples:
      mentorctl schema export
      mentorctl schema print program
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if what == "print":
        if folder is not None:
            raise click.UsageError("--dir goes with export", ctx)
        return _print(shell, kind)
    if kind is not None:
        raise click.UsageError(f"export takes no KIND: it writes all schemas, not only that of `{kind}`", ctx)
    return _export(shell, folder)


def _print(shell: Shell, kind: str | None) -> int:
    from mentorctl.cli.schemas import schemas, written_schemas
    from mentorctl.diagnostics import did_you_mean, finding, quoted_list

    known = {name.partition("/")[0]: schema for name, schema in (schemas() | written_schemas()).items()}
    if kind not in known:
        hint = did_you_mean(kind or "", known) or f"choose {quoted_list(known)}"
        detail = f"there is no kind of file `{kind}`" if kind else "print needs the KIND of file"
        raise Stop([finding("MC9006" if kind else "MC9001", detail, help=hint)])
    shell.print_json(known[kind])
    return Exit.OK


def _export(shell: Shell, folder: str | None) -> int:
    from mentorctl.cli.schemas import FOLDER, schema_texts
    from mentorctl.sources.files import find_workspace

    root = find_workspace(shell.folder.resolve()) or shell.folder
    target = shell.folder / folder if folder else root / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    texts = schema_texts()
    for name, text in texts.items():
        write_file(target / name, text)
    if shell.is_json:
        shell.print_json({"format": "mentorctl/schema-export/v1", "folder": str(target), "files": list(texts)})
        return Exit.OK
    shell.print("\n".join(f"{shell.out_style.added('+')} {target / name}" for name in texts))
    if not folder:
        shell.print("\nThe first line of a file in programs/:")
        shell.print(f"  # yaml-language-server: $schema=../{FOLDER}/program.v1.schema.json")
    return Exit.OK
