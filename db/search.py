"""Finding an enterprise by any fragment of its names or code, or by pinyin initials. Suggesting duplicates is not here.

A name is folded (NFKC, letters and digits only) and kept with a space between characters, so that a phrase
query finds fragments of any length; FTS5's trigrams find nothing for one or two characters. Initials of up to
two letters are a prefix of a B-tree, longer ones the beginning of a suffix in a second FTS table. Credit codes
are found by their beginning (the B-tree of the cards) or by four or more of their last characters (suffixes, too:
as single characters their digits would be in every firm's text).
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from db import behind, plan_store
from db.errors import MachineError
from db.models.issue import OPEN
from db.pinyin import SPELLED_MOST, spelled_suffixes, syllables
from db.pinyin import initials as initials
from db.pinyin import letters as letters
from db.text import name_core

CANDIDATES = 120  # matches looked at before ranking; a fragment that fits more firms is too short to rank
BREAK = "\ue000"  # a token of its own between two names, so that no phrase spans both
FUZZY_SCORE = 70
_SHORT = 2
_IN_CHUNKS = 500
CODE_MARK = "#"  # before the credit code, among the initials
SPELLED_MARK = "~"  # before the syllables of the name, kept apart by '
CODE_TAIL, CODE_LEAST = 10, 4  # how much of a code's end is searched, and how much of it must be typed


@dataclass(frozen=True, slots=True)
class Hit:
    """One enterprise that was found, with what helps to tell it from its namesakes."""

    id: UUID
    name: str
    uscc: str
    street: str  # the street's name
    last_visit: date | None
    open_issues: int


def spaced(raw: str) -> str:
    return " ".join(letters(raw))


def names_in(alias: str | None) -> list[str]:
    """The former and other names that stand in one field."""
    return re.split(r"[;；、,，\n]", alias or "")


def folded(record: Mapping[str, Any]) -> str:
    """The searchable text of a card: name and former names."""
    alias = record.get("alias")
    names = [record.get("name") or "", *(names_in(alias) if alias else ())]
    return f" {BREAK} ".join(each for each in map(spaced, names) if each)


def _suffixes(variants: str) -> str:
    """“yzwl” → “yzwl zwl wl”, “#…0015l” → “…0015l … 015l”, “~yun'zhan” → “yunzhan zhan”: what the second FTS holds.

    Single letters are left to the B-tree.
    """
    found: list[str] = []
    for each in variants.split(" "):
        if each.startswith(CODE_MARK):
            found += [each[-length:] for length in range(CODE_TAIL, CODE_LEAST - 1, -1) if length < len(each)]
        elif each.startswith(SPELLED_MARK):
            found += spelled_suffixes(each[1:].split("'"))
        else:
            found += [each[start:] for start in range(max(1, len(each) - 1))]
    return " ".join(found)


# ---------------------------------------------------------------- keeping it up to date


def index(session: Session, record: Mapping[str, Any]) -> None:
    """Bring the search up to date with one enterprise (a deleted one leaves it)."""
    _index(session.connection(), record, None if record.get("deleted_at") else places_of(session))


def reindex(session: Session, records: Sequence[Mapping[str, Any]]) -> None:
    """The same for several."""
    places = places_of(session) if records else ()
    for record in records:
        _index(session.connection(), record, places)


def _index(connection: Connection, record: Mapping[str, Any], places: tuple[str, ...] | None) -> None:
    key = record["id"].bytes
    stored = connection.exec_driver_sql(
        "SELECT seq, folded, initials, name_key FROM enterprise_search WHERE enterprise_id = ?", (key,)
    ).first()
    if record.get("deleted_at") is not None:
        if stored is not None:
            _forget(connection, *stored[:3])
            connection.exec_driver_sql("DELETE FROM enterprise_search WHERE seq = ?", (stored[0],))
        return
    fresh = _texts(record, places or ())
    if stored is not None and tuple(stored[1:]) == fresh:
        return
    if stored is not None:
        # An FTS5 table without its own content must be handed the old text to forget it (SQLite < 3.43).
        _forget(connection, *stored[:3])
        connection.exec_driver_sql(
            "UPDATE enterprise_search SET folded = ?, initials = ?, name_key = ? WHERE seq = ?",
            (*fresh, stored[0]),
        )
        seq = stored[0]
    else:
        seq = connection.exec_driver_sql(
            "INSERT INTO enterprise_search (enterprise_id, folded, initials, name_key) VALUES (?, ?, ?, ?)",
            (key, *fresh),
        ).lastrowid
    connection.exec_driver_sql("INSERT INTO fts_name (rowid, folded) VALUES (?, ?)", (seq, fresh[0]))
    connection.exec_driver_sql(
        "INSERT INTO fts_initials (rowid, initials) VALUES (?, ?)", (seq, _suffixes(fresh[1]))
    )


def index_new(
    session: Session, cards: Sequence[Mapping[str, Any]], places: tuple[str, ...] | None = None
) -> None:
    """Bring many enterprises into the search that are not `held`; `places`: of `places_of`, for who calls often."""
    if not cards:
        return
    if places is None:
        places = places_of(session)
    made = [(card["id"].bytes, *_texts(card, places)) for card in cards]
    suffixes = [_suffixes(each[2]) for each in made]

    def job(driver: sqlite3.Connection) -> None:
        [[last]] = driver.execute("SELECT coalesce(max(seq), 0) FROM enterprise_search")
        columns = "(seq, enterprise_id, folded, initials, name_key)"
        rows = [(seq, *each) for seq, each in enumerate(made, last + 1)]
        behind.insert(driver, f"INSERT INTO enterprise_search {columns}", rows)
        behind.insert(driver, "INSERT INTO fts_name (rowid, folded)", [(row[0], row[2]) for row in rows])
        behind.insert(
            driver, "INSERT INTO fts_initials (rowid, initials)", list(enumerate(suffixes, last + 1))
        )

    behind.write(session, job)


def index_many(session: Session, cards: Sequence[Mapping[str, Any]]) -> None:
    """Bring the search up to date with many live enterprises; those that were never in it go in all at once."""
    known = held(session, [card["id"] for card in cards])
    index_new(session, [card for card in cards if card["id"].bytes not in known])
    reindex(session, [card for card in cards if card["id"].bytes in known])


def held(session: Session, keys: Sequence[UUID]) -> set[bytes]:
    """Those of the keys that the search holds something of."""
    return {row[1] for row in _stored(session.connection(), keys)}


def forget(session: Session, keys: Sequence[UUID]) -> None:
    """Take enterprises out of the search that are no longer stored."""
    connection = session.connection()
    rows = _stored(connection, keys)
    if not rows:
        return
    connection.exec_driver_sql(
        "INSERT INTO fts_name (fts_name, rowid, folded) VALUES ('delete', ?, ?)",
        [(row[0], row[2]) for row in rows],
    )
    connection.exec_driver_sql(
        "INSERT INTO fts_initials (fts_initials, rowid, initials) VALUES ('delete', ?, ?)",
        [(row[0], _suffixes(row[3])) for row in rows],
    )
    connection.exec_driver_sql("DELETE FROM enterprise_search WHERE seq = ?", [(row[0],) for row in rows])


def _stored(connection: Connection, keys: Sequence[UUID]) -> list[tuple[int, bytes, str, str]]:
    """What the search holds of these enterprises: number, key, folded names, initials."""
    found: list[tuple[int, bytes, str, str]] = []
    for start in range(0, len(keys), _IN_CHUNKS):
        chunk = tuple(key.bytes for key in keys[start : start + _IN_CHUNKS])
        rows = connection.exec_driver_sql(
            "SELECT seq, enterprise_id, folded, initials FROM enterprise_search "
            f"WHERE enterprise_id IN ({', '.join('?' * len(chunk))})",
            chunk,
        )
        found += [(row[0], bytes(row[1]), row[2], row[3]) for row in rows]
    return found


def rebuild(session: Session) -> int:
    """Make the whole search anew from the cards; returns how many it holds."""
    connection = session.connection()
    places = places_of(session)
    connection.exec_driver_sql("INSERT INTO fts_initials (fts_initials) VALUES ('delete-all')")
    connection.exec_driver_sql("DELETE FROM enterprise_search")
    cards = connection.exec_driver_sql(
        "SELECT id, name, alias, uscc FROM enterprise WHERE deleted_at IS NULL ORDER BY id"
    ).mappings()
    rows = [(seq, card["id"], *_texts(dict(card), places)) for seq, card in enumerate(cards, 1)]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO enterprise_search (seq, enterprise_id, folded, initials, name_key) VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        connection.exec_driver_sql(
            "INSERT INTO fts_initials (rowid, initials) VALUES (?, ?)",
            [(row[0], _suffixes(row[3])) for row in rows],
        )
    connection.exec_driver_sql("INSERT INTO fts_name (fts_name) VALUES ('rebuild')")
    return len(rows)


def _texts(record: Mapping[str, Any], places: tuple[str, ...]) -> tuple[str, str, str]:
    name, code = record.get("name") or "", letters(record.get("uscc") or "").lower()
    read = syllables(name)
    latin = f"{initials(name, read)} {CODE_MARK}{code}" if code else initials(name, read)
    if any(len(each) > 1 for each in read):
        latin += f" {SPELLED_MARK}" + "'".join(read)
    return folded(record), latin, name_core(name, places)


def _forget(connection: Connection, seq: int, old_folded: str, old_initials: str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO fts_name (fts_name, rowid, folded) VALUES ('delete', ?, ?)", (seq, old_folded)
    )
    connection.exec_driver_sql(
        "INSERT INTO fts_initials (fts_initials, rowid, initials) VALUES ('delete', ?, ?)",
        (seq, _suffixes(old_initials)),
    )


def places_of(session: Session) -> tuple[str, ...]:
    """The names of places that firms' names begin with here, and that do not tell them apart."""
    try:
        return plan_store.current(session).name_places
    except MachineError:  # a register that is just being set up
        return ()


