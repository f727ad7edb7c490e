"""收表 over the year by keys: a cell, its panel, 延期 and 免报, the three days, 催报, the calendar in 设置."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from sqlalchemy import update

from db import cadence, reporting_exceptions
from db.models import ReturnFile
from db.periods import Period
from db.store import Store
from desktop.pages.receive import ReceivePage
from desktop.pages.receive_year import ALLOWED, MONTHS, SHEETS, URGE, YearView
from desktop.pages.settings import SettingsPage
from desktop.pages.settings_cycles import CyclesSection
from desktop.printing.preview import PrintPreview
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[[Store], Sitting]
STREET = "360103002"
SEPTEMBER = "2024-09"


def _year(at: Sitting, view: str = MONTHS) -> tuple[ReceivePage, YearView]:
    assert at.main.goto("receive")
    at.settle()
    page = at.main.page
    assert isinstance(page, ReceivePage)
    page.tabs.focus_current()
    for _ in range([MONTHS, SHEETS, URGE, ALLOWED].index(view) + 1):
        at.press(Qt.Key.Key_Right)
    at.settle()
    assert page.year is not None and page.shows_year and page.year.view == view
    return page, page.year


def _lose(store: Store, period: str = SEPTEMBER) -> None:
    """As if the street's return of the month had never come."""
    with store.write() as session:
        session.execute(
            update(ReturnFile)
            .where(ReturnFile.unit_code == STREET, ReturnFile.period == period)
            .values(state="undone")
        )


def _go_to(at: Sitting, year: YearView, month: str, unit: str = STREET) -> None:
    """Onto a cell by the arrows."""
    grid = year.grids[MONTHS]
    grid.setFocus()
    at.press(Qt.Key.Key_Right)
    units = [code for code, _, kind in year.desk.year.units if kind == "street"] if year.desk else []
    for _ in range(units.index(unit)):
        at.press(Qt.Key.Key_Down)
    for _ in range(Period(month).month - 1):
        at.press(Qt.Key.Key_Right)


def _allowed(store: Store) -> tuple[reporting_exceptions.Allowed, ...]:
    with store.read() as session:
        return reporting_exceptions.of_unit(session, STREET)


def test_a_missed_month_is_red_and_opens_with_who_to_call(district: Store, sit: Sit) -> None:
    _lose(district)
    at = sit(district)
    _page, year = _year(at)
    assert year.grids[MONTHS].points() == 10 * 12
    _go_to(at, year, SEPTEMBER)
    at.enter()
    assert year.panel.isVisible() and year.panel.title.text() == "朝阳洲街道 9 月"
    assert (year.panel.chip.word, year.panel.chip.state) == ("未报", "alarm")
    year.foot["copy"].setFocus()
    at.press(Qt.Key.Key_Space)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("朝阳洲街道：2024 年 9 月") and "已超期" in text and "已锁定" in text
    at.press(Qt.Key.Key_Escape)
    assert not year.panel.isVisible() and at.focus is year.grids[MONTHS]
    assert year.grids[MONTHS].hovered is not None, "the keyboard goes on from the cell it was on"


def test_a_cell_leads_to_the_units_file_of_that_month(district: Store, sit: Sit) -> None:
    at = sit(district)
    page, year = _year(at)
    _go_to(at, year, "2024-10")
    at.enter()
    year.foot["file"].setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert at.context.period == "2024-10" and not page.shows_year and page.tabs.current == "files"


def test_a_unit_is_excused_with_reason_and_approver_and_it_is_ended(district: Store, sit: Sit) -> None:
    _lose(district)
    at = sit(district)
    _page, year = _year(at)
    _go_to(at, year, SEPTEMBER)
    at.enter()
    year.foot["allow"].setFocus()
    at.press(Qt.Key.Key_Space)
    form = year.form
    assert at.focus is form.due, "typing starts in the form"
    form.kind.buttons["免报"].setFocus()
    at.press(Qt.Key.Key_Space)
    form.last.setFocus()
    form.last.selectAll()
    at.type("2024-11")
    form.reason.setFocus()
    at.enter()
    assert "理由" in form.problem.text() and _allowed(district) == () and at.focus is form.reason
    at.type("机构调整")
    at.enter()
    assert "批准人" in form.problem.text() and at.focus is form.approver
    assert form.last.text() == "2024-11" and form.reason.text() == "机构调整", "nothing typed is lost"
    at.type("刘科长")
    at.enter()
    at.settle()
    (made,) = _allowed(district)
    assert (made.kind, made.first, made.last) == ("免报", SEPTEMBER, "2024-11")
    assert year.panel.chip.word == "免报" and form.isHidden()
    assert year.desk is not None and year.desk.year.states[(STREET, SEPTEMBER)].exempt
    end = next(
        button for button in year.panel.findChildren(type(year.foot["allow"])) if "结束" in button.text()
    )
    end.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _allowed(district)[0].ended and year.panel.chip.word == "未报"


