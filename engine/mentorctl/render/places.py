"""Where findings are, for machines: paths as a repository has them, and names that outlive a move of lines."""

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from mentorctl.diagnostics import Diagnostic
from mentorctl.render.findings import pages_of


def path_in(base: str, file: str) -> str:
    """The path of a workspace's file from the top of its repository; `base` is that of the workspace, "" at the top."""
    return file if not base or file.startswith("/") else f"{base}/{file}"


def fingerprints(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> tuple[str, ...]:
    """A name for each finding that stays the same when lines above it come or go, and is unique among them.

    It is made of the code, the file and the text of the line; equal ones are counted.
    """
    pages = {file: pages_of(text) for file, text in sources.items()}
    seen: Counter[tuple[str, ...]] = Counter()
    names = []
    for found in diagnostics:
        key = (found.code, *_about(found, pages))
        seen[key] += 1
        names.append(blake2b("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass"), digest_size=16))
    return tuple(name.hexdigest() for name in names)


def _about(found: Diagnostic, pages: Mapping[str, list[str]]) -> tuple[str, ...]:
    span = found.span
    if span is None:
        return (found.detail,)
    lines = pages.get(span.file, [])
    if not 0 < span.line <= len(lines):
        return (span.file, found.detail)
    line = lines[span.line - 1]
    marked = line[span.column - 1 : span.end_column - 1] if span.end_line == span.line else line[span.column - 1 :]
    return (span.file, line.strip(), marked.strip())
