"""公布记录 by keys: the list, the differences of one, restating what moved, the notice, paper, feedback, a figure's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from db.errors import Refused
from db.store import Actor, Store
from desktop.actions import publishing, receiving
from desktop.pages.bulletin import BulletinPage
from desktop.pages.publications import PublicationsPage
from desktop.printing.preview import PrintPreview
from tests.db.fixtures import add, firm
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[[Store], Sitting]
STREET = Actor("360103002", "张敏")


def at_page(sit: Sit, store: Store) -> tuple[Sitting, PublicationsPage]:
    desk = sit(store)
    assert desk.main.goto("bulletin", tab="publications")
    desk.settle()
    page = desk.main.page
    assert isinstance(page, BulletinPage) and isinstance(page.current, PublicationsPage)
    return desk, page.current


def an_issue(store: Store) -> None:
    """A problem of the month: a row that belongs to no month moves the figures of one."""
    with store.write() as session:
        key = firm(session, f"江西云栈{date.today():%j}网络科技有限公司", None)
        add(
            session,
            "issue",
            STREET,
            enterprise_id=key,
            registered_on=date(int(PERIOD[:4]), int(PERIOD[5:]), 9),
        )


def test_before_anything_is_published_the_page_says_how_to(sit: Sit, district: Store) -> None:
    _desk, page = at_page(sit, district)
    assert page.list.empty.isVisible() and not page.card.isVisible()
    assert not page.notice_button.isEnabled() and not page.print_button.isEnabled()


def test_a_closed_month_is_listed_restated_and_told(sit: Sit, district: Store) -> None:
    receiving.close_month(district, PERIOD)
    desk, page = at_page(sit, district)
    assert page.seen is not None and page.seen.closed and not page.moved.isVisible()
    assert page.chosen is not None and page.chosen.version == 1 and page.tabs.current == "figures"
    assert page.notice_button.text() == "复制公布通知"

    an_issue(district)
    desk.context.changed()
    page.refresh()
    desk.settle()
    assert page.moved.isVisible() and "还没有重述" in page.moved.text.text()
    page.restate_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert desk.focus is page.reason.field
    desk.type("补登")
    desk.enter()
    desk.settle()
    assert page.chosen.version == 1, "two words are no reason"
    desk.type("记一件问题")
    desk.enter()
    desk.settle()
    assert page.chosen.version == 2 and page.tabs.current == "changes" and not page.moved.isVisible()
    assert "补登记一件问题" in page.about.text()
    names = [page.changes.paged.row_at(row).cells["name"] for row in range(page.changes.paged.rowCount())]
    assert "未办结问题（件）" in names

    page.setFocus()
    desk.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("【重述通知】") and "理由：补登记一件问题" in text and "未办结问题（件）" in text
    assert "第 2 版（公布记录第 2 号）" in text


def test_from_a_difference_to_its_rows(sit: Sit, district: Store) -> None:
    receiving.close_month(district, PERIOD)
    an_issue(district)
    publishing.restate(district, PERIOD, "补登记一件问题")
    desk, page = at_page(sit, district)
    page.list.setFocus()
    desk.enter()
    assert desk.focus is page.changes
    page.changes.choose("issue.open")
    desk.enter()
    desk.settle()
    assert desk.main.page.key == "issues"


def test_a_figure_is_found_by_its_name(sit: Sit, district: Store) -> None:
    receiving.close_month(district, PERIOD)
    desk, page = at_page(sit, district)
    every = page.figures.paged.rowCount()
    page.search_line.setFocus()
    desk.type("走访企业")
    desk.settle()
    found = [page.figures.paged.row_at(row).cells["name"] for row in range(page.figures.paged.rowCount())]
    assert 0 < len(found) < every and all("走访企业" in each for each in found)


def test_a_publication_is_printed(sit: Sit, district: Store) -> None:
    receiving.close_month(district, PERIOD)
    desk, page = at_page(sit, district)
    page.list.setFocus()
    desk.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.main.findChild(PrintPreview) is not None
    paper = publishing.publication_paper(district, 1)
    assert "公布记录第 1 号" in str(paper.blocks) and "SHA-256" in str(paper.blocks)


def test_feedback_is_written_for_every_unit(
    sit: Sit, district: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.pages.publications.ask_folder", lambda *_args, **_more: tmp_path / "反馈")
    desk, page = at_page(sit, district)
    page.feedback_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    made = sorted((tmp_path / "反馈").glob("反馈_*.xlsx"))
    assert (
        made
        and f"写出了 {len(made)} 份反馈" in page.message.text.text()
        and page.message.folder_button.isVisible()
    )


def test_only_the_district_restates(street: Store) -> None:
    with pytest.raises(Refused) as told:
        publishing.restate(street, PERIOD, "试一试")
    assert told.value.id == "not_supervisor"