# ---------------------------------------------------------------- asking


def phrase(query: str) -> str:
    """The FTS5 query for a typed text: each word a phrase of characters, all of them wanted. Empty for none."""
    words = [each for each in map(spaced, query.split()) if each]
    return " AND ".join(f'"{word}"' for word in words)


def is_latin(query: str) -> bool:
    """Whether a text may be pinyin initials or part of a code: Latin letters and digits only."""
    return letters(query).isascii()


def _finds_suffixes(low: str) -> bool:
    """Digits are looked for among the ends of codes only from the fourth on; before, they fit half of all codes."""
    return low.isalpha() or len(low) >= CODE_LEAST


def _begins(low: str) -> str:
    """The FTS5 query for initials, the end of a code or whole pinyin that begin with what was typed."""
    if len(low) <= SPELLED_MOST:
        return f'"{low}"*'
    return f'"{low}"* OR "{low[:SPELLED_MOST]}"'


def find_enterprises(session: Session, query: str, limit: int = 20, own_street: str = "") -> list[Hit]:
    """The best matches for a fragment of a name, former name or code, or for pinyin initials.

    Names that begin with the query come first, then those of `own_street` (a code). Only when nothing is found
    are similar names offered.
    """
    if not letters(query):
        return []
    connection = session.connection()
    found = _starting_with(connection, query, limit)
    found.update(_seqs(connection, query))
    if not found:
        found = dict.fromkeys(_similar(connection, query, places_of(session), limit), 3)
        return _hits(connection, found, limit, "", keep_order=True)
    return _hits(connection, found, limit, own_street, query=query)


