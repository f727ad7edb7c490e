"""Finding records other than enterprises by what they say: texts folded as names are, their short texts by pinyin too.

One FTS table over record_search. Visits are a million and are found by number, day and firm instead; services of the
cloud and candidates are found by their firm. Enterprises are in search.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from db import behind, search, settings
from db.fields import Kind
from db.pinyin import SPELLED_MOST, initials, letters, spelled_suffixes, syllables
from db.registers import REGISTERS
from db.search import BREAK, spaced
from db.store import Store

VERSION = 1  # of what is kept; another one is made anew when the program is idle
CANDIDATES = 80
_LONGEST = 240  # characters of one text that are searched
_SPELLED = 24  # characters of a short text that are found by pinyin
_LEAST = 2  # letters of pinyin that must be typed
SETTING = "search_version"
_IN_CHUNKS = 500
_AT_ONCE = 200  # records brought up to date in one transaction

# What is searched of each register, the name of the record first.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "issue": ("category", "issue_no", "description", "owner"),
    "project": ("name", "project_no", "owner_name", "content"),
    "duty": ("task", "content", "leader", "owner"),
    "liaison": ("leader", "post"),
    "matter": ("topic", "content"),
    "firm_plan": ("goal", "situation", "measures"),
    "lead": ("firm_name", "next_step", "owner"),
    "opportunity": ("scene", "demand_side", "need"),
    "product": ("name", "scenes", "description"),
    "release": ("name", "list_kind"),
    "service": ("subject", "kind", "effect"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One record: where it is, what it is called, what sets it apart."""

    register: str
    id: UUID
    title: str
    detail: str


# ---------------------------------------------------------------- keeping it up to date


def index(session: Session, register: str, record: Mapping[str, Any]) -> None:
    """Bring the search up to date with one record as it is stored now (a deleted one leaves it)."""
    if register not in TEXTS:
        return
    connection = session.connection()
    key = record["id"].bytes
    stored = connection.exec_driver_sql(
        "SELECT seq, folded FROM record_search WHERE record_id = ?", (key,)
    ).first()
    fresh = "" if record.get("deleted_at") is not None else folded(register, record)
    if stored is not None:
        if stored[1] == fresh:
            return
        _forget(connection, stored[0], stored[1])
        connection.exec_driver_sql("DELETE FROM record_search WHERE seq = ?", (stored[0],))
    if fresh:
        _add(session, [(key, register, fresh)])


