"""The plan's indicators at the end of a month: what units reported or a register answers, against the targets that held then.

Several units' values become one by the indicator's `combine`; ratios are never summed. Whatever a reader must know with
a figure (a plan re-issued, a unit merged, a target of zero, a corrected return) is said in the line's notes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import plan_issues
from db.computed_indicators import CLOUD, Computed
from db.computed_reading import computed_for
from db.corrections import Correction, corrections
from db.merged_units import Merged, Reported, carried, merged
from db.models import IndicatorValue
from db.periods import Period
from db.plan_issues import InForce
from db.plan_types import BINDING, IndicatorDef
from db.progress import Progress, Semantics, assess, rounded, show_number
from db.unit_names import names_of

MISSING, PARTIAL = "未报", "未报齐"
UNJUDGED = "不评价"  # there is a value, and nothing to measure it by: no target, a target of zero, no value to start from


@dataclass(frozen=True, slots=True)
class UnitValue:
    """What one unit reported for an indicator (None: nothing for this month). `rows`: the records that say so.

    `carried`: the part of the value that a unit merged into it reported before.
    """

    unit_code: str
    unit: str
    value: Decimal | None
    reason: str = ""
    next_step: str = ""
    data_source: str = ""
    responsible: bool = True
    carried: Decimal = Decimal(0)
    rows: tuple[UUID, ...] = ()


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
    notes: tuple[str, ...] = ()  # what happened to the figure, and where the plan contradicts itself

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
    def coverage(self) -> str:
        """“1/2” of the responsible units; “” where a register answers."""
        return "" if self.from_register else f"{self.units_reported}/{self.units_expected}"

    @property
    def source(self) -> str:
        """Where the figure comes from, in words."""
        if self.from_register:
            return "台账逐条计数"
        told = dict.fromkeys(unit.data_source for unit in self.units if unit.responsible and unit.data_source)
        return f"责任单位填报（{'、'.join(told)}）" if told else "责任单位填报"

    @property
    def partial(self) -> bool:
        """A sum of which some unit's part is still missing: shown, but not judged."""
        return self.summed and not self.from_register and 0 < self.units_reported < self.units_expected

    @property
    def state(self) -> str:
        """正常, 关注, 预警; 未报 without a value, 未报齐 where part of a sum is missing, 不评价 without a measure."""
        if self.partial:
            return PARTIAL
        if self.value is None:
            return MISSING
        return self.progress.state.value if self.progress.state else UNJUDGED

    @property
    def binding(self) -> bool:
        return self.attribute == BINDING

    def as_json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "name": self.name,
            "unit": self.unit,
            "value": number(self.value, self.decimals),
            "target": number(self.progress.target, self.decimals),
            "completion": number(self.progress.completion, 1),
            "time_progress": number(self.progress.time_progress, 1),
            "gap": number(self.progress.gap, 1),
            "state": self.state,
            "units_reported": self.units_reported,
            "units_expected": self.units_expected,
        }


def number(value: Decimal | None, places: int) -> float | int | None:
    """A JSON number: exact to the places people see."""
    shown = rounded(value, places)
    if shown is None:
        return None
    return int(shown) if shown == shown.to_integral_value() else float(shown)


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


@dataclass(frozen=True, slots=True)
class _Row:
    """One reported value, as it is stored."""

    id: UUID
    period: str
    no: int
    unit_code: str
    value: Decimal | None
    month: Decimal | None
    reason: str
    next_step: str
    data_source: str


def indicator_line(session: Session, period: str, no: int) -> IndicatorLine:
    """One indicator at the end of the month. KeyError for a number the month's plan does not have."""
    month = Period(period)
    found = plan_issues.in_force(session, month)
    each = found.plan.indicator(no)
    if each is None:
        raise KeyError(no)
    only = replace(found, plan=replace(found.plan, indicators=(each,)))
    return indicator_lines(session, month, None, only)[0]


