"""The paste grid's headers: above, which field a column goes to; at the left, the row's number and state."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from desktop.pages.grid_headers import Numbers, TwoLines, paint_line
from desktop.pages.paste_model import STATES, PasteModel
from desktop.style.icons import paint_icon
from desktop.style.paint import paint_chip
from desktop.style.theme import font, tokens
from returns.paste.verdict import State


class ColumnHeader(TwoLines):
    """The field and, below it, what the block called the column. A click asks for another field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTip("点一下选这一列录入哪个字段（F4）")

    def paint_lines(self, painter: QPainter, room: QRectF, section: int) -> None:
        look = tokens()
        p = look.palette
        model: PasteModel = self.model()  # type: ignore[assignment]
        column, slot = model.sheet.columns[section], model.slot(section)
        alone = column.sure and not column.header
        above = QRectF(room.left(), room.top(), room.width(), room.height() / (1 if alone else 2))
        face = font(look.metrics.small, strong=slot is not None)
        required = slot is not None and slot.field.required
        words, colour = (slot.header, p.text) if slot else ("不录入", p.text3)
        end = paint_line(painter, above, words, face, colour, spare=16 + 9 * required)
        if required:
            paint_line(painter, end.adjusted(3, 0, 0, 0), "*", face, p.tone("alarm").text)
        paint_icon(painter, QRectF(room.right() - 10, above.center().y() - 5, 10, 10), "down", p.text2, 2.4)
        if not alone:
            below = QRectF(room.left(), above.bottom(), room.width(), room.height() / 2)
            name = column.header if column.sure else f"{column.header or '按内容推断'}，请核对"
            paint_line(
                painter,
                below,
                name,
                font(look.metrics.tiny),
                p.text2 if column.sure else p.tone("watch").text,
            )


class RowHeader(Numbers):
    """The row's number and its state as a word."""

    def paint_state(self, painter: QPainter, room: QRectF, section: int) -> None:
        look = tokens()
        model: PasteModel = self.model()  # type: ignore[assignment]
        check = model.check(section)
        if check is None and not model.sheet.is_blank(section):
            paint_line(painter, room, "核对中", font(look.metrics.small), look.palette.text2)
        elif check is not None and check.state is not State.BLANK:
            paint_chip(painter, room, check.state.value, STATES[check.state])
