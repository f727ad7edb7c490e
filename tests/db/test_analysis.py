"""The figures behind the pictures of 分析: arithmetic, what is missing, what a mark leads to."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db import lists, parameters, plan_file, plan_store, setup
from db.analysis import Rows, months_back, share
from db.analysis_growth import cloud_growth, park_growth
from db.analysis_indicators import MISSING, assumption, bullets, trend, trends
from db.analysis_units import heat
from db.analysis_visits import visit_months
from db.analysis_work import BUCKETS, ageing, bucket_days, bucket_of, bucket_words, funnel
from db.indicator_history import forecast
from db.lists import ListQuery
from db.models import Cloud, IndicatorUnit, IndicatorValue, Issue, Nurture, ParkMonth
from db.models.nurture import UPSCALE
from db.periods import Period
from db.progress import Semantics
from db.sources import source_of
from db.store import Actor, Store
from db.types import new_key, now
from tests.db import fixtures
from tests.db.fixtures import OTHER_STREET, STREET

MONTH = Period("2024-05")
TODAY = date(2024, 5, 31)
HEAD = Actor("qsjb", "万志远", "supervisor")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "区数字经济办公室", "supervisor", person="万志远")
    opened.set_setting("practice_today", TODAY.isoformat())
    yield opened
    opened.close()


def put(session: Session, model: type, unit: str = STREET, **values: object) -> None:
    session.add(
        model(
            id=new_key(), rev=1, unit_code=unit, created_at=now(), created_by="张敏", updated_at=now(), updated_by="张敏",
            incomplete=False, digest="0" * 32, **values,
        )
    )  # fmt: skip
    session.flush()


def value(session: Session, no: int, period: str, org: str, number: str | None) -> None:
    put(session, IndicatorValue, org, indicator_no=no, period=period, org_code=org, value=None if number is None else Decimal(number))  # fmt: skip


def office(session: Session, no: int) -> str:
    from sqlalchemy import select

    found = session.scalars(select(IndicatorUnit.unit_code).where(IndicatorUnit.indicator_no == no)).all()
    return str(found[0])


def rows_behind(session: Session, rows: Rows) -> int:
    """How many rows the list that a mark opens shows."""
    if rows.register:
        return lists.count(session, ListQuery(rows.register, rows.filters))
    return source_of(session, rows.period, rows.key).count


def test_an_empty_register_gives_every_picture_without_an_error(store: Store) -> None:
    with store.read() as session:
        bars = bullets(session, MONTH)
        assert len(bars.rows) == 14 and {row.value for row in bars.rows} == {None}
        assert {row.state for row in bars.rows} == {MISSING}
        assert all("年度目标" in row.told for row in bars.rows)
        years = trends(session, MONTH)
        assert len(years) == 14
        for each in years:
            assert each.known is None and each.growth is None and each.year_end is None
            assert each.assumption == "今年还没有数，不作推算。"
        grid = heat(session, MONTH)
        assert len(grid.rows) == 10 and [row.code for row in grid.rows] == sorted(
            row.code for row in grid.rows
        )
        assert funnel(session, MONTH).total == 0 and funnel(session, MONTH).through is None
        assert [part.lines for part in ageing(session, MONTH)] == [(), ()]
        growth = cloud_growth(session, MONTH)
        assert growth.channels == () and growth.counted == (0,) * 13 and growth.opening == 1300
        assert len(park_growth(session, MONTH).parks) == 10
        assert visit_months(session, MONTH).firms[:5] == (0,) * 5


def test_a_bar_says_completion_time_and_gap_as_the_worked_example(store: Store) -> None:
    """2024-05 网办率: 应达 88.83, 序时 98.7 %."""
    with store.write() as session:
        value(session, 4, "2024-05", office(session, 4), "88.5")
    with store.read() as session:
        row = next(each for each in bullets(session, MONTH).rows if each.no == 4)
    assert round(row.due or 0, 1) == Decimal("98.7") and round(row.completion or 0, 1) == Decimal("98.3")
    assert row.state == "关注" and row.coverage == "1/1"
    assert row.rows == Rows("indicator.4", "2024-05")


def test_a_target_of_zero_is_said_in_words(store: Store, tmp_path: Path) -> None:
    document = copy.deepcopy(dict(plan_file.default_plan().document))
    for each in document["indicators"]:
        if each["no"] == 1:
            each["targets"]["2024"] = "0"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with store.write() as session:
        plan_store.install(session, plan_file.load(path), "万志远", "2024-01")
        value(session, 1, "2024-05", office(session, 1), "60")
    with store.read() as session:
        bar = next(each for each in bullets(session, MONTH).rows if each.no == 1)
        assert (bar.value, bar.completion, bar.gap, bar.state) == (Decimal(60), None, None, "不评价")
        year = trend(session, 1, MONTH)
    assert year is not None and year.year_end_completion is None and year.year_end is None


def test_a_year_outside_the_plan_has_figures_and_no_target(store: Store) -> None:
    with store.write() as session:
        value(session, 1, "2031-02", office(session, 1), "60")
    with store.read() as session:
        bar = next(each for each in bullets(session, Period("2031-02")).rows if each.no == 1)
        year = trend(session, 1, Period("2031-02"))
    assert bar.value == 60 and bar.target is None and bar.state == "不评价"
    assert year is not None and year.target is None and year.path == (None,) * 12


def test_a_unit_is_judged_only_where_it_answers_alone(store: Store) -> None:
    with store.write() as session:
        alone, shared = office(session, 1), "xhyd"
        value(session, 1, "2024-05", alone, "60")
        value(session, 5, "2024-05", shared, "700")
    with store.read() as session:
        mine = bullets(session, MONTH, alone).rows
        first = next(each for each in mine if each.no == 1)
        assert first.state == "正常" and first.rows.key == f"indicator.1:{alone}"
        carrier = {each.no: each for each in bullets(session, MONTH, shared).rows}
        assert carrier[5].completion is None and carrier[5].state == "本单位数"
        assert bullets(session, MONTH, STREET).rows == ()
        assert bullets(session, MONTH, STREET).about.coverage == "已填 0/0 项"


def test_a_year_beside_the_last_with_its_end(store: Store) -> None:
    with store.write() as session:
        org = office(session, 1)
        for n, number in enumerate(("10", "22", "33", "45", "57"), start=1):
            value(session, 1, f"2024-0{n}", org, number)
        value(session, 1, "2023-05", org, "50")
    with store.read() as session:
        year = trend(session, 1, MONTH)
    assert year is not None and year.known == 5 and year.latest == 57 and year.before == 50
    assert year.growth == Decimal(14)
    step = (Decimal(57) - 22) / 3
    assert year.year_end is not None and abs(year.year_end - (57 + step * 7)) < Decimal("1e-20")
    assert year.assumption.startswith(
        "按近三月月均（每月增加 11.67 亿元）推算，年底约 138.67 亿元，为年度目标的 99.0%"
    )
    assert year.rows(5) == Rows("indicator.1", "2024-05")
    assert "2023 年 1/12 个月有数" in year.about.coverage


def test_negative_growth_one_month_only_and_a_decline(store: Store) -> None:
    with store.write() as session:
        org = office(session, 1)
        value(session, 1, "2023-01", org, "20")
        value(session, 1, "2024-01", org, "15")
    with store.read() as session:
        january = trend(session, 1, Period("2024-01"))
        later = trend(session, 1, MONTH)
    assert january is not None and january.growth == Decimal(-25)
    assert january.assumption.startswith("按 1 月的数")
    assert later is not None and later.known == 1 and "今年 1/5 个月有数" in later.about.coverage
    with store.write() as session:
        for n, number in enumerate(("-3", "-6", "-9"), start=2):
            value(session, 1, f"2024-0{n}", org, number)
    with store.read() as session:
        falling = trend(session, 1, Period("2024-04"))
    assert falling is not None and falling.year_end is not None and falling.year_end < -9
    assert "减少" in falling.assumption


def test_a_sum_of_which_a_part_is_missing_is_a_gap_not_a_fall(store: Store) -> None:
    from sqlalchemy import select

    from db.models import Indicator

    with store.write() as session:
        numbers = session.scalars(select(Indicator.no).where(Indicator.combine == "sum")).all()
        no = next(
            n for n in numbers
            if len(session.scalars(select(IndicatorUnit.unit_code).where(IndicatorUnit.indicator_no == n)).all()) > 1
        )  # fmt: skip
        units = session.scalars(select(IndicatorUnit.unit_code).where(IndicatorUnit.indicator_no == no)).all()
        for unit in units:
            value(session, no, "2024-04", unit, "2")
        value(session, no, "2024-05", units[0], "3")
    with store.read() as session:
        year = trend(session, no, MONTH)
    assert year is not None and year.reached[3] == 2 * len(units) and year.reached[4] is None


numbers = st.one_of(st.none(), st.decimals("-1e6", "1e6", places=2, allow_nan=False))


@given(st.lists(numbers, min_size=12, max_size=12), st.sampled_from(list(Semantics)), numbers)
def test_what_the_year_comes_to_is_always_said(
    values: list[Decimal | None], semantics: Semantics, target: Decimal | None
) -> None:
    """A forecast has its figure in the words; none has its reason."""
    from dataclasses import replace

    indicator = replace(plan_file.default_plan().indicators[0], semantics=semantics)
    ahead = forecast(semantics, tuple(values))
    told = assumption(indicator, tuple(values), ahead, target)
    assert told.endswith("。") and ("年底约" in told) == (ahead[-1] is not None)
    if ahead[-1] is None:
        assert "不作推算" in told


def nurture(session: Session, stage: str, unit: str = STREET, month: str = "2024-04") -> None:
    put(session, Nurture, unit, nurture_type=UPSCALE, stage=stage, asof_ym=month)


def test_the_funnel_counts_who_came_so_far(store: Store) -> None:
    with store.write() as session:
        for stage, count in (("摸底", 4), ("入库培育", 3), ("材料准备", 2), ("已入库", 1), ("退回", 2)):
            for _ in range(count):
                nurture(session, stage)
        nurture(session, "摸底", month="2024-06")
        nurture(session, "入库培育", OTHER_STREET)
    with store.read() as session:
        found = funnel(session, MONTH)
        by = {step.stage: step for step in found.steps}
        assert [step.reached for step in found.steps] == [11, 7, 3, 3, 1, 1, 1, 1]
        assert by["入库培育"].rate == share(7, 11) and by["摸底"].rate is None
        assert found.left[0][:2] == ("退回", 2) and "2 家已退出" in found.about.coverage
        for step in found.steps:
            assert rows_behind(session, step.rows) == step.there
            assert rows_behind(session, step.reached_rows) == step.reached
        own = funnel(session, MONTH, OTHER_STREET)
        assert own.total == 1 and rows_behind(session, own.steps[1].rows) == 1


@given(st.integers(min_value=0, max_value=4000))
def test_every_age_has_one_bucket_and_its_days(days: int) -> None:
    place = bucket_of(days)
    low, high = BUCKETS[place]
    assert low <= days and (high is None or days <= high)
    between = bucket_days(place, TODAY)
    registered = TODAY - timedelta(days=days)
    assert registered <= between.high and (between.low is None or registered >= between.low)
    assert bucket_words(place).endswith(("天", "以上"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 200), st.sampled_from(("用工", "融资", None)), st.sampled_from((STREET, OTHER_STREET)),
            st.sampled_from(("办理中", "待交办", "已办结")), st.integers(-40, 40),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_each_segment_of_the_ageing_leads_to_as_many_rows_as_it_shows(
    store: Store, problems: list[tuple[int, str | None, str, str, int]]
) -> None:
    with store.write() as session:
        session.query(Issue).delete()
        for age, category, unit, status, due in problems:
            put(session, Issue, unit, registered_on=TODAY - timedelta(days=age), category=category, status=status, due_date=TODAY + timedelta(days=due))  # fmt: skip
    with store.read() as session:
        open_ones = [p for p in problems if p[3] != "已办结"]
        for part in ageing(session, MONTH):
            assert sum(part.totals) == len(open_ones)
            assert part.overdue == sum(p[4] < 0 for p in open_ones)
            for line in part.lines:
                for count, rows in zip(line.counts, line.rows, strict=True):
                    assert rows_behind(session, rows) == count
                assert rows_behind(session, line.overdue_rows) == line.overdue
        own = ageing(session, MONTH, STREET)[0]
        assert sum(own.totals) == sum(p[2] == STREET for p in open_ones)


def cloud(session: Session, day: date, org: str | None, counted: bool, reason: str | None = None) -> None:
    put(
        session,
        Cloud,
        org or "xhyd",
        cloud_on=day,
        provider_org=org,
        counted=counted,
        uncounted_reason=reason,
    )


def test_cloud_by_channel_grows_and_shows_duplicates_apart(store: Store) -> None:
    with store.write() as session:
        for month, org in ((1, "xhyd"), (2, "xhdx"), (5, "xhyd"), (6, "xhyd")):
            cloud(session, date(2024, month, 8), org, True)
        cloud(session, date(2023, 3, 1), "xhdx", True)
        cloud(session, date(2024, 4, 1), "xhyd", False, "重复服务")
        cloud(session, date(2024, 4, 1), "xhyd", False, "无证明")
        cloud(session, date(2024, 4, 2), None, True)
    with store.read() as session:
        found = cloud_growth(session, MONTH)
        by = {channel.code: channel for channel in found.channels}
        assert found.months == months_back(MONTH) and found.months[0] == "2023-05"
        assert by["xhyd"].counted[-1] == 2 and by["xhdx"].counted == (1,) * 9 + (2,) * 4
        assert found.counted[-1] == 5 and found.joined[-1] == 1 and found.duplicates[-2:] == (1, 1)
        assert found.duplicates[-3] == 0 and by[""].name == "未填渠道"
        assert "期初数 1,300 家" in found.about.scope
        for channel in found.channels:
            assert rows_behind(session, found.rows(channel, 12)) >= channel.counted[-1]
        assert cloud_growth(session, MONTH, "xhyd").counted[-1] >= 2


def test_parks_over_time_with_gaps(store: Store) -> None:
    with store.read() as session:
        code = park_growth(session, MONTH).parks[0].code
    with store.write() as session:
        for period, revenue, firms in (("2024-03", "300", 10), ("2024-05", "520.5", 12)):
            put(session, ParkMonth, "qfwyfzj", park_code=code, period=period, status="已建成", revenue_ytd=Decimal(revenue), firms=firms, occupancy=Decimal("81.5"))  # fmt: skip
    with store.read() as session:
        found = park_growth(session, MONTH)
        park = found.parks[0]
        assert park.revenue[-3:] == (Decimal("300.00"), None, Decimal("520.50")) and park.firms[-1] == 12
        assert park.occupancy[-1] == Decimal("81.5") and park.status == "已建成"
        assert found.about.coverage == "2024 年 5 月已报 1/10 个园区"
        assert found.rows(park, 1, 12) == Rows(f"park.{code}.firms", "2024-05")
        assert rows_behind(session, found.rows(park, 1, 12)) == 1
        assert park_growth(session, MONTH, STREET).parks == ()


def test_streets_stand_by_code_unless_the_office_may_rank(store: Store) -> None:
    with store.write() as session:
        nurture(session, "摸底", STREET)
        for _ in range(3):
            nurture(session, "摸底", OTHER_STREET)
    with store.read() as session:
        grid = heat(session, MONTH)
    column = next(n for n, each in enumerate(grid.columns) if each.key == "nurture")
    assert not grid.may_rank and grid.ranked(column).sorted_by == -1
    assert [row.code for row in grid.ranked(column).rows] == sorted(row.code for row in grid.rows)
    with store.write() as session:
        parameters.put(session, "rankings", True, HEAD)
    with store.read() as session:
        grid = heat(session, MONTH)
        ranked = grid.ranked(column)
        assert [row.code for row in ranked.rows][:2] == [OTHER_STREET, STREET] and ranked.sorted_by == column
        for row in grid.rows:
            cell = row.cells[column]
            assert not cell.rows or rows_behind(session, cell.rows) == cell.value


def test_cells_say_states_in_words(store: Store) -> None:
    with store.write() as session:
        put(session, Issue, registered_on=date(2024, 4, 1), status="办理中", due_date=date(2024, 5, 1))
        put(session, Issue, registered_on=date(2024, 4, 1), status="已销号", due_date=date(2024, 5, 1))
    with store.read() as session:
        grid = heat(session, MONTH)
    row = next(each for each in grid.rows if each.code == STREET)
    cells = {column.key: cell for column, cell in zip(grid.columns, row.cells, strict=True)}
    assert cells["issue.rate"].words == "50%" and cells["issue.rate"].value == 50
    assert cells["issue.overdue"].words == "超期 1" and cells["return"].words == "未报"
    assert cells["issue.overdue"].told.startswith("朝阳洲街道，超期问题：")
    other = next(each for each in grid.rows if each.code == OTHER_STREET)
    assert {cell.words for cell in other.cells} >= {"—", "0"}


def test_visits_by_month_of_one_unit(store: Store) -> None:
    with store.write() as session:
        firm = fixtures.firm(session)
        for day in (date(2023, 4, 2), date(2024, 2, 3), date(2024, 2, 9), date(2024, 6, 1)):
            fixtures.add(session, "visit", enterprise_id=firm, visit_date=day, visit_mode="实地")
    with store.read() as session:
        found = visit_months(session, MONTH, STREET)
        assert found.firms[:6] == (0, 1, 0, 0, 0, None) and found.rows[1] == 2
        assert found.before[3:5] == (1, 0) and found.before[0] is None and not found.source(6)
        assert rows_behind(session, found.source(1)) == 2
        assert visit_months(session, MONTH, OTHER_STREET).before == (None,) * 12
