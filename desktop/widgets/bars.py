"""Bars against a line: one indicator against target and time gone (bullet), one firm against the 升规 line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.style.paint import bar_colour, paint_bar, rounded
from desktop.style.theme import font, tokens


class _Bar(QWidget):
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._told = ""

    def _tell(self, words: str) -> None:
        self._told = words
        self.setAccessibleName(words)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._told, self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            rounded(painter, QRectF(self.rect()), 4, "#00000000", tokens().palette.accent)


class BulletBar(_Bar):
    """完成率 as a bar, 序时进度 as a tick. Shares are fractions: 0.366 is 36.6 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self._tick: float | None = None
        self._state = ""

    def set(self, share: float | None, tick: float | None = None, state: str = "", told: str = "") -> None:
        """`told` is the tooltip and the name read aloud; a share of None draws the empty track."""
        self._share, self._tick, self._state = share, tick, state
        self._tell(told or ("未报" if share is None else f"完成率 {share:.1%}"))

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.px(200), tokens().metrics.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()).adjusted(2, 0, -2, 0), self._share, self._tick, self._state)
        self._paint_focus(painter)
        painter.end()


class ProgressToLine(_Bar):
    """A firm on its way to a line: name at the left, what is missing at the right, the bar below."""

    def __init__(
        self,
        name: str = "",
        note: str = "",
        share: float = 0.0,
        state: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = self._note = self._state = ""
        self._share = 0.0
        self.set(name, note, share, state)

    def set(self, name: str, note: str, share: float, state: str = "") -> None:
        """`share` 1.0 has reached the line."""
        self._name, self._note, self._share, self._state = name, note, share, state
        self._tell(f"{name}，{note}，已达 {share:.0%}")

    def sizeHint(self) -> QSize:
        m = tokens().metrics
        return QSize(m.px(220), m.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        painter = QPainter(self)
        text_height = look.metrics.px(22)
        width = float(self.width())
        painter.setFont(font(look.metrics.small))
        painter.setPen(QColor(look.palette.text2))
        note_width = painter.fontMetrics().horizontalAdvance(self._note)
        painter.drawText(
            QRectF(0, 0, width - 1, text_height),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self._note,
        )
        painter.setFont(font())
        painter.setPen(QColor(look.palette.text))
        room = QRectF(0, 0, max(0.0, width - note_width - 16), text_height)
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        track_height = look.metrics.px(14)
        track = QRectF(0, text_height + 3, width - 1, track_height)
        rounded(painter, track, 2, look.palette.track)
        bar = track.adjusted(0, 3, 0, -3)
        bar.setWidth(track.width() * min(1.0, max(0.0, self._share)))
        rounded(painter, bar, 2, bar_colour(self._state))
        painter.fillRect(QRectF(width - 2, track.top() - 2, 2, track_height + 4), QColor(look.palette.ghost))
        self._paint_focus(painter)
        painter.end()
