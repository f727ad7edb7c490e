"""The sheets 得分表, 报送质量 and 加减分 of an assessment: what scoring.py works out, again as live formulas.

Each formula does what db/assessment/scoring.py does, step by step; tests recalculate every cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.assessment.inputs import GIVEN, TAKEN, Counts, EntryIn
from db.assessment.scheme import (
    CAPPED,
    DENSE,
    FULL,
    INDICATOR,
    NOTHING,
    REPORTING,
    RESCALE,
    UNITS,
    Method,
    Points,
    Scheme,
)
from db.assessment.scoring import (
    BINDING_MISSED,
    NO_DATA,
    NO_TARGET,
    NO_VALUE,
    NOTHING_TO_JUDGE,
    ZERO_TARGET,
    ItemScore,
    Result,
    UnitScore,
)
from returns.assessment_scheme import Places, figure, number
from returns.report_book import Sheet
from returns.report_looks import Cell, Col, letter

SCORES, QUALITY, POINTS = "得分表", "报送质量", "加减分"
SPARE = 10  # empty lines for points noted in the workbook itself
# Columns of 得分表.
(
    GROUP,
    ITEM,
    UNIT,
    METHOD,
    VALUE,
    TARGET,
    MONTHS,
    OWED,
    RATE,
    RANK,
    WEIGHT,
    SHARE,
    SCORE,
    COUNTED,
    STATE,
    WHY,
) = "ABCDEFGHIJKLMNOP"
Link = Callable[[ItemScore], str]


@dataclass(slots=True)
class Laid:
    """Rows by (unit, item) of 得分表; cells of a unit's bonus and deduction; its line of 报送质量."""

    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    bonus: dict[str, str] = field(default_factory=dict)
    deduction: dict[str, str] = field(default_factory=dict)
    quality: dict[str, int] = field(default_factory=dict)

    def cell(self, column: str, unit: str, item: str) -> str:
        """“得分表!M12”."""
        return f"{SCORES}!{column}{self.rows[unit, item]}"


def lay_quality(sheet: Sheet, result: Result, places: Places, laid: Laid) -> None:
    """迟报、漏报、更正、退回 of each unit, and what they cost."""
    rows, units = [], []
    for unit in result.units:
        found = next((each for each in unit.items if each.item.measure == REPORTING), None)
        if found is None:
            continue
        counts = found.measured.counts or Counts()
        taken = _taken(counts, result.scheme)
        formula = (
            f"=ROUND(D{{r}}*{places['late']}+E{{r}}*{places['missing']}+F{{r}}*{places['correction']}"
            f"+G{{r}}*{places['sent_back']},4)"
        )
        rows.append(
            (
                unit.unit.name, counts.owed, counts.late, counts.late_days, counts.missing, counts.corrections,
                counts.sent_back, figure(taken, formula=formula, places=2), found.why,
            )
        )  # fmt: skip
        units.append(unit.unit.code)
    placed = sheet.table(
        [
            Col("单位", 22), Col("应报（次）", 9, "0"), Col("迟报（次）", 9, "0"), Col("计分天数", 9, "0"),
            Col("漏报（次）", 9, "0"), Col("更正（次）", 9, "0"), Col("退回（次）", 9, "0"), Col("扣分", 9, "0.00"),
            Col("说明", 52),
        ],
        rows, empty="方案没有报送质量的项目",
    )  # fmt: skip
    for offset, code in enumerate(units):
        laid.quality[code] = placed.first + offset
    sheet.repeat(placed)


def _taken(counts: Counts, scheme: Scheme) -> Decimal:
    points = scheme.reporting
    return (
        counts.late_days * points.late
        + counts.missing * points.missing
        + counts.corrections * points.correction
        + counts.sent_back * points.sent_back
    )


