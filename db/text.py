"""Reading what people type: numbers, yes and no, names that mean the same firm; days and months are in dates.py.

Every parser returns a `Parsed`: the value, or the reason in words why it was not understood.
A blank cell, and a cell that says “无” or “—”, is a value of None without a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from db.cleaning import (
    BLANK_WORDS,
    FLOAT_DIGITS,
    INVISIBLE,
    STROKES,
    Cleaned,
    Parsed,
    clean,
    fold,
    is_blank,
    is_ditto,
    unwrapped,
)
from db.dates import parse_date, parse_period

__all__ = [
    "BLANK_WORDS", "Cleaned", "Parsed", "clean", "firm_name", "fold", "is_blank", "is_ditto", "name_core", "parse_bool", "parse_date",
    "parse_decimal", "parse_int", "parse_period", "plain", "same_name", "scale_between", "similarity", "ticked",
    "unwrapped",
]  # fmt: skip

# ---------------------------------------------------------------- numbers

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_VAGUE = re.compile(r"[约近超余多几来左右上下以内不足至少大概估]|\d\+$")
_SCALES = {"": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
_COUNTERS = frozenset("家个名次件人间条处户项部套份宗笔项座所台")
_AREAS = {"平方米": "平方米", "平米": "平方米", "m2": "平方米", "平方": "平方米"}
_BASES = ("元", "平方米", "平米", "平方", "m2", "%", "百分点", "月", "天", "工作日", *sorted(_COUNTERS))
_MOST_DIGITS = 24
_UP_TO = r"\d[万亿千百元家人个%]*[-~至到]\d"  # from one number to another


def parse_decimal(raw: object, unit: str = "") -> Parsed[Decimal]:
    """A number exactly as meant. `unit` is the field's unit; a unit in the cell is converted to it.

    “1,200.5万元” for a 万元 field is 1200.5; “0.35亿” is 3500. Full-width digits are fine.
    Vague or ambiguous entries (约500, 1/2, 3—5, 1,23, (500)) are refused with a reason.
    """
    if raw is None:
        return Parsed()
    if isinstance(raw, (bool, date, datetime)):
        return Parsed(reason="这里应当是数字")
    if isinstance(raw, (int, Decimal)):
        number = Decimal(raw)
        return Parsed(number) if number.is_finite() else Parsed(reason="这里应当是数字")
    if isinstance(raw, float):
        number = Decimal(format(raw, FLOAT_DIGITS))
        return Parsed(plain(number)) if number.is_finite() else Parsed(reason="这里应当是数字")
    if is_blank(str(raw)):
        return Parsed()
    spaced = unicodedata.normalize("NFKC", INVISIBLE.sub("", unwrapped(str(raw)))).translate(STROKES).strip()
    if spaced in BLANK_WORDS:
        return Parsed()
    if re.search(r"\d\s+\d", spaced) and not re.match(r"[+-]?\d{1,3}(\s\d{3})+(?!\d)", spaced):
        return Parsed(reason="数字中间有空格，看不出是一个数还是几个数")
    text = re.sub(r"\s+", "", spaced)
    text = re.sub(r"^(?:人民币)?(?:RMB|CNY|¥)?", "", text).removesuffix("整").replace("圆", "元")
    text = re.sub(r"(?<=\d)\((\D+)\)$", r"\1", text)  # 500（万元）
    found = _NUMBER.match(text)
    if found is None or found.end() == 0:
        return Parsed(reason=_why_no_number(text))
    rest = text[found.end() :]
    if rest[:1] in (",", ".") or rest[:1].isdigit():
        return Parsed(reason="千分位逗号或小数点的位置不对")
    factor = _factor(rest, unit)
    if isinstance(factor, str):
        return Parsed(reason=_why_no_number(text) if _is_inexact(text) else factor)
    if sum(map(str.isdigit, found[0])) > _MOST_DIGITS:
        return Parsed(reason="数字位数太多")
    return Parsed(plain(Decimal(found[0].replace(",", "")).scaleb(factor)))


def parse_int(raw: object, unit: str = "") -> Parsed[int]:
    """A whole number (家、个、次、名), by the rules of `parse_decimal`."""
    found = parse_decimal(raw, unit)
    if found.value is None:
        return Parsed(reason=found.reason)
    if found.value != found.value.to_integral_value():
        return Parsed(reason="这里应当是整数")
    return Parsed(int(found.value))


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent or a sign before zero: 3.5E+3 becomes 3500."""
    if number != number.to_integral_value():
        return number
    return number.quantize(Decimal(1)) + 0 if number.adjusted() < 27 else number


