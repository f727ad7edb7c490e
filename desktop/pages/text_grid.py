"""A grid of texts typed by keys: used to fill in a 专项 and to compose one. What a text means is for whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from db.fields import Field, Kind
from db.findings import Finding, Severity
from desktop.pages.paste_cells import PasteDelegate
from desktop.style.theme import tokens
from returns.paste.block import to_tsv

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[int, int]
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIGURES = (Kind.NUMBER, Kind.INTEGER)


@dataclass(frozen=True)
class GridColumn:
    """One column: its header, the kind that decides how it is aligned, the few values it may hold, its help."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    options: tuple[str, ...] = ()
    help: str = ""
    width: int = 130


@dataclass
class GridRow:
    """Texts by column key, what is wrong by column key; `key` is the owner's, None for a row not kept yet."""

    key: Any = None
    cells: dict[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Slot:
    field: Field


class GridModel(QAbstractTableModel):
    """`typed(row, column key, text)` after a cell was typed. While open, there is always one empty row at the end."""

    typed = Signal(int, str, str)

    def __init__(self, columns: Sequence[GridColumn] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[GridRow] = []
        self.locked = False

    def show(self, columns: Sequence[GridColumn], rows: Sequence[GridRow], locked: bool = False) -> None:
        """Other columns and rows."""
        self.beginResetModel()
        self.columns, self.locked = tuple(columns), locked
        self.rows = [*rows, *([] if locked else [GridRow()])]
        self.endResetModel()

    def renew(self, rows: Sequence[GridRow]) -> None:
        """The rows as they are kept now, without disturbing an editor that is open or being closed."""
        wanted = [*rows, *([] if self.locked else [GridRow()])]
        have = len(self.rows)
        if len(wanted) > have:
            self.beginInsertRows(QModelIndex(), have, len(wanted) - 1)
            self.rows = wanted
            self.endInsertRows()
        elif len(wanted) < have:
            self.beginRemoveRows(QModelIndex(), len(wanted), have - 1)
            self.rows = wanted
            self.endRemoveRows()
        self.rows = wanted
        if wanted and self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(wanted) - 1, len(self.columns) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(wanted) - 1)

    def update_row(self, place: int, row: GridRow) -> None:
        """A row as it was kept; typing into the last one makes another empty one."""
        self.rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, max(0, len(self.columns) - 1)))
        if place == len(self.rows) - 1 and not self.locked:
            self.beginInsertRows(QModelIndex(), place + 1, place + 1)
            self.rows.append(GridRow())
            self.endInsertRows()

    # What the view asks.

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def text(self, row: int, column: int) -> str:
        return self.rows[row].cells.get(self.columns[column].key, "")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            wrong = self.wrong_at((index.row(), index.column()))
            told = f"。{wrong}" if wrong else ""
            return f"{self.title(index.column())}：{self.text(index.row(), index.column()) or '空'}{told}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self.locked or not index.isValid():
            return False
        text = str(value).strip()
        if text != self.text(index.row(), index.column()):
            self.typed.emit(index.row(), self.columns[index.column()].key, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self.locked else flags | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Vertical:
                last = section == len(self.rows) - 1 and not self.locked
                return "＋" if last else str(section + 1)
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return self.columns[section].help
        return None

    # What the delegate asks of a grid.

    def slot(self, column: int) -> _Slot:
        return _Slot(Field(self.columns[column].title, self.columns[column].kind))

    def is_figure(self, column: int) -> bool:
        return self.columns[column].kind in _FIGURES

    def title(self, column: int) -> str:
        return self.columns[column].title

    def wrong_at(self, cell: Cell) -> str:
        return self.rows[cell[0]].wrong.get(self.columns[cell[1]].key, "")

    def worst_at(self, cell: Cell) -> Severity | None:
        return Severity.ERROR if self.wrong_at(cell) else None

    def findings_at(self, cell: Cell) -> list[Finding]:
        wrong = self.wrong_at(cell)
        return [Finding("GEN-001", Severity.ERROR, wrong)] if wrong else []


class TextGrid(QTableView):
    """`pasted(row, column, lines)` for a block; `remove_asked(rows)`; `moved()` when another cell is looked at."""

    pasted = Signal(int, int, list)
    remove_asked = Signal(list)
    moved = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.grid = GridModel(parent=self)
        self.setModel(self.grid)
        self.setItemDelegate(PasteDelegate(self))
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
        row = tokens().metrics.row
        self.verticalHeader().setMinimumSectionSize(row)
        self.verticalHeader().setDefaultSectionSize(row)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setMinimumHeight(tokens().metrics.px(34))
        for keys, told, work in (
            ("Alt+Down", "选这一格的值", self.choose_value),
            ("Ctrl+-", "删除选中的行", self._remove),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.setWhatsThis(told)
            shortcut.activated.connect(work)

    def show_rows(self, columns: Sequence[GridColumn], rows: Sequence[GridRow], locked: bool = False) -> None:
        """Fill the grid; the keyboard stays at its cell where that still is."""
        if tuple(columns) == self.grid.columns and locked == self.grid.locked:
            self.grid.renew(rows)
            if not self.currentIndex().isValid():
                self.go((0, 0))
            return
        cell = self.cell
        self.grid.show(columns, rows, locked)
        px = tokens().metrics.px
        metrics = self.fontMetrics()
        for place, column in enumerate(columns):
            self.setColumnWidth(
                place, max(px(column.width), metrics.horizontalAdvance(column.title) + px(28))
            )
        self.go((min(cell[0], max(0, len(self.grid.rows) - 1)), min(cell[1], max(0, len(columns) - 1))))

    @property
    def cell(self) -> Cell:
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else (0, 0)

    def go(self, cell: Cell) -> None:
        index = self.grid.index(*cell)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def step(self, down: int, across: int) -> None:
        """To a neighbouring cell; past a row's end into the next."""
        row, column = self.cell
        width = len(self.grid.columns)
        row, column = row + down, column + across
        if column >= width:
            row, column = row + 1, 0
        elif column < 0:
            row, column = row - 1, width - 1
        self.go((max(0, min(row, len(self.grid.rows) - 1)), column))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        standard = QKeySequence.StandardKey
        key = event.key()
        if event.matches(standard.Paste):
            self._paste()
        elif event.matches(standard.Copy):
            self._copy()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            for row, column in self.selected():
                self.grid.setData(self.grid.index(row, column), "")
        elif key in _ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.step(1, 0)
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self.step(0, 1)
        elif key == Qt.Key.Key_Backtab:
            self.step(0, -1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on to the next cell; F6 leaves the grid."""
        return False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """The first character of an input method opens the cell, as the first key of a keyboard does."""
        index = self.currentIndex()
        if (event.preeditString() or event.commitString()) and index.isValid() and not self.grid.locked:
            if self.state() != QAbstractItemView.State.EditingState:
                self.edit(index)
            editor = self.viewport().focusWidget() or self.focusWidget()
            if editor is not None and editor is not self:
                if hasattr(editor, "selectAll"):
                    editor.selectAll()
                QGuiApplication.sendEvent(editor, event)
                return
        super().inputMethodEvent(event)

    def selected(self) -> list[Cell]:
        found = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        return found or ([self.cell] if self.currentIndex().isValid() else [])

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        lines = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
        if lines and not self.grid.locked:
            self.pasted.emit(*self.cell, lines)

    def _copy(self) -> None:
        cells = self.selected()
        if cells:
            columns = range(min(at for _, at in cells), max(at for _, at in cells) + 1)
            lines = range(cells[0][0], cells[-1][0] + 1)
            QGuiApplication.clipboard().setText(
                to_tsv([self.grid.text(row, at) for at in columns] for row in lines)
            )

    def _remove(self) -> None:
        if not self.grid.locked:
            self.remove_asked.emit(sorted({row for row, _ in self.selected()}))

    def choose_value(self) -> None:
        """Offer the values that the cell may hold, where they are few."""
        row, column = self.cell
        if self.grid.locked or not self.grid.columns or not self.grid.columns[column].options:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        now = self.grid.text(row, column)
        for name in self.grid.columns[column].options:
            action = menu.addAction(name)
            action.triggered.connect(self._chooser(row, column, name))
            if name == now or menu.activeAction() is None:
                menu.setActiveAction(action)
        menu.aboutToHide.connect(self.setFocus)
        left = self.visualRect(self.currentIndex()).bottomLeft()
        menu.popup(self.viewport().mapToGlobal(QPoint(left)))

    def _chooser(self, row: int, column: int, name: str) -> Callable[[], object]:
        return lambda: self.grid.setData(self.grid.index(row, column), name)
