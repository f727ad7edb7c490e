"""The months and days of a quarter, and which of its months the indicators are told of. No figures."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cadence, settings
from db.errors import UsageError
from db.indicator_lines import indicator_lines
from db.models import IndicatorValue
from db.periods import Period, quarter_end


def months_of(end: Period) -> tuple[Period, ...]:
    """The three months of the quarter that ends with this one."""
    return end.shift(-2), end.shift(-1), end


def indicator_month(session: Session, end: Period) -> Period:
    """The month whose indicators stand for the quarter: the newest that has values, once it is due or all units gave theirs.

    Before that the first early returns would make the other indicators read 未报: the month before it stands. Where no
    month has a value, the last one (a quarter that nobody reported).
    """
    months = months_of(end)
    table = IndicatorValue.__table__.c
    there = set(
        session.scalars(
            select(table.period)
            .where(
                table.period.in_([str(each) for each in months]),
                table.value.is_not(None),
                table.deleted_at.is_(None),
            )
            .distinct()
        )
    )
    reported = [month for month in months if str(month) in there]
    if not reported:
        return end
    today = settings.today(session)
    for month in reversed(reported):
        if today > cadence.month_cycle(session, str(month)).due_on:
            return month
        lines = indicator_lines(session, month)
        if all(line.from_register or line.units_reported == line.units_expected for line in lines):
            return month
    return reported[-1]


def parse_quarter(text: str) -> Period:
    """“2024Q2”, “2024年第二季度”, “2024-06” as the quarter's last month. UsageError (“bad_quarter”) for anything else."""
    raw = text.strip().upper().replace(" ", "").replace("-Q", "Q")
    for word, number in zip("一二三四", "1234", strict=True):
        raw = raw.replace(f"年第{word}季度", f"Q{number}").replace(f"年{word}季度", f"Q{number}")
    year, mark, number = raw.partition("Q")
    if mark and year.isascii() and year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4"):
        return quarter_end(int(year), int(number))
    if not mark:
        try:
            month = Period.parse(text)
        except UsageError:
            pass
        else:
            return quarter_end(month.year, month.quarter)
    raise UsageError(f"“{text}”不是有效的季度。", "请按“2024Q2”的格式填写年份和季度。", "bad_quarter")


def days_of(end: Period) -> tuple[date, date]:
    """First and last day of the quarter."""
    return end.shift(-2).first_day, end.last_day
