"""Every field of text on every page, of both roles, takes what an input method composes, in the same window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from db import setup
from desktop.app import build_window
from desktop.context import AppContext
from desktop.style import theme
from desktop.window import MainWindow
from tests.db import fixtures
from tests.desktop.conftest import PERIOD, TODAY


@pytest.fixture(params=["clerk", "supervisor"])
def window(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path: Path
) -> Iterator[tuple[MainWindow, AppContext]]:
    if not qapp.styleSheet():
        theme.apply(qapp)
    store = setup.initialise(tmp_path / "register", fixtures.STREET, request.param, person="张敏")
    with store.write() as session:
        fixtures.firm(session, industry_code="I6550")
    made, context = build_window(store, today=lambda: TODAY)
    context.set_period(PERIOD)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made, context
    context.jobs.wait_idle()
    made.close()
    context.close()
    made.deleteLater()
    store.close()


def fields(window: MainWindow) -> list[QLineEdit | QPlainTextEdit]:
    """The fields that are to be seen and written in."""
    found: list[QLineEdit | QPlainTextEdit] = [
        *window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit),
    ]  # fmt: skip
    return [each for each in found if each.isVisible() and each.isEnabled() and not each.isReadOnly()]


def test_text_is_composed_and_committed_everywhere(window: tuple[MainWindow, AppContext]) -> None:
    shown, context = window
    tried = 0
    for key in list(shown.nav.items):
        shown.goto(key)
        context.jobs.wait_idle()
        QApplication.processEvents()
        for field in fields(shown):
            where = f"{key}: {field.accessibleName() or field.placeholderText() or field.objectName()}"
            if isinstance(field, QLineEdit) and (field.validator() is not None or field.inputMask()):
                continue  # a spin box's own: it takes figures only
            assert field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled), where
            assert field.window() is shown, where
            before = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
            field.setFocus()
            field.selectAll()
            QApplication.sendEvent(field, QInputMethodEvent("shu'lan", []))
            event = QInputMethodEvent("", [])
            event.setCommitString("数澜")
            QApplication.sendEvent(field, event)
            now = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
            assert now == "数澜", where
            assert QApplication.focusWidget() is field, where
            tried += 1
            if isinstance(field, QLineEdit):
                field.setText(before)
                field.setModified(False)
            else:
                field.setPlainText(before)
        context.jobs.wait_idle()
    assert tried > 8
