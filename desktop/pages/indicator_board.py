"""The district's indicators: a row each against target and time gone, the year as lines, what units say. Reading is the page's."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.publishing import Moment
from db.rollup import IndicatorLine, Rollup
from desktop.context import AppContext
from desktop.pages import indicator_board_model as model
from desktop.pages.indicator_ledger import LedgerRows
from desktop.pages.indicator_told import Told
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import hairline, label
from desktop.widgets.side_panel import SidePanel


class IndicatorBoard(QWidget):
    """`show_rollup` fills it; the panel tells what units reported. How the year goes is shown by 分析."""

    moments_asked = Signal(int)  # what was published of the indicator the panel shows
    source_asked = Signal(str)  # key of a figure: the rows behind it
    record_asked = Signal(str, dict)  # page and arguments: a record behind a figure of the registers

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._context = context
        self._rollup: Rollup | None = None
        self._told: Told | None = None
        self._wanted: tuple[str, bool] | None = None  # an indicator asked for before there were any
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        holder = QWidget(self)
        holder.setProperty("role", "plain")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        whole.addWidget(holder, 1)
        card = Card(flush=True)
        self.table = Table(
            ListSource(model.COLUMNS), memory=context.memory, name="indicator_board", fold=True,
            empty=EmptyState("计划里没有指标", "请在“设置”中载入本区的行动计划。", icon="bars"),
        )  # fmt: skip
        self.table.setAccessibleName("指标完成情况")
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._open)
        card.add(self.table, 1)
        column.addWidget(card, 1)
        self.panel = SidePanel(self, 360)
        self.panel.beside = holder
        whole.addWidget(self.panel)

    # Showing.

    def show_rollup(self, rollup: Rollup) -> None:
        """All rows."""
        first = self._rollup is None
        self._rollup = rollup
        self.table.set_source(ListSource(model.COLUMNS, [model.row(line) for line in rollup.indicators]))
        behind = rollup.behind
        if (first or not self.table.current_id()) and rollup.indicators:
            start = behind[0] if behind else rollup.indicators[0]
            self.table.choose(str(start.no))
        elif self.table.current_id():
            self._chosen(self.table.current_id())
        if self.panel.isVisible() and self.panel.record:
            self._open(self.panel.record)
        self._answer()

    def want(self, no: str, *, rows: bool = False) -> None:
        """Select an indicator, with what units report for it beside it; kept until the month has been read."""
        self._wanted = (no, rows)
        if self._rollup is not None and str(self._rollup.period) == self._context.period:
            self._answer()

    def _answer(self) -> None:
        if self._wanted is None:
            return
        (no, rows), self._wanted = self._wanted, None
        self.table.choose(no)
        if rows:
            self._open(no)

    def show_moments(self, no: int, moments: Sequence[Moment]) -> None:
        """What was published of an indicator, in the panel if it still shows it."""
        line = self._line(str(no))
        if self._told is not None and line is not None and self.panel.record == str(no) == str(self._told.no):
            self._told.show_moments(moments, line.unit)

    def _combine(self, no: int) -> str:
        row = self._context.directory.indicators.get(no)
        return row.combine if row is not None else ""

    def _line(self, no: str) -> IndicatorLine | None:
        lines = self._rollup.indicators if self._rollup is not None else ()
        return next((line for line in lines if str(line.no) == no), None)

    def _chosen(self, no: str) -> None:
        if no and self.panel.isVisible():
            self._open(no)

    def _open(self, no: str) -> None:
        """The values behind a row, by unit."""
        line = self._line(no)
        if line is None:
            return
        self.panel.clear()
        told = model.how_combined(line, self._combine(line.no))
        self.panel.body.addWidget(label(told, "muted", wrap=True))
        table = Table(
            ListSource(model.UNIT_COLUMNS, [model.unit_row(line, each) for each in line.units]), fit=True
        )
        table.setAccessibleName(f"{line.name}，各单位的数")
        self.panel.body.addWidget(table)
        self._told = Told(line)
        self._told.rows_asked.connect(lambda: self.source_asked.emit(f"indicator.{line.no}"))
        self.panel.body.addWidget(self._told)
        self.moments_asked.emit(line.no)
        if line.computed is not None:
            self.panel.body.addWidget(hairline())
            rows = LedgerRows(self._context)
            rows.record_asked.connect(self.record_asked)
            whole = line.units_reported >= line.units_expected
            lacking = "填报还不齐" if not whole else "各单位的数不能直接相加比较"
            reported = line.reported if whole else None
            rows.show_for(line.computed, reported, line.unit, line.decimals, lacking)
            self.panel.body.addWidget(rows, 1)
        for who, text in model.words([line]):
            self.panel.body.addWidget(label(who, "muted", wrap=True))
            self.panel.body.addWidget(label(text, wrap=True))
        self.panel.body.addStretch(1)
        self.panel.open_for(no, line.name, line.state, model.STATE[line.state])
