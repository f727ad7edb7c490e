"""The contract: sheets and columns follow the fields; the manifest is read back as it was written, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db.fields import Kind
from db.registers import REGISTERS
from db.store import Store
from returns import workbook
from returns.workbook import (
    HIDDEN,
    ORDER,
    Manifest,
    NotAReturn,
    OtherVersion,
    Place,
    SheetEntry,
    plans,
    read_manifest,
    sheet_of,
)
from tests.returns.offices import STREET, column_of, export, open_office, small_month


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_office(tmp_path_factory.mktemp("street") / "register", STREET)
    small_month(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def book(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("out") / "return.xlsx"
    export(store, path)
    return openpyxl.load_workbook(path)


def test_sheets_in_their_order(book: Any) -> None:
    assert book.sheetnames == [
        "封面", "指标月报", "走访记录", "问题", "上云记录", "培育对象", "项目", "园区月报", "责任清单",
        "企业档案", "校验说明", "字典", "清单",
    ]  # fmt: skip
    assert book["字典"].sheet_state == "hidden"
    assert book["清单"].sheet_state == "veryHidden"


def test_a_side_list_has_a_sheet_when_it_has_rows() -> None:
    always = [plan.register.key for plan in plans(())]
    assert always == [key for key in ORDER if REGISTERS[key].own_sheet]
    some = [plan.register.key for plan in plans(("service", "visit"))]
    assert some == [key for key in ORDER if REGISTERS[key].own_sheet or key == "service"]


@pytest.mark.parametrize("key", list(REGISTERS))
def test_every_field_has_its_column(key: str) -> None:
    plan = sheet_of(key)
    assert {column.field.name for column in plan.columns} == {
        each.name for each in REGISTERS[key].fields if each.in_sheet
    }
    assert len({column.header for column in plan.columns}) == plan.width


def test_headers_stand_in_the_third_row_and_identity_is_hidden(book: Any) -> None:
    for plan in plans(()):
        sheet = book[plan.name]
        headers = [cell.value for cell in sheet[3]]
        assert headers == [*(column.title for column in plan.columns), *HIDDEN]
        for place in range(plan.width + 1, len(headers) + 1):
            assert sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].hidden


def test_dropdowns_are_ranges_of_the_dictionary(book: Any) -> None:
    for plan in plans(()):
        sheet = book[plan.name]
        lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        wanted = [c for c in plan.columns if c.open and (c.field.choices or c.field.kind is Kind.BOOL)]
        assert len(lists) >= len(wanted)
        for rule in lists:
            assert rule.formula1.startswith("'字典'!$")
    modes = next(
        rule for rule in book["走访记录"].data_validations.dataValidation if rule.promptTitle == "走访方式"
    )
    column, last = modes.formula1.split("$")[1], int(modes.formula1.split("$")[-1])
    assert [book["字典"][f"{column}{row}"].value for row in range(2, last + 1)] == [
        "实地",
        "电话",
        "线上",
        "座谈会",
    ]


def test_input_cells_are_open_and_the_others_closed_without_password(book: Any) -> None:
    for plan in plans(()):
        sheet = book[plan.name]
        assert sheet.protection.sheet and not sheet.protection.password
        if sheet.max_row < 5:
            continue
        for place, column in enumerate(plan.columns, start=1):
            if book[plan.name].cell(4, place).value is not None:
                assert sheet.cell(4, place).protection.locked is not column.open, column.header


def test_prints_on_a4_landscape_with_repeated_headers(book: Any) -> None:
    for name in book.sheetnames[:8]:
        sheet = book[name]
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    for plan in plans(()):
        sheet = book[plan.name]
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.freeze_panes.endswith("4")
        signed = [
            cell.value
            for row in sheet.iter_rows()
            for cell in row
            if str(cell.value).startswith("单位负责人（签字）")
        ]
        assert len(signed) == 1 and "填报日期：2024-05-22" in signed[0]


def test_a_work_table_has_no_approval_unless_it_is_filled_in(store: Store, tmp_path: Path) -> None:
    def texts(path: Path) -> str:
        return "\n".join(
            str(cell.value) for row in openpyxl.load_workbook(path)["封面"] for cell in row if cell.value
        )

    export(store, tmp_path / "plain.xlsx")
    assert "批准机关" not in texts(tmp_path / "plain.xlsx")
    export(store, tmp_path / "approved.xlsx", approved_by="区统计局", approval_no="西统〔2024〕3 号")
    assert "批准机关：区统计局" in texts(tmp_path / "approved.xlsx")


def test_cover_names_office_month_and_people(book: Any) -> None:
    shown = {str(cell.value) for row in book["封面"] for cell in row if cell.value is not None}
    assert {
        "填报单位：朝阳洲街道（360103002）",
        "填报期：2024 年 5 月",
        "王建国",
        "李红",
        "0791-86510023",
        "（单位公章）",
    } <= shown
    assert "表号：西数经调01表　制表机关：区数字经济办公室" in shown
    assert "涉及企业 1 家；年服务金额 1.20 万元" in shown


def test_codes_and_phones_are_text(book: Any) -> None:
    sheet = book["企业档案"]
    for header in ("统一社会信用代码", "联系电话"):
        cell = sheet.cell(4, column_of(sheet, header))
        assert cell.number_format == "@" and isinstance(cell.value, str)


# ---------------------------------------------------------------- manifest

MANIFEST = Manifest(
    kind="return", unit=STREET, unit_name="朝阳洲街道", region="360103", period="2024-05", revision=2,
    exported_at="2024-05-22T01:02:03+00:00", correction_reason="营业收入漏填一位", cover={"filler": "张敏"},
    sheets=(SheetEntry("visit", "走访记录", 1, "ab", ("visit_date", "enterprise_id.name")),),
    units=(Place("x-qrsj", "区人社局", "bureau"),), parks=(Place("p1", "数字谷"),),
).sealed()  # fmt: skip


def test_manifest_round_trip() -> None:
    found = read_manifest(list(workbook.manifest_rows(MANIFEST, [("visit", "00ff", "dd")])))
    assert found.manifest == MANIFEST
    assert found.manifest.whole == found.manifest.digest
    assert found.rows == {("visit", "00ff"): "dd"}


def test_a_manifest_longer_than_a_cell_goes_over_several() -> None:
    many = replace(MANIFEST, units=tuple(Place(f"u{n}", f"第{n}办公室" * 5) for n in range(2_000))).sealed()
    lines = list(workbook.manifest_rows(many, []))
    assert max(len(cell) for line in lines for cell in line) <= workbook.CELL_LIMIT
    assert read_manifest(lines).manifest == many


def test_a_changed_manifest_no_longer_fits_its_digest() -> None:
    other = replace(MANIFEST, unit="360103001")
    assert other.whole != other.digest


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [["格式", "something"]],
        [["格式", workbook.FORMAT]],
        [["格式", workbook.FORMAT], ["version", "1"], ["unit", "{"]],
        [["格式", workbook.FORMAT], ["version", "1"], ["unit", '"a"']],
    ],
)
def test_other_sheets_are_no_manifest(lines: list[list[str]]) -> None:
    with pytest.raises(NotAReturn):
        read_manifest(lines)


@pytest.mark.parametrize("version", [0, workbook.FORMAT_VERSION + 1])
def test_another_format_says_its_version(version: int) -> None:
    with pytest.raises(OtherVersion) as told:
        read_manifest([["格式", workbook.FORMAT], ["version", str(version)]])
    assert told.value.version == version


# ---------------------------------------------------------------- header


def test_header_is_found_below_other_rows_with_other_words_and_units() -> None:
    plan = sheet_of("enterprise")
    grid = [
        ["2024 年企业名册"],
        [],
        ["企业全称", "信用代码", "注册资本（亿元）", "备用列"],
        ["甲", "", 1, ""],
    ]
    header = workbook.find_header(plan, grid)
    assert header is not None and header.row == 2
    assert [header.columns[place].key for place in (0, 1, 2)] == ["name", "uscc", "reg_capital"]
    assert header.units == {2: "亿元"}
    assert header.unknown == ["备用列"]
    assert "联系人" in header.missing


def test_no_header_where_hardly_a_column_is_named() -> None:
    assert workbook.find_header(sheet_of("visit"), [["随便", "写写"], ["备注", 1]]) is None
