"""分析 as a workbook: figures of the pictures, formulas that come out, charts that point at their cells; nothing there is no error."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db import setup
from db.analysis import About, Rows, months_back
from db.analysis_growth import Channel, CloudGrowth
from db.analysis_indicators import Bullet, Bullets, Trend
from db.analysis_work import BUCKETS, WAY, Ageing, AgeLine, Funnel, Step
from db.periods import Period
from db.store import Store
from desktop.actions.analysis import write_book
from returns.analysis_book import write_analysis
from tests.returns.recalculated import differences, errors

MONTH = Period("2024-05")
ABOUT = About("图的名称", "家", "怎样统计", "已报 9/10")
D = Decimal
NONE = (None,) * 12
ROWS = Rows()


def _bullet(no: int, value: str | None, target: str | None, rate: str | None) -> Bullet:
    number = None if value is None else D(value)
    return Bullet(
        no, f"指标{no}", "亿元", 2, True, number, None if target is None else D(target), None if rate is None else D(rate),
        D("41.6667"), None, "正常", "1/1", ROWS,
    )  # fmt: skip


def _data() -> dict[str, Any]:
    counts = [4, 3, 0, 2, 0, 0, 0, 1]
    steps = tuple(
        Step(
            stage,
            here,
            sum(counts[n:]),
            None if n == 0 else D(sum(counts[n:]) * 100) / sum(counts[n - 1 :]),
            ROWS,
            ROWS,
        )
        for n, (stage, here) in enumerate(zip(WAY, counts, strict=True))
    )
    reached = (D("10"), D("22"), None, D("45"), D("57"), *(None,) * 7)
    ahead = (*(None,) * 4, D("57"), D(60), D(63), D(66), D(69), D(72), D(75), D(78))
    line = AgeLine("融资", "=融资", (1, 2, 0, 0, 0, 3), 4, (ROWS,) * len(BUCKETS), ROWS)
    months = months_back(MONTH)
    return {
        "bullets": Bullets(ABOUT, (_bullet(1, "60", "140", "42.857142"), _bullet(2, None, "2", None), _bullet(3, "5", "0", None))),
        "trends": (Trend(ABOUT, 1, "指标1", "亿元", 2, 2024, 5, reached, NONE, NONE, ahead, D(140), "按近三月月均推算。"),),
        "funnel": Funnel(ABOUT, steps, (("退回", 2, ROWS), ("放弃", 1, ROWS))),
        "ageing": Ageing(ABOUT, "category", (line,)),
        "cloud": CloudGrowth(ABOUT, months, (Channel("x", "移动", tuple(range(13)), (0,) * 13), Channel("y", "电信", (5,) * 13, (1,) * 13)), D(0), (1,) * 13),
    }  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_analysis(_data(), tmp_path / "分析.xlsx", month=MONTH, practice=True)


def test_figures_and_formulas_say_the_same(book: Path) -> None:
    live = openpyxl.load_workbook(book)
    kept = openpyxl.load_workbook(book, data_only=True)
    sheet, values = live["指标"], kept["指标"]
    header = next(row for row in range(1, 8) if sheet.cell(row, 1).value == "序号")
    first = header + 1
    assert (
        sheet.cell(first, 6).value == f"=ROUND(D{first}/E{first}*100,1)"
        and values.cell(first, 6).value == 42.9
    )
    assert [values.cell(first + n, 6).value for n in (1, 2)] == ["—", "—"], "nothing is divided by zero"
    funnel, counted = live["升规"], kept["升规"]
    header = next(row for row in range(1, 8) if funnel.cell(row, 1).value == "阶段")
    for n in range(8):
        row = header + 1 + n
        below = sum(counted.cell(header + 1 + m, 3).value for m in range(n, 8))
        assert counted.cell(row, 2).value == below and str(funnel.cell(row, 2).value).startswith("=SUM(")
    assert counted.cell(header + 2, 4).value == 60
    ageing = kept["问题"]
    header = next(row for row in range(1, 8) if ageing.cell(row, 1).value == "类别")
    assert [ageing.cell(header + 1, n).value for n in range(1, 10)] == ["=融资", 1, 2, 0, 0, 0, 3, 6, 4]
    assert live["问题"].cell(header + 1, 1).data_type == "s", "a name is text, never a formula"
    cloud = kept["上云"]
    header = next(row for row in range(1, 8) if cloud.cell(row, 1).value == "月末")
    assert [cloud.cell(header + 13, n).value for n in range(1, 7)] == ["2024-05", 12, 5, 17, 1, 1]


def test_a_month_without_a_figure_is_a_gap(book: Path) -> None:
    sheet = openpyxl.load_workbook(book)["走势"]
    header = next(row for row in range(1, 8) if sheet.cell(row, 1).value == "指标")
    assert [sheet.cell(header + 1, n).value for n in range(4, 10)] == [10, 22, None, 45, 57, None]
    assert sheet.cell(header + 4, 16).value == "按近三月月均推算。"


def test_charts_point_at_their_cells(book: Path) -> None:
    live = openpyxl.load_workbook(book)
    chart = live["走势图"]._charts[0]
    refs = [series.val.numRef.f for series in chart.series]
    assert len(refs) == 3 and all(ref.startswith("'走势'!$D$") for ref in refs), (
        "no line for a year without figures"
    )
    stacked = live["上云"]._charts[0]
    assert stacked.grouping == "stacked" and len(stacked.series) >= 2
    for name in ("指标", "升规", "问题"):
        assert len(live[name]._charts) == 1
    assert live["口径说明"].cell(1, 1).value == "口径说明（2024 年 5 月）（练习）"
    for sheet in live.worksheets:
        assert sheet.page_setup.paperSize == 9


def test_an_empty_register_gives_a_whole_workbook(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "new", "区数字经济办公室", "supervisor", person="万志远")
    try:
        out = write_book(store, "2024-01", tmp_path / "空.xlsx")
    finally:
        store.close()
    live = openpyxl.load_workbook(out)
    assert live.sheetnames[0] == "指标" and live.sheetnames[-1] == "口径说明"
    assert "没有未办结的问题" in [cell.value for row in live["问题"].iter_rows() for cell in row]


def test_a_unit_without_indicators_gets_its_own_pages(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "street", "朝阳洲街道", person="张敏")
    try:
        out = write_book(store, "2024-05", tmp_path / "街道.xlsx", store.actor.unit_code)
    finally:
        store.close()
    names = openpyxl.load_workbook(out).sheetnames
    assert "走访" in names and "单位" not in names and "走势" not in names


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_works_out_the_same_for_a_practice_year(practice_year: Store, tmp_path: Path) -> None:
    out = write_book(practice_year, "2024-12", tmp_path / "分析.xlsx")
    count, wrong = differences(out, tmp_path)
    assert wrong == [] and count > 60
    assert errors(out) == []
