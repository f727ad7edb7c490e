"""Draws laid-out pages: as a PDF, on a printer, as pictures. Works on any thread; where things stand is in flow.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from db.errors import MachineError
from db.machine import reason as why
from desktop.printing.flow import Pages
from desktop.printing.official import OfficialPages
from desktop.printing.paper import DPI, LABEL, LINES, THIN, Types

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


Paper = Pages | OfficialPages  # what can be shown, printed and written as PDF


def size_of(pages: Paper, number: int) -> tuple[float, float]:
    """Width and height of a page (from 0), in units."""
    if isinstance(pages, OfficialPages):
        return pages.size(number)
    return pages.sheet.width, pages.sheet.height


def draw_page(painter: QPainter, pages: Paper, number: int, types: Types) -> None:
    """One page (from 0) in its own units; the painter is scaled by whoever calls."""
    if isinstance(pages, OfficialPages):
        pages.draw(painter, number)
        return
    page = pages.pages[number]
    ground = QColor(LABEL)
    for x, y, width, height in page.fills:
        painter.fillRect(QRectF(x, y, width, height), ground)
    painter.setPen(QPen(QColor(LINES), THIN))
    for x1, y1, x2, y2 in page.rules:
        painter.drawLine(QLineF(x1, y1, x2, y2))
    now: tuple[float, bool, str] | None = None
    for x, y, text, points, strong, colour in page.words:
        if now != (points, strong, colour):
            now = (points, strong, colour)
            painter.setPen(QColor(colour))
            painter.setFont(types.of(points, strong).font)
        painter.drawText(QPointF(x, y), text)


def picture(pages: Paper, number: int, width: int) -> QImage:
    """A page as a picture of so many pixels across."""
    across, down = size_of(pages, number)
    scale = width / across
    image = QImage(width, round(down * scale), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    draw_page(painter, pages, number, Types())
    painter.end()
    return image


def page_layout(pages: Paper) -> QPageLayout:
    """A4 without margins, as the first page lies: ours are part of the pages."""
    return QPageLayout(QPageSize(QPageSize.PageSizeId.A4), _way(pages, 0), QMarginsF(0, 0, 0, 0))


def _way(pages: Paper, number: int) -> QPageLayout.Orientation:
    width, height = size_of(pages, number)
    return QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait


def write_pdf(
    pages: Paper, out: Path, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Path | None:
    """Write the document as a PDF: beside it first, then renamed. None where cancelled (nothing is left behind).

    MachineError where it cannot be written.
    """
    temporary = out.with_name(f".{uuid4().hex}.pdf.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
        writer = QPdfWriter(str(temporary))
        writer.setResolution(DPI)
        writer.setPageLayout(page_layout(pages))
        writer.setTitle(pages.document.title)
        writer.setCreator("千企台账")
        done = _draw_all(writer, pages, 1.0, range(pages.count), progress, cancelled)
        del writer
        if not done:
            return None
        if not temporary.read_bytes()[-32:].strip().endswith(b"%%EOF"):  # Qt does not tell of a full disk
            raise OSError("文件没有写完整")
        os.replace(temporary, out)
    except OSError as error:
        raise MachineError(
            f"没有写出“{out.name}”（{why(error)}）。", "请检查磁盘空间和权限，关掉正打开它的程序，或换一个文件夹。",
            "pdf_failed",
        ) from error  # fmt: skip
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return out


def print_pages(
    pages: Paper, printer: Any, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> int:
    """Send pages to a QPrinter (those its dialog chose); returns how many. MachineError where it takes none."""
    printer.setFullPage(True)
    first, last = printer.fromPage() or 1, printer.toPage() or pages.count
    chosen = range(max(1, first) - 1, min(last, pages.count))
    if not _draw_all(printer, pages, printer.resolution() / DPI, chosen, progress, cancelled):
        return 0
    return len(chosen)


def _draw_all(
    device: Any, pages: Paper, scale: float, chosen: Iterable[int], progress: Progress | None, cancelled: Cancelled | None
) -> bool:  # fmt: skip
    numbers, types, painter = list(chosen), Types(), QPainter()
    way = _way(pages, 0)  # as the device was set up
    if numbers and _way(pages, numbers[0]) != way:
        way = _way(pages, numbers[0])
        device.setPageOrientation(way)
    if not painter.begin(device):
        raise MachineError("打印没有开始。", "请检查打印机是否接好、是否有纸，或先存为 PDF。", "print_failed")
    try:
        painter.scale(scale, scale)
        for place, number in enumerate(numbers):
            if cancelled is not None and cancelled():
                return False
            if _way(pages, number) != way:
                way = _way(pages, number)
                device.setPageOrientation(way)
            if place and not device.newPage():
                raise MachineError("打印中断了。", "请检查打印机或磁盘空间，再试一次。", "print_failed")
            draw_page(painter, pages, number, types)
            if progress is not None:
                progress(place + 1, len(numbers), f"第 {number + 1} 页")
    finally:
        painter.end()
    return True
