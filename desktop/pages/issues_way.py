"""The way of a problem drawn line by line: when, who, which step, what was said. What the lines are is in actions/issue_way.py."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.actions.issue_way import Event
from desktop.style.paint import chip_size, paint_chip
from desktop.style.theme import font, notifier, tokens

_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWrapAnywhere
_GAP = 10
_TONE = {
    "登记": "neutral", "改状态": "neutral", "延期": "watch", "暂不能解决": "watch", "退回重办": "alarm", "反弹重办": "alarm",
    "退回交办": "watch", "办结": "ok", "销号": "ok", "回头看合格": "ok",
}  # fmt: skip


class WayView(QWidget):
    """One widget for all lines: two hundred labels that wrap would be felt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._events: Sequence[Event] = ()
        self._boxes: list[QRect] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        notifier().changed.connect(self._lay_out)

    def show_events(self, events: Sequence[Event]) -> None:
        """Other lines, in this order."""
        self._events = events
        told = "；".join(f"{event.at} {event.by} {event.word} {event.text}".strip() for event in events)
        self.setAccessibleName(f"办理进展，共 {len(events)} 条")
        self.setAccessibleDescription(told)
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(200, self._boxes[-1].bottom() + 1 if self._boxes else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def _lay_out(self) -> None:
        head, metrics = self._head(), QFontMetrics(font())
        room = QRect(0, 0, max(self.width(), 80), 1 << 20)
        y = 0
        self._boxes = []
        for each in self._events:
            text = metrics.boundingRect(room, int(_WRAP), each.text).height() if each.text else 0
            self._boxes.append(QRect(0, y, room.width(), head + (text + 2 if text else 0)))
            y = self._boxes[-1].bottom() + 1 + _GAP
        self.setFixedHeight(max(0, y - _GAP))
        self.update()

    def _head(self) -> int:
        return max(tokens().metrics.px(22), QFontMetrics(font(tokens().metrics.small)).lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        p, m = tokens().palette, tokens().metrics
        painter = QPainter(self)
        head, small = self._head(), QFontMetrics(font(m.small))
        for each, box in zip(self._events, self._boxes, strict=True):
            if not box.intersects(event.rect()):
                continue
            when = " ".join(part for part in (each.at, each.by) if part)
            chip = chip_size(each.word).width() + 6 if each.word else 0
            painter.setFont(font(m.small))
            painter.setPen(QColor(p.text2))
            words = small.elidedText(when, Qt.TextElideMode.ElideRight, max(20, int(box.width() - chip)))
            line = QRect(box.left(), box.top(), box.width(), head)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
            if each.word:
                left = small.horizontalAdvance(words) + 6 if words else 0
                paint_chip(
                    painter, QRectF(left, box.top(), chip, head), each.word, _TONE.get(each.word, "info")
                )
            painter.setFont(font())
            painter.setPen(QColor(p.text))
            painter.drawText(box.adjusted(0, head + 2, 0, 2), int(_WRAP), each.text)
        painter.end()
