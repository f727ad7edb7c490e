"""The district's month: the plan's indicators with their coverage, and the registers' totals.

Several units' values become one by the indicator's `combine`; ratios are never summed. No ranking here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import totals, totals_more
from db.computed_indicators import CLOUD, Computed
from db.computed_reading import computed_for
from db.coverage import Coverage, coverage
from db.models import Indicator, IndicatorTarget, IndicatorUnit, IndicatorValue, OrgUnit, Plan
from db.periods import Period
from db.progress import Progress, Semantics, State, assess, rounded

MISSING, PARTIAL = "未报", "未报齐"


@dataclass(frozen=True, slots=True)
class UnitValue:
    """What one unit reported for an indicator (None: nothing for this month)."""

    unit_code: str
    unit: str
    value: Decimal | None
    reason: str = ""
    next_step: str = ""
    data_source: str = ""
    responsible: bool = True


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator at the end of the month. `reported`: what units say where a register answers instead."""

    no: int
    name: str
    unit: str
    decimals: int
    attribute: str
    semantics: Semantics
    progress: Progress
    units: tuple[UnitValue, ...]
    summed: bool
    from_register: bool
    reported: Decimal | None
    note: str
    computed: Computed | None = None  # what the registers here give for it, with the rows
    scope: str = ""  # 口径: what is counted, in the plan's words or as the office chose

    @property
    def value(self) -> Decimal | None:
        return self.progress.value

    @property
    def units_reported(self) -> int:
        return sum(unit.responsible and unit.value is not None for unit in self.units)

    @property
    def units_expected(self) -> int:
        return sum(unit.responsible for unit in self.units)

    @property
    def partial(self) -> bool:
        """A sum of which some unit's part is still missing: shown, but not judged."""
        return self.summed and not self.from_register and 0 < self.units_reported < self.units_expected

    @property
    def state(self) -> str:
        """正常, 关注, 预警; 未报 where there is no value to judge, 未报齐 where only part of a sum is there."""
        if self.partial:
            return PARTIAL
        return self.progress.state.value if self.progress.state else MISSING

    @property
    def binding(self) -> bool:
        return self.attribute == "约束性"

    def as_json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "name": self.name,
            "unit": self.unit,
            "value": _number(self.value, self.decimals),
            "target": _number(self.progress.target, self.decimals),
            "completion": _number(self.progress.completion, 1),
            "time_progress": _number(self.progress.time_progress, 1),
            "gap": _number(self.progress.gap, 1),
            "state": self.state,
            "units_reported": self.units_reported,
            "units_expected": self.units_expected,
        }


