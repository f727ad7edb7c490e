"""Lets the blocks of a document fall onto pages: page breaks, repeated headers, rows cut where they are too high."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from desktop.printing.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Grid,
    Heading,
    Line,
    Signatures,
    Space,
    Table,
    Text,
    Title,
)
from desktop.printing.paper import (
    BODY,
    HEAD,
    INK,
    PALE,
    SMALL,
    TINY,
    TITLE,
    Sheet,
    Type,
    Types,
    mm,
)

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]
_PAD_X, _PAD_Y = mm(1.4), mm(0.75)
_EVERY = 200  # rows between two looks at progress and cancel


class Page:
    """What is drawn on one page, in units: grounds first, then rules, then words.

    Plain tuples: of a long list there are a hundred thousand, which the garbage collector need not visit again
    and again. fills: (x, y, width, height); rules: (x1, y1, x2, y2); words: (x, base line, text, points, strong,
    colour).
    """

    __slots__ = ("fills", "rules", "words")

    def __init__(self) -> None:
        self.fills: list[tuple[float, float, float, float]] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.words: list[tuple[float, float, str, float, bool, str]] = []


@dataclass
class Pages:
    """A document on its pages: what is drawn where. Nothing of it belongs to a thread."""

    document: Document
    sheet: Sheet
    pages: list[Page] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.pages)


@dataclass(slots=True)
class _Part:
    """A cell while its row is laid out: its box, the lines still to be put down, and how they stand."""

    x: float
    width: float
    lines: list[str]
    type: Type
    side: str = "left"
    ground: bool = False
    middle: bool = False


def lay_out(
    document: Document, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Pages:
    """The pages of a document. Cancelled: the pages so far."""
    flow = _Flow(document, progress, cancelled)
    for block in document.blocks:
        flow.put(block)
        if cancelled is not None and cancelled():
            break
    flow.finish()
    return flow.pages


class _Flow:
    def __init__(self, document: Document, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self.sheet = Sheet(document.landscape)
        self.pages = Pages(document, self.sheet)
        self.types = Types()
        self._bottom = 0.0
        self._progress, self._cancelled = progress, cancelled
        self._repeat: Callable[[], None] | None = None
        self._begin_page()

    # Pages.

    def _begin_page(self) -> None:
        self.page = Page()
        self.pages.pages.append(self.page)
        self._standing: dict[float, int] = {}  # upright rules that reach down to here, by x
        self.y = self.sheet.top
        if self.pages.count > 1:
            document, kind = self.pages.document, self.types.of(TINY)
            self._words(document.title, self.sheet.left, self.sheet.head, kind, PALE)
            self._words(
                document.number, self.sheet.right - kind.width(document.number), self.sheet.head, kind, PALE
            )
            if self._repeat is not None:
                self._repeat()

    @property
    def _left(self) -> float:
        return self.sheet.bottom - self.y

    def _need(self, height: float) -> None:
        if height > self._left and self.y > self.sheet.top:
            self._begin_page()

    def finish(self) -> None:
        """Foot lines, once the number of pages is known."""
        document, sheet, kind = self.pages.document, self.sheet, self.types.of(TINY)
        for number, page in enumerate(self.pages.pages, start=1):
            self.page = page
            middle = f"第 {number} 页 共 {self.pages.count} 页"
            self._words(document.foot, sheet.left, sheet.foot, kind, PALE)
            self._words(middle, (sheet.width - kind.width(middle)) / 2, sheet.foot, kind, PALE)
            self._words(document.printed, sheet.right - kind.width(document.printed), sheet.foot, kind, PALE)

    def _words(self, text: str, x: float, y: float, kind: Type, colour: str = INK) -> None:
        if text:
            self.page.words.append((x, y, text, kind.points, kind.strong, colour))

    # Blocks.

    def put(self, block: Block) -> None:
        """Put one block below what is there."""
        if isinstance(block, Title):
            self._title(block)
        elif isinstance(block, Line):
            self._line(block)
        elif isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Text):
            self._text(block)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Signatures):
            self._signatures(block)
        else:
            self._space(block)

    def _title(self, block: Title) -> None:
        for text, kind in ((block.text, self.types.of(TITLE, True)), (block.note, self.types.of(BODY))):
            for line in kind.lines(text, self.sheet.room) if text else ():
                x = self.sheet.left + (self.sheet.room - kind.width(line)) / 2
                self._words(line, x, self.y + kind.rise, kind)
                self.y += kind.line
        self.y += mm(2)

    def _line(self, block: Line) -> None:
        kind, sheet = self.types.of(SMALL), self.sheet
        self._need(kind.line)
        parts = [part for part in (block.left, block.middle, block.right) if part]
        if sum(kind.width(part) for part in parts) + mm(6) * (len(parts) - 1) > sheet.room:
            self._text(Text("　".join(parts), small=True))
            return
        base = self.y + kind.rise
        self._words(block.left, sheet.left, base, kind)
        self._words(block.middle, (sheet.width - kind.width(block.middle)) / 2, base, kind)
        self._words(block.right, sheet.right - kind.width(block.right), base, kind)
        self.y += kind.line + mm(0.8)

    def _heading(self, block: Heading) -> None:
        kind = self.types.of(HEAD, True)
        self.y += mm(2.5) if self.y > self.sheet.top else 0
        self._need(kind.line + mm(24))
        for line in kind.lines(block.text, self.sheet.room):
            self._words(line, self.sheet.left, self.y + kind.rise, kind)
            self.y += kind.line
        self.y += mm(1)

    def _text(self, block: Text) -> None:
        kind = self.types.of(SMALL if block.small else BODY, block.strong)
        text = f"　　{block.text}" if block.indent else block.text
        for line in kind.lines(text, self.sheet.room):
            self._need(kind.line)
            x = self.sheet.left + _shift(block.side, self.sheet.room, kind.width(line))
            self._words(line, x, self.y + kind.rise, kind)
            self.y += kind.line
        self.y += mm(1)

    def _space(self, block: Space) -> None:
        self.y = min(self.y + mm(block.height), self.sheet.bottom)

    def _signatures(self, block: Signatures) -> None:
        kind = self.types.of(BODY)
        height = kind.line + mm(6)
        self._need(height)
        gap = mm(5)
        taken = sum(kind.width(label) + mm(1) for label in block.labels) + gap * (len(block.labels) - 1)
        line = max(mm(8), (self.sheet.room - taken) / len(block.labels))
        base, x = self.y + mm(4.5) + kind.rise, self.sheet.left
        for label in block.labels:
            self._words(label, x, base, kind)
            x += kind.width(label) + mm(1)
            self.page.rules.append((x, base + mm(1), x + line, base + mm(1)))
            x += line + gap
        self.y += height

    # Grids and tables: rows of boxes.

    def _grid(self, block: Grid) -> None:
        edges = _edges(block.widths, self.sheet)
        for row in block.rows:
            self._row(self._parts(row, edges), self._least(row))
        self.y += mm(1.5)

    def _parts(self, row: Sequence[Cell], edges: Sequence[float]) -> list[_Part]:
        parts, column = [], 0
        for cell in row:
            x, end = edges[column], edges[min(column + cell.span, len(edges) - 1)]
            kind = self.types.of(BODY, cell.strong)
            side = cell.side or ("center" if cell.label else "left")
            room = end - x - 2 * _PAD_X
            lines = kind.even(cell.text, room) if cell.label else kind.lines(cell.text, room)
            middle = cell.label or cell.room == 1
            parts.append(_Part(x, end - x, lines, kind, side, cell.label, middle))
            column += cell.span
        return parts

    def _least(self, row: Sequence[Cell]) -> float:
        return max(cell.room for cell in row) * self.types.of(BODY).line + 2 * _PAD_Y

    def _table(self, block: Table) -> None:
        points = SMALL if not block.small else TINY
        body, head = self.types.of(points), self.types.of(points, True)
        edges = _edges([column.width for column in block.columns], self.sheet)

        def header() -> None:
            texts = [column.header for column in block.columns]
            self._row(self._line_parts(texts, block.columns, edges, head, ground=True))

        rows = iter(block.rows)
        first = next(rows, None)
        # The header never stands alone at the foot of a page: it goes with the first row, or half a page of it.
        beside = _height(self._line_parts(first, block.columns, edges, body)) if first is not None else 0
        self._need(2 * head.line + 2 * _PAD_Y + min(beside, (self.sheet.bottom - self.sheet.top) * 0.45))
        header()
        self._repeat = header
        total = block.count or (len(block.rows) if isinstance(block.rows, Sequence) else 0)
        for number, texts in enumerate(chain([first], rows) if first is not None else ()):
            if number % _EVERY == 0:
                if self._cancelled is not None and self._cancelled():
                    break
                if self._progress is not None:
                    self._progress(number, total, "正在排版")
            self._row(self._line_parts(texts, block.columns, edges, body))
        if block.total is not None:
            self._row(self._line_parts(block.total, block.columns, edges, head, ground=True))
        self._repeat = None
        self.y += mm(1.5)

    def _line_parts(
        self, texts: Iterable[str], columns: Sequence[Column], edges: Sequence[float], kind: Type, ground: bool = False
    ) -> list[_Part]:  # fmt: skip
        parts = []
        for place, (text, column) in enumerate(zip(texts, columns, strict=True)):
            x, width = edges[place], edges[place + 1] - edges[place]
            side = "center" if ground and column.side != "right" else column.side
            lines = kind.even(text, width - 2 * _PAD_X) if ground else kind.lines(text, width - 2 * _PAD_X)
            parts.append(_Part(x, width, lines, kind, side, ground, ground))
        return parts

    def _row(self, parts: list[_Part], least: float = 0) -> None:
        """One row of boxes; higher than a page it is cut between lines, and its labels stand there again."""
        whole = self.sheet.bottom - self.sheet.top
        height = max(least, _height(parts))
        if height > self._left and (height <= whole * 0.45 or self._left < whole * 0.15):
            self._need(height)
        while height > self._left:
            before = self.y
            rest = self._cut(parts, self._left)
            if self.y == before and self.y > self.sheet.top:
                self._begin_page()  # not even a line fits here
                continue
            parts = rest
            self._begin_page()
            height = _height(parts)
        self._draw_row(parts, height)

    def _cut(self, parts: list[_Part], room: float) -> list[_Part]:
        """Draw what fits into `room` and return what is left of the row."""
        now, later = [], []
        for part in parts:
            fit = max(0, int((room - 2 * _PAD_Y) / part.type.line))
            if part.ground:
                now.append(part)
                later.append(part)
                continue
            now.append(_with(part, part.lines[:fit]))
            later.append(_with(part, part.lines[fit:]))
        if not any(part.lines for part in now if not part.ground) or _height(now) > room:
            return parts
        self._draw_row(now, room)
        return later

    def _draw_row(self, parts: list[_Part], height: float) -> None:
        top, bottom = self.y, self.y + height
        for part in parts:
            if part.ground:
                self.page.fills.append((part.x, top, part.width, height))
            y = top + _PAD_Y
            if part.middle:
                y = top + (height - len(part.lines) * part.type.line) / 2
            for line in part.lines:
                x = (
                    part.x
                    + _PAD_X
                    + _shift(
                        part.side,
                        part.width - 2 * _PAD_X,
                        part.type.width(line) if part.side != "left" else 0,
                    )
                )
                self._words(line, x, y + part.type.rise, part.type)
                y += part.type.line
        self._frame([part.x for part in parts], parts[-1].x + parts[-1].width, top, bottom)
        self.y = bottom

    def _frame(self, edges: list[float], right: float, top: float, bottom: float) -> None:
        """The rules around a row; where one stands on another, they are one rule."""
        rules, standing = self.page.rules, {}
        if not self._standing or self._bottom != top:
            self._standing = {}
            rules.append((edges[0], top, right, top))
        for x in (*edges, right):
            place = self._standing.get(x)
            if place is None:
                standing[x] = len(rules)
                rules.append((x, top, x, bottom))
            else:
                standing[x] = place
                rules[place] = (x, rules[place][1], x, bottom)
        rules.append((edges[0], bottom, right, bottom))
        self._standing, self._bottom = standing, bottom


def _height(parts: Sequence[_Part]) -> float:
    return max(len(part.lines) * part.type.line for part in parts) + 2 * _PAD_Y


def _with(part: _Part, lines: list[str]) -> _Part:
    return _Part(part.x, part.width, lines, part.type, part.side, part.ground, part.middle)


def _shift(side: str, room: float, width: float) -> float:
    return {"center": (room - width) / 2, "right": room - width}.get(side, 0.0)


def _edges(widths: Sequence[float], sheet: Sheet) -> list[float]:
    whole, edges = sum(widths), [sheet.left]
    for width in widths:
        edges.append(edges[-1] + sheet.room * width / whole)
    edges[-1] = sheet.right
    return edges
