"""催报 on 收表: who is missing, for how many days, whom to call; copied for a chat or printed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.actions.cadence import YearDesk
from desktop.context import AppContext
from desktop.pages import receive_year_model as model
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.keys import on_keys


class UrgeCard(Card):
    """`copy_asked(unit)` and `print_asked(unit)`, "" for the whole list; `opened(unit)` on Enter."""

    copy_asked = Signal(str)
    print_asked = Signal(str)
    opened = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("催报", parent=parent, flush=True)
        self.copy_one = Button(
            "复制这一家", lambda: self.copy_asked.emit(self._unit()), self, role="small", hint="空格"
        )
        self.print_one = Button(
            "打印这一家…", lambda: self.print_asked.emit(self._unit()), self, role="small"
        )
        self.copy_all = Button("复制名单", lambda: self.copy_asked.emit(""), self, role="small")
        self.print_all = Button("打印名单…", lambda: self.print_asked.emit(""), self, role="small")
        self.copy_all.setToolTip("Ctrl+Shift+C")
        self.print_all.setToolTip("Ctrl+P")
        self.buttons = (self.copy_one, self.print_one, self.copy_all, self.print_all)
        for button in self.buttons:
            self.head.addWidget(button)
        self.table = Table(
            ListSource(model.URGE_COLUMNS), memory=context.memory, name="receive_urge",
            empty=EmptyState("都报齐了", "这个月没有要催的单位。", icon="done"),
        )  # fmt: skip
        self.table.setAccessibleName("要催报的单位")
        self.table.chosen.connect(lambda _unit: self._enable())
        self.table.opened.connect(self.opened)
        self.add(self.table, 1)
        on_keys(self.table, "Space", self.copy_one.click, "复制给这一家的催报", alone=True)
        on_keys(self, "Ctrl+P", self.print_all.click, "打印催报名单")
        self._enable()

    def show_list(self, desk: YearDesk) -> None:
        """Who is missing in the month."""
        late = sum(each.days > 0 for each in desk.urged)
        note = f"未报 {len(desk.urged)} 家" + (f"，其中超期 {late} 家" if late else "")
        self.set_title(f"{desk.period.month} 月催报", note if desk.urged else "")
        self.table.set_source(ListSource(model.URGE_COLUMNS, model.urge_rows(desk.urged)))
        if desk.urged and not self.table.current_id():
            self.table.choose(desk.urged[0].code)
        self._enable()

    def _enable(self) -> None:
        some = self.table.paged.rowCount() > 0
        for button in (self.copy_all, self.print_all):
            button.setEnabled(some)
        for button in (self.copy_one, self.print_one):
            button.setEnabled(some and bool(self.table.current_id()))

    def _unit(self) -> str:
        return self.table.current_id()
