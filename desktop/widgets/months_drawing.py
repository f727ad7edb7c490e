"""Small lines by month: a park a row with its three figures beside each other, or one unit's visits; each month tells its figure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from db.analysis_growth import MEASURES, ParkGrowth
from db.analysis_visits import VisitMonths
from db.periods import Period
from db.progress import show_number
from desktop.widgets.drawing import (
    CENTRE,
    Drawing,
    Ink,
    Mark,
    legend,
    polyline,
    rule,
    width_of,
    write,
)
from desktop.widgets.lines_drawing import Axis

Values = Sequence[Decimal | None]


class ParksDrawing(Drawing):
    """Every park a row; its line is scaled to itself: the words at its end tell the figure."""

    name = "园区经营"

    def __init__(self, data: ParkGrowth) -> None:
        self.data, self.about = data, data.about

    @property
    def empty(self) -> str:
        return "" if self.data.parks else "本单位不填报园区；园区月报在“园区”页填写。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(30) + ink.px(44) * max(1, len(self.data.parks))

    def least(self, ink: Ink) -> float:
        return ink.px(640)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        d, found = self.data, []
        count = len(d.months)
        for line, park in enumerate(d.parks):
            for m, measure in enumerate(MEASURES):
                plot = self._plot(room, ink, line, m)
                step = plot.width() / max(1, count - 1)
                for n, value in enumerate(d.series(park, m)):
                    words = (
                        "未报" if value is None else f"{show_number(value, measure.places)} {measure.unit}"
                    )
                    told = f"{park.name}，{d.months[n].display()}，{measure.name}：{words}"
                    rect = QRectF(plot.left() + step * (n - 0.5), plot.top() - 3, step, plot.height() + 6)
                    found.append(Mark(rect, told, d.rows(park, m, n), line, m * count + n))
        return found

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        d, p = self.data, ink.palette
        head = QRectF(room.left() + 4, room.top(), ink.px(150), ink.px(28))
        write(painter, head, "园区", ink, size=ink.tiny, colour=p.text2)
        for m, measure in enumerate(MEASURES):
            place = self._cell(room, ink, 0, m)
            top = QRectF(place.left(), room.top(), place.width(), ink.px(28))
            write(painter, top, f"{measure.name}，{measure.unit}", ink, size=ink.tiny, colour=p.text2)
        rule(painter, room.left(), room.right(), room.top() + ink.px(29), p.line)
        for line, park in enumerate(d.parks):
            first = self._cell(room, ink, line, 0)
            name = QRectF(room.left() + 4, first.top(), first.left() - room.left() - 14, first.height())
            long = width_of(park.name, ink) > name.width()
            write(painter, name, park.name, ink, size=ink.tiny if long else ink.small, wrap=long)
            for m, measure in enumerate(MEASURES):
                self._line(painter, room, ink, line, m, d.series(park, m), measure.places)
            rule(painter, room.left(), room.right(), first.bottom(), p.line)

    def _line(
        self, painter: QPainter, room: QRectF, ink: Ink, line: int, m: int, values: Values, places: int
    ) -> None:
        p, plot, cell = ink.palette, self._plot(room, ink, line, m), self._cell(room, ink, line, m)
        known = [float(value) for value in values if value is not None]
        low, high = min(known, default=0.0), max(known, default=1.0)
        low = min(low, 0.0) if m == 0 else low
        span = (high - low) or 1.0
        if not known:
            write(painter, cell, "没有报过", ink, size=ink.tiny, colour=p.text2)
            return
        step = plot.width() / max(1, len(values) - 1)
        run: list[QPointF] = []
        resets = [n for n, month in enumerate(self.data.months) if m == 0 and month.month == 1]
        for n, value in enumerate((*values, None)):
            # What is counted from January starts anew: no line falls from December to January.
            if (value is None or n in resets) and run:
                polyline(painter, run, p.tone("info").full, 1.6)
                run = []
            if value is not None:
                share = (float(value) - low) / span if high > low else 0.5
                run.append(QPointF(plot.left() + step * n, plot.bottom() - plot.height() * share))
        last = values[-1]
        end = QRectF(plot.right() + 8, cell.top(), cell.right() - plot.right() - 10, cell.height())
        if last is None:  # what was told last, in grey, and that this month is missing
            n = max(n for n, value in enumerate(values) if value is not None)
            upper = end.adjusted(0, end.height() * 0.08, 0, -end.height() * 0.46)
            lower = end.adjusted(0, end.height() * 0.48, 0, -end.height() * 0.06)
            write(painter, upper, show_number(values[n], places), ink, colour=p.text2)
            word = f"{self.data.months[-1].month} 月未报"
            write(painter, lower, word, ink, size=ink.tiny, colour=p.tone("alarm").text)
            return
        write(painter, end, show_number(last, places), ink, strong=True)
        share = (float(last) - low) / span if high > low else 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.tone("info").full))
        painter.drawEllipse(QPointF(plot.right(), plot.bottom() - plot.height() * share), 3, 3)

    def _cell(self, room: QRectF, ink: Ink, line: int, m: int) -> QRectF:
        left = room.left() + min(ink.px(190), room.width() * 0.24)
        width = (room.right() - left) / len(MEASURES)
        top = room.top() + ink.px(30)
        height = (room.bottom() - top) / max(1, len(self.data.parks))
        height = min(ink.px(64), max(float(ink.px(34)), height))
        return QRectF(left + m * width, top + line * height, width, height)

    def _plot(self, room: QRectF, ink: Ink, line: int, m: int) -> QRectF:
        cell = self._cell(room, ink, line, m)
        return cell.adjusted(4, cell.height() * 0.24, -ink.px(76), -cell.height() * 0.24)


class VisitsDrawing(Drawing):
    """One unit's or everybody's visited firms by month, and those of the year before in grey."""

    name = "走访"

    def __init__(self, data: VisitMonths) -> None:
        self.data, self.about = data, data.about

    @property
    def empty(self) -> str:
        d = self.data
        return "" if any(d.firms) or any(d.before) else "今年和上年都还没有走访记录。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(260)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        axis = self._axis(room, ink)
        half = axis.plot.width() / 24
        return [
            Mark(
                QRectF(axis.x(n) - half, axis.plot.top(), 2 * half, axis.plot.height()) & room, self._told(n),
                self.data.source(n), 0, n,
            )
            for n in range(12)
        ]  # fmt: skip

    def _told(self, n: int) -> str:
        d = self.data
        this, before = d.firms[n], d.before[n]
        parts = [f"{d.year} 年 {n + 1} 月"]
        parts.append("还没有到" if this is None else f"走访 {this:,} 家（{d.rows[n] or 0:,} 次）")
        if before is not None:
            parts.append(f"上年同期 {before:,} 家")
        return "\n".join(parts)

    def _axis(self, room: QRectF, ink: Ink) -> Axis:
        series = [
            [None if v is None else Decimal(v) for v in values]
            for values in (self.data.firms, self.data.before)
        ]
        return Axis(room.adjusted(0, ink.px(26), 0, 0), series, 12, ink, ink.px(18))

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        d, p, axis = self.data, ink.palette, self._axis(room, ink)
        blue = p.tone("info").full
        entries = [(f"{d.year} 年", blue, False)]
        if any(value is not None for value in d.before):
            entries.append((f"{d.year - 1} 年", p.ghost, False))
        legend(painter, QRectF(axis.plot.left(), room.top(), room.width(), ink.px(22)), entries, ink)
        axis.paint(painter, [f"{Period.of(d.year, n).month} 月" for n in range(1, 13)], ink)
        for run in axis.runs([None if v is None else Decimal(v) for v in d.before]):
            polyline(painter, run, p.ghost, 2)
        for n, value in enumerate(d.firms):
            if value is None:
                continue
            x, y, half = axis.x(n), axis.y(value), min(14.0, axis.plot.width() / 40)
            painter.fillRect(QRectF(x - half, y, 2 * half, axis.plot.bottom() - y), QColor(blue))
            write(
                painter,
                QRectF(x - 30, y - ink.px(19), 60, ink.px(18)),
                f"{value:,}",
                ink,
                size=ink.tiny,
                align=CENTRE,
            )
