"""The cards at the right of a firm's card: how things stand, revenue against the 升规 line, materials for 升规."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db.models.nurture import UPSCALE
from db.periods import Period
from db.progress import show_number
from desktop.actions.enterprise_card import FirmCard, Standing
from desktop.forms.side import clear
from desktop.style.theme import set_property, tokens
from desktop.widgets.bar_chart import BarChart
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.labels import hairline, label

_CHIP = 76  # px: every word of a line's chip fits


class StandingCard(Card):
    """One line for each thing that is going on: who looks after the firm, what is open, what counts, what expires."""

    go = Signal(str, object)  # register, record or None for its list

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("现状", "", parent)
        self.lines: list[tuple[Standing, Button | None]] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(5)
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self._rows)
        self.nothing = label("没有挂点、未办结的问题、云服务或培育。", "muted", wrap=True)
        self.add(self.nothing)

    def show_lines(self, lines: tuple[Standing, ...]) -> None:
        """Show these in place of the former ones."""
        clear(self._rows)
        self.lines = []
        self.nothing.setVisible(not lines)
        for place, line in enumerate(lines):
            if place:
                self._rows.addWidget(hairline())
            row = QHBoxLayout()
            row.setSpacing(8)
            chip = Chip(line.word, line.state, self)
            room = QWidget()
            room.setFixedWidth(tokens().metrics.px(_CHIP))
            inside = QHBoxLayout(room)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(chip)
            inside.addStretch(1)
            row.addWidget(room)
            text = label(line.text, wrap=True)
            text.setAccessibleName(f"{line.word}：{line.text}")
            row.addWidget(text, 1)
            button = None
            if line.register:
                button = Button(
                    "打开", partial(self.go.emit, line.register, line.record_id), self, role="link"
                )
                button.setAccessibleName(f"打开 {line.word}：{line.text}")
                row.addWidget(button)
            self._rows.addLayout(row)
            self.lines.append((line, button))


class _LowChart(BarChart):
    """Low enough that its months are seen beneath the standing of a usual firm; it grows where there is room."""

    def sizeHint(self) -> QSize:
        return QSize(360, tokens().metrics.px(112))


class FirmRevenueCard(Card):
    """本年累计营业收入 by month, the months to come pale, the line dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("本年累计营业收入", "", parent)
        self.line_note = label("", "muted", wrap=True)
        self.chart = _LowChart("各月累计营业收入")
        self.nothing = label("今年还没有填报营业收入；走访、培育或档案里填了会画在这里。", "muted", wrap=True)
        self.pale = label("", "fact", wrap=True)
        self.add(self.line_note)
        self.add(self.chart, 1)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.add(self.nothing, 1)
        self.add(self.pale)

    def show_card(self, card: FirmCard) -> None:
        """Draw a firm's year."""
        year, seen = card.revenue, card.outlook
        self.set_title(self._heading(card))
        above = bool(card.firm.get("is_above_scale"))
        # A firm that is in the statistics has no line to reach any more; the line stays to be kept.
        stage = (card.candidate or {}).get("stage") or ("已入统" if above else f"未列入{UPSCALE}培育")
        parts = (year.specialty, (card.candidate or {}).get("declare_type") or "", stage)
        no_line = "没有对应的升规线" if card.firm.get("industry_code") else "填了行业代码才知道升规线"
        self.line_note.setText(" · ".join(part for part in parts if part) if year.threshold else no_line)
        self.chart.setVisible(bool(year.points))
        self.nothing.setVisible(not year.points)
        ahead = [(n, amount) for n, amount in enumerate(seen.expected, 1) if amount is not None]
        foreseen = self._foreseen(card) if year.points else ""
        self.pale.setText(foreseen)
        self.pale.setVisible(bool(foreseen))
        if not year.points:
            return
        known = [(Period(point.period).month, point.amount) for point in year.points]
        limit = (year.threshold, f"升规线 {show_number(year.threshold, 0)} 万元") if year.threshold else None
        self.chart.set(
            [f"{month}月" for month, _ in [*known, *ahead]],
            [amount for _, amount in [*known, *ahead]],
            limit=limit,
            expected_from=len(known),
            write=lambda amount: f"{amount:,.2f} 万元",
        )

    def _heading(self, card: FirmCard) -> str:
        missing = card.revenue.missing
        if missing is None or card.firm.get("is_above_scale"):
            return "本年累计营业收入"
        return f"离升规线还差 {show_number(missing, 0)} 万元" if missing > 0 else "已过升规线"

    def _foreseen(self, card: FirmCard) -> str:
        seen = card.outlook
        if seen.forecast is None or not any(amount is not None for amount in seen.expected):
            return ""
        said = f"浅色{seen.assumption}，全年约 {show_number(seen.forecast, 0)} 万元"
        if seen.threshold is None or seen.reached:
            return said
        reach = f"预计 {Period(seen.reach_ym).month} 月到线" if seen.reach_ym else "年内到不了线"
        return f"{said}，{reach}"


class MaterialsCard(Card):
    """What is handed in for 升规 and what still lacks."""

    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("升规材料", "", parent)
        self.grid = QGridLayout()
        body = self.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self.grid)
        self.head.addWidget(Button("到培育页", self.open_asked.emit, self, role="small"))

    def show_materials(self, materials: tuple[tuple[str, bool], ...]) -> None:
        """(name, whether it is there); hidden where nothing is asked for."""
        clear(self.grid)
        self.setVisible(bool(materials))
        done = sum(there for _, there in materials)
        self.set_title("升规材料", f"{done} / {len(materials)}")
        for place, (name, there) in enumerate(materials):
            line = label(f"{'✓' if there else '○'} {name}", wrap=True)
            line.setAccessibleName(f"{name}：{'已备' if there else '缺'}")
            set_property(line, "state", "" if there else "alarm")
            self.grid.addWidget(line, place // 2, place % 2)
