"""Streets down, figures across, a word or a figure in each cell; amounts are shaded within their column, states say so."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from db.analysis_units import Heat, HeatCell
from desktop.widgets.drawing import CENTRE, Drawing, Ink, Mark, box, mix, width_of, write

_DEEPEST = 0.55  # of the full blue: figures stay readable in dark text


class HeatDrawing(Drawing):
    name = "街道主要数据"

    def __init__(self, data: Heat) -> None:
        self.data, self.about = data, data.about
        self._most = [
            max((float(row.cells[n].value or 0) for row in data.rows), default=0.0) if column.amount else 0.0
            for n, column in enumerate(data.columns)
        ]

    @property
    def empty(self) -> str:
        return "" if self.data.rows else "没有在用的街道。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(46) + ink.px(32) * max(1, len(self.data.rows))

    def least(self, ink: Ink) -> float:
        return ink.px(96) + ink.px(58) * len(self.data.columns)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        return [
            Mark(self._cell(room, ink, line, n), cell.told, cell.rows, line, n)
            for line, row in enumerate(self.data.rows)
            for n, cell in enumerate(row.cells)
        ]

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        p = ink.palette
        for n, column in enumerate(self.data.columns):
            head = self._cell(room, ink, 0, n)
            words = f"{column.name}（{column.unit}）" if column.unit else column.name
            if column.unit and width_of(words, ink, ink.tiny) > head.width():
                words = f"{column.name}\n{column.unit}"
            top = QRectF(head.left(), room.top(), head.width(), ink.px(44))
            strong = n == self.data.sorted_by
            write(painter, top, words, ink, size=ink.tiny, strong=strong, colour=p.text if strong else p.text2, align=CENTRE, wrap=True)  # fmt: skip
        for line, row in enumerate(self.data.rows):
            first = self._cell(room, ink, line, 0)
            name = QRectF(room.left() + 4, first.top(), first.left() - room.left() - 10, first.height())
            write(painter, name, row.name, ink)
            for n, cell in enumerate(row.cells):
                place = self._cell(room, ink, line, n).adjusted(1, 1, -1, -1)
                ground, text = self._colours(cell, n, ink)
                box(painter, place, ground, 3)
                size = ink.small if width_of(cell.words, ink) + 4 <= place.width() else ink.tiny
                write(painter, place, cell.words, ink, size=size, colour=text, align=CENTRE)

    def _colours(self, cell: HeatCell, n: int, ink: Ink) -> tuple[str, str]:
        p = ink.palette
        if cell.state:
            tone = p.tone(cell.state)
            return tone.soft, tone.text
        if not self.data.columns[n].amount or cell.value is None:
            return p.track if not ink.paper else "#FFFFFF", p.text2
        part = max(0.0, float(cell.value)) / self._most[n] if self._most[n] > 0 else 0.0
        ground = mix(p.card, p.tone("info").full, _DEEPEST * part) if part else p.card
        return ground, QColor(ink.on(ground)).name() if part else p.text2

    def _cell(self, room: QRectF, ink: Ink, line: int, n: int) -> QRectF:
        left = room.left() + ink.px(92)
        width = (room.right() - left) / max(1, len(self.data.columns))
        top = room.top() + ink.px(46)
        height = (room.bottom() - top) / max(1, len(self.data.rows))
        height = min(ink.px(58), max(float(ink.px(24)), height))
        return QRectF(left + n * width, top + line * height, width, height)
