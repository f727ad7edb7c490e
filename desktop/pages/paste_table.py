"""The paste grid's view: blocks in, rows that come and go, fill down, the menu of fields. Keys of any grid: grid_view.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QKeyCombination, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from db.fields import Kind
from desktop.pages.grid_headers import Numbers, TwoLines
from desktop.pages.grid_model import Cell, Index
from desktop.pages.grid_view import CellGrid, Key
from desktop.pages.paste_headers import ColumnHeader, RowHeader
from desktop.pages.paste_model import PasteModel
from desktop.style.theme import font, tokens
from returns.paste.columns import FIRM, Slot, slots

_REDO = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Y)
_SAMPLE = 40  # rows that the width of a column goes by
MOST_SECTIONS = 400  # columns wider than the block itself are not resized one by one


class PasteTable(CellGrid):
    """`pasted(text, html)` when a block is to be read."""

    pasted = Signal(str, str)
    slot_chosen = Signal(int, str)
    undo_asked = Signal()
    redo_asked = Signal()
    removes = "去掉选中的行"
    above: type[TwoLines] = ColumnHeader
    beside: type[Numbers] = RowHeader

    def __init__(
        self, model: PasteModel, options: Callable[[Slot], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        """`options` are the names that a cell of a field may hold, where they are few."""
        super().__init__(model, parent)
        self._options = options
        self.setHorizontalHeader(self.above(self))
        self.setVerticalHeader(self.beside(self))
        self.set_row_height()
        self.setCornerWidget(QWidget(self))  # Qt's own corner between the two bars is a white box
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().sectionClicked.connect(self.choose_field)
        model.modelReset.connect(self._lay)  # after the headers, which forget their widths
        self._lay()

    def combinations(self) -> Sequence[Key]:
        return (
            ("F4", "选这一列录入哪个字段", lambda: self.choose_field(self.cell[1])),
            *super().combinations(),
            ("Ctrl+D", "向下填：用最上面一格填满选中的格", self.fill_down),
        )

    @property
    def grid(self) -> PasteModel:
        model = self.model()
        assert isinstance(model, PasteModel)
        return model

    def grow(self) -> None:
        """Past the last row into a new one, where the last is filled in."""
        if not self.grid.locked and not self.grid.sheet.is_blank(len(self.grid.sheet.rows) - 1):
            self.grid.add_row()

    def currentChanged(self, current: Index, previous: Index) -> None:
        if current.row() != self.grid.current_row:
            self.grid.current_row = current.row()
            self.viewport().update()
        super().currentChanged(current, previous)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        standard = QKeySequence.StandardKey
        if event.matches(standard.Undo):
            self.undo_asked.emit()
        elif event.matches(standard.Redo) or event.keyCombination() == _REDO:
            self.redo_asked.emit()
        else:
            super().keyPressEvent(event)

    def paste_here(self) -> None:
        """A block with a header line, or into an empty grid, is read anew; any other goes into the cells from here."""
        mime = QGuiApplication.clipboard().mimeData()
        text = mime.text() if mime.hasText() else ""
        html = mime.html() if mime.hasHtml() and not text.strip() else ""
        if self.grid.locked or not (text or html):
            return
        self.pasted.emit(text, html)

    def fill_down(self) -> None:
        """The topmost chosen cell of each column into those below it; a single cell takes what stands above it."""
        cells = self.selected()
        sheet = self.grid.sheet
        top: dict[int, str] = {}
        if len(cells) == 1 and cells[0][0] > 0:
            row, column = cells[0]
            top[column] = sheet.text(row - 1, column)
        texts: dict[Cell, str] = {}
        for row, column in cells:
            texts[row, column] = top.setdefault(column, sheet.text(row, column))
        self.grid.change(texts)

    def remove_rows(self) -> None:
        """Take the chosen rows out of the grid."""
        places = self.selected_rows()
        cell = self.cell
        self.grid.reshape(lambda: self.grid.sheet.remove_rows(places))
        if not self.grid.sheet.rows:
            self.grid.add_row()
        self.go((min(places[0] if places else 0, len(self.grid.sheet.rows) - 1), cell[1]))

    # Menus.

    def choose_field(self, column: int) -> None:
        """Ask where a column goes."""
        if self.grid.locked or not 0 <= column < self.grid.sheet.width:
            return
        menu = QMenu(self)
        taken = {each.slot for each in self.grid.sheet.columns}
        now = self.grid.sheet.columns[column].slot
        for key, words in (
            ("", "不录入"),
            *((slot.key, slot.header) for slot in slots(self.grid.sheet.block.register)),
        ):
            own = key == now
            action = menu.addAction(words if own or not key or key not in taken else f"{words}（已有一列）")
            action.setCheckable(True)
            action.setChecked(own)
            action.triggered.connect(lambda _checked=False, key=key: self.slot_chosen.emit(column, key))
            if own:
                menu.setActiveAction(action)
        left = self.horizontalHeader().sectionViewportPosition(column)
        self.offer(menu, self.horizontalHeader().mapToGlobal(QPoint(left, self.horizontalHeader().height())))

    def values_at(self, cell: Cell) -> Sequence[str]:
        slot = self.grid.slot(cell[1])
        return self._options(slot) if slot is not None else ()

    # Widths.

    def _lay(self) -> None:
        sheet = self.grid.sheet
        metrics = QFontMetrics(font())
        px = tokens().metrics.px
        for column in range(min(sheet.width, MOST_SECTIONS)):
            slot = self.grid.slot(column)
            texts = [row[column] for row in sheet.rows[:_SAMPLE]]
            widest = max((metrics.horizontalAdvance(text[:60].split("\n")[0]) for text in texts), default=0)
            head = metrics.horizontalAdvance(
                slot.header if slot else sheet.columns[column].header or "不录入"
            )
            roomy = slot is not None and (slot.field.kind is Kind.LONG or slot.key in (FIRM, "name"))
            least = px(200) if roomy else px(88)
            self.setColumnWidth(column, max(least, head + px(40), min(widest + px(24), px(260))))
