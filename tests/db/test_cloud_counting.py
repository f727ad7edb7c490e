"""Which cloud record counts: the rules one by one, and the count kept right by every save."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import cloud_counting, records, settings
from db.registers import REGISTERS
from db.store import Actor, Store
from tests.db.fixtures import CLERK, CODES, change, cloud, firm, read

CARRIER = Actor("xhdx", "刘洋")


def verdict(session: Session, key: Any) -> tuple[bool, str | None]:
    row = read(session, "cloud", key)
    return row["counted"], row["uncounted_reason"]


def test_a_firm_counts_once_by_its_earliest_service(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        mobile = cloud(session, enterprise, cloud_on=date(2024, 5, 8))
        assert verdict(session, mobile) == (True, None)
        telecom = cloud(session, enterprise, provider_org="xhdx", cloud_on=date(2024, 4, 1), actor=CARRIER)
        assert verdict(session, telecom) == (True, None)
        assert verdict(session, mobile) == (False, "重复服务")
        records.delete(session, REGISTERS["cloud"], telecom, CARRIER)
        assert verdict(session, mobile) == (True, None)
        assert read(session, "cloud", mobile)["rev"] == 1, "what is worked out is no revision"


def test_moving_a_record_to_another_firm_recounts_both(store: Store) -> None:
    with store.write() as session:
        one, other = firm(session), firm(session, "南昌另一家有限公司", CODES[1])
        first, second = cloud(session, one, cloud_on=date(2024, 1, 1)), cloud(session, one)
        change(session, "cloud", first, enterprise_id=other)
        assert verdict(session, first) == verdict(session, second) == (True, None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"verify_status": "待核实"}, (False, None)),
        ({"verify_status": "核实不符"}, (False, None)),
        ({"cloud_on": None}, (False, None)),
        ({"evidence": []}, (False, "无证明")),
        ({"product": "企业宽带"}, (False, "非云产品")),
        ({"product": "宽带、短信套餐"}, (False, "非云产品")),
        ({"product": "宽带、云存储"}, (True, None)),
        ({"product": "短信平台"}, (True, None)),
        ({"expire_on": date(2024, 6, 1)}, (True, None)),
        ({"verify_status": "已失效"}, (True, None)),
    ],
)
def test_what_counts_of_a_record(
    store: Store, values: dict[str, Any], expected: tuple[bool, str | None]
) -> None:
    with store.write() as session:
        assert verdict(session, cloud(session, firm(session), **values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "筹建"}, (True, None)),
        ({"status": "停业"}, (True, None)),
        ({"status": "迁出"}, (False, "区外企业")),
        ({"status": "注销"}, (False, "已失效")),
        ({"street_code": None}, (False, "区外企业")),
        ({"uscc": None, "no_uscc_reason": "筹建中"}, (False, None)),
    ],
)
def test_what_counts_of_a_firm(
    store: Store, values: dict[str, Any], expected: tuple[bool, str | None]
) -> None:
    with store.write() as session:
        enterprise = firm(session)
        key = cloud(session, enterprise)
        change(session, "enterprise", enterprise, **values)
        assert verdict(session, key) == expected


def test_the_office_may_drop_expired_services_and_edit_the_words(store: Store) -> None:
    with store.write() as session:
        old, mail = firm(session), firm(session, "南昌另一家有限公司", CODES[1])
        expired = cloud(session, old, expire_on=date(2024, 6, 1))
        letter = cloud(session, mail, product="企业邮箱")
        settings.put(session, "parameters", {"cloud_drop_expired": True, "telecom_words": "宽带、邮箱"})
        session.flush()
        assert cloud_counting.recount(session, today=date(2024, 7, 1)) == 2
        assert verdict(session, expired) == (False, "已失效")
        assert verdict(session, letter) == (False, "非云产品")
        assert cloud_counting.recount(session, today=date(2024, 6, 1)) == 1
        assert verdict(session, expired) == (True, None)


def test_recounting_everything_changes_nothing_that_is_right(store: Store) -> None:
    with store.write() as session:
        for number, code in enumerate(CODES):
            enterprise = firm(session, f"南昌第{number}号网络有限公司", code)
            cloud(session, enterprise, cloud_on=date(2024, 1, 1 + number))
            cloud(session, enterprise, cloud_on=date(2024, 2, 1 + number), verify_status="待核实")
        assert cloud_counting.recount(session) == 0


def test_a_restored_record_is_counted_again(store: Store) -> None:
    with store.write() as session:
        key = cloud(session, firm(session))
        records.delete(session, REGISTERS["cloud"], key, CLERK)
        records.restore(session, REGISTERS["cloud"], key, CLERK)
        assert verdict(session, key) == (True, None)
