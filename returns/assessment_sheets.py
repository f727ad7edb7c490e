"""The sheets 汇总, the groups' tables, 约束性 and 复核表 of an assessment: all by references to 得分表."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.assessment.keeping import Appeal
from db.assessment.scheme import WHOLE, Group, Scheme
from db.assessment.scoring import BINDING_MISSED, NO_DATA, NOTHING_TO_JUDGE, ItemScore, Result, UnitScore
from returns.assessment_scheme import Places, figure, number
from returns.assessment_scores import OWED, RATE, SCORE, STATE, VALUE, WEIGHT, Laid
from returns.report_book import Sheet
from returns.report_looks import Cell, Col

SUMMARY, BINDING, APPEALS = "汇总", "约束性", "复核表"
MOST_COLUMNS = 18  # of a group's table; more items than fit a page stay in 得分表
APPEAL_WIDTHS = (24.0, 11.0, 9.0, 8.0, 8.0, 10.0, 14.0)
TOTAL, GRADE = "I", "J"
# Both are what domain rules 5.1 and 5.4 want: a state is a signal for the month, 未达标 takes points away.
EXACTLY = (
    "是否达标按完成值与目标的原数比较，不四舍五入。月调度和季通报的“正常、关注、预警”按显示的一位小数的进度差判断："
    "差不足0.05个百分点的，那里显示“正常”，这里仍是“约束性未达标”。"
)


def lay_summary(sheet: Sheet, result: Result, places: Places, laid: Laid, *, ranked: bool) -> dict[str, int]:
    """One line for each unit: base, 加分, 扣分, total, 等次, and its place where the office may rank. Row by unit."""
    scheme, found = result.scheme, dict[str, int]()
    lines: list[list[Any]] = []
    names = {group.key: group.name for group in scheme.groups}
    first = sheet.row + 1
    spans: dict[str, tuple[int, int]] = {}
    for row, unit in enumerate(result.units, start=first):
        start, _ = spans.get(unit.unit.group, (row, row))
        spans[unit.unit.group] = (start, row)
    for row, unit in enumerate(result.units, start=first):
        found[unit.unit.code] = row
        line = [len(lines) + 1, names[unit.unit.group], unit.unit.name, *_line(unit, scheme, places, laid)]
        if ranked:
            span = "${0}${1}:${0}${2}".format(TOTAL, *spans[unit.unit.group])
            rank = result.ranks.get(unit.unit.code)
            line.append(Cell(rank, formula=f'=IF(ISNUMBER({TOTAL}{{r}}),RANK({TOTAL}{{r}},{span}),"—")'))
        lines.append([*line, "".join(unit.notes)])
    columns = [
        Col("序号", 6, "0", "center"), Col("组", 10), Col("单位", 20), Col("可计权重", 9), Col("项目得分", 9),
        Col("基础分", 9), Col("加分", 8), Col("扣分", 8), Col("总分", 9), Col("等次", 9, "", "center"),
        Col("一票否决", 9, "", "center"), Col("约束性未达标", 11, "0", "center"),
    ]  # fmt: skip
    if ranked:
        columns.append(Col("位次", 7, "0", "center"))
    placed = sheet.table([*columns, Col("说明", 42)], lines, empty="没有单位")
    sheet.repeat(placed, columns=3)
    return found


def _line(unit: UnitScore, scheme: Scheme, places: Places, laid: Laid) -> list[Any]:
    code, shown = unit.unit.code, number(None, scheme.places)
    if unit.unit.merged_into:
        return ["—"] * 6 + ["", "", "—"]
    weights = ",".join(laid.cell("N", code, each.key) for each in unit.items)
    scores = ",".join(laid.cell(SCORE, code, each.key) for each in unit.items)
    states = "+".join(
        f'({laid.cell(STATE, code, each.key)}="{BINDING_MISSED}")' for each in unit.items if each.item.binding
    )
    decimals = places["places"]
    return [
        figure(unit.weight, formula=f"=ROUND(SUM({weights}),4)" if weights else ""),
        Cell(unit.scored, formula=f"=ROUND(SUM({scores}),{decimals})" if scores else "", format=shown),
        Cell(unit.base, formula=f"=IF(D{{r}}>0,ROUND(E{{r}}*100/D{{r}},{decimals}),\"—\")", format=shown),
        Cell(unit.bonus, formula=f"={laid.bonus[code]}", format="0.00"),
        Cell(unit.deduction, formula=f"={laid.deduction[code]}", format="0.00"),
        Cell(
            unit.total, look="strong", format=shown,
            formula=f"=IF(ISNUMBER(F{{r}}),ROUND(MAX(0,MIN(F{{r}}+G{{r}}-H{{r}},{places['total_cap']})),{decimals}),\"—\")",
        ),
        Cell(unit.grade, formula=_grade(unit, scheme, places, laid)), "是" if unit.vetoed else "",
        Cell(len(unit.binding_missed), formula=f"={states}") if states else "",
    ]  # fmt: skip


def _grade(unit: UnitScore, scheme: Scheme, places: Places, laid: Laid) -> str:
    # All items of a unit are without data, or none.
    silent = '""'
    if unit.items:
        state = laid.cell(STATE, unit.unit.code, unit.items[0].key)
        silent = f'IF({state}="{NO_DATA}","{NO_DATA}","")'
    if not scheme.grades:
        return f'=IF(ISNUMBER({TOTAL}{{r}}),"",{silent})' if unit.grade else ""
    names, least = places.grades
    order = [grade.name for grade in scheme.grades]
    best = order.index(scheme.veto_best) + 1 if scheme.veto_best in order else 1
    at = f'MIN({len(order)},MAX(SUMPRODUCT(--({least}>{TOTAL}{{r}}))+1,IF(K{{r}}="是",{best},1)))'
    return f"=IF(ISNUMBER({TOTAL}{{r}}),INDEX({names},{at}),{silent})"


def lay_group(sheet: Sheet, group: Group, result: Result, laid: Laid, rows: dict[str, int]) -> None:
    """Units down, items across: the points, by reference."""
    items = [item for item in group.items if any(unit.item(item.key) for unit in result.of_group(group.key))]
    shown, lines = number(None, result.scheme.places), []
    for unit in result.of_group(group.key):
        line: list[Any] = [unit.unit.name]
        for item in items:
            found = unit.item(item.key)
            if found is None:
                line.append("")
                continue
            cell = laid.cell(SCORE, unit.unit.code, item.key)
            red = "C0392B" if found.state == BINDING_MISSED else ""
            line.append(Cell(found.score, formula=f"={cell}", format=shown, look=red))
        row = rows[unit.unit.code]
        total: Any = "—"
        if not unit.unit.merged_into:
            total = Cell(unit.total, formula=f"={SUMMARY}!{TOTAL}{row}", format=shown, look="strong")
        lines.append(
            [*line, total, Cell(unit.grade, formula=f"={SUMMARY}!{GRADE}{row}") if unit.grade else ""]
        )
    width = 11 if len(items) <= 8 else 8.5
    heads = [Col(f"{item.name}\n（{_weight(result, group, item.key)}）", width) for item in items]
    placed = sheet.table(
        [Col("单位", 20), *heads, Col("总分", 9), Col("等次", 9, "", "center")], lines, empty="这一组没有单位"
    )
    sheet.line(
        "空格为不承担该项；“—”为不能计分，权重按方案处理；红字为约束性指标未达标。括号内是权重。", note=True
    )
    sheet.repeat(placed, columns=1)


def _weight(result: Result, group: Group, key: str) -> str:
    weights = {found.weight for unit in result.of_group(group.key) if (found := unit.item(key))}
    return f"{min(weights).normalize():f}" if len(weights) == 1 else "权重各异" if weights else "—"


def lay_binding(sheet: Sheet, result: Result, laid: Laid) -> None:
    """Every 约束性指标 of every unit: reached or not."""
    rows = []
    for unit in result.units:
        for found in unit.items:
            if not found.item.binding:
                continue
            refs = {
                column: f"={laid.cell(column, unit.unit.code, found.key)}"
                for column in (VALUE, OWED, RATE, SCORE, WEIGHT)
            }
            state = laid.cell(STATE, unit.unit.code, found.key)
            value = laid.cell(VALUE, unit.unit.code, found.key)
            rows.append(
                (
                    unit.unit.name, found.item.name,
                    Cell(found.shown, formula=f"={value}", format=number(found.value)),
                    Cell(found.target, formula=refs[OWED], format=number(found.target)),
                    Cell(found.rate, formula=refs[RATE], format=number(None, 2)),
                    Cell(found.state or "达标", formula=f"=IF({state}=\"\",\"达标\",{state})", look=_result_look(found)),
                    figure(found.weight, formula=refs[WEIGHT]),
                    Cell(found.score, formula=refs[SCORE], format=number(None, result.scheme.places)),
                    found.why,
                )
            )  # fmt: skip
    placed = sheet.table(
        [
            Col("单位", 18), Col("约束性指标", 34), Col("完成值", 10), Col("目标", 10), Col("完成率（%）", 10),
            Col("结果", 13, "", "center"), Col("权重", 8), Col("得分", 8), Col("说明（导出时）", 44),
        ],
        rows, empty="方案没有约束性指标",
    )  # fmt: skip
    if rows:
        sheet.line(EXACTLY, note=True)
    sheet.repeat(placed, columns=2)


def _result_look(found: ItemScore) -> str:
    if not found.state:
        return "1F8A5B"
    return "muted" if found.state in (NO_DATA, NOTHING_TO_JUDGE) else "C0392B"


def lay_appeals(
    sheet: Sheet, result: Result, laid: Laid, rows: dict[str, int], appeals: Sequence[Appeal]
) -> None:
    """复核申请 and 复核意见 of each unit, one page each, to be signed."""
    breaks = []
    units = [unit for unit in result.units if unit.unit.code != WHOLE and not unit.unit.merged_into]
    sheet.widths(*APPEAL_WIDTHS)
    for at, unit in enumerate(units):
        if at:
            breaks.append(sheet.row - 1)
        _appeal(sheet, unit, result, laid, rows, [each for each in appeals if each.unit == unit.unit.code])
    sheet.ws.repeat_rows(0, 1)
    sheet.ws.set_print_scale(80)  # fitted to a width, a reader would leave out the breaks between units
    sheet.ws.set_h_pagebreaks(breaks)


def _appeal(
    sheet: Sheet, unit: UnitScore, result: Result, laid: Laid, rows: dict[str, int], appeals: Sequence[Appeal]
) -> None:
    code, shown = unit.unit.code, number(None, result.scheme.places)
    sheet.heading(f"{unit.unit.name}　{result.year} 年度考核复核表")
    lines = []
    for found in unit.items:
        ref = {
            column: f"={laid.cell(column, code, found.key)}" for column in (VALUE, OWED, WEIGHT, SCORE, STATE)
        }
        reporting = found.measured.counts is not None
        value: Any = (
            "见报送质量" if reporting else Cell(found.shown, formula=ref[VALUE], format=number(found.value))
        )
        lines.append(
            (
                found.item.name, value, "" if reporting else Cell(found.target, formula=ref[OWED], format=number(found.target)),
                figure(found.weight, formula=ref[WEIGHT]), Cell(found.score, formula=ref[SCORE], format=shown), "",
                Cell(found.state, formula=ref[STATE]),
            )
        )  # fmt: skip
    row = rows[code]
    total = [
        "总分（含加减分）",
        "",
        "",
        "",
        Cell(unit.total, formula=f"={SUMMARY}!{TOTAL}{row}", format=shown),
        "",
        "",
    ]
    sheet.table(
        [
            Col("项目", APPEAL_WIDTHS[0]), Col("完成值", 11), Col("目标", 9), Col("权重", 8), Col("得分", 8),
            Col("单位自核", 10), Col("标记", 14, "", "center"),
        ],
        lines, total=total, empty="没有计分项目",
    )  # fmt: skip
    sheet.line("对得分有异议的，请在“单位自核”写明本单位核算的数，并在下面写明理由，附依据。", note=True)
    sheet.heading("一、单位复核申请")
    names = {each.key: each.item.name for each in unit.items}
    if appeals:
        for each in appeals:
            sheet.line(
                f"{names.get(each.item, '总分')}：{each.text}（{each.made_at.astimezone():%Y-%m-%d} {each.made_by}）"
            )
    else:
        for _ in range(5):
            sheet.line("＿" * 46)
    sheet.line("单位负责人（签字、盖章）：　　　　　　　　经办人：　　　　　　　　日期：")
    sheet.row += 1
    sheet.heading("二、区数字经济办公室复核意见")
    decided = [each for each in appeals if each.decision]
    for each in decided:
        sheet.line(
            f"{names.get(each.item, '总分')}：{each.decision}。{each.answer}"
            + (f"（{each.decided_at.astimezone():%Y-%m-%d} {each.decided_by}）" if each.decided_at else "")
        )
    if len(decided) < len(appeals) or not appeals:
        for _ in range(5):
            sheet.line("＿" * 46)
    sheet.line("复核人：　　　　　　　　负责人（签字、盖章）：　　　　　　　　日期：")
    sheet.row += 2
