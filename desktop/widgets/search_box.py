"""Search everything: a field in the top bar, its hits in a frame of the same window.

The frame is no popup window: input methods must keep working while it is open. What is found comes from a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.jobs import Jobs
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.hit import Hit

if TYPE_CHECKING:
    from desktop.widgets.search_results import Results

_PAUSE = 120  # ms after the last key
# What the empty field says: the longest that fits before the keys at its end.
_INVITES = ("查企业、走访、问题、功能…（可用拼音首字母）", "查企业、走访、问题、功能", "查找")
_KEYS_ROOM = 96  # px: the keys and the margins at both ends


Search = Callable[[str], Sequence[Hit]]


class SearchBox(QLineEdit):
    """`hit_chosen(Hit)` for a hit taken from the list, `search_asked(text)` for Enter without one."""

    search_asked = Signal(str)
    hit_chosen = Signal(object)
    left = Signal()  # given up by Esc: the keyboard belongs to the page again

    def __init__(self, parent: QWidget | None = None, jobs: Jobs | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._search: Search | None = None
        self._asked_for = ""
        self.setProperty("role", "search")
        self.setPlaceholderText(_INVITES[0])
        self.setAccessibleName("查找，快捷键 Ctrl+K")
        self.setClearButtonEnabled(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(lambda _text: self._pause.start())
        self.textChanged.connect(lambda text: None if text.strip() else self.put_away())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - tokens().metrics.px(_KEYS_ROOM)
        measure = self.fontMetrics()
        fitting = (words for words in _INVITES if measure.horizontalAdvance(words) <= room)
        self.setPlaceholderText(next(fitting, _INVITES[-1]))

    @cached_property
    def results(self) -> Results:
        """The frame with the hits, made when it is first needed: its classes would hold up the first paint."""
        from desktop.widgets.search_results import Results

        made = Results(self)
        made.hide()
        made.taken.connect(self._take)
        return made

    def put_away(self) -> None:
        """Hide the hits."""
        if "results" in self.__dict__:
            self.results.hide()

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
        width = min(max(self.width(), tokens().metrics.px(560)), window.width() - 16)
        at.setX(max(8, min(at.x(), window.width() - width - 8)))
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
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.put_away()

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
