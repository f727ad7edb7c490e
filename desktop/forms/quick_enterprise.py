"""Making a firm's card in the middle of another form: a few fields; the rest is completed later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.codes import normalise_uscc
from db.errors import KnownError
from db.findings import Severity
from db.text import fold
from desktop.actions.duplicates import SuspectedPair, resembling
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
        told = label("先填这几栏，其余以后补全；已填的内容都还在", "muted")
        head.addWidget(told)
        head.addStretch(1)
        self.cancel = Button("取消", self.put_away, self, role="small")
        # The form around it hands its own Ctrl+Enter on: two shortcuts with the same keys would cancel each other.
        self.save = Button("建档并选定", self.store, self, primary=True, role="small", hint="Ctrl Enter")
        head.addWidget(self.cancel)
        head.addWidget(self.save)
        self.roomy, self.hinted = [told], [(self.save, self.save.hint)]
        column.addLayout(head)
        self.banner = Banner("", parent=self)
        self.banner.hide()
        column.addWidget(self.banner)
        # A gentle hint: whoever knows better goes on.
        self.known = Banner("", state="watch", parent=self)
        self.use = self.known.add("就用这一张", self._use_known)
        self.known.hide()
        self._alike: SuspectedPair | None = None
        column.addWidget(self.known)
        self.form = RecordForm("enterprise", context, self, only=FIELDS)
        self.form.finished.connect(lambda: self.save.setFocus(Qt.FocusReason.TabFocusReason))
        self.form.edited.connect(lambda _name: self.form.show_findings([]))
        self.form.left.connect(lambda _name: self._look())
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

    def _look(self) -> None:
        """Is there a card of this firm already? Asked aside, as a field is left."""
        if not self.is_open or not shiboken6.isValid(self.context.jobs):
            return  # closed, or the program is ending
        state, store = self.form.state(), self.context.store
        self.context.jobs.run(
            f"resembling/{id(self)}",
            lambda _progress, _cancelled: resembling(store, state.record()),
            on_done=self._looked,
            owner=self,
            quiet=True,
        )

    def _looked(self, found: list[SuspectedPair]) -> None:
        self._alike = found[0] if found and self.is_open else None
        if self._alike is None:
            self.known.hide()
            return
        more = f"；另有 {len(found) - 1} 家相近" if len(found) > 1 else ""
        self.known.say(f"可能已有档案：{self._alike.names[1]}", f"{self._alike.why}{more}", "watch")
        self.known.show()

    def _use_known(self) -> None:
        if self._alike is not None:
            self.close_up()
            self.made.emit(self._alike.suspect.second, self._alike.names[1])

    def _open(self, state: FormState) -> None:
        self.banner.hide()
        self.known.hide()
        self._alike = None
        self.form.load(state)
        self.open_up()
        self._look()
