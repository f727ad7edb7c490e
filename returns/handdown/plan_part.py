"""计划与指标, 机构 and 日历 of a 下发: what they would change here, and writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import plan_file, plan_store, settings, workdays
from db.models import OrgUnit
from db.plan_types import IndicatorDef, Plan
from returns.cells import plain
from returns.handdown.change import DAY, KINDS, PLAN, UNIT, Change, cell, cells
from returns.planned import CONFLICT, GONE, NEW, SAME, UPDATE

DISTRICT = "district"  # source of a unit that came with a 下发 and is not in the plan
SOURCE = "区级下发"  # of a day of the calendar
_UNIT_LABELS = {
    "name": "名称", "full_name": "全称", "aliases": "别名", "kind": "类别", "role": "职责", "active": "在用",
    "reports": "报月报", "note": "备注",
}  # fmt: skip


# ---------------------------------------------------------------- the plan


def plan_changes(session: Session, document: Mapping[str, Any], since: str = "") -> list[Change]:
    """What a new plan changes; its first line stands for the whole, the others go with it. `since`: its first month."""
    new, old = plan_file.read(document), plan_store.as_printed(session)
    if new.digest == old.digest:
        return [Change(PLAN, "whole", SAME, old.title)]
    head = [
        cell("title", "标题", old.title, new.title),
        cell("years", "年度", f"{old.start_year}—{old.end_year}", f"{new.start_year}—{new.end_year}"),
        cell("due", "月报截止", _due(old), _due(new)),
        cell("since", "起用月份", "", since),
    ]
    head = [each for each in head if each["old"] != each["new"]]
    found = [
        Change(
            PLAN, "whole", UPDATE, f"整份计划：{new.title}", head or [cell("digest", "内容", "原计划", "新计划")],
            "计划整份采用或不采用", data={"document": dict(document), "since": since},
        )
    ]  # fmt: skip
    found += _indicators(old, new)
    found += _named(
        "action", "行动",
        {each.id: (f"{each.id} {each.name}", _action(old, each)) for each in old.actions},
        {each.id: (f"{each.id} {each.name}", _action(new, each)) for each in new.actions},
    )  # fmt: skip
    found += _named(
        "park", "园区", {each.code: (each.name, {"名称": each.name}) for each in old.parks},
        {each.code: (each.name, {"名称": each.name}) for each in new.parks},
    )  # fmt: skip
    found += _named(
        "unit", "单位", {each.code: (each.name, _unit(each)) for each in old.units},
        {each.code: (each.name, _unit(each)) for each in new.units},
    )  # fmt: skip
    return found


def _due(plan: Plan) -> str:
    rule = plan.monthly.rule
    month = {0: "当月", 1: "次月"}.get(rule.months_later, f"{rule.months_later} 个月后")
    return f"{month} {rule.day} 日"


def _action(plan: Plan, each: Any) -> dict[str, str]:
    return {"名称": each.name, "责任单位": _unit_names(plan, each.units), "任务": f"{len(each.tasks)} 条"}


def _unit(each: Any) -> dict[str, str]:
    return {
        "名称": each.name, "别名": "、".join(each.aliases), "类别": each.kind,
        "报月报": "是" if each.reports else "否", "在用": "是" if each.active else "否",
    }  # fmt: skip


def _unit_names(plan: Plan, codes: Iterable[str]) -> str:
    return "、".join(unit.name if (unit := plan.unit(code)) is not None else code for code in codes)


def _indicator(plan: Plan, each: IndicatorDef) -> dict[str, str]:
    facts = {
        "名称": each.name, "单位": each.unit, "属性": each.attribute, "责任单位": _unit_names(plan, each.units),
        "口径": each.scope, "基数": "" if each.baseline is None else plain(each.baseline),
    }  # fmt: skip
    return facts | {f"{year} 年目标": plain(value) for year, value in sorted(each.targets.items())}


def _indicators(old: Plan, new: Plan) -> list[Change]:
    return _named(
        "indicator", "指标",
        {str(each.no): (f"{each.no}. {each.name}", _indicator(old, each)) for each in old.indicators},
        {str(each.no): (f"{each.no}. {each.name}", _indicator(new, each)) for each in new.indicators},
    )  # fmt: skip


Told = Mapping[str, tuple[str, Mapping[str, str]]]


def _named(kind: str, word: str, old: Told, new: Told) -> list[Change]:
    found = []
    for key, (name, facts) in new.items():
        label = f"{word} · {name}"
        if key not in old:
            found.append(Change(PLAN, f"{kind}:{key}", NEW, label))
            continue
        before = old[key][1]
        labels = {each: each for each in (*before, *facts)}
        if differing := cells(labels, before, facts):
            found.append(Change(PLAN, f"{kind}:{key}", UPDATE, label, differing))
    found += [
        Change(PLAN, f"{kind}:{key}", GONE, f"{word} · {name}", reason="新计划里没有；已有的记录不动")
        for key, (name, _facts) in old.items()
        if key not in new
    ]
    return found


# ---------------------------------------------------------------- units


def unit_changes(
    session: Session, units: Sequence[Mapping[str, Any]], plan: Mapping[str, Any] | None
) -> list[Change]:
    """Units that the district's table has otherwise than ours. Those of a plan in the same file come with it."""
    with_plan = {each.code for each in plan_file.read(plan).units} if plan is not None else set()
    ours = {unit.code: unit for unit in session.scalars(select(OrgUnit))}
    found = []
    for each in units:
        code = each["code"]
        if code in with_plan:
            continue
        stored = ours.get(code)
        label = str(each["name"])
        if stored is None:
            told = f"新增{KINDS.get(each['kind'], '单位')}"
            found.append(Change(UNIT, code, NEW, label, reason=told, data=dict(each)))
            continue
        differing = cells(_UNIT_LABELS, {name: getattr(stored, name) for name in _UNIT_LABELS}, each)
        found.append(Change(UNIT, code, UPDATE if differing else SAME, label, differing, data=dict(each)))
    named = {each["code"] for each in units}
    found += [
        Change(UNIT, code, GONE, unit.name, reason="区级机构表里已没有；采用则停用，记录不动")
        for code, unit in ours.items()
        if code not in named and unit.source == DISTRICT and unit.active
    ]
    return found


