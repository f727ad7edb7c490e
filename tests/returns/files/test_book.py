"""Books made of rows at hand behave as those read from files."""

from __future__ import annotations

from datetime import date

import pytest

from returns.files import MemoryBook, Rows, grids, open_bytes
from tests.returns.files import making


def test_a_book_in_memory_is_a_book() -> None:
    rows = {0: ["名称", "日"], 4: ["甲", date(2024, 5, 7)], 5: [None, None], 700: [None, "乙", None]}
    book = MemoryBook("重试", {"台账": rows, "另一": [[1], [], [2]]}, spans=[(0, 0, 1, 1)])
    first, second = book.sheets
    assert list(first.rows()) == [(0, rows[0]), (4, rows[4]), (700, rows[700])]
    assert list(first.rows(4)) == [(4, rows[4]), (700, rows[700])]
    assert (first.height, first.width, first.index, second.index) == (701, 3, 0, 1)
    assert first.head[:6] == [rows[0], [], [], [], rows[4], []] and len(first.head) == 120
    assert first.tail == [(700, rows[700])]
    assert first.spans == [(0, 0, 1, 1)] and second.spans == []
    assert first.cell(4, 1) == date(2024, 5, 7) and first.cell(4, 9) is None and first.cell(300, 0) is None
    assert list(second.rows()) == [(0, [1]), (2, [2])]
    assert book.name == "重试" and len(book.sha256) == 64


def test_the_same_rows_from_memory_and_from_a_file() -> None:
    rows = [["名称", "数"], ["甲", 1.5], [], [None, "乙"]]
    read = open_bytes(making.xlsx({"台账": rows}), "x.xlsx").sheets[0]
    made = MemoryBook("x", {"台账": rows}).sheets[0]
    assert (read.head, read.tail, read.height, read.width) == (made.head, made.tail, made.height, made.width)
    assert list(read.rows()) == list(made.rows())


def test_what_comes_from_a_book_in_memory_can_be_changed_without_harm() -> None:
    book = MemoryBook("x", {"台账": [["甲"], [None], [], [None] * 3]}, troubles={"台账": {(3, 2): "坏"}})
    next(book.sheets[0].rows())[1][0] = "乙"
    assert list(book.sheets[0].rows()) == [(0, ["甲"]), (3, [None] * 3)]
    assert (book.sheets[0].height, book.sheets[0].width) == (4, 3)


def test_grids_are_whole_sheets() -> None:
    data = making.with_sheet(
        '<sheetData><row r="2"><c r="B2"><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c></row></sheetData>',
        making.xlsx({"台账": []}),
    )
    assert grids(data, "x.xlsx") == (
        {"台账": [[], [None, 1, None]]},
        {"台账": {(1, 2): "单元格是错误值 #N/A"}},
    )


def test_the_rows_of_a_long_sheet_are_as_a_list_would_have_them() -> None:
    lines = {0: ["甲"], 3: [None, 1.5], 4: ["乙", date(2024, 5, 21)], 9: ["丙"]}
    sheet = MemoryBook("x", {"台账": lines}, troubles={"台账": {(11, 2): "坏"}}).sheets[0]
    whole = [lines.get(number, []) for number in range(11)] + [[]]
    rows = Rows(sheet)
    assert len(rows) == 12 and list(rows) == whole
    for first in range(13):
        assert rows[first : first + 3] == whole[first : first + 3] and rows[first:] == whole[first:]
    assert [rows[at] for at in range(-12, 12)] == [*whole, *whole]
    with pytest.raises(IndexError):
        rows[12]
    with pytest.raises(ValueError, match="one after the other"):
        rows[::2]
