"""出错清单: the sender's own sheet comes back with the cells marked; nothing in it calculates or carries macros."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from db.errors import Refused
from db.store import Store
from returns.ledger import error_book, error_sheet, import_ledger, mending
from returns.results import FileReport
from tests.returns.ledger import messy

Office = Callable[..., Store]


def take(store: Store, path: Path) -> tuple[FileReport, UUID]:
    report = import_ledger(store, path, "visit")
    assert report.batch is not None
    return report, UUID(report.batch)


def comments(path: Path, sheet: str | None = None) -> dict[str, str]:
    book = load_workbook(path)
    return {
        cell.coordinate: cell.comment.text
        for row in (book[sheet] if sheet else book.worksheets[0])
        for cell in row
        if cell.comment is not None
    }


def values(path: Path, sheet: str | None = None) -> list[list[Any]]:
    book = load_workbook(path)
    return [list(row) for row in (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)]


def test_the_senders_own_sheet_comes_back_marked(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    _, batch = take(store, path)
    out = error_book.write_errors(store, batch, tmp_path, source=path)
    assert out == tmp_path / "出错清单_朝阳洲走访台账.xlsx"
    told = comments(out, messy.SHEET)
    assert set(told) == {"B6", "C5", "F5", "F7"}
    assert "07/05/2024" in told["C5"] and "2024-05-08" in told["C5"] and "看不清" in told["F7"]
    book = load_workbook(out)
    sheet = book[messy.SHEET]
    assert [str(span) for span in sheet.merged_cells.ranges] == ["A1:G1"]
    assert sheet.column_dimensions["E"].width == 44
    assert {sheet[cell].fill.fgColor.rgb for cell in told} == {f"00{error_sheet.MARK}"}
    assert sheet["C4"].fill.fill_type is None
    assert values(out, messy.SHEET) == values(path, messy.SHEET)
    assert (sheet["E7"].value, sheet["E7"].data_type) == ("=1+1", "s")
    assert book.sheetnames == [messy.SHEET, "填表说明", error_sheet.REASONS]


def test_without_the_file_the_kept_rows_are_written(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    _, batch = take(store, path)
    path.unlink()
    out = error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    lines = values(out)
    assert [line[:2] for line in lines[:2]] == [
        ["朝阳洲街道2024年5月走访台账", None],
        ["填报单位：朝阳洲街道", None],
    ]
    assert lines[2] == [*messy.HEADER, "原表第几行", error_sheet.REASONS]
    assert [(line[0], line[7]) for line in lines[3:]] == [(2, 5), (3, 6)]
    assert lines[3][2] == "07/05/2024" and "07/05/2024" in lines[3][8]
    assert set(comments(out)) == {"C4", "F4", "B5"}
    assert [str(span) for span in load_workbook(out).worksheets[0].merged_cells.ranges] == ["A1:G1"]


def test_another_file_of_that_name_is_not_taken_for_it(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    _, batch = take(store, path)
    messy.ledger(tmp_path, [[9, "别的公司", "2024-05-01", "", "", 1, ""]])
    out = error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    assert "别的公司" not in str(values(out)) and "南昌数澜软件有限公司" in str(values(out))


def test_rows_put_right_are_not_marked_any_more(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    _, batch = take(store, path)
    with store.read() as session:
        page = mending.waiting(session, batch)
    assert page is not None
    first, second = page.rows
    mending.retry(store, batch, {first.seq: {"C": "2024-05-07"}})
    out = error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    assert set(comments(out)) == {"B6", "F7"}
    mending.dismiss(store, batch, [second.seq], "测试数据")
    assert set(comments(error_book.write_errors(store, batch, tmp_path / "f.xlsx", source=path))) == {"F7"}


def test_nothing_to_mark_is_refused(office: Office, tmp_path: Path) -> None:
    store = office()
    path = messy.ledger(tmp_path, [[*messy.ROWS[0][:6], ""]])
    _, batch = take(store, path)
    with pytest.raises(Refused) as refused:
        error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    assert refused.value.id == "no_errors" and not (tmp_path / "e.xlsx").exists()


def test_formulas_leave_their_values_and_macros_stay_behind(office: Office, tmp_path: Path) -> None:
    path = messy.ledger(tmp_path)
    book = load_workbook(path)
    book[messy.SHEET]["A4"] = "=1+0"
    book["填表说明"]["B1"] = '=HYPERLINK("http://example.com","点我")'
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro")
    store = office()
    _, batch = take(store, path)
    out = error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    with zipfile.ZipFile(out) as archive:
        assert not any("vba" in name.lower() for name in archive.namelist())
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name)
    assert b"<f>" not in sheets and b"HYPERLINK" not in sheets


def test_what_is_not_dressed_is_written_anew_in_its_place(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = office(), messy.ledger(tmp_path)
    _, batch = take(store, path)
    monkeypatch.setattr(error_sheet, "MOST_BYTES", 0)
    out = error_book.write_errors(store, batch, tmp_path / "e.xlsx", source=path)
    assert values(out) == values(path, messy.SHEET)
    assert load_workbook(out).worksheets[0]["E7"].data_type == "s"
    assert [str(span) for span in load_workbook(out).worksheets[0].merged_cells.ranges] == ["A1:G1"]
    assert set(comments(out)) == {"B6", "C5", "F5", "F7"}
    monkeypatch.setattr(error_book, "MOST_SHEET_ROWS", 3)
    out = error_book.write_errors(store, batch, tmp_path / "f.xlsx", source=path)
    assert [line[7] for line in values(out)[2:]] == ["原表第几行", 5, 6, 7]


def test_a_dry_run_can_be_reported_from_the_file(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    report = import_ledger(store, path, "visit", dry_run=True)
    assert report.batch is None
    out = error_book.write_report(report, path, tmp_path / "e.xlsx")
    assert set(comments(out, messy.SHEET)) == {"B6", "C5", "F5", "F7"}


def test_only_so_many_rows_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_sheet, "MOST_ROWS", 2)
    marks = error_sheet.Marks("表")
    for row in (2, 3, 3, 4, 5):
        marks.add(row, "A", f"第 {row} 行")
    assert {row for row, _ in marks.cells} == {1, 2} and marks.left_out == 2


def test_what_no_cell_can_hold_is_left_out() -> None:
    assert error_sheet.plain("坏\x00字\x0b符") == "坏字符"
    assert len(error_sheet.plain("长" * 40_000)) == 32_767
    assert error_sheet.plain(float("nan")) is None
