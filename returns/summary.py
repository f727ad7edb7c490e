"""The 月调度 summary workbook: indicators, who handed in, registers, what needs a decision; with charts.

What the figures are is in db/rollup.py; this file only lays them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from db.progress import rounded, show_number
from db.registers import REGISTERS
from db.rollup import IndicatorLine, Rollup
from db.totals import Problem
from returns import summary_registers
from returns.report_sheet import Col, add_heading, add_long_table, add_sheet, add_table, repeat_header, save
from returns.streaming import Poured
from returns.summary_charts import column_chart, completion_chart, line_chart

TENTH, COUNT, MONEY = "0.0", "#,##0", "#,##0.00"


def write_summary(
    month: Rollup, out: Path, *, practice: bool = False, overdue: Iterable[Problem] | None = None,
    restated: Sequence[str] = (),
) -> dict[str, int]:  # fmt: skip
    """Write the workbook and say how many rows each sheet holds. Replaces `out` whole or not at all.

    `overdue`: all problems past their deadline, where the month holds only the first of them; as many as there are,
    never all at once. `restated`: sentences on the closing of the month and what changed since. MachineError when the file is open elsewhere, the folder is read-only or the disk is full.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    mark = "（练习）" if practice else ""
    long: list[Poured] = []
    rows = {
        "封面": _cover(book, month, mark),
        "指标": _indicators(book, month, mark),
        "报送情况": _coverage(book, month, mark),
        "走访": _visits(book, month, mark),
        "问题": _issues(book, month, mark, month.issues.overdue_list if overdue is None else overdue, long),
        "上云": _clouds(book, month, mark),
        "培育": _nurtures(book, month, mark),
        "项目": summary_registers.projects(book, month, mark),
        "园区": summary_registers.parks(book, month, mark),
        "责任清单": summary_registers.duties(book, month, mark),
        "联系与服务": summary_registers.others(book, month, mark),
        "口径说明": _notes(book, month, mark, restated),
    }
    book.properties.title = f"{month.region}数字经济工作月度调度汇总 {month.period.display()}{mark}"
    book.properties.creator = "千企台账"
    save(book, long, out)
    rows["问题"] += sum(table.written for table in long)
    return rows


def _cover(book: Workbook, month: Rollup, mark: str) -> int:
    lines, cover = month.indicators, month.coverage
    sheet = add_sheet(
        book,
        "封面",
        f"{_place(month)}数字经济工作月度调度汇总{mark}",
        f"{month.period.display()}　{month.plan_title}",
        4,
    )
    binding = [line for line in lines if line.binding]
    facts: list[tuple[str, Any, str, Any]] = [
        ("报送单位", f"已报 {cover.received}/{cover.expected} 个", "其中迟报", f"{cover.late} 个"),
        ("指标", f"共 {len(lines)} 项", "达到序时进度", f"{sum(line.state == '正常' for line in lines)} 项"),
        (
            "约束性指标",
            f"共 {len(binding)} 项",
            "达到序时进度",
            f"{sum(line.state == '正常' for line in binding)} 项",
        ),
        ("本月走访", f"{month.visits.rows} 次", "走访企业（去重）", f"{month.visits.enterprises} 家"),
        ("未办结问题", f"{month.issues.open} 件", "其中超期", f"{month.issues.overdue} 件"),
        ("上云企业（去重）", f"{month.clouds.counted} 家", "规划期内新增", f"{month.clouds.net_new} 家"),
        (
            "培育对象",
            f"{sum(month.nurtures.by_stage.values())} 个",
            "已入库",
            f"{month.nurtures.by_stage.get('已入库', 0)} 个",
        ),
        ("在库项目", f"{month.projects.in_stock} 个", "责任清单逾期", f"{month.duties.overdue} 项"),
    ]
    placed = add_table(sheet, 4, [Col("项目", 20), Col("数", 22), Col("其中", 20), Col("数", 22)], facts)
    row = add_heading(sheet, placed.next, "未报单位")
    names = [unit.name for unit in cover.units if not unit.received]
    sheet.cell(row=row, column=1, value="、".join(names) or "无，全部单位已报。")
    row = add_heading(sheet, row + 2, "需要会上研究的事项")
    matters = _matters(month)
    for offset, text in enumerate(matters):
        sheet.cell(row=row + offset, column=1, value=f"{offset + 1}. {text}")
    foot = row + len(matters) + 1
    for column, text in enumerate(("单位负责人（签字）：", "审核人：", "填表人：", "日期："), start=1):
        sheet.cell(row=foot, column=column, value=text)
    return len(facts)


