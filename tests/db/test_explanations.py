"""Explanations of warnings: what counts as one, and how long it is remembered."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import records
from db.checks import finding
from db.errors import Refused
from db.explanations import (
    accepted,
    explain,
    is_boilerplate,
    of_rule,
    open_warnings,
    problem,
    value_key,
    withdraw,
)
from db.findings import Finding
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key

CLERK = Actor("360103002", "张敏")
KEY = new_key()
REASON = "该企业上午、下午各走访一次，分别由两个组负责"


def repeated(day: str = "2024-05-14") -> Finding:
    return finding("VIS-003", register="visit", record_id=KEY, field="visit_date", 日期=day)


def overdue(days: int, due: date = date(2024, 5, 15)) -> Finding:
    return finding(
        "ISS-006", register="issue", record_id=KEY, field="due_date", 编号="1", 日期=due, 天数=days
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "无", "  ", "。。。。。。", "核实无误", "情况属实", "已核实", "经核实无误", "已核实，情况属实。", "经核对，数据真实准确",
        "以上 数据 均 属实", "该条数据已再次核实，确认无误，情况属实", "没有问题没有问题", "哈哈哈哈哈哈哈", "11111111", "ｏｋｏｋｏｋ",
        "同上同上同上", "填报数据真实有效",
    ],
)  # fmt: skip
def test_set_phrases_are_no_explanation(text: str) -> None:
    assert is_boilerplate(text) and problem(text)


@pytest.mark.parametrize(
    "text",
    [
        REASON,
        "当天为企业集中招聘日",
        "法人变更，地址已迁至朝阳洲",
        "客户要求周六上门走访",
        "经核实，该企业为总部统一采购云服务",
    ],
)
def test_reasons_are_explanations(text: str) -> None:
    assert not is_boilerplate(text) and problem(text) is None


def test_at_least_six_characters_that_say_something() -> None:
    assert problem("周末加班！") == "说明至少要写 6 个字。"
    assert problem("周末加班。。。") == "说明至少要写 6 个字。"
    assert problem("周末加班走访") is None


def test_a_long_set_phrase_is_seen_through_at_once() -> None:
    started = time.perf_counter()
    assert not is_boilerplate("没有问题情况属实" * 2000 + "云")
    assert time.perf_counter() - started < 1


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert isinstance(is_boilerplate(text), bool)


def test_given_once_and_remembered(store: Store) -> None:
    with store.write() as session:
        assert open_warnings(session, [repeated()]) == [repeated()]
        explain(session, repeated(), f" {REASON} ", CLERK, "2024-05")
    with store.read() as session:
        assert open_warnings(session, [repeated()]) == []
        known = accepted(session, [repeated()])[repeated()]
        assert (known.text, known.created_by, known.period) == (REASON, "张敏", "2024-05")


def test_a_new_value_a_new_record_or_another_field_is_asked_about_anew(store: Store) -> None:
    with store.write() as session:
        explain(session, repeated(), REASON, CLERK, "2024-05")
        others = [
            repeated("2024-05-15"),
            replace(repeated(), record_id=new_key()),
            replace(repeated(), record_id=None),
            replace(repeated(), field="enterprise_id"),
            replace(repeated(), id="VIS-010"),
        ]
        assert open_warnings(session, [*others, repeated()]) == others


def test_days_that_pass_are_no_new_fact_but_a_new_deadline_is(store: Store) -> None:
    assert value_key(overdue(3)) == value_key(overdue(33))
    with store.write() as session:
        explain(session, overdue(3), "银行授信审批需要两个月，已约定六月答复", CLERK, "2024-05")
        assert open_warnings(session, [overdue(34)]) == []
        later = overdue(3, date(2024, 6, 15))
        assert open_warnings(session, [later]) == [later]


def test_a_second_explanation_replaces_the_first(store: Store) -> None:
    with store.write() as session:
        first = explain(session, repeated(), REASON, CLERK, "2024-05").id
        again = explain(session, repeated(), "改由一个组负责，补走访第二厂区", CLERK, "2024-06")
        assert again.id == first and again.period == "2024-05"
        assert accepted(session, [repeated()])[repeated()].text == "改由一个组负责，补走访第二厂区"


def test_a_month_without_a_record_is_explained_too(store: Store) -> None:
    surge = finding(
        "CLD-008",
        register="cloud",
        field="counted",
        more="average",
        期间="2024 年 5 月",
        数量=40,
        月均=2,
        倍数=5,
    )
    with store.write() as session:
        explain(session, surge, "五月集中签约楼宇整体上云项目", CLERK, "2024-05")
        assert open_warnings(session, [surge]) == []


def test_only_warnings_can_be_explained_and_only_with_a_reason(store: Store) -> None:
    error, info = finding("VIS-006", register="visit"), finding("RET-010")
    with store.write() as session:
        for other in (error, info):
            with pytest.raises(Refused) as refused:
                explain(session, other, REASON, CLERK, "2024-05")
            assert refused.value.id == "not_a_warning"
        with pytest.raises(Refused) as refused:
            explain(session, repeated(), "经核实无误，情况属实", CLERK, "2024-05")
        assert refused.value.id == "poor_explanation"
        assert open_warnings(session, [error, info, repeated()]) == [repeated()]
        assert accepted(session, [error, info]) == {}


def test_many_findings_at_once(store: Store) -> None:
    findings = [replace(repeated(), record_id=new_key()) for _ in range(1200)]
    with store.write() as session:
        for each in (findings[0], findings[777], findings[-1]):
            explain(session, each, REASON, CLERK, "2024-05")
        assert len(open_warnings(session, findings)) == 1197


def test_withdrawing_brings_the_warning_back_and_is_noted(store: Store) -> None:
    with store.write() as session:
        explain(session, repeated(), REASON, CLERK, "2024-05")
        given = of_rule(session, "VIS-003")
        assert [(each.text, each.created_by, each.field) for each in given] == [
            (REASON, "张敏", "visit_date")
        ]
        assert of_rule(session, "VIS-004") == []
        withdraw(session, given[0].id, Actor("360103002", "李静"))
        assert open_warnings(session, [repeated()]) == [repeated()] and of_rule(session, "VIS-003") == []
        [noted] = records.history(session, KEY)
        assert (noted.by, noted.action, noted.note) == (
            "李静",
            "withdraw",
            f"撤回对 VIS-003 的说明：{REASON}",
        )
        with pytest.raises(Refused) as refused:
            withdraw(session, given[0].id, CLERK)
        assert refused.value.id == "no_such_explanation"


@pytest.mark.parametrize("register", [key for key in REGISTERS if key != "enterprise"])
def test_every_register_can_be_explained(store: Store, register: str) -> None:
    warning = finding(
        "GEN-010", register=register, record_id=KEY, field="org_code", 字段="单位", 值="朝农管理处"
    )
    with store.write() as session:
        explain(session, warning, "该任务在机构调整之前已经下达", CLERK, "2024-05")
        assert open_warnings(session, [warning]) == []
        assert accepted(session, [warning])[warning].register == register
