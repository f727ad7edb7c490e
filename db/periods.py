"""A month as people hand it in: “2024-05”. Spelling, neighbours, first and last day. No working days here."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

from db.errors import UsageError

_CANONICAL = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月份?",
        r"(?P<y>\d{4})(?P<m>\d{2})",
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]",
    )
)
_DASHES = str.maketrans("—–−‐‑‒―。", "-------.")


class Period(str):
    """One month. It is its own text “YYYY-MM”: it sorts, compares, stores and serialises as that text."""

    __slots__ = ()

    def __new__(cls, text: str) -> Period:
        if not _CANONICAL.fullmatch(text) or text[:4] < "1900":
            raise UsageError(
                f"“{text}”不是有效的填报期。", "请按“2024-05”的格式填写年份和月份。", "bad_period"
            )
        return super().__new__(cls, text)

    @classmethod
    def of(cls, year: int, month: int) -> Period:
        return cls(f"{year:04d}-{month:02d}")

    @classmethod
    def of_date(cls, day: date) -> Period:
        """The month a day lies in."""
        return cls.of(day.year, day.month)

    @classmethod
    def parse(cls, raw: object) -> Period:
        """A month from the spellings people use, or a date; UsageError (“bad_period”) where it is neither.

        Understands 2024-05, 2024-5, 2024/5, 2024.5, 2024年5月, 2024 年 5 月份, 202405, full-width digits,
        and whole dates, which mean their month.
        """
        if isinstance(raw, Period):
            return raw
        if isinstance(raw, (date, datetime)):
            return cls.of(raw.year, raw.month)
        text = unicodedata.normalize("NFKC", str(raw)).translate(_DASHES).strip()
        compact = re.sub(r"\s*([-/.年月])\s*", r"\1", text)
        for spelling in _SPELLINGS:
            found = spelling.fullmatch(compact)
            if found and 1 <= int(found["m"]) <= 12:
                year, month = int(found["y"]), int(found["m"])
                day = int(found.groupdict().get("d") or 1)
                if 1 <= day <= calendar.monthrange(max(year, 1), month)[1]:
                    return cls.of(year, month)
        raise UsageError(f"“{raw}”不是有效的填报期。", "请按“2024-05”的格式填写年份和月份。", "bad_period")

    @property
    def year(self) -> int:
        return int(self[:4])

    @property
    def month(self) -> int:
        return int(self[5:])

    @property
    def quarter(self) -> int:
        """1 to 4."""
        return (self.month + 2) // 3

    @property
    def is_quarter_end(self) -> bool:
        return self.month % 3 == 0

    def shift(self, months: int) -> Period:
        """The month so many months later (negative: earlier)."""
        index = self.year * 12 + self.month - 1 + months
        return Period.of(index // 12, index % 12 + 1)

    @property
    def next(self) -> Period:
        return self.shift(1)

    @property
    def prev(self) -> Period:
        return self.shift(-1)

    @property
    def last_year(self) -> Period:
        """The same month of the year before (for 同比)."""
        return self.shift(-12)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def contains(self, day: date) -> bool:
        """Whether a day lies in this month."""
        return (day.year, day.month) == (self.year, self.month)

    def year_to_date(self) -> tuple[Period, ...]:
        """January up to and including this month."""
        return tuple(Period.of(self.year, month) for month in range(1, self.month + 1))

    def display(self) -> str:
        """As it is written in titles: “2024 年 5 月”."""
        return f"{self.year} 年 {self.month} 月"

    def display_quarter(self) -> str:
        """As a quarterly bulletin names it: “2024 年第二季度”."""
        return f"{self.year} 年第{'一二三四'[self.quarter - 1]}季度"


def months_between(first: Period, last: Period) -> Iterator[Period]:
    """Every month from `first` to `last`, both included; nothing when `last` comes before."""
    at = first
    while at <= last:
        yield at
        at = at.next


def quarter_end(year: int, quarter: int) -> Period:
    """The last month of a quarter (1 to 4), on which a quarterly bulletin is based."""
    return Period.of(year, quarter * 3)
