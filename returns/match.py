"""Which of our firms and other records a row means: every office has its own keys for the same firm.

By credit code first, then by key, then by name where a code is missing. What differs is for diff.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.lineage import kept_by_code, kept_of_all
from db.lookup import TITLES
from db.models import Enterprise
from db.quick_rows import present
from db.records import Values, table_of
from db.registers import REGISTERS, Register
from db.text import same_name
from db.types import new_key
from returns.rows_read import Named, RowRead

IN_CHUNKS = 400


def in_chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Sorted pieces, small enough for one statement."""
    unique = set(values)
    # Keys compare in Python, their numbers in C: the same order.
    keys = all(type(each) is UUID for each in unique)
    ordered = sorted(unique, key=attrgetter("int")) if keys else sorted(unique)
    for start in range(0, len(ordered), IN_CHUNKS):
        yield ordered[start : start + IN_CHUNKS]


def load(
    session: Session, register: Register, column: str, values: Iterable[Any], *also: ColumnElement[bool]
) -> list[Values]:
    """The stored rows whose column has one of the values."""
    table = table_of(register)
    return [
        dict(row)
        for chunk in in_chunks(values)
        if (there := present(session, table, column, chunk))
        for row in session.execute(select(table).where(table.c[column].in_(there), *also)).mappings()
    ]


class Firms:
    """The firms that a return brings or names, matched with ours. New ones get a key here."""

    def __init__(self, session: Session, rows: Sequence[RowRead], named: Iterable[Named]) -> None:
        register = REGISTERS["enterprise"]
        refs = list(named)
        codes = {row.values.get("uscc") for row in rows} | {each.code for each in refs}
        ids = {row.record_id for row in rows} | {each.id for each in refs}
        names = {row.values.get("name") for row in rows} | {each.name for each in refs if not each.id}
        found = {row["id"]: row for row in load(session, register, "id", ids - {None})}
        table = Enterprise.__table__
        live = table.c.deleted_at.is_(None)
        for row in load(session, register, "uscc", codes - {None, ""}, live):
            found[row["id"]] = row
        # Cards that were merged here: whoever still names the one that went means the one that was kept.
        self._kept = kept_of_all(session, found)
        merged_codes = kept_by_code(
            session, (code for code in codes - {row["uscc"] for row in _live(found)} if code)
        )
        kept = {*self._kept.values(), *merged_codes.values()} - found.keys()
        found |= {row["id"]: row for row in load(session, register, "id", kept)}
        # One that was put aside since stands for nobody.
        self._kept = {key: to for key, to in self._kept.items() if found[to]["deleted_at"] is None}
        merged_codes = {code: to for code, to in merged_codes.items() if found[to]["deleted_at"] is None}
        spelt = {way for name in names if name for way in _spellings(str(name))}
        for row in load(session, register, "name", spelt, live):
            found[row["id"]] = row
        self.stored = found
        self.names: dict[UUID, str] = {key: row["name"] or "" for key, row in found.items()}
        self._by_code: dict[str, UUID] = {
            row["uscc"]: key for key, row in found.items() if row["uscc"] and row["deleted_at"] is None
        }
        for code, key in merged_codes.items():
            self._by_code.setdefault(code, key)
        self._by_name: dict[str, list[UUID]] = {}
        for key, row in found.items():
            if row["deleted_at"] is None and row["name"]:
                self._by_name.setdefault(same_name(row["name"]), []).append(key)
        self._codes: dict[UUID, str] = {key: row["uscc"] for key, row in found.items() if row["uscc"]}
        self._theirs: dict[UUID, UUID] = {}  # the sender's key → ours
        self._taken: set[UUID] = set()
        self._reserved = {row.record_id for row in rows if row.record_id is not None}

    def place(self, row: RowRead) -> tuple[UUID, Values | None] | str:
        """Our key for a row of 企业档案 and the card that is stored; a sentence where the row can not be placed."""
        code, name = row.values.get("uscc"), row.values.get("name")
        if not code and not name:
            return "没有企业名称，也没有统一社会信用代码"
        key = self._find(row.record_id, code, name)
        if key is not None and row.record_id is not None:
            self._theirs[row.record_id] = key
        if key is not None and key in self._taken:
            if self.was_merged(row.record_id, key):
                return f"企业“{name or code}”已并入“{self.names.get(key, '')}”，它的记录都归到那张档案"
            return f"企业“{name or code}”在表中出现了两次"
        if key is None:
            key = (
                row.record_id if row.record_id is not None and row.record_id not in self.stored else new_key()
            )
        self._taken.add(key)
        if row.record_id is not None:
            self._theirs[row.record_id] = key
        self._learn(key, code, name)
        return key, self.stored.get(key)

    def was_merged(self, record_id: UUID | None, key: UUID) -> bool:
        """Whether the sender's card went into this one of ours."""
        return record_id is not None and record_id != key and self._kept.get(record_id) == key

    def resolve(self, named: Named) -> UUID | None:
        """Our key for the firm that another row names, or None where nobody knows it."""
        if named.id is not None and named.id in self._theirs:
            return self._theirs[named.id]
        return self._find(named.id, named.code or None, named.name or None)

    def create(self, named: Named) -> UUID:
        """A key for a firm that is only named by another row; it gets a card of its own."""
        key = named.id if named.id is not None and named.id not in self.stored else new_key()
        self._taken.add(key)
        if named.id is not None:
            self._theirs[named.id] = key
        self._learn(key, named.code or None, named.name or None)
        return key

    def _find(self, record_id: UUID | None, code: str | None, name: str | None) -> UUID | None:
        if code and code in self._by_code:
            return self._by_code[code]
        if record_id is not None:
            stored = self.stored.get(record_id)
            if stored is not None and stored["deleted_at"] is None:
                return record_id
            if record_id in self._kept:
                return self._kept[record_id]
        if name:
            alike = [
                key
                for key in self._by_name.get(same_name(name), ())
                # Two different codes are two firms, however alike their names; a key of this very file is itself.
                if not (code and key in self._codes) and (record_id is None or key not in self._reserved)
            ]
            if len(alike) == 1:
                return alike[0]
        return None

    def _learn(self, key: UUID, code: str | None, name: str | None) -> None:
        if code:
            self._by_code.setdefault(code, key)
            self._codes[key] = code
        if name:
            self.names[key] = name
            known = self._by_name.setdefault(same_name(name), [])
            if key not in known:
                known.append(key)


