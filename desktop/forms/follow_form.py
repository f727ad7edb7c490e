"""Asking for the rest of a record that a visit leads to, in the visit's place: only what the visit does not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import values
from db.errors import KnownError
from db.findings import Severity
from db.registers import REGISTERS
from desktop.actions import records as actions
from desktop.actions.follow_ups import FollowUp, asked_fields, create_follow_up
from desktop.actions.previous import carry_over, past
from desktop.actions.records import FormState
from desktop.context import AppContext
from desktop.forms.form import GUESSED, USUAL, RecordForm
from desktop.forms.inner import Inner, carried_words, carry_into, to_next_due
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, label

_LOOK_PAUSE = 350  # ms


class FollowForm(Inner):
    """`begin` for an offer of a visit; `made(FollowUp, id)` once it is stored, `cancelled` when it is left."""

    made = Signal(object, object)
    cancelled = Signal()
    edited = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.item: FollowUp | None = None
        self._visit: UUID | None = None
        self._warned = False
        self._touched: set[str] = set()
        self._forms: dict[tuple[str, tuple[str, ...]], RecordForm] = {}
        self.form: RecordForm | None = None
        self._build()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_LOOK_PAUSE)
        self._pause.timeout.connect(self.look)

    def begin(self, item: FollowUp, visit: UUID, place: str, people: Sequence[str] = ()) -> None:
        """Ask for what `item` needs. `place` is “1/2” where several follow, `people` who was there."""
        actor, today = self.context.actor, self.context.today()
        self.item, self._visit, self._warned = item, visit, False
        self._touched = set()
        names = asked_fields(item, actor, today)
        form = self._form(item.register, names)
        known = {**actions.defaults_for(item.register, actor, today), **item.facts}
        if item.register == "issue":
            known["visit_id"] = visit
        form.load(FormState(item.register, values=known))
        form.past = past(self.context.store, item.register, actor, people)
        for name in item.guesses:
            form.propose(name, item.defaults.get(name), GUESSED if name == "description" else USUAL)
        form.proposed |= {name for name in names if name in known}  # a declared default may be carried over
        self.title.setText(f"登记{item.word}")
        self.place.set(place or item.word, "info")
        self.place.setVisible(bool(place))
        self.known.setText(self._told(item))
        self.banner.hide()
        self.said.setText("只问走访里没写的")
        self.open_up()
        form.focus(form.next_due("") or form.grid.order()[0])
        self.look()

    def draft(self) -> dict[str, Any] | None:
        if not self.is_open or self.item is None or self.form is None:
            return None
        return {"kind": self.item.kind, **actions.to_draft(self.form.state())}

    def restore(self, data: dict[str, Any]) -> None:
        """Put a draft's texts back into the form that was begun."""
        if self.form is None or self.item is None:
            return
        kept = actions.from_draft(self.context.store, self.item.register, None, data)
        self.form.load(kept)

    def carry_over(self) -> None:
        assert self.form is not None
        found = carry_over(self.context.store, self.form.register, self.context.actor)
        self.said.setText(carried_words(carry_into(self.form, found), found)[0])

    def go_due(self) -> None:
        if self.form is not None:
            to_next_due(self.form, self.save)

    def put_away(self) -> None:
        self._pause.stop()
        self.close_up()
        self.cancelled.emit()

    def store(self) -> None:
        """Store the record; where something is missing, say so once and store it incomplete the second time."""
        if self.form is None or self.item is None or self._visit is None:
            return
        self._pause.stop()
        context, state = self.context, self.form.state()
        found = actions.check_form(
            context.store, state, context.actor, today=context.today(), period=context.period
        )
        wrong = [each for each in found if each.severity is Severity.ERROR and each.field in self.form.boxes]
        if wrong and not self._warned:
            self._warned = True
            self.form.show_findings(found)
            self._say(
                f"还有 {len(wrong)} 处没有填好。", "改好后按 Ctrl+Enter；再按一次就先记为待补全。", "watch"
            )
            self.form.focus(self.form.first_wrong())
            return
        try:
            key = create_follow_up(
                context.store, self.item, self._visit, context.actor, context.today(), state
            )
        except KnownError as error:
            self._say(error.message, error.hint, "alarm")
            return
        self.close_up()
        self.made.emit(self.item, key)

    def look(self) -> None:
        """Work out aside what follows from what is typed, and what there is to say about it."""
        if self.form is None or not shiboken6.isValid(self.context.jobs):
            return
        form, state, context = self.form, self.form.state(), self.context
        store, actor, today, period = context.store, context.actor, context.today(), context.period

        def shown(looked: actions.Looked) -> None:
            if form is self.form and self.is_open:
                form.fill_in(looked.derived)
                form.show_findings(looked.findings, self._touched - {form.current})

        self.context.jobs.run(
            f"look/{id(self)}",
            lambda _progress, _cancelled: actions.look(store, state, actor, today=today, period=period),
            on_done=shown,
            owner=self,
            quiet=True,
        )

    # Below: building.

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 20, 0)
        head.setSpacing(8)
        self.title = label("", "heading")
        self.place = Chip("", "info", self)
        self.said = label("", "muted")
        self.carried = Button("带出上次", self.carry_over, self, role="small", hint="Ctrl D")
        self.cancel = Button("先不登记", self.put_away, self, role="small", hint="Esc")
        # The form around it hands its own Ctrl+Enter on: two shortcuts with the same keys would cancel each other.
        self.save = Button("登记", self.store, self, primary=True, role="small", hint="Ctrl Enter")
        for widget in (self.title, self.place, self.said):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.carried)
        head.addWidget(self.cancel)
        head.addWidget(self.save)
        self.roomy = [self.said, self.carried]
        self.hinted = [(button, button.hint) for button in (self.cancel, self.save)]
        column.addLayout(head)
        facts = QHBoxLayout()
        facts.setContentsMargins(20, 0, 20, 0)
        self.known = ElidedLabel("", "fact")
        facts.addWidget(self.known)
        column.addLayout(facts)
        self.banner = Banner("", parent=self)
        self.banner.hide()
        column.addWidget(self.banner)
        self._column = column

    def _form(self, register: str, names: Sequence[str]) -> RecordForm:
        """The form that asks for these fields; kept for the next visit."""
        key = (register, tuple(names))
        form = self._forms.get(key)
        if form is None:
            form = RecordForm(register, self.context, self, only=names)
            form.edited.connect(self._edited)
            form.left.connect(self._left)
            form.finished.connect(lambda: self.save.setFocus(Qt.FocusReason.TabFocusReason))
            self._column.addWidget(form, 1)
            self._forms[key] = form
        for other in self._forms.values():
            other.setVisible(other is form)
        self.form = form
        return form

    def _told(self, item: FollowUp) -> str:
        fields = REGISTERS[item.register]
        said = []
        for name, value in item.facts.items():
            if value in (None, "", []) or name == "visit_id":
                continue
            field = fields.field(name)
            shown = values.display(field, value, self.context.directory)
            # A figure and its unit stay on one line.
            said.append(f"{field.label}：{shown}" + (f"\u00a0{field.unit}" if field.unit else ""))
        return "　".join(said)

    def _edited(self, _name: str) -> None:
        self._warned = False
        self.edited.emit()
        self._pause.start()

    def _left(self, name: str) -> None:
        if self.is_open:
            self._touched.add(name)
            self._pause.start()

    def _say(self, text: str, hint: str, state: str) -> None:
        self.banner.say(text, hint, state)
        self.banner.show()
