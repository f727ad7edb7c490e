"""The district's plan in the register: installing a plan file into the tables and reading it back. The file's form is in plan_file.py."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db import plan_file
from db.errors import MachineError, Refused
from db.fields import Kind
from db.models import (
    ActionItem,
    Enterprise,
    Indicator,
    IndicatorTarget,
    IndicatorUnit,
    OrgUnit,
    Park,
    Plan,
    Programme,
)
from db.plan_file import TargetDef, UnitDef
from db.registers import REGISTERS


def install(session: Session, plan: plan_file.Plan) -> None:
    """Put a plan into the tables, in place of the one before.

    Units and parks that the new plan no longer names are retired, never deleted: old records refer to them.
    Units and aliases that the office added itself stay. Refused (“other_region”) when the register already
    holds enterprises of another region.
    """
    before = session.get(Plan, 1)
    other_region = before is not None and before.region_code != plan.region_code
    if before is not None and other_region and session.scalar(select(Enterprise.id).limit(1)) is not None:
        raise Refused(
            f"台账里是{before.region}的数据，不能换成{plan.region}的计划。",
            "请为另一个区县新建台账文件夹。",
            "other_region",
        )
    former = plan_file.read(before.document) if before is not None else None
    session.merge(
        Plan(
            id=1,
            title=plan.title,
            region=plan.region,
            region_code=plan.region_code,
            start_year=plan.start_year,
            end_year=plan.end_year,
            baseline_year=plan.baseline_year,
            digest=plan.digest,
            document=dict(plan.document),
        )
    )
    _install_units(session, plan, former)
    _install_parks(session, plan)
    session.flush()
    _install_indicators(session, plan)
    _install_actions(session, plan)


def current(session: Session) -> plan_file.Plan:
    """The plan in force. MachineError (“no_plan”) for a register that was never set up."""
    digest = session.scalar(select(Plan.digest).where(Plan.id == 1))
    if digest is None:
        raise MachineError("台账里没有工作计划。", "请重新运行首次设置（qianqi init）。", "no_plan")
    cached = _known.get(digest)
    if cached is None:
        cached = plan_file.read(session.scalar(select(Plan.document).where(Plan.id == 1)))
        if len(_known) > 8:
            _known.clear()
        _known[digest] = cached
    return cached


# Reading and checking a plan document takes a few milliseconds, and every save asks for targets.
_known: dict[str, plan_file.Plan] = {}


def _install_units(session: Session, plan: plan_file.Plan, former: plan_file.Plan | None) -> None:
    stored = {unit.code: unit for unit in session.scalars(select(OrgUnit))}
    for unit in plan.units:
        own = _own_aliases(stored.get(unit.code), former)
        session.merge(
            OrgUnit(
                code=unit.code,
                name=unit.name,
                full_name=unit.full_name,
                aliases=[*unit.aliases, *(alias for alias in own if alias not in unit.aliases)] or None,
                kind=unit.kind,
                role=unit.role or None,
                active=unit.active,
                reports=unit.reports,
                source="plan",
                note=unit.note or None,
            )
        )
    named = {unit.code for unit in plan.units}
    for code, row in stored.items():
        if code not in named and row.source == "plan":
            row.active, row.reports = False, False


def _own_aliases(row: OrgUnit | None, former: plan_file.Plan | None) -> list[str]:
    """Aliases the office gave a unit itself: those stored that the plan before did not name."""
    if row is None or former is None:
        return []
    before: UnitDef | None = former.unit(row.code)
    return [alias for alias in row.aliases or () if before is None or alias not in before.aliases]


def _install_parks(session: Session, plan: plan_file.Plan) -> None:
    for park in plan.parks:
        session.merge(
            Park(
                code=park.code,
                name=park.name,
                aliases=list(park.aliases) or None,
                part_no=park.part_no(plan.end_year) or None,
                status=park.status or None,
                positioning=park.positioning or None,
                facts=dict(park.facts) or None,
                active=park.active,
                source="plan",
            )
        )
    named = {park.code for park in plan.parks}
    for row in session.scalars(select(Park).where(Park.source == "plan")):
        if row.code not in named:
            row.active = False


def _install_indicators(session: Session, plan: plan_file.Plan) -> None:
    for table in (IndicatorUnit, IndicatorTarget, Indicator):
        session.execute(delete(table))
    session.execute(
        insert(Indicator),
        [
            {
                "no": each.no,
                "name": each.name,
                "unit": each.unit,
                "decimals": each.decimals,
                "attribute": each.attribute,
                "semantics": each.semantics.value,
                "combine": each.combine,
                "register": each.register or None,
                "baseline": each.baseline,
                "opening": each.opening,
                "ambiguous": each.ambiguous,
                "scope": each.scope or None,
                "note": each.note or None,
            }
            for each in plan.indicators
        ],
    )
    session.execute(
        insert(IndicatorTarget),
        [
            {"indicator_no": each.no, "year": year, "value": value}
            for each in plan.indicators
            for year, value in each.targets.items()
        ],
    )
    session.execute(
        insert(IndicatorUnit),
        [
            {"indicator_no": each.no, "unit_code": unit.code}
            for each in plan.indicators
            for unit in plan.expand(each.units)
        ],
    )


def _install_actions(session: Session, plan: plan_file.Plan) -> None:
    for programme in plan.programmes:
        session.merge(Programme(id=programme.id, name=programme.name))
    session.flush()
    for each in plan.actions:
        session.merge(
            ActionItem(
                id=each.id,
                programme_id=each.programme_id,
                name=each.name,
                targets=[_target(target) for target in each.targets],
                tasks=list(each.tasks),
                unit_codes=list(each.units),
                note=each.note or None,
            )
        )
    session.flush()
    _drop_others(session, ActionItem, "action", {each.id for each in plan.actions})
    _drop_others(session, Programme, "programme", {each.id for each in plan.programmes})


def _drop_others(
    session: Session, model: type[ActionItem] | type[Programme], source: str, named: set[str]
) -> None:
    """Take out what the new plan no longer names; what a record or an older action refers to stays known."""
    used = set(session.scalars(select(ActionItem.programme_id))) if model is Programme else set()
    for register in REGISTERS.values():
        for field in register.fields:
            if field.kind is Kind.REF and field.source == source:
                column = register.model.__table__.c[field.name]
                used |= set(session.scalars(select(column).where(column.is_not(None)).distinct()))
    keys = session.scalars(select(model.id)).all()
    gone = [key for key in keys if key not in named and key not in used]
    session.execute(delete(model).where(model.id.in_(gone)))
    session.flush()


def _target(target: TargetDef) -> dict[str, Any]:
    return {
        "name": target.name,
        "operator": target.operator,
        "value": str(target.value),
        "value_max": None if target.value_max is None else str(target.value_max),
        "unit": target.unit,
        "by": target.by,
        "yearly": target.yearly,
        "kind": target.kind.value,
        "indicator": target.indicator,
        "quote": target.quote,
    }
