"""A grid of texts typed by keys: used to fill in a 专项 and to compose one. What a text means is for whoever listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QWidget

from db.fields import Kind
from db.findings import Finding, Severity
from desktop.pages.grid_model import Cell, CellModel, Index
from desktop.pages.grid_view import CellGrid
from desktop.style.theme import tokens


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


class GridModel(CellModel):
    """`typed(row, column key, text)` after a cell was typed. While open, there is always one empty row at the end."""

    typed = Signal(int, str, str)

    def __init__(self, columns: Sequence[GridColumn] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[GridRow] = []

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

    def size(self) -> tuple[int, int]:
        return len(self.rows), len(self.columns)

    def text(self, row: int, column: int) -> str:
        return self.rows[row].cells.get(self.columns[column].key, "")

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self.locked or not index.isValid():
            return False
        text = str(value).strip()
        if text != self.text(index.row(), index.column()):
            self.typed.emit(index.row(), self.columns[index.column()].key, text)
        return True

    def change(self, texts: Mapping[Cell, str]) -> bool:
        return any([self.setData(self.index(*cell), text) for cell, text in texts.items()])

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

    def kind(self, column: int) -> Kind:
        return self.columns[column].kind

    def title(self, column: int) -> str:
        return self.columns[column].title

    def wrong_at(self, cell: Cell) -> str:
        return self.rows[cell[0]].wrong.get(self.columns[cell[1]].key, "")

    def worst_at(self, cell: Cell) -> Severity | None:
        return Severity.ERROR if self.wrong_at(cell) else None

    def findings_at(self, cell: Cell) -> list[Finding]:
        wrong = self.wrong_at(cell)
        return [Finding("GEN-001", Severity.ERROR, wrong)] if wrong else []


class TextGrid(CellGrid):
    """`pasted(row, column, lines)` for a block; `remove_asked(rows)` for Ctrl+-."""

    pasted = Signal(int, int, list)
    remove_asked = Signal(list)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(GridModel(), parent)
        self.grid.setParent(self)
        self.setAccessibleName(name)
        self.set_row_height()
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setMinimumHeight(tokens().metrics.px(34))

    @property
    def grid(self) -> GridModel:
        model = self.model()
        assert isinstance(model, GridModel)
        return model

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

    def paste_here(self) -> None:
        text = QGuiApplication.clipboard().text()
        lines = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
        if lines and not self.grid.locked:
            self.pasted.emit(*self.cell, lines)

    def remove_rows(self) -> None:
        if not self.grid.locked:
            self.remove_asked.emit(self.selected_rows())

    def values_at(self, cell: Cell) -> Sequence[str]:
        return self.grid.columns[cell[1]].options
