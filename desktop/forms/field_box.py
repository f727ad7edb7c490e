"""One field in a form: label, editor, and under it the finding or the help. Which fields there are is the form's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.fields import Field
from db.findings import Finding, Severity
from desktop.actions.records import FormState
from desktop.forms.editor import Editor
from desktop.style.theme import font, set_property, tokens
from desktop.widgets.labels import label

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_STATE = {Severity.ERROR: "alarm", Severity.WARNING: "watch", Severity.INFO: "neutral"}


class FieldBox(QWidget):
    """`named(field)` signals of its editor come through with the field's name."""

    edited = Signal(str)
    entered = Signal(str)
    left = Signal(str)
    advance = Signal(str)

    def __init__(self, field: Field, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = editor
        self.findings: list[Finding] = []
        self._focused = False
        self._required = False
        self._note = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.setSpacing(3)
        self.label = label(field.label, "label")
        self.star = label("*", "label")
        set_property(self.star, "state", "alarm")
        head.addWidget(self.label)
        head.addWidget(self.star)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(editor)
        # Room for one line is always there, so that nothing moves while one goes from field to field.
        self.finding = label("", "finding", wrap=True)
        self.help = label("", "help", wrap=True)
        self._room = QFontMetrics(font(tokens().metrics.tiny)).lineSpacing() + 2
        column.addWidget(self.finding)
        column.addWidget(self.help)
        editor.setParent(self)
        name = field.name
        editor.edited.connect(lambda: self.edited.emit(name))
        editor.entered.connect(self._entered)
        editor.left.connect(self._left)
        editor.advance.connect(lambda: self.advance.emit(name))
        self.set_required(field.required)
        self._show()

    def set_required(self, required: bool) -> None:
        """Whether the record must fill the field now."""
        self._required = required
        self.star.setVisible(required)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what is wrong here, the gravest first; nothing clears it."""
        ordered = sorted(findings, key=lambda each: _RANK[each.severity])
        if ordered == self.findings:
            return
        self.findings = ordered
        self._show()

    def set_note(self, note: str) -> None:
        """A quiet word about the value: where it comes from, when nobody typed it."""
        if note != self._note:
            self._note = note
            self._show()

    @property
    def note(self) -> str:
        """What `set_note` said."""
        return self._note

    @property
    def severity(self) -> Severity | None:
        """The gravest there is to say."""
        return self.findings[0].severity if self.findings else None

    def words(self) -> str:
        """What is shown under the field."""
        return "\n".join(each.message for each in self.findings)

    def _entered(self) -> None:
        self._focused = True
        self._show()
        self.entered.emit(self.field.name)

    def _left(self) -> None:
        self._focused = False
        self._show()
        self.left.emit(self.field.name)

    def _show(self) -> None:
        severity = self.severity
        state = _STATE[severity] if severity is not None else ""
        self.finding.setText(self.words())
        set_property(self.finding, "state", state)
        self.finding.setVisible(severity is not None)
        hint = self.editor.hint() if self._focused else ""
        # Keys before words only where there is room for one of them.
        said = (self._note, self.field.help, hint) if self._focused else (self._note,)
        parts = [part.rstrip("。") for part in said if part]
        self.help.setText("　".join(parts))
        self.help.setVisible(severity is None or bool(parts))
        self.help.setMinimumHeight(self._room if severity is None else 0)
        self.editor.set_severity({"alarm": "error", "watch": "warning"}.get(state, ""))
        told = [self.field.help, *(f"{each.severity.word}：{each.message}" for each in self.findings)]
        self.editor.target.setAccessibleDescription("。".join(part.rstrip("。") for part in told if part))


def typed_into(base: FormState, boxes: Mapping[str, FieldBox]) -> FormState:
    """What the editors hold now, over what they were opened with."""
    values, unparsed, absent = dict(base.values), dict(base.unparsed), set(base.not_applicable)
    for name, box in boxes.items():
        content = box.editor.content()
        values[name] = content.value
        unparsed.pop(name, None)
        if content.unparsed:
            unparsed[name] = content.unparsed
        absent.discard(name)
        if content.not_applicable:
            absent.add(name)
    return replace(base, values=values, unparsed=unparsed, not_applicable=sorted(absent))
