"""A client of a language server: just enough of the protocol to ask what an editor asks."""

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 30.0  # seconds for one answer on a busy machine


class LanguageServer:
    """One server process with one folder open. Use it in a `with`."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._unread = b""
        self._last = 0
        self._notes: list[dict[str, Any]] = []
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                "capabilities": {
                    "textDocument": {
                        "completion": {
                            "completionItem": {"documentationFormat": ["markdown"], "snippetSupport": False}
                        },
                        "hover": {"contentFormat": ["markdown"]},
                        "publishDiagnostics": {},
                    }
                },
            },
        )
        self.notify("initialized", {})
        self.notify(
            "workspace/didChangeConfiguration",
            {
                "settings": {
                    "yaml": {
                        "schemaStore": {"enable": False},  # nothing is fetched
                        "kubernetesCRDStore": {"enable": False},
                        "validate": True,
                        "hover": True,
                        "completion": True,
                    }
                }
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def open(self, path: Path, text: str) -> None:
        """Open a file with a text that need not be the one on the disk."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def completion(self, path: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What the editor would offer at a position; lines and columns count from 0."""
        found = self.request("textDocument/completion", _at(path, line, column))
        items: list[dict[str, Any]] = found["items"] if isinstance(found, dict) else found
        return items

    def hover(self, path: Path, line: int, column: int) -> str:
        """What the editor would show over a position."""
        found = self.request("textDocument/hover", _at(path, line, column))
        return str(found["contents"]["value"]) if found else ""

    def diagnostics(self, path: Path) -> list[dict[str, Any]]:
        """What the editor would underline in a file: the first answer of the server about it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for note in self._notes:
                if note["method"] == "textDocument/publishDiagnostics" and note["params"]["uri"] == path.as_uri():
                    found: list[dict[str, Any]] = note["params"]["diagnostics"]
                    return found
            self._notes.append(self._note())
        raise TimeoutError(f"the language server said nothing about {path.name}")

    def request(self, method: str, params: dict[str, Any]) -> Any:
        """Ask, and wait for the answer. Raises RuntimeError when the server answers with an error."""
        self._last += 1
        mine = self._last
        self._send({"id": mine, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message:
                self._heard(message)
            elif message.get("id") == mine:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message.get("result")

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tell the server something."""
        self._send({"method": method, "params": params})

    def _note(self) -> dict[str, Any]:
        while True:
            message = self._receive()
            if "method" in message and not self._heard(message):
                return self._notes.pop()

    def _heard(self, message: dict[str, Any]) -> bool:
        """Keep a notification; answer a question of the server with nothing. Whether it was a question."""
        if "id" in message:
            count = len(message.get("params", {}).get("items", ()))
            self._send({"id": message["id"], "result": [None] * count if count else None})
            return True
        self._notes.append(message)
        return False

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            head, found, rest = self._unread.partition(b"\r\n\r\n")
            if found:
                length = int(
                    next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")).split()[1]
                )
                if len(rest) >= length:
                    self._unread = rest[length:]
                    message: dict[str, Any] = json.loads(rest[:length])
                    return message
            assert self._process.stdout
            stream = self._process.stdout.fileno()
            if not select.select([stream], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("the language server does not answer")
            more = os.read(stream, 1 << 16)
            if not more:
                raise ConnectionError("the language server ended")
            self._unread += more


def _at(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
