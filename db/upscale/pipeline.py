"""The candidates by stage: how many, how much is missing to the line. One candidate's outlook is forecast.py's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.models import Enterprise, Nurture
from db.models.nurture import STAGES

FORWARD = STAGES[:8]  # 摸底 … 已入库
OUT = STAGES[8:]  # 退回, 放弃, 退库


@dataclass(frozen=True, slots=True)
class StageTotal:
    """Candidates of one stage. `gap`: 万元 missing to the line, summed over those below it; `passed`: at or over it."""

    stage: str
    candidates: int
    gap: Decimal
    passed: int
    incomplete: int


def stages(
    session: Session, *, nurture_type: str | None = None, street: str | None = None, unit: str | None = None
) -> tuple[StageTotal, ...]:
    """Every stage in the order of the work, empty ones too."""
    table, firm = Nurture.__table__, Enterprise.__table__
    query = select(
        table.c.stage, table.c.threshold, table.c.revenue_ytd, func.count(),
        func.sum(case((table.c.incomplete, 1), else_=0)),
    ).where(table.c.deleted_at.is_(None))  # fmt: skip
    if nurture_type:
        query = query.where(table.c.nurture_type == nurture_type)
    if unit:
        query = query.where(table.c.unit_code == unit)
    if street:
        query = query.join(firm, firm.c.id == table.c.enterprise_id).where(firm.c.street_code == street)
    rows = session.execute(query.group_by(table.c.stage, table.c.threshold, table.c.revenue_ytd)).all()
    return total(
        [(stage or "", line, revenue, int(n), int(lacking or 0)) for stage, line, revenue, n, lacking in rows]
    )


def total(
    rows: Sequence[tuple[str, Decimal | None, Decimal | None, int, int]],
) -> tuple[StageTotal, ...]:
    """(stage, line, revenue, how many, of them to be completed) added up by stage."""
    found: dict[str, list[Decimal | int]] = {stage: [0, Decimal(0), 0, 0] for stage in STAGES}
    for stage, line, revenue, number, lacking in rows:
        each = found.get(stage)
        if each is None:
            continue
        each[0] += number
        each[3] += lacking
        if line and revenue is not None:
            each[1] += max(line - revenue, Decimal(0)) * number
            each[2] += number if revenue >= line else 0
    return tuple(
        StageTotal(stage, int(each[0]), Decimal(each[1]), int(each[2]), int(each[3]))
        for stage, each in found.items()
    )
