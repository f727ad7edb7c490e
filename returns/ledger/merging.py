"""What a row of a ledger adds to a record that is there already: empty fields are filled, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.records import Values, table_of
from db.registers import Register
from db.text import fold

CHUNK = 500

# A candidate's later figures replace the earlier ones: that is what a later month's list is for.
_MOVED_BY = {"nurture": ("asof_ym", ("revenue_ytd", "vat_ytd", "asof_ym"))}
# The one answer that a new row may turn round: the visit that had brought up no problem has one now.
_GROWS = ("has_issue", False, True)


@dataclass(slots=True)
class Merge:
    """`values` and `unparsed` to save; `conflicts` (field, stored, in the file) that were left as stored."""

    values: dict[str, Any] = field(default_factory=dict)
    unparsed: dict[str, str] | None = None  # None: as stored
    conflicts: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.values) or self.unparsed is not None


def merge(register: Register, stored: Values, wanted: Mapping[str, Any], unread: Mapping[str, str]) -> Merge:
    """Compare a stored record with what a row says of it."""
    result = Merge()
    by, moving = _MOVED_BY.get(register.key, ("", ()))
    later = bool(by and wanted.get(by) and stored.get(by) and wanted[by] > stored[by])
    for name, value in wanted.items():
        if _empty(value):
            continue
        old = stored.get(name)
        if _empty(old) or (later and name in moving) or (name, old, value) == _GROWS:
            result.values[name] = value
        elif not same(old, value):
            result.conflicts.append((name, old, value))
    kept = dict(stored.get("unparsed") or {})
    now = {name: text for name, text in kept.items() if name not in result.values}
    now.update({name: text for name, text in unread.items() if _empty(stored.get(name)) and name not in now})
    if now != kept:
        result.unparsed = now
    return result


def same(old: Any, new: Any) -> bool:
    """Equal as people see it: blanks in texts and trailing zeros aside, the order of several choices too."""
    if isinstance(old, str) and isinstance(new, str):
        return fold(old) == fold(new)
    if isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) == sorted(map(str, new))
    if isinstance(old, (int, Decimal)) and isinstance(new, (int, Decimal)):
        return Decimal(old) == Decimal(new)
    return bool(old == new)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == []


class Candidates:
    """The live records of one register and office that a row might be, fetched for many firms at once."""

    def __init__(self, session: Session, register: Register, unit_code: str, firms: Iterable[UUID]) -> None:
        self.register = register
        self._by_firm: dict[UUID | None, list[Values]] = {}
        self._taken: set[UUID] = set()
        table = table_of(register)
        live = (table.c.deleted_at.is_(None), table.c.unit_code == unit_code)
        if register.of_firm:
            wanted = sorted(set(firms))
            for start in range(0, len(wanted), CHUNK):
                inside = table.c.enterprise_id.in_(wanted[start : start + CHUNK])
                for row in session.execute(select(table).where(*live, inside)).mappings():
                    self.add(dict(row))
        else:
            for row in session.execute(select(table).where(*live)).mappings():
                self.add(dict(row))

    def add(self, record: Values, *, taken: bool = False) -> None:
        """`taken`: this import made it, so another row of the file is not simply “the same again”."""
        rows = self._by_firm.setdefault(self._firm(record), [])
        rows[:] = [row for row in rows if row["id"] != record["id"]]
        rows.append(record)
        if taken:
            self._taken.add(record["id"])

    def _firm(self, record: Mapping[str, Any]) -> UUID | None:
        return record.get("enterprise_id") if self.register.of_firm else None

    def take(self, record: Values) -> None:
        self._taken.add(record["id"])

    def is_taken(self, record: Values) -> bool:
        return record["id"] in self._taken

    def find(
        self, wanted: Mapping[str, Any], unread: Mapping[str, str], keys: Sequence[str]
    ) -> Values | None:
        """The record that the row is, by its natural key; parts that either side leaves open do not tell apart.

        Of several, one that nothing speaks against; then one that no other row of this file is. A row that
        differs from one the same file just made is a record of its own.
        """
        rows = [row for row in self._by_firm.get(self._firm(wanted), ()) if _alike(row, wanted, unread, keys)]
        agreeing = [row for row in rows if not merge(self.register, row, wanted, unread).conflicts]
        # Two equal rows of one file are two only if the register has two.
        free = [row for row in agreeing if row["id"] not in self._taken]
        if free or agreeing:
            return (free or agreeing)[0]
        open_ = [row for row in rows if row["id"] not in self._taken]
        return open_[0] if open_ else None


def _alike(row: Values, wanted: Mapping[str, Any], unread: Mapping[str, str], keys: Collection[str]) -> bool:
    for name in keys:
        old, new = row.get(name), wanted.get(name)
        if not _empty(old) and not _empty(new) and not same(old, new):
            return False
        typed = (row.get("unparsed") or {}).get(name)
        if _empty(old) and typed and name in unread and typed != unread[name]:
            return False
    return True
