"""The card of one firm: facts, timeline with tabs, revenue against the 升规 line, materials for 升规."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db import values
from db.codes import mask_phone
from db.errors import KnownError
from db.periods import Period
from db.progress import show_number
from db.registers import REGISTERS
from desktop.actions.enterprise_card import Event, FirmCard, firm_card
from desktop.actions.follow_ups import MANY_VISITS
from desktop.actions.versions import Change, record_history
from desktop.context import AppContext
from desktop.forms.side import clear
from desktop.pages.source import STATE_OF
from desktop.style.theme import set_property, tokens
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.bar_chart import BarChart
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import Facts, TabStrip
from desktop.widgets.header import PageHeader
from desktop.widgets.labels import hairline, label

_WORDS = {
    "visit": "走访",
    "issue": "问题",
    "cloud": "上云",
    "nurture": "培育",
    "enterprise": "档案",
    "return": "回报",
}
_STATES = {"visit": "info", "issue": "watch", "cloud": "ok", "nurture": "info"}
_EVENTS = [
    Column("day", "日期", width=104, kind="date"),
    Column("kind", "类别", width=80, kind="chip"),
    Column("text", "内容", width=300, stretch=True),
]
_HISTORY = [
    Column("at", "时间", width=132, kind="muted"),
    Column("by", "谁", width=80),
    Column("field", "栏目", width=120),
    Column("said", "从 → 到", width=240, stretch=True),
]


class FirmView(QWidget):
    """`show_firm(id)`; asks for other pages with `go(register, id)` and for forms with the other signals."""

    back_asked = Signal()
    edit_asked = Signal(object)
    new_asked = Signal(str, object)  # register, firm
    go = Signal(str, object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.firm: UUID | None = None
        self.card: FirmCard | None = None
        self._history: list[tuple[Change, str]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens().metrics.margin)
        self.header = PageHeader("", self)
        self.header.add("返回列表", self.back_asked.emit, "Esc", role="link", show_hint=False)
        self.edit = self.header.add("编辑档案", lambda: self.edit_asked.emit(self.firm), "Ctrl+E")
        self.header.add("登记问题", lambda: self.new_asked.emit("issue", self.firm))
        self.visit = self.header.add(
            "登记走访", lambda: self.new_asked.emit("visit", self.firm), "Ctrl+N", primary=True
        )
        column.addWidget(self.header)
        self.message = Banner("", parent=self)
        self.message.hide()
        column.addWidget(self.message)
        top = Card()
        self.facts = Facts([], 3)
        top.add(self.facts)
        column.addWidget(top)
        row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        column.addLayout(row, 1)
        row.addWidget(self._build_events(), 13)
        row.addLayout(self._build_right(), 10)
        escape = QShortcut(QKeySequence("Backspace"), self.table)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.back_asked)

    def first_focus(self) -> QWidget:
        """The timeline: arrows move, Enter opens what is behind a line."""
        return self.table

    def show_firm(self, firm: UUID) -> None:
        """Read the card aside and show it."""
        if firm != self.firm:
            self.tabs.choose("all") if self.tabs.current else None
        self.firm = firm
        store, lookup, period = self.context.store, self.context.directory, self.context.period

        def work(_progress: Any, _cancelled: Any) -> tuple[FirmCard, list[tuple[Change, str]]]:
            return firm_card(store, firm, lookup, period), record_history(store, "enterprise", firm, lookup)

        self.context.jobs.run(
            f"card/{id(self)}",
            work,
            on_done=lambda found: self._show(*found),
            on_failed=self._failed,
            owner=self,
            quiet=True,
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.message.say(error.message, error.hint, "alarm")
        self.message.show()

    # Showing.

    def _show(self, card: FirmCard, history: list[tuple[Change, str]]) -> None:
        self.card, self._history = card, history
        self.message.hide()
        firm = card.firm
        self.header.set_title(firm.get("name") or "（未填名称）")
        self.header.set_chips(self._chips(card))
        self.facts.set(self._facts(firm))
        tabs = [("all", "全部往来")]
        tabs += [(key, f"{_WORDS[key]} {card.counts[key]}") for key in ("visit", "issue", "cloud", "nurture")]
        self.tabs.set_tabs([*tabs, ("history", "修改记录")])
        self._show_tab(self.tabs.current)
        self._show_revenue(card)
        self._show_materials(card)

    def _chips(self, card: FirmCard) -> list[tuple[str, str | None]]:
        firm = card.firm
        status = str(firm.get("status") or "")
        chips: list[tuple[str, str | None]] = [(status, STATE_OF.get(status, "neutral"))]
        if firm.get("de_core"):
            chips.append(("核心产业", "info"))
        if firm.get("is_above_scale") is not None:
            chips.append(("规上" if firm["is_above_scale"] else "规下", "neutral"))
        if firm.get("incomplete"):
            chips.append(("待补全", "watch"))
        if card.visits_this_month:
            many = card.visits_this_month >= MANY_VISITS
            chips.append((f"本月已走访 {card.visits_this_month} 次", "watch" if many else "neutral"))
        return chips

    def _facts(self, firm: dict[str, Any]) -> list[tuple[str, str]]:
        fields = {field.name: field for field in REGISTERS["enterprise"].fields}

        def shown(name: str) -> str:
            text = values.display(fields[name], firm.get(name), self.context.directory)
            return text or str((firm.get("unparsed") or {}).get(name) or "")

        def joined(*parts: str) -> str:
            return " · ".join(part for part in parts if part)

        revenue = shown("revenue_ytd")
        asof = firm.get("revenue_asof")
        return [
            (
                "统一社会信用代码",
                shown("uscc") or (f"暂无：{shown('no_uscc_reason')}" if firm.get("no_uscc_reason") else ""),
            ),
            ("所属街道 · 园区", joined(shown("street_code"), shown("park_code"))),
            ("行业", shown("industry_code")),
            (
                "数字经济分类",
                shown("de_class")
                if firm.get("de_core")
                else "不属于核心产业"
                if firm.get("de_core") is False
                else "",
            ),
            ("挂点领导 · 单位", joined(shown("liaison_leader"), shown("liaison_org"))),
            ("联系人", joined(shown("contact"), mask_phone(firm["phone"]) if firm.get("phone") else "")),
            ("上次走访", self._last_visit()),
            (
                "本年累计营业收入",
                f"{revenue} 万元" + (f"（截至 {Period(asof).month} 月）" if asof else "") if revenue else "",
            ),
            ("称号与资质", joined(shown("sme_title"), shown("honors")) or "无"),
        ]

    def _last_visit(self) -> str:
        visits = [event for event in self.card.events if event.register == "visit"] if self.card else []
        if not visits:
            return "未走访过"
        return f"{visits[0].day} {visits[0].text.split('：')[0]}"

    def _show_tab(self, key: str) -> None:
        if self.card is None:
            return
        if key == "history":
            source = ListSource(
                _HISTORY, [self._history_row(n, *each) for n, each in enumerate(self._history)]
            )
        else:
            events = [event for event in self.card.events if key == "all" or event.register == key]
            source = ListSource(_EVENTS, [self._event_row(n, event) for n, event in enumerate(events)])
            self._shown: Sequence[Event] = events
        self.table.set_source(source, keep=False)

    def _event_row(self, place: int, event: Event) -> Row:
        kind = Mark(_WORDS[event.register], _STATES.get(event.register, "neutral"))
        return Row(str(place), {"day": event.day, "kind": kind, "text": event.text})

    def _history_row(self, place: int, change: Change, field: str) -> Row:
        said = f"{change.old or '（空）'} → {change.new or '（空）'}" if field else change.note
        cells = {
            "at": f"{change.at:%Y-%m-%d %H:%M}",
            "by": change.by,
            "field": field or change.action,
            "said": said,
        }
        return Row(str(place), cells)

    def _open(self, place: str) -> None:
        if self.tabs.current == "history":
            return
        event = self._shown[int(place)]
        if event.register == "enterprise":
            self.edit_asked.emit(self.firm)
        elif event.record_id is not None:
            self.go.emit(event.register, event.record_id)

    def _show_revenue(self, card: FirmCard) -> None:
        year, expected = card.revenue, card.forecast
        self.line_note.setText("")
        if year.missing is not None:
            missing, above = year.missing, bool(card.firm.get("is_above_scale"))
            words = f"离升规线还差 {show_number(missing, 0)} 万元" if missing > 0 else "已过升规线"
            self.revenue.set_title("本年累计营业收入" if above else words)
            # A firm that is in the statistics has no line to reach any more; the line stays to be kept.
            stage = "已入统" if above else "未入培育库"
            parts = [
                year.specialty,
                (card.candidate or {}).get("declare_type") or "",
                (card.candidate or {}).get("stage") or stage,
            ]
            self.line_note.setText(" · ".join(part for part in parts if part))
        else:
            self.revenue.set_title("本年累计营业收入")
        self.chart.setVisible(bool(year.points))
        self.no_revenue.setVisible(not year.points)
        self.pale.setVisible(bool(expected))
        if not year.points:
            return
        known = [(Period(point.period).month, point.amount) for point in year.points]
        ahead = [(Period(period).month, amount) for period, amount in expected]
        limit = (year.threshold, f"升规线 {show_number(year.threshold, 0)} 万元") if year.threshold else None
        self.chart.set(
            [f"{month}月" for month, _ in [*known, *ahead]],
            [amount for _, amount in [*known, *ahead]],
            limit=limit,
            expected_from=len(known),
            write=lambda amount: f"{amount:,.2f} 万元",
        )

    def _show_materials(self, card: FirmCard) -> None:
        clear(self.material_grid)
        self.materials.setVisible(bool(card.materials))
        done = sum(there for _, there in card.materials)
        self.materials.set_title("升规材料", f"{done} / {len(card.materials)}")
        for place, (name, there) in enumerate(card.materials):
            line = label(f"{'✓' if there else '○'} {name}", wrap=True)
            line.setAccessibleName(f"{name}：{'已备' if there else '缺'}")
            set_property(line, "state", "" if there else "alarm")
            self.material_grid.addWidget(line, place // 2, place % 2)

    # Building.

    def _build_events(self) -> Card:
        card = Card()
        self.tabs = TabStrip([("all", "全部往来")])
        self.tabs.chosen.connect(self._show_tab)
        card.add(self.tabs)
        card.add(hairline())
        empty = EmptyState("还没有往来", "登记走访、问题、上云或培育后，这里按时间列出来。", icon="clock")
        self.table = Table(ListSource(_EVENTS), header=False, empty=empty)
        self.table.setAccessibleName("往来")
        self.table.opened.connect(self._open)
        card.add(self.table, 1)
        return card

    def _build_right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(tokens().metrics.margin)
        self.revenue = Card("本年累计营业收入")
        self.line_note = label("", "muted")
        self.chart = BarChart("各月累计营业收入")
        self.no_revenue = label("今年还没有填报营业收入；走访或培育里填了会画在这里。", "muted", wrap=True)
        self.pale = label("浅色为按近三月月均推算，可在培育页修改", "fact")
        self.revenue.add(self.line_note)
        self.revenue.add(self.chart, 1)
        self.revenue.add(self.no_revenue)
        self.revenue.add(self.pale)
        column.addWidget(self.revenue, 3)
        self.materials = Card("升规材料")
        self.material_grid = QGridLayout()
        body = self.materials.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(self.material_grid)
        nurture = Button("到培育页", self._to_nurture, self, role="small")
        self.materials.head.addWidget(nurture)
        column.addWidget(self.materials, 0)
        return column

    def _to_nurture(self) -> None:
        if self.card is not None and self.card.candidate is not None:
            self.go.emit("nurture", self.card.candidate["id"])
