"""A list of 100,000 rows and 20 columns as a workbook, with its reading from the register, against openpyxl's writing
of the same cells in the same dress; and the memory that it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.lists import ListQuery
from desktop.actions.lists import export_list
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, alternating

ROWS = 100_000
COLUMNS = (
    "visit_no", "enterprise_id", "enterprise_uscc", "enterprise_street", "unit_code", "visit_date", "visit_mode",
    "visit_type", "visitors", "firm_attendees", "operation_text", "operation_trend", "revenue_ytd", "digital_stage",
    "systems", "cloud_status", "digital_need", "upscale_potential", "has_issue", "filler",
)  # fmt: skip
_MOST_MEMORY = 200.0  # MB over the idle program


def figures(quick: bool) -> list[Figure]:
    rows = ROWS // 10 if quick else ROWS
    store = big_store(rows, rows)
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = Path(scratch) / "ours.xlsx", Path(scratch) / "theirs.xlsx"

        def export() -> None:
            export_list(store, ListQuery("visit"), COLUMNS, ours)

        export()
        cells = _cells(ours)
        measured, floor = alternating(export, lambda: _dressed(cells, theirs), 1 if quick else 3)
    store.close()
    said = subprocess.run(
        [sys.executable, "-m", __name__, str(rows)], capture_output=True, text=True, check=True, timeout=600
    )
    return [
        Figure(f"列表 {rows:,}×20 写成工作簿（含读台账）", measured, "openpyxl 只写模式，同样的样式", floor, 0.25),
        Figure("其间多占内存", json.loads(said.stdout), "上限", _MOST_MEMORY, 1.0, unit="MB"),
    ]  # fmt: skip


def _cells(path: Path) -> list[list[Any]]:
    """What the file shows, as values ready to be written."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def _dressed(cells: Sequence[Sequence[Any]], out: Path) -> None:
    """Each cell with its column's format and alignment, the header with its own; frozen, filtered, for paper."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("走访记录")
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(cells[0]))}{len(cells)}"
    line = []
    for number, value in enumerate(cells[1], 1):
        sheet.column_dimensions[get_column_letter(number)].width = 18
        cell = WriteOnlyCell(sheet)
        cell.alignment = Alignment(vertical="top")
        cell.number_format = (
            "@" if isinstance(value, str) else "#,##0.00" if isinstance(value, float) else "yyyy-mm-dd"
        )
        line.append(cell)
    head = []
    for label in cells[0]:
        cell = WriteOnlyCell(sheet, value=label)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EAF1FB")
        cell.border, cell.alignment = (
            Border(bottom=Side("thin")),
            Alignment(vertical="center", wrap_text=True),
        )
        head.append(cell)
    sheet.append(head)
    for row in cells[1:]:
        # Nothing is quicker than the same dressed cells with the next row's values.
        for cell, value in zip(line, row, strict=True):
            cell.value = value
        sheet.append(line)
    book.save(out)


def _memory(rows: int) -> float:
    """MB that the export takes over what the program holds before it."""
    store = big_store(rows, rows)
    with tempfile.TemporaryDirectory() as scratch:
        export_list(
            store, ListQuery("cloud"), ("cloud_on",), Path(scratch) / "first.xlsx"
        )  # what is loaded stays
        before = _kilobytes("VmRSS")
        export_list(store, ListQuery("visit"), COLUMNS, Path(scratch) / "list.xlsx")
    store.close()
    return (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/self/status has no {name}")


if __name__ == "__main__":
    print(json.dumps(_memory(int(sys.argv[1]))))
