"""A list as a workbook: one sheet, laid out by openpyxl, its rows streamed to the disk. What it shows is the caller's."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from returns.list_csv import write_csv
from returns.replacing import replacing
from returns.streaming import MOST_ROWS, Poured, pour

_INK, _GROUND, _LINE = "1B2430", "EAF1FB", "E3E8EF"
_SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column: its header, its width in characters, the number format of its figures ("" for words)."""

    label: str
    width: int = 14
    format: str = ""


def write_list(
    title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]], count: int, out: Path
) -> int:
    """Write the rows under frozen headings in place of `out` (.csv: as plain text), whole or not at all; returns how many.

    `count`: how many there will be. Figures and days stay figures and days; a text stays a text whatever it begins
    with. Memory does not grow with the rows. MachineError says what is in the way of the file; whatever `rows`
    raises leaves no file behind.
    """
    with replacing(out) as temporary:
        if out.suffix.lower() == ".csv":
            return write_csv([heading.label for heading in headings], rows, temporary)
        table = Poured(_SHEET, 2, len(headings), rows)
        pour(_layout(title, headings, min(count, MOST_ROWS - 1)), [table], temporary)
        return table.written


def _layout(title: str, headings: Sequence[Heading], count: int) -> IO[bytes]:
    """A workbook with the headings and one row of samples: each column's look, and that of a text kept a text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _sheet_name(title)
    for number, heading in enumerate(headings, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = heading.width
        head = sheet[f"{letter}1"]
        head.value = heading.label
        head.font = Font(bold=True, color=_INK)
        head.fill = PatternFill("solid", fgColor=_GROUND)
        head.border = Border(bottom=Side("thin", color=_LINE))
        head.alignment = Alignment(vertical="center", wrap_text=True)
        sample = sheet[f"{letter}2"]
        sample.number_format = heading.format or "@"
        sample.alignment = Alignment(vertical="top")
    # Excel keeps such a cell a text also when someone edits it.
    kept = sheet.cell(2, len(headings) + 1)
    kept.quotePrefix = True
    kept.number_format = "@"
    kept.alignment = Alignment(vertical="top")
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    made = io.BytesIO()
    book.save(made)
    return made


def _sheet_name(title: str) -> str:
    return "".join("_" if char in "[]:*?/\\" else char for char in title)[:31] or "列表"
