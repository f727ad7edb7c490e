"""The next steps of a record as small forms: which fields each asks for, what they start with, what carries it out.

Worked out from the state tables; the steps of a problem, which have actions of their own, are in issue_steps.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from db import fields as f
from db import workflow
from db.fields import Field, Kind
from db.registers import REGISTERS
from db.store import Actor, Store
from db.workflow import Move
from desktop.actions.moves import REASON_LIMIT, Moved, make_move

Values = dict[str, Any]
REASON = "reason"  # the name of the sentence that goes with a step


@dataclass(frozen=True, slots=True)
class Doing:
    """Who carries out a step, on which revision of which record."""

    store: Store
    actor: Actor
    today: date


Run = Callable[[Doing, Mapping[str, Any], Values], Moved]  # who, the record looked at, what was filled in


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step: `key` is the state it leads to or a word of its own, `fields` what it asks for and nothing else."""

    key: str
    word: str
    fields: tuple[Field, ...]
    run: Run = field(repr=False)
    values: Values = field(default_factory=dict)
    note: str = ""  # a line above the fields
    main: bool = False  # the way forward


def reason_field(label: str) -> Field:
    """The sentence that goes with a step; it is written into the log or the history."""
    return Field(label, Kind.TEXT, "一句话说清，会留在记录里。", REASON, required=True, limit=REASON_LIMIT)


def asked(register: str, names: Sequence[str], *, required: bool = True) -> tuple[Field, ...]:
    """Fields of a register as a step asks for them."""
    model = REGISTERS[register]
    return tuple(replace(model.field(name), required=required, required_when=None) for name in names)


def steps_of(register: str, record: Mapping[str, Any], doing: Doing) -> list[StepForm]:
    """The steps open to a record, the way forward first. For problems see issue_steps.steps_of_issue."""
    found = [
        _step(register, move, record, doing)
        for move in workflow.moves_for(register, record, doing.actor.role)
    ]
    if found and not workflow.moves_for(register, record, doing.actor.role)[0].reason:
        found[0] = replace(found[0], main=True)
    return found


def _step(register: str, move: Move, record: Mapping[str, Any], doing: Doing) -> StepForm:
    brought = workflow.values_of(move, record, doing.actor.person, doing.today)
    wanted = (*asked(register, move.asks), *asked(register, move.offers, required=False))
    if move.reason:
        wanted += (reason_field(move.reason),)

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        given = {name: value for name, value in values.items() if name != REASON}
        return make_move(
            doing.store, register, looked["id"], move.after, given, actor=doing.actor, today=doing.today,
            base_rev=looked["rev"], reason=str(values.get(REASON) or ""),
        )  # fmt: skip

    start = {each.name: brought.get(each.name, record.get(each.name)) for each in wanted}
    return StepForm(move.after, move.word, wanted, run, start)


def day_field(name: str, label: str, help: str) -> Field:
    """A date that a step asks for under a name of its own."""
    return Field(label, Kind.DATE, help, name, required=True)


NOTE_LIMIT = f.NOTE_LIMIT
