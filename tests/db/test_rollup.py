"""Roll-up: values by indicator with coverage, registers' totals; for the shipped plan and an invented district's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import records, setup
from db.coverage import coverage
from db.models import ReturnFile
from db.registers import REGISTERS
from db.rollup import IndicatorLine, Rollup, combine, rollup
from db.store import Actor, Store
from db.types import new_key, now

QINGHE = Path(__file__).parents[1] / "data" / "plan_qinghe.json"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    yield opened
    opened.close()


def report(store: Store, unit: str, period: str, **values: str) -> None:
    """Indicator values as a unit's return would bring them: no=value."""
    with store.write() as session:
        for no, value in values.items():
            records.save(
                session,
                REGISTERS["indicator"],
                {
                    "period": period, "indicator_no": int(no[1:]), "org_code": unit,
                    "value": Decimal(value), "data_source": "部门统计",
                },
                Actor(unit, "测试"),
            )  # fmt: skip


def hand_in(
    store: Store, unit: str, period: str, *, late: int = 0, zero: bool = False, revision: int = 1
) -> None:
    with store.write() as session:
        session.add(
            ReturnFile(
                id=new_key(), unit_code=unit, period=period, revision=revision, state="received", late_days=late,
                zero_report=zero, summary={"visit": 3}, created_at=now(), created_by="测试",
            )
        )  # fmt: skip


def add_up(store: Store, period: str) -> Rollup:
    with store.read() as session:
        return rollup(session, period)


def line(month: Rollup, no: int) -> IndicatorLine:
    return next(each for each in month.indicators if each.no == no)


def test_a_flow_in_may_is_due_at_41_7_percent_and_a_ratio_by_interpolation(store: Store) -> None:
    report(store, "qfgw", "2024-05", i1="51.2")
    report(store, "qzsj", "2024-05", i4="91.2")
    month = add_up(store, "2024-05")
    flow, ratio = line(month, 1).as_json(), line(month, 4).as_json()
    assert (flow["completion"], flow["time_progress"], flow["gap"], flow["state"]) == (
        36.6,
        41.7,
        -5.1,
        "关注",
    )
    # 2024: from 88 to 90, five twelfths of the way is 88.83 of 90.
    assert (ratio["completion"], ratio["time_progress"], ratio["state"]) == (101.3, 98.7, "正常")


def test_every_indicator_says_how_many_of_its_units_have_reported(store: Store) -> None:
    report(store, "qfgw", "2024-05", i13="20")
    month = add_up(store, "2024-05")
    projects = line(month, 13)
    assert (projects.units_reported, projects.units_expected, projects.value) == (1, 2, Decimal(20))
    assert projects.state == "未报齐" and projects not in month.behind, "half a sum is shown and not judged"
    report(store, "qfwyfzj", "2024-05", i13="13")
    projects = line(add_up(store, "2024-05"), 13)
    assert (projects.units_reported, projects.value, projects.state) == (2, Decimal(33), "正常")
    assert line(month, 1).state == "未报" and line(month, 1).as_json()["value"] is None


def test_a_value_from_a_unit_that_is_not_responsible_is_shown_but_not_added(store: Store) -> None:
    report(store, "qfgw", "2024-05", i1="50")
    report(store, "qswj", "2024-05", i1="7")
    revenue = line(add_up(store, "2024-05"), 1)
    assert revenue.value == Decimal(50)
    assert [(unit.unit_code, unit.responsible) for unit in revenue.units] == [("qfgw", True), ("qswj", False)]
    assert revenue.units_expected == 1


def test_cloud_enterprises_count_once_across_operators(store: Store) -> None:
    with store.write() as session:
        clerk = Actor("360103002", "测试")
        firms = [
            records.save(
                session,
                REGISTERS["enterprise"],
                {"name": name, "uscc": code, "street_code": "360103002"},
                clerk,
            ).id
            for name, code in (("甲公司", "91360103MA0000015L"), ("乙公司", "91360103MA0000023F"))
        ]
        both = {
            "cloud_type": ["基础设施上云"],
            "product": "云主机",
            "evidence": ["合同"],
            "verify_status": "已核实",
        }
        for unit, firm, day in (
            ("xhyd", firms[0], date(2024, 2, 1)),
            ("xhdx", firms[0], date(2024, 3, 1)),
            ("xhdx", firms[1], date(2024, 4, 1)),
        ):
            records.save(
                session,
                REGISTERS["cloud"],
                {**both, "enterprise_id": firm, "provider_org": unit, "cloud_on": day},
                Actor(unit, "测试"),
            )
    report(store, "xhyd", "2024-05", i5="1301")
    month = add_up(store, "2024-05")
    assert (month.clouds.rows, month.clouds.counted) == (3, 2)
    cloud = line(month, 5)
    assert cloud.value == Decimal(1302), "opening balance 1300 and two firms"
    assert cloud.from_register and cloud.reported == Decimal(1301)
    assert month.clouds.uncounted == {"重复服务": 1}
    assert add_up(store, "2024-02").clouds.counted == 1


