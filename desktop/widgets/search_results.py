"""The frame with what was found, under the field of the top bar. Built when something is first shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.hit import Hit


class _HitDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        look = tokens()
        p, m = look.palette, look.metrics
        hit = index.data(Qt.ItemDataRole.UserRole)
        style: Any = option  # Qt's stubs do not know a style option's fields
        rect = QRectF(style.rect)
        if style.state & QStyle.StateFlag.State_Selected:
            rounded(painter, rect.adjusted(4, 1, -4, -1), 5, p.select)
        painter.save()
        painter.setFont(font(m.tiny))
        painter.setPen(QColor(p.text2))
        room = rect.adjusted(16, 0, -16, 0)
        above = index.sibling(index.row() - 1, 0).data(Qt.ItemDataRole.UserRole)
        first = above is None or above.kind != hit.kind
        if first or not hit.kind:
            # The kind stands once at the head of its group.
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, hit.kind)
        if first and index.row():
            painter.fillRect(QRectF(room.left(), rect.top(), room.width(), 1), QColor(p.line))
        right = self._hint(painter, room, hit.hint)
        room.setRight(right)
        painter.setFont(font(m.tiny))
        painter.setPen(QColor(p.text2))
        detail_width = min(painter.fontMetrics().horizontalAdvance(hit.detail), room.width() * 0.45)
        detail = painter.fontMetrics().elidedText(
            hit.detail, Qt.TextElideMode.ElideRight, int(detail_width) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        painter.setFont(font())
        painter.setPen(QColor(p.text))
        words = room.adjusted(m.px(68) if hit.kind else 0, 0, -detail_width - 12, 0)
        title = painter.fontMetrics().elidedText(hit.title, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()

    def _hint(self, painter: QPainter, room: QRectF, hint: str) -> float:
        """The keys at the right, in a little box; returns where there is room up to."""
        if not hint:
            return room.right()
        look = tokens()
        width, height = painter.fontMetrics().horizontalAdvance(hint) + 14, look.metrics.px(20)
        box = QRectF(room.right() - width, room.center().y() - height / 2, width, height)
        rounded(painter, box, 3, "#00000000", look.palette.edge)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, hint)
        return box.left() - 12


class Results(QFrame):
    """The hits under the field; `taken(Hit)` for one that was clicked."""

    taken = Signal(object)

    def __init__(self, box: QWidget) -> None:
        super().__init__(box.window())
        self._box = box
        self.setProperty("role", "popup")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 6, 1, 6)
        self._list = QListWidget()
        self._list.setItemDelegate(_HitDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName("查找结果")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda item: self.taken.emit(item.data(Qt.ItemDataRole.UserRole)))
        column.addWidget(self._list)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def fill(self, hits: Sequence[Hit], text: str) -> None:
        self._list.clear()
        for hit in hits:
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, hit)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{hit.kind} {hit.title} {hit.detail}")
            item.setSizeHint(item.sizeHint().expandedTo(self._row()))
        if not hits:
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, Hit("", f"没有找到“{text}”，换个字或拼音首字母试试。"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setSizeHint(item.sizeHint().expandedTo(self._row()))
        else:
            self._list.setCurrentRow(0)

    def _row(self) -> QSize:
        return QSize(10, tokens().metrics.px(34))

    def wanted_height(self) -> int:
        return min(14, max(1, self._list.count())) * tokens().metrics.px(34) + 14

    def step(self, by: int) -> None:
        rows = self._list.count()
        if rows:
            self._list.setCurrentRow((self._list.currentRow() + by) % rows)

    def current(self) -> Hit | None:
        item = self._list.currentItem()
        hit = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return hit if isinstance(hit, Hit) and hit.kind else None
