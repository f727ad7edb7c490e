"""The panel beside the scheme: the fields of a line or of what is added, a table of units edited in place, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from db.assessment.scoring import plain
from db.findings import Finding, Severity
from desktop.pages.assessment_scheme_lines import Ask, Line, Units
from desktop.pages.settings_parts import field, holder
from desktop.style.theme import set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.labels import label
from desktop.widgets.side_panel import SidePanel

NEW = "new"  # the panel's record while something is being added
SHOWN = 3  # findings told at once


class SchemePanel(SidePanel):
    """`taken(name)` when what was typed is to go into the scheme: the field that asked, "" for the button or Enter."""

    taken = Signal(str)
    remove_asked = Signal()
    typing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=340)
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self.ticks: dict[str, QCheckBox] = {}
        self._before: dict[str, str] = {}
        # What the panel would like to be high is no reason for the page to scroll: it scrolls by itself.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.problem = label("", "finding", self, wrap=True)
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.insertWidget(
            outer.count() - 1, self.problem
        )  # above the buttons, to be seen wherever one types
        self.problem.hide()
        self.take_button = Button("应用", lambda: self.taken.emit(""), self, role="small")
        self.remove_button = Button("删除这一项", self.remove_asked.emit, self, role="small-danger")
        self.foot.addWidget(self.take_button)
        self.foot.addWidget(self.remove_button)
        self.foot.addStretch(1)

    @property
    def values(self) -> dict[str, str]:
        """What the fields say now."""
        texts = {
            name: editor.text() if isinstance(editor, QLineEdit) else str(editor.currentData())
            for name, editor in self.fields.items()
        }
        return {**texts, **{name: "yes" if tick.isChecked() else "no" for name, tick in self.ticks.items()}}

    @property
    def touched(self) -> bool:
        """Whether something was typed that is not taken yet."""
        return self.isVisible() and self.values != self._before

    def settle(self, record: str) -> None:
        """What was typed is taken: nothing is touched any more. `record`: what the line is called now."""
        self.record, self._before = record, self.values

    def show_line(self, line: Line) -> None:
        """The fields of a line."""
        self._fill(line.about, line.asks, line.units)
        self._buttons("应用", line.removable)
        self.open_for(line.id, line.name, line.part)

    def show_new(self, asks: Sequence[Ask], typed: Mapping[str, str]) -> None:
        """The fields of what is added; `typed` is put back into fields of the same name."""
        self._fill("新增以后，其余的规定在它自己那一行里改。", asks, None)
        for name, text in typed.items():
            editor = self.fields.get(name)
            if isinstance(editor, QLineEdit):
                editor.setText(text)
        self._buttons("新增", False)
        self.open_for(NEW, "新增", "方案")

    def _fill(self, about: str, asks: Sequence[Ask], units: Units | None) -> None:
        self.clear()
        self.fields, self.ticks = {}, {}
        self.body.addWidget(label(about, "muted", wrap=True))
        self.problem.hide()
        for ask in asks:
            editor = self._editor(ask)
            self.fields[ask.name] = editor
            self.body.addWidget(field(ask.label, editor))
        if units is not None:
            self._table(units)

    def _buttons(self, word: str, removable: bool) -> None:
        self.take_button.setText(word)
        self.remove_button.setVisible(removable)
        self.body.addStretch(1)
        self._before = self.values

    def _editor(self, ask: Ask) -> QLineEdit | QComboBox:
        if ask.choices is not None:
            box = QComboBox()
            # As wide as the panel, however long its words are.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            for value, word in ask.choices.items():
                box.addItem(word, value)
            box.setCurrentIndex(max(box.findData(str(ask.value)), 0))
            box.activated.connect(lambda _at, name=ask.name: self.taken.emit(name))
            return box
        text = "" if ask.value is None else str(ask.value) if ask.words else plain(Decimal(ask.value))
        line = QLineEdit(text)
        line.setCursorPosition(0)
        line.returnPressed.connect(lambda: self.taken.emit(""))
        line.textEdited.connect(lambda _text: self.typing.emit())
        return line

    # The table of units.

    def _table(self, units: Units) -> None:
        self.body.addWidget(label(units.label, "label"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for at, (_, heading) in enumerate(units.columns, 1):
            grid.addWidget(label(heading, "help"), 0, at)
        columns: list[list[QLineEdit]] = [[] for _ in units.columns]
        for row, place in enumerate(units.rows, 1):
            if place.on is None:
                grid.addWidget(label(place.name, wrap=True), row, 0)
            else:
                grid.addWidget(self._tick(units, place.code, place.name, place.on), row, 0)
            for at, ((name, heading), text) in enumerate(zip(units.columns, place.values, strict=True)):
                cell = QLineEdit(text)
                cell.setFixedWidth(tokens().metrics.px(64))
                cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                cell.textEdited.connect(lambda _text: self.typing.emit())
                cell.setAccessibleName(f"{place.name}：{heading}")
                self.fields[f"{name}:{place.code}"] = cell
                columns[at].append(cell)
                grid.addWidget(cell, row, at + 1)
        for column in columns:
            for cell, below in zip(column, [*column[1:], None], strict=True):
                cell.returnPressed.connect(lambda below=below: self._down(below))
        self.body.addWidget(holder(grid))
        if units.help:
            self.body.addWidget(label(units.help, "help", wrap=True))

    def _tick(self, units: Units, code: str, name: str, on: bool) -> QCheckBox:
        tick = QCheckBox(name)
        tick.setChecked(on)
        tick.toggled.connect(lambda _on: self.typing.emit())
        if units.frees:
            tick.toggled.connect(lambda _on: self._free(units.frees))
        self.ticks[f"on:{code}"] = tick
        return tick

    def _free(self, name: str) -> None:
        """Units are chosen one by one from now on."""
        box = self.fields[name]
        if isinstance(box, QComboBox):
            box.setCurrentIndex(box.findData(""))

    def _down(self, below: QLineEdit | None) -> None:
        """Enter goes down a column, and from its end into the scheme."""
        if below is None:
            self.taken.emit("")
            return
        below.setFocus(Qt.FocusReason.OtherFocusReason)
        below.selectAll()

    # Telling.

    def say(self, words: str) -> None:
        """Why what was typed can not be taken; it stays."""
        set_property(self.problem, "state", "alarm")
        self.problem.setText(words)
        self.problem.show()

    def say_findings(self, findings: Sequence[Finding]) -> None:
        """What is wrong with the line as it is in the scheme."""
        if not self.isVisible():
            return
        words = [each.message for each in findings[:SHOWN]]
        if len(findings) > SHOWN:
            words.append(f"……共 {len(findings)} 处。")
        alarm = any(each.severity is Severity.ERROR for each in findings)
        set_property(self.problem, "state", "alarm" if alarm else "watch")
        self.problem.setText("\n".join(words))
        self.problem.setVisible(bool(words))

    def focus_field(self, name: str = "") -> None:
        """The keyboard into a field, the first one where none is named."""
        first: QWidget | None = next(iter((*self.fields.values(), *self.ticks.values())), None)
        target = self.fields.get(name) or first
        if target is not None and self.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(target, QLineEdit):
                target.selectAll()
