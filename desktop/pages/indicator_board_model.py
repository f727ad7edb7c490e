"""The district's indicators as rows, lines of a chart and words. The numbers come from db/rollup.py."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from db import plan_issues
from db.analysis_indicators import said
from db.periods import Period
from db.progress import show_gap, show_number, show_pct
from db.rollup import MISSING, PARTIAL, UNJUDGED, IndicatorLine, Rollup, UnitValue
from desktop.pages.indicator_ledger import signed
from desktop.tables.cells import Bar, Mark
from desktop.tables.model import Column, Row

STATE = {
    "正常": "ok",
    "关注": "watch",
    "预警": "alarm",
    MISSING: "neutral",
    PARTIAL: "neutral",
    UNJUDGED: "neutral",
}
COLUMNS = (
    Column("name", "指标", width=210, stretch=True, lines=2),
    Column("value", "实际", width=84, kind="figure"),
    Column("target", "年度目标", width=92, kind="figure"),
    Column("unit", "单位", width=64, kind="muted", sort=False),
    Column("bar", "完成率（竖线为序时进度）", width=180, kind="bar", sort=False),
    Column("state", "状态", width=84, kind="chip"),
    Column("completion", "完成率", width=84, kind="figure"),
    Column("gap", "进度差", width=76, kind="figure"),
    Column("ledger", "台账数", width=84, align="right", sort=False),
    Column("apart", "与填报差", width=92, align="right", sort=False),
    Column("coverage", "覆盖", width=66, kind="muted", sort=False),
)
UNIT_COLUMNS = (
    Column("unit", "单位", width=130, stretch=True, sort=False, lines=2),
    Column("value", "数值", width=90, kind="figure", sort=False),
    Column("source", "来源", width=90, kind="muted", sort=False),
)
TARGET_COLUMNS = (
    Column("name", "指标", width=260, stretch=True, sort=False, lines=2),
    Column("unit", "单位", width=70, kind="muted", sort=False),
    Column("attribute", "属性", width=80, kind="muted", sort=False),
    Column("target", "年度目标", width=110, kind="figure", sort=False),
    Column("units", "责任单位", width=320, kind="muted", stretch=True, sort=False),
)


def title(rollup: Rollup) -> str:
    """“14 项指标 · 1—5 月”."""
    span = f"1—{rollup.period.month} 月" if rollup.period.month > 1 else "1 月"
    return f"{len(rollup.indicators)} 项指标 · {span}"


def binding_chip(rollup: Rollup) -> tuple[str, str]:
    """How many binding indicators keep up, with the colour of the answer."""
    binding = [line for line in rollup.indicators if line.binding]
    known = [line for line in binding if line.state not in (MISSING, PARTIAL, UNJUDGED)]
    good = sum(line.state == "正常" for line in known)
    if not binding:
        return "", "neutral"
    unknown = f"，{len(binding) - len(known)} 项未报齐" if len(known) < len(binding) else ""
    return f"约束性 {len(binding)} 项中 {good} 项不落后{unknown}", "ok" if good == len(binding) else "neutral"


def coverage_chip(rollup: Rollup) -> tuple[str, str]:
    whole = rollup.coverage
    if whole.unused:
        return "未启用收表", "neutral"
    return f"已报 {whole.received}/{whole.expected}", "ok" if not whole.missing else "watch"


def row(line: IndicatorLine) -> Row:
    """One indicator as the table shows it; the figures as Decimals, so that columns sort."""
    p = line.progress
    told = f"完成率 {show_pct(p.completion)}，序时进度 {show_pct(p.time_progress)}，进度差 {show_gap(p.gap)} 个百分点"
    return Row(
        str(line.no),
        {
            "name": line.name,
            "value": _figure(line.value, line.decimals),
            "target": _figure(p.target, line.decimals),
            "unit": line.unit,
            "ledger": _figure(line.computed.value, line.decimals) if line.computed else "",
            "apart": _apart(line),
            "bar": Bar(_share(p.completion), _share(p.time_progress), STATE[line.state], told),
            "completion": show_pct(p.completion),
            "gap": show_gap(p.gap),
            "state": Mark(line.state, STATE[line.state]),
            "coverage": f"{line.units_reported}/{line.units_expected}",
        },
    )


def unit_row(line: IndicatorLine, each: UnitValue) -> Row:
    name = each.unit if each.responsible else f"{each.unit}（非责任单位）"
    cells = {"unit": name, "value": _figure(each.value, line.decimals), "source": each.data_source}
    return Row(each.unit_code, cells)


def words(lines: Sequence[IndicatorLine]) -> list[tuple[str, str]]:
    """(指标 · 单位, what it says) for every unit that explained itself; a line without words says so."""
    found: list[tuple[str, str]] = []
    for line in lines:
        told = said(line)
        found += [(f"{line.name} · {unit}", text) for unit, text in told]
        if not told:
            names = "、".join(each.unit for each in line.units if each.responsible) or "责任单位"
            found.append((f"{line.name} · {names}", "没有填写原因说明。"))
    return found


def how_combined(line: IndicatorLine, combine: str) -> str:
    """Where the district's figure comes from, in a sentence."""
    if line.from_register:
        return "实际数按上云台账去重统计（含期初数）；下面是各单位填报的数，供核对。"
    if line.units_expected < 2:
        return "由一个责任单位填报。"
    if combine == "sum":
        return "各责任单位的数相加。"
    return "各单位的数可能重复，不能直接相加；只有一家填报时取它的数。"


def targets(session: Session, period: str) -> list[Row]:
    """The plan's indicators with the year's target and who answers for them."""
    plan = plan_issues.plan_for(session, period)
    year = Period(period).year
    rows = []
    for each in plan.indicators:
        names = [unit.name for unit in plan.expand(each.units)]
        shown = "、".join(names[:4]) + (f"等 {len(names)} 家" if len(names) > 4 else "")
        cells = {
            "name": f"{each.no}. {each.name}", "unit": each.unit, "attribute": each.attribute,
            "target": show_number(each.target(year), each.decimals), "units": shown,
        }  # fmt: skip
        rows.append(Row(str(each.no), cells))
    return rows


def _apart(line: IndicatorLine) -> str:
    """How far the registers' figure is from the reported one; empty where one of them is missing or not whole."""
    if line.computed is None or line.units_reported < line.units_expected:
        return ""
    gap = line.computed.difference(line.reported)
    return "" if gap is None else signed(gap, line.decimals)


def _share(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent) / 100


def _figure(value: Decimal | None, places: int) -> str | None:
    return None if value is None else show_number(value, places)
