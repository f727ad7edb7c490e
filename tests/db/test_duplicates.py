"""Which two cards are suggested as one firm, why, and what a decision does."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import duplicate_search
from db.duplicates import SUGGEST, Card, Index, compare, pair_of, sound
from db.errors import Refused
from db.store import Store
from tests.db.fixtures import CLERK, CODES, change, firm

PLACES = ("江西省", "南昌市", "西湖区", "江西", "南昌")
ONE = Card(
    UUID(int=1), "江西梦驰网络科技有限公司", (), CODES[0], "0791-86510023", "西湖区朝阳中路 12 号", "王磊"
)


def other(name: str, **more: object) -> Card:
    return Card(UUID(int=2), name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (other("完全另一个名字公司", uscc=CODES[0]), "统一社会信用代码相同"),
        (other("完全另一个名字公司", uscc="9" + "1" * 7 + CODES[0][8:]), "组织机构代码相同"),
        (other("江西梦驰网络科技有限公司"), "企业名称相同"),
        (other("梦驰网络科技（南昌）股份有限公司"), "去掉地名和组织形式"),
        (other("江西梦池网络科技有限公司"), "同音"),
        (other("江西梦驰网络科枝有限公司"), "只差一两个字"),
        (other("江西梦驰大网络科技有限公司"), "只差一两个字"),
        (other("新名字科技有限公司", former=("江西梦驰网络科技有限公司",)), "曾用名"),
        (other("别的商贸有限公司", phone="079186510023", address="朝阳中路12号"), "电话和地址都相同"),
    ],
)
def test_what_suggests_that_two_are_one(card: Card, reason: str) -> None:
    index = Index(PLACES)
    index.add(card)
    found = index.suspects(ONE)
    assert [each.second for each in found] == [card.id], "the blocks must bring them together"
    assert any(reason in each for each in found[0].reasons)
    assert found[0] == compare(ONE, card, PLACES)


@pytest.mark.parametrize(
    "card",
    [
        other("江西梦想网络科技有限公司"),  # another proper name in the same trade
        other("江西梦驰餐饮管理有限公司"),
        other("梦驰网络科技（江西）有限公司", uscc=CODES[1]),  # two valid codes are two firms
        other("别的商贸有限公司", phone="0791-86510023"),
        other(""),
    ],
)
def test_what_does_not(card: Card) -> None:
    assert compare(ONE, card, PLACES).score < SUGGEST
    index = Index(PLACES)
    index.add(card)
    assert index.suspects(ONE) == []


def test_two_valid_codes_are_said_to_speak_against_it() -> None:
    found = compare(ONE, other("江西梦驰网络科技有限公司", uscc=CODES[1]), PLACES)
    assert found.score >= SUGGEST, "two firms of one name are not registered in one place"
    assert found.against == ("两家的信用代码都有效，且不同",)


def test_an_agents_telephone_says_nothing() -> None:
    index = Index(PLACES)
    for number in range(6):
        index.add(Card(UUID(int=10 + number), f"第{number}家商贸公司", phone=ONE.phone, address=ONE.address))
    assert index.suspects(ONE) == []


def test_of_very_many_pairs_the_surest_are_kept() -> None:
    index = Index(PLACES)
    for number in range(40):
        index.add(Card(UUID(int=1 + number), "江西梦驰网络科技有限公司"))
    index.add(Card(UUID(int=100), "江西梦池网络科技有限公司"))
    found, total = index.pairs(most=10)
    assert total == 40 * 39 // 2 + 40 and len(found) == 10
    assert {each.score for each in found} == {90}
    assert found == index.pairs(most=2000)[0][:10]


def test_sounds() -> None:
    assert sound("梦驰") == sound("孟池") == sound("梦慈"), "ch and c are mixed up when typing"
    assert sound("云栈") != sound("云海")


@given(
    st.text("云海星河梦驰网络科技数据有限公司（江西）A", max_size=12),
    st.text("云海星河梦驰网络科技有限公司", max_size=12),
)
def test_the_order_of_two_cards_does_not_matter(one: str, two: str) -> None:
    first, second = Card(UUID(int=1), one), Card(UUID(int=2), two)
    forth, back = compare(first, second, PLACES), compare(second, first, PLACES)
    assert (forth.score, forth.pair) == (back.score, back.pair)
    assert 0 <= forth.score <= 100
    index = Index(PLACES)
    index.add(second)
    index.add(first)
    pairs, total = index.pairs()
    assert [each.pair for each in pairs] in ([], [forth.pair]) and total == len(pairs)
    if pairs:
        assert forth.score >= SUGGEST


@pytest.fixture
def pair(store: Store) -> tuple[UUID, UUID]:
    with store.write() as session:
        one = firm(session, "江西梦驰网络科技有限公司", CODES[0])
        two = firm(session, "南昌梦驰网络科技有限公司", None)
        firm(session, "江西元栖文化创意有限公司", CODES[2])
    return one, two


def test_the_directory_is_looked_through(store: Store, pair: tuple[UUID, UUID]) -> None:
    steps: list[tuple[int, int, str]] = []
    with store.read() as session:
        found, total = duplicate_search.scan(session, lambda *step: steps.append(step))
        assert duplicate_search.scan(session, cancelled=lambda: True) == ([], 0)
    assert [each.pair for each in found] == [pair_of(*pair)] and total == 1
    assert {step[2] for step in steps} == {"读取企业档案", "比对企业"}


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "江西梦驰网络科技有限公司"},
        {"name": "江西梦池网络科技有限公司"},
        {"name": "梦驰网络科技（江西）有限公司"},
        {"name": "江西梦驰网络科枝有限公司"},
        {"name": "随便", "uscc": CODES[0]},
    ],
)
def test_a_card_being_typed_is_compared(store: Store, pair: tuple[UUID, UUID], typed: dict[str, str]) -> None:
    with store.read() as session:
        found = duplicate_search.resembling(session, typed)
        assert pair[0] in [card.id for _, card in found]
        assert duplicate_search.resembling(session, {"name": "江西元海商贸有限公司"}) == []
        assert duplicate_search.resembling(session, {"name": "江"}) == []


def test_a_card_does_not_resemble_itself(store: Store, pair: tuple[UUID, UUID]) -> None:
    with store.read() as session:
        found = duplicate_search.resembling(session, {"name": "江西梦驰网络科技有限公司"}, pair[0])
        assert [card.id for _, card in found] == [pair[1]]


def test_a_decision_is_remembered_and_can_be_taken_back(store: Store, pair: tuple[UUID, UUID]) -> None:
    one, two = pair
    with store.write() as session, pytest.raises(Refused) as refused:
        duplicate_search.keep_apart(session, one, two, "不同", CLERK)
    assert refused.value.id == "reason_missing"
    with store.write() as session:
        duplicate_search.keep_apart(session, two, one, "一家在江西注册，一家是南昌的分店", CLERK)
    with store.read() as session:
        assert duplicate_search.scan(session) == ([], 0)
        known = duplicate_search.decisions(session)
        assert [(each.by, each.decision) for each in known] == [("张敏", "不是同一家")]
        assert set(known[0].names) == {"江西梦驰网络科技有限公司", "南昌梦驰网络科技有限公司"}
        assert duplicate_search.resembling(session, {"name": "江西梦驰网络科技有限公司"}, one) == []
    with store.write() as session:
        change(session, "enterprise", two, name="江西梦驰网络科技有限公司")
    with store.read() as session:
        assert duplicate_search.scan(session) == ([], 0), "another name does not make people forget"
    with store.write() as session:
        assert duplicate_search.take_back(session, one, two)
        assert not duplicate_search.take_back(session, one, two)
    with store.read() as session:
        assert [each.pair for each in duplicate_search.scan(session)[0]] == [pair_of(one, two)]
