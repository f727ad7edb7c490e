"""方案 of 年度考核: the scheme's lines, the chosen one's fields beside, what is wrong with it, saving it as a version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.assessment.scheme import Scheme
from db.assessment.scoring import plain
from db.errors import UsageError
from db.findings import Finding, Severity
from desktop.actions import assessment as actions
from desktop.actions.assessment import Desk
from desktop.context import AppContext
from desktop.pages import assessment_scheme_model as model
from desktop.pages.settings_parts import field, holder
from desktop.style.theme import set_property
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

COLUMNS = (
    Column("part", "部分", width=100, kind="muted"), Column("name", "项目", width=220, kind="strong", stretch=True, lines=2),
    Column("shown", "规定", width=240),
)  # fmt: skip
SHOWN = 3  # findings told at once


class _All(ListSource):
    """The whole scheme on one page."""

    def page(self, after: Any, limit: int) -> tuple[Any, Any]:
        return self.rows, None


class SchemePart(QWidget):
    """`saved(scheme)` when it is to be kept. What was changed stays until it is saved or given up."""

    save_asked = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.desk: Desk | None = None
        self.scheme: Scheme | None = None
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self.lines: dict[str, model.Line] = {}
        self.about = Banner()
        self.save_button = self.about.add("保存方案", self._save)
        self.save_button.set_shortcut("Ctrl+S", self)
        self.stop_button = self.about.add("放弃改动", self.give_up)
        self.confirm = ConfirmStrip(self)
        self.table = Table(_All(COLUMNS), self, memory=context.memory, name="assessment-scheme", fold=True)
        self.table.setAccessibleName("评分方案")
        self.table.chosen.connect(self._look)
        self.table.opened.connect(lambda _id: self.focus_first())
        card = Card("评分方案", flush=True)
        self.new_kind = QComboBox()
        self.new_kind.addItems(["加分", "扣分"])
        self.new_kind.setAccessibleName("新事项是加分还是扣分")
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("新增事项")
        self.new_name.setAccessibleName("新事项的名称")
        self.new_name.setMaximumWidth(220)
        self.new_name.returnPressed.connect(self._add)
        card.head.addWidget(self.new_kind)
        card.head.addWidget(self.new_name)
        card.add(self.table, 1)
        self.panel = SidePanel(self, width=340)
        self.panel.closed.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(card, 1)
        row.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.about)
        column.addWidget(self.confirm)
        column.addLayout(row, 1)

    @property
    def dirty(self) -> bool:
        return self.desk is not None and self.scheme != self.desk.scheme

    def show_desk(self, desk: Desk) -> None:
        """Another reading of the year; changes that are not saved stay while the version is the same."""
        same = self.desk is not None and (self.desk.year, self.desk.version.digest) == (
            desk.year,
            desk.version.digest,
        )
        keep = same and self.dirty
        self.desk = desk
        if not keep:
            self.scheme = desk.scheme
        self._show(desk.findings if not keep else None)

    def _show(self, findings: Any = None) -> None:
        assert self.desk is not None and self.scheme is not None
        self.lines = {each.id: each for each in model.lines_of(self.scheme, self.desk.names)}
        chosen = self.table.current_id()
        rows = [
            Row(each.id, {"part": each.part, "name": each.name, "shown": each.shown})
            for each in self.lines.values()
        ]
        self.table.set_source(_All(COLUMNS, rows))
        if chosen in self.lines:
            self.table.choose(chosen)
        if findings is None:
            self._check()
        else:
            self._tell(list(findings))

    def _check(self) -> None:
        store, scheme = self.context.store, self.scheme
        assert scheme is not None
        self.context.jobs.run(
            "assessment/check", lambda _progress, _cancelled: actions.check_scheme(store, scheme), title="核对方案",
            on_done=self._tell, owner=self, quiet=True,
        )  # fmt: skip

    def _tell(self, findings: list[Finding]) -> None:
        assert self.desk is not None
        errors = [each for each in findings if each.severity is Severity.ERROR]
        shown = errors or findings
        told = "".join(each.message for each in shown[:SHOWN]) + (
            f"……共 {len(shown)} 处。" if len(shown) > SHOWN else ""
        )
        if self.dirty:
            frozen = self.desk.version.frozen_at is not None or not self.desk.version.stored
            newest = max((each.version for each in self.desk.versions), default=0)
            goes = (
                f"保存为第 {newest + 1} 版" if frozen else f"保存到第 {self.desk.version.version} 版（草稿）"
            )
            self.about.say(f"方案有改动，还没有保存；{goes}。", told, "alarm" if errors else "watch")
        else:
            used = (
                "这一版已使用，改动会成为新的一版。"
                if self.desk.version.frozen_at
                else "默认的权重、目标和分数是通行做法，请先核定；都可以改。"
            )
            self.about.say(
                f"{self.desk.scheme.name}　{self.desk.version.words}",
                told or used,
                "alarm" if errors else "info",
            )
        self.about.show()
        self.save_button.setVisible(self.dirty)
        self.save_button.setEnabled(not errors)
        self.stop_button.setVisible(self.dirty)

    # The chosen line.

    def _look(self, line: str) -> None:
        found = self.lines.get(line)
        if found is None:
            self.panel.close_panel()
            return
        self.panel.clear()
        self.fields = {}
        self.panel.body.addWidget(label(found.about, "muted", wrap=True))
        for ask in found.asks:
            editor = self._editor(ask)
            self.fields[ask.name] = editor
            self.panel.body.addWidget(field(ask.label, editor))
        self.problem = label("", "finding", wrap=True)
        set_property(self.problem, "state", "alarm")
        self.problem.hide()
        self.panel.body.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Button("应用", self.take, self, role="small"))
        if found.removable:
            row.addWidget(Button("删除这一项", lambda: self._ask_remove(found), self, role="small-danger"))
        row.addStretch(1)
        self.panel.body.addWidget(holder(row))
        self.panel.body.addStretch(1)
        self.panel.open_for(found.id, found.name, found.part)

    def _editor(self, ask: model.Ask) -> QLineEdit | QComboBox:
        if ask.choices is not None:
            box = QComboBox()
            for value, word in ask.choices.items():
                box.addItem(word, value)
            box.setCurrentIndex(max(box.findData(str(ask.value)), 0))
            box.activated.connect(lambda _at: self.take())
            return box
        text = "" if ask.value is None else str(ask.value) if ask.words else plain(Decimal(ask.value))
        line = QLineEdit(text)
        line.returnPressed.connect(self.take)
        return line

    def take(self) -> None:
        """What was typed goes into the scheme; a text that is no number is said and stays."""
        assert self.scheme is not None
        values = {
            name: editor.text() if isinstance(editor, QLineEdit) else str(editor.currentData())
            for name, editor in self.fields.items()
        }
        try:
            self.scheme = model.changed(self.scheme, self.panel.record, values)
        except UsageError as error:
            self.problem.setText(error.message)
            self.problem.show()
            return
        self.problem.hide()
        self._show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_remove(self, line: model.Line) -> None:
        self.confirm.ask(
            f"从方案里去掉“{line.name}”？保存前可以放弃改动。",
            "去掉",
            lambda: self._remove(line.id),
            danger=True,
        )

    def _remove(self, line: str) -> None:
        assert self.scheme is not None
        self.scheme = model.without(self.scheme, line)
        self.panel.close_panel()
        self._show()

    def _add(self) -> None:
        assert self.scheme is not None
        try:
            self.scheme = model.with_points(self.scheme, self.new_kind.currentText(), self.new_name.text())
        except UsageError as error:
            self.about.say(error.message, "", "alarm")
            return
        added = f"{self.new_kind.currentText()}:{self.new_name.text().strip()}"
        self.new_name.clear()
        self._show()
        self.table.choose(added)
        self.focus_first()

    def put(self, scheme: Scheme) -> None:
        """A scheme with changes made elsewhere (试算), to be looked at and saved."""
        self.scheme = scheme
        self._show()

    def give_up(self) -> None:
        """Back to what is kept."""
        assert self.desk is not None
        self.scheme = self.desk.scheme
        self.panel.close_panel()
        self._show(self.desk.findings)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        self.save_asked.emit(self.scheme)

    def focus_first(self) -> None:
        """The keyboard into the panel."""
        target = next(iter(self.fields.values()), None)
        if target is not None and self.panel.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(target, QLineEdit):
                target.selectAll()

    def first_focus(self) -> QWidget | None:
        return self.table
