"""What the boundary says when a command did not end by itself."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from mentorctl import __version__
from mentorctl.cli.exits import Exit
from mentorctl.cli.main import COMMANDS
from mentorctl.cli.reports import FORMATS
from mentorctl.cli.shell import Shell, Stop, is_terminal, wants_color
from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.render.style import Style

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REMEDIES = {
    errno.ENOENT: "check the path; the folder must exist",
    errno.ENOTDIR: "check the path; a part of it is a file",
    errno.EEXIST: "choose another path",
    errno.EISDIR: "give the path of a file",
    errno.EACCES: "check the rights to the file and its folder",
    errno.EPERM: "check the rights to the file and its folder",
    errno.EROFS: "choose a folder that can be written",
}


type Told = Mapping[str, Any]


def interrupted(words: Sequence[str], told: Told) -> int:
    """Ctrl-C, or an end of input at a question."""
    return _say(words, told, [finding("MC9003", "the command was interrupted; nothing was written")])


def wrong_usage(words: Sequence[str], told: Told, error: click.ClickException) -> int:
    """Click's own complaints, with its exit code 2 turned into 64: 2 means that there are changes."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # its message is the whole help
        click.echo(error.format_message(), err=True)
        return Exit.USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "mentorctl"
    return _say(words, told, [finding("MC9001", error.format_message(), help=f"see `{path} --help`")])


def failed(words: Sequence[str], told: Told, error: Exception) -> int:
    """A stop with findings, a world that does not co-operate, or a bug."""
    if isinstance(error, Stop):
        return _say(words, told, error.findings, error.sources)
    problem = getattr(error, "finding", None)
    if isinstance(problem, Diagnostic):
        return _say(words, told, [problem])
    if isinstance(error, OSError):
        return _say(words, told, [_of_the_world(error)])
    return _say(words, told, [_bug(words, error)])


def _of_the_world(error: OSError) -> Diagnostic:
    name = f"`{error.filename}`: " if error.filename else ""
    if error.errno in _FULL:
        return finding("MC9005", f"{name}the disk is full", help="free some space and try again")
    what = error.strerror.lower() if error.strerror else str(error)
    return finding("MC9005", f"{name}{what}", help=_REMEDIES.get(error.errno or 0, ""))


def _bug(words: Sequence[str], error: Exception) -> Diagnostic:
    """Writes a report without values of variables and homes of users, so that no personal data is in it."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = "".join(f"  {_short(frame.filename)}:{frame.lineno} {frame.name}: {frame.line}\n" for frame in frames)
    name = blake2b(f"{type(error).__name__}{trace}".encode(), digest_size=4).hexdigest()
    command = next((word for word in words if word in COMMANDS), "none")
    text = f"mentorctl {__version__}\nPython {sys.version}\ncommand: {command}\n{trace}{type(error).__name__}\n"
    path = Path(tempfile.gettempdir()) / f"mentorctl-crash-{name}.txt"
    try:
        path.write_text(text, encoding="utf-8")
        where = f"the report is in {path}"
    except OSError:
        where = "no report could be written"
    what = f"{type(error).__name__} in {_last_function(error)}; {where}"
    return finding("MC9004", what, help="please send us the report")


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-3:])


def _last_function(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def _say(
    words: Sequence[str], told: Told, findings: Sequence[Diagnostic], sources: Mapping[str, str] | None = None
) -> int:
    known = told.get("shell")
    shell = known if isinstance(known, Shell) else _shell_of(words, told)
    return int(shell.end(findings, sources) or Exit.NO)


def _shell_of(words: Sequence[str], told: Told) -> Shell:
    """A shell for messages of a command that did not begin; its options and the environment count even then."""
    style = Style(color=wants_color(_option("color", words, told), is_terminal=is_terminal(sys.stderr)))
    wanted = _option("format", words, told)
    return Shell(folder=Path(), format=wanted if wanted in FORMATS else "text", out_style=style, err_style=style)


def _option(name: str, words: Sequence[str], told: Told) -> str:
    """The last value given on the command line, which may not fit the command's grammar; then what was told before."""
    given = [word.partition("=")[2] for word in words if word.startswith(f"--{name}=")]
    given += [after for word, after in pairwise(words) if word == f"--{name}"]
    return given[-1] if given else told.get(name) or os.environ.get(f"MENTORCTL_{name.upper()}") or "auto"
