"""New records of an import that wait to be stored together: complete and numbered already, only not written yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import locks, records
from db.records import Values
from db.registers import REGISTERS, Register
from db.save_many import Entry, save_many
from db.store import Actor
from db.types import new_key, now

# Of these nothing that is worked out for one row is read back from the register while the next one is placed.
MAY_WAIT = frozenset({"visit", "issue"})
MOST = 500


class Waiting:
    """`add` as records.save would; `flush` writes what waits, visits before the problems that name them."""

    def __init__(self, session: Session, actor: Actor, unit_code: str) -> None:
        self._session, self._actor, self._unit_code = session, actor, unit_code
        self._entries: dict[str, list[Entry]] = {}
        self._keys: set[UUID] = set()

    def holds(self, key: UUID) -> bool:
        return key in self._keys

    def add(
        self,
        register: Register,
        values: Mapping[str, Any],
        unread: Mapping[str, str],
        origin: Mapping[str, Any],
        note: str,
    ) -> Values:
        """The new record as it will be stored. Refused for a month that was handed in."""
        if len(self._keys) >= MOST:
            self.flush()
        record = records.prepare(
            self._session, register, values, self._actor, None,
            unparsed=dict(unread), unit_code=self._unit_code, origin=origin,
        )  # fmt: skip
        locks.check_open(self._session, register, None, record)
        record["id"], record["rev"] = new_key(), 1
        record["created_at"] = record["updated_at"] = now()
        record["created_by"] = record["updated_by"] = self._actor.person
        self._entries.setdefault(register.key, []).append(Entry({}, note=note, prepared=record))
        self._keys.add(record["id"])
        return record

    def flush(self) -> None:
        """Write what waits, with everything that follows from it."""
        waiting, self._entries = self._entries, {}
        self._keys.clear()
        for key, register in REGISTERS.items():
            if key in waiting:
                save_many(self._session, register, waiting[key], self._actor, action="import")
