"""Indicators out of the registers: each rule by itself, then read from a store."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import cloud_choices, plan_store, settings
from db import computed_indicators as computed
from db.computed_indicators import Certified, CoreFirm, CountedService, Released, StockedProject
from db.computed_reading import computed_for, computed_one, computed_value, yearly_floor
from db.errors import UsageError
from db.parameters import read_parameters
from db.periods import Period
from db.store import Actor, Store
from db.types import new_key
from tests.db.fixtures import CODES, STREET, add, cloud, firm
from tests.db.test_cloud_views import opening_list

D = Decimal
MAY = Period("2024-05")
DISTRICT = Actor("qszjj", "李明", "supervisor")


def service(
    day: date | None = date(2024, 3, 1), *, lapsed: bool = False, opening: bool = False
) -> CountedService:
    return CountedService(new_key(), day, lapsed, opening)


def test_cloud_stands_on_the_opening_figure_until_a_list_replaces_it() -> None:
    new, old, later = service(lapsed=True), service(date(2022, 6, 1)), service(date(2024, 6, 1))
    found = computed.cloud([new, old, later], MAY, D(1300), 2022)
    assert (found.value, found.base, found.rows) == (D(1301), D(1300), (new.id,))
    assert dict(found.parts) == {"净新增": D(1), "有效数": D(1300)}
    assert "期初数 1,300 家" in found.scope and "无法比对去重" in found.notes[0]
    assert found.difference(D(1290)) == D(11) and found.difference(None) is None
    listed = [service(date(2022, 12, 31), opening=True) for _ in range(3)]
    found = computed.cloud([new, old, later, *listed], MAY, D(1300), 2022)
    assert (found.value, found.base) == (D(5), D(0))
    assert found.rows == (new.id, old.id, *(each.id for each in listed))
    assert "相差 1,297 家" in found.notes[0] and dict(found.parts)["净新增"] == D(2)
    assert computed.cloud(listed, MAY, D(3), 2022).notes == ()


def core_firm(**more: Any) -> CoreFirm:
    values = {
        "uscc": CODES[0], "de_core": True, "above_scale": False, "status": "正常", "status_on": None,
        "established_on": date(2019, 1, 1), "recognised": False,
    }  # fmt: skip
    return CoreFirm(id=new_key(), **{**values, **more})


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({}, True),
        ({"status": "停业"}, True),
        ({"status": None}, True),
        ({"uscc": None}, False),
        ({"de_core": False}, False),
        ({"status": "注销"}, False),
        ({"status": "迁出", "status_on": date(2024, 6, 1)}, True),
        ({"status": "迁出", "status_on": date(2024, 5, 31)}, False),
        ({"established_on": date(2024, 6, 1)}, False),
    ],
)
def test_a_core_firm_by_industry(values: dict[str, Any], counts: bool) -> None:
    one = core_firm(**values)
    assert computed.core([one], MAY).rows == ((one.id,) if counts else ())


def test_core_firms_by_recognition_and_those_above_scale() -> None:
    known, plain = core_firm(recognised=True, above_scale=True, de_core=False), core_firm()
    by_industry = computed.core([known, plain], MAY)
    assert by_industry.rows == (plain.id,) and dict(by_industry.parts) == {
        "规上": D(0),
        "认定有效": D(0),
    }
    recognised = computed.core([known, plain], MAY, computed.BY_RECOGNITION)
    assert recognised.rows == (known.id,) and dict(recognised.parts)["规上"] == D(1)
    assert recognised.scope != by_industry.scope
    assert computed.is_recognition("数字经济核心产业企业认定", "已入库", date(2024, 5, 31), MAY)
    assert not computed.is_recognition("数字经济核心产业企业认定", "已入库", date(2024, 5, 30), MAY)
    assert not computed.is_recognition("数字经济核心产业企业认定", "区级审核", None, MAY)


def release(day: date | None, kind: str = "机会清单") -> Released:
    return Released(new_key(), kind, day)


def test_releases_are_cumulative_or_of_the_year() -> None:
    early = [release(date(2022, 5, 1)) for _ in range(2)]
    rows = [
        *early,
        release(date(2023, 5, 1)),
        release(date(2024, 5, 31), "产品清单"),
        release(date(2024, 6, 1)),
        release(None),
    ]
    found = computed.lists(rows, MAY, D(4), 2022, yearly=False)
    assert (found.value, found.base, len(found.rows)) == (D(6), D(4), 2), (
        "the base stands for what it counted"
    )
    assert dict(found.parts) == {"机会清单": D(1), "产品清单": D(1)}
    whole = computed.lists(
        [*rows, *(release(date(2021, 1, 1)) for _ in range(2))], MAY, D(4), 2022, yearly=False
    )
    assert (whole.value, whole.base, len(whole.rows)) == (D(6), D(0), 6), "all of the base is in the register"
    year = computed.lists(rows, MAY, D(4), 2022, yearly=True)
    assert (year.value, year.scope) == (D(1), "2024 年内发布的批次")


def test_projects_in_stock_and_the_yearly_floor() -> None:
    def one(stock: bool, day: date | None, stage: str = "在建") -> StockedProject:
        return StockedProject(new_key(), stock, day, stage)

    rows = [
        one(True, date(2023, 1, 1)),
        one(True, None),
        one(True, date(2024, 6, 1)),
        one(False, None),
        one(True, None, "终止"),
    ]
    found = computed.project(rows, MAY, D(30))
    assert found.rows == (rows[0].id, rows[1].id)
    assert found.notes == ("年度底线 30 个，还差 28 个。", "1 个在库项目没有填入库日期，按在库计。")
    assert computed.project(rows[:1], MAY, D(1)).notes == ("年度底线 1 个，已达到。",)
    assert computed.project(rows[:1], MAY).notes == ()


def test_newly_certified_firms_once_each() -> None:
    who, other = new_key(), new_key()

    def title(firm_id: Any, day: date | None, kind: str = "省级专精特新", **more: Any) -> Certified:
        values = {"stage": "已入库", "entered": None, **more}
        return Certified(new_key(), firm_id, kind, day, **values)

    first = title(who, date(2024, 2, 1))
    again = title(who, date(2024, 4, 1), "国家小巨人")
    by_month = title(other, None, entered="2024-03")
    rows = [
        again, first, by_month, title(new_key(), date(2023, 5, 1)), title(new_key(), date(2024, 6, 1)),
        title(new_key(), date(2024, 2, 1), "创新型中小企业"), title(new_key(), None, stage="区级审核", entered="2024-03"),
        title(new_key(), date(2022, 5, 1)),
    ]  # fmt: skip
    found = computed.specialised(rows, MAY, 2022)
    assert found.rows == (first.id, by_month.id) and dict(found.parts) == {"省级专精特新": D(2)}
    assert computed.specialised(rows, MAY, 2022, cumulative=True).value == D(3)


# ---------------------------------------------------------------- from a store


def test_nothing_entered_is_not_zero(store: Store) -> None:
    with store.write() as session:
        assert computed_for(session, MAY) == {}
        assert computed_value(session, "project", MAY) is None
        assert computed_one(session, 1, MAY) is None and computed_one(session, 99, MAY) is None


def fill(session: Session) -> None:
    enterprise = firm(session, de_core=True, is_above_scale=True, specialty="服务业", in_stock_ym="2020-11")
    other = firm(session, "南昌另一家有限公司", CODES[1], honors=["数字经济核心产业企业（已认定）"])
    cloud(session, enterprise)
    cloud(session, other, verify_status="待核实")
    add(session, "release", list_kind="机会清单", released_on=date(2024, 4, 1), name="第一批")
    add(session, "project", name="云谷", in_stock=True, stocked_on=date(2024, 1, 5), stage="在建")
    add(
        session, "nurture", enterprise_id=other, nurture_type="省级专精特新", stage="已入库", in_stock_ym="2024-02",
        certified_on=date(2024, 2, 3),
    )  # fmt: skip


def test_the_registers_answer_five_indicators(store: Store) -> None:
    with store.write() as session:
        fill(session)
        found = computed_for(session, MAY)
        assert {no: each.value for no, each in found.items()} == {
            5: D(1301),
            7: D(1),
            11: D(5),
            13: D(1),
            14: D(1),
        }
        assert {no: each.register for no, each in found.items()} == {
            5: "cloud", 7: "enterprise", 11: "release", 13: "project", 14: "nurture",
        }  # fmt: skip
        for each in found.values():
            assert len(each.rows) == 1
        assert "年度底线 30 个" in found[13].notes[0]
        assert yearly_floor(plan_store.current(session), 13) == D(30)
        assert computed_value(session, "project", MAY, STREET) == D(1)
        assert computed_value(session, "project", MAY, "qfgw") is None
        assert computed_one(session, 14, Period("2024-01")).value == D(0)  # type: ignore[union-attr]


def test_recognition_goes_by_its_own_record_and_by_a_parameter(store: Store) -> None:
    with store.write() as session:
        fill(session)
        settings.put(session, "parameters", {"core_scope": "认定有效"})
        assert computed_value(session, "core", MAY) == D(1), "the honour on the card"
        enterprise = firm(session, "南昌第三家有限公司", CODES[2], honors=["数字经济核心产业企业（已认定）"])
        add(
            session, "nurture", enterprise_id=enterprise, nurture_type="数字经济核心产业企业认定", stage="已入库",
            valid_to=date(2024, 5, 1), in_stock_ym="2022-01",
        )  # fmt: skip
        assert computed_value(session, "core", MAY) == D(1), "a recognition that has expired does not count"
        assert computed_value(session, "core", Period("2024-04")) == D(2)
    with pytest.raises(UsageError):
        read_parameters({"core_scope": "随意"})


def test_an_office_may_say_whether_the_year_or_all_is_counted(store: Store) -> None:
    with store.write() as session:
        fill(session)
        assert (computed_value(session, "lists", MAY), computed_value(session, "specialised", MAY)) == (
            D(5),
            D(1),
        )
        assert computed_value(session, "specialised", Period("2025-01")) == D(0)
        settings.put(session, "parameters", {"lists_scope": "当年", "specialised_scope": "累计"})
        assert computed_value(session, "lists", MAY) == D(1)
        assert computed_value(session, "specialised", Period("2025-01")) == D(1)


def test_the_opening_list_replaces_the_figure(store: Store) -> None:
    with store.write() as session:
        fill(session)
        listed = firm(session, "南昌期初有限公司", CODES[2])
        batch, _ = opening_list(session, {"enterprise_id": listed})
        cloud_choices.take_as_opening(session, batch, DISTRICT)
        assert computed_value(session, "cloud", MAY) == D(2)


@pytest.mark.parametrize("listed", [False, True])
def test_the_value_of_a_month_is_the_same_from_numbers_of_services(listed: bool) -> None:
    dice = random.Random(7)
    rows = [
        CountedService(
            new_key(),
            None
            if dice.random() < 0.1
            else date(dice.choice((2021, 2022, 2023, 2024)), dice.randint(1, 12), dice.randint(1, 28)),
            False,
            listed and dice.random() < 0.2,
        )
        for _ in range(200)
    ]
    numbers = Counter((None if row.cloud_on is None else str(row.cloud_on)[:7], row.opening) for row in rows)
    counted = [(began, on_list, number) for (began, on_list), number in numbers.items()]
    for month in (Period.of(year, n) for year in (2020, 2021, 2023, 2024) for n in (1, 6, 12)):
        for opening in (None, D(500)):
            assert (
                computed.cloud_total(counted, month, opening, 2022)
                == computed.cloud(rows, month, opening, 2022).value
            ), month
