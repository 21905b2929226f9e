"""What is known about one kind of finding."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding. `summary` must make sense alone: it becomes the title of an annotation."""

    code: str
    severity: str
    summary: str
    meaning: str
