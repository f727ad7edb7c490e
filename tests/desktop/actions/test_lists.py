"""A list in a workbook: as shown, typed, text kept text, whole or not at all."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from db.errors import MachineError, Refused
from db.lists import ListQuery
from db.store import Store
from desktop.actions.lists import Cancelled, export_list
from tests.db import fixtures


@pytest.fixture
def filled(register: Store) -> Store:
    with register.write() as session:
        firm = fixtures.firm(session, "=1+1 号科技有限公司", None, phone="0791-86510023")
        fixtures.firm(session, "+86 通信有限公司", None)
        fixtures.add(
            session, "nurture", enterprise_id=firm, nurture_type="升规入统", revenue_ytd=Decimal("1860.50"),
            asof_ym="2024-05", valid_to=date(2025, 3, 1),
        )  # fmt: skip
    return register


def test_columns_order_filter_and_sorting_are_those_of_the_list(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "列表.xlsx"
    query = ListQuery("enterprise", {"street": fixtures.STREET}, sort=("name", True))
    assert export_list(filled, query, ("street_code", "name", "uscc"), out) == 5
    sheet = load_workbook(out).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["所属街道", "企业名称", "统一社会信用代码"]
    names = [row[1] for row in rows[1:]]
    assert names == sorted(names, reverse=True)
    assert {row[0] for row in rows[1:]} == {"朝阳洲街道"}
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == "A1:C6"
    narrowed = ListQuery("enterprise", search="云栈")
    assert export_list(filled, narrowed, ("name",), out) == 1
    assert [cell.value for cell in load_workbook(out).active["A"]] == ["企业名称", "江西云栈网络科技有限公司"]


def test_text_stays_text_and_figures_and_days_are_typed(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "列表.xlsx"
    export_list(filled, ListQuery("enterprise", sort=("name", False)), ("name", "phone"), out)
    cells = {cell.value: cell for cell in load_workbook(out).active["A"][1:]}
    for risky in ("=1+1 号科技有限公司", "+86 通信有限公司"):
        assert cells[risky].data_type == "s" and cells[risky].quotePrefix
    assert not cells["江西云栈网络科技有限公司"].quotePrefix
    export_list(
        filled, ListQuery("nurture"), ("enterprise_id", "revenue_ytd", "valid_to", "unit_code", "enterprise_uscc"), out
    )  # fmt: skip
    head, row = load_workbook(out).active.iter_rows()
    assert [cell.value for cell in head][-2:] == ["登记单位", "统一社会信用代码"]
    assert row[0].value == "=1+1 号科技有限公司" and row[0].data_type == "s"
    assert row[1].value == 1860.5 and row[1].number_format == "#,##0.00"
    assert row[2].value.date() == date(2025, 3, 1) and row[2].number_format == "yyyy-mm-dd"
    assert row[3].value == "朝阳洲街道"


def test_what_was_typed_and_not_understood_is_written_as_it_was_typed(
    register: Store, tmp_path: Path
) -> None:
    from db import records
    from db.registers import REGISTERS

    with register.write() as session:
        records.save(
            session, REGISTERS["project"], {"name": "数据中心\x0b二期 𠮷"}, fixtures.CLERK,
            unparsed={"invest_total": "约两个亿"}, not_applicable=["invest_plan_year"],
        )  # fmt: skip
    out = tmp_path / "列表.xlsx"
    export_list(register, ListQuery("project"), ("name", "invest_total", "invest_plan_year", "in_stock"), out)
    row = [cell.value for cell in load_workbook(out).active[2]]
    assert row == ["数据中心二期 𠮷", "约两个亿", "不适用", None]


def test_a_cancelled_export_leaves_what_was_there(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "导出").mkdir()
    out = tmp_path / "导出" / "列表.xlsx"
    out.write_bytes(b"older")
    with pytest.raises(Cancelled):
        export_list(filled, ListQuery("enterprise"), ("name",), out, cancelled=lambda: True)
    assert out.read_bytes() == b"older" and list(out.parent.iterdir()) == [out]


def test_progress_tells_how_far_it_is(filled: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    export_list(
        filled, ListQuery("enterprise"), ("name",), tmp_path / "a.xlsx", progress=lambda *each: told.append(each)
    )  # fmt: skip
    assert told == [(5, 5, "写出 5 行")]


def test_an_empty_list_and_one_without_columns(register: Store, tmp_path: Path) -> None:
    out = tmp_path / "空.xlsx"
    assert export_list(register, ListQuery("visit"), ("visit_date",), out) == 0
    assert load_workbook(out).active.max_row == 1
    with pytest.raises(Refused):
        export_list(register, ListQuery("visit"), (), out)


def test_a_file_that_cannot_be_written_says_what_to_do(register: Store, tmp_path: Path) -> None:
    (tmp_path / "占用").write_text("")
    with pytest.raises(MachineError) as told:
        export_list(register, ListQuery("visit"), ("visit_date",), tmp_path / "占用" / "列表.xlsx")
    assert "文件夹" in told.value.hint


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    import tracemalloc

    from returns.list_book import Heading, write_list

    def peak(count: int) -> int:
        rows = ([f"第 {number} 家企业", date(2024, 5, 8), Decimal(number)] for number in range(count))
        headings = [Heading("企业"), Heading("日期", format="yyyy-mm-dd"), Heading("金额", format="#,##0")]
        tracemalloc.start()
        try:
            assert write_list("企业", headings, rows, count, tmp_path / "a.xlsx") == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported for the first file stays
    assert peak(30_000) < 2 * peak(3_000) + 1_000_000


def test_a_list_as_text_calculates_nothing_and_keeps_every_digit(register: Store, tmp_path: Path) -> None:
    with register.write() as session:
        fixtures.firm(
            session,
            "=cmd|' /C calc'!A0 科技有限公司",
            None,
            phone="07918651002312",
            remark='含\n换行，“引号”"和,逗号',
        )
        fixtures.firm(session, "@SUM(A1) 通信", None)
    out = tmp_path / "企业.csv"
    export_list(register, ListQuery("enterprise"), ("name", "phone", "remark"), out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert head[0].startswith("企业名称")
    by_name = {row[0]: row for row in rows}
    assert "'@SUM(A1) 通信" in by_name
    first = by_name["'=cmd|' /C calc'!A0 科技有限公司"]
    assert first[1] == "\t07918651002312" and first[2] == '含\n换行，“引号”"和,逗号'


def test_figures_and_days_in_text_are_plain(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "培育.csv"
    export_list(filled, ListQuery("nurture"), ("revenue_ytd", "valid_to", "asof_ym"), out)
    assert out.read_text("utf-8-sig").splitlines()[1] == "1860.50,2025-03-01,2024-05"
