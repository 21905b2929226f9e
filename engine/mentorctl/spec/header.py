"""The first key of every file, `mentorctl: KIND/VERSION`: what it is, and which version of the language it speaks."""

import re

from mentorctl.diagnostics import Diagnostic, did_you_mean, finding, quoted_list
from mentorctl.spec.fixes import header_fix
from mentorctl.spec.source import Source
from mentorctl.spec.wording import shown

KINDS = ("workspace/v1", "program/v1", "base/v1", "policy/v1", "test/v1")
HOMES = {
    "workspace/v1": "mentorctl.yaml",
    "program/v1": "programs/NAME.yaml",
    "base/v1": "bases/NAME.yaml",
    "policy/v1": "policies/NAME.yaml",
    "test/v1": "tests/NAME.test.yaml",
}


def header_of(source: Source) -> object:
    """What follows `mentorctl:`, or None when nothing does."""
    return source.tree.get("mentorctl") if isinstance(source.tree, dict) else None


def check_header(source: Source, *kinds: str) -> Diagnostic | None:
    """The finding for a file that does not say it is of one of the kinds that belong in its place."""
    header = header_of(source)
    if header in kinds:
        return None
    span = source.span(("mentorctl",))
    of_kind, version = _version(header)
    if version and f"{of_kind}/v{version}" not in KINDS:
        known = f"{of_kind}/v1"
        newer = version.isdecimal() and int(version[:_DIGITS]) > 1
        return finding(
            "MC1110",
            f"this is a file of version `{shown(header)}`; this mentorctl knows `{known}`",
            help=("upgrade mentorctl, or " if newer else "") + f"write `mentorctl: {known}` and what it allows",
            span=span,
        )
    return finding(
        "MC1108", _detail(source, header), help=_help(header, kinds), span=span, fix=header_fix(source, kinds[0])
    )


def _version(header: object) -> tuple[str, str]:
    """The kind and the number of a header that names a kind known here; empty otherwise."""
    match = re.fullmatch(r"([a-z]+)/v?(.+)", header) if isinstance(header, str) else None
    if match is None or match[1] not in {kind.partition("/")[0] for kind in KINDS}:
        return "", ""
    return match[1], match[2]


def _detail(source: Source, header: object) -> str:
    if source.tree is None:
        return "the file is empty"
    if header is None:
        near = next((key for key in _keys(source) if key.strip().casefold() == "mentorctl"), "")
        return f"the first key is written `mentorctl`, not `{near}`" if near else "there is no `mentorctl` key"
    return f"`mentorctl: {shown(header)}` is not expected here"


def _help(header: object, kinds: tuple[str, ...]) -> str:
    wanted = "begin the file with " + quoted_list(f"mentorctl: {kind}" for kind in kinds)
    if isinstance(header, str) and header in KINDS:
        return f"{wanted}; a file of `{header}` is {HOMES[header]}"
    near = did_you_mean(header, kinds) if isinstance(header, str) else ""
    return f"{wanted}; {near}" if near and len(kinds) > 1 else wanted


def _keys(source: Source) -> list[str]:
    return list(source.tree) if isinstance(source.tree, dict) else []


_DIGITS = 9
