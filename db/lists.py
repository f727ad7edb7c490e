"""Pages of a register for its list: filter, search, sort, one page after another, counts with a ceiling.

Pages follow a key (the sorted value and the id), never an offset: page 10,000 costs what page 1 does. Rows carry
what a list shows, with the firm's name, code and street; whole records are read by records.get.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Session

from db import find, owing, search
from db.fields import Kind
from db.models import Enterprise, EnterpriseSearch, Indicator, Park
from db.models.issue import OPEN
from db.month_states import stood
from db.periods import Period
from db.ranges import Between
from db.records import Values, table_of
from db.registers import REGISTERS, Register

MANY_KEYS = 5000  # more are handed over as one list
FEW_FIRMS = 300  # up to so many matches the firms' own rows are fetched; beyond, rows are walked in order
ALWAYS = ("id", "rev", "unit_code", "incomplete", "unparsed", "not_applicable")
# What a list opens with; each is answered by an index.
DEFAULT_SORT: Mapping[str, tuple[str, bool]] = {
    "enterprise": ("name", False),
    "visit": ("visit_date", True),
    "issue": ("registered_on", True),
    "cloud": ("cloud_on", True),
    "nurture": ("stage", False),
    "indicator": ("period", True),
    "project": ("name", False),
    "park": ("period", True),
    "duty": ("due_date", False),
}
# What a list of this register needs beside its own columns: why a cloud record counts or not.
BESIDE: Mapping[str, tuple[str, ...]] = {
    "cloud": ("enterprise_id", "counted", "uncounted_reason", "verify_status", "opening", "expire_on"),
}
FIRM = Enterprise.__table__


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list shows.

    `filters` by name: “street”, “unit” (a code, or several), “period” (a month, by the date that places the row), “incomplete”,
    “deleted” (only deleted rows; otherwise none of them), “ids”, “overdue” (a day: open issues due before it), “past” (a day: due before it),
    “owing” (rows that still lead to something, see owing.py), “upto” (a month: problems, candidates, projects and tasks as
    they stood at its end, see month_states.py), or any field: one value, a list of values (None among them: empty too), Between, or None for empty. A multiple
    choice is matched by containing.
    `sort`: a field and whether descending; None is the register's own order. `columns`: None for the list's own.
    """

    register: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    sort: tuple[str, bool] | None = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is handed to `page` as `after`; None after the last row."""

    rows: list[Values]
    next: tuple[Any, ...] | None


def page(session: Session, query: ListQuery, after: tuple[Any, ...] | None = None, limit: int = 100) -> Page:
    """The rows after `after`, in order. Rows without the sorted value come last, whichever the direction."""
    register = REGISTERS[query.register]
    name, descending = query.sort or default_sort(register)
    table = relation(query.register, query.filters)
    searched = _search(session, register, table, query.search)
    if searched is None:
        return Page([], None)
    asked = (query.register, tuple(query.filters.items()), query.columns, name, descending)
    try:
        # Statements without a searched text are kept: building one takes as long as reading its rows.
        filled, empty = _stretches(*asked, *searched) if searched else _kept(*asked)
    except TypeError:  # a list among the filters
        filled, empty = _stretches(*asked, *searched)
    key = _sort_key(table, name)
    rows: list[Values] = []
    if after is None or after[0] is not None:
        part = filled
        if after is not None:
            # Both columns in the same direction, so that a row comparison fits the index.
            place = tuple_(key, table.c.id)
            edge = tuple_(literal(after[0], key.type), literal(after[1], table.c.id.type))
            part = part.where(place < edge if descending else place > edge)
        rows += _rows(session, part.limit(limit + 1))
    if len(rows) <= limit:
        part = empty
        if after is not None and after[0] is None:
            part = part.where(table.c.id > after[1])
        rows += _rows(session, part.limit(limit + 1 - len(rows)))
    more = len(rows) > limit
    del rows[limit:]
    edge_of = (rows[-1]["_key"], rows[-1]["id"]) if more else None
    for row in rows:
        del row["_key"]
    return Page(rows, edge_of)


def _stretches(
    key: str,
    filters: tuple[tuple[str, Any], ...],
    columns: tuple[str, ...] | None,
    name: str,
    descending: bool,
    *searched: ColumnElement[bool],
) -> tuple[Select[Any], Select[Any]]:
    """The rows that have the sorted value, in order, and those that do not.

    Two stretches instead of one OR: each walks an index, and neither depends on where a database puts NULL.
    """
    table = relation(key, dict(filters))
    value = _sort_key(table, name)
    base = _base(REGISTERS[key], table, dict(filters), columns, searched).add_columns(value.label("_key"))
    order = (value.desc(), table.c.id.desc()) if descending else (value, table.c.id)
    return base.where(value.is_not(None)).order_by(*order), base.where(value.is_(None)).order_by(table.c.id)


_kept = lru_cache(maxsize=128)(_stretches)


def relation(key: str, filters: Mapping[str, Any]) -> FromClause:
    """Where a list's rows come from: the register as it is, or as it stood in a month."""
    upto = filters.get("upto")
    return table_of(REGISTERS[key]) if upto is None else _stood(key, str(upto))


