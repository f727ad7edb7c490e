"""From a visit to the records it leads to: one click makes one, F7 asks for the rest of each in turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt

from db.errors import KnownError
from desktop.actions.follow_ups import FollowUp, create_follow_up, visit_follow_ups
from desktop.actions.previous import persons
from desktop.forms.follow_form import FollowForm
from desktop.forms.frame import FormFrame
from desktop.forms.side import FollowUpsCard


class Following(QObject):
    """Belongs to the form of a visit."""

    def __init__(self, view: FormFrame, card: FollowUpsCard) -> None:
        super().__init__(view)
        self.view, self.card = view, card
        self._form: FollowForm | None = None
        self._put_off: set[str] = set()  # kinds the person does not want now
        self._total = self._done = 0
        card.make_asked.connect(self.make)
        card.step_asked.connect(self.step)

    @property
    def form(self) -> FollowForm | None:
        """The form that asks for the rest; None while nobody needed it."""
        return self._form

    def reset(self) -> None:
        """Another visit."""
        self._put_off = set()
        self._total = self._done = 0
        if self._form is not None:
            self._form.close_up()

    def make(self, item: FollowUp) -> None:
        """One click: the visit is stored, and the record it leads to is made of what was typed."""
        view = self.view
        if not view.save():
            return
        state = view.form.state()
        assert state.id is not None
        context = view.context
        try:
            create_follow_up(context.store, item, state.id, context.actor, context.today())
        except KnownError as error:
            view.say(error.message, error.hint, "alarm")
            return
        context.changed(item.register)
        view.chip(f"{item.word}已登记", "ok")
        view.look()

    def step(self) -> None:
        """F7: the visit is stored; then the rest of each record it leads to is asked, one after another."""
        if self._form is not None and self._form.is_open:
            return
        self._put_off = set()
        self._total = self._done = 0
        if self.view.save():
            self._next()

    def resume(self, draft: dict[str, Any]) -> None:
        """Take up the form that was open, with what was typed in it."""
        offers = {item.kind: item for item in self._offers()}
        item = offers.get(str(draft.get("kind")))
        if item is not None:
            self._begin(item, "")
            assert self._form is not None
            self._form.restore(draft)

    # Below: one after another.

    def _offers(self) -> list[FollowUp]:
        view = self.view
        state = view.form.state()
        visit = {"unit_code": view.context.unit_code, **state.record()}
        items = visit_follow_ups(view.context.store, visit, state.id, view.context.period)
        return [item for item in items if item.state == "offer" and item.register]

    def _next(self) -> None:
        left = [item for item in self._offers() if item.kind not in self._put_off]
        view = self.view
        if not left:
            if self._done:
                view.chip(f"带出的 {self._done} 条已登记", "ok")
            else:
                view.chip("没有要登记的记录" if not self._put_off else "带出的记录还没有登记", "neutral")
            view.main_button().setFocus(Qt.FocusReason.OtherFocusReason)
            view.look()
            return
        self._total = max(self._total, self._done + len(self._put_off) + len(left))
        at = self._total - len(left) + 1
        self._begin(left[0], f"{at}/{self._total}" if self._total > 1 else "")

    def _begin(self, item: FollowUp, place: str) -> None:
        view = self.view
        if self._form is None:
            self._form = FollowForm(view.context, view)
            self._form.made.connect(self._made)
            self._form.cancelled.connect(self._left_out)
            self._form.edited.connect(view.touch)
            view.place(self._form)
        state = view.form.state()
        assert state.id is not None
        people = (*persons(state.values.get("visitors")), view.context.person)
        self._form.begin(item, state.id, place, people)

    def _made(self, item: FollowUp, _key: UUID) -> None:
        self._done += 1
        self.view.follow_stored(item.register)
        self._next()

    def _left_out(self) -> None:
        assert self._form is not None and self._form.item is not None
        self._put_off.add(self._form.item.kind)
        self.view.follow_stored("")
        self._next()
