"""The smaller registers in the summary: projects, parks, 联系与服务."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.figures import PARK_FIELDS
from db.models.lists import LISTS
from db.totals_more import ParkLine
from returns.report_charts import COLOURS, Series, add_chart
from returns.report_looks import BLUE, COUNT, MONEY, SUM, Cell, Col, decimals
from returns.summary_sheet import Summary, exact

PROJECTS, PROGRESS, PARKS, OTHERS = "项目", "项目进展", "园区", "联系与服务"


def projects(s: Summary) -> int:
    """Projects by stage beside their picture, then one by one with the month's progress."""
    found = s.month.projects
    note = f"在库 {found.in_stock} 个；计划总投资 {found.invest_total:,.2f} 万元，累计完成 {found.invest_done:,.2f} 万元"
    columns = [
        Col("项目", 32), Col("责任单位", 14), Col("阶段", 12), Col("在库", 6, "", "center"), Col("计划总投资（万元）", 13, MONEY),
        Col("累计完成（万元）", 13, MONEY), Col("投资完成（%）", 8, "0.0", comment="累计完成÷计划总投资×100。"),
        Col("填报月份", 10, "", "center"), Col("当月进展", 40), Col("需协调事项", 28),
    ]  # fmt: skip
    sheet = s.sheet(PROJECTS, "数字经济项目", note, width=len(columns))
    stages = sheet.table(
        [Col("阶段", 32), Col("项目（个）", 14, COUNT)],
        [[stage, s.cell(f"project.stage.{stage}", value=number)] for stage, number in found.by_stage.items()],
        total=["合计", SUM], empty="还没有项目",
    )  # fmt: skip
    sheet.line("在库项目的记录见“数据来源”。", look="muted", link=s.sources.link("project.in_stock"))
    add_chart(
        "bar", "项目按阶段（个）", stages, [Series(2)], at=(stages.header, 4), size=(700, 250), offset=(10, 0)
    )
    sheet.row = max(sheet.row + 1, stages.header + 12)
    sheet.heading("项目进展")
    rows = [
        [
            each.name, each.unit, each.stage, "是" if each.in_stock else "否", Cell(exact(each.invest_total)), Cell(exact(each.invest_done)),
            Cell(
                each.invest_done * 100 / each.invest_total if each.invest_total and each.invest_done is not None else None,
                formula='=IF(AND(ISNUMBER(F{r}),N(E{r})>0),F{r}/E{r}*100,"—")',
            ),
            each.asof_ym or "", each.progress, each.issues,
        ]
        for each in found.lines
    ]  # fmt: skip
    total = ["合计", "", "", "", SUM, SUM, "", "", "", ""]
    sheet.table(columns, rows, total=total, empty="还没有项目")
    return len(rows)


def parks(s: Summary) -> int:
    """Every park of the plan, reported or not, and their income over the months."""
    found = s.month.parks
    reported = sum(each.reported for each in found)
    note = f"共 {len(found)} 个园区，本月已填报 {reported} 个；收入、税收为年内累计"
    columns = [
        Col("园区", 30), Col("建设状态", 10, "", "center"), Col("入驻率（%）", 10), Col("入驻企业（家）", 11), Col("数字经济企业（家）", 12),
        Col("主营业务收入（万元）", 15), Col("税收（万元）", 13), Col("填报", 8, "", "center"),
    ]  # fmt: skip
    sheet = s.sheet(PARKS, "数字经济园区", note, width=11, one_page=True)
    rows = [
        [
            each.name,
            each.status,
            *(_park(s, each, field) for field in PARK_FIELDS),
            "已填" if each.reported else "未报",
        ]
        for each in found
    ]
    total = ["合计", "", "", SUM, SUM, SUM, SUM, f"{reported}/{len(found)}"]
    placed = sheet.table(columns, rows, total=total, empty="计划中没有园区")
    sheet.heading("主营业务收入逐月（万元，年内累计）")
    growth = s.parks
    shown = [park for park in growth.parks if any(value is not None for value in park.revenue)]
    months = [
        [str(month), *(Cell("") if park.revenue[n] is None else Cell(exact(park.revenue[n]), format=MONEY) for park in shown)] for n, month in enumerate(growth.months)
    ] if shown else []  # fmt: skip
    table = sheet.table(
        [Col("月份", 30), *(Col(park.name, 11) for park in shown)], months, empty="各园区还没有填报收入"
    )
    if reported:
        add_chart(
            "bar", "主营业务收入（万元，年内累计）", placed, [Series(6, colour=BLUE)], at=(sheet.row, 1), size=(560, 400)
        )  # fmt: skip
    add_chart(
        "line", "各园区主营业务收入逐月（万元，年内累计）", table,
        [Series(2 + n, labels=False, colour=COLOURS[n % len(COLOURS)]) for n in range(len(shown))],
        at=(sheet.row, 1), offset=(580 if reported else 0, 0), size=(560, 400),
    )  # fmt: skip
    return len(rows)


def _park(s: Summary, park: ParkLine, field: str) -> Cell:
    value = getattr(park, field)
    shown = decimals(PARK_FIELDS[field][2])
    return Cell(None) if value is None else s.cell(f"park.{park.code}.{field}", format=shown)


def others(s: Summary) -> int:
    """挂点, services, meeting matters, leads, lists and matches."""
    found = s.month.others
    sheet = s.sheet(OTHERS, "联系服务与供需对接", "", width=8)
    sheet.heading("服务（年内）")
    columns = [
        Col("服务类型", 34), Col("次数", 12, COUNT), Col("惠及企业（家）", 14, COUNT), Col("金额（万元）", 14, MONEY),
    ]  # fmt: skip
    served = [[kind, times, firms, exact(amount)] for kind, (times, firms, amount) in found.services.items()]
    sheet.table(columns, served, total=["合计", SUM, SUM, SUM], empty="今年还没有服务记录")
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
    sheet.heading("其他台账")
    sheet.table([Col("事项", 34), Col("数量", 12, COUNT)], facts)
    return len(served) + len(facts)


def _named(word: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(f"{word}：{state}", number) for state, number in counts.items()]
