"""A foreign ledger read whole: sheet, header, columns, rows, and everything that should be told about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from db.fields import Kind
from db.findings import Finding, Severity
from db.registers import REGISTERS
from db.values import Lookup
from returns.ledger import context as surroundings
from returns.ledger import find_header, rows, sheets
from returns.ledger.columns import Column, column_of, map_columns
from returns.ledger.context import Context
from returns.ledger.fillers import is_filler, line_of
from returns.ledger.find_header import Header
from returns.ledger.layouts import layout_of
from returns.ledger.locate import check_kind, locate
from returns.ledger.rows import LedgerRow, RowReader
from returns.ledger.telling import about_columns, about_sheets


@dataclass(slots=True)
class LedgerTable:
    """What a file holds for one register. `rows` are those of the table; `skipped` lines with what they say."""

    path: Path
    data: bytes
    register: str
    sheet: str
    header_rows: tuple[int, int]  # first and last, as Excel counts
    columns: list[Column]
    context: Context
    rows: list[LedgerRow] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    head: Sequence[Sequence[Any]] = ()  # the rows up to the header's last one
    by_hand: dict[str, str | None] = field(default_factory=dict)  # the mapping as it was given
    day: date | None = None

    @property
    def findings(self) -> list[Finding]:
        return [finding for row in self.rows for finding in row.findings]

    def column_of(self, register: str, name: str) -> Column | None:
        """The column that a field was read from."""
        return column_of(self.columns, register, name)

    @property
    def mapping(self) -> dict[str, str | None]:
        """Header → field, as --map takes it."""
        return {
            column.title: f"{column.target.register}.{column.target.field}" if column.target else None
            for column in self.columns
            if column.target is None or column.target.register
        }


def read(
    path: Path,
    register: str,
    *,
    lookup: Lookup,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
) -> LedgerTable:
    """Read a foreign ledger. Writes nothing; a row that cannot be stored is in `rows` with `bad` set.

    `day` dates the rows that have no date of their own. `mapping` {header or column letter: field, or None to leave the column out} goes before what is worked out.
    Raises UsageError (no such file, sheet, header or field), MachineError (unreadable), Refused (no workbook,
    damaged, dangerous; “no_header”, “no_date_column”, “not_this_ledger”: no table of this register).
    """
    source = sheets.load(path)
    found = locate(source, register, sheet, mapping)
    header = found[0]
    grid = header.grid
    body = range(header.last + 1, len(grid.rows))
    fillers = [line_of(grid.rows[at]) for at in body if is_filler(grid.rows[at])]
    context = surroundings.read(grid.rows[: header.first], fillers, grid.name, path.stem, lookup)
    columns = map_columns(
        register, find_header.readings(grid, header.first, header.last), year=context.year, mapping=mapping
    )
    doubt = check_kind(path.name, register, header, columns, dated=day is not None)
    table = LedgerTable(
        path, source.data, register, grid.name, (header.first + 1, header.last + 1), columns, context,
        head=grid.rows[: header.last + 1], by_hand=dict(mapping or {}), day=day,
    )  # fmt: skip
    _read_rows(table, header, lookup, day)
    table.warnings[:0] = [
        *([doubt] if doubt else []),
        *about_sheets(found, source.grids, sheet),
        *about_columns(register, columns, context, table.rows),
    ]
    return table


def _read_rows(table: LedgerTable, header: Header, lookup: Lookup, day: date | None) -> None:
    grid, register = header.grid, table.register
    layout = layout_of(register)
    reader = RowReader(register, table.sheet, table.columns, table.context, lookup, layout.spellings)
    titles = [line_of(grid.rows[at]) for at in range(header.first, header.last + 1)]
    kept = [column for column in table.columns if column.target is None or column.target.register]
    merged = _merged_down(header)
    for at in range(header.last + 1, len(grid.rows)):
        cells = _filled(grid.rows[at], merged.get(at, {}))
        line = line_of(cells)
        if not line or line in titles:
            continue  # blank, or the header again at the top of a printed page
        if is_filler(cells):
            table.skipped.append((at + 1, line))
            continue
        troubles = {column: reason for (row, column), reason in grid.troubles.items() if row == at}
        if not troubles and all(column.index >= len(cells) or cells[column.index] is None for column in kept):
            continue  # only a running number was prepared
        row = reader.read(at + 1, cells, troubles)
        if not row.cells:
            continue
        layout.finish(row, reader)
        if (
            day is not None
            and row.get(register, layout.date) is None
            and not row.text_of(register, layout.date)
        ):
            row.of(register)[layout.date] = day
        _must_have(row, reader, layout.date)
        table.rows.append(row)


def _must_have(row: LedgerRow, reader: RowReader, date_field: str) -> None:
    """Without a firm or a date a row is kept aside: there is nothing to store it under."""
    register = reader.register
    if (REGISTERS[register].of_firm or register == "enterprise") and not (
        row.get("enterprise", "name") or row.get("enterprise", "uscc")
    ):
        _bad(
            row,
            reader,
            "enterprise",
            "name",
            rows.NO_FIRM,
            "这一行没有企业名称，也没有可用的信用代码，没有入库。",
        )
    if date_field and row.get(register, date_field) is None:
        label = REGISTERS[register].field(date_field).label
        typed = row.text_of(register, date_field)
        said = f"“{typed}”不能作为{label}" if typed else f"没有{label}"
        _bad(row, reader, register, date_field, rows.NO_DATE, f"这一行{said}，没有入库。")
    asked = REGISTERS[register]
    placed = asked.field(asked.placed_by)
    if placed.kind is Kind.PERIOD and reader.context.period is not None and register != "nurture":
        row.of(register).setdefault(placed.name, str(reader.context.period))
    if asked.of_firm or register == "enterprise":
        return
    for name in {asked.title_field: "", **({placed.name: ""} if asked.scope == "month" else {})}:
        if row.get(register, name) is None:
            message = f"这一行没有{asked.field(name).label}，没有入库。"
            _bad(row, reader, register, name, rows.NO_KEY, message)


def _bad(row: LedgerRow, reader: RowReader, register: str, name: str, rule: str, message: str) -> None:
    row.bad = True
    column = reader.column_of(register, name)
    row.findings.append(
        Finding(
            rule, Severity.ERROR, message, register=register, field=name,
            sheet=reader.sheet, row=row.number, column=column.letter if column else "",
        )
    )  # fmt: skip


def _merged_down(header: Header) -> dict[int, dict[int, Any]]:
    """Row → column → value of a cell that was merged over several rows below the header."""
    found: dict[int, dict[int, Any]] = {}
    for r1, c1, r2, _ in header.grid.spans:
        if r1 > header.last and r2 > r1 and (value := header.grid.cell(r1, c1)) is not None:
            for row in range(r1 + 1, r2 + 1):
                found.setdefault(row, {})[c1] = value
    return found


def _filled(cells: Sequence[Any], merged: Mapping[int, Any]) -> list[Any]:
    result = list(cells)
    for column, value in merged.items():
        result.extend([None] * (column + 1 - len(result)))
        if result[column] is None:
            result[column] = value
    return result
