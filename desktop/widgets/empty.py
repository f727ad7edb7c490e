"""What an empty page says: what belongs here, and the first step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.style.icons import pixmap
from desktop.style.theme import notifier, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label


class EmptyState(QWidget):
    """Centred picture, title, one sentence, at most one button."""

    def __init__(
        self,
        title: str,
        text: str = "",
        action: str = "",
        on: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        icon: str = "inbox",
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(6)
        column.addStretch(2)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._picture)
        column.addSpacing(6)
        self._title = label(title, "heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._title)
        self._text = label(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._text)
        self.button: Button | None = None
        if action:
            column.addSpacing(8)
            self.button = Button(action, on, self)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        notifier().changed.connect(self._draw)
        self._draw()

    def set_text(self, title: str, text: str = "") -> None:
        """Other words, as when a filter rather than the register is what leaves nothing."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(pixmap(self._icon, tokens().palette.ghost, 40, ratio, 1.2))
