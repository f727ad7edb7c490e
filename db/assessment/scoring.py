"""The points of every unit and item (domain rules 5.1, 5.4): exact decimals, each with its figures and the sentence why.

Every step is one that the workbook's formulas repeat: a rate is rounded to the scheme's places, then the points of an
item, then the total. Nothing here raises for data: what can not be judged is said in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from db.assessment.inputs import GIVEN, TAKEN, VETO, Inputs, Measured, UnitIn
from db.assessment.scheme import (
    CAPPED,
    DENSE,
    FULL,
    HUNDRED,
    NOTHING,
    REPORTING,
    RESCALE,
    Group,
    Item,
    Method,
    Points,
    Scheme,
)
from db.progress import rounded

BINDING_MISSED = "约束性未达标"
NO_VALUE, NO_TARGET, ZERO_TARGET, NOTHING_TO_JUDGE = "未报", "没有目标", "目标为零", "无可计"
NO_DATA = "无数据"  # of an item and of a 等次: nobody reported anything, so nothing is scored
_NO_DATA_WHY = "没有收到任何数据，不计分"
NULL = Decimal(0)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of one unit. `score` None: not judged, and left out of the base. `share`: percent of the weight."""

    group: str
    item: Item
    unit: str
    method: Method
    measured: Measured
    weight: Decimal
    target: Decimal | None
    months: int
    rate: Decimal | None
    rank: int | None
    share: Decimal | None
    score: Decimal | None
    state: str  # "", 约束性未达标, 未报, 没有目标 …
    why: str

    @property
    def key(self) -> str:
        return self.item.key

    @property
    def value(self) -> Decimal | None:
        return self.measured.value

    @property
    def counted(self) -> bool:
        return self.score is not None

    @property
    def shown(self) -> Decimal | str:
        """The value, or the word that stands in its place."""
        if self.value is not None:
            return self.value
        return NO_DATA if self.measured.silent else NOTHING_TO_JUDGE if self.measured.absent else NO_VALUE


