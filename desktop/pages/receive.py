"""收表: who is in and who is missing, the files that came, what each would change; receive, send back, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from db.periods import Period
from desktop.actions import receiving
from desktop.actions import returns as actions
from desktop.pages import receive_model as model
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save, ask_several, pasted_paths, workbooks_in
from desktop.pages.receive_closing import ClosingStrip
from desktop.pages.receive_detail import FileDetail
from desktop.pages.receive_tabs import FILES, ReceiveTabs
from desktop.style.theme import tokens
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.grid import CompletenessGrid

_FEW = 140  # px: the header of a list and three rows


class ReceivePage(ReceiveTabs):
    """Files may be dropped or pasted anywhere on the page. Everything that reads or writes runs aside."""

    key = "receive"
    word = "收表"
    icon = "inbox"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.desk: model.Desk | None = None
        self.rejected: list[Any] = []
        self._other_month = ""
        self._waiting: int | None = None
        self.setAcceptDrops(True)
        self.remind_button = self.header.add(
            "催报名单", self.copy_reminder, tip="复制还没报的单位，可直接粘贴到聊天窗口"
        )
        self.header.add(
            "添加文件…", self.add_files, "Ctrl+O", show_hint=False, tip="也可以把文件拖进来，或粘贴路径"
        )
        self.closing_button = self.header.add(
            "关账…", self._toggle_closing, tip="这个月从此只能写明理由重述；已关账的可以重开"
        )
        self.all_button = self.header.add(
            "接收无误的", self.accept_clean, "Ctrl+Return", primary=True, show_hint=False
        )
        self._build()

    def _build(self) -> None:
        self.message = FileBanner()
        self.month_button = self.message.add("", self._go_to_month)
        self.body.addWidget(self.message)
        self.confirm = ConfirmStrip(self)
        self.body.addWidget(self.confirm)
        self.closing = ClosingStrip(self)
        self.closing.close_asked.connect(self._close_month)
        self.closing.reopen_asked.connect(self._reopen_month)
        self.body.addWidget(self.closing)
        self.body.addWidget(self.stack, 1)
        column = QVBoxLayout(self.inbox)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        card = Card(body=QHBoxLayout())
        self.kinds = TabStrip([("street", "街道"), ("other", "部门")])
        self.kinds.setAccessibleName("看街道还是部门")
        self.kinds.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.kinds.chosen.connect(lambda _key: self._show_grid())
        self.grid = CompletenessGrid("报送情况")
        self.grid.cell_clicked.connect(lambda unit, _row: self._choose_unit(unit))
        card.body.setSpacing(16)
        card.add(self.kinds)
        card.add(self.grid, 1)
        column.addWidget(card)
        files = Card(flush=True)
        self.files = Table(
            ListSource(model.FILE_COLUMNS), memory=self.context.memory, name="receive_files",
            empty=EmptyState(
                "还没有这个月的回报文件", "把各单位的文件拖进来，或按 Ctrl+O 添加；一次放多少份都行。", "添加文件…",
                self.add_files,
            ),
        )  # fmt: skip
        self.files.setAccessibleName("收到的文件")
        self.files.chosen.connect(self._chosen)
        self.files.opened.connect(self._to_changes)
        # Its own wish for height would make the page scroll where it need not.
        self.files.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.files.setMinimumHeight(tokens().metrics.px(_FEW))  # lower, the page scrolls
        files.add(self.files, 1)
        self.detail = FileDetail()
        self.detail.accept_asked.connect(self.accept_one)
        self.detail.send_back_asked.connect(self.send_back)
        self.detail.undo_asked.connect(self.ask_undo)
        column.addWidget(files, 4)
        column.addWidget(self.detail, 6)
        paste = QShortcut(QKeySequence.StandardKey.Paste, self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.setWhatsThis("粘贴文件路径")
        paste.activated.connect(self._paste)

    # Reading.

    def refresh(self) -> None:
        self.refresh_year()
        store, period = self.context.store, self.context.period
        self.context.jobs.run(
            "receive/read", lambda _progress, _cancelled: model.read(store, period), title="读取收表情况",
            on_done=lambda desk: self._show(period, desk), on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, period: str, desk: model.Desk) -> None:
        if period != self.context.period:
            return
        self.desk = desk
        self.header.set_title(f"{Period(period).month} 月收表")
        self.header.set_chips(model.chips(desk))
        self.closing.show_month(period, desk.month)
        self.closing_button.setText("已关账…" if desk.month.closing is not None else "关账…")
        self._show_grid()
        self._show_files()
        self._choose_unit(self.taken_up())
        clean = len(desk.clean)
        self.all_button.setText(f"接收 {clean} 份无误的" if clean else "没有可直接接收的")
        self.all_button.setEnabled(bool(clean))
        if desk.waiting != self._waiting:
            self._waiting = desk.waiting
            self.badge_changed.emit()

    def _show_grid(self) -> None:
        if self.desk is None:
            return
        streets, others = self.desk.coverage.of_kind(True), self.desk.coverage.of_kind(False)
        self.kinds.set_tabs(
            [
                ("street", f"街道 {streets.received}/{streets.expected}"),
                ("other", f"部门 {others.received}/{others.expected}"),
            ]
        )
        shown = others if self.kinds.current == "other" else streets
        self.grid.set(*model.grid(shown.all, self.desk.files))

    def _show_files(self) -> None:
        assert self.desk is not None
        rows = [model.rejected_row(place, report) for place, report in enumerate(self.rejected)]
        rows += [model.file_row(each) for each in self.desk.files]
        had = self.files.current_id()
        self.files.set_source(ListSource(model.FILE_COLUMNS, rows))
        if rows and self.files.current_id() == "":
            waiting = next((each.id.hex for each in self.desk.files if each.state == "staged"), rows[0].id)
            self.files.choose(waiting)
        elif had and had == self.files.current_id():
            self._chosen(had)  # the same file, perhaps in another state
        elif not rows:
            self.detail.clear()

    def _chosen(self, key: str) -> None:
        if key.startswith("rejected:"):
            report = self.rejected[int(key.split(":")[1])]
            sentence = report.findings[0].message if report.findings else "文件没有读入。"
            self.detail.show_rejected(report.file, sentence)
            return
        batch = self._batch(key)
        if batch is None:
            self.detail.clear()
            return
        store = self.context.store
        before = self._revision_before(batch)
        self.context.jobs.run(
            "receive/rows", lambda _progress, _cancelled: actions.batch_rows(store, batch.id, model.SHOWN),
            title="读取变化", on_done=lambda rows: self._show_rows(batch, rows, before), owner=self, quiet=True,
        )  # fmt: skip

    def _to_changes(self, _key: str) -> None:
        self.detail.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self, batch: actions.BatchLine, rows: list[actions.RowLine], before: int) -> None:
        if self.files.current_id() == batch.id.hex:
            self.detail.show_file(batch, rows, before)

    def _batch(self, key: str) -> actions.BatchLine | None:
        files = self.desk.files if self.desk is not None else ()
        return next((each for each in files if each.id.hex == key), None)

    def _revision_before(self, batch: actions.BatchLine) -> int:
        units = self.desk.coverage.units if self.desk is not None else ()
        return next((unit.revision or 0 for unit in units if unit.code == batch.unit), 0)

    def _choose_unit(self, unit: str) -> None:
        """A cell of the grid leads to the unit's newest file."""
        found = next((each for each in (self.desk.files if self.desk else ()) if each.unit == unit), None)
        if found is not None:
            self.files.choose(found.id.hex)
            self.files.setFocus()

    # Files come in.

    def add_files(self) -> None:
        self.stage(ask_several(self, self.context.memory, "添加回报文件"))

    def stage(self, paths: Sequence[Path]) -> None:
        """Read files (and the workbooks of folders) onto the desk; the register stays as it is."""
        wanted = workbooks_in(paths)
        if not wanted:
            if paths:
                self._say("里面没有回报文件。", "回报是扩展名为 .xlsx 的工作簿。", "watch")
            return
        self.show_tab(FILES)
        store = self.context.store
        self.context.jobs.run(
            "receive/stage",
            lambda progress, cancelled: actions.stage_returns(store, wanted, progress=progress, cancelled=cancelled),
            title="读取回报", on_done=self._staged, on_failed=self._failed, on_dropped=self.refresh, owner=self,
            supersede=False,
        )  # fmt: skip

    def _staged(self, found: Sequence[Any]) -> None:
        self.rejected = [each.report for each in found if each.report.outcome == "rejected"]
        told = model.taken_in(found, self.context.period)
        self._say(told.text, told.hint, told.state)
        self._other_month = told.other_month
        if told.other_month:
            self.month_button.setText(f"去 {Period(told.other_month).month} 月")
            self.month_button.show()
        self._refocus(self.files)
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.stage([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        self.stage(paths or pasted_paths(data.text()))

    # Deciding.

    def accept_one(self) -> None:
        """接收这一份, with the decisions made; what replaces another office's entry needs its reason first."""
        batch, decisions = self.detail.batch, self.detail.decisions
        if batch is None or batch.state != "staged":
            return
        if self.detail.wants_reason and not self.detail.reason:
            words, go, _hint = model.reason_words(batch)
            self.detail.ask_reason("accept", words, go)
            return
        store, reason = self.context.store, self.detail.reason
        accept, choices, replace = decisions.accept, dict(decisions.chosen), batch.needs_choice
        restate = reason if model.asks(batch, "month_closed") else ""
        self._write(
            lambda: [
                receiving.accept_batch(
                    store, batch.id, accept=accept, choices=choices, replace=replace, reason=reason, restate=restate
                )
            ],
            "接收回报", self._accepted,
        )  # fmt: skip

    def accept_clean(self) -> None:
        """接收 N 份无误的: each its own transaction, so that one that fails leaves the others."""
        if self.desk is None or not self.desk.clean:
            return
        store, wanted = self.context.store, [each.id for each in self.desk.clean]

        def work(progress: Any, cancelled: Any) -> list[Any]:
            done: list[Any] = []
            for place, batch in enumerate(wanted):
                if cancelled():
                    break
                progress(place, len(wanted), "正在接收" if done else "正在备份并接收")
                # One copy from before the first of them is enough: each can be taken back by itself.
                done.append(receiving.accept_batch(store, batch, backup_first=not done))
            return done

        self.context.jobs.run(
            "receive/write", work, title="接收回报", on_done=self._accepted, on_failed=self._failed,
            on_dropped=self._changed, owner=self, supersede=False,
        )  # fmt: skip

    def _accepted(self, reports: Sequence[Any]) -> None:
        stored, updated = sum(each.stored for each in reports), sum(each.updated for each in reports)
        words = f"接收了 {len(reports)} 份：新增 {stored} 行，更新 {updated} 行。"
        self._say(words, "接收前已备份；如有不对，可以整份撤销。", "ok")
        self.detail.reason_edit.clear()
        self._changed()

    def send_back(self) -> None:
        """退回: the sender's own workbook with the cells marked."""
        batch, reason = self.detail.batch, self.detail.reason
        if batch is None or not reason:
            return
        out = ask_save(self, self.context.memory, "退回文件放在哪里", f"退回_{batch.file_name}")
        if out is None:
            return
        store = self.context.store

        def done(path: Path) -> None:
            self.detail.hide_back()
            self._say(
                f"已写出“{path.name}”。", "有问题的格子已标红并加了批注，发回给填报人即可。", "ok", path
            )
            self._changed()

        self._write(lambda: actions.send_back(store, batch.id, reason, out), "写出退回文件", done)

    def ask_undo(self) -> None:
        """撤销接收 takes the whole file back; asked once."""
        batch = self.detail.batch
        if batch is None or batch.state != "applied":
            return
        store, restate = self.context.store, self.detail.reason
        if self.desk is not None and self.desk.month.closing is not None and not restate:
            self.detail.ask_reason("undo", "重述理由", "撤销接收…")
            return

        def undo() -> None:
            self._write(lambda: actions.undo_batch(store, batch.id, restate), "撤销接收", done)

        def done(_none: object) -> None:
            self._say(f"已撤销{batch.unit_name}第 {batch.revision} 版，台账回到接收之前。", "", "ok")
            self._changed()

        self.confirm.ask(
            f"撤销{batch.unit_name}第 {batch.revision} 版？它带来的内容会整份退出台账。",
            "撤销接收",
            undo,
            danger=True,
        )

    # 关账.

    def _toggle_closing(self) -> None:
        if self.desk is not None:
            self.closing.toggle()

    def _close_month(self) -> None:
        store, period = self.context.store, self.context.period

        def done(made: Any) -> None:
            self._say(
                f"{Period(period).display()}已关账（{made.words}），公布记录第 {made.number} 号。",
                "再来的更正须写明重述理由。",
                "ok",
            )
            self._changed()

        self._write(lambda: receiving.close_month(store, period), "关账", done)

    def _reopen_month(self, reason: str) -> None:
        store, period = self.context.store, self.context.period

        def done(_none: object) -> None:
            self._say(f"{Period(period).display()}已重开。", "理由已记在重述记录里。", "ok")
            self._changed()

        self._write(lambda: receiving.reopen_closed_month(store, period, reason), "重开", done)

    def _write(self, work: Callable[[], Any], title: str, done: Callable[[Any], None]) -> None:
        self.context.jobs.run(
            "receive/write", lambda _progress, _cancelled: work(), title=title, on_done=done,
            on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _changed(self) -> None:
        self._refocus(self.files)
        self.context.changed()
        self.refresh()

    # Telling.

    def _say(self, text: str, hint: str = "", state: str = "info", path: Path | None = None) -> None:
        self.month_button.hide()
        self.message.tell(text, hint, state, path)

    def _failed(self, error: Exception) -> None:
        self._say(*words_of(error), "alarm")
        self.refresh()

    def _go_to_month(self) -> None:
        if self._other_month:
            self.context.set_period(self._other_month)
            self.goto_asked.emit(self.key, {})
            self.refresh()

    def _refocus(self, widget: QWidget) -> None:
        if self.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the window asks.

    def open(self, **args: Any) -> None:
        """`files=[…]` reads them; `batch=id` selects one; `view=…` shows a tab, `unit=…` a unit's cell in it."""
        self.open_year(**args)
        if args.get("files"):
            self.stage([Path(each) for each in args["files"]])
        if isinstance(args.get("batch"), UUID):
            self.show_tab(FILES)
            self.files.choose(args["batch"].hex)

    def first_focus(self) -> QWidget | None:
        return self.year_focus() or self.files

    def badge(self) -> int | None:
        return self._waiting or None
