"""Totals of the registers after 培育 for one month: projects, parks, tasks, 挂点, services, lists. See also totals.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from db import settings
from db.models import (
    ActionItem,
    Lead,
    Liaison,
    Match,
    Matter,
    Opportunity,
    OrgUnit,
    Park,
    ParkMonth,
    Product,
    Release,
    Service,
)
from db.models.duty import RUNNING, STATUSES
from db.models.project import STAGES
from db.month_states import stood
from db.owing import leaders_visits, quarter_of
from db.periods import Period
from db.totals import counts_by

ENDED = ("终止",)  # of projects: no longer in stock, whatever the record says
LISTED = 200


@dataclass(frozen=True, slots=True)
class ProjectLine:
    name: str
    unit: str
    stage: str
    in_stock: bool
    invest_total: Decimal | None
    invest_done: Decimal | None
    asof_ym: str | None
    progress: str
    issues: str


@dataclass(frozen=True, slots=True)
class Projects:
    """`in_stock`: those kept in the project stock at the end of the month (indicator 13 and the yearly floor)."""

    by_stage: dict[str, int]
    in_stock: int
    invest_total: Decimal
    invest_done: Decimal
    lines: tuple[ProjectLine, ...]


@dataclass(frozen=True, slots=True)
class ParkLine:
    """A park's month; everything None where nobody reported it."""

    name: str
    status: str
    occupancy: Decimal | None
    firms: int | None
    firms_de: int | None
    revenue_ytd: Decimal | None  # 万元
    tax_ytd: Decimal | None
    reported: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class DutyLine:
    action: str
    task: str
    lead: str
    due_date: date | None
    progress_pct: Decimal | None
    status: str
    progress: str
    problem: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Duties:
    by_status: dict[str, int]
    overdue: int
    lines: tuple[DutyLine, ...]
    by_action: dict[str, int] = field(default_factory=dict)  # 行动: tasks


@dataclass(frozen=True, slots=True)
class Others:
    """挂点, services, meeting matters, leads, lists: how many, and what came of them."""

    liaisons: int  # in force at the end of the month
    liaison_behind: int  # firms their leader visited less often this quarter than is owed
    services: dict[str, tuple[int, int, Decimal]]  # kind: times, firms, 万元 (year to date)
    matters: dict[str, int]
    leads: dict[str, int]
    releases: dict[str, int]  # list kind: batches published so far
    opportunities: int
    products: int
    matches: dict[str, int]


def projects(session: Session, period: Period, unit_code: str | None = None) -> Projects:
    """Projects as they stood in the month; whole yuan sums in 万元."""
    project = stood("project", period).c
    scope = _alive(project, unit_code)
    rows = session.execute(
        select(
            project.name, OrgUnit.name.label("unit"), project.stage, project.in_stock, project.invest_total, project.invest_done,
            project.asof_ym, project.progress, project.issues,
        )
        .outerjoin(OrgUnit, OrgUnit.code == project.org_code)
        .where(scope)
        .order_by(project.in_stock.desc(), project.invest_total.desc(), project.id)
        .limit(LISTED)
    ).all()  # fmt: skip
    stock = case((stocked(project), 1), else_=0)
    sums = session.execute(
        select(func.sum(stock), func.sum(project.invest_total), func.sum(project.invest_done)).where(scope)
    ).one()
    found = counts_by(session, project.stage, scope)
    return Projects(
        by_stage={stage: found[stage] for stage in STAGES if stage in found},
        in_stock=int(sums[0] or 0),
        invest_total=sums[1] or Decimal(0),
        invest_done=sums[2] or Decimal(0),
        lines=tuple(
            ProjectLine(
                row.name or "", row.unit or "", row.stage or "", bool(row.in_stock) and row.stage not in ENDED,
                row.invest_total, row.invest_done, row.asof_ym, row.progress or "", row.issues or "",
            )
            for row in rows
        ),
    )  # fmt: skip


def stocked(project: Any) -> Any:
    """The condition that a project is in stock: marked so and not ended. `project`: its columns, of some month."""
    return and_(project.in_stock.is_(True), or_(project.stage.is_(None), project.stage.not_in(ENDED)))


def parks(session: Session, period: Period) -> tuple[ParkLine, ...]:
    """All parks of the plan in force, and any other that was reported, in the order of the plan."""
    rows = {
        row.park_code: row
        for row in session.scalars(
            select(ParkMonth)
            .where(ParkMonth.period == str(period), ParkMonth.deleted_at.is_(None))
            .order_by(ParkMonth.id)
        )
    }
    found = []
    for park in session.scalars(select(Park)):
        row = rows.get(park.code)
        if row is None and not park.active:
            continue
        if row is None:
            found.append(
                ParkLine(park.name, park.status or "", None, None, None, None, None, False, park.code)
            )
        else:
            found.append(
                ParkLine(
                    park.name, row.status or "", row.occupancy, row.firms, row.firms_de, row.revenue_ytd, row.tax_ytd, True,
                    park.code,
                )
            )  # fmt: skip
    return tuple(found)


