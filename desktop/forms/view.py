"""The page of one form: title and buttons, the form, the column beside it; saving, drafts, carrying over, F2, Esc."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from db import drafts
from db.errors import KnownError, StaleRecord
from db.findings import Severity
from db.registers import REGISTERS
from db.types import new_key
from desktop.actions import previous, versions
from desktop.actions import records as actions
from desktop.actions.records import FormState, Looked
from desktop.context import AppContext
from desktop.forms.autosave import Autosave
from desktop.forms.following import Following
from desktop.forms.frame import FormFrame, titles
from desktop.forms.inner import carried_words, carry_into, to_next_due
from desktop.forms.making_firm import MakingFirm
from desktop.forms.side import ComputedCard, FollowUpsCard, ResemblingCard
from desktop.forms.two_versions import TwoVersions
from desktop.pages.paper import print_typed
from desktop.widgets.keys import on_keys

_LOOK_PAUSE = 350  # ms after the last key


class FormView(FormFrame):
    """`begin` or `resume`, then `closed` once; `stored(register, id)` after every save."""

    closed = Signal()
    stored = Signal(str, object)
    open_asked = Signal(str, object)  # another register's record

    def __init__(
        self, register: str, context: AppContext, parent: QWidget | None = None, *, lazy: bool = False
    ) -> None:
        super().__init__(register, context, parent, lazy=lazy)
        self.autosave: Autosave | None = None
        self._touched: set[str] = set()
        self._warned = False
        self._begun: dict[str, Any] = {}
        self._loading = False
        self._defaults: Mapping[str, Any] = {}
        self.following: Following | None = None
        self.versions = TwoVersions(self)
        self.making = MakingFirm(self)
        self._connect()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_LOOK_PAUSE)
        self._pause.timeout.connect(self.look)

    # Opening.

    def growing(self) -> Iterator[object]:
        """Make and dress the rest of a form begun `lazy`, a piece per step."""
        yield from self.form.growing()
        for widget in self.findChildren(QWidget):
            if shiboken6.isValid(widget):
                widget.ensurePolished()
                yield widget

    def begin(
        self,
        record_id: UUID | None = None,
        defaults: Mapping[str, Any] | None = None,
        focus: str = "",
        *,
        touched: bool = False,
    ) -> None:
        """Open a record, or an empty form with `defaults`; a draft of it that was left is taken up again.

        Refused for a record that is gone. `touched` shows all findings at once (the person came to mend them).
        """
        kept = drafts.load(self.context.store, drafts.key_of(self.register, record_id))
        if kept is not None and (record_id is not None or not defaults):
            self.resume(kept)
            for name, value in (defaults or {}).items():
                self.form.set_value(name, value)
            if focus:
                self.form.focus(focus)
            return
        state = actions.open_form(
            self.context.store,
            self.register,
            record_id,
            defaults,
            actor=self.context.actor,
            today=self.context.today(),
            period=self.context.period,
        )
        self._defaults = dict(defaults or {})
        # A draft of another new record is still there: this one is kept beside it.
        place = f"new-{new_key().hex}" if kept is not None and record_id is None else "new"
        self._show(state, focus, drafts.key_of(self.register, record_id, place))
        if touched:
            self._touched = set(self.form.boxes)
        self.look()

    def resume(self, kept: drafts.Kept) -> None:
        """Open a form as it was left: after Esc, or after the program was killed."""
        record_id = kept.record_id
        state = actions.from_draft(self.context.store, self.register, record_id, kept.values)
        self._show(state, kept.focus, kept.key)
        self._touched = {
            name
            for name in self.form.boxes
            if not self.form.editor(name).content().blank and name != kept.focus
        }
        quick = kept.values.get("quick")
        if quick:
            self.making.restore(quick)
        follow = kept.values.get("follow")
        if follow and self.following is not None and record_id is not None:
            self.following.resume(follow)
        when = kept.saved_at.astimezone()
        self.chip(f"已恢复 {when:%m-%d %H:%M} 的草稿", "watch")
        self.discard.show()
        self._begun = {}
        self.look()

    def _show(self, state: FormState, focus: str, key: str) -> None:
        new, change, following = titles(self.register)
        self._loading = True
        self.form.show_all, self.form.current = False, ""
        self.header.set_title(new if state.id is None else change)
        self.next.setText(following if state.id is None else "保存并返回")
        self.next.updateGeometry()
        self.carry.setVisible(state.id is None)
        self.paper.setVisible(state.id is not None)
        self.discard.hide()
        self.banner.hide()
        self.history.hide()
        self._touched = set()
        self._warned = False
        self.chip("")
        for inner in self.inners:
            inner.close_up()
        if self.following is not None:
            self.following.reset()
        self.form.load(state)
        self._loading = False
        if self.autosave is not None:
            self.autosave.deleteLater()
        self.autosave = Autosave(self.context, key, self._collect, lambda: self.form.current, self)
        self.autosave.kept.connect(self._kept)
        self._begun = self._collect()
        self._side_visible()
        self.form.recall()
        self.form.focus(focus or self.form.begin_at(state))

    def first_focus(self) -> QWidget:
        """The field the person is in, or the first that is empty."""
        name = self.form.current or self.form.grid.order()[0]
        return self.form.editor(name).target

    # Saving.

    def save(self, state: FormState | None = None, note: str | None = None) -> bool:
        """Store what is typed, complete or not; False (with the reason shown) where it was refused."""
        state = state or self.form.state()
        try:
            result = actions.save_form(
                self.context.store,
                state,
                self.context.actor,
                today=self.context.today(),
                period=self.context.period,
                note=note,
            )
        except StaleRecord as error:
            self.versions.show(state, error)
            return False
        except KnownError as error:
            self.say(error.message, error.hint, "alarm")
            self.keep_draft()
            return False
        assert self.autosave is not None
        self.autosave.drop()
        self.autosave.key = result.state.key
        self.form.rebase(result.state)
        self.form.fill_in(result.state.values)
        self._touched = set(self.form.boxes)
        self.form.show_record()
        self.form.show_findings(result.findings)
        self._begun = self._collect()
        self.discard.hide()
        missing = self.form.count(Severity.ERROR)
        now = datetime.now()
        if missing:
            self.chip(f"已保存 {now:%H:%M:%S}，还有 {missing} 处要补", "watch")
        else:
            self.chip(f"已保存 {now:%H:%M:%S}", "ok")
        self.context.changed(
            self.register, *(("enterprise",) if self.register in ("visit", "nurture") else ())
        )
        self.stored.emit(self.register, result.saved.id)
        self.look()
        return True

    def save_here(self) -> None:
        """Ctrl+S: store, and go to the first thing that is wrong."""
        if self._in_inner():
            return
        if self.save():
            wrong = self.form.first_wrong()
            if wrong:
                self.form.focus(wrong)
            else:
                self.banner.hide()

    def save_and_next(self) -> None:
        """Ctrl+Enter: store and open an empty form (or go back, for a record that was there)."""
        if self._in_inner():
            return
        was_new = self.carry.isVisibleTo(self)
        warned = self._warned
        if not self.save():
            return
        missing = self.form.count(Severity.ERROR)
        if missing and not warned:
            self._warned = True
            going = "登记下一条" if was_new else "返回列表"
            self.say(
                f"已保存，还有 {missing} 处错误，先记为待补全。",
                f"改好后按 Ctrl+S；先不改，再按一次 Ctrl+Enter {going}。",
                "watch",
            )
            self.form.focus(self.form.first_wrong())
            return
        if was_new:
            self.begin(None, None)
            self.chip("上一条已保存", "ok")
        else:
            self.closed.emit()

    def show_stored(self, focus: str) -> None:
        """Show the record as it is stored now."""
        state = actions.open_form(self.context.store, self.register, self.form.state().id)
        self.form.load(state)
        self._begun = self._collect()
        self.form.focus(focus)
        self.look()

    def carry_over(self) -> None:
        """Ctrl+D: fill what nobody typed from the last record this person entered."""
        if self.inner is not None:
            self.inner.carry_over()
            return
        found = previous.carry_over(self.context.store, self.register, self.context.actor)
        self.chip(*carried_words(carry_into(self.form, found), found))

    def go_due(self) -> None:
        """F8: on to the next field that must be filled."""
        if self.inner is not None:
            self.inner.go_due()
        else:
            to_next_due(self.form, self.next)

    def back(self) -> None:
        """Esc: leave; what is typed stays as a draft."""
        if self.inner is not None:
            self.inner.put_away()
            return
        if not self.history.isHidden():
            self.history.hide()
            self._side_visible()
            return
        self.leave(open_again=False)
        self.closed.emit()

    def leave(self, *, open_again: bool = True) -> None:
        """Keep what is typed before another page is shown or the program ends."""
        if self.autosave is None:
            return
        if self._collect() != self._begun:
            self.keep_draft(open_again)
        elif not open_again and self.form.state().id is None:
            self.autosave.drop()

    def put_away(self) -> None:
        """Nothing is open here any more."""
        self._pause.stop()
        if self.autosave is not None:
            self.autosave.deleteLater()
            self.autosave = None

    def discard_draft(self) -> None:
        """Throw the draft away and start from what is stored."""
        if self.autosave is not None:
            self.autosave.drop()
        state = self.form.state()
        self.begin(state.id, self._defaults or None)

    def show_history(self) -> None:
        """F2: how the field with the focus came to its value."""
        state = self.form.state()
        name = self.form.current
        if not name:
            return
        field = REGISTERS[self.register].field(name)
        store, lookup = self.context.store, self.context.directory
        changes = versions.field_history(store, self.register, state.id, name, lookup) if state.id else []
        firm = state.values.get("enterprise_id")
        earlier = previous.of_firm(store, self.register, firm, name, state.id, lookup) if firm else []
        self.history.show_history(field.label, changes, earlier)
        self._side_visible()

    # Looking at what is typed.

    def look(self) -> None:
        """Check what is typed and bring the side column up to date, aside."""
        self._pause.stop()
        if self.autosave is None or not shiboken6.isValid(self.context.jobs):
            return  # closed, or the program is ending: the last field is left because everything goes
        state = self.form.state()
        store, actor, cards = self.context.store, self.context.actor, self.cards
        today, period = self.context.today(), self.context.period

        def work(_progress: Any, cancelled: Any) -> tuple[Looked, list[Any]]:
            looked = actions.look(store, state, actor, today=today, period=period)
            return looked, [None if cancelled() else card.work(state) for card in cards]

        self.context.jobs.run(
            f"look/{id(self)}",
            work,
            on_done=lambda found: self._looked(state, *found),
            owner=self,
            quiet=True,
        )

    def _looked(self, state: FormState, looked: Looked, data: list[Any]) -> None:
        if self.autosave is None or state.id != self.form.state().id:
            return
        self.form.fill_in(looked.derived)
        shown = {
            name
            for name in self._touched
            # While one types, nothing new turns red; what is mended turns calm at once.
            if name != self.form.current
            or not self.form.editor(name).target.hasFocus()
            or self.form.boxes[name].findings
        }
        self.form.show_findings(looked.findings, shown)
        for card, each in zip(self.cards, data, strict=True):
            card.show_data(each, self.form.state())
            if isinstance(card, ComputedCard):
                card.show_derived({**state.values, **looked.derived})
        self._side_visible()
        if looked.locked and self.banner.isHidden():
            self.say(
                looked.locked, "更正请先在“月调度”里说明理由后重新打开该月；这里填的内容会留作草稿。", "watch"
            )
        self._side_visible()

    def print_form(self) -> None:
        """Ctrl+P: the form as it stands; one with nothing typed yet is printed blank."""
        state, untouched = self.form.state(), self._collect() == self._begun
        print_typed(self, self.context, self.register, state.record(), state.id is None and untouched)

    # Below: connections and small answers.

    def _connect(self) -> None:
        self.discard = self.header.add("丢弃草稿", self.discard_draft, role="link")
        self.carry = self.header.add(
            "带出上次", self.carry_over, "Ctrl+D", tip="把上一条的日期、方式、人员等带过来"
        )
        self.paper = self.header.add("打印…", self.print_form)  # hidden on a new form, where room is short
        self.keep = self.header.add("保存", self.save_here, "Ctrl+S")
        self.next = self.header.add("保存并登记下一家", self.save_and_next, "Ctrl+Return", primary=True)
        self.keyed = [(button, button.keys) for button in (self.carry, self.keep, self.next)]
        on_keys(self, "Esc", self.back, "返回（草稿保留）")
        on_keys(self, "Ctrl+P", self.print_form, "打印这张表，没填时打印空白表")
        on_keys(self, "F2", self.show_history, "这一栏的修改记录")
        self.form.edited.connect(self._edited)
        self.form.left.connect(self._left)
        self.form.finished.connect(lambda: self.next.setFocus(Qt.FocusReason.TabFocusReason))
        self.form.create_asked.connect(self.making.begin)
        on_keys(self, "F8", self.go_due, "到下一个必填的空栏")
        for card in self.cards:
            if isinstance(card, FollowUpsCard):
                self.following = Following(self, card)
                on_keys(self, "F7", self.following.step, "逐条填写这次走访带出的记录")
            if isinstance(card, FollowUpsCard | ResemblingCard):
                card.open_asked.connect(self._open_other)

    def follow_stored(self, register: str) -> None:
        """A record that the visit leads to was stored ("": put off): its draft is no longer needed."""
        if register:
            self.context.changed(register)
        if self.autosave is not None and self._collect() == self._begun:
            self.autosave.drop()

    def _open_other(self, register: str, record_id: object) -> None:
        self.leave()
        self.open_asked.emit(register, record_id)

    def _in_inner(self) -> bool:
        """While something stands in the form's place, the keys that save are its own."""
        if self.inner is None:
            return False
        self.inner.store()
        return True

    def _collect(self) -> dict[str, Any]:
        data = actions.to_draft(self.form.state())
        quick = self.quick.draft() if self.quick is not None else None
        asked = self.following.form if self.following is not None else None
        follow = asked.draft() if asked is not None else None
        more = {"quick": quick, "follow": follow}
        return {**data, "open": True, **{name: each for name, each in more.items() if each}}

    def keep_draft(self, open_again: bool = True) -> None:
        assert self.autosave is not None
        self.autosave.keep_now(open=open_again)

    def touch(self) -> None:
        if self.autosave is not None and not self._loading:
            self.autosave.touch()

    def _edited(self, _name: str) -> None:
        self._warned = False
        self.touch()
        self._update_more()
        self._pause.start()

    def _left(self, name: str) -> None:
        if self._loading or self.autosave is None:
            return
        self._touched.add(name)
        self.autosave.keep()
        self.look()

    def _kept(self, when: datetime) -> None:
        self.chip(f"草稿已存 {when:%H:%M:%S}", "neutral")
