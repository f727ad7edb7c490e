"""One indicator to fill in: its figures, live 完成率 against 序时进度, reason and next step, findings under the fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from db.findings import Finding
from db.indicator_sheet import Line
from db.progress import Progress, show_gap, show_pct
from db.registers import REGISTERS
from desktop.actions.records import FormState
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.editors import make_editor
from desktop.forms.field_box import FieldBox, typed_into
from desktop.forms.form import content_of
from desktop.pages.indicator_ledger import LedgerLine
from desktop.style.theme import tokens
from desktop.widgets.bars import BulletBar
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.labels import label

FIGURES = ("value_month", "value", "ly_value", "data_source")
FROM_LEDGER = "台账汇总"
WORDS = ("reason", "next_step")
SCOPE, CORRECTION = "scope_note", "correction_reason"
_ONE_LINE = 900  # px: narrower, the measure does not fit beside the figures
_STATES = {"正常": "ok", "关注": "watch", "预警": "alarm"}


class IndicatorRow(Card):
    """`state()` is what the editors hold; `left_row` fires when the focus goes elsewhere."""

    edited = Signal()
    rows_asked = Signal()  # the records behind the registers' figure
    field_left = Signal(str)
    advance = Signal(str)

    def __init__(self, line: Line, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(f"{line.indicator.no}. {line.indicator.name}", line.facts, parent)
        self.line = line
        self.context = context
        self.dirty = False
        self._state = self._stored_state(line)
        self.chip = Chip("", None, self)
        self.saved = label("", "muted")
        self.head.addWidget(self.saved)
        self.head.addWidget(self.chip)
        self.boxes: dict[str, FieldBox] = {}
        self._grid = grid = QGridLayout()
        self._narrow = False
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for place, name in enumerate(self._figures()):
            grid.addWidget(self._box(name), 0, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 2)
        self.measure = self._measure()
        grid.addWidget(self.measure, 0, len(self._figures()), Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(len(self._figures()), 3)
        grid.setContentsMargins(0, 0, 0, 0)
        self.add(_holder(grid))
        words = QHBoxLayout()
        words.setSpacing(16)
        for name in WORDS:
            words.addWidget(self._box(name), 1)
        words.setContentsMargins(0, 0, 0, 0)
        self.add(_holder(words))
        more = QHBoxLayout()
        more.setSpacing(16)
        for name in (SCOPE, CORRECTION) if line.correcting else (SCOPE,):
            more.addWidget(self._box(name), 1)
        more.setContentsMargins(0, 0, 0, 0)
        self.add(_holder(more))
        self.ledger: LedgerLine | None = None
        if line.computed is not None:
            self._add_ledger()
        self._load()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the rows behind a figure are shown beside it, how far the year is goes under the figures."""
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_ONE_LINE)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        count = len(self._figures())
        self._grid.removeWidget(self.measure)
        if narrow:
            self._grid.addWidget(self.measure, 1, 0, 1, count)
        else:
            self._grid.addWidget(self.measure, 0, count, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(count, 0 if narrow else 3)

    def _add_ledger(self) -> None:
        self.ledger = LedgerLine(self.line.indicator.name, self)
        self.ledger.fill_asked.connect(self.fill_from_ledger)
        self.ledger.rows_asked.connect(self.rows_asked)
        assert isinstance(self.body, QVBoxLayout)
        self.body.insertWidget(1, self.ledger)  # under the figures it belongs to

    def fill_from_ledger(self) -> None:
        """Take the registers' figure as the reported one, and say that it came from there."""
        if self.line.computed is None:
            return
        self.boxes["value"].editor.load(Content(self.line.computed.value))
        self.boxes["data_source"].editor.load(Content(FROM_LEDGER))
        self._typed("value")
        self.boxes["value"].editor.target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _figures(self) -> list[str]:
        """本月数 only for flows; 上年同期 only where last year's return does not say it."""
        stored = (self.line.record or {}).get("ly_value")
        from_return = self.line.last_year is not None and stored is None
        return [
            name
            for name in FIGURES
            if not (name == "value_month" and not self.line.wants_month)
            and not (name == "ly_value" and from_return)
        ]

    def _box(self, name: str) -> FieldBox:
        field = REGISTERS["indicator"].field(name)
        box = FieldBox(field, make_editor(field, self.context), self)
        if name in ("value", "value_month", "ly_value"):
            box.label.setText(f"{field.label}（{self.line.indicator.unit}）")
        box.editor.target.setAccessibleName(f"{self.line.indicator.name}，{field.label}")
        box.edited.connect(self._typed)
        box.left.connect(self.field_left)
        box.advance.connect(self._advance)
        self.boxes[name] = box
        return box

    def _measure(self) -> QWidget:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.told = label("", "label")
        self.bar = BulletBar()
        column.addWidget(self.told)
        column.addWidget(self.bar)
        return _holder(column)

    # Contents.

    def state(self) -> FormState:
        """What would be stored."""
        return typed_into(self._state, self.boxes)

    def take(self, state: FormState, findings: Sequence[Finding], words: str) -> None:
        """The row was stored like this: what is typed since then stays."""
        self._state = state
        self.saved.setText(words)
        self.show_findings(findings)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Each under its field; one about the whole row under the value."""
        by_field: dict[str, list[Finding]] = {}
        for finding in findings:
            name = finding.field if finding.field in self.boxes else "value"
            by_field.setdefault(name, []).append(finding)
        for name, box in self.boxes.items():
            box.set_findings(by_field.get(name, []))

    def stored_again(self, line: Line) -> None:
        """The record may have changed elsewhere: show it, unless somebody is typing here."""
        self.line = line
        if self.dirty or self.isAncestorOf(QApplication.focusWidget() or self):
            return
        self._state = self._stored_state(line)
        self.set_title(f"{line.indicator.no}. {line.indicator.name}", line.facts)
        told = self.saved.text()
        if line.computed is not None and self.ledger is None:
            self._add_ledger()
        if self.ledger is not None:
            self.ledger.setVisible(line.computed is not None)
        self._load()
        self.saved.setText(told if self._state.id else "未填")

    def set_locked(self, locked: bool) -> None:
        for box in self.boxes.values():
            box.setEnabled(not locked)
        self._measure_now()

    def first(self) -> QWidget:
        """The first empty figure, else the first."""
        order = list(self.boxes.values())
        empty = next(
            (box for box in order if box.editor.content().blank and box.field.name != "ly_value"), order[0]
        )
        return empty.editor.target

    def _stored_state(self, line: Line) -> FormState:
        record = line.record
        if record is None:
            return FormState("indicator", values=line.defaults())
        names = [field.name for field in REGISTERS["indicator"].fields]
        return FormState(
            "indicator", record["id"], record["rev"], {name: record[name] for name in names},
            dict(record["unparsed"] or {}), list(record["not_applicable"] or []), record,
        )  # fmt: skip

    def _load(self) -> None:
        for name, box in self.boxes.items():
            box.editor.load(content_of(self._state, name))
        self.saved.setText("" if self._state.id else "未填")
        self._measure_now()

    # Typing.

    def _typed(self, name: str) -> None:
        self.dirty = True
        self.saved.setText("未保存")
        if name == "value_month":
            self._suggest_total()
        self._measure_now()
        self.edited.emit()

    def _suggest_total(self) -> None:
        """上月累计 + 本月数, as long as nobody typed another total."""
        box = self.boxes["value"].editor
        month: Any = self.boxes["value_month"].editor.content().value
        total = self.line.total_with(month) if isinstance(month, Decimal) else None
        if total is not None and (
            box.content().blank or getattr(self, "_suggested", None) == box.content().value
        ):
            box.load(Content(total))
            self._suggested = total

    def _advance(self, name: str) -> None:
        order = list(self.boxes)
        place = order.index(name) + 1
        if place < len(order):
            self.boxes[order[place]].editor.target.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.advance.emit(str(self.line.indicator.no))

    def _measure_now(self) -> None:
        value: Any = self.boxes["value"].editor.content().value
        result = self.line.progress(value if isinstance(value, Decimal) else None)
        word = result.state.value if result.state else ""
        self.chip.set(word, _STATES.get(word))
        told = told_of(result)
        self.told.setText(told)
        if self.ledger is not None and self.line.computed is not None:
            self.ledger.show_for(
                self.line.computed, value if isinstance(value, Decimal) else None, self.line.indicator.unit,
                self.line.indicator.decimals, locked=not self.boxes["value"].isEnabled(),
            )  # fmt: skip
        self.bar.set(
            None if result.completion is None else float(result.completion) / 100,
            None if result.time_progress is None else float(result.time_progress) / 100,
            _STATES.get(word, ""), told,
        )  # fmt: skip


def told_of(result: Progress) -> str:
    """“完成率 42.7%，序时 41.7%，进度差 +1.0”."""
    return f"完成率 {show_pct(result.completion)}，序时 {show_pct(result.time_progress)}，进度差 {show_gap(result.gap)}"


def _holder(layout: QLayout) -> QWidget:
    made = QWidget()
    made.setProperty("role", "plain")
    made.setLayout(layout)
    return made
