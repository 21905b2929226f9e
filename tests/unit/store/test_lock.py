"""The lock file."""

import json
import os
import stat
from dataclasses import asdict
from pathlib import Path

import pytest

from mentorctl.store.base import StoreBroken, StoreLocked
from mentorctl.store.lock import Owner, held, owner_of, this_process

OWNER = Owner(actor="anna", command="apply", host="desk", pid=7, since="2027-02-01 09:30:00 UTC")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the lock file will be."""
    return tmp_path / "state.db.lock"


def test_the_file_names_the_owner_while_the_lock_is_held(path: Path) -> None:
    """Who, which command, where and since when can be read as JSON; afterwards nobody is named."""
    with held(path, OWNER, timeout=0):
        assert json.loads(path.read_text(encoding="utf-8")) == asdict(OWNER)
        assert owner_of(path) == OWNER
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    assert path.read_bytes() == b""
    assert owner_of(path) is None


def test_one_at_a_time(path: Path) -> None:
    """A second one waits, then is told who holds the lock; after release the lock is free."""
    with held(path, OWNER, timeout=0):
        for timeout in (0, 0.03):
            with pytest.raises(StoreLocked) as refused, held(path, OWNER, timeout=timeout):
                pass
            assert refused.value.finding.detail == (
                f"waited {timeout:g} seconds for `apply` of `anna`, process 7 on desk, since 2027-02-01 09:30:00 UTC. "
                "Nothing was changed"
            )
            assert "--lock-timeout" in refused.value.finding.help
    with held(path, OWNER, timeout=0):
        pass


def test_a_failure_inside_frees_the_lock(path: Path) -> None:
    """However the work ends, the lock does."""
    with pytest.raises(ZeroDivisionError), held(path, OWNER, timeout=0):
        raise ZeroDivisionError
    with held(path, OWNER, timeout=0):
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"pid": 3}', b"\xff\xfe", b"x" * 10_000])
def test_what_is_in_the_file_does_not_decide(path: Path, content: bytes) -> None:
    """Leftovers of a killed process neither hold the lock nor break the next message."""
    path.write_bytes(content)

    assert owner_of(path) is None
    with held(path, OWNER, timeout=0):
        assert owner_of(path) == OWNER
        path.write_bytes(content)
        with pytest.raises(StoreLocked, match="another command"), held(path, OWNER, timeout=0):
            pass


def test_a_long_leftover_does_not_show_through(path: Path) -> None:
    """A shorter name replaces a longer one completely."""
    path.write_text(json.dumps(asdict(OWNER)) * 2, encoding="utf-8")

    with held(path, OWNER, timeout=0):
        assert owner_of(path) == OWNER


def test_a_link_is_not_followed(path: Path) -> None:
    """The lock must not truncate a file that somebody linked to."""
    other = path.with_name("other")
    other.write_bytes(b"precious")
    path.symlink_to(other)

    with pytest.raises(StoreBroken, match="cannot be opened"), held(path, OWNER, timeout=0):
        pass
    assert other.read_bytes() == b"precious"


def test_a_folder_in_place_of_the_file(path: Path) -> None:
    """Anything that cannot be opened is reported with the reason."""
    path.mkdir()

    with (
        pytest.raises(StoreBroken, match=r"Is a directory\. Nothing was changed"),
        held(path, OWNER, timeout=0),
    ):
        pass


def test_this_process_is_named() -> None:
    """The owner of a lock taken here is this process on this machine."""
    owner = this_process(actor="anna", command="apply", since="now")

    assert owner.pid == os.getpid()
    assert owner.host
