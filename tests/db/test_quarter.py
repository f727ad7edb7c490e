"""The figures of a quarter: its own counts, comparisons, units, scores, and the rows behind every key."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, inspect, select

from db import settings
from db.errors import UsageError
from db.models import IndicatorValue, Issue, Visit
from db.periods import Period
from db.quarter import Flow, Quarter, quarter
from db.quarter_months import days_of, indicator_month, months_of, parse_quarter
from db.quarter_scores import Score, score_of
from db.quarter_sources import KEYS, rows_of, source_of
from db.quarter_units import Handled
from db.rollup import rollup
from db.sources import rows_of as rows_of_month
from db.sources import source_of as of_month
from db.store import Store
from db.types import new_key

Q1, Q2, Q4 = Period("2024-03"), Period("2024-06"), Period("2024-12")


def read(store: Store, end: Period) -> Quarter:
    with store.read() as session:
        return quarter(session, end)


@pytest.mark.parametrize(
    "text",
    [
        "2024Q2",
        "2024q2",
        " 2024 Q2 ",
        "2024-Q2",
        "2024年第二季度",
        "2024年二季度",
        "2024-05",
        "2024-06",
        "202404",
    ],
)
def test_spellings_of_a_quarter(text: str) -> None:
    assert parse_quarter(text) == Q2


@pytest.mark.parametrize("text", ["2024Q5", "2024Q0", "24Q1", "Q2", "", "2024Q", "２０２４Qx", "二季度"])
def test_what_is_no_quarter(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_quarter(text)
    assert caught.value.id == "bad_quarter"


def test_months_and_days() -> None:
    assert months_of(Q2) == (Period("2024-04"), Period("2024-05"), Q2)
    assert days_of(Q2) == (date(2024, 4, 1), date(2024, 6, 30))


def test_counts_are_those_of_the_rows(practice_year: Store) -> None:
    found = read(practice_year, Q2)
    with practice_year.read() as session:
        visits = session.scalar(
            select(func.count()).select_from(Visit).where(Visit.visit_date.between(*days_of(Q2)))
        )
        issues = session.scalar(
            select(func.count()).select_from(Issue).where(Issue.registered_on.between(*days_of(Q2)))
        )
    assert (found.visits.now, found.new_issues.now) == (visits, issues)
    assert sum(unit.visits for unit in found.units) == found.visits.now
    assert sum(unit.new_issues for unit in found.units) == found.new_issues.now
    assert sum(unit.closed_issues for unit in found.units) == found.closed_issues.now
    assert found.visits.before == read(practice_year, Q1).visits.now


def test_the_first_quarter_has_nothing_to_compare_with(practice_year: Store) -> None:
    first = read(practice_year, Q1)
    assert first.first and first.visits.before is None and first.visits.mom is None
    assert not read(practice_year, Q2).first


def test_a_quarter_that_runs_owes_only_what_is_due(practice_year: Store) -> None:
    found = read(practice_year, Q4)
    assert found.running and found.as_of == date(2024, 12, 20)
    states = {state for unit in found.units for state in unit.returns}
    assert "待报" in states and not found.missing  # December is due later than the practice day
    assert found.expected == found.received


@pytest.mark.parametrize(("end", "told"), [(Q1, Q1), (Q2, Q2), (Q4, Period("2024-11"))])
def test_indicators_are_of_the_newest_month_that_has_them(
    practice_year: Store, end: Period, told: Period
) -> None:
    found = read(practice_year, end)
    assert (found.told, found.earlier) == (told, told != end)
    with practice_year.read() as session:
        of_told = rollup(session, str(told))
        of_end = rollup(session, str(end))
        assert found.month.indicators == of_told.indicators and found.month.issues == of_end.issues
        assert found.told_coverage == of_told.coverage
        for line in found.indicators_in("judged"):
            period, key = str(told), f"indicator.{line.no}"
            assert source_of(session, str(end), key) == of_month(session, period, key)
            assert [row["id"] for row in rows_of(session, str(end), key)] == [
                row["id"] for row in rows_of_month(session, period, key)
            ]
        assert source_of(session, str(end), "quarter.told.received").count == found.told_coverage.received
    assert len(found.indicators_in("judged")) > 7  # the running quarter reads by no means 未报


def test_early_returns_do_not_make_the_others_unreported(practice_year: Store) -> None:
    """On the 20th of December some units have reported December, which is due later: November stands until all have."""
    with practice_year.read() as session:
        months = [IndicatorValue.period, IndicatorValue.indicator_no, IndicatorValue.org_code]
        of_november = set(session.execute(select(*months[1:]).where(months[0] == "2024-11")))
        early = list(session.scalars(select(IndicatorValue).where(months[0] == "2024-12")))
        assert 0 < len(early) < len(of_november)
        assert indicator_month(session, Q4) == Period("2024-11")
        fields = [
            each.key for each in inspect(IndicatorValue).column_attrs if each.key not in ("id", "period")
        ]
        there = {(each.indicator_no, each.org_code) for each in early}
        for value in session.scalars(select(IndicatorValue).where(months[0] == "2024-11")).all():
            if (value.indicator_no, value.org_code) not in there:
                kept = {name: getattr(value, name) for name in fields}
                session.add(IndicatorValue(**kept, id=new_key(), period="2024-12"))
        session.flush()
        assert indicator_month(session, Q4) == Q4  # all are here
        session.rollback()


def test_a_month_that_is_due_stands_with_what_is_missing(practice_year: Store) -> None:
    with practice_year.read() as session:
        settings.put(session, "practice_today", "2025-01-20")
        assert indicator_month(session, Q4) == Q4
        session.execute(delete(IndicatorValue).where(IndicatorValue.period == "2024-12"))
        assert indicator_month(session, Q4) == Period("2024-11")  # nobody reported it at all
        session.rollback()


def test_every_return_is_counted_once(practice_year: Store) -> None:
    found = read(practice_year, Q2)
    assert found.expected == found.received + found.missing == 3 * len(found.units)
    assert sum(unit.on_time for unit in found.units) + found.late == found.received


def test_streets_first_and_each_indicator_at_its_unit(practice_year: Store) -> None:
    found = read(practice_year, Q2)
    assert [unit.kind == "street" for unit in found.units] == sorted(
        (unit.kind == "street" for unit in found.units), reverse=True
    )
    for unit in found.units:
        for line in unit.indicators:
            assert unit.code in [each.unit_code for each in line.units if each.responsible]
    assert len(found.indicators_in("all")) == 14
    judged = len(found.indicators_in("judged"))
    assert judged == sum(len(found.indicators_in(each)) for each in ("normal", "watch", "alarm"))
    assert judged + len(found.unjudged) == 14


def test_an_empty_register_gives_a_quarter_of_zeros(bare_district: Store) -> None:
    found = read(bare_district, Q2)
    assert found.nothing and found.first and found.received == 0
    assert found.visits == Flow(0, None, None)
    assert found.missing == found.expected == 3 * len(found.units)
    assert len(found.unjudged) == 14 and found.told == Q2
    assert all(score_of(unit).total == 0 for unit in found.units)


@pytest.mark.parametrize("end", [Q1, Q2, Q4])
def test_every_key_leads_to_as_many_rows_as_it_says(practice_year: Store, end: Period) -> None:
    with practice_year.read() as session:
        known = quarter(session, end)
        for key in KEYS:
            for whole in (key, f"{key}:{known.units[0].code}"):
                source = source_of(session, str(end), whole, known)
                assert source.title and source.scope
                assert sum(1 for _ in rows_of(session, str(end), whole, known)) == source.count


def test_rows_give_the_figures_back(practice_year: Store) -> None:
    with practice_year.read() as session:
        found = quarter(session, Q2)

        def count(key: str) -> int:
            return source_of(session, str(Q2), key).count

        assert count("quarter.visit.rows") == found.visits.now
        firms = {(row["firm"], row["uscc"]) for row in rows_of(session, str(Q2), "quarter.visit.enterprises")}
        assert len(firms) == found.enterprises.now
        assert count("quarter.issue.new") == found.new_issues.now
        assert count("quarter.issue.closed") == found.closed_issues.now
        assert count("quarter.cloud.new") == found.new_clouds.now
        assert count("quarter.returns.late") == found.late
        for unit in found.units:
            assert count(f"quarter.returns.on_time:{unit.code}") == unit.on_time
            assert count(f"quarter.handled.all:{unit.code}") == unit.handled.all
            assert count(f"quarter.handled.open:{unit.code}") == unit.handled.open


def test_other_keys_are_those_of_the_last_month(practice_year: Store) -> None:
    with practice_year.read() as session:
        assert source_of(session, str(Q2), "indicator.1").count == 1
        with pytest.raises(UsageError):
            source_of(session, str(Q2), "quarter.weather")


@given(done=st.integers(0, 500), open_=st.integers(0, 500), due=st.integers(0, 500))
def test_both_rates_lie_between_nothing_and_all(done: int, open_: int, due: int) -> None:
    found = Handled(all=done + open_, done=done, open=open_, due=done + min(due, open_))
    for rate in (found.rate_due, found.rate_all):
        assert rate is None or 0 <= rate <= 100
    if found.rate_due is not None and found.rate_all is not None:
        assert found.rate_due >= found.rate_all  # what is not due yet can only help


@given(now=st.integers(0, 9999), before=st.none() | st.integers(0, 9999))
def test_growth_is_exact_or_not_told(now: int, before: int | None) -> None:
    found = Flow(now, before, None)
    assert found.yoy is None
    if not before:
        assert found.mom is None
    else:
        assert found.mom is not None and abs(found.mom * before / 100 + before - now) < Decimal("1e-15")


def test_a_score_is_the_mean_of_the_parts_a_unit_has(practice_year: Store) -> None:
    unit = next(unit for unit in read(practice_year, Q2).streets if unit.late)
    found = score_of(unit)
    assert found.indicators is None and found.returns is not None and found.solved is not None
    assert found.total == (found.returns + found.solved) / 2
    assert Score(unit, None, None, None).total is None
