"""The rows behind many figures, each row once, gathered in a temporary file and never held: for source_sheets.py.

A row knows the figures it counts for; rows that count for the same figures lie together, so that a figure is a few
spans of rows. What a figure's rows are is db/sources.py's.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import lists, sources
from db.fields import Kind
from db.registers import REGISTERS
from db.rows_behind import RETURN, columns_of, rows_of_query
from db.sources import Source
from returns.report_looks import decimals

MOST_ROWS = 500_000  # of one sheet: what a person can still open
_PIECE = 1_000
_SPANS = 50  # that are told of one figure
RowsOf = Callable[[Session, str, str], Iterator[Mapping[str, Any]]]


@dataclass(slots=True)
class Spans:
    """Where the rows of a figure lie: pairs of first and last place, from 0, and how many rows they are."""

    pieces: list[list[int]] = field(default_factory=list)
    rows: int = 0

    def add(self, at: int) -> None:
        self.rows += 1
        if self.pieces and self.pieces[-1][1] == at - 1:
            self.pieces[-1][1] = at
        elif len(self.pieces) < _SPANS:
            self.pieces.append([at, at])


class SourceRows:
    """Add figures by their sources, then `lie` once for each register, then read its rows.

    Whole figures are added by `add`; a part of one that is “the rows of one unit” needs no reading of its own (`lie`).
    """

    def __init__(self, session: Session, period: str, rows_of: RowsOf = sources.rows_of) -> None:
        self._session, self._period, self._rows_of = session, period, rows_of
        # A file of its own that goes away with the connection.
        self._file = sqlite3.connect("")
        self._file.executescript(
            """PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000; PRAGMA temp_store=FILE;
            CREATE TABLE hit (register TEXT, id BLOB, figure INTEGER, PRIMARY KEY (register, id, figure)) WITHOUT ROWID;
            CREATE TABLE seen (register TEXT, id BLOB, unit TEXT, payload BLOB, PRIMARY KEY (register, id));
            CREATE TABLE lying (register TEXT, place INTEGER, unit TEXT, figures TEXT, payload BLOB,
                                PRIMARY KEY (register, place)) WITHOUT ROWID;"""
        )
        self._columns: dict[str, tuple[tuple[str, str], ...]] = {}
        self.dropped: dict[str, int] = {}  # rows beyond MOST_ROWS, by register

    @property
    def registers(self) -> list[str]:
        """Those that have rows, in the order they were first added."""
        return list(self._columns)

    def columns(self, register: str) -> tuple[tuple[str, str], ...]:
        return self._columns[register]

    def add(self, number: int, source: Source, *, listed: bool = False) -> None:
        """The rows of a figure. `number` tells it again in `lie` and `rows`. `listed`: it is its query and has no key."""
        register = source.register
        if source.query is not None:
            keys = self._session.connection().execute(lists.keys_of(source.query)).scalars()
            self._hit(register, number, (_key(each) for each in keys))
            if not self._unseen(register, number):
                return
        columns = self._columns.setdefault(register, columns_of(register))
        if listed and source.query is not None:
            found = rows_of_query(self._session, source.query)
        else:
            found = iter(self._rows_of(self._session, self._period, source.key))
        while piece := list(islice(found, _PIECE)):
            self._file.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)",
                (
                    (
                        register,
                        _key(row["id"] or row["unit_code"]),
                        row["unit_code"] or "",
                        _packed(row, columns),
                    )
                    for row in piece
                ),
            )
            if source.query is None:
                self._hit(register, number, (_key(row["id"] or row["unit_code"]) for row in piece))

    def lie(self, register: str, parts: Mapping[tuple[int, str], int]) -> dict[int, Spans]:
        """Give every row of a register its place; the spans of each figure, by its number.

        `parts`: (figure, unit) → the number of the figure that is its part for one unit.
        """
        self._file.execute(
            """INSERT INTO lying SELECT register, row_number() OVER (ORDER BY told, unit, place) - 1, unit, told, payload
            FROM (SELECT s.register, s.rowid AS place, s.unit, s.payload,
                         (SELECT group_concat(substr('0000' || figure, -5)) FROM
                          (SELECT figure FROM hit WHERE register = s.register AND id = s.id ORDER BY figure)) AS told
                  FROM seen AS s WHERE s.register = ?)""",
            (register,),
        )
        spans: dict[int, Spans] = {}
        known: dict[tuple[str, str], tuple[int, ...]] = {}
        rows = self._file.execute(
            "SELECT place, unit, figures FROM lying WHERE register = ? ORDER BY place", (register,)
        )
        for place, unit, told in rows:
            if place >= MOST_ROWS:
                self.dropped[register] = self.dropped.get(register, 0) + 1
                continue
            key = (unit, told)
            if key not in known:
                known[key] = _numbers(unit, told, parts)
            for number in known[key]:
                spans.setdefault(number, Spans()).add(place)
        return spans

    def rows(
        self, register: str, parts: Mapping[tuple[int, str], int]
    ) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
        """The rows of a register in their places: the numbers of the figures each counts for, and its values."""
        known: dict[tuple[str, str], tuple[int, ...]] = {}
        found = self._file.execute(
            "SELECT unit, figures, payload FROM lying WHERE register = ? AND place < ? ORDER BY place",
            (register, MOST_ROWS),
        )
        for unit, told, payload in found:
            key = (unit, told)
            if key not in known:
                known[key] = _numbers(unit, told, parts)
            yield known[key], pickle.loads(payload)

    def count(self, register: str) -> int:
        found = self._file.execute("SELECT count(*) FROM seen WHERE register = ?", (register,)).fetchone()
        return min(int(found[0]), MOST_ROWS)

    def close(self) -> None:
        self._file.close()

    def _hit(self, register: str, number: int, keys: Iterator[bytes]) -> None:
        self._file.executemany(
            "INSERT OR IGNORE INTO hit VALUES (?, ?, ?)", ((register, key, number) for key in keys)
        )

    def _unseen(self, register: str, number: int) -> bool:
        found = self._file.execute(
            """SELECT EXISTS (SELECT 1 FROM hit AS h WHERE h.register = ? AND h.figure = ?
               AND NOT EXISTS (SELECT 1 FROM seen AS s WHERE s.register = h.register AND s.id = h.id))""",
            (register, number),
        ).fetchone()
        return bool(found[0])


def shown(register: str, columns: Sequence[tuple[str, str]]) -> list[tuple[str, float, str]]:
    """Heading, width in characters and number format of each column of a register's rows."""
    return [(label, *_look(register, name)) for name, label in columns]


