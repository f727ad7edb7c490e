"""Rows of a foreign ledger in the look and with the keys of the paste grid: to look at before an import, or to put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from db.findings import Finding, Severity
from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.pages.grid_headers import Numbers, TwoLines, paint_line
from desktop.pages.grid_model import Cell
from desktop.pages.grid_view import Key
from desktop.pages.paste_model import PasteModel
from desktop.pages.paste_sheet import Sheet
from desktop.pages.paste_table import PasteTable
from desktop.pages.paste_typing import options_of, spelled_out
from desktop.style.paint import paint_chip
from desktop.style.theme import font, tokens
from returns.paste.block import Cells
from returns.paste.columns import Block, Slot
from returns.paste.columns import Column as PasteColumn

_NARROW = 3  # characters of the header of a column that is not taken in
FIRM = ("enterprise.name", "enterprise.uscc")  # what a row is found by


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: the sender's header, and the field it goes to (None for not taken in)."""

    title: str
    letter: str
    slot: Slot | None = None


@dataclass(slots=True)
class GridRow:
    """A row of the file. `findings` by column, -1 for what is about the whole row."""

    number: int
    word: str = ""
    state: str = "neutral"
    findings: dict[int, list[Finding]] = field(default_factory=dict)


def slot_of(target: str | None, register: str) -> Slot | None:
    """The field “visit.visit_date” as the grid knows fields; None for none."""
    if not target:
        return None
    key, _, name = target.partition(".")
    if key not in REGISTERS:
        return None
    declared = next((each for each in REGISTERS[key].fields if each.name == name), None)
    if declared is None:
        return None
    return Slot(target, field_words(target, register), declared)


def field_words(target: str, register: str) -> str:
    """A field as people read it; that of another register with the register before it."""
    key, _, name = target.partition(".")
    label, title = REGISTERS[key].field(name).label, REGISTERS[key].title
    plain = key == register or title in label or target in FIRM
    return label if plain else f"{title}·{label}"


class LedgerModel(PasteModel):
    """Texts under the sender's own headers, with what is wrong with them. Rows neither come nor go by typing."""

    def __init__(self, register: str, parent: QWidget | None = None, *, fixed: bool = False) -> None:
        super().__init__(Sheet(Block(register, [], [])), parent)
        self.register, self.fixed, self.locked = register, fixed, fixed
        self.heads: list[GridColumn] = []
        self.lines: list[GridRow] = []

    def show(self, columns: Sequence[GridColumn], lines: Sequence[GridRow], texts: Cells) -> None:
        """Other rows."""
        self.beginResetModel()
        self.heads, self.lines = list(columns), list(lines)
        block = Block(
            self.register, [PasteColumn("", each.title) for each in columns], [list(row) for row in texts]
        )
        self.sheet = Sheet(block)
        self.endResetModel()

    def speak(self, context: AppContext) -> None:
        """Let what is typed be spelled out: days, choices by a few letters."""
        self.spell = lambda at, text: spelled_out(self.slot(at), text, context)

    # What the paste grid's painter asks.

    def slot(self, column: int) -> Slot | None:
        return self.heads[column].slot if column < len(self.heads) else None

    def title(self, column: int) -> str:
        slot = self.slot(column)
        return slot.label if slot is not None else self.heads[column].title or "没有表头的列"

    def findings_at(self, cell: Cell) -> list[Finding]:
        if cell[0] >= len(self.lines):
            return []
        found = self.lines[cell[0]].findings
        return [*found.get(cell[1], ()), *(found.get(-1, ()) if cell[1] == 0 else ())]

    def worst_at(self, cell: Cell) -> Severity | None:
        if cell[0] >= len(self.lines):
            return None
        own = {each.severity for each in self.lines[cell[0]].findings.get(cell[1], ())}
        return next((each for each in Severity if each in own), None)

    def next_bad(self, after: Cell) -> Cell | None:
        """The next cell with an error, going round at the end; a row's first cell where it is about the row."""
        found: list[Cell] = []
        for number, line in enumerate(self.lines):
            wrong = {
                max(0, column)
                for column, each in line.findings.items()
                if any(one.severity is Severity.ERROR for one in each)
            }
            found += [(number, column) for column in sorted(wrong)]
        return next((cell for cell in found if cell > after), found[0] if found else None)


