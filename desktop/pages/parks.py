"""园区: a park's month with its year in the panel; a new month begun from the last for all parks at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.periods import Period
from desktop.actions import parks as actions
from desktop.context import AppContext
from desktop.pages.plans import plan_for
from desktop.pages.stepped import SteppedPage
from desktop.style.theme import tokens
from desktop.widgets.chart_base import Number
from desktop.widgets.labels import label
from desktop.widgets.line_chart import Line, LineChart


class ParksPage(SteppedPage):
    key, word, icon = "park", "园区", "park"
    plan = plan_for("park")

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.begin = self.list.header.add(
            "开始本月",
            self.start_month,
            tip="为上月填报过的园区各建一条本月月报，面积、运营单位等带过来，数字待填",
        )
        self.begin.hide()

    def refresh(self) -> None:
        super().refresh()
        self._count()

    def _count(self) -> None:
        store, period = self.context.store, self.context.period

        def show(waiting: int) -> None:
            self.begin.setVisible(waiting > 0 and not self.context.period_locked)
            self.begin.setText(f"开始 {Period(period).month} 月（{waiting} 个园区）")
            self.begin.updateGeometry()

        self.context.jobs.run(
            f"start/{id(self)}", lambda _progress, _cancelled: actions.parks_to_start(store, period), title="统计园区",
            on_done=show, owner=self, quiet=True,
        )  # fmt: skip

    def start_month(self) -> None:
        """Begin the month for every park of last month."""
        store, period = self.context.store, self.context.period

        def done(made: list[UUID]) -> None:
            self.context.changed("park")
            self.list.choose_filters({"period": period}, f"{Period(period).month} 月的园区月报")
            self.list.offer_undo(
                f"已为 {len(made)} 个园区建好本月月报，请逐个填写", partial(self._take_back, made)
            )
            self._count()
            self.back_to_list()

        self.context.jobs.run(
            "park/start", lambda _progress, _cancelled: actions.start_park_month(store, period), title="建立本月园区月报",
            on_done=done, owner=self, supersede=False,
        )  # fmt: skip

    def _take_back(self, made: list[UUID]) -> None:
        actions.take_back_month(self.context.store, made)
        self._count()

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        return ParkYear(record, self.context, self.list.panel) if record.get("park_code") else None


class ParkYear(QWidget):
    """入驻率 and income of the twelve months up to the shown one."""

    def __init__(self, record: Mapping[str, Any], context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.charts: dict[str, LineChart] = {}
        for name, words in (("occupancy", "入驻率（%）"), ("revenue_ytd", "年内累计主营业务收入（万元）")):
            column.addWidget(label(words, "fact"))
            self.charts[name] = LineChart(words)
            self.charts[name].setMinimumHeight(tokens().metrics.px(120))
            column.addWidget(self.charts[name])
        store, park = context.store, str(record["park_code"])
        period = str(record.get("period") or context.period)
        context.jobs.run(
            f"park/{id(self)}", lambda _progress, _cancelled: actions.park_course(store, park, period), title="读取园区走势",
            on_done=self._show, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, course: list[actions.ParkPoint]) -> None:
        months = [f"{int(point.period[5:])} 月" for point in course]
        for name, chart in self.charts.items():
            line = Line(chart.accessibleName(), [getattr(point, name) for point in course])
            chart.set(months, [line], write=_percent if name == "occupancy" else _money)


def _percent(value: Number) -> str:
    return f"{value:,.1f}%"


def _money(value: Number) -> str:
    return f"{value:,.2f} 万元"
