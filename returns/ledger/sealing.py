"""The end of an import: what an undo of the whole batch needs (before-images, marks on what was touched)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from db.models import Cloud
from db.records import table_of
from db.registers import REGISTERS
from returns.match import in_chunks


def counted_before(session: Session, firms: Iterable[UUID]) -> list[list[Any]]:
    """Which cloud records of these firms counted, as an undo puts it back: [key, counted, reason]."""
    found: list[list[Any]] = []
    for chunk in in_chunks(firms):
        query = select(Cloud.id, Cloud.counted, Cloud.uncounted_reason).where(Cloud.enterprise_id.in_(chunk))
        found += [[key.hex, counted, reason] for key, counted, reason in session.execute(query)]
    return found


def mark(session: Session, batch: UUID, staged: Iterable[Mapping[str, Any]]) -> None:
    """`mark_changed` for the records that these staged rows made or changed."""
    touched: dict[str, set[UUID]] = {}
    for row in staged:
        if row["before"] is not None and row["record_id"] is not None:
            touched.setdefault(row["register"], set()).add(row["record_id"])
    mark_changed(session, batch, touched)


def mark_changed(session: Session, batch: UUID, changed: Mapping[str, Iterable[UUID]]) -> None:
    """Note batch and revision in the origin of records, by register: an undo tells by them whether they were
    left alone since."""
    for key, keys in changed.items():
        table = table_of(REGISTERS[key])
        changes = [
            {
                "key": record["id"],
                "new": {**(record["origin"] or {}), "batch": batch.hex, "rev": record["rev"]},
            }
            for chunk in in_chunks(keys)
            for record in session.execute(
                select(table.c.id, table.c.rev, table.c.origin).where(table.c.id.in_(chunk))
            ).mappings()
        ]
        if not changes:
            continue
        session.connection().execute(
            update(table).where(table.c.id == bindparam("key")).values(origin=bindparam("new")), changes
        )
