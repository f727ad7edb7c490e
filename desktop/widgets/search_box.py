"""Search everything: a field in the top bar, its hits in a frame of the same window.

The frame is no popup window: input methods must keep working while it is open. What is found comes from a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.jobs import Jobs
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens

_PAUSE = 120  # ms after the last key


@dataclass(frozen=True)
class Hit:
    """Something found: its kind ("企业"), what it is called, what sets it apart, and where it opens."""

    kind: str
    title: str
    detail: str = ""
    page: str = ""
    args: dict[str, Any] = field(default_factory=dict)


Search = Callable[[str], Sequence[Hit]]


class SearchBox(QLineEdit):
    """`hit_chosen(Hit)` for a hit taken from the list, `search_asked(text)` for Enter without one."""

    search_asked = Signal(str)
    hit_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None, jobs: Jobs | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._search: Search | None = None
        self._asked_for = ""
        self.setProperty("role", "search")
        self.setPlaceholderText("查企业、走访、问题、功能…（可用拼音首字母）")
        self.setAccessibleName("查找，快捷键 Ctrl+K")
        self.setClearButtonEnabled(False)
        self.results = _Results(self)
        self.results.hide()
        self.results.taken.connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(lambda _text: self._pause.start())
        self.textChanged.connect(lambda text: None if text.strip() else self.results.hide())

    def set_search(self, search: Search | None) -> None:
        """What finds hits for a text. With `jobs` it runs on a worker thread, so it must open its own session."""
        self._search = search
        if search is not None and self.text().strip():
            self._pause.start()  # typed before there was anything to search

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show what was found under the field, or that nothing was."""
        self.results.fill(hits, self.text().strip())
        window = self.window()
        self.results.setParent(window)
        at = self.mapTo(window, QPoint(0, self.height() + 4))
        width = max(self.width(), tokens().metrics.px(560))
        self.results.setGeometry(at.x(), at.y(), width, self.results.wanted_height())
        self.results.show()
        self.results.raise_()

    def _ask(self) -> None:
        text = self.text().strip()
        self._asked_for = text
        search = self._search
        if not text or search is None:
            self.results.hide()
        elif self._jobs is None:
            self._answer(text, search(text))
        else:
            self._jobs.run(
                "search",
                lambda _progress, _cancelled: search(text),
                title="查找",
                on_done=lambda hits: self._answer(text, hits),
                owner=self,
                quiet=True,
            )

    def _answer(self, text: str, hits: Sequence[Hit]) -> None:
        if text == self._asked_for and self.hasFocus():
            self.show_hits(hits)

    def _take(self, hit: Hit) -> None:
        self.results.hide()
        self.clear()
        self.clearFocus()
        self.hit_chosen.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.results.isVisible():
            self.results.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            hit = self.results.current() if self.results.isVisible() else None
            if hit is not None:
                self._take(hit)
            elif self.text().strip():
                self.search_asked.emit(self.text().strip())
        elif key == Qt.Key.Key_Escape:
            if self.results.isVisible():
                self.results.hide()
            else:
                self.clear()
                self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.results.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() or self.text():
            return
        look = tokens()
        painter = QPainter(self)
        painter.setFont(font(look.metrics.tiny))
        width = painter.fontMetrics().horizontalAdvance("Ctrl K") + 14
        if self.width() > look.metrics.px(240):
            height = look.metrics.px(21)
            box = QRectF(self.width() - width - 12, (self.height() - height) / 2, width, height)
            rounded(painter, box, 3, look.palette.card, look.palette.edge if look.dark else "#D8DEE7")
            painter.setPen(QColor(look.palette.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Ctrl K")
        painter.end()


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
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, hit.kind)
        detail_width = min(painter.fontMetrics().horizontalAdvance(hit.detail), room.width() * 0.45)
        detail = painter.fontMetrics().elidedText(
            hit.detail, Qt.TextElideMode.ElideRight, int(detail_width) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        painter.setFont(font())
        painter.setPen(QColor(p.text))
        words = room.adjusted(m.px(52), 0, -detail_width - 12, 0)
        title = painter.fontMetrics().elidedText(hit.title, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class _Results(QFrame):
    taken = Signal(object)

    def __init__(self, box: SearchBox) -> None:
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
        return min(12, max(1, self._list.count())) * tokens().metrics.px(34) + 14

    def step(self, by: int) -> None:
        rows = self._list.count()
        if rows:
            self._list.setCurrentRow((self._list.currentRow() + by) % rows)

    def current(self) -> Hit | None:
        item = self._list.currentItem()
        hit = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return hit if isinstance(hit, Hit) and hit.kind else None
