"""The first key of a file: which are taken where, and what is said about others."""

import pytest

from mentorctl.spec.header import check_header
from mentorctl.spec.source import read_source

PROGRAM, BASE = "program/v1", "base/v1"

REFUSED: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    ("mentorctl: program/v2", (PROGRAM,), "MC1110", "of version `program/v2`; this mentorctl knows `program/v1`", "upgrade mentorctl, or write"),
    ("mentorctl: test/v12", (PROGRAM,), "MC1110", "knows `test/v1`", "upgrade mentorctl"),
    ("mentorctl: program/v0", (PROGRAM,), "MC1110", "knows `program/v1`", "write `mentorctl: program/v1`"),
    ("mentorctl: program/1.5", (PROGRAM,), "MC1110", "`program/1.5`", "write `mentorctl: program/v1`"),
    ("mentorctl: program/v99999999999999999999999999999", (PROGRAM,), "MC1110", "this is a file of version", "upgrade"),
    ("mentorctl: base/v1", (PROGRAM,), "MC1108", "`mentorctl: base/v1` is not expected here", "a file of `base/v1` is bases/NAME.yaml"),
    ("mentorctl: program", (PROGRAM,), "MC1108", "is not expected here", "begin the file with `mentorctl: program/v1`"),
    ("mentorctl: progam/v1", (PROGRAM, BASE), "MC1108", "is not expected here", "did you mean `program/v1`?"),
    ("mentorctl: widget/v3", (PROGRAM,), "MC1108", "is not expected here", "begin the file with"),
    ("mentorctl: [program/v1]", (PROGRAM,), "MC1108", "is not expected here", "begin the file with"),
    ("mentorctl: 1", (PROGRAM,), "MC1108", "is not expected here", "begin the file with"),
    ("id: a", (PROGRAM, BASE), "MC1108", "there is no `mentorctl` key", "`mentorctl: program/v1` or `mentorctl: base/v1`"),
    ("- a", (PROGRAM,), "MC1108", "there is no `mentorctl` key", "begin the file with"),
    ("", (PROGRAM,), "MC1108", "the file is empty", "begin the file with"),
)  # fmt: skip


@pytest.mark.parametrize("kind", [PROGRAM, BASE])
def test_a_file_of_its_kind_is_taken(kind: str) -> None:
    """Where several kinds are expected, each of them is taken."""
    source = read_source(f"mentorctl: {kind}\nid: a\n", file="f.yaml")

    assert check_header(source, PROGRAM, BASE) is None
    assert check_header(source, kind) is None


@pytest.mark.parametrize(("text", "kinds", "code", "says", "helps"), REFUSED)
def test_other_files_are_refused(text: str, kinds: tuple[str, ...], code: str, says: str, helps: str) -> None:
    """A newer version is no slip: the message says to upgrade. Everything else says how to begin."""
    found = check_header(read_source(text + "\n", file="f.yaml"), *kinds)

    assert found is not None
    assert found.code == code
    assert says in found.detail
    assert helps in found.help
    assert found.span is not None
    assert (found.span.file, found.span.line) == ("f.yaml", 1)
