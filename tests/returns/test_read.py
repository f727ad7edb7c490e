"""Reading: every field comes back as it was; edits are named; what is no return is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from db.errors import KnownError, MachineError, Refused
from db.fields import RECORD_TARGETS
from db.findings import Severity
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from returns import compose
from returns.digests import BLANK_MARK, MARK, cell_mark, row_digest, sheet_digest
from returns.files import package
from returns.files.draft import NOT_CALCULATED
from returns.read import ReadReturn, read_return
from returns.workbook import DRAFT, RETURN
from returns.write import render
from tests.returns import content
from tests.returns.offices import COVER, MAY, STREET, column_of, edit, export, open_office, rezip, small_month


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_office(tmp_path_factory.mktemp("street") / "register", STREET)
    small_month(opened)
    yield opened
    opened.close()


@pytest.fixture
def path(store: Store, tmp_path: Path) -> Path:
    export(store, tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def read(store: Store, path: Path) -> ReadReturn:
    with store.read() as session:
        return read_return(path, Directory(session))


def edits(found: ReadReturn) -> list[tuple[str, int, str]]:
    return [
        (row.sheet, row.number, label) for rows in found.rows.values() for row in rows for label in row.edited
    ]


# ---------------------------------------------------------------- round trip


@settings(max_examples=30)
@given(data=st.data())
def test_any_content_comes_back_exactly(store: Store, data: st.DataObject) -> None:
    with store.read() as session:
        directory = Directory(session)
        month = data.draw(content.months(directory))
        full = {key: [{"rev": 1, "deleted_at": None, **row} for row in rows] for key, rows in month.items()}
        written, _ = render(
            compose.gather(session, STREET, MAY, kind=RETURN, revision=1, cover=COVER, rows=full),
            Path("a.xlsx"),
        )
        found = read_return(Path("a.xlsx"), directory, written)
    for key, rows in month.items():
        for before, after in zip(rows, found.rows[key], strict=True):
            assert after.record_id == before["id"]
            assert after.edited == () and after.intact
            for field in REGISTERS[key].fields:
                if field.source == "enterprise":
                    assert after.firm.id == before[field.name]
                elif field.source in RECORD_TARGETS:
                    assert after.links[field.name].id == before[field.name]
                else:
                    assert after.values[field.name] == before[field.name], field.name
            assert after.unparsed == (before["unparsed"] or {})
            assert after.not_applicable == (before["not_applicable"] or [])
    assert [each for each in found.findings if each.id == "RET-002"] == []


def test_cover_comes_back(store: Store, path: Path) -> None:
    found = read(store, path)
    assert found.cover["filler"] == "张敏" and found.cover["submitted_on"] == date(2024, 5, 22)
    assert (found.manifest.unit, found.manifest.period, found.manifest.revision) == (STREET, MAY, 1)


def test_reading_twice_gives_the_same_content(store: Store, path: Path) -> None:
    first = read(store, path)
    edit(path, lambda book: None)  # saved again by another program, nothing changed
    second = read(store, path)
    assert first.sha256 != second.sha256 and first.content_digest == second.content_digest
    assert edits(second) == [] and second.findings == first.findings


# ---------------------------------------------------------------- what was edited


def test_a_long_return_is_read_piece_by_piece_to_the_same(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(path, lambda book: book["走访记录"].append(["", "", "随手写的一行"]))
    whole = read(store, path)
    monkeypatch.setattr("returns.files._LONG", 1)
    again = read(store, path)
    assert again.rows == whole.rows and again.findings == whole.findings and whole.count > 4
    assert (again.content_digest, again.cover, again.fields) == (
        whole.content_digest,
        whole.cover,
        whole.fields,
    )


def test_three_edited_cells_are_named_and_no_others(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        visits, firms = book["走访记录"], book["企业档案"]
        visits.cell(4, column_of(visits, "经营状态评价")).value = "下滑"
        visits.cell(4, column_of(visits, "本年累计营业收入（万元）")).value = 1860.5
        firms.cell(4, column_of(firms, "联系电话")).value = None

    edit(path, work)
    found = read(store, path)
    assert sorted(edits(found)) == sorted(
        [("走访记录", 4, "经营状态评价"), ("走访记录", 4, "本年累计营业收入"), ("企业档案", 4, "联系电话")]
    )
    told = [each.message for each in found.findings if each.id == "RET-002"]
    letter = get_column_letter(column_of(openpyxl.load_workbook(path)["走访记录"], "经营状态评价"))
    assert len(told) == 3
    assert f"“走访记录”第 4 行 {letter} 列“经营状态评价”在导出后被改动：原“向好”，现“下滑”。" in told
    assert any("“联系电话”在导出后被改动：现为空（原来的内容文件里没有保留）。" in each for each in told)
    assert found.rows["visit"][0].values["revenue_ytd"] == Decimal("1860.50")
    assert found.rows["enterprise"][0].values["phone"] is None


def test_the_same_value_written_another_way_is_no_edit(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        sheet = book["走访记录"]
        sheet.cell(4, column_of(sheet, "走访日期")).value = "2024年5月8日"
        sheet.cell(4, column_of(sheet, "本年累计营业收入（万元）")).value = "860.50"

    edit(path, work)
    assert edits(read(store, path)) == []


def test_sorting_rows_is_no_edit_and_copies_are_new(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export(store, path)

    def work(book: Any) -> None:
        sheet = book["问题"]
        for column in range(1, sheet.max_column + 1):
            sheet.cell(9, column).value = sheet.cell(4, column).value

    edit(path, work)
    found = read(store, path)
    assert [row.record_id is None for row in found.rows["issue"]] == [False, True]
    assert any("另一行的复制" in each.message for each in found.findings)
    assert any(
        "“问题”汇总数1与明细2不一致" in each.message and each.id == "RET-006" for each in found.findings
    )


def test_deleted_rows_and_columns_are_told(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        book["走访记录"].delete_rows(4)
        book["企业档案"].delete_cols(column_of(book["企业档案"], "备注"))

    edit(path, work)
    found = read(store, path)
    told = [each.message for each in found.findings]
    assert "“走访记录”有 1 行在导出后被删除。" in told
    assert any("少了“备注”一列" in each for each in told)
    assert "remark" not in found.fields["enterprise"] and edits(found) == []


def test_a_renamed_firm_loses_its_hidden_key(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        sheet = book["走访记录"]
        sheet.cell(4, column_of(sheet, "企业名称")).value = "南昌另一家有限公司"

    edit(path, work)
    firm = read(store, path).rows["visit"][0].firm
    assert firm.id is None and firm.name == "南昌另一家有限公司"


def test_units_in_changed_headers_count(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        sheet = book["企业档案"]
        column = column_of(sheet, "注册资本（万元）")
        sheet.cell(3, column).value = "注册资本（亿元）"
        sheet.cell(4, column).value = 0.35

    edit(path, work)
    assert read(store, path).rows["enterprise"][0].values["reg_capital"] == Decimal("3500.00")


def test_what_is_not_understood_is_kept_and_told(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        visits, firms = book["走访记录"], book["企业档案"]
        visits.cell(4, column_of(visits, "走访日期")).value = "07/05/2024"
        visits.cell(4, column_of(visits, "改造投入（本年）（万元）")).value = "约500"
        firms.cell(4, column_of(firms, "统一社会信用代码")).value = 913601030000012345

    edit(path, work)
    found = read(store, path)
    assert found.rows["visit"][0].unparsed == {"visit_date": "07/05/2024", "digital_invest": "约500"}
    assert found.rows["enterprise"][0].values["uscc"] is None
    told = {
        (each.sheet, each.row, each.column): each
        for each in found.findings
        if each.severity is Severity.ERROR
    }
    assert told["走访记录", 4, "走访日期"].id == "GEN-004"
    assert "末几位已经丢失" in told["企业档案", 4, "统一社会信用代码"].message


def test_error_cells_and_formulas_without_a_value_are_told(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        sheet = book["走访记录"]
        sheet.cell(4, column_of(sheet, "本年累计营业收入（万元）")).value = "=A1+1"
        sheet.cell(4, column_of(sheet, "改造投入（本年）（万元）")).value = "#REF!"

    edit(path, work)
    row = read(store, path).rows["visit"][0]
    assert row.unparsed == {"revenue_ytd": NOT_CALCULATED, "digital_invest": "#REF!"}


def test_damaged_extra_content_is_told(store: Store, path: Path) -> None:
    def work(book: Any) -> None:
        sheet = book["问题"]
        sheet.cell(4, column_of(sheet, "附加内容")).value = "{broken"

    edit(path, work)
    assert any("附加内容已损坏" in each.message for each in read(store, path).findings)


# ---------------------------------------------------------------- what is no return


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def plain_book() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = "随便写写"
    book.save(out)
    return out.getvalue()


NO_RETURNS: dict[str, bytes] = {
    "empty": b"",
    "text": "企业名称,走访日期".encode("gb18030"),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "pdf": b"%PDF-1.7",
    "html": b"<html><table></table></html>",
    "zip": archive(**{"a.txt": b"hello"}),
    "broken_zip": b"PK\x03\x04" + b"\0" * 100,
    "hollow": archive(**{"xl__workbook.xml": b"<workbook/>"}),
    "plain_workbook": plain_book(),
}


@pytest.mark.parametrize("kind", list(NO_RETURNS))
def test_other_files_are_refused_with_a_sentence(store: Store, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "某文件.xlsx"
    path.write_bytes(NO_RETURNS[kind])
    with pytest.raises(KnownError) as told:
        read(store, path)
    assert "某文件.xlsx" in told.value.message and told.value.hint


def test_a_missing_file_is_a_machine_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(MachineError):
        read(store, tmp_path / "none.xlsx")


def test_a_draft_is_no_return(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "a.xlsx", kind=DRAFT)
    with pytest.raises(Refused) as told:
        read(store, tmp_path / "a.xlsx")
    assert told.value.id == "RET-002" and "草稿" in told.value.message


TAMPERED: dict[str, Callable[[Any], None]] = {
    "no_manifest": lambda book: book.remove(book["清单"]),
    "other_unit": lambda book: _set_manifest(book, "unit", '"360103001"'),
    "other_period": lambda book: _set_manifest(book, "period", '"2024-06"'),
    "no_digest": lambda book: _set_manifest(book, "digest", '""'),
    "sheet_gone": lambda book: book.remove(book["走访记录"]),
    "header_gone": lambda book: book["走访记录"].delete_rows(3),
}


def _set_manifest(book: Any, key: str, value: str) -> None:
    sheet = book["清单"]
    row = next(cell.row for cell in sheet["A"] if cell.value == key)
    sheet.cell(row, 2).value = value


@pytest.mark.parametrize("kind", list(TAMPERED))
def test_a_tampered_return_is_refused(store: Store, path: Path, kind: str) -> None:
    edit(path, TAMPERED[kind])
    with pytest.raises(Refused) as told:
        read(store, path)
    assert told.value.id == "RET-002" and "“a.xlsx”" in told.value.message


def test_a_newer_format_says_which(store: Store, path: Path) -> None:
    edit(path, lambda book: _set_manifest(book, "version", "99"))
    with pytest.raises(Refused) as told:
        read(store, path)
    assert told.value.id == "RET-004" and "99" in told.value.message and "升级" in told.value.hint


# ---------------------------------------------------------------- hostile files


def far_cell(name: str, data: bytes) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return data.replace(b"</sheetData>", far) if name == "xl/worksheets/sheet3.xml" else data


def with_dtd(name: str, data: bytes) -> bytes:
    return b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name == "xl/workbook.xml" else data


def bomb(name: str, data: bytes) -> bytes:
    return b" " * (package.MOST_INFLATED + 1) if name == "xl/theme/theme1.xml" else data


def in_utf16(name: str, data: bytes) -> bytes:
    return data.decode().encode("utf-16") if name == "xl/workbook.xml" else data


@pytest.mark.parametrize("work", [far_cell, with_dtd, bomb, in_utf16])
def test_hostile_workbooks_never_reach_a_parser(
    store: Store, path: Path, work: Callable[[str, bytes], bytes]
) -> None:
    rezip(path, work)
    with pytest.raises(Refused) as told:
        read(store, path)
    assert told.value.hint


# ---------------------------------------------------------------- fingerprints


def test_marks_differ_where_texts_do() -> None:
    assert cell_mark("") == BLANK_MARK
    assert len(cell_mark("走访")) == MARK == len(cell_mark("x" * 10_000))
    texts = [str(number) for number in range(2_000)]
    assert len({cell_mark(text) for text in texts}) >= 1_999
    assert row_digest(["a", "b"]) != row_digest(["ab", ""]) != row_digest(["", "ab"])
    assert sheet_digest([("1", "a"), ("2", "b")]) == sheet_digest([("2", "b"), ("1", "a")])
    assert sheet_digest([("1", "a")]) != sheet_digest([("1", "b")])
