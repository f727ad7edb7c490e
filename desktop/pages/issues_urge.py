"""催办: the units whose turn it is with how much is overdue, and the words to send them. The words are in actions/issue_urging.py."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.actions.issue_urging import Urge, text_for, text_for_all, urging
from desktop.context import AppContext
from desktop.page import SUPERVISOR
from desktop.pages.settings_parts import Choice
from desktop.style.theme import tokens
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label

DAYS = ((0, "只看已超期"), (3, "3 天内到期"), (7, "7 天内到期"))
ALL = "*"
_COLUMNS = (
    Column("org", "该谁办", width=190, kind="strong", stretch=True, sort=False),
    Column("late", "已超期", unit="件", width=104, kind="chip", sort=False),
    Column("soon", "将到期", unit="件", width=104, kind="figure", sort=False),
    Column("longest", "最久", unit="天", width=92, kind="figure", sort=False),
)
_NONE = ("没有要催办的问题", "超期的和快到期的问题按责任单位列在这里，可以复制了发给他们。")


class UrgeView(QWidget):
    """`said(words)` after something was copied; `print_asked()` for the paper."""

    said = Signal(str)
    print_asked = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.urges: list[Urge] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens().metrics.margin)
        left = QVBoxLayout()
        left.setSpacing(8)
        self.days = Choice("催办范围", DAYS, self)
        self.days.set(int(context.memory.get("urge/days", 3)))
        self.days.chosen.connect(self._other_days)
        left.addWidget(self.days)
        card = Card(flush=True)
        self.table = Table(ListSource(_COLUMNS), empty=EmptyState(*_NONE, icon="done"))
        self.table.setAccessibleName("催办单位")
        self.table.chosen.connect(lambda _key: self._show_text())
        card.add(self.table, 1)
        left.addWidget(card, 1)
        row.addLayout(left, 1)
        side = Card("催办通知", "复制后直接粘贴到工作群或短信")
        self.copy = Button("复制", self.copy_text, self, primary=True)
        self.copy.set_shortcut("Ctrl+Shift+C", self, anywhere=True)
        self.print = Button("打印催办单…", self.print_asked.emit, self)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("催办通知")
        side.add(self.text, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.copy)
        foot.addWidget(self.print)
        foot.addStretch(1)
        self.note = label("", "muted")
        foot.addWidget(self.note)
        holder = QWidget()
        holder.setProperty("role", "plain")
        foot.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(foot)
        side.add(holder)
        row.addWidget(side, 1)

    def read(self) -> None:
        """Ask again who has to be urged; off the UI thread."""
        store, today = self.context.store, self.context.today()
        unit = None if self.context.role == SUPERVISOR else self.context.unit_code
        days = int(self.days.value or 0)

        def work(_progress: Any, _cancelled: Any) -> list[Urge]:
            found = urging(store, today, unit, days)
            return [urge for urge in found if urge.late] if not days else found

        self.context.jobs.run(f"urge/{id(self)}", work, on_done=self._show, owner=self, quiet=True)

    def first_focus(self) -> QWidget:
        """The list of units."""
        return self.table

    def copy_text(self) -> None:
        """Put the words on the clipboard."""
        words = self.text.toPlainText()
        if words:
            QGuiApplication.clipboard().setText(words)
            urge = self._chosen()
            self.said.emit(f"已复制{'全部单位' if urge is None else urge.title}的催办通知，可以粘贴了。")

    def chosen_unit(self) -> str:
        """The unit that is chosen, "" for all of them."""
        urge = self._chosen()
        return urge.code if urge is not None else ""

    def _chosen(self) -> Urge | None:
        return next((urge for urge in self.urges if urge.code == self.table.current_id()), None)

    def _show(self, urges: list[Urge]) -> None:
        self.urges = urges
        rows = [
            Row(
                urge.code,
                {
                    "org": urge.title,
                    "late": Mark(str(len(urge.late)), "alarm") if urge.late else None,
                    "soon": len(urge.soon) or None,
                    "longest": urge.longest or None,
                },
            )
            for urge in urges
        ]
        if len(urges) > 1:
            late, soon = sum(len(urge.late) for urge in urges), sum(len(urge.soon) for urge in urges)
            total = {
                "org": f"全部 {len(urges)} 个单位",
                "late": Mark(str(late), "alarm") if late else None,
                "soon": soon or None,
                "longest": max(urge.longest for urge in urges) or None,
            }
            rows.insert(0, Row(ALL, total))
        before = self.table.current_id()
        self.table.set_source(ListSource(_COLUMNS, rows))
        if rows and not self.table.choose(before):
            self.table.choose(rows[0].id)
        self.copy.setEnabled(bool(rows))
        self.print.setEnabled(bool(rows))
        self._show_text()

    def _show_text(self) -> None:
        sender = " ".join(part for part in (self.context.unit_name, self.context.person) if part)
        urge, today = self._chosen(), self.context.today()
        if urge is not None:
            self.text.setPlainText(text_for(urge, today, sender))
        else:
            self.text.setPlainText(text_for_all(self.urges, today, sender))
        self.note.setText(f"{len(self.text.toPlainText())} 字" if self.urges else "")

    def _other_days(self, days: Any) -> None:
        self.context.memory.set("urge/days", int(days))
        self.read()
