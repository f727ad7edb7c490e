"""Working days, holidays, 调休 and deadlines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import workdays
from db.errors import UsageError
from db.periods import Period
from db.workdays import DueRule


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2024, 5, 1), "劳动节"),
        (date(2024, 5, 6), None),
        (date(2024, 5, 11), None),  # a Saturday worked for the May holiday
        (date(2024, 5, 12), "周末"),
        (date(2024, 2, 12), "春节"),
        (date(2024, 10, 7), "国庆节"),
        (date(2024, 6, 10), "端午节"),
        (date(2025, 1, 1), "元旦"),
    ],
)
def test_why_a_day_is_free(day: date, why: str | None) -> None:
    assert workdays.why_not(day) == why
    assert workdays.is_workday(day) is (why is None)


def test_years_beyond_the_calendar_have_weekends_only() -> None:
    assert workdays.known(2024) and workdays.known(2025)
    assert not workdays.known(2090) and not workdays.known(1990)
    assert workdays.why_not(date(2090, 1, 1)) == "周末"  # a Sunday
    assert workdays.is_workday(date(2090, 1, 2)) and workdays.is_workday(date(2090, 5, 1))


def test_the_office_can_correct_the_calendar() -> None:
    ours = workdays.read_overrides(
        [
            {"day": "2090-05-01", "workday": False, "name": "劳动节"},
            {"day": "2024-05-11", "workday": False},
            {"day": "2024-05-12", "workday": True},
        ]
    )
    assert workdays.why_not(date(2090, 5, 1), ours) == "劳动节"
    assert workdays.why_not(date(2024, 5, 11), ours) == "放假"
    assert workdays.is_workday(date(2024, 5, 12), ours)
    assert workdays.due_date(Period("2024-05"), DueRule(day=12), ours) == date(2024, 5, 12)
    assert workdays.due_date(Period("2024-05"), DueRule(day=12)) == date(2024, 5, 11)


@pytest.mark.parametrize(
    "entry", [{}, {"day": "5月1日", "workday": False}, {"day": "2024-05-01"}, {"day": None, "workday": 1}]
)
def test_a_calendar_entry_that_cannot_be_read_is_named(entry: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="第 2 条") as refused:
        workdays.read_overrides([{"day": "2024-05-12", "workday": True}, entry])
    assert refused.value.id == "bad_calendar"


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2024-04", date(2024, 4, 25)),
        ("2024-05", date(2024, 5, 24)),  # the 25th is a Saturday
        ("2024-08", date(2024, 8, 23)),  # a Sunday: back over the Saturday
        ("2023-06", date(2023, 6, 25)),  # a Sunday worked for the Dragon Boat holiday
    ],
)
def test_the_25th_or_the_last_working_day_before(period: str, due: date) -> None:
    assert workdays.due_date(Period(period), DueRule()) == due


def test_other_rules() -> None:
    may = Period("2024-05")
    assert workdays.due_date(may, DueRule(25, move="forward")) == date(2024, 5, 27)
    assert workdays.due_date(may, DueRule(25, move="stay")) == date(2024, 5, 25)
    assert workdays.due_date(may, DueRule(5, months_later=1)) == date(2024, 6, 5)
    assert workdays.due_date(Period("2024-02"), DueRule(31)) == date(2024, 2, 29)
    assert workdays.due_date(Period("2024-12"), DueRule(3, months_later=1)) == date(2025, 1, 3)


def test_counting() -> None:
    assert workdays.add_workdays(date(2024, 4, 28), 3) == date(2024, 5, 6)  # 29, 30, then the holiday
    assert workdays.add_workdays(date(2024, 5, 6), -1) == date(2024, 4, 30)
    assert workdays.add_workdays(date(2024, 5, 1), 0) == date(2024, 5, 6)
    assert workdays.add_workdays(date(2024, 5, 7), 15) == date(2024, 5, 27)
    assert workdays.workdays_between(date(2024, 5, 7), date(2024, 5, 7)) == 0
    assert workdays.workdays_between(date(2024, 5, 8), date(2024, 5, 7)) == -1


@given(st.dates(date(2010, 1, 1), date(2045, 12, 31)), st.integers(1, 40))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    later = workdays.add_workdays(day, count)
    assert workdays.is_workday(later)
    assert workdays.workdays_between(day, later) == count
    assert workdays.workdays_between(later, day) == -count


@given(st.dates(date(2005, 1, 1), date(2040, 12, 31)))
def test_a_deadline_is_a_working_day_not_after_the_25th(day: date) -> None:
    period = Period.of_date(day)
    due = workdays.due_date(period, DueRule())
    assert workdays.is_workday(due) and due <= period.first_day + timedelta(days=24)
