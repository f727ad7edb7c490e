"""A bulletin on its pages as Word will set it: the blocks of the document laid out after GB/T 9704, for preview, printer and PDF.

What stands in it comes from returns/bulletin/compose.py, page and styles from returns/bulletin/layout.py; the document in
Word's own format stays the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QByteArray, QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from desktop.printing.blocks import Document
from desktop.printing.paper import DPI, mm
from desktop.printing.setting import Piece, Setter, Types, Word
from returns.bulletin import layout
from returns.bulletin.compose import Block, Grid, Imprint, Line, Picture, Run, Turn
from returns.bulletin.fonts import SONG
from returns.bulletin.layout import LOOKS, Look
from returns.bulletin.model import Column

RED = "#FF0000"
_CHAR = float(layout.CHAR) * DPI / 1440  # a character of the grid
PITCH = layout.LINE * DPI / 1440
_THIN, _THICK = 0.5 * DPI / 72, 1.0 * DPI / 72


def tw(twips: float) -> float:
    """Twips in units of 1/300 inch."""
    return twips * DPI / 1440


@dataclass(frozen=True, slots=True)
class Size:
    """A page: its paper and its type area, in units."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


def _size(turned: bool) -> Size:
    width, height = mm(float(layout.PAGE[0])), mm(float(layout.PAGE[1]))
    top, left, bottom, right = (
        mm(float(each)) for each in (layout.TOP, layout.LEFT, layout.BOTTOM, layout.RIGHT)
    )
    if turned:  # the binding edge is on top
        return Size(height, width, bottom, height - top, left, width - right)
    return Size(width, height, left, width - right, top, height - bottom)


UPRIGHT, TURNED = _size(False), _size(True)


@dataclass(slots=True)
class Sheet:
    """What is drawn on one page."""

    size: Size
    words: list[Word] = field(default_factory=list)
    rules: list[tuple[float, float, float, float, float, str]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float, bytes]] = field(default_factory=list)
    end: float = 0.0  # how far down the page what stands on it reaches


@dataclass(slots=True)
class _Strip:
    """What can not be parted: a line, a row, a picture. Words and rules count from its own top.

    `glued`: it stays with what follows; `header`: the row that comes again above it on a new page.
    """

    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[tuple[float, float, float, float, float, str]] = field(default_factory=list)
    picture: tuple[float, float, float, bytes] | None = None
    glued: bool = False
    fresh: bool = False
    header: _Strip | None = None


