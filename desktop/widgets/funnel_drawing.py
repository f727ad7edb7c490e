"""升规 as a funnel: who came at least so far, what share of the stage before, who stands there now, who went out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from db.analysis_work import Funnel
from db.progress import show_pct
from desktop.widgets.drawing import CENTRE, RIGHT, Drawing, Ink, Mark, box, width_of, write


class FunnelDrawing(Drawing):
    name = "升规培育漏斗"

    def __init__(self, data: Funnel) -> None:
        self.data, self.about = data, data.about

    @property
    def empty(self) -> str:
        gone = any(number for _, number, _ in self.data.left)
        if self.data.total or gone:
            return ""
        return "这个月还没有升规培育对象；在“培育”页登记后就有漏斗。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(26) + ink.px(44) * len(self.data.steps) + ink.px(36)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        found = []
        for place, step in enumerate(self.data.steps):
            found.append(Mark(self._bar(room, ink, place), step.told, step.reached_rows, place, 0))
            there = f"现在停在“{step.stage}”：{step.there:,} 家"
            found.append(Mark(self._there(room, ink, place), there, step.rows, place, 1))
        row = len(self.data.steps)
        for place, (stage, number, rows) in enumerate(self.data.left):
            found.append(Mark(self._out(room, ink, place), f"{stage}：{number:,} 家", rows, row, place))
        return found

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        d, p = self.data, ink.palette
        head = QRectF(room.left(), room.top(), room.width(), ink.px(24))
        side = self._sides(room, ink)
        write(painter, QRectF(side[0], head.top(), side[1] - side[0], head.height()), "到过这一阶段及以后（家）", ink, size=ink.tiny, colour=p.text2, align=CENTRE)  # fmt: skip
        write(painter, QRectF(side[1], head.top(), room.right() - side[1] - 8, head.height()), "停在这里", ink, size=ink.tiny, colour=p.text2, align=RIGHT)  # fmt: skip
        blue = p.tone("info").full
        for place, step in enumerate(d.steps):
            bar, line = self._bar(room, ink, place), self._slot(room, ink, place)
            write(
                painter,
                QRectF(room.left() + 8, bar.top(), side[0] - room.left() - 16, bar.height()),
                step.stage,
                ink,
            )
            if place:
                self._join(painter, self._bar(room, ink, place - 1), bar, ink)
                if step.rate is not None:
                    words = f"↓ {show_pct(step.rate, 0)}"
                    between = QRectF(side[0], line.top(), side[1] - side[0], bar.top() - line.top())
                    write(painter, between, words, ink, size=ink.tiny, colour=p.text2, align=CENTRE)
            shown = bar if step.reached else bar.adjusted(bar.width() / 2 - 1, 0, -bar.width() / 2 + 1, 0)
            colour = p.tone("ok").full if place == len(d.steps) - 1 else blue
            box(painter, shown, colour, 3)
            words = f"{step.reached:,}"
            inside = width_of(words, ink, ink.small, True) + 12 <= shown.width()
            where = shown if inside else QRectF(shown.right() + 6, shown.top(), 80, shown.height())
            write(painter, where, words, ink, strong=True, colour=ink.on(colour) if inside else p.text, align=CENTRE if inside else Qt.AlignmentFlag.AlignLeft)  # fmt: skip
            write(painter, self._there(room, ink, place).adjusted(0, 0, -8, 0), f"{step.there:,}", ink, strong=step.there > 0, align=RIGHT)  # fmt: skip
        for place, (stage, number, _) in enumerate(d.left):
            out = self._out(room, ink, place)
            write(painter, out, f"{stage} {number:,} 家", ink, colour=p.text if number else p.text2)
        label = QRectF(room.left() + 8, self._out(room, ink, 0).top(), side[0] - room.left() - 16, ink.px(28))
        write(painter, label, "已退出", ink, colour=p.text2)

    def _join(self, painter: QPainter, above: QRectF, below: QRectF, ink: Ink) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink.palette.track))
        painter.drawPolygon(
            QPolygonF([QPointF(above.left(), above.bottom()), QPointF(above.right(), above.bottom()),
                       QPointF(below.right(), below.top()), QPointF(below.left(), below.top())])
        )  # fmt: skip

    def _sides(self, room: QRectF, ink: Ink) -> tuple[float, float]:
        """Where the names end and where the numbers at the right begin."""
        return room.left() + ink.px(90), room.right() - ink.px(84)

    def _slot(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        top = room.top() + ink.px(24)
        height = (room.bottom() - ink.px(36) - top) / len(self.data.steps)
        height = min(ink.px(58), max(float(ink.px(30)), height))
        return QRectF(room.left(), top + place * height, room.width(), height)

    def _bar(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        slot, (left, right) = self._slot(room, ink, place), self._sides(room, ink)
        step, total = self.data.steps[place], max(1, self.data.total)
        width = max(2.0, (right - left) * step.reached / total)
        height = slot.height() * 0.6
        return QRectF((left + right - width) / 2, slot.bottom() - height, width, height)

    def _there(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        slot, bar = self._slot(room, ink, place), self._bar(room, ink, place)
        return QRectF(room.right() - ink.px(70), bar.top(), ink.px(70), min(bar.height(), slot.height()))

    def _out(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        left = self._sides(room, ink)[0]
        last = self._slot(room, ink, len(self.data.steps) - 1)
        return QRectF(left + place * ink.px(110), last.bottom() + ink.px(8), ink.px(104), ink.px(28))
