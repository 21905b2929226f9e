"""How people behave in a simulation, with defaults that say what they rest on; every rate can be set.

Shares are from 0 to 1 (or `85%`), days are means of waits that are often short and seldom long.
"""

from collections.abc import Mapping
from dataclasses import fields, replace

from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What people do and how soon. The defaults are those of a program that runs well and is looked after."""

    mentors: float = 0.5  # share of those who enroll that enroll as mentors
    eligible: float = 0.97  # who meets the conditions of the role
    approved: float = 0.95  # who is approved, where the role asks for it
    approval_days: float = 4.0
    trained: float = 0.93  # who does a required module by himself
    training_days: float = 8.0
    match_found: float = 0.97  # of those who wait, for whom a round of matching finds somebody
    mentor_accepts: float = 0.95
    mentee_accepts: float = 0.97
    answer_days: float = 3.0
    late_answers: float = 0.05  # answers that take six times as long
    declines: float = 0.6  # of those who do not accept, who says so; the others say nothing
    signed: float = 0.92  # who signs the agreement, where there is one
    sign_days: float = 5.0
    held: float = 0.86  # meetings that take place
    missed: float = 0.07  # meetings that are missed and logged as such; of the rest a half is called off
    drop_out_per_month: float = 0.015  # who leaves the program
    ends_per_month: float = 0.01  # matches that are ended early
    pauses_per_month: float = 0.01  # matches that pause
    pause_days: float = 21.0
    delivered: float = 0.8  # projects that deliver
    deliver_days: float = 120.0
    check_ins_answered: float = 0.65
    check_in_days: float = 3.0
    alerts: float = 0.04  # answers that give cause for concern


_DAYS = frozenset(field.name for field in fields(Rates) if field.name.endswith("_days"))
_LONGEST = 3_650.0


def rates_with(rates: Rates, given: Mapping[str, object]) -> Rates:
    """Some rates set otherwise. Raises ValueError with a sentence for a name or a value that is none."""
    known = {field.name for field in fields(Rates)}
    values: dict[str, float] = {}
    for name, value in given.items():
        if name not in known:
            meant = did_you_mean(name, known) or f"the rates are {quoted_list(sorted(known), last='and', limit=30)}"
            raise ValueError(f"there is no rate `{name}`; {meant}")
        values[name] = _number(name, value)
    return replace(rates, **values)


def _number(name: str, value: object) -> float:
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise ValueError(f"`{name}: {text}` is no number; write for example 0.85 or 85%") from None
    most = _LONGEST if name in _DAYS else 1.0
    if isinstance(value, bool) or not 0 <= number <= most:
        raise ValueError(f"`{name}: {text}` is not between 0 and {most:g}")
    return number