@dataclass(frozen=True, slots=True)
class EntryTotal:
    """One kind of 加分 or 扣分 of a unit: what was noted, and what of it counts under the limit."""

    kind: str
    item: str
    noted: Decimal
    limit: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class UnitScore:
    """`scored` of `weight`: points of the judged items and their weights; `base`: the same out of 100."""

    unit: UnitIn
    items: tuple[ItemScore, ...]
    scored: Decimal
    weight: Decimal
    base: Decimal | None
    entries: tuple[EntryTotal, ...]
    bonus: Decimal
    deduction: Decimal
    vetoed: tuple[str, ...]
    total: Decimal | None
    grade: str
    notes: tuple[str, ...] = ()

    @property
    def binding_missed(self) -> tuple[ItemScore, ...]:
        return tuple(each for each in self.items if each.state == BINDING_MISSED)

    def item(self, key: str) -> ItemScore | None:
        return next((each for each in self.items if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Result:
    year: int
    as_of: str
    scheme: Scheme
    version: int
    units: tuple[UnitScore, ...]
    notes: tuple[str, ...] = ()
    ranks: Mapping[str, int] = field(default_factory=dict)  # by unit, within its group

    def of_group(self, key: str) -> tuple[UnitScore, ...]:
        return tuple(each for each in self.units if each.unit.group == key)

    def unit(self, code: str) -> UnitScore | None:
        return next((each for each in self.units if each.unit.code == code), None)


def score(scheme: Scheme, inputs: Inputs, version: int = 0) -> Result:
    """The whole year. Pure: the same scheme and inputs give the same result, to the digit."""
    found: dict[str, list[ItemScore]] = defaultdict(list)
    for group in scheme.groups:
        members = [unit for unit in inputs.units if unit.group == group.key and not unit.merged_into]
        for item in group.items:
            for each in _item(
                scheme, group, item, [unit for unit in members if item.applies(unit.code)], inputs
            ):
                found[each.unit].append(each)
    units = tuple(
        _unit(scheme, unit, found.get(unit.code, []), inputs)
        for group in scheme.groups
        for unit in inputs.units
        if unit.group == group.key
    )
    return Result(inputs.year, inputs.as_of, scheme, version, units, inputs.notes, _ranks(units))


def plain(value: Decimal) -> str:
    """A number as a sentence has it: “12.5”, “100”, never “1E+2” or “12.5000”."""
    return format(value.normalize() + 0, "f")


# One item of a group.


@dataclass(frozen=True, slots=True)
class _Line:
    unit: UnitIn
    measured: Measured
    target: Decimal | None
    rate: Decimal | None
    placed: Decimal | None  # what 争先进位法 puts in order


def _item(
    scheme: Scheme, group: Group, item: Item, units: Sequence[UnitIn], inputs: Inputs
) -> list[ItemScore]:
    if item.measure == REPORTING:
        return [_reporting(scheme, group, item, unit, inputs.of(unit.code, item.key)) for unit in units]
    lines = []
    for unit in units:
        measured = inputs.of(unit.code, item.key)
        target = owed(item, measured.target, unit.months.count)
        lines.append(_Line(unit, measured, target, rate_of(scheme, measured.value, target), None))
    by_rate = any(line.target is not None for line in lines)
    lines = [
        _Line(line.unit, line.measured, line.target, line.rate, line.rate if by_rate else line.measured.value)
        for line in lines
    ]
    places = [line.placed for line in lines if line.placed is not None]
    return [_judged(scheme, group, item, line, places, by_rate) for line in lines]


def owed(item: Item, target: Decimal | None, months: int) -> Decimal | None:
    """What a unit owes: for part of a year that part of the target, to two places."""
    if target is None or not item.prorated or months == 12:
        return target
    return rounded(target * months / 12, 2)


def rate_of(scheme: Scheme, value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """完成率 in percent, to the scheme's places; None without a value, or a target above zero."""
    if value is None or target is None or target <= 0:
        return None
    return rounded(value * HUNDRED / target, scheme.rate_places)


def rank_of(value: Decimal, places: Iterable[Decimal], ties: str) -> int:
    """1 for the best; equal values share a place, and the next one follows as `ties` says."""
    better = [each for each in places if each > value]
    return (len(set(better)) if ties == DENSE else len(better)) + 1


def _judged(
    scheme: Scheme, group: Group, item: Item, line: _Line, places: Sequence[Decimal], by_rate: bool
) -> ItemScore:
    method, weight = scheme.method_of(item), item.weight_of(line.unit.code)
    value, target, rate = line.measured.value, line.target, line.rate
    # Judged in this order by the formulas too.
    state = _standing(method, line, by_rate)
    rank = None
    share: Decimal | None
    if state == NO_DATA:
        share, why = None, _NO_DATA_WHY
    elif state == NO_VALUE:
        share = NULL
        why = f"{line.measured.note or '没有报数'}，得 0 分"
    elif state:
        share = {RESCALE: None, FULL: HUNDRED}.get(scheme.unassessed, NULL)
        treated = {RESCALE: "不计入，权重由其余项目折算", FULL: "按满分计"}.get(
            scheme.unassessed, "按 0 分计"
        )
        why = f"{_cannot(state, line.measured)}，{treated}"
    else:
        assert value is not None
        if method is Method.RATIO:
            assert rate is not None
            cap = scheme.cap_of(item)
            share = max(min(rate, cap), NULL)
            why = f"完成率 {plain(rate)}%" + (
                f"，按上限 {plain(cap)}% 计" if rate > cap else "，完成值为负，按 0 计" if rate < 0 else ""
            )
        elif method is Method.MET:
            assert target is not None
            share = HUNDRED if value >= target else NULL
            why = f"完成 {plain(value)}，目标 {plain(target)}，{'达标得满分' if share else '未达标不得分'}"
        else:
            assert line.placed is not None
            rank = rank_of(line.placed, places, scheme.ties)
            share = max(scheme.first - scheme.step * (rank - 1), scheme.floor)
            why = f"{'完成率' if by_rate else '完成值'} {plain(line.placed)}，在 {len(places)} 个单位中列第 {rank}，得权重的 {plain(share)}%"
    if item.binding and target is not None and (value is None or value < target) and state in ("", NO_VALUE):
        state = BINDING_MISSED if value is not None else state
        if value is not None:
            share, why = _bound(scheme, share or NULL, why)
    points = None if share is None else rounded(share * weight / HUNDRED, scheme.places)
    if share is not None and points is not None:
        # “完成率 48.33% × 权重 20”: the share is said again only where it is not the rate itself.
        again = "" if why == f"完成率 {plain(share)}%" else f"，{plain(share)}%"
        why += f"{again} × 权重 {plain(weight)} ＝ {plain(points)} 分" if not state or share else ""
    return ItemScore(
        group.key, item, line.unit.code, method, line.measured, weight, target, line.unit.months.count, rate, rank,
        share, points, state, f"{why}。",
    )  # fmt: skip


def _standing(method: Method, line: _Line, by_rate: bool) -> str:
    """Why an item can not be judged; "" where it can."""
    if line.measured.silent:
        return NO_DATA
    if line.measured.absent:
        return NOTHING_TO_JUDGE
    if line.target is None and (method is not Method.POSITION or by_rate):
        return NO_TARGET
    if line.target is not None and line.target <= 0 and method is not Method.MET:
        return ZERO_TARGET
    return NO_VALUE if line.measured.value is None else ""


def _cannot(state: str, measured: Measured) -> str:
    return {
        NO_TARGET: measured.target_note or "没有目标",
        ZERO_TARGET: "目标不大于零，不能计算完成率",
    }.get(state, measured.note or "没有可以计分的事项")


def _bound(scheme: Scheme, share: Decimal, why: str) -> tuple[Decimal, str]:
    if scheme.binding_rule == NOTHING:
        return NULL, f"{why}；约束性指标未达目标，该项得 0 分"
    if scheme.binding_rule == CAPPED:
        if share > scheme.binding_cap:
            return scheme.binding_cap, f"{why}；约束性指标未达目标，按 {plain(scheme.binding_cap)}% 封顶"
        return share, f"{why}；约束性指标未达目标"
    return share, f"{why}；约束性指标未达目标（方案不另扣分）"


def _reporting(scheme: Scheme, group: Group, item: Item, unit: UnitIn, measured: Measured) -> ItemScore:
    """报送质量: the weight less what was late, missing or wrong, never below zero."""
    weight, counts, points = item.weight_of(unit.code), measured.counts, scheme.reporting
    state, taken = "", NULL
    share: Decimal | None
    got: Decimal | None
    if measured.silent:
        state, share, got, why = NO_DATA, None, None, _NO_DATA_WHY
    elif counts is None or not counts.owed:
        state = NOTHING_TO_JUDGE
        share = {RESCALE: None, FULL: HUNDRED}.get(scheme.unassessed, NULL)
        got = None if share is None else rounded(share * weight / HUNDRED, scheme.places)
        why = measured.note or "没有应报的月份"
    else:
        parts = (
            (f"迟报 {counts.late} 次（计 {counts.late_days} 天）", counts.late_days * points.late),
            (f"漏报 {counts.missing} 次", counts.missing * points.missing),
            (f"报错更正 {counts.corrections} 次", counts.corrections * points.correction),
            (f"被退回 {counts.sent_back} 次", counts.sent_back * points.sent_back),
        )
        taken = sum((each for _, each in parts), NULL)
        got = rounded(max(weight - taken, NULL), scheme.places)
        assert got is not None
        told = [f"{words}扣 {plain(each)}" for words, each in parts if each]
        why = (
            f"应报 {counts.owed} 次，"
            + ("、".join(told) or "没有迟报、漏报和错报")
            + f"，{plain(weight)} − {plain(taken)} → {plain(got)} 分"
        )
        share = None
    return ItemScore(
        group.key, item, unit.code, scheme.method_of(item), measured, weight, None, unit.months.count, None, None,
        share, got, state, f"{why}。",
    )  # fmt: skip


# A unit.


def _unit(scheme: Scheme, unit: UnitIn, items: Sequence[ItemScore], inputs: Inputs) -> UnitScore:
    notes = [unit.note] if unit.note else []
    if unit.merged_into:
        words = f"并入{unit.merged_into}，其数计入{unit.merged_into}，不单独计分。"
        return UnitScore(unit, (), NULL, NULL, None, (), NULL, NULL, (), None, "", (*notes, words))
    scored = sum((each.score for each in items if each.score is not None), NULL)
    weight = sum((each.weight for each in items if each.counted), NULL)
    base = rounded(scored * HUNDRED / weight, scheme.places) if weight > 0 else None
    mine = [each for each in inputs.entries if each.unit == unit.code]
    entries = (
        *_entries(GIVEN, scheme.bonus, [(each.item, each.points) for each in mine if each.kind == GIVEN]),
        *_entries(TAKEN, scheme.deduction, [(each.item, each.points) for each in mine if each.kind == TAKEN]),
    )
    bonus = min(sum((each.counted for each in entries if each.kind == GIVEN), NULL), scheme.bonus_cap)
    deduction = min(sum((each.counted for each in entries if each.kind == TAKEN), NULL), scheme.deduction_cap)
    vetoed = tuple(each.item for each in mine if each.kind == VETO)
    total, grade = None, ""
    if base is None:
        silent = bool(items) and all(each.state == NO_DATA for each in items)
        notes.append(f"{_NO_DATA_WHY}。" if silent else "没有可以计分的项目，不出总分。")
        grade = NO_DATA if silent else ""
    else:
        total = rounded(max(min(base + bonus - deduction, scheme.total_cap), NULL), scheme.places)
        grade = grade_of(scheme, total, bool(vetoed))
        if weight != HUNDRED:
            notes.append(f"可计分项目权重合计 {plain(weight)}，基础分折算为 100 分制。")
    if vetoed:
        notes.append(f"一票否决（{'、'.join(vetoed)}），取消评优，最高定为“{scheme.veto_best}”。")
    return UnitScore(
        unit, tuple(items), scored, weight, base, entries, bonus, deduction, vetoed, total,
        grade, tuple(notes),
    )  # fmt: skip


def _entries(
    kind: str, known: Sequence[Points], noted: Sequence[tuple[str, Decimal]]
) -> Iterable[EntryTotal]:
    """By kind of occurrence; one that the scheme does not know counts nothing, and is shown so."""
    limits = {each.name: each.limit for each in known}
    for name in dict.fromkeys([*limits, *(item for item, _ in noted)]):
        points = sum((each for item, each in noted if item == name), NULL)
        limit = limits.get(name, NULL)
        yield EntryTotal(kind, name, points, limit, min(points, limit))


def grade_of(scheme: Scheme, total: Decimal | None, vetoed: bool) -> str:
    """The 等次 a total reaches; vetoed units get no better one than the scheme allows."""
    if total is None or not scheme.grades:
        return ""
    names = [grade.name for grade in scheme.grades]
    at = next((n for n, grade in enumerate(scheme.grades) if total >= grade.least), len(names) - 1)
    if vetoed and scheme.veto_best in names:
        at = max(at, names.index(scheme.veto_best))
    return names[at]


def _ranks(units: Sequence[UnitScore]) -> dict[str, int]:
    totals: dict[str, list[Decimal]] = defaultdict(list)
    for each in units:
        if each.total is not None:
            totals[each.unit.group].append(each.total)
    return {
        each.unit.code: 1 + sum(other > each.total for other in totals[each.unit.group])
        for each in units
        if each.total is not None
    }
