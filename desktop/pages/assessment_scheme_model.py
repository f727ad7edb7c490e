"""A scoring scheme as lines to look through and change, without widgets: what each line shows, what it asks, what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from db.assessment.scheme import (
    BINDING_RULES,
    ISSUE_BASES,
    MEASURES,
    REPORTING,
    TIES,
    UNASSESSED,
    Grade,
    Group,
    Item,
    Method,
    Points,
    Scheme,
)
from db.assessment.scoring import plain
from db.errors import UsageError
from db.text import parse_decimal

SHARED = "均分计划增量"  # how a target “share:<register>” is shown and typed
METHODS = {each.value: each.word for each in Method}


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
class Line:
    """`part`: 参数, a group's name, 加分, 扣分, 等次. `about`: what the line means."""

    id: str
    part: str
    name: str
    shown: str
    about: str
    asks: tuple[Ask, ...]
    removable: bool = False


def lines_of(scheme: Scheme, names: Mapping[str, str]) -> list[Line]:
    """The whole scheme in reading order."""
    found = [_parameter(scheme, *each) for each in _PARAMETERS]
    for group in scheme.groups:
        found += [_item(scheme, group, item, names) for item in group.items]
    for part, rows in (("加分", scheme.bonus), ("扣分", scheme.deduction)):
        found += [_points(part, each) for each in rows]
    found += [
        Line(
            f"grade:{each.name}",
            "等次",
            each.name,
            f"{plain(each.least)} 分起",
            "总分不低于此数的定为这一等。",
            (Ask("least", "从（分）", each.least),),
        )
        for each in scheme.grades
    ]
    if scheme.grades:
        words = {each.name: each.name for each in scheme.grades}
        found.append(
            Line(
                "veto", "等次", "一票否决后最高等次", scheme.veto_best, f"有下列情形的取消评优：{'、'.join(scheme.veto_reasons)}。",
                (Ask("best", "最高等次", scheme.veto_best, words),),
            )
        )  # fmt: skip
    return found


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
_REPORTING = ("late", "late_limit", "missing", "correction", "sent_back")
_WHOLE = ("places", "rate_places")


def _parameter(scheme: Scheme, name: str, label: str, choices: Mapping[str, str] | None, about: str) -> Line:
    value = getattr(scheme.reporting if name in _REPORTING else scheme, name)
    value = str(value.value) if isinstance(value, Method) else value
    shown = choices.get(value, str(value)) if choices else plain(Decimal(value))
    return Line(f"set:{name}", "参数", label, shown, about, (Ask("value", label, value, choices),))


def _item(scheme: Scheme, group: Group, item: Item, names: Mapping[str, str]) -> Line:
    own = {code: weight for code, weight in item.weights.items()}
    shown = f"权重 {_span([*own.values()] or [item.weight])} · {'扣分' if item.measure == REPORTING else scheme.method_of(item).word}"
    weights = tuple(
        Ask(f"weight:{code}", f"权重：{names.get(code, code)}", weight) for code, weight in own.items()
    ) or (Ask("weight", "权重", item.weight),)
    about = MEASURES.get(item.measure, "计划的指标，目标随计划。")
    more: tuple[Ask, ...] = ()
    if item.measure != REPORTING:
        target = (
            (Ask("target", "目标", SHARED if item.target.startswith("share:") else item.target, words=True),)
            if item.indicator is None
            else ()
        )
        more = (
            *target,
            Ask(
                "method",
                "计分方法",
                item.method.value if item.method else "",
                {"": f"随方案（{scheme.method.word}）", **METHODS},
            ),
            Ask("cap", "完成率上限（%，空为随方案）", item.cap, blank=True),
            Ask("binding", "约束性", "yes" if item.binding else "no", {"yes": "是", "no": "否"}),
        )
        if item.target.startswith("share:"):
            about += f"。“{SHARED}”是计划当年的增量由各单位平分，进位取整；也可改成一个数"
    return Line(
        f"item:{group.key}:{item.key}",
        group.name,
        item.name,
        shown,
        f"{about}。".replace("。。", "。"),
        (*weights, *more),
        True,
    )


def _points(part: str, each: Points) -> Line:
    return Line(
        f"{part}:{each.name}", part, each.name, f"每次 {plain(each.points)}，上限 {plain(each.limit)}",
        "登记时须写事由和依据。", (Ask("points", "每次（分）", each.points), Ask("limit", "上限（分）", each.limit)), True,
    )  # fmt: skip


