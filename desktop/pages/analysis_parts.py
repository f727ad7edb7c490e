"""The parts of 分析: a picture in its card, and one section for each tab. Reading is actions/analysis.py's, actions the page's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.analysis_indicators import Bullet, Bullets, Trend
from db.analysis_units import Heat
from db.progress import DASH, show_number, show_pct
from db.totals import Candidate
from desktop.actions import analysis
from desktop.actions.analysis import Shown
from desktop.context import AppContext
from desktop.printing.pictures import drawing_of
from desktop.style.theme import tokens
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.bullet_drawing import STATE
from desktop.widgets.card import Card
from desktop.widgets.drawing import Drawing, Mark
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import label
from desktop.widgets.picture import Picture

BEHIND = ("关注", "预警")


class PictureCard(Card):
    """A picture with its title and unit above and its 口径 and coverage below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.picture = Picture(name, self)
        self.add(self.picture, 1)
        self.foot = label("", "muted", wrap=True)
        self.add(self.foot)

    def show_drawing(self, drawing: Drawing) -> None:
        about = drawing.about
        self.set_title(about.title, f"单位：{about.unit}" if about.unit else "")
        self.foot.setText(about.note)
        self.foot.setVisible(bool(about.note))
        self.picture.show_drawing(drawing)


class Section(QWidget):
    """One tab. `show_data` fills it; `cards` are its pictures in reading order."""

    rows_asked = Signal(object)  # Rows
    record_asked = Signal(str, str)  # register, id

    tab = ""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setProperty("role", "plain")
        self.cards: list[PictureCard] = []

    def card(self, name: str) -> PictureCard:
        made = PictureCard(name, self)
        made.picture.rows_asked.connect(self.rows_asked)
        self.cards.append(made)
        return made

    def show_data(self, shown: Shown) -> None:
        raise NotImplementedError

    def first_focus(self) -> QWidget | None:
        return self.cards[0].picture if self.cards else None

    def chips(self) -> list[tuple[str, str | None]]:
        """(word, state) to stand beside the tabs."""
        return []

    @property
    def current(self) -> PictureCard | None:
        """The picture that is meant by 复制: the one with the keyboard, else the first."""
        focus = self.window().focusWidget()
        inside = next((card for card in self.cards if focus is not None and card.isAncestorOf(focus)), None)
        return inside or (self.cards[0] if self.cards else None)


