"""The sheet 方案 of an assessment: every weight, cap and point in a cell of its own, which the formulas refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.assessment.scheme import (
    BINDING_RULES,
    ISSUE_BASES,
    MEASURES,
    TIES,
    UNASSESSED,
    Group,
    Item,
    Scheme,
)
from db.assessment.scoring import Result
from returns.report_book import Sheet
from returns.report_looks import Cell, Col

NAME = "方案"


def number(value: Decimal | None, places: int | None = None) -> str:
    """A number format that shows a figure with its own places, or so many."""
    if value is not None and places is None:
        exponent = value.normalize().as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
    return "#,##0" + ("." + "0" * places if places else "")


def figure(value: Decimal, *, formula: str = "", look: str = "", places: int | None = None) -> Cell:
    """A figure in its own places."""
    return Cell(value, formula=formula, format=number(value, places), look=look)


@dataclass(slots=True)
class Places:
    """Where the formulas find what: absolute references by what is meant."""

    parameters: dict[str, str] = field(default_factory=dict)
    weights: dict[tuple[str, str, str], str] = field(
        default_factory=dict
    )  # group, item, unit ("" for the item's own)
    caps: dict[tuple[str, str], str] = field(default_factory=dict)
    limits: dict[tuple[str, str], str] = field(default_factory=dict)  # kind, name
    grades: tuple[str, str] = ("", "")  # names, thresholds

    def weight(self, group: str, item: str, unit: str) -> str:
        return self.weights.get((group, item, unit)) or self.weights[group, item, ""]

    def __getitem__(self, name: str) -> str:
        return self.parameters[name]


def lay_scheme(sheet: Sheet, result: Result, names: Mapping[str, str], version: str) -> Places:
    """Fill the sheet and say where everything lies."""
    scheme, places = result.scheme, Places()
    sheet.line(f"{scheme.name}　{version}", look="strong")
    if scheme.note:
        sheet.line(scheme.note, note=True)
    sheet.row += 1
    _parameters(sheet, scheme, places)
    _items(sheet, scheme, places)
    _own_weights(sheet, result, names, places)
    _points(sheet, scheme, places)
    _grades(sheet, scheme, places)
    sheet.signatures(("制定：", "审核：", "批准：", "日期："))
    return places


def _absolute(sheet: Sheet, column: str, row: int) -> str:
    return f"{sheet.name}!${column}${row}"


def _parameters(sheet: Sheet, scheme: Scheme, places: Places) -> None:
    sheet.heading("一、参数（改动数字，各表随之重算；计分方法等文字改变后请在程序里重新导出）")
    rows: list[tuple[str, str, Any, str]] = [
        ("places", "得分保留小数位", scheme.places, "四舍五入"),
        ("rate_places", "完成率保留小数位", scheme.rate_places, "四舍五入"),
        ("method", "计分方法", scheme.method.word, "项目另有规定的从其规定"),
        ("cap", "完成率上限（%）", scheme.cap, "超过的按上限计"),
        ("binding", "约束性指标未达标", BINDING_RULES[scheme.binding_rule], "未达目标的标“约束性未达标”，按原数比较"),
        ("binding_cap", "未达标封顶（%）", scheme.binding_cap, "规定为封顶时使用"),
        ("first", "争先进位：第一名（%）", scheme.first, "得权重的比例"),
        ("step", "争先进位：每名递减（%）", scheme.step, ""),
        ("floor", "争先进位：最低（%）", scheme.floor, ""),
        ("ties", "争先进位：并列", TIES[scheme.ties], ""),
        ("unassessed", "不能计分的项目", UNASSESSED[scheme.unassessed], "没有目标、目标为零、没有可计事项的"),
        ("issue_basis", "问题办结率口径", ISSUE_BASES[scheme.issue_basis], ""),
        ("late", "迟报每天扣（分）", scheme.reporting.late, f"每次最多计 {scheme.reporting.late_limit:f} 天（0 为不限）"),
        ("missing", "漏报每次扣（分）", scheme.reporting.missing, "应报而没有报"),
        ("correction", "报错更正每次扣（分）", scheme.reporting.correction, "第 2 版起每版一次"),
        ("sent_back", "被退回每次扣（分）", scheme.reporting.sent_back, ""),
        ("bonus_cap", "加分总上限（分）", scheme.bonus_cap, "各事项加分之和的上限"),
        ("deduction_cap", "扣分总上限（分）", scheme.deduction_cap, "各事项扣分之和的上限"),
        ("total_cap", "总分上限（分）", scheme.total_cap, "总分不低于 0"),
    ]  # fmt: skip
    told = [
        (words, figure(Decimal(value)) if isinstance(value, int | Decimal) else value, note)
        for _, words, value, note in rows
    ]
    placed = sheet.table([Col("参数", 30), Col("值", 24), Col("说明", 34)], told)
    for offset, (name, *_) in enumerate(rows):
        places.parameters[name] = _absolute(sheet, "B", placed.first + offset)


def _items(sheet: Sheet, scheme: Scheme, places: Places) -> None:
    sheet.heading("二、考核项目")
    rows, keys = [], []
    for group in scheme.groups:
        for item in group.items:
            cap = scheme.cap_of(item)
            rows.append(
                (
                    f"{group.name} {item.name}", _scope(group, item, scheme), _target(item), figure(item.weight),
                    # A cap of its own is a number; the others follow the parameter.
                    figure(cap) if item.cap is not None else figure(cap, formula=f"={places['cap']}"),
                    "约束性" if item.binding else "",
                )
            )  # fmt: skip
            keys.append((group.key, item.key))
    placed = sheet.table(
        [
            Col("组和项目", 30), Col("口径和方法", 24), Col("目标", 34), Col("权重", 10), Col("上限（%）", 10),
            Col("属性", 9, align="center"),
        ],
        rows,
    )  # fmt: skip
    for offset, (group_key, item_key) in enumerate(keys):
        places.weights[group_key, item_key, ""] = _absolute(sheet, "D", placed.first + offset)
        places.caps[group_key, item_key] = _absolute(sheet, "E", placed.first + offset)


def _scope(group: Group, item: Item, scheme: Scheme) -> str:
    scope = "计划指标" if item.indicator is not None else MEASURES.get(item.measure, item.measure)
    if item.measure == "reporting":
        return f"{scope}；从权重中扣分"
    return f"{scope}；{scheme.method_of(item).word}"


def _target(item: Item) -> str:
    if item.target == "plan":
        return "计划年度目标"
    if item.target.startswith("share:"):
        return "计划当年增量由各单位均分" + ("，按考核月数折算" if item.prorated else "")
    if not item.target:
        return "单位各定" if item.targets else "—"
    return item.target + ("，按考核月数折算" if item.prorated else "")


def _own_weights(sheet: Sheet, result: Result, names: Mapping[str, str], places: Places) -> None:
    keys: list[tuple[str, str, str]] = []
    rows = []
    for unit in result.units:
        for score in unit.items:
            if unit.unit.code in score.item.weights:
                keys.append((unit.unit.group, score.key, unit.unit.code))
                rows.append(
                    (names.get(unit.unit.code, unit.unit.code), score.item.name, "", figure(score.weight))
                )
    if not rows:
        return
    sheet.heading("三、各单位自己的权重（责任指标多少不同，各单位合计均为 100）")
    placed = sheet.table([Col("单位", 30), Col("项目", 24), Col("", 34), Col("权重", 10)], rows)
    for offset, key in enumerate(keys):
        places.weights[key] = _absolute(sheet, "D", placed.first + offset)


def _points(sheet: Sheet, scheme: Scheme, places: Places) -> None:
    sheet.heading("四、加分和扣分事项")
    known = [("加分", each) for each in scheme.bonus] + [("扣分", each) for each in scheme.deduction]
    rows: Sequence[Sequence[Any]] = [
        (each.name, kind, f"每次 {each.points:f} 分，须有依据", figure(each.limit)) for kind, each in known
    ]
    placed = sheet.table(
        [Col("事项", 30), Col("类别", 24), Col("说明", 34), Col("上限（分）", 10)],
        rows,
        empty="方案没有加减分事项",
    )
    for offset, (kind, each) in enumerate(known):
        places.limits[kind, each.name] = _absolute(sheet, "D", placed.first + offset)


def _grades(sheet: Sheet, scheme: Scheme, places: Places) -> None:
    sheet.heading("五、等次")
    rows = [(grade.name, figure(grade.least), "分及以上") for grade in scheme.grades]
    placed = sheet.table([Col("等次", 30), Col("从（分）", 24), Col("说明", 34)], rows, empty="方案没有等次")
    if scheme.grades:
        places.grades = (
            f"{sheet.name}!$A${placed.first}:$A${placed.last}",
            f"{sheet.name}!$B${placed.first}:$B${placed.last}",
        )
    if scheme.veto_reasons:
        sheet.line(
            f"一票否决：{'、'.join(scheme.veto_reasons)}。有其中之一的取消评优，最高定为“{scheme.veto_best}”。"
        )
