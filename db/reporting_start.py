"""起用月份: the first month whose returns an office collects, and units that joined later. Months before it are 未启用.

A district that begins in May has not missed January: nobody is asked for it, nobody is reminded, nothing counts as missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from db import direct, plan_issues, plan_store, settings
from db.errors import UsageError
from db.models import AuditEntry
from db.periods import Period
from db.store import Actor
from db.types import moment_of, now

SETTING: Final = "reporting_from"


@dataclass(frozen=True, slots=True)
class Start:
    """`month`: the first that counts, None where every month does; `chosen`: by the office, not found by `found`."""

    month: Period | None = None
    chosen: bool = False
    units: Mapping[str, Period] = field(default_factory=dict)  # of those that joined with a later plan
    found: Period | None = None  # what it is where the office chose nothing

    def before(self, unit_code: str, month: str) -> bool:
        """Whether a unit was not asked for anything yet in a month."""
        joined = self.units.get(unit_code)
        return (self.month is not None and month < self.month) or (joined is not None and month < joined)


# Every grid and every total asks this.
_KNOWN = """
SELECT (SELECT value FROM setting WHERE key = ?), (SELECT value FROM setting WHERE key = 'practice'),
       (SELECT min(period) FROM return_file WHERE state IN ('received', 'sent')),
       min(installed_at), count(*), (SELECT end_year FROM plan) FROM plan_issue
"""


def start(session: Session, today: date) -> Start:
    """From which month returns are collected: as the office chose, else the first return or the first use, the earlier.

    First use is the month the register was set up in. A register that plays another day (练习), whose set-up lies ahead
    of today, or that was set up when its plan was over (to look back on it), was not there in the months it tells of:
    its set-up says nothing then.
    """
    row = direct.first(session, _KNOWN, (SETTING,))
    assert row is not None  # counting answers always
    stored, practice = (json.loads(value) if value else None for value in row[:2])
    first, set_up, issues, end_year = row[2:]
    known = [Period(first)] if first else []
    if set_up is not None and not practice:
        day = moment_of(set_up).astimezone().date()
        known += [Period.of_date(day)] if day <= today and day.year <= (end_year or 0) else []
    found = min(known, default=None)
    joined = _joined(session) if issues > 1 else {}
    return Start(Period(stored) if stored else found, bool(stored), joined, found)


def chosen(session: Session) -> str:
    """The month that the office chose; “” where it leaves it to what is found."""
    return str(settings.get(session, SETTING) or "")


def choose(session: Session, month: str, actor: Actor) -> None:
    """Collect from this month on; “” for what is found. UsageError (“bad_period”) for a text that is no month."""
    wanted = str(Period.parse(month)) if month.strip() else ""
    before = chosen(session)
    if wanted == before:
        return
    if wanted and not "2000" <= wanted < "2100":
        raise UsageError(f"“{month}”离现在太远。", "请检查年份是否写对。", "bad_period")
    settings.put(session, SETTING, wanted or None)
    name = "从哪个月起收表"
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action="set", register="cycle", record_id=None,
            before={name: before or "自动"}, after={name: wanted or "自动"}, note=None,
        )
    )  # fmt: skip
    session.flush()


def _joined(session: Session) -> dict[str, Period]:
    """The units that no plan asked for a return before a re-issued one did, with the month that one holds from."""
    first: dict[str, str] = {}
    for each in plan_issues.issues(session):
        for unit in plan_store.issued(session, each.number, each.digest).reporting:
            first[unit.code] = min(first.get(unit.code, each.from_period), each.from_period)
    return {code: Period(month) for code, month in first.items() if month != plan_store.FIRST}
