"""A scoring scheme as lines to look through, without widgets: what each shows and asks. What comes of it is in *_model.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from db.assessment.reading import Candidate, members
from db.assessment.scheme import (
    BINDING_RULES,
    ISSUE_BASES,
    MEASURES,
    REPORTING,
    TIES,
    UNASSESSED,
    Group,
    Item,
    Method,
    Points,
    Scheme,
)
from db.assessment.scoring import plain
from db.findings import Finding

SHARED = "均分计划增量"  # how a target “share:<register>” is shown and typed
METHODS = {each.value: each.word for each in Method}
KINDS = {
    "street": "街道",
    "bureau": "部门",
    "carrier": "运营商",
    "institution": "事业单位",
    "party": "党群部门",
    "coordination": "统筹机构",
    "taskforce": "专班",
}
YES = {"yes": "是", "no": "否"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a line. `choices`: value → word, else a number (`blank`: may be left empty) or, with `words`, a text."""

    name: str
    label: str
    value: Any
    choices: Mapping[str, str] | None = None
    blank: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One unit in a table of units. `on`: whether it is ticked, None where there is nothing to tick."""

    code: str
    name: str
    on: bool | None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Units:
    """A small table of units: its columns by (name, heading). A cell is given back as “name:code”, a tick as “on:code”."""

    label: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Place, ...]
    help: str = ""
    frees: str = ""  # the choice that is put to its last word, 逐个勾选, when a unit is ticked


@dataclass(frozen=True, slots=True)
class Line:
    """`part`: 参数, a group's name, 加分, 扣分, 等次. `about`: what the line means."""

    id: str
    part: str
    name: str
    shown: str
    about: str
    asks: tuple[Ask, ...]
    removable: bool = False
    units: Units | None = None


def lines_of(scheme: Scheme, names: Mapping[str, str], known: Sequence[Candidate] = ()) -> list[Line]:
    """The whole scheme in reading order. `known`: the units there are."""
    found = [_name(scheme), *(_parameter(scheme, *each) for each in _PARAMETERS), _months(scheme, known)]
    for group in scheme.groups:
        codes = [] if group.district else members(group, known)
        found.append(_group(group, codes, known))
        found += [_item(scheme, group, item, codes, names) for item in group.items]
    for part, rows in (("加分", scheme.bonus), ("扣分", scheme.deduction)):
        found += [_points(part, each) for each in rows]
    found += [
        Line(
            f"grade:{each.name}", "等次", each.name, f"{plain(each.least)} 分起", "总分不低于此数的定为这一等。最低一等从 0 分起。",
            (Ask("name", "名称", each.name, words=True), Ask("least", "从（分）", each.least)), True,
        )
        for each in scheme.grades
    ]  # fmt: skip
    if scheme.grades:
        words = {each.name: each.name for each in scheme.grades}
        if scheme.veto_best not in words:
            words = {scheme.veto_best: f"{scheme.veto_best}（不在等次里）", **words}
        found.append(
            Line(
                "veto", "等次", "一票否决后最高等次", scheme.veto_best, "有下列情形之一的取消评优。情形之间用顿号分开。",
                (
                    Ask("best", "最高等次", scheme.veto_best, words),
                    Ask("reasons", "一票否决的情形", "、".join(scheme.veto_reasons), words=True),
                ),
            )
        )  # fmt: skip
    return found


def line_of(finding: Finding, scheme: Scheme) -> str:
    """The id of the line that a finding is about, "" where it is about none."""
    place = finding.field or ""
    group, _, key = place.partition(".")
    if scheme.group(group) is not None and key:
        return f"group:{group}" if key in ("weight", "members") else f"item:{group}:{key}"
    if place == "grades":
        return f"grade:{scheme.grades[-1].name}" if scheme.grades else ""
    fixed = {"name": "name", "months": "months", "veto_best": "veto", "reporting": "set:late"}
    return fixed.get(place, f"set:{place}" if any(place == each[0] for each in _PARAMETERS) else "")


def _name(scheme: Scheme) -> Line:
    return Line(
        "name", "方案", "名称和说明", scheme.name, "名称印在考核表的标题里，说明印在评分方案一表。",
        (Ask("name", "名称", scheme.name, words=True), Ask("note", "说明", scheme.note, words=True)),
    )  # fmt: skip


