"""A button that drops a menu of actions, each with its shortcut. What the actions do is for the page to say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from desktop.widgets.button import Button, as_read


class MenuButton(Button):
    """Enter, Space and ↓ open the menu; `scope` is where the actions' shortcuts work while it is to be seen."""

    def __init__(self, text: str, scope: QWidget, parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(f"{text} ▾", self.drop, parent, role=role)
        self.setAccessibleName(text)
        self._scope = scope
        self.menu_ = QMenu(self)
        self.menu_.setToolTipsVisible(True)

    def set_words(self, text: str) -> None:
        """Other words on the button."""
        self.setText(f"{text} ▾")
        self.setAccessibleName(text)
        self.updateGeometry()

    def add(
        self,
        text: str,
        on: Callable[[], object],
        shortcut: str = "",
        *,
        tip: str = "",
        checked: bool | None = None,
        enabled: bool = True,
    ) -> QAction:
        """An action at the end of the menu; `checked` gives it a mark for being the one in force."""
        action = QAction(f"{text}\t{as_read(shortcut)}" if shortcut else text, self.menu_)
        action.setToolTip(tip)
        action.setEnabled(enabled)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.triggered.connect(lambda _checked=False: on())
        self.menu_.addAction(action)
        if shortcut:
            self.bind(text, on, shortcut)
        return action

    def bind(self, text: str, on: Callable[[], object], keys: str) -> None:
        """Only the shortcut of an action: for menus that are made anew each time."""
        shortcut = QShortcut(QKeySequence(keys), self._scope)
        shortcut.setWhatsThis(text.rstrip("…"))
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(lambda: on() if self._scope.isVisible() else None)

    def drop(self) -> None:
        """Open the menu under the button, its right edge at the button's where it would leave the window."""
        size = self.menu_.sizeHint()
        at = self.mapToGlobal(QPoint(0, self.height() + 2))
        window = self.window().frameGeometry()
        at.setX(max(window.left(), min(at.x(), window.right() - size.width() - 4)))
        self.menu_.popup(at)
        first = next((each for each in self.menu_.actions() if each.isEnabled() and each.text()), None)
        if first is not None:
            self.menu_.setActiveAction(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.click()
        else:
            super().keyPressEvent(event)
