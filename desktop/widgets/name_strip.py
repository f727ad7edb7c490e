"""Asks for one name in the page itself: no dialog, and input methods work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_LONGEST = 20


class NameStrip(QFrame):
    """Hidden until `ask`; Enter takes the name, Esc puts the strip away and gives the focus back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        set_property(self, "state", "info")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        self.words = label("")
        self.edit = QLineEdit()
        self.edit.setMaxLength(_LONGEST)
        self.edit.setFixedWidth(260)
        self.trouble = label("", "finding")
        set_property(self.trouble, "state", "alarm")
        self.no = Button("取消", self.cancel, self, role="small")
        self.yes = Button("保存", self._accept, self, role="small")
        row.addWidget(self.words)
        row.addWidget(self.edit)
        row.addWidget(self.trouble)
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self._on_name: Callable[[str], str] | None = None
        self._came_from: QWidget | None = None
        self.hide()

    def ask(self, words: str, name: str, on_name: Callable[[str], str]) -> None:
        """Show the strip; `on_name(name)` takes it and answers "", or says why it would not have it."""
        self._came_from = self.window().focusWidget()
        self._on_name = on_name
        self.words.setText(words)
        self.edit.setAccessibleName(words)
        self.edit.setText(name)
        self.edit.selectAll()
        self.trouble.setText("")
        self.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Put the strip away."""
        self._on_name = None
        self.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None

    def _accept(self) -> None:
        name = self.edit.text().strip()
        trouble = self._on_name(name) if self._on_name is not None and name else "请先写一个名字。"
        if trouble:
            self.trouble.setText(trouble)
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.cancel()

    def event(self, event: QEvent) -> bool:
        # Esc here belongs to the strip; it must not reach a shortcut of the page.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        else:
            super().keyPressEvent(event)
