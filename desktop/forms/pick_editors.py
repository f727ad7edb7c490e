"""Choosing from lists by typing: choices, streets, units, parks, industries. Firms are in picker.py, records in record_picker.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from db import values
from desktop.forms.editor import Content
from desktop.forms.line_editors import Line, LineEditor
from desktop.forms.match import Option, matches, numbered
from desktop.forms.offering import Offering
from desktop.forms.suggestions import Suggestion
from desktop.style.icons import paint_icon
from desktop.style.theme import tokens

_TOKEN = re.compile(r"[、;；，,]")


class _PickLine(Line):
    """A line with an arrow at its end; a click there or anywhere in an empty line opens the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open_list: Callable[[], object] = lambda: None
        self.setTextMargins(0, 0, 20, 0)

    def set_suffix(self, word: str) -> None:
        """There is an arrow instead."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self.text() or event.position().x() > self.width() - 30:
            self.open_list()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(self.width() - 24, (self.height() - 12) / 2, 12, 12)
        paint_icon(painter, box, "down", tokens().palette.text2, 2.4)
        painter.end()


class PickEditor(Offering, LineEditor):
    """Type a fragment, pinyin initials or a digit; ↓ shows all; Enter or Tab takes what is picked out."""

    _limited: Sequence[str] | None = None

    def _make_line(self) -> Line:
        line = _PickLine(self)
        line.open_list = self._open_all
        return line

    def options(self) -> Sequence[Option]:
        """What may be chosen now."""
        if self.field.source:
            return self.context.directory.options(self.field.source)
        return [(choice, choice) for choice in self._limited or self.field.choices]

    def set_choices(self, choices: Sequence[str]) -> None:
        """Only these may be chosen now (the moves a state allows)."""
        self._limited = choices

    def hint(self) -> str:
        few = len(self.options()) <= 9
        return "可输入拼音首字母或序号，↓ 看全部" if few else "可输入名称片段、拼音首字母或代码，↓ 看全部"

    def read(self, text: str) -> Content:
        return super().read(text.strip())

    def on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.offering:
                self._open_all()
            else:
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if not self.offering:
            return False
        if key == Qt.Key.Key_Escape:
            self.list.hide()
            return True
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.list.step(8 if key == Qt.Key.Key_PageDown else -8)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self.list.take()
        return False  # Enter and Tab go on to the next field as well

    def begin(self) -> None:
        self.line.selectAll()

    # Below: offering and taking.

    def _typed(self, text: str) -> None:
        options = self.options()
        fixed = numbered(options, text)
        if fixed is not None:
            self._take_value(fixed)
            return
        found = matches(options, text) if text.strip() else []
        self._offer(found)
        self.edited.emit()

    def _open_all(self) -> None:
        options = list(self.options())
        now = self.content().value
        place = next((n for n, (value, _) in enumerate(options) if value == now), 0)
        self.list.offer([Suggestion(value, name) for value, name in options], place)

    def _offer(self, found: Sequence[Option]) -> None:
        if found or self.offering:
            self.list.offer([Suggestion(value, name) for value, name in found])

    def _picked(self, chosen: Suggestion) -> None:
        self._take_value((chosen.value, chosen.text))

    def _take_value(self, option: Option) -> None:
        self.put_list_away()
        self.line.setText(self.plain(option[0]) or option[1])
        self.edited.emit()


class PickManyEditor(PickEditor):
    """Several from a long list, written with 、 between them; the part being typed is what the list answers."""

    def read(self, text: str) -> Content:
        outcome = values.parse(self.field, text, self.context.directory)
        return (
            Content(outcome.value)
            if outcome.ok
            else Content(None, text.strip(), outcome.rule, outcome.reason)
        )

    def hint(self) -> str:
        return "可选多个，用“、”隔开；可输入片段或拼音首字母"

    def on_key(self, event: QKeyEvent) -> bool:
        if self.offering and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.list.take()  # stay: there may be more to choose
        return super().on_key(event)

    def begin(self) -> None:
        self.line.setCursorPosition(len(self.line.text()))

    def _typed(self, text: str) -> None:
        part = _TOKEN.split(text)[-1]
        found = matches(self.options(), part) if part.strip() else []
        self._offer(found)
        self.edited.emit()

    def _open_all(self) -> None:
        self.list.offer([Suggestion(value, name) for value, name in self.options()])

    def _take_value(self, option: Option) -> None:
        self.put_list_away()
        whole = self.line.text()
        parts = _TOKEN.split(whole)
        kept = whole[: len(whole) - len(parts[-1])]
        if self.read(whole).value and not self.read(parts[-1]).unparsed and parts[-1].strip():
            kept = f"{whole}、"  # the last part was complete: add another
        if kept and kept[-1] not in "、;；，,":
            kept += "、"
        self.line.setText(kept + option[1])
        self.edited.emit()
