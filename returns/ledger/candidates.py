"""The records that a row of a ledger might be: their keys for all firms met so far, whole ones for the rows at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.fields import Kind
from db.records import Values, table_of
from db.registers import Register
from db.text import fold
from returns.ledger.merging import CHUNK, merge, same

_SORTED_BY = (Kind.DATE, Kind.TEXT, Kind.LONG, Kind.PERIOD, Kind.CHOICE)


class Candidates:
    """Live records of one register and office. `look_ahead` for some rows, then `find` for each of them.

    Of a long table only keys are held; whole records come and go with the rows.
    """

    def __init__(self, session: Session, register: Register, unit_code: str) -> None:
        self.register = register
        self._session, self._unit_code = session, unit_code
        self._of_firm = register.of_firm
        self._by = _told_apart_by(register)
        # By firm, then by the value that tells a firm's records apart best (None: left open).
        self._keys: dict[int, dict[Any, list[UUID]]] = {}
        # By the number of a key, here and above (0: no firm): looking one up by the UUID itself takes ten times longer.
        self._asked: set[int] = set()
        self._whole: dict[int, Values] = {}
        self._taken: set[int] = set()

    def look_ahead(self, rows: Iterable[tuple[UUID | None, Any]]) -> None:
        """Read what the next rows may be, given as (firm, value of the field that tells records apart)."""
        self._whole.clear()
        wanted = [(firm if self._of_firm else None, value) for firm, value in rows]
        firms = {_number(firm): firm for firm, _ in wanted}
        self._ask([firm for number, firm in firms.items() if number not in self._asked])
        found = {key for firm, value in wanted for key in self._near(firm, value)}
        table = table_of(self.register)
        ordered = list(found)
        for start in range(0, len(ordered), CHUNK):
            query = select(table).where(table.c.id.in_(ordered[start : start + CHUNK]))
            for row in self._session.execute(query).mappings():
                self._whole[row["id"].int] = dict(row)

    @property
    def told_apart_by(self) -> str:
        return self._by

    def new_firm(self, firm: UUID) -> None:
        """A firm that was just made has no records yet."""
        self._asked.add(firm.int)

    def _ask(self, firms: Collection[UUID | None]) -> None:
        if not firms:
            return
        self._asked.update(map(_number, firms))
        table = table_of(self.register)
        by = table.c[self._by] if self._by else table.c.id
        firm = table.c.enterprise_id if self._of_firm else table.c.id
        query = select(table.c.id, firm, by).where(
            table.c.deleted_at.is_(None), table.c.unit_code == self._unit_code
        )
        ordered = list(firms)
        for start in range(0, len(ordered), CHUNK):
            some = (
                query.where(table.c.enterprise_id.in_(ordered[start : start + CHUNK]))
                if self._of_firm
                else query
            )
            for key, whose, value in self._session.execute(some):
                self._hold(whose if self._of_firm else None, value if self._by else None, key)

    def add(self, record: Values) -> None:
        """A record that this import made; another row of the file is not simply “the same again”."""
        key = record["id"]
        self._taken.add(key.int)
        self._hold(record.get("enterprise_id") if self._of_firm else None, record.get(self._by), key)
        self._whole[key.int] = record

    def change(self, old: Values, record: Values) -> None:
        """A record that was there, as this import changed it."""
        firm = old.get("enterprise_id") if self._of_firm else None
        was, now = _value(old.get(self._by)), _value(record.get(self._by))
        held = self._keys[_number(firm)]
        held[was].remove(record["id"])
        held.setdefault(now, []).append(record["id"])
        self._taken.add(record["id"].int)
        self._whole[record["id"].int] = record

    def _hold(self, firm: UUID | None, value: Any, key: UUID) -> None:
        self._keys.setdefault(_number(firm), {}).setdefault(_value(value), []).append(key)

    def _near(self, firm: UUID | None, value: Any) -> Iterable[UUID]:
        """Those that have this value, or leave it open; all of the firm where the row leaves it open."""
        held = self._keys.get(_number(firm))
        if held is None:
            return ()
        exact = _value(value)
        if exact is None:
            return [key for keys in held.values() for key in keys]
        alike, open_ = held.get(exact), held.get(None)
        return [*alike, *open_] if alike and open_ else alike or open_ or ()

    def take(self, record: Values) -> None:
        self._taken.add(record["id"].int)

    def is_taken(self, record: Values) -> bool:
        return record["id"].int in self._taken

    def find(self, wanted: Mapping[str, Any], unread: Mapping[str, str]) -> Values | None:
        """The record that the row is, by its natural key; parts that either side leaves open do not tell apart.

        Of several, one that nothing speaks against; then one that no other row of this file is. A row that
        differs from one the same file just made is a record of its own.
        """
        near = self._near(wanted.get("enterprise_id") if self._of_firm else None, wanted.get(self._by))
        if not near:
            return None
        keys = self.register.natural_key
        rows = [row for row in map(self._record, near) if _alike(row, wanted, unread, keys)]
        agreeing = [row for row in rows if not merge(self.register, row, wanted, unread).conflicts]
        # Two equal rows of one file are two only if the register has two.
        free = [row for row in agreeing if not self.is_taken(row)]
        if free or agreeing:
            return (free or agreeing)[0]
        open_ = [row for row in rows if not self.is_taken(row)]
        return open_[0] if open_ else None

    def _record(self, key: UUID) -> Values:
        found = self._whole.get(key.int)
        if found is None:
            table = table_of(self.register)
            row = self._session.execute(select(table).where(table.c.id == key)).mappings().one()
            found = self._whole[key.int] = dict(row)
        return found


def _number(firm: UUID | None) -> int:
    return 0 if firm is None else firm.int


def _told_apart_by(register: Register) -> str:
    """The part of the natural key, beside the firm, that few records share; "" where there is none."""
    kinds = {name: register.field(name).kind for name in register.natural_key if name != "enterprise_id"}
    order = _SORTED_BY if register.of_firm else (*_SORTED_BY[1:], Kind.DATE)
    return next((name for kind in order for name, each in kinds.items() if each is kind), "")


def _value(value: Any) -> Any:
    """Equal for values that `same` calls equal; None for an empty one."""
    if value is None or value.__class__ is date:
        return value
    return fold(value) or None if isinstance(value, str) else value


def _alike(row: Values, wanted: Mapping[str, Any], unread: Mapping[str, str], keys: Collection[str]) -> bool:
    for name in keys:
        old, new = row.get(name), wanted.get(name)
        empty = old is None or old in ("", [])
        if not empty and new is not None and new not in ("", []) and not same(old, new):
            return False
        typed = (row.get("unparsed") or {}).get(name)
        if empty and typed and name in unread and typed != unread[name]:
            return False
    return True