def _months(scheme: Scheme, known: Sequence[Candidate]) -> Line:
    placed = {code for group in scheme.groups if not group.district for code in members(group, known)}
    rows = tuple(
        Place(each.code, each.name, None, _span_of(scheme, each.code))
        for each in known
        if each.code in placed or each.code in scheme.months
    )
    partly = sum(each.count < 12 for each in scheme.months.values())
    return Line(
        "months", "方案", "考核月份", f"{partly} 个单位不满全年" if partly else "各单位都是全年",
        "年中成立、并入或撤销的单位只考核其中几个月：报送质量只看这几个月，可折算的目标按月数折算。", (), False,
        Units("各单位", (("first", "从（月）"), ("last", "到（月）")), rows, "空为全年。"),
    )  # fmt: skip


def _span_of(scheme: Scheme, code: str) -> tuple[str, str]:
    months = scheme.months.get(code)
    return ("", "") if months is None else (str(months.first), str(months.last))


def _group(group: Group, codes: Sequence[str], known: Sequence[Candidate]) -> Line:
    name = Ask("name", "组名", group.name, words=True)
    items = f"{len(group.items)} 项 · 权重合计 {span(totals_of(group, codes))}"
    if group.district:
        about = "全区自己的得分，按计划的指标计。各项权重合计应为 100。"
        return Line(f"group:{group.key}", group.name, "考核组", f"全区 · {items}", about, (name,), True)
    kinds = {
        each: KINDS.get(each, each)
        for each in (*KINDS, *group.kinds)
        if any(unit.kind == each for unit in known)
    }
    chosen = "" if group.units else "+".join(group.kinds)
    if len(group.kinds) > 1:
        kinds[chosen] = "、".join(KINDS.get(each, each) for each in group.kinds)
    choices = {**{key: f"全部{word}" for key, word in kinds.items()}, "": "逐个勾选"}
    rows = tuple(
        Place(each.code, each.name, each.code in codes)
        for each in known
        if each.assessed or each.code in codes
    )
    return Line(
        f"group:{group.key}", group.name, "考核组", f"{len(codes)} 个单位 · {items}",
        "一个单位只在一组考核；每个单位的各项权重合计应为 100。", (name, Ask("kinds", "哪些单位", chosen, choices)), True,
        Units("组里的单位", (), rows, "勾选以后，新设的单位不会自动进组。", "kinds"),
    )  # fmt: skip


# name, label, choices, about
_PARAMETERS: tuple[tuple[str, str, Mapping[str, str] | None, str], ...] = (
    ("method", "计分方法", METHODS, "完成率计分法按完成率得分；目标完成计分法达标得满分、未达不得分；争先进位法按名次得分。单项可另定。"),
    ("cap", "完成率上限（%）", None, "完成率超过上限的按上限计。"),
    ("binding_rule", "约束性指标未达标", BINDING_RULES, "未达到目标的约束性指标怎样计分，并标“约束性未达标”。"),
    ("binding_cap", "未达标封顶（%）", None, "规定为封顶时，最多得权重的这个比例。"),
    ("first", "争先进位：第一名（%）", None, "第一名得权重的比例。"),
    ("step", "争先进位：每名递减（%）", None, "名次每低一位少得的比例。"),
    ("floor", "争先进位：最低（%）", None, "再低的名次也得这个比例。"),
    ("ties", "争先进位：并列", TIES, "数相同的名次相同，后面的怎样排。"),
    ("unassessed", "不能计分的项目", UNASSESSED, "没有目标、目标为零、没有可计事项的项目怎样处理。"),
    ("issue_basis", "问题办结率口径", ISSUE_BASES, "办结率的分母。"),
    ("late", "迟报每天扣（分）", None, "从报送质量的权重里扣。"),
    ("late_limit", "每次迟报最多计（天）", None, "一份回报迟得再久也只计这么多天；0 为不限。"),
    ("missing", "漏报每次扣（分）", None, "应报而没有报。"),
    ("correction", "报错更正每次扣（分）", None, "第 2 版起每版一次。"),
    ("sent_back", "被退回每次扣（分）", None, "收表时退回的。"),
    ("bonus_cap", "加分总上限（分）", None, "各事项加分之和的上限。"),
    ("deduction_cap", "扣分总上限（分）", None, "各事项扣分之和的上限。"),
    ("total_cap", "总分上限（分）", None, "基础分加加分减扣分不超过此数。"),
    ("places", "得分保留小数位", None, "四舍五入。"),
    ("rate_places", "完成率保留小数位", None, "四舍五入。"),
)  # fmt: skip
REPORTING_FIELDS = ("late", "late_limit", "missing", "correction", "sent_back")


