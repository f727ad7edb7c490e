"""What one must know beside the figures: what changed since last month, what the figures mean, what was restated."""

from __future__ import annotations

from collections.abc import Sequence

from db.progress import show_number
from db.rollup import IndicatorLine
from db.since_last_month import LISTED, Step
from returns.report_looks import Cell, Col, decimals
from returns.summary_sheet import Summary, exact

CHANGES, NOTES = "与上月相比", "口径说明"
_COUNTED = {
    "新超期": "件", "新入库": "家", "新达升规线": "家", "新在库项目": "个", "项目进入新阶段": "个", "新完成任务": "项", "新滞后任务": "项",
}  # fmt: skip


def changes(s: Summary) -> int:
    """Indicators and other figures beside last month's, what came about, published figures that were corrected."""
    since = s.since
    before, now = since.before.display(), s.month.period.display()
    read = "没有单位报送，取自回报的数不作比较" if since.silent else "按台账中该月的情况重新汇总"
    note = f"上月为 {before}，{read}；增减由表内公式算出"
    sheet = s.sheet(CHANGES, f"{now}与上月相比", note, width=11)
    columns = [
        Col("序号", 5, "0", "center"), Col("指标或事项", 34), Col("单位", 7, "", "center"), Col("上月", 12), Col("本月", 12), Col("增减", 11),
        Col("上月状态", 9, "", "center"), Col("本月状态", 9, "", "center"), Col("上月覆盖", 8, "", "center"), Col("本月覆盖", 8, "", "center"),
        Col("说明", 50),  # as wide as lets the two tables of figures fit on a page
    ]  # fmt: skip
    sheet.heading("指标")
    sheet.table(
        columns,
        [_step(s, n, step) for n, step in enumerate(since.indicators, start=1)],
        empty="计划中没有指标",
    )
    sheet.heading("其他")
    sheet.table(columns, [_step(s, n, step) for n, step in enumerate(since.figures, start=1)])
    sheet.heading("本月新出现")
    counted = "，".join(
        f"{kind} {number} {_COUNTED[kind]}" + (f"（列出 {LISTED}）" if number > LISTED else "")
        for kind, number in since.counts.items()
        if number
    )
    sheet.line(f"{counted}。" if counted else "问题、企业、项目和任务都没有新变化。")
    if since.events:
        sheet.spread(
            [("序号", 1), ("企业、项目或任务", 2), ("类别", 1), ("日期", 1), ("责任单位", 2), ("内容", 4)],
            [[n, each.name, each.kind, each.on, each.unit, each.text] for n, each in enumerate(since.events, start=1)],
        )  # fmt: skip
    else:
        sheet.row += 1
    sheet.heading("已公布的数后来更正")
    corrected = [
        [each.key, f"第 {each.version} 版", each.day, each.reason or each.event, "；".join(one.words for one in each.changes) or "汇总数没有变化"]
        for each in since.corrected
    ]  # fmt: skip
    sheet.spread(
        [("月份", 2), ("版次", 1), ("日期", 1), ("理由", 3), ("更正的数", 4)], corrected, empty="今年已公布的月份没有更正"
    )  # fmt: skip
    return len(since.indicators) + len(since.figures)


def _step(s: Summary, number: int, step: Step) -> list[Cell | str | int | None]:
    shown = decimals(step.places)
    signed = f"+{shown};-{shown};{shown}"
    return [
        number, step.name, step.unit, _before(s, step, shown), s.cell(step.key, value=exact(step.now), format=shown),
        Cell(
            step.change, format=signed,
            formula="" if step.note else '=IF(AND(ISNUMBER(D{r}),ISNUMBER(E{r})),E{r}-D{r},"—")',
        ),
        step.state_before, step.state_now, step.coverage_before, step.coverage_now, step.note,
    ]  # fmt: skip


def _before(s: Summary, step: Step, shown: str) -> Cell:
    period = str(s.since.before)
    return s.sources.of_month(
        period, step.key, exact(step.before), name=step.name, unit=step.unit, format=shown
    )


def notes(s: Summary, restated: Sequence[str]) -> int:
    """What each indicator counts, how the plan contradicts itself and what was chosen, coverage, restatements."""
    sheet = s.sheet(NOTES, NOTES, "序号同指标表；每个数都可由“数据来源”回到台账核对", width=4)
    columns = [
        Col("序号", 7, "", "center"),
        Col("指标或事项", 36),
        Col("值口径", 13, "", "center"),
        Col("说明", 100),
    ]
    rows: list[Sequence[str]] = [
        (str(line.no), line.name, line.semantics.word, _scope(s, line)) for line in s.month.indicators
    ]
    rows += [
        ("—", "序时进度", "公式", "年内累计和当年新增：月份÷12；存量和比率：上年目标到本年目标按月插值，再÷本年目标。"),
        ("—", "状态", "公式", "按显示的一位小数判断：进度差≥0 为正常，0 到 −10 为关注，≤−10 为预警；没有数据为未报，各单位没有报齐为未报齐。"),
        ("—", "约束性是否达标", "规则", "年度考核按完成值与目标的原数比较，不四舍五入：差不足 0.05 个百分点的，状态为正常，考核仍为约束性未达标。"),
        ("—", "走访", "口径", "按走访日期归月；企业按档案去重；考核默认只计实地、座谈会。"),
        ("—", "上云", "口径", f"只计已核实、在区内、非通信产品的记录，一企只计一次。{_cloud(s)}"),
        ("—", "问题", "口径", f"登记日期不晚于月末的问题，按当月末的状态计（办理中从何时起、延期不留日期，按最近登记）；超期截至 {s.as_of.isoformat()}。"),
        ("—", "覆盖", "口径", _coverage(s)),
    ]  # fmt: skip
    rows += [
        ("—", each.topic, "计划不一致", f"{each.statement_a}；{each.statement_b}。处理：{each.handling}")
        for each in s.plan.inconsistencies
    ]
    rows += [("—", "关账与重述", "记录", each) for each in restated]
    sheet.repeat(sheet.table(columns, rows))
    return len(rows)


def _scope(s: Summary, line: IndicatorLine) -> str:
    covered = "" if line.from_register else f"覆盖 {line.units_reported}/{line.units_expected} 个责任单位。"
    scope = f"{line.scope.rstrip('。')}。" if line.scope else ""
    chosen = ""
    defined = s.plan.indicator(line.no)
    if defined is not None and defined.ambiguous:
        chosen = "计划文字可有几种理解，这里按上述口径，可在“参数”中改。"
    return (
        f"{scope}{covered}{chosen}{_sentence(line.note)}{''.join(map(_sentence, line.notes))}{_ledger(line)}"
    )


def _sentence(text: str) -> str:
    return f"{text.rstrip('。')}。" if text else ""


def _ledger(line: IndicatorLine) -> str:
    """What the registers give for it, where they say anything."""
    if line.computed is None:
        return ""
    return f"台账数 {show_number(line.computed.value, line.decimals)} {line.unit}（{line.computed.scope}）。"


def _cloud(s: Summary) -> str:
    found = next((line.computed for line in s.month.indicators if line.computed and line.from_register), None)
    return "".join(found.notes) if found is not None else ""


def _coverage(s: Summary) -> str:
    cover = s.month.coverage
    names = "、".join(unit.name for unit in cover.units if not unit.received)
    told = f"已报 {cover.received}/{cover.expected} 个单位，迟报 {cover.late} 个。"
    return told + (f"未报：{names}；各汇总数不含它们本月的数。" if names else "各汇总数覆盖全部单位。")