def _span(weights: Sequence[Decimal]) -> str:
    low, high = min(weights), max(weights)
    return plain(low) if low == high else f"{plain(low)}—{plain(high)}"


def changed(scheme: Scheme, line: str, values: Mapping[str, str]) -> Scheme:
    """The scheme with what was typed for a line. UsageError (“bad_value”) for a text that is no number."""
    kind, _, rest = line.partition(":")
    if kind == "set":
        return _set(scheme, rest, values["value"])
    if kind == "item":
        group, _, key = rest.partition(":")
        return _set_item(scheme, group, key, values)
    if kind in ("加分", "扣分"):
        return _each_points(
            scheme,
            kind,
            rest,
            lambda each: replace(each, points=_number(values["points"]), limit=_number(values["limit"])),
        )
    if kind == "grade":
        grades = tuple(
            Grade(each.name, _number(values["least"])) if each.name == rest else each
            for each in scheme.grades
        )
        return replace(scheme, grades=grades)
    return replace(scheme, veto_best=values["best"]) if kind == "veto" else scheme


def without(scheme: Scheme, line: str) -> Scheme:
    """The scheme without an item or a kind of points."""
    kind, _, rest = line.partition(":")
    if kind == "item":
        group, _, key = rest.partition(":")
        return replace(
            scheme,
            groups=tuple(
                replace(each, items=tuple(item for item in each.items if item.key != key))
                if each.key == group
                else each
                for each in scheme.groups
            ),
        )
    return _each_points(scheme, kind, rest, lambda _each: None) if kind in ("加分", "扣分") else scheme


def with_points(scheme: Scheme, kind: str, name: str) -> Scheme:
    """The scheme with one more kind of 加分 or 扣分, one point each. UsageError (“bad_value”) for a name that is taken."""
    rows = scheme.bonus if kind == "加分" else scheme.deduction
    if not name.strip() or any(each.name == name.strip() for each in rows):
        raise UsageError("请给新事项起一个没有用过的名称。", "", "bad_value")
    made = (*rows, Points(name.strip(), Decimal(1), Decimal(1)))
    return replace(scheme, bonus=made) if kind == "加分" else replace(scheme, deduction=made)


def _each_points(scheme: Scheme, kind: str, name: str, make: Callable[[Points], Points | None]) -> Scheme:
    def rows(known: Sequence[Points]) -> tuple[Points, ...]:
        made = [make(each) if each.name == name else each for each in known]
        return tuple(each for each in made if each is not None)

    if kind == "加分":
        return replace(scheme, bonus=rows(scheme.bonus))
    return replace(scheme, deduction=rows(scheme.deduction))


def _set(scheme: Scheme, name: str, text: str) -> Scheme:
    value: dict[str, Any]
    if name in _REPORTING:
        value = {name: _number(text)}
        return replace(scheme, reporting=replace(scheme.reporting, **value))
    if name == "method":
        return replace(scheme, method=Method(text))
    if name in _WHOLE:
        number = _number(text)
        if number != number.to_integral_value():
            raise UsageError(f"“{text}”不是整数。", "", "bad_value")
        value = {name: int(number)}
    elif name in ("binding_rule", "ties", "unassessed", "issue_basis"):
        value = {name: text}
    else:
        value = {name: _number(text)}
    return replace(scheme, **value)


def _set_item(scheme: Scheme, group: str, key: str, values: Mapping[str, str]) -> Scheme:
    found = scheme.group(group)
    item = found.item(key) if found is not None else None
    if item is None:
        return scheme
    own = {
        name.removeprefix("weight:"): _number(text)
        for name, text in values.items()
        if name.startswith("weight:")
    }
    changes: dict[str, Any] = {"weights": {**item.weights, **own}}
    if "weight" in values:
        changes["weight"] = _number(values["weight"])
    if "target" in values:
        text = values["target"].strip()
        if text != SHARED or not item.target.startswith("share:"):
            changes["target"] = plain(_number(text)) if text else ""
    if "method" in values:
        changes["method"] = Method(values["method"]) if values["method"] else None
    if "cap" in values:
        changes["cap"] = _number(values["cap"]) if values["cap"].strip() else None
    if "binding" in values:
        changes["binding"] = values["binding"] == "yes"
    return scheme.with_item(group, key, **changes)


def _number(text: str) -> Decimal:
    found = parse_decimal(text.strip(), "").value if text.strip() else None
    if found is None:
        raise UsageError(f"“{text.strip()}”不是数。", "请填数字。", "bad_value")
    return found