def _parameter(scheme: Scheme, name: str, label: str, choices: Mapping[str, str] | None, about: str) -> Line:
    value = getattr(scheme.reporting if name in REPORTING_FIELDS else scheme, name)
    value = str(value.value) if isinstance(value, Method) else value
    shown = choices.get(value, str(value)) if choices else plain(Decimal(value))
    return Line(f"set:{name}", "参数", label, shown, about, (Ask("value", label, value, choices),))


def _item(scheme: Scheme, group: Group, item: Item, codes: Sequence[str], names: Mapping[str, str]) -> Line:
    applied = [item.weight_of(code) for code in codes if item.applies(code)] or [item.weight]
    how = "扣分" if item.measure == REPORTING else scheme.method_of(item).word
    about = MEASURES.get(item.measure, "计划的指标，目标随计划")
    target: tuple[Ask, ...] = ()
    more: tuple[Ask, ...] = ()
    if item.measure != REPORTING:
        if item.indicator is None:
            shown_target = SHARED if item.target.startswith("share:") else item.target
            target = (Ask("target", "目标", shown_target, words=True),)
        method = item.method.value if item.method else ""
        more = (
            Ask("method", "计分方法", method, {"": f"随方案（{scheme.method.word}）", **METHODS}),
            Ask("cap", "完成率上限（%，空为随方案）", item.cap, blank=True),
            Ask("binding", "约束性", "yes" if item.binding else "no", YES),
            Ask("prorated", "不满全年的按月折算目标", "yes" if item.prorated else "no", YES),
        )
        if item.target.startswith("share:"):
            about += f"。“{SHARED}”是计划当年的增量由各单位平分，进位取整；也可改成一个数"
    return Line(
        f"item:{group.key}:{item.key}",
        group.name,
        item.name,
        f"权重 {span(applied)} · {how}",
        f"{about}。",
        (Ask("weight", "权重", item.weight), *target, Ask("name", "名称", item.name, words=True), *more),
        True,
        _own(item, codes, names),
    )


def _own(item: Item, codes: Sequence[str], names: Mapping[str, str]) -> Units | None:
    """What the item is for single units: whether it is theirs, their own weight and target."""
    if not codes:
        return None
    reporting = item.measure == REPORTING
    columns = (("weight", "权重"),) if reporting else (("weight", "权重"), ("target", "目标"))

    def cells(code: str) -> tuple[str, ...]:
        weight = plain(item.weights[code]) if code in item.weights else ""
        target = plain(item.targets[code]) if code in item.targets else ""
        return (weight,) if reporting else (weight, target)

    rows = tuple(Place(code, names.get(code, code), item.applies(code), cells(code)) for code in codes)
    return Units("各单位（空为同上）", columns, rows, "不考核这一项的单位，去掉勾选。")


def _points(part: str, each: Points) -> Line:
    return Line(
        f"{part}:{each.name}", part, each.name, f"每次 {plain(each.points)}，上限 {plain(each.limit)}",
        "登记时须写事由和依据。", (Ask("points", "每次（分）", each.points), Ask("limit", "上限（分）", each.limit)), True,
    )  # fmt: skip


def totals_of(group: Group, codes: Sequence[str]) -> list[Decimal]:
    """What the weights of each unit of a group come to; of a group without units, those of its items."""
    whole = [
        sum((item.weight_of(code) for item in group.items if item.applies(code)), Decimal(0))
        for code in codes
    ]
    return whole or [sum((item.weight for item in group.items), Decimal(0))]


def span(weights: Sequence[Decimal]) -> str:
    """One number, or the lowest and the highest."""
    low, high = min(weights), max(weights)
    return plain(low) if low == high else f"{plain(low)}—{plain(high)}"
