"""The registers in the summary: problems, cloud, candidates, those near the line. Projects, parks and the rest: summary_more.py."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from db.analysis import Rows
from db.analysis_growth import Channel
from db.analysis_work import BUCKETS, AgeLine, bucket_words
from db.month_figures import near_line as near_line_of
from db.periods import Period
from db.progress import HUNDRED, show_pct
from db.ranges import Between
from db.totals import Candidate, Problem
from returns.report_charts import Series, add_chart
from returns.report_looks import BLUE, COUNT, MONEY, PALE, SUM, TENTH, Cell, Col
from returns.streaming import Poured
from returns.summary_sheet import Summary, exact

ISSUES, OVERDUE, CLOUDS, NURTURES, NEAR = "问题", "超期问题", "上云", "培育", "升规临界企业"
_SIDE = 8  # the column where the pictures beside a table begin


def issues(s: Summary) -> int:
    """By state, by class and age of what is open, each beside its picture."""
    found = s.month.issues
    note = (
        f"办结率：已到期 {show_pct(found.done_rate_due)}，全部 {show_pct(found.done_rate_all)}；"
        f"满意率（已回访）{show_pct(found.satisfied_rate)}"
    )
    sheet = s.sheet(ISSUES, "问题办理情况", note, width=16)
    sheet.heading("按状态")
    states = sheet.table(
        [Col("状态", 16), Col("件数", 9, COUNT)],
        [[status, s.cell(f"issue.status.{status}", value=number)] for status, number in found.by_status.items()],
        total=["合计", SUM], empty="没有问题",
    )  # fmt: skip
    sheet.heading("未办结问题的类别和时长")
    lines = s.ageing.lines
    columns = [
        Col("类别", 16),
        *(Col(bucket_words(number), 9, COUNT) for number in range(len(BUCKETS))),
        Col("未办结", 9, COUNT),
        Col("超期", 8, COUNT),
    ]
    rows = [
        [
            line.name, *(_age(s, line, n) for n in range(len(BUCKETS))), Cell(line.total, formula="=SUM(B{r}:G{r})"),
            _listed(s, line.overdue_rows, line.overdue),
        ]
        for line in lines
    ]  # fmt: skip
    total = ["合计", *(SUM for _ in BUCKETS), s.cell("issue.open"), s.cell("issue.overdue")]
    ages = sheet.table(columns, rows, total=total, empty="没有未办结的问题")
    high = 22 * 11
    add_chart(
        "bar",
        "问题按状态（件）",
        states,
        [Series(2)],
        at=(states.header, 4),
        size=(470, high),
        offset=(10, 0),
    )
    add_chart(
        "bar", "未办结问题的时长（件）", ages, [Series(2 + n, colour=_AGES[n], labels=False) for n in range(len(BUCKETS))],
        at=(states.header, 11), size=(560, 22 * max(11, len(lines) + 16)), stacked=True,
    )  # fmt: skip
    return states.rows


def _age(s: Summary, line: AgeLine, place: int) -> Cell:
    return _listed(s, line.rows[place], line.counts[place])


def _listed(s: Summary, rows: Rows, value: int, **more: Any) -> Cell:
    """A count that 分析 shows too, leading to the same rows; nothing to follow where it is none."""
    if not value:
        return Cell(value, **more)
    return s.listed(
        rows.register,
        rows.told,
        value,
        rows.told,
        rows.filters,
        unit="家" if rows.register == "nurture" else "件",
        **more,
    )


_AGES = ("C9DBF4", "8FB4E8", "1F5FBF", "E3C48A", "B7791F", "C0392B")  # the longer, the warmer


def overdue(s: Summary, rows: Iterable[Problem]) -> Poured:
    """Every problem past its day, however many."""
    columns = [
        Col("问题编号", 24), Col("企业", 34), Col("类别", 12), Col("责任单位", 18), Col("办结时限", 12, "yyyy-mm-dd", "center"),
        Col("超期（天）", 10, COUNT), Col("问题描述", 60),
    ]  # fmt: skip
    note = f"未办结且已过办结时限的 {s.month.issues.overdue} 件，截至 {s.month.issues.as_of.isoformat()}，早到期的在前"
    sheet = s.sheet(OVERDUE, "超期未办结问题", note, width=len(columns))
    told = (
        (each.issue_no, each.enterprise, each.category, each.org, each.due_date, each.days, each.description)
        for each in rows
    )
    return sheet.long_table(columns, told)


def clouds(s: Summary) -> int:
    """By channel, what does not count and why, growth by channel after duplicates are out."""
    found, growth = s.month.clouds, s.clouds
    note = f"记录 {found.rows} 条，计数 {found.counted} 家；同一信用代码只计最早一条已核实记录"
    sheet = s.sheet(CLOUDS, "企业上云情况", note, width=14)
    sheet.heading("按报送渠道")
    channels = sheet.table(
        [Col("报送渠道", 24), Col("记录（条）", 10, COUNT), Col("计入企业（家）", 10, COUNT)],
        [[each.name, each.rows, s.cell(f"cloud.provider.{each.code or 'none'}", value=each.counted)] for each in found.providers],
        total=["合计", Cell(SUM, link=s.sources.link("cloud.rows")), Cell(SUM, link=s.sources.link("cloud.counted"))],
        empty="还没有上云记录",
    )  # fmt: skip
    sheet.heading("不计入的记录")
    sheet.table(
        [Col("原因", 24), Col("记录（条）", 10, COUNT)],
        [[reason, s.cell(f"cloud.uncounted.{reason}", value=number)] for reason, number in found.uncounted.items()],
        total=["合计", SUM], empty="没有",
    )  # fmt: skip
    sheet.heading("累计计入企业（家，去重）")
    names = [channel.name for channel in growth.channels]
    rows = [
        [
            str(month), *(_grown(s, channel, month, n) for channel in growth.channels),
            Cell(growth.counted[n], formula=f"=SUM(B{{r}}:{'BCDEFGHIJKLMNOPQRSTUVWXYZ'[len(names) - 1]}{{r}})") if 1 < len(names) < 26 else growth.counted[n],
        ]
        for n, month in enumerate(growth.months)
    ] if names else []  # fmt: skip
    table = sheet.table(
        [Col("月份", 24), *(Col(name, 10, COUNT) for name in names), Col("合计", 10, COUNT)],
        rows,
        empty="还没有计入的企业",
    )
    side = max(_SIDE - 2, len(names) + 4)
    add_chart(
        "column", "各渠道记录与计入企业", channels, [Series(2, colour=PALE), Series(3, colour=BLUE)], at=(channels.header, side), size=(600, 260)
    )  # fmt: skip
    add_chart(
        "column", "累计计入的上云企业（家，去重）", table, [Series(2 + n, labels=False) for n in range(len(names))],
        at=(channels.header, side), offset=(0, 275), size=(600, 330), stacked=True,
    )  # fmt: skip
    return channels.rows


def _grown(s: Summary, channel: Channel, month: Period, place: int) -> Cell:
    filters = {
        "cloud_on": Between(None, month.last_day),
        "provider_org": channel.filter,
        "counted": True,
    }
    name = f"{channel.name}累计计入的企业（{month.display()}）"
    return s.listed(
        "cloud",
        name,
        channel.counted[place],
        "上云日期不晚于月末、计入的企业",
        filters,
        unit="家",
        counts="enterprises",
    )


def nurtures(s: Summary) -> int:
    """The way to 升规 as a funnel; all candidates by kind and stage."""
    found, funnel = s.month.nurtures, s.funnel
    note = f"升规入统培育对象在途和已入库 {funnel.total} 家" + (
        f"，入库比例 {show_pct(funnel.through)}" if funnel.total else ""
    )
    sheet = s.sheet(NURTURES, "升规与专精特新培育", note, width=14)
    sheet.heading("升规入统：到过各阶段的企业")
    columns = [
        Col("阶段", 26), Col("停在这里（家）", 10, COUNT), Col("到过（家）", 10, COUNT, comment="停在这一阶段和以后各阶段的合计。"),
        Col("到过上一阶段的（%）", 11, TENTH), Col("", 3, ";;;", comment="不显示的数，只用于把漏斗图居中。"),
    ]  # fmt: skip
    steps, top = funnel.steps if funnel.total else (), funnel.total
    rows = []
    for number, step in enumerate(steps):
        last = f"B${_FUNNEL + len(steps) - 1}"
        rows.append(
            [
                step.stage, _listed(s, step.rows, step.there), _listed(s, step.reached_rows, step.reached, formula=f"=SUM(B{{r}}:{last})"),
                Cell(step.rate, formula=f'=IF(C{_FUNNEL + number - 1}>0,C{{r}}/C{_FUNNEL + number - 1}*100,"—")') if number else Cell(None),
                Cell(exact(Decimal(top - step.reached) / 2), formula=f"=(C${_FUNNEL}-C{{r}})/2", look="muted"),
            ]
        )  # fmt: skip
    placed = sheet.table(columns, rows, empty="还没有升规培育对象")
    assert not rows or placed.first == _FUNNEL
    add_chart(
        "bar", "升规培育漏斗（到过各阶段的企业，家）", placed, [Series(5, name="留白", offset=True, labels=False), Series(3, colour=BLUE)],
        at=(placed.header, _SIDE), size=(600, 330), stacked=True,
    )  # fmt: skip
    sheet.heading("全部培育对象按类型")
    kinds = [[kind, s.cell(f"nurture.type.{kind}", value=number)] for kind, number in found.by_type.items()]
    sheet.table(
        [Col("类型", 26), Col("对象（家）", 10, COUNT)], kinds, total=["合计", SUM], empty="还没有培育对象"
    )
    sheet.heading("全部培育对象按阶段")
    stages = [
        [stage, s.cell(f"nurture.stage.{stage}", value=number)] for stage, number in found.by_stage.items()
    ]
    sheet.table(
        [Col("阶段", 26), Col("对象（家）", 10, COUNT)], stages, total=["合计", SUM], empty="还没有培育对象"
    )
    return sum(found.by_stage.values())


_FUNNEL = 5  # the sheet's row of the funnel's first stage


def near_line(s: Summary) -> int:
    """升规 candidates next to the line, how far they are from it as a formula."""
    near = s.month.nurtures.near_line
    known = s.sources.value("nurture.near")
    _, reached = near_line_of(s.session, s.month.period, limit=1)
    note = (
        f"升规培育对象中没有入库、离升规线最近的 {int(known or 0)} 家；差额＝门槛－本年累计。"
        f"已达到升规线、没有入库的共 {reached} 家"
    )
    sheet = s.sheet(NEAR, NEAR, note, width=10, one_page=True)
    columns = [
        Col("序号", 5, "0", "center"), Col("企业", 37), Col("报送单位", 14), Col("专业", 14), Col("门槛（万元）", 10, COUNT),
        Col("本年累计（万元）", 12, MONEY), Col("差额（万元）", 12, MONEY, comment="已达到的为 0。"), Col("达标率（%）", 9, TENTH),
        Col("阶段", 11, "", "center"), Col("达标月份（推算）", 10, "", "center", comment="按本年累计收入的月均数推算。"),
    ]  # fmt: skip
    placed = sheet.table(
        columns,
        [_near(number, each) for number, each in enumerate(near, start=1)],
        empty="没有接近升规线的企业",
    )
    sheet.repeat(placed)
    if near:
        sheet.line(
            f"以上 {len(near)} 家的记录见“数据来源”。", look="muted", link=s.sources.link("nurture.near")
        )
    add_chart(
        "bar", "达标率（%，100 为升规线）", placed, [Series(8, colour=BLUE)], names=2, at=(sheet.row + 1, 1), format="0.0",
        size=(980, 20 * max(len(near), 6) + 70),
    )  # fmt: skip
    return len(near)


def _near(number: int, each: Candidate) -> list[Cell | str | int | None]:
    rate = None
    if each.threshold and each.revenue_ytd is not None:
        rate = each.revenue_ytd * HUNDRED / each.threshold
    both = "AND(ISNUMBER(E{r}),ISNUMBER(F{r}))"
    return [
        number, each.enterprise, each.unit, each.specialty, Cell(exact(each.threshold)), Cell(exact(each.revenue_ytd)),
        Cell(each.missing, formula=f'=IF({both},MAX(E{{r}}-F{{r}},0),"—")'),
        Cell(rate, formula=f'=IF({both},IF(E{{r}}>0,F{{r}}/E{{r}}*100,"—"),"—")'), each.stage, each.reach_ym or "",
    ]  # fmt: skip
