"""The title line of a page: title, chips, other actions, and at the right the one main action.

Where a small screen has no room for all of it, the buttons stand in a line of their own below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel

_GAP = 12
_TITLE = 240  # px of a title that are to be seen before the buttons go below


class PageHeader(QWidget):
    """Buttons stand in the order they are added; the primary one is always last."""

    def __init__(self, title: str = "", scope: QWidget | None = None) -> None:
        super().__init__(scope)
        self._scope = scope
        self.setFixedHeight(tokens().metrics.control)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        self._row = row = QHBoxLayout()
        row.setSpacing(_GAP)
        lines.addLayout(row)
        self._below = QHBoxLayout()
        lines.addLayout(self._below)
        self._wrapped = False
        self._lead = QHBoxLayout()
        row.addLayout(self._lead)
        self.title = ElidedLabel(title, "title")
        row.addWidget(self.title)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(8)
        row.addLayout(self._chips)
        row.addStretch(1)
        self._buttons = QWidget(self)
        self._buttons.setProperty("role", "plain")
        both = QHBoxLayout(self._buttons)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(_GAP)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(_GAP)
        both.addLayout(self._actions)
        self._main = QHBoxLayout()
        both.addLayout(self._main)
        row.addWidget(self._buttons)
        self.chips: list[Chip] = []
        self.primary: Button | None = None

    def set_title(self, title: str) -> None:
        self.title.setText(title)

    # In one line or two.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button was added, hidden, or says something else
            self._arrange()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Each of the two lines has to fit, not both beside each other."""
        return QSize(max(self._told(24), self._buttons.minimumSizeHint().width()), self.minimumHeight())

    def _told(self, title: int) -> int:
        """Width of what stands before the buttons, with so much of the title."""
        shown = 0 if self.title.isHidden() else min(self.title.sizeHint().width(), title)
        parts = [self._lead.sizeHint().width(), shown, self._chips.sizeHint().width()]
        return sum(part + _GAP for part in parts if part > 0)

    def _arrange(self) -> None:
        wanted = self._told(tokens().metrics.px(_TITLE)) + self._buttons.sizeHint().width()
        wrapped = wanted > self.width() and self._buttons.sizeHint().width() > 0
        if wrapped == self._wrapped:
            return
        self._wrapped = wrapped
        here, there = (self._below, self._row) if wrapped else (self._row, self._below)
        there.removeWidget(self._buttons)
        if wrapped:
            here.addStretch(1)
        else:
            there.takeAt(0)
        here.addWidget(self._buttons)
        control = tokens().metrics.control
        self.setFixedHeight(2 * control + 8 if wrapped else control)

    def set_lead(self, widget: QWidget) -> None:
        """Put something in the title's place: the tabs of a page with several lists."""
        self.title.hide()
        self._lead.addWidget(widget)
        widget.show()

    def set_chips(self, chips: Sequence[tuple[str, str | None]]) -> None:
        """(word, state) for each chip after the title; empty words are left out."""
        for chip in self.chips:
            self._chips.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [Chip(word, state, self) for word, state in chips if word]
        for chip in self.chips:
            self._chips.addWidget(chip)

    def set_chip(self, word: str, state: str | None = None) -> None:
        """One chip after the title."""
        self.set_chips([(word, state)])

    def add(
        self,
        text: str,
        on: Callable[[], object],
        shortcut: str = "",
        *,
        primary: bool = False,
        tip: str = "",
        role: str = "",
        show_hint: bool = True,
    ) -> Button:
        """An action; `shortcut` ("Ctrl+N") works while the page is shown, and is shown in the button."""
        button = Button(text, on, self, primary=primary, role=role)
        if tip:
            button.setToolTip(tip)
        if shortcut:
            # Anywhere: people press Ctrl+N with the focus still in the navigation or on the month.
            button.set_shortcut(shortcut, self._scope or self, show_hint, anywhere=True)
        if primary:
            self.primary = button
            self._main.addWidget(button)
        else:
            self._actions.addWidget(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Anything else among the other actions (a menu button, a switch)."""
        self._actions.addWidget(widget)
