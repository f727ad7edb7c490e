"""One header cell taken apart: the words, the unit in brackets, the stretch of time it names. No matching here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from db.periods import Period
from db.text import fold

# Other money than ours is a unit too: no amount in it is read as if it were ours.
_MONEY = r"(?:[亿万千百]?(?:美元|欧元|港元|港币|日元|英镑)|亿元|百万元|万元|千元|百元|元)(?:/年)?"
_UNIT = rf"{_MONEY}|%|％|家|户|个|人|名|次|平方米|㎡|m2"
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_UNIT_IN_BRACKETS = re.compile(rf"(?:计量|金额)?(?:单位[::])?(?:人民币|rmb|cny|[¥￥])?[:,、]?({_UNIT})")
_UNIT_AT_END = re.compile(rf"(.{{2,}}?)[,、/]?({_MONEY})")
_YEAR_TO_MONTH = re.compile(r"(?:(\d{4})年)?(?:截[至止]|1月?[-~至到])(?:(\d{4})年)?(\d{1,2})月(?:份|底|末)?")
_WHOLE_YEAR = re.compile(r"(\d{4})年(?:度|全年)?")
_STROKES = str.maketrans("—–−‐‑‒―～", "-------~")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that a header names: January to `month` of `year`, or the whole `year` (`month` None)."""

    year: int | None
    month: int | None = None

    @property
    def period(self) -> Period | None:
        if self.year is None or self.month is None or not 1 <= self.month <= 12:
            return None
        return Period.of(self.year, self.month)


@dataclass(frozen=True, slots=True)
class HeaderText:
    """`full` is the folded text without its unit, `base` without brackets and span as well."""

    shown: str
    full: str
    base: str
    unit: str = ""
    span: Span | None = None


# Marks around a header that are no part of its name: asterisks of what must be filled in, numbers of footnotes.
_MARKS = re.compile(r"^[*＊★☆▲△●○◆◇■□※#＃]+|[*＊★☆▲△●○◆◇■□※#＃\u2460-\u2473\u2776-\u277f¹²³⁰⁴-⁹]+$")
_NUMBERED = re.compile(
    r"^(?:\(\d{1,2}\)|\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))(?=.)"
)
_DUTY = re.compile(r"(?:必填项?|选填项?|必选|非必填)$")
_ENDS = "*:：;；,，.。、/-"
_UNIT_ALONE = re.compile(rf"\(?(?:单位[::])?(?:{_UNIT})(?:[、,/](?:{_UNIT}))*\)?")


def take_apart(raw: object) -> HeaderText:
    """The parts of one header. Line breaks, blanks, footnote marks and asterisks in it mean nothing."""
    return _take_apart(str(raw))


@lru_cache(maxsize=8192)
def _take_apart(raw: str) -> HeaderText:
    shown = re.sub(r"\s+", "", unicodedata.normalize("NFC", raw))
    text = fold(_MARKS.sub("", raw.strip())).translate(_STROKES).strip("*:：").lower()
    text = _NUMBERED.sub("", text)
    if (inside := _BRACKETS.fullmatch(text)) is not None and not _UNIT_ALONE.fullmatch(text):
        text = inside[1] or inside[2] or inside[3] or ""
    unit = ""

    def drop_unit(found: re.Match[str]) -> str:
        nonlocal unit
        inside = found[1] or found[2] or found[3] or ""
        matched = _UNIT_IN_BRACKETS.fullmatch(inside.replace("：", ":"))
        if matched is None:
            return found[0]
        unit = matched[1].replace("％", "%")
        return ""

    full = _DUTY.sub("", _BRACKETS.sub(drop_unit, text).strip("*:："))
    if not unit and (ending := _UNIT_AT_END.fullmatch(full)):
        full, unit = ending[1], ending[2]
    span, rest = _span(full)
    base = _DUTY.sub("", _BRACKETS.sub("", _BRACKETS.sub("", rest)).strip(_ENDS))
    return HeaderText(shown, full, base, unit, span)


def _span(text: str) -> tuple[Span | None, str]:
    if found := _YEAR_TO_MONTH.search(text):
        year = found[1] or found[2]
        return Span(int(year) if year else None, int(found[3])), text.replace(found[0], "", 1)
    if found := _WHOLE_YEAR.search(text):
        return Span(int(found[1])), text.replace(found[0], "", 1)
    return None, text


def is_unit(raw: object) -> bool:
    """Whether a cell holds nothing but a unit (万元, （家）): a row of such cells under a header belongs to it."""
    return _UNIT_ALONE.fullmatch(fold(str(raw)).strip("*:：")) is not None


def with_unit(header: HeaderText, raw: object) -> HeaderText:
    """A header with the unit that stands in a row of its own under it."""
    found = _UNIT_IN_BRACKETS.fullmatch(fold(str(raw)).strip("()").replace("：", ":"))
    if found is None or header.unit:
        return header
    return HeaderText(header.shown, header.full, header.base, found[1].replace("％", "%"), header.span)


_OF_GROUPS = re.compile(r"(?:的?(?:基本|详细|相关|主要)?(?:情况|信息|资料|概况|内容))$")


def join_short(above: HeaderText, below: HeaderText) -> HeaderText | None:
    """The group without 情况 or 信息, then what stands under it: 走访情况 over 日期 is 走访日期. None without such a word."""
    short = _OF_GROUPS.sub("", above.base)
    if not short or short == above.base:
        return None
    return HeaderText(
        f"{above.shown}·{below.shown}", short + below.full, short + below.base,
        below.unit or above.unit, below.span or above.span,
    )  # fmt: skip


def join(above: HeaderText, below: HeaderText) -> HeaderText:
    """Two rows of a header as one: the group, then what stands under it. The lower row's unit and span win."""
    return HeaderText(
        f"{above.shown}·{below.shown}",
        above.full + below.full,
        above.base + below.base,
        below.unit or above.unit,
        below.span or above.span,
    )
