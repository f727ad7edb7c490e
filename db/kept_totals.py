"""Parts of a roll-up kept in memory as long as nothing they are made of was written. Visits have totals of their own (tallies.py).

Every table a part reads has a counter that triggers move with each row written (register_state); a part is good as long
as the counters of its tables stand where they stood. Counters are read in the same transaction, so a part is never newer
or older than what the session sees; what a transaction has not committed is never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db import direct, settings

T = TypeVar("T")
ENTRIES = 200
_UNITS = ("org_unit", "setting")
_PLAN = ("plan", "plan_issue", "publication")
# The tables each part of the roll-up is made of. A test compares them with what is really read.
PARTS: Mapping[str, tuple[str, ...]] = {
    "coverage": ("return_file", "reporting_exception", "reporting_cycle", *_UNITS, *_PLAN),
    "indicators": ("indicator_value", "cloud", "enterprise", "nurture", "project", "release_batch", *_UNITS, *_PLAN),
    "issues": ("issue", "enterprise", *_UNITS),
    "clouds": ("cloud", *_UNITS, *_PLAN),
    "nurtures": ("nurture", "month_state", "enterprise", *_UNITS),
    "projects": ("project", "month_state", *_UNITS),
    "parks": ("park", "park_month"),
    "duties": ("duty", "month_state", "action_item", *_UNITS),
    "others": (
        "service", "liaison", "visit", "matter", "lead", "release_batch", "opportunity", "product", "supply_match",
        "enterprise", *_UNITS,
    ),
}  # fmt: skip
WATCHED = tuple(sorted({table for tables in PARTS.values() for table in tables}))

_Entry = tuple[tuple[int, ...], Any]
_kept: WeakKeyDictionary[Engine, OrderedDict[tuple[Any, ...], _Entry]] = WeakKeyDictionary()
_lock = Lock()


class Kept:
    """What is kept for the register of a session; made anew for each roll-up."""

    def __init__(self, session: Session) -> None:
        counters = direct.fetch(session, "SELECT name, changes FROM register_state")
        connection = session.connection()
        self._writing = bool(connection.get_execution_options().get("immediate"))
        self._changes: Mapping[str, int] = dict(counters)
        self._today = settings.today(session)  # what is overdue changes with the day
        with _lock:
            self._entries = _kept.setdefault(connection.engine, OrderedDict())

    def part(self, name: str, period: str, make: Callable[[], T]) -> T:
        """The part of the month as kept, or made now."""
        stamp = tuple(self._changes.get(table, -1) for table in PARTS[name])
        key = (name, str(period), self._today)
        with _lock:
            found = self._entries.get(key)
        if found is not None and found[0] == stamp:
            value: T = found[1]
            return value
        value = make()
        if not self._writing and -1 not in stamp:
            with _lock:
                self._entries[key] = (stamp, value)
                self._entries.move_to_end(key)
                while len(self._entries) > ENTRIES:
                    self._entries.popitem(last=False)
        return value


def forget(engine: Engine) -> None:
    """Keep nothing for a register any more."""
    with _lock:
        _kept.pop(engine, None)
