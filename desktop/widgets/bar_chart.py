"""Bars over months with a line to reach; months that are only expected are pale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.style.paint import paint_line, rounded
from desktop.style.theme import font, tokens
from desktop.widgets.chart_base import Chart, Number, floats, plain


class BarChart(Chart):
    """`set(categories, values, limit=(2000, "升规线 2,000 万元"), expected_from=5)`."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._categories: Sequence[str] = ()
        self._values: Sequence[Number | None] = ()
        self._limit: tuple[Number, str] | None = None
        self._expected = 0

    def set(
        self,
        categories: Sequence[str],
        values: Sequence[Number | None],
        *,
        limit: tuple[Number, str] | None = None,
        expected_from: int | None = None,
        write: Callable[[Number], str] = plain,
    ) -> None:
        """A None is a month without a figure; from `expected_from` on, values are expected, not reported."""
        self._categories, self._values, self._limit = categories, values, limit
        self._expected = len(values) if expected_from is None else expected_from
        self._write = write
        self._at = None
        self.describe()

    def points(self) -> int:
        return len(self._categories)

    def told(self, index: int) -> str:
        value = self._values[index] if index < len(self._values) else None
        words = "未填" if value is None else self._write(value)
        return f"{self._categories[index]}\n{words}" + ("（推算）" if index >= self._expected else "")

    def point_at(self, x: float, y: float) -> int | None:
        plot = self._plot()
        if not self._categories or not plot.adjusted(0, -16, 0, 24).contains(x, y):
            return None
        return min(len(self._categories) - 1, int((x - plot.left()) / self._slot()))

    def place_of(self, index: int) -> QPoint:
        bar = self._bar(index)
        return QPoint(round(bar.center().x()), round(bar.top()))

    def _plot(self) -> QRectF:
        m = tokens().metrics
        return QRectF(self.rect()).adjusted(m.px(32), m.px(20), -m.px(16), -m.px(26))

    def _slot(self) -> float:
        return self._plot().width() / max(1, len(self._categories))

    def _top(self) -> float:
        highest = max(floats(self._values), default=0.0)
        return max(highest, float(self._limit[0]) * 1.08 if self._limit else 0.0) or 1.0

    def _bar(self, index: int) -> QRectF:
        plot, slot = self._plot(), self._slot()
        value = self._values[index] if index < len(self._values) else None
        height = plot.height() * max(0.0, float(value or 0)) / self._top()
        width = min(slot * 0.66, 44.0)
        left = plot.left() + slot * (index + 0.5) - width / 2
        return QRectF(left, plot.bottom() - height, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p = look.palette
        plot = self._plot()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(look.metrics.small))
        # In a narrow place only every second or third bar is named; all of them tell their name when asked.
        widest = max((painter.fontMetrics().horizontalAdvance(word) for word in self._categories), default=0)
        every = max(1, -(-(widest + 4) // max(1, int(self._slot()))))
        for index, word in enumerate(self._categories):
            bar = self._bar(index)
            colour = p.forecast if index >= self._expected else p.tone("info").full
            if self._at == index:
                slot = QRectF(plot.left() + self._slot() * index, plot.top(), self._slot(), plot.height())
                painter.fillRect(slot, QColor(p.hover))
            if bar.height() > 0:
                rounded(painter, bar, 2, colour)
            if index % every:
                continue
            painter.setPen(QColor(p.text2))
            room = QRectF(bar.center().x() - 40, plot.bottom() + 4, 80, look.metrics.px(20))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter), word)
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), QColor(p.line))
        if self._limit is not None:
            self._paint_limit(painter, plot)
        self.paint_focus(painter)
        painter.end()

    def _paint_limit(self, painter: QPainter, plot: QRectF) -> None:
        assert self._limit is not None
        tone = tokens().palette.tone("alarm")
        y = plot.bottom() - plot.height() * float(self._limit[0]) / self._top()
        ends = [QPointF(plot.left(), y), QPointF(plot.right() + 12, y)]
        paint_line(painter, ends, tone.full, 1.2, dashed=True)
        painter.setPen(QColor(tone.text))
        room = QRectF(plot.left(), y - tokens().metrics.px(21), plot.width(), tokens().metrics.px(19))
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._limit[1]
        )
