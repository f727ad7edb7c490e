"""What all charts share: a plot with room for words, a point under the pointer or the arrow keys, its tooltip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.style.paint import rounded
from desktop.style.theme import tokens

Number = int | float | Decimal


def plain(value: Number) -> str:
    """A figure as people read it, for charts that were given no other way to write it."""
    return f"{value:,}" if isinstance(value, int | Decimal) else f"{value:,.2f}".rstrip("0").rstrip(".")


def nice_top(highest: float) -> float:
    """A round number at or above the highest value, for the top line of a plot."""
    if highest <= 0:
        return 1.0
    step = 10.0 ** (len(str(int(highest))) - 1) if highest >= 1 else 0.1
    while step < highest / 4:
        step *= 2
    while step > highest / 2:
        step /= 2
    lines = -(-highest // step)
    return float(lines * step)


class Chart(QWidget):
    """`clicked(index)` for the point under the pointer or, with Enter, under the arrow keys."""

    clicked = Signal(int)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._at: int | None = None
        self._write: Callable[[Number], str] = plain
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(360, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    @property
    def hovered(self) -> int | None:
        """The point that is pointed at."""
        return self._at

    # For the charts: how many points, which lies where, what to say about one.

    def points(self) -> int:
        raise NotImplementedError

    def point_at(self, x: float, y: float) -> int | None:
        raise NotImplementedError

    def place_of(self, index: int) -> QPoint:
        raise NotImplementedError

    def told(self, index: int) -> str:
        """The figure behind a point, in words: tooltip, and what is read aloud."""
        raise NotImplementedError

    def describe(self) -> None:
        """Give the chart its spoken description: all points, in words."""
        said = "；".join(self.told(index).replace("\n", "，") for index in range(min(self.points(), 40)))
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(said)
        self.update()

    def _move_to(self, index: int | None) -> None:
        if index == self._at:
            return
        self._at = index
        self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
        if index is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(self.mapToGlobal(self.place_of(index)), self.told(index), self)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_to(self.point_at(event.position().x(), event.position().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.point_at(event.position().x(), event.position().y())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_to(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._move_to(None)

    def step_of(self, key: Qt.Key) -> int:
        """How far an arrow key moves among the points."""
        return {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self.step_of(Qt.Key(event.key()))
        if step and self.points():
            start = self._at if self._at is not None else (-1 if step > 0 else self.points())
            self._move_to(max(0, min(self.points() - 1, start + step)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.clicked.emit(self._at)
        else:
            super().keyPressEvent(event)

    def paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            rounded(painter, QRectF(self.rect()), 4, "#00000000", tokens().palette.accent)


def floats(values: Sequence[Number | None]) -> list[float]:
    """The known ones, for measuring a plot; drawing needs no exactness, figures are written from the originals."""
    return [float(value) for value in values if value is not None]
