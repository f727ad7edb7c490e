"""Choosing a record of another register: by a fragment of what it is called, its number, its firm, or pinyin initials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.fields import Field
from db.registers import REGISTERS
from desktop.actions.find_record import Found, find_records, record_title
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.line_editors import Line
from desktop.forms.match import rank
from desktop.forms.suggestions import Suggestion, Suggestions

_PAUSE = 90  # ms after the last key


class RecordPicker(Editor):
    """↓ offers the newest (of the record's own firm, where it names one); typing looks among all."""

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self.register = field.source
        self.firm: UUID | None = None  # of the record that is chosen
        self._value: UUID | None = None
        self._name = ""
        self._record: Mapping[str, Any] = {}
        self._wants_first = False
        self._asked: str | None = None
        self.line = Line(self)
        self.line.setPlaceholderText("名称、编号或拼音，↓ 看最近的")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.line.textEdited.connect(self._typed)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._search)
        self.adopt(self.line)

    @cached_property
    def list(self) -> Suggestions:
        """Made when first needed."""
        made = Suggestions(self.line, self.field.label)
        made.picked.connect(self._picked)
        return made

    @property
    def offering(self) -> bool:
        """Whether the list is to be seen."""
        return "list" in self.__dict__ and self.list.isVisible()

    def load(self, content: Content) -> None:
        self._value = content.value
        self._name = record_title(self.context.store, self.register, content.value) if content.value else ""
        self.line.setText(content.unparsed or self._name)
        self.line.setCursorPosition(0)

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

    def hint(self) -> str:
        return "↑↓ 选择，Enter 选定"

    def keeps(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self.offering

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

    def begin(self) -> None:
        self.line.selectAll()

    def settle(self) -> None:
        if self.offering:
            self.list.hide()

    # Below: searching and taking.

    def _typed(self, _text: str) -> None:
        self._wants_first = False
        self.edited.emit()
        if self.line.text().strip():
            self._pause.start()
        else:
            self._pause.stop()
            if self.offering:
                self.list.hide()

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
        self.line.setText(found.title)
        self.line.setCursorPosition(0)
        self.edited.emit()
