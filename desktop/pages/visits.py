"""走访: the visits of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.models import FirmPlan, visit
from desktop.pages.list_view import ListPlan
from desktop.pages.stepped import Do, SteppedPage
from desktop.places import place


class VisitsPage(SteppedPage):
    key, word, icon = "visits", "走访", "pin"
    plan = ListPlan(
        "visit",
        "走访",
        "登记走访",
        ("这个月还没有走访记录", "登记第一家：选企业、写日期和情况，其余可按 Ctrl+D 从上次带出。"),
        "pin",
        choices=(
            ("visit_mode", "方式", [(each, each) for each in visit.MODES]),
            ("visit_type", "类型", [(each, each) for each in visit.TYPES]),
        ),
        scope="month",
        state_field="operation_trend",
    )

    def ways(self, record: Mapping[str, Any]) -> Sequence[Do]:
        firm = record.get("enterprise_id")
        if firm is None:
            return ()
        found: list[Do] = [("企业档案", lambda: self.goto_asked.emit(*place("enterprise", record=firm)))]
        if record.get("plan_text"):
            found.append(("转一企一策", lambda: self.make_plan(record)))
        return found

    def make_plan(self, record: Mapping[str, Any]) -> None:
        """What was advised on the visit becomes the firm's plan, begun with what the visit says."""
        known = self._plan_of(record["id"])
        if known is not None:
            self.goto_asked.emit(*place("firm_plan", record=known))
            return
        defaults = {
            "enterprise_id": record["enterprise_id"],
            "visit_id": record["id"],
            "made_on": record.get("visit_date"),
            "situation": record.get("operation_text"),
            "measures": record.get("plan_text"),
            "org_code": self.context.unit_code,
        }
        self.goto_asked.emit(*place("firm_plan", new=True, defaults=defaults))

    def _plan_of(self, visit_id: UUID) -> UUID | None:
        with self.context.store.read() as session:
            return session.scalar(
                select(FirmPlan.id)
                .where(FirmPlan.visit_id == visit_id, FirmPlan.deleted_at.is_(None))
                .limit(1)
            )
