"""Line icons drawn from our own stroke paths in any colour, sharp at every pixel ratio. No meaning, only pictures."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import read_json

_SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='{colour}' "
    "stroke-width='{width}' stroke-linecap='round' stroke-linejoin='round'>{body}</svg>"
)


@cache
def _paths() -> dict[str, str]:
    paths: dict[str, str] = read_json("icons/paths.json")
    return paths


def names() -> list[str]:
    """Every icon there is."""
    return sorted(_paths())


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str, width: float) -> QSvgRenderer:
    svg = _SVG.format(colour=colour, width=width, body=_paths()[name])
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(painter: QPainter, rect: QRectF, name: str, colour: str, width: float = 1.6) -> None:
    """Draw an icon into a square; KeyError for a name that does not exist."""
    _renderer(name, colour, width).render(painter, rect)


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int = 18, ratio: float = 1.0, width: float = 1.6) -> QPixmap:
    """An icon as a pixmap of `size` device-independent pixels at a device pixel ratio."""
    drawing = _renderer(name, colour, width)  # first: an unknown name must not leave a painter open
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str, size: int = 18, active: str | None = None, off: str | None = None) -> QIcon:
    """A QIcon for 100, 150 and 200 % screens; `active` colours the chosen state, `off` the disabled one."""
    made = QIcon()
    for ratio in (1.0, 1.5, 2.0):
        made.addPixmap(pixmap(name, colour, size, ratio))
        if active:
            made.addPixmap(pixmap(name, active, size, ratio), QIcon.Mode.Selected)
            made.addPixmap(pixmap(name, active, size, ratio), QIcon.Mode.Normal, QIcon.State.On)
        if off:
            made.addPixmap(pixmap(name, off, size, ratio), QIcon.Mode.Disabled)
    return made
