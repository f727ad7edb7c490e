"""加减分 and 复核 of 年度考核: lists with the lines that add to them. Storing is the page's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.assessment.inputs import GIVEN, KINDS, VETO
from db.assessment.keeping import DECISIONS, Appeal, Entry
from db.assessment.scheme import WHOLE
from db.assessment.scoring import plain
from db.text import parse_decimal
from desktop.actions.assessment import Desk
from desktop.memory import Memory
from desktop.pages.settings_parts import field, holder
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState

ENTRY_COLUMNS = (
    Column("unit", "单位", width=150, kind="strong", lines=2), Column("kind", "类别", width=80), Column("item", "事项", width=120, lines=2),
    Column("points", "分", width=60, kind="figure"), Column("reason", "事由", width=200, stretch=True, lines=2),
    Column("evidence", "依据", width=200, lines=2), Column("made", "登记", width=150, kind="muted", lines=2),
    Column("state", "状态", width=90, kind="muted", lines=2),
)  # fmt: skip
APPEAL_COLUMNS = (
    Column("unit", "单位", width=150, kind="strong", lines=2), Column("item", "项目", width=140, lines=2),
    Column("text", "申请理由", width=220, stretch=True, lines=2), Column("made", "登记", width=150, kind="muted", lines=2),
    Column("decision", "复核", width=90, kind="chip", state_of=lambda row: "watch" if row.cells["decision"] == "待复核" else "ok"),
    Column("answer", "复核意见", width=240, lines=2),
)  # fmt: skip


class PointsPart(QWidget):
    """`noted(unit, kind, item, points or None, reason, evidence)`, `withdrawn(id)`."""

    noted = Signal(str, str, str, object, str, str)
    withdrawn = Signal(object)

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._entries: dict[str, Entry] = {}
        self._desk: Desk | None = None
        self.unit, self.kind, self.item = QComboBox(), QComboBox(), QComboBox()
        self.kind.addItems(list(KINDS))
        self.kind.currentTextChanged.connect(lambda _text: self._items())
        self.points, self.reason, self.evidence = QLineEdit(), QLineEdit(), QLineEdit()
        self.points.setPlaceholderText("按方案")
        self.points.setMinimumWidth(70)
        self.reason.setPlaceholderText("如“获评 2024 年省级数字经济集聚区”")
        self.evidence.setPlaceholderText("文号、证书编号、通报名称，必填")
        for line in (self.points, self.reason, self.evidence):
            line.setMaxLength(200)
            line.returnPressed.connect(self._take)
        card = Card("登记加分、扣分或一票否决")
        card.add(
            _fields(
                ("单位", self.unit, 4), ("类别", self.kind, 2), ("事项", self.item, 6), ("分", self.points, 2)
            )
        )
        self.button = Button("登记", self._take, self, primary=True)
        card.add(_fields(("事由", self.reason, 4), ("依据", self.evidence, 3), ("", self.button, 0)))
        self.table = Table(
            ListSource(ENTRY_COLUMNS), self, memory=memory, name="assessment-points", fold=True,
            empty=EmptyState("还没有登记加减分", "加分、扣分和一票否决都要写明事由和依据。"),
        )  # fmt: skip
        self.table.setAccessibleName("加减分登记")
        self.table.chosen.connect(lambda _id: self._arrange())
        listed = Card("已登记", flush=True)
        self.back = Button("撤回所选", self._ask_back, self, role="small-danger")
        listed.head.addWidget(self.back)
        listed.add(self.table, 1)
        self.confirm = ConfirmStrip(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(card)
        column.addWidget(self.confirm)
        column.addWidget(listed, 1)

    def show_desk(self, desk: Desk) -> None:
        self._desk = desk
        _fill_units(self.unit, desk)
        self._items()
        self._entries = {str(each.id): each for each in desk.entries}
        self.table.set_source(ListSource(ENTRY_COLUMNS, [self._row(each) for each in desk.entries]))
        self._arrange()

    def clear(self) -> None:
        """After it was stored: ready for the next one of the same unit."""
        for line in (self.points, self.reason, self.evidence):
            line.clear()
        self.unit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, each: Entry) -> Row:
        assert self._desk is not None
        return Row(
            str(each.id),
            {
                "unit": self._desk.names.get(each.unit, each.unit), "kind": each.kind, "item": each.item,
                "points": None if each.kind == VETO else each.points, "reason": each.reason, "evidence": each.evidence,
                "made": f"{each.made_at.astimezone():%Y-%m-%d} {each.made_by}",
                "state": f"{each.withdrawn_by}已撤回" if each.withdrawn_at else "有效",
            },
        )  # fmt: skip

    def _items(self) -> None:
        if self._desk is None:
            return
        scheme, kind = self._desk.scheme, self.kind.currentText()
        if kind == VETO:
            names: Sequence[tuple[str, str]] = [(each, each) for each in scheme.veto_reasons]
        else:
            rows = scheme.bonus if kind == GIVEN else scheme.deduction
            names = [
                (each.name, f"{each.name}（每次 {plain(each.points)}，最多 {plain(each.limit)} 分）")
                for each in rows
            ]
        _fill(self.item, names)
        self.points.setEnabled(kind != VETO)

    def _take(self) -> None:
        text = self.points.text().strip()
        number = parse_decimal(text, "分").value if text else None
        if text and number is None:
            self.points.setFocus(Qt.FocusReason.OtherFocusReason)
            self.points.selectAll()
            return
        self.noted.emit(
            self.unit.currentData() or "", self.kind.currentText(), self.item.currentData() or "", number,
            self.reason.text(), self.evidence.text(),
        )  # fmt: skip

    def _arrange(self) -> None:
        found = self._entries.get(self.table.current_id())
        self.back.setEnabled(found is not None and found.withdrawn_at is None)

    def _ask_back(self) -> None:
        found = self._entries.get(self.table.current_id())
        if found is not None:
            self.confirm.ask(
                f"撤回“{found.item}”这一条？它不再计分，记录仍保留。",
                "撤回",
                lambda: self.withdrawn.emit(found.id),
                danger=True,
            )

    def first_focus(self) -> QWidget | None:
        return self.unit


class AppealsPart(QWidget):
    """`appealed(unit, item, text)`, `decided(id, decision, answer)`."""

    appealed = Signal(str, str, str)
    decided = Signal(object, str, str)

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._appeals: dict[str, Appeal] = {}
        self._desk: Desk | None = None
        self.unit, self.item, self.text = QComboBox(), QComboBox(), QLineEdit()
        self.unit.currentIndexChanged.connect(lambda _at: self._items())
        self.text.setPlaceholderText("单位的理由和自己核算的数")
        self.text.setMaxLength(500)
        self.text.returnPressed.connect(self._take)
        card = Card("登记复核申请")
        card.add(
            _fields(
                ("单位", self.unit, 2),
                ("项目", self.item, 2),
                ("理由", self.text, 5),
                ("", Button("登记", self._take, self), 0),
            )
        )
        self.table = Table(
            ListSource(APPEAL_COLUMNS), self, memory=memory, name="assessment-appeals", fold=True,
            empty=EmptyState("没有复核申请", "单位对得分有异议时，在“得分”里选中那一项登记，或在上面登记。"),
        )  # fmt: skip
        self.table.setAccessibleName("复核申请")
        self.table.chosen.connect(lambda _id: self._arrange())
        self.table.opened.connect(lambda _id: self.to_answer())
        listed = Card("复核申请", flush=True)
        listed.add(self.table, 1)
        self.decision, self.answer = QComboBox(), QLineEdit()
        self.decision.addItems(list(DECISIONS))
        self.answer.setPlaceholderText("复核意见，答复后不再改；更正的，请同时改台账里的数或登记加减分")
        self.answer.setMaxLength(500)
        self.answer.returnPressed.connect(self._decide)
        self.button = Button("答复所选", self._decide, self, primary=True)
        below = Card("复核意见")
        below.add(_fields(("决定", self.decision, 1), ("意见", self.answer, 6), ("", self.button, 0)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(card)
        column.addWidget(listed, 1)
        column.addWidget(below)

    def show_desk(self, desk: Desk) -> None:
        self._desk = desk
        _fill_units(self.unit, desk)
        self._items()
        self._appeals = {str(each.id): each for each in desk.appeals}
        self.table.set_source(ListSource(APPEAL_COLUMNS, [self._row(each) for each in desk.appeals]))
        self._arrange()

    def clear(self) -> None:
        self.text.clear()
        self.answer.clear()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, each: Appeal) -> Row:
        assert self._desk is not None
        unit = self._desk.result.unit(each.unit)
        item = unit.item(each.item) if unit is not None else None
        return Row(
            str(each.id),
            {
                "unit": self._desk.names.get(each.unit, each.unit), "item": item.item.name if item else each.item or "总分",
                "text": each.text, "made": f"{each.made_at.astimezone():%Y-%m-%d} {each.made_by}",
                "decision": each.decision or "待复核", "answer": each.answer,
            },
        )  # fmt: skip

    def _items(self) -> None:
        unit = self._desk.result.unit(self.unit.currentData() or "") if self._desk is not None else None
        _fill(
            self.item, [("", "总分"), *((each.key, each.item.name) for each in (unit.items if unit else ()))]
        )

    def _take(self) -> None:
        self.appealed.emit(self.unit.currentData() or "", self.item.currentData() or "", self.text.text())

    def _arrange(self) -> None:
        found = self._appeals.get(self.table.current_id())
        able = found is not None and found.open
        for each in (self.decision, self.answer, self.button):
            each.setEnabled(able)

    def to_answer(self) -> None:
        """The keyboard to where the chosen one is answered."""
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _decide(self) -> None:
        found: Any = self._appeals.get(self.table.current_id())
        if found is not None and found.open:
            key: UUID = found.id
            self.decided.emit(key, self.decision.currentText(), self.answer.text())

    def first_focus(self) -> QWidget | None:
        return self.table if self._appeals else self.unit


def _fields(*parts: tuple[str, QWidget, int]) -> QWidget:
    row = QHBoxLayout()
    row.setSpacing(12)
    for words, editor, stretch in parts:
        if isinstance(editor, QComboBox):
            # A long name gives way in a narrow window; the list that drops down shows it whole.
            editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            editor.setMinimumContentsLength(5)
        if words:
            row.addWidget(field(words, editor), stretch)
        else:
            row.addWidget(editor, stretch, Qt.AlignmentFlag.AlignBottom)
    return holder(row)


def _fill(box: QComboBox, choices: Sequence[tuple[str, str]]) -> None:
    """Fill a drop-down without telling, what was chosen stays chosen where it is still there."""
    before = box.currentData()
    box.blockSignals(True)
    box.clear()
    for key, word in choices:
        box.addItem(word, key)
    box.setCurrentIndex(max(box.findData(before), 0))
    box.blockSignals(False)


def _fill_units(box: QComboBox, desk: Desk) -> None:
    _fill(
        box,
        [
            (unit.unit.code, unit.unit.name)
            for unit in desk.result.units
            if unit.unit.code != WHOLE and not unit.unit.merged_into
        ],
    )
