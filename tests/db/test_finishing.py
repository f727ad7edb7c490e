"""Many records finished and stored at once are what they would be one by one."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from db import bulk, records, setup
from db.finishing import finish
from db.lookup import Directory
from db.registers import REGISTERS
from db.types import new_key
from db.values import to_json
from tests.returns import content

DIRECTORY: Directory
MOMENT = datetime(2024, 5, 8, 1, 2, 3, 4, UTC)


@pytest.fixture(scope="module", autouse=True)
def directory(tmp_path_factory: pytest.TempPathFactory) -> Any:
    global DIRECTORY
    store = setup.initialise(tmp_path_factory.mktemp("office"), "360103002")
    with store.read() as session:
        DIRECTORY = Directory(session)
        yield
    store.close()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_many_are_finished_as_one_by_one(data: st.DataObject) -> None:
    register = REGISTERS[data.draw(st.sampled_from(sorted(REGISTERS)))]
    made = [
        {column.name: None for column in records.table_of(register).columns}
        | data.draw(content.rows(register.key, DIRECTORY, {}))
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    pieces = finish(register, made)
    for record, whole in zip(made, pieces.objects(), strict=True):
        assert record["digest"] == records.digest_of(register, record)
        assert record["incomplete"] == records.is_incomplete(register, record)
        _, after = records.difference(register, None, record)
        wanted = {each.name: after[each.name] for each in register.fields if each.name in after}
        assert json.loads(whole) == wanted
        assert whole == bulk.dumps(wanted)


def test_the_fingerprint_is_that_of_the_sorted_json() -> None:
    """The same as before the pieces: what is stored must go on matching."""
    register = REGISTERS["visit"]
    record: dict[str, Any] = {
        "visit_date": date(2024, 5, 8), "revenue_ytd": Decimal("860.5"), "systems": ["OA", "财务“软件”"], "has_issue": False,
        "operation_text": 'a"\\\n\u2028', "visit_type": "", "enterprise_id": new_key(),
    }  # fmt: skip
    content_ = {
        name: to_json(records.exact(value, 2) if name == "revenue_ytd" else value)
        for name, value in record.items()
        if value not in (None, "", [])
    }
    text = json.dumps(content_, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert records.digest_of(register, record) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_rows_go_to_the_driver_as_core_writes_them(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path, "360103002")
    table = records.table_of(REGISTERS["enterprise"])
    row: dict[str, Any] = {column.name: None for column in table.columns} | {
        "rev": 1, "unit_code": "360103002", "created_at": MOMENT, "created_by": "张敏", "updated_at": MOMENT, "updated_by": "张敏",
        "incomplete": False, "digest": "0", "unparsed": {"phone": "很“多”"}, "origin": {"row": None, "x": [1, "二"]},
        "name": "江西云栈", "established_on": date(2018, 3, 6), "de_core": True, "is_above_scale": False,
        "revenue_ly": Decimal("12.345"), "revenue_ytd": Decimal("-0.5"),
    }  # fmt: skip
    one, other = new_key(), new_key()
    with store.write() as session:
        session.execute(insert(table), [{**row, "id": one}])
        bulk.insert_rows(session, table, [{**row, "id": other}])
        stored = {
            bytes(each[0]): each[1:]
            for each in session.connection().exec_driver_sql("SELECT * FROM enterprise")
        }
        assert stored[one.bytes] == stored[other.bytes]
        assert [*map(type, stored[one.bytes])] == [*map(type, stored[other.bytes])]
        changed = {**row, "id": one, "revenue_ly": None, "name": "江西云栈网络", "rev": 2}
        bulk.overwrite(session, table, [changed])
        found = dict(session.execute(select(table).where(table.c.id == one)).mappings().one())
        assert (found["name"], found["rev"], found["revenue_ly"]) == ("江西云栈网络", 2, None)
        with pytest.raises(ValueError, match="rev"):
            bulk.insert_rows(session, table, [{"id": new_key(), "name": "x"}])
    store.close()
