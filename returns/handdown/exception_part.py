"""延期 and 免报 of a 下发, and the month from which returns are collected: what the district sends, what it changes at a unit.

Why and by whom something was allowed is told to that unit alone: a file for one unit carries it, a file for several does
not. A unit takes over its own lines only, whatever else the file has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import reporting_exceptions, reporting_start
from db.models import ReportingException
from db.periods import Period
from db.registers import REGISTERS
from db.reporting_exceptions import EXTENDED, Allowed
from db.store import Actor
from db.types import now
from returns.handdown.change import CYCLE, EXCEPTION, Change, cells
from returns.planned import NEW, SAME, UPDATE

START = "start"  # the key of the line that says from which month returns are collected
_START_LABEL = {"from": "起用月份"}
_LABELS = {
    "kind": "准予", "sheet": "范围", "until": "延到或免到", "state": "现在", "reason": "理由", "approver": "批准人",
}  # fmt: skip
_AUTOMATIC = "按最早的回报"


# ---------------------------------------------------------------- at the district


def allowed(session: Session, units: Sequence[str]) -> list[dict[str, Any]]:
    """What these units (none: all) were ever allowed, as JSON; reason and approver only where the file is for one unit."""
    query = select(ReportingException).order_by(
        ReportingException.first_period, ReportingException.unit_code, ReportingException.made_at
    )
    if units:
        query = query.where(ReportingException.unit_code.in_(units))
    private = len(units) == 1
    return [
        {
            "id": each.id.hex, "unit": each.unit_code, "kind": each.kind, "register": each.register,
            "first": each.first_period, "last": each.last_period,
            "due_on": each.due_on.isoformat() if each.due_on else None,
            "made_at": each.made_at.isoformat(), "ended_at": each.ended_at.isoformat() if each.ended_at else None,
            **({"reason": each.reason, "approver": each.approver} if private else {}),
        }
        for each in session.scalars(query)
    ]  # fmt: skip


def read(entry: Mapping[str, Any]) -> Allowed:
    """One of them, back from JSON; “” for what was not told."""
    return Allowed(
        UUID(entry["id"]), entry["unit"], entry["kind"], entry["register"], Period(entry["first"]), Period(entry["last"]),
        date.fromisoformat(entry["due_on"]) if entry["due_on"] else None, entry.get("reason") or "",
        entry.get("approver") or "", datetime.fromisoformat(entry["made_at"]), "",
        datetime.fromisoformat(entry["ended_at"]) if entry["ended_at"] else None,
    )  # fmt: skip


def words(entries: Sequence[Mapping[str, Any]]) -> str:
    """“，延期、免报 3 项” of those in force, for the cover."""
    running = sum(not entry["ended_at"] for entry in entries)
    return f"，延期、免报 {running} 项" if running else ""


# ---------------------------------------------------------------- at a unit


def exception_changes(session: Session, entries: Sequence[Mapping[str, Any]], unit: str) -> list[Change]:
    """What this unit is allowed otherwise than it stands here; one that the district ended is ended here too."""
    theirs = {UUID(entry["id"]): entry for entry in entries if entry["unit"] == unit}
    ours = {each.id: each for each in reporting_exceptions.of_unit(session, unit)}
    found = []
    for key, entry in theirs.items():
        told, stored = read(entry), ours.get(key)
        if stored is None and told.ended:
            continue  # it came and went between two 下发
        facts = _facts(told)
        before = _facts(stored) if stored is not None else {}
        if not (told.reason or told.approver):  # this file is for several: what is known already stays
            before, facts = (
                {k: v for k, v in each.items() if k not in ("reason", "approver")} for each in (before, facts)
            )
        differing = cells(_LABELS, before, facts)
        action = NEW if stored is None else UPDATE if differing else SAME
        why = "区里已提前结束" if told.ended and stored is not None and not stored.ended else ""
        found.append(Change(EXCEPTION, key.hex, action, _title(told), differing, why, dict(entry)))
    for key, stored in ours.items():
        if key not in theirs and not stored.ended:
            ended = cells(_LABELS, {"state": "有效"}, {"state": "已结束"})
            found.append(Change(EXCEPTION, key.hex, UPDATE, _title(stored), ended, "区里已没有这一项"))
    return found


def _facts(each: Allowed) -> dict[str, str]:
    return {
        "kind": each.kind,
        "sheet": REGISTERS[each.register].title if each.register in REGISTERS else "整份回报",
        "until": (each.due_on or each.last.last_day).isoformat(),
        "state": "已结束" if each.ended else "有效",
        "reason": each.reason,
        "approver": each.approver,
    }


def _title(each: Allowed) -> str:
    until = f"至 {each.due_on}" if each.kind == EXTENDED and each.due_on else ""
    return f"{each.span}{each.kind}{until}"


def write_exceptions(session: Session, taken: Sequence[Change], actor: Actor) -> None:
    """The chosen ones as the district has them; one without data is ended."""
    for each in taken:
        stored = session.get(ReportingException, UUID(each.key))
        if each.data is None:
            if stored is not None:
                stored.ended_at, stored.ended_by = now(), actor.person
            continue
        told = read(each.data)
        if stored is None:
            stored = ReportingException(
                id=told.id, unit_code=told.unit_code, made_by=actor.person, reason="", approver=""
            )
            session.add(stored)
        stored.kind, stored.register, stored.due_on = told.kind, told.register, told.due_on
        stored.first_period, stored.last_period, stored.made_at = (
            str(told.first),
            str(told.last),
            told.made_at,
        )
        stored.reason, stored.approver = told.reason or stored.reason, told.approver or stored.approver
        if bool(stored.ended_at) != told.ended:
            stored.ended_at, stored.ended_by = told.ended_at, actor.person if told.ended else None
    session.flush()


# ---------------------------------------------------------------- the month from which returns are collected


def start_changes(session: Session, theirs: str) -> list[Change]:
    """The first month, where the district chose another (or took its choice back); nothing where nobody chose."""
    ours = reporting_start.chosen(session)
    if not (ours or theirs):
        return []
    differing = cells(_START_LABEL, {"from": ours or _AUTOMATIC}, {"from": theirs or _AUTOMATIC})
    action = UPDATE if differing else SAME
    return [Change(CYCLE, START, action, "从哪个月起收表", differing, data={"from": theirs})]


def write_start(session: Session, taken: Sequence[Change], actor: Actor) -> None:
    """The first month as the district has it."""
    for each in taken:
        reporting_start.choose(session, each.data["from"], actor)
