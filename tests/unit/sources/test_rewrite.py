"""Rewriting a file: all of it or nothing, and never through a link."""

import os
import stat
from pathlib import Path

import pytest

from mentorctl.sources.files import Unreadable
from mentorctl.sources.rewrite import rewrite


def test_the_text_is_replaced_and_the_mode_stays(tmp_path: Path) -> None:
    """The new text is there with the rights of the old file, and no other file is left beside it."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\r\n")
    path.chmod(0o640)

    rewrite(path, shown="x.yaml", before="a: 1\r\n", after="a: 2\r\n")

    assert path.read_bytes() == b"a: 2\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["x.yaml"]


@pytest.mark.parametrize(("keep", "left"), [(True, b"\xef\xbb\xbfb"), (False, b"b")])
def test_a_byte_order_mark_is_kept_or_dropped(tmp_path: Path, keep: bool, left: bytes) -> None:
    """The mark is no part of the text; the layout drops it, a fix leaves it."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa")

    rewrite(path, shown="x.yaml", before="a", after="b", keep_mark=keep)

    assert path.read_bytes() == left


def test_a_file_that_was_changed_is_left_alone(tmp_path: Path) -> None:
    """What somebody saved in the meantime is not lost."""
    path = tmp_path / "x.yaml"
    path.write_text("theirs", encoding="utf-8")

    with pytest.raises(Unreadable) as caught:
        rewrite(path, shown="x.yaml", before="ours", after="new")

    assert caught.value.finding.code == "MC9010"
    assert path.read_text(encoding="utf-8") == "theirs"


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    """A link is not written through, and not replaced by a file either."""
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("a", encoding="utf-8")
    link.symlink_to(target)
    os.mkfifo(pipe)

    for path in (link, pipe):
        with pytest.raises(Unreadable, match="`x`"):
            rewrite(path, shown="x", before="a", after="b")

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "a"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_leaves_the_file(tmp_path: Path) -> None:
    """When no new file can be made, the old one stays as it was."""
    path = tmp_path / "x.yaml"
    path.write_text("a", encoding="utf-8")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OSError, match="denied"):
            rewrite(path, shown="x.yaml", before="a", after="b")
    finally:
        tmp_path.chmod(0o700)

    assert path.read_text(encoding="utf-8") == "a"


def test_an_interrupted_write_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error between writing and renaming leaves the old text and no other file."""
    path = tmp_path / "x.yaml"
    path.write_text("a", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        rewrite(path, shown="x.yaml", before="a", after="b")

    assert [one.name for one in tmp_path.iterdir()] == ["x.yaml"]
    assert path.read_text(encoding="utf-8") == "a"
