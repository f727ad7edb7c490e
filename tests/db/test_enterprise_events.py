"""A firm is renamed, moved, closed and reopened: with date and reason, on record, and undoable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db import enterprise_events as events
from db import records, search
from db.errors import Refused
from db.store import Store
from tests.db.fixtures import CLERK, OTHER_STREET, STREET, add, change, cloud, firm, read

DAY = date(2024, 5, 8)


@pytest.fixture
def key(store: Store) -> UUID:
    with store.write() as session:
        return firm(
            session, reg_address="朝阳中路 12 号", biz_address="朝阳中路12号", park_code=None, established_on=date(2015, 3, 1)
        )  # fmt: skip


def test_a_renamed_firm_is_found_by_both_names(store: Store, key: UUID) -> None:
    with store.write() as session:
        events.rename(session, key, "江西云海网络科技有限公司", DAY, "变更登记", CLERK)
        card = read(session, "enterprise", key)
        assert (card["name"], card["alias"]) == ("江西云海网络科技有限公司", "江西云栈网络科技有限公司")
        for name in ("云栈", "云海", "江西云栈网络科技有限公司"):
            assert [hit.id for hit in search.find_enterprises(session, name)] == [key], name
        events.rename(session, key, "江西云栈网络科技有限公司", DAY, "又改回来", CLERK)
        assert read(session, "enterprise", key)["alias"] == "江西云海网络科技有限公司"
        found = events.events_of(session, [key])
        assert [each.kind for each in found] == ["更名", "更名"]
        assert found[1].old["name"] == "江西云栈网络科技有限公司" and found[1].reason == "变更登记"
        entry = records.history(session, key)[0]
        assert entry.action == "event" and "更名（2024-05-08）：又改回来" in (entry.note or "")


def test_a_firm_moves(store: Store, key: UUID) -> None:
    with store.write() as session:
        events.move(session, key, DAY, "房租到期", CLERK, street_code=OTHER_STREET, reg_address="洪城路 8 号")
        card = read(session, "enterprise", key)
        assert (card["street_code"], card["reg_address"], card["biz_address"]) == (
            OTHER_STREET, "洪城路 8 号", "洪城路 8 号",
        )  # fmt: skip
        assert card["unit_code"] == STREET, "who reports it is another question"


@pytest.mark.parametrize("kind", events.CLOSING)
def test_a_firm_closes_and_what_is_open_is_told(store: Store, key: UUID, kind: str) -> None:
    with store.write() as session:
        cloud(session, key)
        add(session, "issue", enterprise_id=key, description="办公面积不足", status="办理中")
        add(session, "issue", enterprise_id=key, description="已经办好", status="已销号")
        add(session, "nurture", enterprise_id=key, stage="达标预警")
        add(session, "nurture", enterprise_id=key, stage="放弃", nurture_type="省级专精特新")
        add(session, "firm_plan", enterprise_id=key, goal="扩大办公面积")
        done = events.close(session, key, kind, DAY, "股东决定", CLERK)
        card = read(session, "enterprise", key)
        assert (card["status"], card["status_on"], card["status_reason"]) == (kind, DAY, "股东决定")
        assert [(each.register, each.words) for each in done.pending] == [
            ("issue", "问题：办公面积不足（办理中）"),
            ("nurture", "培育对象：升规入统（达标预警）"),
            ("firm_plan", "一企一策：扩大办公面积（实施中）"),
        ]
        counted = session.execute(records.table_of(records.REGISTERS["cloud"]).select()).one().counted
        assert counted == (kind == "停业"), "a firm that is gone counts no longer"
        with pytest.raises(Refused):
            events.close(session, key, kind, DAY, "又一次", CLERK)


def test_a_closed_firm_reopens_and_a_struck_one_does_not(store: Store, key: UUID) -> None:
    with store.write() as session:
        with pytest.raises(Refused):
            events.reopen(session, key, DAY, "没有停过", CLERK)
        events.close(session, key, "停业", DAY, "装修", CLERK)
        events.reopen(session, key, DAY + timedelta(30), "装修完成", CLERK)
        assert read(session, "enterprise", key)["status"] == "正常"
        struck = events.close(session, key, "注销", DAY + timedelta(60), "清算完毕", CLERK)
        for again in (
            lambda: events.reopen(session, key, DAY, "想再开", CLERK),
            lambda: events.close(session, key, "停业", DAY, "想停", CLERK),
        ):
            with pytest.raises(Refused) as refused:
                again()
            assert refused.value.id == "already_closed"
        events.undo(session, struck.id, CLERK)
        assert read(session, "enterprise", key)["status"] == "正常"


CHANGES: dict[str, Callable[[Session, UUID], Any]] = {
    "rename": lambda s, k: events.rename(s, k, "江西云海网络科技有限公司", DAY, "变更登记", CLERK),
    "move": lambda s, k: events.move(
        s, k, DAY, "搬迁", CLERK, street_code=OTHER_STREET, reg_address="洪城路 8 号"
    ),
    "close": lambda s, k: events.close(s, k, "停业", DAY, "装修", CLERK),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_taken_back(store: Store, key: UUID, name: str) -> None:
    with store.write() as session:
        before = read(session, "enterprise", key)
        done = CHANGES[name](session, key)
        events.undo(session, done.id, CLERK)
        after = read(session, "enterprise", key)
        assert after["digest"] == before["digest"]
        assert [each.undone for each in events.events_of(session, [key])] == [True]
        assert [hit.id for hit in search.find_enterprises(session, "云海")] == []
        with pytest.raises(Refused) as refused:
            events.undo(session, done.id, CLERK)
        assert refused.value.id == "not_applied"


def test_a_change_that_was_changed_again_stays(store: Store, key: UUID) -> None:
    with store.write() as session:
        done = CHANGES["rename"](session, key)
        change(session, "enterprise", key, contact="陈刚")
        change(session, "enterprise", key, name="江西云河网络科技有限公司")
        with pytest.raises(Refused) as refused:
            events.undo(session, done.id, CLERK)
        assert refused.value.id == "changed_since" and "企业名称" in refused.value.message
        assert "联系人" not in refused.value.message


@pytest.mark.parametrize(
    ("what", "id"),
    [
        (lambda s, k: events.rename(s, k, " ", DAY, "变更登记", CLERK), "name_missing"),
        (
            lambda s, k: events.rename(s, k, "江西云栈网络科技有限公司 ", DAY, "变更登记", CLERK),
            "nothing_changed",
        ),
        (lambda s, k: events.rename(s, k, "新名", DAY, " ", CLERK), "reason_missing"),
        (lambda s, k: events.rename(s, k, "新名", date(2999, 1, 1), "变更登记", CLERK), "date_in_future"),
        (lambda s, k: events.rename(s, k, "新名", date(2015, 1, 1), "变更登记", CLERK), "date_too_early"),
        (lambda s, k: events.move(s, k, DAY, "搬迁", CLERK, street_code=STREET), "nothing_changed"),
    ],
)
def test_what_is_refused_changes_nothing(store: Store, key: UUID, what: Callable[..., Any], id: str) -> None:
    with store.write() as session:
        before = read(session, "enterprise", key)
        with pytest.raises(Refused) as refused:
            what(session, key)
        assert refused.value.id == id
        assert read(session, "enterprise", key) == before and events.events_of(session, [key]) == []


def test_what_was_unread_of_a_name_is_settled_by_the_new_one(store: Store, key: UUID) -> None:
    with store.write() as session:
        records.save(
            session, records.REGISTERS["enterprise"], {"street_code": None}, CLERK, id=key, unparsed={"street_code": "某街"}
        )  # fmt: skip
        events.move(session, key, DAY, "核实", CLERK, street_code=STREET)
        assert read(session, "enterprise", key)["unparsed"] is None
