"""核对: what the check found, gravest first; Enter goes to the field. Explaining is the next step."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.findings import Severity
from desktop.context import AppContext
from desktop.pages.dispatch_model import (
    COVER,
    FINDING_COLUMNS,
    SENT_BACK,
    Noted,
    Standing,
    finding_row,
    opinion_row,
)
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.labels import label

_KEYS = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


class CheckStep(QWidget):
    """`open_asked(finding)` for a row; `recheck_asked` to look again."""

    open_asked = Signal(object)
    recheck_asked = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._noted: list[Noted] = []
        self._opinions: list[Noted] = []
        self._mended: frozenset[int] = frozenset()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        self.tabs = TabStrip()
        self.tabs.chosen.connect(lambda _key: self._fill())
        row.addWidget(self.tabs, 1)
        self.summary = label("", "muted")
        row.addWidget(self.summary)
        self.again = Button("重新核对", self.recheck_asked.emit, self, role="small")
        self.again.set_shortcut("F5", self)
        row.addWidget(self.again)
        column.addLayout(row)
        card = Card(flush=True)
        self.table = Table(
            ListSource(FINDING_COLUMNS), memory=context.memory, name="dispatch_check",
            empty=EmptyState("没有发现问题", "这个月的记录都核对过了，可以预览后上报。", icon="done"),
        )  # fmt: skip
        self.table.setAccessibleName("核对结果")
        self.table.opened.connect(self._open)
        card.add(self.table, 1)
        column.addWidget(card, 1)
        self.hint = label("Enter 打开记录，光标直接到这一栏；改好后自动重新核对。", "help")
        column.addWidget(self.hint)

    def show_standing(self, standing: Standing) -> None:
        """All findings; the view that was chosen stays."""
        # What the cover lacks is asked for where it is typed, in the last step.
        self._noted = [each for each in standing.noted if each.finding.register != COVER]
        self._opinions, self._mended = list(standing.opinions), standing.mended
        counts = {
            key: sum(n.finding.severity is severity for n in self._noted) for key, severity in _KEYS.items()
        }
        self.tabs.set_tabs(
            [
                ("all", f"全部 {len(self._noted) + len(self._opinions)}"),
                ("error", f"错误 {counts['error']}"),
                ("warning", f"警告 {counts['warning']}"),
                ("info", f"提示 {counts['info']}"),
            ]
        )
        self.summary.setText(f"共核对 {standing.total:,} 行")
        self.hint.setVisible(bool(self._noted or self._opinions))
        self._fill()

    def first_focus(self) -> QWidget | None:
        return self.table if self.table.paged.rowCount() else self.again

    def _fill(self) -> None:
        wanted = _KEYS.get(self.tabs.current)
        rows = [
            finding_row(place, each)
            for place, each in enumerate(self._noted)
            if wanted is None or each.finding.severity is wanted
        ]
        if wanted is None:
            came_back = [
                opinion_row(place, each, place in self._mended) for place, each in enumerate(self._opinions)
            ]
            rows = came_back + rows
        at = self.table.currentIndex().row()
        self.table.set_source(ListSource(FINDING_COLUMNS, rows), keep=False)
        if rows:
            self.table.choose(rows[min(max(at, 0), len(rows) - 1)].id)

    def _open(self, place: str) -> None:
        kind, _, number = place.rpartition(":")
        found = self._opinions[int(number)] if kind == SENT_BACK else self._noted[int(place)]
        self.open_asked.emit(found.finding)
