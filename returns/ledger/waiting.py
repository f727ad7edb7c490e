"""What an import is about to store: new and changed records wait, and are written together.

A record that waits is complete and numbered; only its fingerprint is worked out when it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import bulk, derive, find, lineage, locks, records, search
from db.fields import Kind
from db.finishing import finish
from db.records import AUDIT, Values
from db.registers import REGISTERS, Register
from db.save_many import Change, Many, spread, write_changes
from db.store import Actor
from db.types import new_key, now
from db.values import to_json

# Of these a row's number, plan or place may follow from the row before: they are stored at once.
AT_ONCE = frozenset({"indicator", "project", "park"})


@dataclass(slots=True)
class Fresh:
    """A new record that waits; `image` is its JSON once it is stored."""

    record: Values
    note: str
    image: str = ""


@dataclass(slots=True)
class _Revenue:
    """The last month for which a firm's new visits tell a revenue."""

    month: str
    visit: Mapping[str, Any] = field(default_factory=dict)


class Waiting:
    """`add` and `change` as records.save would; `flush` writes, in the order in which records name each other."""

    def __init__(self, session: Session, actor: Actor, unit_code: str) -> None:
        self._session, self._actor, self._unit_code = session, actor, unit_code
        self._fresh: dict[str, list[Fresh]] = {}
        self._changes: dict[str, list[Change]] = {}
        self._open: set[tuple[str, str]] = set()  # (unit, month): known not to be handed in
        self._revenues: dict[UUID, _Revenue] = {}
        self.moment = now()
        self.along: dict[str, dict[UUID, Values]] = {}  # what changed along, as it was before
        self.echoed: dict[str, set[UUID]] = {}  # the same, of the last time that was written
        self.incomplete: dict[str, int] = {}  # how often a record was left 待补全, by register

    def add(
        self,
        register: Register,
        values: Mapping[str, Any],
        unread: Mapping[str, str],
        origin: Mapping[str, Any],
        note: str,
    ) -> Fresh:
        """A new record as it will be stored. Refused for a month that was handed in."""
        blank, numbers, names = _blank(register)
        record = blank.copy()
        record["unit_code"] = self._unit_code
        for name, value in values.items():
            if value is not None and name in names:
                record[name] = value if value not in ("", []) else None
        for name, places in numbers:
            if record[name] is not None:
                record[name] = records.exact(record[name], places)
        if unread:
            record["unparsed"] = dict(unread)
        record["origin"] = {**origin, "rev": 1}
        derive.fill(self._session, register, record, None)
        self._check_open(register, None, record)
        record["id"], record["rev"] = new_key(), 1
        record["created_at"] = record["updated_at"] = self.moment
        record["created_by"] = record["updated_by"] = self._actor.person
        if register.key == "enterprise":
            known: dict[UUID, UUID] | None = self._session.info.get(lineage.KNOWN)
            if known is not None:
                known[record["id"]] = record["id"]
        fresh = Fresh(record, note)
        self._fresh.setdefault(register.key, []).append(fresh)
        return fresh

    def change(
        self,
        register: Register,
        stored: Values,
        values: Mapping[str, Any],
        unparsed: Mapping[str, str] | None,
        note: str,
    ) -> Values:
        """A stored (or waiting) record as it will be after a change."""
        if stored["incomplete"] is None:  # it waits itself
            stored["incomplete"] = records.is_incomplete(register, stored)
        record = records.prepare(self._session, register, values, self._actor, stored, unparsed=unparsed)
        before, after = records.difference(register, stored, record)
        if not after:
            return stored
        self._check_open(register, stored, record)
        record["rev"] = stored["rev"] + 1
        record["updated_at"], record["updated_by"] = self.moment, self._actor.person
        change = Change(0, stored, record, before, after, note)
        self._changes.setdefault(register.key, []).append(change)
        return record

    def _check_open(self, register: Register, stored: Values | None, record: Values) -> None:
        if register.scope != "month":
            return
        for version in (stored, record) if stored is not None else (record,):
            month = str(version.get(register.placed_by) or "")[:7]
            if month and (version["unit_code"], month) not in self._open:
                locks.check_open(self._session, register, None, version)
                self._open.add((version["unit_code"], month))

    # ------------------------------------------------------------ writing

    def flush(self) -> None:
        """Write what waits, with what follows from it for other records (`echoed`)."""
        self.echoed.clear()
        fresh, self._fresh = self._fresh, {}
        changes, self._changes = self._changes, {}
        for key, register in REGISTERS.items():
            if key in fresh:
                self._write_fresh(register, fresh[key])
            if key in changes:
                self._write_changes(register, changes[key])
        for key, register in REGISTERS.items():
            made = [Change(0, None, each.record, {}, {}) for each in fresh.get(key, ())]
            if key == "visit":
                self._note_revenue(each.record for each in fresh.get(key, ()))
            elif made:
                self._spread(register, made)
            if key in changes:
                if key == "visit":
                    self.tell_firms()
                self._spread(register, changes[key])
        self.moment = now()

    def tell_firms(self) -> None:
        """The revenue that the new visits told goes to the firms' cards, once for each."""
        told, self._revenues = self._revenues, {}
        register = REGISTERS["visit"]
        made = [Change(0, None, dict(each.visit), {}, {}) for each in told.values()]
        if made:
            self._spread(register, made)

    def _note_revenue(self, visits: Any) -> None:
        for record in visits:
            if record["revenue_ytd"] is None or record["visit_date"] is None:
                continue
            month = f"{record['visit_date']:%Y%m}"
            held = self._revenues.get(record["enterprise_id"])
            if held is None or held.month <= month:
                about = {name: record[name] for name in ("enterprise_id", "revenue_ytd", "visit_date")}
                self._revenues[record["enterprise_id"]] = _Revenue(month, about)

    def _spread(self, register: Register, changes: Sequence[Change]) -> None:
        result = Many()
        spread(self._session, register, changes, self._actor, result)
        self.hear(result)

    def hear(self, result: Many) -> None:
        """What changed along, as it was before."""
        for key, rows in result.touched.items():
            self.echoed.setdefault(key, set()).update(rows)
            known = self.along.setdefault(key, {})
            for record, values in rows.items():
                known.setdefault(record, values)

    def _write_fresh(self, register: Register, fresh: Sequence[Fresh]) -> None:
        made = [each.record for each in fresh]
        pieces = finish(register, made)
        self._insert(register, made)
        objects = pieces.objects()
        audits = []
        for each, filled in zip(fresh, objects, strict=True):
            record = each.record
            each.image = _image(register, record, filled)
            audits.append(
                {
                    "at": self.moment, "by": self._actor.person, "action": "import", "register": register.key,
                    "record_id": record["id"], "before": None, "after": _after(record, filled), "note": each.note,
                }
            )  # fmt: skip
        bulk.insert_rows(self._session, AUDIT, audits, ready=("after",))
        if register.key == "enterprise":
            search.index_new(self._session, made)
        else:
            find.index_many(self._session, register.key, made)
        self.count(register, *made)

    def _insert(self, register: Register, made: Sequence[Values]) -> None:
        table = records.table_of(register)
        connection = self._session.connection()
        try:
            with connection.begin_nested():
                bulk.insert_rows(self._session, table, made)
        except IntegrityError:
            # One by one the row that is refused is known, and can be said in words.
            for record in made:
                with records.refusing(self._session, register, record):
                    connection.execute(records.insert_into(table), record)

    def _write_changes(self, register: Register, changes: Sequence[Change]) -> None:
        write_changes(self._session, register, changes, self._actor, "import", self.moment)
        self.count(register, *(change.record for change in changes))

    def count(self, register: Register, *written: Values) -> None:
        """Count the records that are left 待补全."""
        left = sum(1 for record in written if record["incomplete"])
        self.incomplete[register.key] = self.incomplete.get(register.key, 0) + left


