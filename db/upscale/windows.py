"""When papers for 升规 are taken: windows that come every year, set by the district; the shipped ones are an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import resources
from db.errors import UsageError
from db.models.nurture import DECLARE, SPECIALTIES
from db.workdays import NO_OVERRIDES, Overrides, workdays_between

_DAY = re.compile(r"(\d{1,2})[-月./](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Window:
    """One window of every year. `opens`, `closes`: (month, day); one that closes before it opens ends next year.

    `specialties`: only these, or all where empty.
    """

    way: str
    name: str
    opens: tuple[int, int]
    closes: tuple[int, int]
    specialties: tuple[str, ...] = ()
    note: str = ""

    def of_year(self, year: int) -> tuple[date, date]:
        """The window that opens in this year, both days included."""
        return _on(year, self.opens), _on(year + (self.closes < self.opens), self.closes)

    def as_json(self) -> dict[str, Any]:
        return {
            "way": self.way,
            "name": self.name,
            "opens": "{:02d}-{:02d}".format(*self.opens),
            "closes": "{:02d}-{:02d}".format(*self.closes),
            "specialties": list(self.specialties),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Next:
    """The window that is open now, or the next one. `workdays` are left until it closes (open) or opens (not yet)."""

    window: Window
    opens: date
    closes: date
    open_now: bool
    workdays: int

    @property
    def words(self) -> str:
        """“年度 10 月批次：10-01 开始受理，还有 88 个工作日”."""
        if self.open_now:
            left = f"还剩 {self.workdays} 个工作日" if self.workdays else "今天截止"
            return f"{self.window.name}正在受理，{self.closes} 截止，{left}"
        return f"{self.window.name}：{self.opens} 至 {self.closes}，还有 {self.workdays} 个工作日开始"


def read_windows(entries: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Windows from the editable list; UsageError (“bad_windows”) names the entry that cannot be read."""
    found = []
    for number, entry in enumerate(entries, 1):
        try:
            way, name = str(entry["way"]), str(entry["name"]).strip()
            specialties = tuple(entry.get("specialties") or ())
            if way not in DECLARE or not name or any(each not in SPECIALTIES for each in specialties):
                raise ValueError
            found.append(
                Window(
                    way,
                    name,
                    month_day(entry["opens"]),
                    month_day(entry["closes"]),
                    specialties,
                    str(entry.get("note") or ""),
                )
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise UsageError(
                f"第 {number} 个申报窗口无法识别。",
                "请写明名称、方式（月度入库或年度入库）和起止月日，如 10-01、10-30。",
                "bad_windows",
            ) from problem
    return tuple(found)


def month_day(written: Any) -> tuple[int, int]:
    """(10, 30) from “10-30” or “10月30日”; ValueError for a day that no year has."""
    found = _DAY.fullmatch(str(written).strip())
    if found is None:
        raise ValueError(written)
    month, day = int(found[1]), int(found[2])
    date(2024, month, day)  # a leap year: 02-29 is a day
    return month, day


@cache
def shipped() -> tuple[Window, ...]:
    """The example that comes with the program."""
    return read_windows(resources.read_json("upscale/windows.json")["windows"])


@cache
def example_note() -> str:
    """What must be said wherever the example is shown."""
    return str(resources.read_json("upscale/windows.json")["note"])


def next_window(
    windows: Sequence[Window],
    way: str,
    specialty: str | None,
    today: date,
    overrides: Overrides = NO_OVERRIDES,
) -> Next | None:
    """The window of this way and specialty that is open today, else the one that opens next; None without any."""
    coming: list[tuple[date, date, Window]] = []
    for window in windows:
        if window.way != way or (window.specialties and specialty not in window.specialties):
            continue
        for year in (today.year - 1, today.year, today.year + 1):
            opens, closes = window.of_year(year)
            if closes >= today:
                coming.append((opens, closes, window))
    if not coming:
        return None
    opens, closes, window = min(coming, key=lambda each: (each[0], each[1], each[2].name))
    open_now = opens <= today
    return Next(
        window, opens, closes, open_now, workdays_between(today, closes if open_now else opens, overrides)
    )


def _on(year: int, day: tuple[int, int]) -> date:
    try:
        return date(year, *day)
    except ValueError:  # 29 February outside a leap year
        return date(year, day[0] + 1, 1) - timedelta(days=1)
