"""Why a record counts, operators side by side, decisions, the opening list; the count as a whole by properties."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db import cloud_choices, cloud_counting, cloud_views, records, settings
from db.cloud_counting import Rules, judge
from db.errors import Refused
from db.models import Batch, Cloud, StagedRow
from db.periods import Period
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now
from tests.db.fixtures import CODES, STREET, add, change, cloud, firm, read

MAY, TODAY = Period("2024-05"), date(2024, 5, 24)
DISTRICT = Actor("qszjj", "李明", "supervisor")


def said(session: Session, key: UUID, enterprise: UUID | None) -> str:
    return cloud_views.why(session, key, enterprise, TODAY).words


def two_claims(session: Session) -> tuple[UUID, UUID, UUID]:
    """A firm that 移动 (first) and 电信 (later) both proved."""
    enterprise = firm(session)
    mobile = cloud(session, enterprise, cloud_on=date(2023, 4, 21))
    telecom = cloud(session, enterprise, provider_org="xhdx", product="云备份", cloud_on=date(2024, 1, 8))
    return enterprise, mobile, telecom


def test_a_record_says_in_words_why_it_counts_and_the_other_why_not(store: Store) -> None:
    with store.write() as session:
        enterprise, mobile, telecom = two_claims(session)
        assert "2 条可计数的记录中上云日期最早" in said(session, mobile, enterprise)
        words = said(session, telecom, enterprise)
        assert (
            words.startswith("不计数：该企业已由中国移动")
            and "2023-04-21 的“云主机”计入（上云日期较早）" in words
        )
        assert cloud_views.why(session, telecom, enterprise, TODAY).other == mobile


@pytest.mark.parametrize(
    ("values", "card", "short", "words"),
    [
        ({}, {}, "计数", "唯一可计数的记录"),
        ({"verify_status": "待核实"}, {}, "待核实", "还没有核实"),
        ({"verify_status": "核实不符"}, {}, "核实不符", "规则③"),
        ({"cloud_on": None}, {}, "没有上云日期", "没有填上云日期"),
        ({"evidence": []}, {}, "无证明", "合同、发票"),
        ({"product": "企业宽带"}, {}, "非云产品", "“企业宽带”是宽带、短信等通信产品"),
        ({"expire_on": date(2024, 5, 1)}, {}, "计数", "服务已到期，仍在累计数内"),
        ({}, {"status": "迁出"}, "区外企业", "规则②"),
        ({}, {"status": "注销"}, "已失效", "企业已注销"),
        ({}, {"uscc": None, "no_uscc_reason": "筹建"}, "没有信用代码", "不能去重"),
    ],
)
def test_every_reason_has_its_words(
    store: Store, values: dict[str, Any], card: dict[str, Any], short: str, words: str
) -> None:
    with store.write() as session:
        enterprise = firm(session, **({"code": card.pop("uscc")} if "uscc" in card else {}), **card)
        key = cloud(session, enterprise, **values)
        found = cloud_views.why(session, key, enterprise, TODAY)
        assert found.short == short and words in found.words
        row = read(session, "cloud", key)
        assert cloud_views.short(row)[0] == short, "the list says the same without the other records"
    assert found.counted == (short == "计数")
    lapsed = "expire_on" in values
    assert cloud_views.short(row, TODAY)[0] == ("计数（已到期）" if lapsed else short)


def test_dropped_when_expired_says_so_and_a_record_without_a_firm_too(store: Store) -> None:
    with store.write() as session:
        settings.put(session, "parameters", {"cloud_drop_expired": True})
        enterprise = firm(session)
        key = cloud(session, enterprise, expire_on=date(2024, 5, 1))
        assert "按参数从累计中核减" in said(session, key, enterprise)
        assert "还没有对应到企业" in said(session, key, None)


def test_a_changed_parameter_counts_everything_anew_once(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        key = cloud(session, enterprise, product="云视讯专线", expire_on=date(2024, 5, 1))
        assert cloud_counting.recount_if_due(session, TODAY)
        assert not cloud_counting.recount_if_due(session, TODAY)
        assert read(session, "cloud", key)["counted"]
        settings.put(session, "parameters", {"cloud_drop_expired": True})
        assert cloud_counting.is_due(session, TODAY) and cloud_counting.recount_if_due(session, TODAY)
        assert not read(session, "cloud", key)["counted"]
        assert cloud_counting.recount_if_due(session, date(2024, 5, 25)), "services expire with the days"


# ---------------------------------------------------------------- operators


def test_operators_side_by_side(store: Store) -> None:
    with store.write() as session:
        two_claims(session)
        other = firm(session, "南昌另一家有限公司", CODES[1])
        cloud(session, other, expire_on=date(2024, 5, 1))
        cloud(session, other, product="企业宽带", cloud_on=date(2022, 1, 1))
        cloud(session, other, provider_org="xhdx", verify_status="待核实")
        cloud(session, other, provider_org="xhdx", cloud_on=date(2024, 6, 2))
        add(
            session, "indicator", indicator_no=5, org_code="xhyd", period="2024-05", value=Decimal(5), data_source="台账汇总"
        )  # fmt: skip
        found = cloud_views.compare(session, MAY, TODAY)
    mobile, telecom = found.operators
    assert (mobile.code, mobile.rows, mobile.firms, mobile.verified) == ("xhyd", 3, 2, 2)
    assert (mobile.provable, mobile.counted, mobile.shared, mobile.lapsed) == (2, 2, 1, 1)
    assert dict(mobile.reasons) == {"非云产品": 1}
    assert (mobile.reported, mobile.difference) == (Decimal(5), Decimal(3))
    assert (telecom.code, telecom.rows, telecom.provable, telecom.counted) == ("xhdx", 2, 1, 0)
    assert dict(telecom.reasons) == {"重复服务": 1, "待核实": 1} and telecom.difference is None
    assert (found.union, found.valid, found.shared, found.opening) == (2, 1, 1, 0)


def test_conflicts_are_decided_by_a_person_and_remembered(store: Store) -> None:
    with store.write() as session:
        enterprise, mobile, telecom = two_claims(session)
        single = firm(session, "南昌另一家有限公司", CODES[1])
        cloud(session, single)
        cloud(session, single, product="云存储", cloud_on=date(2024, 5, 9))
        (found,) = cloud_views.conflicts(session, TODAY)
        assert (found.firm, found.counted.record, found.why) == (enterprise, mobile, "上云日期最早")
        assert [side.provider_org for side in found.sides] == ["xhyd", "xhdx"]
        cloud_choices.choose(session, telecom, "合同主体在电信", DISTRICT)
        assert read(session, "cloud", telecom)["counted"]
        assert read(session, "cloud", mobile)["uncounted_reason"] == "重复服务"
        (found,) = cloud_views.conflicts(session, TODAY)
        assert (found.counted.record, found.chosen, found.by) == (telecom, True, "李明")
        assert found.why == "人工选定：合同主体在电信"
        assert "人工选定由中国电信" in said(session, telecom, enterprise)
        assert "（人工选定）" in said(session, mobile, enterprise)
        assert (
            next(entry.note for entry in records.history(session, telecom))
            == "选定由这条计数：合同主体在电信"
        )
        cloud(session, enterprise, cloud_on=date(2023, 1, 1), product="云桌面")
        assert read(session, "cloud", telecom)["counted"], "remembered when more comes"
        cloud_choices.take_back(session, enterprise, DISTRICT)
        assert not read(session, "cloud", telecom)["counted"]
        cloud_choices.take_back(session, enterprise, DISTRICT)


def test_a_choice_follows_its_record_to_another_card(store: Store) -> None:
    with store.write() as session:
        enterprise, mobile, telecom = two_claims(session)
        cloud_choices.choose(session, telecom, "合同主体在电信", DISTRICT)
        kept = firm(session, "南昌合并后有限公司", CODES[1])
        for key in (mobile, telecom):
            change(session, "cloud", key, enterprise_id=kept)
        assert read(session, "cloud", telecom)["counted"], "as when two cards become one"
        cloud_choices.choose(session, mobile, "总公司已改签移动", DISTRICT)
        assert read(session, "cloud", mobile)["counted"] and not read(session, "cloud", telecom)["counted"]
        cloud_choices.take_back(session, kept, DISTRICT)
        assert cloud_counting.chosen_records(session) == frozenset()
        assert cloud_views.conflicts(session, TODAY)[0].firm == kept != enterprise


def test_what_cannot_be_chosen_is_refused(store: Store) -> None:
    with store.write() as session:
        enterprise, _, telecom = two_claims(session)
        with pytest.raises(Refused, match="理由"):
            cloud_choices.choose(session, telecom, " 好 ", DISTRICT)
        waiting = cloud(session, enterprise, provider_org="xhdx", product="云桌面", verify_status="待核实")
        with pytest.raises(Refused, match="不能计数"):
            cloud_choices.choose(session, waiting, "合同主体在电信", DISTRICT)
        with pytest.raises(Refused, match="不能计数"):
            cloud_choices.choose(session, new_key(), "合同主体在电信", DISTRICT)
        cloud(session, enterprise, product="OA", cloud_on=date(2021, 5, 1))
        with pytest.raises(Refused, match="期初数"):
            cloud_choices.choose(session, telecom, "合同主体在电信", DISTRICT)


def opening_list(session: Session, *rows: dict[str, Any]) -> tuple[UUID, list[UUID]]:
    """What an import of names leaves behind: records, and the staged rows of its batch."""
    batch, keys = new_key(), []
    session.add(
        Batch(
            id=batch, kind="ledger", file_name="期初名单.xlsx", file_sha256="", content_digest="", state="applied",
            rows_read=len(rows), created_at=now(), created_by=DISTRICT.person,
        )
    )  # fmt: skip
    session.flush()
    for number, row in enumerate(rows):
        key = add(session, "cloud", DISTRICT, provider_org="xhyd", **row)
        keys.append(key)
        session.add(
            StagedRow(
                batch_id=batch, seq=number, register="cloud", record_id=key, action="new", accepted=True, sheet="名单",
                label="", row_no=number + 2,
            )
        )  # fmt: skip
    session.flush()
    return batch, keys


def test_the_opening_list_counts_by_itself_and_comes_first(store: Store) -> None:
    with store.write() as session:
        enterprise, mobile, telecom = two_claims(session)
        gone = firm(session, "南昌迁走有限公司", CODES[1], status="迁出")
        batch, (listed, moved) = opening_list(session, {"enterprise_id": enterprise}, {"enterprise_id": gone})
        assert not read(session, "cloud", listed)["counted"] and read(session, "cloud", listed)["incomplete"]
        assert cloud_choices.take_as_opening(session, batch, DISTRICT) == 2
        row = read(session, "cloud", listed)
        assert (row["counted"], row["verify_status"], row["cloud_on"]) == (True, "已核实", date(2022, 12, 31))
        assert not row["incomplete"] and row["digest"] == records.digest_of(REGISTERS["cloud"], row)
        assert read(session, "cloud", mobile)["uncounted_reason"] == "重复服务"
        assert read(session, "cloud", moved)["uncounted_reason"] == "区外企业"
        assert "（期初名单）" in said(session, telecom, enterprise)
        assert said(session, listed, enterprise) == "计数：在期初名单内，按期初数计。"
        assert cloud_views.short(row) == ("计数（期初）", "ok")
        (conflict,) = cloud_views.conflicts(session, TODAY)
        assert conflict.why == "在期初名单内"
        with pytest.raises(Refused, match="期初名单"):
            cloud_choices.choose(session, telecom, "合同主体在电信", DISTRICT)
        assert cloud_views.compare(session, MAY, TODAY).opening == 1
        assert cloud_choices.forget_opening(session) == 2 and cloud_choices.listed(session) == 0


# ---------------------------------------------------------------- properties

KEYS = [new_key() for _ in range(6)]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "cloud_on": st.sampled_from([None, date(2022, 3, 1), date(2023, 1, 1), date(2023, 1, 1), date(2024, 2, 2)]),
            "expire_on": st.sampled_from([None, date(2023, 12, 31), date(2025, 1, 1)]),
            "product": st.sampled_from(["云主机", "宽带", "OA"]),
            "evidence": st.sampled_from([["合同"], []]),
            "verify_status": st.sampled_from(list(Cloud.__table__.c.verify_status.info["field"].choices)),
            "opening": st.sampled_from([None, None, True]),
        }
    ),
    max_size=6,
)  # fmt: skip
FIRMS = st.fixed_dictionaries(
    {
        "uscc": st.sampled_from([CODES[0], None]),
        "street_code": st.sampled_from([STREET, STREET, "000000"]),
        "status": st.sampled_from(["正常", "正常", "停业", "迁出", "注销"]),
    }
)


@given(card=FIRMS, rows=ROWS, drop=st.booleans(), choice=st.sampled_from([None, *KEYS]), seed=st.integers())
def test_the_count_does_not_depend_on_the_order_and_a_firm_counts_once(
    card: dict[str, Any], rows: list[dict[str, Any]], drop: bool, choice: UUID | None, seed: int
) -> None:
    entries = [{**row, "id": key} for row, key in zip(rows, KEYS, strict=False)]
    in_force = Rules(drop_expired=drop, streets=frozenset({STREET}))
    chosen = () if choice is None else (choice,)

    def verdicts(order: list[dict[str, Any]]) -> dict[UUID, tuple[bool, str | None]]:
        found = judge(card, order, in_force, TODAY, chosen)
        return {row["id"]: (each.counted, each.reason) for row, each in zip(order, found, strict=True)}

    shuffled = entries[:]
    random.Random(seed).shuffle(shuffled)
    first = verdicts(entries)
    assert first == verdicts(shuffled)
    counted = [key for key, (yes, _) in first.items() if yes]
    assert len(counted) <= 1
    able = [row for row in entries if verdicts([row])[row["id"]][0]]  # could count if the firm had no other
    assert bool(counted) == bool(able), "a firm that can be proved counts"
    for row in able:
        if row["id"] not in counted:
            assert first[row["id"]] == (False, "重复服务")
    if counted and not any(row["opening"] for row in able):
        winner = next(row for row in able if row["id"] == counted[0])
        if choice in [row["id"] for row in able]:
            assert winner["id"] == choice
        else:
            assert winner["cloud_on"] == min(row["cloud_on"] for row in able)
