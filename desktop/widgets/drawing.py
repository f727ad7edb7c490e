"""What every picture of 分析 is drawn with: the ink (colours, sizes, fonts), marks that tell and lead, title and note around it.

A drawing is painted alike on the screen, for the clipboard, on paper and into a document; only the ink differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from db.analysis import About, Rows
from desktop.style.fonts import chinese_families, strong_weight, ui_font
from desktop.style.theme import tokens
from desktop.style.tokens import LIGHT, Metrics, Palette, contrast

_EMPTY = 110  # px of a picture that has nothing to show but a sentence
LEFT, RIGHT, CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
# Series beside each other, told apart by light and dark too, so that they part without colour.
_SERIES = {
    False: ("#1F5FBF", "#7FA8E3", "#0E3A7D", "#B9CFEF"),
    True: ("#4C8CE8", "#2D4F86", "#9CC3FF", "#5A6E8C"),
}


@cache
def _face(size: int, strong: bool) -> QFont:
    face = ui_font(size)
    if strong:
        face.setWeight(QFont.Weight(strong_weight(chinese_families())))
    return face


@dataclass(frozen=True)
class Ink:
    """Colours and sizes to draw with. `paper`: no soft grounds that a copier swallows."""

    palette: Palette
    metrics: Metrics
    dark: bool = False
    paper: bool = False

    def px(self, length: float) -> int:
        return self.metrics.px(length)

    def font(self, size: int | None = None, strong: bool = False) -> QFont:
        return _face(self.metrics.text if size is None else size, strong)

    @property
    def tiny(self) -> int:
        return self.metrics.tiny

    @property
    def small(self) -> int:
        return self.metrics.small

    def series(self, place: int) -> str:
        """The colour of one of several series."""
        colours = _SERIES[self.dark]
        return colours[place % len(colours)]

    def ramp(self, part: float) -> str:
        """From the ground (0) to the full blue (1): the more, the deeper."""
        p = self.palette
        return mix(p.card, p.tone("info").full, 0.16 + 0.78 * min(1.0, max(0.0, part)))

    def on(self, colour: str) -> str:
        """Text that can be read on a colour."""
        return max("#FFFFFF", "#000000", key=lambda text: contrast(text, colour))


def screen() -> Ink:
    """The look now in force."""
    look = tokens()
    return Ink(look.palette, look.metrics, look.dark)


def paper() -> Ink:
    """Black on white, at the usual size of text."""
    plain = replace(
        LIGHT,
        text="#000000",
        text2="#333333",
        text3="#444444",
        line="#C8CED6",
        header="#F2F4F7",
        ghost="#98A2B0",
    )
    return Ink(plain, Metrics(), paper=True)


def mix(one: str, other: str, part: float) -> str:
    """A colour between two: `part` 0 is the first, 1 the other."""
    a, b = (tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in (one, other))
    return "#" + "".join(f"{round(x + (y - x) * part):02X}" for x, y in zip(a, b, strict=True))


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a picture that tells its figure and leads to its rows. `row`, `column`: where the arrow keys find it."""

    rect: QRectF
    told: str
    rows: Rows
    row: int = 0
    column: int = 0


