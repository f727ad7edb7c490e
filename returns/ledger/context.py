"""What the lines around a table say for all its rows: office, month, unit of money, who filled it in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db.dates import with_figures
from db.periods import Period
from db.text import clean, fold
from db.values import Lookup, office_named

_OFFICE = re.compile(
    r"(?:(?:填报|报送|上报|填表|编制|制表|报表)(?:单位|部门|街道|机构)|单位名称|所属街道|街道名称|街道)\s*"
    r"(?:[(（][^)）]*[)）])?\s*[:：]\s*([^\s:：]+)"
)
_STAMP = re.compile(r"[(（](?:盖章|公章|签章|章)[)）]?$")
_MONEY = re.compile(r"单位[:：](?:人民币)?[(]?(亿元|百万元|万元|千元|百元|元)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[年.\-/](\d{1,2})(?:月|(?![\d.\-/~至到]))(?![-~至到]\d)")
_MONTH_ALONE = re.compile(r"(?<![\d\-~至到.])(\d{1,2})月份?(?!\d)(?![-~至到])")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?:年|(?!\d))")
_FILLER = re.compile(
    r"(?:填表|填报|制表|经办)人[:：]\s*([^\s:：]{2,20}?)(?=\s|$|联系|电话|审核|复核|单位|部门|负责|填|制|日期)"
)


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
    """The context from the lines above the header, the lines that are no rows, the sheet's and the file's name.

    The month may be put together: the year in one of these places, the month in another (sheet “5月” of “2024年走访”).
    """
    lines = [" ".join(clean(str(cell)).text for cell in row if cell is not None) for row in above]
    text = "\n".join(line for line in lines if line)
    office = _STAMP.sub("", _first(_OFFICE, text))
    places = [with_figures(each) for each in (text, sheet, file)]
    months = next((month for each in places if (month := _month(each)) is not None), None)
    year = months.year if months else next((y for each in places if (y := _year(each)) is not None), None)
    if months is None and year is not None:
        alone = next((named for each in places if (named := _month_alone(each)) is not None), None)
        months = Period.of(year, alone) if alone else None
    return Context(
        title=next((line for line in lines if line), ""),
        office=office,
        unit_code=office_named(lookup, office) if office else None,
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


def _month_alone(text: str) -> int | None:
    """The one month that is named without its year; 0 where several are, None where none is."""
    found = {int(each[1]) for each in _MONTH_ALONE.finditer(fold(text)) if 1 <= int(each[1]) <= 12}
    spans = re.search(r"\d月?[-~至到]\d{1,2}月", fold(text))
    return None if not found else found.pop() if len(found) == 1 and spans is None else 0


def _year(text: str) -> int | None:
    found = {int(each[1]) for each in _YEAR.finditer(fold(text))}
    return found.pop() if len(found) == 1 else None
