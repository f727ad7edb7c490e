"""指标口径 in 设置: chosen by the keyboard, followed by the board, and told beside the figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from db import plan_store
from db.progress import Semantics
from db.store import Store
from desktop.pages.indicator_told import Told
from desktop.pages.indicators import IndicatorsPage
from desktop.pages.settings import SettingsPage
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]


def _semantics(store: Store, no: int) -> Semantics:
    with store.read() as session:
        found = plan_store.current(session).indicator(no)
    assert found is not None
    return found.semantics


def test_a_reading_is_chosen_by_keys_and_followed_by_the_board(sit: Sit, district: Store) -> None:
    at = sit(district)
    assert at.main.goto("settings", section="parameters", reading=14)
    at.settle()
    page: Any = at.main.page
    assert isinstance(page, SettingsPage)
    box = page.shown.readings.boxes[14]
    assert QApplication.focusWidget() is box and "计划原口径" in box.currentText()
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    if box.currentIndex() == 1 and _semantics(district, 14) is not Semantics.CUMULATIVE_INCREMENT:
        box.activated.emit(1)
    at.settle()
    assert _semantics(district, 14) is Semantics.CUMULATIVE_INCREMENT
    assert at.main.goto("indicators", indicator=14, rows=True)
    at.settle()
    shown = at.main.page
    assert isinstance(shown, IndicatorsPage) and shown.board is not None
    told = shown.board.panel.findChild(Told)
    assert told is not None
    words = "".join(each.text() for each in told.findChildren(QLabel))
    assert "按区级选定的口径：自2022年起累计新增数" in words
    assert "前后不一" in words, "the plan's own contradiction stands beside it"
    assert "本月还没有公布过" in words or "关账" in words


def test_a_street_has_no_readings_to_choose(sit: Sit, street: Store) -> None:
    at = sit(street)
    assert at.main.goto("settings", section="parameters")
    at.settle()
    page: Any = at.main.page
    assert page.shown.readings is None
