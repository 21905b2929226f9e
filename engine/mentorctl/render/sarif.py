"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mentorctl.catalog import CATALOG
from mentorctl.catalog.examples import EXAMPLES
from mentorctl.diagnostics import WORKSPACE, Diagnostic, Edit, Fix, Related, Severity, Span
from mentorctl.render.places import fingerprints, path_in

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"


def findings_sarif(
    diagnostics: Iterable[Diagnostic], *, sources: Mapping[str, str], version: str, base: str = ""
) -> dict[str, Any]:
    """One run of the tool. `base` is the path of the workspace in its repository, to which addresses are relative."""
    found = tuple(diagnostics)
    codes = sorted({d.code for d in found})
    names = fingerprints(found, sources)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "mentorctl", "version": version, "rules": [_rule(c) for c in codes]}},
                "invocations": [{"executionSuccessful": True}],
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
                "results": [_result(d, codes.index(d.code), n, base) for d, n in zip(found, names, strict=True)],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    kind = CATALOG[code]
    example = EXAMPLES.get(code)
    text = kind.meaning
    if example:
        text += f"\n\nWrong:\n\n{example.wrong}\n\nRight:\n\n{example.right}"
    return {
        "id": code,
        "shortDescription": {"text": kind.summary},
        "fullDescription": {"text": kind.meaning},
        "help": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[Severity(kind.severity)]},
    }


def _result(found: Diagnostic, index: int, name: str, base: str) -> dict[str, Any]:
    said = f"{found.detail}. Help: {found.help}" if found.help else found.detail
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": said},
        "locations": [{"physicalLocation": _location(found.span, base)}],
        "partialFingerprints": {"mentorctlFinding/v1": name},
    }
    related = [_related(i, r, base) for i, r in enumerate(found.related, 1) if r.span]
    if related:
        result["relatedLocations"] = related
    if found.fix:
        result["fixes"] = [_fix(found.fix, base)]
    return result


def _related(number: int, related: Related, base: str) -> dict[str, Any]:
    return {"id": number, "message": {"text": related.message}, "physicalLocation": _location(related.span, base)}


def _location(span: Span | None, base: str) -> dict[str, Any]:
    """Readers show no finding without a file, so that one about the whole workspace is shown at its file."""
    if span is None:
        return {"artifactLocation": _artifact(WORKSPACE, base)}
    return {"artifactLocation": _artifact(span.file, base), "region": _region(span)}


def _artifact(file: str, base: str) -> dict[str, str]:
    path = quote(path_in(base, file), errors="surrogatepass")
    return {"uri": f"file://{path}"} if path.startswith("/") else {"uri": path, "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    region = {"startLine": span.line, "startColumn": span.column}
    if span.end_line:
        region |= {"endLine": span.end_line, "endColumn": span.end_column}
    return region


def _fix(fix: Fix, base: str) -> dict[str, Any]:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.span.file, []).append(edit)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(file, base), "replacements": [_replacement(edit) for edit in edits]}
            for file, edits in files.items()
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    """An empty end means an empty piece, where text is inserted."""
    span = edit.span
    end = {"endLine": span.end_line or span.line, "endColumn": span.end_column or span.column}
    replacement: dict[str, Any] = {"deletedRegion": _region(span) | end}
    if edit.text:
        replacement["insertedContent"] = {"text": edit.text}
    return replacement
