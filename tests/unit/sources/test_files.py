"""Files as strangers leave them: links, pipes, folders, sizes and encodings; and where a workspace is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mentorctl.diagnostics import Diagnostic
from mentorctl.sources import files
from mentorctl.sources.files import (
    MAX_YAML_BYTES,
    Unreadable,
    base_files,
    files_of_tests,
    find_workspace,
    program_files,
    read_plan_text,
    read_table,
    read_yaml_text,
)

READERS: tuple[tuple[Callable[..., object], str], ...] = (
    (read_yaml_text, "MC1005"), (read_table, "MC3001"), (read_plan_text, "MC7002"),
)  # fmt: skip


def refusal(reader: Callable[..., object], path: Path) -> Diagnostic:
    """The finding with which a reader refuses a file."""
    with pytest.raises(Unreadable) as problem:
        reader(path, shown="shown.txt")
    assert str(problem.value) == problem.value.finding.detail
    return problem.value.finding


def link(path: Path) -> None:
    """A link to a file that could be read."""
    (path.parent / "target").write_text("id\nm1\n")
    path.symlink_to(path.parent / "target")


WAYS: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    ("missing", lambda path: path, "there is no file `shown.txt`"),
    ("a folder", lambda path: path.mkdir(), "`shown.txt` is not a regular file"),
    ("a pipe", os.mkfifo, "`shown.txt` is not a regular file"),
    ("a link", link, "`shown.txt` cannot be read"),
    ("a link to nothing", lambda path: path.symlink_to(path.parent / "nothing"), "`shown.txt` cannot be read"),
    ("a link to a device", lambda path: path.symlink_to("/dev/zero"), "`shown.txt` cannot be read"),
    ("not UTF-8", lambda path: path.write_bytes(b"a\nb\n\xff\n"), "`shown.txt` is not UTF-8 text"),
    ("UTF-16", lambda path: path.write_bytes("id\nm1\n".encode("utf-16")), "is not UTF-8 text"),
    ("half a character", lambda path: path.write_bytes(b"id\n\xc3"), "is not UTF-8 text"),
)


@pytest.mark.parametrize(("reader", "code"), READERS, ids=["yaml", "roster", "plan"])
@pytest.mark.parametrize(("way", "make", "says"), WAYS, ids=[way for way, _, _ in WAYS])
def test_what_is_no_regular_text_is_refused(
    tmp_path: Path, reader: Callable[..., object], code: str, way: str, make: Callable[[Path], object], says: str
) -> None:
    """Nothing is followed, nothing blocks, and the message names the file as it is shown."""
    path = tmp_path / "file"
    make(path)
    found = refusal(reader, path)
    assert (found.code, str(found.span).rsplit(":", 2)[0]) == (code, "shown.txt"), way
    assert says in found.detail
    assert str(tmp_path) not in found.detail


def test_the_line_of_a_wrong_byte_is_named(tmp_path: Path) -> None:
    """Lines count from 1, with a byte order mark too."""
    for start in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "x").write_bytes(start + b"a\nb\n\xff\n")
        assert str(refusal(read_yaml_text, tmp_path / "x").span) == "shown.txt:3:1"


def test_a_path_below_a_file_is_a_finding(tmp_path: Path) -> None:
    """A file where a folder should be is told, not raised."""
    (tmp_path / "x").write_text("")
    assert refusal(read_table, tmp_path / "x" / "people.csv").code == "MC3001"


def test_a_device_is_not_read() -> None:
    """A device would never end."""
    assert "is not a regular file" in refusal(read_yaml_text, Path("/dev/zero")).detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_a_finding(tmp_path: Path) -> None:
    """Missing rights are told in the words of the system."""
    (tmp_path / "x").write_text("a: 1\n")
    (tmp_path / "x").chmod(0)
    assert "permission denied" in refusal(read_yaml_text, tmp_path / "x").detail


def test_yaml_files_are_bounded(tmp_path: Path) -> None:
    """The limit itself is read; one byte more is a reading limit exceeded."""
    (tmp_path / "x").write_bytes(b"a" * MAX_YAML_BYTES)
    assert len(read_yaml_text(tmp_path / "x", shown="x")) == MAX_YAML_BYTES
    (tmp_path / "x").write_bytes(b"a" * (MAX_YAML_BYTES + 1))
    found = refusal(read_yaml_text, tmp_path / "x")
    assert found.code == "MC1003"
    assert f"at most {MAX_YAML_BYTES}" in found.detail


@pytest.mark.parametrize(
    ("reader", "code", "most"),
    [(read_table, "MC3001", files.MAX_ROSTER_BYTES), (read_plan_text, "MC7002", files.MAX_PLAN_BYTES)],
)
def test_rosters_and_plans_are_bounded(tmp_path: Path, reader: Callable[..., object], code: str, most: int) -> None:
    """The size is looked at before anything is read: the file here has holes and takes no room."""
    with (tmp_path / "x").open("wb") as file:
        file.truncate(most + 1)
    assert refusal(reader, tmp_path / "x").code == code


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    """Without the byte order mark, with its line ends."""
    (tmp_path / "x").write_bytes("\ufeffa: \u00fc\r\nb: 1\n".encode())
    assert read_yaml_text(tmp_path / "x", shown="x") == "a: \u00fc\r\nb: 1\n"


# -- tables ------------------------------------------------------------------------------------------------------------

TABLES: tuple[tuple[str, bytes, list[tuple[int, tuple[str, ...]]]], ...] = (
    ("plain", b"id,a\nm1,x\n", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("without a last line end", b"id,a\nm1,x", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("with a byte order mark", b"\xef\xbb\xbfid,a\nm1,x\n", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("with a byte order mark and quotes", b'\xef\xbb\xbf"id",a\nm1,x\n', [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("with the line ends of Windows", b"id,a\r\nm1,x\r\n", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("with old line ends", b"id,a\rm1,x\r", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("padded header", b" id , a\nm1,x\n", [(1, ("id", "a")), (2, ("m1", "x"))]),
    ("padded cells stay", b"id,a\n m1 , x\n", [(1, ("id", "a")), (2, (" m1 ", " x"))]),
    (
        "quotes, commas and line breaks",
        b'id,a\nm1,"x, ""y""\nz"\nm2,b\n',
        [(1, ("id", "a")), (2, ("m1", 'x, "y"\nz')), (4, ("m2", "b"))],
    ),
    ("empty lines", b"\n\nid,a\n\nm1,x\n\n", [(1, ("id", "a")), (5, ("m1", "x"))]),
    ("ragged rows", b"id,a\nm1\nm2,x,y\n", [(1, ("id", "a")), (2, ("m1",)), (3, ("m2", "x", "y"))]),
    ("only a header", b"id,a\n", [(1, ("id", "a"))]),
)


@pytest.mark.parametrize(("content", "rows"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_csv_is_read_with_the_line_of_each_row(
    tmp_path: Path, content: bytes, rows: list[tuple[int, tuple[str, ...]]]
) -> None:
    """Spreadsheets of all kinds give the same table, and rows keep the lines on which they begin."""
    (tmp_path / "x").write_bytes(content)
    table = read_table(tmp_path / "x", shown="people.csv")
    assert table.file == "people.csv"
    assert table.header == rows[0][1]
    assert list(zip(table.lines, table.rows, strict=True)) == rows[1:]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    """The contract names what separates cells; commas are then ordinary."""
    (tmp_path / "x").write_text(f"id{delimiter}a\nm1{delimiter}x,y\n")
    assert read_table(tmp_path / "x", shown="x", delimiter=delimiter).rows == (("m1", "x,y"),)


BROKEN: tuple[tuple[str, bytes, str, str], ...] = (
    ("empty", b"", "1:1", "is empty"),
    ("blank lines only", b"\n\n", "1:1", "is empty"),
    ("a NUL", b"id,a\nm1,\x00\n", "1:1", "NUL"),
    ("an open quote", b'id,a\nm1,x\nm2,"y\nm3,z\n', "3:1", "a quote is not closed"),
    ("text after a quote", b'id,a\nm1,"x"y\n', "2:1", "a quote is not closed, or stands inside"),
    ("a huge cell", b"id,a\nm1," + b"x" * 20_001 + b"\n", "2:1", "longer than 20000"),
    ("a huge header", b"x" * 20_001 + b"\n", "1:1", "longer than 20000"),
)


@pytest.mark.parametrize(("content", "place", "says"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_broken_csv_is_refused_at_its_line(tmp_path: Path, content: bytes, place: str, says: str) -> None:
    """The message says where and why, without the content."""
    (tmp_path / "file").write_bytes(content)
    found = refusal(read_table, tmp_path / "file")
    assert (found.code, str(found.span)) == ("MC3001", f"shown.txt:{place}")
    assert says in found.detail


# -- the folder --------------------------------------------------------------------------------------------------------


def test_the_workspace_is_the_nearest_folder_above(tmp_path: Path) -> None:
    """From the folder itself and from any below, but not beyond the top of a repository."""
    deep = tmp_path / "repository" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "mentorctl.yaml").write_text("")
    assert find_workspace(deep) == tmp_path
    (tmp_path / "repository" / ".git").mkdir()
    assert find_workspace(deep) is None
    (tmp_path / "repository" / "mentorctl.yaml").write_text("")
    assert find_workspace(deep) == tmp_path / "repository"
    assert find_workspace(tmp_path / "repository") == tmp_path / "repository"


def test_a_folder_called_like_the_file_is_no_workspace(tmp_path: Path) -> None:
    """Only a file makes a workspace."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "mentorctl.yaml").mkdir()
    assert find_workspace(tmp_path) is None