class _ColumnHeader(TwoLines):
    """The field and the sender's own header, with the column's letter."""

    def paint_lines(self, painter: QPainter, room: QRectF, section: int) -> None:
        look = tokens()
        p = look.palette
        model: LedgerModel = self.model()  # type: ignore[assignment]
        head = model.heads[section]
        taken = head.slot is not None
        field = "不导入" if head.slot is None else head.slot.header if model.fixed else head.slot.label
        # Before an import the values stand as the field will have them, afterwards as the sender wrote them.
        first, second = (field, head.title) if model.fixed else (head.title or "没有表头", field)
        above = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        colour = p.text if taken else p.text2
        paint_line(painter, above, first, font(look.metrics.small, strong=taken), colour)
        below = above.translated(0, above.height())
        paint_line(painter, below, f"{head.letter}　{second}", font(look.metrics.tiny), p.text2)


class _RowHeader(Numbers):
    """The row's number in the file, and its state as a word."""

    wide, digits = 136, 48

    def number(self, section: int) -> int:
        model: LedgerModel = self.model()  # type: ignore[assignment]
        return model.lines[section].number

    def paint_state(self, painter: QPainter, room: QRectF, section: int) -> None:
        model: LedgerModel = self.model()  # type: ignore[assignment]
        line = model.lines[section]
        if line.word:
            paint_chip(painter, room, line.word, line.state)


class LedgerTable(PasteTable):
    """`column_asked(n)` when a header is pressed; `rows_asked(rows)` for Ctrl+-."""

    column_asked = Signal(int)
    rows_asked = Signal(list)
    removes = "不再处理选中的行"
    above, beside = _ColumnHeader, _RowHeader

    def __init__(self, model: LedgerModel, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(model, lambda slot: options_of(slot, context), parent)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored
        )  # no page is to scroll for it
        self.setMinimumHeight(4 * tokens().metrics.row)

    def combinations(self) -> Sequence[Key]:
        """None where nothing may be typed; fields are chosen in the table of columns."""
        return [] if self.grid.fixed else [each for each in super().combinations() if each[0] != "F4"]

    @property
    def grid(self) -> LedgerModel:
        model = self.model()
        assert isinstance(model, LedgerModel)
        return model

    def _lay(self) -> None:
        super()._lay()
        for column in range(self.grid.sheet.width):
            slot = self.grid.slot(column)
            if slot is not None and slot.key in FIRM:
                self.setColumnWidth(column, max(self.columnWidth(column), tokens().metrics.px(200)))
            elif (
                slot is None
                and column < len(self.grid.heads)
                and len(self.grid.heads[column].title) <= _NARROW
            ):
                self.setColumnWidth(column, tokens().metrics.px(72))

    def step(self, down: int, across: int) -> None:
        """To a neighbouring cell; no row is made past the last."""
        row, column = self.cell
        height, width = self.grid.size()
        if not width or not height:
            return
        place = min(max((row + down) * width + column + across, 0), height * width - 1)
        self.go(divmod(place, width))

    def choose_field(self, column: int) -> None:
        """Fields are chosen in the table of columns."""
        self.column_asked.emit(column)

    def remove_rows(self) -> None:
        self.rows_asked.emit(self.selected_rows())

    def paste_cells(self, cells: Cells) -> None:
        """Lay cells over those from the current one on; what would fall outside is left out."""
        row, column = self.cell
        sheet = self.grid.sheet
        self.grid.change(
            {
                (row + down, column + across): text
                for down, line in enumerate(cells)
                for across, text in enumerate(line)
                if row + down < len(sheet.rows) and column + across < sheet.width
            }
        )
