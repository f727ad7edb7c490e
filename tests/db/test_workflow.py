"""The state tables: every pair of states of every machine, for both roles; who may write off; sentences of refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import workflow
from db.models import duty, issue, matter, nurture, project
from db.registers import REGISTERS
from db.workflow import BOTH, CLERK, MACHINES, SUPERVISOR, allowed, check_move, people_of, write_off_problem
from db.workflow.machine import Move, machine
from db.workflow.project import DATE_OF, LINE

# Written out once more, by hand: `from: to to …`, with * where only the district may.
TABLES = {
    "issue": """
        待交办: 已交办
        已交办: 办理中 待交办
        办理中: 已办结 已交办 暂不能解决
        已办结: 已销号 退回重办
        已销号: 回头看合格 退回重办
        回头看合格: 退回重办*
        退回重办: 办理中 已交办
        暂不能解决: 办理中 已办结
    """,
    "nurture": """
        摸底: 入库培育 放弃
        入库培育: 达标预警 摸底 放弃
        达标预警: 材料准备 入库培育 放弃
        材料准备: 街道初审 达标预警 放弃
        街道初审: 区级审核 退回 放弃
        区级审核: 上级审核 退回
        上级审核: 已入库 退回
        已入库: 退库
        退回: 材料准备 入库培育 放弃
        放弃: 摸底 入库培育
        退库: 摸底 入库培育
    """,
    "project": """
        洽谈: 签约 暂停 终止
        签约: 入库 洽谈 暂停 终止
        入库: 开工 签约 暂停 终止
        开工: 在建 入库 暂停 终止
        在建: 竣工 开工 暂停 终止
        竣工: 投产（运营） 在建
        投产（运营）: 竣工*
        暂停: 洽谈 签约 入库 开工 在建 终止
        终止: 洽谈*
    """,
    "duty": """
        未启动: 正常推进 滞后 调整取消*
        正常推进: 已完成 滞后 调整取消*
        滞后: 正常推进 已完成 调整取消*
        已完成: 已销号 正常推进
        已销号: 正常推进*
        调整取消: 未启动*
    """,
    "matter": """
        待上会: 已议定 暂缓
        已议定: 办理中 待上会 暂缓
        办理中: 已办结 待上会 暂缓
        已办结: 办理中*
        暂缓: 待上会 办理中
    """,
    "return": """
        draft: sent
        sent: reopened
        reopened: sent
        received: sent_back* undone*
        sent_back: received*
        undone: received*
    """,
}
STATES = {
    "issue": issue.STATUSES,
    "nurture": nurture.STAGES,
    "project": project.STAGES,
    "duty": duty.STATUSES,
    "matter": matter.STATUSES,
    "return": tuple(workflow.RETURN_WORDS),
}


def written(name: str) -> dict[str, dict[str, bool]]:
    """The table above: from → to → whether a clerk may."""
    found: dict[str, dict[str, bool]] = {}
    for line in TABLES[name].strip().splitlines():
        before, after = line.strip().split(": ")
        found[before] = {each.rstrip("*"): not each.endswith("*") for each in after.split()}
    return found


def pairs() -> Iterator[tuple[str, str, str, str]]:
    for name, states in STATES.items():
        for old, new, role in product(states, states, (CLERK, SUPERVISOR)):
            yield name, old, new, role


def test_every_machine_is_written_out_and_has_the_states_of_its_register() -> None:
    assert set(TABLES) == set(MACHINES)
    for name, table in MACHINES.items():
        assert set(written(name)) == set(STATES[name]) == set(table.states)
        if name in REGISTERS:
            field = REGISTERS[name].field(table.field)
            assert field.choices == STATES[name] and field.default == table.start


@pytest.mark.parametrize(("name", "old", "new", "role"), list(pairs()))
def test_every_pair_of_states(name: str, old: str, new: str, role: str) -> None:
    may = written(name)[old].get(new)
    open_ = old == new or may is True or (may is False and role == SUPERVISOR)
    assert (check_move(name, old, new, role) is None) == open_
    assert (new in allowed(name, old, role)) == (open_ and old != new)
    if not open_:
        assert check_move(name, old, new, role) == MACHINES[name].rule
        refused = workflow.refusal(name, {MACHINES[name].field: old}, new, role)
        assert refused is not None and old in refused[0] and refused[1]
        assert ("须由区级办理" in refused[0]) == (may is False)


@pytest.mark.parametrize("name", MACHINES)
def test_every_move_has_a_word_and_names_fields_there_are(name: str) -> None:
    for move in MACHINES[name].table:
        assert move.word and move.roles <= BOTH and move.roles and move.before != move.after
        if name in REGISTERS:
            fields = {field.name for field in REGISTERS[name].fields}
            named = {*move.asks, *move.offers, *move.clears, *(field for field, _ in move.stamps)}
            assert named <= fields
    for state in MACHINES[name].states:
        words = [each.word for each in MACHINES[name].table if each.before == state]
        assert len(words) == len(set(words))


@pytest.mark.parametrize("name", [name for name in MACHINES if name in REGISTERS])
def test_what_a_state_requires_is_asked_on_the_way_there(name: str) -> None:
    """A record that came by the table's own moves, each asked field filled, lacks nothing its state requires."""
    table, register = MACHINES[name], REGISTERS[name]
    conditional = [f for f in register.fields if f.required_when and f.required_when.field == table.field]
    for move in table.table:
        # Walk to `before` by its shortest way, then make the move.
        way = _way(name, move.before)
        record: dict[str, Any] = {table.field: table.start}
        for step in [*way, move]:
            if step not in workflow.moves_for(name, record):
                break  # a paused project goes on only where it stood
            record |= workflow.values_of(step, record, "王强", date(2024, 5, 8))
            record |= {each: "x" for each in (*step.asks, *step.offers) if record.get(each) in (None, "")}
            record[table.field] = step.after
        lacking = [f.name for f in conditional if f.is_required(record) and record.get(f.name) in (None, "")]
        if name == "issue" and move.after == "办理中":
            lacking = [each for each in lacking if each != "measure"]
        assert lacking == [], (move.before, move.after)


