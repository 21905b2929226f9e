"""The house rules that syntax trees can show: one way of imports, one home per library, a pure core, short modules."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "engine" / "mentorctl"
MODULES = tuple(sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py")))

# A package imports only from packages with a lower number.
LAYERS = {
    "addresses": 0, "catalog": 0, "diagnostics": 0, "resources": 0, "values": 0,
    "rules": 1, "dates": 1,
    "spec": 2,
    "roster": 3,
    "state": 4,
    "lifecycle": 5,
    "optimize": 6, "loading": 6,
    "plan": 7,
    "store": 8, "render": 8, "calendars": 8, "sources": 8, "deliver": 8,
    "pipeline": 9, "testing": 9,
    "cli": 10, "__main__": 11,
}  # fmt: skip
WITHIN_A_LAYER = {
    ("catalog", "values"),
    ("addresses", "values"),
    ("diagnostics", "values"),  # how values are made
    ("diagnostics", "catalog"),  # the two halves of one thing; the catalog is data and imports nothing
    ("testing", "pipeline"),  # a test goes through the same door as a command
    ("rules", "dates"),  # expressions read durations and move dates; there is one date algebra
}
SHELL = ("store/", "render/", "calendars/", "sources/", "deliver/", "cli/", "pipeline/", "__main__.py")
# What reads the world although it lies deeper, each named in the architecture.
NAMED_EXCEPTIONS = ("resources.py", "values.py", "optimize/worker.py", "optimize/kernels/native.py")

# Library → the modules (or folders) that may import it. A library that is not listed here has no home yet.
HOMES: dict[str, tuple[str, ...]] = {
    "yaml": ("spec/source.py",),
    "jsonschema": ("spec/schema.py",),
    "referencing": ("spec/schema.py",),
    "pulp": ("optimize/linear.py", "optimize/array_solver.py"),
    "highspy": ("optimize/array_solver.py",),
    "transitions": ("lifecycle/machine.py",),
    "sqlite3": ("store/",),
    "psycopg": ("store/postgres",),
    "jinja2": ("render/templates.py",),
    "click": ("cli/",),
    "icalendar": ("calendars/ical.py",),
    "numpy": ("",),
    "holidays": ("dates/holidays.py",),
    "ctypes": ("optimize/kernels/", "optimize/worker.py"),
}
WATCHED = frozenset({"sqlite3", "ctypes"})  # of the standard library, these have a home too

IMPURE_MODULES = frozenset({
    "random", "secrets", "uuid", "subprocess", "socket", "multiprocessing", "sqlite3", "tempfile", "shutil", "signal",
    "urllib", "http", "smtplib", "ssl", "asyncio",
})  # fmt: skip
IMPURE_NAMES = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "__import__"})
IMPURE_ATTRIBUTES = frozenset({
    ("os", "environ"), ("os", "getenv"), ("os", "open"), ("os", "system"), ("os", "urandom"), ("os", "getpid"),
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "monotonic"), ("time", "perf_counter"), ("time", "sleep"),
    ("time", "localtime"), ("sys", "stdout"), ("sys", "stderr"), ("sys", "stdin"), ("sys", "argv"), ("sys", "exit"),
})  # fmt: skip
FILE_METHODS = frozenset({"read_text", "write_text", "read_bytes", "write_bytes", "unlink", "mkdir", "touch"})

MOST_LINES = 450
LONGEST_FUNCTION = 70


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_to_lower_layers(module: str) -> None:
    """A package imports only packages of a lower layer, for type checking too."""
    here = _part(module)
    wrong = [
        f"line {line}: {target}"
        for target, line in _own_imports(module)
        if target not in (here, "") and not _may_import(here, target)
    ]
    assert not wrong, f"{module} ({here}, layer {LAYERS[here]}) imports upward or sideways: {wrong}"


def test_every_part_has_a_layer() -> None:
    """A new package is added to the table before anything imports it."""
    parts = {_part(module) for module in MODULES} - {"__init__"}
    assert parts <= set(LAYERS), f"without a layer: {sorted(parts - set(LAYERS))}"


def test_the_table_bites() -> None:
    """The rule itself: down is allowed, up and sideways are not."""
    assert _may_import("plan", "optimize")
    assert _may_import("store", "plan")
    assert not _may_import("optimize", "plan")
    assert not _may_import("store", "render")
    assert _may_import("rules", "dates")
    assert not _may_import("dates", "rules")
    assert not _may_import("catalog", "diagnostics")


@pytest.mark.parametrize("module", MODULES)
def test_every_library_has_one_home(module: str) -> None:
    """A third-party library is imported only in its home."""
    wrong = []
    for name, line in _imports(module):
        library = name.split(".")[0]
        if library == "mentorctl" or (library in sys.stdlib_module_names and library not in WATCHED):
            continue
        homes = HOMES.get(library)
        if homes is None or not any(module.startswith(home) for home in homes):
            wrong.append(f"line {line}: {library} (home: {', '.join(homes or ()) or 'none'})")
    assert not wrong, f"{module} imports what is at home elsewhere: {wrong}"


@pytest.mark.parametrize("module", [m for m in MODULES if m != "values.py"])
def test_values_are_made_in_one_way(module: str) -> None:
    """Classes of values come from `mentorctl.values`, which makes them sooner than the library."""
    made = [
        node.lineno
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and any(name.name == "dataclass" for name in node.names)
    ]
    assert not made, f"{module} takes `dataclass` from the library on line {made}"


@pytest.mark.parametrize("module", [m for m in MODULES if not m.startswith((*SHELL, *NAMED_EXCEPTIONS))])
def test_the_core_is_pure(module: str) -> None:
    """Below layer 8 nothing reads or writes files, the clock, the environment, chance or other processes."""
    wrong = [f"line {line}: {what}" for what, line in _impurities(_tree(module))]
    assert not wrong, f"{module} touches the world: {wrong}"


def test_purity_bites() -> None:
    """The search finds each kind of impurity in a small module."""
    text = (
        "import random\nfrom subprocess import run\nimport os\nprint(os.environ)\nopen('x')\n"
        "from datetime import datetime, date\ndatetime.now()\ndate.today()\npath.read_text()\n"
    )
    assert {line for _, line in _impurities(ast.parse(text))} == {1, 2, 4, 5, 7, 8, 9}


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_are_short(module: str) -> None:
    """No module over 450 lines and no function over 70."""
    text = (ROOT / module).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES, f"{module} has {len(text.splitlines())} lines"
    long = [
        f"{node.name} ({_length(node)})"
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > LONGEST_FUNCTION
    ]
    assert not long, f"{module}: {long}"


@pytest.mark.parametrize("module", MODULES)
def test_imports_name_the_package(module: str) -> None:
    """Imports are absolute and say `mentorctl`, never `engine`, so that no class exists twice."""
    wrong = [
        f"line {node.lineno}: a relative import"
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    wrong += [f"line {line}: {name}" for name, line in _imports(module) if name.split(".")[0] == "engine"]
    assert not wrong, f"{module}: {wrong}"


# -- reading the trees -------------------------------------------------------------------------------------------------


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), filename=module)


def _part(module: str) -> str:
    """The package of layer table to which a module belongs."""
    return Path(module).parts[0].removesuffix(".py")


def _may_import(here: str, target: str) -> bool:
    return LAYERS[target] < LAYERS[here] or (here, target) in WITHIN_A_LAYER


@cache
def _imports(module: str) -> tuple[tuple[str, int], ...]:
    """Every imported module by its full name, wherever in the file, with its line."""
    return tuple(_found_imports(module))


def _found_imports(module: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            if node.module == "mentorctl":
                yield from ((f"mentorctl.{alias.name}", node.lineno) for alias in node.names)


def _own_imports(module: str) -> Iterator[tuple[str, int]]:
    """The parts of this program that a module imports; names of the package itself, such as its version, are no part."""
    for name, line in _imports(module):
        parts = name.split(".")
        if parts[0] == "mentorctl" and len(parts) > 1 and not parts[1].startswith("__version"):
            yield parts[1], line


def _impurities(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from ((f"import {name}", node.lineno) for name in names if name.split(".")[0] in IMPURE_MODULES)
        if isinstance(node, ast.Name) and node.id in IMPURE_NAMES:
            yield node.id, node.lineno
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if (owner, node.attr) in IMPURE_ATTRIBUTES or node.attr in FILE_METHODS:
                yield f"{owner}.{node.attr}", node.lineno


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
