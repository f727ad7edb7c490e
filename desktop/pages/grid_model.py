"""What a grid of typed cells needs of its model, and what its cells say the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from db.fields import Kind
from db.findings import Finding, Severity

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[int, int]
_FIGURES = (Kind.INTEGER, Kind.NUMBER)


class CellModel(QAbstractTableModel):
    """Texts in cells. A grid of its own tells its size, texts, kinds and findings, and takes changes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.locked = False  # nothing may be typed

    # For the grid to say.

    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        raise NotImplementedError

    def text(self, row: int, column: int) -> str:
        raise NotImplementedError

    def kind(self, column: int) -> Kind | None:
        """What a column holds; None where it is not taken in."""
        raise NotImplementedError

    def title(self, column: int) -> str:
        raise NotImplementedError

    def findings_at(self, cell: Cell) -> list[Finding]:
        """What there is to say of a cell."""
        raise NotImplementedError

    def worst_at(self, cell: Cell) -> Severity | None:
        """The tone of a cell: the gravest of its own findings."""
        raise NotImplementedError

    def change(self, texts: Mapping[Cell, str]) -> bool:
        """Put texts into cells, as one step; whether anything changed."""
        raise NotImplementedError

    # What the view and the delegate ask.

    def is_figure(self, column: int) -> bool:
        """Whether the column is aligned at the right."""
        return self.kind(column) in _FIGURES

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.size()[0]

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.size()[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = (index.row(), index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(*cell)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = "，".join(each.message for each in self.findings_at(cell))
            return f"{self.title(cell[1])}：{self.text(*cell) or '空'}{'。' + told if told else ''}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain if self.locked else plain | Qt.ItemFlag.ItemIsEditable
