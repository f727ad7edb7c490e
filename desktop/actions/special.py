"""专项: composing a table at the district, filling it in at a unit, who has answered, the list of all. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.errors import Refused
from db.fields import Field
from db.findings import Finding
from db.lookup import Directory
from db.models import OrgUnit
from db.records import Values
from db.special import answers, checks, rows
from db.special.answers import Asked, Standing
from db.special.definition import CLOSED, ColumnDef, Definition, columns_of_headers
from db.store import Store
from db.values import parse, to_text

_HEADER_ROWS = 20  # among the first rows of somebody's sheet the header is the one with most texts


@dataclass(frozen=True, slots=True)
class Line:
    """One row as texts by column key, with what is wrong in it by column key."""

    id: UUID
    rev: int
    cells: Mapping[str, str]
    wrong: Mapping[str, str]
    prepared: bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of one unit as it stands."""

    definition: Definition
    lines: tuple[Line, ...]
    zero: bool
    locked: bool


# ---------------------------------------------------------------- filling in


def asked(store: Store, period: str) -> list[Asked]:
    """The tables that this unit's return of the month carries, with how far they are."""
    with store.read() as session:
        return answers.asked(session, store.actor.unit_code, period)


def has_any(store: Store) -> bool:
    with store.read() as session:
        return answers.has_any(session)


def read_sheet(store: Store, key: str, unit: str = "") -> Sheet:
    """A table with the rows of a unit (this one's)."""
    with store.read() as session:
        definition = rows.get_definition(session, key)
        whose = unit or store.actor.unit_code
        try:
            rows.check_open(session, definition, whose)
            locked = False
        except Refused:
            locked = True
        names = Directory(session)
        found = tuple(_line(definition, row, names) for row in rows.rows_of(session, definition, whose))
        return Sheet(definition, found, answers.is_zero(session, key, whose), locked)


def _line(definition: Definition, row: Values, names: Directory) -> Line:
    unread = row["unparsed"] or {}
    cells, wrong = {}, {}
    for field in definition.register.fields:
        text = to_text(field, row[field.name], names)
        cells[field.name] = str(unread.get(field.name, text))
        if field.name in unread:
            wrong[field.name] = _why(field, str(unread[field.name]), names)
        elif field.required and not text:
            wrong[field.name] = "必填"
    return Line(row["id"], row["rev"], cells, wrong, bool(row["prepared"]), row["unit_code"])


def _why(field: Field, typed: str, names: Directory) -> str:
    if field.source == "enterprise":
        return "没有这家企业的档案，请核对名称，或先建档"
    return f"“{typed}”：{parse(field, typed, names).reason or '看不懂，请改正'}"


def save_cells(
    store: Store,
    key: str,
    texts: Mapping[str, str],
    row: UUID | None = None,
    *,
    unit: str = "",
    prepared: bool = False,
) -> UUID:
    """Keep typed cells of a row (None: a new one); returns its key. Refused for a month that is handed in."""
    with store.write() as session:
        definition = rows.get_definition(session, key)
        values, unread = rows.read_texts(definition, texts, Directory(session))
        if unit == "" and row is None and answers.is_zero(session, key, store.actor.unit_code):
            answers.set_zero(session, definition, store.actor.unit_code, False, store.actor)
        return rows.save(
            session,
            definition,
            values,
            store.actor,
            id=row,
            unparsed=unread,
            unit_code=unit or None,
            prepared=prepared,
        ).id


def save_block(
    store: Store,
    key: str,
    block: Sequence[Sequence[str]],
    columns: Sequence[str],
    into: Sequence[UUID | None],
) -> int:
    """Keep a pasted block: line by line into the rows given, then new ones. Returns how many rows were touched."""
    with store.write() as session:
        definition = rows.get_definition(session, key)
        names = Directory(session)
        if answers.is_zero(session, key, store.actor.unit_code):
            answers.set_zero(session, definition, store.actor.unit_code, False, store.actor)
        count = 0
        for place, line in enumerate(block):
            texts = dict(zip(columns, line, strict=False))
            if not any(text.strip() for text in texts.values()):
                continue
            values, unread = rows.read_texts(definition, texts, names)
            target = into[place] if place < len(into) else None
            rows.save(session, definition, values, store.actor, id=target, unparsed=unread)
            count += 1
        return count


def delete_row(store: Store, key: str, row: UUID) -> None:
    with store.write() as session:
        rows.delete(session, rows.get_definition(session, key), row, store.actor)


def restore_row(store: Store, key: str, row: UUID) -> None:
    with store.write() as session:
        rows.restore(session, rows.get_definition(session, key), row, store.actor)


def set_zero(store: Store, key: str, zero: bool) -> None:
    """零报 or not. Refused while there are rows."""
    with store.write() as session:
        definition = rows.get_definition(session, key)
        answers.set_zero(session, definition, store.actor.unit_code, zero, store.actor)


def findings(store: Store, period: str) -> list[Finding]:
    """What 核对 says of the tables of the month."""
    with store.read() as session:
        return checks.check(session, store.actor.unit_code, period)


# ---------------------------------------------------------------- asking


