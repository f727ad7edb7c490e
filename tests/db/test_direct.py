"""Statements straight to SQLite: the same rows as SQLAlchemy's, in the same transaction, after what waits to be written."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from db import behind, direct, records, settings
from db.models import AuditEntry, Setting
from db.registers import REGISTERS
from db.store import Store
from db.types import new_key
from tests.db.fixtures import CLERK, add, firm

VISIT = records.table_of(REGISTERS["visit"])


def _stored(session: Session, key: bytes) -> list[tuple[object, ...]]:
    return direct.fetch(session, "SELECT * FROM visit WHERE id = ?", (key,))


def test_a_row_is_stored_as_sqlalchemy_stores_it(store: Store) -> None:
    with store.write() as session:
        record = records.prepare(
            session,
            REGISTERS["visit"],
            {
                "enterprise_id": firm(session), "visit_date": date(2024, 5, 8), "systems": ["OA", "ERP"], "has_issue": False,
                "digital_invest": Decimal("12.345"), "visitors": "张敏", "origin": {"行": 3},
            },
            CLERK,
            None,
            unparsed={"leader": "？"},
        )  # fmt: skip
        moment = datetime(2024, 5, 8, 1, 2, 3, 45, UTC)
        record |= {"id": new_key(), "rev": 1, "created_at": moment, "updated_at": moment}
        record |= {"created_by": "甲", "updated_by": "甲"}
        ways = []
        for way in (
            lambda: session.execute(insert(VISIT), record),
            lambda: direct.insert(session, VISIT, record),
        ):
            way()
            ways.append(_stored(session, record["id"].bytes))
            session.execute(text("DELETE FROM visit"))
        assert ways[0] == ways[1] and len(ways[0]) == 1

        direct.insert(session, VISIT, record)
        other = {**record, "id": new_key()}
        direct.insert(session, VISIT, other)
        changes = {"digital_invest": Decimal(7), "systems": None, "has_issue": True, "deleted_at": moment}
        session.execute(update(VISIT).where(VISIT.c.id == record["id"]).values(changes))
        direct.update(session, VISIT, other["id"], changes)
        one, two = (_stored(session, each["id"].bytes)[0] for each in (record, other))
        assert one[1:] == two[1:]


def test_it_sees_what_the_session_and_the_background_have_still_to_write(store: Store) -> None:
    with store.write() as session, behind.behind(session):
        session.add(Setting(key="试", value=[1]))
        assert settings.get(session, "试") == [1]
        behind.write(
            session, lambda driver: driver.execute("UPDATE setting SET value = '[2]' WHERE key = '试'")
        )  # type: ignore[arg-type, return-value]
        assert settings.get(session, "试") == [2]


def test_it_is_taken_back_with_the_rest(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as session:
        kept = add(session, "visit", enterprise_id=firm(session), visit_date=date(2024, 5, 8))
        raise RuntimeError
    with store.read() as session:
        assert records.get(session, REGISTERS["visit"], kept) is None
        assert session.scalar(select(AuditEntry.seq).where(AuditEntry.record_id == kept)) is None


def test_a_refused_row_leaves_nothing_and_the_session_goes_on(store: Store) -> None:
    with store.write() as session:
        table = records.table_of(REGISTERS["enterprise"])
        record = records.get(session, REGISTERS["enterprise"], firm(session))
        with pytest.raises(sqlite3.IntegrityError):
            direct.insert(session, table, record or {})
        with pytest.raises(sqlite3.IntegrityError):
            direct.update(session, VISIT, add(session, "visit"), {"unit_code": None})
        last = add(session, "visit", visit_date=date(2024, 5, 9))
    with store.read() as session:
        assert direct.first(session, "SELECT id FROM visit WHERE id = ?", (last.bytes,)) == (last.bytes,)
        assert direct.first(session, "SELECT id FROM visit WHERE id = ?", (b"",)) is None


def test_a_session_is_asked_again_after_its_commit(store: Store) -> None:
    with store.write() as session:
        add(session, "visit", visit_date=date(2024, 5, 8))
        session.commit()
        assert not session.bind.in_transaction()  # type: ignore[union-attr]
        assert direct.first(session, "SELECT count(*) FROM visit") == (1,)
        add(session, "visit", visit_date=date(2024, 5, 9))
    with store.read() as session:
        assert direct.fetch(session, "SELECT count(*) FROM visit") == [(2,)]
