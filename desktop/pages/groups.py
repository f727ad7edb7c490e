"""Pages that hold several registers, one behind each tab. What one of them adds to its list is in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from db import drafts, records
from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.forms.view import FormView
from desktop.page import Page
from desktop.pages.contacts import FirmPlanPage, LiaisonPage
from desktop.pages.duties import DutiesPage, MattersPage
from desktop.pages.list_view import ListView
from desktop.pages.parks import ParksPage
from desktop.pages.plans import WORDS, plan_for
from desktop.pages.projects import LeadsPage, ProjectsPage
from desktop.pages.register_page import RegisterPage
from desktop.pages.supply import OpportunitiesPage, ProductsPage, ReleasesPage
from desktop.pages.visits import VisitsPage
from desktop.places import REGISTERS_OF
from desktop.widgets.facts import TabStrip
from desktop.widgets.keys import on_keys
from desktop.widgets.stack import CurrentStack

# Registers whose list has something of its own: panels, buttons, another way of showing a record.
OWN: Mapping[str, type[RegisterPage]] = {
    "visit": VisitsPage, "liaison": LiaisonPage, "firm_plan": FirmPlanPage, "duty": DutiesPage, "matter": MattersPage,
    "project": ProjectsPage, "lead": LeadsPage, "opportunity": OpportunitiesPage, "product": ProductsPage,
    "release": ReleasesPage, "park": ParksPage,
}  # fmt: skip


@cache
def member(register: str) -> type[RegisterPage]:
    """The page of one register: its own class, or one worked out from its fields."""
    if register in OWN:
        return OWN[register]
    words = WORDS[register]
    made = {"plan": plan_for(register), "key": register, "word": words.tab, "icon": words.icon}
    return type(f"{register.title()}Register", (RegisterPage,), made)


class GroupPage(RegisterPage):
    """`list`, `form` and `stack` are those of the tab that is shown. `open(register=…, …)` chooses the tab.

    Members are built when their tab is first shown.
    """

    def __init__(self, context: AppContext, key: str, word: str, parent: QWidget | None = None) -> None:
        self.key, self.word = key, word
        Page.__init__(self, context, parent)  # list and form belong to the members
        self.header.hide()
        self.registers = [each for each in REGISTERS_OF[key] if each in REGISTERS]
        self._members: dict[str, RegisterPage] = {}
        self._unread: set[str] = set()
        self._shown = self.registers[0]
        self._pages = CurrentStack(self)
        self.body.addWidget(self._pages, 1)
        self.tabs: TabStrip | None = None
        if len(self.registers) > 1:
            self.tabs = TabStrip([(each, WORDS[each].tab) for each in self.registers], self, large=True)
            self.tabs.setAccessibleName(f"{word}的各个台账")
            self.tabs.chosen.connect(self.show_register)
            self._step_by("Ctrl+Tab", 1, "下一个台账")
            self._step_by("Ctrl+Shift+Tab", -1, "上一个台账")
        self._show(self._shown)

    # What is shown now.

    @property
    def current(self) -> RegisterPage:
        """The register behind the chosen tab."""
        return self._members[self._shown]

    @property
    def plan(self) -> Any:  # type: ignore[override]
        return self.current.plan

    @property
    def list(self) -> ListView:  # type: ignore[override]
        return self.current.list

    @property
    def form(self) -> FormView | None:  # type: ignore[override]
        return self.current.form

    @property
    def stack(self) -> QStackedWidget:  # type: ignore[override]
        return self.current.stack

    def show_register(self, register: str) -> None:
        """Choose a tab; what was being typed behind the old one stays there."""
        if register != self._shown:
            self.current.leave()
        self._show(register)
        self._read()

    # What the window asks.

    def refresh(self) -> None:
        self._unread = set(self._members)
        self._read()

    def open(self, **args: Any) -> None:
        register = args.pop("register", None) or self._register_of(args)
        if register in self.registers:
            self.show_register(register)
        if args:
            self.current.open(**args)

    def first_focus(self) -> QWidget | None:
        return self.current.first_focus()

    def leave(self) -> bool:
        return self.current.leave()

    @property
    def replaceable(self) -> bool:
        return all(page.replaceable for page in self._members.values())

    def shed(self) -> None:
        for page in self._members.values():
            page.shed()

    def show_record(self, record: UUID) -> None:
        self.current.show_record(record)

    def open_form(self, *args: Any, **more: Any) -> None:
        self.current.open_form(*args, **more)

    def open_paste(self, text: str = "", html: str = "") -> None:
        self.current.open_paste(text, html)

    def resume(self, kept: drafts.Kept) -> None:
        self.open(draft=kept)

    def close_form(self) -> None:
        self.current.close_form()

    # Below: tabs and members.

    def _show(self, register: str) -> None:
        page = self._members.get(register) or self._make(register)
        self._shown = register
        self._pages.setCurrentWidget(page)
        if self.tabs is not None:
            focused = self.tabs.isAncestorOf(self.window().focusWidget() or self)
            self.tabs.select(register)
            page.list.header.set_lead(self.tabs)
            if focused:
                self.tabs.focus_current()

    def _make(self, register: str) -> RegisterPage:
        page = member(register)(self.context)
        layout = page.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0, 0)
        page.goto_asked.connect(self.goto_asked)
        page.badge_changed.connect(self.badge_changed)
        self._pages.addWidget(page)
        self._members[register] = page
        self._unread.add(register)
        return page

    def _read(self) -> None:
        if self._shown in self._unread:
            self._unread.discard(self._shown)
            self.current.refresh()

    def _register_of(self, args: Mapping[str, Any]) -> str:
        """The tab that arguments without a register mean: a draft's or a record's own, else the first."""
        if "draft" in args:
            return str(args["draft"].register)
        if not args.get("record"):
            return self.registers[0] if args else self._shown
        key = args["record"]
        record = key if isinstance(key, UUID) else UUID(hex=str(key).replace("-", ""))
        with self.context.store.read() as session:
            return next(
                (each for each in self.registers if records.get(session, REGISTERS[each], record)),
                self.registers[0],
            )

    def _step_by(self, keys: str, by: int, told: str) -> None:
        on_keys(self, keys, lambda: self._step(by), told)

    def _step(self, by: int) -> None:
        place = (self.registers.index(self._shown) + by) % len(self.registers)
        self.show_register(self.registers[place])
        target = self.first_focus()
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
