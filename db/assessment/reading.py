"""What the register says for a scheme: units, their values and targets of the year, points noted by hand. No arithmetic of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import plan_issues, plan_store, settings
from db.assessment import behind
from db.assessment.inputs import EntryIn, Inputs, Measured, UnitIn
from db.assessment.scheme import HUNDRED, REPORTING, WHOLE, Group, Item, Scheme
from db.models import AssessmentEntry, IndicatorValue, OrgUnit
from db.periods import Period
from db.plan_types import IndicatorDef, Plan
from db.rollup import IndicatorLine, indicator_lines

RATES = ("issue", "satisfied", "duty")
EMPTY = {"issue": "年内没有到期的问题", "satisfied": "年内没有已回访的问题", "duty": "责任清单里没有本年任务"}


def as_of_month(year: int, today: date) -> Period:
    """December, or while the year still runs the month it is; January of a year to come."""
    if today.year > year:
        return Period.of(year, 12)
    return Period.of(year, today.month if today.year == year else 1)


def plan_of(session: Session, year: int) -> Plan:
    """The plan that the year is assessed by: in force at its end, or now while it runs; not one re-issued since."""
    return plan_issues.plan_for(session, as_of_month(year, settings.today(session)))


def read_inputs(session: Session, year: int, scheme: Scheme) -> Inputs:
    """Everything that `scoring.score` goes by, as the register has it now."""
    today = settings.today(session)
    reader = _Reader(session, year, scheme, today)
    units = reader.units()
    silent = reader.silent(units)
    measured = {
        (unit.code, item.key): _said(reader.measure(group, item, unit, units), unit.code in silent)
        for group in scheme.groups
        for item in group.items
        for unit in units
        if unit.group == group.key and not unit.merged_into and item.applies(unit.code)
    }
    notes = reader.notes()
    if reader.nothing(units):
        notes.append(f"{year} 年没有收到任何数据，各单位都不计分。")
    return Inputs(
        year, str(reader.as_of), tuple(units), measured, tuple(_entries(session, year)), tuple(notes)
    )


def _said(measured: Measured, silent: bool) -> Measured:
    """What was measured; of a unit that said nothing there is no value, not even a zero."""
    return replace(measured, value=None, parts=None, silent=True) if silent else measured


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a group may have. `assessed`: by its kind alone, as one that reports or was merged into one that does."""

    code: str
    name: str
    kind: str
    assessed: bool


def candidates(session: Session) -> tuple[Candidate, ...]:
    """Every unit, in the plan's order."""
    order = {unit.code: n for n, unit in enumerate(plan_store.current(session).units)}
    columns = (OrgUnit.code, OrgUnit.name, OrgUnit.kind, OrgUnit.active, OrgUnit.reports, OrgUnit.merged_into)
    found = [
        Candidate(
            row.code, row.name, row.kind, bool((row.active and row.reports) or row.merged_into is not None)
        )
        for row in session.execute(select(*columns))
    ]
    return tuple(sorted(found, key=lambda each: (order.get(each.code, len(order)), each.code)))


def members(group: Group, known: Sequence[Candidate]) -> list[str]:
    """The codes of a group's units among these: those it names, else those of its kinds."""
    if group.district:
        return [WHOLE]
    if group.units:
        return [each.code for each in known if each.code in group.units]
    return [each.code for each in known if each.kind in group.kinds and each.assessed]


def members_of(session: Session, scheme: Scheme) -> dict[str, list[str]]:
    """The codes of each group's units, in the plan's order."""
    known = candidates(session)
    return {group.key: members(group, known) for group in scheme.groups}


def names_of(session: Session) -> dict[str, str]:
    """What units are called; the district by the plan's name for it."""
    names = {code: name for code, name in session.execute(select(OrgUnit.code, OrgUnit.name))}
    return {**names, WHOLE: plan_store.current(session).region_name}


