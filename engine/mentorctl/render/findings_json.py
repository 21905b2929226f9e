"""Findings for programs, in the shape that schemas/findings.v1.schema.json describes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mentorctl.diagnostics import Diagnostic, Fix, Span
from mentorctl.render.places import fingerprints


def findings_json(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Findings in the shape of `tofu validate -json`, with `code`, `help`, `fix`, `related` and a fingerprint besides.

    Text is as it was found: whoever prints it makes it harmless.
    """
    found = tuple(diagnostics)
    return [
        {
            "severity": d.severity.value,
            "code": d.code,
            "summary": d.summary,
            "detail": d.detail,
            "help": d.help,
            "range": _range(d.span),
            "related": [{"message": r.message, "range": _range(r.span)} for r in d.related],
            "fix": _fix(d.fix),
            "fingerprint": name,
        }
        for d, name in zip(found, fingerprints(found, sources or {}), strict=True)
    ]


def exceptions_json(exceptions: Iterable[tuple[str, str, date, Span | None]]) -> list[dict[str, Any]]:
    """Active exceptions, from their code, reason, last day and position."""
    return [
        {"check": code, "because": because, "until": until.isoformat(), "range": _range(span)}
        for code, because, until, span in exceptions
    ]


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [{"range": _range(edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _range(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "filename": span.file,
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line or span.line, "column": span.end_column or span.column},
    }