def _is_inexact(text: str) -> bool:
    return bool(_VAGUE.search(text) or re.search(rf"{_UP_TO}|\d/\d|[eE][+-]?\d", text))


def _why_no_number(text: str) -> str:
    if re.fullmatch(r"\(.+\)", text):
        return "带括号的数可能是负数，也可能是注释，请写成 -500 这样"
    if re.search(r"\d[eE][+-]?\d", text):
        return "科学计数法可能已丢失位数，请写完整的数字"
    if re.search(r"\d/\d", text):
        return "看不出是分数还是两个数，请写成小数"
    if re.search(_UP_TO, text):
        return "这里是一个范围，请填一个确定的数"
    if _VAGUE.search(text) and re.search(r"[\d几一二三四五六七八九十百千万两]", text):
        return "不是确切的数，请填一个确定的数"
    if re.search(r"[一二三四五六七八九十百千万两]", text) and not re.search(r"\d", text):
        return "请用阿拉伯数字填写"
    return "这里应当是数字"


def _split_unit(text: str) -> tuple[int, str] | None:
    """A unit as (power of ten, base unit); None when it is not one we know."""
    for base in ("", *_BASES):
        if text.endswith(base) and text[: len(text) - len(base)] in _SCALES:
            return _SCALES[text[: len(text) - len(base)]], _AREAS.get(base, base)
    return None


def scale_between(written: str, unit: str) -> int | None:
    """The power of ten that turns a bare number in one unit into another; None where they do not go together."""
    factor = _factor(written, unit)
    return factor if isinstance(factor, int) else None


def _factor(written: str, unit: str) -> int | str:
    """The power of ten that turns a number in the written unit into the field's, or why there is none."""
    written, unit = written.removesuffix("/年"), unit.removesuffix("/年")
    if not written or written == unit:
        return 0
    here, there = _split_unit(written), _split_unit(unit)
    if here is None:
        return f"不认识的单位“{written}”" if not _is_inexact(written) else _why_no_number(written)
    if there is None or not unit:
        return f"这一栏没有单位，看不懂“{written}”"
    (scale, base), (field_scale, field_base) = here, there
    same = base == field_base or (base in _COUNTERS and field_base in _COUNTERS)
    if base == "":
        # “3500万” can only mean 万元; “5千” in a 万元 column may mean thousands of yuan or of 万元.
        if scale < 4:
            return f"“{written}”的单位不清楚，请写成“{unit}”"
        same = field_base == "元" or field_base in _COUNTERS or field_base == "平方米"
    if not same:
        return f"单位“{written}”与这一栏的“{unit}”不符"
    return scale - field_scale


# ---------------------------------------------------------------- yes and no

_YES = frozenset(
    {
        "是", "是的", "有", "已", "√", "✓", "✔", "✅", "☑", "🗹", "■", "●", "对", "对的", "Y", "YES", "T", "TRUE",
        "1", "1.0", "V", "已上云", "已上", "已完成", "已开展", "规上",
    }
)  # fmt: skip
_NO = frozenset(
    {
        "否", "不是", "无", "没有", "未", "×", "✗", "✘", "✕", "✖", "❌", "X", "☒", "□", "☐", "○", "不", "非", "错",
        "N", "NO", "F", "FALSE", "0", "0.0", "未上云", "未上", "未完成", "未开展", "规下", "非规上",
    }
)  # fmt: skip
# A form printed with its answers and one of them ticked: “☑是 □否”.
_TICK = "√✓✔✅☑🗹■●☒"
_TICKED = re.compile(rf"([{_TICK}□☐○])\s*([^{_TICK}□☐○\s]+)")
_TICKED_BEHIND = re.compile(rf"([^{_TICK}□☐○\s]+?)\s*([{_TICK}□☐○])")