def lay_scores(sheet: Sheet, result: Result, places: Places, laid: Laid, link: Link) -> None:
    """One row for each item of each unit; the units of one item lie together."""
    ordered: list[tuple[UnitScore, ItemScore]] = []
    for group in result.scheme.groups:
        for item in group.items:
            ordered += [
                (unit, found) for unit in result.of_group(group.key) if (found := unit.item(item.key))
            ]
    first = sheet.row + 1
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for row, (unit, found) in enumerate(ordered, start=first):
        laid.rows[unit.unit.code, found.key] = row
        start, _ = spans.get((found.group, found.key), (row, row))
        spans[found.group, found.key] = (start, row)
    names = {group.key: group.name for group in result.scheme.groups}
    rows = []
    for unit, found in ordered:
        writer = _Row(result.scheme, places, found, spans[found.group, found.key], laid)
        by_rate = any(
            each.target is not None
            for other, each in ordered
            if (each.group, each.key) == (found.group, found.key)
        )
        rows.append([names[found.group], found.item.name, unit.unit.name, *writer.cells(by_rate, link)])
    placed = sheet.table(
        [
            Col("组", 8), Col("项目", 22), Col("单位", 17), Col("方法", 12), Col("完成值", 9), Col("全年目标", 8),
            Col("月数", 5, "0", "center"), Col("应完成", 8), Col("完成率（%）", 8), Col("位次", 5, "0", "center"),
            Col("权重", 7), Col("计分比例（%）", 8), Col("得分", 8), Col("计入权重", 7), Col("标记", 13, "", "center"),
            Col("说明（导出时）", 42),
        ],
        rows, empty="方案没有项目，或没有单位",
    )  # fmt: skip
    assert placed.first == first
    sheet.repeat(placed, columns=3)


