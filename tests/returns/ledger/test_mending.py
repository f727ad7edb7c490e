"""Rows that an import kept aside: counted, typed over, tried again, dismissed, and back again when the retry is undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from db import side_list
from db.errors import Refused
from db.store import Store, open_store
from returns.ledger import import_ledger, mending
from returns.ledger.mending import WaitingPage
from returns.undo import undo
from tests.returns.ledger import messy
from tests.state import state_hash

Office = Callable[..., Store]


def fingerprint(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def waiting(store: Store) -> dict[str, int]:
    with store.read() as session:
        return side_list.counts(session)


def page(store: Store, batch: UUID, **more: int) -> WaitingPage:
    with store.read() as session:
        found = mending.waiting(session, batch, **more)
    assert found is not None
    return found


def visits(store: Store) -> list[tuple[str, str, str]]:
    query = (
        "SELECT e.name, v.visit_date, json_extract(v.origin, '$.row') FROM visit v"
        " JOIN enterprise e ON e.id = v.enterprise_id ORDER BY v.visit_date"
    )
    with store.read() as session:
        return [(str(a), str(b), str(c)) for a, b, c in session.execute(text(query))]


@pytest.fixture
def imported(office: Office, tmp_path: Path) -> tuple[Store, UUID]:
    """A register after a ledger two rows of which could not be stored."""
    store = office()
    report = import_ledger(store, messy.ledger(tmp_path), "visit")
    assert (report.rows_read, report.stored, report.bad, report.outcome) == (4, 2, 2, "partial")
    assert report.batch is not None
    return store, UUID(report.batch)


def test_rows_wait_under_the_senders_own_headers(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    assert waiting(store) == {"visit": 2}
    with store.read() as session:
        (found,) = side_list.batches(session)
        assert (found.id, found.file, found.register, found.sheet, found.waiting) == (
            batch, messy.NAME, "visit", messy.SHEET, 2,
        )  # fmt: skip
        (task,) = side_list.to_do(session)
        assert (task.register, task.count) == ("visit", 2) and "2 行导入时没有入库，待更正" in task.detail
    shown = page(store, batch)
    assert [column.title for column in shown.columns] == messy.HEADER
    assert [column.target for column in shown.columns][1:3] == ["enterprise.name", "visit.visit_date"]
    first, second = shown.rows
    assert (first.number, second.number) == (5, 6)
    assert first.cells == ("2", "南昌数澜软件有限公司", "07/05/2024", "张敏", "回款放缓。", "约500万", "朝阳")
    assert {reason.column for reason in first.reasons} == {"C", "F"}
    assert [reason.column for reason in second.reasons] == ["B"] and second.cells[1] == ""


def test_what_is_put_right_gets_in_at_its_own_place(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, second = page(store, batch).rows
    report = mending.retry(
        store, batch, {first.seq: {"走访时间": "2024-05-07"}, second.seq: {"B": "江西云栈网络科技有限公司"}}
    )
    assert (report.rows_read, report.stored, report.bad) == (2, 2, 0)
    assert waiting(store) == {}
    with store.read() as session:
        assert mending.waiting(session, batch) is None
    assert visits(store)[:3] == [
        ("南昌数澜软件有限公司", "2024-05-07", "5"),
        ("江西云栈网络科技有限公司", "2024-05-08", "4"),
        ("江西云栈网络科技有限公司", "2024-05-09", "6"),
    ]


def test_what_still_fails_stays_as_typed_with_its_new_reason(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, second = page(store, batch).rows
    report = mending.retry(
        store, batch, {first.seq: {"C": "五月初"}, second.seq: {"单位名称": "江西云栈网络科技有限公司"}}
    )
    assert (report.stored, report.bad) == (1, 1)
    assert waiting(store) == {"visit": 1}
    (row,) = page(store, batch).rows
    assert row.cells[2] == "五月初" and row.typed == {"C"}
    assert any("五月初" in reason.message for reason in row.reasons)
    assert not any("07/05/2024" in reason.message for reason in row.reasons)
    # Another time with the day put right: the rest of what was typed is still there.
    assert mending.retry(store, batch, {row.seq: {"C": "2024-05-07"}}).stored == 1
    assert waiting(store) == {}


def test_all_rows_can_be_tried_with_what_was_typed_before(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, second = page(store, batch).rows
    mending.keep_typed(
        store, batch, {first.seq: {"C": "2024-05-07"}, second.seq: {"B": "江西云栈网络科技有限公司"}}
    )
    assert [row.typed for row in page(store, batch).rows] == [{"C"}, {"B"}]
    assert mending.retry(store, batch, None).stored == 2


def test_typed_corrections_outlive_the_program(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, _ = page(store, batch).rows
    mending.keep_typed(store, batch, {first.seq: {"走访时间": "2024-05-07"}})
    root = store.folder.root
    store.close()
    again = open_store(root)
    try:
        assert waiting(again) == {"visit": 2}
        assert page(again, batch).rows[0].cells[2] == "2024-05-07"
    finally:
        again.close()


def test_undoing_a_retry_lets_its_rows_wait_again(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    before = fingerprint(store)
    first, second = page(store, batch).rows
    report = mending.retry(store, batch, {first.seq: {"C": "2024-05-07"}, second.seq: {}})
    assert (report.stored, report.bad) == (1, 1) and report.batch is not None
    assert fingerprint(store) != before
    undo(store, UUID(report.batch), store.actor)
    assert fingerprint(store) == before
    assert waiting(store) == {"visit": 2}
    assert page(store, batch).rows[0].cells[2] == "2024-05-07"  # still as typed
    assert mending.retry(store, batch, None).stored == 1


def test_an_undone_imports_rows_are_gone(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, _ = page(store, batch).rows
    undo(store, batch, store.actor)
    assert waiting(store) == {}
    with pytest.raises(Refused) as refused:
        mending.retry(store, batch, {first.seq: {}})
    assert refused.value.id == "undone"


def test_trying_again_as_it_stands_changes_nothing(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    before = fingerprint(store)
    for _ in range(2):
        assert mending.retry(store, batch, None).bad == 2
        assert waiting(store) == {"visit": 2} and fingerprint(store) == before
    with store.read() as session:
        assert len(side_list.batches(session)) == 1


def test_rows_may_be_dismissed_with_a_reason_and_recalled(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, second = page(store, batch).rows
    with pytest.raises(Refused) as refused:
        mending.dismiss(store, batch, [first.seq], " ")
    assert refused.value.id == "no_reason"
    assert mending.dismiss(store, batch, [first.seq, second.seq], "测试数据") == 2
    assert waiting(store) == {}
    mending.recall(store, batch, [second.seq])
    assert [row.number for row in page(store, batch).rows] == [6]


def test_an_error_nobody_typed_over_is_not_taken_for_an_empty_cell(office: Office, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = messy.ledger(tmp_path)
    book = load_workbook(path)
    cell = book[messy.SHEET]["F5"]
    cell.value, cell.data_type = "#N/A", "e"
    book.save(path)
    store = office()
    report = import_ledger(store, path, "visit")
    assert report.batch is not None
    batch = UUID(report.batch)
    row = page(store, batch).rows[0]
    assert "#N/A" in row.cells[5]
    again = mending.retry(store, batch, {row.seq: {"C": "2024-05-07"}})
    assert again.stored == 1 and any("#N/A" in finding.message for finding in again.findings)


def test_a_long_list_comes_in_pages(office: Office, tmp_path: Path) -> None:
    lines = [[n, None, "2024-05-08", "张敏", f"第{n}行", 1, ""] for n in range(1, 8)]
    store = office()
    report = import_ledger(store, messy.ledger(tmp_path, lines), "visit")
    assert report.batch is not None and report.bad == 7
    batch = UUID(report.batch)
    first = page(store, batch, limit=3)
    assert [row.number for row in first.rows] == [4, 5, 6] and first.batch.waiting == 7
    second = page(store, batch, limit=3, after=first.next or 0)
    assert [row.number for row in second.rows] == [7, 8, 9]
    last = page(store, batch, limit=3, after=second.next or 0)
    assert [row.number for row in last.rows] == [10] and last.next is None


def test_a_column_that_is_not_there_is_named(imported: tuple[Store, UUID]) -> None:
    store, batch = imported
    first, _ = page(store, batch).rows
    with pytest.raises(Refused) as refused:
        mending.retry(store, batch, {first.seq: {"没有这一列": "x"}})
    assert refused.value.id == "unknown_header"


def test_a_two_row_header_with_groups_is_found_again(office: Office, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "走访"
    sheet.append(["企业基本情况", None, "走访情况", None])
    sheet.append(["名称", "信用代码", "时间", "人员"])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    sheet.append(["江西云栈网络科技有限公司", None, "2024-05-08", "张敏"])
    sheet.append(["南昌数澜软件有限公司", None, "哪天", "张敏"])
    path = tmp_path / "两行表头.xlsx"
    book.save(path)
    store = office()
    report = import_ledger(store, path, "visit", mapping={"走访情况·时间": "visit_date"})
    assert (report.stored, report.bad) == (1, 1) and report.batch is not None
    (row,) = page(store, UUID(report.batch)).rows
    assert mending.retry(store, UUID(report.batch), {row.seq: {"C": "2024-05-09"}}).stored == 1


def test_the_same_file_again_does_not_let_its_rows_wait_twice(office: Office, tmp_path: Path) -> None:
    store = office()
    path = messy.ledger(tmp_path, [messy.ROWS[1]])
    first = import_ledger(store, path, "visit")
    again = import_ledger(store, path, "visit")
    assert first.batch == again.batch is not None and (again.bad, again.outcome) == (1, "rejected")
    assert waiting(store) == {"visit": 1}
    # Read another way it is another import.
    import_ledger(store, path, "visit", mapping={"社区": None})
    assert waiting(store) == {"visit": 2}


def test_a_file_already_in_one_register_is_kept_for_another_too(office: Office, tmp_path: Path) -> None:
    from datetime import date

    store = office()
    path = messy.ledger(tmp_path, [messy.ROWS[0], [9, None, "2024-05-08", "张敏", "", 1, ""]])
    assert import_ledger(store, path, "visit").stored == 1
    report = import_ledger(store, path, "cloud", day=date(2024, 5, 31))
    assert report.bad == 1 and waiting(store) == {"visit": 1, "cloud": 1}
