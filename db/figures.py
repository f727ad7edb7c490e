"""Every figure of a month under its key, with what it means and how many units stand behind it. No SQL: the rows are in sources.py.

Keys: `indicator.1`, `visit.rows`, `issue.status.办理中`, …; “:unit code” at the end narrows to one unit; “all” is the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from db.coverage import Coverage
from db.models.issue import STATUSES
from db.rollup import IndicatorLine, Rollup
from db.totals import ASSESSED_MODES, IssueTotal, VisitTotal

NO_CHANNEL = "none"  # of a cloud record that names no channel
VISIT_SCOPES = {
    "rows": ("走访次数", "次", "走访日期在本月的走访记录条数"),
    "enterprises": ("走访企业", "家", "走访日期在本月的企业数，同一企业只计一次"),
    "assessed": ("计入考核的走访企业", "家", f"本月以{'、'.join(ASSESSED_MODES)}方式走访的企业数，同一企业只计一次"),
    "year_rows": ("全年累计走访次数", "次", "1 月至本月的走访记录条数"),
    "year_enterprises": ("全年累计走访企业", "家", "1 月至本月走访的企业数，同一企业只计一次"),
}  # fmt: skip
ISSUE_SCOPES = {
    "all": ("问题", "件", "登记日期不晚于月末的全部问题"),
    "open": ("未办结问题", "件", "登记日期不晚于月末、尚未办结的问题"),
    "overdue": ("超期问题", "件", "未办结且已过办结时限的问题"),
    "written_off": ("已销号问题", "件", "登记日期不晚于月末、已销号或回头看合格的问题"),
}
CLOUD_SCOPES = {
    "rows": ("上云记录", "条", "上云日期不晚于月末的上云记录条数"),
    "counted": ("计入的上云企业", "家", "已核实、可计数的企业，按统一社会信用代码去重"),
    "net_new": ("净新增上云企业", "家", "基础年之后计入的企业"),
}
PARK_FIELDS = {
    "occupancy": ("入驻率", "%", 1),
    "firms": ("入驻企业数", "家", 0),
    "firms_de": ("数字经济企业数", "家", 0),
    "revenue_ytd": ("主营业务收入（年内累计）", "万元", 2),
    "tax_ytd": ("税收（年内累计）", "万元", 2),
}
COVERAGE_SCOPES = {
    "expected": ("应报单位", "本月应当回报的单位"),
    "received": ("已报单位", "已收到本月回报的单位，零报送算已报"),
    "late": ("迟报单位", "第一次收到时已过截止日的单位"),
    "missing": ("未报单位", "还没有收到本月回报的单位"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `scope` is its 口径 in one sentence; `coverage` “9/10” of the units that owe it, “” where that means nothing."""

    key: str
    name: str
    value: Decimal | None
    unit: str
    places: int
    scope: str
    coverage: str


def figures_of(month: Rollup) -> dict[str, Figure]:
    """All figures that a page or a report shows of the month, in reading order."""
    parts = (_coverage, _indicators, _visits, _issues, _clouds, _nurtures, _projects, _parks, _duties)
    return {figure.key: figure for part in parts for figure in part(month)}


def indicator_scope(line: IndicatorLine) -> str:
    """What an indicator counts: its semantics, and the register's own words where a register answers."""
    told = line.scope or line.semantics.word
    if line.from_register and line.computed is not None:
        return f"{told}；{line.computed.scope}"
    if line.summed:
        return f"{told}；各责任单位的数相加"
    return told


def _of(coverage: Coverage) -> str:
    return f"{coverage.received}/{coverage.expected}"


def _count(
    key: str, name: str, value: int | None, unit: str, scope: str, coverage: str, places: int = 0
) -> Figure:
    return Figure(key, name, None if value is None else Decimal(value), unit, places, scope, coverage)


def _coverage(month: Rollup) -> Iterator[Figure]:
    found = month.coverage
    values = {
        "expected": found.expected,
        "received": found.received,
        "late": found.late,
        "missing": len(found.missing),
    }
    for what, (name, scope) in COVERAGE_SCOPES.items():
        yield _count(f"coverage.{what}", name, values[what], "个", scope, "")


def _indicators(month: Rollup) -> Iterator[Figure]:
    for line in month.indicators:
        scope = indicator_scope(line)
        told = f"{line.units_reported}/{line.units_expected}" if line.units_expected else ""
        yield Figure(
            f"indicator.{line.no}", line.name, line.value, line.unit, line.decimals, scope,
            "" if line.from_register else told,
        )  # fmt: skip
        for each in line.units:
            yield Figure(
                f"indicator.{line.no}:{each.unit_code}", f"{line.name}（{each.unit}）", each.value, line.unit,
                line.decimals, "该单位填报的数", "",
            )  # fmt: skip


def _visits(month: Rollup) -> Iterator[Figure]:
    told, visits = _of(month.coverage.of_kind(True)), month.visits
    for what, (name, unit, scope) in VISIT_SCOPES.items():
        yield _count(f"visit.{what}", name, getattr(visits, what), unit, scope, told)
    for line in visits.units:
        for what, (name, unit, scope) in VISIT_SCOPES.items():
            yield _count(
                f"visit.{what}:{line.unit_code}", f"{name}（{line.unit}）", _visit_value(line, what), unit, scope, ""
            )  # fmt: skip


