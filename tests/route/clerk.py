"""A clerk at the real window, by keys alone: types, counts what it costs, and keeps a list of the facts that were typed.

Cost: a Chinese character is its full pinyin and half a key for choosing it; every other character, function key,
Enter, Tab and combination is one.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from pypinyin import lazy_pinyin
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from db import search
from db.fields import Kind
from desktop.context import AppContext
from desktop.forms.editor import Editor
from desktop.forms.follow_form import FollowForm
from desktop.forms.form import RecordForm
from desktop.forms.match import matches, numbered, spelled
from desktop.forms.pick_editors import PickEditor
from desktop.forms.picker import EnterprisePicker
from desktop.forms.recall import RecallEditor
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor
from desktop.forms.view import FormView
from desktop.window import MainWindow

HALF = Decimal("0.5")
_DIGITS = "1234567890"


def cost(text: str) -> Decimal:
    """Keys for a text."""
    keys = Decimal(0)
    for char in text:
        keys += len(lazy_pinyin(char)[0]) + HALF if "\u4e00" <= char <= "\u9fff" else 1
    return keys


@dataclass(frozen=True)
class Typed:
    """A fact that was typed out: whose record of which visit, which field."""

    visit: int
    register: str
    field: str
    text: str
    keys: Decimal


@dataclass
class Clerk:
    """Hands and eyes at one window."""

    window: MainWindow
    context: AppContext
    keys: Decimal = Decimal(0)
    by_field: Counter[str] = field(default_factory=Counter)
    typed: list[Typed] = field(default_factory=list)
    visit: int = 0
    _here: str = ""

    # Keys.

    def press(self, keys: str) -> None:
        """One key or combination, as it stands on the buttons."""
        combination = QKeySequence(keys)[0]  # type: ignore[index]  # the stubs leave it out
        QTest.keyClick(self.window.windowHandle(), combination.key(), combination.keyboardModifiers())
        self._count(Decimal(1))
        QApplication.processEvents()

    def write(self, text: str) -> None:
        """A text as it is typed: Latin by its keys, Chinese composed and committed by an input method."""
        chinese = ""
        for char in text:
            if char.isascii():
                self._commit(chinese)
                chinese = ""
                QTest.keyClick(self.window.windowHandle(), char)
            else:
                chinese += char
        self._commit(chinese)
        self._count(cost(text))
        QApplication.processEvents()

    def _commit(self, text: str) -> None:
        if not text:
            return
        target = QApplication.focusWidget()
        assert target is not None and target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        QApplication.sendEvent(target, QInputMethodEvent("".join(lazy_pinyin(text)), []))
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        QApplication.sendEvent(target, event)

    def _count(self, keys: Decimal) -> None:
        self.keys += keys
        self.by_field[self._here] += keys

    # Eyes.

    def settle(self, pause: float = 0.0) -> None:
        """Wait until everything begun aside is back."""
        end = time.monotonic() + pause
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.005)
        assert self.context.jobs.wait_idle()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @property
    def view(self) -> FormView:
        """The form the focus is in."""
        widget: QWidget | None = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, FormView):
            widget = widget.parentWidget()
        assert widget is not None, f"no form has the focus: {QApplication.focusWidget()}"
        return widget

    @property
    def form(self) -> RecordForm:
        """The fields one is among: the visit's, or those of a record it leads to."""
        inner = self.view.inner
        if isinstance(inner, FollowForm):
            assert inner.form is not None
            return inner.form
        return self.view.form

    # Filling in.

    def fill(self, wanted: dict[str, str]) -> None:
        """Go through the form by the shortest way and set right what is not as wanted."""
        form = self.form
        assert set(wanted) <= set(form.boxes), set(wanted) - set(form.boxes)
        for _ in range(2 * len(form.boxes)):
            left = [name for name in form.grid.order() if name in wanted and not self._is(name, wanted[name])]
            hidden = [name for name in wanted if name not in form.grid.order()]
            assert not hidden, hidden
            if not left:
                return
            self._go(form, left[0])
            self._answer(form, left[0], wanted[left[0]])
        raise AssertionError(f"not filled in: {left}")

    def _is(self, name: str, text: str) -> bool:
        """Whether a field shows what is wanted (or a choice with its explanation in brackets)."""
        editor = self.form.editor(name)
        content = editor.content()
        if content.blank or content.unparsed:
            return False
        if editor.field.kind in (Kind.NUMBER, Kind.INTEGER):
            return bool(content.value == Decimal(text))
        if editor.field.kind is Kind.DATE:
            return bool(content.value.isoformat() == text)
        if editor.field.kind is Kind.BOOL:
            return bool(content.value is (text == "是"))
        return wide(shown(editor, self.context)) == wide(text)

    def _go(self, form: RecordForm, name: str) -> None:
        """To a field: Enter by Enter, or F8 to the next gap, whichever takes fewer keys."""
        for _ in range(len(form.boxes)):
            if form.current == name:
                return
            self._here = f"{form.register}: on to the next field"
            order = form.grid.order()
            place, goal = order.index(form.current), order.index(name)
            assert goal > place, f"{name} lies before {form.current}"
            due = form.next_due(form.current)
            jump = due in order and place < order.index(due) <= goal and order.index(due) - place > 1
            self.press("F8" if jump else "Return")
        raise AssertionError(f"{name} was not reached")

    def _answer(self, form: RecordForm, name: str, text: str) -> None:
        editor = form.editor(name)
        self._here = f"{form.register}.{name}"
        if isinstance(editor, EnterprisePicker):
            self._firm(editor, text)
        elif isinstance(editor, SegmentEditor):
            self.write(_digit(editor, text))
        elif isinstance(editor, ChipsEditor):
            for word in text.split("、"):
                self.write(_digit(editor, word))
        elif isinstance(editor, PickEditor):
            self._pick(editor, text)
        elif isinstance(editor, RecallEditor) and text in editor._past() and editor.content().value != text:
            self.press("Down")
            while editor.list.current is not None and editor.list.current.text != text:
                self.press("Down")
            self.press("Return")
        else:
            if not editor.content().blank and not self._selected(editor):
                self.press("Ctrl+A")
            short = self._short(editor, text)
            self.typed.append(Typed(self.visit, form.register, name, text, cost(short)))
            self.write(short)
        assert self._is(name, text), f"{name}: {shown(editor, self.context)!r} instead of {text!r}"

    def _short(self, editor: Editor, text: str) -> str:
        """A day without the year, and without the month in work."""
        if editor.field.kind is not Kind.DATE:
            return text
        year, month, day = text.split("-")
        if f"{year}-{month}" == self.context.period:
            return str(int(day))
        return f"{int(month)}-{int(day)}" if year == self.context.period[:4] else text

    def _firm(self, editor: EnterprisePicker, name: str) -> None:
        """Type initials until the firm is near the top of the list, and go down to it."""
        initials = spelled(name)[1]
        tries: list[tuple[int, str, int]] = []
        with self.context.store.read() as session:
            for start in {each[:length] for each in (initials, initials[2:]) for length in range(2, 10)}:
                found = [hit.name for hit in search.find_enterprises(session, start, limit=12)]
                if name in found:
                    tries.append((len(start) + found.index(name), start, found.index(name)))
        _, start, down = min(tries)
        self.write(start)
        self.settle(0.13)
        for _ in range(down):
            self.press("Down")
        assert editor.list.current is not None and editor.list.current.text == name
        self.press("Return")
        assert editor.content().value is not None

    def _pick(self, editor: PickEditor, name: str) -> None:
        options = list(editor.options())
        names = [wide(each) for _, each in options]
        place = names.index(wide(name))
        if len(options) <= 9 and numbered(options, _DIGITS[place]) == options[place]:
            self.write(_DIGITS[place])
            return
        initials = spelled(options[place][1])[1]
        start = next(
            initials[:length]
            for length in range(1, len(initials) + 1)
            if matches(options, initials[:length])[0] == options[place]
        )
        self.write(start)
        self.press("Return")

    def _selected(self, editor: Editor) -> bool:
        cursor = getattr(editor.target, "textCursor", None)
        if cursor is not None:
            return bool(cursor().hasSelection())
        return bool(editor.target.hasSelectedText())  # type: ignore[attr-defined]  # a line of text


def shown(editor: Editor, context: AppContext) -> str:
    """The value of an editor as people read it."""
    value = editor.content().value
    field_ = editor.field
    if isinstance(value, list):
        return "、".join(
            context.directory.name(field_.source, each) if field_.source else each for each in value
        )
    return context.directory.name(field_.source, value) if field_.source else str(value or "")


def wide(text: str) -> str:
    """One width of brackets: the file has the narrow ones, the choices have the wide ones."""
    return text.replace("(", "（").replace(")", "）")


def _digit(editor: SegmentEditor | ChipsEditor, word: str) -> str:
    words = [wide(each) for each in editor.boxes.words]
    short = wide(word).split("（")[0]
    return _DIGITS[next(n for n, each in enumerate(words) if each in (wide(word), short))]
