"""Small tables as they are, what changed in them, and the way back: plan, units, calendar and 专项 are undone by this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Table, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import readings, reporting_start
from db.errors import Refused
from db.models import (
    ActionItem,
    Indicator,
    IndicatorTarget,
    IndicatorUnit,
    OrgUnit,
    Park,
    Plan,
    PlanIssue,
    Programme,
    ReportingCycle,
    ReportingException,
    Setting,
    SpecialAnswer,
    SpecialRow,
    SpecialTable,
)
from db.types import Key, Moment, Scaled
from db.values import to_json

# Parents first: a row is inserted after what it names and deleted before it.
_MODELS = (
    Plan, OrgUnit, Park, Programme, ActionItem, Indicator, IndicatorTarget, IndicatorUnit, SpecialTable, SpecialRow,
    SpecialAnswer, ReportingCycle, ReportingException, Setting, PlanIssue,
)  # fmt: skip
TABLES: Mapping[str, Table] = {model.__tablename__: model.__table__ for model in _MODELS}  # type: ignore[misc]
_SETTINGS = ("holidays", readings.SETTING, reporting_start.SETTING)
Snapshot = dict[tuple[str, str], dict[str, Any]]
Change = dict[str, Any]  # {"table", "key", "before", "after"}: rows as JSON, None where there is none


def snapshot(session: Session) -> Snapshot:
    """Every row of these tables as JSON, by table and key."""
    session.flush()
    found: Snapshot = {}
    for name, table in TABLES.items():
        query = select(table)
        if name == Setting.__tablename__:
            query = query.where(table.c.key.in_(_SETTINGS))
        for row in session.execute(query).mappings():
            data = {column: to_json(value) for column, value in row.items()}
            found[name, _key(table, data)] = data
    return found


def _key(table: Table, data: Mapping[str, Any]) -> str:
    return "|".join(str(data[column.name]) for column in table.primary_key.columns)


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """The rows that differ."""
    return [
        {"table": place[0], "key": place[1], "before": before.get(place), "after": after.get(place)}
        for place in dict.fromkeys((*before, *after))
        if before.get(place) != after.get(place)
    ]


def revert(session: Session, made: Sequence[Change]) -> None:
    """Put the rows back. Refused (“changed_since”) where one is no longer as it was left, or is needed by now."""
    now_there = snapshot(session)
    for each in made:
        if now_there.get((each["table"], each["key"])) != each["after"]:
            raise Refused(
                "这份下发带来的内容之后又改过，不能整份撤销。", "请先撤销之后的下发或改动。", "changed_since"
            )
    _check_special(session, made)
    order = {name: place for place, name in enumerate(TABLES)}
    try:
        for each in sorted(made, key=lambda each: -order[each["table"]]):
            if each["before"] is None:
                table = TABLES[each["table"]]
                session.execute(delete(table).where(_is(table, each["after"])))
        for each in sorted(made, key=lambda each: order[each["table"]]):
            table, before = TABLES[each["table"]], each["before"]
            if before is None:
                continue
            if each["after"] is None:
                session.execute(insert(table).values(_values(table, before)))
            else:
                session.execute(update(table).where(_is(table, before)).values(_values(table, before)))
    except IntegrityError as error:
        raise Refused(
            "之后已有记录用到这份下发带来的单位或行动，不能整份撤销。", "请先改掉这些记录。", "changed_since"
        ) from error
    session.expire_all()


def _check_special(session: Session, made: Sequence[Change]) -> None:
    """A table into which somebody typed stays."""
    known = {each["key"] for each in made if each["table"] == SpecialRow.__tablename__}
    for each in made:
        if each["table"] != SpecialTable.__tablename__ or each["before"] is not None:
            continue
        rows = session.scalars(select(SpecialRow.id).where(SpecialRow.table_key == each["key"])).all()
        answers = session.scalars(select(SpecialAnswer).where(SpecialAnswer.table_key == each["key"])).all()
        if answers or any(row.hex not in known for row in rows):
            raise Refused(
                f"专项“{each['after']['title']}”里已经填了内容，不能撤销这份下发。",
                "请先删除填的行和零报。",
                "changed_since",
            )


def _is(table: Table, data: Mapping[str, Any]) -> Any:
    values = _values(table, data)
    return and_(*(column == values[column.name] for column in table.primary_key.columns))


def _values(table: Table, data: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, data[column.name]) for column in table.columns}


def _value(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, Scaled):
        return Decimal(value)
    if isinstance(type_, Key):
        return UUID(value)
    if isinstance(type_, Moment):
        return datetime.fromisoformat(value)
    if isinstance(type_, Date):
        return date.fromisoformat(value)
    return value
