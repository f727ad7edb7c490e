"""One indicator over the months of a year: reached, last year, the way to the target, what three months promise."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import plan_store
from db.computed_reading import cloud_by_month
from db.models import IndicatorUnit, IndicatorValue
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import Semantics, expected
from db.rollup import combine

Series = tuple[Decimal | None, ...]
FORECAST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class History:
    """Twelve values each, January first. `forecast` continues from the last known month, None before it."""

    no: int
    year: int
    reached: Series
    last_year: Series
    path: Series  # 应达值 of each month
    forecast: Series

    @property
    def last_known(self) -> int | None:
        """The month (1 to 12) of the last value, None where there is none."""
        return max((n + 1 for n, value in enumerate(self.reached) if value is not None), default=None)

    @property
    def year_end(self) -> Decimal | None:
        """What the year comes to if it goes on like the last three months."""
        return self.forecast[-1]


def history(session: Session, no: int, period: str) -> History | None:
    """The indicator's year up to `period`; None for a number the plan does not have."""
    month = Period(period)
    plan = plan_store.current(session)
    indicator = plan.indicator(no)
    if indicator is None:
        return None
    reached = _values(session, plan, indicator, month.year, month)
    last = _values(session, plan, indicator, month.year - 1, None)
    target, prior = plan.target(no, month.year), plan.prior(no, month.year)
    path = tuple(expected(indicator.semantics, n, target, prior) for n in range(1, 13))
    return History(no, month.year, reached, last, path, forecast(indicator.semantics, reached))


def forecast(semantics: Semantics, reached: Series) -> Series:
    """The months after the last known one, by the mean step of the last three; not for ratios."""
    nothing: Series = (None,) * 12
    known = [n for n, value in enumerate(reached) if value is not None]
    if semantics is Semantics.RATIO or not known or known[-1] == 11:
        return nothing
    end = known[-1]
    start = end - FORECAST_MONTHS
    now = reached[end] or Decimal(0)
    if start < 0:
        # A flow starts the year at zero; a stock needs an earlier value to measure its steps from.
        if not semantics.resets:
            return nothing
        step = now / (end + 1)
    else:
        base = reached[start]
        if base is None:
            return nothing
        step = (now - base) / FORECAST_MONTHS
    return tuple(None if n < end else now + step * (n - end) for n in range(12))


def _values(session: Session, plan: Plan, indicator: IndicatorDef, year: int, upto: Period | None) -> Series:
    months = [Period.of(year, n) for n in range(1, 13)]
    wanted = [month for month in months if upto is None or month <= upto]
    found = (
        cloud_by_month(session, indicator.opening, plan.baseline_year, months)
        if indicator.register == "cloud"
        else _reported(session, indicator, months)
    )
    return tuple(found.get(month) if month in wanted else None for month in months)


def _reported(
    session: Session, indicator: IndicatorDef, months: list[Period]
) -> dict[Period, Decimal | None]:
    duties = set(
        session.scalars(select(IndicatorUnit.unit_code).where(IndicatorUnit.indicator_no == indicator.no))
    )
    rows = session.execute(
        select(IndicatorValue.period, IndicatorValue.org_code, IndicatorValue.value).where(
            IndicatorValue.indicator_no == indicator.no,
            IndicatorValue.period.between(str(months[0]), str(months[-1])),
            IndicatorValue.deleted_at.is_(None),
        )
    )
    by_month: dict[str, list[Decimal | None]] = {}
    for period, org, value in rows:
        if org in duties:
            by_month.setdefault(str(period), []).append(value)
    return {Period(period): combine(indicator.combine, values) for period, values in by_month.items()}
