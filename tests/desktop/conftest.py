"""A register of one street with a few firms, and the real window over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from db import records, setup
from db.registers import REGISTERS
from db.store import Store
from desktop.context import AppContext
from desktop.style import theme
from tests.db import fixtures

TODAY = date(2024, 5, 21)
PERIOD = "2024-05"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Store]:
    """A street's register with three firms."""
    store = setup.initialise(tmp_path / "register", fixtures.STREET, person="张敏")
    with store.write() as session:
        fixtures.firm(session, industry_code="I6550")
        fixtures.firm(session, "南昌数澜软件有限公司", fixtures.CODES[1], alias="数浪信息")
        fixtures.firm(session, "江西元栖文化创意有限公司", fixtures.CODES[2])
    yield store
    store.close()


@pytest.fixture
def context(register: Store, qapp: QApplication) -> Iterator[AppContext]:
    """The register as the pages see it, on 21 May 2024."""
    if not qapp.styleSheet():
        theme.apply(qapp)
    made = AppContext(register, today=lambda: TODAY)
    made.set_period(PERIOD)
    yield made
    made.jobs.wait_idle()
    made.close()


@pytest.fixture
def firms(register: Store) -> dict[str, UUID]:
    """Keys of the firms by a short name."""
    table = records.table_of(REGISTERS["enterprise"])
    with register.read() as session:
        found = {row.name: row.id for row in session.execute(table.select())}
    return {
        short: next(key for name, key in found.items() if short in name) for short in ("云栈", "数澜", "元栖")
    }


class Hands:
    """Keys into whatever has the focus, as a person presses them."""

    def __init__(self, window: QWidget, jobs: Any) -> None:
        self.window = window
        self._jobs = jobs

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget

    def type(self, text: str) -> None:
        """Latin by its keys, everything else as an input method commits it."""
        from PySide6.QtGui import QInputMethodEvent

        for char in text:
            if char.isascii():
                QTest.keyClicks(self.focus, char)
            else:
                event = QInputMethodEvent("", [])
                event.setCommitString(char)
                QApplication.sendEvent(self.focus, event)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focus, key, modifiers)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def ctrl(self, key: Qt.Key) -> None:
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def settle(self, pause: int = 0) -> None:
        """Let everything that was begun aside come back."""
        if pause:
            QTest.qWait(pause)
        assert self._jobs.wait_idle()
        QApplication.processEvents()


@pytest.fixture
def hands(context: AppContext) -> Callable[[QWidget], Hands]:
    """Show a widget as the active window and put hands on it."""

    def on(widget: QWidget) -> Hands:
        widget.resize(1366, 768)
        widget.show()
        widget.activateWindow()
        assert QTest.qWaitForWindowActive(widget)
        return Hands(widget, context.jobs)

    return on
