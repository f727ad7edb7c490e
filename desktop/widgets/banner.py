"""A coloured line across the page: practice data, an error with its hint, something to know. Can be closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.style.icons import icon, pixmap
from desktop.style.theme import notifier, set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label

_PICTURES = {"alarm": "stop", "watch": "alert", "ok": "done", "info": "info", "neutral": "info"}


class Banner(QFrame):
    """`state` as for chips. `text` says what happened, `hint` what to do."""

    closed = Signal()

    def __init__(
        self,
        text: str = "",
        hint: str = "",
        state: str = "info",
        parent: QWidget | None = None,
        *,
        closable: bool = True,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.setProperty("role", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        self._picture = QLabel()
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.text = label(text, "strong", wrap=True)
        self.hint = label(hint, wrap=True)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        row.addLayout(words, 1)
        self._actions = QHBoxLayout()
        row.addLayout(self._actions)
        self._close = QToolButton(self)
        self._close.setAccessibleName("关闭提示")
        self._close.setToolTip("关闭")
        self._close.clicked.connect(self.dismiss)
        self._close.setVisible(closable)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        notifier().changed.connect(self._draw)
        self.say(text, hint, state)

    def say(self, text: str, hint: str = "", state: str = "info") -> None:
        """Other words and state; does not show a hidden banner by itself."""
        self._state = state
        self.text.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        for part in (self, self.text, self.hint):
            set_property(part, "state", state)
        self.setAccessibleName(f"{text} {hint}".strip())
        self._draw()

    def add(self, text: str, on: Callable[[], object]) -> Button:
        """A button at the right of the words."""
        button = Button(text, on, self, role="small")
        self._actions.addWidget(button)
        return button

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def _draw(self) -> None:
        colour = tokens().palette.tone(self._state).text
        self._picture.setPixmap(
            pixmap(_PICTURES.get(self._state, "alert"), colour, 18, self.devicePixelRatioF(), 1.8)
        )
        self._close.setIcon(icon("close", colour, 14))
