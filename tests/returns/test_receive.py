"""Receiving: staged without touching anything, applied whole, undone whole; every special case has its own answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from db import backup, plan_file, records, setup
from db.errors import MachineError, Refused
from db.lookup import Directory
from db.models import AuditEntry, Batch, OrgUnit, ReturnFile, ReturnRow, StagedRow
from db.records import table_of
from db.registers import REGISTERS
from db.search import find_enterprises
from db.store import Store
from returns import compose, receive, submit
from returns.diff import REGISTER_ORDER
from returns.stage import StagedBatch
from returns.workbook import RETURN
from returns.write import write_return
from tests.returns import content
from tests.returns.offices import (
    CLOUD,
    CODES,
    COVER,
    DISTRICT,
    FIRM,
    ISSUE,
    MAY,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    VISIT,
    Month,
    change,
    column_of,
    edit,
    export,
    facts,
    hash_of,
    insert_raw,
    open_office,
    read,
    rows,
    save,
    small_month,
)


@dataclass
class Offices:
    street: Store
    district: Store
    folder: Path
    month: Month

    def send(self, name: str = "a.xlsx", **more: Any) -> Path:
        export(self.street, self.folder / name, **more)
        return self.folder / name

    def stage(self, *paths: Path, **more: Any) -> list[StagedBatch]:
        return receive.stage(self.district, paths, SUPERVISOR, today=TODAY, **more)

    def receive(self, *paths: Path, **more: Any) -> list[receive.FileReport]:
        return receive.receive(self.district, paths, SUPERVISOR, today=TODAY, **more)

    def staged(self, batch: UUID) -> list[StagedRow]:
        with self.district.read() as session:
            return list(
                session.scalars(select(StagedRow).where(StagedRow.batch_id == batch).order_by(StagedRow.seq))
            )

    def files(self) -> list[ReturnFile]:
        with self.district.read() as session:
            return list(session.scalars(select(ReturnFile).order_by(ReturnFile.created_at)))


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    street = open_office(tmp_path / "street", STREET)
    district = open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长")
    yield Offices(street, district, tmp_path, small_month(street))
    street.close()
    district.close()


def only(found: list[Any]) -> Any:
    assert len(found) == 1
    return found[0]


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


# ---------------------------------------------------------------- several offices, one firm


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    store = open_office(tmp_path / "other", OTHER, person="周琴")
    yield store
    store.close()


def test_ten_offices_know_a_firm_under_their_own_keys(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    theirs = small_month(other, name="江西云栈网络科技有限公司")
    change(other, "enterprise", theirs.firm, street_code=STREET)
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    assert (report.outcome, report.stored, report.unchanged) == ("accepted", 4, 1)
    found = rows(offices.district, OTHER)
    assert {row["enterprise_id"] for row in found["visit"]} == {offices.month.firm}
    assert read(offices.district, "enterprise", theirs.firm) is None


def test_another_units_claim_keeps_the_present_and_asks(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    staged = only(offices.stage(offices.folder / "o.xlsx"))
    firm = only([row for row in offices.staged(staged.batch) if row.register == "enterprise"])
    assert firm.action == "conflict" and firm.accepted is False
    assert {each["label"] for each in firm.changes if each["disputed"]} == {"企业名称", "所属街道"}
    told = only([each for each in staged.report.findings if each.id == "RET-009"])
    assert (
        "朝阳洲街道" in told.message and "南浦街道" in told.message and "企业名称、所属街道" in told.message
    )
    before = hash_of(offices.district)
    report = receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    assert read(offices.district, "enterprise", offices.month.firm)["name"] == "江西云栈网络科技有限公司"
    assert report.unchanged == 1
    receive.undo(offices.district, staged.batch, SUPERVISOR)
    assert hash_of(offices.district) == before


def test_a_claim_may_be_granted_and_is_not_asked_again(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    staged = only(offices.stage(offices.folder / "o.xlsx"))
    firm = only([row.seq for row in offices.staged(staged.batch) if row.register == "enterprise"])
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={firm: "incoming"}, today=TODAY)
    card = read(offices.district, "enterprise", offices.month.firm)
    assert card["name"] == "江西云栈网络科技（集团）有限公司" and card["unit_code"] == OTHER
    # The street that had it says what it said before: that was decided.
    again = only(offices.stage(offices.send("again.xlsx", revision=2)))
    assert "conflict" not in again.counts


def test_a_refused_claim_is_not_asked_again_either(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    offices.receive(offices.folder / "o.xlsx")
    export(other, offices.folder / "o2.xlsx", revision=2)
    assert only(offices.stage(offices.folder / "o2.xlsx")).counts == {"same": 5}


def test_blanks_never_erase_a_firms_facts_and_blanks_are_filled(offices: Offices, other: Store) -> None:
    change(offices.street, "enterprise", offices.month.firm, employees=None, remark="重点企业")
    offices.receive(offices.send())
    values = {
        **FIRM,
        "name": "江西云栈网络科技有限公司",
        "uscc": CODES[0],
        "employees": 35,
        "remark": None,
        "street_code": STREET,
    }
    firm = save(other, "enterprise", **values)
    save(other, "visit", **VISIT, enterprise_id=firm)
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    card = read(offices.district, "enterprise", offices.month.firm)
    assert (card["employees"], card["remark"], card["unit_code"]) == (
        35,
        "重点企业",
        STREET,
    ) and report.updated == 1


def test_a_firm_without_code_is_met_by_its_name(offices: Offices, other: Store) -> None:
    change(offices.street, "enterprise", offices.month.firm, uscc=None, no_uscc_reason="筹建中，未取得执照")
    offices.receive(offices.send())
    values = {**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]}
    firm = save(other, "enterprise", **values)
    save(other, "visit", **VISIT, enterprise_id=firm)
    export(other, offices.folder / "o.xlsx")
    offices.receive(offices.folder / "o.xlsx")
    assert read(offices.district, "enterprise", offices.month.firm)["uscc"] == CODES[0]
    assert rows(offices.district, OTHER)["visit"][0]["enterprise_id"] == offices.month.firm


def test_order_of_units_does_not_matter_for_what_is_counted(
    offices: Offices, other: Store, tmp_path: Path
) -> None:
    theirs = small_month(other)
    change(
        other,
        "cloud",
        theirs.cloud,
        cloud_on=date(2024, 5, 2),
        verify_status="已核实",
        verified_by="周琴",
        verified_on=TODAY,
    )
    change(
        offices.street,
        "cloud",
        offices.month.cloud,
        verify_status="已核实",
        verified_by="张敏",
        verified_on=TODAY,
    )
    a = offices.send()
    export(other, offices.folder / "o.xlsx")
    second = open_office(tmp_path / "second", DISTRICT, "supervisor")
    offices.receive(a, offices.folder / "o.xlsx")
    receive.receive(second, [offices.folder / "o.xlsx", a], SUPERVISOR, today=TODAY)
    for store in (offices.district, second):
        counted = {unit: [row["counted"] for row in rows(store, unit)["cloud"]] for unit in (STREET, OTHER)}
        assert counted == {STREET: [False], OTHER: [True]}
    second.close()


def test_undo_gives_the_count_back_to_the_other_office(offices: Offices, other: Store) -> None:
    change(
        offices.street,
        "cloud",
        offices.month.cloud,
        verify_status="已核实",
        verified_by="张敏",
        verified_on=TODAY,
    )
    offices.receive(offices.send())
    before = hash_of(offices.district)
    theirs = small_month(other)
    change(
        other,
        "cloud",
        theirs.cloud,
        cloud_on=date(2024, 5, 2),
        verify_status="已核实",
        verified_by="周琴",
        verified_on=TODAY,
    )
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    assert rows(offices.district)["cloud"][0]["counted"] is False
    receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert rows(offices.district)["cloud"][0]["counted"] is True and hash_of(offices.district) == before


# ---------------------------------------------------------------- changed here


def test_a_record_changed_at_the_district_stands_while_the_street_repeats_itself(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.district, "issue", offices.month.issue, owner="刘科长")
    assert only(offices.stage(offices.send("b.xlsx", revision=2))).counts == {"same": 5}
    change(offices.street, "issue", offices.month.issue, owner="王芳")
    staged = only(offices.stage(offices.send("c.xlsx", revision=2)))
    conflict = only([row for row in offices.staged(staged.batch) if row.action == "conflict"])
    assert "本机改过" in conflict.values["reason"]
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={conflict.seq: "incoming"}, today=TODAY)
    assert read(offices.district, "issue", offices.month.issue)["owner"] == "王芳"


def test_what_changes_between_staging_and_applying_is_compared_anew(offices: Offices, other: Store) -> None:
    mine = only(offices.stage(offices.send()))
    small_month(other)
    export(other, offices.folder / "o.xlsx")
    theirs = only(offices.stage(offices.folder / "o.xlsx"))
    assert mine.counts == theirs.counts == {"new": 5}
    receive.apply(offices.district, mine.batch, SUPERVISOR, today=TODAY)
    report = receive.apply(offices.district, theirs.batch, SUPERVISOR, today=TODAY)
    assert report.stored == 4  # the firm is there by now
    with offices.district.read() as session:
        firms = session.scalars(select(REGISTERS["enterprise"].model.id)).all()
    assert len(firms) == 1


def test_an_older_months_late_return_does_not_overwrite_newer_ledgers(offices: Offices) -> None:
    issue = save(
        offices.street,
        "issue",
        **{**ISSUE, "registered_on": date(2024, 4, 10)},
        enterprise_id=offices.month.firm,
    )
    with offices.street.read() as session:
        april = compose.gather(
            session,
            STREET,
            "2024-04",
            kind=RETURN,
            revision=1,
            cover={**COVER, "submitted_on": date(2024, 4, 24)},
        )
        early = replace(april, manifest=replace(april.manifest, exported_at="2024-04-24T01:00:00+00:00"))
        write_return(early, offices.folder / "april.xlsx")
    change(offices.street, "issue", issue, owner="王芳")
    offices.receive(offices.send())
    report = only(offices.receive(offices.folder / "april.xlsx"))
    assert report.outcome == "accepted" and any("冲突" in each for each in report.warnings)
    assert read(offices.district, "issue", issue)["owner"] == "王芳"


# ---------------------------------------------------------------- places, visits, references


def test_units_an_office_added_itself_come_along(offices: Offices) -> None:
    with offices.street.write() as session:
        session.add(
            OrgUnit(
                code="x-sq", name="朝阳洲社区", kind="institution", active=True, reports=False, source="local"
            )
        )
    change(offices.street, "issue", offices.month.issue, org_code="x-sq", support_org_codes=["x-sq", "qrsj"])
    before = hash_of(offices.district)
    report = only(offices.receive(offices.send()))
    issue = read(offices.district, "issue", offices.month.issue)
    assert (issue["org_code"], issue["support_org_codes"]) == (
        "x-sq",
        ["x-sq", "qrsj"],
    ) and report.findings == ()
    with offices.district.read() as session:
        assert Directory(session).name("unit", "x-sq") == "朝阳洲社区"
    receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert hash_of(offices.district) == before


def test_a_code_that_means_another_office_here_is_told_apart(offices: Offices) -> None:
    with offices.street.write() as session:
        session.add(
            OrgUnit(
                code="x-1", name="朝阳洲社区", kind="institution", active=True, reports=False, source="local"
            )
        )
    with offices.district.write() as session:
        session.add(
            OrgUnit(code="x-1", name="督查室", kind="bureau", active=True, reports=False, source="local")
        )
    change(offices.street, "issue", offices.month.issue, org_code="x-1")
    offices.receive(offices.send())
    code = read(offices.district, "issue", offices.month.issue)["org_code"]
    with offices.district.read() as session:
        assert code != "x-1" and Directory(session).name("unit", code) == "朝阳洲社区"


def test_issues_keep_their_visit(offices: Offices) -> None:
    change(offices.street, "issue", offices.month.issue, source="走访", visit_id=offices.month.visit)
    offices.receive(offices.send())
    assert read(offices.district, "issue", offices.month.issue)["visit_id"] == offices.month.visit


def test_a_visit_nobody_has_here_is_kept_as_text(offices: Offices) -> None:
    april = save(
        offices.street, "visit", **{**VISIT, "visit_date": date(2024, 4, 9)}, enterprise_id=offices.month.firm
    )
    change(offices.street, "issue", offices.month.issue, source="走访", visit_id=april)
    number = read(offices.street, "visit", april)["visit_no"]
    offices.receive(offices.send())
    issue = read(offices.district, "issue", offices.month.issue)
    assert issue["visit_id"] is None and issue["unparsed"] == {"visit_id": number}


# ---------------------------------------------------------------- files that are not taken


def test_rejected_files_leave_the_state_as_it_was(offices: Offices, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("不是回报", encoding="utf-8")
    before = hash_of(offices.district)
    for path in (tmp_path / "note.txt", tmp_path / "none.xlsx"):
        report = only(offices.receive(path))
        assert report.outcome == "rejected" and report.findings[0].id == "RET-002" and report.batch is None
        assert report.as_json()["findings"][0]["severity"] == "error"
    assert hash_of(offices.district) == before and offices.files() == []


def test_another_period_than_asked_for(offices: Offices) -> None:
    report = only(offices.receive(offices.send(), period="2024-06"))
    assert report.outcome == "rejected" and "2024 年 5 月" in report.findings[0].message


def test_another_district(offices: Offices, tmp_path: Path) -> None:
    plan = Path(__file__).parents[1] / "data" / "plan_qinghe.json"
    unit = plan_file.load(plan).reporting[0].code
    elsewhere = setup.initialise(tmp_path / "qinghe", unit, plan=plan)
    written = submit.write_template(elsewhere, unit, MAY, tmp_path / "q.xlsx")
    elsewhere.close()
    report = only(offices.receive(written.out))
    assert report.outcome == "rejected" and "不属于" in report.findings[0].message


def test_practice_and_real_data_do_not_mix(offices: Offices) -> None:
    offices.receive(offices.send("real.xlsx"))
    before = hash_of(offices.district)
    offices.street.set_setting("practice", True)
    report = only(offices.receive(offices.send(revision=2)))
    assert report.outcome == "rejected" and "练习" in report.findings[0].message
    assert hash_of(offices.district) == before and not offices.district.setting("practice", False)


def test_one_bad_file_does_not_stop_the_others(offices: Offices, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04broken")
    reports = offices.receive(tmp_path / "bad.xlsx", offices.send())
    assert [report.outcome for report in reports] == ["rejected", "accepted"]


def test_progress_is_told_and_cancelling_stops(offices: Offices) -> None:
    seen: list[tuple[int, int, str]] = []
    offices.stage(offices.send(), progress=lambda *each: seen.append(each))
    assert seen == [(0, 1, "a.xlsx"), (1, 1, "")]
    assert offices.stage(offices.send("b.xlsx"), cancelled=lambda: True) == []


def test_a_failing_backup_stops_before_anything_is_written(offices: Offices, monkeypatch: Any) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise MachineError("备份没有完成（磁盘已满）。", "请检查空间。", "backup_failed")

    monkeypatch.setattr(backup, "make", full)
    before = hash_of(offices.district)
    with pytest.raises(MachineError):
        offices.receive(offices.send())
    assert hash_of(offices.district) == before


# ---------------------------------------------------------------- filled in by hand


def by_hand(offices: Offices, name: str = "t.xlsx") -> Path:
    """A template that a bureau's clerk filled in with Excel alone."""
    path = offices.folder / name
    submit.write_template(offices.district, OTHER, MAY, path)

    def work(book: Any) -> None:
        cover = book["封面"]
        for row in cover.iter_rows():
            for cell in row:
                label = str(cell.value or "").rstrip("：")
                wanted = {
                    "单位负责人（签字）": "周琴",
                    "审核人": "李红",
                    "填表人": "王芳",
                    "联系电话": "0791-86510024",
                    "填报日期": "2024-05-23",
                }
                if label in wanted:
                    cover.cell(cell.row, cell.column + 1).value = wanted[label]
        visits = book["走访记录"]
        filled = {
            "企业名称": "南昌数澜软件有限公司", "统一社会信用代码": CODES[1], "走访日期": "2024.5.9", "走访方式": "上门",
            "走访类型": "政策宣讲", "走访人员（单位）": "王芳（经发办）", "企业参加人及职务": "陈亮 副总", "生产经营情况": "平稳。",
            "经营状态评价": "平稳", "数字化改造阶段": "部分环节", "上云情况": "未上云", "是否有升规潜力": "无",
            "是否有问题诉求": "否", "填报人": "王芳", "本年累计营业收入（万元）": "0.35亿",
        }  # fmt: skip
        for header, value in filled.items():
            visits.cell(4, column_of(visits, header)).value = value
        indicators = book["指标月报"]
        for header, value in {
            "期间": MAY,
            "指标": "企业上云数量",
            "填报单位": "南浦街道",
            "本年累计（期末）数": 12,
            "数据来源": "台账汇总",
        }.items():
            indicators.cell(4, column_of(indicators, header)).value = value

    edit(path, work)
    return path


