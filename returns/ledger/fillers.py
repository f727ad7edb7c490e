"""Lines of a sheet that are no rows of its table: totals, counts, signatures, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from db.text import clean, fold

_TOTAL = re.compile(
    r"(?:本页|本月|全年|本表)?(?:合计|小计|总计|共计|累计|总和|平均)(?:数|值)?[:：]?(?:\(.*\))?[\d.,]*[家户条个次项]?"
)
_COUNT_LINE = re.compile(r"(?:合计|总计)?[:：]?共(?:计)?[:：]?\d+[家户条个次项企].*")
_SIGNATURE = re.compile(
    r"(?:单位|部门)?(?:主要|分管|主管)?(?:填表|填报|制表|审核|复核|统计|经办|负责|签字|签发|领导|单位|部门)"
    r"(?:人员|人|领导|日期|时间|单位|部门|盖章|签字)?(?:\((?:签字|签章|盖章|公章)\))?[:：].*"
)
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明)\d*[:：.、].*|注\d.*|报送(?:日期|时间|单位)[:：].*|联系电话[:：].*"
)


def line_of(cells: Sequence[Any]) -> str:
    """A row as one text; empty when nothing is in it."""
    return " ".join(text for cell in cells if cell is not None and (text := clean(str(cell)).text))


def is_filler(cells: Sequence[Any]) -> bool:
    """Totals, subtotals, counts, signatures and notes: lines of the sheet that are no rows of the table."""
    texts = [fold(str(cell)) for cell in cells if cell is not None]
    if not texts:
        return True
    first = texts[0]
    if len(texts) > 1 and re.fullmatch(r"\d+(?:\.0)?", first):
        first = texts[1]  # a total that kept its number
    return bool(
        _TOTAL.fullmatch(first)
        or _COUNT_LINE.fullmatch(first)
        or _SIGNATURE.fullmatch(first)
        or _NOTE.fullmatch(first)
    )
