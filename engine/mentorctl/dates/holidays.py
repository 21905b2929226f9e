"""Public holidays by country and subdivision. The only home of the library `holidays`, which is an extra.

Which days are holidays is law and changes now and then; a newer version of the library may know better than an older
one.
"""

from datetime import date
from functools import cache
from typing import Any

from mentorctl.diagnostics import did_you_mean

INSTALL = "pip install 'mentorctl[holidays]'"


class NoHolidayDataError(RuntimeError):
    """The library that knows the holidays is not installed."""


def check_code(code: str) -> None:
    """Raises ValueError with a sentence for a code of nothing that is known, and NoHolidayDataError without data."""
    country, _, part = code.partition("-")
    countries = _countries(_library())
    if country not in countries:
        near = did_you_mean(country, countries)
        raise ValueError(f"`{code}` begins with no country that is known" + _also(near))
    if part and part not in countries[country]:
        known = ", ".join(sorted(countries[country])) or "none"
        raise ValueError(f"`{country}` has no part `{part}` with holidays of its own; its parts are: {known}")


@cache
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of `DE` or `DE-BY` in one year. Raises like `check_code`."""
    check_code(code)
    country, _, part = code.partition("-")
    found: frozenset[date] = frozenset(_library().country_holidays(country, subdiv=part or None, years=year))
    return found


@cache
def _countries(library: Any) -> dict[str, frozenset[str]]:  # noqa: ANN401 - see `_library`
    """The countries by their two letters, each with its subdivisions."""
    listed: dict[str, list[str]] = library.list_supported_countries()
    return {country: frozenset(parts) for country, parts in listed.items() if len(country) == len("DE")}


def _library() -> Any:  # noqa: ANN401 - it may not be there
    try:
        import holidays
    except ModuleNotFoundError:
        raise NoHolidayDataError(f"no holiday data is installed; run {INSTALL}") from None
    return holidays


def _also(near: str) -> str:
    return f"; {near}" if near else ""
