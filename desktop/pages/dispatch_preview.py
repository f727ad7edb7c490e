"""预览: the sheets of the return as they will print, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.actions.returns import PreviewSheet
from desktop.style.theme import font
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.labels import label

_NARROW, _WIDE = 64, 320


class PreviewStep(QWidget):
    """`show_sheets` fills it; the chosen sheet stays chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._sheets: dict[str, PreviewSheet] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.tabs = TabStrip()
        self.tabs.chosen.connect(self._show)
        column.addWidget(self.tabs)
        self.card = Card(flush=True)
        self.title = label("", "title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setContentsMargins(16, 14, 16, 0)
        self.line = label("", "muted")
        self.line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card.add(self.title)
        self.card.add(self.line)
        self.table: Table | None = None
        column.addWidget(self.card, 1)

    def show_sheets(self, sheets: Sequence[PreviewSheet]) -> None:
        """The sheets in the order of the workbook."""
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self.tabs.set_tabs(
            [
                (sheet.name, sheet.name if sheet.name == "封面" else f"{sheet.name} {len(sheet.rows)}")
                for sheet in sheets
            ]
        )
        if self.tabs.current:
            self._show(self.tabs.current)

    def first_focus(self) -> QWidget | None:
        return self.table

    def _show(self, name: str) -> None:
        sheet = self._sheets[name]
        self.title.setText(sheet.title)
        self.line.setText(sheet.line)
        columns = [_column(place, words, sheet) for place, words in enumerate(sheet.header)]
        rows = [
            Row(str(number), {str(place): cell or None for place, cell in enumerate(row)})
            for number, row in enumerate(sheet.rows)
        ]
        had_focus = self.table is not None and self.table.hasFocus()
        if self.table is not None:
            self.table.hide()
            self.table.deleteLater()
        self.table = Table(
            ListSource(columns, rows),
            empty=EmptyState(f"本期没有{name}", "这张表会照样放在回报里，只有表头。", icon="document"),
        )
        self.table.setAccessibleName(f"预览：{name}")
        self.card.add(self.table, 1)
        if had_focus:
            self.table.setFocus()


def _column(place: int, words: str, sheet: PreviewSheet) -> Column:
    """As wide as what stands in it, within reason; figures at the right."""
    metrics = QFontMetrics(font())
    cells = [row[place] for row in sheet.rows[:60]]
    widest = max([metrics.horizontalAdvance(text.split("\n")[0]) for text in [words, *cells]], default=0) + 30
    numbers = [cell for cell in cells if cell]
    figure = bool(numbers) and all(
        cell.replace(",", "").replace(".", "").lstrip("-").isdigit() for cell in numbers
    )
    last = place == len(sheet.header) - 1
    return Column(
        str(place), words, width=max(_NARROW, min(_WIDE, widest)), sort=False, stretch=last,
        kind="figure" if figure and len(max(numbers, key=len)) < 14 and "代码" not in words else "text",
    )  # fmt: skip
