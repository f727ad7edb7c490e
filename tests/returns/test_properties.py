"""Any content of the registers goes from office to office whole, once, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from db.lookup import Directory
from db.models import Batch, ReturnFile, ReturnRow, StagedRow
from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from returns import receive
from returns.diff import REGISTER_ORDER
from tests.returns import content
from tests.returns.offices import (
    DISTRICT,
    STREET,
    SUPERVISOR,
    TODAY,
    export,
    facts,
    hash_of,
    insert_raw,
    open_office,
    rows,
)
from tests.returns.receiving import only

# ---------------------------------------------------------------- any content


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store, Path]]:
    root = tmp_path_factory.mktemp("pair")
    street, district = open_office(root / "s", STREET), open_office(root / "d", DISTRICT, "supervisor")
    yield street, district, root
    street.close()
    district.close()


@settings(max_examples=12)
@given(data=st.data())
def test_any_month_received_twice_is_received_once_and_undone_is_gone(
    pair: tuple[Store, Store, Path], data: st.DataObject
) -> None:
    street, district, root = pair
    with street.write() as session:
        for key in reversed(REGISTER_ORDER):
            session.execute(delete(table_of(REGISTERS[key])))
        month = data.draw(content.months(Directory(session)))
        for key in REGISTER_ORDER:
            if month[key]:
                insert_raw(session, key, STREET, month[key])
    with district.write() as session:
        for model in (StagedRow, Batch, ReturnRow, ReturnFile):
            session.execute(delete(model))
    before = hash_of(district)
    export(street, root / "a.xlsx")
    first = only(receive.receive(district, [root / "a.xlsx"], SUPERVISOR, today=TODAY))
    mine, theirs = rows(street), rows(district)
    for key in REGISTERS:
        assert [facts(row, key) for row in theirs[key]] == [facts(row, key) for row in mine[key]]
        assert [row["id"] for row in theirs[key]] == [row["id"] for row in mine[key]]
        assert [row["digest"] for row in theirs[key]] == [row["digest"] for row in mine[key]]
    once = hash_of(district)
    second = only(receive.receive(district, [root / "a.xlsx"], SUPERVISOR, today=TODAY))
    assert second.stored == second.updated == 0 and hash_of(district) == once
    receive.undo(district, UUID(first.batch), SUPERVISOR)
    assert hash_of(district) == before