def matching(session: Session, query: str, cap: int) -> list[bytes] | None:
    """The keys (16 bytes) of all enterprises that `find_enterprises` would consider, or None beyond `cap`."""
    connection = session.connection()
    sql, values = _match_sql(query)
    if not sql:
        return []
    rows = connection.exec_driver_sql(
        f"SELECT enterprise_id FROM enterprise_search WHERE seq IN ({sql}) LIMIT ?", (*values, cap + 1)
    ).all()
    return None if len(rows) > cap else [bytes(row[0]) for row in rows]


def _match_sql(query: str) -> tuple[str, tuple[str, ...]]:
    """A SELECT of the `seq` of every match, in no particular order."""
    wanted = phrase(query)
    if not wanted:
        return "", ()
    sql, values = "SELECT rowid FROM fts_name WHERE fts_name MATCH ?", [wanted]
    if is_latin(query):
        low = letters(query).lower()
        if len(low) <= _SHORT:
            sql += " UNION SELECT seq FROM enterprise_search WHERE initials >= ? AND initials < ?"
            values += [low, low + "\U0010ffff"]
        if _finds_suffixes(low):
            sql += " UNION SELECT rowid FROM fts_initials WHERE fts_initials MATCH ?"
            values.append(_begins(low))
        sql += f" UNION SELECT s.seq {_BY_CODE}"
        values += [low.upper(), low.upper() + "\U0010ffff"]
    return sql, tuple(values)


# Worded as the unique index of codes is, so that it serves.
_BY_CODE = (
    "FROM enterprise e JOIN enterprise_search s ON s.enterprise_id = e.id "
    "WHERE e.uscc >= ? AND e.uscc < ? AND e.uscc IS NOT NULL AND e.deleted_at IS NULL"
)


def _starting_with(connection: Connection, query: str, limit: int) -> dict[int, int]:
    name = unicodedata.normalize("NFKC", query).strip()
    rows = connection.exec_driver_sql(
        "SELECT s.seq FROM enterprise e JOIN enterprise_search s ON s.enterprise_id = e.id "
        "WHERE e.name >= ? AND e.name < ? AND e.deleted_at IS NULL ORDER BY e.name LIMIT ?",
        (name, name + "\U0010ffff", limit),
    )
    return {row[0]: 0 for row in rows}


