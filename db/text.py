"""Reading what people type: cleaning, numbers, dates, yes and no, names that mean the same firm.

Every parser returns a `Parsed`: the value, or the reason in words why it was not understood.
A blank cell, and a cell that says “无” or “—”, is a value of None without a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from db.errors import UsageError
from db.periods import Period

T = TypeVar("T")

BLANK_WORDS = frozenset(
    {"", "无", "暂无", "没有", "空", "/", "\\", "-", "--", "—", "——", "－", "／", "N/A", "n/a", "NULL"}
)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """`value` when understood (None for a blank); otherwise `reason` says in Chinese why not."""

    value: T | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned text, and how many places were cleaned (GEN-006)."""

    text: str
    count: int


# Zero-width and direction marks, soft hyphens, byte-order marks, control characters (white space aside).
_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_SPACE_RUN = re.compile(r"\s+")


def clean(text: str, *, lines: bool = False) -> Cleaned:
    """Text without stray blanks: edges, invisible characters, full-width and odd spaces, line breaks.

    Characters stay as typed (a name keeps its full-width brackets). Single half-width blanks inside stay;
    `lines` keeps line breaks too (long texts).
    """
    visible, count = _INVISIBLE.subn("", text)
    if lines:
        parts = visible.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        cleaned = [_one_line(part) for part in parts]
        count += sum(each.count for each in cleaned)
        joined = "\n".join(each.text for each in cleaned)
        stripped = joined.strip("\n")
        return Cleaned(stripped, count + (stripped != joined))
    one = _one_line(visible)
    return Cleaned(one.text, count + one.count)


def _one_line(text: str) -> Cleaned:
    stripped = text.strip()
    count = int(stripped != text)

    def narrow(run: re.Match[str]) -> str:
        nonlocal count
        if not run[0].strip(" "):
            return run[0]
        count += 1
        around = stripped[run.start() - 1] + stripped[run.end()]
        return " " if around.isascii() else ""

    return Cleaned(_SPACE_RUN.sub(narrow, stripped), count)


def fold(text: str) -> str:
    """For codes and numbers: half-width, no blanks, no invisible characters."""
    return _SPACE_RUN.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def is_blank(raw: object) -> bool:
    """Nothing there, or only a word or stroke that says so (无, ／, —, 暂无)."""
    if raw is None:
        return True
    return isinstance(raw, str) and clean(raw, lines=True).text in BLANK_WORDS


# ---------------------------------------------------------------- numbers

_STROKES = str.maketrans("—–−‐‑‒―", "-------")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_VAGUE = re.compile(r"[约近超余多几来左右上下以内不足至少大概估]|\d\+$")
_SCALES = {"": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
_COUNTERS = frozenset("家个名次件人间条处户项部套份宗笔项座所台")
_AREAS = {"平方米": "平方米", "平米": "平方米", "m2": "平方米", "平方": "平方米"}
_BASES = ("元", "平方米", "平米", "平方", "m2", "%", "百分点", "月", "天", "工作日", *sorted(_COUNTERS))
_MOST_DIGITS = 24
_FLOAT_DIGITS = ".15g"  # what Excel keeps of a number


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
        number = Decimal(format(raw, _FLOAT_DIGITS))
        return Parsed(_plain(number)) if number.is_finite() else Parsed(reason="这里应当是数字")
    spaced = unicodedata.normalize("NFKC", _INVISIBLE.sub("", str(raw))).translate(_STROKES).strip()
    if is_blank(str(raw)) or spaced in BLANK_WORDS:
        return Parsed()
    if re.search(r"\d\s+\d", spaced) and not re.match(r"[+-]?\d{1,3}(\s\d{3})+(?!\d)", spaced):
        return Parsed(reason="数字中间有空格，看不出是一个数还是几个数")
    text = re.sub(r"\s+", "", spaced)
    text = re.sub(r"^(?:人民币|RMB|¥)", "", text)
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
    return Parsed(_plain(Decimal(found[0].replace(",", "")).scaleb(factor)))


def parse_int(raw: object, unit: str = "") -> Parsed[int]:
    """A whole number (家、个、次、名), by the rules of `parse_decimal`."""
    found = parse_decimal(raw, unit)
    if found.value is None:
        return Parsed(reason=found.reason)
    if found.value != found.value.to_integral_value():
        return Parsed(reason="这里应当是整数")
    return Parsed(int(found.value))


def _plain(number: Decimal) -> Decimal:
    """The same number without an exponent or a sign before zero: 3.5E+3 becomes 3500."""
    if number != number.to_integral_value():
        return number
    return number.quantize(Decimal(1)) + 0 if number.adjusted() < 27 else number


def _is_inexact(text: str) -> bool:
    return bool(_VAGUE.search(text) or re.search(r"\d[-/~至到]\d|[eE][+-]?\d", text))


def _why_no_number(text: str) -> str:
    if re.fullmatch(r"\(.+\)", text):
        return "带括号的数可能是负数，也可能是注释，请写成 -500 这样"
    if re.search(r"\d[eE][+-]?\d", text):
        return "科学计数法可能已丢失位数，请写完整的数字"
    if re.search(r"\d/\d", text):
        return "看不出是分数还是两个数，请写成小数"
    if re.search(r"\d[-~至到]\d", text):
        return "这里是一个范围，请填一个确定的数"
    if _VAGUE.search(text) and re.search(r"\d|几", text):
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


# ---------------------------------------------------------------- dates

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIAL_RANGE = range(18264, 73051)  # 1950 to 2099: other whole numbers are no dates
_TAIL = re.compile(  # a weekday or a time of day after the date
    r"\s*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?"
    r"|[T ]?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?)?[秒分]?)+$"
)
_DATE_FORMS = (
    re.compile(r"(\d{4})(?P<s>[-/.])(\d{1,2})(?P=s)(\d{1,2})"),
    re.compile(r"(\d{4})(?P<s>年)(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(?P<s>)(\d{2})(\d{2})"),
    re.compile(r"(\d{4})(?P<s> )(\d{1,2}) (\d{1,2})"),
)


def parse_date(raw: object) -> Parsed[date]:
    """A day from 2024-05-08, 2024/5/8, 2024.5.8, 2024年5月8日, 20240508, an Excel serial number or a date.

    Entries whose day, month or year has to be guessed (07/05/2024, 24.5.8, 5月8日) are refused.
    """
    if raw is None or is_blank(raw):
        return Parsed()
    if isinstance(raw, datetime):
        return Parsed(raw.date())
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, bool):
        return Parsed(reason="不是日期")
    if isinstance(raw, (int, float, Decimal)):
        return _number_as_date(raw)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", str(raw))).translate(_STROKES).replace("。", ".")
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r" ?([-/.年月日号]) ?", r"\1", _TAIL.sub("", text))
    for form in _DATE_FORMS:
        found = form.fullmatch(text)
        if found:
            return _day(int(found[1]), int(found[3]), int(found[4]))
    if re.fullmatch(r"\d{5}", text):
        return _number_as_date(int(text))
    return Parsed(reason=_why_no_date(text))