def indicator_lines(
    session: Session, month: Period, _baseline_year: int | None = None, found: InForce | None = None
) -> tuple[IndicatorLine, ...]:
    """All indicators of the plan that holds in the month, in the plan's order."""
    found = found or plan_issues.in_force(session, month)
    names = names_of(session)
    mergers = merged(session, month)
    rows = _rows(session, month, whole_year=bool(mergers.into))
    answers = computed_for(session, month, found.plan)
    corrected = corrections(session, month)
    return tuple(
        _line(found, each, month, rows.get(each.no, ()), mergers, names, answers.get(each.no), corrected)
        for each in found.plan.indicators
    )


def _rows(session: Session, month: Period, *, whole_year: bool) -> Mapping[int, list[_Row]]:
    """The values of the month and the one before (of the year, where units were merged), the last written last."""
    table = IndicatorValue.__table__
    first = str(Period.of(month.year, 1)) if whole_year else str(month.prev)
    query = (
        select(
            table.c.id, table.c.period, table.c.indicator_no, table.c.org_code, table.c.unit_code, table.c.value,
            table.c.value_month, table.c.reason, table.c.next_step, table.c.data_source,
        )
        .where(table.c.period.between(min(first, str(month.prev)), str(month)), table.c.deleted_at.is_(None))
        .order_by(table.c.updated_at, table.c.id)
    )  # fmt: skip
    found: dict[int, list[_Row]] = defaultdict(list)
    for key, period, no, org, unit, value, own, reason, step, source in session.execute(query):
        row = _Row(key, period, no or 0, org or unit, value, own, reason or "", step or "", source or "")
        found[row.no].append(row)
    return found


def _line(
    found: InForce, each: IndicatorDef, month: Period, rows: list[_Row] | tuple[_Row, ...], mergers: Merged,
    names: Mapping[str, str], computed: Computed | None, corrected: Mapping[UUID, Correction],
) -> IndicatorLine:  # fmt: skip
    duties = mergers.units(unit.code for unit in found.plan.expand(each.units))
    units, said = _unit_values(each, month, duties, rows, mergers, names)
    combined = combine(each.combine, [unit.value for unit in units if unit.responsible])
    # 企业上云 is the register's figure; the others stand beside what was reported (docs/design/0004).
    register = computed.value if computed is not None and each.register == CLOUD else None
    value = combined if register is None else register
    progress = assess(each.semantics, month.month, value, each.target(month.year), each.prior(month.year))
    notes = [
        *_about_plan(found, each, month),
        *said,
        *_about_values(
            each, progress, rows, units, month, names, corrected, from_register=register is not None
        ),
    ]
    return IndicatorLine(
        each.no, each.name, each.unit, each.decimals, each.attribute, each.semantics, progress, units,
        each.combine == "sum", register is not None, combined, each.note, computed, each.scope, tuple(notes),
    )  # fmt: skip


def _unit_values(
    each: IndicatorDef, month: Period, duties: tuple[str, ...], rows: list[_Row] | tuple[_Row, ...], mergers: Merged,
    names: Mapping[str, str],
) -> tuple[tuple[UnitValue, ...], list[str]]:  # fmt: skip
    """The responsible units in the plan's order; a value from any other unit comes after, and is not added."""
    here = [row for row in rows if row.period == month]
    by_unit = {
        row.unit_code: row for row in here
    }  # the newest of each: they come in the order they were written
    values, said = [], []
    for code in (*duties, *sorted(by_unit.keys() - set(duties))):
        found, duty = by_unit.get(code), code in duties
        name = names.get(code, code)
        amount, carried_rows = Decimal(0), []
        for taken in mergers.members(code)[1:] if duty else ():
            more, key, words = _taken_over(each, month, rows, taken, code, mergers, names)
            amount += more
            carried_rows += [key] if key is not None and more else []
            said += words
        value = found.value if found is not None else None
        if value is not None:
            value += amount
        values.append(
            UnitValue(
                code, name, value, found.reason if found else "", found.next_step if found else "",
                found.data_source if found else "", duty, amount if value is not None else Decimal(0),
                (*((found.id,) if found is not None and found.value is not None else ()), *(carried_rows if value is not None else ())),
            )
        )  # fmt: skip
    twice = [row for row in here if by_unit[row.unit_code] is not row]
    said += [
        f"{names.get(row.unit_code, row.unit_code)}另有一个数 {show_number(row.value, each.decimals)}，按最后一次填报的计。"
        for row in twice
    ]
    return tuple(values), said


