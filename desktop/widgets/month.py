"""The month in the top bar: ‹ 2024 年 5 月 ›, with a lock where the month is closed. No popup."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.style.icons import paint_icon
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens


def shift(period: str, months: int) -> str:
    """Another month: shift("2024-01", -1) is "2023-12"."""
    year, month = (int(part) for part in period.split("-"))
    year, month = divmod(year * 12 + month - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"


def words(period: str) -> str:
    """ "2024-05" as people read it."""
    year, month = period.split("-")
    return f"{int(year)} 年 {int(month)} 月"


class MonthPicker(QWidget):
    """Arrows left and right step a month, up and down a year; digits type a month (5, or 202405).

    It only asks (`asked("2024-04")`); whoever owns the period answers with `set`.
    """

    asked = Signal(str)

    def __init__(self, period: str, parent: QWidget | None = None, name: str = "填报期") -> None:
        super().__init__(parent)
        self._name = name
        self._period, self._locked, self._typed = period, False, ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setToolTip("← → 换月，↑ ↓ 换年，也可直接输入月份数字")
        self.set(period, False)

    @property
    def period(self) -> str:
        return self._period

    def set(self, period: str, locked: bool) -> None:
        """The month in force; a locked one is closed (handed in)."""
        self._period, self._locked, self._typed = period, locked, ""
        self.setAccessibleName(f"{self._name} {words(period)}" + ("，已上报锁定" if locked else ""))
        self.setAccessibleDescription(self.toolTip())
        self.updateGeometry()
        self.update()

    def _text(self) -> str:
        return self._typed + "…" if self._typed else words(self._period)

    def sizeHint(self) -> QSize:
        m = tokens().metrics
        # The widest month, so that the search field beside it does not jump.
        width = QFontMetrics(font(strong=True)).horizontalAdvance("2024 年 12 月") + 2 * m.px(26)
        return QSize(width + (m.px(66) if self._locked else 0), m.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p, m = look.palette, look.metrics
        painter = QPainter(self)
        edge = p.accent if self.hasFocus() else p.edge if look.dark else "#D8DEE7"
        rounded(painter, QRectF(self.rect()), 6, p.header if self._locked else p.field, edge)
        arrow, middle = m.px(12), self.height() / 2
        paint_icon(painter, QRectF(m.px(7), middle - arrow / 2, arrow, arrow), "left", p.text2, 2.2)
        right = self.width() - m.px(7) - arrow
        paint_icon(painter, QRectF(right, middle - arrow / 2, arrow, arrow), "right", p.text2, 2.2)
        room = QRectF(m.px(24), 0, self.width() - 2 * m.px(24), self.height())
        if self._locked:
            tone = p.tone("neutral")
            side = m.px(14)
            mark = QRectF(room.right() - m.px(64), 0, m.px(64), self.height())
            paint_icon(painter, QRectF(mark.left(), middle - side / 2, side, side), "lock", tone.text, 2)
            painter.setFont(font(m.tiny))
            painter.setPen(QColor(tone.text))
            painter.drawText(mark.adjusted(side + 4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "已锁定")
            room.setRight(mark.left() - 4)
        painter.setFont(font(strong=True))
        painter.setPen(QColor(p.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._text())
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        edge = tokens().metrics.px(26)
        if event.position().x() < edge:
            self.asked.emit(shift(self._period, -1))
        elif event.position().x() > self.width() - edge:
            self.asked.emit(shift(self._period, 1))
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self.asked.emit(shift(self._period, -1 if event.angleDelta().y() > 0 else 1))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -12, Qt.Key.Key_Down: 12}
        if key in steps and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._typed = ""
            self.asked.emit(shift(self._period, steps[key]))
        elif event.text().isdigit():
            self._typed = (self._typed + event.text())[-6:]
            if len(self._typed) == 6:
                self._take_typed()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_typed()
        elif key == Qt.Key.Key_Escape and self._typed:
            self._typed = ""
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def _take_typed(self) -> None:
        typed, self._typed = self._typed, ""
        year = int(typed[:4]) if len(typed) == 6 else int(self._period[:4])
        month = int(typed[4:] or 0) if len(typed) == 6 else int(typed or 0)
        if 1 <= month <= 12 and 2000 <= year <= 2100:
            self.asked.emit(f"{year:04d}-{month:02d}")