class Drawing:
    """One picture. `about` says what it is; `empty` why there is nothing to see (words), or nothing."""

    about: About
    name = ""  # what the picture is, in a word, for its accessible name

    @property
    def empty(self) -> str:
        return ""

    def wanted(self, width: float, ink: Ink) -> float:
        """How high it would like to be at a width."""
        raise NotImplementedError

    def least(self, ink: Ink) -> float:
        """The width below which it can not be read."""
        return ink.px(420)

    def marks(self, room: QRectF, ink: Ink) -> list[Mark]:
        """In reading order."""
        raise NotImplementedError

    def paint(self, painter: QPainter, room: QRectF, ink: Ink) -> None:
        """Draw into `room`."""
        raise NotImplementedError

    def point(self, painter: QPainter, room: QRectF, ink: Ink, at: Mark) -> None:
        """Draw over it what shows that a mark is pointed at."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ink.palette.accent), 2))
        painter.drawRoundedRect(at.rect.adjusted(1, 1, -1, -1), 3, 3)


def write(
    painter: QPainter,
    room: QRectF,
    words: str,
    ink: Ink,
    *,
    size: int | None = None,
    strong: bool = False,
    colour: str = "",
    align: Qt.AlignmentFlag = LEFT,
    wrap: bool = False,
) -> None:
    """Words in a room, shortened with … where they do not fit (or broken into lines)."""
    if not words or room.width() <= 2:
        return
    painter.setFont(ink.font(ink.small if size is None else size, strong))
    painter.setPen(QColor(colour or ink.palette.text))
    metrics = painter.fontMetrics()
    lines = int(room.height() / metrics.lineSpacing()) if wrap else 1
    if lines > 1:
        if metrics.horizontalAdvance(words) > room.width() * (lines - 0.15):
            width = int(room.width() * (lines - 0.3))
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
        painter.drawText(room, _flags(align, True), words)
        return
    if metrics.horizontalAdvance(words) > room.width():
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, _flags(align, False), words)


@cache  # joining flags of Qt in Python takes as long as drawing the words
def _flags(align: Qt.AlignmentFlag, wrap: bool) -> int:
    lines = Qt.TextFlag.TextWrapAnywhere if wrap else Qt.TextFlag.TextSingleLine
    return int(align | _MIDDLE | lines)


def width_of(words: str, ink: Ink, size: int | None = None, strong: bool = False) -> float:
    return QFontMetricsF(ink.font(ink.small if size is None else size, strong)).horizontalAdvance(words)


def box(painter: QPainter, room: QRectF, fill: str, radius: float = 2, border: str = "") -> None:
    """A filled, slightly rounded box."""
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(border), 1) if border else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5) if border else room, radius, radius)


def hatch(painter: QPainter, room: QRectF, colour: str) -> None:
    """What is shown but not counted."""
    painter.fillRect(room, Qt.GlobalColor.transparent)
    painter.setPen(QPen(QColor(colour), 1))
    painter.setBrush(QColor(colour))
    brush = painter.brush()
    brush.setStyle(Qt.BrushStyle.BDiagPattern)
    painter.setBrush(brush)
    painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))


def rule(painter: QPainter, x1: float, x2: float, y: float, colour: str) -> None:
    painter.fillRect(QRectF(x1, round(y), x2 - x1, 1), QColor(colour))


def chip(painter: QPainter, room: QRectF, word: str, state: str, ink: Ink) -> None:
    """A word on its soft ground, in the middle of the height; on paper with a border instead of trust in pale colours."""
    if not word:
        return
    tone = ink.palette.tone(state or "neutral")
    width = min(room.width(), width_of(word, ink, ink.tiny) + ink.px(16))
    height = min(float(ink.px(20)), room.height() - 3)
    pill = QRectF(room.left(), room.center().y() - height / 2, width, height)
    box(painter, pill, tone.soft, pill.height() / 2, tone.full if ink.paper else "")
    write(painter, pill.adjusted(4, 0, -4, 0), word, ink, size=ink.tiny, colour=tone.text, align=CENTRE)


def legend(painter: QPainter, room: QRectF, entries: Sequence[tuple[str, str, bool]], ink: Ink) -> None:
    """(words, colour, hatched) beside each other, from the left."""
    x = room.left()
    for words, colour, hatched in entries:
        square = QRectF(x, room.center().y() - ink.px(5), ink.px(14), ink.px(10))
        (hatch(painter, square, colour) if hatched else box(painter, square, colour))
        width = width_of(words, ink, ink.tiny) + 4
        write(painter, QRectF(square.right() + 6, room.top(), width, room.height()), words, ink, size=ink.tiny, colour=ink.palette.text2)  # fmt: skip
        x = square.right() + 6 + width + ink.px(14)


def legend_width(entries: Sequence[tuple[str, str, bool]], ink: Ink) -> float:
    return sum(width_of(words, ink, ink.tiny) + 4 + 6 + ink.px(28) for words, _, _ in entries)


# A whole picture: title, drawing, note.


def note_height(text: str, width: float, ink: Ink) -> float:
    if not text:
        return 0.0
    metrics = QFontMetricsF(ink.font(ink.tiny))
    found = metrics.boundingRect(QRectF(0, 0, width, 10_000), int(LEFT | Qt.TextFlag.TextWordWrap), text)
    return found.height() + ink.px(8)


def whole_height(drawing: Drawing, width: float, ink: Ink) -> float:
    """Of a picture with its title and note."""
    inner = ink.px(_EMPTY) if drawing.empty else drawing.wanted(width, ink)
    return ink.px(34) + inner + note_height(drawing.about.note, width, ink)


def paint_whole(painter: QPainter, drawing: Drawing, room: QRectF, ink: Ink, title: bool = True) -> None:
    """The picture with its title and unit above and its note below, as it stands by itself."""
    about, top = drawing.about, room.top()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    if title:
        head = QRectF(room.left(), top, room.width(), ink.px(26))
        unit = f"单位：{about.unit}" if about.unit else ""
        taken = width_of(unit, ink, ink.tiny) + 8 if unit else 0
        write(painter, head.adjusted(0, 0, -taken, 0), about.title, ink, size=ink.px(16), strong=True)
        write(painter, head, unit, ink, size=ink.tiny, colour=ink.palette.text2, align=RIGHT)
        top += ink.px(34)
    below = note_height(about.note, room.width(), ink)
    inner = QRectF(room.left(), top, room.width(), max(20.0, room.bottom() - below - top))
    if drawing.empty:
        write(painter, inner, drawing.empty, ink, colour=ink.palette.text2, align=CENTRE, wrap=True)
    else:
        drawing.paint(painter, inner, ink)
    if below:
        painter.setFont(ink.font(ink.tiny))
        painter.setPen(QColor(ink.palette.text2))
        foot = QRectF(room.left(), room.bottom() - below + ink.px(6), room.width(), below)
        painter.drawText(foot, int(LEFT | Qt.TextFlag.TextWordWrap), about.note)


def polyline(
    painter: QPainter, points: Sequence[QPointF], colour: str, width: float, dash: Sequence[float] = ()
) -> None:
    """A line through points; a single point is drawn as a dot, so that one month is seen too."""
    if len(points) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(points[0], width + 1, width + 1)
        return
    pen = QPen(QColor(colour), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(list(dash))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPolyline(list(points))
