"""Templates filled in by hand, and returns that are sent back to be mended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db.errors import Refused
from db.lookup import Directory
from db.models import Batch
from returns import receive, submit
from tests.returns.offices import (
    CODES,
    MAY,
    OTHER,
    SUPERVISOR,
    TODAY,
    column_of,
    edit,
    export,
    hash_of,
    open_office,
    read,
    rows,
    small_month,
)
from tests.returns.receiving import Offices, by_hand, only, put

# ---------------------------------------------------------------- filled in by hand


def test_a_template_filled_by_hand_is_taken(offices: Offices) -> None:
    with offices.district.read() as session:
        cloud_no = next(row.no for row in Directory(session).indicators.values() if "上云" in row.name)
        name = Directory(session).indicators[cloud_no].name
    path = by_hand(offices)
    edit(path, lambda book: put(book["指标月报"], "指标", name))
    report = only(offices.receive(path))
    assert (report.rows_read, report.stored, report.bad) == (2, 2, 0)
    assert report.outcome == "partial", "all of it is stored, and the rules find an error in a row"
    told = only([each for each in report.situations if each.id == "by_hand"])
    assert "南浦街道 2024 年 5 月第 1 版是手工填写的模板" in told.message
    assert "新增 2 行，对上已有 0 行" in told.message
    found = rows(offices.district, OTHER)
    visit = only(found["visit"])
    assert (
        visit["visit_date"] == date(2024, 5, 9)
        and visit["visit_mode"] == "实地"
        and visit["revenue_ytd"] == Decimal("3500.00")
    )
    assert visit["visit_no"] == f"{OTHER}-202405-001"
    card = only(found["enterprise"])
    assert (card["name"], card["uscc"], card["street_code"], card["incomplete"]) == (
        "南昌数澜软件有限公司",
        CODES[1],
        OTHER,
        True,
    )
    assert only(found["indicator"])["target"] is not None
    file = only(offices.files())
    assert (file.filler, file.submitted_on, file.head_sign) == ("王芳", date(2024, 5, 23), "周琴")


def test_a_template_handed_in_again_is_matched_by_natural_keys(offices: Offices) -> None:
    path = by_hand(offices)
    edit(path, lambda book: book["指标月报"].delete_rows(4))
    offices.receive(path)
    edit(path, lambda book: put(book["走访记录"], "经营状态评价", "下滑"))
    staged = only(offices.stage(path))
    assert staged.needs_choice and staged.counts == {"update": 1}
    receive.apply(offices.district, staged.batch, SUPERVISOR, replace=True, today=TODAY)
    assert only(rows(offices.district, OTHER)["visit"])["operation_trend"] == "下滑"


def test_decisions_follow_their_row_when_its_number_changes(offices: Offices, tmp_path: Path) -> None:
    """Staged with a card of its own for the firm; when it is applied, another return has brought that firm."""
    path = by_hand(offices)
    edit(path, lambda book: book["指标月报"].delete_rows(4))

    def second_visit(book: Any) -> None:
        visits = book["走访记录"]
        for column in range(1, visits.max_column + 1):
            visits.cell(5, column).value = visits.cell(4, column).value
        put(visits, "走访日期", "2024-05-10", 5)

    edit(path, second_visit)
    staged = only(offices.stage(path))
    wanted = only([row.seq for row in offices.staged(staged.batch) if row.row_no == 5])
    third = open_office(tmp_path / "third", "360103004", person="吴敏")
    small_month(third, name="南昌数澜软件有限公司", code=CODES[1])
    export(third, offices.folder / "third.xlsx")
    third.close()
    offices.receive(offices.folder / "third.xlsx")
    receive.apply(offices.district, staged.batch, SUPERVISOR, accept=[wanted], today=TODAY)
    assert only(rows(offices.district, OTHER)["visit"])["visit_date"] == date(2024, 5, 10)


def test_rows_by_hand_are_checked_and_bad_ones_told(offices: Offices) -> None:
    path = by_hand(offices)

    def work(book: Any) -> None:
        book["指标月报"].delete_rows(4)
        visits = book["走访记录"]
        put(visits, "走访日期", "2024-05-09", 5)
        put(visits, "走访方式", "电话", 5)  # a row that names no firm
        put(visits, "走访类型", "")

    edit(path, work)
    report = only(offices.receive(path))
    assert (report.outcome, report.rows_read, report.stored, report.bad) == ("partial", 2, 1, 1)
    said = {(each.id, each.sheet, each.row) for each in report.findings if each.severity == "error"}
    assert ("GEN-001", "走访记录", 5) in said and ("GEN-001", "走访记录", 4) in said


def test_an_incomplete_cover_by_hand_is_told(offices: Offices) -> None:
    path = offices.folder / "t.xlsx"
    submit.write_template(offices.district, OTHER, MAY, path)
    report = only(offices.receive(path))
    missing = [each for each in report.findings if each.id == "RET-001"]
    assert len(missing) >= 4 and any("填表人" in each.message for each in missing)


# ---------------------------------------------------------------- 退回


def test_sending_back_marks_the_senders_own_workbook(offices: Offices) -> None:
    path = offices.send()
    edit(path, lambda book: put(book["走访记录"], "走访日期", "07/05/2024"))
    staged = only(offices.stage(path))
    before = hash_of(offices.district)
    out = receive.send_back(
        offices.district, staged.batch, "请核对走访日期", offices.folder / "back.xlsx", SUPERVISOR
    )
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[0] == "退回意见"
    assert "理由：请核对走访日期" in [cell.value for row in book["退回意见"] for cell in row]
    cell = book["走访记录"].cell(4, column_of(book["走访记录"], "走访日期"))
    assert "看不出哪个是月" in cell.comment.text and cell.comment.author == "区数字经济办公室"
    assert cell.fill.fgColor.rgb.endswith("F8D7DA") and cell.value == "07/05/2024"
    assert hash_of(offices.district) == before
    with offices.district.read() as session:
        batch = session.get(Batch, staged.batch)
        assert batch is not None and (batch.state, batch.note) == ("sent_back", "请核对走访日期")
    with pytest.raises(Refused):
        receive.apply(offices.district, staged.batch, SUPERVISOR)


def test_a_workbook_that_was_sent_back_and_mended_is_taken(offices: Offices) -> None:
    path = offices.send()
    edit(path, lambda book: put(book["走访记录"], "走访日期", "07/05/2024"))
    staged = only(offices.stage(path))
    out = receive.send_back(offices.district, staged.batch, "请核对", offices.folder, SUPERVISOR)
    assert out.name == "退回_a.xlsx"
    edit(out, lambda book: put(book["走访记录"], "走访日期", date(2024, 5, 8)))
    report = only(offices.receive(out))
    assert (report.outcome, report.stored) == ("accepted", 5)
    assert read(offices.district, "visit", offices.month.visit)["visit_date"] == date(2024, 5, 8)


def test_sending_back_needs_a_reason(offices: Offices) -> None:
    staged = only(offices.stage(offices.send()))
    with pytest.raises(Refused) as told:
        receive.send_back(offices.district, staged.batch, " ", offices.folder, SUPERVISOR)
    assert told.value.id == "no_reason"
