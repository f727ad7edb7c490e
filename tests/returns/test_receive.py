"""Receiving the plain way: staged without touching anything, applied whole, undone whole; the same again, revisions, gone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from db import records
from db.errors import Refused
from db.models import AuditEntry, Batch, ReturnFile, ReturnRow, StagedRow
from db.registers import REGISTERS
from db.search import find_enterprises
from db.store import Store
from returns import compose, receive
from returns.planned import REGISTER_ORDER
from returns.workbook import RETURN
from returns.write import write_return
from tests.returns.offices import (
    CLOUD,
    COVER,
    ISSUE,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    change,
    edit,
    export,
    facts,
    hash_of,
    read,
    rows,
    save,
)
from tests.returns.receiving import Offices, only

# ---------------------------------------------------------------- the plain way


def test_staging_touches_nothing_and_shows_what_would_come(offices: Offices) -> None:
    before = hash_of(offices.district)
    staged = only(offices.stage(offices.send()))
    assert hash_of(offices.district) == before and offices.files() == []
    assert staged.clean and staged.counts == {"new": 5} and staged.unit_name == "朝阳洲街道"
    labels = {(row.register, row.label) for row in offices.staged(staged.batch)}
    assert ("visit", "江西云栈网络科技有限公司 · 5-08") in labels
    assert ("enterprise", "江西云栈网络科技有限公司") in labels
    assert staged.report.rows_read == staged.report.stored == 5


def test_applied_rows_are_the_streets_rows(offices: Offices) -> None:
    report = only(offices.receive(offices.send()))
    assert (report.outcome, report.stored, report.updated, report.bad) == ("accepted", 5, 0, 0)
    assert report.findings == () and report.warnings == ()
    mine, theirs = rows(offices.street), rows(offices.district)
    for key in REGISTERS:
        assert [facts(row, key) for row in mine[key]] == [facts(row, key) for row in theirs[key]]
        assert {row["unit_code"] for row in theirs[key]} <= {STREET}
    assert theirs["visit"][0]["visit_no"] == mine["visit"][0]["visit_no"]
    assert theirs["nurture"][0]["threshold"] == mine["nurture"][0]["threshold"]
    with offices.district.read() as session:
        assert [hit.name for hit in find_enterprises(session, "云栈")] == ["江西云栈网络科技有限公司"]
        actions = set(session.scalars(select(AuditEntry.action)))
        assert (
            actions == {"receive"}
            and records.history(session, offices.month.visit)[0].after["operation_trend"] == "向好"
        )
    file = only(offices.files())
    assert (file.state, file.revision, file.late_days, file.summary["visit"]) == ("received", 1, 0, 1)
    assert file.due_on == date(2024, 5, 24) and file.filler == "张敏"


def test_what_the_search_still_holds_of_lost_records_is_renewed(offices: Offices) -> None:
    path = offices.send()
    offices.receive(path)
    with offices.district.write() as session:
        for table in (StagedRow, Batch, ReturnRow, ReturnFile):
            session.execute(delete(table))
        for key in reversed(REGISTER_ORDER):
            session.execute(delete(records.table_of(REGISTERS[key])))
    assert only(offices.receive(path)).outcome == "accepted"
    with offices.district.read() as session:
        assert [hit.name for hit in find_enterprises(session, "云栈")] == ["江西云栈网络科技有限公司"]


def test_receiving_makes_a_verified_backup_first(offices: Offices) -> None:
    offices.receive(offices.send())
    assert [path for path in offices.district.folder.backups.glob("*接收前*")]


def test_a_late_return_counts_its_days(offices: Offices) -> None:
    report = only(offices.receive(offices.send(submitted_on=date(2024, 5, 27))))
    assert only(offices.files()).late_days == 3
    assert any(each.id == "RET-005" and "迟报 3 天" in each.message for each in report.findings)


def test_undo_gives_back_the_same_state(offices: Offices) -> None:
    first = only(offices.receive(offices.send("a.xlsx")))
    before = hash_of(offices.district)
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    change(offices.street, "enterprise", offices.month.firm, name="江西云栈数字科技有限公司")
    save(offices.street, "cloud", **CLOUD, enterprise_id=offices.month.firm)
    second = only(offices.receive(offices.send("b.xlsx", revision=2, correction_reason="评价填错")))
    assert (second.stored, second.updated) == (1, 2) and hash_of(offices.district) != before
    with pytest.raises(Refused) as told:
        receive.undo(offices.district, UUID(first.batch), SUPERVISOR)
    assert told.value.id == "changed_since"
    receive.undo(offices.district, UUID(second.batch), SUPERVISOR)
    assert hash_of(offices.district) == before
    with offices.district.read() as session:
        assert [hit.name for hit in find_enterprises(session, "云栈")] == ["江西云栈网络科技有限公司"]
    receive.undo(offices.district, UUID(first.batch), SUPERVISOR)
    assert {row.state for row in offices.files()} == {"undone"}
    assert rows(offices.district)["visit"] == []


def test_undo_is_refused_after_a_record_was_changed_here(offices: Offices) -> None:
    report = only(offices.receive(offices.send()))
    change(offices.district, "issue", offices.month.issue, owner="王芳")
    before = hash_of(offices.district)
    with pytest.raises(Refused) as told:
        receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert "融资" in told.value.message and hash_of(offices.district) == before


# ---------------------------------------------------------------- the same again, and revisions


def test_the_same_file_again_adds_nothing(offices: Offices) -> None:
    path = offices.send()
    offices.receive(path)
    before = hash_of(offices.district)
    report = only(offices.receive(path))
    assert (report.outcome, report.stored, report.unchanged) == ("accepted", 0, 5)
    assert (
        "接收过" in report.warnings[0] and hash_of(offices.district) == before and len(offices.files()) == 1
    )


def test_the_same_content_saved_again_changes_no_record(offices: Offices) -> None:
    path = offices.send()
    offices.receive(path)
    kept = rows(offices.district)
    edit(path, lambda book: None)
    report = only(offices.receive(path))
    assert (report.outcome, report.stored, report.updated, report.unchanged) == ("accepted", 0, 0, 5)
    assert rows(offices.district) == kept


def test_staging_the_same_file_twice_keeps_one_batch(offices: Offices) -> None:
    path = offices.send()
    offices.stage(path)
    offices.stage(path)
    with offices.district.read() as session:
        assert len(session.scalars(select(Batch)).all()) == 1


def test_an_older_revision_after_a_newer_is_refused(offices: Offices) -> None:
    old = offices.send("v1.xlsx")
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    offices.receive(offices.send("v2.xlsx", revision=2))
    before = hash_of(offices.district)
    report = only(offices.receive(old))
    assert report.outcome == "rejected" and report.findings[0].id == "RET-003"
    assert "第 2 版" in report.findings[0].message and hash_of(offices.district) == before


def test_the_same_revision_with_other_content_needs_a_choice(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    other = offices.send("b.xlsx")
    before = hash_of(offices.district)
    report = only(offices.receive(other))
    assert (
        report.outcome == "rejected"
        and report.findings[0].id == "RET-003"
        and hash_of(offices.district) == before
    )
    staged = only(offices.stage(other))
    assert staged.needs_choice and not staged.clean
    with pytest.raises(Refused):
        receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    receive.apply(offices.district, staged.batch, SUPERVISOR, replace=True, today=TODAY)
    assert read(offices.district, "visit", offices.month.visit)["operation_trend"] == "下滑"
    assert [file.state for file in offices.files()] == ["undone", "received"]
    receive.undo(offices.district, staged.batch, SUPERVISOR)
    assert hash_of(offices.district) == before and [file.state for file in offices.files()] == [
        "received",
        "undone",
    ]


def test_a_correction_shows_cell_by_cell_what_changed(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.street, "visit", offices.month.visit, revenue_ytd=Decimal("1860.50"), escorts="社区网格员")
    staged = only(offices.stage(offices.send("b.xlsx", revision=2, correction_reason="营业收入漏填一位")))
    assert staged.counts == {"same": 3, "update": 2}  # the firm's card follows the visit
    visit = only([row for row in offices.staged(staged.batch) if row.register == "visit"])
    assert [(each["label"], each["old"], each["new"]) for each in visit.changes] == [
        ("陪同人员", "", "社区网格员"), ("本年累计营业收入", "860.50", "1,860.50"),
    ]  # fmt: skip


def test_only_some_rows_may_be_accepted(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    change(offices.street, "issue", offices.month.issue, owner="王芳")
    path = offices.send("b.xlsx", revision=2)
    staged = only(offices.stage(path))
    visit = only([row.seq for row in offices.staged(staged.batch) if row.register == "visit"])
    report = receive.apply(offices.district, staged.batch, SUPERVISOR, accept=[visit], today=TODAY)
    assert report.updated == 1
    assert read(offices.district, "visit", offices.month.visit)["operation_trend"] == "下滑"
    assert read(offices.district, "issue", offices.month.issue)["owner"] == "李伟"
    again = only(offices.stage(offices.send("c.xlsx", revision=3)))
    assert again.counts == {"same": 4, "update": 1}  # what was not taken comes up again


# ---------------------------------------------------------------- gone


def test_rows_that_are_gone_are_asked_about_and_kept(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    with offices.street.write() as session:
        records.delete(session, REGISTERS["visit"], offices.month.visit, offices.street.actor)
    path = offices.send("b.xlsx", revision=2, correction_reason="重复登记")
    staged = only(offices.stage(path))
    gone = only([row for row in offices.staged(staged.batch) if row.action == "gone"])
    assert (gone.register, gone.record_id, gone.accepted) == ("visit", offices.month.visit, False)
    report = only(offices.receive(path))
    assert any("上次报过、这次没有" in each for each in report.warnings)
    assert read(offices.district, "visit", offices.month.visit)["deleted_at"] is None


def test_gone_rows_are_put_aside_only_when_chosen(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    before = hash_of(offices.district)
    with offices.street.write() as session:
        records.delete(session, REGISTERS["issue"], offices.month.issue, offices.street.actor)
    staged = only(offices.stage(offices.send("b.xlsx", revision=2)))
    gone = only([row.seq for row in offices.staged(staged.batch) if row.action == "gone"])
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={gone: "incoming"}, today=TODAY)
    assert read(offices.district, "issue", offices.month.issue)["deleted_at"] is not None
    receive.undo(offices.district, staged.batch, SUPERVISOR)
    assert hash_of(offices.district) == before


def test_a_deleted_row_that_is_reported_again_comes_back(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    with offices.district.write() as session:
        records.delete(session, REGISTERS["cloud"], offices.month.cloud, SUPERVISOR)
    report = only(offices.receive(offices.send("b.xlsx", revision=2)))
    assert report.stored == 1 and read(offices.district, "cloud", offices.month.cloud)["deleted_at"] is None


def test_zero_reports_are_received(offices: Offices, other: Store) -> None:
    export(other, offices.folder / "z.xlsx", zero_report=True)
    report = only(offices.receive(offices.folder / "z.xlsx"))
    assert (report.outcome, report.rows_read) == ("accepted", 0)
    file = only(offices.files())
    assert file.zero_report is True and file.unit_code == OTHER
    assert COVER["filler"] == file.filler


def test_ledgers_go_on_from_month_to_month(offices: Offices) -> None:
    """An issue of May that is worked on in June is changed by the June return, and nothing of May is gone."""
    offices.receive(offices.send())
    change(offices.street, "issue", offices.month.issue, status="已交办", assigned_on=date(2024, 6, 3))
    save(
        offices.street,
        "issue",
        **{**ISSUE, "registered_on": date(2024, 6, 4)},
        enterprise_id=offices.month.firm,
    )
    with offices.street.read() as session:
        june = compose.gather(
            session,
            STREET,
            "2024-06",
            kind=RETURN,
            revision=1,
            cover={**COVER, "submitted_on": date(2024, 6, 21)},
        )
        write_return(june, offices.folder / "june.xlsx")
    staged = only(offices.stage(offices.folder / "june.xlsx"))
    assert "gone" not in staged.counts and staged.counts["new"] == 1
    receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    assert read(offices.district, "issue", offices.month.issue)["status"] == "已交办"
