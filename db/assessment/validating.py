"""What is wrong with a scoring scheme, in sentences. Errors keep it from being used; warnings do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from db.assessment.scheme import (
    BINDING_RULES,
    HUNDRED,
    ISSUE_BASES,
    MEASURES,
    REPORTING,
    TIES,
    UNASSESSED,
    WHOLE,
    Group,
    Item,
    Method,
    Scheme,
)
from db.findings import Finding, Severity
from db.plan_types import Plan

PLAN, SHARE = "plan", "share:"


def check_scheme(
    scheme: Scheme, plan: Plan, members: Mapping[str, Iterable[str]], names: Mapping[str, str]
) -> list[Finding]:
    """All findings. `members`: the codes of each group's units; `names`: what units are called."""
    return [
        *_scheme(scheme, names),
        *_groups(scheme, members, names),
        *(
            finding
            for group in scheme.groups
            for finding in _group(group, scheme, plan, list(members.get(group.key, ())), names)
        ),
    ]


def _error(words: str, field: str = "") -> Finding:
    return Finding("ASS-001", Severity.ERROR, words, field=field)


def _warning(words: str, field: str = "") -> Finding:
    return Finding("ASS-002", Severity.WARNING, words, field=field)


def _scheme(scheme: Scheme, names: Mapping[str, str]) -> Iterator[Finding]:
    if not scheme.name.strip():
        yield _error("评分方案没有名称。", "name")
    if not 0 <= scheme.places <= 4:
        yield _error("得分保留的小数位要在 0 至 4 之间。", "places")
    if not 2 <= scheme.rate_places <= 6:
        yield _error("完成率保留的小数位要在 2 至 6 之间。", "rate_places")
    if scheme.cap < HUNDRED:
        yield _error(f"完成率上限 {scheme.cap}% 低于 100%，达到目标也得不了满分。", "cap")
    for value, words, known in (
        (scheme.binding_rule, "约束性指标的规定", BINDING_RULES),
        (scheme.ties, "并列的排法", TIES),
        (scheme.unassessed, "不能计分的项目的处理", UNASSESSED),
        (scheme.issue_basis, "办结率的口径", ISSUE_BASES),
    ):
        if value not in known:
            yield _error(f"{words}“{value}”不认识，可以是：{'、'.join(known.values())}。")
    if not 0 <= scheme.binding_cap <= HUNDRED:
        yield _error("约束性指标未达标的封顶比例要在 0 至 100% 之间。", "binding_cap")
    if scheme.step < 0 or not 0 <= scheme.floor <= scheme.first:
        yield _error("争先进位法的递减不能是负数，最低比例不能高于第一名的比例。", "step")
    if scheme.total_cap < HUNDRED:
        yield _warning(f"总分上限 {scheme.total_cap} 低于 100。", "total_cap")
    for word, rows, cap in (
        ("加分", scheme.bonus, scheme.bonus_cap),
        ("扣分", scheme.deduction, scheme.deduction_cap),
    ):
        if cap < 0:
            yield _error(f"{word}总上限不能是负数。")
        for name, count in Counter(each.name for each in rows).items():
            if count > 1:
                yield _error(f"{word}事项“{name}”写了 {count} 次。")
        for row in rows:
            if row.points <= 0 or row.limit < row.points:
                yield _error(f"{word}事项“{row.name}”每次的分要大于 0，且不超过它的上限。")
            if row.limit > cap:
                yield _warning(f"{word}事项“{row.name}”的上限 {row.limit} 高于{word}总上限 {cap}。")
    if any(
        getattr(scheme.reporting, name) < 0
        for name in ("late", "late_limit", "missing", "correction", "sent_back")
    ):
        yield _error("报送质量每次扣的分不能是负数。", "reporting")
    yield from _grades(scheme)
    for code, months in scheme.months.items():
        if not 1 <= months.first <= months.last <= 12:
            who = names.get(code, f"单位 {code}")
            yield _error(
                f"{who}的考核月份 {months.first}—{months.last} 不对，应在 1 至 12 月之间、先起后止。",
                "months",
            )


def _groups(
    scheme: Scheme, members: Mapping[str, Iterable[str]], names: Mapping[str, str]
) -> Iterator[Finding]:
    """What groups are wrong with among each other: a unit has one score, so it is in one group."""
    if not scheme.groups:
        yield _error("方案里没有考核组。")
    for key, count in Counter(group.key for group in scheme.groups).items():
        if count > 1:
            yield _error(f"考核组“{key}”写了 {count} 次。")
    for name, count in Counter(group.name.strip() for group in scheme.groups).items():
        if not name:
            yield _error("有考核组没有名称。")
        elif count > 1:
            yield _error(f"有 {count} 个考核组都叫“{name}”。")
    if sum(group.district for group in scheme.groups) > 1:
        yield _error("全区只能有一个考核组。")
    held: dict[str, Group] = {}
    for group in scheme.groups:
        for code in () if group.district else members.get(group.key, ()):
            first = held.setdefault(code, group)
            if first.key != group.key:
                yield _error(
                    f"{names.get(code, code)}同时在“{first.name}”和“{group.name}”两组里，只能在一组考核。",
                    f"{group.key}.members",
                )


