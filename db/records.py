"""Saving, deleting and reading records: revision, audit, search and derived fields in one place.

Whether the values make sense is for checks/; what may be moved where is for workflow/.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import derive, direct, find, locks, search
from db.errors import KnownError, Refused, StaleRecord
from db.fields import Kind, When
from db.models import AuditEntry
from db.registers import REGISTERS, Register
from db.store import Actor
from db.types import Key, new_key, now
from db.values import from_json, to_json

Values = dict[str, Any]
AUDIT: Table = AuditEntry.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Saved:
    id: UUID
    rev: int
    changed: bool


def table_of(register: Register) -> Table:
    return register.model.__table__  # type: ignore[return-value]


def get(session: Session, register: Register, record_id: UUID) -> Values | None:
    """All columns of one record (deleted ones too: look at `deleted_at`), or None."""
    table = table_of(register)
    row = session.execute(select(table).where(table.c.id == record_id)).mappings().first()
    return None if row is None else dict(row)


def save(
    session: Session,
    register: Register,
    values: Mapping[str, Any],
    actor: Actor,
    *,
    id: UUID | None = None,
    base_rev: int | None = None,
    unparsed: Mapping[str, str] | None = None,
    not_applicable: Sequence[str] | None = None,
    unit_code: str | None = None,
    origin: Mapping[str, Any] | None = None,
    action: str = "",
    note: str | None = None,
    new_id: UUID | None = None,
) -> Saved:
    """Create (`id` None) or update a record with the given field values; fields not named stay.

    `values` hold typed values by field name; `unparsed` what was typed and not understood. Fills defaults,
    derived fields, 待补全 and the search; writes the audit. Nothing is written when nothing changed.

    Raises StaleRecord when `base_rev` is no longer the stored revision, Refused for a locked month, a deleted
    record, a credit code or an indicator's place that another record has, or a reference to nothing.
    """
    stored = get(session, register, id) if id is not None else None
    if id is not None and stored is None:
        raise Refused("这条记录已不存在。", "请刷新列表后再试。", "no_such_record")
    if stored is not None and base_rev is not None and stored["rev"] != base_rev:
        raise StaleRecord("这条记录刚被另一个窗口改过。", dict(stored))
    if stored is not None and stored["deleted_at"] is not None:
        raise Refused("这条记录已被删除。", "请先在“已删除”中恢复它，再修改。", "record_deleted")

    record = prepare(
        session, register, values, actor, stored,
        unparsed=unparsed, not_applicable=not_applicable, unit_code=unit_code, origin=origin,
    )  # fmt: skip

    before, after = difference(register, stored, record)
    if stored is not None and not after:
        return Saved(stored["id"], stored["rev"], False)
    locks.check_open(session, register, stored, record)

    moment = _moment(stored)
    record["updated_at"], record["updated_by"] = moment, actor.person
    table = table_of(register)
    with refusing(session, register, record):
        if stored is None:
            record["id"], record["rev"] = new_id or new_key(), 1
            record["created_at"], record["created_by"] = moment, actor.person
            direct.insert(session, table, record)
        else:
            record["rev"] = stored["rev"] + 1
            changed = {name: record[name] for name in (*after, *BOOKKEEPING)}
            direct.update(session, table, stored["id"], changed)
    _audit(
        session,
        moment,
        actor,
        action or ("update" if stored else "create"),
        register,
        record["id"],
        before if stored else None,
        after,
        note,
    )
    if register.key == "enterprise" and (stored is None or any(name in after for name in SEARCHED)):
        search.index(session, record)
    elif register.key in find.TEXTS and (
        stored is None or any(name in after for name in find.TEXTS[register.key])
    ):
        find.index(session, register.key, record)
    _spread(session, register, stored, record, actor)
    return Saved(record["id"], record["rev"], True)


def prepare(
    session: Session,
    register: Register,
    values: Mapping[str, Any],
    actor: Actor,
    stored: Mapping[str, Any] | None,
    *,
    unparsed: Mapping[str, str] | None = None,
    not_applicable: Sequence[str] | None = None,
    unit_code: str | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Values:
    """The record as `save` would store it: defaults, values as the database gives them back, everything derived."""
    record: Values = dict(stored) if stored is not None else _blank(register, actor, unit_code)
    names = _names(register)
    record.update((name, value) for name, value in values.items() if name in names)
    if unparsed is not None or stored is None:
        record["unparsed"] = dict(unparsed) if unparsed else None
    if not_applicable is not None:
        record["not_applicable"] = list(not_applicable) or None
    if origin is not None:
        record["origin"] = dict(origin)
    _normalise(register, record)
    derive.fill(session, register, record, stored)
    record["incomplete"] = is_incomplete(register, record)
    record["digest"] = digest_of(register, record)
    return record


BOOKKEEPING = ("rev", "digest", "incomplete", "origin", "updated_at", "updated_by")
SEARCHED = ("name", "alias", "uscc")


def _moment(stored: Mapping[str, Any] | None) -> datetime:
    """Now; where the clock was set back, the smallest moment after the record's last change."""
    moment = now()
    last = stored["updated_at"] if stored is not None else None
    return last + timedelta(microseconds=1) if last is not None and last >= moment else moment


