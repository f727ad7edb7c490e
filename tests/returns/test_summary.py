"""The 月调度 summary: what the roll-up says stands in the workbook, as LibreOffice reads it, with its charts."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from db import setup
from db.errors import MachineError
from db.practice.fill import fill
from db.store import Store
from desktop.actions.rollup import read_rollup, write_rollup

PERIOD = "2024-05"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = setup.initialise(tmp_path_factory.mktemp("district"), "qszjjb", "supervisor")
    fill(store, today=date(2024, 5, 28))
    yield store
    store.close()


@pytest.fixture(scope="module")
def book(district: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("summary") / "汇总.xlsx"
    write_rollup(district, PERIOD, out)
    return out


def test_the_answer_names_every_sheet_with_its_rows(district: Store, tmp_path: Path) -> None:
    answer = write_rollup(district, PERIOD, tmp_path / "a.xlsx")
    assert list(answer["sheets"]) == [
        "封面",
        "指标",
        "报送情况",
        "走访",
        "问题",
        "上云",
        "培育",
        "项目",
        "园区",
        "责任清单",
        "联系与服务",
        "口径说明",
    ]
    assert answer["sheets"]["指标"] == len(answer["indicators"]) == 14
    assert answer["coverage"]["expected"] == answer["sheets"]["报送情况"] == 21
    assert answer["coverage"]["received"] + len(answer["coverage"]["missing"]) == 21
    assert 0 < answer["coverage"]["received"] < 21


def test_libreoffice_reads_the_same_indicator_figures(district: Store, book: Path, tmp_path: Path) -> None:
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(tmp_path), str(book)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    sheet = openpyxl.load_workbook(tmp_path / book.name)["指标"]
    month = read_rollup(district, PERIOD)
    header = [cell.value for cell in sheet[3]]
    for line, row in zip(
        month.indicators, sheet.iter_rows(min_row=4, max_row=17, values_only=True), strict=True
    ):
        shown = dict(zip(header, row, strict=True))
        told = line.as_json()
        assert shown["指标"] == told["name"] and shown["状态"] == told["state"]
        assert shown["实际"] == ("—" if told["value"] is None else pytest.approx(told["value"]))
        assert shown["年度目标"] == pytest.approx(told["target"])
        assert shown["序时进度（%）"] == pytest.approx(told["time_progress"])
        assert shown["覆盖"] == f"{told['units_reported']}/{told['units_expected']}"


def test_charts_are_native_and_the_pages_print_on_a4_landscape(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 6
    for sheet in openpyxl.load_workbook(book).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_practice_is_written_on_every_sheet(book: Path) -> None:
    for sheet in openpyxl.load_workbook(book).worksheets:
        assert "（练习）" in str(sheet["A1"].value), sheet.title


def test_visits_of_the_sheet_add_up_to_the_rows_of_the_district(district: Store, book: Path) -> None:
    sheet = openpyxl.load_workbook(book)["走访"]
    rows = [row for row in sheet.iter_rows(min_row=4, max_col=2, values_only=True) if isinstance(row[1], int)]
    assert sum(int(row[1]) for row in rows) == read_rollup(district, PERIOD).visits.rows > 0


def test_a_target_that_cannot_be_written_is_said_in_a_sentence(district: Store, tmp_path: Path) -> None:
    (tmp_path / "汇总.xlsx").mkdir()
    with pytest.raises(MachineError, match="没有写成") as caught:
        write_rollup(district, PERIOD, tmp_path / "汇总.xlsx")
    assert "换一个文件名" in caught.value.hint and not list(tmp_path.glob(".*"))
