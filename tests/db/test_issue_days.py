"""A problem stands in an earlier month as its days say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from db import lists
from db.lists import ListQuery
from db.month_states import stood
from db.rollup import rollup
from db.store import Store
from tests.db.fixtures import add, firm

DAYS = {
    "registered_on": date(2024, 1, 10), "assigned_on": date(2024, 2, 5), "closed_on": date(2024, 3, 20),
    "written_off_on": date(2024, 4, 8), "review_on": date(2024, 5, 6),
}  # fmt: skip
SAID = {
    "result": "已解决",
    "satisfaction": "满意",
    "basis": "回访记录",
    "review_result": "巩固",
    "due_date": date(2024, 2, 20),
}


def problem(store: Store, **more: Any) -> None:
    with store.write() as session:
        add(
            session, "issue",
            **{"enterprise_id": firm(session), "category": "融资", "description": "希望对接贷款", "org_code": "qfgw", **more},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("month", "status", "known"),
    [
        ("2024-01", "待交办", ()),
        ("2024-02", "办理中", ("assigned_on",)),
        ("2024-03", "已办结", ("assigned_on", "closed_on", "result", "satisfaction")),
        (
            "2024-04",
            "已销号",
            ("assigned_on", "closed_on", "result", "satisfaction", "written_off_on", "basis"),
        ),
        ("2024-05", "回头看合格", (*DAYS, *SAID)),
        ("2024-12", "回头看合格", (*DAYS, *SAID)),
    ],
)
def test_a_problem_is_as_far_as_its_days(
    store: Store, month: str, status: str, known: tuple[str, ...]
) -> None:
    problem(store, status="回头看合格", **DAYS, **SAID)
    with store.read() as session:
        (row,) = session.execute(select(stood("issue", month))).mappings()
        assert row["status"] == status
        later = {*DAYS, *SAID} - {"registered_on", "due_date"}
        assert {name for name in later if row[name] is not None} == set(known) & later
        counted = rollup(session, month).issues
        assert {name: number for name, number in counted.by_status.items() if number} == {status: 1}
        assert counted.overdue == (month == "2024-02") and counted.open == (status in ("待交办", "办理中"))
        query = ListQuery("issue", {"upto": month, "status": status})
        assert [row["status"] for row in lists.page(session, query).rows] == [status]


def test_it_is_not_there_before_it_was_registered(store: Store) -> None:
    problem(store, status="待交办", registered_on=date(2024, 2, 1))
    with store.read() as session:
        assert session.execute(select(stood("issue", "2024-01"))).all() == []


@pytest.mark.parametrize("status", ["待交办", "办理中", "退回重办", "暂不能解决"])
def test_what_left_no_day_stands_as_it_is(store: Store, status: str) -> None:
    problem(store, status=status, registered_on=date(2024, 1, 10), assigned_on=date(2024, 1, 12))
    with store.read() as session:
        (row,) = session.execute(select(stood("issue", "2024-01"))).mappings()
        assert row["status"] == status