def _way(name: str, target: str) -> list[Move]:
    table = MACHINES[name]
    reached: dict[str, list[Move]] = {table.start: []}
    queue = [table.start]
    for state in queue:
        for move in table.table:
            if move.before == state and move.after not in reached and state != "暂停":
                reached[move.after] = [*reached[state], move]
                queue.append(move.after)
    return reached[target]


@pytest.mark.parametrize("name", [name for name in MACHINES if name != "return"])
def test_every_state_can_be_reached(name: str) -> None:
    assert all(_way(name, state) is not None for state in MACHINES[name].states)


def test_a_table_that_names_an_unknown_state_or_a_move_twice_is_no_table() -> None:
    with pytest.raises(ValueError, match="乙"):
        machine("status", "甲", "rule", ("甲",), (Move("甲", "乙", "走"),))
    twice = (Move("甲", "乙", "走"), Move("甲", "乙", "再走"))
    with pytest.raises(ValueError, match="甲 → 乙"):
        machine("status", "甲", "rule", ("甲", "乙"), twice)


@given(st.sampled_from(sorted(MACHINES)), st.data())
def test_a_state_nobody_knows_leads_nowhere(name: str, data: st.DataObject) -> None:
    state = data.draw(st.sampled_from(STATES[name]))
    assert check_move(name, state, "没有的状态") == MACHINES[name].rule
    assert allowed(name, "没有的状态") == ()


def test_a_new_record_may_start_anywhere() -> None:
    assert check_move("issue", None, "已办结") is None
    assert check_move("issue", "已办结", None) is None


# ---------------------------------------------------------------- what a move brings


def test_a_stage_brings_its_date_and_a_step_back_takes_it() -> None:
    today = date(2024, 5, 8)
    for before, after in pairwise(LINE):
        forward = workflow.move_to("project", {"stage": before}, after)
        assert forward is not None
        day = DATE_OF.get(after)
        stock = {"in_stock": True} if after == "入库" else {}
        assert workflow.values_of(forward, {}, "王强", today) == {**({day: today} if day else {}), **stock}
        back = workflow.move_to("project", {"stage": after}, before)
        assert back is not None and back.reason
        stock = {"in_stock": False} if after == "入库" else {}
        assert workflow.values_of(back, {}, "王强", today) == {**({day: None} if day else {}), **stock}


