"""A view that is a table with filters above and a panel beside it: rows read aside, chosen row told in the panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.context import AppContext
from desktop.forms.side import clear
from desktop.page import SUPERVISOR
from desktop.pages.files import ask_save, show_in_folder
from desktop.pages.register_views import View
from desktop.pages.table_export import export_rows
from desktop.style.theme import set_property, tokens
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_row import FilterRow
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

T = TypeVar("T")


@dataclass(frozen=True)
class _Found(Generic[T]):
    """What a reading brought: the shown items by id, their rows, how many there are without the text filter."""

    items: dict[str, T]
    rows: list[Row]
    whole: int
    told: str


class TableView(View, Generic[T]):
    """Declare columns, `read` (aside), `row_of`, `fill`; the rest is here. Items are kept by their row's id."""

    columns: Sequence[Column] = ()
    empty: tuple[str, str] = ("", "")
    icon = "inbox"
    street = True  # whether the district may choose a street
    multi = False

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.items: dict[str, T] = {}
        self._written: Path | None = None
        self._show_folder: Button | None = None
        self.header.add(
            "导出…", self.export, "Ctrl+Shift+E", tip="按现在的筛选和排序写成 Excel", show_hint=False
        )
        self.filters = FilterRow(self, context.memory, f"view/{self.key}")
        self.search = self.filters.add_search("text", "企业名称", 220)
        if self.street and context.role == SUPERVISOR:
            self.filters.add_choice("street", "街道", [(None, "全部街道"), *context.streets()])
        self.more_filters()
        self.filters.changed.connect(lambda _values: self.reload())
        self.column.addWidget(self.filters)
        self.note = label("", "muted", wrap=True)
        self.note.hide()
        self.column.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        self.column.addLayout(row, 1)
        card = Card(flush=True)
        row.addWidget(card, 1)
        self.table = Table(
            ListSource(self.columns), memory=context.memory, name=f"view/{self.key}", multi=self.multi, fold=True,
            empty=EmptyState(*self.empty, icon=self.icon),
        )  # fmt: skip
        self.table.setAccessibleName(self.word)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self.opened)
        card.add(self.table, 1)
        self.panel = SidePanel(self, 340)
        row.addWidget(self.panel)

    # What a view declares.

    def more_filters(self) -> None:
        """Choices of its own."""

    def read(self, chosen: dict[str, Any]) -> Callable[[], Sequence[T]]:
        """What reads the items; runs aside."""
        raise NotImplementedError

    def id_of(self, item: T) -> str:
        raise NotImplementedError

    def row_of(self, item: T) -> Row:
        raise NotImplementedError

    def name_of(self, item: T) -> str:
        raise NotImplementedError

    def fill(self, item: T) -> tuple[str, str]:
        """Put an item into the panel; its chip's (word, state)."""
        raise NotImplementedError

    def opened(self, key: str) -> None:
        """Enter, double click: the firm's card, unless the view has something better."""
        self.open_firm(key)

    def told(self, items: Sequence[T]) -> str:
        """A line above the table, "" for none."""
        return ""

    # Reading and showing.

    def reload(self) -> None:
        chosen = self.filters.values()
        work = self.read(chosen)
        self.context.jobs.run(
            f"view/{self.key}/{id(self)}", lambda _progress, _cancelled: self._found(work(), chosen),
            title=f"读取{self.word}", on_done=self._show, on_failed=self.failed, owner=self, quiet=True,
        )  # fmt: skip

    def _found(self, found: Sequence[T], chosen: dict[str, Any]) -> _Found[T]:
        """Everything that takes long with many rows; runs aside."""
        text = str(chosen.get("text") or "").strip()
        shown = [each for each in found if text in self.name_of(each)] if text else list(found)
        rows = [self.row_of(each) for each in shown]
        return _Found({self.id_of(each): each for each in shown}, rows, len(found), self.told(found))

    def _show(self, found: _Found[T]) -> None:
        self.items = found.items
        self.table.set_source(ListSource(self.columns, found.rows))
        shown = len(found.rows)
        self.filters.set_note(f"共 {shown:,} 家" if shown == found.whole else f"{shown:,}/{found.whole:,} 家")
        self.note.setText(found.told)
        self.note.setVisible(bool(found.told))
        if not self.filters.active:
            self.counted.emit(found.whole)
        if self.panel.isVisible() and self.panel.record not in self.items:
            self.panel.close_panel()
        elif self.panel.isVisible():
            self._chosen(self.panel.record)

    # Taking it away.

    def export(self) -> None:
        """Ask for a file and write the rows into it as they are shown, aside."""
        name = f"{self.word}_{self.context.today().isoformat()}.xlsx"
        path = ask_save(self, self.context.memory, f"导出{self.word}", name)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the rows to a file."""
        source = self.table.paged.source
        rows = list(source.rows) if isinstance(source, ListSource) else []

        def done(count: int) -> None:
            self._written = path
            self.say(f"已导出 {count:,} 行到“{path.name}”。", "", "ok")
            if self._show_folder is None:
                self._show_folder = self.message.add("打开文件夹", self._open_folder)
            self._show_folder.show()

        self.context.jobs.run(
            f"export/{self.key}",
            lambda _progress, _cancelled: export_rows(self.word, self.columns, rows, path),
            title=f"导出{self.word}", on_done=done, on_failed=self.failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _open_folder(self) -> None:
        if self._written is not None:
            show_in_folder(self._written)

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None:
        if self._show_folder is not None:
            self._show_folder.hide()
        super().say(text, hint, state)

    def first_focus(self) -> QWidget | None:
        return self.table if self.items else self.search

    def _chosen(self, key: str) -> None:
        item = self.items.get(key)
        if item is None:
            self.panel.close_panel()
            return
        clear(self.panel.body)
        while (old := self.panel.foot.takeAt(0)) is not None:
            if old.widget() is not None:
                old.widget().hide()
                old.widget().deleteLater()
        word, state = self.fill(item)
        self.panel.body.addStretch(1)
        self.panel.foot.addStretch(1)
        self.panel.open_for(key, self.name_of(item), word, state)

    # Pieces of a panel.

    def text(self, words: str, role: str = "", state: str = "") -> None:
        """A line of words in the panel."""
        line = label(words, role, wrap=True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if state:
            set_property(line, "state", state)
        self.panel.body.addWidget(line)

    def button(self, text: str, on: Callable[[], object], *, primary: bool = False, hint: str = "") -> Button:
        """A button at the panel's foot."""
        made = Button(text, on, self.panel, primary=primary, role="" if primary else "small", hint=hint)
        self.panel.foot.addWidget(made)
        return made