def _entries(session: Session, year: int) -> list[EntryIn]:
    rows = session.scalars(
        select(AssessmentEntry)
        .where(AssessmentEntry.year == year, AssessmentEntry.withdrawn_at.is_(None))
        .order_by(AssessmentEntry.unit_code, AssessmentEntry.kind, AssessmentEntry.made_at)
    )
    return [
        EntryIn(
            row.unit_code, row.kind, row.item, row.points, row.reason, row.evidence,
            f"{row.made_at.astimezone():%Y-%m-%d} {row.made_by}",
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    line: IndicatorLine
    period: Period


class _Reader:
    """What is read once for all units."""

    def __init__(self, session: Session, year: int, scheme: Scheme, today: date) -> None:
        self.session, self.year, self.scheme, self.today = session, year, scheme, today
        self.as_of = as_of_month(year, today)
        self.plan: Plan = plan_of(session, year)
        self.names = names_of(session)
        self.pooled = behind.pooled(session, self.as_of)
        self.members = members_of(session, scheme)
        self._counts: dict[str, Mapping[str, behind.Count]] = {}
        self._lines: dict[int, _Found] | None = None
        self._months: list[behind.MonthIn] | None = None
        self._heard: frozenset[str] | None = None

    def nothing(self, units: Sequence[UnitIn]) -> bool:
        """Whether nobody has reported anything in the year: a new register, or a year that has not begun."""
        return not (self._spoke() or self._count("cloud")) and bool(units)

    def silent(self, units: Sequence[UnitIn]) -> set[str]:
        """Units with nothing to score: all of them where nobody reported, else those that reported nothing and owe nothing.

        One that owes returns is scored on what it has not reported: silence must not pay.
        """
        if self.nothing(units):
            return {unit.code for unit in units}
        owing = {line.unit for line in self._returns() if line.missing}
        heard = self._spoke()
        quiet = {unit.code for unit in units if unit.code not in heard and unit.code not in owing}
        if self._found() or owing:
            quiet.discard(WHOLE)
        return quiet

    def _spoke(self) -> frozenset[str]:
        """Who handed in a return of the year (零报送 is one), or has a visit, a problem, a candidate or an indicator of it."""
        if self._heard is None:
            found = {line.unit for line in self._returns() if line.owed and not line.missing}
            for measure in ("visit", "issue", "upscale"):
                found |= {unit for unit, count in self._count(measure).items() if count.rows}
            months = [str(each) for each in self.as_of.year_to_date()]
            found |= set(
                self.session.scalars(
                    select(func.coalesce(IndicatorValue.org_code, IndicatorValue.unit_code))
                    .where(
                        IndicatorValue.period.in_(months),
                        IndicatorValue.value.is_not(None),
                        IndicatorValue.deleted_at.is_(None),
                    )
                    .distinct()
                )
            )
            self._heard = frozenset(self.pooled.get(code, code) for code in found if code)
        return self._heard

    def notes(self) -> list[str]:
        told = []
        if self.today <= Period.of(self.year, 12).last_day:
            told.append(f"{self.year} 年还没有过完，按截至 {self.as_of.month} 月的数试算。")
        if self.year not in self.plan.years:
            told.append(
                f"{self.year} 年不在计划期（{self.plan.start_year}—{self.plan.end_year} 年）内，指标没有年度目标。"
            )
        return told

    def units(self) -> list[UnitIn]:
        since = {
            code: (target, str(start or ""))
            for code, target, start in self.session.execute(
                select(OrgUnit.code, OrgUnit.merged_into, OrgUnit.merged_from)
            )
        }
        found = []
        for group in self.scheme.groups:
            for code in self.members[group.key]:
                target, start = since.get(code, (None, ""))
                if target and start and start < f"{self.year}-01":
                    continue  # merged before the year: nothing of it is assessed any more
                gone = self.names.get(self.pooled[code], self.pooled[code]) if code in self.pooled else ""
                months = self.scheme.months.get(code)
                notes = [f"{Period(start).display()}起"] if gone and start else []
                came = [self.names.get(each, each) for each, into in self.pooled.items() if into == code]
                if came:
                    notes.append(f"含并入的{'、'.join(came)}。")
                if months is not None and months.count < 12:
                    notes.append(
                        f"考核 {months.first}—{months.last} 月，可折算的目标按 {months.count}/12 计。"
                    )
                name = self.names.get(code, code)
                unit = UnitIn(code, name, group.key, merged_into=gone, note="".join(notes))
                found.append(
                    unit if months is None else UnitIn(code, name, group.key, months, gone, "".join(notes))
                )
        return found

    def measure(self, group: Group, item: Item, unit: UnitIn, units: Sequence[UnitIn]) -> Measured:
        if item.indicator is not None:
            return self._indicator(item, unit)
        if item.measure == REPORTING:
            return self._reporting(unit)
        target, told = self._target(group, item, unit, units)
        count = self._count(item.measure).get(unit.code, behind.Count())
        key, period = f"assessment.{item.measure}:{unit.code}", str(self.as_of)
        if item.measure not in RATES:
            value = count.rows if item.measure == "upscale" else count.firms
            return Measured(Decimal(value), target, target_note=told, source=key, period=period)
        parts = (count.part, count.whole)
        if not count.whole:
            return Measured(
                None, target, absent=True, note=EMPTY[item.measure], target_note=told, source=key, period=period, parts=parts
            )  # fmt: skip
        # To the places that 完成率 is kept with: the workbook divides the same two numbers and rounds as well.
        rate = (Decimal(count.part) * HUNDRED / count.whole).quantize(
            Decimal("0.01"), rounding="ROUND_HALF_UP"
        )
        return Measured(rate, target, target_note=told, source=key, period=period, parts=parts)

    def _count(self, measure: str) -> Mapping[str, behind.Count]:
        if measure not in self._counts:
            self._counts[measure] = behind.counts(self.session, measure, self.as_of, self.scheme.issue_basis)
        return self._counts[measure]

    def _target(
        self, group: Group, item: Item, unit: UnitIn, units: Sequence[UnitIn]
    ) -> tuple[Decimal | None, str]:
        if unit.code in item.targets:
            return item.targets[unit.code], "方案为该单位单定的目标"
        if item.target.startswith("share:"):
            return self._share(group, item.target.removeprefix("share:"), units)
        if not item.target:
            return None, "方案没有定目标"
        return Decimal(item.target), "方案定的目标"

    def _share(self, group: Group, register: str, units: Sequence[UnitIn]) -> tuple[Decimal | None, str]:
        """An equal share of what the plan wants to grow by this year, rounded up to a whole."""
        indicator = next((each for each in self.plan.indicators if each.register == register), None)
        if indicator is None:
            return None, "计划里没有对应的指标"
        target, prior = indicator.target(self.year), indicator.prior(self.year)
        if target is None:
            return None, self._no_target(indicator)
        if prior is None:
            return None, f"{indicator.name}没有{self.year - 1}年的目标或基础值，算不出当年增量"
        number = sum(each.group == group.key and not each.merged_into for each in units)
        grown = target - prior
        if grown <= 0 or not number:
            return None, f"{indicator.name}当年增量为 {grown:f}，没有可分的目标"
        share = (grown / number).to_integral_value(rounding=ROUND_CEILING)
        return (
            share,
            f"{indicator.name}当年增量 {target:f}−{prior:f}＝{grown:f}，由 {number} 个单位均分，进位取整",
        )

    def _no_target(self, indicator: IndicatorDef) -> str:
        return f"计划没有{indicator.name}的 {self.year} 年目标"

    def _indicator(self, item: Item, unit: UnitIn) -> Measured:
        number = item.indicator
        indicator = self.plan.indicator(number) if number is not None else None
        if indicator is None:
            return Measured(
                absent=True, note=f"第 {number} 项指标不在现行计划里", target_note="指标不在现行计划里"
            )
        target = item.targets.get(unit.code) if unit.code in item.targets else indicator.target(self.year)
        told = "方案为该单位单定的目标" if unit.code in item.targets else f"计划 {self.year} 年目标"
        if target is None:
            told = self._no_target(indicator)
        found = self._found().get(indicator.no)
        key = f"indicator.{indicator.no}"
        if found is None:
            return Measured(
                None, target, note=f"{self.year} 年没有报过数", target_note=told, source=key, period=str(self.as_of)
            )  # fmt: skip
        notes = []
        if found.period != self.as_of:
            key = f"assessment.indicator.{indicator.no}.{found.period}"
            notes.append(f"{self.as_of.month} 月未报，用 {found.period.month} 月的数")
        if len(indicator.units) > 1 and unit.code != WHOLE:
            notes.append("由几个单位并列负责，按全区数计")
        return Measured(
            found.line.value,
            target,
            note="；".join(notes),
            target_note=told,
            source=key,
            period=str(found.period),
        )

    def _found(self) -> dict[int, _Found]:
        """Each indicator's last known value of the year. A sum of which a part is missing is not known."""
        if self._lines is None:
            self._lines = {}
            wanted = {each.no for each in self.plan.indicators}
            for month in reversed(self.as_of.year_to_date()):
                if wanted <= self._lines.keys():
                    break
                for line in indicator_lines(self.session, month, self.plan.baseline_year):
                    if line.no not in self._lines and line.value is not None and not line.partial:
                        self._lines[line.no] = _Found(line, month)
        return self._lines

    def _returns(self) -> Sequence[behind.MonthIn]:
        """Every month of the year so far of all units of the scheme."""
        if self._months is None:
            codes = [
                code for group in self.scheme.groups for code in self.members[group.key] if code != WHOLE
            ]
            self._months = list(behind.months_in(self.session, codes, self.as_of, self.today))
        return self._months

    def _reporting(self, unit: UnitIn) -> Measured:
        mine = [line for line in self._returns() if line.unit == unit.code]
        counts = behind.reporting(mine, unit.months.first, unit.months.last, self.scheme.reporting.late_limit)
        return Measured(
            counts=counts, note="没有应报的月份", source=f"assessment.{REPORTING}:{unit.code}", period=str(self.as_of),
            absent=not counts.owed,
        )  # fmt: skip
