"""通报考核 by keys: its tabs, the quarter that is worked on, what is drafted, edited and exported."""

from __future__ import annotations

from collections.abc import Callable

from db.store import Store
from desktop.pages.bulletin import TABS, BulletinPage
from desktop.pages.bulletin_quarter import QuarterPage
from tests.desktop.pages.conftest import Sitting

Sit = Callable[[Store], Sitting]


def at_page(sit: Sit, store: Store) -> tuple[Sitting, BulletinPage]:
    desk = sit(store)
    assert desk.main.goto("bulletin")
    desk.settle()
    page = desk.main.page
    assert isinstance(page, BulletinPage)
    return desk, page


def test_first_comes_the_quarter_of_the_month(sit: Sit, district: Store) -> None:
    _desk, page = at_page(sit, district)
    assert isinstance(page.current, QuarterPage)
    assert str(page.current.quarter) == "2024-12"
    assert [key for key, _word, _factory in TABS][0] == "quarterly"
