"""The actions of 月调度 and 收表: what the page, the command line and a test call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from db import locks
from db.errors import MachineError, Refused, UsageError
from db.findings import Severity
from db.models import ReturnFile, ReturnRow
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import returns
from desktop.actions.setup import initialise
from returns.results import NotReady
from tests.returns.offices import (
    FIRM,
    ISSUE,
    MAY,
    STREET,
    TODAY,
    VISIT,
    Month,
    change,
    column_of,
    edit,
    open_office,
    read,
    save,
    small_month,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_office(tmp_path / "street", STREET)
    yield opened
    opened.close()


@pytest.fixture
def month(store: Store) -> Month:
    return small_month(store)


def states(store: Store) -> list[tuple[int, str]]:
    with store.read() as session:
        query = select(ReturnFile.revision, ReturnFile.state).order_by(ReturnFile.revision)
        return [(revision, state) for revision, state in session.execute(query)]


def locked(store: Store) -> bool:
    with store.read() as session:
        return locks.is_locked(session, STREET, MAY)


# ---------------------------------------------------------------- 核对


def test_check_prints_what_the_command_line_promises(store: Store, month: Month) -> None:
    change(store, "visit", month.visit, visit_mode=None)
    told = returns.check_month(store, MAY, today=TODAY)
    assert set(told) == {"period", "unit", "errors", "warnings", "infos", "findings"}
    assert (told["period"], told["unit"], told["errors"]) == (MAY, STREET, 1)
    error = next(each for each in told["findings"] if each["severity"] == "error")
    assert (error["id"], error["sheet"], error["column"]) == ("GEN-001", "走访记录", "走访方式")
    assert error["record_id"] == str(month.visit)


def test_a_period_that_is_no_month_is_wrong_usage(store: Store) -> None:
    with pytest.raises(UsageError):
        returns.check_month(store, "五月")


# ---------------------------------------------------------------- 封面


def test_the_cover_is_filled_from_settings_and_plan_and_kept(store: Store, month: Month) -> None:
    cover = returns.load_cover(store, MAY)
    assert (cover["filler"], cover["head_sign"], cover["phone"]) == ("张敏", "王建国", "0791-86510023")
    assert (cover["form_no"], cover["issuer"]) == ("西数经调01表", "区数字经济办公室")
    assert cover["approved_by"] is None
    returns.save_cover(store, MAY, {"reviewer": "赵强"})
    assert returns.load_cover(store, MAY)["reviewer"] == "赵强"
    assert states(store) == [(1, "draft")]


def test_last_months_cover_comes_back(store: Store, month: Month, tmp_path: Path) -> None:
    returns.submit_return(store, MAY, tmp_path / "a.xlsx", cover={"form_no": "西数经调02表"}, today=TODAY)
    assert returns.load_cover(store, "2024-06")["form_no"] == "西数经调02表"
    assert returns.load_cover(store, "2024-06")["correction_reason"] is None


def test_a_cover_that_lacks_something_is_no_return(store: Store, month: Month, tmp_path: Path) -> None:
    store.set_setting("head", None)
    with pytest.raises(NotReady) as told:
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert told.value.id == "RET-001" and "单位负责人" in told.value.message and told.value.exit_code == 1
    assert not (tmp_path / "a.xlsx").exists() and not locked(store)
    submitted = returns.submit_return(
        store, MAY, tmp_path / "a.xlsx", cover={"head_sign": "王建国"}, today=TODAY
    )
    assert submitted.revision == 1


# ---------------------------------------------------------------- 上报


def test_handing_in_writes_keeps_and_locks(store: Store, month: Month, tmp_path: Path) -> None:
    submitted = returns.submit_return(store, MAY, tmp_path, today=TODAY)
    assert submitted.as_json() == {
        "out": str(tmp_path / "朝阳洲街道_2024-05_回报_第1版.xlsx"),
        "period": MAY,
        "unit": STREET,
        "revision": 1,
        "sheets": {
            "指标月报": 0,
            "走访记录": 1,
            "问题": 1,
            "上云记录": 1,
            "培育对象": 1,
            "项目": 0,
            "园区月报": 0,
            "责任清单": 0,
            "企业档案": 1,
        },
    }
    kept = list(store.folder.sent.glob("*.xlsx"))
    assert len(kept) == 1 and kept[0].read_bytes() == Path(submitted.out).read_bytes()
    assert locked(store) and states(store) == [(1, "sent")]
    with store.read() as session:
        assert len(session.scalars(select(ReturnRow)).all()) == 5
        file = session.scalars(select(ReturnFile)).one()
        assert (file.submitted_on, file.due_on, file.late_days) == (TODAY, date(2024, 5, 24), 0)
        filled = ("enterprise", "visit", "issue", "cloud", "nurture")
        assert file.summary == {key: int(key in filled) for key in REGISTERS}
    with pytest.raises(Refused) as told:
        change(store, "visit", month.visit, operation_trend="下滑")
    assert told.value.id == "month_locked"
    with pytest.raises(Refused) as again:
        returns.submit_return(store, MAY, tmp_path, today=TODAY)
    assert again.value.id == "already_sent"


def test_errors_block_and_are_handed_back(store: Store, month: Month, tmp_path: Path) -> None:
    change(store, "visit", month.visit, visit_mode=None)
    with pytest.raises(NotReady) as told:
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert told.value.id == "RET-007" and "1 项错误" in told.value.message
    assert any(each.id == "GEN-001" and each.record_id == month.visit for each in told.value.findings)
    assert not locked(store) and not store.folder.sent.exists() and not (tmp_path / "a.xlsx").exists()


def test_warnings_need_an_explanation_once(store: Store, month: Month, tmp_path: Path) -> None:
    # The same words about the same firm again: VIS-009 asks.
    save(store, "visit", **{**VISIT, "visit_date": date(2024, 5, 15)}, enterprise_id=month.firm)
    checked = returns.check(store, MAY, today=TODAY)
    assert (
        checked.open and not checked.ready and {each.severity for each in checked.open} == {Severity.WARNING}
    )
    with pytest.raises(NotReady) as told:
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert told.value.id == "RET-008"
    for finding in checked.open:
        with pytest.raises(Refused):
            returns.explain(store, MAY, finding, "核实无误")
        returns.explain(store, MAY, finding, "两次走访谈的是同一份订单的进展")
    assert returns.check(store, MAY, today=TODAY).ready
    submitted = returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    notes = openpyxl.load_workbook(submitted.out)["校验说明"]
    assert "两次走访谈的是同一份订单的进展" in [cell.value for cell in notes["E"]]


def test_an_empty_month_needs_a_zero_report(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotReady) as told:
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert told.value.id == "RET-010"
    submitted = returns.submit_return(store, MAY, tmp_path / "a.xlsx", zero_report=True, today=TODAY)
    assert set(submitted.sheets.values()) == {0} and locked(store)


def test_a_month_with_rows_is_no_zero_report(store: Store, month: Month, tmp_path: Path) -> None:
    with pytest.raises(NotReady) as told:
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", zero_report=True, today=TODAY)
    assert told.value.id == "RET-010" and "取消零报送" in told.value.message
    assert returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY).revision == 1


def test_handing_in_late_is_said(store: Store, month: Month, tmp_path: Path) -> None:
    change(store, "issue", month.issue, due_date=date(2024, 6, 20))
    submitted = returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=date(2024, 5, 27))
    assert any("迟报 3 天" in each for each in submitted.warnings)


def test_nothing_is_locked_when_the_file_can_not_be_written(
    store: Store, month: Month, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MachineError):
        returns.submit_return(store, MAY, tmp_path / "file" / "a.xlsx", today=TODAY)
    assert not locked(store)
    change(store, "visit", month.visit, operation_trend="下滑")


def test_a_copy_that_can_not_be_kept_takes_the_file_back(store: Store, month: Month, tmp_path: Path) -> None:
    store.folder.sent.write_bytes(b"")  # a file where the folder should be
    with pytest.raises(MachineError):
        returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert not (tmp_path / "a.xlsx").exists() and not locked(store)


# ---------------------------------------------------------------- 更正


def test_a_correction_is_the_next_revision_with_its_reason(
    store: Store, month: Month, tmp_path: Path
) -> None:
    returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    with pytest.raises(Refused):
        returns.reopen_month(store, MAY, "  ")
    assert returns.reopen_month(store, MAY, "营业收入漏填一位") == 2
    assert not locked(store)
    change(store, "visit", month.visit, revenue_ytd=VISIT["revenue_ytd"] + 1000)
    submitted = returns.submit_return(store, MAY, tmp_path / "b.xlsx", today=TODAY)
    assert submitted.revision == 2 and states(store) == [(1, "reopened"), (2, "sent")] and locked(store)
    cover = openpyxl.load_workbook(submitted.out)["封面"]
    assert "营业收入漏填一位" in {cell.value for row in cover for cell in row}


def test_an_open_month_can_not_be_reopened(store: Store, month: Month) -> None:
    with pytest.raises(Refused) as told:
        returns.reopen_month(store, MAY, "有误")
    assert told.value.id == "not_sent"


# ---------------------------------------------------------------- 草稿、预览、模板


def test_a_draft_may_be_written_with_errors_and_locks_nothing(
    store: Store, month: Month, tmp_path: Path
) -> None:
    change(store, "visit", month.visit, visit_mode=None)
    written = returns.export_draft(store, MAY, tmp_path, today=TODAY)
    assert written.out.exists() and not locked(store)
    notes = openpyxl.load_workbook(written.out)["校验说明"]
    assert [cell.value for cell in notes[4]][:3] == ["错误", "GEN-001", "走访记录 第 4 行 走访方式"]


def test_preview_shows_the_sheets_as_text(store: Store, month: Month) -> None:
    sheets = {sheet.name: sheet for sheet in returns.preview(store, MAY, today=TODAY)}
    assert list(sheets) == [
        "封面",
        "指标月报",
        "走访记录",
        "问题",
        "上云记录",
        "培育对象",
        "项目",
        "园区月报",
        "责任清单",
        "企业档案",
        "校验说明",
    ]
    visits = sheets["走访记录"]
    row = dict(zip(visits.header, visits.rows[0], strict=True))
    assert row["企业名称"] == "江西云栈网络科技有限公司" and row["本年累计营业收入（万元）"] == "860.50"
    assert row["走访日期"] == "2024-05-08" and row["是否有问题诉求"] == "否"
    assert ("单位负责人（签字）", "王建国") in sheets["封面"].rows
    assert "朝阳洲街道" in visits.line and "2024 年 5 月" in visits.line


def test_template_for_an_office_without_the_program(store: Store, tmp_path: Path) -> None:
    made = returns.make_template(store, "360103001", MAY, tmp_path / "t.xlsx")
    assert made.as_json()["unit"] == "360103001" and Path(made.out).exists()
    with pytest.raises(UsageError):
        returns.make_template(store, "没有这个单位", MAY, tmp_path / "t.xlsx")


# ---------------------------------------------------------------- 收表


def sent(store: Store, out: Path) -> Path:
    return Path(returns.submit_return(store, MAY, out, today=TODAY).out)


def test_files_are_listed_with_their_rows(
    store: Store, month: Month, district: Store, tmp_path: Path
) -> None:
    path = sent(store, tmp_path / "a.xlsx")
    staged = returns.stage_returns(district, [path])
    line = returns.batches(district, MAY)[0]
    assert (line.unit_name, line.revision, line.state, line.rows_read) == ("朝阳洲街道", 1, "staged", 5)
    assert line.counts == {"new": 5} and line.clean
    rows = returns.batch_rows(district, line.id)
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5] and {row.action for row in rows} == {"new"}
    assert returns.batch_rows(district, line.id, actions=("gone",)) == []
    assert staged[0].batch is not None
    report = returns.apply_batch(district, staged[0].batch)
    assert report.stored == 5 and returns.batches(district, MAY)[0].state == "applied"
    returns.undo_batch(district, staged[0].batch)
    assert returns.batches(district, MAY) == []
    assert read(district, "visit", month.visit) is None


def test_receive_prints_what_the_command_line_promises(
    store: Store, month: Month, district: Store, tmp_path: Path
) -> None:
    report = returns.receive_files(district, [sent(store, tmp_path / "a.xlsx")])[0].as_json()
    assert list(report) == [
        "file", "outcome", "register", "unit", "period", "revision", "batch", "rows_read", "stored", "unchanged",
        "updated", "bad", "warnings", "findings",
    ]  # fmt: skip
    assert (report["outcome"], report["stored"], report["unit"]) == ("accepted", 5, STREET)


def test_sending_back(store: Store, month: Month, district: Store, tmp_path: Path) -> None:
    path = sent(store, tmp_path / "a.xlsx")

    def work(book: Any) -> None:
        sheet = book["走访记录"]
        sheet.cell(4, column_of(sheet, "走访日期")).value = "五月八号"

    edit(path, work)
    staged = returns.stage_returns(district, [path])[0]
    assert staged.batch is not None
    out = returns.send_back(district, staged.batch, "请核对走访日期", tmp_path / "back.xlsx")
    assert out.exists() and returns.batches(district, MAY)[0].state == "sent_back"


def test_firms_without_rows_of_the_month_stay_at_home(store: Store, month: Month, tmp_path: Path) -> None:
    other = save(store, "enterprise", **{**FIRM, "name": "南昌另一家有限公司"})
    save(store, "issue", **{**ISSUE, "registered_on": date(2024, 6, 3)}, enterprise_id=other)
    checked = returns.check(store, MAY, today=TODAY)
    assert checked.unit == STREET
    submitted = returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY)
    assert submitted.sheets["问题"] == 1 and submitted.sheets["企业档案"] == 1


def test_a_register_without_data_becomes_one_for_practice_only_when_a_practice_return_is_applied(
    district: Store, tmp_path: Path
) -> None:
    street = initialise(tmp_path / "practice", STREET, practice=True)
    try:
        file = Path(returns.rewrite_return(street, "2024-05", tmp_path / "r.xlsx").out)
    finally:
        street.close()
    (staged,) = returns.stage_returns(district, [file])
    assert staged.batch is not None and not district.setting("practice")
    returns.apply_batch(district, staged.batch)
    assert district.setting("practice") is True


def test_a_month_that_is_handed_in_is_written_again_as_it_was(
    store: Store, month: Month, tmp_path: Path
) -> None:
    sent = returns.submit_return(store, MAY, tmp_path / "a.xlsx", today=TODAY, sign_later=True)
    again = returns.rewrite_return(store, MAY, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (again.revision, again.sheets) == (sent.revision, sent.sheets)
    with pytest.raises(Refused, match="还没有上报"):
        returns.rewrite_return(store, "2024-06", tmp_path / "c.xlsx")
