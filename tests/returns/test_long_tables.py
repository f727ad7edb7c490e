"""Tables of any length in a report: poured in behind what openpyxl laid out, never held, whole or not at all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook

from returns.report_sheet import Col, add_long_table, add_sheet, save

COLUMNS = [Col("企业", 30), Col("金额（万元）", 12, "#,##0.00"), Col("说明", 20)]


def _write(out: Path, rows: Iterator[tuple[Any, ...]]) -> int:
    book = Workbook()
    book.remove(book.worksheets[0])
    add_sheet(book, "前一张", "前一张", "", 2)
    sheet = add_sheet(book, "清单", "长清单", "说明", 3)
    table = add_long_table(book, sheet, 3, COLUMNS, rows)
    save(book, [table], out)
    return table.written


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        yield f"第 {number} 家<企业>", Decimal(number) / 4, None if number % 2 else "=SUM(A1)"


def test_every_row_stands_under_its_header_in_the_look_of_its_column(tmp_path: Path) -> None:
    assert _write(tmp_path / "a.xlsx", _rows(2_500)) == 2_500
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("第 0 家<企业>", 0, "=SUM(A1)") and rows[2_499] == ("第 2499 家<企业>", 624.75, "—")
    assert len(rows) == 2_500
    assert sheet["C4"].data_type == "s" and sheet["B2503"].number_format == "#,##0.00"
    assert sheet["A3"].value == "企业" and sheet.row_dimensions[4].height > 10


def test_no_rows_leave_the_header_alone(tmp_path: Path) -> None:
    assert _write(tmp_path / "a.xlsx", _rows(0)) == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]
    assert sheet["A3"].value == "企业" and sheet["A4"].value is None


def test_a_row_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[Any, ...]]:
        yield from _rows(3)
        raise KeyError("gone")

    _write(tmp_path / "a.xlsx", _rows(1))
    with pytest.raises(KeyError):
        _write(tmp_path / "a.xlsx", broken())
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]["A4"].value == "第 0 家<企业>"
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            _write(tmp_path / "a.xlsx", _rows(count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported for the first file stays
    assert peak(30_000) < peak(6_000) + 2_000_000
