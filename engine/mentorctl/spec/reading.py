"""What the readers of a document share: its tree, and the findings about what cannot be built from it."""

from collections.abc import Callable, Mapping
from typing import Any

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, finding

type Tree = Mapping[str, Any]


class Findings:
    """Collects what cannot be built while reading one document; the value that stands in is never used."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.found: list[Diagnostic] = []

    def add(self, code: str, detail: str, path: FieldPath, **more: Any) -> None:
        self.found.append(finding(code, detail, place=Place(document=self.document, path=path), **more))

    def attempt[T](self, code: str, path: FieldPath, instead: T, make: Callable[[], T], *, help: str = "") -> T:  # noqa: A002
        """The made value, or `instead` and a finding with the sentence of the ValueError."""
        try:
            return make()
        except ValueError as error:
            self.add(code, str(error), path, help=help)
            return instead


def titled(key: str) -> str:
    """An id in words: `first_meeting` is "First meeting"."""
    return key.replace("_", " ").capitalize()
