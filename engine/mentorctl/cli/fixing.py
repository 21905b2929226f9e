"""What `validate --fix` and `validate --diff` do: make the safe fixes of a workspace's files, or show them."""

from mentorctl.cli.shell import Shell
from mentorctl.cli.workspace import Opened, loaded_again
from mentorctl.render.diffs import diff_text
from mentorctl.sources.rewrite import rewrite
from mentorctl.spec.fixes import Done, Settled, settle


def fixed(opened: Opened) -> Settled:
    """The files of a workspace with all safe fixes made, in memory."""
    return settle(opened.loaded.texts, lambda texts: loaded_again(opened, texts).findings)


def written(opened: Opened, settled: Settled) -> Opened:
    """The workspace after its changed files were written. Raises Unreadable or OSError at the first that is not."""
    for file, before in opened.loaded.texts.items():
        after = settled.texts[file]
        if after != before:
            rewrite(opened.root / file, shown=file, before=before, after=after)
    return Opened(root=opened.root, loaded=loaded_again(opened, settled.texts))


def show_done(shell: Shell, done: tuple[Done, ...]) -> None:
    """What was changed, file by file."""
    for file in dict.fromkeys(one.file for one in done):
        shell.print(f"{shell.out_style.changed('~')} {file}")
        for one in done:
            if one.file == file:
                shell.print(f"  line {one.line}: {one.title}")


def show_diff(shell: Shell, opened: Opened, settled: Settled) -> None:
    """What would be changed, as a diff."""
    for file, before in opened.loaded.texts.items():
        shell.print(diff_text(before, settled.texts[file], file=file, style=shell.out_style))


def done_json(done: tuple[Done, ...]) -> list[dict[str, str | int]]:
    """The fixes for machines."""
    return [{"file": one.file, "line": one.line, "title": one.title} for one in done]