def standings(store: Store) -> list[Standing]:
    """Every table with who has answered, the newest month first."""
    with store.read() as session:
        return [answers.standing(session, each.key) for each, _state in answers.all_tables(session)]


def keep(store: Store, definition: Definition) -> Definition:
    """Store a composed table. Refused (“bad_definition”, “title_taken”)."""
    whole = answers.renamed(definition)
    with store.write() as session:
        answers.keep(session, whole, store.actor)
    return whole


def new_table(
    title: str,
    period: str,
    columns: Sequence[ColumnDef],
    due: date | None = None,
    note: str = "",
    optional: bool = False,
) -> Definition:
    """A definition that is not stored yet. Refused (“bad_definition”)."""
    return answers.new_table(title, period, columns, due_on=due, note=note, optional=optional)


def drop(store: Store, key: str) -> None:
    """Throw a draft away. Refused for a table that was sent down."""
    with store.write() as session:
        answers.drop(session, key)


def close(store: Store, key: str) -> None:
    """结束: no longer asked for; the next 下发 with it tells the units."""
    with store.write() as session:
        answers.set_state(session, key, CLOSED)


def columns_of_file(path: Path) -> tuple[ColumnDef, ...]:
    """Columns after the header of somebody's workbook. Refused where no header is found."""
    from returns import files

    with files.open_book(path) as book:
        for sheet in book.sheets:
            if sheet.hidden:
                continue
            best = max(
                (row for row in sheet.head[:_HEADER_ROWS]),
                key=lambda row: sum(isinstance(cell, str) and bool(cell.strip()) for cell in row),
                default=[],
            )
            columns = columns_of_headers([str(cell) for cell in best if isinstance(cell, str)])
            if len(columns) >= 2:
                return columns
    raise Refused(f"“{path.name}”里没有找到表头。", "请换一个第一行写着栏目名称的工作簿。", "no_header")


def prepare(store: Store, key: str, block: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Rows prepared for the units: the first column is the unit, the others the table's in their order.

    A line that repeats the headers is left out. Returns how many were kept, and the lines that were not, in words.
    """
    kept, told = 0, []
    with store.write() as session:
        definition = rows.get_definition(session, key)
        names = Directory(session)
        fields = [each.name for each in definition.register.fields]
        for number, line in enumerate(block, 1):
            cells = [cell.strip() for cell in line]
            if not any(cells):
                continue
            unit = names.find("unit", cells[0])
            if unit is None:
                if number > 1 or len(cells) < 2:
                    told.append(f"第 {number} 行的单位“{cells[0]}”不在机构表中")
                continue
            values, unread = rows.read_texts(definition, dict(zip(fields, cells[1:], strict=False)), names)
            rows.save(
                session, definition, values, store.actor, unparsed=unread, unit_code=str(unit), prepared=True
            )
            kept += 1
    return kept, told


def prepared_lines(store: Store, key: str) -> list[tuple[str, Line]]:
    """The rows of all units with the unit's name."""
    with store.read() as session:
        definition = rows.get_definition(session, key)
        names = Directory(session)
        return [
            (names.name("unit", row["unit_code"]), _line(definition, row, names))
            for row in rows.rows_of(session, definition)
        ]


def export(store: Store, key: str, out: Path) -> int:
    """The rows of all units in one list, as a workbook; returns how many. MachineError when it can not be written."""
    from returns.list_book import Heading, write_list

    with store.read() as session:
        definition = rows.get_definition(session, key)
        names = Directory(session)
        units = {unit.code: unit.name for unit in session.scalars(select(OrgUnit))}
        fields = definition.register.fields
        found = rows.rows_of(session, definition)
        codes = _codes(session, found) if definition.register.has_enterprise else {}
        headings = [Heading("填报单位", 18)]
        for field in fields:
            headings.append(Heading(field.header, 26 if field.source == "enterprise" else 16))
            if field.source == "enterprise":
                headings.append(Heading("统一社会信用代码", 22))
        lines = [_cells(row, fields, names, units, codes) for row in found]
    return write_list(definition.title, headings, lines, len(lines), out)


def _codes(session: Any, found: Sequence[Values]) -> dict[UUID, str]:
    from db.models import Enterprise

    wanted = {row["enterprise_id"] for row in found if row["enterprise_id"]}
    return {
        key: code or ""
        for key, code in session.execute(
            select(Enterprise.id, Enterprise.uscc).where(Enterprise.id.in_(wanted))
        )
    }


def _cells(
    row: Values, fields: Sequence[Any], names: Directory, units: Mapping[str, str], codes: Mapping[UUID, str]
) -> list[Any]:
    unread = row["unparsed"] or {}
    cells: list[Any] = [units.get(row["unit_code"], row["unit_code"])]
    for field in fields:
        value = row[field.name]
        if field.name in unread:
            cells.append(unread[field.name])
        elif field.source == "enterprise" or isinstance(value, bool):
            cells.append(to_text(field, value, names))
        else:
            cells.append("" if value is None else value)
        if field.source == "enterprise":
            cells.append(codes.get(value, ""))
    return cells


def with_columns(definition: Definition, columns: Sequence[ColumnDef], **changes: Any) -> Definition:
    """A changed definition, checked when it is kept."""
    return replace(definition, columns=tuple(columns), **changes)
