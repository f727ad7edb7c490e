"""运营商对照: the operators' lists side by side, why their records do not count, the opening balance and its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db.cloud_views import Comparison, Operator
from db.computed_indicators import Computed
from db.progress import show_number
from desktop.actions import cloud
from desktop.actions.cloud import Comparing, Opening
from desktop.context import AppContext
from desktop.page import SUPERVISOR
from desktop.pages.intake import ask_ledger, words_about
from desktop.pages.register_views import View
from desktop.style.theme import tokens
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.confirm import ConfirmStrip
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label
from desktop.widgets.scroll import scrolling_column
from desktop.widgets.stat import StatCard
from returns.results import REJECTED, FileReport

OTHER = "其他渠道"
_NONE = "-"  # the row of records without a channel
_BESIDE = 940  # px from which the lower cards stand side by side
_OPERATORS = (
    Column("name", "报送单位", width=180, kind="strong", stretch=True, sort=False, lines=2),
    Column("rows", "记录", width=70, kind="figure", sort=False),
    Column("firms", "企业", width=70, kind="figure", sort=False),
    Column("verified", "已核实", width=70, kind="figure", sort=False),
    Column("provable", "可计数", width=70, kind="figure", sort=False),
    Column("shared", "与他方重复", width=104, kind="figure", sort=False),
    Column("counted", "计入本方", width=92, kind="figure", sort=False),
    Column("lapsed", "其中已到期", width=104, kind="figure", sort=False),
    Column("reported", "填报数", width=84, kind="figure", sort=False),
    Column("difference", "比可计数多", width=110, kind="figure", sort=False),
)


_REASON = Column("reason", "原因", width=150, kind="strong", stretch=True, sort=False)


class CompareView(View):
    """Figures first, then the operators, then the reasons by operator. A row leads to its records in the list."""

    key, word = "compare", "运营商对照"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.ask = ConfirmStrip(self)
        self.column.addWidget(self.ask)
        area, column = scrolling_column(16)
        self.column.addWidget(area, 1)
        self.figures = QGridLayout()
        self.figures.setSpacing(16)
        self.value = StatCard("指标数", "", "家")
        self.union = StatCard("去重后计数企业", "", "家")
        self.valid = StatCard("其中服务有效", "", "家")
        self.shared = StatCard("几家都报的企业", "", "家")
        self._members: dict[str, tuple[str, ...]] = {}  # of a channel that others were merged into
        self._across = 0
        self._arrange(4)
        self.value.clicked.connect(lambda: self.goto_asked.emit("indicators", {}))
        self.union.clicked.connect(lambda: self._list({"counted": True}))
        self.valid.clicked.connect(lambda: self._list({"counted": True}))
        self.shared.clicked.connect(lambda: self.goto_asked.emit("cloud", {"view": "conflicts"}))
        column.addLayout(self.figures)
        self.operators_card = Card(
            "各家名单", "“可计数”是没有别家时能计的企业数；填报数一般含期初存量", flush=True
        )
        self.operators = Table(
            ListSource(_OPERATORS),
            fit=True,
            empty=EmptyState("还没有上云记录", "导入运营商名单，或登记一条。", icon="cloud"),
        )
        self.operators.setAccessibleName("各家名单对照")
        self.operators.opened.connect(
            lambda code: self._list(
                {"provider_org": None if code == _NONE else self._members.get(code, code)}
            )
        )
        self.operators_card.add(self.operators)
        column.addWidget(self.operators_card)
        self.below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.below.setSpacing(16)
        self.reasons_card = Card("不计数的记录", "条；回车看这些记录", flush=True)
        self.reasons = Table(
            ListSource((_REASON,)), fit=True, empty=EmptyState("没有不计数的记录", icon="cloud")
        )
        self.reasons.setAccessibleName("不计数的记录，按原因和报送单位")
        self.reasons.opened.connect(self._open_reason)
        self.reasons_card.add(self.reasons)
        left = QVBoxLayout()
        left.addWidget(self.reasons_card)
        left.addStretch(1)
        self.below.addLayout(left, 6)
        right = QVBoxLayout()
        right.addWidget(self._opening_card())
        right.addStretch(1)
        self.below.addLayout(right, 4)
        column.addLayout(self.below)
        column.addStretch(1)

    def _arrange(self, across: int) -> None:
        """The figures in one line, or two by two where that is too narrow."""
        if across == self._across:
            return
        self._across = across
        for place, card in enumerate((self.value, self.union, self.valid, self.shared)):
            self.figures.removeWidget(card)
            self.figures.addWidget(card, place // across, place % across)
            self.figures.setColumnStretch(place, 1 if place < across else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_BESIDE)
        self._arrange(2 if narrow else 4)
        way = QBoxLayout.Direction
        self.below.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def _opening_card(self) -> Card:
        card = Card("期初数")
        self.opening_words = label("", wrap=True)
        self.opening_note = label("", "muted", wrap=True)
        card.add(self.opening_words)
        card.add(self.opening_note)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.load = Button("导入期初名单…", self.import_opening, self, role="small")
        self.forget = Button("取消名单", self._ask_forget, self, role="small-danger")
        row.addWidget(self.load)
        row.addWidget(self.forget)
        row.addStretch(1)
        made = QWidget()
        made.setProperty("role", "plain")
        row.setContentsMargins(0, 0, 0, 0)
        made.setLayout(row)
        card.add(made)
        if self.context.role != SUPERVISOR:
            made.hide()
        return card

    # Reading.

    def reload(self) -> None:
        store, period, today = self.context.store, self.context.period, self.context.today()
        self.context.jobs.run(
            f"view/compare/{id(self)}", lambda _progress, _cancelled: cloud.compare(store, period, today),
            title="对照运营商名单", on_done=self._show, on_failed=self.failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, found: Comparing) -> None:
        compared, opening = found.comparison, found.opening
        self._members = {each.code: each.members for each in compared.operators if len(each.members) > 1}
        self._figures(compared, found)
        self.operators.set_source(
            ListSource(_OPERATORS, [self._operator_row(each) for each in compared.operators])
        )
        names = {each.code: self._name(each.code) for each in compared.operators}
        columns = (
            _REASON,
            *(
                Column(
                    code or _NONE,
                    _brief(name),
                    width=max(96, 15 * len(_brief(name)) + 26),
                    kind="figure",
                    sort=False,
                )
                for code, name in names.items()
            ),
            Column("all", "合计", width=70, kind="figure", sort=False),
        )
        self.reasons.set_source(ListSource(columns, _reason_rows(compared.operators)))
        self._show_opening(opening, compared)
        for card in (self.operators_card, self.reasons_card):
            card.setVisible(bool(compared.operators))

    def _figures(self, compared: Comparison, found: Comparing) -> None:
        value = found.value
        self.value.set(
            show_number(value.value, 0) if value else "—", "家", _made_of(value) if value else "还没有记录"
        )
        self.union.set(f"{compared.union:,}", "家", "已核实、本区、最早的一条")
        self.valid.set(f"{compared.valid:,}", "家", f"另有 {compared.union - compared.valid:,} 家服务已到期")
        self.shared.set(f"{compared.shared:,}", "家", "看冲突清单")

    def _operator_row(self, each: Operator) -> Row:
        return Row(
            each.code or _NONE,
            {
                "name": self._name(each.code), "rows": each.rows, "firms": each.firms, "verified": each.verified,
                "provable": each.provable, "shared": each.shared, "counted": each.counted, "lapsed": each.lapsed,
                "reported": show_number(each.reported, 0) if each.reported is not None else None,
                "difference": show_number(each.difference, 0) if each.difference is not None else None,
            },
        )  # fmt: skip

    def _name(self, code: str) -> str:
        return (self.context.directory.name("unit", code) if code else "") or OTHER

    def _show_opening(self, opening: Opening, compared: Comparison) -> None:
        figure = show_number(opening.figure, 0) if opening.figure is not None else "0"
        if opening.listed:
            self.opening_words.setText(
                f"期初名单 {opening.listed:,} 条，去重后计入 {compared.opening:,} 家；计划中的期初数为 {figure} 家。"
            )
            self.opening_note.setText("期末＝名单与其后核实的企业去重后的家数，名单已替换期初数。")
        else:
            self.opening_words.setText(f"期初数 {figure} 家（{opening.year} 年），没有名单。")
            self.opening_note.setText(
                "期末＝期初数＋此后净新增；期初企业与新增企业无法比对去重。有名单后在这里导入，自动替换期初数。"
            )
        self.forget.setVisible(bool(opening.listed))

    # Leading on.

    def _list(self, filters: dict[str, Any]) -> None:
        self.goto_asked.emit("cloud", {"filters": filters})

    def _open_reason(self, reason: str) -> None:
        filters: dict[str, Any] = {"uncounted_reason": reason}
        if reason in ("待核实", "核实不符"):
            filters = {"verify_status": reason}
        elif reason == "没有上云日期":
            filters = {"cloud_on": None, "counted": False}
        elif reason == "没有信用代码":
            filters = {"uncounted_reason": None, "counted": False, "verify_status": "已核实"}
        self._list(filters)

    def import_opening(self) -> None:
        """Ask for the list and read it aside."""
        path = ask_ledger(self, self.context)
        if path is None:
            return
        store = self.context.store

        def done(found: tuple[FileReport, Opening]) -> None:
            report, opening = found
            text, hint, state = words_about(report)
            if report.outcome != REJECTED:
                hint = f"期初名单现有 {opening.listed:,} 条，已替换计划中的期初数。"
            self.say(text, hint, state)
            self.context.changed()

        self.context.jobs.run(
            "import",
            lambda progress, cancelled: cloud.import_opening(store, path, progress=progress, cancelled=cancelled),
            title="导入期初名单", on_done=done, on_failed=self.failed, owner=self, supersede=False,
        )  # fmt: skip

    def _ask_forget(self) -> None:
        self.ask.ask(
            "取消期初名单后，恢复按计划中的期初数计；名单里的记录保留，按普通记录处理。",
            "取消名单",
            self._forget,
            danger=True,
        )

    def _forget(self) -> None:
        store = self.context.store

        def done(number: int) -> None:
            self.say(f"已取消期初名单（{number:,} 条），恢复按期初数计。", "", "ok")
            self.context.changed("cloud")

        self.context.jobs.run(
            "cloud/opening", lambda _progress, _cancelled: cloud.forget_opening(store), title="取消期初名单",
            on_done=done, on_failed=self.failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def first_focus(self) -> QWidget | None:
        return self.operators


def _made_of(value: Computed) -> str:
    """“期初数 1,300＋净新增 188”."""
    new = show_number(dict(value.parts)["净新增"], 0)
    return f"期初数 {show_number(value.base, 0)}＋净新增 {new}" if value.base else f"期初名单＋净新增 {new}"


def _brief(name: str) -> str:
    """An operator's name as a column can carry it."""
    for word in ("移动", "电信", "联通"):
        if word in name:
            return word
    return name if len(name) <= 6 else f"{name[:5]}…"


def _reason_rows(operators: Sequence[Operator]) -> list[Row]:
    """One row per reason, the commonest first."""
    totals: dict[str, int] = {}
    for each in operators:
        for reason, number in each.reasons.items():
            totals[reason] = totals.get(reason, 0) + number
    return [
        Row(
            reason,
            {
                "reason": reason,
                "all": number,
                **{each.code or _NONE: each.reasons.get(reason, 0) for each in operators},
            },
        )
        for reason, number in sorted(totals.items(), key=lambda each: (-each[1], each[0]))
    ]
