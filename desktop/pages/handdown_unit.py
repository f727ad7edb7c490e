"""下发 at a unit: the 专项 of the month, each a tab, and 导入下发."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QWidget

from db.periods import Period
from db.special.answers import Asked
from db.special.definition import PREFIX
from desktop.actions import special as actions
from desktop.page import Page
from desktop.pages.handdown_intake import HanddownIntake
from desktop.pages.special_fill import TableFill, nothing_asked
from desktop.widgets.banner import Banner
from desktop.widgets.facts import TabStrip

INTAKE, NONE = "intake", "none"


class UnitHanddownPage(Page):
    """Files may be dropped anywhere on the page. `open(table=key, record=…, field=…)` goes to a cell."""

    key = "handdown"
    word = "下发"
    icon = "download"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.asked: list[Asked] = []
        self.setAcceptDrops(True)
        self.tabs = TabStrip([(INTAKE, "导入下发")], large=True)
        self.tabs.setAccessibleName("专项和导入下发")
        self.tabs.chosen.connect(self.show_tab)
        self.header.set_lead(self.tabs)
        self.header.add("导入下发…", self.add_files, "Ctrl+O", show_hint=False, tip="读入区级发来的下发文件")
        self.message = Banner()
        self.message.hide()
        self.body.addWidget(self.message)
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        self.fill = TableFill(context)
        self.fill.said.connect(self.say)
        self.fill.changed.connect(self._changed)
        self.intake = HanddownIntake(context)
        self.intake.said.connect(self.say)
        self.intake.taken.connect(self.refresh)
        self.empty = nothing_asked(self.add_files)
        for each in (self.fill, self.intake, self.empty):
            self.stack.addWidget(each)
        self._chosen = ""
        leave = QShortcut(QKeySequence("F6"), self.fill.grid)
        leave.setWhatsThis("离开表格")
        leave.activated.connect(self.tabs.focus_current)

    def refresh(self) -> None:
        editing = QAbstractItemView.State.EditingState
        if self.fill.grid.state() == editing:
            return  # what is being typed is not disturbed
        self.asked = actions.asked(self.context.store, self.context.period)
        tabs = [(each.definition.key, _words(each)) for each in self.asked] + [(INTAKE, "导入下发")]
        self.tabs.set_tabs(tabs)
        chosen = self._chosen if self._chosen in dict(tabs) else tabs[0][0]
        self.header.set_chips([_chip(self.asked, self.context.period)])
        self.show_tab(chosen)

    def show_tab(self, key: str) -> None:
        """A table by its key, or 导入下发."""
        self._chosen = key
        if key in [each.definition.key for each in self.asked] or key == INTAKE:
            self.tabs.select(key)
        if key == INTAKE:
            self.stack.setCurrentWidget(self.intake)
            self.intake.refresh()
        else:
            self.stack.setCurrentWidget(self.fill)
            self.fill.show_table(key)

    def _changed(self) -> None:
        self.asked = actions.asked(self.context.store, self.context.period)
        self.tabs.set_tabs(
            [(each.definition.key, _words(each)) for each in self.asked] + [(INTAKE, "导入下发")]
        )
        self.header.set_chips([_chip(self.asked, self.context.period)])
        self.context.changed()

    def add_files(self) -> None:
        self.show_tab(INTAKE)
        self.intake.add_files()

    def say(self, text: str, hint: str = "", state: str = "info") -> None:
        """A line above the page."""
        self.message.say(text, hint, state)
        self.message.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_tab(INTAKE)
        self.intake.stage([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # What the window asks.

    def open(self, **args: Any) -> None:
        """`table`: a key; `record` and `field` a cell of it; `files`: read them."""
        if args.get("files"):
            self.show_tab(INTAKE)
            self.intake.stage([Path(each) for each in args["files"]])
            return
        if args.get("intake"):
            self.show_tab(INTAKE)
            return
        table = str(args.get("table") or args.get("register") or "").removeprefix(PREFIX)
        if table in [each.definition.key for each in self.asked]:
            self.show_tab(table)
            record = args.get("record")
            if record:
                self.fill.open_at(UUID(str(record)), str(args.get("field") or ""))
            self.fill.grid.setFocus()

    def first_focus(self) -> QWidget | None:
        return self.fill.grid if self.stack.currentWidget() is self.fill else self.intake.files

    def badge(self) -> int | None:
        return sum(not each.answered for each in self.asked) or None


def _words(each: Asked) -> str:
    state = "零报" if each.zero and not each.rows else f"{each.rows} 行" if each.rows else "未填"
    return f"{each.definition.title}（{state}）"


def _chip(asked: list[Asked], period: str) -> tuple[str, str]:
    month = f"{Period(period).month} 月"
    if not asked:
        return f"{month}没有专项", "neutral"
    left = sum(not each.answered or bool(each.incomplete) for each in asked)
    return (
        (f"{month}专项 {len(asked)} 张，还有 {left} 张没填好", "watch")
        if left
        else (f"{month}专项都填好了", "ok")
    )
