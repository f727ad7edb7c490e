"""The firms next to the 升规 line: the closest on either side of it, in any month."""

from __future__ import annotations

from decimal import Decimal

import pytest

from db import totals
from db.periods import Period
from db.store import Store
from tests.db.fixtures import CODES, add, change, firm


def test_the_closest_on_either_side_of_the_line_are_near(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "NEAR_LINE", 2)
    with store.write() as session:
        for number, (spring, winter) in enumerate(((200, 900), (150, 520), (100, 495))):
            key = add(
                session, "nurture", enterprise_id=firm(session, f"第{number}家", CODES[number]), nurture_type="升规入统",
                stage="入库培育", specialty="零售", asof_ym="2024-04", revenue_ytd=Decimal(spring),
            )  # fmt: skip
            change(session, "nurture", key, asof_ym="2024-12", revenue_ytd=Decimal(winter))
    with store.read() as session:
        names = {
            month: [each.enterprise for each in totals.nurtures(session, Period(month)).near_line]
            for month in ("2024-04", "2024-12")
        }
    assert names == {"2024-04": ["第0家", "第1家"], "2024-12": ["第1家", "第2家"]}
