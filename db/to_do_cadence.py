"""What the calendar of returns leaves to do at the district: cycles that open, are due or lock soon, exceptions that end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cadence
from db.cadence import Cycle
from db.models import HandDown, OrgUnit
from db.periods import Period
from db.reporting_exceptions import EXTENDED, Allowed, ending, in_force, listed
from db.to_do_task import Task

CYCLES, EXCEPTIONS, UNSENT = "cycles", "exceptions", "unsent"
SOON = 7  # days ahead that are worth telling
_CALENDAR = "calendar"  # the content of a 下发 that exceptions travel with (returns/handdown/contract.py)
_FOREVER = "9999-12"


def tasks(session: Session, month: Period, today: date) -> Iterable[Task]:
    """At most one line for the cycles and two for the exceptions. The month's own deadline stands above the list."""
    events = soon(session, month, today)
    if events:
        yield Task(
            CYCLES, f"报送日历：{SOON} 天内有 {len(events)} 个节点", "；".join(words for _, words in events[:4]), "提示",
            "neutral", "看日历", count=len(events),
        )  # fmt: skip
    allowed = ending(session, today, SOON)
    if allowed:
        names = {unit.code: unit.name for unit in session.scalars(select(OrgUnit))}
        told = "；".join(_ends(each, names) for each in allowed[:4])
        yield Task(
            EXCEPTIONS, f"{len(allowed)} 项延期、免报快到期", told, f"到期 {len(allowed)}", "watch", "去看", count=len(allowed)
        )  # fmt: skip
    yield from _unsent(session, today)


def _unsent(session: Session, today: date) -> Iterable[Task]:
    """What was granted or ended since the unit was last sent the calendar, as long as it matters there."""
    sent: dict[str, datetime] = {}  # “”: to all units
    for row in session.execute(select(HandDown.contents, HandDown.recipients, HandDown.made_at)):
        if _CALENDAR in row.contents:
            sent |= {code: max(sent.get(code, row.made_at), row.made_at) for code in row.recipients or ("",)}
    units = []
    month = Period.of_date(today)
    for each in listed(session, str(month.shift(-1)), _FOREVER):
        newest = max((sent[code] for code in ("", each.unit_code) if code in sent), default=None)
        changed = each.ended_at or each.made_at
        never_told = each.ended_at is not None and (newest is None or each.made_at > newest)
        over = each.due_on is not None and each.due_on < today
        if not never_told and not over and (newest is None or changed > newest):
            units.append(each.unit_code)
    if units:
        known = {unit.code: unit.name for unit in session.scalars(select(OrgUnit))}
        told = "、".join(dict.fromkeys(known.get(code, code) for code in units[:4]))
        yield Task(
            UNSENT, f"{len(units)} 项延期、免报还没有下发", f"{told}：下发工作日历后，单位看到自己的截止日",
            f"未下发 {len(units)}", "watch", "去下发", count=len(units),
        )  # fmt: skip


def of_unit(session: Session, unit_code: str, month: Period) -> str:
    """What the district granted a unit for a month, in words: “区里准予延期至 2024-06-05：系统更换；刘科长批准”."""
    found = in_force(session, str(month), unit_code)
    return f"区里准予{'；'.join(each.words for each in found)}" if found else ""


def soon(session: Session, month: Period, today: date) -> list[tuple[date, str]]:
    """What opens, is due or locks from today on within `SOON` days, soonest first; not the deadline of `month` itself."""
    until = today + timedelta(days=SOON)
    # The last cycles of a year end in the first months of the next.
    years = {today.year, until.year, *([today.year - 1] if today.month <= 3 else [])}
    found: list[tuple[date, str]] = []
    for each in (each for year in sorted(years) for each in cadence.cycles(session, year)):
        found += [(day, words) for day, words in _events(each, month) if today <= day <= until]
    return sorted(found)


def _events(each: Cycle, month: Period) -> list[tuple[date, str]]:
    days = [(each.opens_on, "开始"), (each.due_on, "截止"), (each.locks_on, "锁定")]
    if (each.kind, each.key) == ("monthly", str(month)):
        days = [(day, word) for day, word in days if word != "截止"]
    return [(day, f"{day.month} 月 {day.day} 日 {each.title}{word}") for day, word in days]


def _ends(each: Allowed, names: dict[str, str]) -> str:
    day = each.due_on if each.kind == EXTENDED and each.due_on else each.last.last_day
    return f"{names.get(each.unit_code, each.unit_code)}{each.kind}到 {day.month} 月 {day.day} 日"
