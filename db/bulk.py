"""Many rows straight to the driver, column by column: an executemany without the work on each single value.

What the rows hold and whether they may be written is decided elsewhere; the values are stored exactly as the
column types of types.py would store them. When they are written is for behind.py.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import repeat
from operator import is_, itemgetter
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Table, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from db import behind
from db.types import Json, Key, Moment, Scaled

Convert = Callable[[Any], Any]

AT_ONCE = 2_000  # rows that are turned into the driver's form at a time
_DIALECT = sqlite.dialect()
_NOTHING: Mapping[str, Sequence[Any]] = {}


def dumps(value: Any) -> str:
    """JSON as the column type writes it."""
    if type(value) is list and all(type(each) is str for each in value):
        return "[" + ",".join(map(_quoted_text, value)) + "]"
    return _ENCODER.encode(value)


_quoted_text: Callable[[str], str] = json.encoder.encode_basestring
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def insert_rows(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    ready: Collection[str] = (),
    only: Sequence[str] | None = None,
    instead: Mapping[str, Sequence[Any]] = _NOTHING,
    refused: behind.Refusal | None = None,
) -> None:
    """Insert rows that all have the same columns (those of the first; others of the table stay empty).

    `ready`: columns whose values are as the driver takes them already (JSON that was put together before).
    `only`: the columns in which any of the rows has something, where that is known.
    `instead`: columns whose values, as the driver takes them, stand here and not in the rows.
    `refused`: as behind.write has it.
    """
    if not rows:
        return
    names = tuple(rows[0]) if only is None else tuple(only)
    head, converters = inserting(table, names, (*ready, *instead))
    made = _driver_rows(names, converters, rows, instead)

    def job(driver: sqlite3.Connection) -> None:
        for part in made:
            behind.insert(driver, head, part)

    behind.write(session, job, refused)


def insert_columns(
    session: Session,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    same: Mapping[str, Any],
    *,
    ready: Collection[str] = (),
) -> None:
    """Insert rows that are given column by column; `same` is what all of them hold. `ready` as for `insert_rows`."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    head, converters = inserting(table, (*columns, *same), tuple(ready))
    made: list[Iterable[Any]] = []
    for column, convert in zip(columns.values(), converters, strict=False):
        made.append(column if convert is None else _converted(convert, column))
    for value, convert in zip(same.values(), converters[len(columns) :], strict=True):
        made.append(repeat(value if convert is None or value is None else convert(value), count))
    rows = list(zip(*made, strict=True))
    behind.write(session, lambda driver: behind.insert(driver, head, rows))


def overwrite(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], only: Sequence[str] | None = None
) -> None:
    """Set columns of stored rows, told by their `id`: every one, or those that are named."""
    if not rows:
        return
    chosen = table.columns.keys() if only is None else only
    names = tuple(dict.fromkeys(name for name in chosen if name != "id"))
    sql, converters = updating(table, names)
    names, converters = (*names, "id"), (*converters, converter(table.c["id"].type))
    connection = session.connection()
    for part in _driver_rows(names, converters, rows):
        connection.exec_driver_sql(sql, part)


def _driver_rows(
    names: tuple[str, ...],
    converters: tuple[Convert | None, ...],
    rows: Sequence[Mapping[str, Any]],
    instead: Mapping[str, Sequence[Any]] = _NOTHING,
) -> list[list[tuple[Any, ...]]]:
    """The rows as the driver takes them, in parts of some thousands."""
    values = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    made = []
    for start in range(0, len(rows), AT_ONCE):
        columns: list[Sequence[Any]] = list(zip(*map(values, rows[start : start + AT_ONCE]), strict=True))
        for name, column in instead.items():
            columns[names.index(name)] = column[start : start + AT_ONCE]
        for place, convert in enumerate(converters):
            if convert is not None:
                columns[place] = _converted(convert, columns[place])
        made.append(list(zip(*columns, strict=True)))
    return made


def _converted(convert: Convert, column: Sequence[Any]) -> Sequence[Any]:
    first = column[0]
    if first is column[-1] and all(map(is_, column, repeat(first))):
        # The moment they are written at, the batch they are of.
        return column if first is None else [convert(first)] * len(column)
    return [None if each is None else convert(each) for each in column]


@cache
def inserting(
    table: Table, names: tuple[str, ...], ready: tuple[str, ...] = ()
) -> tuple[str, tuple[Convert | None, ...]]:
    """The statement that inserts these columns, up to VALUES, and what turns their values into the driver's."""
    forgotten = [column.name for column in table.columns if column.default and column.name not in names]
    if forgotten:
        raise ValueError(f"{table.name}: {forgotten}")  # their defaults are known to SQLAlchemy alone
    columns = ", ".join(_quoted(name) for name in names)
    head = f"INSERT INTO {_quoted(table.name)} ({columns})"
    return head, tuple(None if name in ready else converter(table.c[name].type) for name in names)


@cache
def updating(table: Table, names: tuple[str, ...]) -> tuple[str, tuple[Convert | None, ...]]:
    """The statement that sets these columns of the row with an `id` (its last value), and what converts their values."""
    sets = ", ".join(f"{_quoted(name)} = ?" for name in names)
    sql = f'UPDATE {_quoted(table.name)} SET {sets} WHERE "id" = ?'
    return sql, tuple(converter(table.c[name].type) for name in names)


def driver_row(converters: Iterable[Convert | None], values: Iterable[Any]) -> tuple[Any, ...]:
    """The values of one row as the driver takes them."""
    return tuple(
        value if convert is None or value is None else convert(value)
        for convert, value in zip(converters, values, strict=True)
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def converter(kind: Any) -> Convert | None:
    """From a value to what the driver stores for this column type; None where it takes the value as it is."""
    if isinstance(kind, Key):
        return lambda value: value.int.to_bytes(16, "big")
    if isinstance(kind, Scaled):
        return _scaled(kind)
    if isinstance(kind, Json):
        return dumps
    if isinstance(kind, Moment):
        return _moment
    if isinstance(kind, Date):
        exact: Convert = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT) or str
        return lambda value: value.isoformat() if type(value) is date else exact(value)
    if isinstance(kind, Boolean):
        checked: Convert = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT) or int
        return lambda value: value if type(value) is bool else checked(value)
    if isinstance(kind, (Text, Integer)):
        return None
    found: Convert | None = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return found


def _scaled(kind: Scaled) -> Convert:
    places, store = kind.places, kind.process_bind_param

    def convert(value: Any) -> Any:
        if type(value) is Decimal and value.is_finite():
            whole = value.scaleb(places)
            if whole == (number := int(whole)):
                return number
        return store(value, _DIALECT)

    return convert


@lru_cache(maxsize=100)
def _moment(value: datetime) -> str | None:
    """As Moment stores it. Many rows are written at one moment, and a row names it several times."""
    return Moment().process_bind_param(value, _DIALECT)
