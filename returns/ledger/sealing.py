"""The end of an import: what an undo of the whole batch needs (before-images, marks on what was touched)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from db.models import Cloud
from db.records import Values, image, table_of
from db.registers import REGISTERS
from returns.match import in_chunks

FIRM = REGISTERS["enterprise"]


def counted_before(session: Session, firms: Iterable[UUID]) -> list[list[Any]]:
    """Which cloud records of these firms counted, as an undo puts it back: [key, counted, reason]."""
    found: list[list[Any]] = []
    for chunk in in_chunks(firms):
        query = select(Cloud.id, Cloud.counted, Cloud.uncounted_reason).where(Cloud.enterprise_id.in_(chunk))
        found += [[key.hex, counted, reason] for key, counted, reason in session.execute(query)]
    return found


def changed_along(
    session: Session, fetched: Mapping[UUID, Values], staged: set[UUID]
) -> list[dict[str, Any]]:
    """Staged rows for cards that no row named for change, and that a visit's or candidate's figures changed."""
    table = table_of(FIRM)
    rows: list[dict[str, Any]] = []
    for chunk in in_chunks(key for key in fetched if key not in staged):
        for record in session.execute(select(table).where(table.c.id.in_(chunk))).mappings():
            before = fetched[record["id"]]
            if record["rev"] != before["rev"]:
                rows.append(
                    {
                        "sheet": "", "row_no": None, "label": record["name"] or record["uscc"] or "", "register": FIRM.key,
                        "record_id": record["id"], "action": "update", "accepted": True, "values": image(FIRM, dict(record)),
                        "changes": None, "before": image(FIRM, before), "digest": record["digest"],
                    }
                )  # fmt: skip
    return rows


def mark(session: Session, batch: UUID, staged: Iterable[Mapping[str, Any]]) -> None:
    """Note batch and revision in the origin of every record touched: an undo tells by them whether it was left alone since."""
    touched: dict[str, set[UUID]] = {}
    for row in staged:
        if row["before"] is not None and row["record_id"] is not None:
            touched.setdefault(row["register"], set()).add(row["record_id"])
    for key, keys in touched.items():
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
        session.connection().execute(
            update(table).where(table.c.id == bindparam("key")).values(origin=bindparam("new")), changes
        )
