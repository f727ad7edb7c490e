"""A grid of cells to type into: the keys of a spreadsheet, its clipboard, the menu of values. Rows are each grid's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QTableView, QWidget

from desktop.pages.grid_cells import CellDelegate
from desktop.pages.grid_model import Cell, CellModel, Index
from desktop.style.theme import tokens
from desktop.widgets.keys import on_keys
from returns.paste.block import to_tsv

Key = tuple[str, str, Callable[[], object]]  # a combination, what it does, the work
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellGrid(QTableView):
    """`moved()` when another cell is looked at."""

    moved = Signal()
    removes = "删除选中的行"  # what Ctrl+- does

    def __init__(self, model: CellModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        mode = QAbstractItemView
        self.setSelectionMode(mode.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(mode.SelectionBehavior.SelectItems)
        self.setHorizontalScrollMode(mode.ScrollMode.ScrollPerPixel)
        triggers = mode.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        for keys, told, work in self.combinations():
            on_keys(self, keys, work, told, alone=True)

    def combinations(self) -> Sequence[Key]:
        """Combinations that work in the grid."""
        return (("Alt+Down", "选这一格的值", self.choose_value), ("Ctrl+-", self.removes, self.remove_rows))

    def set_row_height(self) -> None:
        """Rows as high as in the other tables; for after the headers are set."""
        row = tokens().metrics.row
        self.verticalHeader().setMinimumSectionSize(row)
        self.verticalHeader().setDefaultSectionSize(row)

    # Where the keys go.

    @property
    def grid(self) -> CellModel:
        """The model, by its own type."""
        model = self.model()
        assert isinstance(model, CellModel)
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
        """To a neighbouring cell; past a row's end into the next."""
        row, column = self.cell
        width = self.grid.columnCount()
        row, column = row + down, column + across
        if column >= width:
            row, column = row + 1, 0
        elif column < 0:
            row, column = row - 1, width - 1
        if row >= self.grid.rowCount():
            self.grow()
        self.go((max(0, min(row, self.grid.rowCount() - 1)), column))

    def grow(self) -> None:
        """The keys want a row past the last; a grid that makes rows this way makes one."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        standard = QKeySequence.StandardKey
        key = event.key()
        if event.matches(standard.Paste):
            self.paste_here()
        elif event.matches(standard.Copy) or event.matches(standard.Cut):
            self.copy_cells()
            if event.matches(standard.Cut):
                self.clear_cells()
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

    # Several cells at once.

    def selected(self) -> list[Cell]:
        """The chosen cells, from top to bottom; the current one where none is."""
        found = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        return found or ([self.cell] if self.currentIndex().isValid() else [])

    def selected_rows(self) -> list[int]:
        """The rows of the chosen cells, from top to bottom."""
        return sorted({row for row, _ in self.selected()})

    def copy_cells(self) -> None:
        """The chosen cells as a block for a spreadsheet."""
        cells = self.selected()
        if not cells:
            return
        columns = range(min(at for _, at in cells), max(at for _, at in cells) + 1)
        lines = range(cells[0][0], cells[-1][0] + 1)
        chosen = set(cells)
        grid = self.grid
        QGuiApplication.clipboard().setText(
            to_tsv([grid.text(row, at) if (row, at) in chosen else "" for at in columns] for row in lines)
        )

    def clear_cells(self) -> None:
        """Empty the chosen cells."""
        self.grid.change(dict.fromkeys(self.selected(), ""))

    def paste_here(self) -> None:
        """Take what the clipboard has."""
        raise NotImplementedError

    def remove_rows(self) -> None:
        """Do away with the rows of the chosen cells."""
        raise NotImplementedError

    # Menus.

    def values_at(self, cell: Cell) -> Sequence[str]:
        """The values that a cell may hold, where they are few."""
        raise NotImplementedError

    def choose_value(self) -> None:
        """Offer the values that the cell may hold, where they are few."""
        if self.grid.locked or not self.currentIndex().isValid():
            return
        cell = self.cell
        menu = QMenu(self)
        now = self.grid.text(*cell)
        for name in self.values_at(cell):
            action = menu.addAction(name)
            action.triggered.connect(lambda _checked=False, name=name: self.grid.change({cell: name}))
            if name == now or menu.activeAction() is None:
                menu.setActiveAction(action)
        if menu.isEmpty():
            menu.deleteLater()
            return
        rect = self.visualRect(self.currentIndex())
        self.offer(menu, self.viewport().mapToGlobal(rect.bottomLeft()))

    def offer(self, menu: QMenu, at: QPoint) -> None:
        """Open a menu; the keys are the grid's again when it goes."""
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self.setFocus)
        menu.popup(at)
