"""The tabs of 收表: 收件 with what is decided there (receive.py), and the year beside it (receive_year.py)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.actions import cadence
from desktop.page import Page
from desktop.pages.file_banner import FileBanner
from desktop.pages.receive_year import URGE, VIEWS, YearView
from desktop.widgets.button import Button
from desktop.widgets.facts import TabStrip
from desktop.widgets.keys import on_keys
from desktop.widgets.stack import CurrentStack

FILES = "files"
TABS = ((FILES, "收件"), *VIEWS)


class ReceiveTabs(Page):
    """`inbox` and `message` are the page's to fill; the year is made when one of its tabs is first shown."""

    message: FileBanner
    remind_button: Button
    kinds: TabStrip

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.tabs = TabStrip(TABS, large=True)
        self.tabs.setAccessibleName("收件、全年、各表、催报还是例外")
        self.tabs.chosen.connect(self._tab_chosen)
        self.header.set_lead(self.tabs)
        self.stack = CurrentStack()
        self.inbox = QWidget()
        self.inbox.setProperty("role", "plain")
        self.stack.addWidget(self.inbox)
        self.year: YearView | None = None
        self._unit = ""
        on_keys(self, "Ctrl+Tab", lambda: self._step(1), "下一个页签")
        on_keys(self, "Ctrl+Shift+Tab", lambda: self._step(-1), "上一个页签")
        on_keys(self, "Ctrl+Shift+C", self.copy_reminder, "复制催报名单")
        on_keys(self, "Ctrl+G", self.turn_kinds, "街道和部门互换")

    def show_tab(self, key: str) -> None:
        """`files`, or one of VIEWS."""
        self.message.hide()  # it spoke of the other tab
        self.tabs.select(key)
        self.remind_button.setVisible(key != URGE)  # the tab has its own
        if key == FILES:
            self.stack.setCurrentWidget(self.inbox)
            return
        if self.year is None:
            self.year = YearView(self.context)
            self.year.said.connect(self._say)
            self.year.changed.connect(self.refresh)
            self.year.file_asked.connect(self._show_unit)
            self.stack.addWidget(self.year)
        self.year.show_view(key)
        self.stack.setCurrentWidget(self.year)
        self.year.refresh()

    def _tab_chosen(self, key: str) -> None:
        self.show_tab(key)

    def _step(self, by: int) -> None:
        keys = [key for key, _word in TABS]
        self.show_tab(keys[(keys.index(self.tabs.current) + by) % len(keys)])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def turn_kinds(self) -> None:
        """Streets in place of the others, or the other way round, wherever both are shown."""
        if self.year is not None and self.shows_year:
            self.year.turn_kinds()
        else:
            self.kinds.choose("other" if self.kinds.current == "street" else "street")

    def _show_unit(self, unit: str, month: str) -> None:
        """The file of a unit's month, in 收件; the page goes to that month for it."""
        if month != self.context.period:
            self.context.set_period(month)
            self.goto_asked.emit(self.key, {})
        self._unit = unit
        self.show_tab(FILES)
        self.refresh()

    def taken_up(self) -> str:
        """The unit whose file is wanted, once."""
        unit, self._unit = self._unit, ""
        return unit

    @property
    def shows_year(self) -> bool:
        return self.year is not None and self.stack.currentWidget() is self.year

    def refresh_year(self) -> None:
        """Read the year again where it is to be seen."""
        if self.year is not None and self.shows_year:
            self.year.refresh()

    def year_focus(self) -> QWidget | None:
        """Where the keyboard begins while the year is shown."""
        return self.year.first_focus() if self.year is not None and self.shows_year else None

    def open_year(self, view: str = "", unit: str = "", **_args: Any) -> None:
        """`view`: a tab to show; `unit`: whose cell of the month to open in it."""
        if view in dict(TABS):
            self.show_tab(view)
        if unit and self.year is not None and self.shows_year:
            self.year.want(unit)

    def copy_reminder(self) -> None:
        """催报名单 on the clipboard."""
        text = cadence.urged_text(self.context.store, self.context.period)
        if not text:
            self._say("都报齐了，没有要催的单位。", "", "ok")
            return
        QGuiApplication.clipboard().setText(text)
        self._say("催报名单已复制，可以直接粘贴到聊天窗口。", "", "ok")

    def _say(self, text: str, hint: str = "", state: str = "info") -> None:
        raise NotImplementedError
