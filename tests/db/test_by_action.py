"""The month by 行动: every one of the plan, its tasks of the year, what they say, and what is late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from db import plan_store
from db.by_action import by_action, said
from db.errors import UsageError
from db.store import Store
from tests.db.fixtures import add


def task(session: object, name: str, **more: object) -> None:
    values = {
        "year": "2024",
        "action_id": "1.1",
        "asof_ym": "2024-05",
        "status": "正常推进",
        "due_date": date(2024, 12, 31),
    }
    add(session, "duty", task=name, **{**values, **more})  # type: ignore[arg-type]


def test_every_action_of_the_plan_is_there_with_its_tasks(store: Store) -> None:
    with store.write() as session:
        task(session, "甲", status="已完成", progress_pct=Decimal(100), progress_text="已验收。")
        task(
            session,
            "乙",
            due_date=date(2024, 5, 10),
            progress_pct=Decimal(35),
            problem_text="缺资金。",
            next_text="下月招标。",
        )
        task(session, "丙", action_id="1.2", problem_text="无")
        task(session, "去年", year="2023")
        task(session, "下月才报", asof_ym="2024-06")
    with store.read() as session:
        plan = plan_store.current(session)
        lines = by_action(session, "2024-05")
    assert [line.id for line in lines] == [action.id for action in plan.actions] and len(lines) == 17
    first, second = lines[0], lines[1]
    assert {each.task for each in first.tasks} == {"甲", "乙"}
    assert (first.done, first.late, first.mean) == (1, 1, Decimal("67.5"))
    assert [each.problem for each in second.tasks] == [""]
    assert lines[-1].tasks == () and lines[-1].mean is None


def test_a_task_without_an_action_comes_last(store: Store) -> None:
    with store.write() as session:
        task(session, "甲", action_id=None)
    with store.read() as session:
        lines = by_action(session, "2024-05")
    assert (lines[-1].id, [each.task for each in lines[-1].tasks]) == ("", ["甲"])


@pytest.mark.parametrize(
    ("text", "told"), [("无", ""), ("无。", ""), (None, ""), ("  ", ""), ("缺人", "缺人")]
)
def test_nothing_is_not_repeated_as_a_word(text: str | None, told: str) -> None:
    assert said(text) == told


def test_a_text_that_is_no_month_is_refused(store: Store) -> None:
    with store.read() as session, pytest.raises(UsageError):
        by_action(session, "2024年")
