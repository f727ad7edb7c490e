"""导入下发: the files that came from the district, what each would change, taking them and taking them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from db.periods import Period
from desktop.actions import handdown as actions
from desktop.actions.returns import BatchLine, RowLine, batch_rows
from desktop.context import AppContext
from desktop.pages import receive_model as model
from desktop.pages.errors import words_of
from desktop.pages.files import ask_several, workbooks_in
from desktop.pages.receive_detail import FileDetail
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState
from returns.handdown.change import LINKED

COLUMNS = (
    Column("unit", "下发单位", width=190, kind="strong", stretch=True, sort=False),
    Column("number", "编号", width=90, sort=False),
    Column("state", "状态", width=110, kind="chip", sort=False),
    Column("conflict", "要选定", width=80, kind="figure", sort=False),
    Column("new", "新增", width=80, kind="figure", sort=False),
    Column("update", "变更", width=80, kind="figure", sort=False),
    Column("gone", "不再有", width=80, kind="figure", sort=False),
    Column("period", "月份", width=112, sort=False),
)


class Decisions(model.Decisions):
    """The plan is taken as a whole: one of its lines answers for all. No reason is asked for."""

    def toggle(self, seq: int) -> None:
        row = self.row(seq)
        if row.register not in LINKED:
            super().toggle(seq)
            return
        linked = {each.seq for each in self.rows if each.register == row.register}
        if linked & self.taken:
            self.taken -= linked
        else:
            self.taken |= linked

    @property
    def accept(self) -> Any:
        offered = {
            each.seq for each in self.rows if each.action in ("new", "update") or each.register in LINKED
        }
        return "all" if self.taken >= offered else sorted(self.taken)

    @property
    def wants_reason(self) -> bool:
        return False

    def mark(self, row: RowLine) -> Mark:
        if row.register in LINKED:
            return Mark("采用", "ok") if row.seq in self.taken else Mark("不采用", "neutral")
        if row.action == "gone":
            return Mark("停用", "alarm") if row.seq in self.chosen else Mark("保留", "neutral")
        return super().mark(row)

    @classmethod
    def of(cls, rows: Sequence[RowLine]) -> Decisions:
        return cls(
            rows, {row.seq for row in rows if row.action in ("new", "update") or row.register in LINKED}
        )


class HanddownDetail(FileDetail):
    """What a 下发 would change, line by line, and the decision for each."""

    def show_file(self, batch: BatchLine, rows: list[RowLine], before: int) -> None:
        kept = self.decisions if self.batch is not None and self.batch.id == batch.id else None
        super().show_file(batch, rows, before)
        same = kept is not None and [row.seq for row in kept.rows] == [row.seq for row in rows]
        self.decisions = kept if same and kept is not None else Decisions.of(rows)
        title = f"第 {batch.revision} 号　{batch.unit_name}"
        self.set_title(title, batch.note or ("核对后采用" if batch.state == "staged" else ""))
        self._arrange()
        self._fill()

    def _arrange(self) -> None:
        super()._arrange()
        self.back.hide()
        self.undo.setText("撤销导入")
        self.accept.setText(
            "采用这一份" if self.decisions.accept == "all" else f"采用选中的 {len(self.decisions.taken)} 条"
        )


class HanddownIntake(QWidget):
    """`said(text, hint, state)` for the line above the page; `taken()` after something was written."""

    said = Signal(str, str, str)
    taken = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.batches: list[BatchLine] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.confirm = ConfirmStrip(self)
        column.addWidget(self.confirm)
        self.detail = HanddownDetail()
        self.detail.accept_asked.connect(self.accept)
        self.detail.undo_asked.connect(self.ask_undo)
        files = Card(flush=True)
        self.files = Table(
            ListSource(COLUMNS), memory=context.memory, name="handdown_files", fold=True,
            empty=EmptyState(
                "还没有导入过下发", "区级发来的下发文件（一个 Excel 工作簿）拖到这里，或按 Ctrl+O 添加。", "添加文件…", self.add_files
            ),
        )  # fmt: skip
        self.files.setAccessibleName("下发文件")
        self.files.chosen.connect(self._chosen)
        self.files.opened.connect(lambda _key: self.detail.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.files.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        files.add(self.files, 1)
        column.addWidget(files, 3)
        column.addWidget(self.detail, 6)

    def refresh(self) -> None:
        store = self.context.store
        self.context.jobs.run(
            "handdown/read", lambda _progress, _cancelled: actions.batches(store), title="读取下发",
            on_done=self._show, on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, found: list[BatchLine]) -> None:
        self.batches = found
        had = self.files.current_id()
        self.files.set_source(ListSource(COLUMNS, [_row(each) for each in found]))
        if found and not had:
            waiting = next((each for each in found if each.state == "staged"), found[0])
            self.files.choose(waiting.id.hex)
        elif had and had == self.files.current_id():
            self._chosen(had)
        elif not found:
            self.detail.clear()

    def _batch(self, key: str) -> BatchLine | None:
        return next((each for each in self.batches if each.id.hex == key), None)

    def _chosen(self, key: str) -> None:
        batch = self._batch(key)
        if batch is None:
            self.detail.clear()
            return
        store = self.context.store

        def show(rows: list[RowLine]) -> None:
            if self.files.current_id() == batch.id.hex:
                self.detail.show_file(batch, rows, 0)

        self.context.jobs.run(
            "handdown/rows", lambda _progress, _cancelled: batch_rows(store, batch.id, model.SHOWN), title="读取变化",
            on_done=show, owner=self, quiet=True,
        )  # fmt: skip

    # Files come in.

    def add_files(self) -> None:
        self.stage(ask_several(self, self.context.memory, "添加下发文件"))

    def stage(self, paths: Sequence[Path]) -> None:
        """Read files; the register stays as it is."""
        wanted = workbooks_in(paths)
        if not wanted:
            return
        store = self.context.store
        self.context.jobs.run(
            "handdown/stage", lambda progress, _cancelled: actions.stage(store, wanted, progress), title="读取下发",
            on_done=self._staged, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _staged(self, found: Sequence[Any]) -> None:
        rejected = [each.report for each in found if each.report.outcome == "rejected"]
        again = [each for each in found if each.state == "applied"]
        fresh = [each for each in found if each.batch is not None and each.state == "staged"]
        if rejected:
            self.said.emit("有文件不能导入。", rejected[0].findings[0].message, "alarm")
        elif again and not fresh:
            self.said.emit(again[0].report.warnings[0], "", "info")
        else:
            warnings = [said for each in fresh for said in each.report.warnings]
            self.said.emit(
                f"读了 {len(fresh)} 份下发，核对后采用。",
                "".join(warnings[:2]),
                "watch" if warnings else "info",
            )
        self.files.setCurrentIndex(self.files.model().index(-1, -1))
        self.refresh()
        self.files.setFocus(Qt.FocusReason.OtherFocusReason)

    # Deciding.

    def accept(self) -> None:
        """采用: as decided."""
        batch, decisions = self.detail.batch, self.detail.decisions
        if batch is None or batch.state != "staged":
            return
        store, accept, choices = self.context.store, decisions.accept, dict(decisions.chosen)

        def done(report: Any) -> None:
            self.said.emit(
                f"已采用第 {batch.revision} 号下发：新增 {report.stored} 项，更新 {report.updated} 项。",
                "导入前已备份；如有不对，可以整份撤销。",
                "ok",
            )
            self._changed()

        self._write(lambda: actions.apply(store, batch.id, accept=accept, choices=choices), "采用下发", done)

    def ask_undo(self) -> None:
        batch = self.detail.batch
        if batch is None or batch.state != "applied":
            return
        store = self.context.store

        def done(_none: object) -> None:
            self.said.emit(f"已撤销第 {batch.revision} 号下发，台账回到导入之前。", "", "ok")
            self._changed()

        self.confirm.ask(
            f"撤销第 {batch.revision} 号下发？它带来的计划、名录和专项会整份退出。", "撤销导入",
            lambda: self._write(lambda: actions.undo(store, batch.id), "撤销导入", done), danger=True,
        )  # fmt: skip

    def _write(self, work: Callable[[], Any], title: str, done: Callable[[Any], None]) -> None:
        self.context.jobs.run(
            "handdown/write", lambda _progress, _cancelled: work(), title=title, on_done=done, on_failed=self._failed,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _changed(self) -> None:
        self.context.reload()
        self.taken.emit()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self.said.emit(*words_of(error), "alarm")
        self.refresh()


def _row(each: BatchLine) -> Row:
    counts = each.counts
    word, state = ("已采用", "ok") if each.state == "applied" else ("待核对", "watch")
    return Row(
        each.id.hex,
        {
            "unit": each.unit_name, "number": f"第 {each.revision} 号",
            "period": Period(each.period).display() if each.period else "", "new": counts.get("new", 0),
            "update": counts.get("update", 0), "gone": counts.get("gone", 0), "conflict": counts.get("conflict", 0),
            "state": Mark(word, state),
        },
    )  # fmt: skip
