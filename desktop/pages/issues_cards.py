"""One column's cards: how a card is painted, and the list that is walked by keys. Columns are in issues_board.py."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.pages.issues_board_model import CARD_ROLE, Card, CardModel, Index
from desktop.style.paint import paint_chip, rounded
from desktop.style.theme import font, tokens

GAP = 8


class CardDelegate(QStyledItemDelegate):
    """A card: firm, kind and unit, the clock as a chip with its words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        m = tokens().metrics
        line, small = QFontMetrics(font(strong=True)).lineSpacing(), QFontMetrics(font(m.small)).lineSpacing()
        return QSize(m.px(120), 10 + line + 2 + small + 6 + m.px(22) + 10 + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD_ROLE)
        look = tokens()
        p, m = look.palette, look.metrics
        style = option
        chosen = bool(style.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        hovered = bool(style.state & QStyle.StateFlag.State_MouseOver)  # type: ignore[attr-defined]
        box = QRectF(style.rect).adjusted(0, 0, 0, -GAP)  # type: ignore[attr-defined]
        view = style.widget  # type: ignore[attr-defined]
        focused = chosen and view is not None and view.hasFocus()
        ground = p.select if chosen else p.hover if hovered else p.card
        rounded(painter, box, m.radius, ground, p.accent if focused else p.line)
        room = box.adjusted(10, 10, -10, -10)
        painter.save()
        strong, small = font(strong=True), font(m.small)
        painter.setFont(strong)
        painter.setPen(QColor(p.text))
        metrics = QFontMetrics(strong)
        y = room.top()
        painter.drawText(
            QRectF(room.left(), y, room.width(), metrics.lineSpacing()), int(Qt.AlignmentFlag.AlignVCenter),
            metrics.elidedText(card.firm, Qt.TextElideMode.ElideRight, int(room.width())),
        )  # fmt: skip
        y += metrics.lineSpacing() + 2
        painter.setFont(small)
        metrics = QFontMetrics(small)
        line = QRectF(room.left(), y, room.width(), metrics.lineSpacing())
        if card.pressing:
            # A word in its colour: beside the clock there is no room for a second chip.
            painter.setPen(QColor(p.tone("alarm" if card.urgency == "特急" else "watch").text))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), card.urgency)
            line.setLeft(line.left() + metrics.horizontalAdvance(card.urgency) + 6)
        painter.setPen(QColor(p.text2))
        about = f"{card.kind} · {card.org}"
        painter.drawText(
            line, int(Qt.AlignmentFlag.AlignVCenter),
            metrics.elidedText(about, Qt.TextElideMode.ElideRight, int(line.width())),
        )  # fmt: skip
        y += metrics.lineSpacing() + 6
        painter.restore()
        paint_chip(painter, QRectF(room.left(), y, room.width(), m.px(22)), card.clock, card.clock_state)


class CardList(QListView):
    """The cards of one column. ← → go to the neighbour, Enter opens, the menu key offers the next steps."""

    opened = Signal(str)
    chosen = Signal(str)
    beside = Signal(int)
    menu_asked = Signal(QPoint)
    delete_asked = Signal(str)

    def __init__(self, model: CardModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = model
        self.setModel(model)
        self.setItemDelegate(CardDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "cards")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)  # the column takes what is dropped
        self.viewport().setAutoFillBackground(False)
        self.activated.connect(self._open)
        self.selectionModel().currentChanged.connect(self._current)

    def current_id(self) -> str:
        """The problem the keyboard is on, "" for none."""
        index = self.currentIndex()
        return self.cards.cards[index.row()].id if index.isValid() else ""

    def choose_row(self, row: int) -> None:
        """Select a card by its place."""
        if self.cards.rowCount():
            row = min(max(row, 0), self.cards.rowCount() - 1)
            self.setCurrentIndex(self.cards.index(row))

    def leave(self) -> None:
        """No card is selected here any more."""
        quiet = self.blockSignals(True)
        self.selectionModel().setCurrentIndex(self.cards.index(-1), QItemSelectionModel.SelectionFlag.Clear)
        self.blockSignals(quiet)

    def _open(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self.cards.cards[index.row()].id)

    def _current(self, now: Index, _before: Index) -> None:
        if now.isValid():
            self.chosen.emit(self.cards.cards[now.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.beside.emit(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_Delete and self.current_id():
            self.delete_asked.emit(self.current_id())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            if not index.isValid():
                return
            self.setCurrentIndex(index)
            self.menu_asked.emit(event.globalPos())
        elif self.currentIndex().isValid():
            self.menu_asked.emit(self.under())

    def under(self) -> QPoint:
        """Below the chosen card, on the screen."""
        box = self.visualRect(self.currentIndex())
        return self.viewport().mapToGlobal(box.bottomLeft() if box.isValid() else QPoint(0, 0))
