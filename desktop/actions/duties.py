"""责任清单 of a year, made from the plan and taken back. What the tasks are is in db/duty_list.py."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from db import duty_list, plan_store, records
from db.periods import Period
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.records import take_back_made

SUPERVISOR = "supervisor"


def tasks_missing(store: Store, period: str) -> int:
    """How many tasks of the plan are not on this office's list of the month's year."""
    with store.read() as session:
        plan = plan_store.current(session)
        return len(duty_list.missing(session, plan, Period(period).year, period, _scope(store)))


def make_duty_list(store: Store, period: str) -> list[UUID]:
    """Put the plan's tasks that are missing on the list of the month's year; the keys of those that were added.

    The district's list has all of them, each under the unit that leads it; another office gets those it leads.
    """
    register = REGISTERS["duty"]
    with store.write() as session:
        plan = plan_store.current(session)
        wanted = duty_list.missing(session, plan, Period(period).year, period, _scope(store))
        for each in wanted:
            records.save(
                session, register, each.values, store.actor, new_id=each.id, unit_code=each.org_code, note="由行动计划生成"
            )  # fmt: skip
    return [each.id for each in wanted]


def take_back_list(store: Store, made: Sequence[UUID]) -> None:
    """Undo `make_duty_list`: tasks that were changed since stay."""
    take_back_made(store, "duty", made, "撤销由行动计划生成")


def _scope(store: Store) -> str | None:
    return None if store.actor.role == SUPERVISOR else store.actor.unit_code
