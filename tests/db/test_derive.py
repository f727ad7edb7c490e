"""What the program works out at a save: numbers, dates, computed fields, copies to the firm's card."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import derive, numbering, records, settings
from db.models import ReturnFile
from db.registers import REGISTERS
from db.store import Store
from db.types import new_key, now
from tests.db.fixtures import CLERK, CODES, STREET, add, change, firm, read


def test_visits_are_numbered_by_office_and_month(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)

        def number(day: date) -> str:
            return str(
                read(session, "visit", add(session, "visit", enterprise_id=enterprise, visit_date=day))[
                    "visit_no"
                ]
            )

        assert number(date(2024, 5, 8)) == "360103002-202405-001"
        assert number(date(2024, 5, 2)) == "360103002-202405-002"
        assert number(date(2024, 6, 1)) == "360103002-202406-001"


def test_a_number_once_given_stays_and_is_never_given_again(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        key = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        change(session, "visit", key, visit_date=date(2024, 6, 8))
        assert read(session, "visit", key)["visit_no"] == "360103002-202405-001"
        gone = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        records.delete(session, REGISTERS["visit"], gone, CLERK)
        last = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 9))
        assert read(session, "visit", last)["visit_no"] == "360103002-202405-003"


def test_a_visit_without_a_date_gets_its_number_with_the_date(store: Store) -> None:
    with store.write() as session:
        key = add(session, "visit", enterprise_id=firm(session))
        assert read(session, "visit", key)["visit_no"] is None
        change(session, "visit", key, visit_date=date(2024, 5, 8))
        assert read(session, "visit", key)["visit_no"] == "360103002-202405-001"


def test_serials_go_on_after_999(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        key = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        for serial, following in (("999", "1000"), ("1000", "1001")):
            table = records.table_of(REGISTERS["visit"])
            session.execute(
                table.update().where(table.c.id == key).values(visit_no=f"{STREET}-202405-{serial}")
            )
            add_no = numbering.visit_no(session, STREET, date(2024, 5, 9))
            assert add_no == f"{STREET}-202405-{following}"


def test_filled_on_is_today_or_the_day_of_practice(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        visit = read(
            session, "visit", add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        )
        assert visit["filled_on"] == date.today()
        settings.put(session, "practice", True)
        settings.put(session, "practice_today", "2024-05-31")
        visit = read(
            session, "visit", add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 9))
        )
        assert visit["filled_on"] == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("changed", "due"),
    [({}, date(2024, 5, 28)), ({"issue_due_workdays": 5}, date(2024, 5, 14))],
    ids=["fifteen working days, Saturday 11 May worked", "the office's own number"],
)
def test_an_issue_is_due_after_working_days(store: Store, changed: dict[str, Any], due: date) -> None:
    with store.write() as session:
        settings.put(session, "parameters", changed)
        issue = read(
            session,
            "issue",
            add(session, "issue", enterprise_id=firm(session), registered_on=date(2024, 5, 8)),
        )
        assert issue["due_date"] == due
        assert issue["issue_no"] == "360103002-W202405-001"


def test_a_deadline_that_was_typed_or_not_understood_stays(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        values = {"enterprise_id": enterprise, "registered_on": date(2024, 5, 8)}
        typed = add(session, "issue", **values, due_date=date(2024, 6, 30))
        assert read(session, "issue", typed)["due_date"] == date(2024, 6, 30)
        unread = records.save(session, REGISTERS["issue"], values, CLERK, unparsed={"due_date": "月底"})
        assert read(session, "issue", unread.id)["due_date"] is None


def test_the_log_of_an_issue_only_grows(store: Store) -> None:
    first, second = ({"at": "2024-05-08", "by": "刘芳", "text": text} for text in ("已联系", "已会商"))
    with store.write() as session:
        key = add(session, "issue", enterprise_id=firm(session), registered_on=date(2024, 5, 8))
        change(session, "issue", key, progress_log=[first])
        change(
            session, "issue", key, progress_log=[second]
        )  # as a shorter copy from another file would have it
        assert read(session, "issue", key)["progress_log"] == [first, second]
        change(session, "issue", key, progress_log=None)
        assert read(session, "issue", key)["progress_log"] == [first, second]
        assert not change(session, "issue", key, progress_log=[first, second]).changed


def test_urgent_issues_are_due_sooner(store: Store) -> None:
    with store.write() as session:
        values = {"enterprise_id": firm(session), "registered_on": date(2024, 5, 8)}
        due = [
            read(session, "issue", add(session, "issue", **values, urgency=urgency))["due_date"]
            for urgency in ("一般", "紧急", "特急")
        ]
        assert due == [date(2024, 5, 28), date(2024, 5, 16), date(2024, 5, 11)]


def test_a_rebound_sends_the_issue_back(store: Store) -> None:
    with store.write() as session:
        key = add(
            session, "issue", enterprise_id=firm(session), registered_on=date(2024, 5, 8), status="回头看合格"
        )
        change(session, "issue", key, review_result="反弹", review_on=date(2024, 6, 1))
        assert read(session, "issue", key)["status"] == "退回重办"
        change(session, "issue", key, status="办理中")
        assert read(session, "issue", key)["status"] == "办理中"
        change(session, "issue", key, status="回头看合格", review_result="需再办")
        assert read(session, "issue", key)["status"] == "退回重办"


# ---------------------------------------------------------------- candidates


def test_a_candidate_gets_specialty_threshold_and_outlook(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session, industry_code="I6550")
        key = add(session, "nurture", enterprise_id=enterprise, revenue_ytd=Decimal("900"), asof_ym="2024-05")
        row = read(session, "nurture", key)
        assert (row["specialty"], row["threshold"]) == ("服务业2000万档", Decimal(2000))
        assert row["reach_rate"] == Decimal("45.0")
        assert (row["forecast"], row["reach_ym"]) == (Decimal("2160.00"), "2024-12")


def test_an_outlook_follows_new_figures_unless_it_was_typed(store: Store) -> None:
    with store.write() as session:
        key = add(
            session,
            "nurture",
            enterprise_id=firm(session),
            specialty="零售",
            revenue_ytd=Decimal(100),
            asof_ym="2024-04",
        )
        assert read(session, "nurture", key)["forecast"] == Decimal("300.00")
        assert read(session, "nurture", key)["reach_ym"] is None
        change(session, "nurture", key, revenue_ytd=Decimal(250), asof_ym="2024-05")
        row = read(session, "nurture", key)
        assert (row["reach_rate"], row["forecast"], row["reach_ym"]) == (
            Decimal("50.0"),
            Decimal("600.00"),
            "2024-10",
        )
        change(session, "nurture", key, forecast=Decimal(480))
        change(session, "nurture", key, revenue_ytd=Decimal(300), asof_ym="2024-06")
        assert read(session, "nurture", key)["forecast"] == Decimal(480)


def test_titles_have_no_threshold(store: Store) -> None:
    with store.write() as session:
        key = add(
            session, "nurture", enterprise_id=firm(session), nurture_type="省级专精特新", specialty="零售",
            revenue_ytd=Decimal(100), asof_ym="2024-04",
        )  # fmt: skip
        row = read(session, "nurture", key)
        assert row["threshold"] is None and row["reach_rate"] is None and row["forecast"] is None


def test_the_office_may_change_a_threshold(store: Store) -> None:
    from db import classifications
    from resources import read_json

    entries = read_json("classifications/thresholds.json")["thresholds"]
    for entry in entries:
        if entry["specialty"] == "零售":
            entry["threshold_wan"] = "800"
    assert classifications.threshold_of("零售") != classifications.threshold_of(
        "零售", classifications.read_thresholds(entries)
    )
    with store.write() as session:
        settings.put(session, "parameters", {"thresholds": entries})
        key = add(
            session,
            "nurture",
            enterprise_id=firm(session),
            specialty="零售",
            revenue_ytd=Decimal(400),
            asof_ym="2024-05",
        )
        assert read(session, "nurture", key)["reach_rate"] == Decimal("50.0")


# ---------------------------------------------------------------- indicators


def value(session: Session, period: str, no: int, amount: str, **more: Any) -> records.Values:
    key = add(
        session, "indicator", period=period, indicator_no=no, org_code="qfgw", value=Decimal(amount), **more
    )
    return read(session, "indicator", key)


def test_a_flow_against_its_target(store: Store) -> None:
    with store.write() as session:
        row = value(session, "2024-05", 1, "56")
        assert row["target"] == 140
        assert (row["completion"], row["time_progress"], row["gap"]) == (
            Decimal("40.0"),
            Decimal("41.7"),
            Decimal("-1.7"),
        )


def test_a_stock_is_interpolated_from_last_years_target(store: Store) -> None:
    with store.write() as session:
        row = value(session, "2024-05", 5, "1600")
        assert (row["target"], row["time_progress"]) == (1700, Decimal("93.1"))
        assert row["completion"] == Decimal("94.1")


def test_months_before_and_years_before_are_carried(store: Store) -> None:
    with store.write() as session:
        value(session, "2023-05", 1, "40")
        value(session, "2024-04", 1, "45")
        row = value(session, "2024-05", 1, "56")
        assert (row["prev_value"], row["ly_value"], row["yoy"]) == (45, 40, Decimal("40.0"))


def test_january_of_a_flow_carries_nothing_and_of_a_stock_december(store: Store) -> None:
    with store.write() as session:
        value(session, "2023-12", 1, "119")
        value(session, "2023-12", 7, "166")
        assert value(session, "2024-01", 1, "10")["prev_value"] is None
        assert value(session, "2024-01", 7, "168")["prev_value"] == 166


def test_another_scope_gives_no_yoy(store: Store) -> None:
    with store.write() as session:
        value(session, "2023-05", 1, "40")
        assert value(session, "2024-05", 1, "56", scope_note="含电信业")["yoy"] is None
        assert value(session, "2024-05", 3, "56", ly_value=Decimal(0))["yoy"] is None


def test_a_corrected_month_reaches_the_month_after(store: Store) -> None:
    with store.write() as session:
        april = add(
            session, "indicator", period="2024-04", indicator_no=1, org_code="qfgw", value=Decimal(45)
        )
        may = add(session, "indicator", period="2024-05", indicator_no=1, org_code="qfgw", value=Decimal(56))
        change(session, "indicator", april, value=Decimal(46))
        assert read(session, "indicator", may)["prev_value"] == 46
        assert "上月" in (records.history(session, may)[0].note or "")
        session.add(
            ReturnFile(
                id=new_key(),
                unit_code=STREET,
                period="2024-05",
                revision=1,
                state="sent",
                created_at=now(),
                created_by="张敏",
            )
        )
        session.flush()
        change(session, "indicator", april, value=Decimal(47))
        assert read(session, "indicator", may)["prev_value"] == 46, (
            "a month that was handed in stays as it is"
        )


def test_a_correction_after_handing_in_is_a_new_version(store: Store) -> None:
    with store.write() as session:
        key = add(session, "indicator", period="2024-05", indicator_no=1, org_code="qfgw", value=Decimal(56))
        change(session, "indicator", key, value=Decimal(57))
        assert read(session, "indicator", key)["version"] == 1
        session.add(
            ReturnFile(
                id=new_key(),
                unit_code=STREET,
                period="2024-05",
                revision=1,
                state="reopened",
                created_at=now(),
                created_by="张敏",
            )
        )
        session.flush()
        change(session, "indicator", key, reason="口径核实")
        assert read(session, "indicator", key)["version"] == 1
        change(session, "indicator", key, value=Decimal(58), correction_reason="漏报一家")
        assert read(session, "indicator", key)["version"] == 2


# ---------------------------------------------------------------- copies to the card


def test_revenue_goes_to_the_card_with_its_own_entry(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        visit = add(
            session,
            "visit",
            enterprise_id=enterprise,
            visit_date=date(2024, 5, 8),
            revenue_ytd=Decimal("120.5"),
        )
        card = read(session, "enterprise", enterprise)
        assert (card["revenue_ytd"], card["revenue_asof"]) == (Decimal("120.50"), "2024-05")
        assert records.history(session, enterprise)[0].note == "由走访记录同步"
        add(
            session, "visit", enterprise_id=enterprise, visit_date=date(2024, 3, 8), revenue_ytd=Decimal("70")
        )
        assert read(session, "enterprise", enterprise)["revenue_ytd"] == Decimal("120.50"), (
            "an older month does not win"
        )
        add(session, "nurture", enterprise_id=enterprise, revenue_ytd=Decimal(150), asof_ym="2024-06")
        change(session, "visit", visit, visit_mode="实地")
        card = read(session, "enterprise", enterprise)
        assert (card["revenue_ytd"], card["revenue_asof"]) == (Decimal(150), "2024-06")


def test_an_unrelated_edit_does_not_push_the_revenue_again(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        visit = add(
            session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8), revenue_ytd=Decimal(100)
        )
        change(session, "enterprise", enterprise, revenue_ytd=Decimal(110))
        change(session, "visit", visit, visit_mode="实地")
        assert read(session, "enterprise", enterprise)["revenue_ytd"] == Decimal(110)
        change(session, "visit", visit, revenue_ytd=Decimal(105))
        assert read(session, "enterprise", enterprise)["revenue_ytd"] == Decimal(105)


def test_entering_the_stock_is_written_to_the_card(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session, is_above_scale=False)
        key = add(session, "nurture", enterprise_id=enterprise, specialty="服务业2000万档", stage="上级审核")
        assert read(session, "enterprise", enterprise)["is_above_scale"] is False
        change(session, "nurture", key, stage="已入库", in_stock_ym="2024-05")
        card = read(session, "enterprise", enterprise)
        assert (card["is_above_scale"], card["specialty"], card["in_stock_ym"]) == (True, "服务业", "2024-05")
        change(session, "nurture", key, stage="退库", reason="不达标")
        assert read(session, "enterprise", enterprise)["is_above_scale"] is False


def test_titles_and_core_firms_are_written_to_the_card(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        title = add(session, "nurture", enterprise_id=enterprise, nurture_type="省级专精特新", stage="已入库")
        add(
            session,
            "nurture",
            enterprise_id=enterprise,
            nurture_type="数字经济核心产业企业认定",
            stage="已入库",
        )
        card = read(session, "enterprise", enterprise)
        assert card["sme_title"] == ["省级专精特新"] and card["honors"] == [derive.CORE_HONOR]
        change(session, "nurture", title, stage="退库", reason="不达标")
        assert read(session, "enterprise", enterprise)["sme_title"] is None


def test_a_deleted_card_gets_no_copies(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        other = firm(session, "南昌另一家有限公司", CODES[1])
        visit = add(
            session, "visit", enterprise_id=other, visit_date=date(2024, 5, 8), revenue_ytd=Decimal(9)
        )
        records.delete(session, REGISTERS["enterprise"], enterprise, CLERK)
        change(session, "visit", visit, enterprise_id=enterprise)
        assert read(session, "enterprise", enterprise)["revenue_ytd"] is None
