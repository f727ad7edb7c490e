"""What can be added to a scoring scheme: which fields that asks for and what comes of it. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from db.assessment.reading import Candidate, members
from db.assessment.scheme import (
    HUNDRED,
    INDICATOR,
    MEASURES,
    NAMES,
    PRORATED,
    REPORTING,
    Grade,
    Group,
    Item,
    Points,
    Scheme,
)
from db.assessment.scoring import plain
from db.errors import UsageError
from db.plan_types import Plan
from desktop.pages.assessment_scheme_lines import KINDS, SHARED, Ask, span, totals_of
from desktop.pages.assessment_scheme_model import in_order, number

ITEM, GROUP, GRADE, GIVEN, TAKEN = "item", "group", "grade", "加分", "扣分"
WORDS = {ITEM: "考核项目", GROUP: "考核组", GRADE: "等次", GIVEN: "加分事项", TAKEN: "扣分事项"}
DISTRICT = "district"
FULL = "{}已经考核了能考核的每一项。"


def measures(group: Group, plan: Plan) -> dict[str, str]:
    """What a group does not measure yet: the plan's indicators, and of units their work (the district has none of its own)."""
    taken = {item.key for item in group.items} | {item.measure for item in group.items}
    work = {} if group.district else {key: f"工作：{NAMES[key]}" for key in MEASURES}
    known = {f"{INDICATOR}{each.no}": f"指标 {each.no}：{each.name}" for each in plan.indicators}
    return {key: word for key, word in {**work, **known}.items() if key not in taken}


def asks(
    scheme: Scheme, plan: Plan, known: Sequence[Candidate], kind: str, group_key: str = "", measure: str = ""
) -> tuple[Ask, ...]:
    """The fields of what is added. `known`: the units there are."""
    first = Ask("kind", "新增什么", kind, WORDS)
    if kind == GROUP:
        there = {each.kind for each in known if each.assessed}
        choices = {key: f"全部{word}" for key, word in KINDS.items() if key in there}
        if not any(each.district for each in scheme.groups):
            choices[DISTRICT] = "全区"
        return (
            first,
            Ask("name", "组名", "", words=True),
            Ask("kinds", "哪些单位（以后可逐个勾选）", "", choices),
        )
    if kind == GRADE:
        return first, Ask("name", "名称", "", words=True), Ask("least", "从（分）", None)
    if kind in (GIVEN, TAKEN):
        name = Ask("name", "名称", "", words=True)
        return first, name, Ask("points", "每次（分）", Decimal(1)), Ask("limit", "上限（分）", Decimal(1))
    if not scheme.groups:
        return (first,)
    open_ones = [each for each in scheme.groups if measures(each, plan)]
    group = scheme.group(group_key) or next(iter(open_ones), scheme.groups[0])
    groups = Ask("group", "考核组", group.key, {each.key: each.name for each in scheme.groups})
    free = measures(group, plan)
    if not free:
        return first, groups
    chosen = measure if measure in free else next(iter(free))
    totals = totals_of(group, members(group, known))
    left = HUNDRED - max(totals)
    weight = Ask("weight", f"权重（现在合计 {span(totals)}）", left if left > 0 else None)
    more: tuple[Ask, ...] = ()
    if not chosen.startswith(INDICATOR) and chosen != REPORTING:
        more = (Ask("target", "目标", _shared(chosen, plan), words=True),)
    return (first, groups, Ask("measure", "考核什么", chosen, free), weight, *more)


def _shared(measure: str, plan: Plan) -> str:
    return SHARED if any(each.register == measure for each in plan.indicators) else ""


def added(scheme: Scheme, plan: Plan, values: Mapping[str, str]) -> tuple[Scheme, str]:
    """The scheme with what was typed, and the id of its line. UsageError (“bad_value”)."""
    kind = values["kind"]
    if kind == ITEM:
        return _item(scheme, plan, values)
    name = values.get("name", "").strip()
    rows = scheme.bonus if kind == GIVEN else scheme.deduction
    taken = {
        GROUP: [each.name for each in scheme.groups],
        GRADE: [each.name for each in scheme.grades],
    }.get(kind, [each.name for each in rows])
    if not name or name in taken:
        raise UsageError(f"请给新的{WORDS[kind]}起一个没有用过的名称。", "", "bad_value")
    if kind == GRADE:
        made = replace(scheme, grades=in_order((*scheme.grades, Grade(name, number(values["least"])))))
        return made, f"grade:{name}"
    if kind == GROUP:
        key = _key(scheme)
        whole = values["kinds"] == DISTRICT
        group = Group(key, name, (), () if whole else (values["kinds"],), (), whole)
        return replace(scheme, groups=(*scheme.groups, group)), f"group:{key}"
    points = (*rows, Points(name, number(values["points"]), number(values["limit"])))
    made = replace(scheme, bonus=points) if kind == GIVEN else replace(scheme, deduction=points)
    return made, f"{kind}:{name}"


def _key(scheme: Scheme) -> str:
    """A key that no group has."""
    taken = {each.key for each in scheme.groups}
    return next(key for key in (f"group{n}" for n in range(1, len(taken) + 2)) if key not in taken)


def _item(scheme: Scheme, plan: Plan, values: Mapping[str, str]) -> tuple[Scheme, str]:
    group, measure = scheme.group(values.get("group", "")), values.get("measure", "")
    if group is None:
        raise UsageError("请先新增一个考核组。", "", "bad_value")
    if measure not in measures(group, plan):
        raise UsageError(FULL.format(group.name), "", "bad_value")
    indicator = (
        plan.indicator(int(measure.removeprefix(INDICATOR))) if measure.startswith(INDICATOR) else None
    )
    text = values.get("target", "").strip()
    if text == SHARED:
        if not _shared(measure, plan):
            raise UsageError(
                f"“{NAMES[measure]}”在计划里没有对应的指标，没有增量可分。", "目标请填一个数。", "bad_value"
            )
        text = f"share:{measure}"
    elif text:
        text = plain(number(text))
    item = Item(
        key=measure,
        name=indicator.name if indicator is not None else NAMES[measure],
        measure=measure,
        weight=number(values["weight"]),
        target="plan" if indicator is not None else text,
        binding=indicator is not None and indicator.binding,
        prorated=measure in PRORATED,
    )
    made = replace(group, items=(*group.items, item))
    groups = tuple(made if each.key == group.key else each for each in scheme.groups)
    return replace(scheme, groups=groups), f"item:{group.key}:{measure}"
