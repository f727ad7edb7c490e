"""How a list is looked at and taken away: saved views, chosen columns, export as shown. The list itself is list_view.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from db.lists import ListQuery
from db.registers import REGISTERS
from desktop.actions.lists import EXTRA, export_list
from desktop.context import AppContext
from desktop.pages.column_chooser import ColumnChooser
from desktop.pages.errors import words_of
from desktop.pages.files import LIST, ask_save, show_in_folder
from desktop.pages.saved_views import SavedViews, View
from desktop.pages.source import columns_for, columns_named
from desktop.tables.model import Column
from desktop.tables.table import Table
from desktop.widgets.filter_row import FilterRow
from desktop.widgets.menu_button import MenuButton
from desktop.widgets.name_strip import NameStrip
from desktop.widgets.side_panel import SidePanel


class Looked(Protocol):
    """What a look needs of its list, which is also a widget."""

    context: AppContext
    filters: FilterRow
    table: Table | None
    extra: dict[str, Any]
    search: QLineEdit
    panel: SidePanel

    @property
    def plan(self) -> Any: ...

    def reload(self) -> None: ...

    def shown_query(self) -> ListQuery: ...

    def put_beside(self, panel: QWidget) -> None: ...

    def offer_undo(self, text: str, take_back: Callable[[], object]) -> None: ...

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None: ...

    def offer(self, word: str, on: Callable[[], object]) -> None: ...


class ListLook:
    """Belongs to one list; reads and writes its filters, columns and order."""

    def __init__(self, view: Looked, widget: QWidget) -> None:
        """`view` is the list and `widget` the same object as Qt knows it."""
        self.list, self.widget = view, widget
        self.memory = view.context.memory
        self.register = view.plan.register
        self.saved = SavedViews(self.memory, self.register)
        self.chosen: list[str] | None = self._known(self.memory.get(f"columns/{self.register}"))
        self.button = MenuButton("视图", widget, view.filters, role="flat")
        self.button.setToolTip("已保存的筛选、列和排序")
        self.button.menu_.aboutToShow.connect(self._fill_menu)
        self.button.bind("视图", self._by_keys, "Ctrl+Shift+F")
        view.filters.add_at_end(self.button)
        self.strip = NameStrip(widget)
        self.chooser: ColumnChooser | None = None

    # Columns.

    def columns(self) -> list[Column]:
        """The columns to show now."""
        plan = self.list.plan
        if self.chosen is None:
            return columns_for(self.register, plan.hide, plan.state_field)
        return columns_named(self.register, self.chosen)

    def names(self) -> list[str]:
        """Their fields, without what is only a mark of the list."""
        return [column.key for column in self.columns() if column.key != "incomplete"]

    def fields(self) -> tuple[str, ...] | None:
        """What the rows must carry for the chosen columns; None for the list's own."""
        if self.chosen is None:
            return None
        own = {field.name for field in REGISTERS[self.register].fields}
        state = self.list.plan.state_field
        return tuple(dict.fromkeys(name for name in (*self.chosen, state) if name in own))

    @property
    def gives_way(self) -> bool:
        """Whether columns without room are put away: the list's own, in whatever order; chosen ones stay."""
        if self.chosen is None:
            return True
        own = columns_for(self.register, self.list.plan.hide, self.list.plan.state_field)
        return {column.key for column in own} == {*self.chosen, "incomplete"}

    def columns_moved(self, keys: list[str]) -> None:
        """A column was dragged in the header."""
        self._columns_chosen([key for key in keys if key != "incomplete"])

    def choose_columns(self) -> None:
        """Open the panel with every field."""
        if self.chooser is None:
            self.chooser = ColumnChooser(self.widget)
            self.list.put_beside(self.chooser)
            self.chooser.changed.connect(self._columns_chosen)
            self.chooser.closed.connect(self._chooser_closed)
        self.list.panel.close_panel()
        self.chooser.choose(self._all_columns(), self.names())

    def _columns_chosen(self, names: list[str] | None) -> None:
        if names is not None and not names:
            return  # a list without columns shows nothing: the last one stays
        self._set_columns(names)
        self.list.reload()
        if names is None and self.chooser is not None:
            self.chooser.choose(self._all_columns(), self.names())

    def _chooser_closed(self) -> None:
        target = self.list.table or self.list.search
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_columns(self, names: Sequence[str] | None) -> None:
        self.chosen = self._known(names)
        self.memory.set(f"columns/{self.register}", self.chosen)

    def _all_columns(self) -> list[tuple[str, str]]:
        register = REGISTERS[self.register]
        found = [(field.name, field.header) for field in register.fields]
        extra = EXTRA if register.has_enterprise else {"unit_code": EXTRA["unit_code"]}
        return found + [(name, words) for name, words in extra.items()]

    def _known(self, names: Any) -> list[str] | None:
        """Only columns there are: a field may be gone since they were chosen."""
        if not isinstance(names, (list, tuple)):
            return None
        known = {name for name, _ in self._all_columns()}
        return [str(name) for name in names if name in known] or None

    # Views.

    def now(self) -> View:
        """How the list is looked at now."""
        order = self.memory.get(f"order/{self.register}")
        return View(
            self.list.filters.values(), self.chosen, (str(order[0]), bool(order[1])) if order else None
        )

    def show_name(self) -> None:
        """The button says which view is in force."""
        name = self.saved.named(self.now())
        self.button.set_words(f"视图：{name}" if name else "视图")

    def apply(self, name: str) -> None:
        """Look at the list as it was saved under a name; "" for the list's own look."""
        view = self.saved.all().get(name) if name else View(self.list.filters.defaults())
        if view is None:
            return
        self.list.extra = {}
        self.list.filters.pin("")
        self._set_columns(view.columns)
        if self.list.table is not None:
            self.list.table.set_order(view.order)
        self.list.filters.set_values(
            {key: value for key, value in view.filters.items() if key in self.list.filters.values()}
        )

    def _fill_menu(self) -> None:
        menu = self.button.menu_
        menu.clear()
        now = self.saved.named(self.now())
        own = self.now() == View(self.list.filters.defaults())
        self.button.add("默认", lambda: self.apply(""), checked=own)
        for name in self.saved.all():
            self.button.add(name, self._applying(name), checked=name == now)
        menu.addSeparator()
        self.button.add("保存当前视图…", self.ask_name, enabled=not now and not own)
        self.button.add(f"“{now}”改名…" if now else "改名…", lambda: self._ask_rename(now), enabled=bool(now))
        self.button.add(f"删除“{now}”" if now else "删除", lambda: self._delete(now), enabled=bool(now))
        menu.addSeparator()
        self.button.add("选择列…", self.choose_columns)

    def _applying(self, name: str) -> Callable[[], None]:
        return lambda: self.apply(name)

    def _by_keys(self) -> None:
        self.button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.button.drop()

    def ask_name(self) -> None:
        """Ask under which name the present look is to be kept."""
        view = self.now()

        def save(name: str) -> str:
            trouble = self.saved.save(name, view)
            self.show_name()
            return trouble

        self.strip.ask("视图名称", "", save)

    def _ask_rename(self, name: str) -> None:
        def rename(new: str) -> str:
            trouble = self.saved.rename(name, new)
            self.show_name()
            return trouble

        self.strip.ask("新的名称", name, rename)

    def _delete(self, name: str) -> None:
        view = self.saved.all().get(name)
        if view is None:
            return
        self.saved.delete(name)
        self.show_name()

        def back() -> None:
            self.saved.save(name, view)
            self.show_name()

        self.list.offer_undo(f"已删除视图：{name}", back)

    # Taking it away.

    def export(self) -> None:
        """Ask for a file and write the list into it as it is shown, aside."""
        context = self.list.context
        title = REGISTERS[self.register].title
        name = self.saved.named(self.now())
        stamp = context.today().isoformat()
        path = ask_save(
            self.widget,
            context.memory,
            "导出列表",
            f"{title}{f'（{name}）' if name else ''}_{stamp}.xlsx",
            LIST,
        )
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the list to a file, with a bar that tells how far it is and can stop it."""
        view, store = self.list, self.list.context.store
        query, names = view.shown_query(), self.names()

        def work(progress: Any, cancelled: Any) -> int:
            return export_list(store, query, names, path, progress=progress, cancelled=cancelled)

        def done(count: int) -> None:
            view.say(f"已导出 {count:,} 行到“{path.name}”。", "", "ok")
            view.offer("打开文件夹", lambda: show_in_folder(path))

        view.context.jobs.run(
            f"export/{self.register}", work, title="导出列表", on_done=done, owner=self.widget, supersede=False,
            on_failed=lambda error: view.say(*words_of(error)),
            on_dropped=lambda: view.say("已取消导出，没有写出文件。", "", "neutral"),
        )  # fmt: skip