def _seqs(connection: Connection, query: str) -> dict[int, int]:
    """Up to CANDIDATES matches by `seq`; initials and codes only where no Chinese was typed."""
    found: dict[int, int] = {}
    if is_latin(query):
        low = letters(query).lower()
        rows = connection.exec_driver_sql(
            f"SELECT s.seq {_BY_CODE} ORDER BY e.uscc LIMIT ?",
            (low.upper(), low.upper() + "\U0010ffff", CANDIDATES),
        )
        found.update((row[0], 1) for row in rows)
        if len(low) <= _SHORT:
            rows = connection.exec_driver_sql(
                "SELECT seq FROM enterprise_search WHERE initials >= ? AND initials < ? ORDER BY initials LIMIT ?",
                (low, low + "\U0010ffff", CANDIDATES),
            )
            found.update((row[0], 1) for row in rows)
        if len(found) < CANDIDATES and _finds_suffixes(low):
            rows = connection.exec_driver_sql(
                "SELECT rowid FROM fts_initials WHERE fts_initials MATCH ? LIMIT ?",
                (_begins(low), CANDIDATES),
            )
            for row in rows:
                found.setdefault(row[0], 2)
    rows = connection.exec_driver_sql(
        "SELECT rowid FROM fts_name WHERE fts_name MATCH ? LIMIT ?", (phrase(query), CANDIDATES)
    )
    for row in rows:
        found.setdefault(row[0], 2)
    return found


def _similar(connection: Connection, query: str, places: tuple[str, ...], limit: int) -> list[int]:
    """Names that are nearly the query: candidates share two neighbouring characters with it."""
    from rapidfuzz import fuzz, process

    wanted = letters(name_core(query, places))
    if len(wanted) < 3 or is_latin(query):
        return []
    candidates: dict[int, str] = {}
    for start in range(min(len(wanted) - 1, 12)):
        rows = connection.exec_driver_sql(
            "SELECT s.seq, s.name_key FROM fts_name f JOIN enterprise_search s ON s.seq = f.rowid "
            "WHERE f.fts_name MATCH ? LIMIT ?",
            (f'"{spaced(wanted[start : start + 2])}"', CANDIDATES),
        )
        candidates.update((row[0], row[1]) for row in rows)
    best = process.extract(wanted, candidates, scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE, limit=limit)
    return [seq for _name, _score, seq in best]


def _hits(
    connection: Connection,
    found: Mapping[int, int],
    limit: int,
    own_street: str,
    *,
    query: str = "",
    keep_order: bool = False,
) -> list[Hit]:
    if not found:
        return []
    rows: Iterable[Any] = connection.exec_driver_sql(
        "SELECT s.seq, e.id, e.name, e.uscc, e.street_code, s.name_key FROM enterprise_search s "
        f"JOIN enterprise e ON e.id = s.enterprise_id WHERE s.seq IN ({_list(found)})"
    ).all()
    if keep_order:
        places = {seq: place for place, seq in enumerate(found)}
        ordered = sorted(rows, key=lambda row: places[row[0]])
    else:
        start = letters(query)

        def rank(row: Any) -> tuple[Any, ...]:
            begins = letters(row[2] or "").startswith(start) or row[5].startswith(start)
            return (0 if begins else max(1, found[row[0]]), row[4] != own_street, row[2] or "", row[0])

        ordered = sorted(rows, key=rank)
    chosen = ordered[:limit]
    known = _details(connection, [row[0] for row in chosen])
    return [
        Hit(
            UUID(bytes=bytes(row[1])),
            row[2] or "",
            row[3] or "",
            known[row[0]][0] or "",
            known[row[0]][1],
            known[row[0]][2],
        )
        for row in chosen
    ]


_OPEN = ", ".join(f"'{status}'" for status in OPEN)


def _details(connection: Connection, seqs: list[int]) -> dict[int, tuple[str | None, date | None, int]]:
    rows = connection.exec_driver_sql(
        "SELECT s.seq, u.name, "
        "(SELECT v.visit_date FROM visit v WHERE v.enterprise_id = e.id AND v.deleted_at IS NULL "
        "ORDER BY v.visit_date DESC LIMIT 1), "
        "(SELECT count(*) FROM issue i WHERE i.enterprise_id = e.id AND i.deleted_at IS NULL "
        f"AND i.status IN ({_OPEN})) "
        "FROM enterprise_search s JOIN enterprise e ON e.id = s.enterprise_id "
        f"LEFT JOIN org_unit u ON u.code = e.street_code WHERE s.seq IN ({_list(seqs)})"
    )
    return {row[0]: (row[1], date.fromisoformat(row[2]) if row[2] else None, row[3]) for row in rows}


def _list(seqs: Iterable[int]) -> str:
    """Our own integers, so they may stand in the statement (SQLite allows only so many bound values)."""
    return ",".join(str(int(seq)) for seq in seqs) or "NULL"
