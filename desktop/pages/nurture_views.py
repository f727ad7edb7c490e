"""培育 beside its list: firms close to the line, entered firms at risk, titles that expire. What they mean is in db/upscale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from db.periods import Period
from db.progress import show_number, show_pct
from db.upscale.exits import Warned
from db.upscale.suggest import Suggestion
from db.upscale.titles import Title
from desktop.actions import nurture
from desktop.pages.table_view import TableView
from desktop.tables.cells import Bar, Mark
from desktop.tables.model import Column, Row
from desktop.widgets.bars import ProgressToLine
from desktop.widgets.button import Button
from desktop.widgets.facts import Facts
from desktop.widgets.reason import ReasonLine

_FULL = 150  # percent of the line at which the bar is full: what is over it is seen too


class SuggestView(TableView[Suggestion]):
    """建议名单: taken up one by one or many at once, or set aside with a reason."""

    key, word, icon = "suggest", "建议名单", "sprout"
    empty = (
        "没有接近升规线的企业",
        "规下企业的累计收入或上年收入达到比例时会列在这里；比例可在“规则与参数”里调整。",
    )
    multi = True
    columns = (
        Column("name", "企业", width=260, kind="strong", stretch=True),
        Column("share", "达标进度", width=126, kind="bar"),
        Column("percent", "比例", width=80, kind="figure"),
        Column("specialty", "专业", width=136),
        Column("street", "街道", width=104),
        Column("threshold", "升规线", width=110, kind="figure", unit="万元"),
        Column("ytd", "累计营收", width=126, kind="figure", unit="万元"),
        Column("last", "上年营收", width=126, kind="figure", unit="万元"),
        Column("way", "方式", width=88, kind="muted"),
    )

    def __init__(self, context: Any, parent: Any = None) -> None:
        super().__init__(context, parent)
        self.take = self.header.add("转入培育库", self.take_up, "Ctrl+T", primary=True)
        self.take.setEnabled(False)
        self.table.picked.connect(self._picked)
        self._made: list[UUID] = []
        self._undo: Button | None = None

    def more_filters(self) -> None:
        self.filters.add_check("aside", "今年搁置的")

    def read(self, chosen: dict[str, Any]) -> Callable[[], Sequence[Suggestion]]:
        store, period, street = self.context.store, self.context.period, chosen.get("street")
        aside = bool(chosen.get("aside"))
        return lambda: nurture.read_suggestions(store, period, street, aside)

    def told(self, items: Sequence[Suggestion]) -> str:
        over = sum(each.over for each in items)
        passed = sum(each.passed for each in items) - over
        parts = [f"{over} 家已过线" if over else "", f"{passed} 家达到序时" if passed else ""]
        words = "，".join(part for part in parts if part)
        return f"其中 {words}，请先核实。" if words else ""

    def id_of(self, item: Suggestion) -> str:
        return item.firm.hex

    def name_of(self, item: Suggestion) -> str:
        return item.name

    def row_of(self, item: Suggestion) -> Row:
        state = "ok" if item.passed else "watch"
        return Row(
            item.firm.hex,
            {
                "name": item.name,
                "share": Bar(min(1.0, float(item.share) / _FULL), 100 / _FULL, state, item.words),
                "percent": show_pct(item.share),
                "street": self.context.directory.name("street", item.street_code),
                "specialty": item.specialty,
                "threshold": show_number(item.threshold, 0),
                "ytd": show_number(item.revenue_ytd) if item.revenue_ytd is not None else None,
                "last": show_number(item.revenue_ly) if item.revenue_ly is not None else None,
                "way": item.way,
            },
        )

    def fill(self, item: Suggestion) -> tuple[str, str]:
        bar = ProgressToLine(
            f"{item.specialty} · 线 {show_number(item.threshold, 0)} 万元",
            f"{show_pct(item.share)}",
            float(item.share) / 100,
            "ok" if item.passed else "watch",
        )
        self.panel.body.addWidget(bar)
        self.text(f"{item.words}。")
        facts = [
            ("所属街道", self.context.directory.name("street", item.street_code)),
            ("申报方式", item.way),
            ("还差", f"{show_number(item.missing)} 万元" if item.missing else "已达到"),
            ("截至", Period(item.asof).display() if item.asof else ""),
        ]
        self.panel.body.addWidget(Facts(facts, 2))
        if item.aside:
            self.text(f"今年不再建议：{item.aside}。", "", "watch")
            self.button("恢复建议", lambda: self.bring_back(item))
            self.button("企业档案", lambda: self.open_firm(item.firm.hex), hint="Enter")
            return "已搁置", "neutral"
        self.panel.body.addWidget(
            ReasonLine(
                "暂不培育（写明原因，今年不再建议）", "如：收入不在本区", "暂不培育",
                lambda reason: self.set_aside(item, reason), self.panel,
            )
        )  # fmt: skip
        self.button("转入培育库", lambda: self.take_up([item.firm]), primary=True)
        self.button("企业档案", lambda: self.open_firm(item.firm.hex), hint="Enter")
        return ("已过线", "ok") if item.over else ("达序时", "ok") if item.passed else ("接近", "watch")

    def take_up(self, firms: Sequence[UUID] | None = None) -> None:
        """The given firms, or those that are selected."""
        keys = list(firms) if firms is not None else [UUID(hex=key) for key in self.table.selected_ids()]
        if not keys:
            self.say("请先选中要转入的企业。", "按住 Ctrl 或 Shift 可以选多家。", "info")
            return
        store, actor, period = self.context.store, self.context.actor, self.context.period
        self.context.jobs.run(
            "nurture/take", lambda _progress, _cancelled: nurture.take_up(store, keys, actor, period),
            title="转入培育库", on_done=self._taken, on_failed=self.failed, owner=self, supersede=False,
            cancellable=False,
        )  # fmt: skip

    def _taken(self, made: list[UUID]) -> None:
        self._made = made
        self.panel.close_panel()
        self.say(f"已转入 {len(made)} 家，阶段为“摸底”。", "还缺的内容标为“待补全”，在“培育对象”里补。", "ok")
        if self._undo is None:
            self._undo = self.message.add("撤销", self._take_back)
        self._undo.setVisible(bool(made))
        self.context.changed("nurture")

    def _take_back(self) -> None:
        store, actor, made = self.context.store, self.context.actor, self._made
        self._made = []
        self.message.hide()
        self.context.jobs.run(
            "nurture/take", lambda _progress, _cancelled: nurture.untake(store, made, actor), title="撤销转入",
            on_done=lambda _done: self.context.changed("nurture"), on_failed=self.failed, owner=self, supersede=False,
            cancellable=False,
        )  # fmt: skip

    def set_aside(self, item: Suggestion, reason: str) -> None:
        """Not this year."""
        store, actor, year = self.context.store, self.context.actor, Period(self.context.period).year

        def done(_done: object) -> None:
            self.panel.close_panel()
            if self._undo is not None:
                self._undo.hide()
            self.say(f"{year} 年不再建议“{item.name}”。", f"原因：{reason}", "info")
            self.reload()

        self.context.jobs.run(
            "nurture/aside",
            lambda _progress, _cancelled: nurture.set_aside(store, item.firm, reason, actor, year),
            title="记录原因", on_done=done, on_failed=self.failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def bring_back(self, item: Suggestion) -> None:
        """Suggest it again."""
        store = self.context.store

        def done(_done: object) -> None:
            self.panel.close_panel()
            self.say(f"“{item.name}”又列入建议名单。", "", "ok")
            self.context.changed("nurture")

        self.context.jobs.run(
            "nurture/aside", lambda _progress, _cancelled: nurture.bring_back(store, item.firm), title="恢复建议",
            on_done=done, on_failed=self.failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _picked(self, keys: list[str]) -> None:
        self.take.setEnabled(bool(keys))
        self.take.setText(f"转入培育库（{len(keys)} 家）" if len(keys) > 1 else "转入培育库")


class ExitView(TableView[Warned]):
    """退库预警: entered firms with something against them."""

    key, word, icon = "exit", "退库预警", "alert"
    empty = ("没有退库风险", "规上企业停业、迁出、收入低于标准或长期没有新数时会列在这里。")
    columns = (
        Column("name", "企业", width=250, kind="strong", stretch=True),
        Column("state", "程度", width=84, kind="chip"),
        Column("reasons", "原因", width=330, stretch=True),
        Column("street", "街道", width=104),
        Column("specialty", "入库专业", width=96),
        Column("since", "入库年月", width=100, kind="muted"),
    )

    def read(self, chosen: dict[str, Any]) -> Callable[[], Sequence[Warned]]:
        store, period, street = self.context.store, self.context.period, chosen.get("street")
        return lambda: nurture.read_warnings(store, period, street)

    def told(self, items: Sequence[Warned]) -> str:
        return "只作提醒：是否退库由统计部门认定。" if items else ""

    def id_of(self, item: Warned) -> str:
        return item.firm.hex

    def name_of(self, item: Warned) -> str:
        return item.name

    def row_of(self, item: Warned) -> Row:
        kinds = "、".join(dict.fromkeys(each.kind for each in item.reasons))
        return Row(
            item.firm.hex,
            {
                "name": item.name,
                "state": Mark("预警" if item.state == "alarm" else "关注", item.state),
                "reasons": f"{kinds}：{item.words}",
                "street": self.context.directory.name("street", item.street_code),
                "specialty": item.specialty,
                "since": item.in_stock_ym,
            },
        )

    def fill(self, item: Warned) -> tuple[str, str]:
        for each in item.reasons:
            self.text(each.kind, "strong", each.state)
            self.text(f"{each.words}。")
        self.panel.body.addWidget(
            Facts(
                [
                    ("所属街道", self.context.directory.name("street", item.street_code)),
                    ("入库专业", item.specialty),
                    ("入库年月", Period(item.in_stock_ym).display() if item.in_stock_ym else ""),
                ],
                2,
            )
        )
        self.text("只作提醒：是否退库由统计部门认定。", "muted")
        self.button("企业档案", lambda: self.open_firm(item.firm.hex), primary=True)
        return ("预警" if item.state == "alarm" else "关注", item.state)


class TitleView(TableView[Title]):
    """到期提醒: 专精特新 and 核心企业认定 until when they hold."""

    key, word, icon = "titles", "到期提醒", "calendar"
    empty = ("没有快到期的认定", "专精特新和核心产业企业认定在届满前会列在这里；勾选“全部认定”看所有的。")
    columns = (
        Column("name", "企业", width=260, kind="strong", stretch=True),
        Column("left", "期限", width=130, kind="chip"),
        Column("kind", "称号", width=214),
        Column("valid_to", "有效期至", width=104, kind="date"),
        Column("certified", "认定日期", width=104, kind="date"),
        Column("doc", "文号", width=160, kind="muted"),
        Column("street", "街道", width=104),
    )

    def more_filters(self) -> None:
        self.filters.add_check("all", "全部认定")

    def read(self, chosen: dict[str, Any]) -> Callable[[], Sequence[Title]]:
        store, today = self.context.store, self.context.today()
        return lambda: nurture.read_titles(store, today, chosen.get("street"), not chosen.get("all"))

    def id_of(self, item: Title) -> str:
        return item.record.hex

    def name_of(self, item: Title) -> str:
        return item.name or "没有对应企业"

    def row_of(self, item: Title) -> Row:
        return Row(
            item.record.hex,
            {
                "name": self.name_of(item),
                "left": Mark(item.words, item.state),
                "kind": item.kind,
                "valid_to": item.valid_to,
                "certified": item.certified_on,
                "doc": item.doc_no,
                "street": self.context.directory.name("street", item.street_code),
            },
        )

    def fill(self, item: Title) -> tuple[str, str]:
        self.panel.body.addWidget(
            Facts(
                [
                    ("称号", item.kind),
                    ("认定文号", item.doc_no),
                    ("认定日期", str(item.certified_on or "")),
                    ("有效期至", str(item.valid_to or "")),
                ],
                2,
            )
        )
        if item.days is None:
            self.text("补填有效期至，才能在届满前提醒。", "muted")
        elif item.days <= 0:
            self.text("已届满：复核通过后登记新的文号和有效期，未通过的改为“退库”。")
        else:
            self.text(f"{item.words}，请提前准备复核材料。")
        self.button("打开记录", lambda: self.opened(item.record.hex), primary=True, hint="Enter")
        firm = item.firm
        if firm is not None:
            self.button("企业档案", lambda: self.open_firm(firm.hex))
        return item.words, item.state

    def opened(self, key: str) -> None:
        self.record_asked.emit(UUID(hex=key))
