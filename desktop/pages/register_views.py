"""A register's page with other ways of looking at it beside its list, one behind each tab. The views are in files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.context import AppContext
from desktop.forms.view import FormView
from desktop.pages.register_page import RegisterPage
from desktop.places import place
from desktop.style.theme import tokens
from desktop.widgets.banner import Banner
from desktop.widgets.facts import TabStrip
from desktop.widgets.header import PageHeader
from desktop.widgets.keys import on_keys

LIST = "list"
_ACTIONS = 430  # px that the buttons of a head take


class View(QWidget):
    """One way of looking at a register. `reload` reads it; `counted(n)` tells its tab how much there is."""

    key = ""
    word = ""
    counted = Signal(object)
    goto_asked = Signal(str, dict)  # another page
    record_asked = Signal(object)  # a record of this page's register, as UUID

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setProperty("role", "plain")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.header = PageHeader(self.word, self)
        self.column.addWidget(self.header)
        self.message = Banner("", parent=self)
        self.message.hide()
        self.column.addWidget(self.message)

    def reload(self) -> None:
        """Read and show."""
        raise NotImplementedError

    def first_focus(self) -> QWidget | None:
        return None

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None:
        """A line above the contents."""
        self.message.say(text, hint, state)
        self.message.show()

    def failed(self, error: Exception) -> None:
        """What went wrong, in words."""
        self.say(str(getattr(error, "message", error)), str(getattr(error, "hint", "")))

    def open_firm(self, key: str) -> None:
        """The card of a firm."""
        self.goto_asked.emit(*place("enterprise", record=key))


class ViewsPage(RegisterPage):
    """`open(view="…")` chooses a tab; everything else is for the list. Ctrl+Tab steps through the tabs."""

    list_word = ""
    views: Sequence[type[View]] = ()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._made: dict[str, View] = {}
        self._unread: set[str] = set()
        self._words = {LIST: self.list_word, **{view.key: view.word for view in self.views}}
        self.tabs = TabStrip(list(self._words.items()), self, large=True)
        self.tabs.setAccessibleName(f"{self.word}的各个视图")
        self.tabs.chosen.connect(self.show_view)
        self._narrow = False  # tabs in a line of their own: the head has no room for them
        self.list.header.set_lead(self.tabs)
        self._shown = LIST
        self._step_by("Ctrl+Tab", 1, "下一个视图")
        self._step_by("Ctrl+Shift+Tab", -1, "上一个视图")

    # Choosing.

    @property
    def shown(self) -> str:
        """The key of the tab that is chosen."""
        return self._shown

    def view(self, key: str) -> View:
        """A view, made when it is first asked for."""
        if key not in self._made:
            kind = next(each for each in self.views if each.key == key)
            made = kind(self.context, self)
            made.goto_asked.connect(self.goto_asked)
            made.record_asked.connect(self.show_record)
            made.counted.connect(lambda number: self.set_count(key, number))
            self.stack.addWidget(made)
            self._made[key] = made
            self._unread.add(key)
        return self._made[key]

    def show_view(self, key: str) -> None:
        """Choose a tab and read what is behind it."""
        focus = self.window().focusWidget()
        focused = focus is not None and self.tabs.isAncestorOf(focus)
        left = self.stack.currentWidget()
        inside = focus is not None and not focused and left is not None and left.isAncestorOf(focus)
        self._shown = key
        self.tabs.select(key)
        if key == LIST:
            self._place_tabs(self.list.header)
            self.stack.setCurrentWidget(self.list)
            if self._stale:
                super().refresh()
        else:
            view = self.view(key)
            self._place_tabs(view.header)
            self.stack.setCurrentWidget(view)
            if key in self._unread:
                self._unread.discard(key)
                view.reload()
        if focused:
            self.tabs.focus_current()
        elif inside and (target := self.first_focus()) is not None:
            # What had the keyboard is hidden now: it goes on where typing starts.
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self.tabs.sizeHint().width() + tokens().metrics.px(_ACTIONS)
        if narrow != self._narrow:
            self._narrow = narrow
            header = self.list.header if self._shown == LIST else self._made[self._shown].header
            focused = self.tabs.isAncestorOf(self.window().focusWidget() or self)
            self._place_tabs(header)
            if focused:
                self.tabs.focus_current()

    def _place_tabs(self, header: PageHeader) -> None:
        """In the title's place, or above it where both do not fit."""
        header.set_lead(self.tabs)
        if self._narrow:
            self.body.insertWidget(0, self.tabs)
        self.tabs.setVisible(self.form is None)

    def set_count(self, key: str, number: int | None) -> None:
        """“建议名单 12”: how much there is behind a tab."""
        word = next(view.word for view in self.views if view.key == key)
        self._words[key] = f"{word} {number:,}" if number else word
        self.tabs.set_tabs(list(self._words.items()))

    # What the window asks.

    def refresh(self) -> None:
        self._unread = set(self._made)
        self.read_counts()
        if self.stack.currentWidget() is self.list:
            super().refresh()
            return
        self._stale = True
        if self._shown != LIST and self.stack.currentWidget() is self._made[self._shown]:
            self._unread.discard(self._shown)
            self._made[self._shown].reload()

    def read_counts(self) -> None:
        """How much there is behind the tabs; pages that show numbers there read them aside."""

    def open(self, **args: Any) -> None:
        view = args.pop("view", None)
        if view in self._words:
            self.close_form()
            self.show_view(view)
            return
        if args and not args.get("record"):
            self.show_view(LIST)
        if args or self._shown == LIST:
            super().open(**args)

    def first_focus(self) -> QWidget | None:
        if self._shown != LIST and self.stack.currentWidget() is self._made.get(self._shown):
            return self._made[self._shown].first_focus()
        return super().first_focus()

    def _show_form(self, form: FormView) -> None:
        self.tabs.setVisible(not self._narrow)
        super()._show_form(form)

    def came_back(self) -> None:
        self.tabs.show()
        if isinstance(self._behind, View):
            self._behind.reload()
            target = self._behind.first_focus()
            if target is not None:
                target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().came_back()

    def _step_by(self, keys: str, by: int, told: str) -> None:
        on_keys(self, keys, lambda: self._step(by), told)

    def _step(self, by: int) -> None:
        if self.form is not None:
            return
        keys = list(self._words)
        self.show_view(keys[(keys.index(self._shown) + by) % len(keys)])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
