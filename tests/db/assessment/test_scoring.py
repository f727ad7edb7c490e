"""Points by the three methods, 约束性, caps, 加减分, 一票否决, 报送质量; what can not be judged is said in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import progress
from db.assessment import whatif
from db.assessment.inputs import Counts, EntryIn, Inputs, Measured, UnitIn
from db.assessment.scheme import HUNDRED, Method, Months, Reporting
from db.assessment.scoring import BINDING_MISSED, rank_of, score
from db.assessment.whatif import Change
from tests.db.assessment.schemes import inputs, item, line, scheme, scored

D = Decimal


def test_a_rate_up_to_the_cap_times_the_weight() -> None:
    made = scheme(item(weight="40"), item("other", "60"), cap=D(110))
    given_ = inputs(a=(45, 60), b=(90, 60), c=(-3, 60))
    points = {unit: line(scored(made, given_), unit) for unit in "abc"}
    assert (points["a"].rate, points["a"].score) == (D(75), D(30))
    assert points["b"].score == D(44) and "按上限 110% 计" in points["b"].why
    assert points["c"].score == 0 and "完成值为负" in points["c"].why


def test_the_worked_formula_of_the_rules_to_the_digit() -> None:
    # 得分 = Σ min(完成率，上限)×权重: 1583 of 1700 at weight 12.5 is 93.1176 % × 12.5 = 11.64; over target counts 100 %.
    assert line(scored(scheme(item(weight="12.5")), inputs(a=(1583, 1700))), "a").score == D("11.64")
    assert line(scored(scheme(item(weight="12.5")), inputs(a=(1800, 1700))), "a").score == D("12.50")


@given(
    value=st.decimals(min_value=0, max_value=10**6, places=2),
    target=st.decimals(min_value="0.01", max_value=10**6, places=2),
    weight=st.decimals(min_value=0, max_value=100, places=2),
    cap=st.integers(100, 150),
)
def test_points_are_the_plain_formula_but_for_rounding(
    value: Decimal, target: Decimal, weight: Decimal, cap: int
) -> None:
    found = line(scored(scheme(item(weight=str(weight)), cap=D(cap)), inputs(a=(value, target))), "a")
    exact = progress.score(progress.completion(value, target), weight, D(cap))
    assert found.score is not None and abs(found.score - exact) <= D("0.0051")


def test_reached_or_nothing() -> None:
    made = scheme(item(), method=Method.MET)
    result = scored(made, inputs(a=(60, 60), b=("59.99", 60)))
    assert [line(result, unit).score for unit in "ab"] == [D(100), D(0)]
    assert "未达标不得分" in line(result, "b").why


def test_by_place_less_five_percent_each_with_ties_and_a_floor() -> None:
    made = scheme(item(), method=Method.POSITION, floor=D(90))
    result = scored(made, inputs(a=(60, 60), b=(50, 60), c=(50, 60), d=(40, 60), e=(None, 60)))
    assert [line(result, unit).score for unit in "abcde"] == [D(100), D(95), D(95), D(90), D(0)]
    assert [line(result, unit).rank for unit in "abcde"] == [1, 2, 2, 4, None]
    dense = scored(
        replace(made, ties="dense", floor=D(0)), inputs(a=(60, 60), b=(50, 60), c=(50, 60), d=(40, 60))
    )
    assert line(dense, "d").rank == 3 and line(dense, "d").score == D(90)
    # Without any target the values themselves are put in order.
    bare = scored(made, inputs(a=(3, None), b=(7, None)))
    assert [line(bare, unit).rank for unit in "ab"] == [2, 1]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_places_depend_on_the_values_only(values: list[int]) -> None:
    known = [D(each) for each in values]
    for ties in ("skip", "dense"):
        ranks = {value: rank_of(D(value), known, ties) for value in values}
        assert ranks[max(values)] == 1
        assert sorted(ranks, reverse=True) == sorted(ranks, key=lambda value: ranks[value])


@pytest.mark.parametrize(("rule", "points"), [("cap", D("60")), ("zero", D(0)), ("none", D(95))])
def test_a_binding_target_missed_is_capped_or_worth_nothing_and_marked(rule: str, points: Decimal) -> None:
    made = scheme(item(binding=True), binding_rule=rule)
    result = scored(made, inputs(a=(57, 60), b=(60, 60), c=(12, 60)))
    assert (line(result, "a").score, line(result, "a").state) == (points, BINDING_MISSED)
    assert (line(result, "b").score, line(result, "b").state) == (D(100), "")
    assert line(result, "c").score == (D(0) if rule == "zero" else D(20)), (
        "a worse rate is not lifted to the cap"
    )
    unit = result.unit("a")
    assert unit is not None and [each.key for each in unit.binding_missed] == ["visit"]


def test_what_can_not_be_judged_is_left_out_or_as_the_scheme_says() -> None:
    made = scheme(item(weight="80"), item("duty", "20", measure="duty"))
    given_ = inputs(
        a=(30, 60),
        zero=(5, 0),
        none=(5, None),
        missing=(None, 60),
        nothing=Measured(None, D(60), absent=True),
    )
    known = {
        **given_.measured,
        **{(unit, "duty"): Measured(D(100), D(100)) for unit in ("a", "zero", "none", "missing", "nothing")},
    }
    given_ = replace(given_, measured=known)
    result = scored(made, given_)
    bases = {unit.unit.code: unit.base for unit in result.units}
    assert bases == {"a": D(60), "zero": D(100), "none": D(100), "missing": D(20), "nothing": D(100)}
    states = {unit: line(result, unit).state for unit in bases}
    assert states == {"a": "", "zero": "目标为零", "none": "没有目标", "missing": "未报", "nothing": "无可计"}
    full, zero = (
        scored(replace(made, unassessed="full"), given_),
        scored(replace(made, unassessed="zero"), given_),
    )
    assert full.unit("zero").base == 100 and zero.unit("zero").base == 20  # type: ignore[union-attr]


def test_a_unit_without_anything_to_judge_has_no_total() -> None:
    result = scored(scheme(), inputs(a=(1, 0)))
    unit = result.unit("a")
    assert unit is not None and unit.total is None and not unit.grade and "不出总分" in unit.notes[0]
    assert not scored(scheme(), Inputs(2024, "2024-12")).units


def test_part_of_a_year_owes_part_of_the_target() -> None:
    made = scheme(item(prorated=True))
    given_ = replace(inputs(a=(30, 60)), units=(UnitIn("a", "a", "g", Months(7, 12)),))
    assert (
        line(scored(made, given_), "a").target == D("30.00") and line(scored(made, given_), "a").score == 100
    )
    assert line(scored(scheme(item()), given_), "a").score == 50


def test_a_merged_unit_is_named_and_has_no_points() -> None:
    given_ = replace(
        inputs(a=(30, 60), b=(30, 60)),
        units=(UnitIn("a", "甲", "g"), UnitIn("b", "乙", "g", merged_into="甲")),
    )
    unit = scored(scheme(), given_).unit("b")
    assert unit is not None and unit.total is None and "并入甲" in unit.notes[0] and not unit.items


def test_bonus_and_deduction_stop_at_their_limits_and_unknown_ones_count_nothing() -> None:
    entries = (
        *(EntryIn("a", "加分", "获表彰", D(2)) for _ in range(3)), EntryIn("a", "扣分", "错报", D("1.5")),
        EntryIn("a", "加分", "没有的事项", D(9)),
    )  # fmt: skip
    unit = scored(scheme(), replace(inputs(a=(60, 60)), entries=entries)).unit("a")
    assert unit is not None and (unit.bonus, unit.deduction, unit.total) == (D(4), D("1.5"), D("102.50"))
    assert [(each.noted, each.counted) for each in unit.entries] == [(6, 4), (9, 0), (D("1.5"), D("1.5"))]
    capped = scored(
        scheme(bonus_cap=D(3), total_cap=D(100)), replace(inputs(a=(60, 60)), entries=entries[:3])
    ).unit("a")
    assert capped is not None and capped.bonus == 3 and capped.total == 100


def test_a_veto_takes_the_best_grade_away_but_no_points() -> None:
    entries = (EntryIn("a", "一票否决", "弄虚作假", D(0)),)
    unit = scored(scheme(), replace(inputs(a=(60, 60)), entries=entries)).unit("a")
    assert unit is not None and unit.total == 100 and unit.grade == "合格" and "取消评优" in unit.notes[-1]
    low = scored(scheme(), replace(inputs(a=(6, 60)), entries=entries)).unit("a")
    assert low is not None and low.grade == "不合格"


def test_late_missing_and_wrong_returns_cost_points_but_never_more_than_the_weight() -> None:
    made = scheme(
        item("reporting", "10", measure="reporting"),
        reporting=Reporting(D("0.5"), D(5), D(2), D("0.5"), D(1)),
    )
    given_ = Inputs(2024, "2024-12", (UnitIn("a", "a", "g"), UnitIn("b", "b", "g"), UnitIn("c", "c", "g")), {
        ("a", "reporting"): Measured(counts=Counts(late_days=3, missing=1, corrections=2, sent_back=1, late=1, owed=12)),
        ("b", "reporting"): Measured(counts=Counts(missing=9, owed=12)),
        ("c", "reporting"): Measured(counts=Counts(), absent=True),
    })  # fmt: skip
    result = scored(made, given_)
    assert line(result, "a", "reporting").score == D("4.50")
    assert (
        "迟报 1 次（计 3 天）扣 1.5、漏报 1 次扣 2、报错更正 2 次扣 1、被退回 1 次扣 1"
        in line(result, "a", "reporting").why
    )
    assert line(result, "b", "reporting").score == 0 and line(result, "c", "reporting").score is None


def test_what_if_changes_nothing_but_what_it_is_told() -> None:
    made, given_ = (
        scheme(item(weight="50"), item("duty", "50", measure="duty")),
        inputs(a=(30, 60), b=(60, 60)),
    )
    before = score(made, given_)
    changes = (Change("value", "g", "visit", "a", D(60)), Change("weight", "g", "visit", "", D(80)))
    compared = {each.before.unit.code: each for each in whatif.simulate(made, given_, changes)}
    assert (
        compared["a"].before.total == 50
        and compared["a"].after.total == 100
        and compared["a"].difference == 50
    )
    assert compared["b"].difference == 0
    assert score(made, given_) == before
    kept = whatif.as_scheme(made, (*changes, Change("target", "g", "visit", "a", D(90))))
    assert kept.groups[0].items[0].weight == 80 and kept.groups[0].items[0].targets == {"a": 90}


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 100)), min_size=1, max_size=6),
    st.sampled_from(list(Method)),
    st.booleans(),
)
def test_a_base_lies_between_nothing_and_the_cap(
    values: list[tuple[int, int]], method: Method, binding: bool
) -> None:
    given_ = inputs(**{f"u{n}": each for n, each in enumerate(values)})
    for unit in scored(scheme(item(binding=binding), method=method), given_).units:
        assert unit.base is not None and 0 <= unit.base <= HUNDRED
        assert unit.items[0].why.endswith("。")
