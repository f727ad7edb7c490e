"""Working days: weekends, public holidays and 调休, with the district's own corrections passed in as data.

Holidays come from the `chinesecalendar` library; years it does not know fall back to weekends alone,
and `known` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from db.errors import UsageError
from db.periods import Period

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from what the calendar says: a holiday, or a weekend worked."""

    day: date
    workday: bool
    name: str = ""


Overrides = Mapping[date, SpecialDay]
NO_OVERRIDES: Overrides = {}


def read_overrides(entries: Iterable[Mapping[str, Any]]) -> Overrides:
    """From the editable list [{"day": "2027-02-08", "workday": false, "name": "春节"}, …].

    Raises UsageError (“bad_calendar”) naming the entry that cannot be read.
    """
    found: dict[date, SpecialDay] = {}
    for number, entry in enumerate(entries, 1):
        try:
            day = date.fromisoformat(entry["day"])
            special = SpecialDay(day, bool(entry["workday"]), str(entry.get("name", "")))
        except (KeyError, TypeError, ValueError) as problem:
            raise UsageError(
                f"工作日历第 {number} 条无法识别。",
                "每条须有 day（如“2027-02-08”）和 workday（上班填 true，放假填 false）。",
                "bad_calendar",
            ) from problem
        found[day] = special
    return found


@cache
def _library_years() -> range:
    from chinese_calendar import constants

    years = {day.year for day in constants.holidays}
    return range(min(years), max(years) + 1)


def known(year: int) -> bool:
    """Whether holidays and 调休 of the year are in the calendar; otherwise only weekends are free."""
    return year in _library_years()


def is_workday(day: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether people work on that day."""
    return why_not(day, overrides) is None


@cache
def _library_reason(day: date) -> str | None:
    import chinese_calendar

    off, name = chinese_calendar.get_holiday_detail(day)
    if not off:
        return None
    if not name:
        return "周末"
    chinese: str = chinese_calendar.Holiday(name).chinese
    return f"{chinese}节" if chinese in ("清明", "端午", "中秋") else chinese


def why_not(day: date, overrides: Overrides = NO_OVERRIDES) -> str | None:
    """Why that day is free (“劳动节”, “周末”), None for a working day (VIS-010)."""
    special = overrides.get(day)
    if special is not None:
        return None if special.workday else special.name or "放假"
    if known(day.year):
        return _library_reason(day)
    return "周末" if day.weekday() >= 5 else None


def _workdays_from(day: date, step: timedelta, overrides: Overrides) -> Iterator[date]:
    while True:
        if is_workday(day, overrides):
            yield day
        day += step


def add_workdays(day: date, count: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The working day so many working days after `day` (negative: before); `day` itself does not count.

    With 0, the first working day on or after it.
    """
    if count == 0:
        return next(_workdays_from(day, ONE_DAY, overrides))
    step = ONE_DAY if count > 0 else -ONE_DAY
    ahead = _workdays_from(day + step, step, overrides)
    for _ in range(abs(count) - 1):
        next(ahead)
    return next(ahead)


def workdays_between(first: date, last: date, overrides: Overrides = NO_OVERRIDES) -> int:
    """How many working days come after `first`, up to and including `last`; negative when `last` is earlier.

    So `workdays_between(d, add_workdays(d, n)) == n`, and a deadline today is 0 away.
    """
    if last < first:
        return -workdays_between(last, first, overrides)
    days = (first + ONE_DAY * n for n in range(1, (last - first).days + 1))
    return sum(is_workday(day, overrides) for day in days)


@dataclass(frozen=True, slots=True)
class DueRule:
    """When a month is due: the day, how many months later, and where it moves when it is a free day."""

    day: int = 25
    months_later: int = 0
    move: Literal["back", "forward", "stay"] = "back"


def due_date(period: Period, rule: DueRule, overrides: Overrides = NO_OVERRIDES) -> date:
    """The deadline of a month. A day the month does not have becomes its last day."""
    month = period.shift(rule.months_later)
    day = min(month.first_day + ONE_DAY * (rule.day - 1), month.last_day)
    if rule.move == "stay":
        return day
    step = ONE_DAY if rule.move == "forward" else -ONE_DAY
    return next(_workdays_from(day, step, overrides))