@dataclass(frozen=True, slots=True)
class Rollup:
    """Everything the 月调度 of one month says."""

    period: Period
    region: str
    plan_title: str
    coverage: Coverage
    indicators: tuple[IndicatorLine, ...]
    visits: totals.Visits
    issues: totals.Issues
    clouds: totals.Clouds
    nurtures: totals.Nurtures
    projects: totals_more.Projects
    parks: tuple[totals_more.ParkLine, ...]
    duties: totals_more.Duties
    others: totals_more.Others
    behind: tuple[IndicatorLine, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape `qianqi rollup --json` prints (without `out` and `sheets`)."""
        return {
            "coverage": {
                "expected": self.coverage.expected,
                "received": self.coverage.received,
                "late": self.coverage.late,
                "missing": self.coverage.missing,
            },
            "indicators": [line.as_json() for line in self.indicators],
            "registers": {
                "visit": {"rows": self.visits.rows, "enterprises": self.visits.enterprises},
                "cloud": {"rows": self.clouds.rows, "counted": self.clouds.counted},
                "issue": {
                    "open": self.issues.open,
                    "overdue": self.issues.overdue,
                    "written_off": self.issues.written_off,
                },
                "nurture": self.nurtures.by_stage,
                "project": {"in_stock": self.projects.in_stock, "stages": self.projects.by_stage},
                "park": {"reported": sum(park.reported for park in self.parks), "parks": len(self.parks)},
                "duty": {"overdue": self.duties.overdue, "states": self.duties.by_status},
            },
        }


def rollup(session: Session, period: str) -> Rollup:
    """Add up one month from what is in the register now. UsageError for a text that is no month."""
    month = Period(period)
    plan = session.scalars(select(Plan).limit(1)).one()
    clouds = totals.clouds(session, month, plan.baseline_year)
    lines = indicator_lines(session, month, plan.baseline_year)
    return Rollup(
        period=month,
        region=plan.region,
        plan_title=plan.title,
        coverage=coverage(session, month),
        indicators=lines,
        visits=totals.visits(session, month),
        issues=totals.issues(session, month),
        clouds=clouds,
        nurtures=totals.nurtures(session, month),
        projects=totals_more.projects(session, month),
        parks=totals_more.parks(session, month),
        duties=totals_more.duties(session, month),
        others=totals_more.others(session, month),
        behind=tuple(line for line in lines if line.state in (State.WATCH, State.ALARM)),
    )


def indicator_line(session: Session, period: str, no: int) -> IndicatorLine:
    """One indicator at the end of the month. KeyError for a number the plan does not have."""
    month = Period(period)
    baseline = session.scalars(select(Plan.baseline_year).limit(1)).one()
    lines = {line.no: line for line in indicator_lines(session, month, baseline)}
    return lines[no]


def indicator_lines(session: Session, month: Period, baseline_year: int) -> tuple[IndicatorLine, ...]:
    """All indicators of the plan for the month, in the plan's order."""
    targets = {
        (row.indicator_no, row.year): row.value for row in session.scalars(select(IndicatorTarget)).all()
    }
    names = {code: name for code, name in session.execute(select(OrgUnit.code, OrgUnit.name))}
    duties: dict[int, list[str]] = {}
    for duty in session.scalars(select(IndicatorUnit)):
        duties.setdefault(duty.indicator_no, []).append(duty.unit_code)
    reported: dict[int, list[IndicatorValue]] = {}
    for value in session.scalars(
        select(IndicatorValue).where(IndicatorValue.period == str(month), IndicatorValue.deleted_at.is_(None))
    ):
        reported.setdefault(value.indicator_no or 0, []).append(value)
    answers = computed_for(session, month)
    lines = []
    for row in session.scalars(select(Indicator).order_by(Indicator.no)):
        prior = row.baseline if month.year - 1 <= baseline_year else targets.get((row.no, month.year - 1))
        by_unit = {value.org_code or value.unit_code: value for value in reported.get(row.no, [])}
        units = _unit_values(duties.get(row.no, []), by_unit, names)
        combined = combine(row.combine, [unit.value for unit in units if unit.responsible])
        computed = answers.get(row.no)
        # 企业上云 is the register's figure; the others stand beside what was reported (docs/design/0004).
        register = computed.value if computed is not None and row.register == CLOUD else None
        progress = assess(
            Semantics(row.semantics),
            month.month,
            combined if register is None else register,
            targets.get((row.no, month.year)),
            prior,
        )
        lines.append(
            IndicatorLine(
                row.no, row.name, row.unit, row.decimals, row.attribute, Semantics(row.semantics), progress, units,
                row.combine == "sum", register is not None, combined, row.note or "", computed,
                row.scope or "",
            )
        )  # fmt: skip
    return tuple(lines)


def combine(how: str, values: list[Decimal | None]) -> Decimal | None:
    """Several units' values as one: `sum` adds them; `single` and `dedup` take a value if there is just one.

    Values counted by several units that may overlap (`dedup`) can not be added without a list.
    """
    given = [value for value in values if value is not None]
    if not given:
        return None
    if how == "sum":
        return sum(given, Decimal(0))
    return given[0] if len(given) == 1 else None


def _unit_values(
    duties: list[str], by_unit: dict[str, IndicatorValue], names: dict[str, str]
) -> tuple[UnitValue, ...]:
    """The responsible units in the plan's order; a value from any other unit comes after, and is not added."""
    others = sorted(code for code in by_unit if code not in duties)
    values = []
    for code in duties + others:
        found, name, duty = by_unit.get(code), names.get(code, code), code in duties
        if found is None:
            values.append(UnitValue(code, name, None))
        else:
            values.append(
                UnitValue(
                    code,
                    name,
                    found.value,
                    found.reason or "",
                    found.next_step or "",
                    found.data_source or "",
                    duty,
                )
            )
    return tuple(values)


def _number(value: Decimal | None, places: int) -> float | int | None:
    """A JSON number: exact to the places people see."""
    shown = rounded(value, places)
    if shown is None:
        return None
    return int(shown) if shown == shown.to_integral_value() else float(shown)
