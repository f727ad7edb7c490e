"""What someone is typing, kept so that a crash or a power cut loses nothing. The records themselves are saved by records.py.

Each call is a small transaction of its own. A draft holds texts as they stand in the editors, checked by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from db.models import Draft
from db.store import Store
from db.types import now


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft: the register and record it belongs to, the texts by field, the field that had the cursor."""

    key: str
    values: dict[str, Any]
    focus: str
    saved_at: datetime

    @property
    def register(self) -> str:
        return self.key.split(":", 1)[0]

    @property
    def record_id(self) -> UUID | None:
        """The record being edited; None while a new one is being entered."""
        tail = self.key.split(":", 1)[1]
        try:
            return UUID(tail)
        except ValueError:
            return None


def key_of(register: str, record_id: UUID | None, place: str = "new") -> str:
    """“visit:new”, or “visit:<hex>” for a stored record; `place` tells several new ones apart."""
    return f"{register}:{record_id.hex if record_id else place}"


def save(store: Store, key: str, values: Mapping[str, Any], focus: str = "") -> None:
    """Keep the texts in the editors under `key`, in place of what was kept there."""
    row = {"values": dict(values), "focus": focus or None, "saved_at": now()}
    with store.write() as session:
        session.execute(
            insert(Draft).values(key=key, **row).on_conflict_do_update(index_elements=["key"], set_=row)
        )


def load(store: Store, key: str) -> Kept | None:
    with store.read() as session:
        row = session.get(Draft, key)
    return None if row is None else _kept(row)


def drop(store: Store, key: str) -> None:
    """Forget a draft: it was saved as a record, or thrown away."""
    with store.write() as session:
        session.execute(delete(Draft).where(Draft.key == key))


def all_drafts(store: Store) -> list[Kept]:
    """Every draft, the newest first: what the start offers to go on with."""
    with store.read() as session:
        return [_kept(row) for row in session.scalars(select(Draft).order_by(Draft.saved_at.desc()))]


def _kept(row: Draft) -> Kept:
    return Kept(row.key, row.values, row.focus or "", row.saved_at)