def _matters(month: Rollup) -> list[str]:
    """What a meeting would ask about, drafted from the figures."""
    found = [
        f"{line.name}完成 {_pct(line.progress.completion)}，落后序时进度 {_points(line)} 个百分点"
        f"（责任单位：{'、'.join(unit.unit for unit in line.units if unit.responsible)}）。"
        for line in month.behind
        if line.binding
    ]
    if month.issues.overdue:
        found.append(f"{month.issues.overdue} 件问题超过办结时限，见“问题”表。")
    repeated = month.clouds.uncounted.get("重复服务", 0)
    if repeated:
        found.append(f"{repeated} 条上云记录为同一企业重复服务，已按信用代码去重。")
    return found or ["本月没有落后的约束性指标和超期问题。"]


def _indicators(book: Workbook, month: Rollup, mark: str) -> int:
    columns = [
        Col("序号", 6, COUNT, "center"), Col("指标", 34), Col("单位", 7, "", "center"), Col("属性", 8, "", "center"),
        Col("实际", 10, "#,##0.##"), Col("年度目标", 10, "#,##0.##"), Col("应达值", 10, "#,##0.0"),
        Col("完成率（%）", 10, TENTH), Col("序时进度（%）", 10, TENTH), Col("进度差（百分点）", 10, "+0.0;-0.0;0.0"),
        Col("状态", 8, "", "center"), Col("覆盖", 8, "", "center"), Col("责任单位", 22), Col("单位说明", 30),
    ]  # fmt: skip
    note = f"填报期：{month.period.display()}　完成率＝实际÷年度目标；进度差＝完成率－序时进度"
    sheet = add_sheet(book, "指标", f"{len(month.indicators)} 项指标完成情况{mark}", note, len(columns))
    placed = add_table(sheet, 3, columns, [_indicator_row(line) for line in month.indicators])
    repeat_header(placed)
    completion_chart(placed, month)
    return len(month.indicators)


def _indicator_row(line: IndicatorLine) -> Sequence[Any]:
    progress = line.progress
    words = "；".join(f"{unit.unit}：{unit.reason}" for unit in line.units if unit.reason)
    if line.from_register:
        said = f"，单位填报 {rounded(line.reported, line.decimals)}" if line.reported is not None else ""
        words = f"由上云台账按信用代码去重计算{said}。{words}"
    return (
        line.no, line.name, line.unit, line.attribute,
        rounded(progress.value, line.decimals), rounded(progress.target, line.decimals), rounded(progress.expected, 1),
        rounded(progress.completion), rounded(progress.time_progress), rounded(progress.gap),
        line.state, f"{line.units_reported}/{line.units_expected}",
        "、".join(unit.unit for unit in line.units if unit.responsible), words,
    )  # fmt: skip


