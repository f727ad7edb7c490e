"""A word on a soft coloured ground: 正常, 关注, 预警, or any other short state. Never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.style.paint import chip_size, paint_chip
from desktop.style.tokens import STATE_OF_WORD


class Chip(QWidget):
    """State is one of ok, watch, alarm, neutral, info; left out, 正常 / 关注 / 预警 find their own."""

    def __init__(self, word: str = "", state: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = self._state = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(word, state)

    def set(self, word: str, state: str | None = None) -> None:
        """Another word; an empty one hides the chip."""
        self._word = word
        self._state = STATE_OF_WORD.get(word, "neutral") if state is None else state
        self.setAccessibleName(word)
        self.setVisible(bool(word) and (self.parent() is not None or self.isVisible()))
        self.updateGeometry()
        self.update()

    @property
    def word(self) -> str:
        return self._word

    @property
    def state(self) -> str:
        return self._state

    def sizeHint(self) -> QSize:
        size = chip_size(self._word)
        return QSize(round(size.width() + 0.5), round(size.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._word, self._state)
        painter.end()
