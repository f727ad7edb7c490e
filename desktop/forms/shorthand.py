"""Dates and months as clerks type them: 5-8, 0508, 8, 今天, 上月. The year comes from the month in work."""

from __future__ import annotations

import re
from datetime import date, timedelta

from db.periods import Period
from db.text import fold

WEEKDAYS = "一二三四五六日"
_DAYS = {"今天": 0, "jt": 0, "昨天": -1, "zt": -1, "前天": -2, "qt": -2, "明天": 1, "mt": 1}
_MONTHS = {"本月": 0, "by": 0, "上月": -1, "上个月": -1, "sy": -1, "下月": 1, "xy": 1}
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月,，、 ](\d{1,2})[日号]?")
_CLOSE = re.compile(r"(\d{2})(\d{2})")
_DAY_ONLY = re.compile(r"(\d{1,2})[日号]?")


def weekday(day: date) -> str:
    """“周三”."""
    return f"周{WEEKDAYS[day.weekday()]}"


def full_date(typed: str, period: str, today: date) -> str:
    """What was typed with year (and month) put before it where they were left out; as it was otherwise.

    `period` ("2024-05") is the month in work. A month and day take its year.
    """
    text = fold(typed).lower()
    if text in _DAYS:
        return (today + timedelta(days=_DAYS[text])).isoformat()
    year, month = (int(part) for part in period.split("-"))
    found = _MONTH_DAY.fullmatch(text.replace("。", ".")) or _CLOSE.fullmatch(text)
    if found:
        return f"{year}-{int(found[1]):02d}-{int(found[2]):02d}"
    found = _DAY_ONLY.fullmatch(text)
    if found and 1 <= int(found[1]) <= 31:
        return f"{year}-{month:02d}-{int(found[1]):02d}"
    return typed


def full_period(typed: str, period: str, today: date) -> str:
    """A month with its year put before it: “5”, “5月”, 本月, 上月."""
    text = fold(typed).lower()
    if text in _MONTHS:
        return str(Period.of_date(today).shift(_MONTHS[text]))
    found = re.fullmatch(r"(\d{1,2})月?份?", text)
    if found and 1 <= int(found[1]) <= 12:
        return f"{period[:4]}-{int(found[1]):02d}"
    return typed
