"""Firms on the cloud by month: a column of the channels on each other, and what is not counted hatched beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from db.analysis_growth import CloudGrowth
from desktop.widgets.chart_base import nice_top
from desktop.widgets.drawing import (
    CENTRE,
    RIGHT,
    Drawing,
    Ink,
    Mark,
    hatch,
    legend,
    rule,
    width_of,
    write,
)
from desktop.widgets.lines_drawing import tick_words

DUPLICATE = "重复服务（不计，条）"


class CloudDrawing(Drawing):
    name = "上云企业增长"

    def __init__(self, data: CloudGrowth) -> None:
        self.data, self.about = data, data.about

    @property
    def empty(self) -> str:
        return "" if self.data.channels else "还没有计数的上云记录；核实后的记录才计数。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(340)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        d, found = self.data, []
        for n, month in enumerate(d.months):
            for place, channel in enumerate(d.channels):
                told = (
                    f"{month.display()}末，{channel.name}：计数 {channel.counted[n]:,} 家"
                    f"\n各渠道合计 {d.counted[n]:,} 家，当月新增 {d.joined[n]:,} 家"
                )
                found.append(Mark(self._segment(room, ink, n, place), told, d.rows(channel, n), place, n))
            told = f"{month.display()}末，重复服务 {d.duplicates[n]:,} 条，不计数"
            found.append(Mark(self._beside(room, ink, n), told, d.duplicate_rows(n), len(d.channels), n))
        return found

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        d, p = self.data, ink.palette
        entries = [(channel.name, ink.series(place), False) for place, channel in enumerate(d.channels)]
        entries.append((DUPLICATE, p.tone("neutral").full, True))
        legend(painter, QRectF(room.left(), room.top(), room.width(), ink.px(22)), entries, ink)
        plot, top = self._plot(room, ink), self._top()
        parts = next((number for number in (4, 3, 5, 2) if (top / number).is_integer()), 1)
        for part in range(parts + 1):
            y = plot.bottom() - plot.height() * part / parts
            rule(painter, plot.left(), plot.right(), y, p.edge if part == 0 else p.line)
            side = QRectF(room.left(), y - 10, plot.left() - room.left() - 8, 20)
            write(
                painter, side, tick_words(top * part / parts), ink, size=ink.tiny, colour=p.text2, align=RIGHT
            )
        slot = self._slot(room, ink)
        widest = width_of("00 年 12 月", ink, ink.tiny) + 6
        every = max(1, -(-int(widest) // max(1, int(slot))))
        last = len(d.months) - 1
        for n, month in enumerate(d.months):
            for place in range(len(d.channels)):
                segment = self._segment(room, ink, n, place)
                if segment.height() > 0:
                    painter.fillRect(segment.adjusted(0, 0, 0, -0.6), QColor(ink.series(place)))
            if d.duplicates[n]:
                hatch(painter, self._beside(room, ink, n), p.tone("neutral").full)
            x = plot.left() + slot * n
            if slot >= width_of("0,000", ink, ink.tiny) or n in (0, last):
                stack = self._segment(room, ink, n, len(d.channels) - 1)
                over = QRectF(stack.center().x() - 30, stack.top() - ink.px(20), 60, ink.px(18))
                write(painter, over, f"{d.counted[n]:,}", ink, size=ink.tiny, strong=n == last, align=CENTRE)
            if (last - n) % every == 0:
                words = (
                    f"{month.year % 100} 年 {month.month} 月"
                    if month.month == 1 or n == 0
                    else f"{month.month} 月"
                )
                below = QRectF(x + slot / 2 - 60, plot.bottom() + 4, 120, ink.px(18))
                write(painter, below, words, ink, size=ink.tiny, colour=p.text2, align=CENTRE)

    def _plot(self, room: QRectF, ink: Ink) -> QRectF:
        side = width_of(tick_words(self._top()), ink, ink.tiny) + 12
        return room.adjusted(side, ink.px(44), -ink.px(4), -ink.px(24))

    def _top(self) -> float:
        return nice_top(float(max((*self.data.counted, *self.data.duplicates, 1))))

    def _slot(self, room: QRectF, ink: Ink) -> float:
        return self._plot(room, ink).width() / len(self.data.months)

    def _segment(self, room: QRectF, ink: Ink, n: int, place: int) -> QRectF:
        plot, slot, top = self._plot(room, ink), self._slot(room, ink), self._top()
        below = sum(channel.counted[n] for channel in self.data.channels[:place])
        here = self.data.channels[place].counted[n]
        low = plot.bottom() - plot.height() * below / top
        high = plot.bottom() - plot.height() * (below + here) / top
        width = min(slot * 0.5, ink.px(44))
        left = plot.left() + slot * n + (slot - width - min(slot * 0.16, ink.px(12)) - 2) / 2
        return QRectF(left, high, width, low - high)

    def _beside(self, room: QRectF, ink: Ink, n: int) -> QRectF:
        plot, slot = self._plot(room, ink), self._slot(room, ink)
        stack = self._segment(room, ink, n, 0)
        width = min(slot * 0.16, ink.px(12))
        height = plot.height() * self.data.duplicates[n] / self._top()
        return QRectF(stack.right() + 2, plot.bottom() - height, width, height)
