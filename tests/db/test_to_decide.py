"""What a meeting has to decide: which problems, why, in what order, and the decision asked for."""

from __future__ import annotations

from datetime import date

from db import settings
from db.store import Store
from db.to_decide import to_decide
from tests.db.fixtures import OTHER_STREET, add, firm


def problem(session: object, firm_id: object, what: str, **more: object) -> None:
    values = {
        "enterprise_id": firm_id, "registered_on": date(2024, 5, 6), "category": "融资", "description": what, "urgency": "一般",
        "level": "街道自办", "org_code": OTHER_STREET, "due_date": date(2024, 6, 20), "status": "办理中",
    }  # fmt: skip
    add(session, "issue", **{**values, **more})  # type: ignore[arg-type]


def test_each_reason_brings_a_problem_to_the_meeting_and_asks_for_something(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "today", "2024-05-31")
        one = firm(session)
        problem(session, one, "好好办着")
        problem(session, one, "超期", due_date=date(2024, 5, 20))
        problem(session, one, "早超期", due_date=date(2024, 4, 1))
        problem(session, one, "提级", level="区级调度")
        problem(session, one, "提市级", level="上报市级")
        problem(session, one, "延期", extend_count=3, extend_reason="等批复")
        problem(session, one, "解决不了", status="暂不能解决")
        problem(session, one, "办完了", status="已办结", due_date=date(2024, 4, 1))
        problem(session, one, "六月的", registered_on=date(2024, 6, 3), due_date=date(2024, 5, 1))
    with store.read() as session:
        found = to_decide(session, "2024-05")
    told = {each.description: each for each in found.questions}
    assert set(told) == {"超期", "早超期", "提级", "提市级", "延期", "解决不了"} and found.count == 6
    assert (found.overdue, found.raised, found.repeated, found.stuck) == (2, 2, 1, 1)
    assert told["早超期"].days == 60 and "提级为区级调度" in told["早超期"].asked
    assert told["超期"].why == "超期" and "限期办结" in told["超期"].asked
    assert told["延期"].why == "多次延期" and "不再延期" in told["延期"].asked
    assert "市级" in told["提市级"].asked and "分工" in told["提级"].asked
    assert told["解决不了"].why == "暂不能解决" and "向企业解释" in told["解决不了"].asked


def test_the_urgent_come_first_and_the_list_ends_where_it_is_told_to(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "today", "2024-05-31")
        one = firm(session)
        for number, urgency in enumerate(("一般", "紧急", "特急", "一般")):
            problem(session, one, f"{number}", urgency=urgency, due_date=date(2024, 5, 10 - number))
    with store.read() as session:
        found = to_decide(session, "2024-05", listed=3)
    assert [each.description for each in found.questions] == ["2", "1", "3"] and found.count == 4


def test_matters_that_wait_are_told_and_nothing_gives_nothing(store: Store) -> None:
    with store.read() as session:
        empty = to_decide(session, "2024-05")
    assert (empty.count, empty.questions, empty.matters) == (0, (), ())
    with store.write() as session:
        for topic, status, day in (
            ("甲", "待上会", date(2024, 5, 3)),
            ("乙", "已议定", date(2024, 5, 3)),
            ("丙", "待上会", date(2024, 6, 3)),
        ):
            add(session, "matter", topic=topic, status=status, raised_on=day)
    with store.read() as session:
        assert [each.topic for each in to_decide(session, "2024-05").matters] == ["甲"]
