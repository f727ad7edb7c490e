"""An indicator's year as lines: reached, last year, the way to the target, what it comes to; and the same for any series by month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from db.analysis import About, Rows
from db.analysis_indicators import Trend
from db.progress import show_number, show_pct
from desktop.widgets.chart_base import nice_top
from desktop.widgets.drawing import (
    CENTRE,
    RIGHT,
    Drawing,
    Ink,
    Mark,
    polyline,
    rule,
    width_of,
    write,
)

_MANY = 30

Values = Sequence[Decimal | None]
_Entry = tuple[str, str, float, tuple[float, ...]]  # words, colour, width, dash


class Axis:
    """Where months and values lie. Values below zero make room below the zero line."""

    def __init__(
        self,
        room: QRectF,
        series: Sequence[Values],
        count: int,
        ink: Ink,
        inset: float = 0,
        *,
        close: bool = False,
    ) -> None:
        known = [float(value) for values in series for value in values if value is not None]
        highest, lowest = max(known, default=0.0), min(known, default=0.0)
        self.top = nice_top(highest) if highest > 0 else 0.0 if lowest < 0 else 1.0
        self.bottom = -nice_top(-lowest) if lowest < 0 else 0.0
        steps = next((n for n in (4, 3, 5, 2) if float((self.top - self.bottom) / n).is_integer()), 2)
        self.ticks = [self.bottom + (self.top - self.bottom) * n / steps for n in range(steps + 1)]
        if close and lowest > 0.6 * highest > 0:
            self._come_close(lowest, highest)
        if self.bottom < 0 < self.top and 0.0 not in self.ticks:
            self.ticks.append(0.0)
        words = max((width_of(tick_words(tick), ink, ink.tiny) for tick in self.ticks), default=0.0)
        self.inset = inset  # of the first and last place, where bars stand on them
        self.plot = room.adjusted(words + 10, ink.px(8), -ink.px(14), -ink.px(24))
        self.count = count

    @property
    def cut(self) -> bool:
        """Whether the lowest line is not zero."""
        return self.bottom > 0

    def _come_close(self, lowest: float, highest: float) -> None:
        """A stock moves little against its size: lines show that only on an axis that does not begin at zero."""
        span = highest - lowest or abs(highest) * 0.1
        step = 10.0 ** math.floor(math.log10(span))
        step *= next(n for n in (0.2, 0.5, 1, 2, 5) if span / (step * n) <= 5)
        first = math.floor(lowest / step)
        if first <= 0:
            return
        last = math.ceil(highest / step)
        self.ticks = [round(step * n, 6) for n in range(first, max(last, first + 1) + 1)]
        self.bottom, self.top = self.ticks[0], self.ticks[-1]

    def x(self, index: int) -> float:
        return (
            self.plot.left()
            + self.inset
            + (self.plot.width() - 2 * self.inset) * index / max(1, self.count - 1)
        )

    def y(self, value: Decimal | float) -> float:
        return self.plot.bottom() - self.plot.height() * (float(value) - self.bottom) / (
            self.top - self.bottom
        )

    def runs(self, values: Values) -> list[list[QPointF]]:
        """Stretches of months without a gap."""
        found: list[list[QPointF]] = [[]]
        for index, value in enumerate(values):
            if value is None:
                found.append([])
            else:
                found[-1].append(QPointF(self.x(index), self.y(value)))
        return [run for run in found if run]

    def paint(self, painter: QPainter, words: Sequence[str], ink: Ink) -> None:
        p = ink.palette
        apart = self.plot.height() / max(1, len(self.ticks) - 1)
        told = max(
            1, -(-ink.px(16) // max(1, int(apart)))
        )  # where it is low only every second or third is told
        for place, tick in enumerate(sorted(self.ticks)):
            if place % told and tick != 0:
                continue
            y = self.y(tick)
            rule(painter, self.plot.left(), self.plot.right(), y, p.edge if tick == 0 else p.line)
            side = QRectF(self.plot.left() - 210, y - 10, 200, 20)
            write(painter, side, tick_words(tick), ink, size=ink.tiny, colour=p.text2, align=RIGHT)
        step = self.plot.width() / max(1, self.count - 1)
        widest = max((width_of(word, ink, ink.tiny) for word in words), default=0.0) + 8
        every = max(1, -(-int(widest) // max(1, int(step))))
        for index in range(0, self.count, every):
            below = QRectF(self.x(index) - 50, self.plot.bottom() + 4, 100, ink.px(18))
            write(painter, below, words[index], ink, size=ink.tiny, colour=p.text2, align=CENTRE)


def tick_words(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


class TrendDrawing(Drawing):
    name = "走势"

    def __init__(self, data: Trend) -> None:
        self.data, self.about = data, About(
            data.about.title, data.about.unit, data.about.scope, f"{data.about.coverage}。{data.assumption}"
        )  # fmt: skip
        self.months = tuple(f"{month} 月" for month in range(1, 13))

    @property
    def empty(self) -> str:
        d = self.data
        known = any(value is not None for value in (*d.reached, *d.last_year))
        return "" if known or d.target is not None else f"{d.name}今年和上年都没有数，也没有年度目标。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(300)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        axis = self._axis(room, ink)
        half = axis.plot.width() / 24
        return [
            Mark(
                QRectF(axis.x(n) - half, axis.plot.top(), 2 * half, axis.plot.height()) & room, self.told(n),
                self.data.rows(n + 1) if self.data.reached[n] is not None else Rows(), 0, n,
            )
            for n in range(12)
        ]  # fmt: skip

    def told(self, n: int) -> str:
        d = self.data

        def said(value: Decimal | None) -> str:
            return f"{show_number(value, d.places)} {d.unit}"

        parts = [f"{d.year} 年 {n + 1} 月"]
        if d.reached[n] is not None:
            parts.append(f"实际 {said(d.reached[n])}")
        elif n + 1 <= d.month:
            parts.append("未报")
        elif d.forecast[n] is not None:
            parts.append(f"预计 {said(d.forecast[n])}")
        if d.last_year[n] is not None:
            parts.append(f"上年同期 {said(d.last_year[n])}")
        if n + 1 == d.known and d.growth is not None:
            parts.append(f"同比 {show_pct(d.growth)}")
        if d.path[n] is not None:
            parts.append(f"应达 {said(d.path[n])}")
        return "\n".join(parts)

    def _axis(self, room: QRectF, ink: Ink) -> Axis:
        return self._axis_in(room.adjusted(0, ink.px(4) + ink.px(20) * len(self._rows(room, ink)), 0, 0), ink)

    def _axis_in(self, plot: QRectF, ink: Ink) -> Axis:
        d = self.data
        target: Values = (d.target,)
        return Axis(
            plot, (d.reached, d.last_year, d.path, d.forecast, target), 12, ink, close=self._may_come_close
        )

    @property
    def _may_come_close(self) -> bool:
        """Not where a handful of things is counted: two of three look like two of three."""
        known = [
            value
            for value in (*self.data.reached, *self.data.last_year, self.data.target)
            if value is not None
        ]
        return self.data.places > 0 or max(known, default=Decimal(0)) >= _MANY

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        d, p, axis = self.data, ink.palette, self._axis(room, ink)
        blue = p.tone("info").full
        axis.paint(painter, self.months, ink)
        for values, colour, width, dash in (
            (d.path, p.text3, 1.0, (5, 4)),
            (d.last_year, p.ghost, 2.0, ()),
            (d.forecast, blue, 1.8, (2, 2)),
            (d.reached, blue, 2.6, ()),
        ):
            for run in axis.runs(values):
                polyline(painter, run, colour, width, dash)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(blue))
        for n, value in enumerate(d.reached):
            if value is not None:
                radius = 4.5 if n + 1 == d.known else 2.6
                painter.drawEllipse(QPointF(axis.x(n), axis.y(value)), radius, radius)
        self._words(painter, room, axis, ink)

    def point(self, painter: QPainter, room: QRectF, ink: Ink, at: Mark) -> None:
        d, p, axis, n = self.data, ink.palette, self._axis(room, ink), at.column
        painter.fillRect(QRectF(axis.x(n), axis.plot.top(), 1, axis.plot.height()), QColor(p.edge_hover))
        blue = p.tone("info").full
        now = d.reached[n] if d.reached[n] is not None else d.forecast[n]
        for value, colour in ((d.path[n], p.text3), (d.last_year[n], p.ghost), (now, blue)):
            if value is not None:
                painter.setPen(QColor(p.card))
                painter.setBrush(QColor(colour))
                painter.drawEllipse(QPointF(axis.x(n), axis.y(value)), 5.5, 5.5)

    def _words(self, painter: QPainter, room: QRectF, axis: Axis, ink: Ink) -> None:
        """The legend above; the newest figure and the year's end at their points."""
        d, p = self.data, ink.palette
        blue = p.tone("info")
        y = room.top()
        for row in self._rows(room, ink):
            x = axis.plot.left()
            for words, colour, width, dash in row:
                middle = y + ink.px(11)
                if not width:  # a remark, no line
                    place = QRectF(x, y, width_of(words, ink, ink.tiny) + 4, ink.px(22))
                    write(painter, place, words, ink, size=ink.tiny, colour=p.text2)
                    continue
                polyline(painter, (QPointF(x, middle), QPointF(x + ink.px(22), middle)), colour, width, dash)
                taken = width_of(words, ink, ink.tiny) + 4
                place = QRectF(x + ink.px(26), y, taken, ink.px(22))
                write(painter, place, words, ink, size=ink.tiny, colour=p.text2)
                x += ink.px(36) + taken
            y += ink.px(20)
        if d.known is not None and d.latest is not None:
            words = f"{d.known} 月 {show_number(d.latest, d.places)}"
            if d.growth is not None:
                words += f"（同比 {'+' if d.growth > 0 else ''}{show_pct(d.growth)}）"
            self._at_point(painter, axis, d.known - 1, d.latest, words, ink, blue.text)

    def _rows(self, room: QRectF, ink: Ink) -> list[list[_Entry]]:
        """The legend in as many lines as it takes."""
        rows: list[list[_Entry]] = [[]]
        x = 0.0
        for entry in self._entries(ink):
            taken = ink.px(36 if entry[2] else 0) + width_of(entry[0], ink, ink.tiny) + 4
            if rows[-1] and x + taken > room.width() - ink.px(56):
                rows.append([])
                x = 0.0
            rows[-1].append(entry)
            x += taken
        return rows

    def _entries(self, ink: Ink) -> list[_Entry]:
        d, p = self.data, ink.palette
        blue = p.tone("info").full
        entries: list[_Entry] = []
        if d.known is not None:
            entries.append((f"{d.year} 年实际", blue, 2.6, ()))
        if any(value is not None for value in d.last_year):
            entries.append((f"{d.year - 1} 年", p.ghost, 2.0, ()))
        if d.target is not None:
            entries.append((f"应达（目标 {show_number(d.target, d.places)}）", p.text3, 1.0, (5, 4)))
        if d.year_end is not None:
            entries.append((f"预计年底 {show_number(d.year_end, d.places)}", blue, 1.8, (2, 2)))
        axis = self._axis_in(QRectF(), ink)
        if axis.cut:
            entries.append((f"纵轴从 {tick_words(axis.bottom)} 起", p.text2, 0.0, ()))
        return entries

    def _at_point(
        self, painter: QPainter, axis: Axis, n: int, value: Decimal, words: str, ink: Ink, colour: str
    ) -> None:
        width = width_of(words, ink, ink.small, True) + 4
        x = min(max(axis.x(n) + 8, axis.plot.left() + 4), axis.plot.right() + ink.px(12) - width)
        y = axis.y(value)
        top = y + 6 if y + ink.px(28) < axis.plot.bottom() else y - ink.px(28)
        ground = QColor(ink.palette.card if not ink.paper else "#FFFFFF")
        ground.setAlpha(215)
        painter.fillRect(QRectF(x - 2, top + 2, width + 2, ink.px(18)), ground)
        write(painter, QRectF(x, top, width, ink.px(22)), words, ink, strong=True, colour=colour)
