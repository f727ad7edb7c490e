"""Receiving rows that name offices, visits and parks unknown here; files that are not taken at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db import backup, plan_file, setup
from db.errors import MachineError
from db.lookup import Directory
from db.models import OrgUnit
from returns import receive, submit
from tests.returns.offices import (
    MAY,
    SUPERVISOR,
    VISIT,
    change,
    hash_of,
    read,
    save,
)
from tests.returns.receiving import Offices, only

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
    assert seen[0] == (0, 1, "a.xlsx") and seen[-1] == (1, 1, "")
    assert all(done <= total for done, total, _ in seen)
    steps = list(dict.fromkeys(step.partition("：")[2] for _, _, step in seen[1:-1]))
    assert steps[0] == "检查内容" and "读“走访记录”的各行" in steps, steps
    assert offices.stage(offices.send("b.xlsx"), cancelled=lambda: True) == []


def test_a_failing_backup_stops_before_anything_is_written(offices: Offices, monkeypatch: Any) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise MachineError("备份没有完成（磁盘已满）。", "请检查空间。", "backup_failed")

    monkeypatch.setattr(backup, "make", full)
    before = hash_of(offices.district)
    with pytest.raises(MachineError):
        offices.receive(offices.send())
    assert hash_of(offices.district) == before
