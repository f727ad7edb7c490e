"""Rows poured into a workbook that openpyxl laid out: as XML, straight to the disk, never all of them at once.

What a sheet looks like is its writer's (list_book.py, report_book.py); the sheets of a return are in write.py.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from returns.list_csv import FORMULA
from returns.report_looks import letter

MOST_ROWS = 1_048_576  # of a sheet
_MOST_CHARACTERS = 32_767  # of a cell
_MOST_DIGITS = 15  # more than these Excel does not keep
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_EPOCH = date(1899, 12, 30).toordinal()
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
_STYLE = re.compile(r' s="(\d+)"')
_DIMENSION = re.compile(r"<dimension [^>]*/>")


@dataclass(slots=True)
class Poured:
    """Rows for one sheet. They take the place of the sample row number `first`, whose cells show each column's look;
    a sample cell beyond the columns, if there is one, shows that of a text kept a text.

    `height` tells the height of a row in points, where rows are to have one. `written` counts them when it is done.
    """

    part: str  # of the workbook, as xl/worksheets/sheet3.xml
    first: int
    width: int
    rows: Iterable[Sequence[Any]]
    height: Callable[[Sequence[Any]], float] | None = None
    written: int = 0


def pour(laid_out: IO[bytes], tables: Sequence[Poured], out: Path) -> None:
    """Write the workbook to `out` with the rows in their places. Whatever `rows` raises is raised."""
    by_part: Mapping[str, Poured] = {each.part: each for each in tables}
    with (
        zipfile.ZipFile(laid_out) as sample,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book,
    ):
        for name in sample.namelist():
            table = by_part.get(name)
            if table is None:
                book.writestr(name, sample.read(name))
                continue
            # How far the sheet reaches is not known yet; a reader that believes a wrong answer loses rows.
            sheet = _DIMENSION.sub("", sample.read(name).decode(), count=1)
            start = sheet.index(f'<row r="{table.first}"')
            end = sheet.index("</row>", start) + len("</row>")
            looks = [int(found) for found in _STYLE.findall(sheet, sheet.index("<c ", start), end)]
            with book.open(name, "w", force_zip64=True) as stream:
                stream.write(sheet[:start].encode())
                for piece in _pieces(table, looks):
                    stream.write(piece.encode())
                stream.write(sheet[end:].encode())


def _pieces(table: Poured, looks: Sequence[int]) -> Iterator[str]:
    # Of a row only the number and what is inside its cells differ from the next one's.
    cells = "".join(f'<c r="{letter(number)}@"%s' for number in range(1, table.width + 1))
    columns = [Cells(look, looks[-1]) for look in looks[: table.width]]
    plain, tall = f'<row r="@">{cells}</row>', f'<row r="@" ht="%s" customHeight="1">{cells}</row>'
    rest = islice(table.rows, MOST_ROWS - table.first + 1)
    while rows := list(islice(rest, _PIECE)):
        insides = [
            each.insides(values) for each, values in zip(columns, zip(*rows, strict=True), strict=True)
        ]
        line = plain
        if table.height is not None:
            line, insides = tall, [[f"{table.height(row):g}" for row in rows], *insides]
        first = table.first + table.written
        yield "".join(
            line.replace("@", str(place)) % inside
            for place, inside in enumerate(zip(*insides, strict=True), start=first)
        )
        table.written += len(rows)


class Cells:
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
        number = figure(value)
        if number:
            found = f' s="{self._look}"><v>{number}</v></c>'
        else:
            text = str(value)
            style = self._kept if text.startswith(FORMULA) else self._look
            text = escape(clean(text))
            found = f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        if value.__class__ in _REPEATING and len(found) < _SHORT + 80:
            self._known[value] = found
        return found


def clean(text: str) -> str:
    """A text as a cell can hold it: without characters that XML does not have, at most as long as a cell may be."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text[:_MOST_CHARACTERS]


def figure(value: Any) -> str:
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
