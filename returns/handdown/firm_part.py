"""企业名录 of a 下发: new firms are added, empty facts filled, differing facts asked about; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lookup import Directory
from db.models import Enterprise, OrgUnit, Park
from db.records import Values, table_of
from db.registers import REGISTERS
from db.save_many import Entry, save_many
from db.store import Actor
from db.values import display, from_json
from returns.handdown.change import FIRM, Change
from returns.handdown.contract import FIRM_FIELDS
from returns.match import in_chunks
from returns.planned import CONFLICT, NEW, SAME, UPDATE

_REGISTER = REGISTERS["enterprise"]
_PLACES = {"street_code": OrgUnit, "park_code": Park}


def firm_changes(session: Session, firms: Sequence[Mapping[str, Any]], lookup: Directory) -> list[Change]:
    """One change for each firm of the directory."""
    incoming = [(UUID(str(each["id"])), _values(each)) for each in firms]
    found = _Ours(session, incoming)
    changes = []
    for key, values in incoming:
        stored = found.of(key, values)
        label = str(values.get("name") or values.get("uscc") or "未写名称")
        if stored is None:
            changes.append(
                Change(FIRM, key.hex, NEW, label, data={"id": key, "stored": None, "values": values})
            )
            continue
        fills = {name: value for name, value in values.items() if stored[name] in (None, "", [])}
        disputed = {
            name: value for name, value in values.items() if name not in fills and stored[name] != value
        }
        cells = [
            _cell(name, stored, values, lookup) for name in FIRM_FIELDS if name in fills or name in disputed
        ]
        both = {"id": stored["id"], "stored": stored, "values": {**fills, **disputed}}
        only = {"id": stored["id"], "stored": stored, "values": fills} if fills else None
        if disputed:
            changes.append(
                Change(
                    FIRM,
                    key.hex,
                    CONFLICT,
                    label,
                    cells,
                    "与本机已有的内容不同，默认保留现有内容",
                    both,
                    only,
                )
            )
        else:
            changes.append(Change(FIRM, key.hex, UPDATE if fills else SAME, label, cells, data=only))
    return changes


def _values(data: Mapping[str, Any]) -> Values:
    return {
        name: from_json(_REGISTER.field(name), data[name])
        for name in FIRM_FIELDS
        if data.get(name) not in (None, "", [])
    }


def _cell(name: str, stored: Values, values: Values, lookup: Directory) -> dict[str, Any]:
    field = _REGISTER.field(name)
    return {
        "field": name, "label": field.label, "old": display(field, stored[name], lookup),
        "new": display(field, values[name], lookup),
    }  # fmt: skip


class _Ours:
    """Our cards: by credit code, by key, and by name where a code is missing; a merged one stands for the kept one."""

    def __init__(self, session: Session, incoming: Sequence[tuple[UUID, Values]]) -> None:
        self._session = session
        self._table = table_of(_REGISTER)
        self._by_key = self._load("id", [key for key, _ in incoming])
        live = {
            row["id"]: row
            for column in ("uscc", "name")
            for row in self._load(
                column, [values[column] for _, values in incoming if values.get(column)]
            ).values()
            if row["deleted_at"] is None
        }
        self._by_code = {row["uscc"]: row for row in live.values() if row["uscc"]}
        self._by_name: dict[str, list[Values]] = {}
        for row in live.values():
            self._by_name.setdefault(row["name"] or "", []).append(row)

    def _load(self, column: str, values: Sequence[Any]) -> dict[UUID, Values]:
        found = {}
        for chunk in in_chunks(values):
            query = select(self._table).where(self._table.c[column].in_(chunk))
            for row in self._session.execute(query).mappings():
                found[row["id"]] = dict(row)
        return found

    def of(self, key: UUID, values: Values) -> Values | None:
        """The card a firm of the directory means, or None."""
        code = values.get("uscc")
        if code and code in self._by_code:
            return self._by_code[code]
        stored = self._by_key.get(key)
        while stored is not None and stored["merged_into"] is not None:
            row = self._session.execute(
                select(self._table).where(self._table.c.id == stored["merged_into"])
            ).mappings()
            stored = next((dict(each) for each in row), None)
        if stored is not None:
            return stored if stored["deleted_at"] is None else None
        alike = [
            each
            for each in self._by_name.get(str(values.get("name") or ""), ())
            if not code or not each["uscc"]
        ]
        return alike[0] if len(alike) == 1 else None


def write_firms(
    session: Session,
    taken: Sequence[tuple[Change, Mapping[str, Any]]],
    actor: Actor,
    sender: str,
    origin: Mapping[str, Any],
) -> dict[int, Values]:
    """Write new cards and filled or chosen facts; returns the cards as they were, by the number of the change."""
    places = {name: set(session.scalars(select(model.code))) for name, model in _PLACES.items()}  # type: ignore[attr-defined]
    entries: list[Entry] = []
    befores: dict[int, Values] = {}
    new = [data["id"] for _change, data in taken if data["stored"] is None]
    aside = {
        key
        for chunk in in_chunks(new)
        for key in session.scalars(select(Enterprise.id).where(Enterprise.id.in_(chunk)))
    }
    for change, data in taken:
        stored = data["stored"]
        values = {
            name: value
            for name, value in data["values"].items()
            if name not in places or value in places[name]  # a place that is not known here can not be named
        }
        if stored is None:
            key = data["id"]
            if key in aside:
                continue  # a card of that key was put aside here: it stays aside
            values.setdefault("source", "导入")
            entries.append(
                Entry(values, new_id=key, unit_code=sender, origin={**origin, "rev": 1}, note="企业名录下发")
            )
            befores[change.seq] = {}
        elif any(stored[name] != value for name, value in values.items()):
            entries.append(
                Entry(
                    values, id=stored["id"], origin={**origin, "rev": stored["rev"] + 1}, note="企业名录下发"
                )
            )
            befores[change.seq] = dict(stored)
    if entries:
        save_many(session, _REGISTER, entries, actor, action="receive")
    return befores
