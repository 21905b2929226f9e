"""Results of tests for people and for pipelines."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.messages import PlannedMessage
from mentorctl.render.findings import findings_text
from mentorctl.render.findings_json import findings_json
from mentorctl.render.style import Style, plain

type Result = tuple[str, str, tuple[Diagnostic, ...], tuple[PlannedMessage, ...]]
"""File, case, findings (none: it passed) and messages."""


def result_line(result: Result, style: Style) -> str:
    """`✓ tests/grow.test.yaml: nobody_mentors_their_report (2 messages)`."""
    file, case, findings, messages = result
    mark = style.removed("✗") if findings else style.added("✓")
    said = f" ({len(messages)} message{'' if len(messages) == 1 else 's'})" if messages else ""
    return f"{mark} {style.faint(plain(file) + ':')} {plain(case)}{style.faint(said)}"


def verdict_line(results: Sequence[Result], style: Style) -> str:
    """How many passed, and how many did not."""
    failed = sum(bool(findings) for _, _, findings, _ in results)
    passed = len(results) - failed
    counts = [style.added(f"{passed} passed")] if passed or not failed else []
    counts += [style.removed(f"{failed} failed")] if failed else []
    return ", ".join(counts)


def results_json(
    results: Sequence[Result], findings: Sequence[Diagnostic], sources: Mapping[str, str]
) -> dict[str, object]:
    """Everything as one document; `findings` are those of the files themselves."""
    failed = sum(bool(found) for _, _, found, _ in results)
    return {
        "format": "mentorctl/test-results/v1",
        "passed": len(results) - failed,
        "failed": failed,
        "cases": [
            {
                "file": file,
                "id": case,
                "passed": not found,
                "diagnostics": findings_json(found, sources),
                "messages": [_message_json(message) for message in messages],
            }
            for file, case, found, messages in results
        ],
        "diagnostics": findings_json(findings, sources),
    }


def results_junit(results: Sequence[Result], findings: Sequence[Diagnostic], sources: Mapping[str, str]) -> str:
    """A suite for each file, a test for each case; what is wrong with a file is a failure of its own."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for file, of_file in groupby(results, key=lambda result: result[0]):
        cases = list(of_file)
        failed = sum(bool(found) for _, _, found, _ in cases)
        lines.append(f'<testsuite name={quoteattr(plain(file))} tests="{len(cases)}" failures="{failed}">')
        for _, case, found, _ in cases:
            lines += _testcase(file, case, found, sources)
        lines.append("</testsuite>")
    if findings:
        lines.append('<testsuite name="files" tests="1" failures="1">')
        lines += _testcase("mentorctl", "files", tuple(findings), sources)
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>"])


def _testcase(file: str, case: str, found: tuple[Diagnostic, ...], sources: Mapping[str, str]) -> list[str]:
    opening = f"<testcase classname={quoteattr(plain(file))} name={quoteattr(plain(case))}"
    if not found:
        return [opening + "/>"]
    first = f"{found[0].code}: {found[0].detail}"
    text = escape(findings_text(found, sources=sources, style=Style()))
    return [opening + ">", f"<failure message={quoteattr(plain(first))}>{text}</failure>", "</testcase>"]


def _message_json(message: PlannedMessage) -> dict[str, object]:
    return {
        "message": message.message,
        "occurrence": message.occurrence,
        "day": message.day,
        "template": message.template,
        "channel": message.channel,
        "to": list(message.recipients),
        "about": str(message.about),
    }
