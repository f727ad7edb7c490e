"""The month by unit: what each office that reports stands with in every register. Totals of the whole are in totals*.py.

Set-based: one query for each register, whatever the number of units. In the plan's order; who is first says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, distinct, func, select
from sqlalchemy.orm import Session

from db import settings
from db.coverage import UnitState
from db.merged_units import Merged, merged
from db.models import Cloud, OrgUnit
from db.models.duty import RUNNING
from db.models.nurture import UPSCALE
from db.month_states import stood
from db.periods import Period
from db.rollup import Rollup
from db.totals_more import stocked


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's month. None where a register is not its business and it has no rows in it.

    `values` are by the key of the figure without the unit (`visit.rows`, `issue.open`, …).
    """

    code: str
    name: str
    kind: str
    state: str
    values: Mapping[str, int | None]

    @property
    def street(self) -> bool:
        return self.kind == "street"


# Figure keys in reading order: with “:unit” behind it each leads to the unit's rows (sources.py).
FIGURES = (
    "visit.rows", "visit.enterprises", "visit.year_enterprises", "issue.all", "issue.open", "issue.overdue",
    "issue.written_off", "cloud.counted", f"nurture.type.{UPSCALE}", "nurture.stage.已入库", "project.in_stock",
    "duty.status.滞后", "duty.status.已完成", "duty.overdue",
)  # fmt: skip


def by_unit(session: Session, month: Rollup) -> tuple[UnitLine, ...]:
    """A line for each unit that owes a return or has rows of the month; streets first, then as the plan has them."""
    period = month.period
    visits = {line.unit_code: line for line in month.visits.units}
    issues = {line.unit_code: line for line in month.issues.units}
    nurtures = {line.unit_code: line for line in month.nurtures.units}
    tables = {
        "cloud": _clouds(session, period), "project": _projects(session, period), "duty": _duties(session, period)
    }  # fmt: skip
    mergers = merged(session, period)
    tables = {name: _folded(found, mergers) for name, found in tables.items()}
    states = {unit.code: unit for unit in month.coverage.units}
    present = set(states).union(visits, issues, nurtures, *tables.values())
    lines = []
    for code, name, kind in _units(session, present):
        visit, issue, nurture = visits.get(code), issues.get(code), nurtures.get(code)
        street = kind == "street"
        none = 0 if street else None
        task = tables["duty"].get(code)
        values: dict[str, int | None] = {
            "visit.rows": visit.rows if visit else none,
            "visit.enterprises": visit.enterprises if visit else none,
            "visit.year_enterprises": visit.year_enterprises if visit else none,
            "issue.all": issue.all if issue else none,
            "issue.open": issue.open if issue else none,
            "issue.overdue": issue.overdue if issue else none,
            "issue.written_off": issue.written_off if issue else none,
            "cloud.counted": tables["cloud"].get(code, (None,))[0],
            f"nurture.type.{UPSCALE}": nurture.by_type.get(UPSCALE, 0) if nurture else none,
            "nurture.stage.已入库": nurture.by_stage.get("已入库", 0) if nurture else none,
            "project.in_stock": tables["project"].get(code, (None,))[0],
            "duty.status.滞后": task[0] if task else None,
            "duty.status.已完成": task[1] if task else None,
            "duty.overdue": task[2] if task else None,
        }
        lines.append(UnitLine(code, name, kind, _state(states.get(code)), values))
    return tuple(lines)


def _state(unit: UnitState | None) -> str:
    return unit.state if unit is not None else "不要求"


def _units(session: Session, codes: set[str]) -> list[tuple[str, str, str]]:
    rows = session.execute(select(OrgUnit.code, OrgUnit.name, OrgUnit.kind)).all()
    known = {code: (code, name, kind) for code, name, kind in rows}
    found = [known.get(code, (code, code, "")) for code in codes if code]
    return sorted(found, key=lambda unit: (unit[2] != "street", unit[0]))


def _clouds(session: Session, period: Period) -> dict[str, tuple[int, ...]]:
    counted = func.count(distinct(case((Cloud.counted.is_(True), Cloud.enterprise_id))))
    return _by_unit(session, Cloud, (counted,), Cloud.cloud_on <= period.last_day)


def _projects(session: Session, period: Period) -> dict[str, tuple[int, ...]]:
    project = stood("project", period).c
    return _by_unit(session, project, (func.sum(case((stocked(project), 1), else_=0)),))


def _duties(session: Session, period: Period) -> dict[str, tuple[int, ...]]:
    duty, day = stood("duty", period).c, min(period.last_day, settings.today(session))
    columns = (
        func.sum(case((duty.status == "滞后", 1), else_=0)),
        func.sum(case((duty.status == "已完成", 1), else_=0)),
        func.sum(case((and_(duty.status.in_(RUNNING), duty.due_date < day), 1), else_=0)),
    )
    return _by_unit(session, duty, columns, duty.year == str(period.year))


def _by_unit(
    session: Session, model: Any, columns: tuple[Any, ...], *scope: Any
) -> dict[str, tuple[int, ...]]:
    rows = session.execute(
        select(model.unit_code, *columns).where(model.deleted_at.is_(None), *scope).group_by(model.unit_code)
    )
    return {row[0]: tuple(int(each or 0) for each in row[1:]) for row in rows}


def _folded(found: Mapping[str, tuple[int, ...]], mergers: Merged) -> dict[str, tuple[int, ...]]:
    """What a unit that was merged has counts with its successor."""
    made: dict[str, tuple[int, ...]] = {}
    for code, numbers in found.items():
        stands = mergers.stands_for(code)
        made[stands] = tuple(map(sum, zip(made.get(stands, (0,) * len(numbers)), numbers, strict=True)))
    return made
