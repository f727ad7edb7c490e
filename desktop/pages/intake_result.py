"""What came of an import: counts, what there is to say row by row, and the ways on: records, rows kept aside, undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from db.findings import Finding
from db.registers import REGISTERS
from desktop.actions import ledger as actions
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.intake_notes import NoteList
from desktop.places import place
from desktop.style.theme import tokens
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState
from desktop.widgets.header import PageHeader
from desktop.widgets.stat import StatCard
from returns.results import REJECTED, FileReport

MOST = 1000
_BESIDE = 900  # px from which the notes stand beside the lines
_TONES = {"error": "alarm", "warning": "watch", "info": "info"}
COLUMNS = (
    Column("severity", "程度", width=76, kind="chip", sort=False),
    Column("row", "行", width=58, kind="figure"),
    Column("column", "列", width=50, kind="muted", sort=False),
    Column("message", "说明", width=520, stretch=True, sort=False, lines=2),
)


class IntakeResult(QWidget):
    """`closed` back to the list; `again` back to the file; `goto_asked(page, args)` elsewhere."""

    closed = Signal()
    again = Signal()
    goto_asked = Signal(str, dict)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.report: FileReport | None = None
        self.register = ""
        self.path: Path | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader("导入结果", self)
        self.header.add("返回列表", self.closed.emit, "Esc")
        self.undo_button = self.header.add("撤销整批导入", self.ask_undo, role="danger")
        self.errors_button = self.header.add(
            "出错清单…", self.write_errors, tip="对方自己的表：出错的格子标红，加批注说明怎么改"
        )
        self.mend_button = self.header.add("更正没有入库的行", self.mend)
        self.look_button = self.header.add("查看记录", self.look, primary=True)
        column.addWidget(self.header)
        self.message = FileBanner(self)
        column.addWidget(self.message)
        self.confirm = ConfirmStrip(self)
        column.addWidget(self.confirm)
        self.figures = QGridLayout()
        self.figures.setSpacing(12)
        self.read = StatCard("读到的行")
        self.stored = StatCard("新增")
        self.updated = StatCard("补充")
        self.unchanged = StatCard("已有，没有变化")
        self.bad = StatCard("没有入库")
        self._cards = (self.read, self.stored, self.updated, self.unchanged, self.bad)
        self._across = 0
        self._arrange(5)
        for card in (self.read, self.stored, self.updated, self.unchanged):
            card.clicked.connect(self.look)
        self.bad.clicked.connect(self.mend)
        column.addLayout(self.figures)
        self.notes_card = Card("说明", flush=True)
        self.incomplete_button = Button("看待补全的", self.look_at_gaps, self.notes_card, role="small")
        self.notes_card.head.addWidget(self.incomplete_button)
        self.notes = NoteList(self)
        self.notes_card.add(self.notes, 1)
        self.lines_card = Card("逐行", flush=True)
        self.lines = Table(
            ListSource(COLUMNS), memory=context.memory, name="intake_result",
            empty=EmptyState("每一行都读懂了", icon="done"),
        )  # fmt: skip
        self.lines.setAccessibleName("逐行的说明")
        self.lines.setMinimumHeight(6 * tokens().metrics.row)
        self.lines.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.lines_card.add(self.lines, 1)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(12)
        self._parts.addWidget(self.lines_card, 7)
        self._parts.addWidget(self.notes_card, 3)
        column.addLayout(self._parts, 1)

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for at, card in enumerate(self._cards):
            self.figures.removeWidget(card)
            self.figures.addWidget(card, at // across, at % across)
        for at in range(5):
            self.figures.setColumnStretch(at, 1 if at < across else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(5 if self.width() >= tokens().metrics.px(640) else 3)
        way = QBoxLayout.Direction
        wide = self.width() >= tokens().metrics.px(_BESIDE)
        self._parts.setDirection(way.LeftToRight if wide else way.BottomToTop)

    # What is shown.

    def show_report(self, report: FileReport, register: str, path: Path) -> None:
        """The outcome of one file."""
        self.report, self.register, self.path = report, register, path
        title = REGISTERS[register].title
        self.header.set_title(f"导入结果 · {title}")
        self.header.set_chips([_chip(report)])
        self.read.set(f"{report.rows_read:,}", "行", report.file)
        self.stored.set(f"{report.stored:,}", "条", "查看记录" if report.stored else "没有新的")
        self.updated.set(
            f"{report.updated:,}", "条", "补上了原来空着的内容" if report.updated else "没有要补的"
        )
        self.unchanged.set(
            f"{report.unchanged:,}", "条", "台账里已经有了" if report.unchanged else "没有重复的"
        )
        self.bad.set(f"{report.bad:,}", "行", "去更正，再试一次" if report.bad else "全部入库")
        self.mend_button.setText(f"更正没有入库的 {report.bad:,} 行")
        self.mend_button.setVisible(bool(report.bad and report.batch))
        self.errors_button.setVisible(bool(report.findings and report.batch))
        self.undo_button.setVisible(bool(report.batch and (report.stored or report.updated)))
        self.look_button.setVisible(report.outcome != REJECTED)
        self.incomplete_button.setVisible(any("待补全" in each for each in report.warnings))
        self.message.hide()
        self.confirm.hide()
        self.notes.show_notes(report.warnings)
        self.notes_card.setVisible(bool(report.warnings))
        more = len(report.findings) - MOST
        self.lines_card.set_title(
            "逐行", f"共 {len(report.findings):,} 处" + (f"，只列前 {MOST:,} 处" if more > 0 else "")
        )
        self.lines.set_source(
            ListSource(COLUMNS, [_line(at, each) for at, each in enumerate(report.findings[:MOST])]),
            keep=False,
        )

    def first_focus(self) -> QWidget:
        if self.report is not None and self.report.bad and self.report.batch:
            return self.mend_button
        return self.look_button if self.report is not None and self.report.outcome != REJECTED else self.lines

    # The ways on.

    def look(self) -> None:
        """The list, with the records of this import where it stored any."""
        self.closed.emit()
        if self.report is not None and self.report.stored and self.report.batch:
            ids = actions.records_of(self.context.store, UUID(self.report.batch), self.register)
            if ids:
                few = f"前 {len(ids):,} 条" if len(ids) >= actions.MOST_RECORDS else ""
                told = f"“{self.report.file}”导入的{few}"
                self.goto_asked.emit(*place(self.register, filters={"scope": None, "ids": ids}, told=told))
                return
        self.goto_asked.emit(*place(self.register, filters={"scope": None}))

    def look_at_gaps(self) -> None:
        """The records that still lack something."""
        self.closed.emit()
        self.goto_asked.emit(*place(self.register, filters={"scope": None, "incomplete": True}))

    def mend(self) -> None:
        """The rows that were not stored."""
        if self.report is not None and self.report.bad and self.report.batch:
            self.closed.emit()
            self.goto_asked.emit(*place(self.register, side_list=UUID(self.report.batch)))

    def write_errors(self) -> None:
        """The sender's own sheet with what could not be read marked."""
        if self.report is None or not self.report.batch:
            return
        name = f"出错清单_{Path(self.report.file).stem}.xlsx"
        out = ask_save(self, self.context.memory, "出错清单放在哪里", name)
        if out is None:
            return
        store, batch, source = self.context.store, UUID(self.report.batch), self.path

        def done(path: Path) -> None:
            told = f"已写出“{path.name}”。"
            self.message.tell(told, "出错的格子已标红并加了批注，改好后可以再导入一次。", "ok", path)

        self.context.jobs.run(
            "import/errors", lambda _progress, _cancelled: actions.write_error_book(store, batch, out, source),
            title="写出错清单", on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def ask_undo(self) -> None:
        """撤销整批导入; asked once."""
        report = self.report
        if report is None or not report.batch:
            return
        store, batch = self.context.store, UUID(report.batch)

        def undo() -> None:
            self.context.jobs.run(
                "import", lambda _progress, _cancelled: actions.undo_import(store, batch), title="撤销导入",
                on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
            )  # fmt: skip

        def done(_none: Any) -> None:
            self.context.changed()
            self.again.emit()

        words = f"撤销这次导入？新增的 {report.stored:,} 条和补充的内容会整批退出台账。"
        self.confirm.ask(words, "撤销导入", undo, danger=True)

    def _failed(self, error: Exception) -> None:
        self.message.tell(*words_of(error), "alarm")


def _chip(report: FileReport) -> tuple[str, str]:
    if report.outcome == REJECTED:
        return "没有入库", "alarm"
    return (f"{report.bad:,} 行没有入库", "watch") if report.bad else ("全部入库", "ok")


def _line(place: int, finding: Finding) -> Row:
    word = finding.severity.word
    return Row(
        str(place),
        {
            "severity": Mark(word, _TONES[finding.severity.value]),
            "row": finding.row,
            "column": finding.column,
            "message": finding.message,
        },
    )