class PlainSection(Section):
    """Pictures below each other: (kind, name) in order; a kind the data lack is put away."""

    def __init__(
        self, context: AppContext, kinds: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """`kinds`: key of the data, kind of picture, name."""
        super().__init__(context, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self._kinds = kinds
        self._places = {key: self.card(name) for key, _, name in kinds}
        for card in self._places.values():
            column.addWidget(card, 1)
            card.hide()

    def show_data(self, shown: Shown) -> None:
        self.cards = []
        for key, kind, _ in self._kinds:
            card = self._places[key]
            card.setVisible(key in shown.data)
            if key in shown.data:
                card.show_drawing(drawing_of(kind, shown.data[key]))
                self.cards.append(card)


class IndicatorSection(Section):
    """Bullet bars of all indicators; below, the year of the one that is pointed at, and what units say of those behind."""

    trends_asked = Signal()
    tab = analysis.INDICATORS

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.bars = self.card("指标完成情况")
        self.bars.picture.set_least(28 + 14 * 19)
        self.bars.picture.at_changed.connect(self._at)
        column.addWidget(self.bars, 62)
        below = QHBoxLayout()
        below.setSpacing(16)
        self.year = self.card("走势")
        self.year.picture.set_least(114)
        below.addWidget(self.year, 56)
        self.words = Card("各单位怎么说")
        below.addWidget(self.words, 44)
        self._said = self._scroll()
        column.addLayout(below, 38)
        self._rows: tuple[Bullet, ...] = ()
        self._trends: dict[int, Trend] = {}
        self._no: int | None = None
        self._asked: int | None = None  # an indicator to point at once they are read
        self._own = False

    def _scroll(self) -> QVBoxLayout:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("各单位的原因说明")
        inner = QWidget()
        inner.setProperty("role", "scroll")
        words = QVBoxLayout(inner)
        words.setContentsMargins(0, 0, 8, 0)
        words.setSpacing(2)
        area.setWidget(inner)
        self.words.add(area, 1)
        return words

    def show_data(self, shown: Shown) -> None:
        data: Bullets = shown.data["bullets"]
        self._rows, self._own = data.rows, shown.unit_code is not None
        self.bars.show_drawing(drawing_of("bullets", data))
        behind = [row for row in data.rows if row.state in BEHIND]
        for widget in (self.year, self.words):
            widget.setVisible(bool(data.rows))
        self.cards = [self.bars, self.year] if data.rows else [self.bars]
        self._show_words(behind)
        numbers = {row.no for row in data.rows}
        if self._no not in numbers:
            self._no = next((row.no for row in (*behind, *data.rows)), None)
        self._trends = {}
        if data.rows:
            if self._asked is not None:
                asked, self._asked = self._asked, None
                self.choose(asked)
            self.trends_asked.emit()

    def chips(self) -> list[tuple[str, str | None]]:
        binding = [row for row in self._rows if row.binding]
        known = [row for row in binding if row.state in STATE]
        good = sum(row.state == "正常" for row in known)
        if not known or self._own:
            return []
        unknown = f"，{len(binding) - len(known)} 项未报齐" if len(known) < len(binding) else ""
        return [
            (
                f"约束性 {len(binding)} 项中 {good} 项不落后{unknown}",
                "ok" if good == len(binding) else "neutral",
            )
        ]

    def show_trends(self, found: Sequence[Trend]) -> None:
        """The years of the indicators, read after the bars are there."""
        self._trends = {each.no: each for each in found}
        self._show_year()

    def choose(self, no: int) -> None:
        """Show an indicator's year, and point at its bar."""
        self._no = no
        if not self._rows:
            self._asked = no
            return
        place = next((n for n, row in enumerate(self._rows) if row.no == no), None)
        if place is not None:
            self.bars.picture.point_to(place)
        self._show_year()

    def _at(self, mark: Mark | None) -> None:
        if mark is not None and mark.row < len(self._rows):
            self._no = self._rows[mark.row].no
            self._show_year()

    def _show_year(self) -> None:
        found = self._trends.get(self._no or 0)
        if found is not None:
            self.year.show_drawing(drawing_of("trend", found))
            self.year.foot.setText(found.assumption)

    def _show_words(self, behind: Sequence[Bullet]) -> None:
        told = "怎么说明" if self._own else "各单位怎么说"
        self.words.set_title(f"落后的 {len(behind)} 项，{told}" if behind else told)
        while (item := self._said.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        words = [(f"{row.name} · {unit}", text) for row in behind for unit, text in row.said]
        words += [(row.name, "没有填写原因说明。") for row in behind if not row.said]
        for who, text in words or [("", "没有落后于序时进度的指标。")]:
            if who:
                self._said.addWidget(label(who, "muted", wrap=True))
            told = label(text, wrap=True)
            told.setContentsMargins(0, 0, 0, 8)
            self._said.addWidget(told)
        self._said.addStretch(1)


class _Beside(Section):
    """A list and a picture beside each other; below each other where there is no room for both."""

    narrow = 860  # px at 14 px of text

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(self.narrow)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self.row.direction() != way:
            self.row.setDirection(way)


_TREND_COLUMNS = (
    Column("name", "指标", width=190, stretch=True, lines=2, sort=False),
    Column("now", "最近", width=84, kind="figure", sort=False),
    Column("growth", "同比", width=76, kind="figure", sort=False),
    Column("end", "预计年底", width=88, kind="figure", sort=False),
)


class TrendSection(_Beside):
    """The indicators as a list with 同比 and what the year comes to; the year of the chosen one beside it."""

    tab = analysis.TRENDS

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        row = self.row
        holder = Card(flush=True)
        self.table = Table(
            ListSource(_TREND_COLUMNS), memory=context.memory, name="analysis_trends", fold=True,
            empty=EmptyState("本单位不填报指标", "计划里没有由本单位填报的指标。", icon="bars"),
        )  # fmt: skip
        self.table.setAccessibleName("指标，选一项看走势")
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._to_year)
        self.table.setMinimumHeight(tokens().metrics.px(190))
        holder.add(self.table, 1)
        row.addWidget(holder, 46)
        self.year = self.card("走势")
        row.addWidget(self.year, 54)
        self._trends: dict[str, Trend] = {}

    def show_data(self, shown: Shown) -> None:
        found: Sequence[Trend] = shown.data["trends"]
        self._trends = {str(each.no): each for each in found}
        before = self.table.current_id()
        self.table.set_source(ListSource(_TREND_COLUMNS, [_trend_row(each) for each in found]))
        self.year.setVisible(bool(found))
        if found:
            self.table.choose(before if before in self._trends else str(found[0].no))
            self._chosen(self.table.current_id() or str(found[0].no))

    def choose(self, no: int) -> None:
        """Show an indicator's year."""
        self.table.choose(str(no))

    def _to_year(self, _no: str) -> None:
        self.year.picture.setFocus(Qt.FocusReason.TabFocusReason)

    def first_focus(self) -> QWidget | None:
        return self.table

    def _chosen(self, no: str) -> None:
        if no in self._trends:
            self.year.show_drawing(drawing_of("trend", self._trends[no]))


def _trend_row(trend: Trend) -> Row:
    growth = trend.growth
    return Row(
        str(trend.no),
        {
            "name": f"{trend.no}. {trend.name}",
            "now": show_number(trend.latest, trend.places),
            "growth": DASH if growth is None else f"{'+' if growth > 0 else ''}{show_pct(growth)}",
            "end": show_number(trend.year_end, trend.places),
        },
    )


class HeatSection(PlainSection):
    """Streets × figures; where the office may rank, a choice of the column to sort by."""

    tab = analysis.UNITS

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, (("heat", "heat", "街道主要数据"), ("visits", "visits", "走访")), parent)
        self._heat: Heat | None = None
        self.order = QComboBox(self)
        self.order.setAccessibleName("排列")
        self.order.currentIndexChanged.connect(self._sort)
        self._places["heat"].head.addWidget(self.order)

    def show_data(self, shown: Shown) -> None:
        super().show_data(shown)
        self._heat = shown.data.get("heat")
        heat = self._heat
        self.order.setVisible(heat is not None and heat.may_rank)
        if heat is not None and heat.may_rank:
            before = max(self.order.currentIndex(), 0)
            self.order.blockSignals(True)
            self.order.clear()
            self.order.addItems(["按代码排列", *(f"按“{column.name}”排列" for column in heat.columns)])
            self.order.setCurrentIndex(min(before, self.order.count() - 1))
            self.order.blockSignals(False)
            self._sort()

    def _sort(self) -> None:
        if self._heat is not None:
            shown = self._heat.ranked(self.order.currentIndex() - 1)
            self._places["heat"].show_drawing(drawing_of("heat", shown))


_NEAR_COLUMNS = (
    Column("firm", "企业", width=150, stretch=True, lines=2, sort=False),
    Column("unit", "街道", width=92, kind="muted", sort=False),
    Column("rate", "达标率", width=66, kind="figure", sort=False),
    Column("missing", "还差（万元）", width=104, kind="figure", sort=False),
)


class UpscaleSection(_Beside):
    """The funnel, and beside it the candidates closest below the line."""

    tab = analysis.UPSCALE

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        row = self.row
        self.funnel = self.card("升规培育漏斗")
        row.addWidget(self.funnel, 52)
        self.near = Card("接近升规线", flush=True)
        self.table = Table(
            ListSource(_NEAR_COLUMNS), memory=context.memory, name="analysis_near", fold=True,
            empty=EmptyState("没有接近升规线的企业", "填了累计营收、还没有入库的培育对象列在这里。", icon="sprout"),
        )  # fmt: skip
        self.table.setAccessibleName("接近升规线的企业")
        self.table.opened.connect(lambda key: self.record_asked.emit("nurture", key))
        self.table.setMinimumHeight(tokens().metrics.px(190))
        self.near.add(self.table, 1)
        row.addWidget(self.near, 48)

    def show_data(self, shown: Shown) -> None:
        self.funnel.show_drawing(drawing_of("funnel", shown.data["funnel"]))
        near: Sequence[Candidate] = shown.data["near"]
        self.table.set_source(ListSource(_NEAR_COLUMNS, [_near_row(each) for each in near]))
        reached = shown.data["reached"]
        self.near.set_title("接近升规线", f"另有 {reached} 家已达标未入库" if reached else "")


def _near_row(each: Candidate) -> Row:
    return Row(
        each.id.hex if each.id is not None else "",
        {
            "firm": each.enterprise,
            "unit": each.unit,
            "rate": show_pct(each.reach_rate),
            "missing": show_number(each.missing, 0),
        },
    )


def sections() -> dict[str, Callable[[AppContext], Section]]:
    """How the section of each tab is made; it is made when its tab is first shown."""
    return {
        analysis.INDICATORS: IndicatorSection,
        analysis.TRENDS: TrendSection,
        analysis.UNITS: HeatSection,
        analysis.UPSCALE: UpscaleSection,
        analysis.ISSUES: lambda context: PlainSection(
            context, (("ageing", "ageing", "按类别"), ("ageing_units", "ageing", "按登记单位"))
        ),
        analysis.CLOUD: lambda context: PlainSection(context, (("cloud", "cloud", "上云企业增长"),)),
        analysis.PARKS: lambda context: PlainSection(context, (("parks", "parks", "园区经营"),)),
    }
