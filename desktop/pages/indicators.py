"""指标: a responsible unit fills in its own; the district sees all against target and time, and sums up. Pictures are 分析's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db import restating
from db.indicator_sheet import Line
from db.periods import Period
from db.rollup import Rollup
from desktop.actions.rollup import read_rollup, write_rollup
from desktop.page import SUPERVISOR, Page
from desktop.pages import indicator_board_model as model
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.indicator_board import IndicatorBoard
from desktop.pages.indicator_fill import IndicatorFill, TargetsOnly, read
from desktop.pages.indicator_ledger import LedgerPanel
from desktop.pages.indicator_row import IndicatorRow
from desktop.pages.sources import open_source
from desktop.tables.model import Row


class IndicatorsPage(Page):
    """One of three bodies: the board (supervisor), the unit's own lines, or the targets of the district."""

    key = "indicators"
    word = "指标"
    icon = "bars"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.board: IndicatorBoard | None = None
        self.fill: IndicatorFill | None = None
        self.targets: TargetsOnly | None = None
        self.ledger: LedgerPanel | None = None
        self._rollup: Rollup | None = None
        self._left: int | None = None
        self.message = FileBanner()
        self.body.addWidget(self.message)
        if context.role == SUPERVISOR:
            self._build_board()

    # The district.

    def _build_board(self) -> None:
        self.header.add("看图和走势", self.show_pictures, "Ctrl+G", show_hint=False)
        self.header.add("生成月调度汇总", self.write_summary, "Ctrl+S", primary=True, show_hint=False)
        self.board = IndicatorBoard(self.context)
        self.board.moments_asked.connect(self._ask_moments)
        self.board.source_asked.connect(lambda key: open_source(self, self.context.period, key))
        self.board.record_asked.connect(self.goto_asked)
        self.body.addWidget(self.board, 1)

    def refresh(self) -> None:
        store, period = self.context.store, self.context.period
        if self.board is not None:
            self.context.jobs.run(
                "indicators/read", lambda _progress, _cancelled: read_rollup(store, period), title="汇总指标",
                on_done=self._show_rollup, owner=self, quiet=True,
            )  # fmt: skip
            return
        context = self.context

        def work(_progress: Any, _cancelled: Any) -> tuple[list[Line], list[Row]]:
            lines = read(context, period)
            if lines:
                return lines, []
            with store.read() as session:
                return [], model.targets(session, period)

        context.jobs.run(
            "indicators/read", work, title="读取指标", on_done=lambda found: self._show_lines(period, *found),
            owner=self, quiet=True,
        )  # fmt: skip

    def _show_rollup(self, rollup: Rollup) -> None:
        if self.board is None or str(rollup.period) != self.context.period:
            return
        self._rollup = rollup
        self.header.set_title(model.title(rollup))
        self.header.set_chips([model.binding_chip(rollup), model.coverage_chip(rollup)])
        self.board.show_rollup(rollup)

    def _ask_moments(self, no: int) -> None:
        store, month, board = self.context.store, self._rollup, self.board
        if board is None or month is None:
            return

        def work(_progress: Any, _cancelled: Any) -> Any:
            with store.read() as session:
                return restating.month_history(session, month, f"indicator.{no}")

        self.context.jobs.run(
            "indicators/moments", work, title="读取公布记录",
            on_done=lambda found: board.show_moments(no, found), owner=board, quiet=True,
        )  # fmt: skip

    def show_pictures(self) -> None:
        """The selected indicator as a picture, with its year: to be copied, printed, saved there."""
        no = self.board.table.current_id() if self.board is not None else ""
        self.goto_asked.emit("analysis", {"tab": "indicators", **({"indicator": int(no)} if no else {})})

    def write_summary(self) -> None:
        """Ask where to, then write the 月调度 summary aside."""
        period = self.context.period
        name = f"{self.context.unit_name}_{period}_月调度汇总.xlsx"
        out = ask_save(self, self.context.memory, "生成月调度汇总", name)
        if out is None:
            return
        store = self.context.store
        self.context.jobs.run(
            "indicators/summary", lambda _progress, _cancelled: write_rollup(store, period, out),
            title="生成月调度汇总", on_done=lambda _done: self._written(out), on_failed=self._failed,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _written(self, out: Path) -> None:
        self.message.tell(f"已生成“{out.name}”。", "打开前请核对覆盖情况：缺报的单位不在合计里。", "ok", out)
        self.message.folder_button.setFocus()

    def _failed(self, error: Exception) -> None:
        self.message.tell(*words_of(error), "alarm")

    # One unit.

    def _show_lines(self, period: str, lines: list[Line], targets: list[Row]) -> None:
        if period != self.context.period:
            return
        month = Period(period)
        if lines:
            if self.fill is None:
                self.fill = IndicatorFill(self.context)
                self.fill.changed.connect(self._count)
                self.fill.dispatch_asked.connect(lambda: self.goto_asked.emit("dispatch", {}))
                self._beside(self.fill)
                self.save_button = self.header.add("保存", self.fill.save_all, "Ctrl+S", primary=True)
            started = not self.fill.rows
            self.fill.load(lines, period)
            self.header.set_title(f"{month.month} 月指标月报")
            self._count()
            if started and self.isVisible() and (target := self.fill.first_focus()) is not None:
                target.setFocus()
            return
        if self.targets is not None:
            self.body.removeWidget(self.targets)
            self.targets.deleteLater()
        self.targets = TargetsOnly(self.context.unit_name, targets)
        self.body.addWidget(self.targets, 1)
        self.header.set_title(f"{month.year} 年全区目标")
        self.header.set_chip("本单位不填报指标", "neutral")

    def _beside(self, fill: IndicatorFill) -> None:
        """The lines, and at their right the records behind a figure of the registers."""
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(fill, 1)
        self.ledger = LedgerPanel(self.context, self)
        self.ledger.record_asked.connect(self.goto_asked)
        self.ledger.beside = fill
        row.addWidget(self.ledger)
        fill.rows_asked.connect(self._show_ledger)
        self.body.addLayout(row, 1)

    def _show_ledger(self, row: IndicatorRow) -> None:
        found, indicator = row.line.computed, row.line.indicator
        if self.ledger is None or found is None:
            return
        value = row.boxes["value"].editor.content().value
        reported = value if isinstance(value, Decimal) else None
        self.ledger.show_for(
            str(indicator.no), indicator.name, found, reported, indicator.unit, indicator.decimals
        )
        self.ledger.rows.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count(self) -> None:
        if self.fill is None:
            return
        left = self.fill.left
        self.save_button.setEnabled(not self.context.period_locked)
        self.header.set_chip(
            f"还有 {left} 项未填" if left else f"{len(self.fill.rows)} 项都已填", "watch" if left else "ok"
        )
        if left != self._left:
            self._left = left
            self.badge_changed.emit()

    # What the window asks.

    def first_focus(self) -> QWidget | None:
        if self.fill is not None:
            return self.fill.first_focus()
        if self.board is not None:
            return self.board.table
        return self.targets.table if self.targets is not None else None

    def badge(self) -> int | None:
        return self._left or None

    def leave(self) -> bool:
        if self.fill is not None:
            self.fill.save_all()
        return True

    def open(self, **args: Any) -> None:
        """`indicator=3` selects that one; with `rows=True` what units reported for it is shown beside."""
        if self.board is not None and args.get("indicator"):
            self.board.want(str(args["indicator"]), rows=bool(args.get("rows")))
