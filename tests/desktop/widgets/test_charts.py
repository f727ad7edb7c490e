"""Charts tell the figure under the pointer or the arrow keys, and a click leads to what is behind it."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QPoint, Qt

from desktop.widgets.bar_chart import BarChart
from desktop.widgets.chart_base import Chart, nice_top, plain
from desktop.widgets.grid import CompletenessGrid, GridCell
from desktop.widgets.line_chart import Line, LineChart


def show(qtbot, chart: Chart) -> None:
    chart.resize(600, 240)
    qtbot.addWidget(chart)
    with qtbot.waitExposed(chart):
        chart.show()
    chart.activateWindow()
    chart.setFocus()


def test_round_numbers_for_the_top_line() -> None:
    for highest in (0.3, 1, 7, 12, 51.2, 118, 140, 1608, 99999):
        top = nice_top(highest)
        assert highest <= top <= highest * 2.5, highest
    assert nice_top(0) == 1.0
    assert plain(Decimal("1608.50")) == "1,608.50" and plain(1234.5) == "1,234.5"


def test_line_chart_tells_what_was_reached_and_expects_only_where_nothing_is_known(qtbot) -> None:
    chart = LineChart("营业收入")
    chart.set(
        ["1月", "2月", "3月"],
        [
            Line("实际", [Decimal("9.10"), Decimal("19.60"), None], label="2 月 19.60"),
            Line("预计", [None, Decimal("19.60"), Decimal("30")], "forecast", "预计 30"),
        ],
        limit=(Decimal(25), "目标 25"),
    )
    show(qtbot, chart)
    assert chart.told(1) == "2月\n实际 19.60"
    assert chart.told(2) == "3月\n预计 30"
    assert "实际 9.10" in chart.accessibleDescription()
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.hovered == 1
    with qtbot.waitSignal(chart.clicked) as told:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert told.args == [1]
    place = chart.place_of(2)
    with qtbot.waitSignal(chart.clicked) as told:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(place.x() - 3, 120))
    assert told.args == [2]
    with qtbot.assertNotEmitted(chart.clicked):
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(place.x(), 1))


def test_charts_paint_empty_and_with_gaps(qtbot) -> None:
    chart = LineChart()
    show(qtbot, chart)
    blank = chart.grab().toImage()
    chart.set(["1月", "2月", "3月"], [Line("实际", [5, None, 7])])
    assert chart.grab().toImage() != blank
    assert chart.told(1) == "2月"


def test_bar_chart_marks_what_is_only_expected(qtbot) -> None:
    chart = BarChart("营收")
    chart.set(
        ["4月", "5月", "6月"],
        [1500, None, 2150],
        limit=(2000, "升规线 2,000 万元"),
        expected_from=2,
        write=lambda v: f"{v:,} 万元",
    )
    show(qtbot, chart)
    assert [chart.told(n) for n in range(3)] == ["4月\n1,500 万元", "5月\n未填", "6月\n2,150 万元（推算）"]
    image = chart.grab().toImage()
    reported = image.pixelColor(chart.place_of(0) + QPoint(0, 6)).name()
    expected = image.pixelColor(chart.place_of(2) + QPoint(0, 40)).name()
    assert (reported, expected) == ("#1f5fbf", "#c9dbf4")
    with qtbot.waitSignal(chart.clicked) as told:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.place_of(2) + QPoint(0, 20))
    assert told.args == [2]


def test_grid_is_walked_by_arrows_and_tells_unit_and_register(qtbot) -> None:
    grid = CompletenessGrid()
    grid.set(
        [("NP", "南浦"), ("CYZ", "朝阳洲")],
        {("NP", "visit"): GridCell("按时", "ok"), ("CYZ", "cloud"): GridCell("未报", "alarm", "逾期 2 天")},
        rows=[("visit", "走访"), ("cloud", "上云")],
    )
    show(qtbot, grid)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(grid, key)
    assert grid.told(grid.hovered or 0) == "朝阳洲 上云\n逾期 2 天"
    assert grid.told(2) == "南浦 上云\n没有数据"
    with qtbot.waitSignal(grid.cell_clicked) as told:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert told.args == ["CYZ", "cloud"]
    with qtbot.waitSignal(grid.cell_clicked) as told:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.place_of(0) - QPoint(0, 6))
    assert told.args == ["NP", "visit"]
