"""Saving many records at once does what saving them one by one does, and all of it or nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db import records, search, setup
from db.errors import Refused
from db.fields import Field, Kind
from db.models import AuditEntry, ReturnFile
from db.registers import REGISTERS
from db.save_many import Entry, save_many
from db.store import Store
from db.types import new_key, now
from tests.db.fixtures import CLERK, CODES, STREET, add, firm, read

APART = ("id", "created_at", "updated_at", "digest")


def _content(store: Store, register: str) -> list[dict[str, Any]]:
    """All rows without what is new each time; references by place."""
    table = records.table_of(REGISTERS[register])
    with store.read() as session:
        rows = session.execute(select(table).order_by(table.c.id)).mappings().all()
        names = {
            row.id: row.name for row in session.execute(select(records.table_of(REGISTERS["enterprise"])))
        }
    return [
        {name: names.get(value, "?") if isinstance(value, UUID) else value for name, value in row.items() if name not in APART}
        for row in rows
    ]  # fmt: skip


def _value(field: Field, dice: random.Random, firms: list[UUID]) -> Any:
    if field.computed or dice.random() < 0.2:
        return None
    if field.kind is Kind.TEXT:
        return f"{field.label}{dice.randrange(4)}" if field.editor not in ("code", "phone") else None
    if field.kind is Kind.LONG:
        return f"{field.label}，𠮷㛃🎉，第 {dice.randrange(100)} 次。"
    if field.kind is Kind.INTEGER:
        return dice.randrange(50)
    if field.kind is Kind.NUMBER:
        return Decimal(dice.randrange(10_000)) / 10
    if field.kind is Kind.DATE:
        return date(2024, 1, 1) + timedelta(days=dice.randrange(200))
    if field.kind is Kind.PERIOD:
        return f"2024-{dice.randrange(1, 9):02d}"
    if field.kind is Kind.BOOL:
        return dice.random() < 0.5
    if field.kind is Kind.CHOICE and field.choices:
        return dice.choice(field.choices)
    if field.kind is Kind.CHOICES and field.choices:
        return [dice.choice(field.choices)]
    if field.kind is Kind.REF:
        return {"enterprise": dice.choice(firms), "unit": "qfgw", "street": STREET}.get(field.source)
    return None


@pytest.mark.parametrize("register", [key for key in REGISTERS if key != "indicator"])
def test_as_one_by_one(register: str, tmp_path: Path) -> None:
    """The same rows of every register, saved both ways into two registers: the same records and cards."""
    both = [setup.initialise(tmp_path / name, STREET, person="张敏") for name in ("one", "many")]
    for store in both:
        with store.write() as session:
            firms = [
                firm(session, code=None, name=f"南昌第{n}号有限公司", industry_code="I6550") for n in range(5)
            ]
        dice = random.Random(7)
        rows = [
            {each.name: _value(each, dice, firms) for each in REGISTERS[register].fields} for _ in range(40)
        ]
        if register == "enterprise":
            for row, code in zip(rows, CODES, strict=False):
                row["uscc"] = code
        if register == "park":  # one row a month
            for place, row in enumerate(rows):
                row["period"] = f"{2020 + place // 12}-{place % 12 + 1:02d}"
        with store.write() as session:
            if store is both[0]:
                for row in rows:
                    records.save(
                        session,
                        REGISTERS[register],
                        row,
                        CLERK,
                        unparsed={"remark": "约500"} if register == "visit" else None,
                    )
            else:
                unparsed = {"remark": "约500"} if register == "visit" else None
                found = save_many(
                    session, REGISTERS[register], [Entry(row, unparsed=unparsed) for row in rows], CLERK
                )
                assert len(found.saved) == 40 and all(each.changed for each in found.saved)
    one, many = both
    for key in {register, "enterprise"}:
        mine, theirs = _content(one, key), _content(many, key)
        if register != key:  # a card that several rows changed was changed once
            for row in (*mine, *theirs):
                row.pop("rev")
        assert mine == theirs
    with many.read() as session:
        table = records.table_of(REGISTERS[register])
        for row in session.execute(select(table)).mappings():
            assert row["digest"] == records.digest_of(REGISTERS[register], row)
            entries = records.history(session, row["id"])
            assert entries[-1].action == "create" and entries[-1].after
        if register == "enterprise":
            with one.read() as other:
                for text in ("企业名称1", "qymc", "015L", "别名"):
                    assert [hit.name for hit in search.find_enterprises(session, text)] == [
                        hit.name for hit in search.find_enterprises(other, text)
                    ]
    for store in both:
        store.close()


def test_stored_records_are_changed_together(store: Store) -> None:
    with store.write() as session:
        keys = [firm(session, code=None, name=f"南昌第{n}号有限公司") for n in range(4)]
    with store.write() as session:
        entries = [Entry({"contact": "李伟"}, key) for key in keys[:2]] + [
            Entry({"name": "南昌新名有限公司"}, keys[2])
        ]
        entries.append(Entry({"name": "南昌第3号有限公司"}, keys[3]))  # as it is
        found = save_many(session, REGISTERS["enterprise"], entries, CLERK)
    assert [(each.rev, each.changed) for each in found.saved] == [(2, True), (2, True), (2, True), (1, False)]
    with store.read() as session:
        assert [read(session, "enterprise", key)["contact"] for key in keys] == ["李伟", "李伟", None, None]
        assert [hit.id for hit in search.find_enterprises(session, "新名")] == [keys[2]]
        assert records.history(session, keys[0])[0].before == {"contact": None}


def test_one_row_that_is_refused_leaves_nothing(store: Store) -> None:
    with store.write() as session:
        firm(session)
    rows = [{"name": "甲有限公司", "uscc": CODES[1]}, {"name": "乙有限公司", "uscc": CODES[0]}]
    with (
        pytest.raises(Refused, match=f"{CODES[0]} 已属于“江西云栈网络科技有限公司”"),
        store.write() as session,
    ):
        save_many(session, REGISTERS["enterprise"], [Entry(row) for row in rows], CLERK)
    assert [row["name"] for row in _content(store, "enterprise")] == ["江西云栈网络科技有限公司"]


def test_a_locked_month_is_refused(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        session.add(
            ReturnFile(
                id=new_key(), unit_code=STREET, period="2024-04", revision=1, state="sent", created_at=now(), created_by="张敏"
            )
        )  # fmt: skip
    rows = [{"enterprise_id": key, "visit_date": day} for day in (date(2024, 5, 8), date(2024, 4, 8))]
    with pytest.raises(Refused) as refused, store.write() as session:
        save_many(session, REGISTERS["visit"], [Entry(row) for row in rows], CLERK)
    assert refused.value.id == "month_locked" and not _content(store, "visit")


def test_cancelled_in_the_middle_leaves_nothing(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
    rows = [Entry({"enterprise_id": key, "visit_date": date(2024, 5, 8)}) for _ in range(500)]
    told: list[int] = []
    with pytest.raises(Refused) as refused, store.write() as session:
        save_many(
            session, REGISTERS["visit"], rows, CLERK,
            progress=lambda done, _total, _step: told.append(done), cancelled=lambda: len(told) > 2,
        )  # fmt: skip
    assert refused.value.id == "cancelled" and told == [0, 100, 200]
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_numbers_go_on_where_they_were(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 8))
        rows: list[Mapping[str, Any]] = [
            {"enterprise_id": key, "visit_date": date(2024, month, 9)} for month in (5, 4, 5)
        ]
        save_many(session, REGISTERS["visit"], [Entry(row) for row in rows], CLERK)
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 10))
    numbers = [row["visit_no"].split("-", 1)[1] for row in _content(store, "visit")]
    assert numbers == ["202405-001", "202405-002", "202404-001", "202405-003", "202405-004"]