@dataclass(frozen=True, slots=True)
class _Row:
    scheme: Scheme
    places: Places
    found: ItemScore
    span: tuple[int, int]
    laid: Laid

    def cells(self, by_rate: bool, link: Link) -> list[Any]:
        found, scheme, places = self.found, self.scheme, self.places
        weight = figure(found.weight, formula=f"={places.weight(found.group, found.key, found.unit)}")
        counted = figure(
            found.weight if found.counted else Decimal(0),
            formula=f"=IF(ISNUMBER({SCORE}{{r}}),{WEIGHT}{{r}},0)",
        )
        points = Cell(found.score, formula=self._score(), format=number(None, scheme.places), look="strong")
        state = Cell(found.state, formula=self._state(by_rate), look=_look(found.state))
        if found.item.measure == REPORTING:
            told = NO_DATA if found.measured.silent else "见报送质量"
            value = Cell(told, link=link(found), look="muted")
            return ["从权重中扣分", value, "", "", "", "", "", weight, "", points, counted, state, found.why]
        position = found.method is Method.POSITION
        return [
            found.method.word, self._value(link), "—" if found.measured.target is None else figure(found.measured.target),
            found.months if found.item.prorated else "", self._owed(),
            Cell(found.rate, formula=self._rate(), format=number(None, 2)),
            Cell(found.rank, formula=self._rank(by_rate)) if position else "", weight,
            Cell(found.share, formula=self._share(), format=number(None, 2)), points, counted, state, found.why,
        ]  # fmt: skip

    def _value(self, link: Link) -> Cell:
        measured = self.found.measured
        if measured.value is None:
            look = "" if self.found.shown == NO_VALUE else "muted"
            return Cell(self.found.shown, look=look, link=link(self.found))
        formula = f"=ROUND({measured.parts[0]}*100/{measured.parts[1]},2)" if measured.parts else ""
        return Cell(measured.value, formula=formula, link=link(self.found), format=number(measured.value))

    def _owed(self) -> Cell:
        target = self.found.target
        if self.found.item.prorated:
            formula = f'=IF(ISNUMBER({TARGET}{{r}}),IF({MONTHS}{{r}}=12,{TARGET}{{r}},ROUND({TARGET}{{r}}*{MONTHS}{{r}}/12,2)),"—")'
        else:
            formula = f"={TARGET}{{r}}"
        return Cell(target, formula=formula, format=number(target))

    def _rate(self) -> str:
        return (
            f"=IF(AND(ISNUMBER({VALUE}{{r}}),ISNUMBER({OWED}{{r}})),IF({OWED}{{r}}>0,"
            f'ROUND({VALUE}{{r}}*100/{OWED}{{r}},{self.places["rate_places"]}),"—"),"—")'
        )

    def _rank(self, by_rate: bool) -> str:
        column = RATE if by_rate else VALUE
        span = f"${column}${self.span[0]}:${column}${self.span[1]}"
        own = f"{column}{{r}}"
        if self.scheme.ties == DENSE:
            place = f"ROUND(SUMPRODUCT(ISNUMBER({span})*({span}>{own})/COUNTIF({span},{span})),0)+1"
        else:
            place = f"RANK({own},{span})"
        return f'=IF(OR({STATE}{{r}}="",{STATE}{{r}}="{BINDING_MISSED}"),{place},"—")'

    def _state(self, by_rate: bool) -> str:
        if self.found.item.measure == REPORTING:
            owed = f'IF({QUALITY}!B{self.laid.quality[self.found.unit]}>0,"","{NOTHING_TO_JUDGE}")'
            return f'=IF({VALUE}{{r}}="{NO_DATA}","{NO_DATA}",{owed})'
        value, target = f"{VALUE}{{r}}", f"{OWED}{{r}}"
        last = (
            f'IF(ISNUMBER({target}),IF({value}<{target},"{BINDING_MISSED}",""),"")'
            if self.found.item.binding
            else '""'
        )
        told = f'IF(ISNUMBER({value}),{last},"{NO_VALUE}")'
        if self.found.method is not Method.MET:
            told = f'IF(ISNUMBER({target}),IF({target}<=0,"{ZERO_TARGET}",{told}),{told})'
        if self.found.method is not Method.POSITION or by_rate:
            told = f'IF(ISNUMBER({target}),{told},"{NO_TARGET}")'
        return f'=IF(OR({value}="{NO_DATA}",{value}="{NOTHING_TO_JUDGE}"),{value},{told})'

    def _unassessed(self, weight: str) -> str:
        return {RESCALE: '"—"', FULL: weight}.get(self.scheme.unassessed, "0")

    def _share(self) -> str:
        found, places, state = self.found, self.places, f"{STATE}{{r}}"
        value, target = f"{VALUE}{{r}}", f"{OWED}{{r}}"
        if found.method is Method.RATIO:
            share = f"MAX(0,MIN({RATE}{{r}},{places.caps[found.group, found.key]}))"
        elif found.method is Method.MET:
            share = f"IF({value}>={target},100,0)"
        else:
            share = f"MAX({places['floor']},{places['first']}-{places['step']}*({RANK}{{r}}-1))"
        if found.item.binding and self.scheme.binding_rule in (CAPPED, NOTHING):
            missed = f"MIN({share},{places['binding_cap']})" if self.scheme.binding_rule == CAPPED else "0"
            share = f'IF({state}="{BINDING_MISSED}",{missed},{share})'
        cannot = ",".join(f'{state}="{each}"' for each in (NOTHING_TO_JUDGE, NO_TARGET, ZERO_TARGET))
        scored = f'IF(OR({cannot}),{self._unassessed("100")},IF({state}="{NO_VALUE}",0,{share}))'
        return f'=IF({state}="{NO_DATA}","—",{scored})'

    def _score(self) -> str:
        places = self.places["places"]
        if self.found.item.measure == REPORTING:
            row = self.laid.quality[self.found.unit]
            other = {RESCALE: '"—"', FULL: f"ROUND({WEIGHT}{{r}},{places})"}.get(self.scheme.unassessed, "0")
            scored = f"IF({QUALITY}!B{row}>0,ROUND(MAX(0,{WEIGHT}{{r}}-{QUALITY}!H{row}),{places}),{other})"
            return f'=IF({STATE}{{r}}="{NO_DATA}","—",{scored})'
        return f'=IF(ISNUMBER({SHARE}{{r}}),ROUND({SHARE}{{r}}*{WEIGHT}{{r}}/100,{places}),"—")'


def _look(state: str) -> str:
    return "C0392B" if state in (BINDING_MISSED, NO_VALUE) else "muted"


