"""Marked cells into a workbook: into the sender's own, or into a new one with the same cells. What to mark is error_book.py's."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from returns.files import Book, Sheet
from returns.ledger.kept import index_of, letter_of

MOST_ROWS = 20_000  # marked rows; a sheet with more is not mended cell by cell
MOST_CELLS, MOST_BYTES = 200_000, 4_000_000  # of a file that is taken as it is, dress and all
MOST_INFLATED = 40_000_000
MARK = "F8D7DA"
AUTHOR = "千企台账"
REASONS = "出错说明"
_TEXT = 32_767  # characters a cell may hold
_COMMENT = 2_000
_WIDTH, _LINE = 320, 36  # px of a comment, and per sentence

Span = tuple[int, int, int, int]


@dataclass(slots=True)
class Marks:
    """What to mark on one sheet: (row, column) from 0 → sentences; column 0 for what is about a whole row."""

    sheet: str
    cells: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    left_out: int = 0
    header: int = 0  # rows down to the header's last, 0 where that is not known
    _rows: set[int] = field(default_factory=set)

    def add(self, row: int, column: str, message: str) -> None:
        """A sentence about a cell; `row` as Excel counts, `column` its letter."""
        if row - 1 not in self._rows:
            if len(self._rows) >= MOST_ROWS:
                self.left_out += 1
                return
            self._rows.add(row - 1)
        told = self.cells.setdefault((row - 1, index_of(column) if column else 0), [])
        if message not in told:
            told.append(message)

    def by_row(self) -> dict[int, dict[int, list[str]]]:
        """Row → column → sentences."""
        found: dict[int, dict[int, list[str]]] = {}
        for (row, column), told in self.cells.items():
            found.setdefault(row, {})[column] = told
        return found


# ---------------------------------------------------------------- the sender's own workbook


def dressed(data: bytes, book: Book, marks: Marks) -> bytes | None:
    """The sender's workbook, read before as `book`, with the marks; None for one that is no small .xlsx, or trips the library."""
    if book.kind not in ("xlsx", "xlsm") or len(data) > MOST_BYTES:
        return None
    if (
        sum(sheet.height * sheet.width for sheet in book.sheets) > MOST_CELLS
        or _inflated(data) > MOST_INFLATED
    ):
        return None
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(data), keep_vba=False, keep_links=False)
        sheet = workbook[marks.sheet]
        for each in workbook.worksheets:
            _only_values(each, next((one for one in book.sheets if one.name == each.title), None))
        _mark(sheet, marks)
        _reasons(workbook, marks)
        out = io.BytesIO()
        workbook.save(out)
    except Exception:  # it trips over files that are read elsewhere: then their cells are written anew
        return None
    return out.getvalue()


def _inflated(data: bytes) -> int:
    """Bytes of the parts; counted when the file was read, so what the package says of itself is true."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return sum(part.file_size for part in parts.infolist())


def _only_values(sheet: Any, read: Sheet | None) -> None:
    """Formulas leave what they came to, so that nothing calculates or reaches out of the file; pictures go."""
    values = {number: cells for number, cells in read.rows()} if read is not None else {}
    sheet._images = []
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cells = values.get(cell.row - 1, ())
                value = cells[cell.column - 1] if cell.column - 1 < len(cells) else None
                kind = cell.number_format
                cell.value = plain(value)
                cell.number_format = kind
                if isinstance(value, str):
                    cell.data_type = "s"


def _mark(sheet: Any, marks: Marks) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fill = PatternFill("solid", fgColor=MARK)
    merged = {
        (row, column): (span.min_row, span.min_col)
        for span in sheet.merged_cells.ranges
        for row in range(span.min_row, span.max_row + 1)
        for column in range(span.min_col, span.max_col + 1)
    }
    for (row, column), told in marks.cells.items():
        at = merged.get((row + 1, column + 1), (row + 1, column + 1))
        cell = sheet.cell(*at)
        cell.fill = fill
        text = "\n".join([*([cell.comment.text] if cell.comment is not None else []), *told])
        cell.comment = Comment(text[:_COMMENT], AUTHOR, height=40 + _LINE * len(told), width=_WIDTH)


# ---------------------------------------------------------------- a new workbook with the same cells


def whole(sheet: Sheet, marks: Marks) -> bytes:
    """Every row of the sheet in its place, streamed."""
    widths = _widths(sheet.head)
    return _write(sheet.name, _in_place(sheet.rows()), sheet.spans, widths, marks, marks.by_row())


def condensed(
    name: str,
    head: Sequence[Sequence[Any]],
    rows: Mapping[int, Sequence[Any]],
    spans: Iterable[Span],
    marks: Marks,
) -> bytes:
    """The head of the sheet and under it the marked rows one after another, each with its number and its reasons."""
    width = max([len(each) for each in (*head, *rows.values())] or [0])
    by_row = marks.by_row()
    lines: list[list[Any]] = [list(each) for each in head]
    if lines:
        lines[-1] = [*_padded(lines[-1], width), "原表第几行", REASONS]
    found: dict[int, dict[int, list[str]]] = {}
    for number in sorted(rows):
        told = by_row.get(number, {})
        found[len(lines)] = told
        reasons = "\n".join(dict.fromkeys(each for texts in told.values() for each in texts))
        lines.append([*_padded(list(rows[number]), width), number + 1, reasons])
    widths = {**_widths(lines[:60]), width: 11.0, width + 1: 60.0}
    inside = [span for span in spans if span[2] < len(head)]
    return _write(name, _in_place(enumerate(lines)), inside, widths, marks, found)


def _padded(cells: list[Any], width: int) -> list[Any]:
    return cells + [None] * (width - len(cells))


def _in_place(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows with the empty ones between them."""
    at = 0
    for number, cells in rows:
        while at < number:
            yield at, ()
            at += 1
        yield number, cells
        at = number + 1


