"""A small table at hand as a workbook, as it is shown: its columns, its order, figures as figures. Registers have their own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.text import parse_decimal
from desktop.tables.cells import Bar, Change, Mark
from desktop.tables.model import Column, Row
from returns.list_book import Heading, write_list

_PIXELS = 8  # of a character, roughly


def export_rows(title: str, columns: Sequence[Column], rows: Sequence[Row], out: Path) -> int:
    """Write the rows; bars become the words they tell. Returns how many. MachineError where the file cannot be written."""
    shown = [column for column in columns if column.kind != "bar" or not _has_figure(columns)]
    headings = [Heading(column.header, max(8, column.width // _PIXELS)) for column in shown]
    return write_list(
        title,
        headings,
        ([_cell(row.cells.get(c.key), c.kind) for c in shown] for row in rows),
        len(rows),
        out,
    )


def _has_figure(columns: Sequence[Column]) -> bool:
    """A bar beside its own figure says nothing more on paper."""
    return any(column.kind == "figure" for column in columns)


def _cell(value: Any, kind: str) -> Any:
    if value is None or isinstance(value, int | Decimal | date):
        return value
    if isinstance(value, Mark | Bar | Change):
        return str(value)
    text = str(value)
    if kind == "figure" and not text.endswith("%"):
        number = parse_decimal(text).value
        return number if number is not None else text
    return text
