"""没有入库的行: rows that an import kept aside, under the sender's own headers, to be put right in place and tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from db.registers import REGISTERS
from db.side_list import SideBatch
from desktop.actions import ledger as actions
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.file_banner import FileBanner
from desktop.pages.files import ask_save
from desktop.pages.side_rows import SideRows
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.empty import EmptyState
from desktop.widgets.header import PageHeader
from desktop.widgets.labels import ElidedLabel, label
from desktop.widgets.reason import ReasonLine
from desktop.widgets.stack import CurrentStack
from returns.results import REJECTED, FileReport

if TYPE_CHECKING:
    from returns.ledger.mending import WaitingPage

_AUTOSAVE = 2500  # ms


class SideListView(QWidget):
    """`closed` to go back to the list. What is typed is kept as one types, and tried again on demand."""

    closed = Signal()

    def __init__(self, register: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.register, self.context = register, context
        self.page: WaitingPage | None = None
        self._files: list[SideBatch] = []
        self._before: list[int] = []  # where the pages before this one began
        self._after = -1
        self._undo: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AUTOSAVE)
        self._timer.timeout.connect(self._keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader(f"没有入库的行 · {REGISTERS[register].title}", self)
        self.header.add("返回", self.close_view, "Esc", tip="回到列表；改了没重试的也留着")
        self.errors_button = self.header.add(
            "出错清单…", self.write_errors, tip="对方自己的表，出错的格子标红并加批注"
        )
        self.drop_button = self.header.add(
            "不再处理…", self.ask_dismiss, tip="选中的行不用入库，写明理由（Ctrl+-）"
        )
        self.some_button = self.header.add("重试选中的", self.retry_chosen, "Ctrl+Return", show_hint=False)
        self.all_button = self.header.add("重试全部", self.retry_all, "Ctrl+S", primary=True)
        column.addWidget(self.header)
        self.message = FileBanner(self)
        self.undo_button = self.message.add("撤销", self._take_back)
        column.addWidget(self.message)
        self.reason = ReasonLine(
            "选中的行不再处理，理由", "例如：重复填报、企业已注销、测试数据", "不再处理", self._dismiss, self, least=2, danger=True
        )  # fmt: skip
        self.reason.hide()
        column.addWidget(self.reason)
        self.stack = CurrentStack(self)
        column.addWidget(self.stack, 1)
        self.stack.addWidget(self._work())
        self.empty = EmptyState(
            "没有待更正的行",
            "导入时不能入库的行会留在这里，改好就能重试。",
            "返回列表",
            self.close_view,
            icon="done",
        )
        self.stack.addWidget(self.empty)

    def _work(self) -> QWidget:
        work = QWidget(self)
        work.setProperty("role", "plain")
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label("文件", "label"))
        self.files = QComboBox(work)
        self.files.setAccessibleName("哪一次导入的行")
        self.files.setMinimumWidth(tokens().metrics.px(320))
        self.files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.files.activated.connect(lambda at: self._choose_file(at))
        line.addWidget(self.files)
        self.hint = ElidedLabel("在标红的格子里直接改，按 Ctrl+S 重试；Alt+↓ 选值，Ctrl+D 向下填。", "muted")
        line.addWidget(self.hint, 1)
        self.next_button = Button("下一处要改", lambda: self.rows.next_bad(), work, role="small")
        self.next_button.set_shortcut("F8", self, anywhere=True)
        line.addWidget(self.next_button)
        self.range = label("", "muted")
        line.addWidget(self.range)
        self.back_button = Button("上一页", self._page_back, work, role="small")
        self.on_button = Button("下一页", self._page_on, work, role="small")
        line.addWidget(self.back_button)
        line.addWidget(self.on_button)
        column.addLayout(line)
        self.rows = SideRows(self.register, self.context, work)
        self.rows.edited.connect(self._timer.start)
        self.rows.dismiss_asked.connect(self.ask_dismiss)
        column.addWidget(self.rows, 1)
        return work

    # Opening and leaving.

    def begin(self, batch: UUID | None = None) -> None:
        """Show the rows of an import; of the newest where none is named."""
        self.message.hide()
        self.reason.hide()
        self._read(batch)

    def first_focus(self) -> QWidget:
        if self.stack.currentWidget() is self.empty and self.empty.button is not None:
            return self.empty.button
        return self.rows.table

    def leave(self) -> None:
        """Keep what was typed before something else is shown, or nothing any more."""
        self.rows.close_editor()
        self._timer.stop()
        typed = self.rows.unkept()
        if typed and self.page is not None:
            actions.keep_typed(self.context.store, self.page.batch.id, typed)
            self.rows.note_kept(typed)

    def close_view(self) -> None:
        """Back to the list."""
        self.leave()
        self.closed.emit()

    # Reading.

    def _read(self, batch: UUID | None = None, after: int = -1, *, focus: bool = True) -> None:
        store, register = self.context.store, self.register

        def work(_progress: Any, _cancelled: Any) -> tuple[list[SideBatch], WaitingPage | None]:
            files = actions.files_waiting(store, register)
            wanted = batch if any(each.id == batch for each in files) else files[0].id if files else None
            page = actions.rows_waiting(store, wanted, after) if wanted is not None else None
            if page is not None and not page.rows and after >= 0:
                page = actions.rows_waiting(store, page.batch.id)
            return files, page

        def done(found: tuple[list[SideBatch], WaitingPage | None]) -> None:
            self._show(*found)
            if focus and self.isVisible():
                self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

        self._after = after
        self.context.jobs.run(
            f"side/read/{register}", work, title="读取没有入库的行", on_done=done, on_failed=self._failed, owner=self,
            quiet=True,
        )  # fmt: skip

    def _show(self, files: list[SideBatch], page: WaitingPage | None) -> None:
        self._files, self.page = files, page
        total = sum(each.waiting for each in files)
        self.header.set_chip(f"待更正 {total:,} 行" if total else "", "watch")
        self.files.clear()
        for each in files:
            when = each.at.astimezone()
            name = each.file if len(each.file) <= 22 else f"{each.file[:15]}…{each.file[-6:]}"
            self.files.addItem(f"{name} · {when:%m-%d %H:%M} · {each.waiting:,} 行", each.id)
        self.files.setEnabled(len(files) > 1)
        for button in (self.errors_button, self.drop_button, self.some_button, self.all_button):
            button.setEnabled(page is not None)
        if page is None or not page.rows:
            self.stack.setCurrentWidget(self.empty)
            self.rows.show_page(None)
            return
        self.stack.setCurrentIndex(0)
        self.files.setCurrentIndex(next(at for at, each in enumerate(files) if each.id == page.batch.id))
        self.rows.show_page(page)
        first = 200 * len(self._before) + 1
        few = len(files) and page.batch.waiting <= len(page.rows)
        self.range.setText(
            "" if few else f"第 {first:,}—{first + len(page.rows) - 1:,} 行，共 {page.batch.waiting:,} 行"
        )
        for button, there in (
            (self.back_button, bool(self._before)),
            (self.on_button, page.next is not None),
        ):
            button.setVisible(not few)
            button.setEnabled(there)
        self.all_button.setText("重试全部" if page.batch.waiting > 1 else "重试")

    def _choose_file(self, at: int) -> None:
        self.leave()
        self._before = []
        self._read(self._files[at].id)

    def _page_on(self) -> None:
        if self.page is not None and self.page.next is not None:
            self.leave()
            self._before.append(self._after)
            self._read(self.page.batch.id, self.page.next)

    def _page_back(self) -> None:
        if self.page is not None and self._before:
            self.leave()
            self._read(self.page.batch.id, self._before.pop())

    # Keeping what is typed.

    def _keep(self) -> None:
        typed = self.rows.unkept()
        if not typed or self.page is None:
            return
        store, batch = self.context.store, self.page.batch.id
        self.context.jobs.run(
            f"side/keep/{self.register}", lambda _progress, _cancelled: actions.keep_typed(store, batch, typed),
            on_done=lambda _none: self.rows.note_kept(typed), owner=self, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    # Trying again.

    def retry_chosen(self) -> None:
        """Try the selected rows."""
        self._retry(self.rows.chosen())

    def retry_all(self) -> None:
        """Try every row of the file that waits."""
        self._retry(None)

    def _retry(self, seqs: Sequence[int] | None) -> None:
        self.rows.close_editor()
        self._timer.stop()
        if self.page is None or self.rows.model.locked:
            return
        store, batch, typed = self.context.store, self.page.batch.id, self.rows.now()
        self.rows.model.locked = True
        self.reason.hide()

        def work(progress: Any, cancelled: Any) -> FileReport:
            actions.keep_typed(store, batch, typed)
            return actions.retry_rows(
                store,
                batch,
                None if seqs is None else {seq: {} for seq in seqs},
                progress=progress,
                cancelled=cancelled,
            )

        def dropped() -> None:
            self.rows.model.locked = False
            self._say("已取消，台账没有改动。", "", "watch")

        self.context.jobs.run(
            "import", work, title="重试没有入库的行", on_done=self._retried, on_failed=self._failed,
            on_dropped=dropped, owner=self, supersede=False,
        )  # fmt: skip

    def _retried(self, report: FileReport) -> None:
        self.rows.model.locked = False
        if report.outcome == REJECTED and not report.rows_read:
            why = report.findings[0].message if report.findings else ""
            self._say("没有重试成。", why, "alarm")
            return
        went_in = report.rows_read - report.bad
        words = [f"{went_in:,} 行已入库"] if went_in else []
        words += [f"{report.bad:,} 行还有问题"] if report.bad else []
        hint = "还有问题的行照您改的留着，看红色的格子。" if report.bad else ""
        undo = report.batch if report.stored or report.updated else None
        self._say(f"{'，'.join(words)}。", hint, "watch" if report.bad else "ok", undo=self._undo_retry(undo))
        self._go_on(changed=bool(went_in))

    def _undo_retry(self, batch: str | None) -> Callable[[], object] | None:
        if not batch:
            return None
        store = self.context.store
        return lambda: self._write(
            lambda: actions.undo_import(store, UUID(batch)), "已撤销，这些行回到这里。"
        )

    # Not to be stored after all.

    def ask_dismiss(self) -> None:
        """Ask why the selected rows need not be stored."""
        if self.rows.chosen():
            self.reason.show()
            self.reason.start()

    def _dismiss(self, reason: str) -> None:
        seqs = self.rows.chosen()
        if self.page is None or not seqs:
            return
        store, batch = self.context.store, self.page.batch.id
        self.reason.hide()
        self.reason.field.clear()

        def undo() -> None:
            self._write(lambda: actions.recall_rows(store, batch, seqs), "已撤销，这些行回到这里。")

        self._write(
            lambda: actions.dismiss_rows(store, batch, seqs, reason), f"{len(seqs):,} 行不再处理。", undo
        )

    def _write(
        self, work: Callable[[], object], words: str, undo: Callable[[], object] | None = None
    ) -> None:
        def done(_result: object) -> None:
            self._say(words, "", "ok", undo=undo)
            self._go_on(changed=True)

        self.context.jobs.run(
            "import", lambda _progress, _cancelled: work(), title="没有入库的行", on_done=done, on_failed=self._failed,
            owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _go_on(self, *, changed: bool) -> None:
        """Read again; the other pages hear of it."""
        self._read(self.page.batch.id if self.page is not None else None, self._after)
        if changed:
            self.context.changed()

    def write_errors(self) -> None:
        """The sender's own sheet with the cells marked."""
        if self.page is None:
            return
        self.leave()
        batch = self.page.batch
        out = ask_save(
            self, self.context.memory, "出错清单放在哪里", f"出错清单_{Path(batch.file).stem}.xlsx"
        )
        if out is None:
            return
        store = self.context.store

        def done(path: Path) -> None:
            self._say(
                f"已写出“{path.name}”。", "出错的格子已标红并加了批注，可以发给填表人。", "ok", file=path
            )

        self.context.jobs.run(
            "import/errors", lambda _progress, _cancelled: actions.write_error_book(store, batch.id, out),
            title="写出错清单", on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    # Telling.

    def _say(
        self,
        text: str,
        hint: str,
        state: str,
        *,
        undo: Callable[[], object] | None = None,
        file: Path | None = None,
    ) -> None:
        self._undo = undo
        self.undo_button.setVisible(undo is not None)
        self.message.tell(text, hint, state, file)

    def _take_back(self) -> None:
        if self._undo is not None:
            undo, self._undo = self._undo, None
            undo()

    def _failed(self, error: Exception) -> None:
        self.rows.model.locked = False
        self._say(*words_of(error), "alarm")
