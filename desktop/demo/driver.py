"""Works a window the way a person does: keys, input method, looking. What is typed where is told by the scenes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from db.errors import BugError
from desktop.context import AppContext
from desktop.window import MainWindow

_PATIENCE = 30.0  # seconds; an old office PC is slower than the machine this was written on


class Stuck(BugError):
    """The window did not come to what a person would have waited for."""


class Driver:
    """One person at one window. Every method returns when the window has taken in what was done."""

    def __init__(self, window: MainWindow, context: AppContext, pause: float = 0.0) -> None:
        self.window = window
        self.context = context
        self._pause = pause  # between two fields, so that someone can watch

    # Keys.

    def keys(self, *presses: str, at: QWidget | None = None) -> None:
        """Press these one after another, as they are written on the buttons: "Ctrl+Return", "Down", "Tab".

        `at` is a dialog, where one is open; otherwise they go to the window.
        """
        if at is None and QApplication.activeWindow() is None:
            # Where nobody manages windows, a dialog or another window that closed leaves none active.
            self.window.activateWindow()
            self.breathe()
        handle = (at or self.window).windowHandle()
        for press in presses:
            combination = QKeySequence(press)[0]  # type: ignore[index]  # the stubs leave it out
            QTest.keyClick(handle, combination.key(), combination.keyboardModifiers())
            self.breathe()

    def type(self, text: str, into: QWidget | None = None) -> None:
        """Write text where the focus is (or `into`): Latin by its keys, Chinese as an input method commits it."""
        chinese = ""
        for char in text:
            if char.isascii() and char.isprintable():
                self._commit(chinese, into)
                chinese = ""
                QTest.keyClicks(self._target(char, into), char)
            else:
                chinese += char
        self._commit(chinese, into)
        self.breathe()

    def _commit(self, text: str, into: QWidget | None) -> None:
        if not text:
            return
        target = self._target(text, into)
        if not target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            raise Stuck(f"没有可输入“{text}”的地方。")
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(target, event)

    def _target(self, text: str, into: QWidget | None) -> QWidget:
        # Asked for every character: a list may open and a field may be made while one types.
        target = into or QApplication.focusWidget()
        if target is None:
            raise Stuck(f"没有可输入“{text}”的地方。")
        return target

    # Looking.

    @property
    def focus(self) -> QWidget | None:
        """What the next key goes to."""
        return QApplication.focusWidget()

    def find(self, text: str, where: QWidget | None = None) -> QAbstractButton:
        """The button that says this and can be pressed now."""
        for button in (where or self.window).findChildren(QAbstractButton):
            if text in (button.text(), button.accessibleName()) and button.isVisible() and button.isEnabled():
                return button
        raise Stuck(f"没有找到可按的“{text}”。")

    def press(self, text: str, where: QWidget | None = None) -> None:
        """Go to a button with the keyboard's focus and press the space bar on it."""
        button = self.find(text, where)
        button.setFocus(Qt.FocusReason.TabFocusReason)
        self.breathe()
        self.keys("Space")

    # Waiting.

    def breathe(self, seconds: float = 0.0) -> None:
        """Let the window take in what happened, and go on working for a while."""
        end = time.monotonic() + seconds
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        while time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def watch(self) -> None:
        """A moment for someone who looks on."""
        self.breathe(self._pause)

    def wait(self, until: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
        """Wait for something to be so. Stuck, naming `what`, where it does not come."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise Stuck(f"等了 {seconds:.0f} 秒，{what}还没有出现。")
            self.breathe(0.01)

    def settle(self) -> None:
        """Wait until everything that runs aside has come back and is shown."""
        jobs = self.window.jobs
        quiet = 0
        end = time.monotonic() + _PATIENCE
        # Finished work may start more of it.
        while quiet < 2:
            if not jobs.wait_idle(max(0.1, end - time.monotonic())):
                raise Stuck("后台工作一直没有结束。")
            self.breathe(0.02)
            quiet = quiet + 1 if not jobs.active() else 0

    def leave(self) -> None:
        """Close the window and let go of it; there is no event loop here that would delete it later."""
        self.window.close()
        self.context.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def picture(self, path: Path) -> None:
        """What the window shows now, with the menu that is open over it, as PNG."""
        self.settle()
        path.parent.mkdir(parents=True, exist_ok=True)
        shown = self.window.grab()
        menu = QApplication.activePopupWidget()
        if menu is not None:
            painter = QPainter(shown)
            painter.drawPixmap(self.window.mapFromGlobal(menu.mapToGlobal(QPoint(0, 0))), menu.grab())
            painter.end()
        if not shown.save(str(path)):
            raise Stuck(f"截图“{path.name}”没有写成。")
