"""A ledger looked at before it is read in: what is shown is what would be stored, and nothing is stored by looking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from db.errors import Refused, UsageError
from db.store import Store
from returns.ledger import import_ledger
from returns.ledger.preview import BAD, GOOD, UNREAD, Preview, forget, preview
from tests.returns.ledger import messy, samples
from tests.state import state_hash

Office = Callable[..., Store]


def fingerprint(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def target(found: Preview, title: str) -> str | None:
    return next(column.target for column in found.columns if column.title == title)


def test_what_a_file_holds(office: Office, tmp_path: Path) -> None:
    store = office()
    before = fingerprint(store)
    found = preview(store, messy.ledger(tmp_path), "visit")
    assert (found.kind, found.sheet, found.header_rows, found.office) == (
        "xlsx", messy.SHEET, (3, 3), "朝阳洲街道",
    )  # fmt: skip
    assert [(each.name, each.likeness > 0) for each in found.sheets] == [
        (messy.SHEET, True),
        ("填表说明", False),
    ]
    assert [column.letter for column in found.columns] == list("ABCDEFG")
    assert target(found, "单位名称") == "enterprise.name" and target(found, "走访时间") == "visit.visit_date"
    assert found.columns[0].how == "number" and target(found, "社区") is None
    assert found.columns[2].samples == ("2024.5.8", "07/05/2024", "2024.5.9")
    assert any("填表说明" in note for note in found.notes) and any("合计" in note for note in found.notes)
    assert fingerprint(store) == before


def test_rows_are_shown_as_they_would_be_stored(office: Office, tmp_path: Path) -> None:
    found = preview(office(), messy.ledger(tmp_path), "visit")
    assert [(row.number, row.state) for row in found.rows] == [(4, GOOD), (5, BAD), (6, BAD), (7, UNREAD)]
    first, second = found.rows[0], found.rows[1]
    assert (first.texts[2], first.raw[2]) == ("2024-05-08", "2024.5.8")
    assert (first.texts[5], first.raw[5]) == ("486.00", "4860000")
    assert first.texts[6] == "朝阳"  # no field takes it; it is seen all the same
    assert second.texts[2] == "07/05/2024"
    assert {finding.column for finding in second.findings} == {"C", "F"}
    assert found.rows[3].texts[4] == "=1+1"


def test_only_the_first_rows_are_shown(office: Office, tmp_path: Path) -> None:
    lines = [[n, f"南昌第{n}软件有限公司", "2024-05-08", "张敏", "平稳", 1, ""] for n in range(1, 31)]
    path = messy.ledger(tmp_path, lines)
    found = preview(office(), path, "visit", rows=10)
    assert len(found.rows) == 10 and found.more
    assert any("社区" in note for note in found.notes) is False  # nothing stands in it
    whole = preview(office(), path, "visit", rows=30)
    assert len(whole.rows) == 30 and not whole.more


def test_a_chosen_mapping_goes_before_and_is_remembered(office: Office, tmp_path: Path) -> None:
    store, path = office(), messy.ledger(tmp_path)
    chosen = {"社区": "visit.escorts", "走访情况": None}
    found = preview(store, path, "visit", mapping=chosen)
    assert target(found, "社区") == "visit.escorts" and target(found, "走访情况") is None
    assert {column.how for column in found.columns if column.title in chosen} == {"map"}
    assert target(preview(store, path, "visit"), "社区") is None  # looking leaves nothing behind
    import_ledger(store, path, "visit", mapping=chosen)
    again = preview(store, path, "visit")
    assert target(again, "社区") == "visit.escorts" and target(again, "走访情况") is None
    assert "remembered" in {column.how for column in again.columns}
    assert forget(store, path, "visit") == 1
    assert target(preview(store, path, "visit"), "社区") is None


def test_another_registers_table_says_which(office: Office, tmp_path: Path) -> None:
    path = messy.ledger(tmp_path)
    found = preview(office(), path, "cloud")
    assert found.problem_id == "no_date_column" and found.better == "visit"
    assert [column.title for column in found.columns] == messy.HEADER and len(found.rows) >= 4
    assert preview(office(), path, found.better).problem == ""


def test_a_header_nobody_knows_can_be_mapped_by_hand(office: Office, tmp_path: Path) -> None:
    path = samples.any_ledger(
        tmp_path / "自制.xlsx",
        [["甲方", "哪天去的", "谁去的"], ["江西云栈网络科技有限公司", "2024-05-08", "张敏"]],
    )
    store = office()
    found = preview(store, path, "visit")
    assert found.problem_id == "no_header" and found.header_rows == (1, 1)
    assert [column.title for column in found.columns] == ["甲方", "哪天去的", "谁去的"]
    assert found.rows[0].texts == ("江西云栈网络科技有限公司", "2024-05-08", "张敏")
    half = preview(store, path, "visit", mapping={"甲方": "enterprise.name"})
    assert half.columns[0].target == "enterprise.name"
    chosen = {"甲方": "enterprise.name", "哪天去的": "visit_date", "谁去的": "visitors"}
    found = preview(store, path, "visit", mapping=chosen)
    assert found.problem == "" and [row.state for row in found.rows] == [GOOD]


def test_a_list_without_days_takes_one_for_all(office: Office, tmp_path: Path) -> None:
    from datetime import date

    path = samples.any_ledger(
        tmp_path / "名单.xlsx", [["企业名称", "产品名称"], ["江西云栈网络科技有限公司", "云主机"]]
    )
    store = office()
    assert preview(store, path, "cloud").problem_id == "no_date_column"
    found = preview(store, path, "cloud", day=date(2024, 5, 31))
    assert found.problem == "" and found.rows[0].state == GOOD


def test_what_cannot_be_opened_is_raised(office: Office, tmp_path: Path) -> None:
    bad = tmp_path / "照片.xlsx"
    bad.write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(Refused):
        preview(office(), bad, "visit")
    with pytest.raises(UsageError):
        preview(office(), tmp_path / "没有.xlsx", "visit")


def test_two_columns_of_one_name_are_told_apart(office: Office, tmp_path: Path) -> None:
    rows = [["企业名称", "走访日期", "备注", "备注"], ["江西云栈网络科技有限公司", "2024-05-08", "一", "二"]]
    store, path = office(), samples.any_ledger(tmp_path / "a.xlsx", rows)
    keys = [column.key for column in preview(store, path, "visit").columns]
    assert len(set(keys)) == 4
    found = preview(store, path, "visit", mapping={keys[3]: "visit.escorts"})
    assert [column.target for column in found.columns][2:] == [None, "visit.escorts"]
