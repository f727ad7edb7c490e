"""How often rules spoke: replaced by each check of the month, added up over the year, apart for each unit."""

from __future__ import annotations

from pathlib import Path

from db import firing
from db.firing import Fired
from db.store import Store
from desktop.actions import returns
from tests.db import fixtures
from tests.db.checks import fake
from tests.db.checks.test_month import add

STREET, OTHER = fixtures.STREET, "360103001"


def test_a_check_replaces_what_the_one_before_found(store: Store) -> None:
    with store.write() as session:
        firing.count(
            session, STREET, "2024-05",
            [("GEN-001", "visit"), ("GEN-001", "issue"), ("GEN-001", "visit"), ("VIS-010", "visit")],
        )  # fmt: skip
        firing.count(session, STREET, "2024-04", [("GEN-001", "visit")])
        firing.count(session, STREET, "2023-12", [("GEN-001", "visit")])
        firing.count(session, OTHER, "2024-05", [("VIS-010", "visit"), ("sent_back", "visit")])
    with store.read() as session:
        assert firing.fired(session, "2024-05") == {
            "GEN-001": Fired(3, 4, {"visit": 3, "issue": 1}),
            "VIS-010": Fired(2, 2, {"visit": 2}),
        }
        assert firing.fired(session, "2024-05", OTHER) == {"VIS-010": Fired(1, 1, {"visit": 1})}
        assert firing.fired(session, "2024-04") == {"GEN-001": Fired(1, 1, {"visit": 1})}
        assert firing.fired(session, "2024-06")["GEN-001"] == Fired(0, 4, {"visit": 3, "issue": 1})
    with store.write() as session:
        firing.count(session, STREET, "2024-05", [])
        assert firing.fired(session, "2024-05", STREET) == {"GEN-001": Fired(0, 1, {"visit": 1})}


def test_checking_a_month_counts(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        firm = add(session, "enterprise", fake.firm())
        add(session, "visit", fake.visit(), enterprise_id=firm, operation_text="好")
    checked = returns.check(store, "2024-05", today=fake.TODAY)
    assert [each.id for each in checked.findings] == ["VIS-008"]
    with store.read() as session:
        assert firing.fired(session, "2024-05", STREET) == {"VIS-008": Fired(1, 1, {"visit": 1})}
