"""专项 of a 下发: definitions that are new, changed or closed, and the rows that the district prepared for this unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import SpecialRow, SpecialTable
from db.special import answers, rows
from db.special.definition import CLOSED, KINDS, Definition, of_json, of_table
from db.store import Actor
from db.types import now
from db.values import from_json
from returns.handdown.change import PREPARED, TABLE, Change, cells
from returns.planned import CONFLICT, GONE, NEW, SAME, UPDATE

_LABELS = {"title": "名称", "period": "月份", "due": "填报期限", "columns": "栏目", "note": "说明", "optional": "可不填", "state": "状态"}  # fmt: skip


def special_changes(
    session: Session, tables: Sequence[Mapping[str, Any]], unit: str
) -> tuple[list[Change], list[str]]:
    """The changes of the tables that this unit is asked for; and the titles of those it is not."""
    found: list[Change] = []
    others: list[str] = []
    for each in tables:
        definition = of_json(each["definition"])
        if not definition.asks(unit):
            others.append(definition.title)
            continue
        found.append(_table(session, definition, str(each["state"])))
        mine = [row for row in each["rows"] if row["unit"] == unit]
        found += _rows(session, definition, mine)
    return found, others


def _told(definition: Definition, state: str) -> dict[str, Any]:
    return {
        "title": definition.title, "period": definition.period,
        "due": definition.due_on.isoformat() if definition.due_on else "", "note": definition.note,
        "columns": [
            f"{each.label}（{KINDS[each.kind]}{'，必填' if each.required else ''}{'：' + '／'.join(each.choices) if each.choices else ''}）"
            for each in definition.columns
        ],
        "optional": definition.optional, "state": "已结束" if state == CLOSED else "填报中",
    }  # fmt: skip


def _table(session: Session, definition: Definition, state: str) -> Change:
    stored = session.get(SpecialTable, definition.key)
    data = (definition, state)
    if stored is None:
        due = f"，{definition.due_on.isoformat()} 前" if definition.due_on else ""
        told = f"栏目：{'、'.join(each.label for each in definition.columns)}"
        return Change(
            TABLE, definition.key, NEW, f"{definition.title}（{definition.period}{due}）", [], told, data
        )
    differing = cells(_LABELS, _told(of_table(stored), stored.state), _told(definition, state))
    return Change(
        TABLE, definition.key, UPDATE if differing else SAME, definition.title, differing, data=data
    )


def _rows(session: Session, definition: Definition, prepared: Sequence[Mapping[str, Any]]) -> list[Change]:
    table = session.get(SpecialTable, definition.key)
    stored = {
        row.id: row
        for row in session.scalars(select(SpecialRow).where(SpecialRow.table_key == definition.key))
        if row.prepared
    } if table is not None else {}  # fmt: skip
    found = []
    for each in prepared:
        key = UUID(str(each["id"]))
        label = f"{definition.title} · {_first(definition, each['values'])}"
        data = (definition, each)
        row = stored.get(key)
        if row is None:
            found.append(Change(PREPARED, key.hex, NEW, label, data=data))
            continue
        given = (row.origin or {}).get("given") or {}
        if given == each["values"]:
            found.append(Change(PREPARED, key.hex, SAME, label))
            continue
        labels = {column.key: column.label for column in definition.columns}
        differing = cells(labels, {**row.values}, {**row.values, **each["values"]})
        edited = row.values != given
        found.append(
            Change(
                PREPARED, key.hex, CONFLICT if edited else UPDATE, label, differing,
                "这一行在本机填过，默认保留" if edited else "", data,
            )
        )  # fmt: skip
    named = {UUID(str(each["id"])) for each in prepared}
    found += [
        Change(
            PREPARED,
            key.hex,
            GONE,
            f"{definition.title} · {_first(definition, row.values)}",
            reason="这次不再预填",
        )
        for key, row in stored.items()
        if key not in named and row.deleted_at is None
    ]
    return found


def _first(definition: Definition, values: Mapping[str, Any]) -> str:
    for each in definition.columns:
        value = values.get(each.key)
        if value not in (None, "") and each.kind != "firm":
            return str(value)
    return "预填的一行"


def write_tables(
    session: Session,
    taken: Sequence[Change],
    actor: Actor,
    unit: str,
    sender: str,
    number: int,
    origin: Mapping[str, Any],
) -> None:
    """The chosen definitions and prepared rows. Values that were typed stay when a definition changes."""
    for each in taken:
        if each.part == TABLE:
            definition, state = each.data
            answers.keep(session, definition, actor, state=state, sender=sender, number=number)
    for each in taken:
        if each.part == PREPARED:
            _write_row(session, each, actor, unit, origin)
    session.flush()


def _write_row(session: Session, each: Change, actor: Actor, unit: str, origin: Mapping[str, Any]) -> None:
    key = UUID(each.key)
    stored = session.execute(select(rows.TABLE).where(rows.TABLE.c.id == key)).mappings().first()
    moment = now()
    if each.action == GONE:
        assert stored is not None
        row = dict(stored)
        rows.write(session, [{**row, "deleted_at": moment, "rev": row["rev"] + 1, "updated_at": moment}])
        return
    definition, given = each.data
    if session.get(SpecialTable, definition.key) is None:
        return  # its table was not taken
    record = rows.flatten(definition, dict(stored)) if stored is not None else dict.fromkeys(rows.BOOKKEEPING)
    fields = {field.name: field for field in definition.register.fields}
    values = {
        name: from_json(fields[name], value) for name, value in given["values"].items() if name in fields
    }
    record.update({name: None for name in fields if name not in record} | values)
    record.update(
        id=key, rev=(stored["rev"] + 1) if stored is not None else 1, unit_code=unit, table_key=definition.key, prepared=True,
        place=given["place"], updated_at=moment, updated_by=actor.person,
        origin={**origin, "given": given["values"]},
    )  # fmt: skip
    if stored is None:
        record.update(created_at=moment, created_by=actor.person)
    row = rows.fold_in(definition, record)
    if stored is None:
        rows.add(session, [row])
    else:
        rows.write(session, [row])
