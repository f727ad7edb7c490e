"""Pages of a document as pictures, one below the other. Only those in sight are drawn, aside, and few are kept."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from desktop.jobs import Jobs
from desktop.printing.draw import Paper, picture, size_of
from desktop.style.theme import tokens

_GAP = 16
_KEPT = 10  # pictures kept; a page at 150 % takes some 8 MB
STEPS = (50, 75, 100, 125, 150, 200)  # percent of the paper's size at 96 dots per inch


class PagesView(QAbstractScrollArea):
    """`set_pages`, then scroll; `zoom` 0 fits the width. `moved(page)` tells which page is at the top, from 0."""

    moved = Signal(int)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._pages: Paper | None = None
        self._tops: list[int] = []  # where each page begins, and the end of the last one
        self._zoom = 0
        self._pictures: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._asked: set[tuple[int, int]] = set()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("打印预览")
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.moved.emit(self.page))

    def set_pages(self, pages: Paper) -> None:
        """Show another document from its first page."""
        self._pages = pages
        self._pictures.clear()
        self._asked.clear()
        self.setAccessibleDescription(f"{pages.document.title}，共 {pages.count} 页")
        self._measure()
        self.verticalScrollBar().setValue(0)

    @property
    def zoom(self) -> int:
        """Percent, or 0 for as wide as there is room."""
        return self._zoom

    def set_zoom(self, percent: int) -> None:
        """Show pages in another size; the page at the top stays there."""
        page = self.page
        self._zoom = percent
        self._measure()
        self.go(page)

    def percent(self) -> int:
        """The size pages are shown in now."""
        if self._pages is None:
            return 100
        return round(self._width(self.page) / self._natural(self.page) * 100)

    @property
    def page(self) -> int:
        """The page that takes the upper part of the view, from 0."""
        if self._pages is None:
            return 0
        at = self.verticalScrollBar().value() + self.viewport().height() // 3
        return max(0, min(bisect_right(self._tops, at) - 1, self._pages.count - 1))

    def go(self, page: int) -> None:
        """Bring a page to the top."""
        if 0 <= page < len(self._tops):
            self.verticalScrollBar().setValue(self._tops[page] - _GAP)

    # Measures.

    def _natural(self, page: int) -> float:
        assert self._pages is not None
        return size_of(self._pages, page)[0] * 96 / 300

    def _width(self, page: int) -> int:
        if self._zoom:
            return round(self._natural(page) * self._zoom / 100)
        return max(200, min(self.viewport().width() - 2 * _GAP, round(self._natural(page) * 1.5)))

    def _height(self, page: int) -> int:
        assert self._pages is not None
        width, height = size_of(self._pages, page)
        return round(self._width(page) * height / width)

    def _measure(self) -> None:
        if self._pages is None:
            return
        self._tops, whole, widest = [], _GAP, 0
        for page in range(self._pages.count):
            self._tops.append(whole)
            whole += self._height(page) + _GAP
            widest = max(widest, self._width(page))
        bar, room = self.verticalScrollBar(), self.viewport()
        bar.setRange(0, max(0, whole - room.height()))
        bar.setPageStep(room.height())
        bar.setSingleStep(40)
        side = self.horizontalScrollBar()
        side.setRange(0, max(0, widest + 2 * _GAP - room.width()))
        side.setPageStep(room.width())
        room.update()

    def _place(self, page: int) -> QRect:
        width = self._width(page)
        left = max(_GAP, (self.viewport().width() - width) // 2) - self.horizontalScrollBar().value()
        return QRect(left, self._tops[page] - self.verticalScrollBar().value(), width, self._height(page))

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        look = tokens().palette
        painter.fillRect(event.rect(), QColor(look.ground))
        if self._pages is None:
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        first = max(0, bisect_right(self._tops, self.verticalScrollBar().value()) - 1)
        for page in range(first, self._pages.count):
            place = self._place(page)
            if place.top() > self.viewport().height():
                break
            painter.fillRect(place, QColor("#FFFFFF"))  # paper is white in the dark, too
            key = (page, round(place.width() * ratio))
            image = self._pictures.get(key)
            if image is not None:
                self._pictures.move_to_end(key)
                painter.drawImage(place, image)
            else:
                self._ask(key)
            painter.setPen(QColor(look.line))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    def _ask(self, key: tuple[int, int]) -> None:
        pages = self._pages
        if key in self._asked or pages is None:
            return
        self._asked.add(key)

        def done(image: QImage) -> None:
            self._asked.discard(key)
            if pages is self._pages:
                self._pictures[key] = image
                while len(self._pictures) > _KEPT:
                    self._pictures.popitem(last=False)
                self.viewport().update()

        self._jobs.run(
            f"paper/{id(self)}/{key}", lambda _progress, _cancelled: picture(pages, *key), on_done=done, owner=self,
            quiet=True,
        )  # fmt: skip

    # Moving.

    def resizeEvent(self, event: QResizeEvent) -> None:
        page = self.page
        super().resizeEvent(event)
        self._measure()
        if page:
            self.go(page)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def step(self, by: int) -> None:
        """The next larger or smaller size."""
        now = self.percent()
        if by > 0:
            self.set_zoom(next((each for each in STEPS if each > now), STEPS[-1]))
        else:
            self.set_zoom(next((each for each in reversed(STEPS) if each < now), STEPS[0]))
