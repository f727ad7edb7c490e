"""项目, 园区, 任务, 挂点 and the lists by keys: what each page adds to its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from db import plan_store, records, setup
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import parks, projects, supply
from desktop.pages.groups import GroupPage
from tests.db import fixtures
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
MAY = "2024-05"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    """An office that answers for projects, parks and lists in this plan."""
    store = setup.initialise(tmp_path / "office", "区发改委", person="李伟")
    with store.write() as session:
        fixtures.firm(session)
    yield store
    store.close()


def save(store: Store, register: str, **values: Any) -> UUID:
    with store.write() as session:
        return records.save(session, REGISTERS[register], values, store.actor).id


def read(store: Store, register: str, key: UUID) -> dict[str, Any]:
    with store.read() as session:
        found = records.get(session, REGISTERS[register], key)
    assert found is not None
    return found


def alive(store: Store, register: str) -> int:
    table = records.table_of(REGISTERS[register])
    with store.read() as session:
        return sum(row.deleted_at is None for row in session.execute(table.select()))


def page_of(at: Sitting, key: str, register: str) -> Any:
    assert at.main.goto(key, register=register)
    at.settle(50)
    page = at.main.page
    assert isinstance(page, GroupPage)
    return page.current


def choose_first(at: Sitting, page: Any) -> None:
    """From the search field down into the list: the panel of the first row."""
    page.list.first_focus().setFocus()
    at.press(Qt.Key.Key_Down)
    at.settle(100)


def press(at: Sitting, inside: QWidget, words: str) -> None:
    """Go to a button and press it by the space bar."""
    button = next(
        each for each in inside.findChildren(QPushButton) if words in each.text() and each.isVisible()
    )
    button.setFocus(Qt.FocusReason.TabFocusReason)
    at.press(Qt.Key.Key_Space)
    at.settle(100)


PROJECT: dict[str, Any] = {
    "name": "城西直播电商基地", "category": "招引项目", "field_tag": "流量经济", "org_code": "qfgw", "content": "改造楼宇",
    "invest_total": Decimal(6000), "invest_done": Decimal(0), "stage": "洽谈", "in_stock": False, "asof_ym": "2024-04",
    "progress": "正在谈判", "issues": "用电增容需协调", "street_code": "360103002",
}  # fmt: skip


def test_a_project_is_signed_and_stocked_from_the_panel(office: Store, sit: Sit) -> None:
    key = save(office, "project", **PROJECT)
    at = sit(office, MAY)
    page = page_of(at, "projects", "project")
    choose_first(at, page)
    press(at, page.list.panel, "签约")
    at.ctrl(Qt.Key.Key_Return)
    at.settle(100)
    stored = read(office, "project", key)
    assert stored["stage"] == "签约" and stored["signed_on"] is not None
    assert page.steps is not None and "入库" in page.steps.buttons


def test_this_months_progress_is_begun_from_the_panel(office: Store, sit: Sit) -> None:
    key = save(office, "project", **PROJECT)
    at = sit(office, MAY)
    page = page_of(at, "projects", "project")
    choose_first(at, page)
    press(at, page.list.panel, "填本月进展")
    assert page.form is not None and page.form.form.current == "progress"
    at.type("合同已签订")
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    stored = read(office, "project", key)
    assert (stored["asof_ym"], stored["progress"], stored["issues"]) == (MAY, "合同已签订", None)
    with office.read() as session:
        [entry, *_] = records.history(session, key, "progress")
    assert (entry.before or {})["progress"] == "正在谈判", "last month's words are kept in the history"
    assert projects.project_course(office, key) == [("2024-04", Decimal(0)), (MAY, Decimal(0))]


def test_what_needs_coordinating_becomes_a_problem(office: Store, sit: Sit) -> None:
    with office.read() as session:
        firm = session.execute(records.table_of(REGISTERS["enterprise"]).select()).first()
    assert firm is not None
    save(office, "project", **PROJECT, enterprise_id=firm.id)
    at = sit(office, MAY)
    page = page_of(at, "projects", "project")
    choose_first(at, page)
    press(at, page.list.panel, "转入问题台账")
    form = at.main.page.form
    assert form is not None and form.register == "issue"
    assert form.form.value("enterprise_id") == firm.id
    assert form.form.value("description") == "项目“城西直播电商基地”：用电增容需协调"


def test_the_stock_is_told_against_target_and_floor(tmp_path: Path, sit: Sit) -> None:
    district = setup.initialise(tmp_path / "district", "区数字经济办公室", "supervisor", person="刘科长")
    save(district, "project", **{**PROJECT, "stage": "在建", "in_stock": True})
    save(district, "project", **{**PROJECT, "name": "已停的项目", "stage": "终止", "in_stock": True})
    found = projects.stock(district, MAY)
    assert (found.in_stock, found.target, found.floor, found.state) == (1, 35, 30, "alarm")
    at = sit(district, MAY)
    page = page_of(at, "projects", "project")
    assert [chip.word for chip in page.list.header.chips] == ["在库 1 个 · 年度目标 35 · 底线 30"]
    district.close()


PARK: dict[str, Any] = {
    "period": "2024-04", "status": "已建成", "area_total": Decimal(10000), "area_usable": Decimal(8000),
    "area_used": Decimal(6000), "firms": 20, "firms_de": 12, "firms_above": 3, "in_month": 1, "out_month": 0,
    "revenue_ytd": Decimal(5000), "tax_ytd": Decimal(90), "operator": "园区公司", "operator_head": "王磊",
    "operator_phone": "0791-86510023",
}  # fmt: skip


def test_a_month_of_all_parks_is_begun_and_taken_back(office: Store, sit: Sit) -> None:
    with office.read() as session:
        codes = [park.code for park in plan_store.current(session).parks if park.active][:2]
    for code in codes:
        save(office, "park", **PARK, park_code=code)
    at = sit(office, MAY)
    page = page_of(at, "parks", "park")
    assert page.begin.isVisible() and "2 个园区" in page.begin.text()
    press(at, page, "开始 5 月")
    assert alive(office, "park") == 4 and parks.parks_to_start(office, MAY) == 0 and page.begin.isHidden()
    choose_first(at, page)
    with office.read() as session:
        rows = session.execute(records.table_of(REGISTERS["park"]).select()).mappings().all()
    fresh = [row for row in rows if row["period"] == MAY]
    assert all(
        row["area_usable"] == 8000 and row["revenue_ytd"] is None and row["incomplete"] for row in fresh
    )
    at.ctrl(Qt.Key.Key_Z)
    at.settle(100)
    assert alive(office, "park") == 2 and page.begin.isVisible()


def test_a_parks_year_shows_gaps_as_gaps(office: Store) -> None:
    with office.read() as session:
        code = plan_store.current(session).parks[0].code
    save(office, "park", **PARK, park_code=code)
    course = parks.park_course(office, code, MAY)
    assert [point.period for point in course][-2:] == ["2024-04", MAY] and len(course) == 12
    assert [point.occupancy for point in course][-2:] == [Decimal("75.0"), None]


def test_the_years_tasks_are_made_from_the_plan_and_taken_back(office: Store, sit: Sit) -> None:
    at = sit(office, MAY)
    page = page_of(at, "tasks", "duty")
    assert page.make.isVisible()
    press(at, page, "由行动计划生成")
    made = alive(office, "duty")
    assert made > 10 and page.make.isHidden()
    at.ctrl(Qt.Key.Key_Z)
    at.settle(100)
    assert alive(office, "duty") == 0


def test_a_liaison_begins_the_leaders_visit(office: Store, sit: Sit) -> None:
    with office.read() as session:
        firm = session.execute(records.table_of(REGISTERS["enterprise"]).select()).first()
    assert firm is not None
    save(
        office, "liaison", enterprise_id=firm.id, leader="王建国", post="副区长", org_code="qfgw",
        from_on=date(2024, 1, 1), visits_owed=2,
    )  # fmt: skip
    card = read(office, "enterprise", firm.id)
    assert (card["liaison_leader"], card["liaison_org"]) == ("王建国", "qfgw"), (
        "the card says who looks after the firm"
    )
    at = sit(office, MAY)
    page = page_of(at, "visits", "liaison")
    choose_first(at, page)
    told = [each.text() for each in page.list.panel.findChildren(QLabel) if "季度应走访 " in each.text()]
    assert told == ["2024 年第 2 季度应走访 2\u00a0次，已走访 0\u00a0次，还差 2\u00a0次。"]
    press(at, page.list.panel, "登记走访")
    form = at.main.page.current.form
    assert form is not None and form.register == "visit"
    assert form.form.value("leader") == "王建国" and form.form.value("visit_type") == "挂点领导走访"


def test_products_that_suit_are_offered_and_a_batch_takes_what_is_unpublished(
    office: Store, sit: Sit
) -> None:
    with office.read() as session:
        firm = session.execute(records.table_of(REGISTERS["enterprise"]).select()).first()
    assert firm is not None
    day = date(2024, 4, 8)
    wanted = save(
        office,
        "opportunity",
        scene="智慧楼宇能耗管理",
        demand_side="区城管局",
        need="分项计量",
        term="年底前",
        registered_on=day,
    )
    fitting = save(
        office,
        "product",
        enterprise_id=firm.id,
        name="楼宇能耗管理平台",
        scenes="智慧楼宇、园区",
        registered_on=day,
    )
    save(office, "product", enterprise_id=firm.id, name="直播电商代运营", scenes="商贸", registered_on=day)
    found = supply.products_for(office, wanted)
    assert [each.id for each in found] == [fitting] and not found[0].matched
    at = sit(office, MAY)
    page = page_of(at, "projects", "opportunity")
    choose_first(at, page)
    press(at, page.list.panel, "对接")
    form = at.main.page.current.form
    assert form is not None and form.register == "match"
    assert (form.form.value("opportunity_id"), form.form.value("product_id")) == (wanted, fitting)
    batch = save(
        office,
        "release",
        name="2024 年第一批产品清单",
        list_kind="产品清单",
        released_on=day,
        org_code="qfgw",
        channel="门户网站",
    )
    page = page_of(at, "projects", "release")
    page.refresh()
    at.settle(50)
    choose_first(at, page)
    press(at, page.list.panel, "把这 2 条列入本批次")
    assert read(office, "product", fitting)["release_id"] == batch and supply.unpublished(office, batch) == 0
    at.ctrl(Qt.Key.Key_Z)
    at.settle(100)
    assert read(office, "product", fitting)["release_id"] is None


def test_a_lead_that_was_won_begins_a_project(office: Store, sit: Sit) -> None:
    save(
        office, "lead", firm_name="某流量平台总部", sector="流量经济", task_force_code="qfgw", leader="王建国",
        found_on=date(2024, 3, 1), stage="签约", next_step="签约后注册", invest=Decimal(8000),
    )  # fmt: skip
    at = sit(office, MAY)
    page = page_of(at, "projects", "lead")
    choose_first(at, page)
    press(at, page.list.panel, "转为项目")
    form = at.main.page.current.form
    assert form is not None and form.register == "project"
    assert form.form.value("owner_name") == "某流量平台总部" and form.form.value("invest_total") == Decimal(
        8000
    )


def test_what_was_advised_on_a_visit_becomes_the_firms_plan(office: Store, sit: Sit) -> None:
    with office.read() as session:
        firm = session.execute(records.table_of(REGISTERS["enterprise"]).select()).first()
    assert firm is not None
    visit = save(
        office,
        "visit",
        enterprise_id=firm.id,
        visit_date=date(2024, 5, 8),
        operation_text="订单饱满",
        plan_text="对接授信",
    )
    at = sit(office, MAY)
    page = page_of(at, "visits", "visit")
    choose_first(at, page)
    press(at, page.list.panel, "转一企一策")
    form = at.main.page.current.form
    assert form is not None and form.register == "firm_plan"
    assert form.form.value("measures") == "对接授信" and form.form.value("situation") == "订单饱满"
    assert form.form.value("visit_id") == visit


def test_a_problem_goes_before_the_joint_meeting_once(office: Store, sit: Sit) -> None:
    with office.read() as session:
        firm = session.execute(records.table_of(REGISTERS["enterprise"]).select()).first()
    assert firm is not None
    issue = save(
        office, "issue", enterprise_id=firm.id, source="来电来访", registered_on=date(2024, 5, 8), category="融资",
        description="希望对接贷款", org_code="qfgw",
    )  # fmt: skip
    at = sit(office, MAY)
    assert at.main.goto("issues")
    at.settle(50)
    page = at.main.page
    choose_first(at, page)
    press(at, page.list.panel, "提请联席会议")
    form = at.main.page.current.form
    assert form is not None and form.register == "matter"
    assert (form.form.value("issue_id"), form.form.value("content")) == (issue, "希望对接贷款")
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    assert alive(office, "matter") == 1
    assert at.main.goto("issues")
    at.settle(50)
    page.raise_matter(read(office, "issue", issue))
    at.settle(50)
    assert at.main.page.current.form is not None and alive(office, "matter") == 1, (
        "the one that is there is shown"
    )
