"""流程: the candidates by stage, how many and how much is missing to the line; a stage chooses the table below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from db import workflow
from db.lists import ListQuery
from db.models import nurture as model
from db.progress import show_number, show_pct
from db.upscale.pipeline import FORWARD, OUT, StageTotal
from desktop.actions import nurture
from desktop.context import AppContext
from desktop.page import SUPERVISOR
from desktop.pages.register_views import View
from desktop.pages.source import STATE_OF, RegisterSource
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.tables.cells import Bar, Mark
from desktop.tables.model import Column, Row
from desktop.tables.table import Table
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_row import FilterRow

_TALL, _SMALL = 96, 34  # px of a tile
_ROOM = 100  # px of width in which a tile's words are whole
_APART = 4  # between the way forward and the ways out
_LARGE = 10_000  # 万元 in 亿元
_FULL = 150  # percent of the line at which the bar is full
_READ = (
    "threshold", "revenue_ytd", "reach_rate", "forecast", "reach_ym", "asof_ym", "declare_type", "specialty", "owner", "stage",
)  # fmt: skip
_COLUMNS = (
    Column("enterprise_id", "企业", width=260, kind="strong", stretch=True),
    Column("bar", "达标进度", width=140, kind="bar", sort=False),
    Column("reach_rate", "达标率", width=112, kind="figure", unit="%"),
    Column("gap", "还差", width=116, kind="figure", unit="万元", sort=False),
    Column("forecast", "预计全年", width=136, kind="figure", unit="万元"),
    Column("reach_ym", "预计达标", width=92),
    Column("specialty", "专业", width=130),
    Column("declare_type", "方式", width=88, kind="muted"),
    Column("owner", "责任人", width=84, kind="muted"),
    Column("incomplete", "待补", width=84, kind="chip", sort=False),
)


class FlowSource(RegisterSource):
    """The candidates of a stage with what is missing to the line."""

    def _maker(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        return super()._maker(name) if name in self._fields else lambda _record: None

    def row(self, record: Mapping[str, Any]) -> Row:
        """Most columns are worked out here, not fields of the register."""
        line, revenue, rate = record.get("threshold"), record.get("revenue_ytd"), record.get("reach_rate")
        gap = max(line - revenue, line * 0) if line and revenue is not None else None
        passed = rate is not None and rate >= 100
        share = None if rate is None else min(1.0, max(0.0, float(rate) / _FULL))
        return Row(
            record["id"].hex,
            {
                "enterprise_id": record.get("enterprise_name") or None,
                "bar": Bar(share, 100 / _FULL if line else None, "ok" if passed else "watch", show_pct(rate)),
                "reach_rate": rate,
                "gap": "已过线" if passed else show_number(gap, 0) if gap is not None else None,
                "forecast": show_number(record["forecast"], 0)
                if record.get("forecast") is not None
                else None,
                "reach_ym": record.get("reach_ym"),
                "specialty": record.get("specialty"),
                "declare_type": record.get("declare_type"),
                "owner": record.get("owner"),
                "incomplete": Mark("待补全", "watch") if record.get("incomplete") else None,
            },
        )


class StageTile(QWidget):
    """One stage: its name, how many, 万元 to the line. `chosen` on click, Enter, Space."""

    chosen = Signal(str)

    def __init__(self, stage: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self.total: StageTotal | None = None
        self.most = 1
        self.current = False
        self.small = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, total: StageTotal, most: int, current: bool) -> None:
        """`most`: the largest number of any stage, which fills the bar."""
        self.total, self.most, self.current = total, max(1, most), current
        words = [f"{self.stage} {total.candidates} 家", *self._notes()]
        self.setAccessibleName("，".join(words) + ("，已选中" if current else ""))
        nexts = workflow.allowed("nurture", self.stage)
        self.setToolTip("\n".join([*words, f"下一步：{'、'.join(nexts)}" if nexts else "没有下一步"]))
        self.update()

    def _notes(self) -> list[str]:
        total = self.total
        if total is None or not total.candidates:
            return []
        notes = []
        if total.gap:
            # A tile is narrow: 32,196 万元 is told as 3.22 亿元.
            large = total.gap >= _LARGE
            notes.append(
                f"差 {show_number(total.gap / _LARGE, 2)} 亿元"
                if large
                else f"差 {show_number(total.gap, 0)} 万元"
            )
        if total.passed:
            notes.append(f"已过线 {total.passed}")
        return notes

    def sizeHint(self) -> QSize:
        m = tokens().metrics
        return QSize(m.px(112), m.px(_SMALL if self.small else _TALL))

    def minimumSizeHint(self) -> QSize:
        m = tokens().metrics
        return QSize(m.px(84), m.px(_SMALL if self.small else _TALL))

    def set_small(self, small: bool) -> None:
        """One line only: name and number."""
        self.small = small
        self.updateGeometry()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.stage)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens()
        p, m = look.palette, look.metrics
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        border = p.accent if self.current or self.hasFocus() else p.line
        rounded(painter, box, 6, p.tone("info").soft if self.current else p.card, border)
        inner = box.adjusted(10, 8, -8, -8)
        number = self.total.candidates if self.total is not None else 0
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(font(m.small))
        painter.setPen(QColor(p.text if number else p.text2))
        if self.small:
            painter.drawText(box.adjusted(10, 0, -8, 0), left, f"{self.stage}  {number:,}")
            painter.end()
            return
        painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), m.px(20)), left, self.stage)
        painter.setFont(font(m.px(20), strong=True))
        painter.setPen(QColor(p.text if number else p.text3))
        painter.drawText(
            QRectF(inner.left(), inner.top() + m.px(20), inner.width(), m.px(28)), left, f"{number:,}"
        )
        track = QRectF(inner.left(), inner.top() + m.px(51), inner.width(), 4)
        rounded(painter, track, 2, p.track)
        if number:
            bar = QRectF(track)
            bar.setWidth(max(4.0, track.width() * number / self.most))
            rounded(painter, bar, 2, p.tone(STATE_OF.get(self.stage, "info")).full)
        painter.setFont(font(m.tiny))
        painter.setPen(QColor(p.text2))
        notes = self._notes()
        words = notes[0] if notes else ""
        if painter.fontMetrics().horizontalAdvance(words) > inner.width():
            words = words.removeprefix("差 ")  # the whole is in the tooltip
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(QRectF(inner.left(), inner.top() + m.px(60), inner.width(), m.px(20)), left, words)
        painter.end()


class FlowView(View):
    """The stages of the work in a row, the ways out beside them; arrows and Enter choose one."""

    key, word = "flow", "流程"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.header.add("在列表中查看", self._to_list, "Ctrl+L", show_hint=False)
        self.filters = FilterRow(self, context.memory, "view/flow")
        types = [(None, "全部类型"), *((each, each.removeprefix("数字经济")) for each in model.TYPES)]
        self.filters.add_choice("nurture_type", "类型", types, model.UPSCALE)
        if context.role == SUPERVISOR:
            self.filters.add_choice("street", "街道", [(None, "全部街道"), *context.streets()])
        self.filters.changed.connect(lambda _values: self.reload())
        self.column.addWidget(self.filters)
        self.stage: str | None = None
        self.tiles = {stage: StageTile(stage, self) for stage in (*FORWARD, *OUT)}
        self.grid = QGridLayout()
        self.grid.setSpacing(8)
        self._narrow: bool | None = None
        for tile in self.tiles.values():
            tile.chosen.connect(self.choose)
            tile.installEventFilter(self)
        self._arrange(False)
        self.column.addLayout(self.grid)
        card = Card(flush=True)
        self.column.addWidget(card, 1)
        empty = EmptyState("这个阶段没有培育对象", "按左右方向键换一个阶段，回车查看。", icon="sprout")
        self.table = Table(
            self._source(), memory=context.memory, name="view/flow", jobs=context.jobs, empty=empty, fold=True
        )
        self.table.setAccessibleName("所选阶段的培育对象")
        self.table.opened.connect(lambda key: self.record_asked.emit(UUID(hex=key)))
        card.add(self.table, 1)

    def _arrange(self, narrow: bool) -> None:
        """All in one line; where there is no room, the ways out in a low line below."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for tile in self.tiles.values():
            self.grid.removeWidget(tile)
        for place, stage in enumerate(FORWARD):
            self.grid.addWidget(self.tiles[stage], 0, place)
            self.grid.setColumnStretch(place, 1)
        self.grid.setColumnMinimumWidth(len(FORWARD), 0 if narrow else _APART)
        for place, stage in enumerate(OUT):
            column = len(FORWARD) + 1 + place
            self.tiles[stage].set_small(narrow)
            if narrow:
                self.grid.addWidget(self.tiles[stage], 1, place)
            else:
                self.grid.addWidget(self.tiles[stage], 0, column)
            self.grid.setColumnStretch(column, 0 if narrow else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        m = tokens().metrics
        self._arrange(self.width() < (m.px(_ROOM) + 8) * len(self.tiles))

    def minimumSizeHint(self) -> QSize:
        """As narrow as the way forward: the layout's own would keep all tiles in one line."""
        m = tokens().metrics
        return QSize((m.px(84) + 8) * len(FORWARD), super().minimumSizeHint().height())

    # Reading.

    def reload(self) -> None:
        store, chosen = self.context.store, self.filters.values()
        kind, street = chosen.get("nurture_type"), chosen.get("street")
        self.context.jobs.run(
            f"view/flow/{id(self)}", lambda _progress, _cancelled: nurture.read_stages(store, kind, street),
            title="统计培育阶段", on_done=lambda found: self._show(*found), on_failed=self.failed, owner=self,
            quiet=True,
        )  # fmt: skip

    def _show(self, found: Sequence[StageTotal], whole: int) -> None:
        by_stage = {each.stage: each for each in found}
        most = max((each.candidates for each in found), default=1)
        if self.stage is None or not by_stage[self.stage].candidates:
            # The furthest stage that still has work in it.
            open_ones = [each.stage for each in found if each.candidates and each.stage in FORWARD[:-1]]
            self.stage = (
                open_ones[-1] if open_ones else next((e.stage for e in found if e.candidates), FORWARD[0])
            )
            if self.window().focusWidget() in self.tiles.values():
                self.tiles[self.stage].setFocus(Qt.FocusReason.OtherFocusReason)
        for stage, tile in self.tiles.items():
            tile.set(by_stage[stage], most, stage == self.stage)
        gap = sum((each.gap for each in found if each.stage in FORWARD[:-1]), start=found[0].gap * 0)
        note = f"共 {whole:,} 家"
        if gap:
            note += f"，在培育的合计差 {show_number(gap, 0)} 万元到线"
        self.filters.set_note(note)
        self.table.set_source(self._source())

    def _source(self) -> RegisterSource:
        chosen = self.filters.values()
        filters: dict[str, Any] = {"stage": self.stage or FORWARD[0]}
        for name in ("nurture_type", "street"):
            if chosen.get(name):
                filters[name] = chosen[name]
        query = ListQuery("nurture", filters, sort=("reach_rate", True), columns=_READ)
        return FlowSource(self.context, query, _COLUMNS)

    # Choosing.

    def choose(self, stage: str) -> None:
        """Show the candidates of a stage below."""
        self.stage = stage
        for each, tile in self.tiles.items():
            if tile.total is not None:
                tile.set(tile.total, tile.most, each == stage)
        self.table.set_source(self._source())

    def eventFilter(self, watched: Any, event: Any) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if step and watched in self.tiles.values():
                order = list(self.tiles)
                place = (order.index(watched.stage) + step) % len(order)
                self.tiles[order[place]].setFocus(Qt.FocusReason.TabFocusReason)
                self.choose(order[place])
                return True
            if event.key() == Qt.Key.Key_Down and watched in self.tiles.values():
                self.table.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _to_list(self) -> None:
        chosen = self.filters.values()
        filters: Mapping[str, Any] = {
            "stage": self.stage,
            "nurture_type": chosen.get("nurture_type"),
            **({"street": chosen["street"]} if chosen.get("street") else {}),
        }
        self.goto_asked.emit("nurture", {"filters": dict(filters)})

    def first_focus(self) -> QWidget | None:
        return self.tiles[self.stage or FORWARD[0]]
