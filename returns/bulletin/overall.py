"""一、总体情况: the quarter's indicators, visits, problems, cloud, candidates and returns as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from db.progress import State
from db.rollup import IndicatorLine
from returns.bulletin.model import BODY, FIRST, SECOND, Paragraph, Part
from returns.bulletin.phrasing import (
    Cite,
    changed,
    due_words,
    indicator_words,
    indicators_until,
    listed,
    parts,
    season,
    short_name,
)

AHEAD = 3  # indicators named for being ahead
CATEGORIES = 3
_EARLY = ("摸底", "退回", "放弃", "退库")


def overall(cite: Cite) -> Iterator[Paragraph]:
    """The paragraphs of the section, in order."""
    yield Paragraph("overall", ("总体情况",), FIRST)
    yield from _indicators(cite)
    yield from _visits(cite)
    yield from _issues(cite)
    yield from _clouds(cite)
    yield from _nurtures(cite)
    yield from _returns(cite)


def _heading(id: str, words: str, part: str) -> Paragraph:
    return Paragraph(id, (words,), SECOND, part)


def _indicators(cite: Cite) -> Iterator[Paragraph]:
    q = cite.quarter
    count = {name: len(q.indicators_in(name)) for name in ("all", "judged", "normal", "watch", "alarm")}
    unjudged, binding = len(q.unjudged), q.indicators_in("binding")

    def own(name: str, value: int) -> Part:
        return cite.own(f"quarter.indicators.{name}", value)

    due = due_words(q)
    yield _heading("overall.indicators", "目标指标进展", "indicators")
    if not count["all"]:
        yield Paragraph(
            "overall.indicators.text", ("计划没有列出目标指标。",), BODY, "indicators"
        )  # an invented plan may have none
        return
    if not count["judged"]:
        text = parts(
            f"截至{indicators_until(q)}，《行动计划》确定的", own("all", count["all"]),
            "项目标指标均未收到可作评价的数据，本季度暂不评价进度。",
        )  # fmt: skip
        yield Paragraph("overall.indicators.text", text, BODY, "indicators")
        return
    words: list[Part] = [
        *_whose_month(cite), f"截至{indicators_until(q)}，《行动计划》确定的", own("all", count["all"]), "项目标指标中，",
        own("normal", count["normal"]),
        f"项达到{due}，",
    ]  # fmt: skip
    if count["watch"]:
        words += [own("watch", count["watch"]), f"项略低于{due}，"]
    if count["alarm"]:
        words += [own("alarm", count["alarm"]), "项明显滞后，"]
    if unjudged:
        words += [own("unjudged", unjudged), "项未报或未报齐、暂不评价，"]
    words[-1] = str(words[-1]).removesuffix("，") + "。"
    if binding:
        met = sum(line.state == State.NORMAL for line in binding)
        words += [
            *(["其中，约束性指标"] if count["all"] > len(binding) else ["约束性指标"]), own("binding", len(binding)),
            "项，", own("binding_normal", met),
            f"项达到{due}。" if met < len(binding) else f"项全部达到{due}。",
        ]  # fmt: skip
    yield Paragraph("overall.indicators.text", parts(words), BODY, "indicators")
    ahead = sorted(q.lines(State.NORMAL), key=_gap, reverse=True)
    ahead = [line for line in ahead if _gap(line) > 0][:AHEAD] or ahead[:AHEAD]
    if ahead:
        text = parts("进展较好的指标：", listed([indicator_words(cite, line) for line in ahead]))
        yield Paragraph("overall.ahead", text, BODY, "indicators")
    behind = sorted(q.lines(State.WATCH, State.ALARM), key=_gap)
    if behind:
        text = parts(f"低于{due}的指标：", listed([indicator_words(cite, line) for line in behind]))
        yield Paragraph("overall.behind", text, BODY, "indicators")
    if q.unjudged:
        told = "、".join(short_name(line.name) for line in q.unjudged)
        yield Paragraph("overall.unjudged", (f"未报或未报齐的指标：{told}。",), BODY, "indicators")


def _whose_month(cite: Cite) -> list[Part]:
    """Why the indicators are of an earlier month than the quarter's last, and how many units stand behind them."""
    q = cite.quarter
    if not q.earlier:
        return []
    expected, received = q.told_coverage.expected, q.told_coverage.received
    words: list[Part] = [
        f"{q.end.month}月的指标数据尚未报齐，目标指标采用{q.told.month}月的数（该月应回报",
        cite.own("quarter.told.expected", expected), "个单位，",
    ]  # fmt: skip
    if received == expected:
        return [*words, "全部已报）。"]
    return [*words, "已报", cite.own("quarter.told.received", received), "个）。"]


