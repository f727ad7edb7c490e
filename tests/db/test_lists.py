"""Pages of registers: every row once, in order, whatever the sort; filters, search, counts; indexes used."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db import lists, records
from db.lists import ListQuery
from db.ranges import Between
from db.registers import REGISTERS
from db.store import Actor, Store
from tests.db.fixtures import CLERK, CODES, OTHER_STREET, STREET, add, change, cloud, firm

NAMES = ("甲网络", "乙网络", "丙软件", "丁软件")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """Four firms and forty visits, some without a date or a mode."""
    dice = random.Random(7)
    with store.write() as writing:
        firms = [
            firm(
                writing,
                name,
                code,
                street_code=(STREET, OTHER_STREET)[place % 2],
                revenue_ytd=Decimal(place) or None,
            )
            for place, (name, code) in enumerate(zip(NAMES, CODES, strict=True))
        ]
        for number in range(40):
            add(
                writing,
                "visit",
                Actor((STREET, OTHER_STREET)[number % 2], "张敏"),
                enterprise_id=dice.choice(firms),
                visit_date=None
                if number % 10 == 0
                else date(2024, 4, 1) + timedelta(days=dice.randrange(60)),
                visit_mode=dice.choice(("实地", "电话", None)),
                systems=dice.choice((["OA"], ["OA", "ERP"], None)),
                has_issue=dice.choice((True, False)),
            )
        yield writing


def all_pages(session: Session, query: ListQuery, limit: int = 7) -> list[records.Values]:
    rows: list[records.Values] = []
    after = None
    while True:
        page = lists.page(session, query, after, limit)
        rows += page.rows
        assert len(page.rows) == limit or page.next is None
        if page.next is None:
            return rows
        after = page.next


def keys(rows: list[records.Values]) -> list[UUID]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "name", ["visit_date", "visit_mode", "enterprise_id", "enterprise_street", "has_issue"]
)
def test_every_row_comes_once_and_in_order(session: Session, name: str, descending: bool) -> None:
    rows = all_pages(session, ListQuery("visit", sort=(name, descending)))
    assert len(rows) == len(set(keys(rows))) == 40
    shown = [row["enterprise_name" if name == "enterprise_id" else name] for row in rows]
    filled = [each for each in shown if each is not None]
    assert shown == sorted(filled, reverse=descending) + [None] * (40 - len(filled)), (
        "rows without a value come last"
    )


def test_rows_carry_the_firm_and_what_a_list_shows(session: Session) -> None:
    row = all_pages(session, ListQuery("visit"))[0]
    card = records.get(session, REGISTERS["enterprise"], row["enterprise_id"])
    assert card is not None
    assert (row["enterprise_name"], row["enterprise_uscc"], row["enterprise_street"]) == (
        card["name"], card["uscc"], card["street_code"],
    )  # fmt: skip
    assert "operation_text" not in row and {"visit_date", "visit_mode", "incomplete", "rev"} <= row.keys()
    (short, *_) = lists.page(session, ListQuery("visit", columns=("leader",)), limit=1).rows
    assert "leader" in short and "visit_mode" not in short


@pytest.mark.parametrize(
    ("filters", "keep"),
    [
        ({"unit": STREET}, lambda row: row["unit_code"] == STREET),
        ({"street": OTHER_STREET}, lambda row: row["enterprise_street"] == OTHER_STREET),
        ({"period": "2024-05"}, lambda row: str(row["visit_date"]).startswith("2024-05")),
        ({"visit_mode": "实地"}, lambda row: row["visit_mode"] == "实地"),
        ({"visit_mode": ["实地", "电话"]}, lambda row: row["visit_mode"] is not None),
        ({"visit_mode": None}, lambda row: row["visit_mode"] is None),
        ({"systems": "ERP"}, lambda row: "ERP" in (row["systems"] or ())),
        ({"has_issue": True}, lambda row: row["has_issue"] is True),
        ({"visit_date": Between(date(2024, 5, 1), None)}, lambda row: str(row["visit_date"]) >= "2024-05" and row["visit_date"]),
        ({"visit_date": Between(None, date(2024, 4, 9))}, lambda row: row["visit_date"] and row["visit_date"] <= date(2024, 4, 9)),
        ({"visit_mode": "实地", "unit": STREET}, lambda row: row["visit_mode"] == "实地" and row["unit_code"] == STREET),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)  # fmt: skip
def test_filters(session: Session, filters: dict[str, Any], keep: Any) -> None:
    columns = ("visit_mode", "systems", "has_issue", "visit_date")
    everything = all_pages(session, ListQuery("visit", columns=columns))
    expected = [row["id"] for row in everything if keep(row)]
    query = ListQuery("visit", filters, columns=columns)
    assert keys(all_pages(session, query)) == expected
    assert 0 < len(expected) < 40 and lists.count(session, query) == len(expected)


def test_ids_incomplete_and_deleted(session: Session) -> None:
    rows = all_pages(session, ListQuery("visit"))
    records.delete(session, REGISTERS["visit"], rows[3]["id"], CLERK)
    assert rows[3]["id"] not in keys(all_pages(session, ListQuery("visit")))
    assert keys(all_pages(session, ListQuery("visit", {"deleted": True}))) == [rows[3]["id"]]
    two = [rows[0]["id"], str(rows[1]["id"])]
    assert keys(all_pages(session, ListQuery("visit", {"ids": two}))) == keys(rows[:2])
    assert len(all_pages(session, ListQuery("visit", {"incomplete": True}))) == 39
    assert all_pages(session, ListQuery("visit", {"incomplete": False})) == []


def test_overdue_issues(session: Session) -> None:
    enterprise = firm(session, "戊", None)
    late = add(
        session, "issue", enterprise_id=enterprise, registered_on=date(2024, 4, 1), due_date=date(2024, 4, 20)
    )
    add(
        session,
        "issue",
        enterprise_id=enterprise,
        registered_on=date(2024, 4, 1),
        due_date=date(2024, 4, 20),
        status="已办结",
    )
    add(session, "issue", enterprise_id=enterprise, registered_on=date(2024, 4, 1), due_date=date(2024, 5, 1))
    assert keys(all_pages(session, ListQuery("issue", {"overdue": date(2024, 5, 1)}))) == [late]


@pytest.mark.parametrize("few", [300, 0], ids=["by the firms found", "row by row"])
@pytest.mark.parametrize(
    ("text", "found"),
    [("网络", {"甲网络", "乙网络"}), ("bing", {"丙软件"}), ("brj", {"丙软件"}), (CODES[3][-4:], {"丁软件"})],
)
def test_searching_a_list(
    session: Session, monkeypatch: pytest.MonkeyPatch, few: int, text: str, found: set[str]
) -> None:
    monkeypatch.setattr(lists, "FEW_FIRMS", few)
    rows = all_pages(session, ListQuery("visit", search=text))
    everything = all_pages(session, ListQuery("visit"))
    assert keys(rows) == [row["id"] for row in everything if row["enterprise_name"] in found]
    assert lists.count(session, ListQuery("visit", search=text)) == len(rows)
    assert {row["name"] for row in all_pages(session, ListQuery("enterprise", search=text))} == found


def test_the_other_registers_page_too(session: Session) -> None:
    enterprise = firm(session, "戊", None)
    cloud(session, enterprise)
    add(session, "nurture", enterprise_id=enterprise)
    add(session, "indicator", period="2024-05", indicator_no=5, org_code="xhyd", value=Decimal(1600))
    for register in REGISTERS:
        sorts: list[tuple[str, bool] | None] = [None]
        sorts += [(field.name, True) for field in REGISTERS[register].fields if field.in_list]
        for sort in sorts:
            query = ListQuery(register, sort=sort)
            assert len(all_pages(session, query)) == lists.count(session, query)
    assert len(all_pages(session, ListQuery("indicator", search="上云"))) == 1
    assert all_pages(session, ListQuery("indicator", search="没有这个指标")) == []
    assert len(all_pages(session, ListQuery("enterprise", {"period": f"{date.today():%Y-%m}"}))) == 5


def test_counting_stops_at_the_cap(session: Session) -> None:
    assert lists.count(session, ListQuery("visit"), cap=15) == 15
    assert lists.count(session, ListQuery("visit"), cap=100) == 40


def test_a_row_added_meanwhile_disturbs_no_later_page(session: Session) -> None:
    query = ListQuery("enterprise")
    first = lists.page(session, query, None, 2)
    firm(session, "一新企业", None)
    rest = lists.page(session, query, first.next, 10)
    assert len(first.rows) + len(rest.rows) == 4 and rest.next is None
    change(session, "enterprise", first.rows[0]["id"], contact="李伟")
    assert keys(lists.page(session, query, first.next, 10).rows) == keys(rest.rows)


@pytest.mark.parametrize(
    "query",
    [
        ListQuery("visit"),
        ListQuery("visit", sort=("visit_date", False)),
        ListQuery("visit", {"unit": STREET}),
        ListQuery("visit", {"unit": STREET, "period": "2024-05"}),
        ListQuery("visit", {"incomplete": True, "unit": STREET}),
        ListQuery("visit", {"deleted": True}),
        ListQuery("visit", {"enterprise_id": UUID(int=1)}),
        ListQuery("visit", search="网络"),
        ListQuery("enterprise"),
        ListQuery("enterprise", {"street": STREET}),
        ListQuery("enterprise", search="网络"),
        ListQuery("issue"),
        ListQuery("issue", {"overdue": date(2024, 5, 1)}),
        ListQuery("cloud"),
        ListQuery("nurture"),
        ListQuery("indicator"),
    ],
    ids=str,
)
def test_the_usual_pages_walk_an_index(session: Session, query: ListQuery) -> None:
    """No step of the plan reads a whole table of records."""
    register = REGISTERS[query.register].model.__tablename__
    statements: list[tuple[str, Any]] = []

    def listen(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        statements.append((statement, values))

    event.listen(session.connection(), "before_cursor_execute", listen)
    try:
        first = lists.page(session, query, None, 3)
        lists.page(session, query, first.next, 3)
    finally:
        event.remove(session.connection(), "before_cursor_execute", listen)
    pages = [each for each in statements if f"FROM {register}" in each[0]]
    assert pages
    for statement, values in pages:
        for step in session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all():
            assert not (step[3].startswith(f"SCAN {register}") and "INDEX" not in step[3]), (step, statement)
