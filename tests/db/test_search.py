"""Finding enterprises: fragments, widths, codes, former names, initials, near misses; and staying up to date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db import records, search
from db.registers import REGISTERS
from db.store import Store
from tests.db.fixtures import CLERK, CODES, OTHER_STREET, STREET, add, change, firm

NAMES = (
    "江西云栈网络科技有限公司",
    "江西梦驰网络科技有限公司",
    "南昌云海数据服务有限公司",
    "长春药业（南昌）有限公司",
)


@pytest.fixture
def session(store: Store) -> Session:
    with store.write() as writing:
        for name, code in zip(NAMES, CODES, strict=True):
            firm(writing, name, code)
        yield writing  # type: ignore[misc]


def names(session: Session, query: str, **more: object) -> list[str]:
    return [hit.name for hit in search.find_enterprises(session, query, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("云", {NAMES[0], NAMES[2]}),
        ("云栈", {NAMES[0]}),
        ("网络科技", {NAMES[0], NAMES[1]}),
        ("江西云", {NAMES[0]}),
        ("云栈 科技", {NAMES[0]}),
        ("科技 江西", {NAMES[0], NAMES[1]}),
        ("长春药业(南昌)", {NAMES[3]}),
        ("药业南昌", {NAMES[3]}),
        ("0015L", {NAMES[0]}),
        ("91360103ma0000023f", {NAMES[1]}),
        ("９１３６０１０３ＭＡ０００００２３Ｆ", {NAMES[1]}),
        ("jxyz", {NAMES[0]}),
        ("yzwl", {NAMES[0]}),
        ("YZWL", {NAMES[0]}),
        ("wlkj", {NAMES[0], NAMES[1]}),
        ("nc", {NAMES[2], NAMES[3]}),
        ("jx", {NAMES[0], NAMES[1]}),
        ("mc", {NAMES[1]}),
        ("ccyy", {NAMES[3]}),
        ("zcyy", {NAMES[3]}),
        ("q", set()),
        ("（）", set()),
        ("", set()),
    ],
)
def test_what_a_query_finds(session: Session, query: str, found: set[str]) -> None:
    assert set(names(session, query)) == found


def test_a_near_miss_is_offered_only_when_nothing_else_is_found(session: Session) -> None:
    assert names(session, "云站网络科技") == [NAMES[0]]
    assert names(session, "江西云桟网络科技有限公司")[0] == NAMES[0]
    assert names(session, "完全无关的字号") == []


def test_no_phrase_spans_two_names(store: Store) -> None:
    with store.write() as session:
        firm(session, "南昌甲乙", CODES[0], alias="丙丁；戊己")
        assert names(session, "丙丁") == names(session, "戊") == ["南昌甲乙"]
        assert search.matching(session, "乙丙", 10) == search.matching(session, "丁戊", 10) == []


def test_names_that_begin_so_come_first_then_the_own_street(store: Store) -> None:
    with store.write() as session:
        firm(session, "大云商贸", CODES[0], street_code=OTHER_STREET)
        firm(session, "小云商贸", CODES[1], street_code=STREET)
        firm(session, "云上商贸", CODES[2], street_code=OTHER_STREET)
        firm(session, "江西云下商贸", CODES[3], street_code=OTHER_STREET)
        assert names(session, "云", own_street=STREET) == ["云上商贸", "江西云下商贸", "小云商贸", "大云商贸"]
        assert names(session, "云", own_street=OTHER_STREET, limit=3) == [
            "云上商贸",
            "江西云下商贸",
            "大云商贸",
        ]


def test_a_hit_says_what_tells_it_apart(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        for day in (date(2024, 5, 8), date(2024, 3, 1)):
            add(session, "visit", enterprise_id=enterprise, visit_date=day)
        dropped = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 6, 1))
        records.delete(session, REGISTERS["visit"], dropped, CLERK)
        for status in ("待交办", "办理中", "已办结", "已销号"):
            add(session, "issue", enterprise_id=enterprise, registered_on=date(2024, 5, 8), status=status)
        (hit,) = search.find_enterprises(session, "云栈")
    assert (hit.id, hit.uscc, hit.street) == (enterprise, CODES[0], "朝阳洲街道")
    assert (hit.last_visit, hit.open_issues) == (date(2024, 5, 8), 2)


def test_renaming_deleting_and_restoring_reach_the_search(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        change(session, "enterprise", key, name="南昌星河软件有限公司", alias="云栈网络")
        assert (
            names(session, "云栈网络")
            == names(session, "星河")
            == names(session, "ncxh")
            == ["南昌星河软件有限公司"]
        )
        assert search.matching(session, "江西", 10) == [] and search.matching(session, "jxyz", 10) == []
        records.delete(session, REGISTERS["enterprise"], key, CLERK)
        assert names(session, "星河") == []
        records.restore(session, REGISTERS["enterprise"], key, CLERK)
        assert names(session, "星河") == ["南昌星河软件有限公司"]


def test_rebuilding_gives_the_same_search(session: Session) -> None:
    queries = ("云", "网络科技", "yzwl", "nc", "0015L")
    before = [names(session, query) for query in queries]
    assert search.rebuild(session) == len(NAMES)
    assert [names(session, query) for query in queries] == before
    change(session, "enterprise", search.find_enterprises(session, "云栈")[0].id, name="江西新名")
    assert names(session, "云栈") == [] and names(session, "新名") == ["江西新名"]


def test_matching_says_when_there_are_too_many(session: Session) -> None:
    assert len(search.matching(session, "云", 2) or []) == 2
    assert search.matching(session, "云", 1) is None


@given(st.text(max_size=12))
def test_any_text_is_a_query(query: str) -> None:
    wanted = search.phrase(query)
    assert wanted.count('"') % 2 == 0
    for part in wanted.split(" AND ") if wanted else ():
        assert part.startswith('"') and part.endswith('"') and '"' not in part[1:-1]


@pytest.mark.parametrize(
    "query", ['"', "a*b", "云 OR 栈", "NEAR(云 栈)", "-云", "𠮷野", "云\x00栈", "ﬁ", "İ"]
)
def test_odd_queries_raise_nothing(session: Session, query: str) -> None:
    search.find_enterprises(session, query)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("江西云栈", "jxyz"),
        ("长春药业", "ccyy zcyy"),
        ("ABC乐购VR", "abclgvr abcygvr"),
        ("重庆银行", "cqyh zqyh"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert search.initials(name) == expected
