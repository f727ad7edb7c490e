"""What the lines around a table say for all its rows: office, month, unit of money, who filled it in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db.periods import Period
from db.text import clean, fold
from db.values import Lookup

_OFFICE = re.compile(r"(?:填报|报送|上报|填表|编制)(?:单位|部门)(?:\([^)]*\))?[:：]\s*([^\s:：]+)")
_MONEY = re.compile(r"单位[:：](亿元|百万元|万元|千元|百元|元)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[年.\-/](\d{1,2})(?:月|(?![\d.\-/]))")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?:年|(?!\d))")
_FILLER = re.compile(r"(?:填表|填报|制表)人[:：]\s*([^\s:：]{2,20}?)(?=\s|$|联系|电话|审核|负责|填|日期)")


@dataclass(frozen=True, slots=True)
class Context:
    """Empty where nothing is said. `office` is the text, `unit_code` the unit it means if that is known."""

    title: str = ""
    office: str = ""
    unit_code: str | None = None
    period: Period | None = None
    year: int | None = None
    money: str = ""
    filler: str = ""


def read(
    above: Sequence[Sequence[Any]], below: Iterable[str], sheet: str, file: str, lookup: Lookup
) -> Context:
    """The context from the lines above the header, the lines that are no rows, the sheet's and the file's name."""
    lines = [" ".join(clean(str(cell)).text for cell in row if cell is not None) for row in above]
    text = "\n".join(line for line in lines if line)
    office = _first(_OFFICE, text)
    months = _month(text) or _month(sheet) or _month(file)
    year = months.year if months else _year(text) or _year(sheet) or _year(file)
    return Context(
        title=next((line for line in lines if line), ""),
        office=office,
        unit_code=lookup.find("unit", office) if office else None,
        period=months,
        year=year,
        money=_first(_MONEY, fold(text)),
        filler=next((name for line in below if (name := _first(_FILLER, line))), ""),
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _month(text: str) -> Period | None:
    """The one month a text names; None where it names none, or several."""
    found = {(int(each[1]), int(each[2])) for each in _MONTH.finditer(fold(text)) if 1 <= int(each[2]) <= 12}
    return Period.of(*found.pop()) if len(found) == 1 else None


def _year(text: str) -> int | None:
    found = {int(each[1]) for each in _YEAR.finditer(fold(text))}
    return found.pop() if len(found) == 1 else None
