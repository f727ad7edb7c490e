"""A page of a register: its list, and the form of one record in the same place. What a register adds is in its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from db import drafts
from db.errors import KnownError
from desktop.actions.paste import is_block
from desktop.context import AppContext
from desktop.forms.view import FormView
from desktop.idle import Idle
from desktop.page import Page
from desktop.pages.intake_desk import IntakeDesk
from desktop.pages.list_view import ListPlan, ListView
from desktop.pages.paste import PasteView
from desktop.places import place
from desktop.widgets.stack import CurrentStack

_SETTLED = 600  # ms after a list was read: its first rows are there, and nobody has opened anything


class RegisterPage(Page):
    """`open(new=True, defaults=…)`, `open(record=id, field=…)`, `open(filters=…)`, `open(draft=kept)`,
    `open(ledger=path)` to import a file, `open(side_list=True or batch)` for rows an import kept aside."""

    plan: ListPlan

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.header.hide()  # list and form have their own, each with its own keys
        self.stack = CurrentStack(self)
        self.body.addWidget(self.stack, 1)
        self.list = ListView(self.plan, context)
        self.stack.addWidget(self.list)
        self.form: FormView | None = None
        self._spare: FormView | None = None
        self._behind: QWidget = self.list  # what is shown again when the form is closed
        self._return_to = ""  # the page that sent someone here for one record
        self._stale = True
        self._idle = Idle(self)
        self.list.new_asked.connect(lambda: self.open_form())
        self.list.open_asked.connect(lambda key: self.show_record(UUID(hex=key)))
        self.list.draft_asked.connect(self.resume)
        self.list.panel_filled.connect(self.fill_panel)
        self.paste: PasteView | None = None
        self.list.paste_asked.connect(self.open_paste)
        self.intake = IntakeDesk(self.plan.register, context, self.stack)
        self.intake.closed.connect(self._paste_closed)
        self.intake.goto_asked.connect(self.goto_asked)
        self.list.intake.file_chosen.connect(self.intake.open_file)
        self.list.intake.side_asked.connect(self.intake.open_side)

    @property
    def replaceable(self) -> bool:
        working = self.paste is not None and self.paste.busy
        return self.form is None and self.stack.currentWidget() is self.list and not working

    def shed(self) -> None:
        if self._spare is not None:
            spare, self._spare = self._spare, None
            self.stack.removeWidget(spare)
            shiboken6.delete(spare)

    def warm(self) -> None:
        """Make the form while nobody waits for it, a few fields at a time."""
        if self.form is None and self._spare is None:
            self._spare = self._make_form(lazy=True)
            self._idle.add(self._spare.growing())

    # What the window asks.

    def refresh(self) -> None:
        self._stale = True
        if self.stack.currentWidget() is self.list:
            self._stale = False
            self.list.reload()
            QTimer.singleShot(_SETTLED, self, self.warm)

    def open(self, **args: Any) -> None:
        self._return_to = str(args.get("back") or "")
        if "draft" in args:
            self.resume(args["draft"])
        elif args.get("paste"):
            self.open_paste()
        elif args.get("ledger"):
            self.intake.open_file(Path(args["ledger"]))
        elif args.get("side_list"):
            batch = args["side_list"]
            self.intake.open_side(batch if isinstance(batch, UUID) else None)
        elif args.get("record"):
            key = args["record"]
            record = key if isinstance(key, UUID) else UUID(hex=str(key).replace("-", ""))
            if args.get("field") or args.get("edit") or args.get("defaults"):
                self.open_form(record, args.get("defaults"), str(args.get("field") or ""), touched=True)
            else:
                self.show_record(record)
        elif args.get("new"):
            self.open_form(None, args.get("defaults"), str(args.get("field") or ""))
        else:
            self.close_form()
            if args.get("filters") is not None:
                self.list.choose_filters(args["filters"], str(args.get("told") or ""))

    def first_focus(self) -> QWidget | None:
        shown = self.stack.currentWidget()
        if self.form is not None and shown is self.form:
            return self.form.first_focus()
        if self.paste is not None and shown is self.paste:
            return self.paste.first_focus()
        if self.intake.current is not None:
            return self.intake.current_focus()
        return self.list.first_focus() if shown is self.list else None

    def leave(self) -> bool:
        if self.form is not None:
            self.form.leave()
        if self.paste is not None and self.stack.currentWidget() is self.paste:
            self.paste.leave()
        self.intake.leave()
        return True

    # List and form.

    def show_record(self, record: UUID) -> None:
        """Open a record the way this register is best looked at."""
        self.open_form(record)

    def open_form(
        self,
        record: UUID | None = None,
        defaults: Mapping[str, Any] | None = None,
        focus: str = "",
        *,
        touched: bool = False,
    ) -> None:
        """Show the form of a record, or an empty one."""
        form = self._new_form()
        try:
            form.begin(record, defaults, focus, touched=touched)
        except KnownError as error:
            self._drop_form(form)
            self.list.say(error.message, error.hint)
            return
        self._show_form(form)

    def resume(self, kept: drafts.Kept) -> None:
        """Take up a draft at the field where it was left; the rows of a grid in the grid."""
        if is_block(kept):
            self.open_paste()
            return
        form = self._new_form()
        try:
            form.resume(kept)
        except KnownError as error:
            # The record is gone: what was typed is shown as a new one rather than thrown away.
            self._drop_form(form)
            self.list.say(f"草稿对应的记录打不开：{error.message}", error.hint)
            return
        self._show_form(form)

    def open_paste(self, text: str = "", html: str = "") -> None:
        """Show the grid: the rows that stayed open in it, and a block that is pasted."""
        if self.paste is None:
            self.paste = PasteView(self.plan.register, self.context)
            self.paste.closed.connect(self._paste_closed)
            self.paste.finished.connect(self._paste_finished)
            self.stack.addWidget(self.paste)
        self.stack.setCurrentWidget(self.paste)
        self.paste.begin(text, html)
        self.paste.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _paste_closed(self) -> None:
        self.stack.setCurrentWidget(self.list)
        self.list.reload()
        (self.list.table or self.list.search).setFocus(Qt.FocusReason.OtherFocusReason)

    def _paste_finished(self, words: str, take_back: Callable[[], object]) -> None:
        self._paste_closed()
        self.list.offer_undo(words, take_back)

    def close_form(self) -> None:
        """Back to what was there before the form, or before the grid, whose rows stay open."""
        if self.paste is not None and self.stack.currentWidget() is self.paste:
            self.paste.leave()
            self.stack.setCurrentWidget(self.list)
        if self.intake.current is not None:
            self.intake.leave()
            self.stack.setCurrentWidget(self.list)
        if self.form is not None:
            self.form.leave(open_again=False)
            self._closed()

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        """Put this register's own buttons under the side panel."""

    def _new_form(self) -> FormView:
        if self.form is not None:
            self.form.leave(open_again=False)
            self._drop_form(self.form)
        if self._spare is not None:
            form, self._spare = self._spare, None
            return form
        return self._make_form()

    def _make_form(self, lazy: bool = False) -> FormView:
        form = FormView(self.plan.register, self.context, lazy=lazy)
        form.closed.connect(self._closed)
        form.stored.connect(lambda register, key: self._was_stored(key))
        form.open_asked.connect(lambda register, key: self.goto_asked.emit(*place(register, record=key)))
        self.stack.addWidget(form)
        return form

    def _show_form(self, form: FormView) -> None:
        if self.stack.currentWidget() not in (form, self.form):
            self._behind = self.stack.currentWidget()
        self.form = form
        self.stack.setCurrentWidget(form)
        form.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _was_stored(self, _key: UUID) -> None:
        self._stale = True

    def _closed(self) -> None:
        form, self.form = self.form, None
        record = form.form.state().id if form is not None else None
        if self._behind is self.list and self.list.table is not None and record is not None:
            self.list.table.want(record.hex)  # what was just looked at is the row one comes back to
        self.stack.setCurrentWidget(self._behind)
        if form is not None:
            self._drop_form(form)
        self.came_back()
        if self._return_to:
            # Whoever came from another page to mend a record goes on there.
            key, self._return_to = self._return_to, ""
            self.goto_asked.emit(key, {})

    def came_back(self) -> None:
        """The form was closed; what is shown now reads again."""
        if self._behind is self.list:
            self._stale = False
            self.list.reload()
            target: QWidget = self.list.table or self.list.search
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_form(self, form: FormView) -> None:
        """Keep the widgets for the next record: making thirty editors anew can be felt."""
        form.put_away()
        self._spare = form
        if form is self.form:
            self.form = None
