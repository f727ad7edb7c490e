"""The cells of a foreign workbook as plain grids, read only after the preflight. What they mean is not decided here."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.errors import MachineError, Refused, UsageError
from returns import preflight

# Structure that calamine does not tell is read with openpyxl, which is ten times slower: small files only.
MOST_CELLS_FOR_STRUCTURE = 200_000


@dataclass(slots=True)
class Grid:
    """One sheet. `rows[r][c]` counts from 0; an empty cell is None. `spans` are merged ranges (r1, c1, r2, c2)."""

    name: str
    rows: list[list[Any]]
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    # Cells that hold an error, or a formula nobody has calculated: (row, column) → what to say of it.
    troubles: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def head(self) -> list[list[Any]]:
        return self.rows[:120]

    @property
    def height(self) -> int:
        return len(self.rows)

    def cell(self, row: int, column: int) -> Any:
        line = self.rows[row] if 0 <= row < len(self.rows) else ()
        return line[column] if 0 <= column < len(line) else None


@dataclass(slots=True)
class Source:
    """A file as it was read: its bytes are hashed by the importer, its sheets in their order."""

    path: Path
    data: bytes
    grids: list[Grid]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def sheets(self) -> list[Grid]:
        return self.grids

    def grid(self, name: str) -> Grid:
        """The sheet of that name; UsageError names those that there are."""
        for each in self.grids:
            if each.name.strip() == name.strip():
                return each
        names = "、".join(f"“{each.name}”" for each in self.grids)
        raise UsageError(
            f"“{self.path.name}”里没有工作表“{name}”。", f"可选的工作表有：{names}。", "no_such_sheet"
        )


def load(path: Path) -> Source:
    """Read all sheets of a workbook.

    UsageError: there is no such file. MachineError: it cannot be read. Refused: it is no workbook, or a
    dangerous one (preflight).
    """
    data = _bytes(path)
    extent = preflight.inspect(data, path.name)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = [_grid(book, name) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(
            f"“{path.name}”打不开，文件可能已损坏。", "请用 Excel 或 WPS 打开并另存一份再试。", "damaged_file"
        ) from error
    if extent.rows * extent.columns <= MOST_CELLS_FOR_STRUCTURE and _has_formulas(data):
        _find_troubles(data, grids)
    return Source(path, data, grids)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UsageError(f"找不到文件“{path}”。", "请检查路径。", "no_such_file") from error
    except OSError as error:
        raise MachineError(
            f"“{path.name}”读不出来（{error.strerror or error}）。",
            "请先在 Excel 或 WPS 中关闭它，或检查文件权限。",
            "file_unreadable",
        ) from error


def _grid(book: Any, name: str) -> Grid:
    from python_calamine import SheetVisibleEnum

    sheet = book.get_sheet_by_name(name)
    rows = [[_value(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    spans = [(r1, c1, r2, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]
    visible = {each.name: each.visible for each in book.sheets_metadata}
    return Grid(name, rows, spans, hidden=visible.get(name) != SheetVisibleEnum.Visible)


def _value(cell: Any) -> Any:
    return None if cell == "" else cell


def _has_formulas(data: bytes) -> bool:
    """Whether any sheet has a formula or an error cell: only then is the slow look worth it."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if "/worksheets/" in name.replace("\\", "/").lower() and name.lower().endswith(".xml"):
                part = archive.read(name)
                if b"<f" in part or b't="e"' in part:
                    return True
    return False


def _find_troubles(data: bytes, grids: Sequence[Grid]) -> None:
    """Cells that calamine shows as empty though there is something in them."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
    except Exception:  # openpyxl trips over files that calamine reads; then there is nothing to add
        return
    for grid in grids:
        if grid.name not in book.sheetnames:
            continue
        sheet: Any = book[grid.name]
        if not hasattr(sheet, "iter_rows"):
            continue  # a chart sheet
        for row in sheet.iter_rows():
            for cell in row:
                place = (cell.row - 1, cell.column - 1)
                if cell.data_type == "e":
                    grid.troubles[place] = f"单元格是错误值 {cell.value}"
                elif cell.data_type == "f" and grid.cell(*place) is None:
                    grid.troubles[place] = "公式没有计算结果，请在 Excel 或 WPS 中重新计算并保存"
    book.close()
