"""Findings as JUnit XML, which most pipelines show as tests: one for each file."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from mentorctl.diagnostics import WORKSPACE, Diagnostic, Severity
from mentorctl.render.findings import findings_text
from mentorctl.render.style import Style, plain


def findings_junit(diagnostics: Iterable[Diagnostic], *, sources: Mapping[str, str], strict: bool = False) -> str:
    """A test for each file; its errors (and with `strict` its warnings) are failures, other findings its output."""
    by_file: dict[str, list[Diagnostic]] = {file: [] for file in (WORKSPACE, *sources)}
    for one in diagnostics:
        by_file.setdefault(one.span.file if one.span else WORKSPACE, []).append(one)
    failing = {
        file: [d for d in found if d.is_error or (strict and d.severity is Severity.WARNING)]
        for file, found in by_file.items()
    }
    failures = sum(map(bool, failing.values()))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites><testsuite name="mentorctl validate" tests="{len(by_file)}" failures="{failures}">')
    for file, found in by_file.items():
        lines.append(f'<testcase classname="mentorctl" name={quoteattr(plain(file))}>')
        if failing[file]:
            first = f"{failing[file][0].code}: {failing[file][0].summary}"
            text = escape(findings_text(failing[file], sources=sources, style=Style()))
            lines.append(f"<failure message={quoteattr(plain(first))}>{text}</failure>")
        others = [d for d in found if d not in failing[file]]
        if others:
            lines.append(f"<system-out>{escape(findings_text(others, sources=sources, style=Style()))}</system-out>")
        lines.append("</testcase>")
    return "\n".join([*lines, "</testsuite></testsuites>"])
