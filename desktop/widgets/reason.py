"""A decision with its reason in one line: a field and the button that takes both. Shown in the page, never as a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.widgets.button import Button
from desktop.widgets.labels import label


class ReasonLine(QWidget):
    """`on(reason)` is called with what was typed; Enter in the field does the same. The button waits for enough of it."""

    def __init__(
        self,
        name: str,
        hint: str,
        action: str,
        on: Callable[[str], object],
        parent: QWidget | None = None,
        *,
        least: int = 4,
        danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._on, self._least = on, least
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(name, "fact"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(name)
        self.field.setMaxLength(200)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._take)
        row.addWidget(self.field, 1)
        self.button = Button(action, self._take, self, role="small-danger" if danger else "small")
        row.addWidget(self.button)
        column.addLayout(row)
        self._typed("")

    def start(self) -> None:
        """The keyboard into the field."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        self.button.setEnabled(len(text.strip()) >= self._least)

    def _take(self) -> None:
        if self.button.isEnabled():
            self._on(self.field.text().strip())
