"""Working days: weekends, public holidays and 调休, with the district's own corrections passed in as data.

Holidays come from the `chinesecalendar` library and the notices shipped in resources/calendar; years neither knows
fall back to weekends alone, and `known` says so. The text of a notice is read in holiday_notice.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import resources
from db.errors import UsageError
from db.holiday_notice import Notice, SpecialDay, read_notice
from db.periods import Period

ONE_DAY = timedelta(days=1)


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
            special = SpecialDay(
                day, bool(entry["workday"]), str(entry.get("name", "")), str(entry.get("source") or "")
            )
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


@cache
def shipped(year: int) -> Notice | None:
    """The notice of that year as the program ships it, or None."""
    file = resources.path(f"calendar/notices/{year}.txt")
    return read_notice(file.read_text(encoding="utf-8"), year) if file.is_file() else None


@cache
def _shipped_days(year: int) -> Mapping[date, SpecialDay]:
    # The first days of a year may stand in the notice of the next (元旦 with the days before it).
    notices = [notice for each in (year, year + 1) if (notice := shipped(each)) is not None]
    return {each.day: each for notice in notices for each in notice.days if each.day.year == year}


def known(year: int) -> bool:
    """Whether holidays and 调休 of the year are in the calendar; otherwise only weekends are free."""
    return year in _library_years() or shipped(year) is not None


def source(year: int) -> str:
    """Where the year's holidays come from, in words; "" for a year of which only weekends are known."""
    notice = shipped(year)
    if notice is not None:
        return notice.title
    return "程序内置的节假日表" if year in _library_years() else ""


def defaults(year: int) -> dict[date, SpecialDay]:
    """The days of a year that differ from the week, before the office's own corrections."""
    if shipped(year) is not None:
        return dict(_shipped_days(year))
    first = date(year, 1, 1)
    days = (first + ONE_DAY * n for n in range((date(year, 12, 31) - first).days + 1))
    found = {}
    for day in days:
        why = why_not(day)
        if (why is None) is (day.weekday() >= 5) or why not in (None, "周末"):
            found[day] = SpecialDay(day, why is None, why or "调休上班")
    return found


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
    if day.year in _library_years():
        return _library_reason(day)
    told = _shipped_days(day.year).get(day)
    if told is not None:
        return None if told.workday else told.name
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
