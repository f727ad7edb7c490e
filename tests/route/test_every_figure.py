"""Any figure is followed to its rows in two clicks at most: on the pages, and (further down) in what is written for others.

That the rows come to the figure is tests/db/test_sources.py's, for every key; here is the way there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from db import lists
from db.figures import Figure, figures_of
from db.rollup import Rollup, rollup
from db.rows_behind import RETURN
from db.sources import Source, source_of
from db.store import Store
from desktop.page import Page
from desktop.pages.groups import GroupPage
from desktop.pages.indicators import IndicatorsPage
from desktop.pages.register_page import RegisterPage
from desktop.pages.sources import leads_to, open_source
from desktop.places import REGISTERS_OF
from tests.desktop.pages.conftest import PERIOD, Sitting
from tests.desktop.pages.conftest import district as district
from tests.desktop.pages.conftest import district_template as district_template
from tests.desktop.pages.conftest import sit as sit

pytestmark = pytest.mark.slow

Sit = Callable[..., Sitting]


def read(store: Store) -> tuple[Rollup, dict[str, Figure]]:
    with store.read() as session:
        month = rollup(session, PERIOD)
    return month, figures_of(month)


def kind(key: str) -> str:
    """What keys that go the same way have in common: “visit.rows:”, “issue.status.”, “park.firms”."""
    whole, narrowed, _ = key.partition(":")
    group, *rest = whole.split(".")
    if group == "indicator":
        return f"indicator{narrowed}"
    if group == "park":
        return f"park.{rest[-1]}"
    return f"{group}.{rest[0]}{'.' if len(rest) > 1 else ''}{narrowed}"


def one_of_each(figures: dict[str, Figure]) -> list[str]:
    """A figure of each kind, one with rows behind it where there is such; all indicators of the district."""
    found: dict[str, str] = {}
    for key, figure in figures.items():
        if kind(key) not in found or (figure.value and not figures[found[kind(key)]].value):
            found[kind(key)] = key
    return [*found.values(), *(key for key in figures if key.startswith("indicator.") and ":" not in key)]


def test_every_figure_leads_to_a_page_of_the_navigation(district: Store) -> None:
    _, figures = read(district)
    assert len(figures) > 300
    with district.read() as session:
        for key in figures:
            source = source_of(session, PERIOD, key)
            page, args = leads_to(source, key)
            if source.register == RETURN:
                assert page == "receive"
            elif source.register == "indicator":
                assert page == "indicators" and args["rows"]
            else:
                assert source.register in REGISTERS_OF[page] and args["filters"] and args["told"], key


def test_a_click_shows_the_rows_of_a_figure(sit: Sit, district: Store) -> None:
    month, figures = read(district)
    at = sit(district)
    with district.read() as session:
        sources = {key: source_of(session, PERIOD, key) for key in one_of_each(figures)}
    assert len(sources) > 40
    for key, source in sources.items():
        assert at.main.goto("indicators")
        at.settle()
        start = at.main.page
        assert isinstance(start, Page)
        open_source(start, PERIOD, key)
        at.settle()
        _shows(at, key, source, month, district)


def _shows(at: Sitting, key: str, source: Source, month: Rollup, store: Store) -> None:
    page: Any = at.main.page
    if source.register == RETURN:
        assert page.key == "receive" and at.context.period == PERIOD, key
        return
    if source.register == "indicator":
        assert isinstance(page, IndicatorsPage) and page.board is not None, key
        number = key.split(".")[1].partition(":")[0]
        assert page.board.panel.isVisible() and page.board.panel.record == number, key
        line = next(each for each in month.indicators if str(each.no) == number)
        assert sum(len(each.rows) for each in line.units) >= source.count, key
        return
    if isinstance(page, GroupPage):
        page = page.current
    assert isinstance(page, RegisterPage) and page.plan.register == source.register, key
    query = page.list.shown_query()
    with store.read() as session:
        assert lists.count(session, query) == source.count, (key, query)


@pytest.mark.parametrize("key", ["visit.rows", "issue.overdue", "cloud.counted", "indicator.5"])
def test_the_list_says_what_it_is_filtered_by(sit: Sit, district: Store, key: str) -> None:
    at = sit(district)
    with district.read() as session:
        source = source_of(session, PERIOD, key)
    start = at.main.page
    assert isinstance(start, Page)
    open_source(start, PERIOD, key)
    at.settle()
    page: Any = at.main.page
    page = page.current if isinstance(page, GroupPage) else page
    assert source.title in page.list.filters.pinned.text()


def test_an_earlier_month_is_listed_as_it_stood(sit: Sit, district: Store) -> None:
    """The rows behind March's stock are March's, and the list says so."""
    at = sit(district)
    march = "2024-03"
    with district.read() as session:
        stood, now = (rollup(session, month).projects for month in (march, PERIOD))
    assert stood.by_stage != now.by_stage, "the play moves on"
    start = at.main.page
    assert isinstance(start, Page)
    open_source(start, march, "project.stage.入库")
    at.settle()
    page: Any = at.main.page
    page = page.current if isinstance(page, GroupPage) else page
    assert "入库的项目（2024 年 3 月末的情况）" in page.list.filters.pinned.text()
    rows = page.list.table.paged.rows()
    assert len(rows) == stood.by_stage["入库"] != now.by_stage.get("入库")
    assert {str(row.cells["stage"]) for row in rows} == {"入库"}


def test_a_figure_of_another_month_takes_the_window_there(sit: Sit, district: Store) -> None:
    at = sit(district)
    assert at.main.goto("indicators")
    at.settle()
    start: Any = at.main.page
    earlier = "2024-10"
    open_source(start, earlier, "indicator.1")
    at.settle()
    page: Any = at.main.page
    assert at.context.period == earlier and at.main.top.month.period == earlier
    assert page.board.panel.record == "1" and page.board.panel.isVisible()
    with district.read() as session:
        value = next(each for each in rollup(session, earlier).indicators if each.no == 1).value
    assert page.board.table.current_id() == "1" and value is not None
