"""Where plans followed one another, whoever asks what is wanted in a month gets the plan of that month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import (
    checks,
    computed_reading,
    indicator_sheet,
    local_units,
    plan_issues,
    plan_store,
    records,
    setup,
    to_do,
)
from db.models import IndicatorValue
from db.periods import Period
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import projects
from desktop.pages import indicator_board_model
from tests.db.plan_changes import drop_twelfth, reissue

HEAD = Actor("qszjjb", "刘科长", "supervisor")
OFFICE = Actor("qfgw", "王芳")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor")
    yield opened
    opened.close()


def raise_first(document: dict[str, Any]) -> None:
    document["indicators"][0]["targets"]["2024"] = "280"


def save(store: Store, period: str, no: int, value: str) -> Any:
    with store.write() as session:
        values = {"period": period, "indicator_no": no, "org_code": "qfgw", "value": Decimal(value)}
        return records.save(session, REGISTERS["indicator"], values, OFFICE).id


def test_what_a_unit_saves_is_measured_by_the_plan_of_its_month(store: Store) -> None:
    reissue(store, raise_first)
    for period in ("2024-06", "2024-07"):
        save(store, period, 1, "70")
    with store.read() as session:
        found = {row.period: row for row in session.scalars(select(IndicatorValue))}
        sheets = {
            period: {each.indicator.no: each for each in indicator_sheet.lines(session, "qfgw", period)}
            for period in ("2024-06", "2024-07")
        }
    assert (found["2024-06"].target, found["2024-06"].completion) == (140, 50)
    assert (found["2024-07"].target, found["2024-07"].completion) == (280, 25)
    assert (sheets["2024-06"][1].target, sheets["2024-07"][1].target) == (140, 280)


def test_an_indicator_that_was_dropped_is_still_owed_and_valid_in_the_months_before(store: Store) -> None:
    with store.read() as session:
        owed = plan_issues.indicators_of(session, "2024-06", "qfgw")
        assert 12 in {each.no for each in owed}
    key = save(store, "2024-06", 12, "3")
    reissue(store, drop_twelfth)
    with store.read() as session:
        assert 12 in {each.indicator.no for each in indicator_sheet.lines(session, "qfgw", "2024-06")}
        assert 12 not in {each.indicator.no for each in indicator_sheet.lines(session, "qfgw", "2024-07")}
        assert 12 in dict(to_do.indicators_to_fill(session, "qfgw", "2024-05"))
        assert 12 not in dict(to_do.indicators_to_fill(session, "qfgw", "2024-06")), "it is filled in"
        assert 12 not in dict(to_do.indicators_to_fill(session, "qfgw", "2024-07"))
        stored = records.get(session, REGISTERS["indicator"], key)
        assert stored is not None
        said = {
            period: {
                each.id
                for each in checks.check_record(
                    checks.context(session, period=period, unit_code="qfgw", today=date(2024, 7, 31)),
                    "indicator", {**stored, "period": period},
                )
                if each.field == "indicator_no"
            }
            for period in ("2024-06", "2024-07")
        }  # fmt: skip
    assert said == {"2024-06": set(), "2024-07": {"GEN-005"}}


def test_pages_show_the_targets_of_their_month(store: Store) -> None:
    with store.read() as session:
        no = next(each.no for each in plan_store.current(session).indicators if each.register == "project")

    def raise_projects(document: dict[str, Any]) -> None:
        raise_first(document)
        next(each for each in document["indicators"] if each["no"] == no)["targets"]["2024"] = "99"

    before = projects.stock(store, "2024-06").target
    reissue(store, raise_projects)
    assert projects.stock(store, "2024-06").target == before != 99
    assert projects.stock(store, "2024-07").target == 99
    with store.read() as session:
        shown = [
            indicator_board_model.targets(session, period)[0].cells["target"]
            for period in ("2024-06", "2024-07")
        ]
    assert shown == ["140.00", "280.00"]


def test_a_register_answers_by_the_readings_base_of_the_month(store: Store) -> None:
    with store.read() as session:
        cloud = next(each for each in plan_store.current(session).indicators if each.register == "cloud")

    def more(document: dict[str, Any]) -> None:
        found = next(each for each in document["indicators"] if each["no"] == cloud.no)
        found["opening"]["value"] = str((cloud.opening or Decimal(0)) + 7)

    with store.write() as session:
        firm = records.save(session, REGISTERS["enterprise"], {"name": "南昌某网络科技有限公司"}, HEAD).id
        values = {"enterprise_id": firm, "cloud_on": date(2024, 6, 3), "product": "云主机"}
        records.save(session, REGISTERS["cloud"], values, HEAD)
    reissue(store, more)
    with store.read() as session:
        june, july = (
            computed_reading.computed_one(session, cloud.no, Period(period))
            for period in ("2024-06", "2024-07")
        )
    assert june is not None and july is not None
    assert july.base - june.base == 7


def test_the_successor_of_a_merged_unit_is_asked_for_its_indicators(store: Store) -> None:
    first, into, other = "qfwyfzj", "qswj", "qfgw"
    with store.write() as session:
        local_units.merge(session, first, into, "2024-07", HEAD)
    with store.read() as session:
        for period, unit, owes in (
            ("2024-06", first, True), ("2024-06", into, False), ("2024-07", first, False),
            ("2024-07", into, True), ("2024-07", other, True),
        ):  # fmt: skip
            owed = {each.no for each in plan_issues.indicators_of(session, period, unit)}
            assert (13 in owed) is owes, (period, unit)
