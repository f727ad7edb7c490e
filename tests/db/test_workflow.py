"""The allowed moves of issues, candidates and returns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import workflow
from db.models.issue import STATUSES
from db.models.nurture import STAGES
from db.workflow import BOTH, CLERK, MACHINES, SUPERVISOR, allowed, check_move, write_off_problem

ISSUE_WAY = ("待交办", "已交办", "办理中", "已办结", "已销号", "回头看合格")
NURTURE_WAY = ("摸底", "入库培育", "达标预警", "材料准备", "街道初审", "区级审核", "上级审核", "已入库")


def test_every_state_of_the_forms_has_its_moves() -> None:
    assert set(workflow.ISSUE_MOVES) == set(STATUSES)
    assert set(workflow.NURTURE_MOVES) == set(STAGES)
    assert set(workflow.RETURN_MOVES) == set(workflow.RETURN_WORDS)


@pytest.mark.parametrize("name", MACHINES)
def test_moves_lead_to_known_states_and_every_state_can_be_left(name: str) -> None:
    machine = MACHINES[name]
    assert machine.start in machine.moves
    for state, targets in machine.moves.items():
        assert targets and state not in targets
        assert set(targets) <= set(machine.moves)
        assert all(roles and roles <= BOTH for roles in targets.values())


@pytest.mark.parametrize(("name", "way"), [("issue", ISSUE_WAY), ("nurture", NURTURE_WAY)])
def test_the_straight_way_is_open_step_by_step_and_no_step_may_be_left_out(
    name: str, way: tuple[str, ...]
) -> None:
    rule = MACHINES[name].rule
    for role in (CLERK, SUPERVISOR):
        for place, state in enumerate(way):
            for target in way[place + 2 :]:
                assert check_move(name, state, target, role) == rule
            if place + 1 < len(way):
                assert check_move(name, state, way[place + 1], role) is None


@pytest.mark.parametrize("name", MACHINES)
def test_a_supervisor_may_do_all_that_a_clerk_may(name: str) -> None:
    for state in MACHINES[name].moves:
        assert set(allowed(name, state, CLERK)) <= set(allowed(name, state, SUPERVISOR))


def test_the_districts_moves() -> None:
    assert allowed("issue", "回头看合格", CLERK) == ()
    assert allowed("issue", "回头看合格", SUPERVISOR) == ("退回重办",)
    assert check_move("return", "received", "undone", CLERK) == "return_state"
    assert check_move("return", "received", "undone", SUPERVISOR) is None
    assert allowed("return", "sent", CLERK) == ("reopened",)


def test_back_by_rule() -> None:
    assert check_move("issue", "已办结", "退回重办") is None
    assert check_move("issue", "已销号", "退回重办") is None
    assert check_move("issue", "已销号", "办理中") == "ISS-003"
    assert check_move("nurture", "已入库", "退库") is None
    assert check_move("nurture", "已入库", "摸底") == "UPS-001"


@given(st.sampled_from(sorted(MACHINES)), st.data())
def test_a_move_is_allowed_exactly_when_it_is_offered(name: str, data: st.DataObject) -> None:
    states = st.sampled_from([*MACHINES[name].moves, "没有的状态"])
    old, new = data.draw(states), data.draw(states)
    role = data.draw(st.sampled_from([CLERK, SUPERVISOR]))
    assert (check_move(name, old, new, role) is None) == (old == new or new in allowed(name, old, role))


def test_a_new_record_may_start_anywhere() -> None:
    assert check_move("issue", None, "已办结") is None
    assert check_move("issue", "已办结", None) is None


@pytest.mark.parametrize(
    ("satisfaction", "by", "problem"),
    [
        ("满意", "陈静", None),
        ("基本满意", None, None),
        ("不满意", "陈静", "unhappy"),
        ("未回访", "陈静", "not_asked"),
        (None, "陈静", "not_asked"),
        ("满意", "刘芳", "same_person"),
        ("满意", "刘 芳", "same_person"),
    ],
)
def test_who_may_write_off(satisfaction: str | None, by: str | None, problem: str | None) -> None:
    assert write_off_problem({"satisfaction": satisfaction, "owner": "刘芳"}, by) == problem
