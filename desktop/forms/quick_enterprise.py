"""Making a firm's card in the middle of another form: a few fields; the rest is completed later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.codes import normalise_uscc
from db.errors import KnownError
from db.findings import Severity
from db.text import fold
from desktop.actions.records import FormState, check_form, defaults_for, from_draft, save_form, to_draft
from desktop.context import AppContext
from desktop.forms.form import RecordForm
from desktop.forms.inner import Inner, to_next_due
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.labels import label

FIELDS = ("name", "uscc", "street_code", "industry_code", "contact", "phone")


class QuickEnterprise(Inner):
    """Hidden until `begin`; `made(id, name)` once the card is stored, `cancelled` when it is not wanted."""

    made = Signal(object, str)
    cancelled = Signal()

    def __init__(self, context: AppContext, source: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._source = source
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 20, 0)
        head.setSpacing(8)
        head.addWidget(label("新建企业档案", "heading"))
        head.addWidget(label("先填这几栏，其余以后补全；已填的内容都还在", "muted"))
        head.addStretch(1)
        self.cancel = Button("取消", self.put_away, self, role="small")
        # The form around it hands its own Ctrl+Enter on: two shortcuts with the same keys would cancel each other.
        self.save = Button("建档并选定", self.store, self, primary=True, role="small", hint="Ctrl Enter")
        head.addWidget(self.cancel)
        head.addWidget(self.save)
        column.addLayout(head)
        self.banner = Banner("", parent=self)
        self.banner.hide()
        column.addWidget(self.banner)
        self.form = RecordForm("enterprise", context, self, only=FIELDS)
        self.form.finished.connect(lambda: self.save.setFocus(Qt.FocusReason.TabFocusReason))
        self.form.edited.connect(lambda _name: self.form.show_findings([]))
        column.addWidget(self.form, 1)

    def begin(self, typed: str) -> None:
        """Start with what was typed: a credit code goes into its own field."""
        values = defaults_for("enterprise", self.context.actor, self.context.today())
        values["source"] = self._source
        streets = {code for code, _ in self.context.directory.options("street")}
        if self.context.unit_code in streets:
            values["street_code"] = self.context.unit_code
        folded = fold(typed)
        is_code = len(folded) == 18 and folded.isalnum() and folded.isascii()
        values["uscc" if is_code else "name"] = normalise_uscc(typed) if is_code else typed
        self._open(FormState("enterprise", values=values))
        self.form.focus("name" if is_code else "uscc")

    def draft(self) -> dict[str, Any] | None:
        """What is typed here, None while it is not open."""
        return None if self.isHidden() else to_draft(self.form.state())

    def restore(self, data: dict[str, Any]) -> None:
        """Open again with what was typed."""
        self._open(from_draft(self.context.store, "enterprise", None, data))

    def put_away(self) -> None:
        """Not wanted after all."""
        self.close_up()
        self.cancelled.emit()

    def go_due(self) -> None:
        to_next_due(self.form, self.save)

    def store(self) -> None:
        """Store the card, unless something typed here is plainly wrong."""
        state = self.form.state()
        typed = {name for name in FIELDS if not self.form.editor(name).content().blank}
        actor, today = self.context.actor, self.context.today()
        found = check_form(self.context.store, state, actor, today=today)
        wrong = [
            each
            for each in found
            if each.field in FIELDS
            and each.severity is Severity.ERROR
            and (each.field in typed or each.field == "name")
        ]
        self.form.show_findings([each for each in found if each in wrong or each.field in typed])
        if wrong:
            self.form.focus(wrong[0].field)
            return
        try:
            result = save_form(self.context.store, state, actor, today=today)
        except KnownError as error:
            self.banner.say(error.message, error.hint, "alarm")
            self.banner.show()
            return
        self.close_up()
        key: UUID = result.saved.id
        self.context.changed("enterprise")
        self.made.emit(key, str(state.values.get("name") or ""))

    def _open(self, state: FormState) -> None:
        self.banner.hide()
        self.form.load(state)
        self.open_up()