def _live(found: dict[UUID, Values]) -> Iterable[Values]:
    return (row for row in found.values() if row["deleted_at"] is None)


def _spellings(name: str) -> set[str]:
    """A name as typed, and with the other width of brackets."""
    wide = name.translate(str.maketrans("()", "（）"))
    narrow = name.translate(str.maketrans("（）", "()"))
    return {name, wide, narrow}


class Links:
    """The visits, problems, lists and batches that rows name, by the sender's key or by what they are called."""

    def __init__(self, session: Session, named: Iterable[tuple[str, Named]]) -> None:
        self._ours: dict[tuple[str, UUID], UUID] = {}
        self._titled: dict[tuple[str, str], list[UUID]] = {}
        wanted: dict[str, list[Named]] = {}
        for source, each in named:
            wanted.setdefault(source, []).append(each)
        for source, refs in wanted.items():
            table = table_of(REGISTERS[source])
            title = table.c[TITLES[source].key]
            for chunk in in_chunks(each.id for each in refs if each.id is not None):
                for key in present(session, table, "id", chunk):
                    self._ours[source, key] = key
            for chunk in in_chunks(each.name for each in refs if each.name):
                there = present(session, table, title.name, chunk)
                if not there:
                    continue
                query = select(title, table.c.id).where(title.in_(there), table.c.deleted_at.is_(None))
                for word, key in session.execute(query):
                    self._titled.setdefault((source, word), []).append(key)

    def learn(self, row: RowRead, ours: UUID) -> None:
        """A record of the same return."""
        if row.register not in TITLES:
            return
        if row.record_id is not None:
            self._ours[row.register, row.record_id] = ours
        title = row.values.get(TITLES[row.register].key)
        if title and ours not in self._titled.setdefault((row.register, title), []):
            self._titled[row.register, title].append(ours)

    def resolve(self, source: str, named: Named) -> UUID | None:
        """Our key, or None where nobody knows it or several are called so."""
        if named.id is not None and (source, named.id) in self._ours:
            return self._ours[source, named.id]
        found = self._titled.get((source, named.name), []) if named.name else []
        return found[0] if len(found) == 1 else None
