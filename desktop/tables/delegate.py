"""Paints table cells: 12-pixel padding, a hairline under each row, figures, chips, bars, struck-through values."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from desktop.style.paint import chip_size, paint_bar, paint_chip
from desktop.style.theme import font, tokens
from desktop.style.tokens import STATE_OF_WORD
from desktop.tables.cells import Bar, Change, Mark
from desktop.tables.model import ROW_ROLE, VALUE_ROLE, Column, shown

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """For any model that answers VALUE_ROLE and whose `columns` describe its columns."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = tokens()
        p = look.palette
        style: Any = option  # Qt's stubs do not know a style option's fields
        rect: QRect = style.rect
        chosen = bool(style.state & QStyle.StateFlag.State_Selected)
        hovered = getattr(style.widget, "hovered_row", -1) == index.row()
        painter.save()
        if chosen:
            painter.fillRect(rect, QColor(p.select))
        elif hovered:
            painter.fillRect(rect, QColor(p.hover))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        self._paint_value(painter, rect, index, chosen)
        view = style.widget
        if (
            isinstance(view, QAbstractItemView)
            and view.hasFocus()
            and view.currentIndex().row() == index.row()
            and index.column() == 0
        ):
            # The row the keyboard is on; a frame round one cell would promise an editor.
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, QColor(p.accent))
        painter.restore()

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index, chosen: bool) -> None:
        look = tokens()
        column = column_of(index)
        value = index.data(VALUE_ROLE)
        room = QRectF(rect.adjusted(look.metrics.pad, 0, -look.metrics.pad, -1))
        mark = mark_of(column, value, index)
        if mark is not None:
            paint_chip(painter, room, mark.word, mark.state, chosen)
            return
        if isinstance(value, Bar):
            paint_bar(painter, room, value.share, value.tick, value.state)
            return
        kind = column.kind
        face = font(look.metrics.small if kind == "muted" else None, strong=kind == "strong")
        colour = look.palette.text2 if kind in ("muted", "date") else look.palette.text
        if isinstance(value, Change):
            colour = look.palette.text3
            face.setStrikeOut(bool(value.old))
        elif value is None or value == "":
            colour = look.palette.text3
        painter.setPen(QColor(colour))
        whole = shown(value, kind).replace("\n", " ")
        if column.lines > 1 and QFontMetrics(face).horizontalAdvance(whole) > room.width():
            paint_two_lines(painter, room, whole)
            return
        painter.setFont(face)
        text = QFontMetrics(face).elidedText(whole, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(column.alignment), text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        m = tokens().metrics
        column = column_of(index)
        value = index.data(VALUE_ROLE)
        mark = mark_of(column, value, index)
        if mark is not None:
            width = chip_size(mark.word).width()
        elif isinstance(value, Bar):
            width = 120
        else:
            width = QFontMetrics(font(strong=column.kind == "strong")).horizontalAdvance(
                shown(value, column.kind)
            )
        return QSize(int(width) + 2 * m.pad + 2, m.row)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        value = index.data(VALUE_ROLE)
        text = str(value) if isinstance(value, Bar) else shown(value, column_of(index).kind)
        room = view.visualRect(index).width()
        cut = self.sizeHint(option, index).width() > room or "\n" in text
        QToolTip.showText(event.globalPos(), text if isinstance(value, Bar) or cut else "", view)
        return True


def paint_two_lines(painter: QPainter, room: QRectF, text: str) -> None:
    """A long name in letters a little smaller; in two small lines, the second shortened with …, where those are not enough."""
    face = font(tokens().metrics.small)
    if QFontMetrics(face).horizontalAdvance(text) <= room.width():
        painter.setFont(face)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        return
    face = font(tokens().metrics.tiny)
    painter.setFont(face)
    metrics = QFontMetrics(face)
    first = next(
        (end for end in range(len(text), 0, -1) if metrics.horizontalAdvance(text[:end]) <= room.width()), 1
    )
    if first > 1 and text[first : first + 1] and text[first] in "、，。；：）》”":  # no line begins with one
        first -= 1
    if first == len(text):  # the smaller letters are enough
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        return
    rest = metrics.elidedText(text[first:], Qt.TextElideMode.ElideRight, int(room.width()))
    height = room.height() / 2
    for number, line in enumerate((text[:first], rest)):
        at = QRectF(room.left(), room.top() + number * height, room.width(), height)
        edge = Qt.AlignmentFlag.AlignTop if number else Qt.AlignmentFlag.AlignBottom
        painter.drawText(at, int(Qt.AlignmentFlag.AlignLeft | edge), line)


def column_of(index: Index) -> Column:
    """The description of the column a cell is in."""
    columns: Any = index.model().columns  # type: ignore[attr-defined]
    column: Column = columns[index.column()]
    return column


def mark_of(column: Column, value: Any, index: Index) -> Mark | None:
    """The chip in a cell: a Mark itself, or the word of a chip column with the state its column gives."""
    if isinstance(value, Mark):
        return value
    if column.kind != "chip" or not value:
        return None
    word = str(value)
    state = column.state_of(index.data(ROW_ROLE)) if column.state_of else STATE_OF_WORD.get(word, "neutral")
    return Mark(word, state)
