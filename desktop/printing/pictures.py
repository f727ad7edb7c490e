"""Pictures of 分析 without a window: as PNG for a document or the clipboard, as a page of A4 landscape for a printer or a PDF.

`picture_png(kind, data, width_mm, height_mm)` is for 季通报 and any other paper: kinds and what `data` is —

    bullets   db.analysis_indicators.bullets(session, month)           → Bullets
    trend     db.analysis_indicators.trend(session, no, month)          → Trend
    heat      db.analysis_units.heat(session, month)                    → Heat
    funnel    db.analysis_work.funnel(session, month)                   → Funnel
    ageing    db.analysis_work.ageing(session, month)[0 classes, 1 units] → Ageing
    cloud     db.analysis_growth.cloud_growth(session, month)           → CloudGrowth
    parks     db.analysis_growth.park_growth(session, month)            → ParkGrowth
    visits    db.analysis_visits.visit_months(session, month[, unit])   → VisitMonths

Black on white with the system's Chinese face; `title=False` leaves title and unit to the document.
Works with QT_QPA_PLATFORM=offscreen; a QGuiApplication is made where there is none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from db.errors import MachineError, UsageError
from desktop.widgets.ageing_drawing import AgeingDrawing
from desktop.widgets.bullet_drawing import BulletDrawing
from desktop.widgets.columns_drawing import CloudDrawing
from desktop.widgets.drawing import Drawing, paint_whole, paper, whole_height
from desktop.widgets.funnel_drawing import FunnelDrawing
from desktop.widgets.heat_drawing import HeatDrawing
from desktop.widgets.lines_drawing import TrendDrawing
from desktop.widgets.months_drawing import ParksDrawing, VisitsDrawing

KINDS: dict[str, Callable[[Any], Drawing]] = {
    "bullets": BulletDrawing,
    "trend": TrendDrawing,
    "funnel": FunnelDrawing,
    "ageing": AgeingDrawing,
    "cloud": CloudDrawing,
    "heat": HeatDrawing,
    "parks": ParksDrawing,
    "visits": VisitsDrawing,
}
_INCH = 25.4
_DOT = 96  # the drawings' own pixels per inch
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_app: QGuiApplication | None = None


def drawing_of(kind: str, data: Any) -> Drawing:
    """The drawing of one of KINDS. UsageError (“no_such_picture”) for another word."""
    if kind not in KINDS:
        raise UsageError(f"没有“{kind}”这种图。", f"可用的有：{'、'.join(KINDS)}。", "no_such_picture")
    return KINDS[kind](data)


def picture_png(
    kind: str,
    data: Any,
    width_mm: float,
    height_mm: float | None = None,
    dpi: int = 200,
    *,
    title: bool = True,
) -> bytes:
    """A picture as PNG of that size on paper; `height_mm` None: as high as it needs to be. UsageError: no such kind."""
    ensure_gui()
    drawing = drawing_of(kind, data)
    width = width_mm / _INCH * _DOT
    height = whole_height(drawing, width, paper()) if height_mm is None else height_mm / _INCH * _DOT
    image = picture_image(drawing, width, height, dpi / _DOT, title=title, margin=0)
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know bytes only, the binding text only
    return bytes(held.data())


def picture_image(
    drawing: Drawing, width: float, height: float | None = None, scale: float = 2.0, *, title: bool = True,
    margin: float = 20,
) -> QImage:  # fmt: skip
    """A picture `width` × `height` of 96-dpi pixels, drawn `scale` times as fine, with title and note."""
    ink = paper()
    inner = width - 2 * margin
    tall = whole_height(drawing, inner, ink) + 2 * margin if height is None else height
    image = QImage(round(width * scale), round(tall * scale), QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    dots = round(_DOT * scale / 0.0254)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    painter = QPainter(image)
    painter.scale(scale, scale)
    room = QRectF(margin, margin, inner, tall - 2 * margin)
    paint_whole(painter, drawing, room, ink, title)
    painter.end()
    return image


def landscape() -> QPageLayout:
    """A4 across with the margins of a table."""
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(12, 12, 12, 12),
        QPageLayout.Unit.Millimeter,
    )  # fmt: skip


def print_drawings(device: Any, drawings: Sequence[Drawing], foot: str = "") -> int:
    """A page for each on a QPrinter or QPdfWriter set to `landscape()`; how many. MachineError where it takes none.

    `foot` (unit, month, day printed) stands at the left under each picture, “第 n 页 共 m 页” at the right.
    """
    painter = QPainter()
    if not painter.begin(device):
        raise MachineError("打印没有开始。", "请检查打印机是否接好、是否有纸，或先存为 PDF。", "print_failed")
    ink = paper()
    try:
        for place, drawing in enumerate(drawings):
            if place and not device.newPage():
                raise MachineError("打印中断了。", "请检查打印机或磁盘空间，再试一次。", "print_failed")
            painter.save()
            scale = device.logicalDpiX() / _DOT
            page = QRectF(0, 0, device.width() / scale, device.height() / scale)
            painter.scale(scale, scale)
            below = ink.px(22)
            room = page.adjusted(0, 0, 0, -below - 8)
            # A tall picture is drawn smaller rather than cut; a low one keeps its shape at the top.
            wanted = whole_height(drawing, room.width(), ink)
            fit = min(1.0, room.height() / wanted)
            painter.save()
            painter.scale(fit, fit)
            paint_whole(painter, drawing, QRectF(0, 0, room.width() / fit, max(wanted, room.height() * 0.8) if fit == 1 else room.height() / fit), ink)  # fmt: skip
            painter.restore()
            painter.setFont(ink.font(ink.tiny))
            painter.setPen(QColor(ink.palette.text2))
            line = QRectF(page.left(), page.bottom() - below, page.width(), below)
            painter.drawText(line, 0x0001 | 0x0080, foot)
            painter.drawText(line, 0x0002 | 0x0080, f"第 {place + 1} 页　共 {len(drawings)} 页")
            painter.restore()
    finally:
        painter.end()
    return len(drawings)


def write_pdf(out: Path, drawings: Sequence[Drawing], title: str, foot: str = "") -> Path:
    """The pictures as a PDF of A4 landscape pages. MachineError where it cannot be written."""
    writer = QPdfWriter(str(out))
    writer.setResolution(300)
    writer.setPageLayout(landscape())
    writer.setTitle(title)
    writer.setCreator("千企台账")
    print_drawings(writer, drawings, foot)
    return out


def ensure_gui() -> None:
    """Fonts and pictures need a QGuiApplication; on the command line there is none yet."""
    global _app
    if QGuiApplication.instance() is None:
        if sys.platform == "linux" and not any(os.environ.get(name) for name in _SCREENS):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _app = QGuiApplication([sys.argv[0] or "qianqi"])
