"""What there is to know about a code: `mentorctl explain MC1234`."""

from collections.abc import Iterator

from mentorctl.catalog import CATALOG
from mentorctl.catalog.examples import EXAMPLES
from mentorctl.catalog.kind import Kind
from mentorctl.diagnostics import Severity
from mentorctl.render.findings import wrapped
from mentorctl.render.style import Style

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def explain_code(code: str, style: Style) -> str:
    """Everything about a code: what it means, an example and how to weigh it. Raises KeyError for an unknown code."""
    kind = CATALOG[code]
    dress = {"error": style.error, "warning": style.warning, "info": style.note}[kind.severity]
    lines = [
        f"{dress(f'{_WORDS[Severity(kind.severity)]}[{code}]')}{style.strong(f': {kind.summary}')}",
        "",
        *wrapped(kind.meaning, "", 0),
    ]
    example = EXAMPLES.get(code)
    if example:
        lines += ["", f"{style.removed('Wrong')}, in {example.file}:", "", *_indented(example.wrong)]
        lines += ["", f"{style.added('Right')}:", "", *_indented(example.right)]
    return "\n".join([*lines, "", *_weighing(kind)])


def _indented(piece: str) -> list[str]:
    """A piece of a file; one in which something is missing is empty."""
    return [f"    {line}" for line in piece.split("\n")] if piece else ["    (nothing)"]


def _weighing(kind: Kind) -> Iterator[str]:
    if not kind.is_advice:
        yield from wrapped("It is an error of correctness: its severity is fixed, and no exception can be made.", "", 0)
        return
    yield from wrapped(
        "It is advice. To weigh it differently, write in mentorctl.yaml, or in one program (`off` turns it off):", "", 0
    )
    yield ""
    yield f"    checks: {{severity: {{{kind.code}: {'error' if kind.severity == 'warning' else 'off'}}}}}"
    yield ""
    yield from wrapped("To accept it for a while, up to and with a last day:", "", 0)
    yield ""
    yield f"    suppress: [{{check: {kind.code}, because: the reason in words, until: 2027-06-30}}]"
