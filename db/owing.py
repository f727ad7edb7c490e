"""Rows that still lead to something: a filter of lists, so that what 本月 counts is what its button shows. SQL only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from db.models import Cloud, Duty, Issue, Liaison, Nurture, Project, Visit
from db.models.duty import RUNNING
from db.models.nurture import UPSCALE
from db.periods import Period, quarter_end

AT_REST = ("投产（运营）", "暂停", "终止")  # projects nobody reports on every month


def condition(register: str, wanted: str) -> ColumnElement[bool]:
    """The rows of a register that owe `wanted`, “what” or “what:month”. KeyError for what is not known.

    visit: cloud (已上云 without a record), nurture (有潜力 without a candidacy), issue (有诉求 without a problem).
    liaison: visits (fewer than owed in the month's quarter). duty, project: progress (not yet of the month).
    """
    what, _, period = wanted.partition(":")
    found: ColumnElement[bool] = _CONDITIONS[register, what](period)
    return found


def quarter_of(period: str) -> tuple[date, date]:
    """First and last day of the quarter a month lies in."""
    month = Period(period)
    last = quarter_end(month.year, month.quarter)
    return last.shift(-2).first_day, last.last_day


def _cloud(_period: str) -> ColumnElement[bool]:
    there = select(Cloud.id).where(Cloud.enterprise_id == Visit.enterprise_id, Cloud.deleted_at.is_(None))
    return and_(Visit.cloud_status == "已上云", not_(there.exists()))


def _nurture(_period: str) -> ColumnElement[bool]:
    there = select(Nurture.id).where(
        Nurture.enterprise_id == Visit.enterprise_id,
        Nurture.nurture_type == UPSCALE,
        Nurture.deleted_at.is_(None),
    )
    return and_(Visit.upscale_potential == "有", not_(there.exists()))


def _issue(_period: str) -> ColumnElement[bool]:
    there = select(Issue.id).where(Issue.visit_id == Visit.id, Issue.deleted_at.is_(None))
    return and_(Visit.has_issue.is_(True), not_(there.exists()))


def leaders_visits(first: date, last: date) -> Any:
    """How many visits the leader of a 挂点 made to its firm: named as the leader of the visit, or among the visitors."""
    return (
        select(func.count())
        .select_from(Visit)
        .where(
            Visit.enterprise_id == Liaison.enterprise_id,
            Visit.visit_date.between(first, last),
            Visit.deleted_at.is_(None),
            or_(func.instr(Visit.leader, Liaison.leader) > 0, func.instr(Visit.visitors, Liaison.leader) > 0),
        )
        .correlate(Liaison)
        .scalar_subquery()
    )


def _visits(period: str) -> ColumnElement[bool]:
    first, last = quarter_of(period)
    return and_(
        or_(Liaison.from_on.is_(None), Liaison.from_on <= last),
        or_(Liaison.to_on.is_(None), Liaison.to_on >= first),
        leaders_visits(first, last) < Liaison.visits_owed,
    )


def _duty(period: str) -> ColumnElement[bool]:
    return and_(
        Duty.year == period[:4], Duty.status.in_(RUNNING), or_(Duty.asof_ym.is_(None), Duty.asof_ym < period)
    )


def _project(period: str) -> ColumnElement[bool]:
    return and_(
        or_(Project.stage.is_(None), Project.stage.not_in(AT_REST)),
        or_(Project.asof_ym.is_(None), Project.asof_ym < period),
    )


_CONDITIONS: Mapping[tuple[str, str], Callable[[str], Any]] = {
    ("visit", "cloud"): _cloud,
    ("visit", "nurture"): _nurture,
    ("visit", "issue"): _issue,
    ("liaison", "visits"): _visits,
    ("duty", "progress"): _duty,
    ("project", "progress"): _project,
}