def _spread(
    session: Session, register: Register, stored: Values | None, record: Values, actor: Actor
) -> None:
    """Save what follows for other records, each with its own audit entry."""
    for change in derive.spread(session, register, stored, record):
        save(session, REGISTERS[change.register], change.values, actor, id=change.id, note=change.note)


def delete(
    session: Session, register: Register, record_id: UUID, actor: Actor, *, note: str | None = None
) -> None:
    """Put a record aside (it can be restored). Refused when it is named by others or its month is locked."""
    stored = get(session, register, record_id)
    if stored is None or stored["deleted_at"] is not None:
        return
    locks.check_open(session, register, stored, None)
    locks.check_unused(session, register, record_id)
    _mark(session, register, stored, actor, _moment(stored), "delete", note)


def restore(session: Session, register: Register, record_id: UUID, actor: Actor) -> None:
    """Undo a delete. Refused for a card that went into another: that is undone as a whole."""
    stored = get(session, register, record_id)
    if stored is None or stored["deleted_at"] is None:
        return
    if stored.get("merged_into") is not None:
        raise Refused(
            "这张档案已并入另一张，不能单独恢复。",
            "请打开保留的那张档案，在“档案变更”里撤销合并。",
            "merged",
        )
    locks.check_open(session, register, stored, None)
    _mark(session, register, stored, actor, None, "restore", None)


def history(session: Session, record_id: UUID, field: str | None = None) -> list[AuditEntry]:
    """What happened to a record, newest first; with `field`, only the entries that changed it."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.record_id == record_id).order_by(AuditEntry.seq.desc())
    ).all()
    return [entry for entry in entries if field is None or field in (entry.after or {})]


def is_incomplete(
    register: Register, record: Mapping[str, Any], among: Iterable[tuple[str, When | None]] | None = None
) -> bool:
    """待补全: a required field is empty, or something typed was not understood.

    `among`: the required fields that are looked at, where it is known that the others are filled.
    """
    if record.get("unparsed"):
        return True
    if record.get("opening"):
        return False  # a list of names stands behind it: nobody can complete it
    for name, condition in required(register) if among is None else among:
        value = record.get(name)
        if (value is None or (not value and value in ("", []))) and (
            condition is None or condition.holds(record)
        ):
            return True
    return False


@cache
def required(register: Register) -> tuple[tuple[str, When | None], ...]:
    """The fields that must be filled, with their condition where there is one."""
    return tuple(
        (field.name, None if field.required else field.required_when)
        for field in register.fields
        if not field.computed and (field.required or field.required_when is not None)
    )


def digest_of(register: Register, record: Mapping[str, Any]) -> str:
    """A short hash of the values people entered: two records with the same values have the same digest.

    Numbers count as they are stored: 1.5 and 1.50 are one value.
    """
    parts = []
    for name, head, places in entered(register):
        value = record.get(name)
        if value is None or (not value and value in ("", [])):
            continue
        parts.append(head + (quoted(value) if type(value) is str else piece(value, places)))
    return fingerprint(parts)


def fingerprint(parts: Iterable[str]) -> str:
    """The digest of a record from the pieces of its JSON, sorted by the names of the fields."""
    return hashlib.sha256(("{" + ",".join(parts) + "}").encode()).hexdigest()[:32]


def piece(value: Any, places: int | None = None) -> str:
    """A value as JSON; numbers with that many decimals, the keys of what is in it sorted."""
    value = to_json(value if places is None else exact(value, places))
    return quoted(value) if type(value) is str else _SORTED.encode(value)


quoted: Callable[[str], str] = json.encoder.encode_basestring  # a text as JSON, not escaped to ASCII
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@cache
def _names(register: Register) -> dict[str, None]:
    """The names of the fields, in order and quick to look up."""
    return dict.fromkeys(field.name for field in register.fields)


@cache
def _places(register: Register) -> tuple[tuple[str, int], ...]:
    return tuple((field.name, field.places) for field in register.fields if field.kind is Kind.NUMBER)


@cache
def entered(register: Register) -> tuple[tuple[str, str, int | None], ...]:
    """The fields people enter, by name: how their piece of JSON begins, and the decimals of those that are numbers."""
    return tuple(
        (field.name, f"{quoted(field.name)}:", field.places if field.kind is Kind.NUMBER else None)
        for field in sorted(register.fields, key=lambda field: field.name)
        if not field.computed
    )


def exact(value: Any, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _normalise(register: Register, record: Values) -> None:
    """Values as the database will give them back: numbers with their decimals, empty texts and lists as None."""
    for name, places in _places(register):
        if record[name] is not None:
            record[name] = exact(record[name], places)
    for name in _names(register):
        if record[name] in ("", []):
            record[name] = None


@cache
def insert_into(table: Table) -> Any:
    return insert(table)


@contextmanager
def refusing(session: Session, register: Register, record: Mapping[str, Any]) -> Iterator[None]:
    """Turn what the database's own constraints refuse into sentences."""
    try:
        yield
    except (sqlite3.IntegrityError, IntegrityError) as error:
        said = error.orig if isinstance(error, IntegrityError) else error
        known = _refusal(session, register, record, getattr(said, "sqlite_errorname", ""))
        if known is None:
            raise
        raise known from error


