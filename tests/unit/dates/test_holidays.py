"""Public holidays, with the library that knows them and without it."""

import sys
from datetime import date

import pytest

from mentorctl.dates.durations import Duration
from mentorctl.dates.holidays import NoHolidayDataError, check_code, public_holidays
from mentorctl.dates.workdays import Counts, DayCount


@pytest.fixture
def data() -> None:
    """The library must be there for these tests."""
    pytest.importorskip("holidays", reason="the extra `holidays` is not installed")


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the library."""
    monkeypatch.setitem(sys.modules, "holidays", None)


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("code", "day", "is_holiday"),
    [
        ("DE", "2027-10-03", True), ("DE", "2027-01-06", False), ("DE-BY", "2027-01-06", True),
        ("DE-BE", "2027-01-06", False), ("GB-SCT", "2027-11-30", True), ("GB-ENG", "2027-11-30", False),
        ("US", "2027-11-25", True), ("FR", "2027-07-14", True),
    ],
)  # fmt: skip
def test_a_part_of_a_country_may_have_holidays_of_its_own(code: str, day: str, is_holiday: bool) -> None:
    """Epiphany is a holiday in Bavaria and not in Berlin."""
    assert (date.fromisoformat(day) in public_holidays(code, int(day[:4]))) is is_holiday


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("XX", "`XX` begins with no country that is known"),
        ("DE-ZZ", "`DE` has no part `ZZ`"),
        ("DEU", "begins with no"),
    ],
)
def test_unknown_places_are_told(code: str, says: str) -> None:
    """The sentence names what is not known."""
    with pytest.raises(ValueError, match="`") as problem:
        check_code(code)
    assert says in str(problem.value)


@pytest.mark.usefixtures("data")
def test_working_days_skip_holidays() -> None:
    """Christmas Eve 2026 is a Thursday, and Monday the next working day; the 25th is a holiday."""
    days = DayCount(counts=Counts.WORKING_DAYS, holidays=("DE",))
    assert days.later(date(2026, 12, 24), Duration(days=1)) == date(2026, 12, 28)
    assert list(days.closed_days(date(2026, 12, 24), date(2026, 12, 28))) == [date(2026, 12, 25), date(2026, 12, 26)]


@pytest.mark.usefixtures("no_data")
def test_without_the_library_the_error_says_what_to_install() -> None:
    """No traceback of a missing module."""
    with pytest.raises(NoHolidayDataError, match=r"pip install 'mentorctl\[holidays\]'"):
        public_holidays("DE", 1999)
