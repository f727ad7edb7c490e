"""One unit's indicators of a month as they are filled in, with what they are measured against. Saving is records.py's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import locks, plan_issues
from db.computed_indicators import Computed
from db.computed_reading import computed_for
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import Progress, Semantics, assess, show_number
from db.records import Values, table_of
from db.registers import REGISTERS


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator the unit reports: its definition, the stored record (None: not filled in), the figures around it."""

    indicator: IndicatorDef
    period: Period
    org_code: str
    record: Values | None
    before: Decimal | None  # 上月累计 (None in January for what starts anew each year)
    last_year: Decimal | None
    target: Decimal | None
    prior: Decimal | None
    correcting: bool = False  # the month was handed in before: a changed figure needs its 更正理由
    computed: Computed | None = None  # what the registers here give for it

    @property
    def wants_month(self) -> bool:
        """Whether 本月数 is asked for beside the running total."""
        return self.indicator.semantics is Semantics.ANNUAL_FLOW

    def progress(self, value: Decimal | None) -> Progress:
        """The value, typed or stored, against target and time gone."""
        return assess(self.indicator.semantics, self.period.month, value, self.target, self.prior)

    def total_with(self, month: Decimal | None) -> Decimal | None:
        """The running total that follows from the month's own figure; None where the month before is unknown."""
        if month is None or not self.wants_month:
            return None
        if self.period.month == 1:
            return month
        return None if self.before is None else self.before + month

    @property
    def facts(self) -> str:
        """“亿元 · 约束性 · 年度目标 118 · 上月累计 40.2 · 上年同期 45.1”."""
        places = self.indicator.decimals
        parts = [
            self.indicator.unit,
            self.indicator.attribute,
            f"年度目标 {show_number(self.target, places)}",
        ]
        parts.append(
            f"{'上月累计' if self.indicator.semantics.resets else '上月末'} {show_number(self.before, places)}"
        )
        parts.append(f"上年同期 {show_number(self.last_year, places)}")
        return " · ".join(parts)

    def defaults(self) -> Values:
        """What a new record of this line starts with."""
        return {"period": str(self.period), "indicator_no": self.indicator.no, "org_code": self.org_code}


def lines(session: Session, unit_code: str, period: str) -> list[Line]:
    """The unit's indicators in the plan's order; empty for a unit that reports none."""
    month = Period(period)
    plan = plan_issues.plan_for(session, month)
    stored = {p: _stored(session, unit_code, p) for p in (month, month.prev, month.last_year)}
    handed_in = locks.state_of(session, unit_code, month)
    correcting = handed_in is not None and handed_in.state != "draft"
    answers = {
        no: found.without_base() if found.base and _shared(plan, no) else found
        for no, found in computed_for(session, month, plan).items()
    }
    return [
        replace(
            _line(plan, each, month, unit_code, stored), correcting=correcting, computed=answers.get(each.no)
        )
        for each in plan_issues.indicators_of(session, month, unit_code)
    ]


def _shared(plan: Plan, no: int) -> bool:
    """Whether several units report parts that may overlap: none of them can answer for the base alone."""
    indicator = plan.indicator(no)
    return indicator is not None and indicator.combine == "dedup"


def _line(
    plan: Plan,
    indicator: IndicatorDef,
    month: Period,
    unit_code: str,
    stored: dict[Period, dict[int, Values]],
) -> Line:
    no = indicator.no
    record = stored[month].get(no)
    before = stored[month.prev].get(no)
    last_year = stored[month.last_year].get(no)
    fresh = month.month == 1 and indicator.semantics.resets
    return Line(
        indicator,
        month,
        unit_code,
        record,
        None if fresh or before is None else before["value"],
        last_year["value"] if last_year is not None else (record or {}).get("ly_value"),
        plan.target(no, month.year),
        plan.prior(no, month.year),
    )


def _stored(session: Session, unit_code: str, period: str) -> dict[int, Values]:
    table = table_of(REGISTERS["indicator"])
    query = select(table).where(
        table.c.period == str(period), table.c.org_code == unit_code, table.c.deleted_at.is_(None)
    )
    return {row["indicator_no"]: dict(row) for row in session.execute(query).mappings()}
