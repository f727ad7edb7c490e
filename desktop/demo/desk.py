"""A window over a register that stands still to be pictured, and the ways to get somewhere in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QMenu
from sqlalchemy import ColumnElement, select

from db import drafts
from db.models.base import Record
from db.store import Store
from desktop.app import build_window
from desktop.demo.driver import Driver, Stuck
from desktop.demo.offices import PERIOD, TODAY
from desktop.page import Page
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.groups import GroupPage
from desktop.pages.register_page import RegisterPage
from desktop.pages.register_views import LIST, ViewsPage
from desktop.printing.preview import PrintPreview

PAUSE = 0.45  # seconds: a form looks at what was typed a moment after the last key


@dataclass
class Desk:
    """A window over a register, and the returns that lie beside it to be received."""

    driver: Driver
    files: list[Path] = field(default_factory=list)

    @classmethod
    def over(cls, store: Store, files: list[Path] | None = None) -> Desk:
        window, context = build_window(store, today=lambda: TODAY)
        context.set_period(PERIOD)
        return cls(Driver(window, context), files or [])

    def go(self, key: str, **args: object) -> Page:
        """Show a page and wait until it is filled."""
        self.driver.window.goto(key, **args)
        self.driver.settle()
        page = self.driver.window.page
        if page is None or page.key != key:
            raise Stuck(f"没有打开“{key}”页。")
        return page

    def register(self, key: str, **args: object) -> RegisterPage:
        """A page of a register; its first row selected where the list is shown."""
        page = self.go(key, **args)
        assert isinstance(page, RegisterPage)
        return page

    def choose(self, page: RegisterPage, row: int = 0) -> None:
        """Select a row of the list, where it has one, and wait for the side panel."""
        self.driver.settle()
        table = page.list.table
        if table is not None and table.paged.rowCount():
            table.choose(table.paged.row_at(min(row, table.paged.rowCount() - 1)).id)
        self.driver.settle()

    def first(self, model: type[Record], *where: ColumnElement[bool]) -> UUID:
        """The first record of a register that answers to `where`."""
        with self.driver.context.store.read() as session:
            query = select(model.id).where(model.deleted_at.is_(None), *where).order_by(model.id)
            found = session.scalar(query.limit(1))
        if found is None:
            raise Stuck("练习数据里没有可拍的记录。")
        return found

    def tidy(self) -> None:
        """As it was: lists in front, forms closed, drafts thrown away, the month of the play, nothing over the page."""
        window, context = self.driver.window, self.driver.context
        window.overlay.hide()
        window.top.search.clear()
        shown = window.stack.currentWidget()
        if isinstance(shown, PrintPreview):
            shown.back()
        for menu in window.findChildren(QMenu):
            menu.hide()
        for key in window.nav.items:
            page = window.page_of(key)
            if isinstance(page, RegisterPage):
                self._as_it_opens(page)
        for kept in drafts.all_drafts(context.store):
            drafts.drop(context.store, kept.key)
            window.invalidate()  # no list speaks of it any more
        if context.period != PERIOD:
            context.set_period(PERIOD)
            window.refresh_top()
            window.invalidate()
        self.driver.settle()

    def _as_it_opens(self, page: RegisterPage) -> None:
        for each in page.findChildren(RegisterPage) if isinstance(page, GroupPage) else (page,):
            each.close_form()
            if isinstance(each, EnterprisesPage):
                each.card.panel.close_panel()
            if isinstance(each, ViewsPage):
                each.show_view(LIST)
            each.stack.setCurrentWidget(each.list)
            each.list.look.strip.cancel()
            if each.list.look.chooser is not None:
                each.list.look.chooser.close_panel()
            each.list.look.apply("")
            each.list.panel.close_panel()
        if isinstance(page, GroupPage):
            page.show_tab(page.registers[0])

    def close(self) -> None:
        self.driver.leave()


Show = Callable[[Desk], object]
