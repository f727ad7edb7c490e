"""A register whose records move by a table of states: the next steps stand at the top of the side panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db import workflow
from desktop.actions.moves import Moved
from desktop.pages.moves import StepArea
from desktop.pages.register_page import RegisterPage
from desktop.widgets.button import Button
from desktop.widgets.labels import hairline

Do = tuple[str, Callable[[], object]]


class SteppedPage(RegisterPage):
    """Subclasses add their own buttons by `ways`, and what is shown above the facts by `picture`."""

    steps: StepArea | None = None

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        """(word, what it does): what is often done next with this record, beside its steps."""
        return ()

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        """Something to look at above the facts: a chart, a count."""
        return None

    def fill_panel(self, record: Mapping[str, Any]) -> None:
        body, place = self.list.panel.body, 0
        self.steps = None
        register = self.plan.register
        if register in workflow.MACHINES:
            self.steps = StepArea(register, record, self.context, self.list.panel)
            self.steps.done.connect(self._did)
            self.steps.stale.connect(self._was_stale)
            body.insertWidget(place, self.steps)
            place += 1
        ways = list(self.ways(record))
        if ways:
            body.insertWidget(place, self._buttons(ways))
            place += 1
        picture = self.picture(record)
        if picture is not None:
            body.insertWidget(place, picture)
            place += 1
        if place:
            body.insertWidget(place, hairline())

    def _buttons(self, ways: Sequence[Do]) -> QWidget:
        holder = QWidget(self.list.panel)
        holder.setProperty("role", "plain")
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for word, do in ways:
            row.addWidget(Button(word, do, holder, role="small"))
        row.addStretch(1)
        return holder

    def _did(self, moved: Moved) -> None:
        self.list.say(moved.words, moved.hint, "ok")
        self._show_again(moved.record)

    def _was_stale(self, theirs: Mapping[str, Any], words: str) -> None:
        self.list.say(words, "下面已是最新内容，请看过后再办这一步。", "watch")
        self._show_again(theirs)

    def _show_again(self, record: Mapping[str, Any]) -> None:
        self.context.changed(self.plan.register)
        self.list.show_panel(dict(record))
        self.back_to_list()

    def back_to_list(self) -> None:
        """Where one goes on when a button that was pressed is gone."""
        (self.list.table or self.list.search).setFocus(Qt.FocusReason.OtherFocusReason)
