"""Under the paste grid: what there is to say of the cell the keys are on, and what may be meant instead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from db.findings import Finding, Severity
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, label

MOST_LINES, MOST_OFFERS = 3, 3
STATES = {Severity.ERROR: "alarm", Severity.WARNING: "watch", Severity.INFO: "info"}
WORDS = {Severity.ERROR: "要改", Severity.WARNING: "提醒", Severity.INFO: "提示"}


class CellPanel(QFrame):
    """`offered(text)` when a person takes one of the texts that may be meant."""

    offered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setFixedHeight(tokens().metrics.px(116))
        self.findings: list[Finding] = []
        self.offers: list[Button] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(10)
        self.place = label("", "strong")
        head.addWidget(self.place)
        self.help = ElidedLabel("", "muted")
        head.addWidget(self.help, 1)
        self._offers = QHBoxLayout()
        self._offers.setSpacing(8)
        head.addLayout(self._offers)
        column.addLayout(head)
        self._lines: list[tuple[QWidget, Chip, QLabel, ElidedLabel]] = []
        for _ in range(MOST_LINES):
            line = QWidget(self)
            line.setProperty("role", "plain")
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            chip, whole, words = (
                Chip("", "neutral", line),
                label("", "label", wrap=True),
                ElidedLabel("", "label"),
            )
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(whole, 1)
            row.addWidget(words, 1)
            self._lines.append((line, chip, whole, words))
            column.addWidget(line)
        column.addStretch(1)

    def show_cell(
        self, place: str, help: str, findings: Sequence[Finding], offers: Sequence[str] = ()
    ) -> None:
        """Say where the keys are, and what there is to say of it."""
        self.findings = list(findings)
        self.place.setText(place)
        self.help.setText(help)
        few = len(findings) <= 2  # there is room to tell them whole
        for at, (line, chip, whole, words) in enumerate(self._lines):
            line.setVisible(at < len(findings))
            if at < len(findings):
                each = findings[at]
                more = len(findings) - MOST_LINES
                tail = f"（另有 {more} 条）" if at == MOST_LINES - 1 and more > 0 else ""
                chip.set(WORDS[each.severity], STATES[each.severity])
                whole.setText(each.message if few else "")
                words.setText("" if few else each.message + tail)
                words.setToolTip(each.message)
                whole.setVisible(few)
                words.setVisible(not few)
        for button in self.offers:
            self._offers.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.offers = []
        for at, text in enumerate(offers[:MOST_OFFERS]):
            button = Button(
                f"改为“{text if len(text) <= 16 else text[:15] + '…'}”",
                partial(self.offered.emit, text), self, role="small", hint=f"Ctrl {at + 1}",
            )  # fmt: skip
            button.setAccessibleName(f"改为 {text}")
            self._offers.addWidget(button)
            self.offers.append(button)
        self.setAccessibleName("，".join([place, *(each.message for each in findings)]))

    def take(self, number: int) -> None:
        """Press the offer with this number."""
        if number < len(self.offers):
            self.offers[number].click()
