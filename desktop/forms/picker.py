"""The enterprise picker: a fragment, pinyin initials, a code's tail or a former name; not there, make it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from db import search
from db.fields import Field
from db.visit_pressure import Pressure, pressures
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.offering import Seeking
from desktop.forms.suggestions import Suggestion

_LEAST = 2
_LIMIT = 12


class EnterprisePicker(Seeking):
    """`create_asked(text)` when the person wants a card for a firm that is not there."""

    create_asked = Signal(str)

    invitation = "名称、拼音、代码尾号、曾用名"

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(field, context, parent)
        self._value: UUID | None = None
        self._name = ""
        self._asked = ""

    def load(self, content: Content) -> None:
        self._value = content.value
        self._name = self.context.directory.name("enterprise", content.value) if content.value else ""
        self._show_name(content.unparsed or self._name)
        self._tail()

    def content(self) -> Content:
        typed = self.line.text().strip()
        if self._value is not None and typed == self._name:
            return Content(self._value)
        if not typed:
            return Content()
        return Content(None, typed, "GEN-005", f"还没有选定企业：按 ↓ 选择，或新建“{typed}”")

    def choose(self, enterprise: UUID, name: str = "") -> None:
        """Take this firm as if it had been picked."""
        self._value = enterprise
        self._name = name or self.context.directory.enterprise_name(enterprise)
        self._show_name(self._name)
        self._tail()
        self.edited.emit()

    def on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.offering:
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
            else:
                self._search()
            return True
        if key == Qt.Key.Key_Escape and self.offering:
            self.list.hide()
            return True
        if (enter or key == Qt.Key.Key_Tab) and not self.content().blank and self.content().value is None:
            if self._pause.isActive() or self._asked != self.line.text().strip():
                # Faster than the list: find now, and take what is clearly meant.
                self._pause.stop()
                if enter:
                    self._wants_first = True
                    self._search()
                    return True
                return False
            if self.offering:
                current = self.list.current
                if current is not None and current.create and not enter:
                    return False  # Tab past a firm that is not there must not make one
                self.list.take()
                return enter  # choosing fills the field; the next Enter goes on
        return False

    # Below: searching and taking.

    def _typed(self, _text: str) -> None:
        self._tail()
        self.edited.emit()
        self._search_soon(_LEAST)

    def _search(self) -> None:
        typed = self.line.text().strip()
        self._asked = typed
        if not typed:
            return
        store = self.context.store

        today = self.context.today()

        def work(_progress: Any, _cancelled: Any) -> tuple[Sequence[search.Hit], Mapping[UUID, Pressure]]:
            with store.read() as session:
                hits = tuple(search.find_enterprises(session, typed, limit=_LIMIT))
                return hits, pressures(session, (hit.id for hit in hits), today)

        self.context.jobs.run(
            f"find/{id(self)}", work, on_done=lambda found: self._show(typed, *found), owner=self, quiet=True
        )

    def _show(self, typed: str, hits: Sequence[search.Hit], visited: Mapping[UUID, Pressure]) -> None:
        if typed != self.line.text().strip() or not self.line.hasFocus():
            return
        items = [Suggestion(hit, hit.name, told(hit, visited.get(hit.id))) for hit in hits]
        items.append(Suggestion(None, f"新建“{typed}”", "库里没有时现场建档", create=True))
        self.list.offer(items)
        if self._wants_first:
            self._wants_first = False
            exact = [hit for hit in hits if hit.name == typed or hit.uscc == typed.upper()]
            if len(hits) == 1 or len(exact) == 1:
                self.list.take()

    def _picked(self, chosen: Suggestion) -> None:
        if chosen.create:
            self.create_asked.emit(self.line.text().strip())
            return
        hit: search.Hit = chosen.value
        self.context.directory.remember_enterprises([(hit.id, hit.name)])
        self.choose(hit.id, hit.name)
        self.advance.emit()

    def _tail(self) -> None:
        self.line.set_suffix("已选定" if self._value is not None and self.content().value is not None else "")


def told(hit: search.Hit, visited: Pressure | None = None) -> str:
    """What tells a firm from its namesakes: street, last visit, open issues, the code's tail.

    A firm that was visited as often as it should be this month says so instead of the last visit.
    """
    parts = [hit.street]
    if visited is not None and visited.too_many:
        parts.append(f"{visited.day.month} 月已走访 {visited.count} 次")
    else:
        parts.append(f"上次走访 {hit.last_visit.isoformat()}" if hit.last_visit else "未走访过")
    if hit.open_issues:
        parts.append(f"未办结问题 {hit.open_issues}")
    if hit.uscc:
        parts.append(f"…{hit.uscc[-4:]}")
    return " · ".join(part for part in parts if part)