def _grades(scheme: Scheme) -> Iterator[Finding]:
    least = [grade.least for grade in scheme.grades]
    for name, count in Counter(grade.name.strip() for grade in scheme.grades).items():
        if not name:
            yield _error("有等次没有名称。", "grades")
        elif count > 1:
            yield _error(f"等次“{name}”写了 {count} 次。", "grades")
    if not scheme.grades:
        yield _warning("方案没有等次，只出得分。", "grades")
    elif least != sorted(least, reverse=True) or len(set(least)) != len(least):
        yield _error("等次要从高到低排列，分数线不能相同。", "grades")
    elif least[-1] > 0:
        yield _error(f"最低一等从 {least[-1]} 分起，低于它的没有等次；最低一等应从 0 分起。", "grades")
    if scheme.grades and scheme.veto_best and scheme.veto_best not in [grade.name for grade in scheme.grades]:
        yield _error(f"一票否决后最高等次“{scheme.veto_best}”不在等次里。", "veto_best")


def _group(
    group: Group, scheme: Scheme, plan: Plan, members: list[str], names: Mapping[str, str]
) -> Iterator[Finding]:
    for key, count in Counter(item.key for item in group.items).items():
        if count > 1:
            yield _error(f"{group.name}的项目“{key}”写了 {count} 次。")
    for item in group.items:
        yield from _item(group, item, scheme, plan, members, names)
    if sum(item.measure == REPORTING for item in group.items) > 1:
        yield _error(f"{group.name}的报送质量只能有一项。")
    for unit in [WHOLE] if group.district else members:
        total = sum((item.weight_of(unit) for item in group.items if item.applies(unit)), Decimal(0))
        if total != HUNDRED:
            who = group.name if group.district else f"{group.name}“{names.get(unit, unit)}”"
            yield _error(f"{who}各项权重合计 {total.normalize():f}，应为 100。", f"{group.key}.weight")
    if not group.district and not members:
        yield _warning(f"考核组“{group.name}”现在没有单位。", f"{group.key}.members")


def _item(
    group: Group, item: Item, scheme: Scheme, plan: Plan, members: list[str], names: Mapping[str, str]
) -> Iterator[Finding]:
    place = f"{group.key}.{item.key}"
    who = f"{group.name}“{item.name or item.key}”"
    if not item.name.strip():
        yield _error(f"{group.name}的项目“{item.key}”没有名称。", place)
    number = item.indicator
    if number is None and item.measure not in MEASURES:
        yield _error(f"{who}的数“{item.measure}”不认识，可以是指标或：{'、'.join(MEASURES)}。", place)
    if number is not None and plan.indicator(number) is None:
        yield _error(f"{who}用的第 {number} 项指标不在计划里。", place)
    if any(weight < 0 for weight in (item.weight, *item.weights.values())):
        yield _error(f"{who}的权重是负数。", place)
    if item.cap is not None and item.cap < HUNDRED:
        yield _error(f"{who}的完成率上限 {item.cap}% 低于 100%。", place)
    for code in dict.fromkeys((*item.units, *item.weights, *item.targets)):
        if not group.district and code not in members:
            yield _warning(f"{who}写到的{names.get(code, f'单位 {code}')}现在不在这一组。", place)
    yield from _target(group, item, scheme, plan, who, place)


def _target(group: Group, item: Item, scheme: Scheme, plan: Plan, who: str, place: str) -> Iterator[Finding]:
    if item.measure == REPORTING:
        return
    if item.target == PLAN:
        if item.indicator is None:
            yield _error(f"{who}不是计划的指标，目标要写成数。", place)
        return
    if item.target.startswith(SHARE):
        register = item.target.removeprefix(SHARE)
        if not any(each.register == register for each in plan.indicators):
            yield _warning(f"计划里没有由“{register}”台账回答的指标，{who}没有目标可分。", place)
        return
    if not item.target:
        if not item.targets and scheme.method_of(item) is not Method.POSITION:
            yield _warning(f"{who}没有目标，只能用争先进位法计分。", place)
        return
    try:
        number = Decimal(item.target)
    except ArithmeticError:
        yield _error(f"{who}的目标“{item.target}”不是数。", place)
        return
    if number <= 0:
        yield _warning(f"{who}的目标是 {item.target}，不能计算完成率。", place)
