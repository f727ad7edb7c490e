"""A printed table on one sheet: title, note line, header, rows, widths, A4 landscape. Used by the reports.

The sheets of a return have their own contract (workbook.py); nothing here is ever read back.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from returns.replacing import replacing
from returns.streaming import Poured, pour

A4 = 9  # its number among paper sizes
LINE_HEIGHT = 14
FACE = "宋体"
TITLE = Font(name="黑体", size=16, bold=True)
NOTE = Font(name=FACE, size=10, color="5B6675")
HEAD = Font(name=FACE, size=10, bold=True)
BODY = Font(name=FACE, size=10)
STATE_FONTS = {
    "正常": Font(name=FACE, size=10, color="1F8A5B"),
    "按时": Font(name=FACE, size=10, color="1F8A5B"),
    "关注": Font(name=FACE, size=10, color="B7791F"),
    "迟报": Font(name=FACE, size=10, color="B7791F"),
    "预警": Font(name=FACE, size=10, color="C0392B", bold=True),
    "未报": Font(name=FACE, size=10, color="C0392B"),
}
HEAD_FILL = PatternFill("solid", fgColor="EEF3FA")
LINE = Side(style="thin", color="B9C3D0")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")


@dataclass(frozen=True, slots=True)
class Col:
    """A column: header, width in characters, and a number format for figures."""

    header: str
    width: float = 12
    format: str = ""
    align: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table came to lie: rows are numbered as in the sheet, `first` to `last` hold the data."""

    sheet: Worksheet
    header: int
    first: int
    last: int
    next: int


def add_sheet(
    book: Workbook, name: str, title: str, note: str, width: int, *, one_page: bool = False
) -> Worksheet:
    """A new sheet with its title and note line over `width` columns, set up for A4 landscape."""
    sheet: Worksheet = book.create_sheet(name)
    for row, (text, font, height) in enumerate(((title, TITLE, 30), (note, NOTE, 18)), start=1):
        cell = sheet.cell(row=row, column=1, value=text)
        cell.font, cell.alignment = font, CENTRE if row == 1 else LEFT
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
        sheet.row_dimensions[row].height = height
    sheet.sheet_view.showGridLines = False
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", A4, 1, int(one_page)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.2, footer=0.3)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("第 &P 页 共 &N 页"))
    return sheet


def add_table(sheet: Worksheet, row: int, columns: Sequence[Col], rows: Sequence[Sequence[Any]]) -> Placed:
    """Write a table from `row` on; the widest wish of all tables on a sheet decides a column's width."""
    for index, column in enumerate(columns, start=1):
        cell = sheet.cell(row=row, column=index, value=column.header)
        cell.font, cell.fill, cell.border, cell.alignment = HEAD, HEAD_FILL, BOX, CENTRE
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(column.width, sheet.column_dimensions[letter].width or 0)
    sheet.row_dimensions[row].height = 32
    for offset, values in enumerate(rows, start=1):
        for index, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
            _write(sheet, row + offset, index, column, value)
        # Readers differ in whether they fit a row to wrapped text: say the height.
        lines = max(
            (_lines(value, column.width) for column, value in zip(columns, values, strict=True)), default=1
        )
        sheet.row_dimensions[row + offset].height = 4 + LINE_HEIGHT * lines
    last = row + len(rows)
    return Placed(sheet, row, row + 1, last, last + 2)


def add_long_table(
    book: Workbook, sheet: Worksheet, row: int, columns: Sequence[Col], rows: Iterable[Sequence[Any]]
) -> Poured:
    """A table of any length from `row` on, as the last thing on its sheet; `save` pours its rows in."""
    placed = add_table(sheet, row, columns, ())
    for index, column in enumerate(columns, start=1):
        _write(sheet, placed.first, index, column, 0 if column.format else "")
    place = book.sheetnames.index(sheet.title) + 1
    widths = [column.width for column in columns]
    shown = (["—" if value is None else value for value in values] for values in rows)
    return Poured(
        f"xl/worksheets/sheet{place}.xml", placed.first, len(columns), shown,
        height=lambda values: 4 + LINE_HEIGHT * max(map(_lines, values, widths)),
    )  # fmt: skip


def save(book: Workbook, long: Sequence[Poured], out: Path) -> None:
    """Write the workbook with its long tables in place of `out`, whole or not at all. MachineError says what is in the way."""
    laid_out = io.BytesIO()
    book.save(laid_out)
    with replacing(out) as temporary:
        pour(laid_out, long, temporary)


def add_heading(sheet: Worksheet, row: int, text: str) -> int:
    """A heading inside a sheet; the next free row."""
    sheet.cell(row=row, column=1, value=text).font = Font(name="黑体", size=12)
    return row + 1


def repeat_header(placed: Placed) -> None:
    """Repeat everything down to the table's header on each printed page, and keep it in view."""
    placed.sheet.print_title_rows = f"1:{placed.header}"
    placed.sheet.freeze_panes = f"A{placed.first}"


def _lines(value: Any, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is two characters wide."""
    if not isinstance(value, str):
        return 1
    return max(math.ceil(sum(2 if ord(char) > 0x2E80 else 1 for char in value) / max(width - 1, 1)), 1)


def _write(sheet: Worksheet, row: int, index: int, column: Col, value: Any) -> None:
    cell = sheet.cell(row=row, column=index)
    if isinstance(value, str):
        # A name may begin with “=”: it is text, never a formula.
        cell.value, cell.data_type = value, "s"
    else:
        cell.value = "—" if value is None else value
    number = isinstance(value, (int, Decimal)) or value is None
    cell.font = STATE_FONTS.get(value, BODY) if isinstance(value, str) else BODY
    cell.border = BOX
    cell.alignment = {"left": LEFT, "center": CENTRE, "right": RIGHT}.get(
        column.align, RIGHT if number else LEFT
    )
    if column.format and number:
        cell.number_format = column.format
