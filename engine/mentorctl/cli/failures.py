"""What the boundary says when a command did not end by itself."""

import errno
import sys
import tempfile
import traceback
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import click

from mentorctl import __version__
from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, wants_color
from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.render.style import Style

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def interrupted(words: Sequence[str]) -> int:
    """Ctrl-C, or an end of input at a question."""
    return _say(words, [finding("MC9003", "the command was interrupted; nothing was written")])


def wrong_usage(words: Sequence[str], error: click.ClickException) -> int:
    """Click's own complaints, with its exit code 2 turned into 64: 2 means that there are changes."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "mentorctl"
    return _say(words, [finding("MC9001", error.format_message(), help=f"see `{path} --help`")])


def failed(words: Sequence[str], error: Exception) -> int:
    """A stop with findings, a world that does not co-operate, or a bug."""
    if isinstance(error, Stop):
        return _say(words, error.findings, error.sources)
    problem = getattr(error, "finding", None)
    if isinstance(problem, Diagnostic):
        return _say(words, [problem])
    if isinstance(error, OSError):
        return _say(words, [_of_the_world(error)])
    return _say(words, [_bug(words, error)])


def _of_the_world(error: OSError) -> Diagnostic:
    name = f"`{error.filename}`: " if error.filename else ""
    what = "the disk is full" if error.errno in _FULL else (error.strerror or "input or output failed").lower()
    return finding("MC9005", f"{name}{what}", help="free some space, or check the rights of the folder")


def _bug(words: Sequence[str], error: Exception) -> Diagnostic:
    """Writes a report without values of variables, so that no personal data is in it."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    name = blake2b(f"{type(error).__name__}{trace}".encode(), digest_size=4).hexdigest()
    text = f"mentorctl {__version__}\nPython {sys.version}\ncommand: {words[:1]}\n{trace}{type(error).__name__}\n"
    path = Path(tempfile.gettempdir()) / f"mentorctl-crash-{name}.txt"
    try:
        path.write_text(text, encoding="utf-8")
        where = f"the report is in {path}"
    except OSError:
        where = "no report could be written"
    return finding("MC9004", f"{type(error).__name__} in {_last_function(error)}; {where}", help="please send us the report")


def _last_function(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def _say(words: Sequence[str], findings: Sequence[Diagnostic], sources: dict[str, str] | None = None) -> int:
    context = click.get_current_context(silent=True)
    known = (context.obj or {}).get("shell") if context else None
    shell = known if isinstance(known, Shell) else _shell_of(words)
    return int(shell.end(findings, sources) or Exit.NO)


def _shell_of(words: Sequence[str]) -> Shell:
    """A shell for messages before any option was read; `--format json` counts even then."""
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    is_json = ("--format", "json") in pairs or "--format=json" in words
    style = Style(color=wants_color("auto", is_terminal=sys.stderr.isatty()))
    return Shell(folder=Path(), is_json=is_json, out_style=style, err_style=style)
