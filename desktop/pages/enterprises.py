"""企业: the list of firms, and the card of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from db.models import enterprise
from desktop.context import AppContext
from desktop.pages.firm_view import FirmView
from desktop.pages.list_view import ListPlan
from desktop.pages.register_page import RegisterPage
from desktop.places import place


class EnterprisesPage(RegisterPage):
    key, word, icon = "enterprises", "企业", "building"
    plan = ListPlan(
        "enterprise",
        "企业",
        "新建企业档案",
        ("还没有企业档案", "建第一张档案，或按“导入台账…”从现有台账读入；走访时也能现场建档。"),
        "building",
        choices=(
            ("is_above_scale", "规模", [(True, "规上"), (False, "规下")]),
            ("status", "状态", [(each, each) for each in enterprise.STATUSES]),
        ),
        state_field="status",
    )

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.card = FirmView(context)
        self.stack.addWidget(self.card)
        self.card.back_asked.connect(self._to_list)
        self.card.edit_asked.connect(self.open_form)
        self.card.new_asked.connect(
            lambda register, firm: self.goto_asked.emit(
                *place(register, new=True, defaults=new_for(register, firm))
            )
        )
        self.card.go.connect(self._go)

    def _go(self, register: str, record: UUID | None) -> None:
        """To a record behind a line of the card; without one, to the firm's rows of that register."""
        where = {"record": record} if record is not None else {"filters": {"enterprise_id": self.card.firm}}
        self.goto_asked.emit(*place(register, **where))

    def refresh(self) -> None:
        super().refresh()
        if self.stack.currentWidget() is self.card and self.card.firm is not None:
            self.card.show_firm(self.card.firm)

    def first_focus(self) -> QWidget | None:
        if self.stack.currentWidget() is self.card:
            return self.card.first_focus()
        return super().first_focus()

    def show_record(self, record: UUID) -> None:
        """A firm is looked at on its card."""
        if self.form is not None:
            self.close_form()
        self.card.show_firm(record)
        self.stack.setCurrentWidget(self.card)
        self.card.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def came_back(self) -> None:
        if self._behind is self.card and self.card.firm is not None:
            self.card.show_firm(self.card.firm)
            self.card.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().came_back()

    def _to_list(self) -> None:
        self.stack.setCurrentWidget(self.list)
        self._behind = self.list
        if self._stale or self.list.table is None:
            self._stale = False
            self.list.reload()
        (self.list.table or self.list.search).setFocus(Qt.FocusReason.OtherFocusReason)


def new_for(register: str, firm: UUID) -> dict[str, Any]:
    """What a record begun from a firm's card starts with."""
    found: dict[str, Any] = {"enterprise_id": firm}
    if register == "issue":
        found["source"] = "其他"
    return found