def test_more_time_is_given_to_a_day_and_escape_takes_the_form_back_only(district: Store, sit: Sit) -> None:
    _lose(district, PERIOD)
    at = sit(district)
    _page, year = _year(at)
    _go_to(at, year, PERIOD)
    at.enter()
    year.ask_exception()
    at.press(Qt.Key.Key_Escape)
    assert year.panel.isVisible() and year.form.isHidden()
    at.press(Qt.Key.Key_Space)  # the button has the keyboard again
    at.type("12-32")
    at.enter()
    assert "不是能用的日期" in year.form.problem.text()
    year.form.due.selectAll()
    at.type("2025-01-10")
    year.form.reason.setText("系统更换")
    year.form.approver.setFocus()
    at.type("刘科长")
    at.enter()
    at.settle()
    assert _allowed(district)[0].due_on == date(2025, 1, 10)
    with district.read() as session:
        assert cadence.due_for(session, PERIOD, STREET) == date(2025, 1, 10)
    assert year.panel.chip.word == "延期中"


def test_the_three_days_are_changed_refused_and_put_back(district: Store, sit: Sit) -> None:
    at = sit(district)
    page, year = _year(at)
    year.days.edit_button.setFocus()
    at.press(Qt.Key.Key_Space)
    assert at.focus is year.days.boxes[1]
    at.type("2025-01-15")
    at.enter()
    assert "先后不对" in year.days.problem.text() and year.days.editor.isVisible()
    year.days.boxes[1].selectAll()
    at.type("12-27")
    at.enter()
    at.settle()
    with district.read() as session:
        found = cadence.month_cycle(session, PERIOD)
    assert found.due_on == date(2024, 12, 27) and found.edited
    assert "12 月 27 日" in year.days.days[1].text() and year.days.own.isVisible()
    assert page.desk is not None and page.desk.deadline.day == date(2024, 12, 27)
    year.days.reset_button.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    with district.read() as session:
        assert not cadence.month_cycle(session, PERIOD).edited
    assert not year.days.reset_button.isVisible()


def test_escape_leaves_the_days_as_they_were(district: Store, sit: Sit) -> None:
    at = sit(district)
    _page, year = _year(at)
    year.days.edit()
    at.type("12-27")
    at.press(Qt.Key.Key_Escape)
    assert not year.days.editor.isVisible() and at.focus is year.days.edit_button
    with district.read() as session:
        assert not cadence.month_cycle(session, PERIOD).edited


def test_sheets_say_rows_and_zero_in_words(district: Store, sit: Sit) -> None:
    at = sit(district)
    _page, year = _year(at, SHEETS)
    grid = year.grids[SHEETS]
    told = [grid.told(place) for place in range(grid.points())]
    assert any("走访" in each and "行" in each for each in told) and any(each.endswith("零") for each in told)
    grid.setFocus()
    at.press(Qt.Key.Key_Right)
    at.enter()
    assert year.panel.isVisible() and "企业" in year.panel.title.text()
    year.ask_exception()
    assert year.form.sheet.currentData() == "enterprise", "the form is about the sheet one came from"


def test_the_list_is_copied_whole_and_for_one_and_printed(district: Store, sit: Sit) -> None:
    at = sit(district)
    _page, year = _year(at, URGE)
    assert year.desk is not None and year.urge.table.paged.rowCount() == len(year.desk.urged) > 0
    year.urge.copy_all.setFocus()
    at.press(Qt.Key.Key_Space)
    whole = QGuiApplication.clipboard().text()
    assert all(each.name in whole for each in year.desk.urged)
    year.urge.table.setFocus()
    at.press(Qt.Key.Key_Down)
    one = next(each for each in year.desk.urged if each.code == year.urge.table.current_id())
    year.urge.copy_one.setFocus()
    at.press(Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text().startswith(f"{one.name}：")
    for button in (year.urge.print_all, year.urge.print_one):
        button.setFocus()
        at.press(Qt.Key.Key_Space)
        at.settle()
        shown = at.main.stack.currentWidget()
        assert isinstance(shown, PrintPreview)
        shown.back()
        at.settle()


def test_the_calendar_of_the_year_is_edited_in_the_settings(district: Store, sit: Sit) -> None:
    at = sit(district)
    assert at.main.goto("settings", section="cycles")
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage)
    section = page.section("cycles")
    assert isinstance(section, CyclesSection) and section.table.paged.rowCount() == 17
    section.table.choose("quarterly/2024Q4")
    section.table.setFocus()
    at.enter()
    assert at.focus is section.strip.boxes[1]
    at.type("2025-01-15")
    at.enter()
    at.settle()
    with district.read() as session:
        assert cadence.cycle(session, "quarterly", "2024Q4").due_on == date(2025, 1, 15)
    assert at.focus is section.table and section.table.current_id() == "quarterly/2024Q4"
    section.after.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert section.desk is not None and section.desk.year == 2025


