"""What is typed into a cell of the paste grid, spelled out: days and months, choices by a few letters, firms by a fragment."""

from __future__ import annotations

from collections.abc import Sequence

from db import search
from db.fields import Kind
from db.store import Store
from db.text import fold, same_name
from db.values import match_choice
from desktop.context import AppContext
from desktop.forms.match import matches, numbered
from desktop.forms.shorthand import full_date, full_period
from returns.paste.columns import FIRM, Slot

MOST_OPTIONS = 400
_YES = ("是", "否")


def options_of(slot: Slot, context: AppContext) -> Sequence[str]:
    """The names a cell of this field may hold, where they can be listed."""
    field = slot.field
    if field.kind is Kind.BOOL:
        return _YES
    if field.choices:
        return field.choices
    if field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.REF, Kind.REFS) and field.source:
        names = [name for _, name in context.directory.options(field.source)]
        return names if len(names) <= MOST_OPTIONS else ()
    return ()


def spelled_out(slot: Slot | None, typed: str, context: AppContext) -> str:
    """The whole of what a few typed characters plainly mean; otherwise as it was typed."""
    if slot is None or not typed.strip():
        return typed
    kind = slot.field.kind
    if kind is Kind.DATE:
        return full_date(typed, context.period, context.today())
    if kind is Kind.PERIOD:
        return full_period(typed, context.period, context.today())
    if kind in (Kind.CHOICE, Kind.REF, Kind.BOOL):
        return _chosen(slot, typed, options_of(slot, context))
    return typed


def _chosen(slot: Slot, typed: str, names: Sequence[str]) -> str:
    options = [(name, name) for name in names]
    if typed in names or (slot.field.choices and match_choice(slot.field, typed) is not None):
        return typed
    if (by_place := numbered(options, typed)) is not None:
        return by_place[1]
    found = matches(options, typed, limit=3)
    begins = [name for _, name in found if fold(name).lower().startswith(fold(typed).lower())]
    if len(begins) == 1:
        return begins[0]
    return found[0][1] if len(found) == 1 else typed


def firm_meant(store: Store, typed: str) -> str:
    """The one firm that a fragment, initials or the tail of a code fit; "" for none, or for several."""
    with store.read() as session:
        hits = search.find_enterprises(session, typed, limit=2)
    if len(hits) == 1 and same_name(hits[0].name) != same_name(typed):
        return hits[0].name
    return ""


def is_firm(slot: Slot | None) -> bool:
    return slot is not None and slot.key == FIRM
