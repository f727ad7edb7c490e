"""Reading what computed_indicators.py counts: the rows of the registers, and how the plan means the indicator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db import computed_indicators as computed
from db import direct, parameters, plan_issues, settings
from db.computed_indicators import Computed
from db.models.enterprise import HONORS
from db.models.nurture import CORE
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import Semantics
from db.types import key_of

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
        if not _any_service(session):
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
    if not _any_service(session):
        return {}
    rows = direct.fetch(
        session, "SELECT substr(cloud_on, 1, 7), coalesce(opening, 0), count(*) FROM cloud "
        "WHERE deleted_at IS NULL AND counted IS 1 GROUP BY 1, 2",
    )  # fmt: skip
    counted = [(began, bool(listed), number) for began, listed, number in rows]
    return {month: computed.cloud_total(counted, month, opening, baseline_year) for month in months}


def yearly_floor(plan: Plan, no: int) -> Decimal | None:
    """The least number that the plan's actions ask of an indicator in every year."""
    for action in plan.actions:
        for target in action.targets:
            if target.indicator == no and target.yearly and target.value is not None:
                return target.value
    return None


def _any_service(session: Session) -> bool:
    return direct.first(session, "SELECT 1 FROM cloud WHERE deleted_at IS NULL LIMIT 1") is not None


def _services(session: Session, unit_code: str | None) -> list[computed.CountedService]:
    today = settings.today(session).isoformat()  # days are kept so
    rows = _of_unit(
        session, "SELECT id, cloud_on, expire_on, verify_status, opening FROM cloud "
        "WHERE deleted_at IS NULL AND counted IS 1", unit_code,
    )  # fmt: skip
    return [
        computed.CountedService(
            key_of(key), _day(began), status == "已失效" or (end is not None and end < today), bool(opening)
        )
        for key, began, end, status, opening in rows
    ]


def _released(session: Session, unit_code: str | None) -> list[computed.Released]:
    rows = _of_unit(
        session, "SELECT id, list_kind, released_on FROM release_batch WHERE deleted_at IS NULL", unit_code
    )
    return [computed.Released(key_of(key), kind, _day(day)) for key, kind, day in rows]


def _projects(session: Session, unit_code: str | None) -> list[computed.StockedProject]:
    rows = _of_unit(
        session, "SELECT id, in_stock, stocked_on, stage FROM project WHERE deleted_at IS NULL", unit_code
    )
    return [
        computed.StockedProject(key_of(key), bool(stocked), _day(day), stage)
        for key, stocked, day, stage in rows
    ]


_FIRMS = f"""
SELECT id, uscc, de_core, is_above_scale, status, status_on, established_on,
  honors IS NOT NULL AND instr(honors, '"{RECOGNISED}"') > 0
FROM enterprise WHERE deleted_at IS NULL
  AND (de_core = 1 OR (honors IS NOT NULL AND instr(honors, '"{RECOGNISED}"') > 0) OR id IN ({{recognised}}))
"""  # as the partial indexes have it: `de_core = 1`, not `IS 1`


def _firms(session: Session, month: Period, unit_code: str | None) -> list[computed.CoreFirm]:
    # A recognition with its own record goes by that record's validity; an honour on the card alone is believed.
    recorded: dict[bytes, bool] = {}
    for key, stage, end in direct.fetch(
        session, "SELECT enterprise_id, stage, valid_to FROM nurture WHERE nurture_type = ? "
        "AND deleted_at IS NULL AND enterprise_id IS NOT NULL", (CORE,),
    ):  # fmt: skip
        recorded[key] = recorded.get(key, False) or computed.is_recognition(CORE, stage, _day(end), month)
    recognised = [key for key, yes in recorded.items() if yes]
    sql = _FIRMS.format(recognised=", ".join("?" * len(recognised)))
    return [
        computed.CoreFirm(
            key_of(key), uscc, bool(core), bool(large), status, _day(since), _day(founded),
            recorded.get(key, bool(honoured)),
        )
        for key, uscc, core, large, status, since, founded, honoured in _of_unit(session, sql, unit_code, recognised)
    ]  # fmt: skip


def _titles(session: Session, unit_code: str | None) -> list[computed.Certified]:
    kinds = computed.SPECIALISED_TITLES
    rows = _of_unit(
        session, "SELECT id, enterprise_id, nurture_type, certified_on, stage, in_stock_ym FROM nurture "
        f"WHERE nurture_type IN ({', '.join('?' * len(kinds))}) AND deleted_at IS NULL", unit_code, kinds,
    )  # fmt: skip
    return [
        computed.Certified(
            key_of(key), None if firm is None else key_of(firm), kind, _day(day), stage, entered
        )
        for key, firm, kind, day, stage, entered in rows
    ]


def _of_unit(
    session: Session, sql: str, unit_code: str | None, values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a SELECT with its WHERE; only a unit's where one is named."""
    if not unit_code:
        return direct.fetch(session, sql, tuple(values))
    return direct.fetch(session, f"{sql} AND unit_code = ?", (*values, unit_code))


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)
