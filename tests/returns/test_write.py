"""Writing: exact values, no formulas from texts, whole or not at all, quick."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from db.errors import MachineError
from db.lookup import Directory
from db.store import Store
from returns import compose, submit
from returns.read import read_return
from returns.workbook import DRAFT, TEMPLATE
from returns.write import write_atomically, write_return
from tests.returns.offices import (
    COVER,
    FIRM,
    ISSUE,
    MAY,
    STREET,
    VISIT,
    column_of,
    export,
    insert_raw,
    open_office,
    save,
    small_month,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_office(tmp_path / "register", STREET)
    yield opened
    opened.close()


def cells(path: Path, sheet: str) -> dict[str, Any]:
    """The first row of a register's sheet by header."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return {str(head).split(" *")[0]: value for head, value in zip(rows[2], rows[3], strict=False)}


def test_numbers_dates_and_texts_are_what_they_are(store: Store, tmp_path: Path) -> None:
    small_month(store)
    export(store, tmp_path / "a.xlsx")
    visit = cells(tmp_path / "a.xlsx", "走访记录")
    assert visit["走访日期"] == date(2024, 5, 8)
    assert visit["本年累计营业收入（万元）"] == 860.5
    assert visit["是否有问题诉求"] == "否"
    assert visit["企业名称"] == "江西云栈网络科技有限公司"
    assert visit["统一社会信用代码"] == "91360103MA0000015L"


def test_text_like_a_formula_is_text(store: Store, tmp_path: Path) -> None:
    firm = save(
        store,
        "enterprise",
        **{**FIRM, "name": "=1+1", "main_business": '=HYPERLINK("http://x")', "remark": "@SUM(A1)"},
    )
    save(store, "visit", **{**VISIT, "operation_text": "-5% 较上月\n+3 家"}, enterprise_id=firm)
    export(store, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["企业档案"]
    for header, text in (
        ("企业名称", "=1+1"),
        ("主要业务活动", '=HYPERLINK("http://x")'),
        ("备注", "@SUM(A1)"),
    ):
        cell = sheet.cell(4, column_of(sheet, header))
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


def test_texts_that_look_like_excels_own_codes_stay(store: Store, tmp_path: Path) -> None:
    firm = save(store, "enterprise", **{**FIRM, "name": "甲_x0041_乙", "remark": "a<b&c"})
    save(store, "issue", **ISSUE, enterprise_id=firm)
    export(store, tmp_path / "a.xlsx")
    names = [
        row[0]
        for row in CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
        .get_sheet_by_name("企业档案")
        .to_python()
    ]
    assert "甲_x0041_乙" in names


def test_more_digits_than_excel_keeps_go_as_text(store: Store, tmp_path: Path) -> None:
    huge = Decimal("123456789012.3456")
    save(store, "indicator", period=MAY, indicator_no=1, org_code=STREET, value=huge, data_source="部门统计")
    export(store, tmp_path / "a.xlsx")
    assert cells(tmp_path / "a.xlsx", "指标月报")["本年累计（期末）数"] == "123456789012.3456"
    with store.read() as session:
        row = read_return(tmp_path / "a.xlsx", Directory(session)).rows["indicator"][0]
    assert row.values["value"] == huge and row.intact


def test_a_text_too_long_for_a_cell_is_cut_and_told(store: Store, tmp_path: Path) -> None:
    firm = save(store, "enterprise", **{**FIRM, "name": "甲"})
    with store.write() as session:
        insert_raw(
            session, "visit", STREET,
            [{**VISIT, "id": uuid4(), "enterprise_id": firm, "operation_text": "很长" * 20_000}],
        )  # fmt: skip
    written = export(store, tmp_path / "a.xlsx")
    assert [each.id for each in written.findings] == ["GEN-007"]
    assert "40000 字" in written.findings[0].message
    text = cells(tmp_path / "a.xlsx", "走访记录")["生产经营情况"]
    assert len(text) == 32_767 and text.endswith("其余未导出）")


def test_nothing_is_left_where_the_target_can_not_be_written(
    store: Store, tmp_path: Path, monkeypatch: Any
) -> None:
    small_month(store)
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"what was there")

    def locked(source: Any, place: Any) -> None:
        raise PermissionError(13, "另一个程序正在使用此文件")

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(MachineError) as told:
        export(store, target)
    assert "没有写成" in told.value.message and "Excel 或 WPS" in told.value.hint
    assert target.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.glob("*.tmp")] == [] and not list(tmp_path.glob(".*tmp"))


