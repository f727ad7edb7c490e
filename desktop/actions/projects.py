"""Projects as a page tells of them: the stock against its target and floor, one project's investment by month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from db import checks, computed_reading, plan_issues, totals_more
from db.models import Indicator
from db.periods import Period
from db.store import Store

IN_STOCK = "project"  # the register that an indicator of the plan names


@dataclass(frozen=True, slots=True)
class Stock:
    """Projects in stock at the end of a month; `target` of the year and `floor` of every year from the plan."""

    in_stock: int
    target: Decimal | None
    floor: Decimal | None

    @property
    def state(self) -> str:
        """ok at the target, watch between floor and target, alarm below the floor."""
        if self.floor is not None and self.in_stock < self.floor:
            return "alarm"
        return "watch" if self.target is not None and self.in_stock < self.target else "ok"


def stock(store: Store, period: str, unit_code: str | None = None) -> Stock:
    """The stock of the register (with `unit_code`, of that office, which has no target of its own)."""
    month = Period(period)
    with store.read() as session:
        number = totals_more.projects(session, month, unit_code).in_stock
        no = session.scalar(select(Indicator.no).where(Indicator.register == IN_STOCK))
        if no is None or unit_code is not None:
            return Stock(number, None, None)
        plan = plan_issues.plan_for(session, month)
        return Stock(number, plan.target(no, month.year), computed_reading.yearly_floor(plan, no))


def project_course(store: Store, project_id: UUID) -> list[tuple[str, Decimal | None]]:
    """What was said of the investment so far, by month (the last word on each), oldest first; in 万元."""
    with store.read() as session:
        said = checks.context(session).facts.project_months(project_id)
    by_month = {each.asof: each.invest_done for each in said}
    return sorted(by_month.items())
