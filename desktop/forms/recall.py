"""Short texts with what was written there before: ↓ shows it, typing narrows it, nothing is taken unless picked out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop.forms.line_editors import LineEditor
from desktop.forms.match import matches
from desktop.forms.offering import Offering
from desktop.forms.suggestions import Suggestion

_PERSON = re.compile(r"[、，,;；]\s*")
_SHOWN = 8

Recalled = Callable[[Mapping[str, Any]], Sequence[str]]


class RecallEditor(Offering, LineEditor):
    """A text line; `recalled(record)` gives the earlier texts, the newest first."""

    recalled: Recalled | None = None
    _record: Mapping[str, Any] = {}

    def show_record(self, record: Mapping[str, Any]) -> None:
        self._record = record

    def hint(self) -> str:
        return "↓ 看以前填过的" if self._past() else ""

    def on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.offering:
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
            elif key == Qt.Key.Key_Down:
                self._offer(self._past(), 0)
            return True
        if not self.offering:
            return False
        if key == Qt.Key.Key_Escape:
            self.list.hide()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self.list.take()
        return False  # Enter and Tab go on to the next field as well

    # Below: offering and taking.

    def _past(self) -> Sequence[str]:
        return self.recalled(self._record) if self.recalled is not None else ()

    def _part(self) -> tuple[str, str]:
        """What stands before the part being typed, and that part: persons are written one after another."""
        text = self.line.text()
        if self.field.editor != "people":
            return "", text
        part = _PERSON.split(text)[-1]
        return text[: len(text) - len(part)], part

    def _typed(self, text: str) -> None:
        super()._typed(text)
        before, part = self._part()
        past = self._past()
        if not part.strip() or not past:
            self.put_list_away()
            return
        if before:
            past = list(dict.fromkeys(each for text in past for each in _PERSON.split(text)))
        found = [name for _, name in matches([(name, name) for name in past], part, _SHOWN) if name != part]
        # None is picked out: Enter takes what was typed, ↓ and Enter what is offered.
        self._offer(found, -1)

    def _offer(self, texts: Sequence[str], chosen: int) -> None:
        if texts or self.offering:
            self.list.offer([Suggestion(text, text) for text in texts[:30]], chosen)

    def _picked(self, chosen: Suggestion) -> None:
        before, _ = self._part()
        self.line.setText(before + chosen.text)
        self._update_suffix()
        self.edited.emit()
