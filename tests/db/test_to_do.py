"""What is left to do: every line appears when its reason does, and goes when the reason goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from db import records, reporting_exceptions, setup, to_do, to_do_cadence, to_do_district
from db.deadlines import deadline, due_issues
from db.findings import Finding, Severity
from db.models import Batch, ReturnFile
from db.periods import Period
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now

TODAY = date(2024, 5, 21)
STREET = "360103002"
ACTOR = Actor(STREET, "张敏")
VISIT = {
    "visit_mode": "实地", "visit_type": "千名干部访千企", "visitors": "张敏（经发办）", "firm_attendees": "王磊 总经理",
    "operation_text": "订单饱满，下半年扩招。", "operation_trend": "向好", "digital_stage": "部分环节", "cloud_status": "未上云",
    "upscale_potential": "无", "has_issue": False, "filler": "张敏",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = setup.initialise(tmp_path / "data", STREET, person="张敏")
    yield made
    made.close()


def save(store: Store, register: str, **values: Any) -> UUID:
    with store.write() as session:
        return records.save(
            session, REGISTERS[register], values, ACTOR, unit_code=values.get("unit", STREET)
        ).id


def month(
    store: Store, findings: list[Finding] | None = None, warnings: list[Finding] | None = None
) -> to_do.Month:
    with store.read() as session:
        return to_do.month_of_unit(session, STREET, "2024-05", TODAY, findings, warnings or [])


def task(found: to_do.Month | to_do_district.District, kind: str) -> to_do.Task | None:
    return next((each for each in found.tasks if each.kind == kind), None)


def firm(store: Store) -> UUID:
    return save(store, "enterprise", name="江西云栈网络科技有限公司")


def handed_in(
    store: Store, period: str, state: str, revision: int = 1, unit: str = STREET, **more: Any
) -> UUID:
    key = new_key()
    with store.write() as session:
        session.execute(
            insert(ReturnFile),
            [
                {
                    "id": key, "unit_code": unit, "period": period, "revision": revision, "state": state,
                    "created_at": now(), "created_by": "张敏", "late_days": 0, **more,
                }
            ],
        )  # fmt: skip
    return key


def test_the_deadline_moves_off_a_saturday_and_counts_working_days(store: Store) -> None:
    with store.read() as session:
        found = deadline(session, "2024-05", TODAY)
        assert found.day == date(2024, 5, 24)
        assert found.words == "5 月 24 日（周五）截止，还剩 3 个工作日"
        assert found.state == "watch"
        assert "就是今天" in deadline(session, "2024-05", date(2024, 5, 24)).words
        weekend_after = deadline(session, "2024-05", date(2024, 5, 25))
        assert weekend_after.left == -1 and weekend_after.state == "alarm"
        assert deadline(session, "2024-05", date(2024, 5, 6)).state == "neutral"


def test_the_offices_own_calendar_moves_the_deadline(store: Store) -> None:
    store.set_setting("holidays", [{"day": "2024-05-24", "workday": False, "name": "停电"}])
    with store.read() as session:
        found = deadline(session, "2024-05", TODAY)
    assert (found.day, found.left) == (date(2024, 5, 23), 2)


def test_an_empty_register_offers_the_first_visit_and_a_return_that_is_not_ready(store: Store) -> None:
    with store.read() as session:
        assert to_do.is_empty(session)
    found = month(store)
    assert task(found, to_do.VISITS) is not None
    hand_in = task(found, to_do.HAND_IN)
    assert hand_in is not None and not hand_in.enabled
    assert found.title == f"5 月还有 {found.left} 件事"


def test_incomplete_rows_are_counted_with_the_labels_that_are_missing(store: Store) -> None:
    enterprise = firm(store)
    short = {key: value for key, value in VISIT.items() if key != "firm_attendees"}
    save(store, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8), **short)
    save(store, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 9), **VISIT)
    save(store, "visit", enterprise_id=enterprise, visit_date=date(2024, 4, 9), **short)
    found = next(t for t in month(store).tasks if t.kind == to_do.COMPLETE and t.register == "visit")
    assert found.title == "补全 1 条走访记录"
    assert found.detail == "缺“企业参加人及职务”" and found.chip == "1 处未填"
    assert task(month(store), to_do.VISITS) is None


def test_findings_add_errors_and_warnings_and_decide_whether_to_hand_in(store: Store) -> None:
    enterprise = firm(store)
    with store.write() as session:
        card = records.get(session, REGISTERS["enterprise"], enterprise)
        assert card is not None
        session.execute(records.table_of(REGISTERS["enterprise"]).update().values(incomplete=False))
    key = save(store, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8), **VISIT)
    wrong = Finding("VIS-001", Severity.ERROR, "走访日期晚于今天。", "visit", key, "visit_date")
    odd = Finding("VIS-009", Severity.WARNING, "与上月内容重复。", "visit", key, "operation_text")
    found = month(store, [wrong, odd], [odd])
    mend, explain = task(found, to_do.ERRORS), task(found, to_do.EXPLAIN)
    assert mend is not None and mend.title == "改正 1 处错误" and mend.detail == "走访日期晚于今天"
    assert explain is not None and explain.count == 1
    hand_in = task(found, to_do.HAND_IN)
    assert hand_in is not None and not hand_in.enabled
    clean = task(month(store, [odd], []), to_do.HAND_IN)
    assert clean is not None and clean.enabled and clean.chip == "可以上报"
    unknown = task(month(store, None), to_do.HAND_IN)
    assert unknown is not None and not unknown.enabled


def test_an_errors_row_that_is_incomplete_is_told_once(store: Store) -> None:
    key = save(store, "visit", enterprise_id=firm(store), visit_date=date(2024, 5, 8), visit_mode="实地")
    missing = Finding("GEN-001", Severity.ERROR, "没有填写“走访人员（单位）”。", "visit", key, "visitors")
    assert task(month(store, [missing]), to_do.ERRORS) is None


def test_indicators_go_one_by_one(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "bureau", "区商务局", person="李伟")
    unit = store.actor.unit_code
    with store.read() as session:
        wanted = to_do.indicators_to_fill(session, unit, "2024-05")
    assert wanted
    with store.write() as session:
        values = {
            "period": "2024-05",
            "indicator_no": wanted[0][0],
            "org_code": unit,
            "value": Decimal("50.4"),
        }
        records.save(session, REGISTERS["indicator"], values, store.actor)
    with store.read() as session:
        left = to_do.indicators_to_fill(session, unit, "2024-05")
        found = to_do.month_of_unit(session, unit, "2024-05", TODAY)
    assert left == wanted[1:]
    indicators = task(found, to_do.INDICATORS)
    assert (indicators.count if indicators else 0) == len(left)
    store.close()


def test_what_came_back_and_what_was_forgotten(store: Store) -> None:
    handed_in(store, "2024-03", "sent")
    handed_in(store, "2024-03", "sent_back", 2, correction_reason="第 12 行信用代码重复")
    save(store, "visit", enterprise_id=firm(store), visit_date=date(2024, 4, 9), **VISIT)
    found = month(store)
    back, earlier = task(found, to_do.CORRECT), task(found, to_do.EARLIER)
    assert back is not None and back.title == "处理退回的 3 月回报" and back.detail == "第 12 行信用代码重复"
    assert earlier is not None and earlier.period == "2024-04"
    handed_in(store, "2024-04", "draft")
    assert task(month(store), to_do.EARLIER) is not None  # a cover alone is no return
    handed_in(store, "2024-04", "sent")
    assert task(month(store), to_do.EARLIER) is None


def test_a_month_that_was_reopened_is_to_be_finished(store: Store) -> None:
    handed_in(store, "2024-04", "reopened")
    handed_in(store, "2024-04", "draft", 2, correction_reason="营业收入漏填一位")
    found = task(month(store), to_do.CORRECT)
    assert found is not None and found.title == "完成 4 月的更正" and found.detail == "营业收入漏填一位"
    handed_in(store, "2024-04", "sent", 2)
    assert task(month(store), to_do.CORRECT) is None


def test_a_correction_the_district_asked_for_says_so(store: Store) -> None:
    handed_in(store, "2024-04", "reopened")
    handed_in(store, "2024-04", "draft", 2, correction_reason="区级退回：第 12 行信用代码重复")
    found = task(month(store), to_do.CORRECT)
    assert found is not None and found.title == "处理退回的 4 月回报" and found.chip == "已退回"


def test_a_month_that_was_handed_in_leaves_nothing(store: Store) -> None:
    handed_in(store, "2024-05", "sent", submitted_on=date(2024, 5, 20))
    found = month(store)
    assert found.locked and found.left == 0
    assert found.title == "5 月的事都办完了"
    hand_in = task(found, to_do.HAND_IN)
    assert hand_in is not None and hand_in.done and "2024-05-20" in hand_in.detail


def test_issues_fall_due_and_follow_ups_come_thirty_days_after(store: Store) -> None:
    enterprise = firm(store)
    common = {
        "enterprise_id": enterprise,
        "description": "流动资金紧张。",
        "registered_on": date(2024, 4, 1),
        "category": "融资",
    }
    save(store, "issue", status="办理中", due_date=date(2024, 5, 19), **common)
    save(store, "issue", status="办理中", due_date=date(2024, 5, 22), **common)
    save(store, "issue", status="办理中", due_date=date(2024, 8, 1), **common)
    save(
        store,
        "issue",
        status="已销号",
        due_date=date(2024, 4, 20),
        written_off_on=date(2024, 4, 28),
        **common,
    )
    with store.read() as session:
        found = due_issues(session, TODAY, STREET)
        assert due_issues(session, TODAY, "360103001") == []
    assert [(each.words, each.state) for each in found] == [
        ("超期 2 天", "alarm"), ("还剩 1 天", "watch"), ("5 月 28 日", "neutral"),
    ]  # fmt: skip
    assert found[2].review and found[2].title == "回头看 · 江西云栈网络科技有限公司"
    shown = {figure.key: figure for figure in month(store).figures}
    assert shown["issue"].value == 3 and shown["issue"].note == "其中超期 1"


def test_candidates_close_to_the_line_come_closest_first(store: Store) -> None:
    for revenue in ("1500", "1900", "2100"):
        save(
            store, "nurture", enterprise_id=firm(store), nurture_type="升规入统", specialty="服务业2000万档",
            revenue_ytd=Decimal(revenue), asof_ym="2024-05", stage="入库培育",
            threshold=Decimal(2000), reach_rate=Decimal(revenue) / 20,
        )  # fmt: skip
    found = month(store)
    assert [each.revenue_ytd for each in found.candidates] == [Decimal("1900.00"), Decimal("1500.00")]
    assert found.candidates[0].missing == Decimal("100.00")
    assert found.over_line == 1


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Store]:
    made = setup.initialise(tmp_path / "district", "区数字经济办公室", role="supervisor", person="陈亮")
    yield made
    made.close()


def test_the_district_chases_reviews_and_sums_up(district: Store) -> None:
    def look() -> to_do_district.District:
        with district.read() as session:
            return to_do_district.month_of_district(session, "2024-05", TODAY)

    found = look()
    missing, summary = task(found, to_do_district.MISSING), task(found, to_do_district.SUMMARY)
    assert missing is not None and missing.count == found.coverage.expected
    assert summary is not None and not summary.enabled
    assert task(found, to_do_district.REVIEW) is None

    handed_in(district, "2024-05", "received")
    with district.write() as session:
        session.execute(
            insert(Batch),
            [
                {
                    "id": new_key(), "kind": "return", "file_name": "南浦街道.xlsx", "file_sha256": "0", "rows_read": 3,
                    "content_digest": "0", "unit_code": "360103001", "period": "2024-05", "revision": 1,
                    "state": "staged", "created_at": now(), "created_by": "陈亮",
                }
            ],
        )  # fmt: skip
    found = look()
    missing, summary, review = (
        task(found, kind) for kind in (to_do_district.MISSING, to_do_district.SUMMARY, to_do_district.REVIEW)
    )
    assert missing is not None and missing.count == found.coverage.expected - 1
    assert summary is not None and summary.enabled
    assert review is not None and review.detail == "南浦街道" and review.count == 1


def test_the_calendar_names_what_opens_and_locks_and_what_was_allowed_ends(district: Store) -> None:
    with district.write() as session:
        reporting_exceptions.grant(
            session, STREET, "延期", "2024-05", "2024-05", due_on=date(2024, 6, 5), reason="换电脑", approver="刘科长",
            actor=district.actor,
        )  # fmt: skip
    with district.read() as session:
        quiet = to_do_district.month_of_district(session, "2024-05", date(2024, 5, 20))
        found = to_do_district.month_of_district(session, "2024-05", date(2024, 6, 3))
        turn = to_do_cadence.soon(session, Period("2025-01"), date(2025, 1, 8))
    assert task(quiet, to_do_cadence.CYCLES) is None, "the month's own deadline stands above the list"
    assert task(quiet, to_do_cadence.EXCEPTIONS) is None
    cycles, allowed = task(found, to_do_cadence.CYCLES), task(found, to_do_cadence.EXCEPTIONS)
    assert cycles is not None and cycles.detail == "6 月 7 日 2024 年 5 月月调度锁定" and cycles.count == 1
    assert allowed is not None and "朝阳洲街道延期到 6 月 5 日" in allowed.detail
    assert [words for _, words in turn][:2] == [
        "1 月 9 日 2024 年 12 月月调度锁定", "1 月 10 日 2024 年第四季度季通报截止",
    ]  # fmt: skip