def _coverage(book: Workbook, month: Rollup, mark: str) -> int:
    sent = {key for unit in month.coverage.units for key, number in (unit.rows or {}).items() if number}
    keys = [key for key, register in REGISTERS.items() if register.own_sheet or key in sent]
    columns = [
        Col("单位代码", 14), Col("单位", 26), Col("状态", 8, "", "center"), Col("版本", 8, "", "center"), Col("迟报天数", 9, COUNT),
        *(Col(f"{REGISTERS[key].title}（行）", 10, COUNT) for key in keys),
    ]  # fmt: skip
    cover = month.coverage
    note = f"已报 {cover.received}/{cover.expected} 个单位，迟报 {cover.late} 个"
    sheet = add_sheet(book, "报送情况", f"{month.period.display()}报送情况{mark}", note, len(columns))
    rows = [
        (
            unit.code, unit.name, unit.state, f"第 {unit.revision} 版" if unit.revision else "",
            unit.late_days if unit.received else None,
            *((unit.rows or {}).get(key, 0) if unit.received else None for key in keys),
        )
        for unit in cover.units
    ]  # fmt: skip
    repeat_header(add_table(sheet, 3, columns, rows))
    return len(rows)


def _visits(book: Workbook, month: Rollup, mark: str) -> int:
    columns = [
        Col("单位", 24), Col("本月走访（次）", 12, COUNT), Col("走访企业（家）", 12, COUNT),
        Col("其中实地、座谈（家）", 14, COUNT), Col("全年走访（次）", 12, COUNT), Col("全年走访企业（家）", 14, COUNT),
    ]  # fmt: skip
    visits = month.visits
    note = f"全区本月走访 {visits.rows} 次、企业 {visits.enterprises} 家（同一企业由多个单位走访只计一家）"
    sheet = add_sheet(book, "走访", f"各单位走访情况{mark}", note, len(columns), one_page=True)
    rows = [
        (line.unit, line.rows, line.enterprises, line.assessed, line.year_rows, line.year_enterprises)
        for line in visits.units
    ]
    placed = add_table(sheet, 3, columns, rows)
    repeat_header(placed)
    if rows:
        column_chart(placed, "本月各单位走访", [2, 3])
    return len(rows)


def _issues(book: Workbook, month: Rollup, mark: str, overdue: Iterable[Problem], long: list[Poured]) -> int:
    found = month.issues
    note = (
        f"办结率：已到期 {_pct(found.done_rate_due)}，全部 {_pct(found.done_rate_all)}；"
        f"满意率（已回访） {_pct(found.satisfied_rate)}"
    )
    sheet = add_sheet(book, "问题", f"问题办理情况{mark}", note, 7)
    states = add_table(sheet, 3, [Col("状态", 18), Col("件数", 10, COUNT)], list(found.by_status.items()))
    column_chart(states, "问题按状态", [2], anchor="D3", height=7)
    row = add_heading(sheet, max(states.next, 19), f"超期未办结（截至 {found.as_of.isoformat()}）")
    columns = [
        Col("问题编号", 24), Col("企业", 34), Col("类别", 12), Col("责任单位", 18), Col("办结时限", 12, "yyyy-mm-dd", "center"),
        Col("超期（天）", 10, COUNT), Col("问题描述", 50),
    ]  # fmt: skip
    rows = (
        (
            each.issue_no,
            each.enterprise,
            each.category,
            each.org,
            each.due_date.isoformat(),
            each.days,
            each.description,
        )
        for each in overdue
    )
    long.append(add_long_table(book, sheet, row, columns, rows))
    return len(found.by_status)


def _clouds(book: Workbook, month: Rollup, mark: str) -> int:
    found = month.clouds
    note = f"记录 {found.rows} 条，去重后计数 {found.counted} 家；同一信用代码只计最早一条已核实记录"
    sheet = add_sheet(book, "上云", f"企业上云情况{mark}", note, 6, one_page=True)
    columns = [Col("报送渠道", 30), Col("记录（条）", 12, COUNT), Col("计数企业（家）", 14, COUNT)]
    providers = add_table(sheet, 3, columns, found.by_provider)
    row = add_heading(sheet, providers.next, "不计数的记录")
    reasons = add_table(
        sheet, row, [Col("原因", 30), Col("记录（条）", 12, COUNT)], list(found.uncounted.items())
    )
    row = add_heading(sheet, reasons.next, "近 12 个月累计计数企业")
    growth = add_table(sheet, row, [Col("月份", 30), Col("累计（家）", 12, COUNT)], found.growth)
    if found.by_provider:
        column_chart(providers, "各渠道上报与计数", [2, 3], anchor="E3", height=7)
    line_chart(growth, "累计上云企业（去重）", 2, anchor="E19")
    return len(found.by_provider)


