"""Where the shipped data folders are: beside this module in a wheel, at the top of a checkout otherwise."""

from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent


def folder(name: str) -> Path:
    """The folder `schemas` or `templates`. Raises FileNotFoundError with a sentence when the install is broken."""
    installed = _HERE / name
    if installed.is_dir():
        return installed
    beside = _CHECKOUT / name
    if beside.is_dir() and (_CHECKOUT / "pyproject.toml").is_file():
        return beside
    raise FileNotFoundError(f"this installation of mentorctl lacks its {name!r} folder; install it again")


def text(name: str, *parts: str) -> str:
    """The content of one shipped file, e.g. `text("schemas", "program.v1.schema.json")`."""
    return folder(name).joinpath(*parts).read_text(encoding="utf-8")


def names(name: str, ending: str) -> tuple[str, ...]:
    """The files of a shipped folder whose names end so, in order, e.g. `names("schemas", ".schema.json")`."""
    return tuple(sorted(path.name for path in folder(name).iterdir() if path.name.endswith(ending)))


def time_zones() -> tuple[str, ...]:
    """The names in the database of time zones that comes with us: the same on every machine, whatever its own lists."""
    database = find_spec("tzdata")
    if database is None or database.origin is None:
        raise FileNotFoundError("this installation of mentorctl lacks the package `tzdata`; install it again")
    return tuple(Path(database.origin).with_name("zones").read_text(encoding="utf-8").split())
