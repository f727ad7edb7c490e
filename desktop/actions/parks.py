"""A park's year so far, and this month's figures begun from last month's. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records
from db.models import ParkMonth
from db.periods import Period
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.records import take_back_made

MONTHS = 12


@dataclass(frozen=True, slots=True)
class ParkPoint:
    """One month of a park; None where nothing was reported. Amounts in 万元."""

    period: str
    occupancy: Decimal | None
    revenue_ytd: Decimal | None
    firms: int | None


def park_course(store: Store, park_code: str, period: str) -> list[ParkPoint]:
    """The twelve months up to this one, oldest first."""
    last = Period(period)
    months = [str(last.shift(-back)) for back in range(MONTHS - 1, -1, -1)]
    with store.read() as session:
        rows = {
            row.period: row
            for row in session.scalars(
                select(ParkMonth)
                .where(
                    ParkMonth.park_code == park_code,
                    ParkMonth.period.in_(months),
                    ParkMonth.deleted_at.is_(None),
                )
                .order_by(ParkMonth.id)
            )
        }
    return [
        ParkPoint(month, row.occupancy, row.revenue_ytd, row.firms)
        if (row := rows.get(month)) is not None
        else ParkPoint(month, None, None, None)
        for month in months
    ]


def parks_to_start(store: Store, period: str) -> int:
    """How many parks this office reported the month before have no figures for the month yet."""
    with store.read() as session:
        return len(_waiting(session, store.actor.unit_code, period))


def start_park_month(store: Store, period: str) -> list[UUID]:
    """Begin the month for each park reported the month before: what seldom changes is carried over.

    The month's own figures stay empty, so that the rows are 待补全 until somebody fills them in. Returns the keys.
    """
    register = REGISTERS["park"]
    carried = [field.name for field in register.fields if field.carry]
    made: list[UUID] = []
    with store.write() as session:
        for row in _waiting(session, store.actor.unit_code, period):
            values = {name: getattr(row, name) for name in carried} | {"period": period}
            made.append(records.save(session, register, values, store.actor, note="由上月带出").id)
    return made


def take_back_month(store: Store, made: Sequence[UUID]) -> None:
    """Undo `start_park_month`: rows that were worked on since stay."""
    take_back_made(store, "park", made, "撤销由上月带出")


def _waiting(session: Session, unit_code: str, period: str) -> list[ParkMonth]:
    month = Period(period)
    mine = (ParkMonth.unit_code == unit_code, ParkMonth.deleted_at.is_(None))
    there = set(session.scalars(select(ParkMonth.park_code).where(*mine, ParkMonth.period == period)))
    before = session.scalars(
        select(ParkMonth).where(*mine, ParkMonth.period == str(month.prev)).order_by(ParkMonth.id)
    )
    return [row for row in before if row.park_code is not None and row.park_code not in there]
