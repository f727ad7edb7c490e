"""挂点 and 一企一策: who looks after a firm, whether the quarter's visits were made, what was promised to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db import totals_more
from db.periods import Period
from desktop.context import AppContext
from desktop.pages.plans import plan_for
from desktop.pages.stepped import Do, SteppedPage
from desktop.places import place
from desktop.widgets.labels import label

LED_VISIT = "挂点领导走访"


class LiaisonPage(SteppedPage):
    key, word, icon = "liaison", "挂点", "person"
    plan = plan_for("liaison")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if record.get("enterprise_id") is None:
            return ()
        return (
            ("登记走访", lambda: self.log_visit(record)),
            ("企业档案", lambda: self.goto_asked.emit(*place("enterprise", record=record["enterprise_id"]))),
        )

    def log_visit(self, record: Mapping[str, Any]) -> None:
        """A visit of this leader to this firm, begun with what is known."""
        defaults = {
            "enterprise_id": record["enterprise_id"],
            "visit_type": LED_VISIT,
            "leader": record.get("leader"),
            "visit_date": self.context.today(),
        }
        self.goto_asked.emit(*place("visit", new=True, defaults=defaults))

    def picture(self, record: Mapping[str, Any]) -> QWidget | None:
        return QuarterVisits(record, self.context, self.list.panel)


class QuarterVisits(QWidget):
    """How many of the quarter's visits were made."""

    def __init__(self, record: Mapping[str, Any], context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.words = label("", "muted", wrap=True)
        column.addWidget(self.words)
        store, month, key = context.store, Period(context.period), record["id"]
        self._quarter = f"{month.year} 年第 {(month.month + 2) // 3} 季度"

        def work(_progress: Any, _cancelled: Any) -> tuple[int, int] | None:
            with store.read() as session:
                return totals_more.liaison_behind(session, month).get(key)

        context.jobs.run(
            f"quarter/{id(self)}", work, title="统计挂点走访", on_done=self._show, owner=self, quiet=True
        )

    def _show(self, found: tuple[int, int] | None) -> None:
        if found is None:
            self.words.setText("这个月不在挂点期内。")
            return
        made, owed = found
        left = owed - made
        told = f"还差 {left} 次" if left > 0 else "已完成"
        words = f"{self._quarter}应走访 {owed} 次，已走访 {made} 次，{told}。"
        self.words.setText(words.replace(" 次", "\u00a0次"))  # a figure and its unit stay on one line


class FirmPlanPage(SteppedPage):
    key, word, icon = "firm_plan", "一企一策", "document"
    plan = plan_for("firm_plan")

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        if record.get("enterprise_id") is None:
            return ()
        return (
            ("企业档案", lambda: self.goto_asked.emit(*place("enterprise", record=record["enterprise_id"]))),
        )