def index_many(session: Session, register: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many records; those that were never in the search go in all at once."""
    if register not in TEXTS or not rows:
        return
    known = held(session, [row["id"] for row in rows])
    fresh = []
    for row in rows:
        key = row["id"].bytes
        if key in known:
            index(session, register, row)
        elif row.get("deleted_at") is None and (text := folded(register, row)):
            fresh.append((key, register, text))
    _add(session, fresh)


def held(session: Session, keys: Sequence[UUID]) -> set[bytes]:
    """Those of the keys that the search holds something of."""
    connection, found = session.connection(), set[bytes]()
    for start in range(0, len(keys), _IN_CHUNKS):
        chunk = tuple(key.bytes for key in keys[start : start + _IN_CHUNKS])
        sql = f"SELECT record_id FROM record_search WHERE record_id IN ({', '.join('?' * len(chunk))})"
        found.update(bytes(row[0]) for row in connection.exec_driver_sql(sql, chunk))
    return found


def index_new(session: Session, register: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """The same for records that are not `held`: those that were made just now."""
    if register in TEXTS:
        texts = ((row["id"].bytes, register, folded(register, row)) for row in rows)
        _add(session, [each for each in texts if each[2]])


def forget(session: Session, keys: Iterable[UUID | None]) -> None:
    """Take records out of the search that are no longer stored at all."""
    connection = session.connection()
    wanted = [key.bytes for key in keys if key is not None]
    rows: list[tuple[int, str]] = []
    for start in range(0, len(wanted), _IN_CHUNKS):
        chunk = tuple(wanted[start : start + _IN_CHUNKS])
        found = connection.exec_driver_sql(
            f"SELECT seq, folded FROM record_search WHERE record_id IN ({', '.join('?' * len(chunk))})", chunk
        )
        rows += [(row[0], row[1]) for row in found]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO fts_record (fts_record, rowid, folded) VALUES ('delete', ?, ?)", rows
        )
        connection.exec_driver_sql("DELETE FROM record_search WHERE seq = ?", [(row[0],) for row in rows])


def rebuild(session: Session) -> int:
    """Make the search of enterprises and of records anew; returns how many records it holds."""
    search.rebuild(session)
    connection = session.connection()
    connection.exec_driver_sql("DELETE FROM record_search")
    connection.exec_driver_sql("INSERT INTO fts_record (fts_record) VALUES ('rebuild')")
    count = 0
    for register in TEXTS:
        fresh = [
            (row["id"].bytes, register, folded(register, dict(row)))
            for row in session.execute(_texts_of(register)).mappings()
        ]
        _add(session, fresh)
        count += len(fresh)
    settings.put(session, SETTING, VERSION)
    return count


def catch_up(store: Store, cancelled: Callable[[], bool] | None = None) -> bool:
    """Bring the search of a register that an older program left to this version; False where it is already.

    A few records at a time, so that nobody who saves meanwhile waits; what was done is kept if it is cancelled.
    """
    with store.read() as session:
        if is_current(session):
            return False
        firm: Any = REGISTERS["enterprise"].model.__table__
        wanted = select(firm.c.id, firm.c.name, firm.c.alias, firm.c.uscc).where(firm.c.deleted_at.is_(None))
        cards = [dict(row) for row in session.execute(wanted).mappings()]
        rows = {
            register: [dict(row) for row in session.execute(_texts_of(register)).mappings()]
            for register in TEXTS
        }
    for start in range(0, len(cards), _AT_ONCE):
        if cancelled is not None and cancelled():
            return False
        with store.write() as session:
            search.reindex(session, cards[start : start + _AT_ONCE])
    for register, found in rows.items():
        for start in range(0, len(found), _AT_ONCE):
            if cancelled is not None and cancelled():
                return False
            with store.write() as session:
                index_many(session, register, found[start : start + _AT_ONCE])
    with store.write() as session:
        settings.put(session, SETTING, VERSION)
    return True


def _texts_of(register: str) -> Select[Any]:
    table: Any = REGISTERS[register].model.__table__
    return select(table.c.id, *(table.c[name] for name in TEXTS[register])).where(
        table.c.deleted_at.is_(None)
    )


def is_current(session: Session) -> bool:
    """Whether the search holds what this version of the program keeps there."""
    return bool(settings.get(session, SETTING) == VERSION)


def folded(register: str, record: Mapping[str, Any]) -> str:
    """The searchable text of a record: its texts, then the initials and spellings of the short ones."""
    parts: list[str] = []
    latin: list[str] = []
    for name, short in _texts(register):
        text = str(record.get(name) or "")[:_LONGEST]
        parts.append(spaced(text))
        if short and text and not text.isascii():
            latin += _spelled(text[:_SPELLED])
    parts += [*dict.fromkeys(latin)]
    return f" {BREAK} ".join(part for part in parts if part)


@cache
def _texts(register: str) -> tuple[tuple[str, bool], ...]:
    """The fields that are searched, and whether they are short."""
    kinds = {field.name: field.kind for field in REGISTERS[register].fields}
    return tuple((name, kinds[name] is not Kind.LONG) for name in TEXTS[register])


@lru_cache(maxsize=2_000)
def _spelled(text: str) -> tuple[str, ...]:
    """The initials and spellings of a short text: kinds and people come again and again."""
    read = syllables(text)
    found: list[str] = []
    for each in initials(text, read).split(" "):
        found += [each[start:] for start in range(max(1, len(each) - 1))]
    return (*found, *spelled_suffixes(read))


def _add(session: Session, rows: Sequence[tuple[bytes, str, str]]) -> None:
    if not rows:
        return

    def job(driver: sqlite3.Connection) -> None:
        [[last]] = driver.execute("SELECT coalesce(max(seq), 0) FROM record_search")
        numbered = [(seq, *row) for seq, row in enumerate(rows, last + 1)]
        behind.insert(driver, "INSERT INTO record_search (seq, record_id, register, folded)", numbered)
        behind.insert(
            driver, "INSERT INTO fts_record (rowid, folded)", [(row[0], row[3]) for row in numbered]
        )

    behind.write(session, job)


def _forget(connection: Connection, seq: int, old: str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO fts_record (fts_record, rowid, folded) VALUES ('delete', ?, ?)", (seq, old)
    )


# ---------------------------------------------------------------- asking


def match(query: str) -> str:
    """The FTS5 query for a typed text: its characters in a row, or pinyin that begins so. Empty for none."""
    words = search.phrase(query)
    low = letters(query).lower()
    if not words or not low.isascii() or not low.isalpha() or len(low) < _LEAST:
        return words
    spelled = f'"{low[:SPELLED_MOST]}"*' if len(low) < SPELLED_MOST else f'"{low[:SPELLED_MOST]}"'
    return f"({words}) OR {spelled}"


def condition(register: str, query: str) -> tuple[str, tuple[str, ...]] | None:
    """SQL (with its values) that selects the keys of a register's records that say the text; None where nothing can."""
    wanted = match(query) if register in TEXTS else ""
    if not wanted:
        return None
    return (
        "SELECT record_id FROM record_search WHERE register = ? AND seq IN "
        "(SELECT rowid FROM fts_record WHERE fts_record MATCH ?)",
        (register, wanted),
    )


def records(session: Session, query: str, each: int = 4) -> list[Found]:
    """Records whose texts answer the query, at most `each` of a register, the newest first."""
    wanted = match(query)
    if not wanted:
        return []
    rows = session.connection().exec_driver_sql(
        "SELECT s.register, s.record_id FROM fts_record f JOIN record_search s ON s.seq = f.rowid "
        "WHERE f.fts_record MATCH ? ORDER BY f.rowid DESC LIMIT ?",
        (wanted, CANDIDATES),
    )
    chosen: dict[str, list[UUID]] = {register: [] for register in TEXTS}
    for register, key in rows:
        if register in chosen and len(chosen[register]) < each:
            chosen[register].append(UUID(bytes=bytes(key)))
    return [found for register, keys in chosen.items() if keys for found in shown(session, register, keys)]


def of_firm(session: Session, firm: UUID, each: int = 2) -> list[Found]:
    """What is known of one firm: its newest visits, problems, services, candidacies, plans."""
    found: list[Found] = []
    for register, newest in _BY_FIRM.items():
        table: Any = REGISTERS[register].model.__table__
        keys = session.scalars(
            select(table.c.id)
            .where(table.c.enterprise_id == firm, table.c.deleted_at.is_(None))
            .order_by(table.c[newest].desc())
            .limit(each)
        ).all()
        found += shown(session, register, list(keys)) if keys else []
    return found


# The registers that name a firm and have an index by it, and what the newest is told by.
_BY_FIRM: Mapping[str, str] = {
    "visit": "visit_date", "issue": "registered_on", "cloud": "cloud_on", "nurture": "asof_ym", "liaison": "from_on",
    "firm_plan": "made_on", "project": "asof_ym", "product": "registered_on", "service": "served_on",
}  # fmt: skip


def by_number(session: Session, typed: str, unit_code: str, limit: int = 5) -> list[Found]:
    """Visits, problems and projects whose number begins so; without the unit's code the own unit is meant."""
    wanted = typed.strip().upper()
    if len(wanted) < 6 or not wanted.isascii() or not any(char.isdigit() for char in wanted):
        return []
    starts = [wanted, f"{unit_code}-{wanted}"] if wanted[:6].isdigit() and wanted[6:7] == "-" else [wanted]
    found: list[Found] = []
    for register, column in (("visit", "visit_no"), ("issue", "issue_no"), ("project", "project_no")):
        table: Any = REGISTERS[register].model.__table__
        keys: list[UUID] = []
        for start in starts:
            keys += session.scalars(
                select(table.c.id)
                .where(table.c[column] >= start, table.c[column] < start + "\U0010ffff")
                .where(table.c.deleted_at.is_(None))
                .order_by(table.c[column])
                .limit(limit)
            ).all()
        found += shown(session, register, keys[:limit]) if keys else []
    return found


def visits_on(session: Session, day: date, unit_code: str, limit: int = 4) -> list[Found]:
    """The visits of a day, the own unit's first."""
    table: Any = REGISTERS["visit"].model.__table__
    live = select(table.c.id).where(table.c.visit_date == day, table.c.deleted_at.is_(None))
    own = session.scalars(live.where(table.c.unit_code == unit_code).limit(limit)).all()
    rest = session.scalars(live.limit(limit)).all() if len(own) < limit else []
    keys = list(dict.fromkeys([*own, *rest]))[:limit]
    return shown(session, "visit", keys) if keys else []


def shown(session: Session, register: str, keys: Sequence[UUID]) -> list[Found]:
    """Records in words, in the order of their keys."""
    kind = REGISTERS[register]
    table: Any = kind.model.__table__
    firm: Any = REGISTERS["enterprise"].model.__table__
    fields = {field.name: field for field in kind.fields}
    names = dict.fromkeys((*_TITLE.get(register, TEXTS.get(register, ())[:1]), *_DETAIL.get(register, ())))
    columns = [table.c[name] for name in names]
    if kind.has_enterprise:
        statement = select(table.c.id, *columns, firm.c.name.label("_firm")).select_from(
            table.outerjoin(firm, firm.c.id == table.c.enterprise_id)
        )
    else:
        statement = select(table.c.id, *columns)
    rows = {row["id"]: row for row in session.execute(statement.where(table.c.id.in_(keys))).mappings()}
    found = []
    for key in keys:
        if key not in rows:
            continue
        row = rows[key]
        title = [_words(row[name]) for name in _TITLE.get(register, TEXTS.get(register, ())[:1])]
        about = [_words(row[name]) for name in _DETAIL.get(register, ()) if name in fields]
        firm_name = str(row["_firm"] or "") if kind.has_enterprise else ""
        if register in _NAMED_BY_FIRM:
            title.insert(0, firm_name or kind.noun)
        elif firm_name:
            about.insert(0, firm_name)
        found.append(
            Found(
                register, key, " · ".join(filter(None, title)) or kind.noun, " · ".join(filter(None, about))
            )
        )
    return found


_NAMED_BY_FIRM = ("visit", "cloud", "nurture", "liaison", "firm_plan")
_TITLE: Mapping[str, tuple[str, ...]] = {
    "visit": ("visit_date",), "issue": ("category", "description"), "cloud": ("product",), "nurture": ("nurture_type",),
    "liaison": ("leader",), "firm_plan": (), "project": ("name",),
}  # fmt: skip
_DETAIL: Mapping[str, tuple[str, ...]] = {
    "visit": ("visit_mode", "visit_no"), "issue": ("status",), "cloud": ("verify_status",), "nurture": ("stage",),
    "liaison": ("post",), "firm_plan": ("status", "due_date"), "project": ("stage",), "duty": ("status", "due_date"),
    "matter": ("status",), "lead": ("stage",), "opportunity": ("demand_side", "status"), "product": (),
    "release": ("list_kind", "released_on"), "service": ("kind", "served_on"),
}  # fmt: skip


def _words(value: Any) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
