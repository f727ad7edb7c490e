"""What was entered before, for the next record: carrying over, previous values, what usually goes together. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db import records, values
from db.fields import Field, Kind
from db.registers import REGISTERS, Register
from db.store import Actor, Store
from db.values import Lookup

Values = dict[str, Any]

NEWEST = 2000  # records looked at
LIMIT = 300  # of them remembered
_OF_ONE_FIRM = 30

# What usually goes together: when the first is chosen, the others are taken from the newest record that has it too.
TOGETHER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "issue": {"category": ("level", "org_code", "owner", "owner_phone"), "owner": ("owner_phone",)},
    "cloud": {"provider_org": ("provider_brand",)},
}
# Texts that belong to one firm: only what was said of that firm before is offered.
OF_THE_FIRM = {"firm_attendees", "contact", "phone", "statistician"}
_PERSON = re.compile(r"[、，,;；]\s*")
_OFFICE = re.compile(r"[（(].*?[）)]")


@dataclass(frozen=True)
class Past:
    """The newest records of one register, newest first, as far as they can be of use for the next one."""

    rows: tuple[Values, ...] = ()
    people: tuple[str, ...] = ()  # who else is at hand: the visit's people, the person at this machine
    firm: UUID | None = None  # whose texts `of_firm` are
    of_firm: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def texts(self, field: Field, record: Mapping[str, Any] | None = None) -> list[str]:
        """The different texts a field held, the newest first; of the record's own firm where they are a firm's."""
        if field.name in OF_THE_FIRM:
            firm = (record or {}).get("enterprise_id")
            return list(self.of_firm.get(field.name, ())) if firm is not None and firm == self.firm else []
        found = dict.fromkeys(str(row[field.name]) for row in self.rows if row.get(field.name))
        if is_person(field):
            found.update(dict.fromkeys(self.people))
        return list(found)

    def beside(self, register: str, name: str, value: Any) -> Values:
        """What the newest record with this value holds in the fields that usually go with it."""
        names = TOGETHER.get(register, {}).get(name, ())
        if not names or value in (None, "", []):
            return {}
        row = next((row for row in self.rows if row.get(name) == value), None)
        return {} if row is None else {each: row[each] for each in names if row[each] not in (None, "", [])}


def is_person(field: Field) -> bool:
    """Whether a field names one person of an office."""
    return field.name in ("owner", "filler", "verified_by", "written_off_by", "reviewer", "contact_person")


def persons(text: str | None) -> tuple[str, ...]:
    """The names in “张敏（经发办）、李伟（社区）”."""
    parts = (_OFFICE.sub("", part).strip() for part in _PERSON.split(_OFFICE.sub("", text or "")))
    return tuple(dict.fromkeys(part for part in parts if part))


def past(store: Store, register: str, actor: Actor, people: Iterable[str] = ()) -> Past:
    """The newest records of this person's unit. A few milliseconds; to be asked aside."""
    model = REGISTERS[register]
    table = records.table_of(model)
    names = _remembered(model)
    # The newest of all first: a unit that has none of a million records must not have them all looked through.
    newest = (
        select(table.c.id, table.c.unit_code, table.c.deleted_at, *(table.c[name] for name in names))
        .order_by(table.c.id.desc())  # keys sort by time of birth
        .limit(NEWEST)
        .subquery()
    )
    query = (
        select(newest)
        .where(newest.c.unit_code == actor.unit_code, newest.c.deleted_at.is_(None))
        .order_by(newest.c.id.desc())
        .limit(LIMIT)
    )
    with store.read() as session:
        rows = [dict(row) for row in session.execute(query).mappings()]
    return Past(tuple(rows), tuple(dict.fromkeys(name for name in people if name)))


def with_firm(found: Past, store: Store, register: str, firm: UUID | None) -> Past:
    """The same, with what was written of this firm in the fields that are a firm's own, the newest first."""
    model = REGISTERS[register]
    names = [each.name for each in model.fields if each.name in OF_THE_FIRM]
    if firm is None or not model.has_enterprise or not names:
        return replace(found, firm=None, of_firm={})
    table, card = records.table_of(model), records.table_of(REGISTERS["enterprise"])
    query = (
        select(*(table.c[name] for name in names))
        .where(table.c.enterprise_id == firm, table.c.deleted_at.is_(None))
        .order_by(table.c[model.placed_by].desc(), table.c.id.desc())
        .limit(_OF_ONE_FIRM)
    )
    with store.read() as session:
        rows = session.execute(query).mappings().all()
        contact = session.scalar(select(card.c.contact).where(card.c.id == firm))
    texts = {name: dict.fromkeys(str(row[name]) for row in rows if row[name]) for name in names}
    if contact and "firm_attendees" in texts and not any(contact in text for text in texts["firm_attendees"]):
        texts["firm_attendees"][contact] = None  # who is on the card may well have been there
    return replace(found, firm=firm, of_firm={name: tuple(each) for name, each in texts.items()})


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier record of the same firm holds in a field, as people read it."""

    text: str
    when: str
    by: str


def of_firm(
    store: Store, register: str, firm: UUID, name: str, but: UUID | None, lookup: Lookup, limit: int = 6
) -> list[Earlier]:
    """What the firm's other records of this register say in a field, the newest first."""
    model = REGISTERS[register]
    if not model.has_enterprise or name in ("enterprise_id", "visit_id"):
        return []
    table = records.table_of(model)
    placed = table.c[model.placed_by]
    query = (
        select(table.c.id, placed.label("at"), table.c[name].label("held"), table.c.created_by)
        .where(
            table.c.enterprise_id == firm,
            table.c.deleted_at.is_(None),
            table.c[name].is_not(None),
            *((table.c.id != but,) if but is not None else ()),
        )
        .order_by(placed.desc(), table.c.id.desc())
        .limit(limit)
    )
    asked = model.field(name)
    shown = values.to_text if asked.kind in (Kind.LONG, Kind.LOG) else values.display
    with store.read() as session:
        rows = session.execute(query).all()
    return [Earlier(shown(asked, row.held, lookup), str(row.at or ""), row.created_by or "") for row in rows]


def _remembered(model: Register) -> list[str]:
    together = {name for one, others in TOGETHER.get(model.key, {}).items() for name in (one, *others)}
    return [
        each.name
        for each in model.fields
        if recalls(each) or each.name in together or (each.kind is Kind.REF and each.source == "enterprise")
    ]


def recalls(field: Field) -> bool:
    """Whether earlier texts of a field are offered: short texts that people write, and no codes or numbers of one thing."""
    return (
        field.kind is Kind.TEXT
        and not field.computed
        and field.editor != "code"
        and field.name not in ("name", "uscc", "title", "alias")
        and not field.name.endswith("_no")
    )


def carry_over(store: Store, register: str, actor: Actor) -> Values:
    """The carried fields of the last record this person entered (their unit's, where they have none)."""
    model = REGISTERS[register]
    table = records.table_of(model)
    carried = [each.name for each in model.fields if each.carry]
    wanted = ("id", "unit_code", "deleted_at", "created_by", *carried)
    latest = select(*(table.c[name] for name in wanted)).order_by(table.c.id.desc()).limit(NEWEST).subquery()
    newest = (
        select(latest)
        .where(latest.c.unit_code == actor.unit_code, latest.c.deleted_at.is_(None))
        .order_by(latest.c.id.desc())
        .limit(1)
    )
    with store.read() as session:
        row = (
            session.execute(newest.where(latest.c.created_by == actor.person)).mappings().first()
            or session.execute(newest).mappings().first()
        )
    return {} if row is None else {name: row[name] for name in carried if row[name] not in (None, "", [])}