def _gap(line: IndicatorLine) -> Decimal:
    return line.progress.gap or Decimal(0)


def _until(cite: Cite) -> str:
    q = cite.quarter
    day = q.as_of if q.running else q.end.last_day
    return f"{day.month}月{day.day}日"


def _visits(cite: Cite) -> Iterator[Paragraph]:
    q, part = cite.quarter, "visits"
    yield _heading("overall.visits", "企业走访", part)
    if not q.visits.now:
        yield Paragraph("overall.visits.text", (f"{season(q)}没有收到企业走访记录。",), BODY, part)
        return
    rows, firms = "quarter.visit.rows", "quarter.visit.enterprises"
    words: list[Part] = [
        f"{season(q)}，各单位共走访企业", cite.own(firms, q.enterprises.now), "家、", cite.own(rows, q.visits.now), "次",
        *changed(cite, rows, q.visits, "次", "走访次数"),
    ]  # fmt: skip
    if q.end.quarter > 1:
        words += ["；今年以来累计走访企业", cite.month("visit.year_enterprises"), "家"]
    text = parts(words, "。", "此前没有可比数据，本季度不作比较。" if q.first and not q.running else "")
    yield Paragraph("overall.visits.text", text, BODY, part)


def _issues(cite: Cite) -> Iterator[Paragraph]:
    q, part, pile = cite.quarter, "issues", cite.quarter.month.issues
    yield _heading("overall.issues", "企业问题办理", part)
    if not pile.whole.all:
        yield Paragraph("overall.issues.text", (f"截至{_until(cite)}没有登记企业问题。",), BODY, part)
        return
    new, closed = "quarter.issue.new", "quarter.issue.closed"
    words: list[Part] = [
        f"{season(q)}，新登记企业问题", cite.own(new, q.new_issues.now), "件", *changed(cite, new, q.new_issues, "件"), "；办结",
        cite.own(closed, q.closed_issues.now), "件", *changed(cite, closed, q.closed_issues, "件"),
        f"。截至{_until(cite)}累计登记", cite.month("issue.all"), "件，",
    ]  # fmt: skip
    if pile.open:
        words += ["未办结", cite.month("issue.open"), "件"]
        words += (
            ["，其中超过办结时限", cite.month("issue.overdue"), "件"]
            if pile.overdue
            else ["，均在办结时限内"]
        )
    else:
        words.append("没有未办结的问题")
    if pile.done_rate_due is not None and pile.done_rate_due == pile.done_rate_all:
        words += [
            "；办结率",
            cite.own("quarter.issue.rate_all", pile.done_rate_all),
            "%（按已到期计算与按全部登记计算相同）",
        ]
    elif pile.done_rate_due is not None:
        words += [
            "；办结率按已到期计算为", cite.own("quarter.issue.rate_due", pile.done_rate_due), "%，按全部登记计算为",
            cite.own("quarter.issue.rate_all", pile.done_rate_all), "%",
        ]  # fmt: skip
    yield Paragraph("overall.issues.text", parts(words, "。"), BODY, part)
    most = sorted(pile.whole.by_category.items(), key=lambda each: -each[1])[:CATEGORIES]
    if len(most) > 1:
        told = "、".join(category for category, _count in most)
        counts: list[Part] = []
        for place, (category, _count) in enumerate(most):
            counts += ["、" if place else "", cite.month(f"issue.category.{category}"), "件"]
        text = parts(f"企业反映较多的是{told}方面的问题，累计分别为", counts, "。")
        yield Paragraph("overall.issues.categories", text, BODY, part)