def _number_as_date(raw: int | float | Decimal) -> Parsed[date]:
    number = float(raw)
    whole = int(number) if abs(number) < 1e9 else 0  # also false for NaN
    if whole in _SERIAL_RANGE:
        return Parsed(_EXCEL_EPOCH + timedelta(days=whole))
    if whole == number and 10**7 <= whole < 10**8:
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    return Parsed(reason="这个数不是日期")


def _day(year: int, month: int, day: int) -> Parsed[date]:
    if not 1900 <= year <= 2199:
        return Parsed(reason="年份不对")
    try:
        return Parsed(date(year, month, day))
    except ValueError:
        return Parsed(reason=f"没有 {year} 年 {month} 月 {day} 日这一天")


def _why_no_date(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", text):
        return "看不出哪个是月、哪个是日，请按“2024-05-08”填写"
    if re.fullmatch(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", text):
        return "年份请写四位，如“2024-05-08”"
    if re.fullmatch(r"\d{1,2}(?:[-/.]|月)\d{1,2}[日号]?", text):
        return "缺少年份，请按“2024-05-08”填写"
    if re.fullmatch(r"\d{4}(?:[-/.年]?\d{1,2}月?)|\d{4}年?", text):
        return "缺少日，请按“2024-05-08”填写"
    return "不是有效日期，请按“2024-05-08”填写"


def parse_period(raw: object) -> Parsed[Period]:
    """A month: 2024-05, 2024年5月, 2024.5, 202405, or a date in it (Excel turns “2024年5月” into one)."""
    if raw is None or is_blank(raw):
        return Parsed()
    if isinstance(raw, bool):
        return Parsed(reason="不是年月")
    if isinstance(raw, (int, float, Decimal)):
        return _number_as_period(raw)
    try:
        return Parsed(Period.parse(raw))
    except UsageError:
        text = fold(str(raw)).translate(_STROKES)
    if re.search(r"\d[-至到]\d{1,2}月", text):
        return Parsed(reason="这里是一段时间，请填一个月份")
    if re.fullmatch(r"\d{1,2}月份?", text):
        return Parsed(reason="缺少年份，请按“2024-05”填写")
    if re.fullmatch(r"\d{4}年?", text):
        return Parsed(reason="缺少月份，请按“2024-05”填写")
    return Parsed(reason="不是有效的年月，请按“2024-05”填写")


def _number_as_period(raw: int | float | Decimal) -> Parsed[Period]:
    text = format(raw, _FLOAT_DIGITS)
    if text.isdigit() and int(text) in _SERIAL_RANGE:
        return Parsed(Period.of_date(_EXCEL_EPOCH + timedelta(days=int(text))))
    if re.fullmatch(r"\d{4}\.1", text):
        # A cell that holds the number 2024.1 was typed as 2024.1 or as 2024.10: nobody can tell.
        return Parsed(reason="“2024.1”可能是 1 月也可能是 10 月，请按“2024-01”填写")
    if re.fullmatch(r"\d{6}|\d{4}\.\d{1,2}", text):
        try:
            return Parsed(Period.parse(text))
        except UsageError:
            pass
    return Parsed(reason="这个数不是年月")


# ---------------------------------------------------------------- yes and no

_YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "对", "Y", "YES", "T", "TRUE", "1", "V"})
_NO = frozenset({"否", "无", "没有", "×", "✗", "✘", "✕", "X", "☒", "不", "非", "N", "NO", "F", "FALSE", "0"})


def parse_bool(raw: object) -> Parsed[bool]:
    """是/否 in its spellings: 有/无, √/×, Y/N, 1/0. Here “无” is an answer, not a blank."""
    if isinstance(raw, bool):
        return Parsed(raw)
    if raw is None:
        return Parsed()
    text = fold(format(raw, _FLOAT_DIGITS) if isinstance(raw, float) else str(raw)).upper()
    if text in _YES:
        return Parsed(True)
    if text in _NO:
        return Parsed(False)
    if text in BLANK_WORDS or text in {"-", "—"}:
        return Parsed()
    return Parsed(reason="请填“是”或“否”")


# ---------------------------------------------------------------- sameness

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
    for place in sorted(places, key=len, reverse=True):
        core = core.replace(f"({place})", "")
    core = _LEGAL_FORM.sub("", core)
    before = ""
    while before != core:
        before = core
        for place in sorted(places, key=len, reverse=True):
            core = core.removeprefix(place)
    return core or whole
