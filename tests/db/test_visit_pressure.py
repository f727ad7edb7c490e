"""A word before a firm is visited too often, whoever visited it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from db import settings
from db.lookup import Directory
from db.store import Actor, Store
from db.visit_pressure import pressure, pressures
from tests.db.fixtures import CLERK, OTHER_STREET, STREET, add, firm

DAY = date(2024, 5, 21)
OTHERS = Actor(OTHER_STREET, "李伟")


@pytest.fixture
def key(store: Store) -> UUID:
    with store.write() as session:
        return firm(session)


def said(store: Store, key: UUID, day: date = DAY, exclude: UUID | None = None) -> list[str]:
    with store.read() as session:
        return pressure(session, key, day, exclude=exclude).words(STREET, Directory(session))


def test_nobody_was_there(store: Store, key: UUID) -> None:
    assert said(store, key) == []


@pytest.mark.parametrize("limit", [None, 2])
def test_the_visit_that_is_one_too_many(store: Store, key: UUID, limit: int | None) -> None:
    with store.write() as session:
        if limit is not None:
            settings.put(session, "parameters", {"visits_a_month": limit})
        wanted = limit or 3
        visits = [
            add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 1 + n)) for n in range(wanted)
        ]
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 4, 30))
    assert said(store, key) == [f"5 月已走访 {wanted} 次，再去前请先商量"]
    assert said(store, key, exclude=visits[0]) == [], "the visit being written is not another one"
    assert said(store, key, date(2024, 6, 3)) == []


def test_other_offices_count_and_are_named(store: Store, key: UUID) -> None:
    with store.write() as session:
        for day in (2, 3):
            add(session, "visit", OTHERS, enterprise_id=key, visit_date=date(2024, 5, day))
        add(session, "visit", CLERK, enterprise_id=key, visit_date=date(2024, 5, 6))
        other, own = (Directory(session).name("unit", code) for code in (OTHER_STREET, STREET))
    assert said(store, key) == [f"5 月已走访 3 次（{other} 2 次、{own} 1 次），再去前请先商量"]


@pytest.mark.parametrize(
    ("visited", "apart", "told"),
    [(19, 7, "2 天前"), (21, 7, "当天"), (14, 7, None), (15, 7, "6 天前"), (20, 0, None), (24, 7, None)],
)
def test_another_unit_was_just_there(
    store: Store, key: UUID, visited: int, apart: int, told: str | None
) -> None:
    with store.write() as session:
        settings.put(session, "parameters", {"visits_apart": apart})
        add(session, "visit", OTHERS, enterprise_id=key, visit_date=date(2024, 5, visited))
    found = said(store, key)
    assert (told is None and found == []) or (told is not None and told in found[0] and "走访过" in found[0])


def test_one_own_visit_and_the_months_edge(store: Store, key: UUID) -> None:
    with store.write() as session:
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 20))
        other = firm(session, "另一家公司", None)
        add(session, "visit", OTHERS, enterprise_id=other, visit_date=date(2024, 4, 30))
        found = pressures(session, (key, other), date(2024, 5, 2))
        assert (found[key].count, found[key].last) == (1, None)
        assert (found[other].count, found[other].days_ago) == (0, 2)
    assert said(store, key) == []
