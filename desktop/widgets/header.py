"""The title line of a page: title, chips, other actions, and at the right the one main action."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel


class PageHeader(QWidget):
    """Buttons stand in the order they are added; the primary one is always last."""

    def __init__(self, title: str = "", scope: QWidget | None = None) -> None:
        super().__init__(scope)
        self._scope = scope
        self.setFixedHeight(tokens().metrics.control)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._lead = QHBoxLayout()
        row.addLayout(self._lead)
        self.title = ElidedLabel(title, "title")
        row.addWidget(self.title)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(8)
        row.addLayout(self._chips)
        row.addStretch(1)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(12)
        row.addLayout(self._actions)
        self._main = QHBoxLayout()
        row.addLayout(self._main)
        self.chips: list[Chip] = []
        self.primary: Button | None = None

    def set_title(self, title: str) -> None:
        self.title.setText(title)

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
