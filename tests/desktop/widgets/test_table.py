"""Tables read page by page, keep order, widths and selection, and are worked by keys alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.jobs import Jobs
from desktop.memory import ForgetfulMemory
from desktop.tables.cells import Bar, Change, Mark
from desktop.tables.model import PAGE, Column, ListSource, PagedModel, Row, shown
from desktop.tables.table import Table
from desktop.widgets.empty import EmptyState

COLUMNS = [
    Column("name", "企业", width=200, stretch=True),
    Column("revenue", "营业收入", kind="figure", unit="万元"),
    Column("state", "状态", kind="chip", width=90),
]


class Counting:
    """Numbers 0 … n-1 as rows, remembering every page that was asked for."""

    def __init__(self, total: int) -> None:
        self.columns: Sequence[Column] = COLUMNS
        self.total = total
        self.asked: list[Any] = []
        self.down = False

    def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
        self.asked.append(after)
        start = 0 if after is None else after + 1
        end = min(self.total, start + limit)
        numbers = [self.total - 1 - n if self.down else n for n in range(start, end)]
        rows = [Row(f"r{n}", {"name": f"企业{n}", "revenue": n * 1000, "state": "正常"}) for n in numbers]
        return rows, end - 1 if end < self.total else None

    def count(self) -> int | None:
        return None if self.total > 1000 else self.total

    def sort(self, key: str, descending: bool) -> None:
        self.down = descending


def show(qtbot, table: Table) -> Table:
    table.resize(600, 300)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    table.activateWindow()
    table.setFocus()
    return table


def test_values_as_people_read_them() -> None:
    assert shown(1234567, "figure") == "1,234,567"
    assert shown(Decimal("1860.00"), "figure") == "1,860.00"
    assert shown(None, "figure") == "—" and shown(None) == "" and shown(0, "figure") == "0"
    assert shown(date(2024, 5, 8)) == "2024-05-08"
    assert shown(datetime(2024, 5, 8, 9, 5)) == "2024-05-08 09:05"
    assert shown(True) == "是" and shown(Mark("关注", "watch")) == "关注" and shown(Change("")) == "—"


def test_a_million_rows_are_read_a_page_at_a_time(qtbot) -> None:
    source = Counting(1_000_000)
    table = show(qtbot, Table(source))
    assert table.paged.rowCount() <= 2 * PAGE and table.paged.total() is None
    before = len(source.asked)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: len(source.asked) > before, timeout=1000)
    assert table.paged.rowCount() < 10 * PAGE
    assert table.paged.row_at(PAGE).id == f"r{PAGE}"
    assert source.asked[:2] == [None, PAGE - 1]


def test_the_last_page_ends_the_reading() -> None:
    source = Counting(150)
    model = PagedModel(source)
    model.reload()
    assert model.canFetchMore(QModelIndex()) and not model.complete
    model.fetchMore(QModelIndex())
    assert model.rowCount() == 150 and model.complete and not model.canFetchMore(QModelIndex())
    assert model.total() == 150 and len(source.asked) == 2


def test_pages_read_aside_arrive_and_old_ones_are_thrown_away(qtbot) -> None:
    jobs = Jobs()
    model = PagedModel(Counting(500), jobs)
    model.reload()
    assert model.loading and model.rowCount() == 0
    model.set_source(Counting(3))
    assert jobs.wait_idle()
    assert [row.id for row in model.rows()] == ["r0", "r1", "r2"] and model.complete
    assert jobs.shutdown()


def test_a_broken_source_is_told_once(qtbot) -> None:
    class Broken(Counting):
        def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
            raise OSError("磁盘读不出来")

    jobs = Jobs()
    model = PagedModel(Broken(5), jobs)
    with qtbot.waitSignal(model.failed) as told:
        model.reload()
    assert str(told.args[0]) == "磁盘读不出来" and not model.canFetchMore(QModelIndex())
    assert jobs.shutdown()


def test_keys_walk_open_and_copy(qtbot) -> None:
    table = show(qtbot, Table(Counting(40), multi=True))
    chosen: list[str] = []
    table.chosen.connect(chosen.append)
    qtbot.keyClick(table, Qt.Key.Key_Home)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table.current_id() == "r1" and chosen[-1] == "r1"
    with qtbot.waitSignal(table.opened) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert told.args == ["r1"]
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_ids() == ["r1", "r2"]
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "企业\t营业收入（万元）\t状态\n企业1\t1,000\t正常\n企业2\t2,000\t正常"
    )
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert table.current_id() == "r39"


def test_coming_in_by_tab_chooses_nothing_and_the_first_down_takes_the_first_row(qtbot) -> None:
    table = show(qtbot, Table(Counting(5)))
    chosen: list[str] = []
    table.chosen.connect(chosen.append)
    table.clearFocus()
    table.setFocus()
    assert chosen == []
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen == ["r0", "r1"]
    table.set_source(Counting(1))
    assert chosen == ["r0", "r1", ""]


def test_tab_leaves_the_table(qtbot) -> None:
    table = show(qtbot, Table(Counting(5)))
    assert not table.tabKeyNavigation()


def test_order_and_widths_are_remembered(qtbot) -> None:
    memory = ForgetfulMemory()
    table = show(qtbot, Table(Counting(20), memory=memory, name="enterprises"))
    header = table.horizontalHeader()
    middle = QPoint(header.sectionViewportPosition(1) + 30, header.height() // 2)
    for _ in range(2):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert table.paged.row_at(0).id == "r19"
    assert header.isSortIndicatorShown() and header.sortIndicatorSection() == 1
    table.setColumnWidth(1, 173)
    QApplication.processEvents()
    assert memory.get("order/enterprises") == ["revenue", True]
    assert memory.get("widths/enterprises")["revenue"] == 173
    again = show(qtbot, Table(Counting(20), memory=memory, name="enterprises"))
    assert again.paged.row_at(0).id == "r19" and again.columnWidth(1) == 173


def test_reload_keeps_the_record_and_a_new_source_keeps_the_order(qtbot) -> None:
    table = show(qtbot, Table(Counting(20)))
    table.choose("r7")
    table.reload()
    assert table.current_id() == "r7"
    table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    table.set_source(Counting(30))
    assert table.paged.row_at(0).id == "r29" and table.current_id() == "r7"
    assert table.choose("r999") is False


def test_columns_fill_the_width_without_scrolling_sideways(qtbot) -> None:
    table = show(qtbot, Table(Counting(5)))
    for width in (420, 600, 1200):
        table.resize(width, 300)
        QApplication.processEvents()
        assert sum(table.columnWidth(n) for n in range(3)) == table.viewport().width()
        assert not table.horizontalScrollBar().isVisible()


def test_an_empty_table_says_what_belongs_here(qtbot) -> None:
    started: list[bool] = []
    empty = EmptyState("还没有走访", "登记第一家。", "登记走访", lambda: started.append(True))
    table = show(qtbot, Table(Counting(0), empty=empty))
    assert empty.isVisible() and empty.button is not None
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert started == [True]
    table.set_source(Counting(3))
    assert not empty.isVisible()


def test_a_fitting_table_is_as_high_as_its_rows(qtbot) -> None:
    table = show(qtbot, Table(ListSource(COLUMNS, [Row("a", {}), Row("b", {})]), fit=True, header=False))
    assert table.sizeHint().height() == 68


def test_a_row_is_replaced_in_place(qtbot) -> None:
    table = show(qtbot, Table(Counting(5)))
    assert table.paged.replace_row(Row("r2", {"name": "更名了"}))
    assert table.paged.index(2, 0).data() == "更名了"
    assert not table.paged.replace_row(Row("nobody", {}))


def test_cells_are_painted_for_what_they_hold(qtbot) -> None:
    columns = [
        Column("bar", "完成率", kind="bar", width=150),
        Column("mark", "状态", width=100, state_of=lambda row: "alarm", kind="chip"),
        Column("old", "原值", kind="change", width=100),
        Column("figure", "实际", kind="figure", width=100),
    ]
    cells = {
        "bar": Bar(1.4, 0.5, "watch", "完成率 140%"),
        "mark": "逾期",
        "old": Change("860.00"),
        "figure": 1608,
    }
    table = show(qtbot, Table(ListSource(columns, [Row("a", cells)])))
    table.clearFocus()
    image = table.viewport().grab().toImage()

    def colours(column: int) -> set[str]:
        rect = table.visualRect(table.paged.index(0, column))
        return {
            image.pixelColor(x, y).name()
            for x in range(rect.left(), rect.right())
            for y in range(rect.top(), rect.bottom())
        }

    assert "#b7791f" in colours(0)  # the amber bar, filled to the end and no further
    assert "#fde8e5" in colours(1)  # the red chip, as its column says
    figure = table.visualRect(table.paged.index(0, 3))
    ink = [
        x
        for x in range(figure.left(), figure.right())
        for y in range(figure.top(), figure.bottom() - 2)
        if image.pixelColor(x, y).lightness() < 120
    ]
    assert figure.right() - max(ink) == pytest.approx(12, abs=3)  # right-aligned, 12 pixels of padding


def test_list_source_sorts_blanks_last() -> None:
    source = ListSource(
        COLUMNS, [Row("a", {"revenue": None}), Row("b", {"revenue": 3}), Row("c", {"revenue": 9})]
    )
    source.sort("revenue", True)
    assert [row.id for row in source.rows] == ["c", "b", "a"]
    source.sort("revenue", False)
    assert [row.id for row in source.rows] == ["b", "c", "a"]
