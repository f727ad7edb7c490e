"""Looking into every row of a register or a backup: does it still say what was saved? Making copies is in backup.py.

SQLite's own check misses almost half of single flipped bits; the digest each record carries finds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from db import backup, publishing, tallies
from db.attachment_check import Trouble, check, of_connection
from db.attachments import companion
from db.models import Publication, SpecialRow, SpecialTable, VisitTally
from db.records import digest_of, table_of
from db.registers import REGISTERS, Register
from db.special.definition import of_row
from db.special.rows import flatten, fold_in

ROWS = 2000  # read at a time


@dataclass(frozen=True, slots=True)
class Damage:
    """A record whose values are not those that were saved."""

    register: str
    record_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """`same_bytes`: whether the file is what was written, None where that is not known (a live register)."""

    rows: dict[str, int]
    damaged: list[Damage]
    same_bytes: bool | None
    attachments: tuple[Trouble, ...] = ()  # vanished or damaged ones

    @property
    def wrong_totals(self) -> int:
        """Totals of visits that differ from the rows; the rows are sound, counting anew mends them."""
        return sum(each.register == VisitTally.__tablename__ for each in self.damaged)

    @property
    def only_totals(self) -> bool:
        """Whether nothing but totals is wrong, so that no backup is needed."""
        return bool(self.damaged) and self.wrong_totals == len(self.damaged) and self.same_bytes is not False

    @property
    def ok(self) -> bool:
        return not self.damaged and self.same_bytes is not False and not self.attachments


Progress = Callable[[int, int], None]  # rows done, rows in all


def verify_file(
    path: Path, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
) -> Report:
    """Check a backup: SQLite's own check, its hash, and every record against its digest.

    MachineError or UsageError where the file cannot be read at all.
    """
    rows = backup.check_file(path)
    same = backup.check_hash(path)
    engine = create_engine("sqlite://", creator=lambda: backup.open_copy(path), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            damaged = damaged_records(connection, sum(rows.values()), progress, cancelled)
            # A backup that was taken along alone is told of when it is restored, not here.
            beside = companion(path.parent)
            troubles = (
                check(beside, of_connection(connection), progress, cancelled) if beside.is_dir() else []
            )
    finally:
        engine.dispose()
    return Report(rows, damaged, same, tuple(troubles))


def damaged_records(
    connection: Connection,
    total: int,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Damage]:
    """Every record, of all registers, that does not fit its digest or cannot be read."""
    damaged: list[Damage] = []
    done = 0
    for register in REGISTERS.values():
        last: bytes | None = None
        while not (cancelled and cancelled()):
            keys = _keys(connection, register, last)
            if not keys:
                break
            damaged += _check(connection, register, keys)
            last, done = keys[-1], done + len(keys)
            if progress:
                progress(min(done, total), total)
    return damaged + _special(connection) + _publications(connection) + _tallies(connection)


def _publications(connection: Connection) -> list[Damage]:
    return [
        Damage(Publication.__tablename__, f"第 {number} 号", what)
        for number, what in publishing.damaged(connection)
    ]


def _tallies(connection: Connection) -> list[Damage]:
    """Totals of visits that do not say what the rows say."""
    if not inspect(connection).has_table(VisitTally.__tablename__):
        return []  # a backup of an earlier version
    return [
        Damage(
            VisitTally.__tablename__,
            f"{each.period} {each.unit_code or '全区'}",
            "走访汇总数与逐条记录不一致",
        )
        for each in tallies.wrong(connection)
    ]


def _special(connection: Connection) -> list[Damage]:
    """Rows and definitions of 专项 that do not fit their digest."""
    if not inspect(connection).has_table(SpecialTable.__tablename__):
        return []  # a backup of an earlier version
    found: list[Damage] = []
    table, rows = SpecialTable.__table__, SpecialRow.__table__
    try:
        for stored in connection.execute(select(table)).mappings().all():
            definition = of_row(dict(stored))
            if definition.digest != stored["digest"]:
                found.append(Damage(definition.name, stored["key"], "内容与保存时不一致"))
            query = select(rows).where(rows.c.table_key == stored["key"])
            for row in connection.execute(query).mappings().all():
                if fold_in(definition, flatten(definition, dict(row)))["digest"] != row["digest"]:
                    found.append(Damage(definition.name, row["id"].hex, "内容与保存时不一致"))
    except _UNREADABLE:
        found.append(Damage("special", "", "有的值已不能读出"))
    return found


def _keys(connection: Connection, register: Register, after: bytes | None) -> list[bytes]:
    name = table_of(register).name
    rows = connection.exec_driver_sql(
        f'SELECT id FROM "{name}" WHERE id > ? ORDER BY id LIMIT ?',
        (after if after is not None else b"", ROWS),
    )
    return [row[0] for row in rows]


def _check(connection: Connection, register: Register, keys: list[bytes]) -> list[Damage]:
    table = table_of(register)
    try:
        query = select(table).where(table.c.id.between(UUID(bytes=keys[0]), UUID(bytes=keys[-1])))
        rows = connection.execute(query).mappings().all()
    except _UNREADABLE:
        if len(keys) == 1:
            return [Damage(register.key, keys[0].hex(), "有的值已不能读出")]
        half = len(keys) // 2
        return _check(connection, register, keys[:half]) + _check(connection, register, keys[half:])
    found = [
        Damage(register.key, row["id"].hex, "内容与保存时不一致")
        for row in rows
        if not _fits(register, dict(row))
    ]
    missing = len(keys) - len(rows)
    return [*found, *([Damage(register.key, "", f"有 {missing} 条记录读不到")] if missing > 0 else [])]


def _fits(register: Register, row: dict[str, Any]) -> bool:
    try:
        return digest_of(register, row) == str(row["digest"])
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return False


# What reading a damaged value may raise: bad UTF-8, bad JSON, a date or number that is none.
_UNREADABLE = (
    DBAPIError,
    UnicodeError,
    json.JSONDecodeError,
    ValueError,
    TypeError,
    ArithmeticError,
    AttributeError,
)
