"""What stands in a form's place for a while: a firm's card being made, a follow-up, two versions side by side.

The form around hands its keys on to it. And the two moves every form knows: carrying over, to the next gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from desktop.forms.form import RecordForm
from desktop.style.theme import tokens
from desktop.widgets.button import Button

_ROOMY = 640  # pixels


class Inner(QFrame):
    """Hidden until it is needed; `shown(True)` hides the form it stands for."""

    shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.roomy: list[QWidget] = []  # shown only where there is room for them
        self.hinted: list[tuple[Button, str]] = []  # buttons that show their keys only there
        self.setProperty("card", "flat")
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= tokens().metrics.px(_ROOMY)
        for widget in self.roomy:
            widget.setVisible(roomy)
        for button, hint in self.hinted:
            button.hint = hint if roomy else ""
            button.updateGeometry()

    @property
    def is_open(self) -> bool:
        """Whether it stands in the form's place now."""
        return not self.isHidden()

    def store(self) -> None:
        """Ctrl+Enter and Ctrl+S."""

    def put_away(self) -> None:
        """Esc."""
        self.close_up()

    def carry_over(self) -> None:
        """Ctrl+D."""

    def go_due(self) -> None:
        """F8."""

    def draft(self) -> dict[str, Any] | None:
        """What is typed here, None while it is not open."""
        return None

    def close_up(self) -> None:
        """Give the form its place back."""
        if self.is_open:
            self.hide()
            self.shown.emit(False)

    def open_up(self) -> None:
        """Take the form's place."""
        self.show()
        self.shown.emit(True)


def carry_into(form: RecordForm, found: Mapping[str, Any]) -> list[str]:
    """Fill what nobody typed with these values; the labels of the fields that took one."""
    taken = []
    for name, value in found.items():
        if form.open_to(name):
            form.set_value(name, value)
            taken.append(form.boxes[name].field.label)
    here = form.boxes.get(form.current)
    if here is not None and here.editor.target.hasFocus():
        here.editor.begin()  # what came into the field one is in is typed over
    return taken


def carried_words(taken: list[str], found: Mapping[str, Any]) -> tuple[str, str]:
    """What carrying over did, in words, and the state of the chip."""
    if taken:
        return f"已带出 {len(taken)} 栏：{'、'.join(taken[:3])}{'等' if len(taken) > 3 else ''}", "info"
    return ("没有可带出的内容" if not found else "要带出的栏目都已填了"), "neutral"


def to_next_due(form: RecordForm, button: QWidget) -> None:
    """To the next field that must be filled and is not; with nothing left, to the button that saves."""
    following = form.next_due(form.current)
    if following:
        form.editor(following).target.setFocus(Qt.FocusReason.TabFocusReason)
    else:
        button.setFocus(Qt.FocusReason.TabFocusReason)
