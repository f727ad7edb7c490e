"""What every figure of a month is called, its unit and its 口径: each declared once, for the figures and for their rows.

The figures are in figures.py, their rows in sources.py; keys that only a quarter has are in quarter_sources.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from db.indicator_lines import IndicatorLine
from db.totals import ASSESSED_MODES

NO_CHANNEL = "none"  # in the key of cloud records that name no channel
NO_CHANNEL_NAME = "未填渠道"


@dataclass(frozen=True, slots=True)
class Words:
    """What a figure is called, its unit, its 口径 in one sentence, and how many places it is shown with.

    In a pattern “{}” stands for what its keys end with, “{year}” for the year of the month.
    """

    name: str
    unit: str
    scope: str
    places: int = 0

    def about(self, value: str, year: int) -> Words:
        """The pattern for one value."""
        name, scope = self.name.format(value, year=year), self.scope.format(value, year=year)
        return Words(name, self.unit, scope, self.places)


_ASSESSED = "、".join(ASSESSED_MODES)
# By key, in reading order. “issue.status.*” is any key that ends with a value of its own.
WORDS: Mapping[str, Words] = {
    "coverage.expected": Words("应报单位", "个", "本月应当回报的单位"),
    "coverage.received": Words("已报单位", "个", "已收到本月回报的单位，零报送算已报"),
    "coverage.late": Words("迟报单位", "个", "第一次收到时已过截止日的单位"),
    "coverage.missing": Words("未报单位", "个", "还没有收到本月回报的单位"),
    "visit.rows": Words("走访次数", "次", "走访日期在本月的走访记录条数"),
    "visit.enterprises": Words("走访企业", "家", "走访日期在本月的企业数，同一企业只计一次"),
    "visit.assessed": Words("计入考核的走访企业", "家", f"本月以{_ASSESSED}方式走访的企业数，同一企业只计一次"),
    "visit.year_rows": Words("全年累计走访次数", "次", "1 月至本月的走访记录条数"),
    "visit.year_enterprises": Words("全年累计走访企业", "家", "1 月至本月走访的企业数，同一企业只计一次"),
    "issue.all": Words("问题", "件", "登记日期不晚于月末的全部问题"),
    "issue.open": Words("未办结问题", "件", "登记日期不晚于月末、尚未办结的问题"),
    "issue.overdue": Words("超期问题", "件", "未办结且已过办结时限的问题"),
    "issue.written_off": Words("已销号问题", "件", "登记日期不晚于月末、已销号或回头看合格的问题"),
    "issue.status.*": Words("{}的问题", "件", "登记日期不晚于月末、当时状态为“{}”的问题"),
    "issue.category.*": Words("{}类问题", "件", "登记日期不晚于月末、类别为“{}”的问题"),
    "cloud.rows": Words("上云记录", "条", "上云日期不晚于月末的上云记录条数"),
    "cloud.counted": Words("计入的上云企业", "家", "已核实、可计数的企业，按统一社会信用代码去重"),
    "cloud.net_new": Words("净新增上云企业", "家", "基础年之后计入的企业"),
    "cloud.provider.*": Words("{}计入的上云企业", "家", "由{}报送、计入的企业数"),
    "cloud.uncounted.*": Words("不计数：{}", "条", "不计数原因为“{}”的上云记录条数"),
    "nurture.near": Words("接近升规线的企业", "家", "升规培育对象中还没有入库、达标率离 100% 最近（未达到或刚达到）的企业"),
    "nurture.stage.*": Words("{}的培育对象", "家", "截至本月处于“{}”的培育记录"),
    "nurture.type.*": Words("{}", "家", "培育类型为“{}”的培育记录"),
    "project.in_stock": Words("在库项目", "个", "“是否在库”为是、未终止的项目"),
    "project.stage.*": Words("{}的项目", "个", "处于“{}”阶段的项目"),
    "duty.overdue": Words("逾期未完成的任务", "项", "已过完成时限而没有完成的任务"),
    "duty.status.*": Words("{}的任务", "项", "{year} 年责任清单中状态为“{}”的任务"),
    "duty.action.*": Words("行动 {} 的任务", "项", "{year} 年责任清单中属于行动 {} 的任务"),
}  # fmt: skip
_PARK = "本月园区月报所填的数"
# What a park reports, “{}” its name; the key is “park.code.field”.
PARK_FIELDS: Mapping[str, Words] = {
    "occupancy": Words("{}入驻率", "%", _PARK, 1),
    "firms": Words("{}入驻企业数", "家", _PARK),
    "firms_de": Words("{}数字经济企业数", "家", _PARK),
    "revenue_ytd": Words("{}主营业务收入（年内累计）", "万元", _PARK, 2),
    "tax_ytd": Words("{}税收（年内累计）", "万元", _PARK, 2),
}


def words_of(key: str, year: int, about: str = "") -> Words | None:
    """Of a key without its unit; None where there is no such figure, or it is an indicator's or a park's.

    `about`: how the value at the end of the key is called, where it is a code.
    """
    group, _, what = key.partition(".")
    kind, _, value = what.partition(".")
    if not value:
        return WORDS.get(key)
    pattern = WORDS.get(f"{group}.{kind}.*")
    return pattern.about(about or value, year) if pattern is not None else None


@cache
def kinds(group: str) -> tuple[str, ...]:
    """What stands behind “group.” in the keys that have no value of their own at the end."""
    start = f"{group}."
    return tuple(key.removeprefix(start) for key in WORDS if key.startswith(start) and not key.endswith("*"))


def with_unit(name: str, unit: str) -> str:
    """The name of a figure narrowed to a unit; without one (“”) as it is."""
    return f"{name}（{unit}）" if unit else name


def indicator_words(line: IndicatorLine) -> Words:
    return Words(line.name, line.unit, indicator_scope(line), line.decimals)


def reported_words(line: IndicatorLine) -> Words:
    """Of what one unit says for an indicator; the unit's name is not in it."""
    return Words(line.name, line.unit, "该单位填报的数", line.decimals)


def indicator_scope(line: IndicatorLine) -> str:
    """What an indicator counts: its semantics, and the register's own words where a register answers."""
    told = line.scope or line.semantics.word
    if line.from_register and line.computed is not None:
        return f"{told}；{line.computed.scope}"
    if line.summed:
        return f"{told}；各责任单位的数相加"
    return told