def test_visits_count_rows_by_unit_and_a_firm_once_for_the_district(store: Store) -> None:
    with store.write() as session:
        firm = records.save(
            session, REGISTERS["enterprise"], {"name": "甲公司"}, Actor("360103002", "测试")
        ).id
        for unit, day in (("360103002", 6), ("360103002", 7), ("360103001", 8)):
            records.save(
                session,
                REGISTERS["visit"],
                {
                    "enterprise_id": firm,
                    "visit_date": date(2024, 5, day),
                    "visit_mode": "电话" if day == 7 else "实地",
                },
                Actor(unit, "测试"),
            )
    month = add_up(store, "2024-05")
    assert (month.visits.rows, month.visits.enterprises) == (3, 1)
    assert {each.unit_code: (each.rows, each.enterprises) for each in month.visits.units} == {
        "360103001": (1, 1),
        "360103002": (2, 1),
    }
    assert add_up(store, "2024-06").visits.rows == 0 and add_up(store, "2024-06").visits.year_enterprises == 1


def test_problems_are_counted_by_state_and_overdue_on_the_last_day(store: Store) -> None:
    states = (("待交办", date(2024, 5, 20)), ("办理中", date(2024, 6, 20)), ("已销号", date(2024, 5, 2)))
    with store.write() as session:
        actor = Actor("360103002", "测试")
        firm = records.save(session, REGISTERS["enterprise"], {"name": "甲公司"}, actor).id
        for status, due in states:
            records.save(
                session,
                REGISTERS["issue"],
                {
                    "enterprise_id": firm, "registered_on": date(2024, 4, 20), "status": status, "due_date": due,
                    "category": "融资", "description": "流动资金紧张",
                },
                actor,
            )  # fmt: skip
    found = add_up(store, "2024-05").issues
    assert (found.open, found.overdue, found.written_off) == (2, 1, 1)
    assert [each.days for each in found.overdue_list] == [11]
    assert found.done_rate_all is not None and found.done_rate_all.quantize(Decimal("0.1")) == Decimal("33.3")


def test_coverage_knows_late_zero_and_missing_and_a_correction_does_not_make_a_return_late(
    store: Store,
) -> None:
    hand_in(store, "360103001", "2024-05")
    hand_in(store, "360103002", "2024-05", late=2)
    hand_in(store, "360103004", "2024-05", zero=True)
    hand_in(store, "360103007", "2024-05")
    hand_in(store, "360103007", "2024-05", late=3, revision=2)
    with store.read() as session:
        found = coverage(session, "2024-05")
    states = {unit.code: unit.state for unit in found.units}
    assert [states[code] for code in ("360103001", "360103002", "360103004", "360103007", "360103009")] == [
        "按时", "迟报", "零报", "按时", "未报",
    ]  # fmt: skip
    assert (found.received, found.late) == (4, 1)
    assert "360103009" in found.missing and len(found.missing) == found.expected - 4


def test_another_district_with_its_own_plan_adds_up_as_well(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "other", "999901001", "supervisor", plan=QINGHE)
    try:
        with store.read() as session:
            from db.plan_store import current

            plan = current(session)
        summed = next(each for each in plan.indicators if each.combine == "sum")
        for index, unit in enumerate(summed.units):
            report(store, unit, "2025-03", **{f"i{summed.no}": str(10 + index)})
        month = add_up(store, "2025-03")
        assert len(month.indicators) == len(plan.indicators) == 9
        assert line(month, summed.no).value == sum(Decimal(10 + index) for index in range(len(summed.units)))
        assert month.region == plan.region
    finally:
        store.close()


@given(st.lists(st.none() | st.decimals(-1000, 1000, places=2), max_size=6))
def test_combining_never_invents_a_value(values: list[Decimal | None]) -> None:
    given_ = [value for value in values if value is not None]
    assert combine("sum", values) == (sum(given_, Decimal(0)) if given_ else None)
    for how in ("single", "dedup"):
        assert combine(how, values) == (given_[0] if len(given_) == 1 else None)
