"""Small drawings shared by widgets and table cells: chips, bars against a target, rounded boxes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from desktop.style.theme import font, tokens


def rounded(painter: QPainter, rect: QRectF, radius: float, fill: str, border: str | None = None) -> None:
    """A rounded box, crisp at its border."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill))
    if border:
        painter.setPen(QPen(QColor(border), 1))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)
    painter.restore()


def chip_size(word: str) -> QSizeF:
    """How much room a chip with this word takes."""
    m = tokens().metrics
    return QSizeF(QFontMetricsF(font(m.tiny)).horizontalAdvance(word) + 20, m.px(22))


def paint_chip(painter: QPainter, rect: QRectF, word: str, state: str, chosen: bool = False) -> QRectF:
    """A pill with a word on its soft ground at the left of `rect`, centred in height; returns where it lies.

    `chosen`: it lies in the row that is selected, whose blue would swallow a blue or grey pill.
    """
    if not word:
        return QRectF()
    tone = tokens().palette.tone(state)
    size = chip_size(word)
    width = min(size.width(), rect.width())
    pill = QRectF(rect.left(), rect.center().y() - size.height() / 2, width, size.height())
    lost = chosen and state not in ("ok", "watch", "alarm")
    rounded(painter, pill, size.height() / 2, tokens().palette.card if lost else tone.soft)
    painter.save()
    painter.setFont(font(tokens().metrics.tiny))
    painter.setPen(QColor(tone.text))
    room = pill.adjusted(8, 0, -8, 0)
    text = word
    if width < size.width():
        text = QFontMetricsF(painter.font()).elidedText(word, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return pill


def bar_colour(state: str) -> str:
    """The colour of a bar: blue unless something is behind, so that the eye goes to what is."""
    palette = tokens().palette
    return palette.tone("info" if state in ("ok", "neutral", "", "info") else state).full


def paint_bar(
    painter: QPainter, rect: QRectF, share: float | None, tick: float | None, state: str = ""
) -> QRectF:
    """A bar of `share` (1.0 = the whole track) with a tick; over-fulfilment fills the track. Returns the track."""
    palette, m = tokens().palette, tokens().metrics
    height = m.px(14)
    track = QRectF(rect.left(), rect.center().y() - height / 2, rect.width(), height)
    rounded(painter, track, 2, palette.track)
    if share is not None and share > 0:
        inset = m.px(3)
        bar = track.adjusted(0, inset, 0, -inset)
        bar.setWidth(max(2.0, track.width() * min(share, 1.0)))
        rounded(painter, bar, 2, bar_colour(state))
    if tick is not None:
        x = track.left() + track.width() * min(max(tick, 0.0), 1.0)
        painter.fillRect(
            QRectF(min(x, track.right() - 1) - 1, track.top() - 2, 2, height + 4), QColor(palette.tick)
        )
    return track


def paint_line(
    painter: QPainter, points: list[QPointF], colour: str, width: float, dashed: bool = False
) -> None:
    """A line through points, dashed for what is expected rather than known."""
    if len(points) < 2:
        return
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    pen = QPen(QColor(colour), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashed else Qt.PenCapStyle.RoundCap)
    if dashed:
        pen.setDashPattern([4, 3])
    painter.strokePath(path, pen)
