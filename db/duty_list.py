"""The year's 责任清单 drawn from the plan: one task per target and per qualitative task of each 行动.

Tasks have keys of their own making (region, year, 行动, name, leading unit), so that the district's list and a unit's
copy of it are the same records. Progress is typed by people; nothing here is saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Duty
from db.plan_types import Action, Plan, TargetDef

NAME_LIMIT = 200  # of the field 任务名称


@dataclass(frozen=True, slots=True)
class Task:
    """A task to be put on the list: its key, the unit that leads, and the field values."""

    id: UUID
    org_code: str
    values: dict[str, Any]


def tasks(plan: Plan, year: int, period: str) -> list[Task]:
    """All tasks of the year, in the order of the plan; `period` is the month their progress starts in."""
    return [task for action in plan.actions for task in _of_action(plan, action, year, period)]


def missing(session: Session, plan: Plan, year: int, period: str, unit_code: str | None = None) -> list[Task]:
    """The tasks that are not on the list yet (deleted ones stay away); with `unit_code`, those the unit leads."""
    wanted = [each for each in tasks(plan, year, period) if unit_code in (None, each.org_code)]
    known = set(session.scalars(select(Duty.id).where(Duty.id.in_([each.id for each in wanted]))))
    return [each for each in wanted if each.id not in known]


def _of_action(plan: Plan, action: Action, year: int, period: str) -> Iterator[Task]:
    units = [unit.code for unit in plan.expand(action.units)]
    if not units:
        return
    for target in action.targets:
        if target.by is None or target.by >= year:
            content = target.quote or f"{target.name} {target.words}"
            yield _task(plan, action, year, period, units, target.name, content, target)
    for text in action.tasks:
        yield _task(plan, action, year, period, units, text, text, None)


def _task(
    plan: Plan, action: Action, year: int, period: str, units: list[str], name: str, content: str,
    target: TargetDef | None,
) -> Task:  # fmt: skip
    lead, *support = units
    value = _value(plan, target, year)
    values: dict[str, Any] = {
        "year": str(year),
        "action_id": action.id,
        "task": name[:NAME_LIMIT],
        "content": content,
        "target_value": value,
        "target_unit": target.unit if target is not None and value is not None else None,
        "due_date": date(year, 12, 31),
        "org_code": lead,
        "support_org_codes": support or None,
        "asof_ym": period,
        "progress_pct": Decimal(0),
        "status": "未启动",
    }
    key = uuid5(NAMESPACE_URL, f"qianqi:{plan.region_code}/{year}/{action.id}/{name}/{lead}")
    return Task(key, lead, values)


def _value(plan: Plan, target: TargetDef | None, year: int) -> Decimal | None:
    """What is to be reached this year: the indicator's own target where the task is one of them."""
    if target is None:
        return None
    if target.indicator is not None:
        stated = plan.target(target.indicator, year)
        if stated is not None:
            return stated
    return target.value