def _write(
    name: str,
    rows: Iterable[tuple[int, Sequence[Any]]],
    spans: Iterable[Span],
    widths: Mapping[int, float],
    marks: Marks,
    marked: Mapping[int, Mapping[int, Sequence[str]]],
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.cell_range import CellRange

    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(_sheet_name(name))
    fill = PatternFill("solid", fgColor=MARK)
    for index, width in widths.items():
        sheet.column_dimensions[letter_of(index)].width = width
    for number, cells in rows:
        told = marked.get(number, {})
        line: list[Any] = []
        for index in range(max(len(cells), max(told, default=-1) + 1)):
            value = plain(cells[index]) if index < len(cells) else None
            if value is None and index not in told:
                line.append(None)
                continue
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"  # whatever it begins with
            if index in told:
                cell.fill = fill
                height = 40 + _LINE * len(told[index])
                cell.comment = Comment("\n".join(told[index])[:_COMMENT], AUTHOR, height=height, width=_WIDTH)
            line.append(cell)
        sheet.append(line)
    for r1, c1, r2, c2 in spans:
        if (r1, c1) != (r2, c2):
            sheet.merged_cells.ranges.add(
                CellRange(min_row=r1 + 1, min_col=c1 + 1, max_row=r2 + 1, max_col=c2 + 1)
            )
    _reasons(workbook, marks)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _reasons(workbook: Any, marks: Marks) -> None:
    """A sheet that lists every mark, to be read where comments are not shown, or printed."""
    from openpyxl.cell import WriteOnlyCell

    title, number = REASONS, 1
    while title in workbook.sheetnames:
        number += 1
        title = f"{REASONS}{number}"
    sheet = workbook.create_sheet(title)
    for letter, width in zip("ABC", (8, 8, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["改好标红的格子后保存，再导入一次；已经入库的行不会重复。"])
    sheet.append(["行", "列", "问题"])
    for (row, column), told in sorted(marks.cells.items()):
        for each in told:
            if workbook.write_only:
                text = WriteOnlyCell(sheet, plain(each))
                text.data_type = "s"
                sheet.append([row + 1, letter_of(column), text])
            else:
                sheet.append([row + 1, letter_of(column), None])
                cell = sheet.cell(sheet.max_row, 3)
                cell.value = plain(each)
                cell.data_type = "s"
    if marks.left_out:
        sheet.append([None, None, f"另有 {marks.left_out:,} 处没有标出：一次最多标 {MOST_ROWS:,} 行。"])


def plain(value: Any) -> Any:
    """A value as a cell can hold it: no control characters, no endless text, no figure that is none."""
    if isinstance(value, str):
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        return ILLEGAL_CHARACTERS_RE.sub("", value)[:_TEXT]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _sheet_name(name: str) -> str:
    for mark in "[]:*?/\\":
        name = name.replace(mark, " ")
    return name.strip("'")[:31].strip() or "台账"


def _widths(rows: Iterable[Sequence[Any]]) -> dict[int, float]:
    """Roughly as wide as what stands in the first rows."""
    found: dict[int, float] = {}
    for cells in rows:
        if sum(cell is not None for cell in cells) < 2:
            continue  # a title over the whole width
        for index, cell in enumerate(cells):
            text = str(cell if cell is not None else "").split("\n")[0]
            wide = sum(2 if ord(each) > 0x2E7F else 1 for each in text)
            found[index] = max(found.get(index, 8.0), min(wide + 2.0, 40.0))
    return found