def _refusal(session: Session, register: Register, record: Mapping[str, Any], name: str) -> KnownError | None:
    table = table_of(register)
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return Refused(
            "引用的单位、街道、园区、企业或走访不存在。", "请重新选择后再保存。", "unknown_reference"
        )
    if name != "SQLITE_CONSTRAINT_UNIQUE":
        return None
    if register.key == "enterprise":
        other = session.scalar(
            select(table.c.name).where(
                table.c.uscc == record["uscc"], table.c.deleted_at.is_(None), table.c.id != record["id"]
            )
        )
        return Refused(
            f"统一社会信用代码 {record['uscc']} 已属于“{other or '另一企业'}”。",
            "同一代码只建一张企业档案：请改用已有档案，或核对代码。",
            "duplicate_uscc",
        )
    if register.key == "indicator":
        return Refused(
            "这个单位本月的这项指标已有一条记录。",
            "请打开已有的记录修改，更正会产生新版本。",
            "duplicate_indicator",
        )
    return None


def image(register: Register, record: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A record as JSON, whole: the before-image of an undo."""
    return None if record is None else {name: to_json(value) for name, value in record.items()}


def from_image(register: Register, data: Mapping[str, Any]) -> Values:
    """The record that `image` was made of."""
    fields = {field.name: field for field in register.fields}
    record: Values = {}
    for column in table_of(register).columns:
        value = data.get(column.name)
        if column.name in fields:
            record[column.name] = from_json(fields[column.name], value)
        elif value is not None and isinstance(column.type, Key):
            record[column.name] = UUID(value)
        elif value is not None and column.name in ("created_at", "updated_at", "deleted_at"):
            record[column.name] = datetime.fromisoformat(value)
        else:
            record[column.name] = value
    return record


def _blank(register: Register, actor: Actor, unit_code: str | None) -> Values:
    record: Values = {column.name: None for column in table_of(register).columns}
    record["unit_code"] = unit_code or actor.unit_code
    for field in register.fields:
        if field.default is not None:
            record[field.name] = field.default
    return record


def difference(
    register: Register, stored: Mapping[str, Any] | None, record: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changed values, before and after, as JSON. Derived fields count: a list shows them."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    names = (*_names(register), "unparsed", "not_applicable", "incomplete")
    if stored is None:
        for name in names:
            new = record.get(name)
            if new is not None and (new or new not in ("", [])):
                after[name] = to_json(new)
        return dict.fromkeys(after), after
    for name in names:
        old = stored.get(name)
        new = record.get(name)
        if old != new and not (old in (None, "", []) and new in (None, "", [])):
            before[name], after[name] = to_json(old), to_json(new)
    return before, after


def _mark(
    session: Session,
    register: Register,
    stored: Values,
    actor: Actor,
    deleted_at: datetime | None,
    action: str,
    note: str | None,
) -> None:
    moment = _moment(stored)
    table = table_of(register)
    with refusing(session, register, stored):
        changes = {"deleted_at": deleted_at, "rev": stored["rev"] + 1, "updated_at": moment}
        direct.update(session, table, stored["id"], {**changes, "updated_by": actor.person})
    _audit(session, moment, actor, action, register, stored["id"], None, None, note)
    record = {**stored, "deleted_at": deleted_at}
    if register.key == "enterprise":
        search.index(session, record)
    find.index(session, register.key, record)
    _spread(session, register, stored, record, actor)


def _audit(
    session: Session,
    moment: datetime,
    actor: Actor,
    action: str,
    register: Register,
    record_id: UUID,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    note: str | None,
) -> None:
    entry = {
        "at": moment,
        "by": actor.person,
        "action": action,
        "register": register.key,
        "record_id": record_id,
        "before": before or None,
        "after": after or None,
        "note": note,
    }
    direct.insert(session, AUDIT, entry)
