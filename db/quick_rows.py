"""A firm's rows read with little between the caller and SQLite: a card asks two dozen small questions at once.

The SQL of each question is written once per shape; values are decoded by the columns' own types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.orm import Session

from db.bulk import converter
from db.direct import fetch
from db.records import Values, table_of
from db.registers import REGISTERS

Decode = Callable[[Any], Any]
_DIALECT = dialect.dialect()


def rows_of(
    session: Session,
    register: str,
    key: UUID,
    columns: tuple[str, ...] = (),
    *,
    by: str = "enterprise_id",
    where: str = "",
    values: Sequence[Any] = (),
    order: str = "id DESC",
    live: bool = True,
) -> list[Values]:
    """The rows of a register whose column `by` has this key: the named columns (all, for none named) and the id.

    `where` and `order` are our own SQL, `values` what its question marks stand for. Only live rows unless `live` is
    False.
    """
    sql, names, decoders = _shape(register, columns, by, where, order, live)
    found = fetch(session, sql, (key.bytes, *values))
    return [
        {
            name: value if read is None or value is None else read(value)
            for name, read, value in zip(names, decoders, row, strict=True)
        }
        for row in found
    ]


def present(session: Session, table: Table, column: str, values: Iterable[Any]) -> list[Any]:
    """Those of some hundred values that a column holds, in order: most of what a file brings is new here."""
    convert = converter(table.c[column].type)
    known = {each if convert is None else convert(each): each for each in values}
    marks = ", ".join("?" * len(known))
    found = fetch(
        session, f"SELECT DISTINCT {column} FROM {table.name} WHERE {column} IN ({marks})", tuple(known)
    )
    held = {row[0] for row in found}
    return [value for stored, value in known.items() if stored in held] if held else []


@cache
def _shape(
    register: str, columns: tuple[str, ...], by: str, where: str, order: str, live: bool
) -> tuple[str, tuple[str, ...], tuple[Decode | None, ...]]:
    table = table_of(REGISTERS[register])
    names = tuple(dict.fromkeys(("id", *columns))) if columns else tuple(table.c.keys())
    sql = f"SELECT {', '.join(names)} FROM {table.name} WHERE {by} = ?"
    if live:
        sql += " AND deleted_at IS NULL"
    if where:
        sql += f" AND {where}"
    return f"{sql} ORDER BY {order}", names, tuple(decoder(register, name) for name in names)


@cache
def decoder(register: str, name: str) -> Decode | None:
    """What turns a stored value of a column into the one the program works with; None where it is that already."""
    return table_of(REGISTERS[register]).c[name].type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


def counts_of(session: Session, key: UUID, registers: tuple[str, ...]) -> dict[str, int]:
    """How many live rows of each register name a firm."""
    [row] = fetch(session, _counting(registers), (key.bytes,) * len(registers))
    return dict(zip(registers, row, strict=True))


@cache
def _counting(registers: tuple[str, ...]) -> str:
    parts = (
        f"(SELECT count(*) FROM {table_of(REGISTERS[each]).name} WHERE enterprise_id = ? AND deleted_at IS NULL)"
        for each in registers
    )
    return f"SELECT {', '.join(parts)}"
