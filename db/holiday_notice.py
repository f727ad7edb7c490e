"""The yearly 国务院 notice of holidays as text: read it as it was published, write a year in the same words.

What a working day is, is in workdays.py; where an office's own days are kept, in the setting “holidays”.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from db.errors import UsageError

_YEAR = re.compile(r"(20\d\d|19\d\d)年")
_HEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|\d+[.、])?\s*([^:\d。，,]{1,20}?)\s*:(.+)$")
_ASIDE = re.compile(r"\([^()]*\)")
_TOKEN = re.compile(
    r"(?:(?P<year>\d{4})[年/.-])?(?:(?P<month>\d{1,2})[月/.-])?(?P<day>\d{1,2})(?:日|号|(?=\D|$))"
    r"|(?P<to>至|到|—+|~|-)|(?P<off>放假|休息|放休)|(?P<on>上班|补班)|共\d+天|\d+天"
)
_MOST_DAYS = 40  # a “holiday” longer than this was misread


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from the week: a holiday, or a weekend worked. `source` says where it was read."""

    day: date
    workday: bool
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text says of one year; `unread` are the lines with dates that could not be understood."""

    year: int
    title: str
    days: tuple[SpecialDay, ...]
    unread: tuple[str, ...] = ()


def read_notice(text: str, year: int | None = None) -> Notice:
    """A notice as published or as `write_notice` writes it. `year`: where the text itself names none.

    UsageError (“bad_notice”) where no year is known or no day could be read.
    """
    lines = [unicodedata.normalize("NFKC", line).strip() for line in text.splitlines() if line.strip()]
    title = next((line for line in lines if _YEAR.search(line) and ":" not in line), "")
    named = re.search(r"关于\s*(\d{4})\s*年", "".join(lines)) or _YEAR.search(title) or _YEAR.search(text)
    year = int(named[1]) if named else year
    if year is None:
        raise UsageError("没有写明是哪一年。", "请连同标题一起粘贴，如“2027年部分节假日安排”。", "bad_notice")
    found: dict[date, SpecialDay] = {}
    unread: list[str] = []
    for line in lines:
        plain = _bare(line)
        headed = _HEAD.match(plain)
        if headed is None and not re.search(r"\d日|\d号|\d-\d", plain):
            continue
        if headed is None and not re.search("放假|上班|补班|休息", plain):
            continue
        name, rest = (headed[1].strip(), headed[2]) if headed else ("", plain)
        days = list(_days(rest, year, name))
        if not days and re.search(r"\d月", rest):
            unread.append(line)
        found.update((each.day, each) for each in days)
    if not found:
        raise UsageError(
            "没有读出放假或上班的日期。",
            "每行写一个节日，如“元旦：1月1日至3日放假，1月4日上班。”",
            "bad_notice",
        )
    ordered = tuple(found[day] for day in sorted(found))
    return Notice(year, title, ordered, tuple(unread))


def _bare(line: str) -> str:
    before = ""
    while before != line:
        before, line = line, _ASIDE.sub("", line)
    return line


def _days(text: str, year: int, name: str) -> Iterator[SpecialDay]:
    """The days of one holiday: dates and stretches, each followed by what they are (放假, 上班)."""
    waiting: list[date] = []
    month, to = 0, False
    for token in _TOKEN.finditer(text):
        if token["to"]:
            to = bool(waiting)
        elif token["day"]:
            month = int(token["month"] or month)
            given = int(token["year"] or (waiting[-1].year if waiting and not token["month"] else year))
            day = _date(given, month, int(token["day"]))
            if day is None:
                return
            if to:
                if day < waiting[-1]:
                    day = _date(given + 1, month, day.day) or day
                if not 0 < (day - waiting[-1]).days <= _MOST_DAYS:
                    return
                waiting += _between(waiting[-1], day)
            else:
                waiting.append(day)
            to = False
        elif token["off"] or token["on"]:
            for each in waiting:
                yield SpecialDay(each, bool(token["on"]), name or ("调休上班" if token["on"] else "放假"))
            waiting = []


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def write_notice(year: int, days: Iterable[SpecialDay], title: str = "") -> str:
    """A year's days as lines that `read_notice` reads back: one holiday a line, in the order of the year."""
    by_name: dict[str, list[SpecialDay]] = {}
    for each in sorted(days, key=lambda each: each.day):
        if each.day.year in (year - 1, year, year + 1):
            by_name.setdefault(each.name or ("上班" if each.workday else "放假"), []).append(each)
    lines = [title or f"{year}年工作日历"]
    for name, each_days in by_name.items():
        parts = []
        for workday, word in ((False, "放假"), (True, "上班")):
            spans = list(_spans([each.day for each in each_days if each.workday is workday]))
            if spans:
                parts.append("、".join(_span_words(first, last, year) for first, last in spans) + word)
        lines.append(f"{name}：{'，'.join(parts)}。")
    return "\n".join(lines) + "\n"


def _spans(days: list[date]) -> Iterator[tuple[date, date]]:
    first = last = None
    for day in days:
        if last is not None and first is not None and (day - last).days == 1:
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last


def _span_words(first: date, last: date, year: int) -> str:
    def words(day: date, *, month: bool) -> str:
        years = f"{day.year}年" if day.year != year or first.year != year else ""
        return f"{years}{day.month}月{day.day}日" if month or years else f"{day.day}日"

    if first == last:
        return words(first, month=True)
    return f"{words(first, month=True)}至{words(last, month=first.month != last.month)}"
