"""How a record came to be as it is, and what to do about two versions of it. No Qt here.

Opening and saving are in records.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from db import records, values
from db.fields import Field, Kind
from db.registers import REGISTERS
from db.store import Store
from db.values import Lookup, from_json
from desktop.actions.records import FormState, register_fields

MINE, THEIRS = "mine", "theirs"
_NOTE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a field's history, in words."""

    at: datetime
    by: str
    action: str
    old: str
    new: str
    note: str = ""


ACTION_WORDS = {
    "create": "登记",
    "update": "修改",
    "delete": "删除",
    "restore": "恢复",
    "import": "导入",
    "paste": "粘贴录入",
    "receive": "接收",
    "undo": "撤销",
    "move": "办理",
    "progress": "进展",
    "event": "变更",
    "event_undo": "撤销变更",
    "merge": "合并",
    "withdraw": "撤回说明",
    "spread": "带出",
    "derive": "带出",
}


def field_history(store: Store, register: str, record_id: UUID, name: str, lookup: Lookup) -> list[Change]:
    """How a field of a record came to its value, newest first, as people read it."""
    field_ = REGISTERS[register].field(name)
    with store.read() as session:
        entries = records.history(session, record_id, name)
    return [
        Change(
            entry.at.astimezone(),
            entry.by,
            ACTION_WORDS.get(entry.action, entry.action),
            _shown(field_, (entry.before or {}).get(name), lookup),
            _shown(field_, (entry.after or {}).get(name), lookup),
            entry.note or "",
        )
        for entry in entries
    ]


def record_history(store: Store, register: str, record_id: UUID, lookup: Lookup) -> list[tuple[Change, str]]:
    """Everything that happened to a record, newest first: (change, label of the field)."""
    fields = {each.name: each for each in register_fields(register)}
    with store.read() as session:
        entries = records.history(session, record_id)
    found: list[tuple[Change, str]] = []
    for entry in entries:
        word = ACTION_WORDS.get(entry.action, entry.action)
        names = [name for name in (entry.after or {}) if name in fields]
        if entry.action == "create" or not names:
            found.append((Change(entry.at.astimezone(), entry.by, word, "", "", entry.note or ""), ""))
            continue
        for name in names:
            old = _shown(fields[name], (entry.before or {}).get(name), lookup)
            new = _shown(fields[name], (entry.after or {}).get(name), lookup)
            found.append(
                (
                    Change(entry.at.astimezone(), entry.by, word, old, new, entry.note or ""),
                    fields[name].label,
                )
            )
    return found


# ---------------------------------------------------------------- two versions of one record


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which two versions of a record differ, as people read it, and who changed it since both began."""

    name: str
    label: str
    mine: str
    theirs: str
    mine_changed: bool
    theirs_changed: bool

    @property
    def both(self) -> bool:
        """Both changed it: only a person can say which holds."""
        return self.mine_changed and self.theirs_changed


def differences(state: FormState, theirs: Mapping[str, Any], lookup: Lookup) -> list[Difference]:
    """The fields on which a form's contents and what somebody else stored meanwhile differ, in the form's order."""
    mine, base = state.record(), state.stored or {}
    found = []
    for each in register_fields(state.register):
        if each.computed:
            continue
        one, other, first = (_held(each.name, record) for record in (mine, theirs, base))
        if one != other:
            found.append(
                Difference(
                    each.name,
                    each.label,
                    _said(each, mine, lookup),
                    _said(each, theirs, lookup),
                    one != first,
                    other != first,
                )
            )
    return found


def merged(state: FormState, theirs: Mapping[str, Any], chosen: Mapping[str, str]) -> FormState:
    """The form over the other's version: `chosen` says MINE or THEIRS per field, what it does not name is theirs."""
    names = [each.name for each in register_fields(state.register)]
    found = {name: theirs.get(name) for name in names}
    unparsed = dict(theirs.get("unparsed") or {})
    absent = set(theirs.get("not_applicable") or [])
    for name, whose in chosen.items():
        if whose != MINE:
            continue
        found[name] = state.values.get(name)
        unparsed.pop(name, None)
        absent.discard(name)
        if name in state.unparsed:
            unparsed[name] = state.unparsed[name]
        if name in state.not_applicable:
            absent.add(name)
    return replace(
        state,
        base_rev=theirs["rev"],
        values=found,
        unparsed=unparsed,
        not_applicable=sorted(absent),
        stored=dict(theirs),
    )


def not_taken(found: list[Difference], chosen: Mapping[str, str]) -> str:
    """What a choice between two versions leaves out, in words: kept in the history of the record."""
    lost = []
    for each in found:
        if not each.both:
            continue  # what the other side left as it was is no loss
        mine = chosen.get(each.name) == MINE
        text, whose = (each.theirs, "另一窗口") if mine else (each.mine, "本窗口")
        if text:
            lost.append(f"{each.label}（{whose}）：{text}")
    words = "两个窗口的修改合并；未采用的：" + "；".join(lost) if lost else "两个窗口的修改合并"
    return words if len(words) <= _NOTE_LIMIT else words[: _NOTE_LIMIT - 1] + "…"


def _held(name: str, record: Mapping[str, Any]) -> Any:
    if name in (record.get("not_applicable") or []):
        return ("不适用",)
    typed = (record.get("unparsed") or {}).get(name)
    if typed:
        return ("?", typed)
    value = record.get(name)
    return None if value in (None, "", []) else value


def _said(each: Field, record: Mapping[str, Any], lookup: Lookup) -> str:
    held = _held(each.name, record)
    if isinstance(held, tuple):
        return str(held[-1])
    if each.kind in (Kind.LONG, Kind.LOG):
        return values.to_text(each, held, lookup)
    return values.display(each, held, lookup)


def _shown(field_: Field, data: Any, lookup: Lookup) -> str:
    value = from_json(field_, data)
    if field_.kind is Kind.LONG and value:
        return str(value)
    return values.display(field_, value, lookup)
