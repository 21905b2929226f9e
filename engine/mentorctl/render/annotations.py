"""Findings as workflow commands of GitHub, which it shows beside the lines of a pull request."""

from collections.abc import Iterable

from mentorctl.diagnostics import Diagnostic, Severity
from mentorctl.render.places import path_in
from mentorctl.render.style import plain

MOST = 9  # GitHub shows ten of a kind for each step; the tenth says how many more there are
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def findings_annotations(diagnostics: Iterable[Diagnostic], *, base: str = "") -> str:
    """One line for each finding, the gravest first; `base` is the path of the workspace in its repository."""
    grave = list(Severity)
    found = sorted(diagnostics, key=lambda d: grave.index(d.severity))
    lines = [_annotation(d, base) for d in found[:MOST]]
    rest = found[MOST:]
    if rest:
        more = f"{len(rest)} more {'finding is' if len(rest) == 1 else 'findings are'} in the log of this step"
        lines.append(f"::{_WORDS[rest[0].severity]} title={_property('mentorctl validate')}::{_message(more)}")
    return "\n".join(lines)


def _annotation(found: Diagnostic, base: str) -> str:
    properties = {"title": f"{found.code}: {found.summary}"}
    span = found.span
    if span:
        properties |= {"file": path_in(base, span.file), "line": str(span.line)}
        if span.end_line in {0, span.line}:  # columns are shown within one line only
            properties |= {"col": str(span.column), "endColumn": str(max(span.end_column, span.column))}
        else:
            properties |= {"endLine": str(span.end_line)}
    said = [found.detail, *(_second(r.message, str(r.span) if r.span else "") for r in found.related)]
    if found.help:
        said.append(f"help: {found.help}")
    if found.fix:
        said.append(f"fix: {found.fix.title}")
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_WORDS[found.severity]} {written}::{'%0A'.join(_message(part) for part in said)}"


def _second(message: str, where: str) -> str:
    return f"{message}: {where}" if where else message


def _message(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