def test_a_street_reads_the_calendar_and_cannot_change_it(street: Store, sit: Sit) -> None:
    at = sit(street)
    assert at.main.goto("settings", section="cycles")
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage)
    section = page.section("cycles")
    assert section.table.paged.rowCount() == 17 and not section.strip.edit_button.isVisible()
    section.table.setFocus()
    at.enter()
    assert not section.strip.editor.isVisible()


def test_a_year_without_any_return_is_a_page_like_any_other(district: Store, sit: Sit) -> None:
    with district.write() as session:
        session.execute(update(ReturnFile).values(state="undone"))
    at = sit(district)
    _page, year = _year(at, URGE)
    assert year.desk is not None and year.desk.month.received == 0
    assert year.urge.table.paged.rowCount() == year.desk.month.expected
    assert "未报" in year.cards[MONTHS].note.text()


def test_a_unit_is_merged_from_a_month_on_and_it_is_taken_back(district: Store, sit: Sit) -> None:
    at = sit(district)
    _page, year = _year(at)
    _go_to(at, year, SEPTEMBER)
    at.enter()
    year.ask_exception()
    form = year.form
    form.kind.buttons["归并"].setFocus()
    at.press(Qt.Key.Key_Space)
    assert not form.approver_field.isVisible() and form.into_field.isVisible()
    form.into.setFocus()
    at.type("360")  # a list goes to what is typed; the first one is as good as any
    form.first.setFocus()
    form.first.selectAll()
    at.type("2024-12")
    at.enter()
    assert "依据" in form.problem.text()
    form.reason.setFocus()
    at.type("区划调整")
    at.enter()
    at.settle()
    assert year.desk is not None and year.desk.year.states[(STREET, PERIOD)].merged_into
    year.choose(STREET, PERIOD)
    at.settle()
    year.foot["unmerge"].setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert year.desk is not None and not year.desk.year.states[(STREET, PERIOD)].merged_into


def test_on_a_small_screen_the_panel_takes_the_grids_place_and_the_keyboard_scrolls(
    district: Store, sit: Sit
) -> None:
    at = sit(district)
    at.main.resize(911, 512)
    at.settle()
    _page, year = _year(at)
    grid = year.grids[MONTHS]
    grid.setFocus()
    at.press(Qt.Key.Key_Right)
    for _ in range(9):
        at.press(Qt.Key.Key_Down)
    assert not grid.visibleRegion().isEmpty() and grid.visibleRegion().contains(grid.place_of(9 * 12))
    at.enter()
    assert year.panel.isVisible() and not grid.isVisible()
    at.press(Qt.Key.Key_Escape)
    at.settle()
    assert grid.isVisible() and at.focus is grid


def test_what_was_allowed_is_listed_and_enter_goes_to_its_month(district: Store, sit: Sit) -> None:
    _lose(district)
    with district.write() as session:
        for kind, last in (("免报", "2024-11"), ("免报", SEPTEMBER)):
            made = reporting_exceptions.grant(
                session,
                STREET,
                kind,
                SEPTEMBER,
                last,
                reason="机构调整",
                approver="刘科长",
                actor=district.actor,
            )
            if last != SEPTEMBER:
                reporting_exceptions.end(session, made.id, district.actor)
    at = sit(district)
    _page, year = _year(at, ALLOWED)
    rows = [year.allowed.table.paged.row_at(place).cells for place in range(2)]
    assert [str(each["state"]) for each in rows] == ["已到期", "已提前结束"]
    assert rows[0]["approver"] == "刘科长" and rows[0]["sheet"] == "整份回报"
    year.allowed.table.setFocus()
    at.press(Qt.Key.Key_Home)
    at.enter()
    at.settle()
    assert year.panel.isVisible() and year.panel.title.text() == "朝阳洲街道 9 月"
    assert year.panel.chip.word == "免报"
