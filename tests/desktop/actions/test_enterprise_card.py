"""What a firm's card is made of: its revenue as it was said, its lines, its counts. Without a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert

from db import enterprise_events, merging, setup
from db.errors import Refused
from db.lookup import Directory
from db.models import ReturnFile, ReturnRow
from db.store import Store
from db.types import new_key, now
from desktop.actions.enterprise_card import firm_card, kept_card
from desktop.actions.enterprise_timeline import Event, Timeline, counts
from desktop.actions.revenue import revenue_year
from tests.db.fixtures import CLERK, CODES, STREET, add, change, firm

TODAY = date(2024, 5, 21)
D = Decimal


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = setup.initialise(tmp_path / "register", STREET, person="张敏")
    yield made
    made.close()


@pytest.fixture
def key(store: Store) -> UUID:
    with store.write() as session:
        return firm(session, industry_code="I6550")


def points(store: Store, key: UUID, year: int = 2024) -> list[tuple[str, Decimal, str]]:
    with store.read() as session:
        return [(each.period, each.amount, each.source) for each in revenue_year(session, key, year).points]


def lines(store: Store, key: UUID, *kinds: str, size: int = 100) -> list[Event]:
    found: list[Event] = []
    after = None
    with store.read() as session:
        timeline = Timeline(key, Directory(session), kinds) if kinds else Timeline(key, Directory(session))
        while True:
            page, after = timeline.page(session, after, size)
            assert len(page) <= size
            found += page
            if after is None:
                return found


def test_revenue_is_what_visits_candidates_and_the_card_said(store: Store, key: UUID) -> None:
    with store.write() as session:
        change(session, "enterprise", key, revenue_ytd=D(200), revenue_asof="2024-02")
        add(
            session,
            "visit",
            enterprise_id=key,
            visit_date=date(2024, 3, 8),
            revenue_ytd=D(300),
            visitors="李伟（社区）",
        )
        candidate = add(
            session, "nurture", enterprise_id=key, asof_ym="2024-04", revenue_ytd=D(400), owner="张敏"
        )
        change(session, "nurture", candidate, asof_ym="2024-05", revenue_ytd=D(500))
        add(session, "visit", enterprise_id=key, visit_date=date(2023, 3, 8), revenue_ytd=D(9))
    assert points(store, key) == [
        ("2024-02", D(200), "档案"), ("2024-03", D(300), "走访"), ("2024-04", D(400), "培育"), ("2024-05", D(500), "培育"),
    ]  # fmt: skip
    assert points(store, key, 2023) == [("2023-03", D(9), "走访")]
    with store.read() as session:
        year = revenue_year(session, key, 2024)
        assert (year.threshold, year.missing) == (D(2000), D(1500))


def test_what_a_visit_says_later_stands_over_the_card(store: Store, key: UUID) -> None:
    with store.write() as session:
        change(session, "enterprise", key, revenue_ytd=D(200), revenue_asof="2024-05")
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, 8), revenue_ytd=D(260))
    assert points(store, key) == [("2024-05", D(260), "走访")]
    with store.write() as session:
        change(session, "enterprise", key, revenue_ytd=D(270))
    assert points(store, key) == [("2024-05", D(270), "档案")]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_every_line_is_met_once_whatever_the_page(store: Store, key: UUID, size: int) -> None:
    with store.write() as session:
        other = firm(session, "并进来的公司", CODES[1])
        for day in (1, 1, 1, 2, 9):
            add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, day), visitors="张敏")
            add(session, "service", enterprise_id=key, served_on=date(2024, 5, day), subject="融资")
        add(session, "visit", enterprise_id=key)
        add(session, "nurture", enterprise_id=key, asof_ym="2024-04")
        add(session, "project", enterprise_id=key, name="云栈二期", asof_ym="2024-05")
        change(session, "enterprise", key, legal_rep="陈刚", reg_address="朝阳中路 12 号", contact="不算")
        enterprise_events.close(session, other, "停业", date(2024, 4, 1), "装修", CLERK)
        enterprise_events.rename(
            session, key, "江西云海网络科技有限公司", date(2024, 5, 2), "变更登记", CLERK
        )
        merging.merge(session, key, other, (), CLERK, "同一家")
        returned = new_key()
        session.execute(
            insert(ReturnFile),
            {
                "id": returned, "unit_code": STREET, "period": "2024-04", "revision": 2, "state": "sent", "late_days": 0,
                "created_at": now(), "created_by": "张敏",
            },
        )  # fmt: skip
        session.execute(
            insert(ReturnRow),
            {"return_id": returned, "register": "enterprise", "record_id": other, "digest": "x"},
        )
    found = lines(store, key, size=size)
    places = [event.place for event in found]
    assert places == sorted(places, reverse=True) and len(set(places)) == len(places)
    kinds = [event.kind for event in found]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "visit": 6, "service": 5, "nurture": 1, "project": 1, "enterprise": 6, "return": 1,
    }  # fmt: skip
    said = " ".join(event.text for event in found if event.kind == "enterprise")
    for words in (
        "张敏 建立档案",
        "法定代表人改为 陈刚",
        "停业：装修",
        "由“江西云栈网络科技有限公司”更名：变更登记",
        "并入“并进来的公司”",
    ):
        assert said.count(words) == 1, words
    assert "2024 年 4 月回报第 2 版" in next(event.text for event in found if event.kind == "return")
    assert found[-1].text == "走访" and found[-1].day is None, "what has no date comes last"
    assert {event.kind for event in lines(store, key, "visit", size=size)} == {"visit"}


def test_counts_and_the_way_on_from_a_merged_card(store: Store, key: UUID) -> None:
    with store.write() as session:
        other = firm(session, "并进来的公司", CODES[1])
        add(session, "visit", enterprise_id=other)
        merging.merge(session, key, other, (), CLERK)
    with store.read() as session:
        assert counts(session, key)["visit"] == 1 and counts(session, other)["visit"] == 0
        lookup = Directory(session)
        assert kept_card(store, other) == key
        with pytest.raises(Refused):
            firm_card(store, other, lookup, "2024-05", TODAY, STREET)
        card = firm_card(store, key, lookup, "2024-05", TODAY, STREET)
    assert card.counts["visit"] == 1 and card.revenue.points == () and card.outlook.forecast is None