@dataclass(slots=True)
class OfficialPages:
    """The pages; `document` names them for the preview and the PDF."""

    document: Document
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.sheets)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page (from 0), in units."""
        sheet = self.sheets[number].size
        return sheet.width, sheet.height

    def draw(self, painter: QPainter, number: int) -> None:
        """One page in its own units; the painter is scaled by whoever calls."""
        sheet, types = self.sheets[number], Types()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for x, y, width, height, png in sheet.pictures:
            image = QImage.fromData(QByteArray(png))
            painter.drawImage(QRectF(x, y, width, height), image)
        for x1, y1, x2, y2, thick, colour in sheet.rules:
            painter.setPen(QPen(QColor(colour), thick))
            painter.drawLine(QLineF(x1, y1, x2, y2))
        painter.setPen(QColor("#000000"))
        for word in sheet.words:
            painter.setFont(types.font(word.face, word.size, word.closer))
            painter.drawText(QPointF(word.x, word.y), word.text)


def lay_out(blocks: Sequence[Block], document: Document) -> OfficialPages:
    """The pages of a paper; pictures as `fitted` has them."""
    flow = _Flow(OfficialPages(document))
    for block in blocks:
        flow.put(block)
    return flow.finish()


def fitted(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with pictures reduced where that lets them stand on the page they come to, instead of leaving it empty."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Picture):
            flow = _Flow(OfficialPages(Document("", ())))
            for each in found:
                flow.put(each)
            # Its caption is one line; half as much again, because other faces may break a line more above it.
            free = flow.free() - 2.5 * PITCH - tw(LOOKS[layout.PICTURE].before)
            high = free * 25.4 / DPI
            if layout.PICTURE_LEAST <= high < block.high:
                block = replace(block, high=high)
        found.append(block)
    return found


class _Flow:
    """Strips fall onto pages; what is glued goes to the next page together."""

    def __init__(self, pages: OfficialPages) -> None:
        self.pages = pages
        self.set = Setter()
        self.size = UPRIGHT
        self.strips: list[_Strip] = []  # of the section that is being filled

    def put(self, block: Block) -> None:
        """One block after those before."""
        if isinstance(block, Line):
            self.strips += self._line(block)
        elif isinstance(block, Grid):
            self.strips += self._grid(block)
        elif isinstance(block, Picture):
            self.strips.append(self._picture(block))
        elif isinstance(block, Turn):
            self._fill()
            self.size = UPRIGHT if block.landscape else TURNED
        else:
            self._fill()
            self._imprint(block)

    def finish(self) -> OfficialPages:
        """The last section, then the page numbers."""
        self._fill()
        for number, sheet in enumerate(self.pages.sheets, 1):
            self._number(sheet, number)
        return self.pages

    def free(self) -> float:
        """How much of the page that is being filled is left."""
        self._fill()
        return self.size.bottom - (self.pages.sheets[-1].end if self.pages.sheets else self.size.top)

    # Strips.

    def _line(self, line: Line) -> list[_Strip]:
        look = LOOKS[line.style]
        align = "center" if line.centred else look.align
        sides = look.sides * _CHAR
        room = self.size.right - self.size.left - 2 * sides - line.right * _CHAR
        height = tw(look.line)
        if line.hanging:
            return [self._listed(line, look, height)]
        pieces = self.set.pieces(line.runs, look.face)
        indent = look.indent * _CHAR
        broken = self.set.lines(pieces, look.size, room, indent)
        strips = []
        for place, each in enumerate(broken):
            start = indent if not place else 0.0
            last = place == len(broken) - 1
            words = self._aligned(each, look, start, room - start, height, align, justify=not last)
            strips.append(_Strip(height, [replace(word, x=word.x + sides) for word in words]))
        if line.rule:
            edge = self.size.right - self.size.left
            strips[-1].rules.append((0, height, edge, height, 18 / 8 * DPI / 72, RED))
        self._glue(strips, keep=line.keep or look.keep, pairs=look.line == layout.LINE)
        strips[0].fresh = line.new_page
        return strips

    def _glue(self, strips: list[_Strip], *, keep: bool, pairs: bool) -> None:
        """No line of a paragraph alone at the foot or the head of a page, and what is kept with the next goes along."""
        if pairs and len(strips) > 1:
            strips[0].glued = strips[-2].glued = True
        strips[-1].glued = keep

    def _listed(self, line: Line, look: Look, height: float) -> _Strip:
        """“附件：1.” and the name at its stop."""
        strip = _Strip(height, glued=line.keep)
        for at, run in zip((line.left - line.hanging, line.left), line.runs, strict=False):
            pieces = self.set.pieces([run], look.face)
            strip.words += self.set.words(pieces, look.size, at * _CHAR, height)
        return strip

    def _aligned(
        self, line: Sequence[Piece], look: Look, start: float, room: float, height: float, align: str, *, justify: bool
    ) -> list[Word]:  # fmt: skip
        if not line:
            return []
        free = room - (self.set.width(line, look.size) - self.set.over(line, look.size))
        if align == "both" and justify:
            return self.set.words(line, look.size, start, height, stretch=free)
        shift = {"center": free / 2, "right": free}.get(align, 0.0)
        return self.set.words(line, look.size, start + max(shift, 0), height)

    def _grid(self, grid: Grid) -> list[_Strip]:
        head = LOOKS[layout.SMALL_HEAD_CELL if grid.compact else layout.HEAD_CELL]
        body = LOOKS[layout.SMALL_CELL if grid.compact else layout.CELL]
        least = tw(layout.SMALL_ROW if grid.compact else layout.ROW)
        header = self._row([(Run(each.title),) for each in grid.columns], grid.columns, head, least)
        header.glued = True
        strips = [header]
        for place, row in enumerate(grid.rows):
            strip = self._row([(run,) for run in row], grid.columns, body, least)
            strip.header, strip.glued = header, grid.kept(place)
            strips.append(strip)
        if not grid.rows:
            whole = Column("", sum(each.width for each in grid.columns), "center")
            strips.append(self._row([(Run(grid.empty),)], (whole,), LOOKS[layout.CELL], least))
        return strips

    def _row(
        self, cells: Sequence[tuple[Run, ...]], columns: Sequence[Column], look: Look, least: float
    ) -> _Strip:
        """One row with its rules; what stands in it is in the middle of its height."""
        line, pad = tw(look.line), tw(layout.CELL_PAD)
        whole = sum(mm(each.width) for each in columns)
        x = (self.size.right - self.size.left - whole) / 2
        edges = [x]
        broken: list[list[list[Piece]]] = []
        for runs, column in zip(cells, columns, strict=True):
            edges.append(edges[-1] + mm(column.width))
            room = mm(column.width) - 2 * pad
            broken.append(self.set.lines(self.set.pieces(runs, look.face), look.size, room))
        height = max(least, *(len(each) * line for each in broken))
        strip = _Strip(height)
        for place, (lines, column) in enumerate(zip(broken, columns, strict=True)):
            align = "center" if look.align == "center" else column.align
            room, y = mm(column.width) - 2 * pad, (height - len(lines) * line) / 2
            for each in lines:
                for word in self._aligned(each, look, edges[place] + pad, room, line, align, justify=False):
                    strip.words.append(replace(word, y=word.y + y))
                y += line
        for edge in edges:
            strip.rules.append((edge, 0, edge, height, _THIN, "#000000"))
        for y in (0, height):
            strip.rules.append((edges[0], y, edges[-1], y, _THIN, "#000000"))
        return strip

    def _picture(self, each: Picture) -> _Strip:
        image = QImage.fromData(QByteArray(each.png))
        width = mm(layout.PICTURE_WIDTH)
        height = width * image.height() / max(image.width(), 1)
        if height > mm(each.high):
            height = mm(each.high)
            width = height * image.width() / image.height()
        above = tw(LOOKS[layout.PICTURE].before)
        x = (self.size.right - self.size.left - width) / 2
        return _Strip(above + height, picture=(x, above, width, each.png), glued=True)

    # Pages.

    def _fill(self) -> None:
        """The strips gathered so far onto pages of their own."""
        room, strips = self.size.bottom - self.size.top, self.strips
        self.strips = []
        at = 0
        while at < len(strips):
            header = strips[at].header
            taken, end = (header.height if header is not None else 0.0), at
            while end < len(strips) and taken + strips[end].height <= room + 1:
                if strips[end].fresh and end > at:
                    break
                taken += strips[end].height
                end += 1
            if end < len(strips) and not strips[end].fresh:
                cut = end
                while cut > at and strips[cut - 1].glued:
                    cut -= 1
                end = (
                    cut if cut > at else max(end, at + 1)
                )  # a chain longer than a page is cut where the page ends
            self._page(([header] if header is not None else []) + strips[at:end])
            at = end

    def _page(self, strips: Iterable[_Strip]) -> None:
        sheet, y = Sheet(self.size), self.size.top
        left = self.size.left
        for strip in strips:
            sheet.words += [replace(word, x=word.x + left, y=word.y + y) for word in strip.words]
            sheet.rules += [
                (x1 + left, y1 + y, x2 + left, y2 + y, thick, colour)
                for x1, y1, x2, y2, thick, colour in strip.rules
            ]
            if strip.picture is not None:
                x, above, width, png = strip.picture
                sheet.pictures.append((x + left, y + above, width, strip.height - above, png))
            y += strip.height
        sheet.end = y
        self.pages.sheets.append(sheet)

    def _imprint(self, block: Imprint) -> None:
        """版记 at the foot of the last page; on one more page where that is full."""
        look = LOOKS[layout.IMPRINT]
        line = tw(look.line)
        top = self.size.bottom - len(block.rows) * line
        if (
            not self.pages.sheets
            or self.pages.sheets[-1].end > top
            or self.pages.sheets[-1].size != self.size
        ):
            self._page([])
        sheet, inset = self.pages.sheets[-1], look.sides * _CHAR
        left, right = self.size.left, self.size.right
        for place, (told, beside) in enumerate(block.rows):
            y = top + place * line
            thick = _THICK if not place else 0.75 * DPI / 72
            sheet.rules.append((left, y, right, y, thick, "#000000"))
            for text, at in ((told, "left"), (beside, "right")):
                pieces = self.set.pieces([Run(text)], look.face)
                room = right - left - 2 * inset
                words = self._aligned(pieces, look, left + inset, room, line, at, justify=False)
                sheet.words += [replace(word, y=word.y + y) for word in words]
        sheet.rules.append((left, self.size.bottom, right, self.size.bottom, _THICK, "#000000"))

    def _number(self, sheet: Sheet, number: int) -> None:
        """“— 1 —” 7 mm below the type area: at the right of odd pages, at the left of even ones, one character in."""
        size = layout.PAGE_NUMBER_SIZE
        pieces = self.set.pieces([Run(f"— {number} —")], SONG)
        edge = size / 2 * DPI / 72
        x = sheet.size.left + edge
        if number % 2:
            x = sheet.size.right - edge - self.set.width(pieces, size)
        y = sheet.size.bottom + mm(7) - size / 4 * DPI / 72
        words = self.set.words(pieces, size, x, size / 2 * DPI / 72)
        sheet.words += [replace(word, y=word.y + y) for word in words]
