"""Two cards become one and apart again: nothing is lost, nothing points at nobody, an undo restores the bits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import duplicate_search, lineage, merge_undo, merging, records, search, setup, verify
from db.errors import Refused
from db.models import EnterpriseMerge
from db.registers import REGISTERS
from db.store import Store
from tests.db.fixtures import CLERK, CODES, OTHER_STREET, STREET, add, change, cloud, firm, read
from tests.state import state_hash

VISIT = {"visit_date": date(2024, 5, 8), "visit_mode": "实地", "visitors": "张敏（经发办）"}


@pytest.fixture
def pair(store: Store) -> tuple[UUID, UUID]:
    """A card with a code, and one without that has the visits, a service and a candidate."""
    with store.write() as session:
        kept = firm(session, phone="0791-86510023")
        gone = firm(
            session, "云栈网络（南昌）公司", None, alias="云栈", contact="李伟", street_code=OTHER_STREET
        )
        visit = add(session, "visit", enterprise_id=gone, **VISIT, revenue_ytd=Decimal(860))
        add(
            session,
            "issue",
            enterprise_id=gone,
            visit_id=visit,
            registered_on=date(2024, 5, 8),
            category="融资",
        )
        cloud(session, kept, cloud_on=date(2024, 5, 20))
        cloud(session, gone, cloud_on=date(2024, 3, 1), product="云桌面")
        add(session, "nurture", enterprise_id=gone, asof_ym="2024-04", revenue_ytd=Decimal(700))
        for register, column in merging.references():
            if register.key not in ("visit", "issue", "cloud", "nurture"):
                add(session, register.key, **{column: gone})
    return kept, gone


def hash_of(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def merge(store: Store, kept: UUID, gone: UUID, *take: str) -> UUID:
    with store.write() as session:
        return merging.merge(session, kept, gone, take, CLERK, "营业执照核对为同一家")


def test_a_preview_suggests_and_counts(store: Store, pair: tuple[UUID, UUID]) -> None:
    before = hash_of(store)
    with store.read() as session:
        found = merging.preview(session, *pair)
    take = {choice.field.name for choice in found.choices if choice.take}
    assert {"contact", "revenue_ytd", "revenue_asof", "alias"} <= take
    assert not {"name", "phone", "uscc", "street_code"} & take, "what is there is not given up unasked"
    assert found.moves["visit"] == 1 and found.moves["liaison"] == 1
    assert hash_of(store) == before


def test_everything_moves_and_the_chosen_values_stay(store: Store, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    merge(store, kept, gone, "contact", "street_code")
    with store.read() as session:
        card = read(session, "enterprise", kept)
        assert (card["name"], card["contact"], card["street_code"], card["phone"]) == (
            "江西云栈网络科技有限公司", "李伟", OTHER_STREET, "0791-86510023",
        )  # fmt: skip
        assert set(card["alias"].split("；")) == {"云栈网络（南昌）公司", "云栈"}
        away = read(session, "enterprise", gone)
        assert away["deleted_at"] is not None and away["merged_into"] == kept
        for register, column in merging.references():
            table = records.table_of(register)
            assert session.execute(table.select().where(table.c[column] == gone)).first() is None, (
                register.key
            )
            assert session.execute(table.select().where(table.c[column] == kept)).first() is not None
        assert [hit.id for hit in search.find_enterprises(session, "云栈网络（南昌")] == [kept]
        counted = {
            row.product: row.counted for row in session.execute(records.table_of(REGISTERS["cloud"]).select())
        }
        assert counted == {"云桌面": True, "云主机": False}, "one firm counts once, by its earliest service"
        assert next(entry.action for entry in records.history(session, kept)) == "merge"
        assert duplicate_search.decided(session) == {duplicate_search.pair_of(*pair)}
        connection = session.connection()
        assert verify.damaged_records(connection, 100) == [], (
            "moved rows carry the digest of what they say now"
        )


def test_the_code_of_the_card_that_goes_can_be_kept(store: Store) -> None:
    with store.write() as session:
        kept = firm(session, "江西云栈网络科技有限公司", None, no_uscc_reason="筹建")
        gone = firm(session, "江西云栈网络公司", CODES[1])
    before = hash_of(store)
    merged = merge(store, kept, gone, "uscc", "no_uscc_reason", "name")
    with store.write() as session:
        card = read(session, "enterprise", kept)
        assert (card["uscc"], card["no_uscc_reason"], card["alias"]) == (
            CODES[1],
            None,
            "江西云栈网络科技有限公司",
        )
        merge_undo.undo(session, merged, CLERK)
    assert hash_of(store) == before


def test_an_undo_restores_the_bits(store: Store, pair: tuple[UUID, UUID]) -> None:
    before = hash_of(store)
    merged = merge(store, *pair, "name", "contact")
    assert hash_of(store) != before
    with store.write() as session:
        merge_undo.undo(session, merged, CLERK)
    assert hash_of(store) == before
    with store.read() as session:
        assert {hit.id for hit in search.find_enterprises(session, "云栈")} == set(pair)
        assert duplicate_search.decided(session) == frozenset()
        assert lineage.merges_into(session, pair[0])[0].undone
    with store.write() as session, pytest.raises(Refused) as refused:
        merge_undo.undo(session, merged, CLERK)
    assert refused.value.id == "not_applied"


@pytest.mark.parametrize("touched", ["card", "visit", "code", "again"])
def test_an_undo_is_refused_when_something_was_touched(
    store: Store, pair: tuple[UUID, UUID], touched: str
) -> None:
    kept, gone = pair
    with store.write() as session:
        change(session, "enterprise", gone, uscc=CODES[1])
    merged = merge(store, kept, gone)
    with store.write() as session:
        if touched == "card":
            change(session, "enterprise", kept, contact="陈刚")
            said = "企业档案（联系人）"
        elif touched == "visit":
            visit = session.scalar(records.table_of(REGISTERS["visit"]).select())
            change(session, "visit", visit, visit_mode="电话")
            said = "走访记录 1 条"
        elif touched == "code":
            firm(session, "另一家公司", CODES[1])
            said = CODES[1]
        else:
            third = firm(session, "第三家公司", CODES[2])
            merging.merge(session, third, kept, (), CLERK)
            said = "已删除或再次合并"
    before = hash_of(store)
    with store.write() as session, pytest.raises(Refused) as refused:
        merge_undo.undo(session, merged, CLERK)
    assert refused.value.id == "changed_since" and said in refused.value.message
    assert hash_of(store) == before


def test_what_was_entered_since_stays_with_the_kept_card(store: Store, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    with store.write() as session:
        change(session, "enterprise", gone, uscc=CODES[1])
    merged = merge(store, kept, gone)
    with store.write() as session:
        later = add(session, "visit", enterprise_id=kept, visit_date=date(2024, 5, 20))
        cloud(session, kept, cloud_on=date(2024, 1, 1), product="云备份")
    with store.write() as session:
        merge_undo.undo(session, merged, CLERK)
        assert read(session, "visit", later)["enterprise_id"] == kept
        rows = session.execute(records.table_of(REGISTERS["cloud"]).select()).all()
        assert {row.product: row.counted for row in rows} == {"云备份": True, "云主机": False, "云桌面": True}


def test_a_merged_card_is_not_restored_by_itself(store: Store, pair: tuple[UUID, UUID]) -> None:
    merge(store, *pair)
    with store.write() as session, pytest.raises(Refused) as refused:
        records.restore(session, REGISTERS["enterprise"], pair[1], CLERK)
    assert refused.value.id == "merged"


def test_a_record_begun_for_the_card_that_went_is_the_kept_ones(
    store: Store, pair: tuple[UUID, UUID]
) -> None:
    kept, gone = pair
    merge(store, kept, gone)
    with store.write() as session:
        visit = add(session, "visit", enterprise_id=gone, visit_date=date(2024, 5, 20))
        assert read(session, "visit", visit)["enterprise_id"] == kept


@pytest.mark.parametrize("who", ["same", "gone", "merged"])
def test_no_card_is_joined_with_what_is_not_there(store: Store, pair: tuple[UUID, UUID], who: str) -> None:
    kept, gone = pair
    if who == "same":
        gone = kept
    elif who == "merged":
        merge(store, kept, gone)
    else:
        with store.write() as session:
            gone = firm(session, "空档案", CODES[2])
            records.delete(session, REGISTERS["enterprise"], gone, CLERK)
    with store.write() as session, pytest.raises(Refused):
        merging.merge(session, kept, gone, (), CLERK)


def test_the_lineage_is_followed(store: Store) -> None:
    with store.write() as session:
        one, two, three = (firm(session, f"第{n}家公司", CODES[n]) for n in range(3))
        merging.merge(session, two, one, (), CLERK)
        merging.merge(session, three, two, (), CLERK)
        assert merging.kept_of(session, one) == three == merging.kept_of(session, three)
        assert lineage.kept_by_code(session, (CODES[0], CODES[1], CODES[2], "X")) == {
            CODES[0]: three,
            CODES[1]: three,
        }
        assert lineage.lineage_of(session, three) == [two, one]
        assert set(read(session, "enterprise", three)["alias"].split("；")) == {"第0家公司", "第1家公司"}


# ---------------------------------------------------------------- any pair of cards

TEXTS = st.one_of(st.none(), st.text("云栈网络科技𠮷㛃；（）A1", max_size=12))
CARDS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "alias": TEXTS,
        "contact": TEXTS,
        "street_code": st.sampled_from([None, STREET, OTHER_STREET]),
        "revenue_ytd": st.one_of(st.none(), st.decimals(-10, 99999, places=2)),
        "revenue_asof": st.sampled_from([None, "2024-03", "2024-05"]),
        "field_tag": st.sampled_from([None, ["软件信息"], ["软件信息", "其他"]]),
        "status": st.sampled_from(["正常", "停业", "迁出"]),
        "is_above_scale": st.sampled_from([None, True, False]),
    }
)
FIELDS = [field.name for field in REGISTERS["enterprise"].fields]


@pytest.fixture(scope="module")
def any_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root: Path = tmp_path_factory.mktemp("any")
    made = setup.initialise(root / "register", STREET, person="张敏")
    yield made
    made.close()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    one=CARDS,
    two=CARDS,
    codes=st.sampled_from([(None, None), (CODES[0], None), (None, CODES[0]), (CODES[0], CODES[1])]),
    rows=st.lists(st.tuples(st.sampled_from(["visit", "issue", "cloud", "nurture", "service"]), st.booleans(), st.booleans()), max_size=5),
    take=st.sets(st.sampled_from(FIELDS)),
)  # fmt: skip
def test_joined_and_taken_back_any_two_cards_are_as_before(
    any_store: Store,
    one: dict[str, Any],
    two: dict[str, Any],
    codes: tuple[str | None, str | None],
    rows: list[tuple[str, bool, bool]],
    take: set[str],
) -> None:
    with any_store.write() as session:
        kept = add(session, "enterprise", **one, uscc=codes[0])
        gone = add(session, "enterprise", **two, uscc=codes[1])
        for register, first, away in rows:
            owner = kept if first else gone
            key = (
                cloud(session, owner) if register == "cloud" else add(session, register, enterprise_id=owner)
            )
            if away:
                records.delete(session, REGISTERS[register], key, CLERK)
    before = hash_of(any_store)
    with any_store.write() as session:
        merged = merging.merge(session, kept, gone, take, CLERK)
        entry = session.get(EnterpriseMerge, merged)
        assert entry is not None and len(entry.image["moved"]) == sum(not first for _, first, _ in rows)
        assert verify.damaged_records(session.connection(), 1000) == []
    with any_store.write() as session:
        merge_undo.undo(session, merged, CLERK)
    assert hash_of(any_store) == before
    with any_store.write() as session:  # the codes are free for the next pair
        for key in (kept, gone):
            change(session, "enterprise", key, uscc=None)
