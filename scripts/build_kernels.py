"""Build the C kernels into one shared library beside their sources; also the build hook of the wheel.

    python scripts/build_kernels.py

The compiler is $CC, or else the first of cc, gcc and clang. Without one the program works with its pure fallback, so a
missing compiler is a notice and no error; `MENTORCTL_KERNELS=off` leaves the kernels out on purpose.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
SOURCES = Path("engine/mentorctl/optimize/kernels")
LIBRARY = "mentorctl_kernels.so"  # one name on every system: it is loaded by its path
SEAL = "mentorctl_kernels.seal"
FLAGS = ("-O3", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra")


def build(root: Path) -> tuple[Path, ...]:
    """The library and its seal, built where the sources are newer; nothing when that is not possible or not wanted."""
    folder = root / SOURCES
    library, seal = folder / LIBRARY, folder / SEAL
    compiler = _compiler()
    if os.environ.get("MENTORCTL_KERNELS") == "off" or compiler is None:
        why = "MENTORCTL_KERNELS=off" if compiler else "no C compiler was found"
        print(f"mentorctl: built without its C kernels ({why}); the fallback is slower, its answers are the same")
        return ()
    sources = sorted(folder.glob("*.c"))
    stamp = _stamp(compiler, (*sources, *sorted(folder.glob("*.h"))))
    if not _is_current(library, seal, stamp):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as scratch:
            made = Path(scratch) / LIBRARY
            ran = subprocess.run([*compiler, *FLAGS, "-o", made, *sources], capture_output=True, text=True, check=False)
            if ran.returncode:
                print(f"mentorctl: built without its C kernels; {compiler[0]} said:\n{ran.stderr}", file=sys.stderr)
                return ()
            # The seal goes last: a library that it does not fit is not loaded.
            text = f"{_abi(folder)} {stamp} {_digest(made)}\n"
            made.replace(library)
            (Path(scratch) / SEAL).write_text(text, encoding="ascii")
            (Path(scratch) / SEAL).replace(seal)
    return library, seal


def _compiler() -> list[str] | None:
    named = os.environ.get("CC")
    if named:
        words = shlex.split(named)
        return words if words and shutil.which(words[0]) else None
    found = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    return [found] if found else None


def _abi(folder: Path) -> int:
    found = re.search(r"#define MENTORCTL_KERNELS_ABI (\d+)", (folder / "kernels.h").read_text(encoding="utf-8"))
    if found is None:
        raise RuntimeError("kernels.h does not say its version")
    return int(found[1])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(compiler: list[str], files: tuple[Path, ...]) -> str:
    """What a library was made of and how."""
    whole = hashlib.sha256(repr((compiler, FLAGS, sysconfig.get_platform())).encode())
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def _is_current(library: Path, seal: Path, stamp: str) -> bool:
    if not (library.is_file() and seal.is_file()):
        return False
    return seal.read_text(encoding="ascii").split()[1:] == [stamp, _digest(library)]


class KernelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the library into the wheel, which then fits one kind of system but every Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made = build(Path(self.root))
        if made and version != "editable":
            system = re.sub(r"[^a-z0-9]", "_", sysconfig.get_platform().lower())
            build_data["tag"] = f"py3-none-{system}"
            build_data["pure_python"] = False
            build_data["artifacts"] += [path.relative_to(self.root).as_posix() for path in made]


if __name__ == "__main__":
    print(*(path.relative_to(ROOT) for path in build(ROOT)), sep="\n")
