"""The year's tasks follow from the plan: who leads, what is to be reached, the same keys in every office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from db import duty_list, plan_store, records
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.duties import make_duty_list, take_back_list, tasks_missing
from tests.returns.offices import DISTRICT, open_office


def test_every_target_and_task_of_the_plan_is_on_the_list(store: Store) -> None:
    with store.read() as session:
        plan = plan_store.current(session)
        found = duty_list.tasks(plan, 2024, "2024-01")
    stated = sum(len(action.targets) + len(action.tasks) for action in plan.actions)
    assert len(found) == stated > 40 and len({each.id for each in found}) == stated
    assert {each.values["action_id"] for each in found} == {action.id for action in plan.actions}
    for each in found:
        assert each.org_code not in (each.values["support_org_codes"] or [])


def test_a_task_that_is_an_indicator_takes_the_years_own_target(store: Store) -> None:
    with store.read() as session:
        plan = plan_store.current(session)
    by_year = {
        year: next(
            each
            for each in duty_list.tasks(plan, year, f"{year}-01")
            if each.values["task"] == "企业上云数量"
        )
        for year in (2023, 2024, 2025)
    }
    assert [by_year[year].values["target_value"] for year in (2023, 2024, 2025)] == [1500, 1700, 2000]
    assert by_year[2024].values["due_date"] == date(2024, 12, 31)
    assert by_year[2024].values["target_unit"] == "家"
    assert len({each.id for each in by_year.values()}) == 3


def test_the_district_and_the_unit_make_the_same_records(tmp_path: Path) -> None:
    district = open_office(tmp_path / "district", DISTRICT, "supervisor")
    unit = open_office(tmp_path / "unit", "qswj")
    whole, own = make_duty_list(district, "2024-05"), make_duty_list(unit, "2024-05")
    assert 0 < len(own) < len(whole) and set(own) <= set(whole)
    assert tasks_missing(district, "2024-06") == tasks_missing(unit, "2024-06") == 0
    assert make_duty_list(unit, "2024-05") == []
    with district.read() as session:
        theirs = records.get(session, REGISTERS["duty"], own[0])
    with unit.read() as session:
        mine = records.get(session, REGISTERS["duty"], own[0])
    assert theirs is not None and mine is not None
    assert theirs["unit_code"] == mine["unit_code"] == "qswj"
    assert theirs["digest"] == mine["digest"] and mine["programme_id"] and mine["incomplete"]
    district.close()
    unit.close()


def test_taking_back_spares_what_was_worked_on(tmp_path: Path) -> None:
    unit = open_office(tmp_path / "unit", "qswj")
    made = make_duty_list(unit, "2024-05")
    with unit.write() as session:
        records.save(session, REGISTERS["duty"], {"progress_pct": Decimal(30)}, unit.actor, id=made[0])
    take_back_list(unit, made)
    with unit.read() as session:
        left = [
            key for key in made if (records.get(session, REGISTERS["duty"], key) or {})["deleted_at"] is None
        ]
    assert left == [made[0]]
    assert make_duty_list(unit, "2024-05") == [], "what was taken off stays off"
    unit.close()
