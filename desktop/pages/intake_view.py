"""导入台账 on one page: the file, its sheet and header, columns and fields, the first rows, a dry run, the import, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.registers import REGISTERS
from desktop.actions import ledger as actions
from desktop.context import AppContext
from desktop.jobs import Job
from desktop.pages.errors import words_of
from desktop.pages.intake import ask_ledger, in_words_of_the_page
from desktop.pages.intake_columns import NO_HEADER, ColumnTable
from desktop.pages.intake_file import FileCard
from desktop.pages.intake_notes import NoteList
from desktop.pages.intake_result import IntakeResult
from desktop.pages.intake_rows import RowsCard
from desktop.style.theme import tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.header import PageHeader
from desktop.widgets.stack import CurrentStack
from returns.results import REJECTED, FileReport

if TYPE_CHECKING:
    from returns.files import Book
    from returns.ledger.preview import Preview

_WAIT = "看表头在哪一行、各列是什么，要等文件读完。"
_BESIDE = 980  # px from which the notes stand beside the columns


class IntakeView(QWidget):
    """`closed` to go back to the list; `goto_asked(page, args)` to look at what was read in."""

    closed = Signal()
    goto_asked = Signal(str, dict)

    def __init__(self, register: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.home, self.register, self.context = register, register, context
        self.path: Path | None = None
        self.found: Preview | None = None
        # The file as it was read: what is looked at is what is imported. Let go, never closed: an import may hold it.
        self._book: Book | None = None
        self._busy = False
        self._reading: Job | None = None
        self.sheet: str | None = None
        self.mapping: dict[str, str | None] = {}
        self.day: date | None = None
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.stack = CurrentStack(self)
        column.addWidget(self.stack)
        self.work = QWidget(self)
        self.work.setProperty("role", "plain")
        self.stack.addWidget(self.work)
        self._build()
        self.result = IntakeResult(context, self)
        self.result.closed.connect(self.closed)
        self.result.again.connect(self._again)
        self.result.goto_asked.connect(self.goto_asked)
        self.stack.addWidget(self.result)

    # Building.

    def _build(self) -> None:
        self._column = column = QVBoxLayout(self.work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader("导入台账", self.work)
        self.header.add("返回", self.close_view, "Esc", tip="回到列表；文件没有读入")
        self.header.add(
            "换一个文件…", self.ask, "Ctrl+O", show_hint=False, tip="也可以把文件拖进来（Ctrl+O）"
        )
        self.try_button = self.header.add(
            "试运行",
            self.try_it,
            "Ctrl+T",
            show_hint=False,
            tip="从头到尾走一遍，只看结果，不写入台账（Ctrl+T）",
        )
        self.run_button = self.header.add("导入", self.run, "Ctrl+S", primary=True)
        column.addWidget(self.header)
        self.message = Banner("", parent=self.work)
        self.better_button = self.message.add("", self._to_better)
        self.better_button.hide()
        self.again_button = self.message.add("重新读取", self._read_again)
        self.again_button.hide()
        self.message.hide()
        column.addWidget(self.message)
        self.file = FileCard(self.work)
        self.file.register_chosen.connect(self._set_register)
        self.file.sheet_chosen.connect(self._set_sheet)
        self.file.day_chosen.connect(self._set_day)
        self.file.day_refused.connect(self._refuse_day)
        self.file.forget_asked.connect(self._forget)
        column.addWidget(self.file)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(12)
        self.columns_card = Card("各列导入到哪里", "选中一列按 Enter 或 F4 换字段，Delete 不导入", flush=True)
        self.reset_button = Button("恢复自动对照", self._reset, self.columns_card, role="small")
        self.columns_card.head.addWidget(self.reset_button)
        self.columns = ColumnTable(self.context.memory, self)
        self.columns.changed.connect(self._map)
        self.columns_card.add(self.columns, 1)
        self._parts.addWidget(self.columns_card, 7)
        self.notes_card = Card("读取时的说明", flush=True)
        self.notes = NoteList(self)
        self.notes_card.add(self.notes, 1)
        self._parts.addWidget(self.notes_card, 3)
        column.addLayout(self._parts, 5)
        self.rows = RowsCard(self.register, self.context, self.work)
        self.rows.table.column_asked.connect(self.columns.choose)
        column.addWidget(self.rows, 6)
        self._enable()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= tokens().metrics.px(_BESIDE)
        if wide == (self._parts.indexOf(self.notes_card) >= 0):
            return
        # In a narrow window the notes come last: the columns and the rows are what is worked with.
        here, there = (self._parts, self._column) if wide else (self._column, self._parts)
        there.removeWidget(self.notes_card)
        here.addWidget(self.notes_card, 3)

    # A file comes in.

    def begin(self, path: Path) -> None:
        """Show what a file holds."""
        self.path, self.found, self.sheet, self.mapping, self.day = path, None, None, {}, None
        self._book = None
        self.file.day.clear()
        self.stack.setCurrentWidget(self.work)
        self._show_tab()
        self._clear("正在读取…", _WAIT)
        self.read()

    def ask(self) -> None:
        """Another file."""
        path = ask_ledger(self, self.context)
        if path is not None:
            self.begin(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.begin(paths[0])

    def close_view(self) -> None:
        """Back to the list; nothing was stored."""
        if self._busy:
            self.message.say("正在导入。", "要停下，请在窗口下方的进度条上取消。", "info")
            self.message.show()
            return
        self.leave()
        self._book = None
        self.closed.emit()

    def leave(self) -> None:
        """Another page is shown: what is being looked at need not be read to its end."""
        self.context.jobs.cancel("import/preview")

    def first_focus(self) -> QWidget:
        return self.result.first_focus() if self.stack.currentWidget() is self.result else self.columns.table

    # Looking at it.

    def read(self) -> None:
        """Read the beginning again, as it was chosen."""
        if self.path is None:
            return
        store, path, register = self.context.store, self.path, self.register
        sheet, mapping, day, book = self.sheet, dict(self.mapping), self.day, self._book

        def work(progress: Any, cancelled: Any) -> tuple[Book, Preview]:
            read = book or actions.open_ledger(path, progress, cancelled)
            return read, actions.preview_book(store, read, register, sheet=sheet, mapping=mapping, day=day)

        def done(result: tuple[Book, Preview]) -> None:
            if path == self.path:
                self._book = result[0]
                self._show(result[1])

        def dropped() -> None:
            # Not where another reading took its place: that one shows what it finds.
            if job is self._reading and self._book is None:
                self._stopped()

        job = self.context.jobs.run(
            "import/preview", work, title="读取台账", on_done=done, on_failed=self._unreadable, on_dropped=dropped,
            owner=self, quiet=self.found is not None,
        )  # fmt: skip
        self._reading = job

    def _show(self, found: Preview) -> None:
        self.found = found
        self.file.show_file(found, self.day)
        self._show_problem(found)
        self.columns.table.empty.set_text(*NO_HEADER)
        self.columns.show_columns(self.register, found.columns)
        self.reset_button.setVisible(bool(self.mapping))
        self._show_notes(found)
        self.rows.show_rows(found)
        self._enable()

    def _show_problem(self, found: Preview) -> None:
        self.again_button.hide()
        self.better_button.setVisible(bool(found.problem and found.better))
        if not found.problem:
            self.message.hide()
            return
        if found.better:
            self.better_button.setText(f"按{REGISTERS[found.better].title}读取")
        self.message.say(in_words_of_the_page(found.problem), in_words_of_the_page(found.hint), "watch")
        self.message.show()

    def _show_notes(self, found: Preview) -> None:
        notes = [in_words_of_the_page(each) for each in found.notes]
        self.notes.show_notes(notes)
        self.notes_card.set_title("读取时的说明", f"{len(notes)} 条" if notes else "")

    def _read_again(self) -> None:
        self._clear("正在读取…", _WAIT)
        self.read()

    def _clear(self, about: str, hint: str = "") -> None:
        self.message.hide()
        self.again_button.hide()
        self.file.say(self.path.name if self.path is not None else "", about)
        self.columns.table.empty.set_text(about, hint)
        self.columns.show_columns(self.register, ())
        self.notes.show_notes([])
        self.rows.clear()
        self.reset_button.hide()
        self._enable()

    def _stopped(self) -> None:
        """Nobody wanted to wait until the file was read."""
        self._clear("没有读完", _WAIT)
        self.message.say(
            "已停止读取，台账没有改动。", "要接着读，请按“重新读取”；也可以换一个文件。", "watch"
        )
        self.again_button.show()
        self.message.show()

    def _unreadable(self, error: Exception) -> None:
        """The file cannot be opened at all."""
        text, hint = words_of(error)
        self.found = None
        self._clear("没有读入")
        self.message.say(text, hint, "alarm")
        self.better_button.hide()
        self.message.show()

    # Choosing.

    def _show_tab(self) -> None:
        self.file.show_tab(self.register)
        self.header.set_title(f"导入台账 · {REGISTERS[self.register].title}")

    def _set_register(self, register: str) -> None:
        if register != self.register:
            self.register, self.mapping, self.sheet = register, {}, None
            self._show_tab()
            self.read()

    def _to_better(self) -> None:
        if self.found is not None and self.found.better:
            self._set_register(self.found.better)

    def _set_sheet(self, name: str) -> None:
        if self.found is None or name != self.found.sheet:
            self.sheet, self.mapping = name, {}
            self.read()

    def _set_day(self, day: date | None) -> None:
        if day != self.day:
            self.day = day
            self.read()

    def _refuse_day(self, typed: str) -> None:
        self.message.say(f"“{typed}”不是日期。", "请写成 2024-05-21 的样子。", "watch")
        self.message.show()

    def _map(self, key: str, target: str) -> None:
        self.mapping[key] = target or None
        for each in self.found.columns if self.found is not None else ():
            # One field takes one column: the one chosen last.
            if target and each.key != key and self.mapping.get(each.key) == target:
                del self.mapping[each.key]
        self.read()

    def _reset(self) -> None:
        self.mapping = {}
        self.read()

    def _forget(self) -> None:
        if self.path is None:
            return
        store, path, register, sheet = self.context.store, self.path, self.register, self.sheet
        self.context.jobs.run(
            "import", lambda _progress, _cancelled: actions.forget_mapping(store, path, register, sheet),
            title="忘掉上次的对照", on_done=lambda _count: self.read(), on_failed=self._unreadable, owner=self,
            supersede=False, cancellable=False,
        )  # fmt: skip

    def _enable(self) -> None:
        ready = self.found is not None and not self.found.problem and bool(self.found.rows) and not self._busy
        self.run_button.setEnabled(ready)
        self.try_button.setEnabled(ready)

    # Reading it in.

    def try_it(self) -> None:
        """The whole way, without storing anything."""
        self._import(dry_run=True, then=self._tried)

    def run(self) -> None:
        """Store it, in one transaction."""
        self._import(dry_run=False, then=self._imported)

    def _import(self, *, dry_run: bool, then: Callable[[FileReport], object]) -> None:
        if self.path is None or self._book is None or not self.run_button.isEnabled():
            return
        store, path, book, register = self.context.store, self.path, self._book, self.register
        sheet, mapping, day = self.sheet, dict(self.mapping) or None, self.day
        self._busy = True
        self._enable()

        def work(progress: Any, cancelled: Any) -> FileReport:
            return actions.import_open(
                store, book, register, sheet=sheet, mapping=mapping, day=day, dry_run=dry_run,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip

        def done(report: FileReport) -> None:
            self._busy = False
            self._enable()
            then(report)

        def failed(error: Exception) -> None:
            self._busy = False
            self._enable()
            self.message.say(*words_of(error), "alarm")
            self.message.show()

        def dropped() -> None:
            self._busy = False
            self._enable()
            self.message.say("已取消，台账没有改动。", "", "watch")
            self.message.show()

        self.context.jobs.run(
            "import", work, title="试运行" if dry_run else f"导入“{path.name}”", on_done=done, on_failed=failed,
            on_dropped=dropped, owner=self, supersede=False,
        )  # fmt: skip

    def _tried(self, report: FileReport) -> None:
        self.better_button.hide()
        if report.outcome == REJECTED:
            why = report.findings[0].message if report.findings else "没有可以入库的行。"
            self.message.say("试运行：这个文件不能导入。", in_words_of_the_page(why), "alarm")
        else:
            self.message.say(
                f"试运行：{figures(report)}。",
                "台账没有改动；没有问题就按“导入”。",
                "watch" if report.bad else "ok",
            )
        self.message.show()
        self._tell_report(report)

    def _tell_report(self, report: FileReport) -> None:
        notes = [in_words_of_the_page(each) for each in report.warnings if not each.startswith("试运行")]
        self.notes.show_notes(notes)
        self.notes_card.set_title("读取时的说明", f"{len(notes)} 条" if notes else "")

    def _imported(self, report: FileReport) -> None:
        if report.outcome == REJECTED and not report.rows_read:
            why = report.findings[0].message if report.findings else ""
            self.message.say(f"“{report.file}”没有导入。", in_words_of_the_page(why), "alarm")
            self.message.show()
            return
        assert self.path is not None
        self.result.show_report(report, self.register, self.path)
        self.stack.setCurrentWidget(self.result)
        self.result.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        if report.outcome != REJECTED:
            self.context.changed()

    def _again(self) -> None:
        """Back from the result to the file: it was undone, or is to be read another way."""
        self.stack.setCurrentWidget(self.work)
        self.read()
        self.columns.table.setFocus(Qt.FocusReason.OtherFocusReason)


def figures(report: FileReport) -> str:
    """“读 48 行，新增 40、补充 2、已有 3、没能入库 3”."""
    parts = [
        f"{word} {number:,}"
        for word, number in (("新增", report.stored), ("补充", report.updated), ("已有", report.unchanged), ("没能入库", report.bad))
        if number or word == "新增"
    ]  # fmt: skip
    return f"读 {report.rows_read:,} 行，{'、'.join(parts)}"
