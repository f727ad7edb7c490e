"""Computed values of projects, parks, tasks and 挂点. The other registers are in derive.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import numbering, progress, settings
from db.models import ActionItem, Liaison

Stored = Mapping[str, Any] | None


def project(session: Session, record: dict[str, Any], _stored: Stored) -> None:
    """A number where none was typed (forms.md 7: 编号 is required)."""
    if record.get("project_no") is None and "project_no" not in (record.get("unparsed") or {}):
        day = record.get("signed_on") or settings.today(session)
        if record.get("name"):
            record["project_no"] = numbering.project_no(session, record["unit_code"], day)


def park(_session: Session, record: dict[str, Any], stored: Stored) -> None:
    """入驻率 = 已用÷可用 (forms.md 8). What somebody counted otherwise stays, for PRK-002 to compare."""
    was = stored or {}
    old = occupancy(was.get("area_used"), was.get("area_usable"))
    if "occupancy" not in (record.get("unparsed") or {}) and record.get("occupancy") in (None, old):
        record["occupancy"] = occupancy(record.get("area_used"), record.get("area_usable"))


def occupancy(used: Decimal | None, usable: Decimal | None) -> Decimal | None:
    """已用面积÷可用面积 in %, one decimal; None where either is missing or nothing is usable."""
    if used is None or not usable:
        return None
    return progress.rounded(used * 100 / usable)


def duty(session: Session, record: dict[str, Any], _stored: Stored) -> None:
    """工程 follows from 行动."""
    action = record.get("action_id")
    record["programme_id"] = (
        session.scalar(select(ActionItem.programme_id).where(ActionItem.id == action)) if action else None
    )


def liaison_card(
    session: Session, record: Mapping[str, Any], stored: Stored
) -> list[tuple[Any, dict[str, Any]]]:
    """What the firm's card says of its 挂点 after a change: (enterprise, values); the newest in force today."""
    found: list[tuple[Any, dict[str, Any]]] = []
    today = settings.today(session)
    for firm in {record.get("enterprise_id"), (stored or {}).get("enterprise_id")} - {None}:
        now = _in_force(session, firm, today)
        # A leader typed on the card by hand stays until there is somebody to put in their place,
        # and goes when the 挂点 that put them there ends.
        was = stored or {}
        if now is not None:
            found.append((firm, {"liaison_leader": now.leader, "liaison_org": now.org_code}))
        elif was.get("enterprise_id") == firm:
            found.append((firm, {"liaison_leader": None, "liaison_org": None}))
    return found


def _in_force(session: Session, firm: Any, today: date) -> Any:
    table = Liaison.__table__
    return session.execute(
        select(table.c.leader, table.c.org_code)
        .where(
            table.c.enterprise_id == firm,
            table.c.deleted_at.is_(None),
            table.c.from_on <= today,
            or_(table.c.to_on.is_(None), table.c.to_on >= today),
        )
        .order_by(table.c.from_on.desc(), table.c.id.desc())
        .limit(1)
    ).first()
