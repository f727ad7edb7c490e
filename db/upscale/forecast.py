"""What a year's revenue comes to and when it passes the line: exact arithmetic on the months that are known.

Where the figures come from is the caller's; how a month without figures is asked for, the form's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from db.periods import Period
from db.progress import rounded, show_number, show_pct

MONTHS = 12
ZERO, HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class Point:
    """So much, in 万元, from January to the end of that month."""

    asof: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the known months say of the year. Amounts in 万元, rounded to two decimals; None: cannot be said.

    `assumption` says how `forecast` was reached. `second` is the other way of reckoning, with its own words,
    where last year's months are known. `known` and `expected` are cumulative, one per month.
    """

    year: int
    asof: str | None
    revenue: Decimal | None
    threshold: Decimal | None
    monthly: Decimal | None
    forecast: Decimal | None
    assumption: str
    reach_ym: str | None
    missing: Decimal | None
    rate: Decimal | None
    known: tuple[Decimal | None, ...]
    expected: tuple[Decimal | None, ...]
    second: tuple[Decimal, str] | None = None

    @property
    def reached(self) -> bool:
        """Whether the line is passed already."""
        return self.threshold is not None and self.revenue is not None and self.revenue >= self.threshold


def linear(
    revenue: Decimal | None, asof: str | None, threshold: Decimal | None
) -> tuple[Decimal | None, str | None]:
    """The year's revenue and the month it reaches the line, both by the monthly mean so far (forms.md 5)."""
    if revenue is None or not asof:
        return None, None
    period = Period(asof)
    forecast = rounded(revenue * MONTHS / period.month, 2)
    if not threshold or revenue <= 0:
        return forecast, None
    months = int((threshold * period.month / revenue).to_integral_value(ROUND_CEILING))
    return forecast, str(Period.of(period.year, max(months, 1))) if months <= MONTHS else None


def outlook(
    points: Iterable[Point],
    threshold: Decimal | None,
    *,
    year: int | None = None,
    last_year: Sequence[Point] = (),
    last_total: Decimal | None = None,
) -> Outlook:
    """The outlook of one year (the newest of the points unless `year` says which).

    By default the monthly mean goes on. With last year's figure for the same month and last year's total, the
    share of the year that was reached then gives a second figure.
    """
    found = {point.asof: point.amount for point in points}
    if year is None:
        year = Period(max(found)).year if found else 0
    found = {asof: amount for asof, amount in found.items() if Period(asof).year == year}
    if not found:
        blank: tuple[None, ...] = (None,) * MONTHS
        return Outlook(
            year, None, None, threshold, None, None, "还没有本年累计营业收入，不能推算。", None, None, None, blank, blank
        )  # fmt: skip
    asof = max(found)
    revenue, month = found[asof], Period(asof).month
    mean = revenue / month
    forecast, reach = linear(revenue, asof, threshold)
    passed = [each for each in sorted(found) if threshold and found[each] >= threshold]
    known = tuple(found.get(str(Period.of(year, n))) for n in range(1, MONTHS + 1))
    expected = tuple(
        None if n <= month else rounded(revenue + mean * (n - month), 2) for n in range(1, MONTHS + 1)
    )
    return Outlook(
        year, asof, revenue, threshold, rounded(mean, 2), forecast, assumption(month, mean), passed[0] if passed else reach,
        max(threshold - revenue, ZERO) if threshold is not None else None,
        rounded(revenue * HUNDRED / threshold) if threshold else None,
        known, expected, _seasonal(revenue, Period(asof), last_year, last_total),
    )  # fmt: skip


def assumption(month: int, mean: Decimal) -> str:
    """“按 1—5 月月均 80.4 万元推算”; a whole year needs no assumption."""
    if month == MONTHS:
        return "全年数，不需推算"
    shown = show_number(mean, 1)
    return f"按 1—{month} 月月均 {shown} 万元推算" if month > 1 else f"按 1 月 {shown} 万元推算"


def _seasonal(
    revenue: Decimal, asof: Period, last_year: Sequence[Point], last_total: Decimal | None
) -> tuple[Decimal, str] | None:
    """By the share of last year that was reached in the same month; None where last year is not known."""
    before = {point.asof: point.amount for point in last_year}
    then = before.get(str(asof.last_year))
    total = before.get(str(Period.of(asof.year - 1, MONTHS)), last_total)
    if asof.month == MONTHS or then is None or total is None or not 0 < then <= total:
        return None
    forecast = rounded(revenue * total / then, 2)
    assert forecast is not None
    return forecast, f"按上年 1—{asof.month} 月占全年 {show_pct(then * HUNDRED / total)} 推算"
