"""What the cells of a column say about it: credit codes are known without a header, phone numbers are no names of firms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from db.codes import USCC_ALPHABET, normalise_phone, phone_kind
from db.text import clean, fold, is_blank, parse_date

_CODE = re.compile(f"[{USCC_ALPHABET}]{{18}}")
_FIRM = re.compile(
    r"(?:公司|中心|厂|店|商行|经营部|门市部|事务所|合作社|工作室|企业|集团|馆|分行|支行|营业厅|服务部|\((?:有限合伙|普通合伙|个人独资|个体工商户)\))(?:\([^)]*\))?$"
)
_LEAST = 3  # cells that must be there before they count as evidence
_MOST_OF = 0.8


def kind_of(cells: Sequence[Any]) -> str:
    """What most of these cells are: code, firm, phone, day, number; "" where they are too few or too mixed."""
    filled = [cell for cell in cells if not is_blank(cell)]
    if len(filled) < _LEAST:
        return ""
    for kind, fits in _KINDS.items():
        if sum(map(fits, filled)) >= _MOST_OF * len(filled):
            return kind
    return ""


def _code(cell: Any) -> bool:
    return type(cell) is str and _CODE.fullmatch(fold(cell).upper()) is not None


def _firm(cell: Any) -> bool:
    return type(cell) is str and len(cell) > 4 and _FIRM.search(fold(cell)) is not None


def _phone(cell: Any) -> bool:
    if isinstance(cell, float) and cell.is_integer() and cell < 1e12:
        cell = str(int(cell))
    text = normalise_phone(str(cell)) if isinstance(cell, (str, int)) else ""
    return phone_kind(text) == "mobile" or (phone_kind(text) == "landline" and "-" in text)


def _day(cell: Any) -> bool:
    if isinstance(cell, date):
        return True
    return type(cell) is str and len(cell) > 5 and parse_date(clean(cell).text).value is not None


def _number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "code": _code, "firm": _firm, "phone": _phone, "day": _day, "number": _number,
}  # fmt: skip

# Fields that only one kind of content makes sense in, and what such a column surely is not.
NOT_FOR: Mapping[tuple[str, str], frozenset[str]] = {
    ("enterprise", "name"): frozenset({"code", "phone", "day", "number"}),
    ("enterprise", "uscc"): frozenset({"firm", "phone", "day"}),
    ("enterprise", "phone"): frozenset({"code", "firm", "day"}),
    ("enterprise", "contact"): frozenset({"code", "firm", "phone", "day", "number"}),
    ("enterprise", "legal_rep"): frozenset({"code", "firm", "phone", "day", "number"}),
}
DAYS_NOT_FOR = frozenset({"code", "firm", "phone"})  # of fields of the kind 日期
NUMBERS_NOT_FOR = frozenset({"code", "firm", "phone"})  # of counts and amounts
# What a column of this content is where its header says nothing: (register, field, confidence).
MEANS: Mapping[str, tuple[str, str, int]] = {
    "code": ("enterprise", "uscc", 75),
    "firm": ("enterprise", "name", 70),
    "phone": ("enterprise", "phone", 60),
}
