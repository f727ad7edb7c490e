"""A list of suggestions under a field, in the same window and never with the focus.

No popup window: on several Linux desktops an input method does not reach a text field while one is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
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

_ROLE = Qt.ItemDataRole.UserRole
_SHOWN = 8


@dataclass(frozen=True)
class Suggestion:
    """A value, what it is called, and what sets it apart (shown at the right, quieter)."""

    value: Any
    text: str
    detail: str = ""
    create: bool = False  # not a thing found but an offer to make one


class _Painter(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        look = tokens()
        item: Suggestion = index.data(_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, rect.adjusted(0, 1, 0, -1), 4, look.palette.select)
        room = rect.adjusted(10, 0, -10, 0)
        painter.setFont(font(look.metrics.tiny))
        detail = painter.fontMetrics().horizontalAdvance(item.detail) + 1 if item.detail else 0
        if item.detail:
            painter.setPen(QColor(look.palette.text2))
            shown = painter.fontMetrics().elidedText(
                item.detail, Qt.TextElideMode.ElideRight, int(room.width() * 0.6)
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font())
        painter.setPen(QColor(look.palette.accent if item.create else look.palette.text))
        left = room.adjusted(0, 0, -min(detail + 16, room.width() * 0.6) if detail else 0, 0)
        text = painter.fontMetrics().elidedText(item.text, Qt.TextElideMode.ElideRight, int(left.width()))
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        return QSize(80, tokens().metrics.px(32))


class Suggestions(QFrame):
    """Belongs to one field (`anchor`); `picked(Suggestion)` by Enter (through the field) or a click."""

    picked = Signal(object)

    def __init__(self, anchor: QWidget, name: str = "") -> None:
        super().__init__(anchor)
        self._anchor = anchor
        self._watched: list[QObject] = []
        self.setProperty("role", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 5)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(f"{name}的选项")
        self.list.itemPressed.connect(lambda item: self._pick(item))
        column.addWidget(self.list)
        self.hide()

    @property
    def items(self) -> list[Suggestion]:
        """What is offered now."""
        return [self.list.item(row).data(_ROLE) for row in range(self.list.count())]

    @property
    def current(self) -> Suggestion | None:
        """What Enter would take."""
        item = self.list.currentItem()
        return item.data(_ROLE) if item is not None and self.isVisible() else None

    def offer(self, items: Sequence[Suggestion], chosen: int = 0) -> None:
        """Show these under the field (nothing: hide); `chosen` -1 leaves none picked out."""
        self.list.clear()
        for each in items:
            item = QListWidgetItem(each.text)
            item.setData(_ROLE, each)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.text} {each.detail}".strip())
            self.list.addItem(item)
        if not items:
            self.hide()
            return
        self.list.setCurrentRow(min(chosen, len(items) - 1))
        self._place(len(items))
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Move among the offers; stops at the ends."""
        if self.list.count():
            row = max(0, min(self.list.count() - 1, self.list.currentRow() + by))
            self.list.setCurrentRow(row)
            self.list.scrollToItem(self.list.item(row))

    def take(self) -> bool:
        """Pick what is picked out; False where there is nothing."""
        if self.current is None:
            return False
        self._pick(self.list.currentItem())
        return True

    def _pick(self, item: QListWidgetItem) -> None:
        chosen: Suggestion = item.data(_ROLE)
        self.hide()
        self.picked.emit(chosen)

    def _follow(self) -> None:
        """The field moved (the form scrolled, the window changed): stay under it while it is in sight."""
        if not self.isVisible():
            return
        if self._anchor.visibleRegion().isEmpty():
            self.hide()
        else:
            self._place(self.list.count())

    def _place(self, count: int) -> None:
        home = self._anchor.window()
        if self.parent() is not home:
            self.setParent(home)
        height = min(count, _SHOWN) * tokens().metrics.px(32) + 12
        below = self._anchor.mapTo(home, QPoint(0, self._anchor.height() + 3))
        top = below.y()
        if top + height > home.height() - 8:
            above = self._anchor.mapTo(home, QPoint(0, 0)).y() - height - 3
            top = above if above > 0 else max(8, home.height() - 8 - height)
        self.setGeometry(below.x(), top, max(self._anchor.width(), 220), height)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        # Whatever moves or hides the field does the same with the list.
        widget: QWidget | None = self._anchor
        while widget is not None:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        left = watched is self._anchor and kind == QEvent.Type.FocusOut
        if left or kind in (QEvent.Type.Hide, QEvent.Type.Close, QEvent.Type.WindowDeactivate):
            self.hide()
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize):
            QTimer.singleShot(0, self, self._follow)  # once all that moves together has moved
        return False
