"""What an import is about to store: new and changed records wait, and are written together.

A record that waits is complete and numbered; only its fingerprint is worked out when it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import bulk, derive, find, lineage, locks, records, search
from db.fields import Kind
from db.finishing import finish
from db.records import AUDIT, Values, quoted
from db.registers import REGISTERS, Register
from db.save_many import Change, Many, spread, write_changes
from db.store import Actor
from db.types import new_key, now

# Of these a row's number, plan or place may follow from the row before: they are stored at once.
_FIRMS_AT_ONCE = 500
AT_ONCE = frozenset({"indicator", "project", "park"})
_SPREAD = frozenset({"cloud", "liaison", "nurture"})  # new ones say something of their firm (derive.spread)


@dataclass(slots=True)
class Fresh:
    """A new record that waits."""

    record: Values
    note: str


@dataclass(slots=True)
class _Revenue:
    """What a firm's new visits tell of its revenue, for the last month of which they tell one."""

    month: str
    revenue: Any

    def is_news(self, card: Values) -> bool:
        """Unless the card has a later month's, or the same already (as in derive.py)."""
        asof = card["revenue_asof"] or ""
        return asof <= self.month and (card["revenue_ytd"], asof) != (self.revenue, self.month)


class Waiting:
    """`add` and `change` as records.save would; `flush` writes, in the order in which records name each other."""

    def __init__(self, session: Session, actor: Actor, unit_code: str) -> None:
        self._session, self._actor, self._unit_code = session, actor, unit_code
        self._fresh: dict[str, list[Fresh]] = {}
        self._changes: dict[str, list[Change]] = {}
        self._open: set[tuple[str, Any]] = set()  # (unit, day or month): known not to be handed in
        self._revenues: dict[UUID, _Revenue] = {}
        self._places = search.places_of(session)
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
        blank, numbers = _blank(register)
        record = blank.copy()
        record["unit_code"] = self._unit_code
        record.update(
            values
        )  # as they were read: nothing in them is empty, and all are fields of the register
        for name, step, places in numbers:
            value = record[name]
            if value is not None and not (value.__class__ is Decimal and value.same_quantum(step)):
                record[name] = records.exact(value, places)
        if unread:
            record["unparsed"] = dict(unread)
        record["origin"] = {**origin, "rev": 1}
        derive.fill(self._session, register, record, None)
        if register.scope == "month":
            self._check_open(register, None, record)
        moment, person = self.moment, self._actor.person
        record["id"], record["rev"] = new_key(), 1
        record["created_at"], record["created_by"] = moment, person
        record["updated_at"], record["updated_by"] = moment, person
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
        if stored is None and (record["unit_code"], record.get(register.placed_by)) in self._open:
            return
        for version in (stored, record) if stored is not None else (record,):
            day = version.get(register.placed_by)
            if day and (version["unit_code"], day) not in self._open:
                month = (version["unit_code"], str(day)[:7])
                if month not in self._open:
                    locks.check_open(self._session, register, None, version)
                self._open.update((month, (version["unit_code"], day)))

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
            if key == "visit":
                self._note_revenues([each.record for each in fresh.get(key, ())])
            elif key in fresh and key in _SPREAD:
                self._spread(register, [Change(0, None, each.record, {}, {}) for each in fresh[key]])
            if key in changes:
                if key == "visit":
                    self.tell_firms()
                self._spread(register, changes[key])
        self.moment = now()

    def tell_firms(self) -> None:
        """The revenue that the new visits told goes to the firms' cards, once for each."""
        told, self._revenues = self._revenues, {}
        keys = list(told)
        table = records.table_of(REGISTERS["enterprise"])
        for start in range(0, len(keys), _FIRMS_AT_ONCE):
            query = select(table).where(
                table.c.id.in_(keys[start : start + _FIRMS_AT_ONCE]), table.c.deleted_at.is_(None)
            )
            cards = [dict(row) for row in self._session.execute(query).mappings()]
            self._tell([(card, told[card["id"]]) for card in cards if told[card["id"]].is_news(card)])

    def _tell(self, told: Sequence[tuple[Values, _Revenue]]) -> None:
        register = REGISTERS["enterprise"]
        moment = now()
        changes = []
        # A revenue is asked for by no other field, and nothing else on a card follows from it.
        made = [{**card, "revenue_ytd": news.revenue, "revenue_asof": news.month} for card, news in told]
        finish(register, made)
        for (card, _), record in zip(told, made, strict=True):
            before, after = records.difference(register, card, record)
            record["rev"] = card["rev"] + 1
            record["updated_at"], record["updated_by"] = max(moment, card["updated_at"]), self._actor.person
            changes.append(Change(0, card, record, before, after, "由走访记录同步"))
        if changes:
            write_changes(self._session, register, changes, self._actor, "", moment)
            self.hear(Many(touched={register.key: {card["id"]: card for card, _ in told}}))

    def _note_revenues(self, visits: Sequence[Values]) -> None:
        months: dict[date, str] = {}
        for record in visits:
            revenue, day = record["revenue_ytd"], record["visit_date"]
            if revenue is None or day is None:
                continue
            month = months.get(day)
            if month is None:
                month = months[day] = f"{day.year:04d}-{day.month:02d}"
            firm = record["enterprise_id"]
            held = self._revenues.get(firm)
            if held is None:
                self._revenues[firm] = _Revenue(month, revenue)
            elif held.month <= month:
                held.month, held.revenue = month, revenue

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
        self._insert(register, made, pieces.names)
        audits = {
            "record_id": [record["id"] for record in made],
            "after": list(map(_after, made, pieces.objects())),
            "note": [each.note for each in fresh],
        }
        same = {"at": self.moment, "by": self._actor.person, "action": "import", "register": register.key}
        bulk.insert_columns(self._session, AUDIT, audits, same, ready=("after",))
        if register.key == "enterprise":
            search.index_new(self._session, made, self._places)
        else:
            find.index_new(self._session, register.key, made)
        self.count(register, *made)

    def _insert(self, register: Register, made: Sequence[Values], filled: frozenset[str]) -> None:
        table = records.table_of(register)
        origins = {"origin": [_origin(record["origin"]) for record in made]}
        names = [name for name in _ALWAYS if name in made[0]]
        names += [name for name in made[0] if name in filled and name not in _ALWAYS]
        names += [name for name in _beside(register) if any(record[name] is not None for record in made)]

        def refused() -> None:
            # One by one the row that is refused is known, and can be said in words.
            connection = self._session.connection()
            for record in made:
                with records.refusing(self._session, register, record):
                    connection.execute(records.insert_into(table), record)

        bulk.insert_rows(self._session, table, made, only=names, instead=origins, refused=refused)

    def _write_changes(self, register: Register, changes: Sequence[Change]) -> None:
        write_changes(self._session, register, changes, self._actor, "import", self.moment)
        self.count(register, *(change.record for change in changes))

    def count(self, register: Register, *written: Values) -> None:
        """Count the records that are left 待补全."""
        left = sum(1 for record in written if record["incomplete"])
        self.incomplete[register.key] = self.incomplete.get(register.key, 0) + left


