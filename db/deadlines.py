"""What falls due and when: the month's return by the plan's calendar, and problems by their clocks. Counting only, no tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import cadence, parameters, reporting_exceptions, settings, workdays
from db.issue_clocks import (
    ASSIGN,
    CLEAR,
    HANDLE,
    HANDLING,
    REVIEW,
    URGENCIES,
    Limits,
    due_day,
    latest_start,
    limits,
)
from db.models import Enterprise, Issue, OrgUnit
from db.models.issue import OPEN
from db.reporting_exceptions import EXEMPT

SOON = 10  # days ahead that are worth telling
LISTED = 50
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a month's return is due; `left` counts working days, below zero after the day has passed.

    `extended`: the unit was given until then; `exempt`: it need not hand in at all.
    """

    day: date
    left: int
    extended: bool = False
    exempt: bool = False

    @property
    def words(self) -> str:
        """“5 月 24 日（周五）截止，还剩 3 个工作日”, “延期至 …”, “本月免报”."""
        if self.exempt:
            return "本月免报"
        day = f"{self.day.month} 月 {self.day.day} 日（周{WEEKDAYS[self.day.weekday()]}）"
        shown = f"延期至 {day}" if self.extended else f"{day}截止"
        if self.left < 0:
            return f"{shown}，已过 {-self.left} 个工作日"
        return f"{shown}，还剩 {self.left} 个工作日" if self.left else f"{shown}，就是今天"

    @property
    def state(self) -> str:
        if self.exempt:
            return "neutral"
        return "alarm" if self.left < 0 else "watch" if self.left <= 3 else "neutral"


def deadline(session: Session, period: str, today: date, unit_code: str | None = None) -> Deadline:
    """The deadline of a month as the year's cycles have it (db/cadence.py); of a unit, with its 延期 and 免报."""
    overrides = settings.holidays(session)
    cycle = cadence.month_cycle(session, period)
    allowed = reporting_exceptions.in_force(session, period, unit_code) if unit_code else ()
    day = cadence.own_cycle(cycle, allowed).due_on
    left = workdays.workdays_between(today, day, overrides)
    if today > day:
        left = min(left, -1)  # a weekend after the day is late too
    elif today < day:
        left = max(left, 1)  # due on a free day: there is still time
    exempt = any(each.kind == EXEMPT and each.register is None for each in allowed)
    return Deadline(day, left, day > cycle.due_on, exempt)


@dataclass(frozen=True, slots=True)
class DueIssue:
    """A problem one of whose clocks is close to its end or past it."""

    id: UUID
    enterprise: str
    category: str
    org: str  # the name of the unit whose turn it is
    due: date
    days: int  # left until `due`; below zero: overdue
    clock: str = HANDLE
    issue_no: str = ""
    owner: str = ""
    owner_phone: str = ""
    urgency: str = ""
    description: str = ""
    org_code: str = ""

    @property
    def review(self) -> bool:
        """Written off, and 回头看 is to be made."""
        return self.clock == REVIEW

    @property
    def title(self) -> str:
        # The kind first: names are long and may be cut off.
        kind = self.category or "未分类"
        kind = self.clock if self.review else kind if self.clock == HANDLE else f"{self.clock} · {kind}"
        return f"{kind} · {self.enterprise or '未填企业'}"

    @property
    def words(self) -> str:
        if self.days < 0:
            return f"超期 {-self.days} 天"
        if self.days == 0:
            return "今天到期"
        return f"还剩 {self.days} 天" if self.days <= 3 else f"{self.due.month} 月 {self.due.day} 日"

    @property
    def state(self) -> str:
        return "alarm" if self.days < 0 else "watch" if self.days <= 3 else "neutral"


def due_issues(
    session: Session, today: date, unit_code: str | None = None, *, days: int = SOON, most: int = LISTED
) -> list[DueIssue]:
    """Problems with a clock past its end or ending within `days`, soonest first; at most `most` of each class.

    `unit_code`: those the unit registered or has to solve; None for the whole register. The unit named is the one
    whose turn it is: the responsible one while it is being solved, the one that registered it before and after.
    """
    allowed = limits(parameters.read(session))
    overrides = settings.holidays(session)
    until = today + timedelta(days=days)
    scope: list[Any] = [Issue.deleted_at.is_(None)]
    if unit_code:
        scope.append(or_(Issue.unit_code == unit_code, Issue.org_code == unit_code))
    found = []
    for clock, placed, condition in _due_conditions(allowed, overrides, until):
        turn = Issue.org_code if clock == HANDLE else Issue.unit_code
        rows = session.execute(
            select(Issue, Enterprise.name, OrgUnit.name)
            .outerjoin(Enterprise, Enterprise.id == Issue.enterprise_id)
            .outerjoin(OrgUnit, OrgUnit.code == turn)
            .where(*scope, condition)
            .order_by(placed, Issue.id)
            .limit(most)
        )
        for row, firm, org in rows:
            record = {name: getattr(row, name) for name in _CLOCKED}
            due = due_day(clock, record, allowed, overrides)
            if due is not None:
                found.append(
                    DueIssue(
                        row.id, firm or "", row.category or "", org or "", due, (due - today).days, clock,
                        row.issue_no or "", row.owner or "", row.owner_phone or "", row.urgency or "",
                        row.description or "", (row.org_code if clock == HANDLE else row.unit_code) or "",
                    )
                )  # fmt: skip
    return sorted(found, key=lambda issue: (issue.due, issue.id))


_CLOCKED = ("registered_on", "due_date", "closed_on", "written_off_on", "urgency")


def _due_conditions(
    allowed: Limits, overrides: workdays.Overrides, until: date
) -> list[tuple[str, InstrumentedAttribute[Any], ColumnElement[bool]]]:
    """For each class: the day it is placed by, and which problems end by `until`, as SQL."""

    def by_urgency(clock: str, day: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        given = [
            and_(
                Issue.urgency == urgency,
                day <= latest_start(until, allowed.workdays(clock, urgency), overrides),
            )
            for urgency in URGENCIES
        ]
        usual = latest_start(until, allowed.workdays(clock, None), overrides)
        return or_(*given, and_(Issue.urgency.is_(None), day <= usual))

    review = until - timedelta(days=allowed.review)
    return [
        (ASSIGN, Issue.registered_on, and_(Issue.status == "待交办", by_urgency(ASSIGN, Issue.registered_on))),
        (HANDLE, Issue.due_date, and_(Issue.status.in_(HANDLING), Issue.due_date <= until)),
        (CLEAR, Issue.closed_on, and_(Issue.status == "已办结", by_urgency(CLEAR, Issue.closed_on))),
        (REVIEW, Issue.written_off_on, and_(Issue.status == "已销号", Issue.written_off_on <= review)),
    ]  # fmt: skip


def overdue_count(session: Session, today: date, unit_code: str | None = None) -> int:
    """How many problems are being worked on past their deadline."""
    scope: list[Any] = [Issue.deleted_at.is_(None), Issue.status.in_(OPEN), Issue.due_date < today]
    if unit_code:
        scope.append(or_(Issue.unit_code == unit_code, Issue.org_code == unit_code))
    return int(session.scalar(select(func.count()).select_from(Issue).where(*scope)) or 0)
