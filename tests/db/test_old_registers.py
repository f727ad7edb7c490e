"""Every released register still opens: a file of each version is kept in tests/data (see make_register.py there)."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db import backup, lists, records, search, upgrade
from db.lists import ListQuery
from db.models import Base
from db.registers import REGISTERS
from db.store import open_store
from desktop.actions.backup import restore, verify_register
from tests.data.make_register import kept
from tests.db.fixtures import add, change

FIRST = ("enterprise", "visit", "issue", "cloud", "nurture", "indicator")  # the registers of version 1
VERSIONS = range(1, upgrade.newest() + 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_register_opens_and_has_lost_nothing(tmp_path: Path, version: int) -> None:
    assert kept(version).exists(), "make one: python -m tests.data.make_register"
    source = tmp_path / "old.qqbak"
    source.write_bytes(gzip.decompress(kept(version).read_bytes()))
    restore(tmp_path / "register", source)
    store = open_store(tmp_path / "register")
    try:
        with store.engine.connect() as connection:
            for table in Base.metadata.tables.values():
                stored = {row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")')}
                assert stored == {column.name for column in table.columns}, (
                    "0001 changed: make the file again"
                )
        assert (backup.latest(store.folder) is not None) == (version < upgrade.newest())
        assert verify_register(store).ok
        with store.write() as session:
            for register in REGISTERS:
                there = version > 1 or register in FIRST
                assert lists.count(session, ListQuery(register)) == there, register
            (hit,) = search.find_enterprises(session, "云栈")
            card = records.get(session, REGISTERS["enterprise"], hit.id)
            assert card is not None
            assert (card["reg_capital"], card["field_tag"]) == (Decimal("1000.50"), ["流量经济"])
            assert (card["revenue_ytd"], card["revenue_asof"]) == (Decimal("200.00"), "2024-05")
            assert hit.last_visit == date(2024, 5, 8) and hit.open_issues == 1
            (row,) = lists.page(session, ListQuery("indicator")).rows
            assert row["value"] == Decimal("56.1234")
            assert change(session, "enterprise", hit.id, contact="李伟").changed
            assert add(session, "visit", enterprise_id=hit.id, visit_date=date(2024, 5, 9))
    finally:
        store.close()
