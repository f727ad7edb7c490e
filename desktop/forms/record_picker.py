"""Choosing a record of another register: by a fragment of what it is called, its number, its firm, or pinyin initials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from db.fields import Field
from db.registers import REGISTERS
from desktop.actions.find_record import Found, find_records, record_title
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.match import rank
from desktop.forms.offering import Seeking
from desktop.forms.suggestions import Suggestion


class RecordPicker(Seeking):
    """↓ offers the newest (of the record's own firm, where it names one); typing looks among all."""

    invitation = "名称、编号或拼音，↓ 看最近的"

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self.register = field.source
        self.firm: UUID | None = None  # of the record that is chosen
        self._value: UUID | None = None
        self._name = ""
        self._record: Mapping[str, Any] = {}
        self._asked: str | None = None

    def load(self, content: Content) -> None:
        self._value = content.value
        self._name = record_title(self.context.store, self.register, content.value) if content.value else ""
        self._show_name(content.unparsed or self._name)

    def content(self) -> Content:
        typed = self.line.text().strip()
        if self._value is not None and typed == self._name.strip():
            return Content(self._value)
        if not typed:
            return Content()
        noun = REGISTERS[self.register].noun
        return Content(None, typed, "GEN-005", f"还没有选定{noun}：按 ↓ 从列表里选")

    def show_record(self, record: Mapping[str, Any]) -> None:
        self._record = record

    def on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.offering:
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
            else:
                self._search(everything=self.content().value is not None)
            return True
        if key == Qt.Key.Key_Escape and self.offering:
            self.list.hide()
            return True
        if enter and self.content().unparsed and (self._pause.isActive() or self._asked != self.line.text()):
            self._pause.stop()
            self._wants_first = True  # faster than the list
            self._search()
            return True
        if (enter or key == Qt.Key.Key_Tab) and self.offering:
            self.list.take()
        return False  # Enter and Tab go on to the next field as well

    # Below: searching and taking.

    def _typed(self, _text: str) -> None:
        self.edited.emit()
        self._search_soon(1)

    def _search(self, everything: bool = False) -> None:
        shown = self.line.text()
        typed = "" if everything else shown.strip()
        self._asked = shown
        store, register, firm = self.context.store, self.register, self._record.get("enterprise_id")

        def work(_progress: Any, _cancelled: Any) -> Sequence[Found]:
            return find_records(store, register, typed, firm, rank)

        self.context.jobs.run(
            f"find/{id(self)}", work, on_done=lambda found: self._show(shown, found), owner=self, quiet=True
        )

    def _show(self, shown: str, found: Sequence[Found]) -> None:
        if shown != self.line.text() or not self.line.hasFocus():
            return
        self.list.offer([Suggestion(each, each.title, each.detail) for each in found])
        if self._wants_first:
            self._wants_first = False
            if len(found) == 1:
                self.list.take()
                self.advance.emit()

    def _picked(self, chosen: Suggestion) -> None:
        found: Found = chosen.value
        self._value, self._name, self.firm = found.id, found.title, found.firm
        self._show_name(found.title)
        self.edited.emit()
