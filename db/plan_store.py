"""The district's plan in the register: installing a plan file into the tables and reading it back. The file's form is in plan_file.py."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db import direct, plan_file, readings, settings
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
    PlanIssue,
    Programme,
)
from db.once import once
from db.periods import Period
from db.plan_file import TargetDef, UnitDef
from db.registers import REGISTERS
from db.types import now

FIRST = "1900-01"  # the first plan of a register holds for every month


def install(session: Session, plan: plan_file.Plan, by: str = "", from_period: str = "") -> None:
    """Put a plan into the tables, in place of the one before.

    A re-issued plan holds from `from_period` on (“”: from this month); the months before keep what held then. The first
    plan of a register holds for all months.

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
    _note_issue(session, plan, by, from_period)
    _install_units(session, plan, former)
    _install_parks(session, plan)
    session.flush()
    _install_indicators(session, readings.read_by(plan, readings.chosen(session)))
    _install_actions(session, plan)


def _note_issue(session: Session, plan: plan_file.Plan, by: str, from_period: str) -> None:
    """Keep the plan beside those before it; the same plan again is no issue of its own."""
    last = session.scalars(select(PlanIssue).order_by(PlanIssue.number.desc()).limit(1)).first()
    if last is not None and last.digest == plan.digest:
        return
    start = Period(from_period) if from_period else Period.of_date(settings.today(session))
    session.add(
        PlanIssue(
            number=last.number + 1 if last is not None else 1,
            from_period=str(start) if last is not None else FIRST,
            digest=plan.digest,
            document=dict(plan.document),
            installed_at=now(),
            installed_by=by,
        )
    )
    session.flush()


def current(session: Session) -> plan_file.Plan:
    """The plan in force, read as the office chose. MachineError (“no_plan”) for a register that was never set up."""
    return once(session, "plan", lambda: _as_chosen(session, as_printed(session)))


def as_printed(session: Session) -> plan_file.Plan:
    """The plan in force as it is printed, whatever the office chose where it is ambiguous. MachineError as `current`."""
    row = direct.first(session, "SELECT digest FROM plan WHERE id = 1")
    if row is None:
        raise MachineError("台账里没有工作计划。", "请重新运行首次设置（qianqi init）。", "no_plan")
    return _known.get(row[0]) or _keep(row[0], session.scalar(select(Plan.document).where(Plan.id == 1)))


def issued(session: Session, number: int, digest: str) -> plan_file.Plan:
    """A plan that was put into force (plan_issues.py), read as the office chose."""
    found = _known.get(digest)
    if found is None:
        document = session.scalar(select(PlanIssue.document).where(PlanIssue.number == number))
        found = _keep(digest, document)
    return _as_chosen(session, found)


def _as_chosen(session: Session, plan: plan_file.Plan) -> plan_file.Plan:
    chosen = readings.chosen(session)
    if not chosen:
        return plan
    key = f"{plan.digest} {chosen}"
    found = _known.get(key)
    if found is None:
        found = _known[key] = readings.read_by(plan, chosen)
    return found


def _keep(digest: str, document: Any) -> plan_file.Plan:
    if len(_known) > 8:
        _known.clear()
    found = _known[digest] = plan_file.read(document)
    return found


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
