"""参数: everything the office may set as a figure or a word, in groups; and the editor of one of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from db.errors import KnownError
from db.parameters import Parameter, Sort, shown
from desktop.actions import rules as actions
from desktop.actions.rules import Limit
from desktop.context import AppContext
from desktop.pages.settings_parts import Say, Section, columns
from desktop.pages.settings_readings import ReadingsCard
from desktop.style.theme import set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.labels import label, problem_line

_WIDE = (Sort.WORDS, Sort.TEXT)


class WordsEdit(QPlainTextEdit):
    """A list of words in two or three lines, with the manners of a line edit: Enter stores, Tab goes on."""

    editingFinished = Signal()
    textEdited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(tokens().metrics.px(62))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(lambda: self.textEdited.emit(self.text()))

    def text(self) -> str:
        return self.toPlainText()

    def setText(self, text: str) -> None:
        self.setPlainText(text)

    def isModified(self) -> bool:
        return self.document().isModified()

    def setModified(self, modified: bool) -> None:
        self.document().setModified(modified)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.editingFinished.emit()


class ParameterBox(QWidget):
    """One parameter: its label, an editor, the unit, the default, what is wrong with what was typed.

    Stored when the line is left or Enter is pressed, a choice at once; what will not do stays in the line, told why.
    """

    saved = Signal(object)  # the Limit as it is now

    def __init__(self, limit: Limit, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context = context
        self.limit = limit
        parameter = limit.parameter
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(3)
        column.addWidget(label(parameter.label, "label"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.editor = self._make_editor(parameter)
        row.addWidget(self.editor, 1 if parameter.sort in _WIDE else 0)
        if parameter.unit:
            row.addWidget(label(parameter.unit, "muted"))
        self.default = label("", "muted")
        self.default.setParent(self)
        self.back = Button("恢复默认", self._take_back, self, role="link")
        self.back.setAccessibleName(f"恢复默认：{parameter.label}")
        if parameter.sort not in _WIDE:
            row.addWidget(self.default)
        row.addWidget(self.back)
        if parameter.sort not in _WIDE:
            row.addStretch(1)
        column.addLayout(row)
        self.help = label(parameter.help, "help", wrap=True)
        column.addWidget(self.help)
        self.problem = problem_line()
        column.addWidget(self.problem)
        self.show_limit(limit)

    def _make_editor(self, parameter: Parameter) -> QLineEdit | WordsEdit | QComboBox:
        made: QLineEdit | WordsEdit | QComboBox
        if parameter.sort in (Sort.YES_NO, Sort.CHOICE):
            made = QComboBox()
            made.addItems(["是", "否"] if parameter.sort is Sort.YES_NO else list(parameter.limit.choices))
            made.activated.connect(lambda _index: self._save(self.typed))
        else:
            made = WordsEdit() if parameter.sort is Sort.WORDS else QLineEdit()
            made.editingFinished.connect(self.store_typed)
            made.textEdited.connect(lambda _text: self.say(""))
            if isinstance(made, QLineEdit) and parameter.sort not in _WIDE:
                made.setFixedWidth(tokens().metrics.px(96))
                made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setAccessibleName(parameter.label)
        made.setAccessibleDescription(f"{parameter.help}可填{parameter.range}。")
        return made

    def take_focus(self) -> None:
        """The keyboard here, what stands there selected: typing replaces it."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if not isinstance(self.editor, QComboBox):
            self.editor.selectAll()

    @property
    def typed(self) -> str:
        """What stands in the editor."""
        return self.editor.currentText() if isinstance(self.editor, QComboBox) else self.editor.text()

    def show_limit(self, limit: Limit) -> None:
        """Show what is stored; a line that is being typed in stays as it is."""
        self.limit = limit
        words = shown(limit.parameter, limit.value)
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentText(words)
        elif not self.editor.isModified():
            self.editor.setText(words)
            self.say("")
        self.default.setText(f"默认 {shown(limit.parameter, limit.parameter.default)}")
        self.default.setVisible(limit.changed and limit.parameter.sort not in _WIDE)
        self.back.setVisible(limit.changed)

    def say(self, words: str) -> None:
        """What is wrong with what was typed, "" for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_property(self.editor, "state", "error" if words else "")

    def _take_back(self) -> None:
        self.take_focus()  # the button goes away
        self._save(None)

    def store_typed(self) -> None:
        """Store a line that was typed in and not left yet."""
        if not isinstance(self.editor, QComboBox) and self.editor.isModified():
            self._save(self.typed)

    def _save(self, raw: str | None) -> None:
        store, name = self.context.store, self.limit.parameter.name
        if not isinstance(self.editor, QComboBox):
            self.editor.setModified(False)

        def done(limit: Limit) -> None:
            if not isinstance(self.editor, QComboBox):
                self.editor.setModified(False)
            changed = limit.value != self.limit.value
            self.show_limit(limit)
            if changed:
                self.context.changed()
            self.saved.emit(limit)

        self.context.jobs.run(
            "settings/parameter", lambda _progress, _cancelled: actions.save_parameter(store, name, raw),
            title="保存参数", on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
            quiet=True,
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.say(f"{error.message}{error.hint}")
        if not isinstance(self.editor, QComboBox):
            self.editor.setModified(True)  # it is not stored: it must not be written over


class ParametersSection(Section):
    """All parameters in their groups, those of the rules among them."""

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(context, say, parent)
        self.boxes: dict[str, ParameterBox] = {}
        self.readings: ReadingsCard | None = None
        self._wanted: QWidget | None = None
        for group, found in actions.limits(context.store).items():
            card = Card(group)
            wide = [each for each in found if each.parameter.sort in _WIDE]
            card.add(columns([self._box(each) for each in found if each not in wide]))
            for each in wide:
                card.add(self._box(each))
            self.body.addWidget(card)
            if group == "指标" and context.role == "supervisor":
                self.readings = ReadingsCard(context, say)
                self.body.addWidget(self.readings)
        self.body.addStretch(1)

    def _box(self, limit: Limit) -> ParameterBox:
        made = ParameterBox(limit, self.context)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.boxes[limit.parameter.name] = made
        return made

    def refresh(self) -> None:
        for found in actions.limits(self.context.store).values():
            for each in found:
                self.boxes[each.parameter.name].show_limit(each)
        if self.readings is not None:
            self.readings.refresh()

    def open(self, parameter: str = "", reading: int = 0, **_args: Any) -> None:
        self._wanted = None
        if self.readings is not None and reading in self.readings.boxes:
            self._wanted = self.readings.boxes[reading]
        elif parameter in self.boxes:
            self._wanted = self.boxes[parameter].editor
            self.boxes[parameter].take_focus()

    def first_focus(self) -> QWidget | None:
        """What was asked for, else the first parameter."""
        return self._wanted or next(iter(self.boxes.values())).editor

    def leave(self) -> bool:
        for box in self.boxes.values():
            if box.editor.hasFocus():
                box.store_typed()
        return True
