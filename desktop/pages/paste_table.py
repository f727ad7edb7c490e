"""The paste grid's view: the keys of a spreadsheet, the block clipboard, menus of fields and of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QTableView, QWidget

from db.fields import Kind
from desktop.pages.paste_cells import PasteDelegate
from desktop.pages.paste_headers import ColumnHeader, RowHeader
from desktop.pages.paste_model import PasteModel
from desktop.pages.paste_sheet import Cell
from desktop.style.theme import font, tokens
from returns.paste.block import to_tsv
from returns.paste.columns import FIRM, Slot, slots

Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SAMPLE = 40  # rows that the width of a column goes by
MOST_SECTIONS = 400  # columns wider than the block itself are not resized one by one


class PasteTable(QTableView):
    """`pasted(text, html)` when a block is to be read; `moved()` when another cell is looked at."""

    pasted = Signal(str, str)
    moved = Signal()
    slot_chosen = Signal(int, str)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(
        self, model: PasteModel, options: Callable[[Slot], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        """`options` are the names that a cell of a field may hold, where they are few."""
        super().__init__(parent)
        self._options = options
        self.setModel(model)
        self.setItemDelegate(PasteDelegate(self))
        self.setHorizontalHeader(ColumnHeader(self))
        self.setVerticalHeader(RowHeader(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget(self))  # Qt's own corner between the two bars is a white box
        mode = QAbstractItemView
        self.setSelectionMode(mode.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(mode.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(mode.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(mode.ScrollMode.ScrollPerPixel)
        triggers = mode.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        row = tokens().metrics.row
        self.verticalHeader().setMinimumSectionSize(row)
        self.verticalHeader().setDefaultSectionSize(row)
        self.horizontalHeader().sectionClicked.connect(self.choose_field)
        model.modelReset.connect(self._lay)
        for keys, told, work in (
            ("F4", "选这一列录入哪个字段", lambda: self.choose_field(self.cell[1])),
            ("Alt+Down", "选这一格的值", self.choose_value),
            ("Ctrl+D", "向下填：用最上面一格填满选中的格", self.fill_down),
            ("Ctrl+-", "去掉选中的行", self.remove_rows),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.setWhatsThis(told)
            shortcut.activated.connect(work)
        self._lay()

    @property
    def grid(self) -> PasteModel:
        """The model, by its own type."""
        model = self.model()
        assert isinstance(model, PasteModel)
        return model

    @property
    def cell(self) -> Cell:
        """Where the keys go."""
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else (0, 0)

    def go(self, cell: Cell) -> None:
        """Look at a cell."""
        index = self.grid.index(*cell)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def step(self, down: int, across: int) -> None:
        """To a neighbouring cell; past a row's end into the next, past the last filled row into a new one."""
        row, column = self.cell
        width = self.grid.sheet.width
        row, column = row + down, column + across
        if column >= width:
            row, column = row + 1, 0
        elif column < 0:
            row, column = row - 1, width - 1
        last = len(self.grid.sheet.rows) - 1
        if row > last and not self.grid.locked and not self.grid.sheet.is_blank(last):
            self.grid.add_row()
            last += 1
        self.go((max(0, min(row, last)), column))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != self.grid.current_row:
            self.grid.current_row = current.row()
            self.viewport().update()
        self.moved.emit()

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        standard = QKeySequence.StandardKey
        ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if event.matches(standard.Paste):
            self.paste_here()
        elif event.matches(standard.Copy) or event.matches(standard.Cut):
            self.copy_cells()
            if event.matches(standard.Cut):
                self.clear_cells()
        elif event.matches(standard.Undo):
            self.undo_asked.emit()
        elif event.matches(standard.Redo) or (ctrl and key == Qt.Key.Key_Y):
            self.redo_asked.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.clear_cells()
        elif key in _ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.step(1, 0)
        elif key in _ENTER and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.step(-1, 0)
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self.step(0, 1)
        elif key == Qt.Key.Key_Backtab:
            self.step(0, -1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on to the next cell; F6 and Esc leave the grid."""
        return False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """The first character of an input method opens the cell, empty, as the first key of a keyboard does."""
        index = self.currentIndex()
        text = bool(event.preeditString() or event.commitString())
        if text and index.isValid() and not self.grid.locked and not self.isPersistentEditorOpen(index):
            if self.state() != QAbstractItemView.State.EditingState:
                self.edit(index)
            editor = self.indexWidget(index) or self.viewport().focusWidget() or self.focusWidget()
            if editor is not None and editor is not self:
                if hasattr(editor, "selectAll"):
                    editor.selectAll()
                QGuiApplication.sendEvent(editor, event)
                return
        super().inputMethodEvent(event)

    # The clipboard, several cells at once.

    def selected(self) -> list[Cell]:
        """The chosen cells, from top to bottom; the current one where none is."""
        found = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        return found or ([self.cell] if self.currentIndex().isValid() else [])

    def paste_here(self) -> None:
        """A block with a header line, or into an empty grid, is read anew; any other goes into the cells from here."""
        mime = QGuiApplication.clipboard().mimeData()
        text = mime.text() if mime.hasText() else ""
        html = mime.html() if mime.hasHtml() and not text.strip() else ""
        if self.grid.locked or not (text or html):
            return
        self.pasted.emit(text, html)

    def copy_cells(self) -> None:
        """The chosen cells as a block for a spreadsheet."""
        cells = self.selected()
        if not cells:
            return
        columns = range(min(at for _, at in cells), max(at for _, at in cells) + 1)
        lines = range(cells[0][0], cells[-1][0] + 1)
        chosen = set(cells)
        sheet = self.grid.sheet
        QGuiApplication.clipboard().setText(
            to_tsv([sheet.text(row, at) if (row, at) in chosen else "" for at in columns] for row in lines)
        )

    def clear_cells(self) -> None:
        """Empty the chosen cells."""
        self.grid.change(dict.fromkeys(self.selected(), ""))

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
        places = sorted({row for row, _ in self.selected()})
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
        self._offer(menu, self.horizontalHeader().mapToGlobal(QPoint(left, self.horizontalHeader().height())))

    def choose_value(self) -> None:
        """Offer the values that the cell's field knows, where they are few."""
        cell = self.cell
        slot = self.grid.slot(cell[1])
        names = self._options(slot) if slot is not None else ()
        if not names or self.grid.locked:
            return
        menu = QMenu(self)
        now = self.grid.sheet.text(*cell)
        for name in names:
            action = menu.addAction(name)
            action.triggered.connect(lambda _checked=False, name=name: self.grid.change({cell: name}))
            if name == now or menu.activeAction() is None:
                menu.setActiveAction(action)
        rect = self.visualRect(self.currentIndex())
        self._offer(menu, self.viewport().mapToGlobal(rect.bottomLeft()))

    def _offer(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self.setFocus)
        menu.popup(at)

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
