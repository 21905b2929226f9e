"""`mentorctl fmt`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit, exit_code
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.diagnostics import Diagnostic

_STANDARD_INPUT = "-"


@click.command()
@shared_options
@click.option("--check", is_flag=True, help="Write nothing; the exit code is 1 when a file would change.")
@click.option("--diff", is_flag=True, help="Show what would change; nothing is written.")
@click.argument("paths", nargs=-1)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    check: bool,
    diff: bool,
    paths: tuple[str, ...],
) -> int:
    """Lay out the files alike; only white space changes.

    Two spaces for each level, no trailing blanks, one blank line at most. What a file says does not change, and its
    comments, quotes, order of keys and form of lists stay. There are no options for taste.

    PATHS are files and folders, or `-` for standard input; left out, all files of the workspace.

    \b
    Examples:
      mentorctl fmt
      mentorctl fmt --check --diff
      mentorctl fmt programs/grow.yaml
    """
    from mentorctl.render.diffs import diff_text
    from mentorctl.render.findings_json import findings_json

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if paths == (_STANDARD_INPUT,):
        return _filter(shell)
    pages, problems = _pages(shell, paths)
    changed = [page for page in pages if page.after != page.before]
    if not check and not diff:
        _write(changed)
    if shell.is_json:
        names = [page.shown for page in changed]
        shell.print_json(
            {
                "format": "mentorctl/fmt/v1",
                "files": len(pages),
                "changed": names,
                "written": not check and not diff,
                "diagnostics": findings_json(problems),
            }
        )
    elif diff:
        for page in changed:
            shell.print(diff_text(page.before, page.after, file=page.shown, style=shell.out_style))
    else:
        shell.print("\n".join(f"{shell.out_style.changed('~')} {page.shown}" for page in changed))
    shell.report(problems, {page.shown: page.before for page in pages})
    return exit_code(problems) or (Exit.NO if check and changed else Exit.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A file and its text before and after."""

    path: Path
    shown: str
    before: str
    after: str


def _pages(shell: Shell, paths: tuple[str, ...]) -> "tuple[list[_Page], list[Diagnostic]]":
    """The files that can be laid out, and what is wrong with the others."""
    from mentorctl.diagnostics import has_errors
    from mentorctl.sources.files import Unreadable, read_yaml_text
    from mentorctl.spec.layout import laid_out
    from mentorctl.spec.source import read_source

    pages: list[_Page] = []
    problems: list[Diagnostic] = []
    for path, shown, is_named in _files(shell, paths):
        try:
            text = read_yaml_text(path, shown=shown)
        except Unreadable as problem:
            problems.append(problem.finding)
            continue
        source = read_source(text, file=shown)
        if not is_named and not (isinstance(source.tree, dict) and "mentorctl" in source.tree):
            continue  # a folder may hold YAML of other programs
        problems += source.findings
        after = text if has_errors(source.findings) else laid_out(source)
        pages.append(_Page(path=path, shown=shown, before=text, after=after))
    return pages, problems


def _files(shell: Shell, paths: tuple[str, ...]) -> list[tuple[Path, str, bool]]:
    """Each file, how it is called, and whether it was asked for by name. Raises Stop without a workspace or path."""
    from mentorctl.diagnostics import finding
    from mentorctl.sources.files import document_files, find_workspace

    if not paths:
        root = find_workspace(shell.folder.resolve())
        if root is None:
            raise Stop([finding("MC9002", f"no mentorctl.yaml in {shell.folder.resolve()} or above it")])
        return [(path, path.relative_to(root).as_posix(), True) for path in document_files(root)]
    files: list[tuple[Path, str, bool]] = []
    for name in paths:
        path = shell.folder / name
        if path.is_dir():
            inside = sorted(p for p in (*path.rglob("*.yaml"), *path.rglob("*.yml")) if not _is_hidden(p, path))
            files += [(p, p.relative_to(shell.folder).as_posix(), False) for p in inside if p.is_file()]
        elif path.exists():
            files.append((path, name, True))
        else:
            raise Stop([finding("MC9001", f"there is no file or folder `{name}`", help="check the path")])
    return list(dict.fromkeys(files))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _write(pages: list[_Page]) -> None:
    from mentorctl.sources.rewrite import rewrite

    for page in pages:
        rewrite(page.path, shown=page.shown, before=page.before, after=page.after, keep_mark=False)


def _filter(shell: Shell) -> int:
    """Standard input to standard output, for editors. Text that cannot be read is given back as it is."""
    from mentorctl.spec.layout import laid_out
    from mentorctl.spec.source import read_source

    source = read_source(sys.stdin.read(), file="standard input")
    sys.stdout.write(laid_out(source))
    shell.report(source.findings, {source.file: source.text})
    return exit_code(source.findings)
