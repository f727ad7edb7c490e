"""导入台账 on one page: the file, its sheet and header, columns and fields, the first rows, a dry run, the import, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.registers import REGISTERS
from db.text import parse_date
from desktop.actions import ledger as actions
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.intake import ask_ledger, in_words_of_the_page, size_words
from desktop.pages.intake_columns import ColumnTable
from desktop.pages.intake_notes import NoteList
from desktop.pages.intake_result import IntakeResult
from desktop.pages.ledger_grid import GridColumn, GridRow, LedgerModel, LedgerTable, slot_of
from desktop.style.theme import tokens
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.header import PageHeader
from desktop.widgets.labels import ElidedLabel, label
from desktop.widgets.stack import CurrentStack
from returns.results import REJECTED, FileReport

if TYPE_CHECKING:
    from returns.ledger.preview import Preview, PreviewRow

_STATES = {"可入库": "ok", "有未看懂": "watch", "不入库": "alarm"}
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
        self.message.hide()
        column.addWidget(self.message)
        column.addWidget(self._file_card())
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
        self.rows_card = Card("预览", flush=True)
        self.next_button = Button("下一处要改", self.next_bad, self.rows_card, role="small")
        self.next_button.set_shortcut("F8", self.work, anywhere=True)
        self.rows_card.head.addWidget(self.next_button)
        self.model = LedgerModel(self.register, self, fixed=True)
        self.table = LedgerTable(self.model, self.context, self)
        self.table.setAccessibleName("前若干行，按将要入库的样子")
        self.table.column_asked.connect(self.columns.choose)
        self.table.moved.connect(self._tell_cell)
        self.rows_card.add(self.table, 1)
        column.addWidget(self.rows_card, 6)
        self._enable()

    def _file_card(self) -> Card:
        card = Card(body=QHBoxLayout())
        card.body.setSpacing(12)
        self.name = ElidedLabel("", "heading")
        self.about = ElidedLabel("", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.about)
        holder = QWidget()
        holder.setProperty("role", "plain")
        words.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(words)
        card.add(holder, 1)
        self.remembered = Chip("", "info", card)
        card.add(self.remembered)
        self.forget_button = Button("忘掉", self._forget, card, role="small")
        self.forget_button.setAccessibleName("忘掉上次的对照")
        self.forget_button.setToolTip("这种表头以后不再按上次的对照读取")
        card.add(self.forget_button)
        self.day_field = QLineEdit(card)
        self.day_field.setPlaceholderText("如 2024-05-21")
        self.day_field.setAccessibleName("没有日期的行记为哪一天")
        self.day_field.setFixedWidth(tokens().metrics.px(130))
        self.day_field.editingFinished.connect(self._set_day)
        self.day_words = label("没有日期的记为", "label")
        card.add(self.day_words)
        card.add(self.day_field)
        self.registers = QComboBox(card)
        self.registers.setAccessibleName("台账")
        for key, each in REGISTERS.items():
            self.registers.addItem(each.title, key)
        self.registers.activated.connect(lambda _at: self._set_register(str(self.registers.currentData())))
        card.add(label("台账", "label"))
        card.add(self.registers)
        self.sheets = QComboBox(card)
        self.sheets.setAccessibleName("工作表")
        self.sheets.setMinimumWidth(tokens().metrics.px(200))
        self.sheets.activated.connect(lambda _at: self._set_sheet(str(self.sheets.currentData())))
        card.add(label("工作表", "label"))
        card.add(self.sheets)
        self.day_words.hide()
        self.day_field.hide()
        return card

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
        self.day_field.clear()
        self.stack.setCurrentWidget(self.work)
        self.name.setText(path.name)
        self.about.setText("正在读取…")
        self._set_registers()
        self._clear()
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
        self.leave()
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
        sheet, mapping, day = self.sheet, dict(self.mapping), self.day

        def work(_progress: Any, _cancelled: Any) -> Preview:
            return actions.preview_ledger(store, path, register, sheet=sheet, mapping=mapping, day=day)

        self.context.jobs.run(
            "import/preview", work, title="读取台账", on_done=self._show, on_failed=self._unreadable, owner=self,
            quiet=self.found is not None,
        )  # fmt: skip

    def _show(self, found: Preview) -> None:
        if found.path != self.path:
            return
        self.found = found
        self._show_file(found)
        self._show_problem(found)
        self.columns.show_columns(self.register, found.columns)
        self.reset_button.setVisible(bool(self.mapping))
        remembered = any(column.how == "remembered" for column in found.columns)
        self.remembered.set("按上次的对照读取" if remembered else "", "info")
        self.forget_button.setVisible(remembered)
        self._show_notes(found)
        self._show_rows(found)
        self._enable()

    def _show_file(self, found: Preview) -> None:
        first, last = found.header_rows
        header = f"表头第 {first} 行" if first == last else f"表头第 {first}—{last} 行"
        parts = [
            found.kind,
            size_words(found.size),
            header if first else "没有找到表头",
            f"填报单位：{found.office}" if found.office else "",
        ]
        self.about.setText(" · ".join(part for part in parts if part))
        self.sheets.clear()
        for each in found.sheets:
            hidden = "，隐藏" if each.hidden else ""
            alike = "" if each.likeness else "，没有表头"
            self.sheets.addItem(f"{each.name}（{each.rows:,} 行{hidden}{alike}）", each.name)
        self.sheets.setCurrentIndex(max(0, self.sheets.findData(found.sheet)))
        self.sheets.setEnabled(len(found.sheets) > 1)
        dated = found.problem_id == "no_date_column" or self.day is not None
        self.day_words.setVisible(dated)
        self.day_field.setVisible(dated)

    def _show_problem(self, found: Preview) -> None:
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

    def _show_rows(self, found: Preview) -> None:
        letters = {column.letter: place for place, column in enumerate(found.columns)}
        heads = [
            GridColumn(column.title, column.letter, slot_of(column.target, self.register))
            for column in found.columns
        ]
        self.model.register = self.register
        self.model.show(
            heads, [self._line(row, letters) for row in found.rows], [list(row.texts) for row in found.rows]
        )
        shown = f"前 {len(found.rows):,} 行" if found.more else f"{len(found.rows):,} 行"
        words = [shown]
        for state in _STATES:
            if number := found.count(state):
                words.append(f"{state} {number:,}")
        self.rows_card.set_title("预览", " · ".join(words) if found.rows else "表头下面没有数据行")
        self.next_button.setEnabled(self.model.next_bad((-1, -1)) is not None)

    @staticmethod
    def _line(row: PreviewRow, letters: dict[str, int]) -> GridRow:
        line = GridRow(row.number, row.state, _STATES.get(row.state, "neutral"))
        for finding in row.findings:
            line.findings.setdefault(letters.get(finding.column, -1), []).append(finding)
        return line

    def _tell_cell(self) -> None:
        """What is wrong with the cell the keyboard is on, in the note of the card."""
        found = self.model.findings_at(self.table.cell) if self.model.lines else []
        if found:
            self.rows_card.set_title("预览", "；".join(each.message for each in found))

    def next_bad(self) -> None:
        """To the next cell that is not understood."""
        cell = self.model.next_bad(self.table.cell)
        if cell is not None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.go(cell)

    def _clear(self) -> None:
        self.message.hide()
        self.sheets.clear()
        self.columns.show_columns(self.register, ())
        self.notes.show_notes([])
        self.model.show([], [], [])
        self.rows_card.set_title("预览")
        self.reset_button.hide()
        self.remembered.set("")
        self.forget_button.hide()
        self._enable()

    def _unreadable(self, error: Exception) -> None:
        """The file cannot be opened at all."""
        text, hint = words_of(error)
        self.found = None
        self._clear()
        self.about.setText("没有读入")
        self.message.say(text, hint, "alarm")
        self.better_button.hide()
        self.message.show()

    # Choosing.

    def _set_registers(self) -> None:
        self.registers.setCurrentIndex(max(0, self.registers.findData(self.register)))
        self.header.set_title(f"导入台账 · {REGISTERS[self.register].title}")

    def _set_register(self, register: str) -> None:
        if register != self.register:
            self.register, self.mapping, self.sheet = register, {}, None
            self._set_registers()
            self.read()

    def _to_better(self) -> None:
        if self.found is not None and self.found.better:
            self._set_register(self.found.better)

    def _set_sheet(self, name: str) -> None:
        if self.found is None or name != self.found.sheet:
            self.sheet, self.mapping = name, {}
            self.read()

    def _set_day(self) -> None:
        typed = self.day_field.text().strip()
        day = parse_date(typed).value if typed else None
        if typed and day is None:
            self.message.say(f"“{typed}”不是日期。", "请写成 2024-05-21 的样子。", "watch")
            self.message.show()
            return
        if day != self.day:
            self.day = day
            self.read()

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
        ready = self.found is not None and not self.found.problem and bool(self.found.rows)
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
        if self.path is None or not self.run_button.isEnabled():
            return
        store, path, register = self.context.store, self.path, self.register
        sheet, mapping, day = self.sheet, dict(self.mapping) or None, self.day
        self.run_button.setEnabled(False)
        self.try_button.setEnabled(False)

        def work(progress: Any, cancelled: Any) -> FileReport:
            return actions.import_ledger(
                store, path, register, sheet=sheet, mapping=mapping, day=day, dry_run=dry_run,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip

        def failed(error: Exception) -> None:
            self._enable()
            self.message.say(*words_of(error), "alarm")
            self.message.show()

        def dropped() -> None:
            self._enable()
            self.message.say("已取消，台账没有改动。", "", "watch")
            self.message.show()

        self.context.jobs.run(
            "import", work, title="试运行" if dry_run else f"导入“{path.name}”", on_done=then, on_failed=failed,
            on_dropped=dropped, owner=self, supersede=False,
        )  # fmt: skip

    def _tried(self, report: FileReport) -> None:
        self._enable()
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
        self._enable()
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
