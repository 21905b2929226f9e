"""Runs commands on hostile workspaces, each workspace in a process of its own that is watched and bounded.

Started apart, with the file that lists the jobs: what is imported once is shared, and a job that dies takes nobody along.
"""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 60  # of processor time for all commands of a case; a bomb takes minutes
BYTES = 3 << 30  # of address space; numpy and a solver map much and touch little
FILE_BYTES = 64 << 20
NETWORK = frozenset({
    "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request",
    "smtplib.connect", "ftplib.connect", "http.client.connect",
})  # fmt: skip
CODE = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "pickle.find_class"})


def main() -> None:
    """Every job of the file, to the file of answers."""
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    import mentorctl.cli.main
    import mentorctl.cli.planning
    import mentorctl.optimize.engine
    import mentorctl.render.review_page
    import mentorctl.spec.schema  # noqa: F401 - all of these are imported so that no job waits for them

    answers = [_apart(job) for job in jobs]
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")


def _apart(job: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(_ran(job), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status, used = os.wait4(child, 0)
    ran = json.loads(text) if text else {"commands": [], "strange": []}
    return ran | {"status": status, "kilobytes": used.ru_maxrss, "name": job["name"]}


def _ran(job: dict[str, Any]) -> dict[str, Any]:
    from mentorctl.cli.main import main as run

    os.chdir(job["folder"])
    strange: list[str] = []
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(lambda event, arguments: _watch(event, arguments, strange))
    commands = []
    for words in job["commands"]:
        if words[:2] == ["plan", "--as-of"]:  # the job with credentials: it trusts the base, as the workflows have it
            os.environ["MENTORCTL_TRUST"] = "HEAD^"
        out, err = io.StringIO(), io.StringIO()
        began = time.process_time()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(words)
        spent = time.process_time() - began
        commands.append({"words": words, "code": code, "out": out.getvalue(), "err": err.getvalue(), "seconds": spent})
    return {"commands": commands, "strange": strange}


def _watch(event: str, arguments: tuple[Any, ...], strange: list[str]) -> None:
    """Notes and stops what no command has to do: a network, a shell, a program other than git and our own worker."""
    if event in NETWORK or event in CODE:
        strange.append(f"{event} {arguments!r}"[:300])
        raise PermissionError(f"{event} is not for a pull request")
    if event == "subprocess.Popen":
        program = os.path.basename(os.fsdecode(arguments[0]))  # noqa: PTH119 - it may be bytes
        if program != "git" and arguments[0] != sys.executable:
            strange.append(f"{event} {arguments[:2]!r}"[:300])
            raise PermissionError("no program is started for a pull request")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
