"""One statement straight to SQLite, inside the session's transaction: for what every save and every card asks.

A statement of SQLAlchemy's costs ten times what SQLite needs to answer it. Many rows are written by bulk.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import Session

from db import behind, bulk


def stream(session: Session, sql: str, values: Any = ()) -> sqlite3.Cursor:
    """The answer to a statement, row by row."""
    return _ready(session).execute(sql, values)


def fetch(session: Session, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """All rows of a SELECT."""
    return _ready(session).execute(sql, values).fetchall()


def first(session: Session, sql: str, values: Any = ()) -> tuple[Any, ...] | None:
    """The first row of a SELECT, or None."""
    cursor = _ready(session).execute(sql, values)
    row: tuple[Any, ...] | None = cursor.fetchone()
    cursor.close()  # SQLite is not left in the middle of it
    return row


def insert(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, given by its columns. Raises sqlite3.IntegrityError; then nothing of it is written."""
    head, converters = bulk.inserting(table, tuple(row))
    behind.insert(_ready(session), head, [bulk.driver_row(converters, row.values())])


def update(session: Session, table: Table, key: UUID, changes: Mapping[str, Any]) -> None:
    """Set columns of the row with this `id`. Raises as `insert` does."""
    sql, converters = bulk.updating(table, tuple(changes))
    _ready(session).execute(sql, (*bulk.driver_row(converters, changes.values()), key.bytes))


def _ready(session: Session) -> sqlite3.Connection:
    """SQLite's connection, when what the session or the background has still to write is written."""
    session.flush()
    behind.settle(session)
    return behind.driver_of(session)