# The same object each time, so that a place in it fits a kept statement.
_stood = lru_cache(maxsize=64)(stood)


def default_sort(register: Register) -> tuple[str, bool]:
    """The order a list opens in: the register's own, else the newest first by the date that places its rows."""
    return DEFAULT_SORT.get(register.key, (register.placed_by, True))


def count(session: Session, query: ListQuery, cap: int = 10_000) -> int:
    """How many rows there are; `cap` means so many or more (counting a million takes longer than showing them)."""
    register = REGISTERS[query.register]
    table = relation(query.register, query.filters)
    searched = _search(session, register, table, query.search)
    if searched is None:
        return 0
    base = _base(register, table, query.filters, None, searched, only_id=True)
    return session.scalar(select(func.count()).select_from(base.limit(cap).subquery())) or 0


def keys_of(query: ListQuery) -> Select[Any]:
    """SELECT id of the rows a list shows, without order or search: for counting and joining."""
    table = relation(query.register, query.filters)
    return _base(REGISTERS[query.register], table, query.filters, None, (), only_id=True)


def _rows(session: Session, statement: Select[Any]) -> list[Values]:
    result = session.connection().execute(statement)
    names = tuple(result.keys())
    # All at once: a page is small, and row by row costs half as much again.
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def _sort_key(table: FromClause, name: str) -> ColumnElement[Any]:
    if name in ("enterprise_id", "enterprise_name"):
        return FIRM.c.name
    if name in ("enterprise_uscc", "enterprise_street"):
        return FIRM.c[{"enterprise_uscc": "uscc", "enterprise_street": "street_code"}[name]]
    return table.c[name]


def _base(
    register: Register,
    table: FromClause,
    filters: Mapping[str, Any],
    columns: tuple[str, ...] | None,
    searched: Sequence[ColumnElement[bool]],
    *,
    only_id: bool = False,
) -> Select[Any]:
    """The filtered SELECT without order."""
    conditions = [*_conditions(register, table, filters), *searched]
    by_firm = "street" in filters and "street_code" not in table.c
    needs_firm = register.has_enterprise and (not only_id or by_firm)
    wanted: list[ColumnElement[Any]] = [table.c.id]
    if not only_id:
        names = columns or tuple(each.name for each in register.fields if each.in_list)
        beside = BESIDE.get(register.key, ())
        wanted = [table.c[name] for name in dict.fromkeys((*ALWAYS, register.placed_by, *names, *beside))]
        if register.has_enterprise:
            wanted += [
                FIRM.c.name.label("enterprise_name"),
                FIRM.c.uscc.label("enterprise_uscc"),
                FIRM.c.street_code.label("enterprise_street"),
            ]
    source = table.outerjoin(FIRM, FIRM.c.id == table.c.enterprise_id) if needs_firm else table
    return select(*wanted).select_from(source).where(and_(*conditions))


def _conditions(
    register: Register, table: FromClause, filters: Mapping[str, Any]
) -> list[ColumnElement[bool]]:
    deleted = bool(filters.get("deleted"))
    found: list[ColumnElement[bool]] = [
        table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
    ]
    for name, wanted in filters.items():
        if name in ("deleted", "upto"):
            continue
        if name == "street":
            # A record's own street, where it has one; else that of its firm.
            found.append((table if "street_code" in table.c else FIRM).c.street_code == wanted)
        elif name == "unit":
            units = table.c.unit_code
            found.append(units == wanted if isinstance(wanted, str) else units.in_(list(wanted)))
        elif name == "period" and not isinstance(wanted, Between):
            found.append(_in_month(register, table, wanted))
        elif name == "incomplete":
            # As the partial index has it: `incomplete = 1`, not `IS 1`.
            found.append(table.c.incomplete == (true() if wanted else false()))
        elif name == "ids":
            found.append(_among(table, [UUID(str(each)) for each in wanted]))
        elif name == "owing":
            found.append(owing.condition(register.key, wanted))
        elif name == "past":
            found.append(table.c.due_date < wanted)
        elif name == "overdue":
            found += [table.c.due_date < wanted, table.c.status.in_(OPEN)]
        else:
            found.append(_equals(register, table, name, wanted))
    return found


