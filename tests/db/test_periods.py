"""A month in all its spellings."""

import pickle
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import UsageError
from db.periods import Period, months_between, quarter_end

periods = st.builds(Period.of, st.integers(1901, 2199), st.integers(1, 12))


@pytest.mark.parametrize(
    "raw",
    [
        "2024-05",
        "2024-5",
        "2024/05",
        "2024.5",
        "2024年5月",
        "2024 年 05 月",
        "2024年5月份",
        "202405",
        "２０２４－０５",
        " 2024-05 ",
        "2024—05",
        "2024-05-31",
        "2024年5月8日",
        "2024-05-01 00:00:00",
        date(2024, 5, 8),
        datetime(2024, 5, 31, 23, 59),
        Period("2024-05"),
    ],
)
def test_spellings(raw: object) -> None:
    assert Period.parse(raw) == "2024-05"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "2024",
        "2024-13",
        "2024-00",
        "5月",
        "24-05",
        "2024-05-32",
        "2024年1-5月",
        "05/2024",
        "0000-01",
        "一月",
        None,
        5,
    ],
)
def test_what_is_no_month_is_refused_in_words(raw: object) -> None:
    with pytest.raises(UsageError) as refused:
        Period.parse(raw)
    assert refused.value.id == "bad_period"
    assert "不是有效的填报期" in refused.value.message and "2024-05" in refused.value.hint


def test_constructor_takes_the_canonical_text_only() -> None:
    with pytest.raises(UsageError):
        Period("2024-5")


def test_parts_and_neighbours() -> None:
    may = Period("2024-05")
    assert (may.year, may.month, may.quarter, may.is_quarter_end) == (2024, 5, 2, False)
    assert (may.next, may.prev, may.last_year) == ("2024-06", "2024-04", "2023-05")
    assert (Period("2024-12").next, Period("2024-01").prev) == ("2025-01", "2023-12")
    assert (may.first_day, may.last_day) == (date(2024, 5, 1), date(2024, 5, 31))
    assert Period("2024-02").last_day == date(2024, 2, 29)
    assert may.contains(date(2024, 5, 31)) and not may.contains(date(2023, 5, 31))
    assert may.display() == "2024 年 5 月"
    assert may.display_quarter() == "2024 年第二季度"
    assert quarter_end(2024, 2) == "2024-06" and quarter_end(2024, 2).is_quarter_end
    assert may.year_to_date() == ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05")
    assert list(months_between(Period("2023-11"), Period("2024-02"))) == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    assert list(months_between(may, may.prev)) == []


def test_it_is_its_text() -> None:
    may = Period("2024-05")
    assert f"{may}" == "2024-05" and isinstance(may, str)
    assert pickle.loads(pickle.dumps(may)) == may
    assert sorted([Period("2024-10"), Period("2024-09")]) == ["2024-09", "2024-10"]


@given(periods, st.integers(-600, 600))
def test_shift_and_back(period: Period, months: int) -> None:
    if 1900 <= (period.year * 12 + period.month - 1 + months) // 12 <= 9999:
        moved = period.shift(months)
        assert moved.shift(-months) == period
        assert (moved > period) == (months > 0)


@given(periods)
def test_days_belong_to_their_month(period: Period) -> None:
    assert (
        Period.of_date(period.first_day) == Period.of_date(period.last_day) == Period.parse(period.display())
    )
    assert (period.next.first_day - period.last_day).days == 1