def test_program_files_are_sorted(tmp_path: Path) -> None:
    """Both endings, in the order of names, nothing from folders below."""
    assert program_files(tmp_path) == ()
    folder = tmp_path / "programs"
    (folder / "old").mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "c.yaml", "notes.md", "old/d.yaml", "a.yaml.bak"):
        (folder / name).write_text("")
    assert [path.name for path in program_files(tmp_path)] == ["a.yml", "b.yaml", "c.yaml"]


def test_bases_and_tests_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    """Bases are all YAML files of their folder; of the tests only those that say so, beside rosters and notes."""
    assert base_files(tmp_path) == files_of_tests(tmp_path) == ()
    for name in (
        "bases/b.yaml",
        "bases/a.yml",
        "bases/.c.yaml",
        "tests/z.test.yaml",
        "tests/y.test.yml",
        "tests/x.yaml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    assert [path.name for path in base_files(tmp_path)] == ["a.yml", "b.yaml"]
    assert [path.name for path in files_of_tests(tmp_path)] == ["y.test.yml", "z.test.yaml"]


def test_hidden_files_are_no_programs(tmp_path: Path) -> None:
    """Editors leave hidden files and links behind; they are nobody's program."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / ".grow.yaml").write_text("")
    assert program_files(tmp_path) == ()
