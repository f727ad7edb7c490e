"""Dates, months and options as clerks type them."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.forms.match import matches, numbered, rank
from desktop.forms.shorthand import full_date, full_period, weekday

TODAY = date(2024, 5, 21)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5-8", "2024-05-08"),
        ("0508", "2024-05-08"),
        ("5.8", "2024-05-08"),
        ("5月8日", "2024-05-08"),
        ("8", "2024-05-08"),
        ("今天", "2024-05-21"),
        ("昨天", "2024-05-20"),
        ("2024.5.8", "2024.5.8"),  # whole already: left to the parser
        ("20240508", "20240508"),
        ("王磊", "王磊"),
    ],
)
def test_a_date_gets_its_year_from_the_month_in_work(typed: str, meant: str) -> None:
    assert full_date(typed, "2024-05", TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("5", "2024-05"), ("12月", "2024-12"), ("本月", "2024-05"), ("上月", "2024-04"), ("13", "13")],
)
def test_a_month_gets_its_year(typed: str, meant: str) -> None:
    assert full_period(typed, "2024-05", TODAY) == meant


def test_weekday() -> None:
    assert weekday(date(2024, 5, 21)) == "周二"


OPTIONS = [("a", "千名干部访千企"), ("b", "挂点领导走访"), ("c", "政策宣讲")]


@pytest.mark.parametrize("typed", ["政策", "宣讲", "zcxj", "zhengce", "xj"])
def test_options_answer_fragments_and_pinyin(typed: str) -> None:
    assert matches(OPTIONS, typed)[0] == ("c", "政策宣讲")


def test_the_better_answer_comes_first() -> None:
    assert rank("走访", "走访") == 0
    assert [value for value, _ in matches(OPTIONS, "走访")] == ["b"]
    assert matches(OPTIONS, "没有") == []


def test_a_digit_names_a_place_unless_names_begin_with_it() -> None:
    assert numbered(OPTIONS, "2") == OPTIONS[1]
    assert numbered(OPTIONS, "9") is None
    assert numbered([("x", "2000万档"), ("y", "500万档")], "2") is None
