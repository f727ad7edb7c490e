"""Report workbooks: values beside live formulas, text that stays text, links, print set-up, whole or not at all."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from db.errors import MachineError
from returns.report_book import Book, Placed
from returns.report_charts import Series, add_chart
from returns.report_looks import SUM, Cell, Col, letter, lines_of, place
from tests.returns.recalculated import differences, errors

COLUMNS = [
    Col("企业", 30),
    Col("甲", 10, "#,##0"),
    Col("乙（万元）", 12, "#,##0.00"),
    Col("率（%）", 10, "0.0"),
]


def rated(name: str, one: Decimal | int | None, other: Decimal | int | None) -> list[Any]:
    rate = None if not one or other is None else Decimal(other) * 100 / Decimal(one)
    formula = '=IF(AND(ISNUMBER(C{r}),N(B{r})<>0),C{r}/B{r}*100,"—")'
    return [name, one, other, Cell(rate, formula=formula)]


def write(out: Path, rows: list[list[Any]], *, practice: bool = False) -> Placed:
    book = Book("试", practice=practice)
    sheet = book.sheet("表", "标题", "说明", width=4)
    placed = sheet.table(COLUMNS, rows, total=["合计", SUM, SUM, ""])
    book.save(out)
    return placed


def test_formulas_carry_the_values_the_program_worked_out(tmp_path: Path) -> None:
    placed = write(
        tmp_path / "a.xlsx",
        [rated("甲", 3, Decimal("2.50")), rated("乙", None, Decimal("1.2")), rated("丙", 7, 7)],
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["表"]
    assert [sheet[f"D{row}"].value for row in (4, 5, 6)] == [pytest.approx(250 / 3), "—", 100]
    assert (sheet["B7"].value, sheet["C7"].value) == (10, pytest.approx(10.7))
    assert (placed.header, placed.first, placed.last) == (3, 4, 6)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]["B7"].value == "=SUM(B4:B6)"
    rows = (
        python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
        .get_sheet_by_name("表")
        .to_python()
    )
    assert rows[3][3] == pytest.approx(250 / 3) and rows[6][1] == 10


@pytest.mark.office
def test_libreoffice_works_out_the_same_and_would_notice_if_not(tmp_path: Path) -> None:
    write(
        tmp_path / "a.xlsx",
        [
            rated("甲", 3, Decimal("2.50")),
            rated("乙", None, 1),
            rated("丙", 0, 0),
            rated("丁", 9, Decimal("0.07")),
        ],
    )
    assert differences(tmp_path / "a.xlsx", tmp_path) == (6, [])
    book = Book("错")
    book.sheet("表", "标题", width=2).table([Col("甲"), Col("乙")], [[2, Cell(5, formula="=A{r}*2")]])
    book.save(tmp_path / "wrong.xlsx")
    count, wrong = differences(tmp_path / "wrong.xlsx", tmp_path)
    assert count == 1 and wrong == ["表!B3 =A3*2: 5 / 4"]


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4), min_size=1, max_size=12))
def test_a_sum_is_exact_whatever_is_added(
    tmp_path_factory: pytest.TempPathFactory, values: list[Decimal]
) -> None:
    out = tmp_path_factory.mktemp("sum") / "a.xlsx"
    book = Book("和")
    book.sheet("表", "标题", width=2).table(
        [Col("名"), Col("数")], [["甲", value] for value in values], total=["合计", SUM]
    )
    book.save(out)
    with zipfile.ZipFile(out) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    written = sheet.split("SUM(B3:")[1].split("<v>")[1].split("</v>")[0]
    assert Decimal(written) == sum(values, Decimal(0)) and "E" not in written


def test_text_stays_text_and_loses_what_xml_can_not_hold(tmp_path: Path) -> None:
    write(
        tmp_path / "a.xlsx",
        [
            rated("=SUM(A1)", 1, 1),
            rated("+1\x01\ud800甲", 1, 1),
            rated("http://x.cn", 1, 1),
            rated("0012", 1, 1),
        ],
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert [sheet[f"A{row}"].value for row in range(4, 8)] == ["=SUM(A1)", "+1甲", "http://x.cn", "0012"]
    assert {sheet[f"A{row}"].data_type for row in range(4, 8)} == {"s"} and sheet["A6"].hyperlink is None


def test_days_figures_and_nothing_look_as_what_they_are(tmp_path: Path) -> None:
    book = Book("看")
    sheet = book.sheet("表", "标题", width=3)
    sheet.table(
        [Col("日"), Col("数", 10, "#,##0"), Col("词")], [[date(2024, 5, 1), None, "预警"], ["", 12_345, True]]
    )
    book.save(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert sheet["A3"].number_format == "yyyy-mm-dd" and sheet["A3"].value.date() == date(2024, 5, 1)
    assert sheet["B3"].value == "—" and sheet["B4"].number_format == "#,##0"
    assert sheet["C3"].font.color.rgb == "FFC0392B" and sheet["A4"].value is None


def test_an_empty_table_says_so_and_adds_nothing_up(tmp_path: Path) -> None:
    placed = write(tmp_path / "a.xlsx", [])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert placed.rows == 0 and sheet["A4"].value == "（无）" and sheet.max_row == 4


def test_links_lead_to_their_place_and_comments_stand_on_headers(tmp_path: Path) -> None:
    book = Book("链")
    sheet = book.sheet("表", "标题", width=2)
    sheet.table(
        [Col("名", comment="怎样计"), Col("数")],
        [["甲", Cell(5, link=place("另'一张", "B2:B9"), formula="=2+3")]],
    )
    book.sheet("另'一张", "标题", width=1)
    book.save(tmp_path / "a.xlsx")
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert read["B3"].hyperlink.location == "'另''一张'!B2:B9" and read["B3"].value == "=2+3"
    assert "怎样计" in read["A2"].comment.text


def test_pages_are_a4_landscape_with_numbers_and_repeated_headers(tmp_path: Path) -> None:
    book = Book("印", practice=True)
    sheet = book.sheet("表", "标题", "说明", width=2)
    sheet.repeat(sheet.table([Col("名"), Col("数")], [["甲", 1]]))
    sheet.signatures()
    book.sheet("一页", "标题", width=2, one_page=True)
    book.save(tmp_path / "a.xlsx")
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for each in read.worksheets:
        assert (each.page_setup.orientation, each.page_setup.paperSize) == ("landscape", 9)
        assert each.oddFooter.center.text == "第 &P 页 共 &N 页" and str(each["A1"].value) == "标题（练习）"
    assert read["表"].print_title_rows == "$1:$3" and read["表"].page_setup.fitToHeight in (0, "0")
    assert read["一页"].page_setup.fitToHeight in (1, "1", None)
    assert "审核人" in str(read["表"]["A6"].value)


def test_names_of_sheets_are_made_to_fit_and_never_twice(tmp_path: Path) -> None:
    book = Book("名")
    for name in ("甲/乙", "甲·乙", "很" * 40):
        book.sheet(name, "标题", width=1)
    book.save(tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["甲·乙", "甲·乙（2）", "很" * 31]


def test_charts_are_native_and_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    book = Book("图")
    sheet = book.sheet("表", "标题", width=3)
    table = sheet.table([Col("名"), Col("甲"), Col("乙")], [["一", 3, 4], ["二", 5, 6]])
    for kind in ("bar", "column", "line"):
        add_chart(kind, "图", table, [Series(2), Series(3)], at=(1, 6), size=(300, 200))
    add_chart("bar", "靶", table, [Series(2)], bullet=Series(3), top=100, at=(1, 6), size=(300, 200))
    add_chart("line", "行", table, [Series(2, row=table.first)], along=2, names=2, at=(1, 6), size=(300, 200))
    none = sheet.table([Col("名"), Col("甲")], [])
    add_chart("bar", "无", none, [Series(2)], at=(1, 6), size=(300, 200))
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        charts = [
            parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")
        ]
    assert len(charts) == 5 and all("c:numCache" in chart for chart in charts)
    assert errors(tmp_path / "a.xlsx") == []


def _long(out: Path, rows: Iterator[tuple[Any, ...]]) -> int:
    book = Book("长")
    book.sheet("前一张", "前一张", width=2)
    sheet = book.sheet("清单", "长清单", "说明", width=3)
    table = sheet.long_table(
        [Col("企业", 30), Col("金额（万元）", 12, "#,##0.00"), Col("说明", 20)], rows, filtered=5
    )
    book.save(out)
    return table.written


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        yield f"第 {number} 家<企业>", Decimal(number) / 4, None if number % 2 else "=SUM(A1)"


def test_every_row_of_a_long_table_stands_under_its_header_in_the_look_of_its_column(tmp_path: Path) -> None:
    assert _long(tmp_path / "a.xlsx", _rows(2_500)) == 2_500
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("第 0 家<企业>", 0, "=SUM(A1)") and rows[2_499] == ("第 2499 家<企业>", 624.75, "—")
    assert len(rows) == 2_500
    assert sheet["C4"].data_type == "s" and sheet["B2503"].number_format == "#,##0.00"
    assert sheet["A3"].value == "企业" and sheet.row_dimensions[4].height > 10
    with (tmp_path / "a.xlsx").open("rb") as file:
        read_only = openpyxl.load_workbook(file, read_only=True)["清单"]
        assert sum(1 for _ in read_only.rows) == 2_503  # a dimension that says less would lose them


def test_a_row_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[Any, ...]]:
        yield from _rows(3)
        raise KeyError("gone")

    _long(tmp_path / "a.xlsx", _rows(1))
    with pytest.raises(KeyError):
        _long(tmp_path / "a.xlsx", broken())
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]["A4"].value == "第 0 家<企业>"
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]


def test_no_rows_leave_the_header_alone(tmp_path: Path) -> None:
    assert _long(tmp_path / "a.xlsx", _rows(0)) == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]
    assert sheet["A3"].value == "企业" and sheet["A4"].value is None


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            _long(tmp_path / "a.xlsx", _rows(count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported for the first file stays
    assert peak(30_000) < peak(6_000) + 2_000_000


def test_what_is_in_the_way_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(MachineError, match="没有写成"):
        write(tmp_path / "a.xlsx", [])
    assert not list(tmp_path.glob(".*"))


def test_columns_and_heights() -> None:
    assert [letter(number) for number in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
    assert (
        lines_of("短", 10),
        lines_of("一二三四五六七八九十", 10),
        lines_of("甲\n乙", 10),
        lines_of(5, 1),
    ) == (1, 3, 2, 1)
