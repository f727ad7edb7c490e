"""The draft of a quarter: title, opening, the four sections, attachments. Sentences of the sections are in their own files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from db.progress import show_gap
from db.quarter import Quarter
from db.rollup import IndicatorLine
from returns.bulletin.model import (
    DRAFT_MARK,
    PRACTICE_MARK,
    Attachment,
    Bulletin,
    Column,
    Head,
    Paragraph,
    Ref,
    Slot,
    Table,
)
from returns.bulletin.overall import overall
from returns.bulletin.phrasing import Cite, fixed, of_month, plain, quarter_words, season, short_name
from returns.bulletin.problems import next_steps, problems
from returns.bulletin.units import issue_table, returns_table, score_tables, tables, units

PARTS = {
    "indicators": "目标指标进展", "chart.indicators": "图：指标完成率与序时进度", "visits": "企业走访", "issues": "企业问题办理",
    "clouds": "企业上云", "nurture": "企业培育", "returns": "数据报送", "streets": "各街道的表", "offices": "有关单位的表",
    "ranking": "先进和提醒", "chart.visits": "图：各月走访企业", "problems.indicators": "问题：指标低于进度",
    "problems.unreported": "问题：指标未报", "problems.returns": "问题：报送不及时", "problems.issues": "问题：超期未办结",
    "next.indicators": "下步：补齐短板", "next.issues": "下步：办好企业反映的问题", "next.returns": "下步：按时报送",
}  # fmt: skip


def draft(
    quarter: Quarter,
    *,
    issuer: str,
    practice: bool = False,
    today: date | None = None,
    usual: Mapping[str, str] | None = None,
) -> Bulletin:
    """The bulletin of a quarter as the figures have it. `issuer`: who signs; `today`: its date, once the quarter is over;
    `usual`: what else of Head the office has settled for all its bulletins.
    """
    cite = Cite(quarter)
    paragraphs = (*_opening(cite), *overall(cite), *units(cite), *problems(cite), *next_steps(cite))
    used = {each.part for each in paragraphs}
    slots = tuple(_slots(cite))
    there = used | {slot.part for slot in slots}
    return Bulletin(
        quarter=quarter.key,
        period=str(quarter.end),
        head=replace(head(quarter, issuer, practice, today), **dict(usual or {})),
        paragraphs=paragraphs,
        tables=tuple(tables(cite)),
        slots=slots,
        attachments=tuple(_attachments(cite)),
        parts={key: words for key, words in PARTS.items() if key in there},
        practice=practice,
    )


def head(quarter: Quarter, issuer: str, practice: bool, today: date | None) -> Head:
    """What stands around the text before anyone has set it."""
    mark = (PRACTICE_MARK if practice else "") + (DRAFT_MARK if quarter.running else "")
    day = today if today is not None and not quarter.running else None
    dated = f"{day.year}年{day.month}月{day.day}日" if day else f"{quarter.end.year}年  月  日"
    if day is None and not quarter.running:
        dated = f"{quarter.end.next.year}年{quarter.end.next.month}月  日"
    return Head(
        title=f"关于{quarter_words(quarter)}全区数字经济工作情况的通报",
        recipients="各街道、区直有关单位：",
        issuer=issuer,
        date=dated,
        mark=mark,
        printer=issuer,
        printed=f"{dated}印发",
    )


def _opening(cite: Cite) -> Iterator[Paragraph]:
    q = cite.quarter
    day = q.as_of if q.running else q.end.last_day
    text = (
        f"现将{quarter_words(q)}全区数字经济工作情况通报如下。本通报对照《{q.month.plan_title}》（以下简称《行动计划》）确定的目标，"
        f"数据由各街道、各责任单位报送，截至{day.year}年{day.month}月{day.day}日；各项数据的口径和来源见附件4。"
    )
    if q.running:
        text += f"{season(q)}尚未结束，部分数据以季末为准。"
    yield Paragraph("opening", (text,))


def _slots(cite: Cite) -> Iterator[Slot]:
    q = cite.quarter
    if q.lines("正常", "关注", "预警"):
        told = "；".join(
            f"{short_name(line.name)}完成率{plain(line.progress.completion, 1)}%、序时进度{plain(line.progress.time_progress, 1)}%"
            for line in q.month.indicators
            if line.progress.completion is not None
        )
        behind, unjudged = q.lines("关注", "预警"), q.unjudged
        after = "overall.unjudged" if unjudged else "overall.behind" if behind else "overall.ahead"
        yield Slot(
            "indicators",
            after,
            f"{quarter_words(q)}目标指标完成率与序时进度{of_month(q)}",
            f"条形图：{told}。",
            "chart.indicators",
        )
    if q.visits.now:
        yield Slot(
            "visits",
            "overall.visits.text",
            f"{q.end.year}年各月走访企业",
            f"折线图：{q.end.year}年各月走访企业家数，与上年同月对照；{season(q)}共走访{q.enterprises.now}家、{q.visits.now}次。",
            "chart.visits",
        )


def _attachments(cite: Cite) -> Iterator[Attachment]:
    q, words = cite.quarter, quarter_words(cite.quarter)
    yield Attachment(
        "att.indicators", f"{words}目标指标完成情况表", (_indicator_table(cite),), landscape=True
    )
    if q.ranking:
        yield Attachment("att.units", f"{words}各单位得分表", score_tables(cite))
    else:
        yield Attachment("att.units", f"{words}各单位报送情况表", (returns_table(cite),))
    yield Attachment("att.issues", f"{words}企业问题办结情况表", (issue_table(cite),))
    yield Attachment("att.sources", "数据来源", (), sources=True)


def _indicator_table(cite: Cite) -> Table:
    q = cite.quarter
    rows = tuple(_indicator_row(cite, line) for line in q.month.indicators)
    return Table(
        "table.indicators", "",
        (
            Column("序号", 10), Column("指标", 57, "left"), Column("属性", 14), Column("责任单位", 40, "left"),
            Column("单位", 11), Column("年度目标", 17), Column(f"{q.told.month}月实际" if q.earlier or q.running else "季末实际", 21), Column("完成率（%）", 14), Column("序时进度（%）", 17),
            Column("进度差", 13), Column("状态", 11),
        ),
        rows, empty="计划没有列出目标指标",
        note=f"注：{f'指标采用{q.told.month}月的数；' if q.earlier else ''}进度差＝完成率－序时进度（百分点），不小于0为正常，不大于－10为预警，其间为关注，按所示一位小数判断。",
    )  # fmt: skip


def _indicator_row(cite: Cite, line: IndicatorLine) -> tuple[str | Ref, ...]:
    key, p = f"indicator.{line.no}", line.progress

    def told(text: str, aspect: str) -> str | Ref:
        return Ref(key, text, line.name, aspect) if text != "—" else text

    owners = "、".join(unit.unit for unit in line.units if unit.responsible)
    return (
        str(line.no), short_name(line.name), line.attribute, owners, line.unit, told(fixed(p.target, line.decimals), "年度目标"),
        told(fixed(line.value, line.decimals), ""), told(fixed(p.completion, 1), "完成率"),
        told(fixed(p.time_progress, 1), "序时进度"), told(show_gap(p.gap), "进度差"), line.state,
    )  # fmt: skip
