"""Headers of grids: above, two lines to a column; at the left, a row's number and its state."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.style.theme import font, tokens

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = int(Qt.AlignmentFlag.AlignLeft | _MIDDLE)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | _MIDDLE)


class _Header(QHeaderView):
    """Sections on the ground of a header, with their lines; `paint_inside` is for each kind of it."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        p = tokens().palette
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        self.paint_inside(painter, rect, section)
        painter.restore()

    def paint_inside(self, painter: QPainter, rect: QRect, section: int) -> None:
        raise NotImplementedError


class TwoLines(_Header):
    """Columns with a line of their own above another."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setMinimumSectionSize(64)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), tokens().metrics.px(46))

    def paint_inside(self, painter: QPainter, rect: QRect, section: int) -> None:
        self.paint_lines(painter, QRectF(rect.adjusted(10, 4, -8, -5)), section)

    def paint_lines(self, painter: QPainter, room: QRectF, section: int) -> None:
        """Draw what the column says into its room."""
        raise NotImplementedError


class Numbers(_Header):
    """Rows with a number and, beside it, their state."""

    wide, digits = 112, 44  # of the whole and of the number, before the size of type

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.px(self.wide), super().sizeHint().height())

    def paint_inside(self, painter: QPainter, rect: QRect, section: int) -> None:
        metrics, p = tokens().metrics, tokens().palette
        painter.setFont(font(metrics.small))
        painter.setPen(QColor(p.text2))
        place = QRectF(rect.left(), rect.top(), metrics.px(self.digits), rect.height())
        painter.drawText(place, _RIGHT, str(self.number(section)))
        self.paint_state(painter, QRectF(rect.adjusted(metrics.px(self.digits + 8), 0, -4, -1)), section)

    def number(self, section: int) -> int:
        """What the row is called."""
        return section + 1

    def paint_state(self, painter: QPainter, room: QRectF, section: int) -> None:
        """Draw how the row stands."""
        raise NotImplementedError


def paint_line(
    painter: QPainter, room: QRectF, words: str, face: QFont, colour: str, spare: int = 0
) -> QRectF:
    """Words at the left of a room, cut to it less `spare`; where they end."""
    metrics = QFontMetrics(face)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()) - spare)
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(room, _LEFT, shown)
    return room.adjusted(metrics.horizontalAdvance(shown), 0, 0, 0)
