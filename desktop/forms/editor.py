"""What every editor of a field does: hold what was typed, say when it changed, was left, or wants the next field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from db.fields import Field, Kind
from desktop.context import AppContext
from desktop.style.theme import set_property

NOT_APPLICABLE = "不适用"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
# Keys of the form that text fields would otherwise take for themselves (Ctrl+D deletes on Linux).
_FORM_KEYS = {
    (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_F7, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What an editor holds: a value, or text that was not understood with the rule and reason, or 不适用."""

    value: Any = None
    unparsed: str = ""
    rule: str = ""
    reason: str = ""
    not_applicable: bool = False

    @property
    def blank(self) -> bool:
        """Nothing typed at all."""
        return not self.unparsed and not self.not_applicable and self.value in (None, "", [])


def takes_not_applicable(field: Field) -> bool:
    """Number fields know 未填, 0 and 不适用."""
    return field.kind in (Kind.NUMBER, Kind.INTEGER) and not field.computed


class Editor(QWidget):
    """Base of the editors. Subclasses call `adopt` with the widget that takes the focus."""

    edited = Signal()  # by the person, never by `load`
    entered = Signal()
    left = Signal()
    advance = Signal()  # Enter: on to the next field

    def __init__(self, field: Field, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.context = context
        self.target: QWidget = self

    # For subclasses.

    def load(self, content: Content) -> None:
        """Show a value, an unparsed text, or 不适用; tells nobody."""
        raise NotImplementedError

    def content(self) -> Content:
        """What is in the editor now."""
        raise NotImplementedError

    def on_key(self, event: QKeyEvent) -> bool:
        """A key before the widget sees it; True where it is used up."""
        return False

    def settle(self) -> None:
        """Called as the focus leaves: show the value in its usual spelling."""

    def begin(self) -> None:
        """Called as the focus arrives."""

    def show_record(self, record: Mapping[str, Any]) -> None:
        """Other fields of the record changed (options that depend on them)."""

    def hint(self) -> str:
        """Keys worth knowing, shown after the field's help while it has the focus."""
        return ""

    def set_severity(self, severity: str) -> None:
        """Colour the frame: "error", "warning" or "" for none."""
        set_property(self.target, "state", severity)

    # Below: focus and keys.

    def adopt(self, target: QWidget) -> None:
        """This widget takes the focus, the name and the keys."""
        self.target = target
        name = self.field.label + ("，必填" if self.field.required else "")
        if self.field.unit:
            name += f"，{self.field.unit}"
        target.setAccessibleName(name)
        target.setAccessibleDescription(self.field.help)
        self.setFocusProxy(target)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.target:
            return False
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            self.begin()
            self.entered.emit()
        elif kind == QEvent.Type.FocusOut:
            self.settle()
            self.left.emit()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.keeps(event):
                event.accept()
                return True
            if (event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier) in _FORM_KEYS:
                event.ignore()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def keeps(self, event: QKeyEvent) -> bool:
        """Whether a key belongs to the editor although it is a shortcut of the form (Esc closes a list first)."""
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if self.on_key(event):
            return True
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _ENTER and plain == Qt.KeyboardModifier.NoModifier:
            self.settle()
            self.advance.emit()
            return True
        return False
