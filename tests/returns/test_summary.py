"""The 月调度 summary: what the roll-up says stands in the workbook, as any reader sees it and LibreOffice works it out."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

from db import parameters
from db.errors import MachineError
from db.store import Store
from desktop.actions.rollup import read_rollup, write_rollup
from tests.returns.recalculated import differences, errors

PERIOD = "2024-05"
SHEETS = [
    "封面", "指标", "指标进度图", "指标走势图", "分单位", "分行动", "需会上研究的问题", "升规临界企业", "与上月相比", "未报单位",
    "报送情况", "走访", "问题", "上云", "培育", "项目", "园区", "责任清单", "联系与服务", "超期问题", "口径说明", "数据来源",
]  # fmt: skip


@pytest.fixture(scope="module")
def book(practice_may: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("summary") / "汇总.xlsx"
    write_rollup(practice_may, PERIOD, out)
    return out


@pytest.fixture(scope="module")
def read(book: Path) -> Any:
    return openpyxl.load_workbook(book, data_only=True)


def table(sheet: Any, header: int) -> list[dict[str, Any]]:
    """The rows under a header by its words, down to the first row without anything."""
    heads = [cell.value for cell in sheet[header]]
    rows = []
    for values in sheet.iter_rows(min_row=header + 1, values_only=True):
        if not any(value is not None for value in values):
            break
        rows.append(dict(zip(heads, values, strict=True)))
    return rows


def test_the_answer_names_every_sheet_with_its_rows(practice_may: Store, tmp_path: Path) -> None:
    answer = write_rollup(practice_may, PERIOD, tmp_path / "a.xlsx")
    names = list(answer["sheets"])
    assert [name for name in names if not name.startswith("明细·")] == SHEETS
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == names
    assert answer["sheets"]["指标"] == len(answer["indicators"]) == 14
    assert answer["sheets"]["分行动"] == 17
    assert answer["coverage"]["expected"] == answer["sheets"]["报送情况"] == 21
    assert answer["coverage"]["received"] + answer["sheets"]["未报单位"] == 21
    assert answer["sheets"]["超期问题"] == answer["registers"]["issue"]["overdue"] > 0
    assert answer["sheets"]["明细·走访"] >= answer["registers"]["visit"]["rows"] > 0


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_works_every_formula_out_to_the_value_written(book: Path, tmp_path: Path) -> None:
    count, wrong = differences(book, tmp_path)
    assert wrong == [] and count > 300
    assert errors(book) == []


@pytest.mark.office
@pytest.mark.slow
def test_an_empty_register_gives_a_summary_without_an_error(bare_district: Store, tmp_path: Path) -> None:
    answer = write_rollup(bare_district, PERIOD, tmp_path / "空.xlsx")
    assert [name for name in answer["sheets"] if not name.startswith("明细·")] == SHEETS
    count, wrong = differences(tmp_path / "空.xlsx", tmp_path)
    assert wrong == [] and count > 50
    assert errors(tmp_path / "空.xlsx") == []


def test_indicators_stand_as_the_rollup_has_them(practice_may: Store, read: Any) -> None:
    month = read_rollup(practice_may, PERIOD)
    shown = table(read["指标"], 3)
    for line, row in zip(month.indicators, shown, strict=True):
        told = line.as_json()
        assert row["指标"] == told["name"] and row["状态"] == told["state"]
        assert row["实际"] == ("—" if told["value"] is None else pytest.approx(told["value"]))
        assert row["年度目标"] == pytest.approx(told["target"])
        for head, key in (
            ("完成率（%）", "completion"),
            ("序时进度（%）", "time_progress"),
            ("进度差（百分点）", "gap"),
        ):
            assert row[head] == ("—" if told[key] is None else pytest.approx(told[key], abs=0.0501))
        assert row["覆盖"] == (
            "—" if line.from_register else f"{told['units_reported']}/{told['units_expected']}"
        )


def test_a_reader_that_does_not_calculate_sees_all_values(book: Path, read: Any) -> None:
    formulas = openpyxl.load_workbook(book)
    empty = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and read[sheet.title][cell.coordinate].value is None
    ]
    assert empty == []
    rows = python_calamine.CalamineWorkbook.from_path(str(book)).get_sheet_by_name("指标").to_python()
    assert [row[11] for row in rows[3:17]] == [row["状态"] for row in table(read["指标"], 3)]


def test_units_add_up_and_firms_count_once_in_the_whole(practice_may: Store, read: Any) -> None:
    month, sheet = read_rollup(practice_may, PERIOD), read["分单位"]
    rows = list(sheet.iter_rows(values_only=True))
    heads = next(row for row in rows if row[0] == "单位")
    whole = dict(zip(heads, next(row for row in rows if row[0] == "全区"), strict=True))
    assert whole["本月走访（次）"] == month.visits.rows > 0
    assert whole["走访企业（家）"] == month.visits.enterprises
    assert whole["未办结（件）"] == month.issues.open and whole["超期（件）"] == month.issues.overdue
    assert (
        whole["计入的上云企业（家）"] == month.clouds.counted
        and whole["逾期任务（项）"] == month.duties.overdue
    )
    assert "走访名次" not in heads


def test_places_are_shown_only_where_the_office_wants_them(practice_may: Store, tmp_path: Path) -> None:
    with practice_may.write() as session:
        parameters.put(session, "rankings", True, practice_may.actor)
    try:
        write_rollup(practice_may, PERIOD, tmp_path / "a.xlsx")
    finally:
        with practice_may.write() as session:
            parameters.put(session, "rankings", False, practice_may.actor)
    rows = table(openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["分单位"], 4)
    streets = [(row["走访企业（家）"], row["走访名次"]) for row in rows if row["单位"] != "小计"]
    assert all(place == 1 + sum(other > firms for other, _ in streets) for firms, place in streets)


def test_missing_units_are_named_with_whom_to_call(practice_may: Store, read: Any) -> None:
    month = read_rollup(practice_may, PERIOD)
    rows = table(read["未报单位"], 3)
    names = {unit.name for unit in month.coverage.units if not unit.received}
    assert {row["单位"] for row in rows} == names and names
    assert all(row["联系人"] and row["电话"] for row in rows)
    assert all(row["逾期天数"] == max((date(2024, 5, 28) - row["截止日"].date()).days, 0) for row in rows)


def test_each_problem_to_decide_asks_for_a_decision(read: Any) -> None:
    rows = table(read["需会上研究的问题"], 3)
    assert rows and all(row["请会议议定"] and row["列入原因"] for row in rows)
    assert all("超期" in row["列入原因"] for row in rows if row["超期（天）"] > 0)


def test_firms_near_the_line_say_how_far_they_are(practice_may: Store, read: Any) -> None:
    near = read_rollup(practice_may, PERIOD).nurtures.near_line
    rows = table(read["升规临界企业"], 3)
    assert [row["企业"] for row in rows] == [each.enterprise for each in near] and near
    assert all(
        row["差额（万元）"] == pytest.approx(max(row["门槛（万元）"] - row["本年累计（万元）"], 0))
        for row in rows
    )


def test_a_paper_about_a_month_that_is_over_does_not_speak_of_now(book: Path, read: Any) -> None:
    for sheet in read.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if (
                    isinstance(cell.value, str)
                    and sheet.title != "走访"
                    and not sheet.title.startswith("明细·")
                ):
                    assert not any(word in cell.value for word in ("现在", "目前", "今天", "现停")), (
                        sheet.title, cell.coordinate, cell.value
                    )  # fmt: skip


def test_nothing_is_shown_by_its_key_and_nothing_came_after_the_day(read: Any) -> None:
    keys = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7")
    for sheet in read.worksheets:
        for values in sheet.iter_rows(values_only=True):
            assert not any(isinstance(value, str) and keys.match(value) for value in values), sheet.title
    days = [row["报送日期"] for row in table(read["报送情况"], 3) if isinstance(row["报送日期"], datetime)]
    assert len(days) > 10 and max(days).date() <= date(2024, 5, 28)


def test_actions_count_what_lags_and_one_without_tasks_says_so(practice_may: Store, read: Any) -> None:
    rows = table(read["分行动"], 3)
    lagging = read_rollup(practice_may, PERIOD).duties.by_status["滞后"]
    assert rows[-1]["行动"] == "合计" and rows[-1]["滞后（项）"] == lagging > 0
    assert sum(row["滞后（项）"] for row in rows[:-1]) == lagging
    told = [cell.value for row in read["封面"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(f"{lagging} 项责任清单任务滞后" in line for line in told)
    silent = [row for row in rows if row["任务（项）"] == 0]
    assert silent and all(row["进展情况"] == "责任清单没有列入这个行动的任务。" for row in silent)
    assert all(row["进展情况"] for row in rows if row["编号"])


def test_parks_begin_with_the_first_month_that_was_told(read: Any) -> None:
    rows = list(read["园区"].iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[0] == "月份") + 1
    assert rows[start][0] and any(value is not None for value in rows[start][1:])


def test_charts_are_native_and_the_pages_print_on_a4_landscape(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 22
    for sheet in openpyxl.load_workbook(book).worksheets:
        upright = "portrait" if sheet.title == "封面" else "landscape"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == (upright, 9)
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_practice_is_written_on_every_sheet(read: Any) -> None:
    for sheet in read.worksheets:
        assert "（练习）" in str(sheet["A1"].value), sheet.title


def test_notes_tell_the_plans_contradictions(read: Any) -> None:
    rows = table(read["口径说明"], 3)
    assert [row["序号"] for row in rows[:14]] == [str(number) for number in range(1, 15)]
    assert any(row["值口径"] == "计划不一致" and "处理：" in row["说明"] for row in rows)


def test_a_target_that_cannot_be_written_is_said_in_a_sentence(practice_may: Store, tmp_path: Path) -> None:
    (tmp_path / "汇总.xlsx").mkdir()
    with pytest.raises(MachineError, match="没有写成") as caught:
        write_rollup(practice_may, PERIOD, tmp_path / "汇总.xlsx")
    assert "换一个文件名" in caught.value.hint and not list(tmp_path.glob(".*"))
