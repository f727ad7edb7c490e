"""The board of indicators drawn for paper and for the clipboard: always light, all rows, with its coverage."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from db.progress import show_gap, show_number, show_pct
from db.rollup import IndicatorLine, Rollup
from desktop.pages.indicator_board_model import STATE, title
from desktop.style.theme import font
from desktop.style.tokens import LIGHT

WIDTH, ROW, HEAD, FOOT, MARGIN = 1160.0, 34.0, 64.0, 34.0, 24.0
# Name, value, target, unit, bar, completion, gap, state, coverage: left edge and width.
_PLACES = (
    (0, 300),
    (300, 100),
    (400, 100),
    (508, 60),
    (572, 250),
    (830, 84),
    (914, 80),
    (1006, 60),
    (1070, 42),
)
_HEADS = ("指标", "实际", "年度目标", "单位", "完成率（竖线为序时进度）", "完成率", "进度差", "状态", "覆盖")
_RIGHT = {1, 2, 5, 6}


def size(rollup: Rollup) -> QSizeF:
    """How large the drawing is, in 96-dpi pixels."""
    return QSizeF(WIDTH, 2 * MARGIN + HEAD + ROW * (len(rollup.indicators) + 1) + FOOT)


def image(rollup: Rollup, scale: float = 2.0) -> QImage:
    """The board as a picture, twice as fine as the screen, for pasting into a document or a chat."""
    wanted = size(rollup)
    picture = QImage(
        round(wanted.width() * scale), round(wanted.height() * scale), QImage.Format.Format_RGB32
    )
    picture.fill(QColor("#FFFFFF"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    draw(painter, rollup)
    painter.end()
    picture.setDotsPerMeterX(round(96 * scale / 0.0254))
    picture.setDotsPerMeterY(round(96 * scale / 0.0254))
    return picture


def set_page(printer: QPrinter) -> None:
    """A4 landscape, as the office prints its tables."""
    printer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(12, 12, 12, 12)
        )
    )


def print_to(printer: QPrinter, rollup: Rollup) -> bool:
    """One page; False where the printer would not start."""
    painter = QPainter()
    if not painter.begin(printer):
        return False
    page = printer.pageRect(QPrinter.Unit.DevicePixel)
    wanted = size(rollup)
    scale = min(page.width() / wanted.width(), page.height() / wanted.height())
    painter.scale(scale, scale)
    draw(painter, rollup)
    painter.end()
    return True


def draw(painter: QPainter, rollup: Rollup) -> None:
    """The whole board from the top left corner, in pixels of 96 dpi."""
    painter.translate(MARGIN, MARGIN)
    _text(painter, QRectF(0, 0, 900, 34), f"{rollup.region}数字经济{title(rollup)}", _face(22, True))
    note = f"{rollup.period.display()}　已报 {rollup.coverage.received}/{rollup.coverage.expected} 家单位"
    _text(painter, QRectF(0, 34, 900, 24), note, _face(13), LIGHT.text2)
    top = HEAD
    width = WIDTH - 2 * MARGIN
    painter.fillRect(QRectF(0, top, width, ROW), QColor(LIGHT.header))
    for place, words in enumerate(_HEADS):
        _text(painter, _cell(place, top), words, _face(13), LIGHT.text2, place in _RIGHT)
    _rule(painter, top + ROW)
    for line in rollup.indicators:
        top += ROW
        _draw_line(painter, line, top)
        _rule(painter, top + ROW)
    foot = "实际数由责任单位填报或按台账去重；“覆盖”为已报责任单位数/应报责任单位数。"
    _text(painter, QRectF(0, top + ROW + 6, width, 24), foot, _face(12), LIGHT.text2)


def _draw_line(painter: QPainter, line: IndicatorLine, top: float) -> None:
    p = line.progress
    cells = (
        f"{line.no}. {line.name}", show_number(line.value, line.decimals), show_number(p.target, line.decimals),
        line.unit, None, show_pct(p.completion), show_gap(p.gap), line.state,
        f"{line.units_reported}/{line.units_expected}",
    )  # fmt: skip
    tone = LIGHT.tone(STATE[line.state])
    for place, words in enumerate(cells):
        if words is None:
            _draw_bar(painter, _cell(place, top), line)
        else:
            colour = tone.text if place == 7 else LIGHT.text
            _text(painter, _cell(place, top), words, _face(14, place == 7), colour, place in _RIGHT)


def _draw_bar(painter: QPainter, room: QRectF, line: IndicatorLine) -> None:
    track = QRectF(room.left(), room.center().y() - 7, room.width(), 14)
    painter.fillRect(track, QColor(LIGHT.track))
    done, due = line.progress.completion, line.progress.time_progress
    if done is not None:
        share = min(1.0, max(0.0, float(done) / 100))
        state = STATE[line.state]
        colour = LIGHT.tone("info").full if state == "ok" else LIGHT.tone(state).full
        painter.fillRect(track.adjusted(0, 3, (share - 1) * track.width(), -3), QColor(colour))
    if due is not None:
        x = track.left() + track.width() * min(1.0, float(due) / 100)
        painter.fillRect(QRectF(x - 1, track.top() - 3, 2, track.height() + 6), QColor(LIGHT.tick))


def _cell(place: int, top: float) -> QRectF:
    left, width = _PLACES[place]
    return QRectF(left + 6, top, width - 12, ROW)


def _rule(painter: QPainter, y: float) -> None:
    painter.fillRect(QRectF(QPointF(0, y - 0.5), QSizeF(WIDTH - 2 * MARGIN, 0.8)), QColor(LIGHT.line))


def _face(pixels: int, strong: bool = False) -> QFont:
    return font(pixels, strong)


def _text(
    painter: QPainter, room: QRectF, words: str, face: QFont, colour: str = LIGHT.text, right: bool = False
) -> None:
    painter.setFont(face)
    painter.setPen(QColor(colour))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), words)