def duties(session: Session, period: Period, unit_code: str | None = None) -> Duties:
    """The tasks of the year by 行动 as they stood in the month, with the newest progress text."""
    duty = stood("duty", period).c
    scope = and_(_alive(duty, unit_code), duty.year == str(period.year))
    day = min(period.last_day, settings.today(session))
    rows = session.execute(
        select(
            duty.action_id, ActionItem.name.label("action"), duty.task, OrgUnit.name.label("unit"), duty.due_date,
            duty.progress_pct, duty.status, duty.progress_text, duty.problem_text,
        )
        .outerjoin(ActionItem, ActionItem.id == duty.action_id)
        .outerjoin(OrgUnit, OrgUnit.code == duty.org_code)
        .where(scope)
        .limit(LISTED)
    ).all()  # fmt: skip
    lines = [
        DutyLine(
            f"{row.action_id or ''} {row.action or ''}".strip(), row.task or "", row.unit or "", row.due_date, row.progress_pct,
            row.status or "", row.progress_text or "", row.problem_text or "",
            row.status in RUNNING and row.due_date is not None and row.due_date < day,
        )
        for row in sorted(rows, key=lambda each: _plan_order(each.action_id, each.task))
    ]  # fmt: skip
    found = counts_by(session, duty.status, scope)
    by_action = counts_by(session, duty.action_id, scope)
    return Duties(
        by_status={status: found[status] for status in STATUSES if status in found},
        overdue=_count(session, and_(scope, duty.status.in_(RUNNING), duty.due_date < day)),
        lines=tuple(lines),
        by_action=dict(sorted(by_action.items(), key=lambda each: _plan_order(each[0], ""))),
    )


def others(session: Session, period: Period) -> Others:
    """What the smaller registers say at the end of the month."""
    first, last = Period.of(period.year, 1).first_day, period.last_day
    served = and_(Service.served_on.between(first, last), Service.deleted_at.is_(None))
    kinds = session.execute(
        select(Service.kind, func.count(), func.sum(Service.firms), func.sum(Service.amount))
        .where(served)
        .group_by(Service.kind)
    ).all()
    behind = liaison_behind(session, period)
    return Others(
        liaisons=len(behind),
        liaison_behind=sum(made < owed for made, owed in behind.values()),
        services={
            str(kind or "未填"): (int(times), int(firms or 0), money or Decimal(0))
            for kind, times, firms, money in kinds
        },
        matters=counts_by(session, Matter.status, _until(Matter, Matter.raised_on, last)),
        leads=counts_by(session, Lead.stage, _until(Lead, Lead.found_on, last)),
        releases=counts_by(session, Release.list_kind, _until(Release, Release.released_on, last)),
        opportunities=_count(session, _until(Opportunity, Opportunity.registered_on, last)),
        products=_count(session, _until(Product, Product.registered_on, last)),
        matches=counts_by(session, Match.outcome, _until(Match, Match.matched_on, last)),
    )


def liaison_behind(
    session: Session, period: Period, unit_code: str | None = None
) -> dict[Any, tuple[int, int]]:
    """By 挂点 in force at the month's end: visits its leader made this quarter so far, and how many are owed."""
    last = period.last_day
    quarter, _ = quarter_of(str(period))
    force = and_(_until(Liaison, Liaison.from_on, last), or_(Liaison.to_on.is_(None), Liaison.to_on >= last))
    if unit_code:
        force = and_(force, or_(Liaison.unit_code == unit_code, Liaison.org_code == unit_code))
    rows = session.execute(
        select(Liaison.id, Liaison.visits_owed, leaders_visits(quarter, last)).where(force)
    ).all()
    return {key: (int(count), int(owed or 0)) for key, owed, count in rows}


def _alive(columns: Any, unit_code: str | None) -> Any:
    scope = columns.deleted_at.is_(None)
    return and_(scope, columns.unit_code == unit_code) if unit_code else scope


def _until(model: Any, placed: Any, last: date) -> Any:
    return and_(model.deleted_at.is_(None), placed <= last)


def _plan_order(action: str | None, task: str | None) -> tuple[tuple[int, ...], str]:
    """1.10 after 1.9; tasks without an action at the end."""
    parts = (action or "").split(".")
    return tuple(int(part) if part.isdigit() else 999 for part in parts), task or ""


def _count(session: Session, scope: Any) -> int:
    return int(session.scalar(select(func.count()).where(scope)) or 0)
