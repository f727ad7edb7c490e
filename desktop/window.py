"""The main window: navigation, top bar, one page at a time. What pages show and do is theirs.

Imports nothing that is slow to import: the frame is painted first, then the first page is built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import shiboken6
from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.jobs import Jobs
from desktop.page import Context, Page, PageSpec, arrange
from desktop.style.theme import notifier, tokens
from desktop.widgets.hit import Hit
from desktop.widgets.jobbar import JobBar
from desktop.widgets.nav import Nav
from desktop.widgets.notices import Notices
from desktop.widgets.scroll import scrolling
from desktop.widgets.search_box import Search
from desktop.widgets.shortcuts import EVERYWHERE, ShortcutsOverlay
from desktop.widgets.topbar import TopBar

_WIDTH, _HEIGHT = 1280, 720


class MainWindow(QMainWindow):
    """Pages are built on their first visit, from `specs`; `goto` is the only way between them."""

    search_asked = Signal(str)
    act_asked = Signal(str, dict)  # a command of the search field that no page is opened for
    page_shown = Signal(str)
    closing = Signal()

    def __init__(self, context: Context, specs: Sequence[PageSpec], jobs: Jobs | None = None) -> None:
        super().__init__()
        self.context = context
        self.jobs = jobs or Jobs(self)
        self._groups = arrange(specs, context.role)
        self._specs = {spec.key: spec for group in self._groups for spec in group}
        self._pages: dict[str, Page] = {}
        self._areas: dict[str, QScrollArea] = {}
        self._stale: set[str] = set()
        self._current = ""
        self._painted = False
        self._build()
        self._keys()
        self._restore_geometry()
        self.refresh_top()
        notifier().changed.connect(self._restyle)
        notifier().changing.connect(self._make_room)

    # Going places.

    def goto(self, key: str, **args: Any) -> bool:
        """Show a page, building it if need be, and let it open `args`; False where the present page would not go."""
        if key not in self._specs:
            return False
        before = self.page
        if before is not None and key != self._current and not before.leave():
            self.nav.set_current(self._current)
            return False
        page = self._pages.get(key) or self._make(key)
        fresh = key not in self._stale
        self._stale.discard(key)
        self._current = key
        self.nav.set_current(key)
        self.stack.setCurrentWidget(self._areas[key])
        self.setWindowTitle(f"{page.title} - 千企台账")
        if not fresh:
            page.refresh()
        if args:
            page.open(**args)
        self._show_badge(key)
        self.context.memory.set("window/page", key)
        target = page.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        elif before is not page:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_shown.emit(key)
        return True

    @property
    def page(self) -> Page | None:
        """The page that is shown, None before the first."""
        return self._pages.get(self._current)

    def page_of(self, key: str) -> Page | None:
        """A page by key, None while it has not been visited."""
        return self._pages.get(key)

    def invalidate(self, *keys: str) -> None:
        """Records changed: these pages (all, without keys) read again when next shown, the present one now."""
        self._stale |= set(keys or self._pages) & set(self._pages)
        if self._current in self._stale and self.page is not None:
            self._stale.discard(self._current)
            self.page.refresh()
            self._show_badge(self._current)

    def set_badge(self, key: str, count: int | None) -> None:
        """A count at an entry of the navigation, also for pages not built yet."""
        self.nav.set_badge(key, count)

    def set_search(self, search: Search | None) -> None:
        """What the field in the top bar finds; runs on a worker thread."""
        self.top.search.set_search(search)

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None:
        """Show a line above the page: an error with what to do, or a piece of news."""
        self.notices.say(text, hint, state)

    def refresh_top(self) -> None:
        """Read the context again: unit, month, lock, backup."""
        c = self.context
        self.top.set_texts(c.unit_name, c.last_backup_text, c.person)
        self.top.month.set(c.period, c.period_locked)
        self.notices.practice.setVisible(c.practice)

    # Building.

    def _build(self) -> None:
        c = self.context
        self.setWindowTitle("千企台账")
        self.top = TopBar(self, c.period, self.jobs)
        self.top.month.asked.connect(self.change_period)
        self.top.search.search_asked.connect(self.search_asked)
        self.top.search.hit_chosen.connect(self._open_hit)
        self.top.search.left.connect(self.give_focus)
        self.nav = Nav([[(spec.key, spec.word, spec.icon) for spec in group] for group in self._groups])
        self.nav.asked.connect(self.goto)
        self.notices = Notices()
        self.stack = QStackedWidget()
        self.job_bar = JobBar(self.jobs)
        self.jobs.failed.connect(
            lambda title, error: self.say(f"{title or '操作'}没有完成：{error}", _hint(error))
        )
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.notices)
        right.addWidget(self.stack, 1)
        right.addWidget(self.job_bar)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.nav)
        below.addLayout(right, 1)
        whole = QWidget()
        whole.setProperty("role", "page")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addLayout(below, 1)
        self.setCentralWidget(whole)

    def _make_room(self, steps: list[Callable[[], object]]) -> None:
        """Another look is coming: pages that are not shown go, where they can be made again as they were."""
        for key in self._pages:
            steps.append(partial(self._shed, key))

    def _shed(self, key: str) -> None:
        page = self._pages.get(key)
        if page is None:
            return
        if key == self._current or not page.replaceable:
            page.shed()
            return
        area = self._areas.pop(key)
        del self._pages[key]
        self._stale.discard(key)
        self.stack.removeWidget(area)
        shiboken6.delete(area)  # later would be too late: the new look is put on everything that is there

    def _make(self, key: str) -> Page:
        page = self._specs[key].factory(self.context)
        page.goto_asked.connect(self._go)
        page.badge_changed.connect(lambda: self._show_badge(key))
        self._pages[key] = page
        self._stale.add(key)  # a new page reads its first rows by the same road as an old one
        self._areas[key] = scrolling(page)
        self.stack.addWidget(self._areas[key])
        return page

    def _keys(self) -> None:
        def bind(keys: str, act: Callable[[], object]) -> None:
            QShortcut(QKeySequence(keys), self).activated.connect(act)

        bind("Ctrl+K", lambda: self.top.search.setFocus(Qt.FocusReason.ShortcutFocusReason))
        bind("F1", self.show_shortcuts)
        bind("Ctrl+PgDown", lambda: self._step(1))
        bind("Ctrl+PgUp", lambda: self._step(-1))
        for number, key in enumerate(list(self._specs)[:9], start=1):
            bind(f"Alt+{number}", partial(self.goto, key))

    @cached_property
    def overlay(self) -> ShortcutsOverlay:
        """What F1 shows over the window; made when first asked for."""
        return ShortcutsOverlay(self)

    def show_shortcuts(self) -> None:
        """What F1 shows: the keys of the window, and those of the page."""
        here = self.page.shortcuts() if self.page is not None else []
        self.overlay.open([(self.page.title if self.page else "", here), ("处处可用", EVERYWHERE)])

    # Answering.

    def _step(self, by: int) -> None:
        keys = list(self._specs)
        if keys:
            place = keys.index(self._current) if self._current in keys else 0
            self.goto(keys[(place + by) % len(keys)])

    def change_period(self, period: str) -> None:
        """Work in another month, unless the page would not let go of what is being typed."""
        if self.page is not None and not self.page.leave():
            return
        self.context.set_period(period)
        self.refresh_top()
        self.invalidate()

    def _go(self, key: str, args: dict[str, Any]) -> None:
        """Where a page sends someone; `period` among the arguments is the month it is about, and the window works in it."""
        period = args.get("period")
        if period and period != self.context.period:
            if self.page is not None and not self.page.leave():
                return
            self.context.set_period(period)
            self.refresh_top()
            self._stale |= set(self._pages)
        self.goto(key, **{name: value for name, value in args.items() if name != "period"})

    def _open_hit(self, hit: Hit) -> None:
        if hit.act:
            self.act_asked.emit(hit.act, hit.args)
            if self.focusWidget() is None or not self.isAncestorOf(self.focusWidget()):
                self.give_focus()
        elif hit.page:
            self.goto(hit.page, **hit.args)

    def give_focus(self) -> None:
        """The keyboard to where typing starts on the page that is shown."""
        target = (self.page.first_focus() or self.page) if self.page is not None else None
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_badge(self, key: str) -> None:
        page = self._pages.get(key)
        if page is not None:
            self.nav.set_badge(key, page.badge())

    def _first_page(self) -> None:
        if not self._current and self._specs:
            last = self.context.memory.get("window/page")
            self.goto(last if last in self._specs else next(iter(self._specs)))

    def _restyle(self) -> None:
        self.top.restyle()
        self.nav.restyle()
        self._fit()

    def _fit(self) -> None:
        """On a small screen at 150 % the frame leaves more room to the page."""
        narrow = self.width() < tokens().metrics.narrow
        if narrow != self.nav.narrow:
            self.nav.set_narrow(narrow)
            self.top.set_narrow(narrow)
            self.notices.set_narrow(narrow)

    def _restore_geometry(self) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        # A small screen (1366×768 at 125 %) has less room than we ask for; then we take what there is.
        self.setMinimumSize(min(_WIDTH, screen.width()), min(_HEIGHT, screen.height()))
        kept = self.context.memory.get("window/geometry")
        if not (kept and self.restoreGeometry(QByteArray.fromBase64(str(kept).encode()))):
            self.resize(min(1366, screen.width()), min(768, screen.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._first_page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if "overlay" in self.__dict__ and self.overlay.isVisible():
            self.overlay.setGeometry(self.rect())
        self.top.search.put_away()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.page is not None and not self.page.leave():
            event.ignore()
            return
        self.context.memory.set("window/geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        self.closing.emit()
        event.accept()


def _hint(error: Exception) -> str:
    return str(getattr(error, "hint", "") or "")
