"""The same file twice, a corrected file, a file that meets what is there: nothing doubled, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db import records
from db.errors import Refused
from db.registers import REGISTERS
from db.store import Store
from returns.ledger import import_ledger
from returns.undo import undo
from tests.returns.ledger import samples
from tests.state import state_hash

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]


def state(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


@pytest.mark.parametrize(
    ("unit", "register", "make"),
    [
        ("360103002", "visit", samples.visit_ledger),
        ("xhdx", "cloud", samples.customer_list),
        ("qtjj", "nurture", samples.candidate_list),
    ],
)
def test_the_same_file_again_adds_nothing(
    office: Office, ask: Ask, tmp_path: Path, unit: str, register: str, make: Callable[[Path], list[Any]]
) -> None:
    path = tmp_path / "台账.xlsx"
    rows = make(path)
    store = office(unit)
    first = import_ledger(store, path, register)
    before = state(store), ask(store, "SELECT count(*) FROM batch"), ask(store, "SELECT count(*) FROM audit")
    again = import_ledger(store, path, register)
    assert (again.outcome, again.stored, again.updated, again.unchanged) == (first.outcome, 0, 0, len(rows))
    assert again.batch == first.batch
    assert (
        state(store),
        ask(store, "SELECT count(*) FROM batch"),
        ask(store, "SELECT count(*) FROM audit"),
    ) == before
    assert not [finding for finding in again.findings if finding.id == "IMP-011"]


def test_a_dry_run_says_the_same_and_stores_nothing(office: Office, ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "v.xlsx"
    samples.visit_ledger(path)
    store = office()
    before = state(store)
    dry = import_ledger(store, path, "visit", dry_run=True)
    assert state(store) == before
    assert ask(store, "SELECT count(*) FROM enterprise") == [(0,)]
    assert ask(store, "SELECT count(*) FROM org_unit WHERE source = 'local'") == [(0,)]
    real = import_ledger(store, path, "visit")
    assert dry.batch is None and dry.warnings[0].startswith("试运行")
    assert (dry.rows_read, dry.stored, dry.findings) == (real.rows_read, real.stored, real.findings)


def test_a_changed_row_fills_what_was_empty_and_reports_the_rest(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "v.xlsx"
    rows = samples.visit_ledger(path, samples.visited(4))
    store = office()
    import_ledger(store, path, "visit")
    changed = [
        replace(rows[0], mode="上门" if rows[0].mode != "上门" else "电话"),  # says otherwise
        replace(rows[1], issue=rows[1].issue + "（已补充说明）"),  # another problem
        rows[2],
        replace(rows[3], issue="新的问题"),  # none before
    ]
    samples.visit_ledger(path, changed)
    report = import_ledger(store, path, "visit")
    assert (report.stored, report.updated, report.unchanged) == (0, 2, 2)
    assert ask(store, "SELECT count(*) FROM visit") == [(4,)]
    conflicts = [finding for finding in report.findings if finding.id == "IMP-011"]
    assert [(finding.row, finding.column) for finding in conflicts] == [(4, "F")]
    assert ask(store, "SELECT count(*), sum(has_issue) FROM visit") == [(4, 4)]
    assert ask(store, "SELECT count(*) FROM issue") == [(5,)]
    assert ask(store, "SELECT visit_mode FROM visit WHERE json_extract(origin, '$.row') = 4") == [("实地",)]


def test_a_record_completed_since_is_still_the_same_row(office: Office, ask: Ask, tmp_path: Path) -> None:
    """The clerk chooses what the ledger left open or said unreadably; the file again does not undo or double it."""
    path = tmp_path / "n.xlsx"
    samples.candidate_list(path)
    store = office("qtjj")
    import_ledger(store, path, "nurture")
    with store.write() as session:
        table = records.table_of(REGISTERS["nurture"])
        odd = session.execute(table.select().where(table.c.unparsed.is_not(None))).mappings().one()
        records.save(
            session,
            REGISTERS["nurture"],
            {"specialty": "服务业500万档"},
            store.actor,
            id=odd["id"],
            unparsed={},
        )
    before = state(store)
    report = import_ledger(store, path, "nurture")
    assert (report.stored, report.updated) == (0, 0)
    assert state(store) == before


def test_a_later_months_list_moves_the_candidates_on(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office("qtjj")
    for month, amount in ((5, 100), (6, 130)):
        path = samples.any_ledger(
            tmp_path / f"{month}.xlsx",
            [
                ["企业名称", "信用代码", f"2024年1-{month}月营业收入（万元）", "责任人"],
                [*samples.firm(1), amount, "李伟"],
            ],
        )
        report = import_ledger(store, path, "nurture")
    assert (report.updated, report.stored) == (1, 0)
    assert ask(store, "SELECT asof_ym, revenue_ytd, owner FROM nurture") == [("2024-06", 13000, "李伟")]
    earlier = import_ledger(store, tmp_path / "5.xlsx", "nurture")
    assert (earlier.updated, earlier.unchanged) == (0, 1)
    assert ask(store, "SELECT asof_ym, revenue_ytd FROM nurture") == [("2024-06", 13000)]


def test_one_row_twice_in_a_file_is_one_record(office: Office, ask: Ask, tmp_path: Path) -> None:
    name, code = samples.firm(1)
    header = ["企业名称", "信用代码", "走访日期", "走访方式"]
    row = [name, code, "2024-05-08", "上门"]
    path = samples.any_ledger(tmp_path / "v.xlsx", [header, row, row, [name, code, "2024-05-08", "电话"]])
    report = import_ledger(office(), path, "visit")
    # The third row says something else of the same day: two visits, as far as anyone can tell.
    assert (report.rows_read, report.stored, report.unchanged) == (3, 2, 1)
    assert [(finding.id, finding.row) for finding in report.findings] == [("IMP-010", 3)]


def test_a_months_rows_are_refused_once_it_is_handed_in(office: Office, ask: Ask, tmp_path: Path) -> None:
    from db.models import ReturnFile
    from db.types import new_key, now

    path = tmp_path / "v.xlsx"
    samples.visit_ledger(path, samples.visited(3))
    store = office()
    with store.write() as session:
        session.add(
            ReturnFile(
                id=new_key(), unit_code="360103002", period="2024-05", revision=1, state="sent",
                created_at=now(), created_by="张敏",
            )
        )  # fmt: skip
    report = import_ledger(store, path, "visit")
    assert (report.outcome, report.bad, report.stored) == ("rejected", 3, 0)
    assert {finding.id for finding in report.findings if finding.severity.value == "error"} == {
        "month_locked"
    }
    assert ask(store, "SELECT count(*) FROM visit") == [(0,)]
    assert ask(store, "SELECT count(*) FROM staged_row WHERE action = 'bad'") == [(3,)]


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize(
    ("unit", "register", "make"),
    [
        ("360103002", "visit", samples.visit_ledger),
        ("xhdx", "cloud", samples.customer_list),
        ("qtjj", "nurture", samples.candidate_list),
    ],
)
def test_an_import_can_be_taken_back_whole(
    office: Office,
    ask: Ask,
    tmp_path: Path,
    unit: str,
    register: str,
    make: Callable[[Path], list[Any]],
    earlier: bool,
) -> None:
    store = office(unit)
    if earlier:  # cards that the import will find, fill and change along
        header = ["企业名称", "信用代码", "联系人"]
        cards = samples.any_ledger(
            tmp_path / "e.xlsx", [header, *([*samples.firm(number), "李伟"] for number in range(3))]
        )
        import_ledger(store, cards, "enterprise")
    path = tmp_path / "台账.xlsx"
    make(path)
    before, units = state(store), ask(store, "SELECT code FROM org_unit ORDER BY 1")
    report = import_ledger(store, path, register)
    assert state(store) != before
    undo(store, UUID(report.batch), store.actor)
    assert state(store) == before
    assert ask(store, "SELECT code FROM org_unit ORDER BY 1") == units
    again = import_ledger(store, path, register)
    assert (again.stored, again.batch != report.batch) == (report.stored, True)


def test_what_was_changed_since_is_not_taken_back(office: Office, tmp_path: Path) -> None:
    store = office()
    samples.visit_ledger(tmp_path / "v.xlsx", samples.visited(3))
    report = import_ledger(store, tmp_path / "v.xlsx", "visit")
    with store.write() as session:
        table = records.table_of(REGISTERS["visit"])
        key = session.execute(table.select()).mappings().first()["id"]
        records.save(session, REGISTERS["visit"], {"operation_text": "订单增加"}, store.actor, id=key)
    before = state(store)
    with pytest.raises(Refused, match="又改过"):
        undo(store, UUID(report.batch), store.actor)
    assert state(store) == before
