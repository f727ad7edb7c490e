"""From a figure of a month to the rows behind it. What the figures are is in figures.py; showing rows is the pages'."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import lists, plan_issues, settings, totals
from db.assessment import behind
from db.coverage import UnitState, coverage
from db.errors import UsageError
from db.figures import (
    CLOUD_SCOPES,
    COVERAGE_SCOPES,
    ISSUE_SCOPES,
    NO_CHANNEL,
    PARK_FIELDS,
    VISIT_SCOPES,
    indicator_scope,
)
from db.indicator_lines import IndicatorLine, UnitValue, indicator_lines
from db.kept_totals import Kept
from db.lists import ListQuery
from db.merged_units import merged
from db.models import Enterprise, Indicator, OrgUnit, Park, ParkMonth, ReturnFile
from db.models.duty import RUNNING
from db.models.issue import CLEARED, OPEN
from db.models.project import STAGES as PROJECT_STAGES
from db.periods import Period
from db.ranges import Between
from db.records import table_of
from db.registers import REGISTERS
from db.totals import ASSESSED_MODES
from db.totals_more import ENDED

RETURN = "return"  # register of a source whose rows are returns, one for each unit


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from.

    `register`: of REGISTERS, or RETURN. `query`: what a list page opens; None for returns. `counts`: how rows make the
    value: “rows” (each one), “enterprises” (each firm once), “sum”, “ratio” or “value” (the row says it itself). `base`:
    the part of the value that has no rows (期初数).
    """

    key: str
    title: str
    scope: str
    register: str
    query: ListQuery | None
    count: int
    counts: str
    base: Decimal | None = None


def source_of(session: Session, period: str, key: str) -> Source:
    """The source of a figure of the month. UsageError (“no_figure”) for a key that is none."""
    month = Period(period)
    whole, _, unit = key.partition(":")
    group, _, what = whole.partition(".")
    resolver = _RESOLVERS.get(group)
    found = resolver(session, month, what, unit) if resolver is not None else None
    if found is None:
        raise UsageError(f"没有“{key}”这个数。", "请从页面或报表里的数进入。", "no_figure")
    title, scope, register, query, counts, base = found
    of = f"（{_unit_name(session, unit)}）" if unit else ""
    count = (
        _count(session, query)
        if query is not None
        else sum(1 for _ in _return_rows(session, month, group, what, unit))
    )
    return Source(key, f"{title}{of}", scope, register, query, count, counts, base)


def rows_of(session: Session, period: str, key: str) -> Iterator[Mapping[str, Any]]:
    """The rows behind a figure, read as they are asked for: id, unit, firm, date and what `columns_of` names.

    Values as stored; `unit` and `firm` are names. For returns the id is that of the newest return, None where there is none.
    """
    found = source_of(session, period, key)
    if found.query is None:
        whole, _, unit = key.partition(":")
        group, _, what = whole.partition(".")
        yield from _return_rows(session, Period(period), group, what, unit)
        return
    yield from rows_of_query(session, found.query)


def columns_of(register: str) -> tuple[tuple[str, str], ...]:
    """(key, heading) of what `rows_of` gives for a register, in reading order, without the id."""
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
    "release": ("name", "list_kind"),
}  # fmt: skip
_NAMED: Mapping[str, Any] = {
    "provider_org": OrgUnit,
    "org_code": OrgUnit,
    "park_code": Park,
}  # codes shown by name

# title, scope, register, query, counts, base
_Found = tuple[str, str, str, ListQuery | None, str, Decimal | None]


