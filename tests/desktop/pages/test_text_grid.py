"""The keys of a grid of texts: it moves, copies and empties as the paste grid does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from desktop.pages.text_grid import GridColumn, GridRow, TextGrid


def grid(qtbot) -> TextGrid:
    made = TextGrid("填报")
    qtbot.addWidget(made)
    rows = [GridRow(1, {"a": "甲", "b": "1"}), GridRow(2, {"a": "乙", "b": "2"})]
    made.show_rows([GridColumn("a", "名称"), GridColumn("b", "数")], rows)
    return made


def test_keys_walk_and_stay_inside(qtbot) -> None:
    made = grid(qtbot)
    made.go((0, 1))
    QTest.keyClick(made, Qt.Key.Key_Tab)
    assert made.cell == (1, 0)
    QTest.keyClick(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert made.cell == (0, 0)
    for _ in range(5):
        QTest.keyClick(made, Qt.Key.Key_Return)
    assert made.cell == (2, 0) and len(made.grid.rows) == 3  # the empty row at the end, and no other


def test_cut_takes_what_was_chosen_and_tells_each_cell(qtbot) -> None:
    made = grid(qtbot)
    made.selectAll()
    typed: list[tuple[int, str, str]] = []
    made.grid.typed.connect(lambda *told: typed.append(told))
    QTest.keySequence(made, QKeySequence(QKeySequence.StandardKey.Cut))
    assert QGuiApplication.clipboard().text().splitlines()[:2] == ["甲\t1", "乙\t2"]
    assert typed == [(0, "a", ""), (0, "b", ""), (1, "a", ""), (1, "b", "")]
