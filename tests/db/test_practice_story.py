"""A practice year tells a story: projects move, tasks get done or say why not, and the words fit where things stand."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from db import plan_file
from db.models.project import STAGES
from db.periods import Period
from db.plan_types import Plan
from db.practice import earlier, ledgers, words
from db.practice.firms import invent
from db.practice.months import Row

DAY = date(2024, 12, 20)
YEAR = [Period.of(2024, month) for month in range(1, 13)]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_file.default_plan()


@pytest.fixture(scope="module")
def told(plan: Plan) -> dict[str, list[tuple[Row, dict[str, dict[str, Any]]]]]:
    """Of each project and task what it said of each month of the year."""
    firms, found = invent(plan, 120, DAY), {}
    for unit in (each for each in plan.units if each.active and each.reports):
        make = (
            ledgers.street(plan, unit, firms, YEAR, DAY, {})
            if unit.kind == "street"
            else ledgers.office(plan, unit, firms, YEAR, DAY)
        )
        for row in make:
            if row.register in ("project", "duty"):
                past = {str(month): values for month, values in earlier.months_of(plan, row)}
                found.setdefault(row.register, []).append((row, {**past, row.values["asof_ym"]: row.values}))
    return found


def test_projects_go_on_through_the_whole_year_and_never_back(told: Any) -> None:
    moved: dict[str, int] = {}
    for _, states in told["project"]:
        months = sorted(states)
        for before, after in pairwise(months):
            was, now = (STAGES.index(states[month]["stage"]) for month in (before, after))
            assert was <= now
            moved[after] = moved.get(after, 0) + (was < now)
    assert sum(number > 0 for number in moved.values()) >= 8
    assert any(moved[f"2024-{month}"] for month in (10, 11, 12))


def test_a_project_says_what_its_stage_allows(told: Any) -> None:
    for _, states in told["project"]:
        for month, values in states.items():
            assert values["progress"] in words._WORKS[values["stage"]], (month, values["name"])
            assert all(on <= DAY for name, on in values.items() if name.endswith("_on") and on)


def test_a_project_told_of_earlier_in_the_quarter_has_the_same_days(plan: Plan) -> None:
    unit = next(each for each in plan.units if each.kind == "street" and each.active)
    firms = invent(plan, 120, DAY)
    made = [
        {row.id: row.values for row in ledgers.street(plan, unit, firms, YEAR, day, {}) if row.register == "project"}
        for day in (date(2024, 10, 20), date(2024, 11, 20), DAY)
    ]  # fmt: skip
    for first, later in pairwise(made):
        assert set(first) == set(later) and first
        for key, values in first.items():
            days = {name: on for name, on in values.items() if name.endswith("_on")}
            assert days.items() <= later[key].items()
            assert (values["name"], values["enterprise_id"]) == (
                later[key]["name"],
                later[key]["enterprise_id"],
            )


def test_tasks_get_done_before_the_year_is_out_and_stay_done(told: Any) -> None:
    done = {month: 0 for month in map(str, YEAR)}
    for _, states in told["duty"]:
        seen = [states[month]["status"] for month in sorted(states)]
        first = seen.index("已完成") if "已完成" in seen else len(seen)
        assert set(seen[first:]) <= {"已完成"}
        for month, values in states.items():
            assert (values["status"] == "已完成") == (values["progress_pct"] == 100), month
            done[month] += values["status"] == "已完成"
    assert done["2024-03"] == 0 < done["2024-08"] < done["2024-11"] < done["2024-12"]


def test_what_lags_says_why_and_an_action_does_not_repeat_one_sentence(told: Any) -> None:
    for month in map(str, YEAR):
        said: dict[str, set[str]] = {}
        count: dict[str, int] = {}
        for _, states in told["duty"]:
            values = states[month]
            assert values["status"] != "滞后" or values["problem_text"] != "无"
            said.setdefault(values["action_id"], set()).add(values["progress_text"])
            count[values["action_id"]] = count.get(values["action_id"], 0) + 1
        assert all(len(said[action]) > 1 for action, number in count.items() if number >= 4), month
