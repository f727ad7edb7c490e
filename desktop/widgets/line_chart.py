"""Lines over months: what was reached, last year in grey, what is expected dashed, the way to the target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from desktop.style.paint import paint_line
from desktop.style.theme import font, tokens
from desktop.widgets.chart_base import Chart, Number, floats, nice_top, plain


@dataclass(frozen=True)
class Line:
    """One line; a None is a gap. `kind`: main (with points), last (grey), guide (thin, dashed), forecast (dotted).

    `label` is written at the last point of a main line ("5 月 51.2"), and above the plot for the others.
    """

    name: str
    values: Sequence[Number | None]
    kind: str = "main"
    label: str = ""


class LineChart(Chart):
    """`set(categories, lines, limit)`; `limit` is a (value, words) line across, as the 升规 line."""

    def __init__(self, name: str = "", parent: Chart | None = None) -> None:
        super().__init__(name, parent)
        self._categories: Sequence[str] = ()
        self._lines: Sequence[Line] = ()
        self._limit: tuple[Number, str] | None = None
        self._axis = True
        self._note = ""

    def set(
        self,
        categories: Sequence[str],
        lines: Sequence[Line],
        *,
        limit: tuple[Number, str] | None = None,
        write: Callable[[Number], str] = plain,
        axis: bool = True,
        note: str = "",
    ) -> None:
        """Show these; `write` puts a figure into words for the tooltip, `note` stands below at the right."""
        self._categories, self._lines, self._limit = categories, lines, limit
        self._write, self._axis, self._note = write, axis, note
        self._at = None
        self.describe()

    def points(self) -> int:
        return len(self._categories)

    def told(self, index: int) -> str:
        parts = [self._categories[index]]
        for line in self._lines:
            if index < len(line.values):
                value = line.values[index]
                if value is not None and not (line.kind == "forecast" and self._known(index)):
                    parts.append(f"{line.name} {self._write(value)}")
        return "\n".join(parts)

    def point_at(self, x: float, y: float) -> int | None:
        plot = self._plot()
        if not self._categories or not plot.adjusted(-16, -16, 16, 24).contains(x, y):
            return None
        step = plot.width() / max(1, len(self._categories) - 1)
        return max(0, min(len(self._categories) - 1, round((x - plot.left()) / step)))

    def place_of(self, index: int) -> QPoint:
        place = self._plot().topLeft()
        return QPoint(round(self._x(index)), round(place.y()))

    def _known(self, index: int) -> bool:
        return any(
            line.kind == "main" and index < len(line.values) and line.values[index] is not None
            for line in self._lines
        )

    def _plot(self) -> QRectF:
        m = tokens().metrics
        left = 14 if not self._axis else self._axis_width() + 8
        return QRectF(self.rect()).adjusted(
            left, m.px(28 if self._legend() else 22), -m.px(16), -m.px(24 if not self._note else 42)
        )

    def _legend(self) -> bool:
        return any(line.label and line.kind != "main" for line in self._lines)

    def _axis_width(self) -> int:
        return max(self.fontMetrics().horizontalAdvance(words) for _, words in self._ticks())

    def _ticks(self) -> list[tuple[float, str]]:
        """The values at the side: whole steps where there are any, so that no tick says other than where it lies."""
        top = self._top()
        parts = next((number for number in (3, 4, 2, 5) if (top / number).is_integer()), 2)
        return [(top * part / parts, plain(top * part / parts)) for part in range(parts + 1)]

    def _top(self) -> float:
        highest = [max(floats(line.values), default=0.0) for line in self._lines]
        if self._limit is not None:
            highest.append(float(self._limit[0]))
        return nice_top(max(highest, default=1.0))

    def _x(self, index: int) -> float:
        plot = self._plot()
        return plot.left() + plot.width() * index / max(1, len(self._categories) - 1)

    def _y(self, value: Number) -> float:
        plot = self._plot()
        return plot.bottom() - plot.height() * float(value) / self._top()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter)
        for line in sorted(self._lines, key=lambda line: line.kind == "main"):
            self._paint_series(painter, line)
        self._paint_labels(painter)
        if self._at is not None:
            x = self._x(self._at)
            painter.fillRect(
                QRectF(x, self._plot().top(), 1, self._plot().height()), QColor(tokens().palette.edge)
            )
            self._paint_dots(painter, self._at)
        self.paint_focus(painter)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        look = tokens()
        plot = self._plot()
        painter.setFont(font(look.metrics.tiny))
        for value, words in self._ticks() if self._axis else [(0.0, "")]:
            y = self._y(value)
            painter.fillRect(QRectF(plot.left(), round(y), plot.width(), 1), QColor(look.palette.line))
            if self._axis:
                painter.setPen(QColor(look.palette.text2))
                room = QRectF(0, y - 10, plot.left() - 8, 20)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        if self._limit is not None:
            tone = look.palette.tone("alarm")
            y = self._y(self._limit[0])
            ends = [QPointF(plot.left() - 10, y), QPointF(plot.right() + 10, y)]
            paint_line(painter, ends, tone.full, 1.2, dashed=True)
            told = painter.fontMetrics().boundingRect(self._limit[1])
            room = QRectF(plot.left() + 4, y - told.height() - 3, told.width() + 8, told.height() + 2)
            painter.fillRect(room, QColor(look.palette.card))  # no line of the grid goes through the words
            painter.setPen(QColor(tone.text))
            painter.drawText(room, int(_LEFT), self._limit[1])
        painter.setPen(QColor(look.palette.text2))
        count = len(self._categories)
        widest = max((painter.fontMetrics().horizontalAdvance(c) for c in self._categories), default=0) + 10
        every = max(1, -(-widest * max(1, count - 1) // max(1, int(plot.width()))))
        for index in range(0, count, every):
            room = QRectF(self._x(index) - 40, plot.bottom() + 5, 80, 20)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter), self._categories[index])
        if self._note:
            room = QRectF(0, self.height() - look.metrics.px(20), self.width() - 4, look.metrics.px(18))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), self._note)

    def _runs(self, line: Line) -> list[list[QPointF]]:
        runs: list[list[QPointF]] = [[]]
        for index, value in enumerate(line.values):
            if value is None:
                runs.append([])
            else:
                runs[-1].append(QPointF(self._x(index), self._y(value)))
        return [run for run in runs if run]

    def _paint_series(self, painter: QPainter, line: Line) -> None:
        colour, width, dashed = self._pen(line.kind)
        for run in self._runs(line):
            paint_line(painter, run, colour, width, dashed)
            if line.kind == "main":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                for place, point in enumerate(run):
                    radius = 4.0 if place == len(run) - 1 else 2.6
                    painter.drawEllipse(point, radius, radius)

    def _paint_dots(self, painter: QPainter, index: int) -> None:
        p = tokens().palette
        for line in self._lines:
            if index < len(line.values) and (value := line.values[index]) is not None:
                colour = p.ghost if line.kind == "last" else p.tone("info").full
                if line.kind != "guide":
                    painter.setPen(QColor(p.card))
                    painter.setBrush(QColor(colour))
                    painter.drawEllipse(QPointF(self._x(index), self._y(value)), 5, 5)

    def _paint_labels(self, painter: QPainter) -> None:
        """The main line's word at its last point; the others in one line above, where nothing can cross them."""
        look = tokens()
        plot = self._plot()
        height = look.metrics.px(19)
        painter.setFont(font(look.metrics.tiny))
        right = plot.right() + 8
        for line in self._lines:
            runs = self._runs(line)
            if not line.label or not runs:
                continue
            if line.kind == "main":
                self._paint_last(painter, runs[-1][-1], line.label)
                continue
            width = painter.fontMetrics().horizontalAdvance(line.label)
            painter.setPen(QColor(look.palette.text2))
            painter.drawText(QRectF(right - width, 0, width + 2, height), int(_LEFT), line.label)
            right -= width + 28
            colour, thick, dashed = self._pen(line.kind)
            paint_line(
                painter, [QPointF(right, height / 2), QPointF(right + 22, height / 2)], colour, thick, dashed
            )
            right -= 16

    def _paint_last(self, painter: QPainter, end: QPointF, words: str) -> None:
        plot = self._plot()
        painter.save()
        painter.setFont(font(tokens().metrics.small, strong=True))
        painter.setPen(QColor(tokens().palette.tone("info").text))
        width = painter.fontMetrics().horizontalAdvance(words) + 2
        left = min(end.x() + 8, plot.right() + 8 - width)
        # Below the point at the right, where a rising line has left the room free; above it near the ground.
        top = end.y() + 4 if end.y() + 26 < plot.bottom() else end.y() - 26
        painter.drawText(QRectF(left, top, width, 20), int(_LEFT), words)
        painter.restore()

    def _pen(self, kind: str) -> tuple[str, float, bool]:
        p = tokens().palette
        blue = p.tone("info").full
        return {
            "last": (p.ghost, 2.0, False),
            "guide": (p.text3, 1.0, True),
            "forecast": (blue, 1.8, True),
        }.get(kind, (blue, 2.6, False))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