def test_a_project_that_ends_is_not_in_stock_any_more() -> None:
    for stage in ("洽谈", "入库", "在建", "暂停"):
        ends = workflow.move_to("project", {"stage": stage}, "终止")
        assert ends is not None
        assert workflow.values_of(ends, {"in_stock": True}, "王强", date(2024, 5, 8)) == {"in_stock": False}
    pause = workflow.move_to("project", {"stage": "在建"}, "暂停")
    assert pause is not None and workflow.values_of(pause, {"in_stock": True}, "王强", date(2024, 5, 8)) == {}


@pytest.mark.parametrize(
    ("dates", "places"),
    [
        ({}, ["洽谈"]),
        ({"signed_on": 1}, ["签约"]),
        ({"signed_on": 1, "stocked_on": 1}, ["入库"]),
        ({"signed_on": 1, "stocked_on": 1, "started_on": 1}, ["开工", "在建"]),
    ],
)
def test_a_paused_project_goes_on_where_it_stood(dates: dict[str, int], places: list[str]) -> None:
    record = {"stage": "暂停", **dates}
    assert [each.after for each in workflow.moves_for("project", record)] == [*places, "终止"]
    for stage in LINE:
        refused = workflow.refusal("project", record, stage, CLERK)
        assert (refused is None) == (stage in places)
        if refused is not None:
            assert places[0] in refused[1]


def test_a_refusal_says_what_is_possible() -> None:
    assert workflow.refusal("issue", {"status": "待交办"}, "已办结", CLERK) == (
        "“待交办”不能直接改为“已办结”。",
        "现在可以：交办（到“已交办”）。",
    )
    refused = workflow.refusal("duty", {"status": "已销号"}, "正常推进", CLERK)
    assert refused == ("从“已销号”改为“正常推进”须由区级办理。", "“已销号”之后没有可走的步骤。")
    assert workflow.refusal("issue", {}, "已交办", CLERK) is None  # a record without a state is at the start


def test_a_second_round_begins_without_what_the_first_left() -> None:
    first = {"assigned_on": date(2024, 5, 8), "closed_on": date(2024, 5, 9), "result": "已解决"}
    move = workflow.move_to("issue", {"status": "已办结"}, "退回重办")
    assert move is not None
    assert workflow.values_of(move, first, "王强", date(2024, 6, 1)) == {
        "closed_on": None,
        "result": None,
        "result_text": None,
    }
    again = workflow.move_to("issue", {"status": "退回重办"}, "已交办")
    assert again is not None
    assert workflow.values_of(again, first, "王强", date(2024, 6, 1)) == {"assigned_on": date(2024, 6, 1)}


# ---------------------------------------------------------------- who may write off


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
        ("满意", "刘　芳", "same_person"),  # a full-width blank
        ("满意", "\u200b刘芳 ", "same_person"),  # an invisible character, as pasted from a web page
        ("满意", "刘芳（经发办）", "same_person"),
        ("满意", "陈静、刘芳", "same_person"),
        ("满意", "刘芳芳", None),
    ],
)
def test_who_may_write_off(satisfaction: str | None, by: str | None, problem: str | None) -> None:
    assert write_off_problem({"satisfaction": satisfaction, "owner": "刘芳"}, by) == problem


def test_who_settled_it_may_not_write_it_off_either() -> None:
    record = {"satisfaction": "满意", "owner": "刘芳、Ｌｉｕ Ｗｅｉ"}
    assert write_off_problem(record, "张敏", "张 敏") == "same_person"
    assert write_off_problem(record, "liuwei") == "same_person"  # full-width Latin is the same name
    assert write_off_problem(record, "张敏", "王强") is None


def test_people_of() -> None:
    assert people_of("刘 芳（科长）、王强/李伟和张敏") == {"刘芳", "王强", "李伟", "张敏"}
    assert people_of("张和平") == {"张和平"} and not people_of("张和平") & people_of("李和平")
    assert people_of(None) == people_of(" ") == set()
