"""The month by 行动 of the plan: its tasks of the year, how far they are, what is in the way, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import settings
from db.models import ActionItem, OrgUnit, Programme
from db.models.duty import FINISHED, RUNNING
from db.month_states import stood
from db.periods import Period

_NOTHING = ("", "无", "无。", "暂无", "暂无。", "/", "—")


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the year as last reported up to the month. `late`: past its day and not done."""

    id: UUID
    task: str
    lead: str
    status: str
    percent: Decimal | None
    due: date | None
    asof: str
    progress: str
    problem: str
    next: str
    late: bool


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One 行动 with its tasks. An action of the plan without tasks is there as well."""

    id: str
    name: str
    programme: str
    units: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def done(self) -> int:
        return sum(task.status in FINISHED for task in self.tasks)

    @property
    def late(self) -> int:
        return sum(task.late for task in self.tasks)

    @property
    def lagging(self) -> int:
        return sum(task.status == "滞后" for task in self.tasks)

    @property
    def mean(self) -> Decimal | None:
        """The mean progress of the tasks in percent, each counting the same; None without any."""
        known = [task.percent for task in self.tasks if task.percent is not None]
        return sum(known, Decimal(0)) / len(known) if known else None

    @property
    def stale(self) -> int:
        """Tasks not done whose progress nobody reported for the month."""
        return sum(task.status in RUNNING and not task.asof for task in self.tasks)


def by_action(session: Session, period: str) -> tuple[ActionLine, ...]:
    """All 行动 of the plan in its order, then tasks that name none. UsageError for a text that is no month."""
    month = Period(period)
    names = {code: name for code, name in session.execute(select(OrgUnit.code, OrgUnit.name))}
    duty, day = stood("duty", month).c, min(month.last_day, settings.today(session))
    tasks: dict[str, list[Task]] = {}
    for row in session.execute(
        select(
            duty.id, duty.action_id, duty.task, duty.org_code, duty.status, duty.progress_pct, duty.due_date, duty.asof_ym,
            duty.progress_text, duty.problem_text, duty.next_text,
        )
        .where(duty.deleted_at.is_(None), duty.year == str(month.year))
        .order_by(duty.due_date, duty.org_code, duty.id)
    ):  # fmt: skip
        late = row.status in RUNNING and row.due_date is not None and row.due_date < day
        tasks.setdefault(row.action_id or "", []).append(
            Task(
                row.id, row.task or "", names.get(row.org_code, row.org_code or ""), row.status or "", row.progress_pct,
                row.due_date, row.asof_ym or "", said(row.progress_text), said(row.problem_text), said(row.next_text), late,
            )
        )  # fmt: skip
    programmes = {key: name for key, name in session.execute(select(Programme.id, Programme.name))}
    lines = [
        ActionLine(
            action.id, action.name, programmes.get(action.programme_id, ""),
            tuple(names.get(code, code) for code in action.unit_codes or ()), tuple(tasks.pop(action.id, ())),
        )
        for action in sorted(session.scalars(select(ActionItem)), key=lambda each: _order(each.id))
    ]  # fmt: skip
    lines += [ActionLine(key, "未列入行动", "", (), tuple(left)) for key, left in sorted(tasks.items())]
    return tuple(lines)


def said(text: str | None) -> str:
    """A text of the register, or “” where it only says that there is nothing."""
    told = (text or "").strip()
    return "" if told in _NOTHING else told


def _order(action: str) -> tuple[int, ...]:
    """1.10 after 1.9."""
    return tuple(int(part) if part.isdigit() else 999 for part in action.split("."))
