"""What the cells of a column say about it: credit codes are known without a header, phone numbers are no names of firms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from db.codes import USCC_ALPHABET, normalise_phone, phone_kind
from db.text import fold, is_blank, parse_date

_CODE = re.compile(f"[{USCC_ALPHABET}]{{18}}")
_FIRM = re.compile(
    r"(?:公司|中心|厂|店|商行|经营部|门市部|事务所|合作社|工作室|企业|集团|馆|分行|支行|营业厅|服务部|\((?:有限合伙|普通合伙|个人独资|个体工商户)\))(?:\([^)]*\))?$"
)
_LEAST, _ENOUGH = 3, 20  # cells that must be there before they count as evidence, and that are looked at
_LONGEST = 60
_MOST_OF = 0.8


def kind_of(cells: Sequence[Any]) -> str:
    """What most of these cells are: code, firm, phone, day, number; "" where they are too few or too mixed."""
    kinds = [kind for cell in cells[:_ENOUGH] if (kind := _kind(cell)) is not None]
    if len(kinds) < _LEAST:
        return ""
    most, times = Counter(kinds).most_common(1)[0]
    return most if times >= _MOST_OF * len(kinds) else ""


def _kind(cell: Any) -> str | None:
    """What one cell is; "" for anything else, None for a blank."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return _kind_of_text(cell)
    if isinstance(cell, date):
        return "day"
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return ""
    whole = isinstance(cell, int) or (cell.is_integer() and abs(cell) < 1e12)
    return "phone" if whole and phone_kind(str(int(cell))) == "mobile" else "number"


@lru_cache(maxsize=4096)
def _kind_of_text(text: str) -> str | None:
    if len(text) > _LONGEST:
        return ""
    if is_blank(text):
        return None
    folded = fold(text)
    if len(folded) == 18 and _CODE.fullmatch(folded.upper()):
        return "code"
    if len(folded) > 4 and _FIRM.search(folded):
        return "firm"
    digits = sum(map(str.isdigit, folded))
    if digits >= 7:
        phone = normalise_phone(text)
        if phone_kind(phone) == "mobile" or (phone_kind(phone) == "landline" and "-" in phone):
            return "phone"
    if digits >= 6 and parse_date(text).value is not None:
        return "day"
    return ""


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
