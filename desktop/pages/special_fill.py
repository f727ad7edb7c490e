"""One 专项 to fill in: what is asked and until when, 零报, and the rows in a grid that keeps every cell as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from db.errors import KnownError
from db.fields import Field, Kind
from db.special.answers import due_words
from db.special.definition import Definition
from desktop.actions import special as actions
from desktop.context import AppContext
from desktop.forms.shorthand import full_date
from desktop.pages.paste_typing import firm_meant
from desktop.pages.text_grid import GridColumn, GridRow, TextGrid
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label

_WIDTHS = {Kind.REF: 220, Kind.TEXT: 160, Kind.NUMBER: 110, Kind.DATE: 110, Kind.BOOL: 80, Kind.CHOICE: 120}


class TableFill(Card):
    """`changed()` after each change that was kept; `said(text, hint, state)` for the line above the page."""

    changed = Signal()
    said = Signal(str, str, str)
    goto_asked = Signal(str, dict)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("专项", "", parent, flush=True)
        self.context = context
        self.sheet: actions.Sheet | None = None
        self.chip = Chip("", "neutral")
        self.zero = QCheckBox("零报（没有内容）")
        self.zero.clicked.connect(self._set_zero)
        self.remove = Button(
            "删除行", lambda: self.remove_rows(self._chosen()), self, role="small", hint="Ctrl -"
        )
        for widget in (self.chip, self.zero, self.remove):
            self.head.addWidget(widget)
        self.about = label("", "muted", wrap=True)
        self.about.setContentsMargins(14, 0, 14, 4)
        self.add(self.about)
        self.grid = TextGrid("专项表", self)
        self.grid.grid.typed.connect(self._typed)
        self.grid.pasted.connect(self.paste)
        self.grid.remove_asked.connect(self.remove_rows)
        self.grid.moved.connect(self._tell_cell)
        self.add(self.grid, 1)
        self.told = label("", "help", wrap=True)
        row = QHBoxLayout()
        row.setContentsMargins(14, 4, 14, 10)
        row.addWidget(self.told, 1)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(row)
        self.add(holder)

    # Showing.

    def show_table(self, key: str) -> None:
        """Read a table and show it."""
        self._show(actions.read_sheet(self.context.store, key))

    def reload(self) -> None:
        if self.sheet is not None:
            self.show_table(self.sheet.definition.key)

    def _show(self, sheet: actions.Sheet) -> None:
        self.sheet = sheet
        definition = sheet.definition
        words, state = due_words(definition, self.context.today())
        if sheet.locked:
            words, state = "已随回报上报", "ok"
        self.set_title(definition.title)
        self.chip.set(words, state)
        self.about.setText(definition.note)
        self.about.setVisible(bool(definition.note))
        self.zero.setChecked(sheet.zero)
        self.zero.setEnabled(not sheet.locked and not sheet.lines)
        self.zero.setToolTip("已有内容；要零报请先删除各行" if sheet.lines else "")
        self.remove.setEnabled(not sheet.locked)
        self.grid.setAccessibleName(definition.title)
        lines = [GridRow(each.id, dict(each.cells), each.wrong) for each in sheet.lines]
        self.grid.show_rows(_columns(definition), lines, sheet.locked)
        self._tell_cell()

    def open_at(self, row: UUID | None, field: str = "") -> None:
        """Stand on a row (and a column of it)."""
        if self.sheet is None:
            return
        keys = [each.key for each in self.grid.grid.rows]
        names = [each.key for each in self.grid.grid.columns]
        if row in keys:
            self.grid.go((keys.index(row), names.index(field) if field in names else 0))

    def _tell_cell(self) -> None:
        grid = self.grid.grid
        if self.sheet is None or not grid.columns or not grid.rows:
            return
        row, column = self.grid.cell
        wrong = grid.wrong_at((row, column))
        options = grid.columns[column].options
        more = f"可选：{'、'.join(options)}（Alt+↓）" if options else ""
        text = (
            f"第 {row + 1} 行“{grid.columns[column].title.rstrip(' *')}”：{wrong}"
            if wrong
            else grid.columns[column].help
        )
        set_property(self.told, "state", "alarm" if wrong else "")
        set_property(self.told, "role", "finding" if wrong else "help")
        self.told.setText("　".join(part for part in (text, more) if part))

    # Typing.

    def _typed(self, place: int, column: str, text: str) -> None:
        assert self.sheet is not None
        key = self.grid.grid.rows[place].key
        if not text and key is None:
            return
        field = self.sheet.definition.register.field(column)
        spelled = _spelled(field, text, self.context)
        if self._try(lambda: actions.save_cells(self.context.store, self._key, {column: spelled}, key)):
            self._after()

    def paste(self, row: int, column: int, lines: Sequence[Sequence[str]]) -> None:
        """A block from a spreadsheet goes into the cells from here on; a line of headers is left out."""
        assert self.sheet is not None
        columns = self.grid.grid.columns
        block = [list(line) for line in lines]
        titles = {each.title.rstrip(" *") for each in columns} | {
            each.title.split("（")[0] for each in columns
        }
        names = [each.key for each in columns[column:]]
        first = [cell.strip().rstrip("* ") for cell in block[0]]
        if len(first) > 1 and sum(cell in titles for cell in first) * 2 > len(first):
            by_title = {
                title: each.key
                for each in columns
                for title in (each.title.rstrip(" *"), each.title.split("（")[0])
            }
            names = [by_title.get(cell, "") for cell in first]
            block = block[1:]
        into: list[Any] = [each.key for each in self.grid.grid.rows[row:]]
        count = self._try(lambda: actions.save_block(self.context.store, self._key, block, names, into))
        if count:
            self._after()
            self.said.emit(f"粘贴了 {count} 行。", "标红的格子还要改正。" if self._wrong() else "", "ok")

    def _wrong(self) -> int:
        return sum(bool(each.wrong) for each in self.grid.grid.rows)

    def _chosen(self) -> list[int]:
        return sorted({row for row, _ in self.grid.selected()})

    def remove_rows(self, places: Sequence[int]) -> None:
        """Delete rows; the line above offers them back."""
        keys = [self.grid.grid.rows[place].key for place in places if place < len(self.grid.grid.rows)]
        keys = [key for key in keys if key is not None]
        if not keys or self.sheet is None:
            return
        store, table = self.context.store, self._key

        def work() -> int:
            for key in keys:
                actions.delete_row(store, table, key)
            return len(keys)

        def back() -> None:
            for key in keys:
                actions.restore_row(store, table, key)
            self._after()

        if self._try(work):
            self._after()
            self.context.undo_offered.emit(f"已删除 {len(keys)} 行", back)

    def _set_zero(self, zero: bool) -> None:
        def work() -> None:
            actions.set_zero(self.context.store, self._key, zero)

        self._try(work)
        self._after()

    @property
    def _key(self) -> str:
        assert self.sheet is not None
        return self.sheet.definition.key

    def _try(self, work: Any) -> Any:
        try:
            return work()
        except KnownError as error:
            self.said.emit(error.message, error.hint, "alarm")
            return None

    def _after(self) -> None:
        self.reload()
        self.changed.emit()


def _columns(definition: Definition) -> list[GridColumn]:
    found = []
    for field in definition.register.fields:
        title = f"{field.header} *" if field.required else field.header
        options = ("是", "否") if field.kind is Kind.BOOL else field.choices
        help = field.help
        if field.kind is Kind.REF:
            help = "填企业全称，或名称里的几个字、信用代码末几位。"
        found.append(GridColumn(field.name, title, field.kind, options, help, _WIDTHS.get(field.kind, 130)))
    return found


def _spelled(field: Field, text: str, context: AppContext) -> str:
    """The whole of what a few typed characters plainly mean."""
    if not text:
        return text
    if field.kind is Kind.DATE:
        return full_date(text, context.period, context.today())
    if field.kind is Kind.REF:
        return firm_meant(context.store, text) or text
    if field.choices:
        hits = [each for each in field.choices if each.startswith(text)]
        return hits[0] if len(hits) == 1 else text
    return text


def nothing_asked(take: Any) -> EmptyState:
    """What the page says where no table is asked for."""
    return EmptyState("这个月没有专项", "区级下发的专项表导入以后在这里填。", "导入下发…", take)