def test_a_template_filled_by_hand_is_taken(offices: Offices) -> None:
    with offices.district.read() as session:
        cloud_no = next(row.no for row in Directory(session).indicators.values() if "上云" in row.name)
        name = Directory(session).indicators[cloud_no].name
    path = by_hand(offices)
    edit(path, lambda book: _set(book["指标月报"], "指标", name))
    report = only(offices.receive(path))
    assert (report.outcome, report.rows_read, report.stored, report.bad) == ("accepted", 2, 2, 0)
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


def _set(sheet: Any, header: str, value: Any, row: int = 4) -> None:
    sheet.cell(row, column_of(sheet, header)).value = value


def test_a_template_handed_in_again_is_matched_by_natural_keys(offices: Offices) -> None:
    path = by_hand(offices)
    edit(path, lambda book: book["指标月报"].delete_rows(4))
    offices.receive(path)
    edit(path, lambda book: _set(book["走访记录"], "经营状态评价", "下滑"))
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
        _set(visits, "走访日期", "2024-05-10", 5)

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
        _set(visits, "走访日期", "2024-05-09", 5)
        _set(visits, "走访方式", "电话", 5)  # a row that names no firm
        _set(visits, "走访类型", "")

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
    edit(path, lambda book: _set(book["走访记录"], "走访日期", "07/05/2024"))
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
    edit(path, lambda book: _set(book["走访记录"], "走访日期", "07/05/2024"))
    staged = only(offices.stage(path))
    out = receive.send_back(offices.district, staged.batch, "请核对", offices.folder, SUPERVISOR)
    assert out.name == "退回_a.xlsx"
    edit(out, lambda book: _set(book["走访记录"], "走访日期", date(2024, 5, 8)))
    report = only(offices.receive(out))
    assert (report.outcome, report.stored) == ("accepted", 5)
    assert read(offices.district, "visit", offices.month.visit)["visit_date"] == date(2024, 5, 8)


