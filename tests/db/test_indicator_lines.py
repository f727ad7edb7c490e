"""What becomes of a figure when the world is not tidy: each case gives a value or none, and the line says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import (
    closing,
    local_units,
    plan_file,
    plan_store,
    readings,
    records,
    restating,
    setup,
    totals,
)
from db.analysis_indicators import trend
from db.figures import figures_of
from db.indicator_lines import indicator_lines
from db.models import IndicatorValue
from db.periods import Period
from db.plan_issues import InForce
from db.progress import Semantics, show_pct
from db.registers import REGISTERS
from db.rollup import MISSING, UNJUDGED, IndicatorLine, Rollup, rollup
from db.sources import rows_of, source_of
from db.store import Actor, Store
from tests.db.plan_changes import drop_twelfth, reissue

HEAD = Actor("qszjjb", "刘科长", "supervisor")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    yield opened
    opened.close()


def report(store: Store, unit: str, period: str, no: int, value: str, month: str | None = None) -> None:
    with store.write() as session:
        key = session.scalar(
            select(IndicatorValue.id).where(
                IndicatorValue.period == period,
                IndicatorValue.indicator_no == no,
                IndicatorValue.org_code == unit,
            )
        )
        values: dict[str, Any] = {
            "period": period, "indicator_no": no, "org_code": unit, "value": Decimal(value), "data_source": "部门统计",
            "value_month": None if month is None else Decimal(month),
        }  # fmt: skip
        records.save(session, REGISTERS["indicator"], values, Actor(unit, "测试"), id=key)


def month_of(store: Store, period: str) -> Rollup:
    with store.read() as session:
        return rollup(session, period)


def line(store: Store, period: str, no: int) -> IndicatorLine:
    return next(each for each in month_of(store, period).indicators if each.no == no)


def said(found: IndicatorLine) -> str:
    return "".join(found.notes)


def of(document: dict[str, Any], no: int) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["indicators"] if each["no"] == no)
    return found


def test_the_worked_examples_come_out_of_the_register_to_the_digit(store: Store) -> None:
    # domain: in May 2024 上云 is due at 1583.3 and 93.1 %, 网办率 at 88.83 and 98.7 %.
    report(store, "qzsj", "2024-05", 4, "89")
    report(store, "xhyd", "2024-05", 5, "1600")
    cloud, online = line(store, "2024-05", 5), line(store, "2024-05", 4)
    assert round(cloud.progress.expected or 0, 1) == Decimal("1583.3")
    assert show_pct(cloud.progress.time_progress) == "93.1%"
    assert round(online.progress.expected or 0, 2) == Decimal("88.83")
    assert show_pct(online.progress.time_progress) == "98.7%"


@pytest.mark.parametrize("read_otherwise", [False, True])
@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_the_plans_own_table_as_actuals_is_100_percent_everywhere(
    store: Store, year: int, read_otherwise: bool
) -> None:
    if read_otherwise:
        with store.write() as session:
            printed = plan_store.as_printed(session)
            for reading in readings.readings(session, printed):
                readings.choose(session, printed, reading.no, 1, HEAD)
    with store.read() as session:
        plan = plan_store.current(session)
    for each in plan.indicators:
        units = plan.expand(each.units)
        # Parts that are added: all of it from the first unit, nothing new from the others. One list: one unit says it.
        for place, unit in enumerate(units):
            if place == 0 or each.combine == "sum":
                report(store, unit.code, f"{year}-12", each.no, str(each.targets[year] if place == 0 else 0))
    for found in month_of(store, f"{year}-12").indicators:
        assert found.progress.completion == 100, found.name
        assert found.progress.time_progress == 100, found.name
        assert found.progress.gap == 0 and found.state == "正常", found.name
        assert found.as_json()["completion"] == 100
        assert found.value == plan.target(found.no, year)


def test_the_base_year_has_values_and_nothing_to_be_measured_by(store: Store) -> None:
    with store.read() as session:
        plan = plan_store.current(session)
    report(store, "qfgw", "2022-12", 1, str(plan.indicators[0].baseline))
    month = month_of(store, "2022-12")
    found = line(store, "2022-12", 1)
    assert found.value == plan.indicators[0].baseline and found.progress.target is None
    assert found.state == UNJUDGED and "2022 年不在计划年度内" in said(found)
    assert any("不在计划年度" in note for note in month.notes)


def test_a_unit_that_reports_twice_counts_with_the_newer_and_both_are_told(store: Store) -> None:
    report(store, "qfgw", "2024-05", 1, "51.2")
    report(store, "qfgw", "2024-05", 1, "52")
    found = line(store, "2024-05", 1)
    assert found.value == 52
    assert "区发改委先报 51.20，后报 52.00" in said(found) and "按后报的计" in said(found)
    report(store, "qfgw", "2024-05", 1, "51.2")
    assert "先报" not in said(line(store, "2024-05", 1)), "nothing was changed in the end"


def test_a_target_of_zero_is_no_divisor(store: Store) -> None:
    def zero(document: dict[str, Any]) -> None:
        of(document, 2)["targets"]["2024"] = "0"

    reissue(store, zero, "2024-01", date(2024, 1, 5))
    report(store, _unit_of(store, 2), "2024-05", 2, "1")
    found = line(store, "2024-05", 2)
    assert found.value == 1 and found.progress.completion is None and found.state == UNJUDGED
    assert "年度目标为 0，不能作除数" in said(found)


def test_a_stock_without_a_base_is_refused_in_a_plan_and_not_measured_in_a_register(store: Store) -> None:
    def no_base(document: dict[str, Any]) -> None:
        of(document, 2)["baseline"] = None

    with pytest.raises(plan_file.PlanError, match="须有基础值"):
        reissue(store, no_base, "2023-01", date(2023, 1, 5))
    report(store, _unit_of(store, 2), "2023-06", 2, "1")
    with store.read() as session:
        plan = plan_store.current(session)
        bare = replace(plan, indicators=tuple(replace(each, baseline=None) for each in plan.indicators))
        found = {
            each.no: each for each in indicator_lines(session, Period("2023-06"), None, InForce(bare, ""))
        }
    assert found[2].progress.completion == 100 and found[2].progress.time_progress is None
    assert found[2].state == UNJUDGED and "没有基础值" in said(found[2])
    assert "没有基础值" not in said(found[1]), "a flow starts from zero"


def test_a_plan_re_issued_in_july_leaves_the_months_before_as_they_were(store: Store) -> None:
    def raise_it(document: dict[str, Any]) -> None:
        of(document, 1)["targets"]["2024"] = "150"
        of(document, 3)["name"] = "网络零售总额"

    report(store, "qfgw", "2024-06", 1, "70")
    report(store, "qfgw", "2024-07", 1, "80")
    reissue(store, raise_it, "", date(2024, 7, 10))
    june, july = line(store, "2024-06", 1), line(store, "2024-07", 1)
    assert (june.progress.target, july.progress.target) == (140, 150)
    assert june.progress.completion == 50
    assert "2024 年目标由 140.00 改为 150.00" in said(july) and "计划自 2024-07 起修订" in said(july)
    assert "本月按当时的计划；2024-07 起2024 年目标由" in said(june).replace(
        "。", "；"
    ) or "本月按当时的计划" in said(june)
    assert (line(store, "2024-06", 3).name, line(store, "2024-07", 3).name) == ("网络零售额", "网络零售总额")
    assert "名称由“网络零售额”改为“网络零售总额”" in said(line(store, "2024-07", 3))
    assert "修订" not in said(line(store, "2025-01", 1)), "a new year has its own target"


def test_the_year_of_an_indicator_goes_by_the_plan_of_each_month(store: Store) -> None:
    def raise_it(document: dict[str, Any]) -> None:
        of(document, 1)["targets"]["2024"] = "180"

    for month in range(1, 9):
        report(store, "qfgw", f"2024-{month:02d}", 1, str(10 * month))
    reissue(store, raise_it, "2024-07", date(2024, 7, 10))
    with store.read() as session:
        found = trend(session, 1, Period("2024-08"))
    assert found is not None
    assert [found.path[n] for n in (5, 6, 11)] == [70, 105, 180]
    assert found.reached[:9] == (*(Decimal(10 * n) for n in range(1, 9)), None)
    assert found.year_end == 120, "ten a month"


def test_an_indicator_the_new_plan_drops_stays_in_the_months_before(store: Store) -> None:
    report(store, "qfgw", "2024-06", 12, "3")
    reissue(store, drop_twelfth)
    june, july = month_of(store, "2024-06"), month_of(store, "2024-07")
    assert 12 in {each.no for each in june.indicators} and 12 not in {each.no for each in july.indicators}
    assert any("不再列“省级应用场景示范项目数量”" in note for note in july.notes)
    assert "自 2024-07 起计划不再列此项" in said(next(each for each in june.indicators if each.no == 12))
    with store.read() as session:
        assert source_of(session, "2024-06", "indicator.12").count == 1


def test_a_closed_month_keeps_the_plan_it_was_published_with(store: Store) -> None:
    report(store, "qfgw", "2024-05", 1, "70")
    with store.write() as session:
        restating.close_month(session, "2024-05", HEAD)
        before = closing.closing_of(session, "2024-05")

    def raise_it(document: dict[str, Any]) -> None:
        of(document, 1)["targets"]["2024"] = "200"

    reissue(store, raise_it, "2024-01", date(2024, 7, 10))
    assert before is not None
    assert line(store, "2024-05", 1).progress.target == 140
    assert line(store, "2024-06", 1).progress.target == 200
    with store.read() as session:
        assert restating.since_closing(session, rollup(session, "2024-05")) == ()


def test_a_unit_merged_in_july_counts_with_its_successor_from_then_on(store: Store) -> None:
    first, second = _parts_of_a_sum(store)
    report(store, first, "2024-06", 13, "12")
    report(store, second, "2024-06", 13, "20")
    with store.write() as session:
        local_units.merge(session, first, second, "2024-07", HEAD)
    report(store, second, "2024-07", 13, "33")
    june, july = line(store, "2024-06", 13), line(store, "2024-07", 13)
    assert (june.units_expected, july.units_expected) == (2, 1)
    assert july.value == 33, "a stock is handed over: the successor reports the whole"
    assert "起并入" in said(july) and "以后由承接单位填报" in said(july)
    assert any("起并入" in note for note in month_of(store, "2024-07").notes)


@pytest.mark.parametrize(
    ("total", "own", "expected", "words"),
    [
        ("25", "5", "55", "并入承接单位"),
        ("55", "5", "55", "已在承接单位的数内"),
        ("25", None, "55", "并入承接单位"),
    ],
)
def test_the_running_total_of_a_merged_unit_counts_once(
    store: Store, total: str, own: str | None, expected: str, words: str
) -> None:
    def two_units(document: dict[str, Any]) -> None:
        of(document, 1)["units"], of(document, 1)["combine"] = ["qfgw", "qswj"], "sum"

    reissue(store, two_units, "2024-01", date(2024, 1, 5))
    report(store, "qswj", "2024-06", 1, "30", "6")
    report(store, "qfgw", "2024-06", 1, "20", "4")
    with store.write() as session:
        local_units.merge(session, "qswj", "qfgw", "2024-07", HEAD)
    report(store, "qfgw", "2024-07", 1, total, own)
    july = line(store, "2024-07", 1)
    assert july.value == Decimal(expected)
    assert words in said(july)
    with store.read() as session:
        source = source_of(session, "2024-07", "indicator.1")
        rows = list(rows_of(session, "2024-07", "indicator.1"))
        assert (
            sum(row["value"] for row in rows) == july.value
            and source.counts == ("sum" if len(rows) > 1 else "value")
        ) or source.counts == "sum"


def test_visits_and_problems_of_a_merged_unit_count_with_its_successor(store: Store) -> None:
    first, second = "360103001", "360103002"
    with store.write() as session:
        firm = records.save(
            session, REGISTERS["enterprise"], {"name": "南昌某网络科技有限公司", "street_code": first}, HEAD
        ).id
        for unit, day in ((first, date(2024, 6, 3)), (second, date(2024, 6, 4)), (second, date(2024, 7, 2))):
            records.save(
                session,
                REGISTERS["visit"],
                {"enterprise_id": firm, "visit_date": day, "visit_mode": "实地"},
                Actor(unit, "x"),
            )
        records.save(
            session, REGISTERS["issue"], {"enterprise_id": firm, "registered_on": date(2024, 6, 3), "category": "融资", "status": "办理中"},
            Actor(first, "x"),
        )  # fmt: skip
        local_units.merge(session, first, second, "2024-07", HEAD)
    with store.read() as session:
        june, july = (totals.visits(session, Period(month)) for month in ("2024-06", "2024-07"))
        assert [(each.unit_code, each.year_rows, each.year_enterprises) for each in june.units] == [
            (first, 1, 1),
            (second, 1, 1),
        ]
        assert [(each.unit_code, each.year_rows, each.year_enterprises) for each in july.units] == [
            (second, 3, 1)
        ]
        month = rollup(session, "2024-07")
        assert [each.unit_code for each in month.issues.units] == [second]
        for key, figure in figures_of(month).items():
            if key.endswith(f":{second}") and key.startswith(("visit", "issue")):
                rows = list(rows_of(session, "2024-07", key))
                firms = source_of(session, "2024-07", key).counts == "enterprises"
                assert (
                    len({row["enterprise_id"] for row in rows}) if firms else len(rows)
                ) == figure.value, key


def test_a_running_total_that_falls_and_a_negative_one_are_taken_and_told(store: Store) -> None:
    report(store, "qfgw", "2024-04", 1, "50")
    report(store, "qfgw", "2024-05", 1, "46.5")
    fallen = line(store, "2024-05", 1)
    assert fallen.value == Decimal("46.5") and "年内累计比上月少 3.50 亿元（负增长）" in said(fallen)
    report(store, "qfgw", "2024-05", 1, "-2")
    negative = line(store, "2024-05", 1)
    assert (
        negative.state == "预警"
        and negative.progress.completion is not None
        and negative.progress.completion < 0
    )
    assert "报的数为负" in said(negative)


def test_with_everything_missing_each_line_says_who_has_not_reported(store: Store) -> None:
    month = month_of(store, "2024-05")
    assert len(month.indicators) == 14
    for found in month.indicators:
        assert found.value is None and found.state == MISSING
        assert "还没有报 5 月的数" in said(found)
        assert found.coverage.startswith("0/")


def test_an_ambiguous_indicator_is_read_as_the_office_chooses_everywhere(store: Store) -> None:
    with store.read() as session:
        printed = plan_store.as_printed(session)
        offered = {each.no: each for each in readings.readings(session, printed)}
    assert set(offered) == {11, 14} and all(each.chosen == 0 for each in offered.values())
    report(store, _unit_of(store, 14), "2024-06", 14, "11")
    before = line(store, "2024-06", 14)
    assert before.semantics is Semantics.ANNUAL_INCREMENT and before.progress.time_progress == 50
    with store.write() as session:
        readings.choose(session, printed, 14, 1, HEAD)
    after = line(store, "2024-06", 14)
    # As a running total it grows from 10 (2023) to 12 (2024): 11 is due in the middle of the year.
    assert after.semantics is Semantics.CUMULATIVE_INCREMENT and after.progress.expected == 11
    assert after.progress.gap == 0
    assert "按区级选定的口径：自2022年起累计新增数" in said(after)
    with store.read() as session:
        assert plan_store.current(session).indicator(14).semantics is Semantics.CUMULATIVE_INCREMENT  # type: ignore[union-attr]
        assert readings.readings(session, printed)[1].chosen == 1
        assert plan_store.as_printed(session) == printed
    with store.write() as session:
        readings.choose(session, printed, 14, 0, HEAD)
    assert line(store, "2024-06", 14).semantics is Semantics.ANNUAL_INCREMENT


def test_the_plans_own_contradictions_stand_beside_the_indicators_they_concern(store: Store) -> None:
    month = month_of(store, "2024-05")
    noted = {each.no: said(each) for each in month.indicators}
    assert "前后不一" in noted[4] and "90%以上" in noted[4]
    assert "疑似重复" in noted[6] and "疑似重复" in noted[12]
    assert "前后不一" not in noted[3]


def _unit_of(store: Store, no: int) -> str:
    with store.read() as session:
        plan = plan_store.current(session)
        found = plan.indicator(no)
        assert found is not None
        return plan.expand(found.units)[0].code


def _parts_of_a_sum(store: Store) -> tuple[str, str]:
    with store.read() as session:
        plan = plan_store.current(session)
        found = plan.indicator(13)
        assert found is not None
        first, second = (unit.code for unit in plan.expand(found.units))
        return second, first
