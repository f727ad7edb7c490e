"""Columns that hold a person and a telephone number together (联系人及电话), and how the two come apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from db.codes import normalise_phone, phone_kind
from db.text import clean, fold
from returns.ledger.headers import take_apart

_AND = r"(?:及其?|和|与|、|/|,|;|\\+|姓名及|姓名和|姓名、|姓名/)"
_PHONE = r"(?:联系)?(?:电话|手机|方式|手机号|手机号码|电话号码)"


@dataclass(frozen=True, slots=True)
class Pair:
    """The fields of a person and of the number under which one is found."""

    register: str
    person: str
    phone: str


_PAIRS: tuple[tuple[re.Pattern[str], Pair], ...] = (
    (
        re.compile(rf"(?:企业)?(?:联系人|联络员)(?:姓名)?{_AND}{_PHONE}"),
        Pair("enterprise", "contact", "phone"),
    ),
    (re.compile(rf"(?:责任人|经办人)(?:姓名)?{_AND}{_PHONE}"), Pair("issue", "owner", "owner_phone")),
)
_NAME = r"[\u3400-\u9fff·]{2,8}?"
_TITLE = r"(?:\((?P<title>[^()\d]{1,10})\))?"
_NUMBER = r"(?P<number>\+?\d[\d\- ]{6,18}\d)"
_CELL = re.compile(
    rf"(?P<name>{_NAME})\s*{_TITLE}[\s,，、;；:：/]*(?:电话|手机|tel)?[:：]?[\s(]*{_NUMBER}\)?"
    rf"|(?P<number2>\+?\d[\d\- ]{{6,18}}\d)[\s,，、;；:：/]*\(?(?P<name2>{_NAME})\)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def pair_named(header: str) -> Pair | None:
    """The two fields that a header names together, if it does."""
    base = take_apart(header).base or fold(header)
    return next((pair for form, pair in _PAIRS if form.fullmatch(base)), None)


def split_pair(cell: str) -> tuple[str, str] | None:
    """Name and number of “李伟 13800000000” and the like; None for more than one of either, or anything else."""
    found = _CELL.fullmatch(clean(cell.replace("（", "(").replace("）", ")")).text)
    if found is None:
        return None
    phone = normalise_phone(found["number"] or found["number2"])
    if phone_kind(phone) is None:
        return None
    return found["name"] or found["name2"], phone
