"""Stands in for `gh`: answers as the forge would after `--jq`, from one file, and remembers what was asked."""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

FILE = Path(os.environ["FORGE"])
BOT = "github-actions[bot]"


def main() -> int:
    """One call of `gh`."""
    state = json.loads(FILE.read_text(encoding="utf-8"))
    words = sys.argv[1:]
    state["calls"].append(words)
    if words[:2] == ["run", "download"]:
        kept = state["artifacts"].get(f"{words[2]}/{words[words.index('--name') + 1]}")
        if kept is None:
            return 1
        shutil.copytree(kept, words[words.index("--dir") + 1])
        answer: str | None = ""
    else:
        answer = api(state, words[1:])
    FILE.write_text(json.dumps(state, indent=1), encoding="utf-8")
    if answer is None:
        return 1
    if answer and "--silent" not in words:
        print(answer)  # noqa: T201 - it is what the program does
    return 0


def api(state: dict[str, Any], words: list[str]) -> str | None:
    """`gh api`: None where the forge has no such thing."""
    method = words[words.index("--method") + 1] if "--method" in words else "GET"
    (path,) = [word for word in words if word.startswith("repos/")]
    path = path.removeprefix(f"repos/{os.environ['GITHUB_REPOSITORY']}/")
    given = dict(words[at + 1].split("=", 1) for at, word in enumerate(words) if word in {"-f", "-F"})
    answers = (
        (r"pulls", lambda: pulls(state, given)),
        (r"pulls/(\d+)", lambda number: state["pulls"][number]["sha"]),
        (r"pulls/(\d+)/reviews", lambda number: "\n".join(state["reviews"].get(number, []))),
        (
            r"commits/(\w+)/pulls",
            lambda sha: next((n for n, p in state["pulls"].items() if p.get("merged") == sha), ""),
        ),
        (r"commits/(\w+)/statuses", lambda sha: newest(state, sha)),
        (r"statuses/(\w+)", lambda sha: state["statuses"].setdefault(sha, []).insert(0, given) or ""),
        (r"issues/(\d+)/comments", lambda number: comments(state, method, number, given)),
        (r"issues/comments/(\d+)", lambda one: renew(state, one, given)),
        (r"code-scanning/sarifs", lambda: state.setdefault("sarifs", []).append(given) or ""),
    )
    for pattern, answer in answers:
        found = re.fullmatch(pattern, path)
        if found:
            said: str | None = answer(*found.groups())
            return said
    raise SystemExit(f"gh: unknown path {path}")


def pulls(state: dict[str, Any], given: dict[str, str]) -> str:
    """The open ones of a head, or all."""
    open_ones = {number: pull for number, pull in state["pulls"].items() if "merged" not in pull}
    if "head" not in given:
        return "\n".join(f"{number} {pull['sha']} {pull['label']}" for number, pull in open_ones.items())
    sha = os.environ["HEAD_SHA"]
    return "\n".join(n for n, pull in open_ones.items() if (pull["label"], pull["sha"]) == (given["head"], sha))


def newest(state: dict[str, Any], sha: str) -> str:
    """The status that was set last, as text and address."""
    found = state["statuses"].get(sha, [])
    return f"{found[0]['description']} {found[0]['target_url']}" if found else "null null"


def comments(state: dict[str, Any], method: str, number: str, given: dict[str, str]) -> str:
    """The ids of those that begin with the marker, or a new one."""
    known = state["comments"].setdefault(number, [])
    if method == "POST":
        known.append({"id": 1000 + len(known), "user": BOT, "body": body(given)})
        return ""
    return "\n".join(str(each["id"]) for each in known if each["body"].startswith(os.environ["MARKER"]))


def renew(state: dict[str, Any], one: str, given: dict[str, str]) -> str:
    """Another text for a comment."""
    for known in state["comments"].values():
        for each in known:
            if str(each["id"]) == one:
                each["body"] = body(given)
    return ""


def body(given: dict[str, str]) -> str:
    """What a file holds."""
    return Path(given["body"].removeprefix("@")).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