_WIDTHS = {"firm": 34.0, "uscc": 22.0, "unit": 18.0, "date": 12.0}


def _look(register: str, name: str) -> tuple[float, str]:
    if register == RETURN:
        return {"date": (12.0, "yyyy-mm-dd"), "late_days": (10.0, "#,##0"), "revision": (8.0, "0")}.get(
            name, (18.0, "")
        )
    own = REGISTERS[register]
    called = own.placed_by if name == "date" else name
    declared = own.field(called) if called in {each.name for each in own.fields} else None
    kind = declared.kind if declared is not None else Kind.TEXT
    if kind is Kind.DATE:
        return 12.0, "yyyy-mm-dd"
    if kind in (Kind.NUMBER, Kind.INTEGER) and name != "indicator_no" and declared is not None:
        return 13.0, decimals(declared.places)
    if kind is Kind.LONG:
        return 44.0, ""
    return _WIDTHS.get(name, 30.0 if declared is not None and declared.wide else 16.0), ""


def _numbers(unit: str, told: str, parts: Mapping[tuple[int, str], int]) -> tuple[int, ...]:
    whole = [int(each) for each in (told or "").split(",") if each]
    return (*whole, *(parts[number, unit] for number in whole if (number, unit) in parts))


def _packed(row: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> bytes:
    return pickle.dumps(tuple(_plain(row[name]) for name, _ in columns), pickle.HIGHEST_PROTOCOL)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return value


def _key(value: Any) -> bytes:
    return value.bytes if isinstance(value, UUID) else str(value).encode()
