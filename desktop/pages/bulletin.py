"""通报考核: one page, a tab for each of 季通报, 年度考核, 公布记录. What a tab shows and does is in its own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop.page import Page
from desktop.widgets.facts import TabStrip
from desktop.widgets.stack import CurrentStack

Factory = Callable[[Any], Page]


def _quarterly(context: Any) -> Page:
    from desktop.pages.bulletin_quarter import QuarterPage

    return QuarterPage(context)


def _assessment(context: Any) -> Page:
    from desktop.pages.assessment import AssessmentPage

    return AssessmentPage(context)


def _publications(context: Any) -> Page:
    from desktop.pages.publications import PublicationsPage

    return PublicationsPage(context)


# (key, word, factory): a tab is a Page with its own header; the tabs stand in the place of its title.
TABS: tuple[tuple[str, str, Factory], ...] = (
    ("quarterly", "季通报", _quarterly),
    ("assessment", "年度考核", _assessment),
    ("publications", "公布记录", _publications),
)


class BulletinPage(Page):
    """`open(tab="quarterly", …)` chooses a tab and passes the rest on. Members are built when first shown."""

    key = "bulletin"
    word = "通报考核"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.header.hide()
        self._factories = {key: factory for key, _word, factory in TABS}
        self._members: dict[str, Page] = {}
        self._unread: set[str] = set()
        self._shown = TABS[0][0]
        self._stack = CurrentStack(self)
        self.body.addWidget(self._stack, 1)
        self.tabs = TabStrip([(key, word) for key, word, _factory in TABS], self, large=True)
        self.tabs.setAccessibleName("通报考核的各项")
        self.tabs.chosen.connect(self.show_tab)
        self._step_by("Ctrl+Tab", 1, "下一项")
        self._step_by("Ctrl+Shift+Tab", -1, "上一项")
        self._show(self._shown)

    @property
    def current(self) -> Page:
        """What is behind the chosen tab."""
        return self._members[self._shown]

    def show_tab(self, key: str) -> None:
        """Choose a tab; the one before may keep the person where it is."""
        if key != self._shown and not self.current.leave():
            self.tabs.select(self._shown)
            return
        self._show(key)
        self._read()

    # What the window asks.

    def refresh(self) -> None:
        self._unread = set(self._members)
        self._read()

    def open(self, **args: Any) -> None:
        tab = str(args.pop("tab", "") or self._shown)
        if tab in self._factories:
            self.show_tab(tab)
        if args:
            self.current.open(**args)

    def first_focus(self) -> QWidget | None:
        return self.current.first_focus()

    def leave(self) -> bool:
        return self.current.leave()

    def badge(self) -> int | None:
        return sum(page.badge() or 0 for page in self._members.values()) or None

    # Below: tabs and members.

    def _show(self, key: str) -> None:
        page = self._members.get(key) or self._make(key)
        self._shown = key
        focused = self.tabs.isAncestorOf(self.window().focusWidget() or self)
        self._stack.setCurrentWidget(page)
        self.tabs.select(key)
        page.header.set_lead(self.tabs)
        if focused:
            self.tabs.focus_current()

    def _make(self, key: str) -> Page:
        page = self._factories[key](self.context)
        layout = page.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0, 0)
        page.goto_asked.connect(self.goto_asked)
        page.badge_changed.connect(self.badge_changed)
        self._stack.addWidget(page)
        self._members[key] = page
        self._unread.add(key)
        return page

    def _read(self) -> None:
        if self._shown in self._unread:
            self._unread.discard(self._shown)
            self.current.refresh()

    def _step_by(self, keys: str, by: int, told: str) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setWhatsThis(told)
        shortcut.activated.connect(lambda: self._step(by))

    def _step(self, by: int) -> None:
        keys = list(self._factories)
        self.show_tab(keys[(keys.index(self._shown) + by) % len(keys)])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
