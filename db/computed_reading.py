"""Reading what computed_indicators.py counts: the rows of the registers, and how the plan means the indicator."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import Session

from db import computed_indicators as computed
from db import parameters, plan_issues, settings
from db.computed_indicators import Computed
from db.models import Cloud, Enterprise, Nurture, Project, Release
from db.models.enterprise import HONORS
from db.models.nurture import CORE
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import Semantics

RECOGNISED = HONORS[4]  # 数字经济核心产业企业（已认定）


def computed_for(session: Session, month: Period, plan: Plan | None = None) -> dict[int, Computed]:
    """Every indicator of the plan (None: the one that holds in the month) that a register here can answer, by number."""
    plan = plan or plan_issues.plan_for(session, month)
    found = {}
    for each in plan.indicators:
        answer = _answer(session, each, plan, month)
        if answer is not None:
            found[each.no] = answer
    return found


def computed_one(session: Session, no: int, month: Period, plan: Plan | None = None) -> Computed | None:
    """One indicator; None where no register here says anything about it."""
    plan = plan or plan_issues.plan_for(session, month)
    found = plan.indicator(no)
    return _answer(session, found, plan, month) if found is not None else None


def computed_value(
    session: Session, register: str, month: Period, unit_code: str | None = None
) -> Decimal | None:
    """What the registers give for the indicator that names `register`; `unit_code`: counting that unit's rows only."""
    plan = plan_issues.plan_for(session, month)
    found = next((each for each in plan.indicators if each.register == register), None)
    answer = _answer(session, found, plan, month, unit_code) if found is not None else None
    return answer.value if answer is not None else None


def _answer(
    session: Session, row: IndicatorDef, plan: Plan, month: Period, unit_code: str | None = None
) -> Computed | None:
    """None where the register is empty: nothing entered is not zero."""
    if row.register == computed.CLOUD:
        if session.scalar(select(Cloud.id).where(Cloud.deleted_at.is_(None)).limit(1)) is None:
            return None
        return computed.cloud(_services(session, unit_code), month, row.opening, plan.baseline_year)
    if row.register == computed.CORE_FIRMS:
        firms = _firms(session, month, unit_code)
        scope = parameters.read(session).core_scope
        return computed.core(firms, month, scope) if firms else None
    if row.register == computed.LISTS:
        released = _released(session, unit_code)
        yearly = _yearly(parameters.read(session).lists_scope, row.semantics)
        return (
            computed.lists(released, month, row.baseline, plan.baseline_year, yearly=yearly)
            if released
            else None
        )
    if row.register == computed.PROJECT:
        projects = _projects(session, unit_code)
        return computed.project(projects, month, yearly_floor(plan, row.no)) if projects else None
    if row.register == computed.SPECIALISED:
        titles = _titles(session, unit_code)
        cumulative = not _yearly(parameters.read(session).specialised_scope, row.semantics)
        # Read as a running total, the plan's own numbers start from its base: 4 in 2022, 16 in 2025.
        base = row.baseline if row.semantics is Semantics.CUMULATIVE_INCREMENT and not unit_code else None
        return (
            computed.specialised(titles, month, plan.baseline_year, cumulative=cumulative, base=base)
            if titles
            else None
        )
    return None


def _yearly(scope: str, semantics: Semantics) -> bool:
    """Whether only the year is counted: as the office says, else as the plan means the indicator."""
    return {"当年": True, "累计": False}.get(scope, semantics.resets)


def cloud_by_month(
    session: Session, opening: Decimal | None, baseline_year: int, months: Sequence[Period]
) -> dict[Period, Decimal | None]:
    """企业上云 at the end of each month, as `computed_indicators.cloud` has it; empty without any record."""
    if session.scalar(select(Cloud.id).where(Cloud.deleted_at.is_(None)).limit(1)) is None:
        return {}
    services = _services(session, None)
    return {month: computed.cloud(services, month, opening, baseline_year).value for month in months}


