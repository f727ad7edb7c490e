"""Totals beside the visits: whatever writes, deletes, moves or merges visits, they say what counting the rows says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update

from db import records, setup, tallies, totals, verify
from db.models import Enterprise, Visit
from db.periods import Period
from db.records import table_of
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now

UNITS = ("360103001", "360103002", "360103004")
ACTOR = Actor("qszjjb", "测试", "supervisor")
FIRMS = [UUID(int=(1 << 100) + number) for number in range(5)]
MODES = ("实地", "电话", "座谈会", None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = setup.initialise(tmp_path_factory.mktemp("tallies") / "register", "qszjjb", "supervisor")
    with opened.write() as session:
        for key in FIRMS:
            session.execute(
                insert(Enterprise.__table__).values(
                    id=key, rev=1, unit_code=UNITS[0], created_at=now(), created_by="x", updated_at=now(), updated_by="x",
                    incomplete=False, digest="0", name=f"企业{key.int % 97}", status="正常",
                )
            )  # fmt: skip
    yield opened
    opened.close()


def bare(unit: str, firm: UUID | None, day: date | None, mode: str | None) -> dict[str, Any]:
    return {
        "id": new_key(), "rev": 1, "unit_code": unit, "created_at": now(), "created_by": "x", "updated_at": now(),
        "updated_by": "x", "incomplete": False, "digest": "0", "enterprise_id": firm, "visit_date": day,
        "visit_mode": mode,
    }  # fmt: skip


visits = st.builds(
    bare,
    st.sampled_from(UNITS),
    st.sampled_from([*FIRMS, None]),
    st.one_of(st.none(), st.integers(0, 800).map(lambda days: date(2023, 1, 1) + timedelta(days=days))),
    st.sampled_from(MODES),
)
edits = st.one_of(
    st.tuples(st.just("bulk"), st.lists(visits, min_size=1, max_size=8)),
    st.tuples(st.just("save"), visits),
    st.tuples(st.just("change"), st.tuples(st.integers(0, 30), visits)),
    st.tuples(st.just("delete"), st.integers(0, 30)),
    st.tuples(st.just("restore"), st.integers(0, 30)),
    st.tuples(st.just("remove"), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.tuples(st.sampled_from(FIRMS), st.sampled_from(FIRMS))),
    st.tuples(st.just("settle"), st.none()),
    st.tuples(st.just("roll back"), st.lists(visits, min_size=1, max_size=3)),
)


class Stop(Exception):
    pass


def play(store: Store, what: str, given: Any) -> None:
    table = table_of(REGISTERS["visit"])
    with store.read() as session:
        keys = [
            row[0]
            for row in session.execute(table.select().with_only_columns(table.c.id).order_by(table.c.id))
        ]
    if what == "roll back":
        with pytest.raises(Stop), store.write() as session:
            session.execute(insert(table), given)
            raise Stop
        return
    with store.write() as session:
        if what == "bulk":
            session.execute(insert(table), given)
        elif what == "save":
            values = {name: given[name] for name in ("enterprise_id", "visit_date", "visit_mode")}
            records.save(session, REGISTERS["visit"], values, Actor(given["unit_code"], "测试"))
        elif what == "merge":
            session.execute(
                update(Visit).where(Visit.enterprise_id == given[0]).values(enterprise_id=given[1])
            )
        elif what == "settle":
            tallies.settle(session)
        elif keys and what == "change":
            key = keys[given[0] % len(keys)]
            moved = {
                name: given[1][name] for name in ("unit_code", "enterprise_id", "visit_date", "visit_mode")
            }
            session.execute(update(table).where(table.c.id == key).values(**moved))
        elif keys and what in ("delete", "restore"):
            gone = now() if what == "delete" else None
            session.execute(
                update(table).where(table.c.id == keys[given % len(keys)]).values(deleted_at=gone)
            )
        elif keys and what == "remove":
            session.execute(delete(table).where(table.c.id == keys[given % len(keys)]))


@given(st.lists(edits, min_size=1, max_size=12))
@settings(max_examples=40)
def test_random_edits_leave_the_totals_equal_to_a_count_from_scratch(
    store: Store, made: list[tuple[str, Any]]
) -> None:
    with store.write() as session:
        session.execute(delete(Visit))
        tallies.settle(session)
    for what, value in made:
        play(store, what, value)
        with store.read() as session:
            assert tallies.wrong(session.connection()) == []
            for month in (Period("2023-01"), Period("2024-03"), Period("2024-12")):
                assert tallies.year_so_far(session, month) == totals.count_visits(session, month)
                assert tallies.year_so_far(session, month, UNITS[1]) == totals.count_visits(
                    session, month, UNITS[1]
                )
    with store.write() as session:
        tallies.settle(session)
        assert tallies.open_notes(session.connection()) == 0
        assert tallies.wrong(session.connection()) == []
        tallies.rebuild(session.connection())
        assert tallies.wrong(session.connection()) == []


def test_a_firm_two_units_visit_counts_once_for_everybody(tmp_path: Path, store: Store) -> None:
    with store.write() as session:
        session.execute(delete(Visit))
        day = date(2024, 5, 6)
        session.execute(
            insert(Visit.__table__),
            [
                bare(UNITS[0], FIRMS[0], day, "实地"),
                bare(UNITS[1], FIRMS[0], day, "电话"),
                bare(UNITS[1], None, day, "电话"),
            ],
        )
    with store.read() as session:
        found = totals.visits(session, Period("2024-05"))
    assert (found.rows, found.enterprises, found.assessed, found.year_enterprises) == (3, 1, 1, 1)
    assert [(line.rows, line.enterprises, line.assessed) for line in found.units] == [(1, 1, 1), (2, 1, 0)]


def test_many_open_notes_are_counted_from_the_rows_and_settled_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MANY", 3)
    with store.write() as session:
        session.execute(delete(Visit))
        tallies.settle(session)
        session.execute(
            insert(Visit.__table__),
            [bare(UNITS[0], FIRMS[n % 5], date(2024, 5, 6), "实地") for n in range(9)],
        )
        assert tallies.year_so_far(session, Period("2024-05")) is None
        assert totals.visits(session, Period("2024-05")).enterprises == 5
        assert tallies.settle(session) == 9
        assert totals.visits(session, Period("2024-05")).enterprises == 5
        assert tallies.wrong(session.connection()) == []


def test_a_cell_that_lies_is_found_and_named_by_the_check_of_the_register(store: Store) -> None:
    with store.write() as session:
        session.execute(delete(Visit))
        session.execute(insert(Visit.__table__), [bare(UNITS[0], FIRMS[0], date(2024, 5, 6), "实地")])
        tallies.settle(session)
        session.execute(
            text("UPDATE visit_tally SET enterprises = enterprises + 1 WHERE unit_code = '' AND rows > 0")
        )
        found = tallies.wrong(session.connection())
        damaged = [
            each for each in verify.damaged_records(session.connection(), 0) if each.register == "visit_tally"
        ]
        tallies.rebuild(session.connection())
        assert tallies.wrong(session.connection()) == []
    assert [(each.period, each.unit_code, each.kept[1], each.counted[1]) for each in found] == [
        ("2024-05", "", 2, 1)
    ]
    assert [each.record_id for each in damaged] == ["2024-05 全区"]
