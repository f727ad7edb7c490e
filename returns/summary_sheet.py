"""What every sheet of the 月调度 summary is laid out with: the month, its further data, the book and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db import analysis_growth, analysis_indicators, analysis_work, parameters, plan_issues, settings, urging
from db.by_action import ActionLine, by_action
from db.by_unit import UnitLine, by_unit
from db.figures import figures_of
from db.lists import ListQuery
from db.plan_types import Plan
from db.rollup import Rollup
from db.since_last_month import Since, since_last_month
from db.to_decide import ToDecide, to_decide
from returns.report_book import Book, Sheet
from returns.report_looks import Cell
from returns.source_sheets import Sources


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary being laid out. `as_of`: the month's end, or today if that is to come; `office`: who makes it."""

    session: Session
    month: Rollup
    book: Book
    sources: Sources
    office: str
    as_of: date
    today: date
    plan: Plan
    ranked: bool
    units: tuple[UnitLine, ...]
    actions: tuple[ActionLine, ...]
    deciding: ToDecide
    since: Since
    urged: tuple[urging.Urged, ...]
    trends: tuple[analysis_indicators.Trend, ...]
    funnel: analysis_work.Funnel
    ageing: analysis_work.Ageing
    clouds: analysis_growth.CloudGrowth
    parks: analysis_growth.ParkGrowth

    @property
    def place(self) -> str:
        """“西湖区” of “江西省南昌市西湖区”."""
        name = self.month.region
        for mark in ("省", "市"):
            name = name.split(mark)[-1] or name
        return name

    def sheet(self, name: str, title: str, note: str = "", *, width: int, one_page: bool = False) -> Sheet:
        """A sheet with who made it and for which month in its note."""
        told = f"编制单位：{self.office}　填报期：{self.month.period.display()}"
        return self.book.sheet(
            name, title, f"{told}　{note}" if note else told, width=width, one_page=one_page
        )

    def listed(
        self,
        register: str,
        name: str,
        value: Any,
        scope: str,
        filters: Mapping[str, Any],
        *,
        unit: str = "",
        **more: Any,
    ) -> Cell:
        """A count that leads to the rows of a register which these filters keep."""
        key = f"{register}/{sorted(filters.items(), key=str)}"
        return self.sources.queried(
            key, name, value, ListQuery(register, dict(filters)), scope, unit=unit, **more
        )

    def cell(self, key: str, **more: Any) -> Cell:
        return self.sources.cell(key, **more)


def gather(session: Session, month: Rollup, book: Book, office: str) -> Summary:
    """Everything the summary says besides the month itself, read once."""
    period = month.period
    today = settings.today(session)
    as_of = min(period.last_day, today)
    return Summary(
        session, month, book, Sources(book, session, str(period), figures_of(month)), office, as_of, today,
        plan_issues.plan_for(session, period), parameters.read(session).rankings, by_unit(session, month),
        by_action(session, period), to_decide(session, period), since_last_month(session, month),
        urging.urged(session, period, today), analysis_indicators.trends(session, period),
        analysis_work.funnel(session, period), analysis_work.ageing(session, period)[0],
        analysis_growth.cloud_growth(session, period), analysis_growth.park_growth(session, period),
    )  # fmt: skip


def exact(value: Decimal | None) -> Decimal | None:
    """Without trailing zeros: what people see when they look into a cell."""
    if value is None:
        return None
    plain = value.normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain
