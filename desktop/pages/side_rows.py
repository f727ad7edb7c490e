"""A page of rows that wait to be put right: the grid, what is wrong with the current cell, and what was typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.findings import Finding, Severity
from desktop.context import AppContext
from desktop.pages.ledger_grid import GridColumn, GridRow, LedgerModel, LedgerTable, slot_of
from desktop.pages.paste_panel import CellPanel
from desktop.widgets.card import Card
from returns.paste.block import read_clipboard

if TYPE_CHECKING:
    from returns.ledger.mending import WaitingPage, WaitingRow

Typed = dict[int, dict[str, str]]  # seq of a row → {column letter: text}


class SideRows(QWidget):
    """`edited` after each change; `dismiss_asked` for Ctrl+-."""

    edited = Signal()
    dismiss_asked = Signal()

    def __init__(self, register: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.register = register
        self.page: WaitingPage | None = None
        self._kept: Typed = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.model = LedgerModel(register, self)
        self.model.speak(context)
        self.model.edited.connect(self._edited)
        self.table = LedgerTable(self.model, context, self)
        self.table.setAccessibleName("没有入库的行")
        self.table.moved.connect(self._show_cell)
        self.table.pasted.connect(lambda text, html: self.table.paste_cells(read_clipboard(text, html)))
        self.table.undo_asked.connect(self._undo)
        self.table.redo_asked.connect(self._redo)
        self.table.rows_asked.connect(lambda _rows: self.dismiss_asked.emit())
        card = Card(flush=True)
        card.add(self.table, 1)
        column.addWidget(card, 1)
        self.panel = CellPanel(self)
        column.addWidget(self.panel)

    def show_page(self, page: WaitingPage | None) -> None:
        """Other rows; the keyboard goes to the first cell to be mended."""
        self.page, self._kept = page, {}
        if page is None:
            self.model.show([], [], [])
            return
        at = {column.letter: place for place, column in enumerate(page.columns)}
        self._kept = {
            row.seq: {letter: row.cells[at[letter]] for letter in row.typed if letter in at}
            for row in page.rows
        }
        self.model.show(
            [
                GridColumn(each.title, each.letter, slot_of(each.target, self.register))
                for each in page.columns
            ],
            [self._line(row, row.typed, frozenset()) for row in page.rows],
            [list(row.cells) for row in page.rows],
        )
        self.table.go(self.model.next_bad((-1, -1)) or (0, 0))
        self._show_cell()

    def _line(self, row: WaitingRow, typed: frozenset[str], fresh: frozenset[str]) -> GridRow:
        """`fresh`: columns typed into since the row was last tried; their old reasons say nothing any more."""
        assert self.page is not None
        line = GridRow(row.number, "已改" if typed else "要改", "info" if typed else "alarm")
        at = {column.letter: place for place, column in enumerate(self.page.columns)}
        for reason in row.reasons:
            if not reason.column or reason.column not in fresh:
                finding = Finding(
                    reason.id, Severity.ERROR, reason.message, row=row.number, column=reason.column
                )
                line.findings.setdefault(at.get(reason.column, -1), []).append(finding)
        return line

    # What was typed.

    def now(self) -> Typed:
        """What differs from what the page came with."""
        found: Typed = {}
        if self.page is None or len(self.model.sheet.rows) != len(self.page.rows):
            return found
        for row, texts in zip(self.page.rows, self.model.sheet.rows, strict=True):
            for column, was, is_now in zip(self.page.columns, row.cells, texts, strict=True):
                if was != is_now:
                    found.setdefault(row.seq, {})[column.letter] = is_now
        return found

    def unkept(self) -> Typed:
        """Of that, what was not noted by `note_kept` yet."""
        return {
            seq: fresh
            for seq, texts in self.now().items()
            if (fresh := {at: text for at, text in texts.items() if self._kept.get(seq, {}).get(at) != text})
        }

    def note_kept(self, typed: Typed) -> None:
        """So much is stored."""
        for seq, texts in typed.items():
            self._kept.setdefault(seq, {}).update(texts)

    def chosen(self) -> list[int]:
        """The rows that are selected; the one the keyboard is on where only a cell is."""
        if self.page is None:
            return []
        places = sorted({row for row, _ in self.table.selected()})
        return [self.page.rows[at].seq for at in places if at < len(self.page.rows)]

    def close_editor(self) -> None:
        """Take what is being typed."""
        if self.table.state() == LedgerTable.State.EditingState:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def next_bad(self) -> None:
        """To the next cell with something to mend."""
        cell = self.model.next_bad(self.table.cell)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if cell is not None:
            self.table.go(cell)

    def _edited(self) -> None:
        if self.page is None:
            return
        now = self.now()
        for at, row in enumerate(self.page.rows):
            fresh = frozenset(now.get(row.seq, {}))
            self.model.lines[at] = self._line(row, row.typed | fresh, fresh)
        self.table.viewport().update()
        self.table.verticalHeader().viewport().update()
        self._show_cell()
        self.edited.emit()

    def _undo(self) -> None:
        if self.model.sheet.can_undo:
            self.table.go(self.model.reshape(self.model.sheet.undo) or (0, 0))

    def _redo(self) -> None:
        if self.model.sheet.can_redo:
            self.table.go(self.model.reshape(self.model.sheet.redo) or (0, 0))

    def _show_cell(self) -> None:
        row, column = self.table.cell
        if row >= len(self.model.lines) or column >= len(self.model.heads) or self.page is None:
            return
        line, head, slot = self.model.lines[row], self.model.heads[column], self.model.slot(column)
        help = slot.field.help if slot is not None else "这一列不导入，原文随记录保留。"
        about = line.findings.get(-1, []) if column else []
        self.panel.show_cell(
            f"第 {line.number} 行 · {self.page.rows[row].label} · {head.letter} 列 {self.model.title(column)}",
            help, [*self.model.findings_at((row, column)), *about],
        )  # fmt: skip