def _nurtures(book: Workbook, month: Rollup, mark: str) -> int:
    found = month.nurtures
    sheet = add_sheet(
        book, "培育", f"升规与专精特新培育{mark}", f"共 {sum(found.by_stage.values())} 个培育对象", 8
    )
    stages = add_table(
        sheet, 3, [Col("阶段", 34), Col("对象（个）", 14, COUNT)], list(found.by_stage.items())
    )
    if found.by_stage:
        column_chart(stages, "按阶段", [2], anchor="D3", height=7)
    row = add_heading(sheet, max(stages.next, 19), "离升规线最近的企业")
    columns = [
        Col("企业", 34), Col("报送单位", 18), Col("专业", 16), Col("门槛（万元）", 12, COUNT), Col("本年累计（万元）", 14, MONEY),
        Col("差额（万元）", 12, MONEY), Col("达标率（%）", 10, TENTH), Col("阶段", 12),
    ]  # fmt: skip
    rows = [
        (
            each.enterprise,
            each.unit,
            each.specialty,
            each.threshold,
            each.revenue_ytd,
            each.missing,
            each.reach_rate,
            each.stage,
        )
        for each in found.near_line
    ]
    add_table(sheet, row, columns, rows)
    return sum(found.by_stage.values())


def _ledger(line: IndicatorLine) -> str:
    """What the registers give for it, where they say anything."""
    if line.computed is None:
        return ""
    shown = show_number(line.computed.value, line.decimals)
    return f"台账数 {shown} {line.unit}（{line.computed.scope}）。"


def _cloud_notes(month: Rollup) -> str:
    found = next((line.computed for line in month.indicators if line.computed and line.from_register), None)
    return "".join(found.notes) if found is not None else ""


def _notes(book: Workbook, month: Rollup, mark: str, restated: Sequence[str]) -> int:
    sheet = add_sheet(book, "口径说明", f"口径说明{mark}", "每个数都可回到台账核对；序号同指标表", 4)
    rows: list[Sequence[Any]] = [
        (
            str(line.no), line.name, line.semantics.word,
            f"覆盖 {line.units_reported}/{line.units_expected} 个责任单位。{line.note}{_ledger(line)}",
        )
        for line in month.indicators
    ]  # fmt: skip
    rows += [
        (
            "—",
            "序时进度",
            "公式",
            "年内累计和当年新增：月份÷12；存量和比率：上年目标到本年目标按月插值，再÷本年目标。",
        ),
        ("—", "状态", "公式", "进度差≥0 为正常，0 到 −10 为关注，≤−10 为预警；没有数据为未报。"),
        ("—", "走访", "口径", "按走访日期归月；企业按档案去重；考核默认只计实地、座谈会。"),
        (
            "—",
            "上云",
            "口径",
            f"只计已核实、在区内、非通信产品的记录，一企只计一次。{_cloud_notes(month)}",
        ),
    ]
    rows += [("—", "关账与重述", "记录", each) for each in restated]
    columns = [
        Col("序号", 8, "", "center"),
        Col("指标或事项", 40),
        Col("值口径", 12, "", "center"),
        Col("说明", 80),
    ]
    repeat_header(add_table(sheet, 3, columns, rows))
    return len(rows)


def _place(month: Rollup) -> str:
    """“西湖区” of “江西省南昌市西湖区”: the last part of the region's name."""
    name = month.region
    for mark in ("省", "市"):
        name = name.split(mark)[-1] or name
    return name


def _pct(value: Decimal | None) -> str:
    shown = rounded(value)
    return "—" if shown is None else f"{shown}%"


def _points(line: IndicatorLine) -> Decimal | None:
    return rounded(abs(line.progress.gap)) if line.progress.gap is not None else None
