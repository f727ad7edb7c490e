"""The header line of a table: same padding as the cells, an arrow at the column it is sorted by."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.style.icons import paint_icon
from desktop.style.theme import font, tokens


class Header(QHeaderView):
    """Click sorts, a second click turns the order round; drag at an edge changes the width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(40)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), tokens().metrics.px(35))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = tokens()
        p = look.palette
        model = self.model()
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        align = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        room = QRectF(rect.adjusted(look.metrics.pad, 0, -look.metrics.pad, -1))
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        face = font(look.metrics.small, strong=sorted_here)
        right = bool(Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        arrow = 12 if sorted_here else 0
        words = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()) - arrow)
        painter.setFont(face)
        painter.setPen(QColor(p.text if sorted_here else p.text2))
        if sorted_here:
            width = QFontMetrics(face).horizontalAdvance(words)
            x = room.right() - width - 14 if right else room.left() + width + 3
            name = "up" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else "down"
            paint_icon(painter, QRectF(x, room.center().y() - 5, 11, 11), name, p.text2, 2.6)
        painter.drawText(room, int(align), words)
        painter.restore()
