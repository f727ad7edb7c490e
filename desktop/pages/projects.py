"""项目 and 招引线索: the stock against its target, a project's year in the panel, this month's progress in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.actions import projects as actions
from desktop.context import AppContext
from desktop.page import SUPERVISOR
from desktop.pages.plans import plan_for
from desktop.pages.stepped import Do, SteppedPage
from desktop.places import place
from desktop.style.theme import tokens
from desktop.widgets.labels import label
from desktop.widgets.line_chart import Line, LineChart


class ProjectsPage(SteppedPage):
    key, word, icon = "project", "项目", "folder"
    plan = plan_for("project")

    def refresh(self) -> None:
        super().refresh()
        store, period = self.context.store, self.context.period
        unit = None if self.context.role == SUPERVISOR else self.context.unit_code
        self.context.jobs.run(
            f"stock/{id(self)}", lambda _progress, _cancelled: actions.stock(store, period, unit), title="统计在库项目",
            on_done=self._show_stock, owner=self, quiet=True,
        )  # fmt: skip

    def _show_stock(self, found: actions.Stock) -> None:
        words = f"在库 {found.in_stock} 个"
        if found.target is not None:
            words += f" · 年度目标 {found.target:f}"
        if found.floor is not None:
            words += f" · 底线 {found.floor:f}"
        self.list.header.set_chip(words, found.state if found.target is not None else "neutral")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        found: list[Do] = []
        if record.get("asof_ym") != self.context.period:
            found.append(("填本月进展", lambda: self.begin_month(record)))
        if record.get("issues") and record.get("enterprise_id"):
            found.append(("转入问题台账", lambda: self.raise_issue(record)))
        return found

    def begin_month(self, record: Mapping[str, Any]) -> None:
        """Open the project at this month: last month's progress makes room for the new one."""
        fresh = {"asof_ym": self.context.period, "progress": None, "issues": None}
        self.open_form(record["id"], fresh, "progress")

    def raise_issue(self, record: Mapping[str, Any]) -> None:
        """What needs coordinating becomes a problem of its own, with what is known of it."""
        defaults = {
            "source": "其他",
            "enterprise_id": record["enterprise_id"],
            "registered_on": self.context.today(),
            "description": f"项目“{record.get('name') or ''}”：{record['issues']}",
            "org_code": record.get("org_code"),
        }
        self.goto_asked.emit(*place("issue", new=True, defaults=defaults))

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        return InvestmentChart(record, self.context, self.list.panel)


class InvestmentChart(QWidget):
    """How much of the planned investment is done, and what was reported by month."""

    def __init__(self, record: Mapping[str, Any], context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._total: Decimal | None = record.get("invest_total")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        done = record.get("invest_done")
        share = f"{done * 100 / self._total:.1f}%" if done is not None and self._total else "—"
        column.addWidget(label(f"投资完成 {share}", "heading"))
        self.chart = LineChart("累计完成投资")
        self.chart.setMinimumHeight(tokens().metrics.px(150))
        self.chart.hide()
        column.addWidget(self.chart)
        store, key = context.store, record["id"]
        context.jobs.run(
            f"course/{id(self)}", lambda _progress, _cancelled: actions.project_course(store, key), title="读取投资进度",
            on_done=self._show, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, course: list[tuple[str, Decimal | None]]) -> None:
        if len(course) < 2:
            return  # one point is no line
        limit = (self._total, f"计划总投资 {self._total:,.0f} 万元") if self._total else None
        self.chart.set(
            [month[2:] for month, _ in course], [Line("累计完成", [value for _, value in course])],
            limit=limit, write=lambda value: f"{value:,.2f} 万元",
        )  # fmt: skip
        self.chart.show()


class LeadsPage(SteppedPage):
    key, word, icon = "lead", "招引线索", "link"
    plan = plan_for("lead")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if record.get("stage") not in ("签约", "落地"):
            return ()
        return (("转为项目", lambda: self.make_project(record)),)

    def make_project(self, record: Mapping[str, Any]) -> None:
        """A lead that was won begins as a project with what is known of it."""
        defaults = {
            "name": f"{record.get('firm_name') or ''}项目",
            "category": "招引项目",
            "field_tag": record.get("sector"),
            "enterprise_id": record.get("enterprise_id"),
            "owner_name": None if record.get("enterprise_id") else record.get("firm_name"),
            "org_code": record.get("task_force_code"),
            "invest_total": record.get("invest"),
            "stage": "签约",
            "asof_ym": self.context.period,
        }
        self.goto_asked.emit(*place("project", new=True, defaults=defaults))
