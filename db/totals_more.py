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
    Duty,
    Lead,
    Liaison,
    Match,
    Matter,
    Opportunity,
    OrgUnit,
    Park,
    ParkMonth,
    Product,
    Project,
    Release,
    Service,
)
from db.models.duty import RUNNING, STATUSES
from db.models.project import STAGES
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
    """Projects as last reported up to the month; whole yuan sums in 万元."""
    scope = _alive(Project, Project.asof_ym, str(period), unit_code)
    rows = session.execute(
        select(Project, OrgUnit.name)
        .outerjoin(OrgUnit, OrgUnit.code == Project.org_code)
        .where(scope)
        .order_by(Project.in_stock.desc(), Project.invest_total.desc(), Project.id)
        .limit(LISTED)
    ).all()
    stock = case((stocked(), 1), else_=0)
    sums = session.execute(
        select(func.sum(stock), func.sum(Project.invest_total), func.sum(Project.invest_done)).where(scope)
    ).one()
    found = counts_by(session, Project.stage, scope)
    return Projects(
        by_stage={stage: found[stage] for stage in STAGES if stage in found},
        in_stock=int(sums[0] or 0),
        invest_total=sums[1] or Decimal(0),
        invest_done=sums[2] or Decimal(0),
        lines=tuple(
            ProjectLine(
                row.name or "", unit or "", row.stage or "", bool(row.in_stock) and row.stage not in ENDED,
                row.invest_total, row.invest_done, row.asof_ym, row.progress or "", row.issues or "",
            )
            for row, unit in rows
        ),
    )  # fmt: skip


def stocked() -> Any:
    """The condition that a project is in stock: marked so and not ended."""
    return and_(Project.in_stock.is_(True), or_(Project.stage.is_(None), Project.stage.not_in(ENDED)))


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
    """The tasks of the year by 行动, with the newest progress text."""
    scope = and_(_alive(Duty, Duty.asof_ym, str(period), unit_code), Duty.year == str(period.year))
    as_of = min(period.last_day, settings.today(session))
    rows = session.execute(
        select(Duty, ActionItem.name, OrgUnit.name)
        .outerjoin(ActionItem, ActionItem.id == Duty.action_id)
        .outerjoin(OrgUnit, OrgUnit.code == Duty.org_code)
        .where(scope)
        .limit(LISTED)
    ).all()
    lines = [
        DutyLine(
            f"{row.action_id or ''} {action or ''}".strip(), row.task or "", unit or "", row.due_date, row.progress_pct,
            row.status or "", row.progress_text or "", row.problem_text or "",
            row.status in RUNNING and row.due_date is not None and row.due_date < as_of,
        )
        for row, action, unit in sorted(rows, key=lambda each: _plan_order(each[0].action_id, each[0].task))
    ]  # fmt: skip
    found = counts_by(session, Duty.status, scope)
    by_action = counts_by(session, Duty.action_id, scope)
    return Duties(
        by_status={status: found[status] for status in STATUSES if status in found},
        overdue=_count(session, and_(scope, Duty.status.in_(RUNNING), Duty.due_date < as_of)),
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


def _alive(model: Any, placed: Any, period: str, unit_code: str | None) -> Any:
    scope = and_(model.deleted_at.is_(None), or_(placed <= period, placed.is_(None)))
    return and_(scope, model.unit_code == unit_code) if unit_code else scope


def _until(model: Any, placed: Any, last: date) -> Any:
    return and_(model.deleted_at.is_(None), placed <= last)


def _plan_order(action: str | None, task: str | None) -> tuple[tuple[int, ...], str]:
    """1.10 after 1.9; tasks without an action at the end."""
    parts = (action or "").split(".")
    return tuple(int(part) if part.isdigit() else 999 for part in parts), task or ""


def _count(session: Session, scope: Any) -> int:
    return int(session.scalar(select(func.count()).where(scope)) or 0)
