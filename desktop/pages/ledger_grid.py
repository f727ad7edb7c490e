"""Rows of a foreign ledger in the look and with the keys of the paste grid: to look at before an import, or to put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QHeaderView, QSizePolicy, QWidget

from db.fields import Kind
from db.findings import Finding, Severity
from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.pages.paste_model import PasteModel
from desktop.pages.paste_sheet import Cell, Sheet
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

    def is_figure(self, column: int) -> bool:
        slot = self.slot(column)
        return slot is not None and slot.field.kind in (Kind.INTEGER, Kind.NUMBER)

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


class LedgerTable(PasteTable):
    """`column_asked(n)` when a header is pressed; `rows_asked(rows)` for Ctrl+-."""

    column_asked = Signal(int)
    rows_asked = Signal(list)

    def __init__(self, model: LedgerModel, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(model, lambda slot: options_of(slot, context), parent)
        self._ledger = model
        self.setHorizontalHeader(_ColumnHeader(self))
        self.setVerticalHeader(_RowHeader(self))
        self.verticalHeader().setMinimumSectionSize(tokens().metrics.row)
        self.verticalHeader().setDefaultSectionSize(tokens().metrics.row)
        self.horizontalHeader().sectionClicked.connect(self.column_asked)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored
        )  # no page is to scroll for it
        self.setMinimumHeight(4 * tokens().metrics.row)
        model.modelReset.connect(self._lay)  # after the headers, which forget their widths
        for shortcut in self.findChildren(QShortcut):
            if shortcut.key() == QKeySequence("F4"):  # fields are chosen elsewhere
                shortcut.setEnabled(False)
                shortcut.setWhatsThis("")
            elif shortcut.key() == QKeySequence("Ctrl+-"):
                shortcut.setEnabled(not model.fixed)
                shortcut.setWhatsThis("" if model.fixed else "不再处理选中的行")
            elif model.fixed:
                shortcut.setEnabled(False)
                shortcut.setWhatsThis("")

    @property
    def ledger(self) -> LedgerModel:
        """The model, by its own type."""
        return self._ledger

    def _lay(self) -> None:
        super()._lay()
        for column in range(self.grid.sheet.width):
            slot = self.grid.slot(column)
            if slot is not None and slot.key in FIRM:
                self.setColumnWidth(column, max(self.columnWidth(column), tokens().metrics.px(200)))
            elif slot is None and column < len(self._heads) and len(self._heads[column].title) <= _NARROW:
                self.setColumnWidth(column, tokens().metrics.px(72))

    @property
    def _heads(self) -> Sequence[GridColumn]:
        return self.grid.heads if isinstance(self.grid, LedgerModel) else ()

    def step(self, down: int, across: int) -> None:
        """To a neighbouring cell; no row is made past the last."""
        row, column = self.cell
        width, height = self.ledger.sheet.width, len(self.ledger.sheet.rows)
        if not width or not height:
            return
        place = min(max((row + down) * width + column + across, 0), height * width - 1)
        self.go(divmod(place, width))

    def choose_field(self, column: int) -> None:
        """Fields are chosen in the table of columns."""

    def remove_rows(self) -> None:
        self.rows_asked.emit(sorted({row for row, _ in self.selected()}))

    def paste_cells(self, cells: Cells) -> None:
        """Lay cells over those from the current one on; what would fall outside is left out."""
        row, column = self.cell
        sheet = self.ledger.sheet
        self.ledger.change(
            {
                (row + down, column + across): text
                for down, line in enumerate(cells)
                for across, text in enumerate(line)
                if row + down < len(sheet.rows) and column + across < sheet.width
            }
        )


class _ColumnHeader(QHeaderView):
    """The field and the sender's own header, with the column's letter."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(64)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), tokens().metrics.px(46))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = tokens()
        p = look.palette
        model: LedgerModel = self.model()  # type: ignore[assignment]
        head = model.heads[section]
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        room = QRectF(rect.adjusted(10, 4, -8, -5))
        taken = head.slot is not None
        field = "不导入" if head.slot is None else head.slot.header if model.fixed else head.slot.label
        strong = font(look.metrics.small, strong=taken)
        # Before an import the values stand as the field will have them, afterwards as the sender wrote them.
        above, below = (field, head.title) if model.fixed else (head.title or "没有表头", field)
        lines = (
            (above, strong, p.text if taken else p.text2),
            (f"{head.letter}　{below}", font(look.metrics.tiny), p.text2),
        )
        for place, (words, face, colour) in enumerate(lines):
            painter.setFont(face)
            painter.setPen(QColor(colour))
            at = QRectF(room.left(), room.top() + place * room.height() / 2, room.width(), room.height() / 2)
            told = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(at, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), told)
        painter.restore()


class _RowHeader(QHeaderView):
    """The row's number in the file, and its state as a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(tokens().metrics.px(136), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = tokens()
        p = look.palette
        model: LedgerModel = self.model()  # type: ignore[assignment]
        line = model.lines[section]
        painter.save()
        painter.fillRect(rect, QColor(p.header))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(p.line))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), QColor(p.line))
        painter.setFont(font(look.metrics.small))
        painter.setPen(QColor(p.text2))
        number = QRectF(rect.left(), rect.top(), look.metrics.px(48), rect.height())
        painter.drawText(
            number, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(line.number)
        )
        if line.word:
            room = QRectF(rect.adjusted(look.metrics.px(56), 0, -4, -1))
            paint_chip(painter, room, line.word, line.state)
        painter.restore()
