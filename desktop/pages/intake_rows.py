"""The first rows of a file as they would be stored, with what is not understood marked. Nothing can be typed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.context import AppContext
from desktop.pages.ledger_grid import GridColumn, GridRow, LedgerModel, LedgerTable, slot_of
from desktop.widgets.button import Button
from desktop.widgets.card import Card

if TYPE_CHECKING:
    from returns.ledger.preview import Preview, PreviewRow

_STATES = {"可入库": "ok", "有未看懂": "watch", "不入库": "alarm"}


class RowsCard(Card):
    """`table.column_asked` when a header is pressed. Beside the title stands what is wrong with the current cell."""

    def __init__(self, register: str, context: AppContext, scope: QWidget) -> None:
        super().__init__("预览", flush=True, parent=scope)
        self._counted = ""
        self.next_button = Button("下一处要改", self.next_bad, self, role="small")
        self.next_button.set_shortcut("F8", scope, anywhere=True)
        self.head.addWidget(self.next_button)
        self.model = LedgerModel(register, self, fixed=True)
        self.table = LedgerTable(self.model, context, self)
        self.table.setAccessibleName("前若干行，按将要入库的样子")
        self.table.moved.connect(self._tell_cell)
        self.add(self.table, 1)

    def clear(self) -> None:
        """Nothing is known yet."""
        self.model.show([], [], [])
        self._counted = ""
        self.set_title("预览")
        self.next_button.setEnabled(False)

    def show_rows(self, found: Preview) -> None:
        """The rows of a file."""
        letters = {column.letter: place for place, column in enumerate(found.columns)}
        heads = [
            GridColumn(column.title, column.letter, slot_of(column.target, found.register))
            for column in found.columns
        ]
        self.model.register = found.register
        lines = [self._line(row, letters) for row in found.rows]
        self.model.show(heads, lines, [list(row.texts) for row in found.rows])
        words = [f"前 {len(found.rows):,} 行" if found.more else f"{len(found.rows):,} 行"]
        words += [f"{state} {number:,}" for state in _STATES if (number := found.count(state))]
        self._counted = " · ".join(words) if found.rows else "表头下面没有数据行"
        self.set_title("预览", self._counted)
        self.next_button.setEnabled(self.model.next_bad((-1, -1)) is not None)

    @staticmethod
    def _line(row: PreviewRow, letters: dict[str, int]) -> GridRow:
        line = GridRow(row.number, row.state, _STATES.get(row.state, "neutral"))
        for finding in row.findings:
            line.findings.setdefault(letters.get(finding.column, -1), []).append(finding)
        return line

    def _tell_cell(self) -> None:
        found = self.model.findings_at(self.table.cell) if self.model.lines else []
        self.set_title("预览", "；".join(each.message for each in found) or self._counted)

    def next_bad(self) -> None:
        """To the next cell that is not understood."""
        cell = self.model.next_bad(self.table.cell)
        if cell is not None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.go(cell)