@cache
def _blank(register: Register) -> tuple[Values, tuple[tuple[str, Decimal, int], ...]]:
    """A new record with its defaults, and the fields that are figures, with their step and decimals."""
    record: Values = {column.name: None for column in records.table_of(register).columns}
    for each in register.fields:
        if each.default is not None:
            record[each.name] = each.default
    numbers = [each for each in register.fields if each.kind is Kind.NUMBER]
    return record, tuple((each.name, Decimal(1).scaleb(-each.places), each.places) for each in numbers)


def _after(record: Values, filled: str) -> str:
    """What the audit keeps of a new record, as records.difference gives it."""
    parts = [filled[1:-1]] if len(filled) > 2 else []
    if record["unparsed"]:
        parts.append('"unparsed":' + bulk.dumps(record["unparsed"]))
    parts.append('"incomplete":true' if record["incomplete"] else '"incomplete":false')
    return "{" + ",".join(parts) + "}"


def _origin(origin: Mapping[str, Any]) -> str:
    """Where a record came from, as JSON; that of most records has the same few parts."""
    if len(origin) != 5 or "batch" not in origin:
        return bulk.dumps(origin)
    before, after = _around(origin["file"], origin["sheet"], origin["batch"], origin["rev"])
    return f"{before}{origin['row']}{after}"


@lru_cache(maxsize=16)
def _around(file: str, sheet: str, batch: str, rev: int) -> tuple[str, str]:
    """What stands before and after the number of the row."""
    return f'{{"file":{quoted(file)},"sheet":{quoted(sheet)},"row":', f',"batch":"{batch}","rev":{rev}}}'


_ALWAYS = (
    "id", "rev", "unit_code", "created_at", "created_by", "updated_at", "updated_by", "incomplete", "digest", "origin",
)  # fmt: skip


@cache
def _beside(register: Register) -> tuple[str, ...]:
    """The columns that are no fields, and may hold something of their own."""
    names = {each.name for each in register.fields} | {*_ALWAYS}
    return tuple(column.name for column in records.table_of(register).columns if column.name not in names)
