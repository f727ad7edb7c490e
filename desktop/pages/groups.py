"""Pages that hold several registers, one behind each tab. What one of them adds to its list is in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

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
from desktop.tabbed import Tabbed
from desktop.widgets.header import PageHeader

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


class GroupPage(Tabbed, RegisterPage):
    """`list`, `form` and `stack` are those of the tab that is shown. `open(register=…, …)` chooses the tab.

    Members are built when their tab is first shown.
    """

    def __init__(self, context: AppContext, key: str, word: str, parent: QWidget | None = None) -> None:
        self.key, self.word = key, word
        Page.__init__(self, context, parent)  # list and form belong to the members
        self.registers = [each for each in REGISTERS_OF[key] if each in REGISTERS]
        words = [(each, WORDS[each].tab) for each in self.registers]
        self.begin(words, f"{word}的各个台账", "下一个台账", "上一个台账")

    # What is shown now.

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

    def make_member(self, key: str) -> RegisterPage:
        return member(key)(self.context)

    def header_of(self, page: Any) -> PageHeader:
        header: PageHeader = page.list.header
        return header

    def show_tab(self, key: str) -> None:
        """Choose a tab; what was being typed behind the old one stays there."""
        if key != self._shown:
            self.current.leave()
        self._show(key)
        self._read()

    # What the window asks.

    def open(self, **args: Any) -> None:
        register = args.pop("register", None) or self._register_of(args)
        if register in self.registers:
            self.show_tab(register)
        if args:
            self.current.open(**args)

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
