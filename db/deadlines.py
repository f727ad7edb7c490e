"""What falls due and when: the month's return by the plan's calendar, problems, follow-ups. Counting only, no tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db import parameters, plan_store, settings, workdays
from db.models import Enterprise, Issue, OrgUnit
from db.models.issue import OPEN
from db.periods import Period

SOON = 10  # days ahead that are worth telling
LISTED = 50
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a month's return is due; `left` counts working days, below zero after the day has passed."""

    day: date
    left: int

    @property
    def words(self) -> str:
        """“5 月 24 日（周五）截止，还剩 3 个工作日”."""
        shown = f"{self.day.month} 月 {self.day.day} 日（周{WEEKDAYS[self.day.weekday()]}）截止"
        if self.left < 0:
            return f"{shown}，已过 {-self.left} 个工作日"
        return f"{shown}，还剩 {self.left} 个工作日" if self.left else f"{shown}，就是今天"

    @property
    def state(self) -> str:
        return "alarm" if self.left < 0 else "watch" if self.left <= 3 else "neutral"


def deadline(session: Session, period: str, today: date) -> Deadline:
    """The deadline of a month after the plan's monthly cadence and the office's calendar."""
    overrides = settings.holidays(session)
    day = workdays.due_date(Period(period), plan_store.current(session).monthly.rule, overrides)
    left = workdays.workdays_between(today, day, overrides)
    if today > day:
        left = min(left, -1)  # a weekend after the day is late too
    elif today < day:
        left = max(left, 1)  # due on a free day: there is still time
    return Deadline(day, left)


@dataclass(frozen=True, slots=True)
class DueIssue:
    """A problem close to or past its deadline, or one written off whose 回头看 is to be made."""

    id: UUID
    enterprise: str
    category: str
    org: str
    due: date
    days: int  # left until `due`; below zero: overdue
    review: bool = False

    @property
    def title(self) -> str:
        # The kind first: names are long and may be cut off.
        return f"{'回头看' if self.review else self.category or '未分类'} · {self.enterprise or '未填企业'}"

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


def due_issues(session: Session, today: date, unit_code: str | None = None) -> list[DueIssue]:
    """Overdue problems, those due within ten days, and 回头看 that are due; soonest first.

    `unit_code`: those the unit registered or has to solve; None for the whole register.
    """
    review_days = parameters.read(session).review_days
    until = today + timedelta(days=SOON)
    scope: Any = Issue.deleted_at.is_(None)
    if unit_code:
        scope = and_(scope, or_(Issue.unit_code == unit_code, Issue.org_code == unit_code))
    names = (
        select(Issue, Enterprise.name, OrgUnit.name)
        .outerjoin(Enterprise, Enterprise.id == Issue.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == Issue.org_code)
    )
    working = names.where(scope, Issue.status.in_(OPEN), Issue.due_date <= until).order_by(
        Issue.due_date, Issue.id
    )
    found = [
        DueIssue(row.id, firm or "", row.category or "", org or "", row.due_date, (row.due_date - today).days)
        for row, firm, org in session.execute(working.limit(LISTED))
        if row.due_date is not None
    ]
    cleared = names.where(
        scope, Issue.status == "已销号", Issue.written_off_on <= until - timedelta(days=review_days)
    ).order_by(Issue.written_off_on, Issue.id)
    for row, firm, org in session.execute(cleared.limit(LISTED)):
        if row.written_off_on is not None:
            due = row.written_off_on + timedelta(days=review_days)
            found.append(
                DueIssue(
                    row.id, firm or "", row.category or "", org or "", due, (due - today).days, review=True
                )
            )
    return sorted(found, key=lambda issue: (issue.due, issue.id))


def overdue_count(session: Session, today: date, unit_code: str | None = None) -> int:
    """How many problems are being worked on past their deadline."""
    scope: list[Any] = [Issue.deleted_at.is_(None), Issue.status.in_(OPEN), Issue.due_date < today]
    if unit_code:
        scope.append(or_(Issue.unit_code == unit_code, Issue.org_code == unit_code))
    return int(session.scalar(select(func.count()).select_from(Issue).where(*scope)) or 0)
