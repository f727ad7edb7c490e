"""What people do with records: open, check, save, delete, restore, carry over, look back. No Qt here.

A form's contents travel as a `FormState`: typed values, what was typed and not understood, what is 不适用.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import derive, locks, records, workflow
from db.checks import run
from db.errors import Refused
from db.fields import Field
from db.findings import Finding
from db.registers import REGISTERS, Register
from db.store import Actor, Store
from db.values import Lookup, from_json, to_json
from desktop.actions.issues import check_write_off

Values = dict[str, Any]


@dataclass
class FormState:
    """The contents of a form. `stored` is the record as it was when the form opened, None for a new one."""

    register: str
    id: UUID | None = None
    base_rev: int | None = None
    values: Values = field(default_factory=dict)
    unparsed: dict[str, str] = field(default_factory=dict)
    not_applicable: list[str] = field(default_factory=list)
    stored: Values | None = None

    @property
    def key(self) -> str:
        """Under which its draft is kept."""
        return f"{self.register}:{self.id.hex if self.id else 'new'}"

    def record(self) -> Values:
        """The record as it would be stored now."""
        return {
            **(self.stored or {}),
            **self.values,
            "unparsed": dict(self.unparsed) or None,
            "not_applicable": list(self.not_applicable) or None,
        }


@dataclass(frozen=True, slots=True)
class FormSaved:
    """A stored record, and what there still is to say about it."""

    saved: records.Saved
    findings: list[Finding]
    state: FormState


def register_fields(register: str) -> tuple[Field, ...]:
    """The declared fields of a register."""
    return REGISTERS[register].fields


# ---------------------------------------------------------------- opening


# Fields of a new record that today's date, or the month in work, goes into without saying.
_TODAY = {
    "issue": "registered_on", "opportunity": "registered_on", "product": "registered_on", "matter": "raised_on",
    "lead": "found_on", "firm_plan": "made_on",
}  # fmt: skip
_MONTH = {"park": "period", "project": "asof_ym", "duty": "asof_ym"}


def defaults_for(register: str, actor: Actor, today: date, period: str | None = None) -> Values:
    """What a new record starts with: declared defaults, who fills it in, the day or month where that is plain."""
    found = {each.name: each.default for each in register_fields(register) if each.default is not None}
    if register == "visit" and actor.person != "未登记":
        found["filler"] = actor.person
    if register in _TODAY:
        found[_TODAY[register]] = today
    if register in _MONTH and period:
        found[_MONTH[register]] = period
    if register == "duty" and period:
        found["year"] = period[:4]
    return found


def open_form(
    store: Store,
    register: str,
    record_id: UUID | None,
    defaults: Mapping[str, Any] | None = None,
    *,
    actor: Actor | None = None,
    today: date | None = None,
    period: str | None = None,
) -> FormState:
    """The state of a form: a stored record, or a new one with defaults. Refused for a record that is gone."""
    if record_id is None:
        start = defaults_for(register, actor or store.actor, today or date.today(), period)
        return FormState(register, values={**start, **(defaults or {})})
    with store.read() as session:
        stored = records.get(session, REGISTERS[register], record_id)
    if stored is None or stored["deleted_at"] is not None:
        raise Refused("这条记录已被删除。", "可以在列表里撤销删除，或重新登记。", "no_such_record")
    names = [each.name for each in register_fields(register)]
    return FormState(
        register,
        record_id,
        stored["rev"],
        {**{name: stored[name] for name in names}, **(defaults or {})},
        dict(stored["unparsed"] or {}),
        list(stored["not_applicable"] or []),
        stored,
    )


def to_draft(state: FormState) -> dict[str, Any]:
    """A form's contents as JSON."""
    return {
        "base_rev": state.base_rev,
        "values": {
            name: to_json(value) for name, value in state.values.items() if value not in (None, "", [])
        },
        "unparsed": dict(state.unparsed),
        "not_applicable": list(state.not_applicable),
    }


def from_draft(store: Store, register: str, record_id: UUID | None, data: Mapping[str, Any]) -> FormState:
    """The form that `to_draft` kept; fields that no longer exist are left out.

    The revision is the one the draft began from: if the record was saved since, saving says so.
    """
    fields = {each.name: each for each in register_fields(register)}
    kept = {
        name: from_json(fields[name], value)
        for name, value in data.get("values", {}).items()
        if name in fields
    }
    state = FormState(register) if record_id is None else open_form(store, register, record_id)
    blank = dict.fromkeys(fields)
    return replace(
        state,
        base_rev=data.get("base_rev"),
        values={**blank, **kept},
        unparsed=dict(data.get("unparsed", {})),
        not_applicable=list(data.get("not_applicable", [])),
    )


# ---------------------------------------------------------------- checking and saving


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to say about a form's contents, and the values the program would fill in by itself."""

    findings: list[Finding]
    derived: Values
    locked: str = ""  # why it could not be stored now: its month was handed in


