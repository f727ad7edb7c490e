"""延期 or 免报 granted to a unit: a small form in the panel of 收表. What may be granted is in db/reporting_exceptions.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from db.errors import KnownError
from db.registers import REGISTERS
from db.reporting_exceptions import EXEMPT, EXTENDED, LIMIT
from desktop.actions.cadence import read_day
from desktop.pages.settings_parts import Choice, field, holder, line
from desktop.widgets.button import Button
from desktop.widgets.labels import problem_line

WHOLE = "整份回报"
MERGED = "归并"  # no exception: from a month on another unit reports


@dataclass(frozen=True)
class Wanted:
    """What was typed: as db.reporting_exceptions.grant takes it; of a 归并 `into` and `first`."""

    unit: str
    kind: str
    first: str
    last: str
    register: str | None
    due_on: date | None
    reason: str
    approver: str
    into: str = ""


class ExceptionForm(QFrame):
    """`grant(wanted)` may raise KnownError: it is said under the form, and everything typed stays."""

    cancelled = Signal()

    def __init__(
        self, grant: Callable[[Wanted], None], today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._grant, self._today = grant, today
        self.unit = self.period = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.kind = Choice("准予", ((EXTENDED, EXTENDED), (EXEMPT, EXEMPT), (MERGED, "归并…")))
        self.kind.chosen.connect(lambda _kind: self._kind_chosen())
        column.addWidget(field("准予", self.kind))
        self.sheet = QComboBox()
        self.sheet.setAccessibleName("哪张表")
        self.sheet.addItem(WHOLE, None)
        for key, register in REGISTERS.items():
            if register.own_sheet:
                self.sheet.addItem(f"只是“{register.title}”", key)
        self.sheet_field = field("范围", self.sheet)
        column.addWidget(self.sheet_field)
        self.into = QComboBox()
        self.into_field = field("由哪个单位承接", self.into)
        column.addWidget(self.into_field)
        self.due = line("延到哪一天", "5-31", self._go)
        self.due_field = field("延到哪一天", self.due)
        column.addWidget(self.due_field)
        self.first = line("从哪个月", "2024-05", self._go)
        self.last = line("到哪个月", "2024-05", self._go)
        months = QHBoxLayout()
        months.setSpacing(8)
        months.addWidget(field("从哪个月", self.first))
        self.last_field = field("到哪个月", self.last)
        months.addWidget(self.last_field)
        self.months_field = holder(months)
        column.addWidget(self.months_field)
        self.reason = line("理由", "如 系统更换，数据迁移中", self._go)
        self.reason.setMaxLength(LIMIT)
        self.approver = line("批准人", "如 刘科长", self._go)
        self.approver.setMaxLength(40)
        column.addWidget(field("理由", self.reason))
        self.approver_field = field("批准人", self.approver)
        column.addWidget(self.approver_field)
        self.problem = problem_line()
        column.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.save = Button("准予", self._go, self, role="small")
        self.cancel = Button("取消", self.cancelled.emit, self, role="small")
        row.addWidget(self.save)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)

    def start(
        self, unit: str, period: str, register: str = "", heirs: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Ready for a unit's month; what was typed for another one goes. `heirs`: who may report in its place."""
        self.unit, self.period = unit, period
        self.kind.set(EXTENDED)
        self.into.clear()
        for code, name in heirs:
            self.into.addItem(name, code)
        self.sheet.setCurrentIndex(max(0, self.sheet.findData(register or None)))
        for edit, text in (
            (self.due, ""), (self.first, period), (self.last, period), (self.reason, ""), (self.approver, ""),
        ):  # fmt: skip
            edit.setText(text)
        self.say_problem("")
        self._kind_chosen()

    def _kind_chosen(self) -> None:
        extended, merged = self.kind.value == EXTENDED, self.kind.value == MERGED
        self.due_field.setVisible(extended)
        self.months_field.setVisible(not extended)
        for part in (self.sheet_field, self.last_field, self.approver_field):
            part.setVisible(not merged)
        self.into_field.setVisible(merged)
        self.save.setText("归并" if merged else "准予")
        self.reason.setPlaceholderText("如 洪府〔2024〕8 号" if merged else "如 系统更换，数据迁移中")

    def first_focus(self) -> QWidget:
        return self.due if self.kind.value == EXTENDED else self.reason

    def say_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _go(self) -> None:
        extended = self.kind.value == EXTENDED
        try:
            due = read_day(self.due.text(), self.period, self._today()) if extended else None
            self._grant(
                Wanted(
                    self.unit, str(self.kind.value), self.period if extended else self.first.text(),
                    self.period if extended else self.last.text(), self.sheet.currentData(), due,
                    self.reason.text(), self.approver.text(), str(self.into.currentData() or ""),
                )
            )  # fmt: skip
        except KnownError as error:
            self.say_problem(str(error))
            box = {
                "no_reason": self.reason,
                "no_approver": self.approver,
                "bad_due": self.due,
                "bad_day": self.due,
            }
            wrong = box.get(error.id)
            if wrong is not None:
                wrong.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # Esc takes the form back, not the whole panel
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
