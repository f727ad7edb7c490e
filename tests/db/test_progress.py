"""Arithmetic of 月调度: the worked examples to the digit, and what must hold for any figures."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import progress
from db.progress import Semantics, State, Thresholds

FLOW, STOCK, RATIO, NEW = (
    Semantics.ANNUAL_FLOW,
    Semantics.STOCK,
    Semantics.RATIO,
    Semantics.ANNUAL_INCREMENT,
)
amounts = st.decimals(0, 10**9, places=2, allow_nan=False)
targets = st.decimals(D("0.01"), 10**9, places=2, allow_nan=False)
months = st.integers(1, 12)
semantics = st.sampled_from(list(Semantics))


def test_cloud_in_may_2024() -> None:
    assert progress.rounded(progress.expected(STOCK, 5, D(1700), D(1500))) == D("1583.3")
    assert progress.show_pct(progress.time_progress(STOCK, 5, D(1700), D(1500))) == "93.1%"


def test_online_rate_in_may_2024() -> None:
    assert progress.rounded(progress.expected(RATIO, 5, D(90), D(88)), 2) == D("88.83")
    assert progress.show_pct(progress.time_progress(RATIO, 5, D(90), D(88))) == "98.7%"


@pytest.mark.parametrize("kind", [FLOW, NEW])
def test_flows_and_new_ones_in_may(kind: Semantics) -> None:
    assert progress.show_pct(progress.time_progress(kind, 5, D(140), D(120))) == "41.7%"
    assert progress.time_progress(kind, 5, None, None) == progress.time_progress(kind, 5, D(2), None)


@pytest.mark.parametrize(("month", "due"), [(3, 25), (6, 50), (9, 75), (12, 100)])
def test_quarters(month: int, due: int) -> None:
    assert progress.time_progress(FLOW, month, D(140), None) == due


def test_first_year_starts_from_the_baseline() -> None:
    assert progress.expected(STOCK, 6, D(1500), D(1300)) == 1400
    assert progress.expected(STOCK, 6, D(1500), None) is None
    assert progress.time_progress(STOCK, 6, D(1500), None) is None


@pytest.mark.parametrize(
    ("value", "target", "rate"),
    [
        (D(70), D(140), D(50)),
        (D(0), D(140), D(0)),
        (None, D(140), None),
        (D(1), None, None),
        (D(1), D(0), None),
    ],
)
def test_completion(value: D | None, target: D | None, rate: D | None) -> None:
    assert progress.completion(value, target) == rate


@pytest.mark.parametrize(
    ("gap", "state"),
    [
        ("0", State.NORMAL),
        ("12.5", State.NORMAL),
        ("-0.04", State.NORMAL),
        ("-0.05", State.WATCH),
        ("-9.94", State.WATCH),
        ("-9.95", State.ALARM),
        ("-10", State.ALARM),
        ("-80", State.ALARM),
    ],
)
def test_state(gap: str, state: State) -> None:
    assert progress.state(D(gap)) is state


def test_state_takes_its_limits_as_data() -> None:
    strict = Thresholds(normal=D(5), alarm=D(-2))
    assert progress.state(D(3), strict) is State.WATCH
    assert progress.state(D(-2), strict) is State.ALARM
    assert progress.state(None) is None


def test_growth() -> None:
    assert progress.yoy(D(110), D(100)) == 10
    assert progress.mom(D(90), D(120)) == -25
    for nothing in (
        progress.yoy(D(5), D(0)),
        progress.yoy(D(5), None),
        progress.yoy(None, D(5)),
        progress.yoy(D(5), D(5), comparable=False),
        progress.mom(D(5), D(-5)),
    ):
        assert nothing is None
        assert progress.show_pct(nothing) == "—"


def test_rounding_is_half_up_and_only_for_show() -> None:
    assert progress.show_pct(D("93.25")) == "93.3%"
    assert progress.show_pct(D("-0.04")) == "0.0%"
    assert progress.show_gap(D("-12.35")) == "-12.4"
    assert progress.show_gap(D("2.25")) == "+2.3"
    assert progress.show_gap(D("-0.04")) == "0.0"
    assert progress.show_number(D("1234567.895")) == "1,234,567.90"
    assert progress.show_number(D(1583), 0) == "1,583"
    assert progress.show_number(None) == progress.show_gap(None) == "—"
    assert progress.completion(D(1), D(3)) != D("33.3")


def test_score_is_capped() -> None:
    assert progress.score(D(120), D(10)) == 10
    assert progress.score(D(50), D(10)) == 5
    assert progress.score(D(120), D(10), cap=D(110)) == 11
    assert progress.score(None, D(10)) == 0


def test_assess_says_it_all() -> None:
    cloud = progress.assess(STOCK, 5, D(1600), D(1700), D(1500))
    assert (progress.show_pct(cloud.completion), progress.show_pct(cloud.time_progress)) == ("94.1%", "93.1%")
    assert (progress.show_gap(cloud.gap), cloud.state) == ("+1.0", State.NORMAL)
    empty = progress.assess(FLOW, 5, None, D(140), D(120))
    assert (empty.completion, empty.gap, empty.state) == (None, None, None)
    assert progress.show_pct(empty.time_progress) == "41.7%"


def test_a_month_is_a_month() -> None:
    with pytest.raises(ValueError, match="month 13"):
        progress.time_progress(FLOW, 13, D(1), None)


@given(semantics, targets, targets)
def test_time_progress_grows_with_the_month_when_the_target_does(kind: Semantics, a: D, b: D) -> None:
    prior, target = sorted((a, b))
    due = [progress.time_progress(kind, month, target, prior) for month in range(1, 13)]
    assert all(one is not None for one in due)
    assert due == sorted(due)  # type: ignore[type-var]
    assert due[-1] == 100


@given(semantics, months, amounts, targets, amounts)
def test_gap_is_the_difference(kind: Semantics, month: int, value: D, target: D, prior: D) -> None:
    found = progress.assess(kind, month, value, target, prior)
    assert found.completion is not None and found.time_progress is not None
    assert found.gap == found.completion - found.time_progress
    assert (found.state is State.NORMAL) == ((progress.rounded(found.gap) or 0) >= 0)


@given(semantics, targets, amounts)
def test_a_target_met_in_december_has_no_gap(kind: Semantics, target: D, prior: D) -> None:
    found = progress.assess(kind, 12, target, target, prior)
    assert found.gap == 0
    assert found.completion == found.time_progress == 100


@given(months, st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_value_exactly_as_expected_is_normal(month: int, twelfth: int, prior: int) -> None:
    """Multiples of twelve make the expected value whole; rounding must not turn its gap into −1E-26."""
    target = D(twelfth * 12)
    for kind, before in ((FLOW, D(0)), (STOCK, D(prior * 12))):
        on_time = progress.expected(kind, month, target, before)
        found = progress.assess(kind, month, on_time, target, before)
        assert (found.gap, found.state) == (0, State.NORMAL)
