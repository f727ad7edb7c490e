"""The outlook of a year: exact, with its assumption in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.upscale.forecast import Point, assumption, linear, outlook

D = Decimal


def test_the_monthly_mean_goes_on_by_default() -> None:
    found = outlook([Point("2024-03", D(240)), Point("2024-05", D("402"))], D(1000))
    assert (found.asof, found.revenue, found.monthly) == ("2024-05", D(402), D("80.4"))
    assert (found.forecast, found.reach_ym) == (D("964.80"), None)
    assert found.assumption == "按 1—5 月月均 80.4 万元推算"
    assert (found.missing, found.rate, found.reached) == (D(598), D("40.2"), False)
    assert found.known[2] == D(240) and found.known[4] == D(402) and found.known[3] is None
    assert found.expected[:5] == (None,) * 5 and found.expected[5] == D("482.40")
    assert found.expected[11] == found.forecast
    assert found.second is None


def test_last_year_gives_a_second_figure_where_it_is_known() -> None:
    last = [Point("2023-05", D(300)), Point("2023-12", D(1000))]
    found = outlook([Point("2024-05", D(402))], D(1000), last_year=last)
    assert found.second == (D("1340.00"), "按上年 1—5 月占全年 30.0% 推算")
    assert found.forecast == D("964.80"), "the monthly mean stays the default"
    by_card = outlook([Point("2024-05", D(402))], D(1000), last_year=last[:1], last_total=D(1200))
    assert by_card.second is not None and by_card.second[0] == D("1608.00")


@pytest.mark.parametrize(
    ("last", "total"),
    [
        ([], D(1000)),
        ([Point("2023-05", D(300))], None),
        ([Point("2023-05", D(0))], D(1000)),
        ([Point("2023-05", D(1200))], D(1000)),
        ([Point("2023-04", D(300))], D(1000)),
    ],
)
def test_without_last_year_there_is_no_second_figure(last: list[Point], total: Decimal | None) -> None:
    assert outlook([Point("2024-05", D(402))], D(1000), last_year=last, last_total=total).second is None


def test_the_month_the_line_was_passed_is_the_first_known_one() -> None:
    found = outlook([Point("2024-04", D(520)), Point("2024-05", D(700))], D(500))
    assert (found.reached, found.reach_ym, found.missing) == (True, "2024-04", D(0))
    assert found.rate == D("140.0")


def test_another_year_and_no_figures() -> None:
    points = [Point("2023-12", D(480)), Point("2024-02", D(100))]
    assert outlook(points, D(500), year=2023).forecast == D(480)
    assert outlook(points, D(500), year=2023).assumption == "全年数，不需推算"
    assert outlook(points, D(500)).year == 2024
    nothing = outlook([], D(500))
    assert nothing.forecast is None and "不能推算" in nothing.assumption and nothing.missing is None


def test_without_a_line_and_with_a_loss() -> None:
    found = outlook([Point("2024-05", D(402))], None)
    assert (found.missing, found.rate, found.reach_ym, found.reached) == (None, None, None, False)
    loss = outlook([Point("2024-05", D(-50))], D(500))
    assert (loss.forecast, loss.reach_ym, loss.missing) == (D("-120.00"), None, D(550))
    assert assumption(1, D("12.34")) == "按 1 月 12.3 万元推算"


@given(revenue=st.decimals("0.01", "999999", places=2), month=st.integers(1, 12), line=st.integers(100, 5000))
def test_the_month_of_reaching_is_the_first_whose_expected_sum_is_the_line(
    revenue: Decimal, month: int, line: int
) -> None:
    forecast, reach = linear(revenue, f"2024-{month:02d}", D(line))
    assert forecast is not None
    if reach is None:
        assert revenue * 12 / month < line
    else:
        n = int(reach[-2:])
        assert revenue * n / month >= line
        assert n == 1 or revenue * (n - 1) / month < line
