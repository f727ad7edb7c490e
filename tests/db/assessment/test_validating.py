"""A scheme's mistakes are told in sentences; the shipped one has none, for any district's plan."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from db import setup
from db.assessment import keeping, template
from db.assessment.scheme import Grade, Months, Points, Scheme, content_of, read_scheme
from db.assessment.validating import check_scheme
from db.errors import UsageError
from db.findings import Severity
from db.plan_file import read
from db.store import Store
from tests.db.assessment.schemes import item, scheme

QINGHE = Path(__file__).parents[2] / "data" / "plan_qinghe.json"
PLAN = read(json.loads(QINGHE.read_text(encoding="utf-8")))


def errors(made: Scheme) -> list[str]:
    found = check_scheme(made, PLAN, {"g": ["u"]}, {"u": "河东街道"})
    return [each.message for each in found if each.severity is Severity.ERROR]


def test_a_scheme_that_adds_up_has_no_errors() -> None:
    assert not errors(scheme(item(target="60")))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (scheme(item(weight="90", target="60")), "组“河东街道”各项权重合计 90，应为 100"),
        (scheme(item(measure="indicator.99", target="plan")), "第 99 项指标不在计划里"),
        (scheme(item(measure="走访")), "不认识"),
        (scheme(item(target="六十")), "目标“六十”不是数"),
        (scheme(item(target="plan")), "不是计划的指标"),
        (scheme(item(target="60", cap=Decimal(90))), "低于 100%"),
        (scheme(item(target="60"), cap=Decimal(50)), "完成率上限 50% 低于 100%"),
        (scheme(item(target="60"), binding_rule="x"), "约束性指标的规定“x”不认识"),
        (scheme(item(target="60"), grades=(Grade("合格", Decimal(60)),)), "最低一等应从 0 分起"),
        (scheme(item(target="60"), grades=(Grade("合", Decimal(0)), Grade("优", Decimal(90)))), "从高到低"),
        (scheme(item(target="60"), bonus=(Points("获", Decimal(3), Decimal(2)),)), "不超过它的上限"),
        (scheme(item(target="60"), veto_best="特优"), "不在等次里"),
        (scheme(item("a", "50", measure="reporting"), item("b", "50", measure="reporting")), "报送质量只能有一项"),
        (scheme(item("a", "50", target="1"), item("a", "50", target="1")), "写了 2 次"),
    ],
)  # fmt: skip
def test_each_mistake_is_a_sentence(made: Scheme, words: str) -> None:
    assert any(words in each for each in errors(made)), errors(made)


def test_a_unit_is_in_one_group_and_months_are_said_by_its_name() -> None:
    plain = scheme(item(target="60"))
    other = replace(plain.groups[0], key="h", name="另一组")
    made = replace(plain, groups=(*plain.groups, other), months={"u": Months(9, 3)})
    found = [each.message for each in check_scheme(made, PLAN, {"g": ["u"], "h": ["u"]}, {"u": "河东街道"})]
    assert "河东街道同时在“组”和“另一组”两组里，只能在一组考核。" in found
    assert "河东街道的考核月份 9—3 不对，应在 1 至 12 月之间、先起后止。" in found
    assert "有 2 个考核组都叫“组”。" in errors(
        replace(plain, groups=(*plain.groups, replace(other, name="组")))
    )
    assert "等次“优秀”写了 2 次。" in errors(replace(plain, grades=(plain.grades[0], *plain.grades)))


def test_a_missing_target_is_told_but_allowed() -> None:
    found = check_scheme(scheme(item()), PLAN, {"g": ["u"]}, {})
    assert [each.severity for each in found] == [Severity.WARNING] and "只能用争先进位法" in found[0].message


def test_content_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(UsageError, match="评分方案读不懂"):
        read_scheme({**content_of(scheme()), "method": "掷骰子"})


@pytest.mark.parametrize("plan", [None, QINGHE])
def test_the_shipped_scheme_fits_any_plan(plan: Path | None, tmp_path: Path) -> None:
    lead = "qszjjb" if plan is None else PLAN.lead_unit
    store: Store = setup.initialise(tmp_path / "r", lead, "supervisor", plan=plan)
    with store.read() as session:
        made = keeping.default_scheme(session, 2024)
        assert not [each for each in keeping.check(session, 2024, made) if each.severity is Severity.ERROR]
        assert read_scheme(content_of(made)) == made
        missing = replace(made, groups=made.groups[:1])
        assert not [each for each in keeping.check(session, 2024, missing) if each.severity is Severity.ERROR]
    store.close()


def test_shares_add_up_exactly() -> None:
    assert template.split(Decimal(70), [Decimal(1)] * 3) == [
        Decimal("23.34"),
        Decimal("23.33"),
        Decimal("23.33"),
    ]
