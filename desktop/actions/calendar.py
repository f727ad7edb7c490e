"""工作日历: days toggled by hand, a year read from the text of a notice and written as one, taken back. No Qt here.

What is kept are only the days that differ from what the program knows by itself (setting “holidays”).
"""

from __future__ import annotations

import calendar
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import parameters, settings, workdays
from db.errors import MachineError, Refused
from db.holiday_notice import SpecialDay, read_notice, write_notice
from db.machine import reason
from db.store import Actor, Store

SETTING = "holidays"
OWN = "本单位"  # the source of a day set by hand
NAME_LIMIT = 20
LARGEST_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the calendar shows it: worked or not, why, and whether the office changed it."""

    day: date
    workday: bool
    name: str  # “劳动节”, “周末”, “调休上班”, "" for a plain working day
    own: bool = False
    source: str = ""

    @property
    def words(self) -> str:
        """“放假（劳动节）”, “上班（调休上班，本单位）”."""
        inner = "，".join(part for part in (self.name, self.source if self.own else "") if part)
        return f"{'上班' if self.workday else '放假'}{f'（{inner}）' if inner else ''}"


@dataclass(frozen=True, slots=True)
class Updated:
    """What a text changed: its year, how many days are free and worked, what differs from the built-in ones."""

    year: int
    off: int
    worked: int
    own: int
    unread: tuple[str, ...]
    before: tuple[SpecialDay, ...]  # to take it back

    @property
    def words(self) -> str:
        return f"{self.year} 年已按文字更新：放假 {self.off} 天，调休上班 {self.worked} 天。"

    @property
    def hint(self) -> str:
        if self.unread:
            return f"没看懂的行：{'；'.join(self.unread)}。"
        return f"其中 {self.own} 天与程序内置的不同。" if self.own else "与程序内置的一致。"


def own_days(store: Store) -> tuple[SpecialDay, ...]:
    """The days the office changed, earliest first."""
    with store.read() as session:
        return tuple(sorted(settings.holidays(session).values(), key=lambda each: each.day))


def month_days(store: Store, year: int, month: int) -> list[Day]:
    """Every day of a month."""
    with store.read() as session:
        overrides = settings.holidays(session)
    last = calendar.monthrange(year, month)[1]
    return [_day(date(year, month, number), overrides) for number in range(1, last + 1)]


def toggle(store: Store, day: date, actor: Actor, name: str = "") -> Day:
    """A working day becomes free, a free one worked. Back at what the program knows, nothing is kept of it."""
    with store.write() as session:
        overrides = dict(settings.holidays(session))
        now = _day(day, overrides)
        workday = not now.workday
        if workday is workdays.is_workday(day):
            overrides.pop(day, None)
        else:
            word = " ".join(name.split())[:NAME_LIMIT] or ("调休上班" if workday else "本单位放假")
            overrides[day] = SpecialDay(day, workday, word, OWN)
        _keep(session, overrides, actor)
        return _day(day, overrides)


def rename(store: Store, day: date, name: str, actor: Actor) -> Day:
    """Another name for a day the office changed; other days have theirs from the notice."""
    with store.write() as session:
        overrides = dict(settings.holidays(session))
        word = " ".join(name.split())[:NAME_LIMIT]
        found = overrides.get(day)
        if found is not None and word:
            overrides[day] = SpecialDay(day, found.workday, word, found.source)
            _keep(session, overrides, actor)
        return _day(day, overrides)


def restore(store: Store, year: int, actor: Actor, day: date | None = None) -> tuple[SpecialDay, ...]:
    """Back to what the program knows: a day, or the whole year. Gives what was there, to take it back."""
    with store.write() as session:
        overrides = settings.holidays(session)
        kept = {
            each: special
            for each, special in overrides.items()
            if (each != day if day is not None else each.year != year)
        }
        if len(kept) != len(overrides):
            _keep(session, kept, actor)
        return tuple(overrides.values())


def put_back(store: Store, days: Sequence[SpecialDay], actor: Actor) -> None:
    """Take back an update or a restoration."""
    with store.write() as session:
        _keep(session, {each.day: each for each in days}, actor)


def year_text(store: Store, year: int) -> str:
    """A year as lines of a notice, the office's own days among them."""
    with store.read() as session:
        overrides = settings.holidays(session)
    days = {day: each for day, each in workdays.defaults(year).items() if day not in overrides}
    days |= {day: each for day, each in overrides.items() if day.year == year and not _plain(each)}
    return write_notice(year, days.values(), f"{year}年工作日历")


