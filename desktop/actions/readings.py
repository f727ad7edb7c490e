"""指标口径: what the plan leaves open about an indicator, and how this office reads it. Shared by the window and the tests."""

from __future__ import annotations

from db import plan_store, readings
from db.errors import Refused
from db.readings import Reading
from db.store import Store


def offered(store: Store) -> tuple[Reading, ...]:
    """The indicators that may be read in several ways, as they are read now."""
    with store.read() as session:
        return readings.readings(session, plan_store.as_printed(session))


def choose(store: Store, no: int, place: int) -> tuple[Reading, ...]:
    """Read an indicator in one of its ways (0: the plan's own); all of them as they are read now.

    Refused (“not_supervisor”): the district decides for everybody. UsageError (“no_reading”).
    """
    if store.actor.role != "supervisor":
        raise Refused("指标口径由区级统一选定。", "请向区数字经济办公室反映。", "not_supervisor")
    with store.write() as session:
        plan = plan_store.as_printed(session)
        readings.choose(session, plan, no, place, store.actor)
        return readings.readings(session, plan)
