"""Offices the plan does not know, and units that were merged (归并). The plan's own units come from plan_store.py."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import parameters
from db.errors import Refused
from db.lookup import Directory
from db.models import OrgUnit
from db.periods import Period
from db.search import initials
from db.store import Actor
from db.text import clean, same_name

LOCAL = "local"


def add(session: Session, name: str, kind: str = "bureau", note: str = "") -> str:
    """The code of a unit of this name; a new local one unless a unit (or an alias) is already called so.

    The code follows from the name alone, so that two offices that add the same unit give it the same code.
    Refused (“no_name”) for an empty name.
    """
    called = clean(name).text
    if not called:
        raise Refused("单位名称是空的。", "请填写单位名称。", "no_name")
    known = Directory(session).find("unit", called)
    if known is not None:
        return str(known)
    code = _code(session, called)
    session.add(
        OrgUnit(
            code=code, name=called, kind=kind, active=True, reports=False, source=LOCAL, note=note or None
        )
    )
    session.flush()
    return code


def add_alias(session: Session, code: str, alias: str) -> None:
    """Let a unit also be found by `alias`. Refused when another unit goes by that name."""
    unit = _unit(session, code)
    called = clean(alias).text
    owner = Directory(session).find("unit", called) if called else None
    if not called or owner == code:
        return
    if owner is not None:
        other = _unit(session, str(owner))
        raise Refused(f"“{called}”已经是“{other.name}”的名称或别名。", "请换一个别名。", "alias_taken")
    unit.aliases = [*(unit.aliases or []), called]
    session.flush()


def retire(session: Session, code: str) -> None:
    """Take a local unit out of the choices; records that name it keep it. Refused for a unit of the plan."""
    unit = _unit(session, code)
    if unit.source != LOCAL:
        raise Refused(f"“{unit.name}”是计划里的单位。", "停用计划单位须由区级修订计划文件。", "unit_of_plan")
    unit.active = False
    session.flush()


def merge(session: Session, code: str, into: str, from_period: str, actor: Actor, reason: str = "") -> None:
    """归并: from a month on a unit's figures count with `into`, which reports in its place. What was reported stays.

    Refused: “same_unit”, “merged_already”, “in_a_circle” (the successor itself goes into this one), “retired_unit”.
    """
    unit, successor, month = _unit(session, code), _unit(session, into), Period(from_period)
    if code == into:
        raise Refused("单位不能并入它自己。", "请选择承接单位。", "same_unit")
    if unit.merged_into is not None:
        before = _unit(session, unit.merged_into)
        raise Refused(f"“{unit.name}”已并入“{before.name}”。", "请先撤销原来的归并。", "merged_already")
    if not successor.active:
        raise Refused(f"“{successor.name}”已停用，不能承接。", "请选择在用的单位。", "retired_unit")
    at: OrgUnit | None = successor
    while at is not None and at.merged_into is not None:
        if at.merged_into == code:
            raise Refused(f"“{successor.name}”将并入“{unit.name}”。", "两个单位不能互相并入。", "in_a_circle")
        at = session.get(OrgUnit, at.merged_into)
    unit.merged_into, unit.merged_from = into, str(month)
    session.flush()
    parameters.note(
        session, f"单位归并：{unit.name}", "", f"自 {month} 起并入{successor.name}", actor, reason
    )


def unmerge(session: Session, code: str, actor: Actor) -> None:
    """Take a merger back; nothing that was reported is touched. Refused (“not_merged”)."""
    unit = _unit(session, code)
    if unit.merged_into is None:
        raise Refused(f"“{unit.name}”没有并入别的单位。", "", "not_merged")
    before = f"自 {unit.merged_from} 起并入{_unit(session, unit.merged_into).name}"
    unit.merged_into = unit.merged_from = None
    session.flush()
    parameters.note(session, f"单位归并：{unit.name}", before, "", actor)


def merged_units(session: Session) -> list[OrgUnit]:
    """The units that were merged into others, by the month."""
    return list(
        session.scalars(
            select(OrgUnit)
            .where(OrgUnit.merged_into.is_not(None))
            .order_by(OrgUnit.merged_from, OrgUnit.code)
        )
    )


def own_units(session: Session) -> list[OrgUnit]:
    """The units this register added itself, by name."""
    return list(session.scalars(select(OrgUnit).where(OrgUnit.source == LOCAL).order_by(OrgUnit.name)))


def _unit(session: Session, code: str) -> OrgUnit:
    unit = session.get(OrgUnit, code)
    if unit is None:
        raise Refused(f"没有代码为“{code}”的单位。", "请刷新后再试。", "no_such_unit")
    return unit


def _code(session: Session, name: str) -> str:
    """“x-qrsj”; with a piece of the name's hash where another unit has that code."""
    plain = same_name(name)
    short = f"x-{initials(plain).split(' ')[0][:12] or 'dw'}"
    if session.get(OrgUnit, short) is None:
        return short
    return f"{short}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"
