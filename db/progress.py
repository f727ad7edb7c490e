"""完成率, 序时进度, 进度差, state, 同比: arithmetic in Decimal only, no SQL and no plan.

Rates are percentages (41.7 means 41.7 %), unrounded; the `show_*` functions round, half up, for display.
None means “cannot be said”, and is shown as “—”.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

HUNDRED = Decimal(100)
MONTHS = Decimal(12)
DASH = "—"


class Semantics(StrEnum):
    """What a value of an indicator or target means, and so how far it should have got by a month."""

    ANNUAL_FLOW = "annual_flow"  # 年内累计: January to this month, starts anew each year
    STOCK = "stock"  # 期末存量
    RATIO = "ratio"  # 比率: never summed
    ANNUAL_INCREMENT = "annual_increment"  # 当年新增: counts new ones of this year
    CUMULATIVE_INCREMENT = "cumulative_increment"  # 期内累计新增: new ones since the plan began

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def resets(self) -> bool:
        """Whether January starts from zero."""
        return self in (Semantics.ANNUAL_FLOW, Semantics.ANNUAL_INCREMENT)


_WORDS = {
    Semantics.ANNUAL_FLOW: "年内累计",
    Semantics.STOCK: "期末存量",
    Semantics.RATIO: "比率",
    Semantics.ANNUAL_INCREMENT: "当年新增",
    Semantics.CUMULATIVE_INCREMENT: "期内累计新增",
}


class State(StrEnum):
    NORMAL = "正常"
    WATCH = "关注"
    ALARM = "预警"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """进度差 in percentage points: from `normal` up 正常, down to `alarm` 预警, between them 关注."""

    normal: Decimal = Decimal(0)
    alarm: Decimal = Decimal(-10)


def completion(value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """完成率 in percent. None without a value, or without a target above zero to divide by."""
    if value is None or target is None or target <= 0:
        return None
    return value * HUNDRED / target


def expected(
    semantics: Semantics, month: int, target: Decimal | None, prior: Decimal | None
) -> Decimal | None:
    """应达值 at the end of a month (1 to 12), in the indicator's unit.

    Flows and yearly new ones grow from zero by month ÷ 12; stocks and ratios grow from `prior`
    (last year's target, in the first year the baseline) to this year's target in equal steps.
    """
    numerator = _expected_times_12(semantics, month, target, prior)
    return None if numerator is None else numerator / MONTHS


def time_progress(
    semantics: Semantics, month: int, target: Decimal | None, prior: Decimal | None
) -> Decimal | None:
    """序时进度 in percent: what share of the year's target is due by the end of the month."""
    if semantics.resets:
        return _month(month) * HUNDRED / MONTHS
    numerator = _expected_times_12(semantics, month, target, prior)
    if numerator is None or target is None or target <= 0:
        return None
    # One division only: a value exactly as expected must come out with a gap of exactly zero.
    return numerator * HUNDRED / (MONTHS * target)


def _month(month: int) -> Decimal:
    if not 1 <= month <= 12:
        raise ValueError(f"month {month}")
    return Decimal(month)


def _expected_times_12(
    semantics: Semantics, month: int, target: Decimal | None, prior: Decimal | None
) -> Decimal | None:
    if target is None:
        return None
    if semantics.resets:
        return target * _month(month)
    if prior is None:
        return None
    return prior * MONTHS + (target - prior) * _month(month)


def gap(completion: Decimal | None, time_progress: Decimal | None) -> Decimal | None:
    """进度差 in percentage points: 完成率 − 序时进度."""
    if completion is None or time_progress is None:
        return None
    return completion - time_progress


def state(gap: Decimal | None, thresholds: Thresholds | None = None) -> State | None:
    """正常, 关注 or 预警 by the gap as it is shown, to one place: nobody understands “0.0, 关注”."""
    shown = rounded(gap)
    if shown is None:
        return None
    limits = thresholds or Thresholds()
    if shown >= limits.normal:
        return State.NORMAL
    return State.ALARM if shown <= limits.alarm else State.WATCH


def change(now: Decimal | None, before: Decimal | None, comparable: bool = True) -> Decimal | None:
    """Growth in percent. None without both, with a base not above zero, or when the scope differs."""
    if not comparable or now is None or before is None or before <= 0:
        return None
    return (now - before) * HUNDRED / before


def yoy(now: Decimal | None, last_year: Decimal | None, comparable: bool = True) -> Decimal | None:
    """同比 in percent, against the same month of last year."""
    return change(now, last_year, comparable)


def mom(now: Decimal | None, last_month: Decimal | None, comparable: bool = True) -> Decimal | None:
    """环比 in percent, against the month before."""
    return change(now, last_month, comparable)


def score(completion: Decimal | None, weight: Decimal, cap: Decimal = HUNDRED) -> Decimal:
    """Points of one indicator: min(完成率, cap) × weight ÷ 100; nothing for a missing or negative rate."""
    if completion is None or completion <= 0:
        return Decimal(0)
    return min(completion, cap) * weight / HUNDRED


@dataclass(frozen=True, slots=True)
class Progress:
    """One indicator at the end of one month."""

    value: Decimal | None
    target: Decimal | None
    expected: Decimal | None
    completion: Decimal | None
    time_progress: Decimal | None
    gap: Decimal | None
    state: State | None


def assess(
    semantics: Semantics,
    month: int,
    value: Decimal | None,
    target: Decimal | None,
    prior: Decimal | None,
    thresholds: Thresholds | None = None,
) -> Progress:
    """A value against its target; a range target goes in as its lower bound."""
    done = completion(value, target)
    due = time_progress(semantics, month, target, prior)
    difference = gap(done, due)
    return Progress(
        value,
        target,
        expected(semantics, month, target, prior),
        done,
        due,
        difference,
        state(difference, thresholds),
    )


def rounded(value: Decimal | None, places: int = 1) -> Decimal | None:
    """Rounded half up, never “-0.0”."""
    if value is None:
        return None
    result = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def show_number(value: Decimal | None, places: int = 2) -> str:
    """“1,234.50”, or “—”."""
    result = rounded(value, places)
    return DASH if result is None else f"{result:,f}"


def show_pct(value: Decimal | None, places: int = 1) -> str:
    """“93.1%”, or “—”."""
    result = rounded(value, places)
    return DASH if result is None else f"{result:f}%"


def show_gap(value: Decimal | None, places: int = 1) -> str:
    """“+2.3” or “-10.0” (percentage points), or “—”."""
    result = rounded(value, places)
    if result is None:
        return DASH
    return f"{result:+f}" if result else f"{result:f}"
