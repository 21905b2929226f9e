"""What `init --ci` writes: workflows, their scripts, owners of files and hooks, for a forge."""

import re
from collections.abc import Mapping
from pathlib import Path

from mentorctl import __version__, resources
from mentorctl.cli.shell import Stop
from mentorctl.cli.workspace import Opened
from mentorctl.diagnostics import finding
from mentorctl.render.codeowners import Owned, group_of, has_section, owners_section, with_section
from mentorctl.sources.files import Unreadable, read_yaml_text
from mentorctl.sources.git import remote_address
from mentorctl.sources.rewrite import rewrite
from mentorctl.values import dataclass

_FILES: Mapping[str, Mapping[str, str]] = {  # where each file of a kit goes, by its template
    "github": {
        "github/mentorctl-check.yml": ".github/workflows/mentorctl-check.yml",
        "github/mentorctl-review.yml": ".github/workflows/mentorctl-review.yml",
        "github/mentorctl-apply.yml": ".github/workflows/mentorctl-apply.yml",
        "github/mentorctl-schedule.yml": ".github/workflows/mentorctl-schedule.yml",
        "github/approvals": ".github/mentorctl/approvals",
        "github/approved": ".github/mentorctl/approved",
        "github/approvers": ".github/mentorctl/approvers",
        "github/comment": ".github/mentorctl/comment",
        "github/digest": ".github/mentorctl/digest",
        "github/fetch": ".github/mentorctl/fetch",
        "github/status": ".github/mentorctl/status",
        "github/still-approved": ".github/mentorctl/still-approved",
        "requirements.txt": ".github/mentorctl/requirements.txt",
        "pre-commit-config.yaml": ".pre-commit-config.yaml",
    },
    "gitlab": {
        "gitlab/gitlab-ci.yml": ".gitlab-ci.yml",
        "gitlab/mentorctl.gitlab-ci.yml": ".gitlab/mentorctl.gitlab-ci.yml",
        "gitlab/forge": ".gitlab/mentorctl/forge",
        "requirements.txt": ".gitlab/mentorctl/requirements.txt",
        "pre-commit-config.yaml": ".pre-commit-config.yaml",
    },
}
_OWNERS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
_OF_THE_FORGE = {"github": (".github/",), "gitlab": (".gitlab/", ".gitlab-ci.yml")}
_SHARED = ("mentorctl.yaml", "bases/", "messages/", "policies/", "programs/", "tests/")
_GROUP_IN_ADDRESS = re.compile(
    r"(?:\w+://(?:[^/@]*@)?[\w.-]+(?::\d+)?/|(?:[\w.-]+@)?[\w.-]+:)([\w.-]+(?:/[\w.-]+)*)/[\w.-]+/?"
)
_FOLDER = re.compile(r"[\w./-]+", re.ASCII)
_GROUP = re.compile(r"[\w-]+(?:/[\w.-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """The files of a kit, by path from the top of the repository, and how those that are there compare.

    `own` differ from what init would write: they were changed here, or are from another version.
    """

    top: Path
    forge: str
    missing: tuple[str, ...]
    own: tuple[str, ...]
    texts: Mapping[str, str]
    owners: "Owners"

    @property
    def is_current(self) -> bool:
        return not self.missing and self.owners.state in {"current", "missing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The file of owners: `missing`, `current`, `outdated`, or `foreign` where it has no section of ours."""

    file: str
    state: str
    before: str
    after: str


def kit_of(opened: Opened, forge: str, *, group: str | None, branch: str) -> Kit:
    """The kit of a workspace, compared with what lies there. Raises Stop when an owner's team has no group."""
    top = next((one for one in (opened.root, *opened.root.parents) if (one / ".git").exists()), opened.root)
    folder = opened.root.relative_to(top).as_posix()
    if not _FOLDER.fullmatch(folder):
        why = "workflows and hooks could not name it without tricks"
        raise Stop([finding("MC9001", f"the folder `{folder}` has odd characters", help=f"rename it: {why}")])
    values = {"@VERSION@": __version__, "@BRANCH@": branch, "@FOLDER@": folder}
    texts = {place: _filled(template, values) for template, place in _FILES[forge].items()}
    owners = _owners(opened, forge, top, "" if folder == "." else folder, group)
    there = {place: _read(top, place) for place in texts}
    missing = [place for place, text in there.items() if text is None]
    if owners.state == "missing":
        missing.append(owners.file)
        texts[owners.file] = owners.after
    return Kit(
        top=top,
        forge=forge,
        missing=tuple(missing),
        own=tuple(place for place, text in there.items() if text not in (None, texts[place])),
        texts=texts,
        owners=owners,
    )


def write_kit(kit: Kit) -> tuple[str, ...]:
    """Write what is missing and renew the section of owners; nothing else is touched. Returns what was written."""
    for place in kit.missing:
        path = kit.top / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(kit.texts[place])
    if kit.owners.state != "outdated":
        return kit.missing
    rewrite(kit.top / kit.owners.file, shown=kit.owners.file, before=kit.owners.before, after=kit.owners.after)
    return (*kit.missing, kit.owners.file)


def stale(kit: Kit) -> Stop:
    """What `--check` says of a kit that is not current."""
    found = [
        finding("MC9030", f"`{place}` is missing", help=f"run `mentorctl init --ci {kit.forge}`")
        for place in kit.missing
    ]
    if kit.owners.state == "outdated":
        said = f"`{kit.owners.file}` does not say who owns the programs now"
        found.append(finding("MC9030", said, help=f"run `mentorctl init --ci {kit.forge}`"))
    if kit.owners.state == "foreign":
        found.append(finding("MC9030", f"`{kit.owners.file}` has no part for the programs", help=HOW_TO_ADOPT))
    return Stop(found)


HOW_TO_ADOPT = "write the lines `# mentorctl: begin` and `# mentorctl: end` where it belongs, then run init --ci again"


def _owners(opened: Opened, forge: str, top: Path, folder: str, group: str | None) -> Owners:
    file = _OWNERS[forge]
    before = _read(top, file)
    programs = [
        Owned(file=opened.loaded.files[compiled.program.id], owners=(compiled.program.owner,))
        for compiled in opened.loaded.programs
    ]
    section = owners_section(
        programs, _SHARED, group=_group(top, forge, group, before or ""), folder=folder, kit=_OF_THE_FORGE[forge]
    )
    if before is None:
        return Owners(file=file, state="missing", before="", after=f"{section}\n")
    after = with_section(before, section)
    state = "foreign" if not has_section(before) else "current" if after == before else "outdated"
    return Owners(file=file, state=state, before=before, after=after)


def _group(top: Path, forge: str, said: str | None, owners: str) -> str:
    """Whose teams the owners are: as said, as the file says, or as the address of the repository says."""
    if said is not None and not _GROUP.fullmatch(said):
        raise Stop([finding("MC9001", f"`{said}` is no organization or group", help="write its name as in addresses")])
    address = _GROUP_IN_ADDRESS.fullmatch(remote_address(top).removesuffix(".git"))
    found = said or group_of(owners) or (address[1] if address else "")
    if not found:
        whose = "organization" if forge == "github" else "group"
        raise Stop([finding("MC9001", f"it is not known which {whose} the owners belong to", help="add --group NAME")])
    return found


def _read(top: Path, place: str) -> str | None:
    """The text of a file that is there; one that cannot be read is somebody's own."""
    path = top / place
    if not path.exists() and not path.is_symlink():
        return None
    try:
        return read_yaml_text(path, shown=place)
    except Unreadable:
        return ""


def _filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its few values; workflows are full of braces, so it is no Jinja2."""
    text = resources.text("templates", "ci", *template.split("/"))
    for name, value in values.items():
        text = text.replace(name, value)
    return text
