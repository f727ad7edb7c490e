"""A drawing as a widget: hover or the arrow keys tell a figure, a click or Enter leads to its rows. Drawn once, kept as a pixmap."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from desktop.style.theme import notifier, tokens
from desktop.widgets.chart_base import Chart
from desktop.widgets.drawing import CENTRE, Drawing, Ink, Mark, screen, write

_UNKNOWN = 96  # px of height before a drawing is there
_TOLD = 60  # marks read aloud at once; the arrow keys tell them all


class Picture(Chart):
    """`show_drawing`, then `rows_asked(Rows)` when somebody wants the rows behind a mark, `at_changed(Mark or None)`."""

    rows_asked = Signal(object)
    at_changed = Signal(object)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.drawing: Drawing | None = None
        self._marks: list[Mark] | None = []  # None: to be laid out when somebody asks
        self._kept: QPixmap | None = None
        self._least: int | None = None
        self._by_keys = False  # whether the keyboard came here: only then is that shown before a mark is
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clicked.connect(self._ask)
        notifier().changed.connect(self._restyle)

    def show_drawing(self, drawing: Drawing) -> None:
        """Another drawing; the same place stays pointed at where there still is one."""
        before = self.at
        self.drawing = drawing
        self._name = drawing.about.title
        self._lay_out()
        self._at = None
        if before is not None and self.hasFocus():
            self._at = next((n for n, m in enumerate(self.marks) if (m.row, m.column) == (before.row, before.column)), None)  # fmt: skip
        self.updateGeometry()
        self.describe()

    def set_least(self, height: int) -> None:
        """The lowest it may become, where the drawing would like more."""
        self._least = height
        self.updateGeometry()

    @property
    def marks(self) -> list[Mark]:
        """In reading order, where they lie at the present size."""
        if self._marks is None:
            drawing = self.drawing
            self._marks = [] if drawing is None or drawing.empty else drawing.marks(self._room(), screen())
        return self._marks

    @property
    def at(self) -> Mark | None:
        """The mark that is pointed at."""
        return self.marks[self._at] if self._at is not None and self._at < len(self.marks) else None

    @property
    def painted(self) -> bool:
        """Whether what it shows has been drawn."""
        return self.drawing is not None and self._kept is not None

    def point_to(self, index: int | None) -> None:
        """Point at a mark, as the arrow keys do."""
        self._move_to(index)

    # What the base asks.

    def points(self) -> int:
        return len(self.marks)

    def point_at(self, x: float, y: float) -> int | None:
        # The last drawn lies on top; the smallest of several is what is meant.
        hits = [
            (m.rect.width() * m.rect.height(), n) for n, m in enumerate(self.marks) if m.rect.contains(x, y)
        ]
        return min(hits)[1] if hits else None

    def place_of(self, index: int) -> QPoint:
        rect = self.marks[index].rect
        return QPoint(round(rect.center().x()), round(rect.top()))

    def told(self, index: int) -> str:
        words = self.marks[index].told
        return f"{words}\n（单击或按回车看明细）" if self.marks[index].rows else words

    def describe(self) -> None:
        drawing = self.drawing
        said = "；".join(mark.told.replace("\n", "，") for mark in self.marks[:_TOLD])
        more = f"；等 {len(self.marks)} 处，用方向键逐个查看" if len(self.marks) > _TOLD else ""
        about = drawing.about if drawing is not None else None
        self.setAccessibleName(self._name)
        words = (about.note if about else "", drawing.empty if drawing else "", said + more)
        self.setAccessibleDescription("。".join(part for part in words if part))
        self._kept = None
        self.update()

    def _move_to(self, index: int | None) -> None:
        before = self._at
        super()._move_to(index)
        if self._at != before:
            self.at_changed.emit(self.at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key in steps and self.marks:
            self._move_to(self._next(*steps[key]))
            self._reveal()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.marks:
            self._move_to(0 if key == Qt.Key.Key_Home else len(self.marks) - 1)
            self._reveal()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.clicked.emit(self._at)
        else:
            QWidget.keyPressEvent(self, event)

    def _next(self, down: int, across: int) -> int:
        """The mark the arrow keys reach: in the row the next one there is, in another row the nearest."""
        if self._at is None or self._at >= len(self.marks):
            return 0
        now = self.marks[self._at]
        if across:
            row = sorted((m.column, n) for n, m in enumerate(self.marks) if m.row == now.row)
            place = [n for _, n in row].index(self._at) + across
            return row[max(0, min(len(row) - 1, place))][1]
        rows = sorted({m.row for m in self.marks})
        wanted = rows[max(0, min(len(rows) - 1, rows.index(now.row) + down))]
        there = [(abs(m.column - now.column), n) for n, m in enumerate(self.marks) if m.row == wanted]
        return min(there)[1]

    def _reveal(self) -> None:
        """Scroll the page so that the mark the keys reached is seen."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and self.at is not None and area.widget() is not None:
            centre = self.mapTo(area.widget(), self.at.rect.center().toPoint())
            area.ensureVisible(centre.x(), centre.y(), 24, round(self.at.rect.height() / 2) + 24)

    def _ask(self, index: int) -> None:
        if index < len(self.marks) and self.marks[index].rows:
            self.rows_asked.emit(self.marks[index].rows)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    # Sizes and painting.

    def sizeHint(self) -> QSize:
        # What it needs, not what it would like: it grows by itself, and a page is no taller than it must be.
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        ink = screen()
        if self.drawing is None:  # as large as it will be: what stands beside it is not drawn twice
            return QSize(200, ink.px(self._least or _UNKNOWN))
        wide = 200 if self.drawing.empty else round(min(self.drawing.least(ink), ink.px(560)))
        wanted = round(self._wanted(float(max(self.width(), 480))))
        return QSize(wide, wanted if self._least is None else min(wanted, ink.px(self._least)))

    def _wanted(self, width: float) -> float:
        assert self.drawing is not None
        ink = screen()
        return float(ink.px(96)) if self.drawing.empty else self.drawing.wanted(width, ink)

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -2)

    def _lay_out(self) -> None:
        self._marks = self._kept = None

    def _restyle(self) -> None:
        self._lay_out()
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = screen()
        if self.drawing is not None:
            if self._kept is None or self._kept.devicePixelRatioF() != self.devicePixelRatioF():
                self._kept = self._drawn(ink)
            painter.drawPixmap(0, 0, self._kept)
            if self.at is not None:
                self.drawing.point(painter, self._room(), ink, self.at)
        if self.hasFocus() and self._at is None and self._by_keys:
            self.paint_focus(painter)
        painter.end()

    def _drawn(self, ink: Ink) -> QPixmap:
        assert self.drawing is not None
        ratio = self.devicePixelRatioF()
        kept = QPixmap(self.size() * ratio)
        kept.setDevicePixelRatio(ratio)
        kept.fill(QColor(tokens().palette.card))
        painter = QPainter(kept)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        if self.drawing.empty:
            write(
                painter,
                self._room(),
                self.drawing.empty,
                ink,
                colour=ink.palette.text2,
                align=CENTRE,
                wrap=True,
            )
        else:
            self.drawing.paint(painter, self._room(), ink)
        painter.end()
        return kept
