"""What a row of a ledger adds to a record that is there already: empty fields are filled, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.records import Values
from db.registers import Register
from db.text import fold

CHUNK = 500

# A candidate's later figures replace the earlier ones: that is what a later month's list is for.
_MOVED_BY = {"nurture": ("asof_ym", ("revenue_ytd", "vat_ytd", "asof_ym"))}
# The one answer that a new row may turn round: the visit that had brought up no problem has one now.
_GROWS = ("has_issue", False, True)


@dataclass(slots=True)
class Merge:
    """`values` and `unparsed` to save; `conflicts` (field, stored, in the file) that were left as stored."""

    values: dict[str, Any] = field(default_factory=dict)
    unparsed: dict[str, str] | None = None  # None: as stored
    conflicts: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.values) or self.unparsed is not None


SAME = Merge()  # nothing to add, nothing that differs: shared by all such rows, and never changed


def merge(register: Register, stored: Values, wanted: Mapping[str, Any], unread: Mapping[str, str]) -> Merge:
    """Compare a stored record with what a row says of it."""
    values: dict[str, Any] = {}
    conflicts: list[tuple[str, Any, Any]] = []
    by, moving = _MOVED_BY.get(register.key, ("", ()))
    later = bool(by and wanted.get(by) and stored.get(by) and wanted[by] > stored[by])
    for name, value in wanted.items():
        old = stored.get(name)
        if old == value or _empty(value):
            continue
        if _empty(old) or (later and name in moving) or (name, old, value) == _GROWS:
            values[name] = value
        elif not same(old, value):
            conflicts.append((name, old, value))
    unparsed = stored.get("unparsed")
    if not unparsed and not unread:
        return Merge(values, None, conflicts) if values or conflicts else SAME
    result = Merge(values, None, conflicts)
    kept = dict(unparsed or {})
    now = {name: text for name, text in kept.items() if name not in result.values}
    now.update({name: text for name, text in unread.items() if _empty(stored.get(name)) and name not in now})
    if now != kept:
        result.unparsed = now
    return result


def same(old: Any, new: Any) -> bool:
    """Equal as people see it: blanks in texts and trailing zeros aside, the order of several choices too."""
    if old == new:
        return True
    if isinstance(old, str) and isinstance(new, str):
        return fold(old) == fold(new)
    if isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) == sorted(map(str, new))
    if isinstance(old, (int, Decimal)) and isinstance(new, (int, Decimal)):
        return Decimal(old) == Decimal(new)
    return bool(old == new)


def _empty(value: Any) -> bool:
    return value is None or (not value and value in ("", []))