def look(
    store: Store, state: FormState, actor: Actor, *, today: date | None = None, period: str | None = None
) -> Looked:
    """Check a form's contents as they would be stored, without storing them."""
    register = REGISTERS[state.register]
    typed = {"unit_code": actor.unit_code, **state.record()}
    record = dict.fromkeys(each.name for each in register.fields) | typed
    with store.read() as session:
        derive.fill(session, register, record, state.stored)
        findings = _check(session, register, record, state.stored, today, period)
        locked = _locked(session, register, state.stored, record)
    changed = {
        each.name: record[each.name]
        for each in register.fields
        if record[each.name] not in (None, "", []) and record[each.name] != typed.get(each.name)
    }
    return Looked(findings, changed, locked)


def _locked(
    session: Session, register: Register, stored: Mapping[str, Any] | None, record: Mapping[str, Any]
) -> str:
    try:
        locks.check_open(session, register, stored, record)
    except Refused as refused:
        return refused.message
    return ""


def check_form(
    store: Store, state: FormState, actor: Actor, *, today: date | None = None, period: str | None = None
) -> list[Finding]:
    """What there is to say about a form's contents now, without storing them."""
    return look(store, state, actor, today=today, period=period).findings


def save_form(
    store: Store,
    state: FormState,
    actor: Actor,
    *,
    today: date | None = None,
    period: str | None = None,
    note: str | None = None,
) -> FormSaved:
    """Store a form's contents, complete or not (待补全), and check what is stored.

    Raises StaleRecord when someone saved in between, Refused for a locked month, a credit code that another
    card has, or a move the workflow does not know.
    """
    register = REGISTERS[state.register]
    _check_move(store, register, state, actor)
    with store.write() as session:
        saved = records.save(
            session,
            register,
            state.values,
            actor,
            id=state.id,
            base_rev=state.base_rev,
            unparsed=state.unparsed,
            not_applicable=state.not_applicable,
            note=note,
        )
    after = open_form(store, state.register, saved.id)
    return FormSaved(saved, check_form(store, after, actor, today=today, period=period), after)


def _check(
    session: Session,
    register: Register,
    record: Mapping[str, Any],
    stored: Mapping[str, Any] | None,
    today: date | None,
    period: str | None,
) -> list[Finding]:
    context = run.context(session, today=today, period=period, unit_code=record["unit_code"])
    return run.check_record(context, register, record, previous=stored)


def _check_move(store: Store, register: Register, state: FormState, actor: Actor) -> None:
    """Refused where the form moves a record as its table, or the rule of 销号, does not allow."""
    machine = workflow.MACHINES.get(register.key)
    if machine is None or state.stored is None:
        return
    old, new = state.stored.get(machine.field), state.values.get(machine.field)
    if old is None or new is None or old == new:
        return
    refused = workflow.refusal(register.key, state.stored, new, actor.role)
    if refused is not None:
        raise Refused(*refused, machine.rule)
    if register.key == "issue" and new == "已销号":
        with store.read() as session:
            check_write_off(session, state.record(), str(state.values.get("written_off_by") or ""))


# ---------------------------------------------------------------- states


def state_choices(
    register: str, stored: Mapping[str, Any] | None, role: str
) -> tuple[str, tuple[str, ...]] | None:
    """(field, states that may be chosen now) for a register with a workflow; None for the others."""
    machine = workflow.MACHINES.get(register)
    if machine is None:
        return None
    if stored is None:
        return machine.field, REGISTERS[register].field(machine.field).choices
    now = str(stored.get(machine.field) or machine.start)
    return machine.field, (now, *workflow.allowed(register, now, role))


def moved(register: str, record: Mapping[str, Any], new: str, actor: Actor, today: date) -> Values:
    """The values a move brings with it: the state, and the day and name that go without saying."""
    machine = workflow.MACHINES[register]
    move = workflow.move_to(register, record, new)
    brought = workflow.values_of(move, record, actor.person, today) if move is not None else {}
    return {machine.field: new, **brought}


def missing_fields(register: str, record: Mapping[str, Any]) -> list[str]:
    """Required fields that are empty, in the order of the form."""
    return [
        each.name
        for each in register_fields(register)
        if not each.computed and record.get(each.name) in (None, "", []) and each.is_required(record)
    ]


# ---------------------------------------------------------------- delete, restore


def delete_record(store: Store, register: str, record_id: UUID, actor: Actor) -> None:
    """Put a record aside. Refused when others name it or its month is locked."""
    with store.write() as session:
        records.delete(session, REGISTERS[register], record_id, actor)


def restore_record(store: Store, register: str, record_id: UUID, actor: Actor) -> None:
    """Undo a delete."""
    with store.write() as session:
        records.restore(session, REGISTERS[register], record_id, actor)


def take_back_made(store: Store, register: str, made: Sequence[UUID], note: str) -> None:
    """Delete records that the program made itself; those that were worked on since stay."""
    declared = REGISTERS[register]
    with store.write() as session:
        for key in made:
            record = records.get(session, declared, key)
            if record is not None and record["rev"] == 1:
                records.delete(session, declared, key, store.actor, note=note)


def summary_of(register: str, record: Mapping[str, Any], lookup: Lookup) -> str:
    """One line that names a record: its firm or name, its date."""
    name = record.get("name") or lookup.name("enterprise", record.get("enterprise_id"))
    when = record.get(REGISTERS[register].placed_by)
    return " · ".join(str(part) for part in (name, when) if part) or REGISTERS[register].noun
