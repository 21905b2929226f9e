"""A private PostgreSQL server for tests: its own folder, a Unix socket only, gone with the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}
_NEXT = count(1)


@dataclass(frozen=True)
class Server:
    """A running server. `folder` holds its socket."""

    folder: Path
    binaries: Path
    user: str | None

    def address(self, schema: str = "public", *, user: str = "mentor") -> str:
        """What a workspace writes under `store:` to keep its state in a schema of this server."""
        host = str(self.folder).replace("/", "%2F")
        return f"postgresql://{user}@/postgres?host={host}&options=-csearch_path%3D{schema}"

    def fresh_schema(self) -> str:
        """The address of an empty schema of its own."""
        import psycopg

        schema = f"test_{os.getpid()}_{next(_NEXT)}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return self.address(schema)

    def control(self, *words: str) -> None:
        """Run pg_ctl as the user of the server."""
        _run(self.user, self.binaries / "pg_ctl", "-D", self.folder / "data", "-w", "-s", *words)


@cache
def server_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, or None."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("postgres")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *packaged]
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def running() -> Iterator[Server]:
    """A server that was started for this; skips the test where there is none to start."""
    pytest.importorskip("psycopg", reason="the package psycopg is not installed")
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server on this machine: install Debian's package `postgresql`")
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="mentorctl-pg-"))
    if user:
        shutil.chown(folder, user)
    server = Server(folder=folder, binaries=binaries, user=user)
    try:
        options = ("-U", "mentor", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(user, binaries / "initdb", "-D", folder / "data", *options)
        settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
        server.control("-l", str(folder / "log"), "-o", " ".join(f"-c {k}='{v}'" for k, v in settings.items()), "start")
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.control("-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str:
    """A user that may run the server, since root may not."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, *command: Any) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/tmp"},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
