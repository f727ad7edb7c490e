"""Every case of a return has its own id and its own sentence: unit, month, revision, what to do."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from db import cadence, local_units
from db.models import OrgUnit
from db.store import Store
from returns import compose, receive
from returns.results import FileReport
from returns.workbook import DRAFT, MANIFEST, RETURN
from returns.write import write_return
from tests.returns.offices import (
    COVER,
    MAY,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    VISIT,
    change,
    edit,
    export,
    hash_of,
    rows,
    save,
    small_month,
)
from tests.returns.receiving import Offices, only, put


def ids(report: FileReport) -> list[str]:
    return [each.id for each in report.situations]


def words(report: FileReport, case: str) -> str:
    return only([each.words for each in report.situations if each.id == case])


def rejected(report: FileReport, case: str) -> str:
    assert (report.outcome, report.rows_read, report.stored) == ("rejected", 0, 0)
    assert report.findings[0].message == words(report, case)
    return report.findings[0].message


def of_month(offices: Offices, period: str, name: str) -> Path:
    with offices.street.read() as session:
        content = compose.gather(
            session, STREET, period, kind=RETURN, revision=1, cover={**COVER, "submitted_on": TODAY}, person="张敏"
        )  # fmt: skip
        write_return(content, offices.folder / name)
    return offices.folder / name


def second_visit(offices: Offices) -> None:
    values = {**VISIT, "visit_date": date(2024, 5, 15)}
    save(offices.street, "visit", **values, enterprise_id=offices.month.firm)


# ---------------------------------------------------------------- several files of one unit and month


def test_revisions_given_in_any_order_are_applied_as_they_follow_each_other(offices: Offices) -> None:
    first = offices.send("v1.xlsx")
    second_visit(offices)
    second = offices.send("v2.xlsx", revision=2, correction_reason="漏报")
    newer, older = offices.receive(second, first)
    assert (older.outcome, older.revision, older.stored) == ("accepted", 1, 5)
    assert (newer.outcome, newer.revision, newer.stored) == ("accepted", 2, 1)
    assert ids(newer) == ["correction"] and len(rows(offices.district)["visit"]) == 2
    assert "朝阳洲街道 2024 年 5 月第 2 版更正已接收的第 1 版" in words(newer, "correction")


def test_two_contents_of_one_revision_in_one_call_are_both_asked_about(offices: Offices) -> None:
    first = offices.send("a.xlsx")
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    second = offices.send("b.xlsx")
    before = hash_of(offices.district)
    for replace in (False, True):
        reports = offices.receive(first, second, replace=replace)
        for report, other in zip(reports, ("b.xlsx", "a.xlsx"), strict=True):
            told = rejected(report, "rival")
            assert f"同时有 2 份内容不同的文件（另有“{other}”）" in told and "哪一份是定稿" in told
        assert hash_of(offices.district) == before
    # Whoever decides applies the one; the other then has to be an overwriting.
    staged = only(offices.stage(first))
    receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    assert "other_content" in ids(only(offices.receive(second)))


def test_the_same_content_in_two_files_is_read_once(offices: Offices) -> None:
    first = offices.send("a.xlsx")
    second = offices.folder / "b.xlsx"
    shutil.copy(first, second)
    edit(second, lambda book: None)
    reports = offices.receive(first, second)
    assert sorted(report.stored for report in reports) == [0, 5]
    assert {report.outcome for report in reports} == {"accepted"}
    assert len(offices.files()) == 1


def test_rows_left_out_are_offered_again_by_the_same_file(offices: Offices) -> None:
    path = offices.send()
    staged = only(offices.stage(path))
    some = [row.seq for row in offices.staged(staged.batch) if row.register in ("enterprise", "visit")]
    receive.apply(offices.district, staged.batch, SUPERVISOR, accept=some, today=TODAY)
    report = only(offices.receive(path))
    assert (report.stored, report.unchanged) == (3, 2)
    assert ids(only(offices.receive(path))) == ["same_file"]


# ---------------------------------------------------------------- sent back


def test_a_file_that_was_sent_back_is_not_taken_unchanged(offices: Offices) -> None:
    path = offices.send()
    staged = only(offices.stage(path))
    receive.send_back(offices.district, staged.batch, "走访日期不对", offices.folder, SUPERVISOR)
    told = rejected(only(offices.receive(path)), "sent_back_unchanged")
    assert "朝阳洲街道 2024 年 5 月第 1 版就是已退回的那一份" in told and "退回理由：走访日期不对" in told
    change(offices.street, "visit", offices.month.visit, visit_date=date(2024, 5, 9))
    mended = only(offices.receive(offices.send("mended.xlsx")))
    assert (mended.outcome, mended.stored) == ("accepted", 5)
    assert "退回过（理由：走访日期不对）" in words(mended, "after_send_back")


# ---------------------------------------------------------------- the month and the unit


def test_a_month_to_come_is_taken_only_when_it_is_named(offices: Offices) -> None:
    path = of_month(offices, "2024-08", "august.xlsx")
    told = rejected(only(offices.receive(path)), "future_month")
    assert "朝阳洲街道 2024 年 8 月第 1 版：这个月还没有到（今天 2024-05-22）" in told
    assert only(offices.receive(path, period="2024-08")).outcome == "accepted"


def test_this_month_and_earlier_ones_are_no_months_to_come(offices: Offices) -> None:
    for period in (MAY, "2024-04"):
        assert "future_month" not in ids(only(offices.receive(of_month(offices, period, f"{period}.xlsx"))))


def test_another_month_than_asked_for_names_both(offices: Offices) -> None:
    told = rejected(only(offices.receive(offices.send(), period="2024-06")), "other_month")
    assert "朝阳洲街道 2024 年 5 月第 1 版" in told and "只收2024 年 6 月的回报" in told


def test_an_unknown_unit_is_named_with_what_to_do(offices: Offices) -> None:
    path = offices.send()
    with offices.district.write() as session:
        session.delete(session.get(OrgUnit, STREET))
    report = only(offices.receive(path))
    told = rejected(report, "unknown_unit")
    assert f"填报单位代码 {STREET} 不在机构表中" in told and "登记" in told
    assert (report.unit, report.period, report.revision) == (STREET, MAY, 1)


def test_a_unit_that_need_not_report_is_taken_and_told(offices: Offices) -> None:
    with offices.district.write() as session:
        unit = session.get(OrgUnit, STREET)
        assert unit is not None
        unit.reports = False
    report = only(offices.receive(offices.send()))
    assert report.outcome == "accepted" and "不在报送名单里" in words(report, "not_expected")


# ---------------------------------------------------------------- zero and empty


def test_a_zero_report_with_rows_is_no_zero_report(offices: Offices) -> None:
    report = only(offices.receive(offices.send(zero_report=True)))
    assert (report.outcome, report.stored) == ("accepted", 5)
    assert "封面写着零报送，里面却有 5 行" in words(report, "zero_with_rows")
    assert any("零报送" in each for each in report.warnings)
    assert only(offices.files()).zero_report is None


def test_nothing_at_all_without_saying_zero_is_told(offices: Offices, other: Store) -> None:
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    assert report.outcome == "accepted" and "又没有写明零报送" in words(report, "empty")
    export(other, offices.folder / "z.xlsx", revision=2, zero_report=True)
    assert ids(only(offices.receive(offices.folder / "z.xlsx"))) == ["correction"]


# ---------------------------------------------------------------- files that are none


def test_a_draft_a_workbook_without_its_manifest_and_one_whose_manifest_was_changed(offices: Offices) -> None:
    draft = offices.send("draft.xlsx", kind=DRAFT)
    assert "是朝阳洲街道 2024 年 5 月的草稿" in rejected(only(offices.receive(draft)), "draft")
    bare = offices.send("bare.xlsx")
    edit(bare, lambda book: book.__delitem__(MANIFEST))
    told = rejected(only(offices.receive(bare)), "no_manifest")
    assert "隐藏的“清单”表" in told and "用“导入”" in told
    changed = offices.send("changed.xlsx")

    def another_unit(book: Any) -> None:
        for row in book[MANIFEST].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and STREET in cell.value:
                    cell.value = cell.value.replace(STREET, OTHER)

    edit(changed, another_unit)
    assert "隐藏的清单被改过" in rejected(only(offices.receive(changed)), "manifest_changed")


def test_added_and_removed_rows_are_counted_apart_from_edited_cells(offices: Offices) -> None:
    second_visit(offices)
    path = offices.send()

    def work(book: Any) -> None:
        visits = book["走访记录"]
        visits.delete_rows(4)
        put(visits, "走访方式", "电话", 5)
        put(visits, "企业名称", "江西云栈网络科技有限公司", 5)
        put(visits, "走访日期", "2024-05-20", 5)
        put(book["问题"], "责任人", "王芳")

    edit(path, work)
    report = only(offices.receive(path))
    assert "改了 1 格（问题 1），加了 1 行，删了 1 行" in words(report, "edited")


def test_what_the_register_still_holds_tells_what_a_cell_said(offices: Offices) -> None:
    offices.receive(offices.send())
    path = offices.send("b.xlsx", revision=2)
    edit(path, lambda book: put(book["问题"], "责任人", "王芳"))
    report = only(offices.receive(path))
    told = only([each.message for each in report.findings if "在导出后被改动" in each.message])
    assert "“责任人”在导出后被改动：原“李伟”，现“王芳”" in told


def test_a_claim_is_told_when_both_come_in_one_call(offices: Offices, other: Store) -> None:
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    reports = offices.receive(offices.send(), offices.folder / "o.xlsx")
    claims = [each for report in reports for each in report.findings if each.id == "RET-009"]
    assert len(claims) == 1 and "朝阳洲街道" in claims[0].message and "南浦街道" in claims[0].message


def test_a_month_that_comes_after_its_lock_is_taken_and_called_caught_up(offices: Offices) -> None:
    with offices.district.write() as session:
        cadence.edit(
            session, "monthly", "2024-04", date(2024, 4, 18), date(2024, 4, 25), date(2024, 5, 21),
            offices.district.actor,
        )  # fmt: skip
    report = only(offices.receive(of_month(offices, "2024-04", "april.xlsx")))
    assert report.outcome == "accepted"
    assert "在锁定日（2024-05-21）之后才报，接收后记为“已补报”" in words(report, "after_lock")
    assert "after_lock" not in ids(only(offices.receive(offices.send())))


def test_a_merged_unit_that_still_reports_is_told_with_its_successor(offices: Offices) -> None:
    path = offices.send()
    with offices.district.write() as session:
        local_units.merge(session, STREET, "360103001", "2024-05", offices.district.actor)
    report = only(offices.receive(path))
    assert "从 2024 年 5 月起由南浦街道承接报送" in words(report, "merged_unit")
