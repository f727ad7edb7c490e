"""A problem as it stood on an earlier day, read off the days it has: handed out, settled, written off, looked at again.

What left no day (办理中 since when, a round that was taken up again) stands as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, case, null, select, type_coerce

from db.models.issue import CLEARED, DONE

# What came with a day is not yet known before it.
_CAME_WITH: Mapping[str, tuple[str, ...]] = {
    "assigned_on": ("assigned_on",),
    "closed_on": ("closed_on", "result", "result_text", "satisfaction"),
    "written_off_on": ("written_off_on", "written_off_by", "basis"),
    "review_on": ("review_on", "review_result"),
}


def as_of_day(table: Table, day: date) -> Select[Any]:
    """The problems registered by the day, with the columns of the table, as they stood at its end."""
    c = table.c
    unknown = {name: c[by] > day for by, names in _CAME_WITH.items() for name in names}
    columns: list[ColumnElement[Any]] = []
    for column in c:
        if column.name == "status":
            columns.append(type_coerce(_status(table, day), column.type).label("status"))
        elif column.name in unknown:
            value = case((unknown[column.name], null()), else_=column)
            columns.append(type_coerce(value, column.type).label(column.name))
        else:
            columns.append(column)
    return select(*columns).where(c.registered_on <= day)


def _status(table: Table, day: date) -> ColumnElement[Any]:
    c = table.c
    done = c.status.in_(DONE)
    return case(
        (done & (c.closed_on > day) & (c.assigned_on > day), "待交办"),
        (done & (c.closed_on > day), "办理中"),
        (c.status.in_(CLEARED) & (c.written_off_on > day), "已办结"),
        ((c.status == "回头看合格") & (c.review_on > day), "已销号"),
        (c.status.in_(("已交办", "办理中")) & (c.assigned_on > day), "待交办"),
        else_=c.status,
    )
