"""What a person said of the columns of a ledger is used for the next file of that office, and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from db import backup, verify
from db.store import Store
from returns.files import MemoryBook
from returns.ledger import memory
from returns.ledger.importer import import_book
from returns.results import FileReport
from tests.returns.ledger import samples
from tests.state import state_hash

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]
HEADER = ["客户", "何时去的", "2024年1-5月收入（万元）", "谈了什么"]
SAID: dict[str, str | None] = {"客户": "enterprise.name", "B": "走访日期", "谈了什么": "operation_text"}


def book(number: int, header: list[str] = HEADER) -> MemoryBook:
    name, _ = samples.firm(number)
    return MemoryBook("台账.xlsx", {"Sheet1": [["走访"], header, [name, "2024-05-08", 1, "订单增加"]]})


def take(store: Store, number: int, header: list[str] = HEADER, **more: Any) -> FileReport:
    return import_book(store, book(number, header), "visit", **more)


def test_the_next_file_is_read_as_the_last_one_was_mapped(office: Office, ask: Ask) -> None:
    store = office()
    assert take(store, 1).outcome == "rejected"
    assert take(store, 1, mapping=SAID).stored == 1
    assert ask(store, "SELECT unit_code, register, by FROM ledger_layout") == [("360103002", "visit", "张敏")]
    again = take(store, 2)
    assert (again.stored, again.bad) == (1, 0)
    assert any("上次指定" in warning and "“何时去的”→“走访日期”" in warning for warning in again.warnings)
    # Another month in a header, and blanks, are the same layout.
    later = take(store, 3, ["客 户", "何时去的", "2024年1-6月收入（万元）", "谈了什么"])
    assert later.stored == 1
    assert ask(store, "SELECT count(*) FROM visit WHERE operation_text = '订单增加'") == [(3,)]


def test_what_is_said_now_goes_before_what_was_said_then(office: Office, ask: Ask) -> None:
    store = office()
    take(store, 1, mapping=SAID)
    report = take(store, 2, mapping={"谈了什么": "plan_text"})
    assert report.stored == 1
    assert ask(store, "SELECT plan_text, operation_text FROM visit ORDER BY created_at DESC LIMIT 1") == [
        ("订单增加", None)
    ]
    assert take(store, 3).stored == 1  # and that is what is remembered from then on
    assert ask(store, "SELECT count(*) FROM visit WHERE plan_text = '订单增加'") == [(2,)]
    assert len(ask(store, "SELECT * FROM ledger_layout")) == 1


def test_another_header_another_register_another_office_know_nothing_of_it(office: Office) -> None:
    store = office()
    take(store, 1, mapping=SAID)
    assert take(store, 2, ["客户", "何时去的", "谈了什么", "2024年1-5月收入（万元）"]).outcome == "rejected"
    assert take(store, 2, ["客户", "何时去的", "收入（亿元）", "谈了什么"]).outcome == "rejected"
    assert take(office("360103009"), 2).outcome == "rejected"
    with store.read() as session:
        assert memory.layouts(session, "360103002", "issue") == {}


def test_nothing_stored_nothing_remembered(office: Office, ask: Ask) -> None:
    store = office()
    take(store, 1, mapping=SAID, dry_run=True)
    assert ask(store, "SELECT * FROM ledger_layout") == []
    empty = import_book(store, MemoryBook("a.xlsx", {"a": [HEADER]}), "visit", mapping=SAID)
    assert empty.stored == 0 and ask(store, "SELECT * FROM ledger_layout") == []


def test_it_can_be_recalled_and_forgotten(office: Office) -> None:
    from db.lookup import Directory
    from returns.ledger.table import begin

    store = office()
    take(store, 1, mapping={**SAID, "2024年1-5月收入（万元）": None})
    with store.write() as session:
        table = begin(book(2), "visit", lookup=Directory(session), mapping=SAID)
        assert table.header is not None
        assert memory.recall(session, "360103002", "visit", table.header) == {
            "A": "enterprise.name", "B": "visit.visit_date", "C": None, "D": "visit.operation_text",
        }  # fmt: skip
        assert memory.forget(session, "360103002", "visit", table.header) == 1
        assert memory.recall(session, "360103002", "visit", table.header) is None
        assert memory.forget(session, "360103002", "visit") == 0
    assert take(store, 2).outcome == "rejected"


def test_a_field_that_is_no_more_is_left_out(office: Office, ask: Ask) -> None:
    store = office()
    take(store, 1, mapping=SAID)
    with store.write() as session:
        from db.models import LedgerLayout

        kept = session.query(LedgerLayout).one()
        kept.mapping = [
            [at, title, "visit.gone" if field == "visit.operation_text" else field]
            for at, title, field in kept.mapping
        ]
    assert take(store, 2).stored == 1
    assert ask(store, "SELECT count(*) FROM visit WHERE operation_text IS NULL") == [(1,)]


def test_it_is_in_a_backup_and_no_part_of_the_state(office: Office, tmp_path: Path) -> None:
    store = office()
    take(store, 1, mapping=SAID)
    with store.read() as session:
        before = state_hash(session)
    made = backup.make(store.engine, store.folder, reason="测试")
    assert verify.verify_file(made.path).ok
    with store.write() as session:
        assert memory.forget(session, "360103002", "visit") == 1
    with store.read() as session:
        assert state_hash(session) == before