def update_from_text(store: Store, text: str, year: int, actor: Actor) -> Updated:
    """Take a year's free and worked days from a text: the text says all of that year, week-ends aside.

    `year` counts where the text names none. UsageError (“bad_notice”) where no day could be read.
    """
    notice = read_notice(text, year)
    told = {each.day: each for each in notice.days}
    title = notice.title if "通知" in notice.title else OWN
    with store.write() as session:
        before = settings.holidays(session)
        overrides = {day: each for day, each in before.items() if day.year != notice.year}
        own = 0
        first, last = date(notice.year, 1, 1), date(notice.year, 12, 31)
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for day in (*span, *(each for each in told if each.year != notice.year)):
            special = told.get(day)
            workday = special.workday if special is not None else day.weekday() < 5
            if workday is not workdays.is_workday(day):
                known = before.get(day)
                name = special.name if special is not None else ("上班" if workday else "周末")
                # A day that stays as it was keeps where it came from.
                source = known.source if known is not None and known.workday is workday else title
                overrides[day] = SpecialDay(day, workday, name, source or OWN)
                own += 1
        _keep(session, overrides, actor)
    off = sum(not each.workday for each in notice.days)
    worked = sum(each.workday for each in notice.days)
    return Updated(notice.year, off, worked, own, notice.unread, tuple(before.values()))


def read_file(path: Path) -> str:
    """A text file as people have them: UTF-8 with or without its mark, or the GBK of older Windows.

    MachineError where it cannot be read, Refused for one that is no text of a year.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused(f"“{path.name}”太大，不像放假通知。", "请选择文本文件。", "not_a_notice")
        data = path.read_bytes()
    except OSError as error:
        raise MachineError(
            f"没有读出“{path.name}”：{reason(error)}。", "请检查文件后再试。", "unreadable"
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"“{path.name}”不是文本文件。", "请另存为文本文件（.txt）再读入。", "not_a_notice")


def write_file(path: Path, text: str) -> None:
    """A year's text for other offices; written beside and put in place. MachineError where it cannot be written."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8-sig")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MachineError(
            f"没有存成“{path.name}”：{reason(error)}。", "请换个位置再存。", "unwritable"
        ) from error


def source_words(store: Store, year: int) -> tuple[str, str]:
    """(where the year's days come from, state): the built-in notice, the office's own changes, or only week-ends."""
    own = [each for each in own_days(store) if each.day.year == year]
    built_in = workdays.source(year)
    names = list(dict.fromkeys(each.source or OWN for each in own))
    changed = f"本机另有 {len(own)} 天不同（{'、'.join(names)}）" if own else ""
    if built_in:
        return f"来源：{built_in}{f'；{changed}' if changed else ''}。", "ok"
    if own:
        return f"来源：{'、'.join(names)}，共 {len(own)} 天。", "ok"
    return f"程序还没有 {year} 年的放假安排，现在只按周末计算；通知印发后粘贴到下面。", "watch"


def _day(day: date, overrides: Mapping[date, SpecialDay]) -> Day:
    special = overrides.get(day)
    if special is not None:
        return Day(day, special.workday, special.name, True, special.source or OWN)
    why = workdays.why_not(day)
    worked = why is None and day.weekday() >= 5
    return Day(day, why is None, "调休上班" if worked else why or "")


def _plain(special: SpecialDay) -> bool:
    """A day back in the rhythm of the week: nothing a notice would name."""
    return special.workday is (special.day.weekday() < 5)


def _keep(session: Session, overrides: Mapping[date, SpecialDay], actor: Actor) -> None:
    before = settings.holidays(session)
    days = sorted(overrides.values(), key=lambda each: each.day)
    settings.put(session, SETTING, [_entry(each) for each in days])
    names = [day for day in sorted({*before, *overrides}) if before.get(day) != overrides.get(day)]
    if names:
        parameters.note(
            session, SETTING, [_words(before.get(day), day) for day in names],
            [_words(overrides.get(day), day) for day in names], actor,
        )  # fmt: skip


def _entry(each: SpecialDay) -> dict[str, Any]:
    return {"day": each.day.isoformat(), "workday": each.workday, "name": each.name, "source": each.source}


def _words(special: SpecialDay | None, day: date) -> str:
    return f"{day} {'按内置' if special is None else '上班' if special.workday else '放假'}"
