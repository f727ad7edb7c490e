"""A page of pages: tabs in the place of the title, what is behind each made when it is first shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from desktop.page import Page
from desktop.widgets.facts import TabStrip
from desktop.widgets.header import PageHeader
from desktop.widgets.keys import on_keys
from desktop.widgets.stack import CurrentStack


class Tabbed(Page):
    """`begin` first; then `current` is the page behind the chosen tab. Subclasses say how a member is made."""

    def begin(self, tabs: Sequence[tuple[str, str]], named: str, next_told: str, last_told: str) -> None:
        """Put up the tabs (key, word) and show the first; one alone needs no tabs. The words are for F1."""
        self.header.hide()
        self._keys = [key for key, _word in tabs]
        self._members: dict[str, Any] = {}
        self._unread: set[str] = set()
        self._shown = self._keys[0]
        self._pages = CurrentStack(self)
        self.body.addWidget(self._pages, 1)
        self.tabs: TabStrip | None = None
        if len(tabs) > 1:
            self.tabs = TabStrip(tabs, self, large=True)
            self.tabs.setAccessibleName(named)
            self.tabs.chosen.connect(self.show_tab)
            on_keys(self, "Ctrl+Tab", lambda: self._step(1), next_told)
            on_keys(self, "Ctrl+Shift+Tab", lambda: self._step(-1), last_told)
        self._show(self._shown)

    # What a subclass says.

    def make_member(self, key: str) -> Page:
        """The page behind a tab."""
        raise NotImplementedError

    def header_of(self, page: Any) -> PageHeader:
        """Where the tabs stand on a member."""
        header: PageHeader = page.header
        return header

    def show_tab(self, key: str) -> None:
        """Choose a tab; the one before may keep the person where it is."""
        if key != self._shown and not self.current.leave():
            if self.tabs is not None:
                self.tabs.select(self._shown)
            return
        self._show(key)
        self._read()

    # What the window asks.

    @property
    def current(self) -> Any:
        """The page behind the chosen tab."""
        return self._members[self._shown]

    def refresh(self) -> None:
        self._unread = set(self._members)
        self._read()

    def first_focus(self) -> Any:
        return self.current.first_focus()

    def leave(self) -> bool:
        left: bool = self.current.leave()
        return left

    # Below.

    def _show(self, key: str) -> None:
        page = self._members.get(key) or self._make(key)
        self._shown = key
        self._pages.setCurrentWidget(page)
        if self.tabs is not None:
            focused = self.tabs.isAncestorOf(self.window().focusWidget() or self)
            self.tabs.select(key)
            self.header_of(page).set_lead(self.tabs)
            if focused:
                self.tabs.focus_current()

    def _make(self, key: str) -> Page:
        page = self.make_member(key)
        layout = page.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0, 0)
        page.goto_asked.connect(self.goto_asked)
        page.badge_changed.connect(self.badge_changed)
        self._pages.addWidget(page)
        self._members[key] = page
        self._unread.add(key)
        return page

    def _read(self) -> None:
        if self._shown in self._unread:
            self._unread.discard(self._shown)
            self.current.refresh()

    def _step(self, by: int) -> None:
        self.show_tab(self._keys[(self._keys.index(self._shown) + by) % len(self._keys)])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
