"""Bullet bars: an indicator a row, its 完成率 as a bar, 序时进度 as a stroke across it, the state in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from db.analysis_indicators import Bullet, Bullets
from db.progress import show_gap, show_number, show_pct
from desktop.widgets.drawing import LEFT, RIGHT, Drawing, Ink, Mark, box, chip, rule, width_of, write

STATE = {"正常": "ok", "关注": "watch", "预警": "alarm"}
_MOST = 1.2  # shares above are cut; the figure beside the bar tells the whole


@dataclass(frozen=True)
class _Column:
    key: str
    word: str
    width: float  # at 14 px; 0 takes what is left
    align: Qt.AlignmentFlag
    shown: Callable[[Bullet], str]
    rank: int  # the highest give way first where it is narrow


_COLUMNS = (
    _Column("name", "指标", 200, LEFT, lambda b: f"{b.no}. {b.name}", 0),
    _Column("value", "实际", 76, RIGHT, lambda b: show_number(b.value, b.places), 0),
    _Column("target", "年度目标", 80, RIGHT, lambda b: show_number(b.target, b.places), 1),
    _Column("unit", "单位", 46, LEFT, lambda b: b.unit, 2),
    _Column("bar", "完成率（竖线为序时进度）", 0, LEFT, lambda b: "", 0),
    _Column("completion", "完成率", 60, RIGHT, lambda b: show_pct(b.completion), 0),
    _Column("gap", "进度差", 54, RIGHT, lambda b: show_gap(b.gap), 3),
    _Column("state", "状态", 68, LEFT, lambda b: b.state, 0),
    _Column("coverage", "覆盖", 38, LEFT, lambda b: b.coverage, 4),
)
_GAP = 12
_HEAD = 28
_LOW = 19  # px the rows keep
_BAR = 110  # px the bars keep before a column gives way


class BulletDrawing(Drawing):
    name = "指标完成情况"

    def __init__(self, data: Bullets) -> None:
        self.about, self.rows = data.about, data.rows

    @property
    def empty(self) -> str:
        return "" if self.rows else "本单位不填报指标；走访、问题、培育、上云见其他各页。"

    def wanted(self, width: float, ink: Ink) -> float:
        return ink.px(_HEAD) + ink.px(32) * max(1, len(self.rows))

    def least(self, ink: Ink) -> float:
        return ink.px(560)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        return [
            Mark(self._line(room, ink, place), row.told, row.rows, place, 0)
            for place, row in enumerate(self.rows)
        ]

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        p = ink.palette
        places = self._places(room, ink)
        head = QRectF(room.left(), room.top(), room.width(), ink.px(_HEAD))
        painter.fillRect(head, QColor(p.header))
        for column, cell in places:
            inside = QRectF(cell.left(), head.top(), cell.width(), head.height())
            heads = (column.word, "竖线为序时进度", column.word[:3])
            word = next((w for w in heads if width_of(w, ink, ink.tiny) <= inside.width()), heads[-1])
            write(painter, inside, word, ink, size=ink.tiny, colour=p.text2, align=column.align)
        rule(painter, room.left(), room.right(), head.bottom(), p.line)
        for place, row in enumerate(self.rows):
            line = self._line(room, ink, place)
            for column, cell in places:
                inside = QRectF(cell.left(), line.top(), cell.width(), line.height())
                if column.key == "bar":
                    self._bar(painter, inside, row, ink)
                elif column.key == "state":
                    chip(painter, inside, row.state, STATE.get(row.state, "neutral"), ink)
                elif column.key == "name":
                    words = column.shown(row)
                    long = width_of(words, ink) > inside.width()
                    write(painter, inside, words, ink, size=ink.tiny if long else ink.small, wrap=long)
                else:
                    quiet = column.key in ("unit", "coverage")
                    size = ink.tiny if quiet else ink.small
                    write(painter, inside, column.shown(row), ink, size=size, colour=p.text2 if quiet else p.text, align=column.align)  # fmt: skip
            rule(painter, room.left(), room.right(), line.bottom(), p.line)

    def _bar(self, painter: QPainter, room: QRectF, row: Bullet, ink: Ink) -> None:
        p, height = ink.palette, float(ink.px(16))
        track = QRectF(room.left(), room.center().y() - height / 2, room.width(), height)
        box(painter, track, p.track)
        full = self._scale()
        if row.completion is not None and row.completion > 0:
            bar = track.adjusted(0, ink.px(4), 0, -ink.px(4))
            bar.setWidth(max(2.0, track.width() * min(float(row.completion) / 100, _MOST) / full))
            state = STATE.get(row.state, "info")
            box(painter, bar, p.tone("info" if state == "ok" else state).full)
        if full > 1:  # where some are beyond the target, it is marked
            x = track.left() + track.width() / full
            painter.fillRect(QRectF(x - 0.5, track.top(), 1, height), QColor(p.edge))
        if row.due is not None and row.completion is not None:
            share = min(max(float(row.due) / 100, 0.0), _MOST) / full
            x = min(track.left() + track.width() * share, track.right() - 2)
            painter.fillRect(QRectF(x - 1, track.top() - 2, 2, height + 4), QColor(p.tick))

    def _scale(self) -> float:
        """How much the whole track stands for: the target, or a fifth more where an indicator is beyond it."""
        highest = max(
            (float(row.completion) / 100 for row in self.rows if row.completion is not None), default=0.0
        )
        return _MOST if highest > 1.005 else 1.0

    def _line(self, room: QRectF, ink: Ink, place: int) -> QRectF:
        top = room.top() + ink.px(_HEAD)
        # Rows spread over what room there is, within reason.
        height = (room.bottom() - top) / max(1, len(self.rows))
        height = min(ink.px(38), max(ink.px(_LOW) * 0.94, height))
        return QRectF(room.left(), top + place * height, room.width(), height)

    def _places(self, room: QRectF, ink: Ink) -> list[tuple[_Column, QRectF]]:
        """The columns there is room for, with their left edges and widths."""
        columns = [c for c in _COLUMNS if c.key != "coverage" or any(row.coverage for row in self.rows)]

        def fixed() -> float:
            return sum(ink.px(c.width + _GAP) for c in columns) + ink.px(_GAP)

        while fixed() + ink.px(_BAR) > room.width() and any(c.rank for c in columns):
            columns.remove(max(columns, key=lambda c: c.rank))
        left = room.width() - fixed()
        # Of what is to spare the names take a part: a name in one line reads better than a longer bar.
        # Cut it must not be as long as the bars keep the least that tells something.
        names = [f"{row.no}. {row.name}" for row in self.rows]
        own, spare = ink.px(_COLUMNS[0].width), left - ink.px(_BAR)
        easy = max((width_of(name, ink) for name in names), default=0.0) + 4 - own
        tight = max((width_of(name, ink, ink.tiny) for name in names), default=0.0) + 4 - own
        more = max(0.0, min(easy, spare - ink.px(_BAR) * 0.9), min(tight, spare - ink.px(_BAR) * 0.1))
        x, found = room.left() + ink.px(_GAP), []
        for column in columns:
            width = ink.px(column.width) if column.width else max(float(ink.px(60)), left - more)
            width += more if column.key == "name" else 0
            found.append((column, QRectF(x, 0, width, 0)))
            x += width + ink.px(_GAP)
        return found
