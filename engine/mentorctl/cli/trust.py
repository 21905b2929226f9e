"""What a pipeline trusts: the store and the rosters that a commit names, whatever the files here say.

A pull request may change mentorctl.yaml. A job that has a password for the store, or rosters beside the repository,
sets MENTORCTL_TRUST to the commit that the change would go into; then nobody can have the password sent elsewhere, or
have another file of that machine read, by naming it.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mentorctl.cli.shell import Stop
from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, finding
from mentorctl.pipeline import Loaded, load
from mentorctl.sources.files import Unreadable

_VARIABLE = "MENTORCTL_TRUST"
_WORKSPACE_FILE = "mentorctl.yaml"
_ADVICE = "merge it by hand, with the pull request that it came by, if it is right"


def check_trust(root: Path, loaded: Loaded) -> None:
    """Raises Stop when what would be read besides the workspace is not what the trusted commit names."""
    ref = os.environ.get(_VARIABLE, "")
    if not ref or loaded.workspace is None:
        return
    from mentorctl.sources.git import files_at

    try:
        texts = files_at(root, ref).texts
    except Unreadable as problem:
        raise Stop([problem.finding]) from None
    documents = [(name, text) for name, text in texts.items() if name.startswith(("programs/", "bases/"))]
    trusted = load((_WORKSPACE_FILE, texts[_WORKSPACE_FILE]), documents)
    found = list(_strange(loaded, trusted, ref))
    if found:
        raise Stop(found, loaded.texts)


def _strange(loaded: Loaded, trusted: Loaded, ref: str) -> Iterator[Diagnostic]:
    store = loaded.workspace.store if loaded.workspace else ""
    if trusted.workspace is None or store != trusted.workspace.store:
        # the address itself is not repeated: it may be made to look like another
        yield finding(
            "MC9031",
            f"`store` is not what it is at `{ref}`",
            help=_ADVICE,
            span=loaded.locate(Place(document=WORKSPACE, path=("store",))),
        )
    known = {file for file, _ in _files(trusted)}
    for file, place in _files(loaded):
        if file not in known and not _is_inside(file):
            yield finding(
                "MC9031",
                f"a file outside of the workspace that is not named at `{ref}`",
                help=_ADVICE,
                span=loaded.locate(place),
            )


def _files(loaded: Loaded) -> Iterator[tuple[str, Place]]:
    """The files with people and scores that a workspace names, and where it does."""
    if loaded.workspace is not None:
        for number, source in enumerate(loaded.workspace.contract.sources):
            yield source.file, Place(document=WORKSPACE, path=("roster", "sources", number, "file"))
    for compiled in loaded.programs:
        outside = compiled.program.matching.terms.outside
        if outside is not None:
            yield outside.file, Place(document=compiled.program.id, path=("matching", "outside_scores", "file"))


def _is_inside(file: str) -> bool:
    """Whether a path stays in the workspace; links in it are refused where it is read."""
    path = PurePosixPath(file)
    return not path.is_absolute() and ".." not in path.parts
