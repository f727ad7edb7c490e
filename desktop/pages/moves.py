"""The next steps of a record in a side panel: a button each, and under them the small form of the one that was chosen.

Which steps there are and what they ask for is said in actions/steps.py (problems: actions/issue_steps.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.errors import KnownError, StaleRecord
from desktop.actions.issue_steps import steps_of_issue
from desktop.actions.moves import Moved
from desktop.actions.steps import Doing, StepForm, steps_of
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.field_box import FieldBox
from desktop.widgets.button import Button
from desktop.widgets.labels import label, problem_line

_PER_LINE = 3


def plans_for(register: str, record: Mapping[str, Any], context: AppContext) -> list[StepForm]:
    """The steps open to a record now, the way forward first."""
    doing = Doing(context.store, context.actor, context.today())
    return steps_of_issue(record, doing) if register == "issue" else steps_of(register, record, doing)


class _Box(FieldBox):
    """A field without the room for help that a wide form keeps: a panel is narrow and a step is short."""

    def _show(self) -> None:
        super()._show()
        self.help.setMinimumHeight(0)
        self.help.setVisible(bool(self.help.text()))


class StepEditor(QFrame):
    """The fields of one step, 确定 and 取消. Ctrl+Enter and Enter in the last field carry it out, Esc closes it."""

    asked = Signal(object)  # the values
    cancelled = Signal()

    def __init__(self, step: StepForm, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self.setProperty("card", "flat")
        self.setAccessibleName(step.word)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        if step.note:
            column.addWidget(label(step.note, "muted", wrap=True))
        self.boxes: dict[str, FieldBox] = {}
        for field in step.fields:
            box = _Box(field, make_editor(field, context))
            box.editor.load(Content(step.values.get(field.name)))
            box.advance.connect(self._advance)
            box.entered.connect(self._in_sight)
            self.boxes[field.name] = box
            column.addWidget(box)
        self.problem = problem_line()
        column.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.yes = Button(step.word, self.carry_out, self, primary=True)
        self.yes.set_shortcut("Ctrl+Return", self)
        self.no = Button("取消", self.cancelled.emit, self, role="small", hint="Esc")
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        column.addLayout(row)

    def values(self) -> dict[str, Any]:
        """What is filled in now."""
        return {name: box.editor.content().value for name, box in self.boxes.items()}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields that are there."""
        for name, value in values.items():
            if name in self.boxes and value not in (None, "", []):
                self.boxes[name].editor.load(Content(value))

    def first(self) -> QWidget:
        """Where typing starts: the first field that must be filled and is empty."""
        for box in self.boxes.values():
            if box.field.required and box.editor.content().blank:
                return box.editor.target
        return next(iter(self.boxes.values())).editor.target if self.boxes else self.yes

    def carry_out(self) -> None:
        """Ask for the step; what was typed and not understood is said under its field's name first."""
        for box in self.boxes.values():
            content = box.editor.content()
            if content.unparsed:
                self.say(f"{box.field.label}没看懂“{content.unparsed}”：{content.reason or '请重新填写'}。")
                box.editor.target.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.yes.setEnabled(False)
        self.asked.emit(self.values())

    def say(self, words: str) -> None:
        """Why it was not done; what was typed stays."""
        self.yes.setEnabled(True)
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _advance(self, name: str) -> None:
        names = list(self.boxes)
        place = names.index(name) + 1
        if place < len(names):
            self.boxes[names[place]].editor.target.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.carry_out()

    def _in_sight(self, name: str) -> None:
        """The field with the focus, and the button after the last one, are to be seen."""
        last = name == next(reversed(self.boxes))
        shown: QWidget = self.yes if last else self.boxes[name]
        area = self.parentWidget()
        while area is not None:
            if isinstance(area, QScrollArea):
                # Once the layout has settled: a form that was just opened does not know yet how high it is.
                QTimer.singleShot(0, shown, lambda area=area: area.ensureWidgetVisible(shown, 24, 24))  # type: ignore[misc]
            area = area.parentWidget()

    def event(self, event: QEvent) -> bool:
        # The panel closes on Esc by a shortcut of the page; here it only closes the step.
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)