def _clouds(cite: Cite) -> Iterator[Paragraph]:
    q, part = cite.quarter, "clouds"
    clouds = q.month.clouds
    yield _heading("overall.clouds", "企业上云", part)
    if not clouds.counted:
        yield Paragraph(
            "overall.clouds.text", (f"截至{_until(cite)}没有计入的上云企业。",), BODY, part
        )  # nothing proven yet
        return
    key = "quarter.cloud.new"
    words: list[Part] = [
        f"{season(q)}，新增上云企业",
        cite.own(key, q.new_clouds.now),
        "家（同一企业只计一次）",
    ]
    words += changed(cite, key, q.new_clouds, "家")
    line = next((line for line in q.month.indicators if line.from_register), None)
    if line is not None and line.value is not None:
        base = line.computed.base if line.computed is not None else None
        words += ["；", f"截至{q.told.month}月，" if q.earlier else "", *indicator_words(cite, line)]
        if base:
            words += [
                "，其中",
                cite.of(f"indicator.{line.no}", base, line.decimals, "期初数"),
                f"{line.unit}为没有名单的期初数",
            ]
    else:
        words += ["；累计计入", cite.month("cloud.counted"), "家"]
    yield Paragraph("overall.clouds.text", parts(words, "。"), BODY, part)


def _nurtures(cite: Cite) -> Iterator[Paragraph]:
    q, part = cite.quarter, "nurture"
    found = q.month.nurtures
    yield _heading("overall.nurture", "企业培育", part)
    if not found.by_type:
        yield Paragraph("overall.nurture.text", (f"截至{_until(cite)}没有培育对象的记录。",), BODY, part)
        return
    kinds: list[Part] = []
    for place, kind in enumerate(found.by_type):
        kinds += ["、" if place else "", f"{kind}培育对象", cite.month(f"nurture.type.{kind}"), "家"]
    words: list[Part] = [f"截至{_until(cite)}，有", *kinds]
    stages = [stage for stage in found.by_stage if stage not in _EARLY and stage != "已入库"]
    if stages:
        words.append("，其中")
        for place, stage in enumerate(stages):
            words += ["、" if place else "", f"处于{stage}阶段的", cite.month(f"nurture.stage.{stage}"), "家"]
    if q.entered.now:
        words += ["；本季度新入库", cite.own("quarter.nurture.entered", q.entered.now), "家"]
    else:
        words.append("；本季度没有新入库企业")
    yield Paragraph("overall.nurture.text", parts(words, "。"), BODY, part)


def _returns(cite: Cite) -> Iterator[Paragraph]:
    q, part = cite.quarter, "returns"
    yield _heading("overall.returns", "数据报送", part)
    if not q.expected:
        yield Paragraph("overall.returns.text", (f"{season(q)}的回报尚未到截止日。",), BODY, part)
        return
    on_time = sum(unit.on_time for unit in q.units)
    words: list[Part] = [
        f"{season(q)}各单位应报送月度回报", cite.own("quarter.returns.expected", q.expected), "份，",
    ]  # fmt: skip
    if on_time == q.expected:
        words.append("全部按时报送")
    else:
        words += [
            "按时报送", cite.own("quarter.returns.on_time", on_time), "份，按时报送率",
            cite.of("quarter.returns.on_time", Decimal(on_time) * 100 / q.expected, 1, "占应报送"), "%",
        ]  # fmt: skip
        if q.late:
            words += ["；迟报", cite.own("quarter.returns.late", q.late), "份"]
        if q.missing:
            words += ["；未报", cite.own("quarter.returns.missing", q.missing), "份"]
    yield Paragraph("overall.returns.text", parts(words, "。"), BODY, part)