def lay_points(
    sheet: Sheet,
    result: Result,
    entries: Sequence[EntryIn],
    names: Mapping[str, str],
    places: Places,
    laid: Laid,
) -> None:
    """What was noted with its evidence; below, by unit and kind of occurrence, what of it counts."""
    scheme = result.scheme
    names = {**names, **{unit.unit.code: unit.unit.name for unit in result.units}}
    known = {(GIVEN, each.name) for each in scheme.bonus} | {(TAKEN, each.name) for each in scheme.deduction}
    sheet.heading("一、登记（每条都有依据）")
    rows: list[Sequence[Any]] = []
    for each in entries:
        counts = (each.kind, each.item) in known or each.kind not in (GIVEN, TAKEN)
        told = each.reason if counts else f"{each.reason}（方案没有这一事项，不计分）"
        rows.append(
            (
                names.get(each.unit, each.unit),
                each.kind,
                each.item,
                figure(each.points),
                told,
                each.evidence,
                each.made,
            )
        )
    spare = [("", "", "", "", "", "", "")] * SPARE
    columns = [
        Col("单位", 22), Col("类别", 12, align="center"), Col("事项", 18), Col("分", 10, "0.00"), Col("事由", 34),
        Col("依据", 28), Col("登记", 18),
    ]  # fmt: skip
    listed = sheet.table(columns, [*rows, *spare])
    sheet.line(
        "可在空行里补登试算：单位、类别（加分、扣分）、事项须与方案一致。正式登记在程序里办理。", note=True
    )
    sheet.row += 1
    sheet.heading("二、各单位计入的加分和扣分（不超过各事项上限和总上限）")
    kinds: list[tuple[str, Points]] = [
        *((GIVEN, each) for each in scheme.bonus),
        *((TAKEN, each) for each in scheme.deduction),
    ]
    units = [unit for unit in result.units if not unit.unit.merged_into]
    first = sheet.row + 1
    lines: list[list[Any]] = []
    for row, unit in enumerate(units, start=first):
        counted = {(each.kind, each.item): each.counted for each in unit.entries}
        cells: list[Any] = [unit.unit.name]
        for kind, row_ in kinds:
            noted = (
                f"SUMIFS($D${listed.first}:$D${listed.last},$A${listed.first}:$A${listed.last},$A{{r}},"
                f'$B${listed.first}:$B${listed.last},"{kind}",$C${listed.first}:$C${listed.last},{_criterion(row_.name)})'
            )
            cells.append(
                Cell(
                    counted.get((kind, row_.name), Decimal(0)),
                    formula=f"=MIN(ROUND({noted},2),{places.limits[kind, row_.name]})",
                )
            )
        cells += [
            _capped(GIVEN, unit.bonus, kinds, places, row),
            _capped(TAKEN, unit.deduction, kinds, places, row),
        ]
        last = len(kinds) + 2
        laid.bonus[unit.unit.code] = f"{POINTS}!{letter(last)}{row}"
        laid.deduction[unit.unit.code] = f"{POINTS}!{letter(last + 1)}{row}"
        lines.append(cells)
    heads = [Col("单位", 22), *(Col(f"{kind}：{row_.name}", 12, "0.00") for kind, row_ in kinds)]
    placed = sheet.table(
        [*heads, Col("加分合计", 10, "0.00"), Col("扣分合计", 10, "0.00")], lines, empty="没有单位"
    )
    assert not lines or placed.first == first


def _criterion(name: str) -> str:
    """A name as what SUMIFS looks for: its quotes doubled, its wildcards meant as themselves."""
    told = "".join(f"~{char}" if char in "~*?" else char for char in name).replace('"', '""')
    return f'"{told}"'


def _capped(kind: str, value: Decimal, kinds: Sequence[tuple[str, Any]], places: Places, row: int) -> Cell:
    cells = [f"{letter(at)}{row}" for at, (each, _) in enumerate(kinds, start=2) if each == kind]
    cap = places["bonus_cap" if kind == GIVEN else "deduction_cap"]
    added = f"ROUND({'+'.join(cells)},2)" if cells else "0"
    return Cell(value, formula=f"=MIN({added},{cap})", look="strong")


def unit_of(found: ItemScore, indicators: Mapping[int, str]) -> str:
    """The unit of measure of an item's value."""
    number_ = found.item.indicator
    if number_ is not None and found.item.measure.startswith(INDICATOR):
        return indicators.get(number_, "")
    return UNITS.get(found.item.measure, "")
