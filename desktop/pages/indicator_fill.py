"""指标月报 of one unit: a card per indicator it reports, each saved by itself. A unit that reports none sees the targets."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from db import indicator_sheet
from db.findings import Finding
from db.indicator_sheet import Line
from desktop.actions.records import FormSaved, check_form, save_form
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.indicator_board_model import TARGET_COLUMNS
from desktop.pages.indicator_row import IndicatorRow
from desktop.tables.model import ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.labels import label


class IndicatorFill(QScrollArea):
    """`load` reads the month; a row is stored when the focus leaves it, and by `save_all`."""

    changed = Signal()  # something was stored, or how much is left changed
    dispatch_asked = Signal()
    rows_asked = Signal(object)  # the IndicatorRow whose registers' figure is to be looked into

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.rows: list[IndicatorRow] = []
        self._period = ""
        self._current: IndicatorRow | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(12)
        self.locked = Banner("", state="info", closable=False)
        self.locked.add("去月调度", self.dispatch_asked.emit)
        self.locked.hide()
        self._column.addWidget(self.locked)
        self._column.addStretch(1)
        self.setWidget(inner)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def load(self, lines: list[Line], period: str) -> None:
        """Show these; the same month with typing going on stays as it is."""
        shown = [row.line.indicator.no for row in self.rows]
        if period == self._period and shown == [each.indicator.no for each in lines]:
            for row, line in zip(self.rows, lines, strict=True):
                row.stored_again(line)
                row.set_locked(self.context.period_locked)
            self._show_lock()
            self.changed.emit()
            return
        self._period = period
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for place, line in enumerate(lines, start=1):
            row = IndicatorRow(line, self.context)
            row.set_locked(self.context.period_locked)
            row.field_left.connect(lambda _name, row=row: self._check(row))
            row.edited.connect(self.changed)
            row.rows_asked.connect(lambda row=row: self.rows_asked.emit(row))
            row.advance.connect(lambda _no, row=row: self._next(row))
            self.rows.append(row)
            self._column.insertWidget(place, row)
            if line.record is not None:
                self._check(row)
        self._show_lock()
        self.changed.emit()

    def _show_lock(self) -> None:
        self.locked.setVisible(self.context.period_locked)
        self.locked.say("这个月已上报并锁定，数字只能看。", "如需更正，请在“月调度”中说明理由后重新打开。")

    @property
    def left(self) -> int:
        """How many indicators have no value yet."""
        return sum(row.boxes["value"].editor.content().blank for row in self.rows)

    def first_focus(self) -> QWidget | None:
        empty = next((row for row in self.rows if row.boxes["value"].editor.content().blank), None)
        row = empty or next(iter(self.rows), None)
        return row.first() if row is not None and not self.context.period_locked else None

    def save_all(self) -> None:
        """Store every row with something typed."""
        for row in self.rows:
            self._save(row)

    # Saving and checking, aside.

    def _save(self, row: IndicatorRow) -> None:
        if not row.dirty or self.context.period_locked:
            return
        row.dirty = False
        state, store, actor = row.state(), self.context.store, self.context.actor
        today, period = self.context.today(), self._period
        self.context.jobs.run(
            f"indicator/save/{row.line.indicator.no}",
            lambda _progress, _cancelled: save_form(store, state, actor, today=today, period=period),
            title="保存指标", on_done=lambda done: self._saved(row, done),
            on_failed=lambda error: self._not_saved(row, error),
            owner=row, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _saved(self, row: IndicatorRow, done: FormSaved) -> None:
        row.take(done.state, done.findings, "未保存" if row.dirty else f"已保存 {datetime.now():%H:%M}")
        if done.saved.changed:
            self.context.changed("indicator")
        self.changed.emit()

    def _not_saved(self, row: IndicatorRow, error: Exception) -> None:
        row.dirty = True
        row.saved.setText("没有保存")
        self.locked.say(*words_of(error), "alarm")
        self.locked.show()

    def _check(self, row: IndicatorRow) -> None:
        state, store, actor = row.state(), self.context.store, self.context.actor
        today, period = self.context.today(), self._period

        def show(findings: list[Finding]) -> None:
            row.show_findings(findings)

        if all(box.editor.content().blank for box in row.boxes.values()):
            return
        self.context.jobs.run(
            f"indicator/check/{row.line.indicator.no}",
            lambda _progress, _cancelled: check_form(store, state, actor, today=today, period=period),
            title="核对指标", on_done=show, owner=row, quiet=True,
        )  # fmt: skip

    # Moving about.

    def _next(self, row: IndicatorRow) -> None:
        place = self.rows.index(row) + 1
        if place < len(self.rows):
            self.rows[place].first().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.save_all()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        row = next((each for each in self.rows if new is not None and each.isAncestorOf(new)), None)
        before, self._current = self._current, row
        if before is not None and before is not row and before in self.rows:
            # After the editor has put its text in order.
            QTimer.singleShot(0, before, lambda: self._save(before))
        if row is not None:
            self.ensureWidgetVisible(row, 0, 16)


class TargetsOnly(Card):
    """For a unit without indicators of its own: why, and what the district is measured by."""

    def __init__(self, unit: str, rows: list[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, flush=True)
        note = label(
            f"{unit}没有要填报的指标：指标由责任单位填报，本单位的走访、问题、上云和培育会汇总进去。",
            "muted",
            wrap=True,
        )
        note.setContentsMargins(14, 12, 14, 0)
        self.add(note)
        self.table = Table(ListSource(TARGET_COLUMNS, rows))
        self.table.setAccessibleName("全区年度目标")
        self.add(self.table, 1)


def read(context: AppContext, period: str) -> list[Line]:
    """The unit's lines; runs aside."""
    with context.store.read() as session:
        return indicator_sheet.lines(session, context.unit_code, period)
