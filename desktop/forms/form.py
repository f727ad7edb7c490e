"""A form of a register: one box per declared field, its values, its findings, the way through it by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from db.fields import Field, Kind
from db.findings import Finding, Severity
from db.registers import REGISTERS
from desktop.actions.previous import Past, past, with_firm
from desktop.actions.records import FormState, missing_fields, state_choices
from desktop.context import AppContext
from desktop.forms.editor import Content, Editor
from desktop.forms.editors import make_editor
from desktop.forms.field_box import FieldBox, typed_into
from desktop.forms.layout import FormGrid
from desktop.forms.long_editor import LongEditor
from desktop.forms.picker import EnterprisePicker
from desktop.forms.recall import RecallEditor
from desktop.forms.record_picker import RecordPicker

WORKED_OUT, AS_BEFORE = "程序推算，可改", "沿用上次，可改"
GUESSED, USUAL = "从走访中摘出，请核对", "程序带出，可改"
BLANK: tuple[Any, ...] = (None, "", [])
_SIGHT = 56  # pixels kept in sight above and below the field with the focus


class RecordForm(QScrollArea):
    """`load(state)` shows a record, `state()` is what the editors hold. Checking and saving are the view's."""

    edited = Signal(str)
    entered = Signal(str)
    left = Signal(str)
    finished = Signal()  # Enter in the last field
    create_asked = Signal(str)

    def __init__(
        self,
        register: str,
        context: AppContext,
        parent: QWidget | None = None,
        *,
        only: Sequence[str] = (),
        lazy: bool = False,
    ) -> None:
        super().__init__(parent)
        self.register = register
        self.context = context
        self.show_all = False
        self.current = ""
        self.past = Past()  # what was entered before: suggestions, and what usually goes together
        self.proposed: set[str] = set()  # values nobody typed, to be typed over
        self._state = FormState(register)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fields = [
            field
            for field in REGISTERS[register].fields
            if not field.computed and (not only or field.name in only)
        ]
        self._only = bool(only)
        self.boxes: dict[str, FieldBox] = {}
        if not lazy:
            self.complete()

    def growing(self) -> Iterator[object]:
        """Make the fields, one per step: a form made while nobody waits for it. `load` makes what is left."""
        for field in self.fields:
            if field.name not in self.boxes:
                self.boxes[field.name] = self._make_box(field)
                yield field
        if self.widget() is None:
            self.grid = FormGrid(self.fields, self.boxes, headed=not self._only)
            self.setWidget(self.grid)
            yield self.grid
            self.show_record()

    def complete(self) -> None:
        """Make at once what is not there yet."""
        for _ in self.growing():
            pass

    # Contents.

    def load(self, state: FormState) -> None:
        """Show a record or an empty form."""
        self.complete()
        self._state = state
        self.proposed = set()
        choices = state_choices(self.register, state.stored, self.context.role)
        for name, box in self.boxes.items():
            if choices is not None and choices[0] == name:
                self._limit(box.editor, choices[1])
            box.set_findings([])
            box.set_note("")
        self.show_record(state.values)
        for name, box in self.boxes.items():
            box.editor.load(content_of(state, name))
        self.show_record()

    def state(self) -> FormState:
        """What the editors hold now, over what the form was opened with."""
        return typed_into(self._state, self.boxes)

    def rebase(self, state: FormState) -> None:
        """The record was stored: what is in the editors stays, what it is compared with is new."""
        self._state = FormState(
            state.register, state.id, state.base_rev, dict(state.values), {}, [], state.stored
        )
        choices = state_choices(self.register, state.stored, self.context.role)
        if choices is not None and choices[0] in self.boxes:
            self._limit(self.boxes[choices[0]].editor, choices[1])

    def editor(self, name: str) -> Editor:
        """The editor of a field."""
        return self.boxes[name].editor

    def value(self, name: str) -> Any:
        """The typed value of a field now."""
        return self.boxes[name].editor.content().value if name in self.boxes else self._state.values.get(name)

    def set_value(self, name: str, value: Any) -> None:
        """Put a value into an editor as if it had been typed."""
        if name in self.boxes:
            self.boxes[name].editor.load(Content(value))
            self._edited(name)

    def fill_in(self, derived: Mapping[str, Any]) -> None:
        """Show what the program worked out in fields that are empty and not being typed in."""
        for name, value in derived.items():
            if name in self.boxes and self.boxes[name].editor.content().blank:
                self.propose(name, value, WORKED_OUT)

    def propose(self, name: str, value: Any, why: str) -> bool:
        """Put a value nobody typed into a field that is empty or holds such a value; False where it may not."""
        box = self.boxes.get(name)
        if box is None or value in BLANK or box.editor.target.hasFocus():
            return False
        if not box.editor.content().blank and name not in self.proposed:
            return False
        box.editor.load(Content(value))
        box.set_note(why)
        self.proposed.add(name)
        return True

    def open_to(self, name: str) -> bool:
        """Whether a field may be filled from elsewhere: it is empty, or nobody typed what is in it."""
        return name in self.boxes and (self.editor(name).content().blank or name in self.proposed)

    def recall(self) -> None:
        """Read aside what was entered before, for the suggestions."""
        store, register, actor = self.context.store, self.register, self.context.actor
        self.context.jobs.run(
            f"past/{id(self)}",
            lambda _progress, _cancelled: past(store, register, actor, (actor.person,)),
            on_done=self._recalled,
            owner=self,
            quiet=True,
        )

    def _recalled(self, found: Past) -> None:
        self.past = found
        self._recall_firm()

    def _recall_firm(self) -> None:
        """The firm was chosen: read aside what was said of it before."""
        firm, found = self.value("enterprise_id"), self.past
        if firm == found.firm:
            return
        store, register = self.context.store, self.register
        self.context.jobs.run(
            f"firm/{id(self)}",
            lambda _progress, _cancelled: with_firm(found, store, register, firm),
            on_done=lambda more: setattr(self, "past", more) if self.past is found else None,
            owner=self,
            quiet=True,
        )

    # Findings.

    def show_findings(self, findings: Iterable[Finding], fields: Iterable[str] | None = None) -> None:
        """Put findings under their fields; with `fields`, leave the others as they are."""
        wanted = set(self.boxes if fields is None else fields)
        by_field: dict[str, list[Finding]] = {}
        for finding in findings:
            by_field.setdefault(finding.field, []).append(finding)
        for name in wanted & self.boxes.keys():
            self.boxes[name].set_findings(by_field.get(name, []))

    def count(self, severity: Severity) -> int:
        """How many shown fields have such a finding as their gravest."""
        return sum(box.severity is severity for box in self.boxes.values() if not box.isHidden())

    def first_wrong(self) -> str:
        """The first field in reading order with an error, "" for none."""
        return next((name for name in self.grid.order() if self.boxes[name].severity is Severity.ERROR), "")

    # The way through.

    def focus(self, name: str = "") -> bool:
        """Put the focus into a field (the first empty one, else the first)."""
        order = self.grid.order()
        if not name:
            name = next(
                (each for each in order if self.editor(each).content().blank), order[0] if order else ""
            )
        if name not in self.boxes:
            return False
        if self.boxes[name].isHidden():
            self.show_all = True
            self.show_record()
        self.current = name  # a window in the background gets its focus later
        self.editor(name).target.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def begin_at(self, state: FormState) -> str:
        """A new form begins at its first empty field (""), a stored one where something required is missing."""
        if state.id is None:
            return ""
        order = self.grid.order()
        missing = missing_fields(self.register, state.record())
        return next((name for name in missing if name in order), order[0])

    def next_of(self, name: str) -> str:
        """The field after this one in reading order, "" after the last."""
        order = self.grid.order()
        place = order.index(name) + 1 if name in order else 0
        return order[place] if place < len(order) else ""

    def next_due(self, name: str) -> str:
        """The next field that must be filled and is not, or whose text is only a guess; from the top after the last."""
        order = self.grid.order()
        place = order.index(name) + 1 if name in order else 0
        record = self.state().record()
        for each in (*order[place:], *order[: max(0, place - 1)]):
            box = self.boxes[each]
            content = box.editor.content()
            guess = each in self.proposed and box.field.kind is Kind.LONG
            if guess or content.unparsed or (content.blank and box.field.is_required(record)):
                return each
        return ""

    # Which fields are shown.

    def show_record(self, values: Mapping[str, Any] | None = None) -> None:
        """Look again at which fields are asked for, and which options they have."""
        record = dict(values) if values is not None else self.state().record()
        for field in self.fields:
            box = self.boxes[field.name]
            box.set_required(field.is_required(record))
            box.editor.show_record(record)
        self.grid.arrange(lambda field: self._wanted(field, record))

    def hidden_count(self) -> int:
        """How many fields are not asked for as things stand."""
        return len(self.boxes) - len(self.grid.order())

    def _wanted(self, field: Field, record: Mapping[str, Any]) -> bool:
        if self.show_all or self._only or field.required_when is None or field.is_required(record):
            return True
        box = self.boxes[field.name]
        if box.findings or record.get(field.name) not in BLANK:
            return True
        unparsed = record.get("unparsed") or {}
        return field.name in unparsed or self.current == field.name

    # Building and listening.

    def _make_box(self, field: Field) -> FieldBox:
        box = FieldBox(field, make_editor(field, self.context))
        box.edited.connect(self._edited)
        box.entered.connect(self._entered)
        box.left.connect(self._left)
        box.advance.connect(self._advance)
        if isinstance(box.editor, RecallEditor):
            box.editor.recalled = lambda record: self.past.texts(field, record)
        if isinstance(box.editor, EnterprisePicker):
            box.editor.create_asked.connect(self.create_asked)
        return box

    def _limit(self, editor: Editor, choices: Sequence[str]) -> None:
        limit = getattr(editor, "set_choices", None)
        if limit is not None:
            limit(choices)

    def _edited(self, name: str) -> None:
        self.proposed.discard(name)
        self.boxes[name].set_note("")
        if name == "enterprise_id" and self.register != "enterprise":
            self._recall_firm()
        for other, value in self.past.beside(self.register, name, self.value(name)).items():
            self.propose(other, value, AS_BEFORE)
        editor = self.boxes[name].editor
        if isinstance(editor, RecordPicker) and editor.firm is not None and editor.content().value:
            self.propose("enterprise_id", editor.firm, WORKED_OUT)
        self.show_record()
        self.edited.emit(name)

    def _entered(self, name: str) -> None:
        self.current = name
        box = self.boxes[name]
        if name in self.proposed and isinstance(box.editor, LongEditor):
            box.editor.text.selectAll()  # a guess is typed over
        # Once the layout has settled: a form that was just filled does not know yet how high it is.
        QTimer.singleShot(0, box, self._scroll_to_current)
        self.entered.emit(name)

    def _scroll_to_current(self) -> None:
        box = self.boxes.get(self.current)
        if box is not None and box.isVisible():
            self.ensureWidgetVisible(box, 0, _SIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._scroll_to_current)

    def _left(self, name: str) -> None:
        self.left.emit(name)

    def _advance(self, name: str) -> None:
        following = self.next_of(name)
        if following:
            self.editor(following).target.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.finished.emit()


def content_of(state: FormState, name: str) -> Content:
    """What a state holds for one field."""
    if name in state.not_applicable:
        return Content(not_applicable=True)
    if name in state.unparsed:
        return Content(None, state.unparsed[name])
    return Content(state.values.get(name))
