"""报送日历 of a 下发: the cycles whose days the district set itself travel with the calendar; writing them here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cadence
from db.cadence import Cycle
from db.models import ReportingCycle
from db.store import Actor
from db.types import now
from returns.handdown.change import CYCLE, Change, cells
from returns.planned import NEW, SAME, UPDATE

_LABELS = {"opens_on": "报送开始", "due_on": "截止", "locks_on": "锁定", "note": "说明"}


def edited(session: Session) -> list[dict[str, Any]]:
    """The cycles that the office set itself, as JSON."""
    return [
        {
            "kind": each.kind, "key": each.key, "opens_on": each.opens_on.isoformat(), "due_on": each.due_on.isoformat(),
            "locks_on": each.locks_on.isoformat(), "note": each.note or "",
        }
        for each in session.scalars(
            select(ReportingCycle).order_by(ReportingCycle.kind, ReportingCycle.key)
        )
    ]  # fmt: skip


def read(entry: Mapping[str, Any]) -> Cycle:
    """One of them, back from JSON."""
    opens, due, locks = (date.fromisoformat(entry[name]) for name in ("opens_on", "due_on", "locks_on"))
    return Cycle(entry["kind"], entry["key"], opens, due, locks, True, entry.get("note") or "")


def cycle_changes(session: Session, entries: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Cycles that the district has otherwise than they stand here; what it put back to the plan is put back here too."""
    theirs = {(each.kind, each.key): each for each in map(read, entries)}
    ours = {(each["kind"], each["key"]): read(each) for each in edited(session)}
    found = []
    for place, each in theirs.items():
        before = ours.get(place) or cadence.cycle(session, *place)
        differing = cells(_LABELS, _told(before), _told(each))
        action = (UPDATE if place in ours else NEW) if differing else SAME
        data = next(dict(entry) for entry in entries if (entry["kind"], entry["key"]) == place)
        found.append(Change(CYCLE, "/".join(place), action, each.title, differing, data=data))
    rule = cadence.rule_of(session)
    for place, each in ours.items():
        if place not in theirs:
            back = cells(_LABELS, _told(each), _told(rule.cycle(*place)))
            found.append(Change(CYCLE, "/".join(place), UPDATE, each.title, back, "区里已恢复按计划"))
    return found


def _told(each: Cycle) -> dict[str, str]:
    days = (each.opens_on.isoformat(), each.due_on.isoformat(), each.locks_on.isoformat())
    return dict(zip(_LABELS, (*days, each.note), strict=True))


def write_cycles(session: Session, taken: Sequence[Change], actor: Actor) -> None:
    """The chosen cycles; one without data goes back to the plan's rule."""
    for each in taken:
        kind, _, key = each.key.partition("/")
        stored = session.get(ReportingCycle, (kind, key))
        if each.data is None:
            if stored is not None:
                session.delete(stored)
            continue
        new = read(each.data)
        session.merge(
            ReportingCycle(
                kind=kind, key=key, opens_on=new.opens_on, due_on=new.due_on, locks_on=new.locks_on,
                note=new.note or None, changed_at=now(), changed_by=actor.person,
            )
        )  # fmt: skip
    session.flush()
