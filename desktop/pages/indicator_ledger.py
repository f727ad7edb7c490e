"""What the registers give for an indicator beside what was reported: the figure, the difference, the rows behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.computed_indicators import Computed
from db.computed_rows import counted_rows
from db.progress import show_number
from desktop.context import AppContext
from desktop.places import place
from desktop.style.theme import set_property
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

_COLUMNS = (
    Column("name", "名称", width=190, kind="strong", stretch=True),
    Column("detail", "依据", width=120, kind="muted"),
)


def signed(value: Decimal, places: int) -> str:
    """“+2”, “-1”, “0”."""
    shown = show_number(abs(value), places)
    return shown if value == 0 else f"{'+' if value > 0 else '-'}{shown}"


def difference_words(
    found: Computed, reported: Decimal | None, unit: str, places: int, lacking: str = "还没有填报"
) -> str:
    """“台账数 33 个，比填报多 2 个”; `lacking` where there is no reported figure to compare."""
    words = f"台账数 {show_number(found.value, places)} {unit}"
    if not found.comparable:
        return f"{words}（{found.scope}）"
    gap = found.difference(reported)
    if gap is None:
        return f"{words}，{lacking}"
    if gap == 0:
        return f"{words}，与填报一致"
    return f"{words}，比填报{'多' if gap > 0 else '少'} {show_number(abs(gap), places)} {unit}"


class LedgerLine(QWidget):
    """One line: figure and difference, “填入” and “看明细”. `fill_asked` only where the reported figure is another."""

    fill_asked = Signal()
    rows_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = label("", "")
        self.fill = Button("填入台账数", self.fill_asked.emit, self, role="link")
        self.fill.setAccessibleName(f"{name}，填入台账数")
        self.rows = Button("看明细", self.rows_asked.emit, self, role="link")
        self.rows.setAccessibleName(f"{name}，看台账明细")
        row.addWidget(self.words)
        row.addWidget(self.fill)
        row.addWidget(self.rows)
        row.addStretch(1)

    def show_for(
        self, found: Computed, reported: Decimal | None, unit: str, places: int, *, locked: bool = False
    ) -> None:
        """The figure against what is typed now."""
        gap = found.difference(reported)
        self.words.setText(difference_words(found, reported, unit, places))
        set_property(self.words, "state", "ok" if gap == 0 else "watch" if gap is not None else "")
        self.fill.setVisible(found.comparable and gap != 0 and not locked)
        self.rows.setVisible(bool(found.rows))
        self.setToolTip(found.scope)


class LedgerRows(QWidget):
    """Scope, parts, notes and the rows of a computed figure; Enter on a row asks for its record."""

    record_asked = Signal(str, dict)  # page, arguments of its `open`

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self._register = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.head = label("", "strong", wrap=True)
        self.scope = label("", "muted", wrap=True)
        self.parts = label("", wrap=True)
        self.notes = label("", "muted", wrap=True)
        for each in (self.head, self.scope, self.parts, self.notes):
            column.addWidget(each)
        self.table = Table(ListSource(_COLUMNS), empty=EmptyState("没有明细", icon="document"), fold=True)
        self.table.setAccessibleName("台账明细")
        self.table.setMinimumHeight(240)
        self.table.opened.connect(self._open)
        column.addWidget(self.table, 1)

    def show_for(
        self, found: Computed, reported: Decimal | None, unit: str, places: int, lacking: str = "还没有填报"
    ) -> None:
        """Words at once, rows as they are read."""
        self._register = found.register
        self.head.setText(difference_words(found, reported, unit, places, lacking))
        self.scope.setText(f"口径：{found.scope}。")
        parts = "，".join(f"{name} {show_number(value, places)} {unit}" for name, value in found.parts)
        self.parts.setText(parts)
        self.parts.setVisible(bool(parts))
        self.notes.setText("".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.table.setVisible(bool(found.rows))
        if not found.rows:
            return
        store = self.context.store

        def work(_progress: Any, _cancelled: Any) -> list[Row]:
            with store.read() as session:
                rows = counted_rows(session, found)
            return [Row(each.id.hex, {"name": each.name, "detail": each.detail}) for each in rows]

        self.context.jobs.run(
            f"ledger/{id(self)}", work, title="读取台账明细", on_done=self._show, owner=self, quiet=True
        )

    def _show(self, rows: list[Row]) -> None:
        self.table.set_source(ListSource(_COLUMNS, rows))

    def _open(self, key: str) -> None:
        self.record_asked.emit(*place(self._register, record=key))


class LedgerPanel(SidePanel):
    """The rows at the right of the page."""

    record_asked = Signal(str, dict)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent, 360)
        self.rows = LedgerRows(context)
        self.rows.record_asked.connect(self.record_asked)
        self.body.addWidget(self.rows, 1)

    def show_for(
        self, key: str, name: str, found: Computed, reported: Decimal | None, unit: str, places: int
    ) -> None:
        self.rows.show_for(found, reported, unit, places)
        self.open_for(key, name)
