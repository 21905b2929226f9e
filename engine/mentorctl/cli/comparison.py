"""Two versions of a workspace side by side, for the commands that compare commits.

Only what differs, and what may inherit from it, is read as YAML and checked: in a workspace of many programs a change
of one file is a matter of one program.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from mentorctl.cli.shell import Shell, Stop
from mentorctl.cli.workspace import template_findings, template_name, workspace_folder
from mentorctl.diagnostics import Place, Span, in_order
from mentorctl.pipeline import Loaded, load
from mentorctl.plan.intent import ProgramDifference, Side, ValueChange, differences_of_files
from mentorctl.sources.files import (
    Unreadable,
    document_files,
    message_files,
    read_message_text,
    read_yaml_text,
)
from mentorctl.sources.git import FilesAt, files_at
from mentorctl.spec.kin import files_to_read, ids_of
from mentorctl.values import dataclass

ROOT = "mentorctl.yaml"
_DOCUMENTS = ("programs", "bases")


@dataclass(frozen=True, kw_only=True, eq=False)
class Version:
    """The workspace at a commit (none for the folder): its texts by path, and as far as it was read."""

    commit: str
    texts: Mapping[str, str]
    loaded: Loaded

    @property
    def sides(self) -> dict[str, Side]:
        """The programs that could be read, by id."""
        compiled = {each.program.id: each for each in self.loaded.programs}
        return {
            name: Side(tree=document.resolved.tree, compiled=compiled.get(name))
            for name, document in self.loaded.documents.items()
            if not document.is_base
        }

    @property
    def broken(self) -> frozenset[str]:
        """The files of programs that no program could be read from."""
        good = {document.file for document in self.loaded.documents.values()}
        return frozenset(name for name in self.loaded.sources if _folder(name) == "programs" and name not in good)


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Both versions and the programs that differ. One that cannot be read afterwards is not gone: it is broken."""

    before: Version
    after: Version
    differences: tuple[ProgramDifference, ...]

    def where(self, program: str, change: ValueChange) -> Span | None:
        """Where a change is written: the new value, or the old one that is gone."""
        gone = change.after is None
        loaded = (self.before if gone else self.after).loaded
        return loaded.locate(Place(document=program, path=change.path, on_key=not gone))


def compared(shell: Shell, base: str, to: str | None, day: date, *, may_begin: bool = False) -> Comparison:
    """The workspace at two commits, the second one the folder itself where it is None. Raises Stop.

    With `may_begin` the first commit may be one that has no workspace yet.
    """
    root = workspace_folder(shell)
    try:
        old = files_at(root, base, may_lack=may_begin)
        new = files_at(root, to) if to is not None else FilesAt(ref="", commit="", texts=_texts_in(root))
    except Unreadable as problem:
        raise Stop([problem.finding]) from None
    wanted = files_to_read(_documents(old.texts), _documents(new.texts), root=ROOT)
    changed = {name for name in {*old.texts, *new.texts} if old.texts.get(name) != new.texts.get(name)}
    before, after = (_version(files, wanted, changed, day) for files in (old, new))
    if after.loaded.workspace is None or (old.texts and before.loaded.workspace is None):
        blamed = after if after.loaded.workspace is None else before
        raise Stop(blamed.loaded.findings, blamed.loaded.texts)
    broken = {document.id for document in before.loaded.documents.values() if document.file in after.broken}
    then = {name: side for name, side in before.sides.items() if name not in broken}
    return Comparison(before=before, after=after, differences=differences_of_files(then, after.sides))


def _version(files: FilesAt, wanted: Collection[str], changed: Collection[str], day: date) -> Version:
    texts = {name: text for name, text in files.texts.items() if name in wanted}
    absent = {
        one
        for name, text in files.texts.items()
        if _folder(name) == "programs" and name not in wanted
        for one in ids_of(name, text)
    }
    templates = {name: text for name, text in files.texts.items() if _folder(name) == "messages"}
    loaded = load(
        (ROOT, files.texts.get(ROOT, "")),
        sorted(texts.items()),
        as_of=day,
        templates=[template_name(name) for name in templates] or None,
        absent=absent,
    )
    found = template_findings(loaded, {name: text for name, text in templates.items() if name in changed})
    findings = in_order((*loaded.findings, *found)) if files.texts else ()
    return Version(commit=files.commit, texts=files.texts, loaded=replace(loaded, findings=findings))


def _texts_in(root: Path) -> dict[str, str]:
    """The files of a folder as those of a commit are. Raises Unreadable."""
    texts = {}
    for path in document_files(root):
        shown = path.relative_to(root).as_posix()
        if _folder(shown) != "tests":
            texts[shown] = read_yaml_text(path, shown=shown)
    for path in message_files(root) or ():
        shown = path.relative_to(root).as_posix()
        texts[shown] = read_message_text(path, shown=shown)
    return texts


def _documents(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name == ROOT or _folder(name) in _DOCUMENTS}


def _folder(name: str) -> str:
    return name.partition("/")[0] if "/" in name else ""
