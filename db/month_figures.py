"""The month's few figures and the 升规 candidates close to the line, of one unit or of everything stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import plan_issues, totals
from db.models import Duty, Enterprise, IndicatorValue, Issue, OrgUnit, Plan
from db.models.duty import FINISHED, RUNNING
from db.models.issue import OPEN
from db.models.nurture import OVER, UPSCALE
from db.month_states import stood
from db.periods import Period

NEAR = 5


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
    candidates = stood("nurture", month)
    nurture = candidates.c
    scope: list[Any] = [
        nurture.deleted_at.is_(None),
        nurture.nurture_type == UPSCALE,
        nurture.stage.not_in(OVER),
    ]
    if unit_code:
        scope.append(nurture.unit_code == unit_code)
    rows = session.execute(
        select(*totals.candidate_columns(nurture))
        .select_from(candidates)
        .outerjoin(Enterprise, Enterprise.id == nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == nurture.unit_code)
        .where(*scope, nurture.reach_rate < 100)
        .order_by(nurture.reach_rate.desc(), nurture.id)
        .limit(limit)
    ).all()
    reached = session.scalar(
        select(func.count()).select_from(candidates).where(*scope, nurture.reach_rate >= 100)
    )
    return tuple(map(totals.candidate, rows)), int(reached or 0)


def figures_of_bureau(session: Session, month: Period, today: date, unit_code: str) -> tuple[Figure, ...]:
    """What an office that visits nobody works on: its indicators, tasks, problems it solves, projects."""
    wanted = len(plan_issues.indicators_of(session, month, unit_code))
    filled = session.scalar(
        select(func.count())
        .select_from(IndicatorValue)
        .where(
            IndicatorValue.org_code == unit_code, IndicatorValue.period == str(month),
            IndicatorValue.value.is_not(None), IndicatorValue.deleted_at.is_(None),
        )
    )  # fmt: skip
    duty, project = stood("duty", month).c, stood("project", month).c
    duties = _by(session, duty, duty.status, duty.unit_code == unit_code, duty.year == str(month.year))
    running = sum(duties.get(status, 0) for status in RUNNING)
    solving: list[Any] = [Issue.deleted_at.is_(None), Issue.status.in_(OPEN), Issue.org_code == unit_code]
    working = session.scalar(select(func.count()).select_from(Issue).where(*solving)) or 0
    late = (
        session.scalar(select(func.count()).select_from(Issue).where(*solving, Issue.due_date < today)) or 0
    )
    projects = _by(session, project, project.stage, project.unit_code == unit_code)
    active = sum(number for stage, number in projects.items() if stage not in ("暂停", "终止"))
    done = sum(duties.get(status, 0) for status in FINISHED)
    return (
        Figure("indicator", "本月指标", int(filled or 0), "项", f"共 {int(wanted or 0)} 项由本单位填报"),
        Figure("duty", "责任清单任务", running, "项", f"滞后 {duties.get('滞后', 0)} · 已完成 {done}"),
        Figure("org_issue", "本单位办理的问题", int(working), "件", f"其中超期 {int(late)}"),
        Figure("project", "在推进的项目", active, "个", f"已投产 {projects.get('投产（运营）', 0)}"),
    )


@dataclass(frozen=True, slots=True)
class RunningDuty:
    """A task of the year that is not done: how far it is (percent) and when it is due."""

    id: UUID
    task: str
    status: str
    percent: Decimal | None
    due: date | None


def running_duties(
    session: Session, month: Period, unit_code: str, limit: int = NEAR
) -> tuple[RunningDuty, ...]:
    """The unit's tasks of the year that are not done, those due first before the others."""
    rows = session.execute(
        select(Duty.id, Duty.task, Duty.status, Duty.progress_pct, Duty.due_date)
        .where(
            Duty.unit_code == unit_code, Duty.year == str(month.year), Duty.status.in_(RUNNING),
            Duty.deleted_at.is_(None),
        )
        .order_by(Duty.due_date.is_(None), Duty.due_date, Duty.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(
        RunningDuty(row.id, row.task or "未填任务", row.status or "", row.progress_pct, row.due_date)
        for row in rows
    )


def _by(session: Session, columns: Any, column: Any, *scope: Any) -> dict[str, int]:
    rows = session.execute(
        select(column, func.count()).where(columns.deleted_at.is_(None), *scope).group_by(column)
    ).all()
    return {str(key): int(number) for key, number in rows if key}


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
    stages = [f"{stage} {number}" for stage, number in nurtures.by_stage.items() if stage not in OVER]
    return (
        Figure("visit", "本月走访", visits.enterprises, "家", f"全年累计 {visits.year_enterprises:,} 家"),
        Figure("cloud", "上云企业", clouds.counted, "家", f"{f'较上月 {grown:+,}' if grown else '与上月持平'} · 去重后"),
        Figure("issue", "未办结问题", int(working), "件", f"其中超期 {int(late)}"),
        Figure(
            "nurture", "升规培育", nurtures.by_type.get(UPSCALE, 0), "家",
            " · ".join(stages[-2:]) if stages else "还没有培育对象",
        ),
    )  # fmt: skip
