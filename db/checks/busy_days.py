"""Who visited whom on one day, looked up by person: what VIS-004 asks of days with many visits. The rule is in visit.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from db.checks.context import DayVisit

_KEPT = 16  # days; a month is checked day by day or nearly so


@dataclass(slots=True)
class Person:
    """One person's visits of a day: how many to each firm, and the one entered last."""

    firms: Counter[UUID] = field(default_factory=Counter)
    newest: bytes = b""


@dataclass(frozen=True, slots=True)
class Day:
    """The visits of one unit and day by id, and the people in them by name."""

    visits: Sequence[DayVisit]
    by_id: dict[UUID, DayVisit]
    people: dict[str, Person]


# By the identity of the list, which is kept beside so that no other list takes its place. Facts give the same list again.
_days: dict[int, Day] = {}
_lock = Lock()  # checks run on several threads


def day_of(visits: Sequence[DayVisit], names_of: Callable[[str], Sequence[str]]) -> Day:
    """The day of these visits, read once for as long as the same list is asked about."""
    known = _days.get(id(visits))
    if known is not None and known.visits is visits and len(known.by_id) == len(visits):
        return known
    people: dict[str, Person] = {}
    for visit in visits:
        for name in dict.fromkeys(names_of(visit.visitors)):
            person = people.setdefault(name, Person())
            if visit.enterprise_id is not None:
                person.firms[visit.enterprise_id] += 1
            person.newest = max(person.newest, visit.id.bytes)
    found = Day(visits, {visit.id: visit for visit in visits}, people)
    with _lock:
        while len(_days) >= _KEPT:
            del _days[next(iter(_days))]
        _days[id(visits)] = found
    return found
