"""收表 by few keys, the first month that is collected, and what a unit reads of what it was granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from sqlalchemy import func, select, update

from db import reporting_exceptions, reporting_start
from db.models import HandDown, ReturnFile
from db.store import Actor, Store
from db.types import now
from desktop.actions import cadence as actions
from desktop.pages.receive import ReceivePage
from desktop.pages.receive_tabs import FILES
from desktop.pages.receive_year import MONTHS, SHEETS, URGE
from desktop.pages.settings import SettingsPage
from desktop.pages.settings_cycles import CyclesSection
from desktop.pages.this_month_model import now as now_of_page
from desktop.printing.preview import PrintPreview
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[[Store], Sitting]
STREET = "360103002"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _page(at: Sitting) -> ReceivePage:
    assert at.main.goto("receive")
    at.settle()
    page = at.main.page
    assert isinstance(page, ReceivePage)
    return page


def _cycles(at: Sitting) -> CyclesSection:
    assert at.main.goto("settings", section="cycles")
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage)
    section = page.section("cycles")
    assert isinstance(section, CyclesSection)
    return section


def _rows(section: CyclesSection) -> dict[str, Any]:
    paged = section.table.paged
    return {paged.row_at(place).id: paged.row_at(place).cells for place in range(paged.rowCount())}


def test_tabs_turn_by_keys_and_the_keyboard_is_where_work_begins(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    seen = []
    for _ in range(3):
        at.press(Qt.Key.Key_Tab, CTRL)
        at.settle()
        seen.append(page.tabs.current)
        assert page.year is not None and at.focus is page.year.first_focus()
    assert seen == [MONTHS, SHEETS, URGE]
    for _ in range(3):
        at.press(Qt.Key.Key_Tab, CTRL | SHIFT)
        at.settle()
    assert page.tabs.current == FILES and at.focus is page.files


def test_streets_and_others_change_places_by_one_key(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    at.press(Qt.Key.Key_G, CTRL)
    assert page.kinds.current == "other"
    at.press(Qt.Key.Key_Tab, CTRL)
    at.settle()
    assert page.year is not None and page.year.streets
    at.press(Qt.Key.Key_G, CTRL)
    assert not page.year.streets and page.year.grids[MONTHS].points() == 11 * 12
    assert {strip.current for strip in page.year.kinds} == {"other"}
    at.press(Qt.Key.Key_G, CTRL)
    assert page.year.streets and at.focus is page.year.grids[MONTHS]


def test_reminding_takes_one_key_for_one_unit_and_one_for_all(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    at.press(Qt.Key.Key_C, CTRL | SHIFT)
    whole = QGuiApplication.clipboard().text()
    assert "家未报：" in whole
    page.show_tab(URGE)
    at.settle()
    assert page.year is not None and page.year.desk is not None
    page.year.first_focus().setFocus()
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_Space)
    chosen = page.year.urge.table.current_id()
    one = next(each for each in page.year.desk.urged if each.code == chosen)
    assert QGuiApplication.clipboard().text().startswith(f"{one.name}：")
    at.enter()
    assert page.year.panel.isVisible()
    shown = [each.text() for each in page.year.panel.findChildren(QLabel)]
    assert QGuiApplication.clipboard().text() in shown, "what would be copied is to be read beforehand"
    at.press(Qt.Key.Key_Escape)
    at.press(Qt.Key.Key_C, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == whole
    at.press(Qt.Key.Key_P, CTRL)
    at.settle()
    paper = at.main.stack.currentWidget()
    assert isinstance(paper, PrintPreview)
    paper.back()


def test_a_closed_month_says_so_in_place_of_its_deadline(district: Store, sit: Sit) -> None:
    from desktop.actions import receiving

    at = sit(district)
    page = _page(at)
    assert [chip.word for chip in page.header.chips][1].endswith("工作日")
    receiving.close_month(district, PERIOD)
    page.refresh()
    at.settle()
    words = [chip.word for chip in page.header.chips]
    assert len(words) == 2 and words[1] == "已关账"


# ---------------------------------------------------------------- from which month


def test_the_first_month_is_set_by_keys_and_what_was_before_is_grey_and_urged_by_nobody(
    district: Store, sit: Sit
) -> None:
    with district.write() as session:
        session.execute(
            update(ReturnFile)
            .where(ReturnFile.unit_code == STREET, ReturnFile.period.in_(("2024-03", "2024-04")))
            .values(state="undone")
        )
    assert [str(each) for each in actions.read_year(district, PERIOD).year.owed(STREET)][:2] == [
        "2024-03",
        "2024-04",
    ]
    at = sit(district)
    section = _cycles(at)
    with district.read() as session:
        first = session.scalar(select(func.min(ReturnFile.period)).where(ReturnFile.state == "received"))
    assert section.start.month.placeholderText() == f"自动：{first}", "the first month anybody handed in"
    section.start.month.setFocus()
    at.type("五月")
    at.enter()
    at.settle()
    assert "不是有效的填报期" in section.start.problem.text() and section.start.month.text() == "五月"
    section.start.month.selectAll()
    at.type("2024年5月")
    at.enter()
    at.settle()
    with district.read() as session:
        assert reporting_start.chosen(session) == "2024-05"
    assert section.start.month.text() == "2024-05" and not section.start.button.isVisible()
    assert at.focus is section.table
    page = _page(at)
    page.show_tab(MONTHS)
    at.settle()
    assert page.year is not None and page.year.desk is not None
    assert "从 5 月起收表" in page.year.cards[MONTHS].note.text()
    early = page.year.desk.year.states[STREET, "2024-03"]
    assert early.word == "未启用" and page.year.desk.year.owed(STREET) == ()
    page.year.choose(STREET, "2024-03")
    at.settle()
    assert page.year.panel.chip.word == "未启用" and page.year.panel.chip.state == "neutral"
    assert "allow" not in page.year.foot and "copy" not in page.year.foot, "there is nothing to ask for"


def test_a_month_before_the_first_says_so_at_the_top_and_on_the_first_page(district: Store, sit: Sit) -> None:
    with district.write() as session:
        session.execute(update(ReturnFile).values(state="undone"))
        reporting_start.choose(session, "2025-01", district.actor)
    at = sit(district)
    page = _page(at)
    assert [chip.word for chip in page.header.chips] == ["未启用收表"]
    assert not page.desk or page.desk.coverage.unused
    at.press(Qt.Key.Key_C, CTRL | SHIFT)
    assert "没有要催的单位" in page.message.text.text()
    found = now_of_page(district, district.actor.unit_code, "supervisor", PERIOD)
    assert found.items[0].title == f"{int(PERIOD[:4])} 年 {int(PERIOD[5:])} 月未启用收表"


# ---------------------------------------------------------------- what was granted, sent and read


def _granted(store: Store, unit: str, kind: str, month: str = PERIOD, **more: object) -> None:
    giver = Actor("qszjjb", "刘科长", "supervisor")
    with store.write() as session:
        reporting_exceptions.grant(
            session, unit, kind, month, month, reason="系统更换", approver="刘科长", actor=giver, **more
        )


def test_what_was_granted_and_not_sent_is_something_to_do(district: Store) -> None:
    from db import to_do_cadence
    from db.periods import Period

    def told() -> list[str]:
        with district.read() as session:
            found = to_do_cadence.tasks(session, Period(PERIOD), district.today())
            return [task.title for task in found if task.kind == to_do_cadence.UNSENT]

    def sent(*contents: str, to: list[str] | None = None) -> None:
        with district.write() as session:
            number = len(session.scalars(select(HandDown.number)).all()) + 1
            session.add(
                HandDown(number=number, contents=list(contents), recipients=to, files=[], made_at=now(), made_by="张敏")
            )  # fmt: skip

    assert told() == []
    _granted(district, STREET, "免报")
    assert told() == ["1 项延期、免报还没有下发"]
    sent("plan")
    sent("calendar", to=["360103001"])
    assert told() == ["1 项延期、免报还没有下发"], (
        "another unit's file, or one without the calendar, tells it nothing"
    )
    sent("calendar")
    assert told() == []
    with district.write() as session:
        (given,) = reporting_exceptions.of_unit(session, STREET)
        reporting_exceptions.end(session, given.id, district.actor)
    assert told() == ["1 项延期、免报还没有下发"], "that it ended is news as well"
    sent("calendar", to=[STREET])
    assert told() == []


def test_a_street_reads_its_own_days_in_the_calendar(street: Store, sit: Sit) -> None:
    month = street.today().strftime("%Y-%m")
    unit = street.actor.unit_code
    due = actions.read_calendar(street, int(month[:4]))
    plain = {each.key: each for each in due.cycles}[month].due_on
    later = date.fromordinal(plain.toordinal() + 12)
    _granted(street, unit, "延期", month, due_on=later)
    _granted(street, "360103009", "免报", month)
    at = sit(street)
    section = _cycles(at)
    assert section.desk is not None
    mine = next(each for each in section.desk.cycles if each.key == month and each.kind == "monthly")
    assert mine.due_on == later and section.strip.whose == "区里调整"
    rows = _rows(section)
    assert rows[f"monthly/{month}"]["note"] == f"延期至 {later}：系统更换；刘科长批准"
    assert not section.start.isVisible(), "nobody chose a first month"
    with street.write() as session:
        reporting_exceptions.grant(
            session, unit, "免报", f"{month[:4]}-01", f"{month[:4]}-01", reason="机构调整", approver="刘科长",
            actor=Actor("qszjjb", "刘科长", "supervisor"),
        )  # fmt: skip
        reporting_start.choose(session, f"{month[:4]}-01", street.actor)
    section.refresh()
    at.settle()
    rows = _rows(section)
    assert rows[f"monthly/{month[:4]}-01"]["stage"].word == "免报"
    assert section.start.isVisible() and section.start.month.isReadOnly()
    assert "以前的月份不用报" in section.start.told.text()
