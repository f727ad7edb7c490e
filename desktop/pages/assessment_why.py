"""The panel beside the points of 年度考核: why a unit has them, the rows behind, what-if, 复核申请. Figures come from the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.assessment import whatif
from db.assessment.scheme import REPORTING, WHOLE
from db.assessment.scoring import NO_DATA, ItemScore, UnitScore, plain
from db.assessment.whatif import Change
from db.text import parse_decimal
from desktop.actions.assessment import Desk
from desktop.pages.settings_parts import field, holder
from desktop.style.theme import set_property
from desktop.widgets.button import Button
from desktop.widgets.facts import Facts
from desktop.widgets.labels import hairline, label, problem_line
from desktop.widgets.reason import ReasonLine
from desktop.widgets.side_panel import SidePanel

DASH = "—"


class WhyPanel(SidePanel):
    """`rows_asked(period, key)`; `tried(changes)` for 试算; `appealed(unit, item, text)`."""

    rows_asked = Signal(str, str)
    tried = Signal(list)
    appealed = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=372)
        self.unit: UnitScore | None = None
        self.item: ItemScore | None = None
        self.lines: dict[str, QLineEdit] = {}
        self.rows_button: Button | None = None
        self.reason: ReasonLine | None = None

    def show_item(
        self, desk: Desk, unit: UnitScore, item: ItemScore, trying: dict[str, Decimal | None]
    ) -> None:
        """One item of a unit. `trying`: what is put in its place at the moment, by what."""
        self._begin(unit, item)
        self._text(item.why)
        measured = item.measured
        if item.item.measure == REPORTING and measured.counts is not None:
            counts = measured.counts
            facts = [
                ("应报", f"{counts.owed} 次"), ("漏报", f"{counts.missing} 次"), ("迟报", f"{counts.late} 次"),
                ("计分天数", f"{counts.late_days} 天"), ("更正", f"{counts.corrections} 次"), ("退回", f"{counts.sent_back} 次"),
            ]  # fmt: skip
        else:
            facts = [
                ("完成值", _told(item.value)), ("目标", _told(item.target)), ("完成率", f"{_told(item.rate)}%" if item.rate is not None else DASH),
                ("权重", plain(item.weight)), ("计分比例", f"{_told(item.share)}%" if item.share is not None else DASH),
                ("方法", item.method.word),
            ]  # fmt: skip
        self.body.addWidget(Facts(facts, columns=3))
        notes = [each for each in (measured.target_note, measured.note) if each]
        if notes and item.item.measure != REPORTING:
            self._text("；".join(notes) + "。", "muted")
        if item.item.binding:
            self._text("约束性指标：完成值与目标按原数比较，不四舍五入。", "muted")
        if measured.source:
            self.rows_button = Button(
                "看明细", lambda: self.rows_asked.emit(measured.period, measured.source), self, role="small"
            )
            self.rows_button.setToolTip("这个数由哪些行得出")
            row = QHBoxLayout()
            row.addWidget(self.rows_button)
            row.addStretch(1)
            self.body.addWidget(holder(row))
        self._try_out(item, trying)
        if unit.unit.code != WHOLE:
            self._appeal(unit.unit.code, item.key)
        self.body.addStretch(1)
        score = "不计分" if item.score is None else f"{plain(item.score)} 分"
        self.open_for(
            f"{unit.unit.code}/{item.key}",
            f"{unit.unit.name}　{item.item.name}",
            score,
            "alarm" if item.state and item.state != NO_DATA else "info",
        )

    def show_unit(self, desk: Desk, unit: UnitScore) -> None:
        """A unit's total."""
        self._begin(unit, None)
        self.body.addWidget(
            Facts(
                [
                    ("基础分", _told(unit.base)), ("加分", plain(unit.bonus)), ("扣分", plain(unit.deduction)),
                    ("可计权重", plain(unit.weight)), ("项目得分", plain(unit.scored)), ("等次", unit.grade or DASH),
                ],
                columns=3,
            )
        )  # fmt: skip
        for note in unit.notes:
            self._text(note)
        for each in unit.entries:
            if each.noted:
                capped = (
                    f"，计 {plain(each.counted)}（上限 {plain(each.limit)}）"
                    if each.counted != each.noted
                    else ""
                )
                self._text(f"{each.kind}：{each.item} {plain(each.noted)} 分{capped}")
        missed = "、".join(each.item.name for each in unit.binding_missed)
        if missed:
            told = label(f"约束性未达标：{missed}", "finding", wrap=True)
            set_property(told, "state", "alarm")
            self.body.addWidget(told)
        if unit.unit.code != WHOLE and not unit.unit.merged_into:
            self._appeal(unit.unit.code, "")
        self.body.addStretch(1)
        total = "不计分" if unit.total is None else f"{plain(unit.total)} 分"
        self.open_for(f"{unit.unit.code}/", f"{unit.unit.name}　总分", total, "info")

    def typing(self) -> bool:
        """Whether something typed here is not yet used."""
        if self.reason is not None and self.reason.field.text().strip():
            return True
        return any(line.isModified() for line in self.lines.values())

    def focus_first(self) -> None:
        """The keyboard into the panel: the first field of 试算, else the button."""
        target: Any = next(iter(self.lines.values()), None) or (self.reason.field if self.reason else None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self, unit: UnitScore, item: ItemScore | None) -> None:
        self.clear()
        self.unit, self.item = unit, item
        self.lines, self.rows_button, self.reason = {}, None, None

    def _text(self, words: str, role: str = "") -> None:
        self.body.addWidget(label(words, role, wrap=True))

    def _try_out(self, item: ItemScore, trying: dict[str, Decimal | None]) -> None:
        self.body.addWidget(hairline())
        self._text("试算：换一个数看得分，不改台账", "label")
        what = (whatif.WEIGHT,) if item.item.measure == REPORTING else whatif.WHAT
        now = {whatif.VALUE: item.value, whatif.TARGET: item.measured.target, whatif.WEIGHT: item.weight}
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in what:
            line = QLineEdit("" if now[each] is None else plain(now[each] or Decimal(0)))
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.setModified(False)
            line.setToolTip("回车试算；清空为没有")
            line.returnPressed.connect(self._take)
            if each in trying:
                set_property(line, "state", "changed")
            self.lines[each] = line
            row.addWidget(field(whatif.WORDS[each], line), 1)
        self.body.addWidget(holder(row))
        self.problem = problem_line()
        self.body.addWidget(self.problem)
        button = Button("试算", self._take, self, role="small")
        under = QHBoxLayout()
        under.addWidget(button)
        under.addStretch(1)
        self.body.addWidget(holder(under))

    def _take(self) -> None:
        """What was typed as changes; a text that is no number is said under the fields and keeps them."""
        assert self.unit is not None and self.item is not None
        found = []
        for what, line in self.lines.items():
            if not line.isModified():
                continue
            text = line.text().strip()
            number = None if not text else parse_decimal(text, "").value
            if (text and number is None) or (what == whatif.WEIGHT and (number is None or number < 0)):
                self.problem.setText(f"{whatif.WORDS[what]}“{text}”不是可用的数。")
                self.problem.show()
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            found.append(Change(what, self.item.group, self.item.key, self.unit.unit.code, number))
        self.problem.hide()
        if found:
            self.tried.emit(found)

    def _appeal(self, unit: str, item: str) -> None:
        self.body.addWidget(hairline())
        self.reason = ReasonLine(
            "登记复核申请", "单位的理由，如“有两家 12 月签约没有计入”", "登记", lambda text: self.appealed.emit(unit, item, text),
            self, least=6,
        )  # fmt: skip
        self.body.addWidget(self.reason)


def _told(value: Decimal | None) -> str:
    return DASH if value is None else f"{value.normalize():,f}"
