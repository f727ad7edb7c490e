"""A list as a workbook: one sheet, rows streamed to the disk as they come. What the list shows is the caller's."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.errors import MachineError

MOST_ROWS = 1_048_575  # of a sheet, below its header
_MOST_CHARACTERS = 32_767  # of a cell
_MOST_DIGITS = 15  # more than these Excel does not keep
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_INK, _GROUND, _LINE = "1B2430", "EAF1FB", "E3E8EF"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column: its header, its width in characters, the number format of its figures ("" for words)."""

    label: str
    width: int = 14
    format: str = ""


def write_list(title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]], out: Path) -> int:
    """Write the rows under frozen headings in place of `out`, whole or not at all; returns how many.

    Figures and days stay figures and days; a text stays a text whatever it begins with. Memory does not grow with
    the rows. MachineError says what is in the way of the file; whatever `rows` raises leaves no file behind.
    """
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        count = _stream(title, headings, rows, temporary)
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, out)
    except OSError as error:
        raise MachineError(
            f"“{out.name}”写不进去（{error.strerror or error}）。",
            "如果它正在 Excel 或 WPS 里打开，请先关闭；或换一个文件名、文件夹。",
            "file_not_writable",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _stream(title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]], out: Path) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    for number, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = heading.width
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    head = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, heading.label)
        cell.font = Font(bold=True, color=_INK)
        cell.fill = PatternFill("solid", fgColor=_GROUND)
        cell.border = Border(bottom=Side("thin", color=_LINE))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        head.append(cell)
    sheet.append(head)
    # One cell per column and look serves every row: a row is written out the moment it is appended.
    words = [WriteOnlyCell(sheet) for _ in headings]
    risky = [WriteOnlyCell(sheet) for _ in headings]
    figures = [WriteOnlyCell(sheet) for _ in headings]
    for cell, heading in zip(figures, headings, strict=True):
        cell.number_format = heading.format or "General"
    for cell in risky:
        cell.quotePrefix = True  # Excel keeps it a text also when someone edits the cell

    def cell_of(place: int, value: Any) -> Any:
        if value is None or value == "":
            return None
        if _is_figure(value):
            cell = figures[place]
            cell.value = value
            return cell
        text = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_MOST_CHARACTERS]
        cell = risky[place] if text.startswith(_FORMULA) else words[place]
        cell.value = text
        cell.data_type = "s"  # also “=1+1” and “#N/A”
        return cell

    count = 0
    for row in rows:
        sheet.append([cell_of(place, value) for place, value in enumerate(row)])
        count += 1
        if count == MOST_ROWS:
            break
    last = get_column_letter(max(1, len(headings)))
    sheet.auto_filter.ref = f"A1:{last}{count + 1}"
    book.save(out)
    return count


def _is_figure(value: Any) -> bool:
    """Whether Excel can hold the value exactly as a figure or a day."""
    if isinstance(value, bool):
        return False
    if isinstance(value, date):
        return value >= _FIRST_DAY
    if isinstance(value, int | Decimal):
        return len(str(value).lstrip("-").replace(".", "")) <= _MOST_DIGITS
    return False


def _sheet_name(title: str) -> str:
    return "".join("_" if char in "[]:*?/\\" else char for char in title)[:31] or "列表"
