"""A month that was handed in: what went out, where the copy lies, every revision; and the way to a correction."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from db.registers import REGISTERS
from desktop.pages.dispatch_model import HISTORY_COLUMNS, Standing, history_row
from desktop.tables.model import ListSource
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.facts import Facts
from desktop.widgets.labels import problem_line


class LockedView(QWidget):
    """`reopen_asked(reason)`, `sent_back_asked`, `folder_asked`, `save_asked` (another copy of the file)."""

    reopen_asked = Signal(str)
    folder_asked = Signal()
    save_asked = Signal()
    sent_back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.card = Card("已上报")
        self.save = Button("再存一份…", self.save_asked.emit, self, role="small")
        self.folder = Button("打开所在文件夹", self.folder_asked.emit, self, role="small")
        self.card.head.addWidget(self.save)
        self.card.head.addWidget(self.folder)
        self.facts = Facts(columns=4)
        self.card.add(self.facts)
        column.addWidget(self.card)
        self.correct = Card("更正", "数字报错了，或者被区里退回：写明理由重新打开，改好后上报新的一版")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.reason.setPlaceholderText("更正理由，会印在新一版的封面上，如“营业收入漏填一位”")
        self.reason.setAccessibleName("更正理由")
        self.reason.returnPressed.connect(self._reopen)
        self.reason.textEdited.connect(lambda _text: self._problem(""))
        row.addWidget(self.reason, 1)
        self.open = Button("重新打开这个月", self._reopen, self)
        row.addWidget(self.open)
        self.came_back = Button("区里退回了文件…", self.sent_back_asked.emit, self)
        self.came_back.setToolTip("选“退回_”开头的文件：理由和标红的地方会带进来")
        row.addWidget(self.came_back)
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(row)
        self.correct.add(holder)
        self.problem = problem_line(wrap=False)
        self.correct.add(self.problem)
        column.addWidget(self.correct)
        history = Card("历次上报", flush=True)
        self.table = Table(ListSource(HISTORY_COLUMNS), fit=True)
        self.table.setAccessibleName("历次上报")
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        history.add(self.table)
        history.add_stretch()
        column.addWidget(history, 1)

    def show_standing(self, standing: Standing) -> None:
        """The newest revision, and all of them below."""
        sent, late = standing.history[0], standing.history[-1].late_days
        self.card.set_title(
            f"{standing.period.month} 月回报已上报" + ("（零报送）" if sent.zero_report else ""),
            "这个月已锁定",
        )
        rows = "，".join(
            f"{REGISTERS[key].title} {number}"
            for key, number in sent.rows.items()
            if key in REGISTERS and number
        )
        self.facts.set(
            [
                ("版本", f"第 {sent.revision} 版"),
                ("报送日期", sent.submitted_on.isoformat() if sent.submitted_on else ""),
                (
                    "截止",
                    standing.deadline.day.isoformat() + (f"，迟报 {late} 天" if late else "，按时"),
                ),
                ("校验摘要", sent.digest[:16]),
                ("行数", rows or "没有新增"),
                ("文件", sent.file_name),
                ("本机副本", sent.copy.name if sent.copy else "没有找到"),
                ("更正理由", sent.reason or "首次上报"),
            ]
        )
        self.save.setEnabled(sent.copy is not None)
        self.folder.setEnabled(sent.copy is not None)
        self.table.set_source(ListSource(HISTORY_COLUMNS, [history_row(each) for each in standing.history]))

    def _reopen(self) -> None:
        if not self.reason.text().strip():
            self._problem("请写明更正理由。")
            self.reason.setFocus()
            return
        self.reopen_asked.emit(self.reason.text().strip())

    def _problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
