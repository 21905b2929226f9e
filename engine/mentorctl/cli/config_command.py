"""`mentorctl config`."""

from typing import TYPE_CHECKING, Any

import click

from mentorctl.cli.shell import Shell, Stop, shared_options

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.pipeline import Document


@click.command()
@click.argument("what", type=click.Choice(["show"]))
@click.argument("name", metavar="PROGRAM")
@shared_options
@click.option("--origin", is_flag=True, help="Say behind every line where it is written.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,  # noqa: ARG001 - there is one word so far
    name: str,
    chdir: str | None,
    format: str | None,
    color: str | None,
    origin: bool,
) -> int:
    """Show a program as it is with all that it inherits.

    PROGRAM is the id of a program or of a base. The result is YAML: what the program and the files that it extends
    say together, in a stable order. With --format json it is one JSON document, with --origin also the places.

    \b
    Examples:
      mentorctl config show grow
      mentorctl config show grow --origin
    """
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    document = document_of(opened, name)
    if shell.is_json:
        _print_json(shell, opened, document, origin=origin)
    else:
        _print_yaml(shell, opened, document, origin=origin)
    remark_on_errors(shell, opened)
    return 0


def document_of(opened: "Opened", name: str) -> "Document":
    """A program or base that could be read. Raises Stop."""
    from mentorctl.diagnostics import did_you_mean, finding, quoted_list

    documents = opened.loaded.documents
    if name in documents:
        return documents[name]
    said = {source.tree.get("id") for source in opened.loaded.sources.values() if isinstance(source.tree, dict)}
    if name in said:  # it is there, but has errors
        raise Stop([found for found in opened.loaded.findings if found.is_error], opened.loaded.texts)
    listed = f"there are {quoted_list(sorted(documents), last='and')}" if documents else "this workspace has none"
    problem = finding("MC9006", f"there is no program or base `{name}`", help=did_you_mean(name, documents) or listed)
    raise Stop([problem])


def remark_on_errors(shell: Shell, opened: "Opened") -> None:
    """Say that what was shown is not all well."""
    from mentorctl.diagnostics import has_errors

    if has_errors(opened.loaded.findings):
        shell.say("The files have errors; see `mentorctl validate`.")


def _print_yaml(shell: Shell, opened: "Opened", document: "Document", *, origin: bool) -> None:
    from mentorctl.diagnostics import FieldPath, Place
    from mentorctl.render.config import with_origins, yaml_lines
    from mentorctl.render.style import plain
    from mentorctl.spec.origins import is_whole
    from mentorctl.spec.partial import in_order

    resolved, tree = document.resolved, in_order(document.resolved.tree)
    if not origin:
        shell.print("\n".join(plain(line.text) for line in yaml_lines(tree)))
        return

    def where(path: FieldPath) -> str:
        span = opened.loaded.locate(Place(document=document.id, path=path))
        return f"{span.file}:{span.line}" if span else ""

    lines = yaml_lines(tree, is_whole=lambda path: is_whole(resolved.origin, path))
    shell.print("\n".join(with_origins(lines, where, shell.out_style)))


def _print_json(shell: Shell, opened: "Opened", document: "Document", *, origin: bool) -> None:
    from mentorctl.diagnostics import Place
    from mentorctl.render.config import yaml_lines
    from mentorctl.spec.origins import is_whole
    from mentorctl.spec.partial import in_order

    resolved, tree = document.resolved, in_order(document.resolved.tree)
    result: dict[str, Any] = {"format": "mentorctl/config/v1", "id": document.id, "file": document.file, "value": tree}
    if origin:
        lines = yaml_lines(tree, is_whole=lambda path: is_whole(resolved.origin, path))
        spans = {line.path: opened.loaded.locate(Place(document=document.id, path=line.path)) for line in lines}
        result["origins"] = [
            {"path": list(path), "filename": span.file, "line": span.line, "column": span.column}
            for path, span in spans.items()
            if span
        ]
    shell.print_json(result)
