"""One header cell taken apart: the words, the unit in brackets, the stretch of time it names. No matching here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from db.periods import Period
from db.text import fold

_MONEY = r"(?:亿元|百万元|万元|千元|百元|元)(?:/年)?"
_UNIT = rf"{_MONEY}|%|％|家|户|个|人|名|次|平方米|㎡|m2"
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_UNIT_IN_BRACKETS = re.compile(rf"(?:计量|金额)?(?:单位[::])?({_UNIT})")
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


def take_apart(raw: object) -> HeaderText:
    """The parts of one header. Line breaks and blanks in it mean nothing."""
    shown = re.sub(r"\s+", "", unicodedata.normalize("NFC", str(raw)))
    text = fold(str(raw)).translate(_STROKES).strip("*:：")
    unit = ""

    def drop_unit(found: re.Match[str]) -> str:
        nonlocal unit
        inside = found[1] or found[2] or found[3] or ""
        matched = _UNIT_IN_BRACKETS.fullmatch(inside.replace("：", ":"))
        if matched is None:
            return found[0]
        unit = matched[1].replace("％", "%")
        return ""

    full = _BRACKETS.sub(drop_unit, text).strip("*:：")
    if not unit and (ending := _UNIT_AT_END.fullmatch(full)):
        full, unit = ending[1], ending[2]
    span, rest = _span(full)
    base = _BRACKETS.sub("", rest).strip("*:：,、/-")
    return HeaderText(shown, full, base, unit, span)


def _span(text: str) -> tuple[Span | None, str]:
    if found := _YEAR_TO_MONTH.search(text):
        year = found[1] or found[2]
        return Span(int(year) if year else None, int(found[3])), text.replace(found[0], "", 1)
    if found := _WHOLE_YEAR.search(text):
        return Span(int(found[1])), text.replace(found[0], "", 1)
    return None, text


def join(above: HeaderText, below: HeaderText) -> HeaderText:
    """Two rows of a header as one: the group, then what stands under it. The lower row's unit and span win."""
    return HeaderText(
        f"{above.shown}·{below.shown}",
        above.full + below.full,
        above.base + below.base,
        below.unit or above.unit,
        below.span or above.span,
    )
