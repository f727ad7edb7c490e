"""Records are found by what they say, by number, by day and by their firm; the search follows every change."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db import find, lists, records, search, settings
from db.lists import ListQuery
from db.registers import REGISTERS
from db.save_many import Entry, save_many
from db.store import Store
from tests.db.fixtures import CLERK, STREET, add, change, firm


def titles(session: Session, query: str) -> list[str]:
    return [each.title for each in find.records(session, query)]


@pytest.fixture
def session(store: Store) -> Session:  # type: ignore[misc]
    with store.write() as opened:
        yield opened


@pytest.mark.parametrize(
    "typed", ["云谷", "数据中心", "ygsjzx", "yungu", "shujuzhongxin", "sjzx", "yungushujuzh"]
)
def test_a_project_is_found_by_fragment_initials_and_whole_pinyin(session: Session, typed: str) -> None:
    add(session, "project", name="云谷数据中心二期", stage="洽谈")
    assert titles(session, typed) == ["云谷数据中心二期"]


def test_a_problem_is_found_by_its_words_and_named_with_its_firm(session: Session) -> None:
    add(
        session, "issue", enterprise_id=firm(session), category="融资", description="流动资金不足，希望对接银行。",
        registered_on=date(2024, 5, 3),
    )  # fmt: skip
    found = find.records(session, "资金不足")
    assert [(each.register, each.title) for each in found] == [
        ("issue", "融资 · 流动资金不足，希望对接银行。")
    ]
    assert found[0].detail == "江西云栈网络科技有限公司 · 待交办"
    assert titles(session, "资金不足吗") == []


def test_the_search_follows_change_delete_and_restore(session: Session) -> None:
    key = add(session, "duty", task="培育规上企业", year="2024")
    assert titles(session, "规上企业") == ["培育规上企业"]
    change(session, "duty", key, task="建设标杆工厂")
    assert titles(session, "规上企业") == [] and titles(session, "bggc") == ["建设标杆工厂"]
    records.delete(session, REGISTERS["duty"], key, CLERK)
    assert titles(session, "标杆") == []
    records.restore(session, REGISTERS["duty"], key, CLERK)
    assert titles(session, "标杆") == ["建设标杆工厂"]


def test_many_records_saved_in_one_go_are_found(session: Session) -> None:
    drafts = [Entry({"name": f"第{number}批清单", "list_kind": "机会清单"}) for number in "一二三"]
    save_many(session, REGISTERS["release"], drafts, CLERK)
    assert titles(session, "第二批") == ["第二批清单"]
    assert len(titles(session, "批清单")) == 3


def test_index_many_takes_what_is_known_and_what_is_not(session: Session) -> None:
    key = add(session, "project", name="旧名")
    row = records.get(session, REGISTERS["project"], key)
    assert row is not None
    other = {**row, "id": UUID(int=7), "name": "另一个项目"}
    find.index_many(session, "project", [{**row, "name": "新名字"}, other])
    assert titles(session, "旧名") == [] and titles(session, "新名字") == [
        "旧名"
    ]  # found by what was indexed
    find.forget(session, [key, None])
    assert titles(session, "新名字") == []


def test_visits_by_number_and_day_and_nothing_for_a_short_number(session: Session) -> None:
    key = add(session, "visit", enterprise_id=firm(session), visit_date=date(2024, 5, 8))
    number = (records.get(session, REGISTERS["visit"], key) or {})["visit_no"]
    for typed in (number, number[:-2], "202405-0"):
        assert [each.id for each in find.by_number(session, typed, STREET)] == [key]
    assert find.by_number(session, "20240", STREET) == []
    assert [each.id for each in find.visits_on(session, date(2024, 5, 8), STREET)] == [key]
    assert find.visits_on(session, date(2024, 5, 9), STREET) == []


def test_what_is_known_of_a_firm(session: Session) -> None:
    key = firm(session)
    for day in (3, 8, 15):
        add(session, "visit", enterprise_id=key, visit_date=date(2024, 5, day))
    add(session, "liaison", enterprise_id=key, leader="王区长", from_on=date(2024, 1, 1))
    found = find.of_firm(session, key)
    assert [each.register for each in found] == ["visit", "visit", "liaison"]
    assert "2024-05-15" in found[0].title and "王区长" in found[2].title


def test_a_rebuilt_search_finds_the_same(session: Session) -> None:
    add(session, "project", name="云谷数据中心二期")
    firm(session)
    settings.put(session, find.SETTING, None)
    assert not find.is_current(session)
    assert find.rebuild(session) == 1
    assert find.is_current(session)
    assert titles(session, "yungu") == ["云谷数据中心二期"]
    assert [hit.name for hit in search.find_enterprises(session, "yunzhan")] == ["江西云栈网络科技有限公司"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("yunzhan", True), ("yunzhanwangluokejiyouxian", True), ("zhanwangl", True), ("yunzhen", False), ("wangluoyun", False)],
)  # fmt: skip
def test_a_firm_is_found_by_whole_pinyin(session: Session, typed: str, found: bool) -> None:
    firm(session)
    assert bool(search.find_enterprises(session, typed)) is found


def test_every_list_can_be_searched_by_what_its_records_say(session: Session) -> None:
    key = firm(session)
    values = {
        "issue": {"description": "用工缺口十二人", "enterprise_id": key}, "project": {"content": "用工缺口"},
        "duty": {"content": "解决用工缺口"}, "matter": {"topic": "用工缺口"}, "lead": {"next_step": "用工缺口"},
        "service": {"subject": "用工缺口招聘会"}, "firm_plan": {"goal": "补上用工缺口", "enterprise_id": key},
    }  # fmt: skip
    for register, given in values.items():
        add(session, register, **given)
        add(session, register, **{name: value for name, value in given.items() if name == "enterprise_id"})
        query = ListQuery(register, search="用工缺口")
        assert len(lists.page(session, query).rows) == lists.count(session, query) == 1, register


def test_every_list_opens_counts_and_searches(session: Session) -> None:
    for register in REGISTERS:
        for text in ("", "云栈", "yz", "2024"):
            query = ListQuery(register, {"unit": STREET, "period": "2024-05"}, text)
            assert lists.page(session, query).rows == [] and lists.count(session, query) == 0


def test_a_register_of_an_older_program_is_caught_up_with_once(store: Store) -> None:
    with store.write() as session:
        add(session, "project", name="云谷数据中心二期")
        firm(session)
        # As version 1 left it: initials without spellings, no search of records.
        session.connection().exec_driver_sql("DELETE FROM record_search")
        session.connection().exec_driver_sql("INSERT INTO fts_record (fts_record) VALUES ('rebuild')")
        seq, initials = (
            session.connection().exec_driver_sql("SELECT seq, initials FROM enterprise_search").one()
        )
        session.connection().exec_driver_sql(
            "INSERT INTO fts_initials (fts_initials, rowid, initials) VALUES ('delete', ?, ?)",
            (seq, search._suffixes(initials)),
        )
        old = initials.split(" ~")[0]
        session.connection().exec_driver_sql("UPDATE enterprise_search SET initials = ?", (old,))
        session.connection().exec_driver_sql(
            "INSERT INTO fts_initials (rowid, initials) VALUES (?, ?)", (seq, search._suffixes(old))
        )
        settings.put(session, find.SETTING, None)
        assert not search.find_enterprises(session, "yunzhan") and not titles(session, "云谷")
    assert find.catch_up(store, lambda: True) is False
    assert find.catch_up(store) is True
    assert find.catch_up(store) is False
    with store.read() as session:
        assert search.find_enterprises(session, "yunzhan") and titles(session, "云谷")
        assert [hit.name for hit in search.find_enterprises(session, "jxyz")] == ["江西云栈网络科技有限公司"]
