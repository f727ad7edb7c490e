"""What others changed, after a unit's return was received, of the records it carried: from the audit, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.fields import Field
from db.lookup import Directory
from db.models import AuditEntry, Batch, Enterprise
from db.records import Values, table_of
from db.registers import REGISTERS, Register
from db.values import display, from_json
from returns.changes import Words
from returns.match import in_chunks

_WORDS = {
    "create": "新建", "update": "修改", "delete": "删除", "restore": "恢复", "receive": "接收其他回报时更新", "import": "导入",
    "undo": "撤销", "merge": "企业合并", "choose": "选定",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Later:
    """One cell that somebody else changed."""

    sheet: str
    label: str
    column: str
    old: str
    new: str
    why: str


def later_changes(
    session: Session, received: Mapping[tuple[str, UUID], datetime], unit: str, lookup: Directory, most: int
) -> list[Later]:
    """Newest last, at most `most`. What the unit's own later returns changed is not among them.

    `received`: (register, record) → when it came.
    """
    own = {
        f"接收回报“{name}”"
        for name in session.scalars(
            select(Batch.file_name).where(Batch.unit_code == unit, Batch.kind == "return")
        )
    }
    table = AuditEntry.__table__
    entries: list[Any] = []
    for chunk in in_chunks(record for _register, record in received):
        query = select(table).where(table.c.record_id.in_(chunk), table.c.action != "create")
        for each in session.connection().execute(query.order_by(table.c.seq)):
            since = received.get((each.register, each.record_id))
            if since is not None and each.at > since and each.note not in own:
                entries.append(each)
    entries.sort(key=lambda each: each.seq)
    chosen = {each.record_id: each.note or "" for each in entries if each.action == "choose"}
    labels = _labels(session, entries, lookup)
    found: list[Later] = []
    for each in entries:
        if each.action == "choose" or each.register not in REGISTERS:
            continue
        register = REGISTERS[each.register]
        label = labels.get((each.register, each.record_id), "")
        why = f"{each.at.astimezone():%Y-%m-%d} {each.by}{_WORDS.get(each.action, each.action)}"
        reason = chosen.get(each.record_id) if each.action == "receive" else each.note
        why += f"：{reason}" if reason else ""
        if each.action == "delete":
            found.append(Later(register.title, label, "", "", "已删除", why))
            continue
        found += [
            Later(
                register.title, label, cell.label, _shown(cell, old, lookup), _shown(cell, new, lookup), why
            )
            for cell, old, new in _cells(register, each.before or {}, each.after or {})
        ]
        if len(found) >= most:
            break
    return found[:most]


def _cells(
    register: Register, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[Field, Any, Any]]:
    """The changed fields that people fill in."""
    return [
        (each, before.get(each.name), after.get(each.name))
        for each in register.fields
        if not each.computed and (each.name in before or each.name in after)
        and (before.get(each.name) or None) != (after.get(each.name) or None)
    ]  # fmt: skip


def _shown(field: Field, stored: Any, lookup: Directory) -> str:
    if stored in (None, "", []):
        return ""
    try:
        return display(field, from_json(field, stored), lookup)
    except (ValueError, TypeError, ArithmeticError):
        return str(stored)


def _labels(session: Session, entries: list[Any], lookup: Directory) -> dict[tuple[str, UUID], str]:
    wanted: dict[str, set[UUID]] = {}
    for each in entries:
        if each.register in REGISTERS and each.record_id is not None:
            wanted.setdefault(each.register, set()).add(each.record_id)
    records: dict[tuple[str, UUID], Values] = {}
    for key, ids in wanted.items():
        table = table_of(REGISTERS[key])
        for chunk in in_chunks(ids):
            for row in session.connection().execute(select(table).where(table.c.id.in_(chunk))).mappings():
                records[key, row["id"]] = dict(row)
    firms = {each["enterprise_id"] for each in records.values() if each.get("enterprise_id")}
    names: dict[UUID, str] = {}
    for chunk in in_chunks(firms):
        query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(chunk))
        names.update((key, name or "") for key, name in session.execute(query))
    words = Words(lookup, names, (), ())
    return {place: words.label(REGISTERS[place[0]], record) for place, record in records.items()}
