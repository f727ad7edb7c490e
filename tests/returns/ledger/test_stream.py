"""A table that comes in several chunks is placed as if it came at once; what lies beside its rows is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db.errors import Refused
from db.registers import REGISTERS
from db.store import Store
from returns.files import MemoryBook
from returns.ledger import import_ledger, table
from returns.ledger.importer import import_book
from returns.ledger.waiting import Waiting
from returns.undo import undo
from tests.returns.ledger import samples
from tests.state import state_hash

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]
HEADER = ["企业名称", "统一社会信用代码", "走访日期", "走访方式", "本年累计营收（万元）", "存在问题"]


def line(
    firm: int, day: str, mode: str | None = "上门", revenue: Any = None, issue: str | None = None
) -> list[Any]:
    return [*samples.firm(firm), day, mode, revenue, issue]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table.LedgerTable.chunks
    monkeypatch.setattr(table.LedgerTable, "chunks", lambda self, size=3: whole(self, size))


def book(*rows: list[Any], header: list[Any] = HEADER) -> MemoryBook:
    return MemoryBook("台账.xlsx", {"5月": [header, *rows]})


def content(ask: Ask, store: Store) -> list[list[tuple[Any, ...]]]:
    """What there is, without keys and times."""
    return [
        ask(
            store,
            "SELECT visit_no, visit_date, visit_mode, v.revenue_ytd, has_issue, e.uscc FROM visit v "
            "JOIN enterprise e ON e.id = v.enterprise_id ORDER BY visit_no",
        ),
        ask(store, "SELECT name, uscc, revenue_ytd, revenue_asof FROM enterprise ORDER BY uscc"),
        ask(store, "SELECT issue_no, description FROM issue ORDER BY issue_no"),
    ]


ROWS = [
    line(1, "2024-05-02", revenue=10, issue="招工难"),
    line(2, "2024-05-03"),
    line(3, "2024-05-04", mode=None),
    line(1, "2024-06-05", revenue=30),
    line(1, "2024-05-02", revenue=10, issue="招工难"),  # the first row again, in another chunk
    line(3, "2024-05-04", mode="电话"),  # fills what the third left open
    line(2, "2024-04-01", revenue=7),
    line(4, "07/05/2024"),
    line(1, "2024-05-02", mode="电话"),  # says otherwise: a visit of its own
]


def test_chunks_are_placed_as_one_table(office: Office, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = office()
    at_once = import_book(whole, book(*ROWS), "visit")
    chunks = table.LedgerTable.chunks
    monkeypatch.setattr(table.LedgerTable, "chunks", lambda self, size=2: chunks(self, size))
    pieces = office()
    in_pieces = import_book(pieces, book(*ROWS), "visit")
    assert (at_once.stored, at_once.unchanged, at_once.updated, at_once.bad) == (6, 1, 1, 1)
    assert in_pieces.but(batch=None) == at_once.but(batch=None)
    assert content(ask, pieces) == content(ask, whole)
    assert ("IMP-010", 6) in [(finding.id, finding.row) for finding in in_pieces.findings]
    # The last month that tells a revenue is on the card, written once.
    assert ask(
        pieces, "SELECT revenue_ytd, revenue_asof FROM enterprise WHERE uscc = :code", code=samples.firm(1)[1]
    ) == [(3000, "2024-06")]
    assert ask(pieces, "SELECT count(*) FROM audit WHERE note = '由走访记录同步'") == [(2,)]


def test_an_import_in_chunks_is_taken_back_whole(office: Office, ask: Ask, small_chunks: None) -> None:
    store = office()
    import_book(store, book(line(1, "2024-03-01", revenue=5), line(2, "2024-05-03", mode=None)), "visit")

    def state() -> str:
        with store.read() as session:
            return state_hash(session)

    before = state()
    report = import_book(store, book(*ROWS), "visit")
    assert state() != before and report.batch is not None
    again = import_book(store, book(*ROWS), "visit")
    assert (again.stored, again.updated, again.unchanged, again.bad) == (0, 0, 8, 1)
    undo(store, UUID(report.batch), store.actor, backup_first=False)
    assert state() == before


def test_what_waits_is_the_same_as_what_is_stored(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that were put together in the chunk are those that the register gives back."""
    from db import records

    seen: list[tuple[str, dict[str, Any]]] = []
    write = Waiting._write_fresh
    monkeypatch.setattr(
        Waiting,
        "_write_fresh",
        lambda self, register, fresh: (
            write(self, register, fresh),
            seen.extend((register.key, dict(each.record)) for each in fresh),
        ),
    )
    store = office()
    import_book(store, book(*(row for row in ROWS if row[4] is None)), "visit")
    assert {key for key, _ in seen} == {"enterprise", "visit"}
    with store.read() as session:
        for key, record in seen:
            stored = records.get(session, REGISTERS[key], record["id"])
            assert stored is not None
            if stored["rev"] == 1:
                assert stored == record
            assert records.digest_of(REGISTERS[key], stored) == stored["digest"]


def test_progress_is_told_and_a_cancelled_import_leaves_nothing(
    office: Office, ask: Ask, small_chunks: None
) -> None:
    store = office()
    told: list[tuple[int, int]] = []
    with pytest.raises(Refused, match="取消"):
        import_book(
            store, book(*ROWS), "visit",
            progress=lambda done, of, _: told.append((done, of)), cancelled=lambda: len(told) > 2,
        )  # fmt: skip
    assert told == [(0, 9), (3, 9), (6, 9)]
    assert ask(store, "SELECT (SELECT count(*) FROM visit), (SELECT count(*) FROM batch)") == [(0, 0)]


def test_hidden_rows_and_cells_beside_the_table_are_told(office: Office, tmp_path: Path) -> None:
    from openpyxl import Workbook

    made = Workbook()
    sheet: Any = made.active
    for cells in (
        HEADER[:4],
        line(1, "2024-05-02")[:4],
        line(2, "2024-05-03")[:4],
        [*line(3, "2024-05-04")[:4], None, "待核"],
    ):
        sheet.append(cells)
    sheet.row_dimensions[3].hidden = True
    made.save(tmp_path / "v.xlsx")
    report = import_ledger(office(), tmp_path / "v.xlsx", "visit")
    assert report.stored == 3
    assert any("第 3 行" in warning and "隐藏" in warning for warning in report.warnings)
    assert any("F4" in warning and "待核" in warning for warning in report.warnings)


def test_a_row_that_was_set_aside_can_be_put_together_again(office: Office, ask: Ask) -> None:
    import json

    store = office()
    report = import_book(store, book(*ROWS), "visit")
    assert report.bad == 1
    ((kept,),) = ask(store, "SELECT \"values\" FROM staged_row WHERE action = 'bad'")
    ((cover,),) = ask(store, "SELECT cover FROM batch")
    held, around = json.loads(kept), json.loads(cover)
    assert held["raw"] == [*samples.firm(4), "07/05/2024", "上门"]
    assert [(place["column"], place["id"]) for place in held["places"]] == [
        ("C", "GEN-004"),
        ("C", "IMP-002"),
    ]
    mended = {**dict(enumerate(around["head"])), 8: [*held["raw"][:2], "2024-05-07", *held["raw"][3:]]}
    again = import_book(store, MemoryBook("台账.xlsx", {around["sheet"]: mended}), "visit")
    assert (again.stored, again.bad) == (1, 0)
    assert ask(store, "SELECT json_extract(origin, '$.row') FROM visit WHERE visit_date = '2024-05-07'") == [
        (9,)
    ]
