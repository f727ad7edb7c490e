"""A list as a workbook: one sheet, laid out by openpyxl, its rows streamed to the disk. What it shows is the caller's."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from returns.list_csv import FORMULA, write_csv
from returns.replacing import replacing

MOST_ROWS = 1_048_575  # of a sheet, below its header
_MOST_CHARACTERS = 32_767  # of a cell
_MOST_DIGITS = 15  # more than these Excel does not keep
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_EPOCH = date(1899, 12, 30).toordinal()
_INK, _GROUND, _LINE = "1B2430", "EAF1FB", "E3E8EF"
_SHEET = "xl/worksheets/sheet1.xml"
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)  # characters XML does not have
_PIECE = 1_000  # rows handed to the disk at once
_MOST_KNOWN, _SHORT = (
    4_000,
    40,
)  # texts of a column that are remembered as they are written, characters of one
_REPEATING = frozenset({str, date, type(None)})
_LEVEL = 4  # of compression: two thirds of the time of the default for a twentieth more bytes


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
        return _write(title, headings, rows, min(count, MOST_ROWS), temporary)


def _write(
    title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]], count: int, out: Path
) -> int:
    """Everything but the rows as openpyxl has it; the rows in the place of its one sample row."""
    laid_out = _layout(title, headings, count)
    with (
        zipfile.ZipFile(io.BytesIO(laid_out)) as sample,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book,
    ):
        for name in sample.namelist():
            if name != _SHEET:
                book.writestr(name, sample.read(name))
        sheet = sample.read(_SHEET).decode()
        first, end = sheet.index('<row r="2"'), sheet.index("</sheetData>")
        looks = [int(found) for found in re.findall(r' s="(\d+)"', sheet[first:end])]
        with book.open(_SHEET, "w", force_zip64=True) as stream:
            stream.write(sheet[:first].encode())
            written = _stream(stream, rows, looks[:-1], looks[-1])
            stream.write(sheet[end:].encode())
    return written


def _layout(title: str, headings: Sequence[Heading], count: int) -> bytes:
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
    return made.getvalue()


def _stream(stream: IO[bytes], rows: Iterable[Sequence[Any]], looks: Sequence[int], kept: int) -> int:
    from openpyxl.utils import get_column_letter

    # Of a row only the number and what is inside its cells differ from the next one's.
    cells = "".join(f'<c r="{get_column_letter(number)}@"%s' for number in range(1, len(looks) + 1))
    line = f'<row r="@">{cells}</row>'
    columns = [_Cells(look, kept) for look in looks]
    count = 0
    rest = islice(rows, MOST_ROWS)
    while piece := list(islice(rest, _PIECE)):
        insides = [
            cells.insides(values) for cells, values in zip(columns, zip(*piece, strict=True), strict=True)
        ]
        stream.write(
            "".join(
                line.replace("@", str(place)) % inside
                for place, inside in enumerate(zip(*insides, strict=True), start=count + 2)
            ).encode()
        )
        count += len(piece)
    return count


class _Cells:
    """The cells of one column from their reference on. What repeats is written out once."""

    def __init__(self, look: int, kept: int) -> None:
        self._look, self._kept = look, kept
        self._empty = f' s="{look}"/>'
        self._known: dict[str | date | None, str] = {None: self._empty, "": self._empty}

    def insides(self, values: Sequence[Any]) -> list[str]:
        known, inside = self._known, self._inside
        if len(known) > _MOST_KNOWN:
            known.clear()
            known[None] = known[""] = self._empty
        return [
            (known.get(value) or inside(value)) if value.__class__ in _REPEATING else inside(value)
            for value in values
        ]

    def _inside(self, value: Any) -> str:
        number = _figure(value)
        if number:
            found = f' s="{self._look}"><v>{number}</v></c>'
        else:
            text = str(value)
            style = self._kept if text.startswith(FORMULA) else self._look
            if not text.isprintable():
                text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
            text = escape(text[:_MOST_CHARACTERS])
            found = f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        if value.__class__ in _REPEATING and len(found) < _SHORT + 80:
            self._known[value] = found
        return found


def _figure(value: Any) -> str:
    """What stands in the file for a figure or a day that Excel can hold exactly; "" for everything else."""
    if isinstance(value, bool | str):
        return ""
    if isinstance(value, date):
        return str(value.toordinal() - _EPOCH) if value >= _FIRST_DAY else ""
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        digits = format(value, "f") if isinstance(value, Decimal) else str(value)
        # All but a sign and a point are digits.
        return digits if len(digits) <= _MOST_DIGITS or sum(map(str.isdigit, digits)) <= _MOST_DIGITS else ""
    return ""


def _sheet_name(title: str) -> str:
    return "".join("_" if char in "[]:*?/\\" else char for char in title)[:31] or "列表"