def yearly_floor(plan: Plan, no: int) -> Decimal | None:
    """The least number that the plan's actions ask of an indicator in every year."""
    for action in plan.actions:
        for target in action.targets:
            if target.indicator == no and target.yearly and target.value is not None:
                return target.value
    return None


def _services(session: Session, unit_code: str | None) -> list[computed.CountedService]:
    table, today = Cloud.__table__, settings.today(session)
    query = select(
        table.c.id, table.c.cloud_on, table.c.expire_on, table.c.verify_status, table.c.opening
    ).where(table.c.deleted_at.is_(None), table.c.counted.is_(True))
    if unit_code:
        query = query.where(table.c.unit_code == unit_code)
    counted = [
        computed.CountedService(
            row.id,
            row.cloud_on,
            row.verify_status == "已失效" or (row.expire_on is not None and row.expire_on < today),
            bool(row.opening),
        )
        for row in session.execute(query)
    ]
    return counted


def _released(session: Session, unit_code: str | None) -> list[computed.Released]:
    table = Release.__table__
    query = select(table.c.id, table.c.list_kind, table.c.released_on).where(table.c.deleted_at.is_(None))
    if unit_code:
        query = query.where(table.c.unit_code == unit_code)
    return [computed.Released(*row) for row in session.execute(query)]


def _projects(session: Session, unit_code: str | None) -> list[computed.StockedProject]:
    table = Project.__table__
    query = select(table.c.id, table.c.in_stock, table.c.stocked_on, table.c.stage).where(
        table.c.deleted_at.is_(None)
    )
    if unit_code:
        query = query.where(table.c.unit_code == unit_code)
    return [
        computed.StockedProject(row.id, bool(row.in_stock), row.stocked_on, row.stage)
        for row in session.execute(query)
    ]


def _firms(session: Session, month: Period, unit_code: str | None) -> list[computed.CoreFirm]:
    firm, title = Enterprise.__table__, Nurture.__table__
    # A recognition with its own record goes by that record's validity; an honour on the card alone is believed.
    recorded: dict[object, bool] = {}
    for key, stage, end in session.execute(
        select(title.c.enterprise_id, title.c.stage, title.c.valid_to).where(
            title.c.nurture_type == CORE, title.c.deleted_at.is_(None), title.c.enterprise_id.is_not(None)
        )
    ):
        recorded[key] = recorded.get(key, False) or computed.is_recognition(CORE, stage, end, month)
    honoured = func.instr(firm.c.honors, f'"{RECOGNISED}"') > 0
    query = select(
        firm.c.id, firm.c.uscc, firm.c.de_core, firm.c.is_above_scale, firm.c.status, firm.c.status_on,
        firm.c.established_on, honoured.label("honoured"),
    ).where(
        firm.c.deleted_at.is_(None),
        # As the partial indexes have it: `de_core = 1`, not `IS 1`.
        or_(
            firm.c.de_core == true(), and_(firm.c.honors.is_not(None), honoured),
            firm.c.id.in_([key for key, yes in recorded.items() if yes]),
        ),
    )  # fmt: skip
    if unit_code:
        query = query.where(firm.c.unit_code == unit_code)
    return [
        computed.CoreFirm(
            row.id, row.uscc, bool(row.de_core), bool(row.is_above_scale), row.status, row.status_on,
            row.established_on, recorded.get(row.id, bool(row.honoured)),
        )
        for row in session.execute(query)
    ]  # fmt: skip


def _titles(session: Session, unit_code: str | None) -> list[computed.Certified]:
    table = Nurture.__table__
    query = select(
        table.c.id, table.c.enterprise_id, table.c.nurture_type, table.c.certified_on, table.c.stage, table.c.in_stock_ym
    ).where(
        table.c.nurture_type.in_(computed.SPECIALISED_TITLES), table.c.deleted_at.is_(None)
    )  # fmt: skip
    if unit_code:
        query = query.where(table.c.unit_code == unit_code)
    return [computed.Certified(*row) for row in session.execute(query)]