def write_units(session: Session, taken: Sequence[Change]) -> None:
    """New and changed units as the district has them; those that are gone are retired, never deleted."""
    of_plan = {each.code for each in plan_store.current(session).units}
    for each in taken:
        stored = session.get(OrgUnit, each.key)
        if each.action == GONE:
            assert stored is not None
            stored.active = stored.reports = False
            continue
        values = {name: each.data[name] for name in _UNIT_LABELS}
        if stored is None:
            source = "plan" if each.key in of_plan else DISTRICT
            session.add(OrgUnit(code=each.key, source=source, **values))
        else:
            for name, value in values.items():
                setattr(stored, name, value)
    session.flush()


# ---------------------------------------------------------------- the calendar


def day_changes(session: Session, entries: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Days that the district's calendar has otherwise than ours; a day that was set here is kept unless chosen."""
    theirs = workdays.read_overrides(entries)
    ours = settings.holidays(session)
    found = []
    for day, special in sorted(theirs.items()):
        data = {"day": day.isoformat(), "workday": special.workday, "name": special.name, "source": SOURCE}
        label = f"{day.isoformat()} {special.name}".strip()
        stored = ours.get(day)
        built_in = workdays.is_workday(day)
        if stored is None:
            action = NEW if built_in != special.workday else SAME
            told = "上班" if special.workday else "放假"
            words = [_word(built_in, special.workday)]
            found.append(Change(DAY, day.isoformat(), action, label, words, told, data))
        elif stored.workday != special.workday:
            own = stored.source != SOURCE
            found.append(
                Change(
                    DAY, day.isoformat(), CONFLICT if own else UPDATE, label, [_word(stored.workday, special.workday)],
                    "这一天在本机设过，默认保留" if own else "", data,
                )
            )  # fmt: skip
        else:
            found.append(Change(DAY, day.isoformat(), SAME, label))
    found += [
        Change(
            DAY, day.isoformat(), GONE, f"{day.isoformat()} {special.name}".strip(), reason="区级日历里已没有"
        )
        for day, special in sorted(ours.items())
        if day not in theirs and special.source == SOURCE
    ]
    return found


def _word(old: bool, new: bool) -> dict[str, Any]:
    return cell("workday", "安排", "上班" if old else "放假", "上班" if new else "放假")


def write_days(session: Session, taken: Sequence[Change]) -> None:
    """The chosen days into the office's calendar."""
    kept = {each["day"]: each for each in settings.get(session, "holidays") or []}
    for each in taken:
        if each.action == GONE:
            kept.pop(each.key, None)
        else:
            kept[each.key] = each.data
    ordered = [kept[day] for day in sorted(kept, key=date.fromisoformat)]
    settings.put(session, "holidays", ordered)
