"""The three days of one cycle, changed in place, back to the rule with one button."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.cadence import Cycle, days_of
from desktop.pages.receive_year_model import cycle_facts, day_words, stage_chip
from desktop.pages.settings_parts import holder, line
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, label, problem_line

MOVED, MOVED_ABOVE = "本单位调整", "区里调整"  # whose days they are that differ from the plan's
_WORDS = ("报送开始", "截止", "锁定")


class DaysStrip(Card):
    """`save_asked(opens, due, locks, note)` with what was typed, `reset_asked()`. `say_problem` keeps the editor open."""

    save_asked = Signal(str, str, str, str)
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None, *, editable: bool = True) -> None:
        super().__init__(parent=parent)
        self.cycle: Cycle | None = None
        self.editable = editable
        self.whose = MOVED if editable else MOVED_ABOVE
        self.shown = QWidget()
        self.shown.setProperty("role", "plain")
        row = QHBoxLayout(self.shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.name = label("", "strong")
        self.chip = Chip("", None, self)
        self.own = Chip("", None, self)
        row.addWidget(self.name)
        row.addWidget(self.chip)
        self.days: list[ElidedLabel] = []
        for _ in _WORDS:
            self.days.append(ElidedLabel(""))
            row.addWidget(self.days[-1])
        row.addWidget(self.own)
        row.addStretch(1)
        self.reset_button = Button("恢复按计划", self.reset_asked.emit, self, role="small")
        self.edit_button = Button("修改日期…", self.edit, self, role="small")
        row.addWidget(self.reset_button)
        row.addWidget(self.edit_button)
        self.add(self.shown)
        self.add(self._editor())
        self.editor.hide()
        self.problem = problem_line()
        self.add(self.problem)

    def _editor(self) -> QWidget:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.boxes: list[QLineEdit] = []
        for word in _WORDS:
            box = line(word, "5-24", self._save)
            box.setMaximumWidth(130)
            self.boxes.append(box)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(label(word, "label"))
            column.addWidget(box)
            row.addWidget(holder(column))
        self.why = line("说明", "为什么改，如 春节放假顺延", self._save)
        self.why.setMaxLength(100)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(label("说明", "label"))
        column.addWidget(self.why)
        row.addWidget(holder(column), 1)
        self.cancel = Button("取消", self.put_away, self, role="small")
        self.save = Button("保存", self._save, self, role="small")
        for button in (self.cancel, self.save):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.editor = holder(row)
        return self.editor

    def show_cycle(self, each: Cycle, ruled: Cycle, today: date, title: str) -> None:
        """The days as they stand. What is being typed stays."""
        self.cycle = each
        self.name.setText(title)
        self.chip.set(*stage_chip(each, today))
        for shown, (word, day) in zip(self.days, cycle_facts(each), strict=True):
            shown.setText(f"{word} {day_words(day)}")
            shown.setAccessibleName(f"{word} {day.isoformat()}")
        moved = days_of(each) != days_of(ruled)
        self.own.set(self.whose if moved else "", "neutral")
        self.own.setVisible(moved)
        tip = f"按计划是 {ruled.opens_on}、{ruled.due_on}、{ruled.locks_on}"
        self.own.setToolTip(f"{tip}{f'；{each.note}' if each.note else ''}")
        self.reset_button.setToolTip(tip)
        self.reset_button.setVisible(self.editable and each.edited)
        self.edit_button.setVisible(self.editable)

    def edit(self) -> None:
        if self.cycle is None:
            return
        for box, day in zip(self.boxes, days_of(self.cycle), strict=True):
            box.setText(day.isoformat())
        self.why.setText(self.cycle.note)
        self.shown.hide()
        self.editor.show()
        self.boxes[1].setFocus(Qt.FocusReason.OtherFocusReason)
        self.boxes[1].selectAll()

    def put_away(self) -> None:
        self.say_problem("")
        held = self.editor.isVisible()
        self.editor.hide()
        self.shown.show()
        if held and self.isVisible():
            self.edit_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def say_problem(self, words: str) -> None:
        """What is wrong with what was typed, "" for nothing; the words stay to be corrected."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _save(self) -> None:
        opens, due, locks = (box.text() for box in self.boxes)
        self.save_asked.emit(opens, due, locks, self.why.text())

    def event(self, event: QEvent) -> bool:
        if _is_escape(event) and event.type() == QEvent.Type.ShortcutOverride and self.editor.isVisible():
            event.accept()  # Esc puts the editor away, not the panel beside it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.editor.isVisible():
            self.put_away()
        else:
            super().keyPressEvent(event)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
