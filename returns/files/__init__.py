"""Any file that an office may send, as plain cells: `open_book`, `open_bytes`, `grids`. What they mean is not decided here."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.errors import MachineError, Refused, UsageError
from returns import preflight
from returns.files.book import HEAD, TAIL, Book, MemoryBook, Row, Sheet, fill

__all__ = ["HEAD", "TAIL", "Book", "MemoryBook", "Sheet", "grids", "open_book", "open_bytes"]


def open_book(path: Path) -> Book:
    """Read a file. UsageError no_such_file; MachineError file_unreadable; Refused says why not and what to do."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"找不到文件“{path}”。", "请检查路径。", "no_such_file") from error
    except OSError as error:
        raise MachineError(
            f"“{path.name}”读不出来（{error.strerror or error}）。",
            "请先在 Excel 或 WPS 中关闭它，或检查文件权限。",
            "file_unreadable",
        ) from error
    book = open_bytes(data, path.name)
    book.path = path
    return book


def open_bytes(data: bytes, name: str) -> Book:
    """Read a file that is in memory already; `name` is for sentences and for notes on its extension."""
    preflight.inspect(data, name)
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for index, about in enumerate(workbook.sheets_metadata):
            found = workbook.get_sheet_by_index(index)
            rows = [
                [None if cell == "" else cell for cell in row]
                for row in found.to_python(skip_empty_area=False)
            ]
            sheet = Sheet(about.name, index, about.visible != SheetVisibleEnum.Visible, source=_source(rows))
            sheet.spans = [(*first, *last) for first, last in found.merged_cell_ranges or ()]
            fill(sheet)
            sheets.append(sheet)
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(
            f"“{name}”打不开，文件可能已损坏。", "请用 Excel 或 WPS 打开并另存一份再试。", "damaged_file"
        ) from error
    return Book(Path(name), hashlib.sha256(data).hexdigest(), "xlsx", sheets)


def _source(rows: list[list[Any]]) -> Any:
    def source(start: int) -> Iterator[Row]:
        for number in range(start, len(rows)):
            if any(cell is not None for cell in rows[number]):
                yield number, rows[number]

    return source


def grids(data: bytes, name: str) -> tuple[dict[str, list[list[Any]]], dict[str, dict[tuple[int, int], str]]]:
    """All sheets whole, for small files: name → rows from A1 (empty rows are []), and name → troubles."""
    with open_bytes(data, name) as book:
        whole = {}
        for sheet in book.sheets:
            rows: list[list[Any]] = [[] for _ in range(sheet.height)]
            for number, cells in sheet.rows():
                rows[number] = cells
            whole[sheet.name] = rows
        return whole, {sheet.name: sheet.troubles for sheet in book.sheets}
