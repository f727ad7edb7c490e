"""指标 and 走势 as pictures: each indicator against its target and time gone; its year against the last, and to the year's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import each_month, plan_issues
from db.analysis import About, Rows
from db.computed_reading import cloud_by_month
from db.coverage import coverage
from db.indicator_history import FORECAST_MONTHS, Series, forecast
from db.kept_totals import Kept
from db.merged_units import merged
from db.models import IndicatorValue
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.progress import (
    DASH,
    Semantics,
    completion,
    expected,
    show_gap,
    show_number,
    show_pct,
    yoy,
)
from db.rollup import MISSING, IndicatorLine, combine, indicator_lines

PART = "本单位数"  # a unit's part of a figure that has only a district's target: shown, never judged
_NONE: Series = (None,) * 12


@dataclass(frozen=True, slots=True)
class Bullet:
    """One indicator of the month. Rates in percent; `state` in words; `told` says everything in a sentence."""

    no: int
    name: str
    unit: str
    places: int
    binding: bool
    value: Decimal | None
    target: Decimal | None
    completion: Decimal | None
    due: Decimal | None
    gap: Decimal | None
    state: str
    coverage: str
    rows: Rows
    said: tuple[tuple[str, str], ...] = ()  # unit, its reason and next step

    @property
    def told(self) -> str:
        if self.value is None:
            return f"{self.name}：{self.state}，年度目标 {self._with_unit(self.target)}"
        reached = f"{self.name}：{self._with_unit(self.value)}，年度目标 {self._with_unit(self.target)}"
        if self.completion is None:
            return f"{reached}，{self.state}"
        return (
            f"{reached}，完成率 {show_pct(self.completion)}，序时进度 {show_pct(self.due)}，"
            f"进度差 {show_gap(self.gap)} 个百分点，{self.state}"
        )

    def _with_unit(self, value: Decimal | None) -> str:
        return f"{show_number(value, self.places)} {self.unit}" if value is not None else DASH


@dataclass(frozen=True, slots=True)
class Bullets:
    """All indicators of the plan; for a unit those it reports."""

    about: About
    rows: tuple[Bullet, ...]


def bullets(session: Session, month: Period, unit_code: str | None = None) -> Bullets:
    """The month's indicators against the year's targets; `unit_code`: what this unit reported, judged only where it answers alone."""
    kept = Kept(session)  # the roll-up shows the same lines: whoever asks first makes them
    found = plan_issues.in_force(session, month)
    lines = kept.part("indicators", month, lambda: indicator_lines(session, month, None, found))
    title = f"{len(lines)} 项指标完成情况（{_span(month)}）"
    if unit_code is None:
        bars = tuple(_bullet(line, month) for line in lines)
        state = kept.part("coverage", month, lambda: coverage(session, month))
        covered = f"已报 {state.received}/{state.expected} 家单位；各行“覆盖”为已报责任单位数/应报责任单位数"
        scope = "完成率＝实际÷年度目标；竖线为序时进度；进度差＝完成率－序时进度"
        return Bullets(About(title, "完成率 %", scope, covered), bars)
    mine = tuple(bullet for line in lines if (bullet := _own_bullet(line, month, unit_code)) is not None)
    scope = "本单位填报的数；多家单位共报的指标只有全区目标，不判断快慢"
    filled = sum(each.value is not None for each in mine)
    return Bullets(
        About(f"本单位 {len(mine)} 项指标（{_span(month)}）", "完成率 %", scope, f"已填 {filled}/{len(mine)} 项"), mine
    )  # fmt: skip


def _bullet(line: IndicatorLine, month: Period) -> Bullet:
    p = line.progress
    return Bullet(
        line.no, line.name, line.unit, line.decimals, line.binding, p.value, p.target, p.completion, p.time_progress,
        p.gap, line.state, f"{line.units_reported}/{line.units_expected}", Rows(f"indicator.{line.no}", str(month)), said(line),
    )  # fmt: skip


def said(line: IndicatorLine) -> tuple[tuple[str, str], ...]:
    """(unit, its reason and next step) of every unit that explained itself."""
    return tuple(
        (
            each.unit,
            "　".join(part for part in (each.reason, each.next_step and f"下步：{each.next_step}") if part),
        )
        for each in line.units
        if each.reason or each.next_step
    )


def _own_bullet(line: IndicatorLine, month: Period, unit_code: str) -> Bullet | None:
    """The unit's own line; None where it does not report the indicator."""
    own = next((each for each in line.units if each.unit_code == unit_code and each.responsible), None)
    if own is None:
        return None
    p, alone = line.progress, line.units_expected == 1 and not line.from_register
    rows = Rows(f"indicator.{line.no}:{unit_code}", str(month))
    told = tuple(each for each in said(line) if each[0] == own.unit)
    if alone:
        state = line.state if own.value is not None else MISSING
        return Bullet(
            line.no, line.name, line.unit, line.decimals, line.binding, own.value, p.target, p.completion, p.time_progress,
            p.gap, state, "", rows, told,
        )  # fmt: skip
    state = MISSING if own.value is None else PART
    return Bullet(
        line.no, line.name, line.unit, line.decimals, line.binding, own.value, p.target, None, None, None, state, "", rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trend:
    """One indicator by month, January first: this year, last year, the way to the target, what it comes to by December."""

    about: About
    no: int
    name: str
    unit: str
    places: int
    year: int
    month: int
    reached: Series
    last_year: Series
    path: Series
    forecast: Series
    target: Decimal | None
    assumption: str  # how the year's end was worked out, or why it was not
    unit_code: str = ""

    @property
    def known(self) -> int | None:
        """The month (1 to 12) of the last value, None where there is none."""
        return max((n + 1 for n, value in enumerate(self.reached) if value is not None), default=None)

    @property
    def latest(self) -> Decimal | None:
        return None if self.known is None else self.reached[self.known - 1]

    @property
    def before(self) -> Decimal | None:
        """Last year's value of the latest month."""
        return None if self.known is None else self.last_year[self.known - 1]

    @property
    def growth(self) -> Decimal | None:
        """同比 in percent; None without both, or on a base that is not above zero."""
        return yoy(self.latest, self.before)

    @property
    def year_end(self) -> Decimal | None:
        return self.forecast[-1]

    @property
    def year_end_completion(self) -> Decimal | None:
        return completion(self.year_end, self.target)

    def rows(self, month: int) -> Rows:
        """What lies behind a month (1 to 12) of this year."""
        key = f"indicator.{self.no}" + (f":{self.unit_code}" if self.unit_code else "")
        return Rows(key, str(Period.of(self.year, month)))


def trends(session: Session, month: Period, unit_code: str | None = None) -> tuple[Trend, ...]:
    """Every indicator of the plan (of a unit: those it reports), read together."""
    plan = plan_issues.plan_for(session, month)
    mergers = merged(session, month)
    reported = _reported(session, month)
    exact = each_month.needed(session, month) and unit_code is None
    told = each_month.each_month(session, _two_years(month)) if exact else {}
    found = []
    for indicator in plan.indicators:
        owed = mergers.units(unit.code for unit in plan.expand(indicator.units))
        if unit_code is not None and unit_code not in owed:
            continue
        found.append(
            _trend(
                session,
                plan,
                indicator,
                month,
                owed,
                reported.get(indicator.no, {}),
                unit_code,
                told.get(indicator.no),
            )
        )
    return tuple(found)


def trend(session: Session, no: int, month: Period, unit_code: str | None = None) -> Trend | None:
    """One of them; None for a number the plan does not have or the unit does not report."""
    return next((each for each in trends(session, month, unit_code) if each.no == no), None)


_Reported = Mapping[str, Mapping[str, Decimal | None]]  # month → unit → value


def _reported(session: Session, month: Period) -> dict[int, dict[str, dict[str, Decimal | None]]]:
    rows = session.execute(
        select(
            IndicatorValue.indicator_no, IndicatorValue.period, IndicatorValue.org_code, IndicatorValue.value
        ).where(
            IndicatorValue.period.between(f"{month.year - 1}-01", f"{month.year}-12"),
            IndicatorValue.deleted_at.is_(None),
        )
    )
    found: dict[int, dict[str, dict[str, Decimal | None]]] = {}
    for no, period, org, value in rows:
        found.setdefault(no or 0, {}).setdefault(str(period), {})[org or ""] = value
    return found


def _trend(
    session: Session, plan: Plan, indicator: IndicatorDef, month: Period, duties: Sequence[str],
    reported: _Reported, unit_code: str | None, told: each_month.Told | None = None,
) -> Trend:  # fmt: skip
    year, months = month.year, _two_years(month)
    alone = unit_code is None or (len(duties) == 1 and indicator.register != "cloud")
    if told is not None:
        values = [told.get(each, (None, None))[0] for each in months]
    elif unit_code is None and indicator.register == "cloud":
        counted = cloud_by_month(session, indicator.opening, plan.baseline_year, months)
        values = [counted.get(each) for each in months]
    else:
        wanted = [unit_code] if unit_code is not None else duties
        how = "single" if unit_code is not None else indicator.combine
        values = [_combined(reported.get(str(each), {}), wanted, how) for each in months]
    if year - 1 < plan.baseline_year:
        values[:12] = _NONE
    reached = tuple(value if n < month.month else None for n, value in enumerate(values[12:]))
    target = plan.target(indicator.no, year) if alone else None
    prior = plan.prior(indicator.no, year) if alone else None
    path: Series = tuple(expected(indicator.semantics, n, target, prior) for n in range(1, 13))
    if told is not None:
        path = tuple(told.get(each, (None, None))[1] for each in months[12:])
    ahead = forecast(indicator.semantics, reached)
    scope = f"{indicator.semantics.word}；{indicator.scope}" if indicator.scope else indicator.semantics.word
    return Trend(
        About(f"{indicator.name}　{year} 年走势", indicator.unit, scope, _months_covered(reached, month, values[:12], year)),
        indicator.no, indicator.name, indicator.unit, indicator.decimals, year, month.month, reached, tuple(values[:12]),
        path, ahead, target, assumption(indicator, reached, ahead, target), unit_code or "",
    )  # fmt: skip


def _two_years(month: Period) -> list[Period]:
    return [Period.of(year, n) for year in (month.year - 1, month.year) for n in range(1, 13)]


def _combined(by_unit: Mapping[str, Decimal | None], wanted: Sequence[str], how: str) -> Decimal | None:
    given = [by_unit[code] for code in wanted if by_unit.get(code) is not None]
    if how == "sum" and len(given) < len(wanted):
        return None  # a sum of which a part is missing would look like a fall
    return combine(how, given)


def assumption(indicator: IndicatorDef, reached: Series, ahead: Series, target: Decimal | None) -> str:
    """How the year's end was worked out, in words; why it was not, where it was not."""
    known = [n + 1 for n, value in enumerate(reached) if value is not None]
    if not known:
        return "今年还没有数，不作推算。"
    if known[-1] == 12:
        return "全年已报，不作推算。"
    if ahead[-1] is None:
        if indicator.semantics is Semantics.RATIO:
            return "比率类指标不作推算。"
        return f"前 {FORECAST_MONTHS} 个月的数不连续或不足，不作推算。"
    end, last = ahead[-1], reached[known[-1] - 1] or Decimal(0)
    step = (end - last) / (12 - known[-1])
    months = (
        "按近三月月均"
        if known[-1] > FORECAST_MONTHS
        else f"按 1—{known[-1]} 月月均"
        if known[-1] > 1
        else "按 1 月的数"
    )
    places = indicator.decimals
    change = f"{'增加' if step > 0 else '减少'} {show_number(abs(step), max(places, 1))} {indicator.unit}"
    told = f"{months}（每月{change if step else '不变'}）推算，年底约 {show_number(end, places)} {indicator.unit}"
    done = completion(end, target)
    return f"{told}，为年度目标的 {show_pct(done)}。" if done is not None else f"{told}。"


def _months_covered(reached: Series, month: Period, before: Sequence[Decimal | None], year: int) -> str:
    have = sum(value is not None for value in reached)
    last = sum(value is not None for value in before)
    told = f"{year - 1} 年 {last}/12 个月有数" if last else f"没有 {year - 1} 年的数"
    return f"今年 {have}/{month.month} 个月有数，{told}"


def _span(month: Period) -> str:
    return f"{month.year} 年 1—{month.month} 月" if month.month > 1 else f"{month.year} 年 1 月"
