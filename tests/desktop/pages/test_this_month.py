"""本月: each line's button leads to the place where it can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from PySide6.QtCore import Qt

from db import records
from db.registers import REGISTERS
from db.store import Store
from desktop.pages.dispatch import DispatchPage
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.indicators import IndicatorsPage
from desktop.pages.issues import IssuesPage
from desktop.pages.nurture import NurturePage
from desktop.pages.receive import ReceivePage
from desktop.pages.register_page import RegisterPage
from desktop.pages.this_month import ThisMonth
from desktop.widgets.bars import ProgressToLine
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]


def _page(at: Sitting) -> ThisMonth:
    assert at.main.goto("month")
    at.settle()
    page = at.main.page
    assert isinstance(page, ThisMonth)
    return page


def test_a_clerk_sees_what_is_left_with_the_deadline(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    titles = [row.item.title for row in page.list.rows]
    assert page.header.title.text() == f"12 月还有 {len(titles)} 件事"
    assert page.header.chips[0].word == "12 月 25 日（周三）截止，还剩 3 个工作日"
    assert titles[0].startswith("补全") and titles[-1] == "上报 12 月回报"
    assert not page.list.rows[-1].item.enabled
    assert page.figures["visit"]._figure.text().isdigit()


def test_the_first_thing_to_do_has_the_focus_and_leads_to_the_rows(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    assert at.focus is page.list.rows[0].button
    at.press(Qt.Key.Key_Space)
    at.settle()
    visits = at.main.page
    assert isinstance(visits, RegisterPage) and visits.key == "visits"
    table = visits.list.table
    assert table is not None and table.paged.rowCount() > 0
    assert all(str(row.cells["incomplete"]) == "待补全" for row in table.paged.rows())


def test_the_main_key_checks_the_return(street: Store, sit: Sit) -> None:
    at = sit(street)
    _page(at)
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert isinstance(at.main.page, DispatchPage) and at.main.page.step == "check"


def test_ctrl_n_begins_a_visit(street: Store, sit: Sit) -> None:
    at = sit(street)
    _page(at)
    at.ctrl(Qt.Key.Key_N)
    at.settle()
    assert (
        isinstance(at.main.page, RegisterPage)
        and at.main.page.key == "visits"
        and at.main.page.form is not None
    )


def test_an_empty_register_offers_the_first_step(register: Store, sit: Sit) -> None:
    at = sit(register, "2024-05")
    page = _page(at)
    assert page.list.rows[0].item.title == "登记 5 月走访"
    assert page._no_issues.isVisible() and page._none_near.isVisible()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert (
        isinstance(at.main.page, RegisterPage)
        and at.main.page.key == "visits"
        and at.main.page.form is not None
    )


def test_a_change_elsewhere_is_seen_on_coming_back(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    assert any(row.item.title.startswith("补全") for row in page.list.rows)
    table = records.table_of(REGISTERS["visit"])
    given = {"firm_attendees": "王磊 总经理", "operation_trend": "平稳", "digital_stage": "部分环节"}
    with street.write() as session:
        for row in session.execute(table.select().where(table.c.incomplete)).mappings().all():
            missing = {name: value for name, value in given.items() if row[name] is None}
            records.save(session, REGISTERS["visit"], missing, street.actor, id=row["id"])
    at.context.changed("visit")
    at.settle()
    assert not any(row.item.title.startswith("补全") for row in page.list.rows)


def test_due_issues_and_candidates_lead_to_their_records(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    assert page.issues.paged.rowCount() > 0
    first = page.issues.paged.row_at(0)
    page.issues.setFocus()
    page.issues.choose(first.id)
    at.enter()
    at.settle()
    assert isinstance(at.main.page, IssuesPage)
    panel = at.main.page.panel
    assert panel.isVisible() and UUID(panel.record) == UUID(first.id)
    page = _page(at)
    bars = page.findChildren(ProgressToLine)
    assert bars
    bars[0].setFocus()
    at.enter()
    at.settle()
    assert isinstance(at.main.page, NurturePage) and at.main.page.form is not None


def test_a_supervisor_is_led_to_the_desk_and_the_board(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    titles = {row.item.key.split(":")[0]: row for row in page.list.rows}
    assert {"missing", "behind", "summary"} <= titles.keys()
    assert "家单位" in titles["missing"].item.title
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert isinstance(at.main.page, ReceivePage)
    page = _page(at)
    page.list.asked.emit(titles["behind"].item.key)
    at.settle()
    assert isinstance(at.main.page, IndicatorsPage)


def test_the_overdue_line_filters_the_issues(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    key = next(row.item.key for row in page.list.rows if row.item.key.startswith("overdue"))
    page.list.asked.emit(key)
    at.settle()
    issues = at.main.page
    assert isinstance(issues, IssuesPage) and issues.list.table is not None
    rows = issues.list.table.paged.rows()
    assert rows and all("超期" in str(row.cells["due_date"]) for row in rows)


def test_the_figures_lead_to_the_rows_behind_them(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    page.figures["visit"].setFocus()
    at.enter()
    at.settle()
    visits = at.main.page
    assert isinstance(visits, RegisterPage) and visits.key == "visits" and visits.list.table is not None
    days = [row.cells["visit_date"] for row in visits.list.table.paged.rows()]
    assert days and all(day >= date(2024, 12, 1) for day in days)


def test_badges_stand_at_pages_nobody_has_opened(district: Store, bureau: Store, sit: Sit) -> None:
    from db.deadlines import overdue_count

    def said(who: Sitting, key: str) -> str:
        # They are counted when the window has nothing else to do.
        for _ in range(50):
            if "待办" in who.main.nav.items[key].accessibleName():
                break
            who.settle(300)
        return who.main.nav.items[key].accessibleName()

    at = sit(district)
    with district.read() as session:
        overdue = overdue_count(session, district.today())
    assert overdue > 0 and f"{overdue} 项待办" in said(at, "issues")
    assert "待办" not in at.main.nav.items["receive"].accessibleName()
    other = sit(bureau, "2024-05")
    assert "1 项待办" in said(other, "indicators")


def test_a_line_leads_to_the_very_rows_it_counts(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    lines = [row for row in page.list.rows if row.item.key.startswith("rows:")]
    assert {row.item.key.split(":")[1] for row in lines} >= {"visit", "nurture"}
    for key in [row.item.key for row in lines]:
        page = _page(at)
        row = next(row for row in page.list.rows if row.item.key == key)
        words = row.item.title
        assert row.button is not None
        row.button.setFocus()
        at.enter()
        at.settle()
        shown = at.main.page
        assert isinstance(shown, RegisterPage) and shown.list.filters.pinned.isVisible()
        count = next(int(part) for part in words.split() if part.isdigit())
        assert shown.list.filters.note.text() == f"共 {count} 条", words


def test_a_bureau_sees_its_own_work_and_no_visits_to_register(bureau: Store, sit: Sit) -> None:
    with bureau.write() as session:
        records.save(
            session, REGISTERS["duty"],
            {"year": "2024", "task": "办好数字消费季", "status": "滞后", "progress_pct": Decimal(60), "asof_ym": "2024-11"},
            bureau.actor,
        )  # fmt: skip
    at = sit(bureau)
    page = _page(at)
    assert page.begin.text() == "填报指标" and page.begin.isVisible()
    assert not any("走访" in row.item.title for row in page.list.rows)
    assert set(page.figures) == {"indicator", "duty", "org_issue", "project"}
    bars = [bar.accessibleName() for bar in page.findChildren(ProgressToLine)]
    assert len(bars) == 1 and "办好数字消费季" in bars[0] and "滞后 60%" in bars[0]
    titles = [row.item.title for row in page.list.rows]
    assert "写 1 项任务的 12 月进展" in titles
    at.ctrl(Qt.Key.Key_N)
    at.settle()
    assert isinstance(at.main.page, IndicatorsPage)


def test_the_duplicates_line_opens_the_pairs(street: Store, sit: Sit) -> None:
    at = sit(street)
    page = _page(at)
    row = next(row for row in page.list.rows if row.item.key.startswith("duplicates"))
    assert row.button is not None
    row.button.click()
    at.settle()
    shown = at.main.page
    assert isinstance(shown, EnterprisesPage) and shown.stack.currentWidget() is shown.duplicates