@cache
def _blank(register: Register) -> tuple[Values, tuple[tuple[str, int], ...], frozenset[str]]:
    """A new record with its defaults, the fields that are figures with their decimals, the names of all fields."""
    record: Values = {column.name: None for column in records.table_of(register).columns}
    for each in register.fields:
        if each.default is not None:
            record[each.name] = each.default
    numbers = tuple((each.name, each.places) for each in register.fields if each.kind is Kind.NUMBER)
    return record, numbers, frozenset(each.name for each in register.fields)


def _after(record: Values, filled: str) -> str:
    """What the audit keeps of a new record, as records.difference gives it."""
    parts = [filled[1:-1]] if len(filled) > 2 else []
    if record["unparsed"]:
        parts.append('"unparsed":' + bulk.dumps(record["unparsed"]))
    parts.append('"incomplete":true' if record["incomplete"] else '"incomplete":false')
    return "{" + ",".join(parts) + "}"


def _image(register: Register, record: Values, filled: str) -> str:
    """The record as JSON, as records.image gives it, without what is empty."""
    beside = {name: to_json(value) for name in _beside(register) if (value := record[name]) is not None}
    head = bulk.dumps(beside)
    return f"{head[:-1]},{filled[1:]}" if len(filled) > 2 else head


@cache
def _beside(register: Register) -> tuple[str, ...]:
    """The columns of a record that are no fields."""
    names = {each.name for each in register.fields}
    return tuple(column.name for column in records.table_of(register).columns if column.name not in names)
