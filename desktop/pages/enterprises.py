"""企业: the list of firms, and the card of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from db.models import enterprise
from desktop.context import AppContext
from desktop.pages.duplicates import DuplicatesView
from desktop.pages.duplicates_finder import DuplicatesFinder
from desktop.pages.firm_merge import MergeView
from desktop.pages.firm_view import FirmView
from desktop.pages.list_view import ListPlan
from desktop.pages.register_page import RegisterPage
from desktop.places import place
from desktop.widgets.button import Button


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
        self._duplicates: DuplicatesView | None = None
        self._joining: MergeView | None = None
        self._card: FirmView | None = None
        self.finder = DuplicatesFinder(context, self)
        self.finder.counted.connect(self._count_duplicates)
        self.double = Button("疑似重复", self.show_duplicates, self)
        self.double.setToolTip("可能是同一家企业的档案，由人判定是否合并")
        self.list.header.add_widget(self.double)

    # What nobody opens is not made.

    @property
    def card(self) -> FirmView:
        """The card of one firm."""
        if self._card is None:
            self._card = card = FirmView(self.context)
            self.stack.addWidget(card)
            card.back_asked.connect(self._to_list)
            card.edit_asked.connect(self.open_form)
            card.new_asked.connect(
                lambda register, firm: self.goto_asked.emit(
                    *place(register, new=True, defaults=new_for(register, firm))
                )
            )
            card.go.connect(self._go)
            card.merge_asked.connect(self.show_joining)
        return self._card

    @property
    def duplicates(self) -> DuplicatesView:
        """The suspected pairs."""
        if self._duplicates is None:
            self._duplicates = DuplicatesView(self.context, self.finder)
            self.stack.addWidget(self._duplicates)
            self._duplicates.back_asked.connect(self._to_list)
        return self._duplicates

    @property
    def joining(self) -> MergeView:
        """Joining a card with another that somebody names."""
        if self._joining is None:
            self._joining = MergeView(self.context)
            self.stack.addWidget(self._joining)
            self._joining.back_asked.connect(self._from_joining)
            self._joining.done.connect(self._joined)
        return self._joining

    def _go(self, register: str, record: UUID | None) -> None:
        """To a record behind a line of the card; without one, to the firm's rows of that register."""
        where = {"record": record} if record is not None else {"filters": {"enterprise_id": self.card.firm}}
        self.goto_asked.emit(*place(register, **where))

    def refresh(self) -> None:
        super().refresh()
        if (
            self._card is not None
            and self.stack.currentWidget() is self._card
            and self._card.firm is not None
        ):
            self._card.show_firm(self._card.firm)
        self.finder.refresh(quietly=True)

    def open(self, **args: Any) -> None:
        """As every register's page; `duplicates=True` shows the suspected pairs."""
        if args.get("duplicates"):
            self.show_duplicates()
        else:
            super().open(**args)

    def first_focus(self) -> QWidget | None:
        shown = self.stack.currentWidget()
        if isinstance(shown, FirmView | DuplicatesView | MergeView):
            return shown.first_focus()
        return super().first_focus()

    def show_record(self, record: UUID) -> None:
        """A firm is looked at on its card."""
        if self.form is not None:
            self.close_form()
        self.card.show_firm(record)
        self.stack.setCurrentWidget(self.card)
        self.card.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def came_back(self) -> None:
        if self._behind is self._card and self.card.firm is not None:
            self.card.show_firm(self.card.firm)
            self.card.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().came_back()

    # Suspected duplicates, and joining two cards.

    def show_duplicates(self) -> None:
        """The pairs that wait for a decision."""
        self.stack.setCurrentWidget(self.duplicates)
        self.duplicates.show_open()
        self.duplicates.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _count_duplicates(self, number: int | None) -> None:
        self.double.setText(f"疑似重复 {number}" if number else "疑似重复")
        self.double.updateGeometry()

    def show_joining(self, firm: UUID) -> None:
        """With which other card is this one joined?"""
        self.joining.begin(firm)
        self.stack.setCurrentWidget(self.joining)
        self.joining.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _from_joining(self) -> None:
        self.stack.setCurrentWidget(self.card)
        self.card.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _joined(self, kept: UUID, merge: UUID) -> None:
        self.show_record(kept)
        self.card.say("已合并，记录都在这张档案名下。", "", "info", ("merge", merge))
        self.context.changed("enterprise")

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