class StepArea(QWidget):
    """Buttons of the next steps; the chosen one's form opens in their place. `done(Moved)` after one was carried out.

    `stale(record, words)` when somebody saved in between: the page shows the newer record and the words.
    """

    done = Signal(object)
    stale = Signal(object, str)

    def __init__(
        self, register: str, record: Mapping[str, Any], context: AppContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.register, self.record, self.context = register, record, context
        self.setProperty("role", "plain")
        self.steps = plans_for(register, record, context)
        self.editor: StepEditor | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._head = label("下一步" if self.steps else "没有下一步了", "fact")
        self._column.addWidget(self._head)
        self.buttons: dict[str, Button] = {}
        self._rows = QWidget(self)
        self._rows.setProperty("role", "plain")
        rows = QVBoxLayout(self._rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        line = QHBoxLayout()
        for place, step in enumerate(self.steps):
            if place % _PER_LINE == 0:
                line = QHBoxLayout()
                line.setSpacing(8)
                rows.addLayout(line)
            button = Button(step.word, None, self._rows, primary=step.main, role="" if step.main else "small")
            button.clicked.connect(lambda _checked=False, step=step: self.choose(step.key))
            self.buttons[step.key] = button
            line.addWidget(button)
            if place % _PER_LINE == _PER_LINE - 1 or place == len(self.steps) - 1:
                line.addStretch(1)
        self._column.addWidget(self._rows)
        self._rows.setVisible(bool(self.steps))

    @property
    def dirty(self) -> bool:
        """Whether a step's form is open."""
        return self.editor is not None

    def choose(self, key: str, values: Mapping[str, Any] | None = None) -> bool:
        """Open the form of a step and begin in it; False where that step is not open to the record."""
        step = next((each for each in self.steps if each.key == key), None)
        if step is None:
            return False
        self.close_step()
        self.editor = StepEditor(step, self.context, self)
        if values:
            self.editor.fill(values)
        self.editor.asked.connect(self._carry_out)
        self.editor.cancelled.connect(self._cancel)
        self._column.addWidget(self.editor)
        self._rows.hide()
        self._head.setText(f"下一步 · {step.word}")
        self.editor.first().setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def close_step(self) -> None:
        """Back to the buttons."""
        editor, self.editor = self.editor, None
        if editor is not None:
            self._column.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
        self._rows.setVisible(bool(self.steps))
        self._head.setText("下一步" if self.steps else "没有下一步了")

    def focus_first(self) -> bool:
        """Put the focus on the first step."""
        button = next(iter(self.buttons.values()), None)
        if button is None:
            return False
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _cancel(self) -> None:
        key = self.editor.step.key if self.editor is not None else ""
        self.close_step()
        if key in self.buttons:
            self.buttons[key].setFocus(Qt.FocusReason.OtherFocusReason)

    def _carry_out(self, values: dict[str, Any]) -> None:
        editor = self.editor
        if editor is None:
            return
        step, record = editor.step, self.record
        doing = Doing(self.context.store, self.context.actor, self.context.today())

        def failed(error: Exception) -> None:
            if isinstance(error, StaleRecord):
                self.stale.emit(error.theirs, error.message)
            elif isinstance(error, KnownError):
                editor.say(str(error))
            else:
                editor.yes.setEnabled(True)
                self.context.jobs.failed.emit(step.word, error)

        self.context.jobs.run(
            f"step/{record['id']}", lambda _progress, _cancelled: step.run(doing, record, values), title=step.word,
            on_done=self._did, on_failed=failed, owner=editor, supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _did(self, moved: Moved) -> None:
        self.close_step()
        self.done.emit(moved)
