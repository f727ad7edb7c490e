"""Reading the rows behind a figure, as pages and workbooks show them. Which rows those are is in sources.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import lists
from db.coverage import UnitState, coverage
from db.kept_totals import Kept
from db.lists import ListQuery
from db.models import Enterprise, Indicator, OrgUnit, Park, ReturnFile
from db.periods import Period
from db.registers import REGISTERS

RETURN = "return"  # register of a source whose rows are returns, one for each unit

# What one needs to see of a row beside its unit, firm and date.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("industry_code", "is_above_scale", "status"),
    "visit": ("visit_no", "visit_mode", "visitors"),
    "issue": ("issue_no", "category", "status", "due_date", "description"),
    "cloud": ("product", "provider_org", "verify_status", "counted", "uncounted_reason"),
    "nurture": ("nurture_type", "stage", "specialty", "reach_rate"),
    "indicator": ("indicator_no", "org_code", "value", "data_source"),
    "project": ("name", "stage", "in_stock", "stocked_on"),
    "park": ("park_code", "status", "occupancy", "firms", "firms_de", "revenue_ytd", "tax_ytd"),
    "duty": ("action_id", "task", "status", "due_date", "progress_pct"),
    "liaison": ("leader", "post", "visits_owed"),
    "match": ("outcome", "amount", "note"),
    "release": ("name", "list_kind"),
    "firm_plan": ("goal", "status"),
    "matter": ("topic", "status"),
    "lead": ("firm_name", "stage"),
}  # fmt: skip
_NAMED: Mapping[str, Any] = {
    "provider_org": OrgUnit,
    "org_code": OrgUnit,
    "park_code": Park,
}  # codes shown by name


def columns_of(register: str) -> tuple[tuple[str, str], ...]:
    """(key, heading) of what the rows of a register have, in reading order, without the id."""
    if register == RETURN:
        return (
            ("unit", "单位"),
            ("state", "状态"),
            ("revision", "版次"),
            ("date", "报送日期"),
            ("late_days", "迟报天数"),
        )
    own = REGISTERS[register]
    placed = own.field(own.placed_by)
    named = (
        (("firm", "企业名称"), ("uscc", "统一社会信用代码"))
        if own.has_enterprise or register == "enterprise"
        else ()
    )
    more = tuple((name, own.field(name).label) for name in _COLUMNS.get(register, (own.title_field,)))
    return (*named, ("unit", "报送单位"), ("date", placed.label), *more)


def rows_of_query(session: Session, query: ListQuery) -> Iterator[Mapping[str, Any]]:
    """The rows a list shows, read as they are asked for: id, unit, firm, date and what `columns_of` names.

    Values as stored; `unit` and `firm` are names.
    """
    register = REGISTERS[query.register]
    table = lists.relation(query.register, query.filters)
    firm, unit = Enterprise.__table__, OrgUnit.__table__
    more = _COLUMNS.get(register.key, (register.title_field,))
    columns: list[Any] = [table.c.id, unit.c.name.label("unit"), table.c.unit_code]
    columns += [table.c[register.placed_by].label("date"), *(table.c[name] for name in more)]
    source: Any = table.outerjoin(unit, unit.c.code == table.c.unit_code)
    if register.key == "enterprise":
        columns += [table.c.name.label("firm"), table.c.uscc.label("uscc")]
    elif register.has_enterprise:
        columns += [firm.c.name.label("firm"), firm.c.uscc.label("uscc"), table.c.enterprise_id]
        source = source.outerjoin(firm, firm.c.id == table.c.enterprise_id)
    names: dict[str, dict[Any, str]] = {
        column: {row[0]: row[1] for row in session.execute(select(model.code, model.name))}
        for column, model in _NAMED.items()
        if column in more
    }
    if "indicator_no" in more:
        names["indicator_no"] = {
            row[0]: row[1] for row in session.execute(select(Indicator.no, Indicator.name))
        }
    statement = (
        select(*columns)
        .select_from(source)
        .where(table.c.id.in_(lists.keys_of(query)))
        .order_by(table.c[register.placed_by], table.c.id)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(statement).mappings():
        told = dict(row)
        told["unit"] = told["unit"] or told["unit_code"]
        for column, known in names.items():
            told[column] = known.get(told[column], told[column])
        yield told


def return_rows(session: Session, month: Period, what: str) -> Iterator[Mapping[str, Any]]:
    """The units of a month that are “expected”, “received”, “late” or “missing”, each with its newest return.

    The id is that of the return, None where there is none.
    """
    files = {
        (row.unit_code, row.revision): row
        for row in session.scalars(select(ReturnFile).where(ReturnFile.period == str(month)))
    }
    for unit in _units(session, month, what):
        file = files.get((unit.code, unit.revision or 0))
        yield {
            "id": file.id if file is not None else None, "unit": unit.name, "unit_code": unit.code, "state": unit.state,
            "revision": unit.revision, "date": file.submitted_on if file is not None else None, "late_days": unit.late_days,
        }  # fmt: skip


def _units(session: Session, month: Period, what: str) -> list[UnitState]:
    found = Kept(session).part("coverage", month, lambda: coverage(session, month)).units
    keep: Mapping[str, Callable[[UnitState], bool]] = {
        "expected": lambda unit: True,
        "received": lambda unit: unit.received,
        "late": lambda unit: unit.received and unit.late_days > 0,
        "missing": lambda unit: not unit.received,
    }
    return [unit for unit in found if keep[what](unit)]