def _taken_over(
    each: IndicatorDef, month: Period, rows: list[_Row] | tuple[_Row, ...], taken: str, successor: str, mergers: Merged,
    names: Mapping[str, str],
) -> tuple[Decimal, UUID | None, list[str]]:  # fmt: skip
    """What a merged unit reported of the year before the merger, as far as its successor does not say it itself."""
    since = mergers.since[taken]
    who = f"{names.get(taken, taken)}自 {since} 起并入{names.get(successor, successor)}"
    year = str(Period.of(month.year, 1))
    last = max(
        (row for row in rows if row.unit_code == taken and year <= row.period < since and row.value is not None),
        key=lambda row: row.period, default=None,
    )  # fmt: skip
    if since < year or last is None:
        return Decimal(0), None, []
    shown = f"{show_number(last.value, each.decimals)} {each.unit}"
    if not each.semantics.resets:
        # A stock is handed over with everything else: who holds it now reports the whole.
        return Decimal(0), None, [f"{who}，此前 {last.period} 为 {shown}，以后由承接单位填报。"]
    amount, why = carried(
        Reported(last.period, last.value, last.month),
        [Reported(row.period, row.value, row.month) for row in rows if row.unit_code == successor],
        since, month,
    )  # fmt: skip
    return amount, last.id, [f"{who}，此前累计 {shown}（{last.period}），{why}。"]


def _about_plan(found: InForce, each: IndicatorDef, month: Period) -> Iterator[str]:
    """How the plan is read, what re-issues changed, and where it contradicts itself."""
    if each.printed is not None:
        yield f"按区级选定的口径：{each.scope}（计划原口径：{each.printed.scope or each.printed.semantics.word}）。"
    yield from plan_issues.changes(found, each, month.year)
    for other in found.plan.inconsistent(each.no):
        yield other.words


def _about_values(
    each: IndicatorDef, progress: Progress, rows: list[_Row] | tuple[_Row, ...], units: tuple[UnitValue, ...],
    month: Period, names: Mapping[str, str], corrected: Mapping[UUID, Correction], *, from_register: bool,
) -> Iterator[str]:  # fmt: skip
    """Why a figure can not be judged, what was corrected, what looks odd."""
    target, prior, year = progress.target, each.prior(month.year), month.year
    if not each.targets or not min(each.targets) <= year <= max(each.targets):
        yield f"{year} 年不在计划年度内，没有年度目标，不计算完成率和序时进度。"
    elif target is None:
        yield f"计划没有给出 {year} 年的目标，不计算完成率和序时进度。"
    elif target <= 0:
        yield f"年度目标为 {show_number(target, each.decimals)}，不能作除数，不计算完成率。"
    elif prior is None and not each.semantics.resets:
        yield f"没有基础值（上年目标），算不出 {year} 年的应达值和序时进度，不评价进度。"
    if from_register:
        return
    missing = [unit.unit for unit in units if unit.responsible and unit.value is None]
    if missing:
        yield f"{'、'.join(missing)}还没有报 {month.month} 月的数。"
    for row in rows:
        fixed = corrected.get(row.id) if row.period == month else None
        if fixed is not None:
            yield fixed.words(names.get(row.unit_code, row.unit_code), each.decimals)
    for unit in units:
        if unit.responsible and unit.value is not None:
            yield from _oddities(each, month, unit, rows)


def _oddities(
    each: IndicatorDef, month: Period, unit: UnitValue, rows: list[_Row] | tuple[_Row, ...]
) -> Iterator[str]:
    assert unit.value is not None
    if unit.value < 0:
        yield f"{unit.unit}报的数为负（{show_number(unit.value, each.decimals)}），照报计算。"
    if not each.semantics.resets or month.month == 1:
        return
    before = next(
        (row.value for row in rows if row.period == month.prev and row.unit_code == unit.unit_code), None
    )
    now = unit.value - unit.carried
    if before is not None and now < before:
        less = show_number(before - now, each.decimals)
        yield f"{unit.unit}的年内累计比上月少 {less} {each.unit}（负增长），请核对是否冲减或更正。"
