"""The rows of a 专项: saved with revision, digest and audit like every record. What may be left empty is in checks.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from db import locks
from db.errors import Refused, StaleRecord
from db.fields import Field, Kind
from db.models import AuditEntry, SpecialAnswer, SpecialRow, SpecialTable
from db.periods import Period
from db.records import Saved, Values, digest_of, is_incomplete
from db.registers import REGISTERS
from db.special.definition import PLACES, PREFIX, Definition, of_table
from db.store import Actor
from db.types import new_key, now
from db.values import Lookup, from_json, parse, to_json

TABLE: Table = SpecialRow.__table__  # type: ignore[assignment]
BOOKKEEPING = tuple(column.name for column in TABLE.columns if column.name != "values")
_STEP = Decimal(1).scaleb(-PLACES)


def get_definition(session: Session, key: str) -> Definition:
    """The definition of a stored table. Refused (“no_such_table”)."""
    table = session.get(SpecialTable, key)
    if table is None:
        raise Refused("找不到这张专项表。", "请刷新后再试。", "no_such_table")
    return of_table(table)


def fields_by_name(session: Session, register: str) -> dict[str, Field]:
    """The fields of a register or, by its name, of a stored table. Refused (“no_such_table”)."""
    if register in REGISTERS:
        return {each.name: each for each in REGISTERS[register].fields}
    definition = get_definition(session, register.removeprefix(PREFIX))
    return {each.name: each for each in definition.register.fields}


def flatten(definition: Definition, row: Mapping[str, Any]) -> Values:
    """A stored row with its values as typed fields beside the bookkeeping."""
    data = row["values"] or {}
    record: Values = {name: row[name] for name in BOOKKEEPING}
    record.update({each.name: from_json(each, data.get(each.name)) for each in definition.register.fields})
    return record


def fold_in(definition: Definition, record: Mapping[str, Any]) -> Values:
    """The row to be stored of a record that `flatten` made, with 待补全 and digest."""
    register = definition.register
    exact = {
        each.name: _exact(record.get(each.name)) if each.kind is Kind.NUMBER else record.get(each.name)
        for each in register.fields
    }
    full = {**record, **exact}
    row: Values = {name: record.get(name) for name in BOOKKEEPING}
    row["values"] = {name: to_json(value) for name, value in exact.items() if value not in (None, "", [])}
    row["incomplete"] = is_incomplete(register, full)
    row["digest"] = digest_of(register, full)
    row["place"], row["prepared"] = row["place"] or 0, bool(row["prepared"])
    return row


def _exact(value: Any) -> Any:
    return value if value is None else Decimal(value).quantize(_STEP, ROUND_HALF_UP)


def rows_of(session: Session, definition: Definition, unit: str | None = None) -> list[Values]:
    """The live rows of a table, of one unit or of all, in the order they were entered."""
    query = select(TABLE).where(TABLE.c.table_key == definition.key, TABLE.c.deleted_at.is_(None))
    if unit is not None:
        query = query.where(TABLE.c.unit_code == unit)
    found = session.execute(query.order_by(TABLE.c.unit_code, TABLE.c.place, TABLE.c.id)).mappings()
    return [flatten(definition, dict(row)) for row in found]


def read_texts(
    definition: Definition, texts: Mapping[str, Any], lookup: Lookup
) -> tuple[Values, dict[str, str]]:
    """Typed cells by column key: the values, and what was not understood (kept as it was typed)."""
    values: Values = {}
    unread: dict[str, str] = {}
    for field in definition.register.fields:
        if field.name in texts:
            outcome = parse(field, texts[field.name], lookup)
            values[field.name] = outcome.value
            if not outcome.ok:
                unread[field.name] = str(texts[field.name])
    return values, unread


def save(
    session: Session, definition: Definition, values: Mapping[str, Any], actor: Actor, *, id: UUID | None = None,
    base_rev: int | None = None, unparsed: Mapping[str, str] | None = None, unit_code: str | None = None,
    prepared: bool = False, new_id: UUID | None = None,
) -> Saved:  # fmt: skip
    """Create or change a row; values not named stay. Refused for a month that is handed in, StaleRecord as records.save."""
    stored = _stored(session, id) if id is not None else None
    if id is not None and (stored is None or stored["deleted_at"] is not None):
        raise Refused("这一行已不存在。", "请刷新后再试。", "no_such_record")
    if stored is not None and base_rev is not None and stored["rev"] != base_rev:
        raise StaleRecord("这一行刚被另一个窗口改过。", flatten(definition, stored))
    unit = stored["unit_code"] if stored is not None else unit_code or actor.unit_code
    check_open(session, definition, unit)
    record: Values = flatten(definition, stored) if stored is not None else dict.fromkeys(BOOKKEEPING)
    names = {each.name for each in definition.register.fields}
    record.update({name: value for name, value in values.items() if name in names})
    kept = {**(record["unparsed"] or {}), **(unparsed or {})}
    record["unparsed"] = {
        name: text
        for name, text in kept.items()
        if name in names
        and record.get(name) in (None, "", [])
        and (name in (unparsed or {}) or name not in values)
    } or None
    moment = now()
    if stored is None:
        record.update(
            id=new_id or new_key(), rev=1, unit_code=unit, created_at=moment, created_by=actor.person,
            table_key=definition.key, prepared=prepared, place=_next_place(session, definition.key, unit),
        )  # fmt: skip
    row = fold_in(definition, record)
    if stored is not None and row["digest"] == stored["digest"] and row["unparsed"] == stored["unparsed"]:
        return Saved(stored["id"], stored["rev"], False)
    row["updated_at"], row["updated_by"] = moment, actor.person
    if stored is None:
        session.execute(insert(TABLE).values({TABLE.c[name]: value for name, value in row.items()}))
    else:
        row["rev"] = stored["rev"] + 1
        write(session, [row])
    _audit(session, definition, actor, moment, "update" if stored else "create", row, stored)
    return Saved(row["id"], row["rev"], True)


def write(session: Session, rows: Iterable[Values]) -> None:
    """Set every column of stored rows."""
    for row in rows:
        changed = {TABLE.c[name]: value for name, value in row.items() if name != "id"}
        session.execute(update(TABLE).where(TABLE.c.id == row["id"]).values(changed))


def add(session: Session, rows: Iterable[Values]) -> None:
    """Insert rows that `fold_in` made."""
    made = list(rows)
    if made:
        session.connection().execute(insert(TABLE), made)


def delete(session: Session, definition: Definition, record_id: UUID, actor: Actor) -> None:
    """Put a row aside. Refused for a month that is handed in."""
    _set_aside(session, definition, record_id, actor, "delete")


def restore(session: Session, definition: Definition, record_id: UUID, actor: Actor) -> None:
    """Take a delete back."""
    _set_aside(session, definition, record_id, actor, "restore")


def _set_aside(
    session: Session, definition: Definition, record_id: UUID, actor: Actor, action: Literal["delete", "restore"]
) -> None:  # fmt: skip
    stored = _stored(session, record_id)
    if stored is None or (stored["deleted_at"] is None) != (action == "delete"):
        return
    check_open(session, definition, stored["unit_code"])
    moment = now()
    row = {
        **stored,
        "deleted_at": moment if action == "delete" else None,
        "rev": stored["rev"] + 1,
        "updated_at": moment,
        "updated_by": actor.person,
    }
    write(session, [row])
    _audit(session, definition, actor, moment, action, row, stored)


def check_open(session: Session, definition: Definition, unit: str) -> None:
    """Refused where the return that carries the unit's rows has left the office."""
    sent = session.scalar(
        select(SpecialAnswer.sent_period).where(
            SpecialAnswer.table_key == definition.key, SpecialAnswer.unit_code == unit
        )
    )
    if sent is not None and locks.is_locked(session, unit, sent):
        raise Refused(
            f"“{definition.title}”已随{Period(sent).display()}回报上报。",
            "如需更正，请在“月调度”里说明理由后重新打开该月。",
            "month_locked",
        )


def _stored(session: Session, record_id: UUID) -> Values | None:
    row = session.execute(select(TABLE).where(TABLE.c.id == record_id)).mappings().first()
    return None if row is None else dict(row)


def _next_place(session: Session, key: str, unit: str) -> int:
    """One behind the last row, put aside or not."""
    last = session.scalar(
        select(func.max(TABLE.c.place)).where(TABLE.c.table_key == key, TABLE.c.unit_code == unit)
    )
    return int(last or 0) + 1


def _audit(
    session: Session, definition: Definition, actor: Actor, moment: datetime, action: str, row: Values,
    stored: Values | None,
) -> None:  # fmt: skip
    session.execute(
        insert(AuditEntry).values(
            at=moment, by=actor.person, action=action, register=definition.name, record_id=row["id"],
            before=stored["values"] if stored else None, after=row["values"], note=None,
        )
    )  # fmt: skip
