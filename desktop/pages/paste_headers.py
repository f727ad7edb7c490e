"""The paste grid's headers: above, which field a column goes to; at the left, the row's number and state."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.pages.paste_model import STATES, PasteModel
from desktop.style.icons import paint_icon
from desktop.style.paint import paint_chip
from desktop.style.theme import font, tokens
from returns.paste.verdict import State


class ColumnHeader(QHeaderView):
    """The field and, below it, what the block called the column. A click asks for another field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(64)
        self.setToolTip("点一下选这一列录入哪个字段（F4）")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), tokens().metrics.px(46))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = tokens()
        p = look.palette
        model: PasteModel = self.model()  # type: ignore[assignment]
        column, slot = model.sheet.columns[section], model.slot(section)
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        room = QRectF(rect.adjusted(10, 4, -8, -5))
        face = font(look.metrics.small, strong=slot is not None)
        painter.setFont(face)
        required = slot is not None and slot.field.required
        words = QFontMetrics(face).elidedText(
            slot.header if slot else "不录入",
            Qt.TextElideMode.ElideRight,
            int(room.width()) - 16 - 9 * required,
        )
        painter.setPen(QColor(p.text if slot else p.text3))
        alone = column.sure and not column.header
        above = QRectF(room.left(), room.top(), room.width(), room.height() / (1 if alone else 2))
        painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
        if required:
            painter.setPen(QColor(p.tone("alarm").text))
            after = above.adjusted(QFontMetrics(face).horizontalAdvance(words) + 3, 0, 0, 0)
            painter.drawText(after, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), "*")
        paint_icon(painter, QRectF(room.right() - 10, above.center().y() - 5, 10, 10), "down", p.text2, 2.4)
        if alone:
            painter.restore()
            return
        small = font(look.metrics.tiny)
        painter.setFont(small)
        painter.setPen(QColor(p.text2 if column.sure else p.tone("watch").text))
        below = QRectF(room.left(), above.bottom(), room.width(), room.height() / 2)
        name = column.header if column.sure else f"{column.header or '按内容推断'}，请核对"
        told = QFontMetrics(small).elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), told)
        painter.restore()


class RowHeader(QHeaderView):
    """The row's number and its state as a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.px(112), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = tokens()
        p = look.palette
        model: PasteModel = self.model()  # type: ignore[assignment]
        check = model.check(section)
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        painter.setFont(font(look.metrics.small))
        painter.setPen(QColor(p.text2))
        number = QRectF(rect.left(), rect.top(), look.metrics.px(44), rect.height())
        painter.drawText(
            number, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(section + 1)
        )
        room = QRectF(rect.adjusted(look.metrics.px(52), 0, -4, -1))
        if check is None and not model.sheet.is_blank(section):
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), "核对中")
        elif check is not None and check.state is not State.BLANK:
            paint_chip(painter, room, check.state.value, STATES[check.state])
        painter.restore()