def ticked(raw: str) -> list[str] | None:
    """What is ticked where all answers stand in one cell (“□未上云 ☑已上云”, “是√ 否□”); None for other texts.

    Nothing ticked is an empty list.
    """
    if len(raw) > 200 or not (any(mark in raw for mark in "□☐○") or sum(char in _TICK for char in raw) > 1):
        return None  # a lone √ is an answer of its own
    text = re.sub(r"\s+", " ", INVISIBLE.sub("", raw)).strip().replace("\ufe0f", "")
    form, word_at = (_TICKED, 1) if text[:1] in "□☐○" + _TICK else (_TICKED_BEHIND, 0)
    pairs = form.findall(text)
    if not pairs or form.sub("", text).strip(" 、,，;；/"):
        return None
    return [
        word for pair in pairs if pair[1 - word_at] in _TICK and (word := pair[word_at].strip("、,，;；/"))
    ]


def parse_bool(raw: object) -> Parsed[bool]:
    """是/否 in its spellings: 有/无, √/×, Y/N, 1/0. Here “无” is an answer, not a blank."""
    if isinstance(raw, bool):
        return Parsed(raw)
    if raw is None:
        return Parsed()
    text = (
        fold(format(raw, FLOAT_DIGITS) if isinstance(raw, float) else str(raw)).upper().replace("\ufe0f", "")
    )
    if text in _YES:
        return Parsed(True)
    if text in _NO:
        return Parsed(False)
    if is_blank(text):
        return Parsed()
    if (words := ticked(str(raw))) is not None:
        if not words:
            return Parsed()
        answers = {word in _YES for word in words if word in _YES or word in _NO}
        if len(words) == 1 and len(answers) == 1:
            return Parsed(answers.pop())
        return Parsed(reason="看不出勾的是“是”还是“否”")
    return Parsed(reason="请填“是”或“否”")


# ---------------------------------------------------------------- sameness

_STAMPED = re.compile(r"[(（](?:单位)?(?:盖章|公章|签章|盖公章|加盖公章|签字|章)[)）]$")


def firm_name(raw: str) -> str | None:
    """The name of a firm as written, without stray blanks and “（盖章）”; None for a word that means nothing."""
    name = clean(unwrapped(raw)).text
    name = _STAMPED.sub("", name).strip()
    return None if is_blank(name) else name


_LEGAL_FORM = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|\((?:有限合伙|普通合伙|个人独资)\))$"
)
_BRACKETS = str.maketrans("[]【】〔〕", "()()()")


def similarity(a: str, b: str) -> Decimal:
    """How alike two texts are, 0 to 100 percent, blanks and punctuation aside (VIS-009, ISS-010)."""
    from rapidfuzz import fuzz

    left, right = _letters(a), _letters(b)
    if not left and not right:
        return Decimal(100)
    return Decimal(str(round(fuzz.ratio(left, right), 2)))


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def same_name(name: str) -> str:
    """A name for exact comparison: blanks and full/half width aside (ENT-006)."""
    return fold(name).translate(_BRACKETS).upper()


def name_core(name: str, places: Iterable[str] = ()) -> str:
    """What is left of a firm's name for finding duplicates: no place in front or in brackets, no legal form.

    With the places 江西 and 南昌, “江西梦驰网络科技股份有限公司” and “梦驰网络科技（江西）有限公司” both give
    “梦驰网络科技”. A branch keeps its ending, being another unit than its firm. Empty only if the name is.
    """
    whole = core = same_name(name)
    longest_first = _longest_first(tuple(places))
    if "(" in core:
        for place in longest_first:
            core = core.replace(f"({place})", "")
    core = _LEGAL_FORM.sub("", core)
    while core.startswith(longest_first):
        for place in longest_first:
            core = core.removeprefix(place)
    return core or whole


@lru_cache(maxsize=8)
def _longest_first(places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, places), key=len, reverse=True))
