"""What a unit's month consists of: which rows of which register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from db import locks, monthly, records
from db.registers import REGISTERS
from db.store import Actor, Store
from tests.db.fixtures import CLERK, CODES, OTHER_STREET, STREET, add, change, cloud, firm

OTHER = Actor(OTHER_STREET, "李伟")


def test_rows_of_a_month(store: Store) -> None:
    """May of one street: its visits of May, problems not over before it, the living ledgers up to its end."""
    with store.write() as session:
        named, untouched = firm(session), firm(session, "南昌没有被提到有限公司", CODES[1])
        may = add(session, "visit", enterprise_id=named, visit_date=date(2024, 5, 31))
        first = add(session, "visit", enterprise_id=named, visit_date=date(2024, 5, 1))
        for day, actor in ((date(2024, 4, 30), CLERK), (date(2024, 6, 1), CLERK), (date(2024, 5, 8), OTHER)):
            add(session, "visit", actor, enterprise_id=named, visit_date=day)
        gone = add(session, "visit", enterprise_id=named, visit_date=date(2024, 5, 9))
        records.delete(session, REGISTERS["visit"], gone, CLERK)
        add(session, "visit", enterprise_id=named)  # no date: of no month

        old_open = add(session, "issue", enterprise_id=named, registered_on=date(2024, 1, 8))
        closed_now = add(
            session,
            "issue",
            enterprise_id=named,
            registered_on=date(2024, 1, 8),
            status="回头看合格",
            review_on=date(2024, 5, 2),
        )
        add(
            session,
            "issue",
            enterprise_id=named,
            registered_on=date(2024, 1, 8),
            status="回头看合格",
            review_on=date(2024, 4, 30),
        )
        add(session, "issue", enterprise_id=named, registered_on=date(2024, 6, 1))

        clouds = [cloud(session, named, cloud_on=day) for day in (date(2023, 1, 1), date(2024, 5, 31))]
        cloud(session, named, cloud_on=date(2024, 6, 1))
        candidate = add(session, "nurture", enterprise_id=named, asof_ym="2024-05")
        add(session, "nurture", enterprise_id=named, asof_ym="2024-06")
        value = add(session, "indicator", period="2024-05", indicator_no=1, org_code=STREET, value=Decimal(1))
        add(session, "indicator", period="2024-04", indicator_no=1, org_code=STREET, value=Decimal(1))

        rows = monthly.rows_of_month(session, STREET, "2024-05")
        found = {key: [row["id"] for row in each] for key, each in rows.items()}
    assert list(found) == list(REGISTERS)
    assert found["visit"] == [first, may]
    assert set(found["issue"]) == {old_open, closed_now}
    assert found["cloud"] == clouds
    assert found["nurture"] == [candidate]
    assert found["indicator"] == [value]
    assert found["enterprise"] == [named] and untouched not in found["enterprise"]


def test_a_card_worked_on_in_the_month_goes_along(store: Store) -> None:
    this_month = f"{date.today():%Y-%m}"
    with store.write() as session:
        touched = firm(session)
        rows = monthly.rows_of_month(session, STREET, this_month)["enterprise"]
        assert [row["id"] for row in rows] == [touched]
        assert monthly.rows_of_month(session, OTHER_STREET, this_month)["enterprise"] == []
        assert monthly.rows_of_month(session, STREET, "2024-05")["enterprise"] == []


def test_candidates_and_services_without_a_date_are_not_lost(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        service = cloud(session, enterprise, cloud_on=None)
        candidate = add(session, "nurture", enterprise_id=enterprise)
        rows = monthly.rows_of_month(session, STREET, "2024-05")
    assert [row["id"] for row in rows["cloud"]] == [service]
    assert [row["id"] for row in rows["nurture"]] == [candidate]


def test_the_month_of_a_row(store: Store) -> None:
    assert locks.month_of(REGISTERS["visit"], {"visit_date": date(2024, 5, 8)}) == "2024-05"
    assert locks.month_of(REGISTERS["indicator"], {"period": "2024-05"}) == "2024-05"
    assert locks.month_of(REGISTERS["visit"], {"visit_date": None}) is None
    with store.write() as session:
        key = firm(session)
        change(session, "enterprise", key, established_on=date(2019, 3, 1))
        assert locks.state_of(session, STREET, "2024-05") is None
        assert not locks.is_locked(session, STREET, "2024-05")
