"""Open problems by how long they have lain: a bar of segments for each class or unit, the overdue ones told at its end."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from db.analysis_work import BUCKETS, Ageing, AgeLine, bucket_words
from desktop.widgets.drawing import (
    CENTRE,
    RIGHT,
    Drawing,
    Ink,
    Mark,
    box,
    chip,
    legend,
    legend_width,
    width_of,
    write,
)

_FEW = 5  # problems a whole bar stands for at least: one alone is no long bar


class AgeingDrawing(Drawing):
    name = "问题时长"

    def __init__(self, data: Ageing) -> None:
        self.data, self.about = data, data.about

    @property
    def empty(self) -> str:
        return "" if self.data.lines else "没有未办结的问题。"

    def wanted(self, width: float, ink: Ink) -> float:
        return self._head(width, ink) + ink.px(24) * max(1, len(self.data.lines))

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        found = []
        for place, line in enumerate(self.data.lines):
            for bucket, segment in self._segments(room, ink, place, line):
                told = f"{line.name}，{bucket_words(bucket)}：{line.counts[bucket]:,} 件，共 {line.total:,} 件未办结"
                found.append(Mark(segment, told, line.rows[bucket], place, bucket))
            told = f"{line.name}，超期 {line.overdue:,} 件" if line.overdue else f"{line.name}，没有超期"
            found.append(Mark(self._end(room, ink, place), told, line.overdue_rows, place, len(BUCKETS)))
        return found

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        p = ink.palette
        entries = [(bucket_words(place), self._colour(place, ink), False) for place in range(len(BUCKETS))]
        top = QRectF(room.left(), room.top(), room.width(), ink.px(22))
        if legend_width(entries, ink) > room.width():
            legend(painter, top, entries[:3], ink)
            legend(painter, top.translated(0, ink.px(20)), entries[3:], ink)
        else:
            legend(painter, top, entries, ink)
        for place, line in enumerate(self.data.lines):
            slot = self._slot(room, ink, place)
            name = QRectF(slot.left(), slot.top(), self._left(room, ink) - slot.left() - 10, slot.height())
            write(painter, name, line.name, ink, align=RIGHT)
            end = 0.0
            for bucket, segment in self._segments(room, ink, place, line):
                colour = self._colour(bucket, ink)
                box(painter, segment.adjusted(0, 0, -1, 0), colour, 1)
                words = f"{line.counts[bucket]:,}"
                if width_of(words, ink, ink.tiny) + 4 <= segment.width():
                    write(painter, segment, words, ink, size=ink.tiny, colour=ink.on(colour), align=CENTRE)
                end = segment.right()
            write(
                painter, QRectF(end + 6, slot.top(), 60, slot.height()), f"{line.total:,}", ink, strong=True
            )
            last = self._end(room, ink, place)
            chip(painter, last, f"超期 {line.overdue:,}" if line.overdue else "无超期", "alarm" if line.overdue else "ok", ink)  # fmt: skip
        if not self.data.lines:
            write(painter, room, self.empty, ink, colour=p.text2, align=CENTRE)

    def _colour(self, bucket: int, ink: Ink) -> str:
        """The older, the deeper; what lay longest stands out."""
        if bucket == len(BUCKETS) - 1:
            return ink.palette.tone("alarm").full
        return ink.ramp(bucket / (len(BUCKETS) - 1.5))

    def _head(self, width: float, ink: Ink) -> float:
        entries = [(bucket_words(place), "", False) for place in range(len(BUCKETS))]
        return ink.px(30) + (ink.px(20) if legend_width(entries, ink) > width else 0)

    def _left(self, room: QRectF, ink: Ink) -> float:
        widest = max((width_of(line.name, ink) for line in self.data.lines), default=0.0)
        return room.left() + min(widest + 14, room.width() * 0.3)

    def _slot(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        top = room.top() + self._head(room.width(), ink)
        height = (room.bottom() - top) / max(1, len(self.data.lines))
        height = min(ink.px(46), max(float(ink.px(22)), height))
        return QRectF(room.left(), top + place * height, room.width(), height)

    def _end(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        slot = self._slot(room, ink, place)
        return QRectF(room.right() - ink.px(76), slot.top() + 2, ink.px(74), slot.height() - 4)

    def _segments(self, room: QRectF, ink: Ink, place: int, line: AgeLine) -> list[tuple[int, QRectF]]:
        slot, left = self._slot(room, ink, place), self._left(room, ink)
        most = max([_FEW, *(each.total for each in self.data.lines)])
        full = max(20.0, room.right() - ink.px(76 + 44) - left)
        x, found = left, []
        for bucket, number in enumerate(line.counts):
            if number:
                width = full * number / most
                found.append(
                    (bucket, QRectF(x, slot.top() + slot.height() * 0.16, width, slot.height() * 0.68))
                )
                x += width
        return found
