"""Values that were reported twice: what was said first, what counts now. Read from the audit, which keeps every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AuditEntry, IndicatorValue
from db.periods import Period
from db.progress import show_number
from db.text import parse_decimal


@dataclass(frozen=True, slots=True)
class Correction:
    """The values one record has had, oldest first; the last one counts."""

    values: tuple[Decimal | None, ...]
    at: datetime

    def words(self, unit: str, places: int) -> str:
        """“区发改委先报 51.20，后报 52.00（2024-06-08），按后报的计。”"""
        before = "、".join(show_number(each, places) for each in self.values[:-1])
        day = f"{self.at.astimezone():%Y-%m-%d}"
        return f"{unit}先报 {before}，后报 {show_number(self.values[-1], places)}（{day}），按后报的计。"


def corrections(session: Session, month: Period) -> Mapping[UUID, Correction]:
    """The indicator values of a month that were changed after they were first reported, by record."""
    table, audit = IndicatorValue.__table__, AuditEntry.__table__
    changed = select(table.c.id).where(
        table.c.period == str(month), table.c.rev > 1, table.c.deleted_at.is_(None)
    )
    entries = session.execute(
        select(audit.c.record_id, audit.c.before, audit.c.after, audit.c.at)
        .where(audit.c.record_id.in_(changed))
        .order_by(audit.c.seq)
    ).all()
    found: dict[UUID, Correction] = {}
    for key, before, after, at in entries:
        if not before or not after or before.get("value") is None or "value" not in after:
            continue
        was, now = _number(before["value"]), _number(after["value"])
        if was == now:
            continue
        known = found[key].values if key in found else (was,)
        found[key] = Correction((*known, now), at)
    # Back to what it was at first: nothing is left to be told.
    return {key: each for key, each in found.items() if each.values[0] != each.values[-1]}


def _number(raw: Any) -> Decimal | None:
    return None if raw is None else parse_decimal(raw).value
