"""One file of 收表: old and new side by side, a decision per row, and the actions on the whole file."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from desktop.actions.returns import BatchLine, RowLine
from desktop.pages import receive_model as model
from desktop.style.theme import set_property, tokens
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.labels import label

_FEW = 140  # px: the header of the list and three rows


class FileDetail(Card):
    """Signals carry nothing: the page asks `decisions`, `reason` and `batch` when it acts."""

    accept_asked = Signal()
    send_back_asked = Signal()
    undo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("选一份文件", "看它会带来哪些变化", parent, flush=True)
        self.batch: BatchLine | None = None
        self.decisions = model.Decisions([])
        self.back = Button("退回…", self.show_back, self, role="small")
        self.toggle_button = Button("改这一条（空格）", self._toggle_current, self, role="small")
        self.undo = Button("撤销接收", self.undo_asked.emit, self, role="small-danger")
        self.accept = Button("接收这一份", self.accept_asked.emit, self, primary=True, role="small")
        self.tabs = TabStrip([("changes", "变化"), ("findings", "校验")])
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.tabs.chosen.connect(lambda _key: self._fill())
        for widget in (self.tabs, self.back, self.toggle_button, self.undo, self.accept):
            self.head.addWidget(widget)
        self.strip = self._reason_strip()
        self.add(self.strip)
        self.table = Table(
            ListSource(model.CHANGE_COLUMNS),
            empty=EmptyState("没有变化", "这份文件与台账里的内容一致。", icon="done"),
        )
        self.table.setAccessibleName("文件里的变化")
        self.table.installEventFilter(self)
        self.table.clicked.connect(self._clicked)
        self.table.opened.connect(lambda _id: self._toggle_current())
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.setMinimumHeight(tokens().metrics.px(_FEW))
        self.add(self.table, 1)
        self.clear()

    def _reason_strip(self) -> QWidget:
        made = QWidget()
        made.setProperty("role", "plain")
        row = QHBoxLayout(made)
        row.setContentsMargins(14, 0, 14, 4)
        row.setSpacing(8)
        self.reason_label = label("", "label")
        self.reason_edit = QLineEdit()
        self.reason_edit.setMaxLength(200)
        self.reason_edit.returnPressed.connect(self._reason_given)
        self.reason_edit.textEdited.connect(lambda _text: set_property(self.reason_edit, "state", ""))
        self.reason_go = Button("", self._reason_given, self, role="small")
        self.reason_cancel = Button("取消", self.hide_back, self, role="small")
        row.addWidget(self.reason_label)
        row.addWidget(self.reason_edit, 1)
        row.addWidget(self.reason_go)
        row.addWidget(self.reason_cancel)
        self._purpose = ""
        return made

    # Showing.

    def clear(self) -> None:
        """Nothing is selected."""
        self.batch = None
        self.decisions = model.Decisions([])
        self.set_title("选一份文件", "看它会带来哪些变化")
        self._arrange()
        self._fill()

    def show_file(self, batch: BatchLine, rows: list[RowLine], before: int) -> None:
        """The changes of a file; decisions start as the reading suggests."""
        same = self.batch is not None and self.batch.id == batch.id and self.batch.state == batch.state
        self.batch = batch
        if not same or [row.seq for row in self.decisions.rows] != [row.seq for row in rows]:
            self.decisions = model.Decisions.of(rows)
            self.reason_edit.clear()
            self._purpose = ""
        self.set_title(*model.heading(batch, before))
        told = len(batch.findings) + len(model.told(batch))
        self.tabs.set_tabs([("changes", f"变化 {len(rows)}"), ("findings", f"校验 {told}")])
        self._arrange()
        self._fill()

    def show_rejected(self, name: str, sentence: str) -> None:
        """A file that could not be taken at all."""
        self.clear()
        self.set_title(name, "没有接收")
        self.table.empty.set_text("这份文件不能接收", sentence)

    @property
    def wants_reason(self) -> bool:
        """Whether accepting needs a reason: a choice against what is stored, an overwriting, a restatement."""
        if self.batch is None or self.batch.state != "staged":
            return False
        return (
            self.decisions.wants_reason or self.batch.needs_choice or model.asks(self.batch, "month_closed")
        )

    @property
    def reason(self) -> str:
        return self.reason_edit.text().strip()

    def ask_reason(self, purpose: str, words: str, go: str, text: str = "") -> None:
        """Show the line for a reason; Enter goes on with what it is for."""
        self._purpose = purpose
        self.reason_label.setText(words)
        self.reason_edit.setAccessibleName(words)
        self.reason_go.setText(go)
        for button in (self.reason_go, self.reason_cancel):
            button.setVisible(purpose != "accept")
        if text and not self.reason_edit.text():
            self.reason_edit.setText(text)
        self.strip.show()
        self.reason_edit.setFocus()
        self.reason_edit.selectAll()

    def reason_missing(self) -> None:
        set_property(self.reason_edit, "state", "error")
        self.reason_edit.setPlaceholderText("请写明理由")
        self.reason_edit.setFocus()

    def show_back(self) -> None:
        """Ask why the file is sent back."""
        if self.batch is not None:
            self.ask_reason("back", "退回理由", "写出退回文件…", model.suggested_reason(self.batch))

    def hide_back(self) -> None:
        self._purpose = ""
        self.reason_edit.clear()
        self._arrange()
        self.table.setFocus()

    def _reason_given(self) -> None:
        if not self.reason:
            self.reason_missing()
        elif self._purpose == "back":
            self.send_back_asked.emit()
        elif self._purpose == "undo":
            self.undo_asked.emit()
        else:
            self.accept_asked.emit()

    def _arrange(self) -> None:
        batch = self.batch
        staged = batch is not None and batch.state == "staged"
        self.back.setVisible(staged)
        self.accept.setVisible(staged)
        self.toggle_button.setVisible(staged and bool(self.decisions.rows))
        self.undo.setVisible(batch is not None and batch.state == "applied")
        self.tabs.setVisible(batch is not None)
        needs = self.wants_reason
        if self._purpose not in ("back", "undo"):
            if needs and batch is not None:
                words, go, hint = model.reason_words(batch)
                self.reason_label.setText(words)
                self.reason_edit.setAccessibleName(words)
                self.reason_edit.setPlaceholderText(hint)
                self.reason_go.setText(go)
            self.strip.setVisible(bool(needs))
        # Accepting has its button above; Enter in the line does the same.
        self.reason_go.setVisible(self._purpose in ("back", "undo"))
        self.reason_cancel.setVisible(self._purpose in ("back", "undo"))
        if batch is not None and batch.needs_choice:
            self.accept.setText("覆盖已接收的")
        elif batch is not None and model.asks(batch, "month_closed"):
            self.accept.setText("作为重述接收")
        else:
            self.accept.setText(
                "接收这一份"
                if self.decisions.accept == "all"
                else f"接收选中的 {len(self.decisions.taken)} 条"
            )

    def _fill(self) -> None:
        if self.tabs.current == "findings" and self.batch is not None:
            rows = model.finding_rows(self.batch)
            self.table.empty.set_text("没有问题", "核对没有发现错误和警告。")
            self.table.set_source(ListSource(model.FINDING_COLUMNS, rows), keep=False)
            return
        if self.batch is None:
            self.table.empty.set_text("还没有选文件", "在上面选一份，看新增、变更、缺失和冲突。")
        else:
            self.table.empty.set_text("没有变化", "这份文件与台账里的内容一致。")
        self.table.set_source(ListSource(model.CHANGE_COLUMNS, model.change_rows(self.decisions)))

    # Deciding.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.table
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            self._toggle_current()
            return True
        return super().eventFilter(watched, event)

    def _clicked(self, index: QModelIndex) -> None:
        columns = self.table.paged.columns
        if columns[index.column()].key == "decision":
            self._toggle_current()

    def _toggle_current(self) -> None:
        key = self.table.current_id()
        staged = self.batch is not None and self.batch.state == "staged"
        if not key or ":" not in key or not staged:
            return
        self.decisions.toggle(int(key.split(":")[0]))
        for row in model.change_rows(self.decisions):
            self.table.paged.replace_row(row)
        self._arrange()
