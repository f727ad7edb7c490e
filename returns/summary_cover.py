"""The first pages of the summary: what stands where at a glance, who has not handed in, what the meeting has to decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from db.progress import rounded, show_pct
from db.rollup import IndicatorLine
from db.to_decide import URGENT
from returns.report_book import Sheet
from returns.report_looks import COUNT, Cell, Col, place
from returns.summary_indicators import FIRST, STATE, TABLE
from returns.summary_sheet import Summary

MISSING, DECIDE = "未报单位", "需会上研究的问题"


def cover(s: Summary) -> Sheet:
    """One page; its list of sheets is added by `contents` when they are known."""
    month = s.month
    sheet = s.book.sheet(
        "封面", f"{s.place}数字经济工作月度调度汇总", f"{month.period.display()}　编制单位：{s.office}　{month.plan_title}", width=4, one_page=True, portrait=True,
    )  # fmt: skip
    pairs: list[tuple[str, Any, str, Any]] = [
        ("已报单位（个）", s.cell("coverage.received"), "应报单位（个）", s.cell("coverage.expected")),
        ("未报单位（个）", s.cell("coverage.missing"), "迟报单位（个）", s.cell("coverage.late")),
        ("达到序时进度的指标（项）", _states(s, "正常"), "指标（项）", Cell(len(month.indicators), link=place(TABLE, "A1"))),
        ("关注的指标（项）", _states(s, "关注"), "预警的指标（项）", _states(s, "预警")),
        ("本月走访（次）", s.cell("visit.rows"), "走访企业（家，去重）", s.cell("visit.enterprises")),
        ("未办结问题（件）", s.cell("issue.open"), "其中超期（件）", s.cell("issue.overdue")),
        ("计入的上云企业（家，去重）", s.cell("cloud.counted"), "其中规划期内新增（家）", s.cell("cloud.net_new")),
        (
            "升规培育对象（家）", s.cell("nurture.type.升规入统", value=month.nurtures.by_type.get("升规入统", 0)),
            "已入库（家）", s.cell("nurture.stage.已入库", value=month.nurtures.by_stage.get("已入库", 0)),
        ),
        ("在库项目（个）", s.cell("project.in_stock"), "责任清单逾期任务（项）", s.cell("duty.overdue")),
    ]  # fmt: skip
    columns = [Col("项目", 30), Col("数", 14, COUNT), Col("项目", 30), Col("数", 14, COUNT)]
    sheet.table(columns, pairs)
    sheet.heading("未报单位")
    names = "、".join(each.name for each in s.urged)
    sheet.line(names or "无，全部单位已报。", link=place(MISSING, "A1") if names else "")
    sheet.row += 1
    sheet.heading("会上先议的事")
    for number, text in enumerate(matters(s)[:8], start=1):
        sheet.line(f"{number}. {text}")
    sheet.row += 1
    return sheet


def contents(s: Summary, sheet: Sheet, sheets: list[tuple[str, str]]) -> None:
    """The list of sheets with links, and the line to sign on."""
    sheet.heading("目录")
    for at in range(0, len(sheets), 2):
        for column, (name, about) in zip((1, 3), sheets[at : at + 2], strict=False):
            sheet.write(sheet.row, column, Cell(f"{name}　{about}", link=place(name, "A1"), tip=name))
        sheet.row += 1
    sheet.row += 1
    sheet.signatures()


def _states(s: Summary, state: str) -> Cell:
    found = sum(line.state == state for line in s.month.indicators)
    last = FIRST + max(len(s.month.indicators), 1) - 1
    span = f"'{TABLE}'!{STATE}{FIRST}:{STATE}{last}"
    return Cell(
        found, formula=f'=COUNTIF({span},"{state}")', link=place(TABLE, f"{STATE}{FIRST}"), tip="看指标表"
    )


def matters(s: Summary) -> list[str]:
    """What a meeting would ask about first, drafted from the figures."""
    found = [_behind(line) for line in s.month.behind if line.binding]
    deciding = s.deciding
    if deciding.count:
        parts = [
            f"{word} {number} 件"
            for word, number in (("超期", deciding.overdue), ("提级", deciding.raised), ("多次延期", deciding.repeated), ("暂不能解决", deciding.stuck))
            if number
        ]  # fmt: skip
        found.append(f"{deciding.count} 件企业问题需要研究（{'，'.join(parts)}），见“{DECIDE}”。")
    if deciding.matters:
        found.append(
            f"{len(deciding.matters)} 个联席议题待上会：{'；'.join(each.topic for each in deciding.matters[:3])}。"
        )
    late = [line for line in s.actions if line.late]
    if late:
        found.append(
            f"{sum(line.late for line in late)} 项责任清单任务逾期，涉及 {len(late)} 个行动，见“分行动”。"
        )
    lagging = [line for line in s.actions if line.lagging]
    if lagging:
        found.append(
            f"{sum(line.lagging for line in lagging)} 项责任清单任务滞后，涉及 {len(lagging)} 个行动，见“分行动”。"
        )
    rest = [line for line in s.month.behind if not line.binding]
    if rest:
        found.append(
            f"{len(rest)} 项预期性指标落后序时进度：{'、'.join(f'第 {line.no} 项' for line in rest)}，见“{TABLE}”。"
        )
    if s.urged:
        overdue = [each for each in s.urged if each.days > 0]
        found.append(
            f"{len(s.urged)} 个单位未报"
            + (f"，其中 {len(overdue)} 个已过截止日" if overdue else "，还没有到截止日")
            + "。"
        )
    return found or ["本月没有落后的指标、需要研究的问题和逾期任务。"]


def _behind(line: IndicatorLine) -> str:
    gap = rounded(abs(line.progress.gap or Decimal(0)))
    units = "、".join(unit.unit for unit in line.units if unit.responsible)
    return f"约束性指标{_named(line.name)}完成 {show_pct(line.progress.completion)}，落后序时进度 {gap} 个百分点（责任单位：{units}）。"


def _named(name: str) -> str:
    """In quotation marks, except a name that has some of its own."""
    return name if "“" in name else f"“{name}”"


def missing(s: Summary) -> int:
    """Who has not handed in, since when, whom to call."""
    note = f"已报 {s.month.coverage.received}/{s.month.coverage.expected} 个；联系人取自该单位上一次回报"
    sheet = s.sheet(MISSING, f"{s.month.period.display()}未报单位", note, width=8)
    columns = [
        Col("单位", 26), Col("类别", 10, "", "center"), Col("截止日", 13), Col("逾期天数", 10, COUNT, comment="制表日－截止日；没有到期为 0。"),
        Col("状态", 20), Col("联系人", 14), Col("电话", 18), Col("以前各月未报", 24),
    ]  # fmt: skip
    rows = [
        [
            each.name, "街道" if each.street else "部门和运营商", each.due_on,
            Cell(max(each.days, 0), formula=f"=MAX(DATE({_today(s)})-C{{r}},0)"),
            each.standing, each.contact, each.phone, each.earlier,
        ]
        for each in s.urged
    ]  # fmt: skip
    placed = sheet.table(
        columns, rows, empty="这个月没有启用收表" if s.month.coverage.unused else "全部单位已报"
    )
    sheet.repeat(placed)
    excused = s.month.coverage.excused
    if excused:
        sheet.heading("本月不要求报送的单位")
        sheet.line("、".join(each.name for each in excused))
    return len(rows)


def _today(s: Summary) -> str:
    day = s.today
    return f"{day.year},{day.month},{day.day}"


def deciding(s: Summary) -> int:
    """Problems with the decision asked for, and matters that wait; room to write what was decided."""
    found = s.deciding
    shown = (
        f"列出前 {len(found.questions)} 件，其余见“超期问题”"
        if found.count > len(found.questions)
        else "全部列出"
    )
    note = f"超期、提级、多次延期和暂不能解决的共 {found.count} 件，{shown}；紧急的在前；超期天数截至 {s.as_of.isoformat()}"
    sheet = s.sheet(DECIDE, DECIDE, note, width=12)
    columns = [
        Col("序号", 5, "0", "center"), Col("问题编号", 13), Col("企业", 18), Col("反映的问题", 28), Col("已采取的措施", 22),
        Col("责任单位", 13), Col("办结时限", 12), Col("超期（天）", 8, COUNT, comment="截至日－办结时限。"), Col("延期（次）", 7, COUNT),
        Col("列入原因", 10), Col("请会议议定", 28), Col("会议意见", 16),
    ]  # fmt: skip
    until = f"DATE({s.as_of.year},{s.as_of.month},{s.as_of.day})"
    rows = [
        [
            number, each.number, each.enterprise, each.description, each.measure, each.org, each.due,
            Cell(each.days, formula=f'=IF(ISNUMBER(G{{r}}),MAX({until}-G{{r}},0),0)'), each.extended,
            f"{each.urgency}，{each.why}" if each.urgency in URGENT else each.why, each.asked, "",
        ]
        for number, each in enumerate(found.questions, start=1)
    ]  # fmt: skip
    placed = sheet.table(columns, rows, empty="没有需要会上研究的问题")
    sheet.repeat(placed)
    sheet.heading("待上会的联席议题")
    matters_columns = [
        Col("序号", 5, "0", "center"),
        Col("提出日期", 13),
        Col("提出单位", 22),
        Col("议题", 34),
        Col("事项内容", 26),
    ]
    sheet.table(
        matters_columns,
        [[n, each.raised_on, each.raised_by, each.topic, each.content] for n, each in enumerate(found.matters, start=1)],
        empty="没有待上会的议题",
    )  # fmt: skip
    sheet.signatures(("主持人：", "记录人：", "日期："))
    return len(rows)
