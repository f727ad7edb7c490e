"""A reading session asks once and sees one state; a writing one asks every time."""

from __future__ import annotations

from datetime import date

from db import parameters, settings
from db.merged_units import merged
from db.once import once
from db.store import Store
from db.unit_names import names_of


def test_a_reading_session_asks_once(store: Store) -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    with store.read() as session:
        assert [once(session, "a", ask), once(session, "a", ask), once(session, "b", ask)] == [1, 1, 2]
    with store.read() as session:
        assert once(session, "a", ask) == 3, "another session sees another state"
    with store.write() as session:
        assert [once(session, "a", ask), once(session, "a", ask)] == [4, 5]


def test_what_is_remembered_is_the_state_the_session_sees(store: Store) -> None:
    with store.read() as reading:
        before = (parameters.read(reading), settings.get(reading, "试"), names_of(reading))
        with store.write() as session:
            settings.put(session, "parameters", {"visits_a_day": 77})
            settings.put(session, "试", 1)
            assert parameters.read(session).visits_a_day == 77 and settings.get(session, "试") == 1
        assert (parameters.read(reading), settings.get(reading, "试"), names_of(reading)) == before
    with store.read() as reading:
        assert parameters.read(reading).visits_a_day == 77 and settings.get(reading, "试") == 1


def test_a_writing_session_sees_what_it_wrote(store: Store) -> None:
    with store.write() as session:
        assert settings.today(session) == date.today() and not merged(session, "2024-05").into
        settings.put(session, "practice", True)
        settings.put(session, "practice_today", "2024-05-31")
        assert settings.today(session) == date(2024, 5, 31)
        session.connection().exec_driver_sql(
            "UPDATE org_unit SET merged_into = '360103001', merged_from = '2024-04' WHERE code = '360103002'"
        )
        assert merged(session, "2024-05").into == {"360103002": "360103001"}
        assert merged(session, "2024-03").into == {}
    assert store.today() == date(2024, 5, 31)