def test_sending_back_needs_a_reason(offices: Offices) -> None:
    staged = only(offices.stage(offices.send()))
    with pytest.raises(Refused) as told:
        receive.send_back(offices.district, staged.batch, " ", offices.folder, SUPERVISOR)
    assert told.value.id == "no_reason"


# ---------------------------------------------------------------- any content


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store, Path]]:
    root = tmp_path_factory.mktemp("pair")
    street, district = open_office(root / "s", STREET), open_office(root / "d", DISTRICT, "supervisor")
    yield street, district, root
    street.close()
    district.close()


@settings(max_examples=12)
@given(data=st.data())
def test_any_month_received_twice_is_received_once_and_undone_is_gone(
    pair: tuple[Store, Store, Path], data: st.DataObject
) -> None:
    street, district, root = pair
    with street.write() as session:
        for key in reversed(REGISTER_ORDER):
            session.execute(delete(table_of(REGISTERS[key])))
        month = data.draw(content.months(Directory(session)))
        for key in REGISTER_ORDER:
            if month[key]:
                insert_raw(session, key, STREET, month[key])
    with district.write() as session:
        for model in (StagedRow, Batch, ReturnRow, ReturnFile):
            session.execute(delete(model))
    before = hash_of(district)
    export(street, root / "a.xlsx")
    first = only(receive.receive(district, [root / "a.xlsx"], SUPERVISOR, today=TODAY))
    mine, theirs = rows(street), rows(district)
    for key in REGISTERS:
        assert [facts(row, key) for row in theirs[key]] == [facts(row, key) for row in mine[key]]
        assert [row["id"] for row in theirs[key]] == [row["id"] for row in mine[key]]
        assert [row["digest"] for row in theirs[key]] == [row["digest"] for row in mine[key]]
    once = hash_of(district)
    second = only(receive.receive(district, [root / "a.xlsx"], SUPERVISOR, today=TODAY))
    assert second.stored == second.updated == 0 and hash_of(district) == once
    receive.undo(district, UUID(first.batch), SUPERVISOR)
    assert hash_of(district) == before


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
