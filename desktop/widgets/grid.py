"""Who has handed in what: units across, registers down (or one line), each cell a word on its colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.chart_base import Chart


@dataclass(frozen=True)
class GridCell:
    """按时, 迟报, 未报, 零报 … and its state; `told` is the tooltip."""

    word: str
    state: str = "neutral"
    told: str = ""


class CompletenessGrid(Chart):
    """`cell_clicked(unit key, row key)`. Arrows move, Enter clicks."""

    cell_clicked = Signal(str, str)
    stood_on = Signal(QPoint)  # the middle of the cell that the keyboard came to, for whatever scrolls

    def __init__(self, name: str = "报送情况", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._units: Sequence[tuple[str, str]] = ()
        self._rows: Sequence[tuple[str, str]] = ()
        self._cells: dict[tuple[str, str], GridCell] = {}
        self._marked = ""
        self._wide: tuple[str, float] = ("", 0.0)
        # How many lines a long name over a column or beside a row may take; with more than one, names stand in full.
        self.head_lines = self.side_lines = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda index: self.cell_clicked.emit(*self._keys(index)))

    def set(
        self,
        units: Sequence[tuple[str, str]],
        cells: dict[tuple[str, str], GridCell],
        rows: Sequence[tuple[str, str]] = (("", ""),),
        marked: str = "",
    ) -> None:
        """(key, name) of units and rows; `cells` by (unit key, row key). One row without a name is one line.

        `marked`: the key of the column that stands out. The point that the keyboard is on stays where the grid is the same.
        """
        same = [key for key, _ in units] == [key for key, _ in self._units]
        same = same and [key for key, _ in rows] == [key for key, _ in self._rows]
        self._units, self._rows, self._cells, self._marked = units, rows, cells, marked
        self._wide = ("", 0.0)
        self._at = self._at if same else None
        self.updateGeometry()
        self.describe()

    def _keys(self, index: int) -> tuple[str, str]:
        line, column = divmod(index, len(self._units))
        return self._units[column][0], self._rows[line][0]

    def points(self) -> int:
        return len(self._units) * len(self._rows)

    def _move_to(self, index: int | None) -> None:
        super()._move_to(index)
        if index is not None and self.hasFocus():
            self.stood_on.emit(self._cell_rect(index).center().toPoint())

    def stand_on(self, unit: str, row: str) -> None:
        """Put the keyboard's point on a cell, where there is such a one."""
        columns, rows = [key for key, _ in self._units], [key for key, _ in self._rows]
        if unit in columns and row in rows:
            self._at = rows.index(row) * len(columns) + columns.index(unit)
            self.update()

    def step_of(self, key: Qt.Key) -> int:
        across = len(self._units)
        return {Qt.Key.Key_Up: -across, Qt.Key.Key_Down: across}.get(key, super().step_of(key))

    def told(self, index: int) -> str:
        unit, row = self._keys(index)
        names = [dict(self._units)[unit], dict(self._rows)[row]]
        cell = self._cells.get((unit, row))
        words = "没有数据" if cell is None else cell.told or cell.word
        return " ".join(name for name in names if name) + "\n" + words

    def sizeHint(self) -> QSize:
        return QSize(400, self._head() + max(1, len(self._rows)) * self._line())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.head_lines > 1:  # narrower columns, higher names
            self.updateGeometry()

    def _head(self) -> int:
        metrics = tokens().metrics
        if self.head_lines == 1 or not self._units:
            return metrics.px(22)
        face = QFontMetrics(font(metrics.tiny, strong=True))
        room = max(1, int(self._cell_width()))
        lines = max(_lines(face.horizontalAdvance(name), room, face) for _, name in self._units)
        return metrics.px(6) + min(lines, self.head_lines) * face.height()

    def _line(self) -> int:
        metrics = tokens().metrics
        if self.side_lines > 1:
            return metrics.px(4) + self.side_lines * QFontMetrics(font(metrics.small)).height()
        return metrics.px(28 if len(self._rows) < 2 else 30)

    def _side(self) -> float:
        face = self.font().key()
        if self._wide[0] != face:  # asked for by every cell: measured once
            widest = max((self.fontMetrics().horizontalAdvance(name) for _, name in self._rows), default=0)
            self._wide = (face, float(widest + 16 if widest else 0))
        return self._wide[1] if self.side_lines == 1 else min(self._wide[1], self.width() * _SIDE_SHARE)

    def _gap(self) -> float:
        return 6.0 if len(self._units) <= 16 else 3.0

    def _cell_width(self) -> float:
        return (self.width() - self._side() + self._gap()) / max(1, len(self._units)) - self._gap()

    def _cell_rect(self, index: int) -> QRectF:
        line, column = divmod(index, max(1, len(self._units)))
        width = self._cell_width()
        left = self._side() + column * (width + self._gap())
        return QRectF(left, self._head() + line * self._line() + 1, width, self._line() - 2)

    def point_at(self, x: float, y: float) -> int | None:
        across = len(self._units)
        line = int((y - self._head()) // self._line()) if y >= self._scrolled() + self._head() else -1
        if not across or not 0 <= line < len(self._rows):
            return None
        found = range(line * across, (line + 1) * across)
        return next((n for n in found if self._cell_rect(n).contains(x, y)), None)

    def place_of(self, index: int) -> QPoint:
        rect = self._cell_rect(index)
        return QPoint(round(rect.center().x()), round(rect.bottom()))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        painter = QPainter(self)
        self._paint_rows(painter, event)
        if top := self._scrolled():
            painter.fillRect(QRectF(0, top, self.width(), self._head()), QColor(look.palette.card))
        self._paint_head(painter, top)
        painter.end()

    def _scrolled(self) -> int:
        """How far the grid is scrolled up: its header stays in sight."""
        area = self.visibleRegion().boundingRect()
        return area.top() if area.height() < self.height() else 0

    def _paint_head(self, painter: QPainter, top: int) -> None:
        look = tokens()
        metrics = look.metrics
        for column, (key, name) in enumerate(self._units):
            rect = self._cell_rect(column)
            marked = bool(self._marked) and key == self._marked
            painter.setFont(font(metrics.tiny, strong=marked))
            painter.setPen(QColor(look.palette.accent if marked else look.palette.text2))
            over = 2 if self.head_lines == 1 else 0  # names of more lines would touch each other
            room = QRectF(rect.left() - over, top, rect.width() + 2 * over, self._head())
            words = _fitted(painter.fontMetrics(), name, int(room.width()), self.head_lines)
            painter.drawText(room, _CENTRE | _WRAPPED, words)

    def _paint_rows(self, painter: QPainter, event: QPaintEvent) -> None:
        look = tokens()
        metrics = look.metrics
        for line, (_, name) in enumerate(self._rows):
            rect = self._cell_rect(line * len(self._units))
            painter.setFont(font(metrics.small))
            painter.setPen(QColor(look.palette.text))
            room = QRectF(0, rect.top(), self._side() - (8 if self.side_lines > 1 else 0), rect.height())
            if self.side_lines > 1:
                name = _fitted(painter.fontMetrics(), name, int(room.width()), self.side_lines)
            flags = int(Qt.AlignmentFlag.AlignVCenter) | (_WRAPPED if self.side_lines > 1 else 0)
            painter.drawText(room, flags, name)
        across, exposed = len(self._units), event.rect()
        for line in range(len(self._rows)):
            top = self._head() + line * self._line()
            if top <= exposed.bottom() and top + self._line() >= exposed.top():
                for index in range(line * across, (line + 1) * across):
                    self._paint_cell(painter, index)

    def _paint_cell(self, painter: QPainter, index: int) -> None:
        look = tokens()
        rect = self._cell_rect(index)
        cell = self._cells.get(self._keys(index))
        tone = look.palette.tone(cell.state if cell and cell.state else "neutral")
        border = look.palette.accent if index == self._at else None
        # Where nothing is due there is a dash and no ground of its own.
        ground = tone.soft if cell is None or cell.state else "#00000000"
        rounded(painter, rect, 3, ground, border)
        if cell is not None:
            painter.setFont(font(look.metrics.tiny))
            painter.setPen(QColor(tone.text))
            room = rect.adjusted(2, 0, -2, 0)
            words = painter.fontMetrics().elidedText(
                cell.word, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, _CENTRE, words)


_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_WRAPPED = int(Qt.TextFlag.TextWrapAnywhere)
_SIDE_SHARE = 0.36  # of the width, for names of rows that may take more than one line


def _lines(wide: float, room: int, face: QFontMetrics) -> int:
    """Lines that a text so wide takes, broken anywhere: at the end of each there may be less than a character left."""
    em = face.horizontalAdvance("国")
    return max(1, math.ceil(wide / max(em, room // em * em)))


def _fitted(face: QFontMetrics, text: str, room: int, lines: int) -> str:
    """The text, with “…” where it would take more lines than there are."""
    if lines == 1:
        return face.elidedText(text, Qt.TextElideMode.ElideRight, room)
    em = face.horizontalAdvance("国")
    return face.elidedText(text, Qt.TextElideMode.ElideRight, max(em, room // em * em) * lines)
