"""The smaller registers in the summary: projects, parks, 联系与服务."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db.analysis_growth import ParkSeries
from db.figure_words import PARK_FIELDS
from db.models.lists import LISTS
from db.periods import Period
from db.ranges import Between
from db.registers import REGISTERS
from db.totals_more import ParkLine, liaison_behind
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
    sheet.repeat(sheet.table(columns, rows, total=total, empty="还没有项目"), alone=True)
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
    known = [n for n in range(len(growth.months)) if any(park.revenue[n] is not None for park in shown)]
    months = [
        [str(growth.months[n]), *(_income(s, park, n) for park in shown)]
        for n in range(known[0] if known else len(growth.months), len(growth.months))
    ]
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


def _income(s: Summary, park: ParkSeries, place: int) -> Cell:
    value = park.revenue[place]
    if value is None:
        return Cell("")
    filters = {"park_code": park.code, "period": Between(str(s.parks.months[0]), str(s.parks.months[-1]))}
    return s.listed(
        "park",
        f"{park.name}逐月主营业务收入",
        exact(value),
        "园区月报所填的数",
        filters,
        unit="万元",
        counts="value",
        series=True,
        format=MONEY,
    )


def _park(s: Summary, park: ParkLine, field: str) -> Cell:
    value = getattr(park, field)
    shown = decimals(PARK_FIELDS[field].places)
    return Cell(None) if value is None else s.cell(f"park.{park.code}.{field}", format=shown)


def others(s: Summary) -> int:
    """挂点, services, meeting matters, leads, lists and matches; two tables side by side."""
    found, last = s.month.others, s.month.period.last_day
    note = "供需对接、联席议题、招引线索的状态按最近登记"
    sheet = s.sheet(OTHERS, "联系服务与供需对接", note, width=7, one_page=True)
    top = sheet.heading("服务（年内）")
    sheet.heading("其他台账", row=top - 1, column=6)
    columns = [
        Col("服务类型", 30), Col("次数", 12, COUNT), Col("惠及企业（家）", 14, COUNT), Col("金额（万元）", 14, MONEY),
    ]  # fmt: skip
    year = Between(Period.of(s.month.period.year, 1).first_day, last)
    served = [
        [
            kind, s.listed("service", f"{kind}（次）", times, "年内服务日期不晚于月末的记录", {"served_on": year, "kind": None if kind == "未填" else kind}, unit="次"),
            firms, exact(amount),
        ]
        for kind, (times, firms, amount) in found.services.items()
    ]  # fmt: skip
    sheet.table(columns, served, total=["合计", SUM, SUM, SUM], empty="今年还没有服务记录")
    liaisons = liaison_behind(s.session, s.month.period)
    behind = [key for key, (made, owed) in liaisons.items() if made < owed]
    facts: list[tuple[str, Cell]] = [
        ("挂点企业（在挂）", _ids(s, "挂点企业（在挂）", list(liaisons), "月末在挂的挂点")),
        ("其中本季度走访不足", _ids(s, "挂点走访不足", behind, "挂点领导本季度走访次数少于应走访次数的挂点")),
    ]
    for kind in LISTS:
        facts.append(
            (
                f"已发布{kind}（批）",
                _until(s, "release", f"已发布{kind}", found.releases.get(kind, 0), {"list_kind": kind}),
            )
        )
    facts.append(("机会清单事项", _until(s, "opportunity", "机会清单事项", found.opportunities, {})))
    facts.append(("产品清单产品", _until(s, "product", "产品清单产品", found.products, {})))
    for word, register, field, counts in (
        ("供需对接", "match", "outcome", found.matches), ("联席议题", "matter", "status", found.matters),
        ("招引线索", "lead", "stage", found.leads),
    ):  # fmt: skip
        for state, number in counts.items():
            facts.append(
                (f"{word}：{state}", _until(s, register, f"{word}：{state}", number, {field: state}))
            )
    sheet.table([Col("事项", 34), Col("数量", 12, COUNT)], facts, row=top, column=6, follow=False)
    return len(served) + len(facts)


def _ids(s: Summary, name: str, keys: list[UUID], scope: str) -> Cell:
    return (
        s.listed("liaison", name, len(keys), scope, {"ids": [str(key) for key in keys]}, unit="家")
        if keys
        else Cell(0)
    )


def _until(s: Summary, register: str, name: str, value: int, filters: Mapping[str, Any]) -> Cell:
    """A count of a register's rows up to the month's end."""
    if not value:
        return Cell(value)
    upto = {REGISTERS[register].placed_by: Between(None, s.month.period.last_day)}
    return s.listed(register, name, value, "登记日期不晚于月末的记录", {**upto, **filters})