def _equals(register: Register, table: FromClause, name: str, wanted: Any) -> ColumnElement[bool]:
    column = table.c[name]
    if wanted is None:
        return column.is_(None)
    if isinstance(wanted, Between):
        ends = []
        if wanted.low is not None:
            ends.append(column >= wanted.low)
        if wanted.high is not None:
            ends.append(column <= wanted.high)
        return and_(*ends) if ends else column.is_not(None)
    values = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
    if register.field(name).kind in (Kind.CHOICES, Kind.REFS, Kind.CHECKLIST):
        # Kept as JSON text: a choice is one quoted element of it.
        return or_(*(func.instr(column, literal(f'"{each}"')) > 0 for each in values))
    if None in values:
        return or_(column.is_(None), column.in_([each for each in values if each is not None]))
    return column == values[0] if len(values) == 1 else column.in_(values)


def _among(table: FromClause, keys: list[UUID]) -> ColumnElement[bool]:
    """Rows by their keys. A statement holds so many values only; a longer list travels as one."""
    if len(keys) <= MANY_KEYS:
        return table.c.id.in_(keys)
    told = func.json_each(json.dumps([key.hex.upper() for key in keys])).table_valued("value")
    return func.hex(table.c.id).in_(select(told.c.value))


def _in_month(register: Register, table: FromClause, period: str) -> ColumnElement[bool]:
    month = Period(period)
    if register.key == "enterprise":
        # A card belongs to the month it was last worked on (as monthly.rows_of_month has it).
        first, after = (
            datetime.combine(day, datetime.min.time()).astimezone()
            for day in (month.first_day, month.next.first_day)
        )
        return and_(table.c.updated_at >= first, table.c.updated_at < after)
    placed = table.c[register.placed_by]
    if register.field(register.placed_by).kind is Kind.PERIOD:
        return placed == period
    return placed.between(month.first_day, month.last_day)


def _search(
    session: Session, register: Register, table: FromClause, text: str
) -> list[ColumnElement[bool]] | None:
    """Conditions for the searched text: none needed, None when nothing can match."""
    if not text.strip():
        return []
    if register.key == "indicator":
        numbers = session.scalars(
            select(Indicator.no).where(func.instr(Indicator.name, text.strip()) > 0)
        ).all()
        return [table.c.indicator_no.in_(numbers)] if numbers else None
    said = _says(register, table, text)
    own = register.key == "enterprise"
    if not own and not register.has_enterprise:
        return said or None
    key = table.c.id if own else table.c.enterprise_id
    firms = search.matching(session, text, FEW_FIRMS)
    if firms is not None:
        found_firms = [key.in_([UUID(bytes=each) for each in firms])] if firms else []
        return [or_(*found_firms, *said)] if found_firms or said else None
    # So many firms match that walking the rows in order meets a page of them soon: asked row by row.
    spaced = [f" {search.spaced(word)} " for word in text.split() if search.spaced(word)]
    entry = EnterpriseSearch.__table__
    words = and_(*(func.instr(literal(" ") + entry.c.folded + literal(" "), word) > 0 for word in spaced))
    initials = search.letters(text).lower()
    found = [words]
    if search.is_latin(text):
        spelled = func.replace(entry.c.initials, "'", "")
        found += [func.instr(entry.c.initials, initials) > 0, func.instr(spelled, initials) > 0]
    return [or_(select(literal(1)).where(entry.c.enterprise_id == key, or_(*found)).exists(), *said)]


def _says(register: Register, table: FromClause, text: str) -> list[ColumnElement[bool]]:
    """The condition that a record's own words answer the text; none where they are not searched."""
    if register.key == "park":
        park = Park.__table__
        return [table.c.park_code.in_(select(park.c.code).where(func.instr(park.c.name, text.strip()) > 0))]
    found = find.condition(register.key, text)
    if found is None:
        return []
    sql, values = found
    names = [f"said_{number}" for number in range(len(values))]
    for name in names:
        sql = sql.replace("?", f":{name}", 1)
    keys = sql_text(sql).bindparams(**dict(zip(names, values, strict=True))).columns(table.c.id)
    return [table.c.id.in_(keys)]
