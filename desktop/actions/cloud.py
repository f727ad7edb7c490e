"""What people do in 上云 beyond filling in records: why one counts, compare operators, decide a conflict, the opening list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cloud_choices, cloud_counting, cloud_views
from db.computed_indicators import Computed
from db.computed_reading import computed_one
from db.errors import Refused
from db.models import Indicator, Plan
from db.periods import Period
from db.store import Actor, Store
from desktop.actions.ledger import import_ledger
from returns.results import REJECTED, FileReport


@dataclass(frozen=True)
class Opening:
    """The opening balance: the plan's figure, how many records are on the list (0: there is no list), its year."""

    figure: Decimal | None
    listed: int
    year: int


@dataclass(frozen=True)
class Comparing:
    """The operators side by side, the opening balance, and the indicator that follows from both."""

    comparison: cloud_views.Comparison
    opening: Opening
    value: Computed | None


def why(store: Store, record_id: UUID, enterprise_id: UUID | None, today: date) -> cloud_views.Why:
    """Why one record counts or not, in words."""
    with store.read() as session:
        return cloud_views.why(session, record_id, enterprise_id, today)


def catch_up(store: Store, today: date) -> bool:
    """Count anew where parameters or the day ask for it; reads only where nothing is due. Whether anything was."""
    with store.read() as session:
        if not cloud_counting.is_due(session, today):
            return False
    with store.write() as session:
        return cloud_counting.recount_if_due(session, today)


def compare(store: Store, period: str, today: date) -> Comparing:
    """The operators' lists at the end of the month."""
    with store.read() as session:
        month = Period(period)
        number = session.scalar(select(Indicator.no).where(Indicator.register == "cloud"))
        return Comparing(
            cloud_views.compare(session, month, today),
            _opening(session),
            computed_one(session, number, month) if number is not None else None,
        )


def conflicts(store: Store, today: date) -> tuple[cloud_views.Conflict, ...]:
    """Firms that several operators can prove."""
    with store.read() as session:
        return cloud_views.conflicts(session, today)


def choose(store: Store, record_id: UUID, reason: str, actor: Actor) -> None:
    """Let a record count instead of the earliest one. Refused as cloud_choices.choose says."""
    with store.write() as session:
        cloud_choices.choose(session, record_id, reason, actor)


def take_back(store: Store, firm: UUID, actor: Actor) -> None:
    """Go by the dates again."""
    with store.write() as session:
        cloud_choices.take_back(session, firm, actor)


def import_opening(
    store: Store,
    path: Path,
    *,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[FileReport, Opening]:
    """Read the list behind the opening balance; its records stand for the figure from then on.

    The rows are read as any cloud ledger is; a mere list of names is dated the end of the baseline year.
    """
    year = opening(store).year
    day = date(year, 12, 31) if year else None
    report = import_ledger(store, path, "cloud", day=day, progress=progress, cancelled=cancelled)
    if report.outcome == REJECTED or not report.batch:
        return report, opening(store)
    with store.write() as session:
        cloud_choices.take_as_opening(session, UUID(hex=report.batch.replace("-", "")), store.actor)
    return report, opening(store)


def forget_opening(store: Store) -> int:
    """The plan's figure stands again; the records stay as ordinary ones. Refused where there is no list."""
    with store.write() as session:
        if not cloud_choices.listed(session):
            raise Refused("还没有期初名单。", "期初数按计划中的数计。", "no_opening")
        return cloud_choices.forget_opening(session)


def opening(store: Store) -> Opening:
    """The opening balance as it stands."""
    with store.read() as session:
        return _opening(session)


def _opening(session: Session) -> Opening:
    figure = session.scalar(select(Indicator.opening).where(Indicator.register == "cloud"))
    year = session.scalar(select(Plan.baseline_year)) or 0
    return Opening(figure, cloud_choices.listed(session), year)
