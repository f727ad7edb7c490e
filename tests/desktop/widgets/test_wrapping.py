"""A narrow window: buttons and filters go into a second line instead of out of sight, and come back."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.filter_row import FilterRow
from desktop.widgets.header import PageHeader


def test_the_buttons_of_a_header_go_below_and_come_back(qtbot: QtBot) -> None:
    header = PageHeader("六月的园区月报")
    qtbot.addWidget(header)
    for word in ("更多", "粘贴录入…", "导出列表…"):
        header.add(word, lambda: None)
    main = header.add("填报园区月报", lambda: None, primary=True)
    header.resize(900, header.height())
    header.show()
    one_line = header.height()
    header.resize(460, header.height())
    QApplication.processEvents()
    assert header.height() > one_line
    assert main.mapTo(header, main.rect().topRight()).x() <= header.width()
    assert main.mapTo(header, main.rect().topLeft()).y() >= one_line
    assert header.minimumSizeHint().width() <= 460
    header.resize(900, header.height())
    QApplication.processEvents()
    assert header.height() == one_line


def test_the_filters_of_a_list_go_below_and_come_back_in_their_order(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    row = FilterRow()
    column.addWidget(row)
    row.add_search()
    for name in ("时间范围", "阶段", "类别"):
        row.add_choice(name, name, [(None, f"全部{name}")])
    check = row.add_check("incomplete", "待补全")
    row.set_note("共 1,073 条")
    page.resize(1000, 80)
    page.show()
    QApplication.processEvents()
    level = check.mapTo(row, check.rect().center()).y()
    wide = row.sizeHint().height()
    page.resize(row.minimumSizeHint().width(), 80)
    QApplication.processEvents()
    assert row.sizeHint().height() > wide and row.width() < 700
    assert check.mapTo(row, check.rect().center()).y() > level
    right = row.note.mapTo(row, row.note.rect().topRight()).x()
    assert check.mapTo(row, check.rect().topLeft()).x() < right <= row.width()
    assert set(row.values()) == {"text", "时间范围", "阶段", "类别", "incomplete"}
    page.resize(1000, 80)
    QApplication.processEvents()
    assert row.sizeHint().height() == wide
    assert check.x() < row.note.x()
