"""The sheets of the 月调度 summary after 培育: 项目, 园区, 责任清单, 联系与服务. Figures come from db/totals_more.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook

from db.models.lists import LISTS
from db.rollup import Rollup
from returns.report_sheet import Col, add_heading, add_sheet, add_table, repeat_header
from returns.summary_charts import column_chart

TENTH, COUNT, MONEY = "0.0", "#,##0", "#,##0.00"
BELOW_CHART = 19  # the first row under a chart that stands beside a short table


def projects(book: Workbook, month: Rollup, mark: str) -> int:
    """Projects by stage, then one by one with the month's progress."""
    found = month.projects
    note = (
        f"在库 {found.in_stock} 个；计划总投资 {found.invest_total:,.2f} 万元，"
        f"累计完成 {found.invest_done:,.2f} 万元"
    )
    sheet = add_sheet(book, "项目", f"数字经济项目{mark}", note, 9)
    stages = add_table(
        sheet, 3, [Col("阶段", 34), Col("项目（个）", 16, COUNT)], list(found.by_stage.items())
    )
    if found.by_stage:
        column_chart(stages, "按阶段", [2], anchor="D3", height=7)
    row = add_heading(sheet, max(stages.next, BELOW_CHART), "项目进展")
    columns = [
        Col("项目", 34), Col("责任单位", 16), Col("阶段", 12), Col("在库", 6, "", "center"), Col("计划总投资（万元）", 13, MONEY),
        Col("累计完成（万元）", 13, MONEY), Col("填报月份", 10, "", "center"), Col("当月进展", 40), Col("需协调事项", 30),
    ]  # fmt: skip
    rows = [
        (
            each.name, each.unit, each.stage, "是" if each.in_stock else "否", each.invest_total, each.invest_done,
            each.asof_ym or "", each.progress, each.issues,
        )
        for each in found.lines
    ]  # fmt: skip
    add_table(sheet, row, columns, rows)
    return len(rows)


def parks(book: Workbook, month: Rollup, mark: str) -> int:
    """Every park of the plan, reported or not."""
    reported = sum(each.reported for each in month.parks)
    note = f"共 {len(month.parks)} 个园区，本月已填报 {reported} 个；收入、税收为年内累计"
    sheet = add_sheet(book, "园区", f"数字经济园区{mark}", note, 8)
    columns = [
        Col("园区", 34), Col("建设状态", 10, "", "center"), Col("入驻率（%）", 10, TENTH), Col("入驻企业（家）", 12, COUNT),
        Col("数字经济企业（家）", 14, COUNT), Col("主营业务收入（万元）", 16, MONEY), Col("税收（万元）", 14, MONEY),
        Col("填报", 8, "", "center"),
    ]  # fmt: skip
    rows = [
        (
            each.name, each.status, each.occupancy, each.firms, each.firms_de, each.revenue_ytd, each.tax_ytd,
            "已填" if each.reported else "未报",
        )
        for each in month.parks
    ]  # fmt: skip
    placed = add_table(sheet, 3, columns, rows)
    repeat_header(placed)
    if reported:
        column_chart(placed, "各园区主营业务收入（万元）", [6])
    return len(rows)


def duties(book: Workbook, month: Rollup, mark: str) -> int:
    """The year's tasks by 行动 with their progress."""
    found = month.duties
    states = "，".join(f"{status} {number} 项" for status, number in found.by_status.items()) or "还没有任务"
    sheet = add_sheet(
        book, "责任清单", f"{month.period.year} 年责任清单{mark}", f"{states}；逾期 {found.overdue} 项", 8
    )
    columns = [
        Col("行动", 26), Col("任务", 34), Col("牵头单位", 16), Col("完成时限", 12, "", "center"), Col("进度（%）", 9, COUNT),
        Col("状态", 10, "", "center"), Col("进展情况", 44), Col("存在问题", 28),
    ]  # fmt: skip
    rows = [
        (
            each.action, each.task, each.lead, each.due_date.isoformat() if each.due_date else "", each.progress_pct,
            f"{each.status}（逾期）" if each.overdue else each.status, each.progress, each.problem,
        )
        for each in found.lines
    ]  # fmt: skip
    repeat_header(add_table(sheet, 3, columns, rows))
    return len(rows)


def others(book: Workbook, month: Rollup, mark: str) -> int:
    """挂点, services, meeting matters, leads, lists and matches."""
    found = month.others
    sheet = add_sheet(book, "联系与服务", f"联系服务与供需对接{mark}", f"截至 {month.period.display()}", 4)
    served = [(kind, *numbers) for kind, numbers in found.services.items()]
    columns = [
        Col("服务类型（年内）", 34),
        Col("次数", 12, COUNT),
        Col("惠及企业（家）", 14, COUNT),
        Col("金额（万元）", 14, MONEY),
    ]
    row = add_table(sheet, 3, columns, served).next
    facts: list[tuple[str, Any]] = [
        ("挂点企业（在挂）", found.liaisons),
        ("其中本季度走访不足", found.liaison_behind),
        *((f"已发布{kind}（批）", found.releases.get(kind, 0)) for kind in LISTS),
        ("机会清单事项", found.opportunities),
        ("产品清单产品", found.products),
        *_named("供需对接", found.matches),
        *_named("联席议题", found.matters),
        *_named("招引线索", found.leads),
    ]
    row = add_heading(sheet, row, "其他台账")
    add_table(sheet, row, [Col("事项", 34), Col("数量", 12, COUNT)], facts)
    return len(served) + len(facts)


def _named(word: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(f"{word}：{state}", number) for state, number in counts.items()]
