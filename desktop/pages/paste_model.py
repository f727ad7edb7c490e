"""The paste grid's sheet as a Qt model: texts to edit, and what a delegate needs to paint a cell's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from db.fields import Kind
from db.findings import Finding, Severity
from desktop.pages.grid_model import Cell, CellModel, Index
from desktop.pages.paste_sheet import Sheet
from returns.paste.columns import Slot, slot_map
from returns.paste.verdict import RowCheck, State

STATES = {State.GOOD: "ok", State.REMARKS: "watch", State.BAD: "alarm"}


class PasteModel(CellModel):
    """`edited` after each change of texts, rows or columns; what the rows' checks say is shown by `checked`."""

    edited = Signal()
    typed = Signal(int, int, str)  # row, column and text of a cell that a person typed into

    def __init__(self, sheet: Sheet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.current_row = -1  # where the keys are
        self.spell: Callable[[int, str], str] = lambda _column, text: text

    def set_sheet(self, sheet: Sheet) -> None:
        """Another block."""
        self.beginResetModel()
        self.sheet = sheet
        self.endResetModel()

    # What the view asks.

    def size(self) -> tuple[int, int]:
        return len(self.sheet.rows), self.sheet.width

    def text(self, row: int, column: int) -> str:
        return self.sheet.text(row, column)

    def kind(self, column: int) -> Kind | None:
        slot = self.slot(column)
        return slot.field.kind if slot is not None else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self.locked:
            return False
        text = self.spell(index.column(), str(value))
        changed = self.change({(index.row(), index.column()): text})
        if changed and text:
            self.typed.emit(index.row(), index.column(), text)
        return changed

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.title(section) if orientation == Qt.Orientation.Horizontal else str(section + 1)

    # What the delegate, the headers and the panel ask.

    def slot(self, column: int) -> Slot | None:
        """The field a column goes to."""
        return slot_map(self.sheet.block.register).get(self.sheet.columns[column].slot)

    def title(self, column: int) -> str:
        """The field's name, or that the column is not taken in."""
        slot = self.slot(column)
        return slot.label if slot is not None else "不录入"

    def check(self, row: int) -> RowCheck | None:
        return self.sheet.checks[row] if row < len(self.sheet.checks) else None

    def findings_at(self, cell: Cell) -> list[Finding]:
        """What there is to say of a cell; in a row's first cell also what no column shows."""
        check = self.check(cell[0])
        if check is None:
            return []
        slot = self.sheet.columns[cell[1]].slot
        own = [each for each in check.findings if slot and each.field == slot]
        if cell[1] == 0:
            shown = {each.slot for each in self.sheet.columns if each.slot}
            own += [each for each in check.findings if each.field not in shown]
        return own

    def worst_at(self, cell: Cell) -> Severity | None:
        """The gravest thing a cell's own findings say."""
        check = self.check(cell[0])
        slot = self.sheet.columns[cell[1]].slot
        if check is None or not slot:
            return None
        if cell[0] == self.current_row and not self.sheet.text(*cell).strip():
            return None  # a row that is being filled in is not reproached with its blanks
        found = {each.severity for each in check.findings if each.field == slot}
        return next((each for each in Severity if each in found), None)

    # Changes.

    def change(self, texts: Mapping[Cell, str]) -> bool:
        if self.locked or not self.sheet.set_cells(texts):
            return False
        rows = [row for row, _ in texts]
        self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), self.sheet.width - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, min(rows), max(rows))
        self.edited.emit()
        return True

    def reshape(self, work: Any) -> Any:
        """Do something that moves rows or columns; everything is shown anew."""
        if self.locked:
            return None
        self.beginResetModel()
        try:
            return work()
        finally:
            self.endResetModel()
            self.edited.emit()

    def add_row(self) -> None:
        """A blank row at the end."""
        last = len(self.sheet.rows)
        self.beginInsertRows(QModelIndex(), last, last)
        self.sheet.add_rows(1)
        self.endInsertRows()

    def checked(self) -> None:
        """New verdicts came: paint them."""
        if self.sheet.rows and self.sheet.width:
            last = len(self.sheet.rows) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, self.sheet.width - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)