def _visit_value(line: VisitTotal, what: str) -> int:
    value: int = getattr(line, what)
    return value


def _issues(month: Rollup) -> Iterator[Figure]:
    told = _of(month.coverage)
    yield from _issues_of(month.issues.whole, told, "")
    for line in month.issues.units:
        yield from _issues_of(line, "", f":{line.unit_code}")


def _issues_of(line: IssueTotal, told: str, end: str) -> Iterator[Figure]:
    of = f"（{line.unit}）" if end else ""
    for what, (name, unit, scope) in ISSUE_SCOPES.items():
        value = {
            "all": line.all, "open": line.open, "overdue": line.overdue, "written_off": line.written_off
        }[what]  # fmt: skip
        yield _count(f"issue.{what}{end}", f"{name}{of}", value, unit, scope, told)
    for status in STATUSES:
        yield _count(
            f"issue.status.{status}{end}", f"{status}的问题{of}", line.by_status.get(status, 0), "件",
            f"登记日期不晚于月末、现在状态为“{status}”的问题", told,
        )  # fmt: skip
    for category, value in line.by_category.items():
        yield _count(
            f"issue.category.{category}{end}", f"{category}类问题{of}", value, "件", f"登记日期不晚于月末、类别为“{category}”的问题", told
        )  # fmt: skip


def _clouds(month: Rollup) -> Iterator[Figure]:
    clouds = month.clouds
    for what, (name, unit, scope) in CLOUD_SCOPES.items():
        yield _count(f"cloud.{what}", name, getattr(clouds, what), unit, scope, "")
    for each in clouds.providers:
        yield _count(
            f"cloud.provider.{each.code or NO_CHANNEL}", f"{each.name}计入的上云企业", each.counted, "家",
            f"由{each.name}报送、计入的企业数", "",
        )  # fmt: skip
    for reason, value in clouds.uncounted.items():
        yield _count(
            f"cloud.uncounted.{reason}",
            f"不计数：{reason}",
            value,
            "条",
            f"不计数原因为“{reason}”的上云记录条数",
            "",
        )


def _nurtures(month: Rollup) -> Iterator[Figure]:
    told, nurtures = _of(month.coverage.of_kind(True)), month.nurtures
    near = "升规培育对象中还没有入库、最接近（或已达到）升规线的企业"
    yield _count("nurture.near", "接近升规线的企业", len(nurtures.near_line), "家", near, told)
    for stage, value in nurtures.by_stage.items():
        yield _count(
            f"nurture.stage.{stage}",
            f"{stage}的培育对象",
            value,
            "家",
            f"截至本月处于“{stage}”的培育记录",
            told,
        )
    for kind, value in nurtures.by_type.items():
        yield _count(f"nurture.type.{kind}", f"{kind}", value, "家", f"培育类型为“{kind}”的培育记录", told)
    for line in nurtures.units:
        for stage, value in line.by_stage.items():
            yield _count(
                f"nurture.stage.{stage}:{line.unit_code}", f"{stage}的培育对象（{line.unit}）", value, "家",
                f"截至本月处于“{stage}”的培育记录", "",
            )  # fmt: skip
        for kind, value in line.by_type.items():
            yield _count(
                f"nurture.type.{kind}:{line.unit_code}", f"{kind}（{line.unit}）", value, "家", f"培育类型为“{kind}”的培育记录", ""
            )  # fmt: skip


def _projects(month: Rollup) -> Iterator[Figure]:
    told = _of(month.coverage)
    yield _count(
        "project.in_stock", "在库项目", month.projects.in_stock, "个", "“是否在库”为是、未终止的项目", told
    )
    for stage, value in month.projects.by_stage.items():
        yield _count(
            f"project.stage.{stage}", f"{stage}的项目", value, "个", f"处于“{stage}”阶段的项目", told
        )


def _parks(month: Rollup) -> Iterator[Figure]:
    for park in month.parks:
        for what, (name, unit, places) in PARK_FIELDS.items():
            value = getattr(park, what)
            yield Figure(
                f"park.{park.code}.{what}", f"{park.name}{name}", None if value is None else Decimal(value), unit, places,
                "本月园区月报所填的数", "1/1" if park.reported else "0/1",
            )  # fmt: skip


def _duties(month: Rollup) -> Iterator[Figure]:
    told, duties, year = _of(month.coverage), month.duties, month.period.year
    for status, value in duties.by_status.items():
        yield _count(
            f"duty.status.{status}",
            f"{status}的任务",
            value,
            "项",
            f"{year} 年责任清单中状态为“{status}”的任务",
            told,
        )
    yield _count(
        "duty.overdue", "逾期未完成的任务", duties.overdue, "项", "已过完成时限而没有完成的任务", told
    )
    for action, value in duties.by_action.items():
        yield _count(
            f"duty.action.{action}",
            f"行动 {action} 的任务",
            value,
            "项",
            f"{year} 年责任清单中属于行动 {action} 的任务",
            told,
        )
