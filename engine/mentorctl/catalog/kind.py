"""What is known about one kind of finding."""

from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding. `summary` must make sense alone: it becomes the title of an annotation.

    Warnings and notes are advice, which a workspace may weigh differently under `checks`; an error is a matter of
    correctness and stays one, unless `may_be_relaxed`.
    """

    code: str
    severity: str
    summary: str
    meaning: str
    may_be_relaxed: bool = False

    @property
    def is_advice(self) -> bool:
        """Whether a workspace or program may change its severity and make exceptions to it."""
        return self.severity != "error" or self.may_be_relaxed


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A piece of a file that leads to a finding, and what to write instead.

    Both are whole lines; how far the whole is indented does not matter. With the workspace of tests/cases/diagnostics,
    replacing `right` by `wrong` gives exactly this finding, so that no example is only made up.
    """

    wrong: str
    right: str
    file: str = "programs/grow.yaml"