def _indicator(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    line = next((each for each in _lines(session, month) if str(each.no) == what), None)
    if line is None:
        return None
    if unit:
        own = [each for each in line.units if each.unit_code == unit]
        counts = "sum" if any(each.carried for each in own) else "value"
        return line.name, "该单位填报的数", "indicator", _reported(own), counts, None
    if line.from_register and line.computed is not None:
        found = line.computed
        query = ListQuery(found.register, {"ids": [str(each) for each in found.rows]})
        return line.name, indicator_scope(line), found.register, query, "rows", found.base
    duties = [each for each in line.units if each.responsible]
    summed = line.summed or any(each.carried for each in duties)
    counts = "sum" if summed else "ratio" if line.semantics == "ratio" else "value"
    return line.name, indicator_scope(line), "indicator", _reported(duties), counts, None


def _lines(session: Session, month: Period) -> tuple[IndicatorLine, ...]:
    """All lines of the month, worked out once as long as nothing they are made of is written."""
    return Kept(session).part("indicators", month, lambda: indicator_lines(session, month))


def _reported(units: Sequence[UnitValue]) -> ListQuery:
    """The records in which units said their values."""
    return ListQuery("indicator", {"ids": [str(key) for each in units for key in each.rows]})


def _visit(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    if what not in VISIT_SCOPES:
        return None
    name, _, scope = VISIT_SCOPES[what]
    first = Period.of(month.year, 1).first_day if what.startswith("year") else month.first_day
    filters: dict[str, Any] = {"visit_date": Between(first, month.last_day)}
    if what == "assessed":
        filters["visit_mode"] = ASSESSED_MODES
    counts = "rows" if what.endswith("rows") else "enterprises"
    return name, scope, "visit", ListQuery("visit", _of_unit(session, month, filters, unit)), counts, None


def _issue(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    filters: dict[str, Any] = {"registered_on": Between(None, month.last_day)}
    kind, _, value = what.partition(".")
    if what in ISSUE_SCOPES:
        title, _, scope = ISSUE_SCOPES[what]
        if what == "open":
            filters["status"] = OPEN
        elif what == "written_off":
            filters["status"] = CLEARED
        elif what == "overdue":
            filters |= {"status": OPEN, "past": min(month.last_day, settings.today(session))}
    elif kind in ("status", "category") and value:
        filters[kind] = value
        title = f"{value}的问题" if kind == "status" else f"{value}类问题"
        scope = f"登记日期不晚于月末、{'现在状态' if kind == 'status' else '类别'}为“{value}”的问题"
    else:
        return None
    return title, scope, "issue", ListQuery("issue", _of_unit(session, month, filters, unit)), "rows", None


def _cloud(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    filters: dict[str, Any] = {"cloud_on": Between(None, month.last_day)}
    kind, _, value = what.partition(".")
    counts = "enterprises"
    if what in CLOUD_SCOPES:
        title, _, scope = CLOUD_SCOPES[what]
        if what == "rows":
            counts = "rows"
        else:
            filters["counted"] = True
        if what == "net_new":
            first = Period.of(plan_issues.plan_for(session, month).baseline_year + 1, 1).first_day
            filters["cloud_on"] = Between(first, month.last_day)
    elif kind == "provider" and value:
        name = "未填渠道" if value == NO_CHANNEL else _unit_name(session, value)
        title, scope = f"{name}计入的上云企业", f"由{name}报送、计入的企业数"
        filters |= {
            "provider_org": None if value == NO_CHANNEL else _pooled(session, month, value),
            "counted": True,
        }
    elif kind == "uncounted" and value:
        title, scope, counts = f"不计数：{value}", f"不计数原因为“{value}”的上云记录条数", "rows"
        filters |= {"counted": (False, None), "uncounted_reason": value}
    else:
        return None
    return title, scope, "cloud", ListQuery("cloud", _of_unit(session, month, filters, unit)), counts, None


def _nurture(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    filters: dict[str, Any] = {"upto": str(month)}
    if what == "near":
        near = totals.nurtures(session, month, unit or None).near_line
        query = ListQuery("nurture", {"ids": [str(each.id) for each in near]})
        scope = "升规培育对象中还没有入库、最接近（或已达到）升规线的企业"
        return "接近升规线的企业", scope, "nurture", query, "rows", None
    if kind == "stage" and value:
        filters["stage"] = value
        title, scope = f"{value}的培育对象", f"截至本月处于“{value}”的培育记录"
    elif kind == "type" and value:
        filters["nurture_type"] = value
        title, scope = value, f"培育类型为“{value}”的培育记录"
    else:
        return None
    return (
        title,
        scope,
        "nurture",
        ListQuery("nurture", _of_unit(session, month, filters, unit)),
        "rows",
        None,
    )


def _project(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    filters: dict[str, Any] = {"upto": str(month)}
    if what == "in_stock":
        filters |= {
            "in_stock": True,
            "stage": (*(each for each in PROJECT_STAGES if each not in ENDED), None),
        }
        title, scope = "在库项目", "“是否在库”为是、未终止的项目"
    elif kind == "stage" and value:
        filters["stage"] = value
        title, scope = f"{value}的项目", f"处于“{value}”阶段的项目"
    else:
        return None
    return (
        title,
        scope,
        "project",
        ListQuery("project", _of_unit(session, month, filters, unit)),
        "rows",
        None,
    )


def _park(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    code, _, name = what.rpartition(".")
    park = session.get(Park, code)
    if park is None or name not in PARK_FIELDS:
        return None
    # Where a park was reported twice the last one entered counts, as totals_more.parks has it.
    key = session.scalar(
        select(ParkMonth.id)
        .where(ParkMonth.park_code == code, ParkMonth.period == str(month), ParkMonth.deleted_at.is_(None))
        .order_by(ParkMonth.id.desc())
        .limit(1)
    )
    query = ListQuery("park", {"ids": [str(key)] if key is not None else []})
    return f"{park.name}{PARK_FIELDS[name][0]}", "本月园区月报所填的数", "park", query, "value", None


def _duty(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    filters: dict[str, Any] = {"year": str(month.year), "upto": str(month)}
    if what == "overdue":
        as_of = min(month.last_day, settings.today(session))
        filters |= {"status": RUNNING, "past": as_of}
        title, scope = "逾期未完成的任务", "已过完成时限而没有完成的任务"
    elif kind == "status" and value:
        filters["status"] = value
        title, scope = f"{value}的任务", f"{month.year} 年责任清单中状态为“{value}”的任务"
    elif kind == "action" and value:
        filters["action_id"] = value
        title, scope = f"行动 {value} 的任务", f"{month.year} 年责任清单中属于行动 {value} 的任务"
    else:
        return None
    return title, scope, "duty", ListQuery("duty", _of_unit(session, month, filters, unit)), "rows", None


def _coverage(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    if what not in COVERAGE_SCOPES or unit:
        return None
    title, scope = COVERAGE_SCOPES[what]
    return title, scope, RETURN, None, "rows", None


def _assessment(session: Session, month: Period, what: str, unit: str) -> _Found | None:
    kind, _, value = what.partition(".")
    if (
        kind == "indicator"
    ):  # “assessment.indicator.5.2024-11”: the year's last known value, of an earlier month
        number, _, period = value.partition(".")
        return _indicator(session, Period(period), number, unit)
    if what not in behind.TITLES or not unit:
        return None
    title, scope, counts = behind.TITLES[what]
    if what not in behind.REGISTER:
        return title, scope, RETURN, None, counts, None
    query = behind.query_of(session, what, unit, month)
    return title, scope, query.register, query, counts, None


_RESOLVERS: Mapping[str, Callable[[Session, Period, str, str], _Found | None]] = {
    "indicator": _indicator,
    "visit": _visit,
    "issue": _issue,
    "cloud": _cloud,
    "nurture": _nurture,
    "project": _project,
    "park": _park,
    "duty": _duty,
    "coverage": _coverage,
    "assessment": _assessment,
}


def _of_unit(session: Session, month: Period, filters: dict[str, Any], unit: str) -> dict[str, Any]:
    """Narrowed to a unit and those that were merged into it by then."""
    if not unit:
        return filters
    return {**filters, "unit": _pooled(session, month, unit)}


def _pooled(session: Session, month: Period, unit: str) -> str | tuple[str, ...]:
    """A unit, or it and those that were merged into it by then: what a list filters by."""
    members = merged(session, month).members(unit)
    return unit if len(members) == 1 else members


def _unit_name(session: Session, code: str) -> str:
    found = session.get(OrgUnit, code)
    return found.name if found is not None else code


def _count(session: Session, query: ListQuery) -> int:
    return int(session.scalar(select(func.count()).select_from(lists.keys_of(query).subquery())) or 0)


def rows_of_query(session: Session, query: ListQuery) -> Iterator[Mapping[str, Any]]:
    """The rows a list shows, as `rows_of` gives them."""
    register = REGISTERS[query.register]
    table, firm, unit = table_of(register), Enterprise.__table__, OrgUnit.__table__
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


def _returns(session: Session, month: Period, what: str) -> list[UnitState]:
    found = Kept(session).part("coverage", month, lambda: coverage(session, month)).units
    keep: Mapping[str, Callable[[UnitState], bool]] = {
        "expected": lambda unit: True,
        "received": lambda unit: unit.received,
        "late": lambda unit: unit.received and unit.late_days > 0,
        "missing": lambda unit: not unit.received,
    }
    return [unit for unit in found if keep[what](unit)]


def _return_rows(
    session: Session, month: Period, group: str, what: str, unit_code: str
) -> Iterator[Mapping[str, Any]]:
    if group == "assessment":
        yield from behind.return_rows(session, unit_code, month, settings.today(session))
        return
    files = {
        (row.unit_code, row.revision): row
        for row in session.scalars(select(ReturnFile).where(ReturnFile.period == str(month)))
    }
    for unit in _returns(session, month, what):
        file = files.get((unit.code, unit.revision or 0))
        yield {
            "id": file.id if file is not None else None, "unit": unit.name, "unit_code": unit.code, "state": unit.state,
            "revision": unit.revision, "date": file.submitted_on if file is not None else None, "late_days": unit.late_days,
        }  # fmt: skip
