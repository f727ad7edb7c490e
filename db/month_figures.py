"""The month's few figures and the 升规 candidates close to the line, of one unit or of everything stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db import totals
from db.models import Enterprise, Issue, Nurture, OrgUnit, Plan
from db.models.issue import OPEN
from db.models.nurture import UPSCALE
from db.periods import Period

NEAR = 5
_OVER = ("已入库", "退回", "放弃", "退库")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the month with what puts it into proportion."""

    key: str
    name: str
    value: int
    unit: str
    note: str


def near_line(
    session: Session, month: Period, unit_code: str | None = None, limit: int = NEAR
) -> tuple[tuple[totals.Candidate, ...], int]:
    """升规 candidates below the line, closest first, and how many have reached it without being in stock."""
    scope: list[Any] = [
        Nurture.deleted_at.is_(None),
        Nurture.nurture_type == UPSCALE,
        Nurture.stage.not_in(_OVER),
    ]
    scope.append(or_(Nurture.asof_ym <= str(month), Nurture.asof_ym.is_(None)))
    if unit_code:
        scope.append(Nurture.unit_code == unit_code)
    rows = session.execute(
        select(Nurture, Enterprise.name, OrgUnit.name)
        .outerjoin(Enterprise, Enterprise.id == Nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == Nurture.unit_code)
        .where(*scope, Nurture.reach_rate < 100)
        .order_by(Nurture.reach_rate.desc(), Nurture.id)
        .limit(limit)
    ).all()
    reached = session.scalar(
        select(func.count()).select_from(Nurture).where(*scope, Nurture.reach_rate >= 100)
    )
    found = tuple(
        totals.Candidate(
            firm or "", unit or "", row.specialty or "", row.threshold, row.revenue_ytd, row.reach_rate,
            row.reach_ym, row.stage or "", row.id,
        )
        for row, firm, unit in rows
    )  # fmt: skip
    return found, int(reached or 0)


def figures(session: Session, month: Period, today: date, unit_code: str | None) -> tuple[Figure, ...]:
    """本月走访、上云企业、未办结问题、升规培育, of one unit or (None) of everything stored."""
    visits = totals.visits(session, month, unit_code)
    baseline = session.scalar(select(Plan.baseline_year)) or month.year
    clouds = totals.clouds(session, month, baseline)
    nurtures = totals.nurtures(session, month, unit_code)
    scope: list[Any] = [Issue.deleted_at.is_(None), Issue.status.in_(OPEN)]
    if unit_code:
        scope.append(Issue.unit_code == unit_code)
    working = session.scalar(select(func.count()).select_from(Issue).where(*scope)) or 0
    late = session.scalar(select(func.count()).select_from(Issue).where(*scope, Issue.due_date < today)) or 0
    grown = clouds.growth[-1][1] - clouds.growth[-2][1]
    stages = [f"{stage} {number}" for stage, number in nurtures.by_stage.items() if stage not in _OVER]
    return (
        Figure("visit", "本月走访", visits.enterprises, "家", f"全年累计 {visits.year_enterprises:,} 家"),
        Figure("cloud", "上云企业", clouds.counted, "家", f"较上月 {grown:+,} · 去重后"),
        Figure("issue", "未办结问题", int(working), "件", f"其中超期 {int(late)}"),
        Figure(
            "nurture", "升规培育", nurtures.by_type.get(UPSCALE, 0), "家",
            " · ".join(stages[-2:]) if stages else "还没有培育对象",
        ),
    )  # fmt: skip
