"""Saving, reading, deleting and restoring records of every register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from db import records
from db.errors import Refused, StaleRecord
from db.models import AuditEntry, Park, ReturnFile
from db.registers import REGISTERS
from db.store import Store
from db.types import new_key, now
from tests.db.fixtures import CLERK, CODES, STREET, add, change, firm, read


def test_every_register_gives_back_what_was_saved(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(
            session, reg_capital=Decimal("1000.5"), field_tag=["流量经济", "数字商贸"], de_core=True
        )
        visit = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8), systems=["OA"])
        keys = {
            "enterprise": enterprise,
            "visit": visit,
            "issue": add(
                session, "issue", enterprise_id=enterprise, visit_id=visit, registered_on=date(2024, 5, 8)
            ),
            "cloud": add(
                session, "cloud", enterprise_id=enterprise, amount=Decimal("3.2"), cloud_on=date(2024, 5, 1)
            ),
            "nurture": add(
                session, "nurture", enterprise_id=enterprise, revenue_ytd=Decimal(900), asof_ym="2024-05"
            ),
            "indicator": add(
                session,
                "indicator",
                period="2024-05",
                indicator_no=1,
                org_code="qfgw",
                value=Decimal("50.12"),
            ),
        }
    with store.read() as session:
        for register, key in keys.items():
            record = read(session, register, key)
            # The candidate's revenue went to the card: its second revision.
            assert record["rev"] == (2 if register == "enterprise" else 1)
            assert (record["unit_code"], record["created_by"]) == (STREET, "张敏")
            assert record["digest"] == records.digest_of(REGISTERS[register], record)
        card = read(session, "enterprise", enterprise)
        assert card["reg_capital"] == Decimal("1000.50") and card["field_tag"] == ["流量经济", "数字商贸"]
        assert card["de_core"] is True and card["entity_type"] == "企业法人"


def test_an_update_keeps_what_it_does_not_name_and_counts_up(store: Store) -> None:
    with store.write() as session:
        key = firm(session, legal_rep="王磊")
        saved = change(session, "enterprise", key, contact="李伟")
        assert saved.changed and saved.rev == 2
        card = read(session, "enterprise", key)
        assert (card["legal_rep"], card["contact"], card["name"]) == (
            "王磊",
            "李伟",
            "江西云栈网络科技有限公司",
        )


def test_saving_the_same_values_again_writes_nothing(store: Store) -> None:
    with store.write() as session:
        key = firm(session, reg_capital=Decimal("1.50"), remark=None)
        again = change(session, "enterprise", key, reg_capital=Decimal("1.5"), remark="")
        assert again == records.Saved(key, 1, False)
        assert len(records.history(session, key)) == 1


def test_the_history_says_who_changed_what(store: Store) -> None:
    with store.write() as session:
        key = firm(session, contact="李伟")
        change(session, "enterprise", key, contact="李薇", phone="0791-86510023")
        change(session, "enterprise", key, phone=None)
        newest, second, first = records.history(session, key)
        assert (first.action, first.before) == ("create", None)
        assert first.after is not None and first.after["contact"] == "李伟"
        assert second.before == {"contact": "李伟", "phone": None}
        assert second.after == {"contact": "李薇", "phone": "0791-86510023"}
        assert (newest.by, newest.after) == ("张敏", {"phone": None})
        assert records.history(session, key, "contact") == [second, first]


def test_what_was_not_understood_is_kept_and_makes_the_row_incomplete(store: Store) -> None:
    register = REGISTERS["visit"]
    with store.write() as session:
        enterprise = firm(session)
        saved = records.save(
            session, register, {"enterprise_id": enterprise}, CLERK, unparsed={"visit_date": "上周二"}
        )
        row = read(session, "visit", saved.id)
        assert row["unparsed"] == {"visit_date": "上周二"} and row["incomplete"] is True
        records.save(session, register, {"visit_date": date(2024, 5, 7)}, CLERK, id=saved.id, unparsed={})
        row = read(session, "visit", saved.id)
        assert row["unparsed"] is None and row["visit_date"] == date(2024, 5, 7)


def test_incomplete_follows_the_conditions_of_the_fields() -> None:
    register = REGISTERS["visit"]
    full = {field.name: "x" for field in register.fields if field.required and not field.computed}
    assert not records.is_incomplete(register, full)
    assert records.is_incomplete(register, {**full, "visit_type": "挂点领导走访"})
    assert not records.is_incomplete(register, {**full, "visit_type": "挂点领导走访", "leader": "王区长"})
    assert records.is_incomplete(register, {**full, "filler": None})


def test_an_older_revision_is_refused_and_shows_the_stored_one(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        change(session, "enterprise", key, contact="李伟")
    with store.write() as session, pytest.raises(StaleRecord) as refused:
        records.save(session, REGISTERS["enterprise"], {"contact": "王磊"}, CLERK, id=key, base_rev=1)
    assert refused.value.theirs["contact"] == "李伟"


def test_a_credit_code_belongs_to_one_live_card(store: Store) -> None:
    with store.write() as session:
        first = firm(session)
        with pytest.raises(Refused) as refused:
            firm(session, "南昌另一家有限公司")
        assert refused.value.id == "duplicate_uscc" and "江西云栈网络科技有限公司" in refused.value.message
        records.delete(session, REGISTERS["enterprise"], first, CLERK)
        second = firm(session, "南昌另一家有限公司")
        with pytest.raises(Refused) as again:
            records.restore(session, REGISTERS["enterprise"], first, CLERK)
        assert again.value.id == "duplicate_uscc"
    with store.read() as session:
        assert read(session, "enterprise", second)["uscc"] == CODES[0]
        assert read(session, "enterprise", first)["deleted_at"] is not None


def test_an_indicator_has_one_value_per_month_and_office(store: Store) -> None:
    place = {"period": "2024-05", "indicator_no": 1, "org_code": "qfgw"}
    with store.write() as session:
        add(session, "indicator", **place, value=Decimal(1))
        with pytest.raises(Refused) as refused:
            add(session, "indicator", **place, value=Decimal(2))
    assert refused.value.id == "duplicate_indicator"


def test_a_reference_to_nothing_is_refused_in_words(store: Store) -> None:
    with store.write() as session, pytest.raises(Refused) as refused:
        add(session, "visit", enterprise_id=uuid4(), visit_date=date(2024, 5, 8))
    assert refused.value.id == "unknown_reference"


def test_a_firm_that_others_name_cannot_be_deleted(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        visit = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        with pytest.raises(Refused) as refused:
            records.delete(session, REGISTERS["enterprise"], enterprise, CLERK)
        assert "1 条走访记录" in refused.value.message
        records.delete(session, REGISTERS["visit"], visit, CLERK)
        records.delete(session, REGISTERS["enterprise"], enterprise, CLERK)
        assert read(session, "enterprise", enterprise)["deleted_at"] is not None


def test_a_deleted_record_is_not_edited_but_can_come_back(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        records.delete(session, REGISTERS["enterprise"], key, CLERK, note="重复建档")
        with pytest.raises(Refused) as refused:
            change(session, "enterprise", key, contact="李伟")
        assert refused.value.id == "record_deleted"
        records.restore(session, REGISTERS["enterprise"], key, CLERK)
        assert [entry.action for entry in records.history(session, key)] == ["restore", "delete", "create"]
        assert change(session, "enterprise", key, contact="李伟").changed


def hand_in(session: object, period: str, state: str = "sent") -> None:
    session.add(  # type: ignore[attr-defined]
        ReturnFile(
            id=new_key(),
            unit_code=STREET,
            period=period,
            revision=1,
            state=state,
            created_at=now(),
            created_by="张敏",
        )
    )
    session.flush()  # type: ignore[attr-defined]


def test_a_month_that_was_handed_in_is_locked(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        may = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))
        june = add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 6, 8))
        hand_in(session, "2024-05")
        for attempt in (
            lambda: change(session, "visit", may, visit_mode="电话"),
            lambda: change(session, "visit", june, visit_date=date(2024, 5, 9)),
            lambda: change(session, "visit", may, visit_date=date(2024, 6, 9)),
            lambda: add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 31)),
            lambda: records.delete(session, REGISTERS["visit"], may, CLERK),
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.id == "month_locked" and "2024 年 5 月" in refused.value.message
        assert change(session, "visit", june, visit_mode="电话").changed
        assert add(session, "issue", enterprise_id=enterprise, registered_on=date(2024, 5, 8))


def test_a_reopened_month_may_be_corrected(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        hand_in(session, "2024-05", "reopened")
        assert add(session, "visit", enterprise_id=enterprise, visit_date=date(2024, 5, 8))


def test_nothing_of_a_failed_transaction_stays(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as session:
        firm(session)
        raise RuntimeError("half way")
    with store.read() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_an_image_is_the_record_again(store: Store) -> None:
    register = REGISTERS["enterprise"]
    with store.write() as session:
        key = firm(session, reg_capital=Decimal("12.3"), established_on=date(2019, 3, 1), field_tag=["其他"])
        record = read(session, "enterprise", key)
    assert records.from_image(register, records.image(register, record) or {}) == record


def test_a_digest_is_of_the_values_not_of_their_spelling() -> None:
    register = REGISTERS["enterprise"]
    one = records.digest_of(
        register, {"name": "甲", "reg_capital": Decimal("1.5"), "alias": "", "honors": []}
    )
    assert one == records.digest_of(register, {"name": "甲", "reg_capital": Decimal("1.500")})
    assert one != records.digest_of(register, {"name": "甲", "reg_capital": Decimal("1.51")})
    assert one != records.digest_of(register, {"name": "乙", "reg_capital": Decimal("1.5")})


def test_a_park_has_one_row_a_month(store: Store) -> None:
    with store.write() as session:
        park = session.scalars(select(Park.code)).first()
        first = add(session, "park", park_code=park, period="2024-05")
        add(session, "park", park_code=park, period="2024-06")
        with pytest.raises(Refused, match="2024-05 已有一条月报"):
            add(session, "park", park_code=park, period="2024-05")
        assert change(session, "park", first, firms=12).changed
