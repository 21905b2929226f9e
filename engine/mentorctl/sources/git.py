"""Files as they were at a commit, read from git's storage: nothing is checked out, nothing of the repository runs.

Only `rev-parse`, `ls-tree`, `cat-file` and `config --get` are called. They run no hooks, filters or drivers; what a
configuration could still bring in is switched off, and links and submodules are not followed. Files of a commit that
look like a repository of their own, with a configuration, are not taken for one.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mentorctl.diagnostics import finding
from mentorctl.sources.files import MAX_MESSAGE_BYTES, MAX_YAML_BYTES, TEMPLATE_ENDING, Unreadable
from mentorctl.values import dataclass

_SECONDS = 60.0
_MOST_FILES = 5_000
_SAFE = (
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.attributesFile=/dev/null",
    "-c", "protocol.allow=never",
    "-c", "safe.directory=*",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip
_FILE_MODES = frozenset({"100644", "100755"})
_FOLDERS = {
    "programs": (".yaml", ".yml"),
    "bases": (".yaml", ".yml"),
    "policies": (".yaml", ".yml"),
    "messages": (TEMPLATE_ENDING,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesAt:
    """The workspace at one commit: texts by path from the folder of mentorctl.yaml, in the order of their paths."""

    ref: str
    commit: str
    texts: Mapping[str, str]


def files_at(folder: Path, ref: str, *, may_lack: bool = False) -> FilesAt:
    """The files of the workspace in `folder` at a commit, tag or branch. Raises Unreadable.

    With `may_lack` a commit that has no workspace there is no error: it has no files.
    """
    if not ref or ref.startswith("-") or "\0" in ref:
        raise _refused(f"`{ref}` is no name of a commit, tag or branch")
    top = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))
    commit = _commit(folder, ref)
    prefix = folder.resolve().relative_to(top.resolve()).as_posix()
    listed = _listed(top, commit, "" if prefix == "." else f"{prefix}/", may_lack=may_lack)
    return FilesAt(ref=ref, commit=commit, texts=_texts(top, listed))


def remote_address(folder: Path) -> str:
    """The address that the repository was cloned from, or nothing."""
    try:
        return _git(folder, "config", "--local", "--get", "remote.origin.url").strip()
    except Unreadable:
        return ""


def _commit(folder: Path, ref: str) -> str:
    try:
        name = f"{ref}^{{commit}}"
        return _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name).strip()
    except Unreadable:
        raise _refused(f"git knows no commit, tag or branch `{ref}` here", "fetch it first, or name another") from None


def _listed(top: Path, commit: str, prefix: str, *, may_lack: bool) -> dict[str, str]:
    """The object of each file that belongs to a workspace, by path from the folder of the workspace."""
    words = ["ls-tree", "-r", "-z", "--full-tree", commit]
    names = ["mentorctl.yaml", *_FOLDERS]
    found: dict[str, str] = {}
    for row in _git(top, *words, "--", *(f"{prefix}{name}" for name in names)).split("\0"):
        if not row:
            continue
        about, _, path = row.partition("\t")
        mode, _, name = about.split(" ")
        short = path.removeprefix(prefix)
        if not _belongs(short):
            continue
        if mode not in _FILE_MODES:
            raise _refused(f"`{path}` is a link or a submodule", "only regular files are read")
        if (legible := path.encode(errors="surrogateescape").decode(errors="backslashreplace")) != path:
            raise _refused(f"the name of `{legible}` is not UTF-8 text", "rename the file")
        found[short] = name
    if "mentorctl.yaml" not in found:
        if may_lack:
            return {}
        raise _refused(f"there is no {prefix}mentorctl.yaml at this commit", "name a commit that has the workspace")
    if len(found) > _MOST_FILES:
        raise _refused(f"the workspace has {len(found)} files; at most {_MOST_FILES} are read")
    return found


def _belongs(path: str) -> bool:
    """Whether the workspace reads a file of this path: the same as in a folder on disk."""
    parts = PurePosixPath(path).parts
    if path == "mentorctl.yaml":
        return True
    is_inside = len(parts) == 2 and parts[0] in _FOLDERS and not parts[1].startswith(".")  # noqa: PLR2004
    return is_inside and parts[1].endswith(_FOLDERS[parts[0]])


def _texts(top: Path, objects: Mapping[str, str]) -> dict[str, str]:
    """The content of each object, in one call."""
    asked = "".join(f"{name}\n" for name in objects.values())
    answer = _call(top, ("cat-file", "--batch"), asked.encode())
    texts, at = {}, 0
    for path in objects:
        end = answer.index(b"\n", at)
        _, _, size = answer[at:end].decode().rpartition(" ")
        begin = end + 1
        at = begin + int(size) + 1
        texts[path] = _decoded(path, answer[begin : at - 1])
    return dict(sorted(texts.items()))


def _decoded(path: str, data: bytes) -> str:
    limit = MAX_MESSAGE_BYTES if path.endswith(TEMPLATE_ENDING) else MAX_YAML_BYTES
    if len(data) > limit:
        raise _refused(f"`{path}` has {len(data)} bytes; at most {limit} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(f"`{path}` is not UTF-8 text at this commit", "save it as UTF-8") from None


# -- git ---------------------------------------------------------------------------------------------------------------


def _git(folder: Path, *words: str) -> str:
    return _call(folder, words, b"").decode(errors="surrogateescape")


def _call(folder: Path, words: tuple[str, ...], given: bytes) -> bytes:
    try:
        ended = subprocess.run(
            ["git", *_SAFE, *words],
            cwd=folder,
            env=_environment(),
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise _refused("git is not installed", "install git") from None
    except subprocess.TimeoutExpired:
        raise _refused(f"git did not answer within {_SECONDS:.0f} seconds") from None
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise _refused(f"git cannot read here: {said[-1] if said else 'it did not say why'}")
    return ended.stdout


def _environment() -> dict[str, str]:
    """What git needs to run, and nothing that a configuration of this machine or of a pipeline adds."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_PAGER": "cat",
    }


def _refused(detail: str, advice: str = "") -> Unreadable:
    return Unreadable(finding("MC9020", detail, help=advice))
