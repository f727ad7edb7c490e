"""Pieces of 设置: a section, a labelled line, a list of lines that are added and removed, a choice of a few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.context import AppContext
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.labels import label, problem_line
from desktop.widgets.scroll import scrolling_column

Say = Callable[[str, str, str], None]  # a line above the settings: text, hint, state


class Section(QWidget):
    """One tab of 设置. `body` is its layout; `scrolls` puts a column of cards into it that scrolls by itself."""

    goto_asked = Signal(str, dict)  # page key, arguments for its `open`
    scrolls = True

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.context, self.say = context, say
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        self.area: QScrollArea | None = None
        self.body = outer
        if self.scrolls:
            self.area, self.body = scrolling_column(16)
            outer.addWidget(self.area, 1)

    def refresh(self) -> None:
        """Read again what is shown; what is being typed stays."""

    def open(self, **args: Any) -> None:
        """Show something particular."""

    def first_focus(self) -> QWidget | None:
        """Where typing starts."""
        return None

    def leave(self) -> bool:
        """Asked before something else is shown; False keeps the person here."""
        return True


class CardSection(Section):
    """A tab that is one card with a `refresh` of its own."""

    def __init__(
        self,
        make: Callable[[AppContext, Say], Any],
        context: AppContext,
        say: Say,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, say, parent)
        self.card = make(context, say)
        self.body.addWidget(self.card)
        self.body.addStretch(1)

    def refresh(self) -> None:
        self.card.refresh()

    def first_focus(self) -> QWidget | None:
        found: QWidget | None = self.card.first_focus()
        return found


def holder(layout: QLayout) -> QWidget:
    """A transparent widget around a layout."""
    layout.setContentsMargins(0, 0, 0, 0)
    made = QWidget()
    made.setProperty("role", "plain")
    made.setLayout(layout)
    return made


def field(words: str, editor: QWidget, help: str = "") -> QWidget:
    """A label above an editor, with a line of help under it."""
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addWidget(label(words, "label"))
    column.addWidget(editor)
    if help:
        column.addWidget(label(help, "help", wrap=True))
    editor.setAccessibleName(words)
    return holder(column)


def columns(widgets: Sequence[QWidget], across: int = 2) -> QWidget:
    """Widgets in columns of equal width."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    for place, widget in enumerate(widgets):
        grid.addWidget(widget, place // across, place % across, Qt.AlignmentFlag.AlignTop)
    for column in range(across):
        grid.setColumnStretch(column, 1)
    return holder(grid)


class Choice(QWidget):
    """One of a few words; arrows move, `chosen(value)` tells."""

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[tuple[Any, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        self._group = QButtonGroup(self)
        self.buttons: dict[Any, QRadioButton] = {}
        for value, word in options:
            button = QRadioButton(word)
            button.setAccessibleName(f"{name}：{word}")
            button.clicked.connect(lambda _checked=False, value=value: self.chosen.emit(value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)
        row.addStretch(1)

    def set(self, value: Any) -> None:
        """Choose without telling."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)

    @property
    def value(self) -> Any:
        return next((value for value, button in self.buttons.items() if button.isChecked()), None)


class Lines(Card):
    """A short list with a line to add to it below; Delete removes the chosen one."""

    removed = Signal(str)

    def __init__(
        self, title: str, note: str, shown: Sequence[Column], none: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, note, parent, flush=True)
        self._columns = tuple(shown)
        self.table = _DeletableTable(ListSource(self._columns), header=len(shown) > 1, fit=True)
        self.table.setAccessibleName(title)
        self.table.delete_asked.connect(self.removed)
        self.add(self.table)
        self.none = label(none, "muted", wrap=True)
        self.none.setContentsMargins(14, 0, 14, 0)
        self.add(self.none)
        self.problem = problem_line()
        self.problem.setContentsMargins(14, 0, 14, 0)
        self.add(self.problem)

    def add_editors(self, widgets: Sequence[tuple[QWidget, int]]) -> None:
        """The line to add with."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget, stretch in widgets:
            row.addWidget(widget, stretch)
        made = holder(row)
        row.setContentsMargins(14, 0, 14, 12)
        self.add(made)

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.table.set_source(ListSource(self._columns, list(rows)))
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.say("")

    def say(self, words: str) -> None:
        """What is wrong with what was typed, "" for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


class _DeletableTable(Table):
    delete_asked = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current_id():
            self.delete_asked.emit(self.current_id())
        else:
            super().keyPressEvent(event)


def line(name: str, hint: str = "", on_enter: Callable[[], object] | None = None) -> QLineEdit:
    """A line edit with a name."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    if on_enter is not None:
        made.returnPressed.connect(lambda: on_enter())
    return made