@pytest.mark.parametrize("what", ["folder", "below_file"])
def test_impossible_targets_get_a_sentence(tmp_path: Path, what: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "below_file").write_bytes(b"")
    target = tmp_path / "folder" if what == "folder" else tmp_path / "below_file" / "a.xlsx"
    with pytest.raises(MachineError) as told:
        write_atomically(target, b"x")
    assert told.value.hint


def test_a_draft_says_so_everywhere(store: Store, tmp_path: Path) -> None:
    small_month(store)
    with store.read() as session:
        written = submit.write_draft(session, STREET, MAY, tmp_path, date(2024, 5, 22), "张敏")
    assert written.manifest.kind == DRAFT and "草稿" in written.out.name
    book = openpyxl.load_workbook(written.out)
    assert book["封面"]["A1"].value.startswith("【草稿】")
    assert all(book[name].oddHeader.right.text == "草稿" for name in ("封面", "走访记录", "校验说明"))


def test_a_template_is_the_same_workbook_empty_and_open(store: Store, tmp_path: Path) -> None:
    written = submit.write_template(store, "南浦街道", MAY, tmp_path)
    assert (written.manifest.kind, written.manifest.unit) == (TEMPLATE, "360103001")
    assert set(written.sheets.values()) == {0}
    small_month(store)
    export(store, tmp_path / "full.xlsx")
    empty, full = openpyxl.load_workbook(written.out), openpyxl.load_workbook(tmp_path / "full.xlsx")
    assert empty.sheetnames == full.sheetnames
    for name in full.sheetnames[1:7]:
        assert [cell.value for cell in empty[name][3]] == [cell.value for cell in full[name][3]]
    sheet = empty["走访记录"]
    assert sheet.cell(30, column_of(sheet, "走访日期")).protection.locked is False
    assert sheet.cell(4, column_of(sheet, "走访编号")).protection.locked is True


def test_a_template_needs_no_register_only_a_plan(tmp_path: Path) -> None:
    from db import plan_file

    path = Path(__file__).parents[1] / "data" / "plan_qinghe.json"
    plan = plan_file.load(path)
    unit = plan.reporting[0]
    written = submit.write_template(plan, unit.code, MAY, tmp_path / "t.xlsx")
    assert written.manifest.unit_name == unit.name and written.manifest.region == plan.region_code


def test_notes_carry_findings_with_place_and_explanation(store: Store, tmp_path: Path) -> None:
    from db.findings import Finding, Severity

    month = small_month(store)
    warning = Finding("VIS-009", Severity.WARNING, "内容与上次相同。", "visit", month.visit, "operation_text")
    with store.read() as session:
        content = compose.gather(
            session, STREET, MAY, kind="return", revision=1, cover=COVER, findings=[warning],
            explanations={warning: "两次走访谈的是同一件事"},
        )  # fmt: skip
        write_return(content, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["校验说明"]
    assert [cell.value for cell in sheet[4]] == [
        "警告", "VIS-009", "走访记录 第 4 行 生产经营情况", "内容与上次相同。", "两次走访谈的是同一件事",
    ]  # fmt: skip


@pytest.mark.slow
def test_two_thousand_rows_take_no_longer_than_writing_them_bare(store: Store, tmp_path: Path) -> None:
    """Dressed at most 1.3 × openpyxl writing the same cells bare (measured: about 0.4)."""
    with store.write() as session:
        firms = [{**FIRM, "id": uuid4(), "name": f"江西数澜软件{n}有限公司"} for n in range(700)]
        insert_raw(session, "enterprise", STREET, firms)
        visits = [{**VISIT, "id": uuid4(), "enterprise_id": firms[n % 700]["id"]} for n in range(1_300)]
        insert_raw(session, "visit", STREET, visits)
    path = tmp_path / "a.xlsx"
    with store.read() as session:
        content = compose.gather(session, STREET, MAY, kind="return", revision=1, cover=COVER)
        write_return(content, path)
        begun = time.process_time()
        write_return(content, path)
        ours = time.process_time() - begun
    source = CalamineWorkbook.from_path(str(path))
    grids = {name: source.get_sheet_by_name(name).to_python() for name in source.sheet_names}
    begun = time.process_time()
    bare = openpyxl.Workbook()
    for name, grid in grids.items():
        sheet = bare.create_sheet(name)
        for row, line in enumerate(grid, start=1):
            for column, value in enumerate(line, start=1):
                if value != "":
                    sheet.cell(row, column, value)
    bare.save(tmp_path / "bare.xlsx")
    assert ours <= 1.3 * (time.process_time() - begun)
