"""培育 in the real window, by keys: flow, suggestions taken up and undone, warnings, expiry, lines and windows, the panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from sqlalchemy import select

from db import records, settings, setup
from db.models import Nurture
from db.registers import REGISTERS
from db.store import Store
from db.upscale import suggest
from desktop.actions import nurture as actions
from desktop.pages.nurture import NurturePage
from desktop.pages.nurture_flow import FlowView
from desktop.pages.nurture_panel import CandidatePanel
from desktop.pages.nurture_rules import RulesView
from desktop.pages.nurture_views import ExitView, SuggestView, TitleView
from desktop.widgets.bar_chart import BarChart
from desktop.widgets.button import Button
from desktop.widgets.reason import ReasonLine
from tests.db import fixtures
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
D = Decimal


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    """A street with shops: one close to the line, one over it, one entered and closed, a candidate, a title."""
    store = setup.initialise(tmp_path / "office", fixtures.STREET, person="张敏")
    store.set_setting("practice", True)
    store.set_setting("practice_today", "2024-05-24")
    shop = {"industry_code": "F5211", "no_uscc_reason": "测试", "revenue_asof": "2024-05"}
    with store.write() as session:
        fixtures.firm(session, "差一点零售", None, revenue_ytd=D(150), opened_on=date(2023, 11, 6), **shop)
        fixtures.firm(session, "过线零售", None, revenue_ytd=D(400), **shop)
        fixtures.firm(
            session, "关门零售", None, revenue_ytd=D(90), is_above_scale=True, specialty="零售", in_stock_ym="2020-11",
            status="停业", status_on=date(2024, 4, 1), status_reason="合同到期", **shop,
        )  # fmt: skip
        grown = fixtures.firm(session, "培育零售", None, opened_on=date(2015, 3, 1), **shop)
        fixtures.add(
            session, "visit", enterprise_id=grown, visit_date=date(2024, 3, 20), revenue_ytd=D(180), visitors="张敏（经发办）"
        )  # fmt: skip
        fixtures.add(
            session, "nurture", enterprise_id=grown, nurture_type="升规入统", stage="材料准备", revenue_ytd=D(300),
            asof_ym="2024-05", statistician="李会计",
        )  # fmt: skip
        fixtures.add(
            session, "nurture", enterprise_id=grown, nurture_type="省级专精特新", stage="已入库", in_stock_ym="2021-06",
            certified_on=date(2021, 6, 1), valid_to=date(2024, 6, 30), doc_no="赣工信〔2021〕1号",
        )  # fmt: skip
    yield store
    store.close()


def _page(at: Sitting, view: str = "") -> NurturePage:
    assert at.main.goto("nurture", **({"view": view} if view else {}))
    at.settle()
    page = at.main.page
    assert isinstance(page, NurturePage)
    return page


def _candidates(store: Store, **wanted: Any) -> list[Nurture]:
    with store.read() as session:
        query = select(Nurture).where(Nurture.deleted_at.is_(None)).order_by(Nurture.id)
        return [row for row in session.scalars(query) if all(getattr(row, k) == v for k, v in wanted.items())]


def _names(view: Any) -> list[str]:
    return [str(row.cells.get("name") or row.cells.get("enterprise_id")) for row in view.table.paged.rows()]


def _words(widget: QWidget) -> str:
    return " ".join(each.text() for each in widget.findChildren(QLabel))


def test_tabs_tell_how_much_is_behind_them_and_ctrl_tab_steps(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at)
    words = [tab.text() for tab in page.tabs.findChildren(QWidget) if hasattr(tab, "isChecked")]
    assert words == ["培育对象", "流程", "建议名单 2", "退库预警 1", "到期提醒 1", "标准与窗口"]
    at.ctrl(Qt.Key.Key_Tab)
    at.settle()
    assert page.shown == "flow" and isinstance(page.stack.currentWidget(), FlowView)
    at.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.shown == "list" and page.stack.currentWidget() is page.list


def test_a_candidate_shows_line_outlook_window_and_papers(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at)
    candidate = _candidates(office, nurture_type="升规入统")[0]
    assert page.list.table is not None and page.list.table.choose(candidate.id.hex)
    at.settle()
    panel = page.list.panel.findChild(CandidatePanel)
    assert panel is not None
    words = _words(panel)
    assert panel.head.text() == "离升规线还差 200 万元"
    assert "预计全年 720 万元（按 1—5 月月均 60.0 万元推算）" in words and "预计 2024 年 9 月达标" in words
    assert (
        "2015-03-01 开业" in words and "年度 10 月批次：2024-10-01 至 2024-10-30" in words and "示例" in words
    )
    chart = panel.findChild(BarChart)
    assert chart is not None and "180.00 万元" in chart.told(2) and "推算" in chart.told(5)
    assert panel.count.text() == "还缺 5 项"
    box = next(iter(panel._boxes.values()))
    box.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert panel.count.text() == "还缺 4 项" and box.isChecked()
    assert _candidates(office, nurture_type="升规入统")[0].materials == [box.text()]
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _candidates(office, nurture_type="升规入统")[0].materials in (None, [])


def test_a_step_is_taken_in_the_panel(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at)
    candidate = _candidates(office, nurture_type="升规入统")[0]
    assert page.list.table is not None and page.list.table.choose(candidate.id.hex)
    at.settle()
    steps = page.list.panel.findChildren(QWidget)
    area = next(each for each in steps if type(each).__name__ == "StepArea")
    assert area.choose("达标预警")  # type: ignore[attr-defined]
    area.editor.carry_out()  # type: ignore[attr-defined]
    at.settle()
    assert _candidates(office, nurture_type="升规入统")[0].stage == "达标预警"
    assert "达标预警" in page.list.message.text.text()


def test_the_flow_counts_stages_and_a_stage_chooses_the_rows(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "flow")
    view = page.view("flow")
    assert isinstance(view, FlowView)
    assert view.stage == "材料准备" and _names(view) == ["培育零售"]
    assert view.tiles["材料准备"].accessibleName() == "材料准备 1 家，差 200 万元，已选中"
    assert "合计差 200 万元" in view.filters.note.text()
    assert "下一步：" in view.tiles["材料准备"].toolTip()
    view.tiles["材料准备"].setFocus()
    at.press(Qt.Key.Key_Left)
    at.settle()
    assert view.stage == "达标预警" and view.table.paged.rowCount() == 0
    view.choose("材料准备")
    at.settle()
    view.tiles["材料准备"].setFocus()
    at.press(Qt.Key.Key_Down)
    view.table.choose(view.table.paged.row_at(0).id)
    at.enter()
    at.settle()
    assert page.form is not None and page.form.isVisible()
    page.form.back()
    at.settle()
    assert page.stack.currentWidget() is view


def test_suggestions_are_taken_up_with_one_key_and_undone(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "suggest")
    view = page.view("suggest")
    assert isinstance(view, SuggestView)
    assert _names(view) == ["过线零售", "差一点零售"]
    assert view.note.text() == "其中 1 家达到序时，请先核实。"
    view.table.choose(view.table.paged.row_at(1).id)
    at.settle()
    assert "72.0%" in _words(view.panel) and view.take.isEnabled()
    at.ctrl(Qt.Key.Key_T)
    at.settle()
    made = _candidates(office, stage="摸底")
    assert len(made) == 1
    assert (made[0].specialty, made[0].threshold, made[0].revenue_ytd) == ("零售", D(500), D(150))
    assert (made[0].declare_type, made[0].org_code, made[0].owner) == ("月度入库", fixtures.STREET, "张敏")
    assert made[0].reach_ym is None and made[0].incomplete
    assert _names(view) == ["过线零售"] and "已转入 1 家" in view.message.text.text()
    view._undo.click()  # type: ignore[union-attr]
    at.settle()
    assert _candidates(office, stage="摸底") == [] and len(_names(view)) == 2
    view.table.selectAll()
    assert "2 家" in view.take.text()
    at.ctrl(Qt.Key.Key_T)
    at.settle()
    assert len(_candidates(office, stage="摸底")) == 2
    assert view.table.empty.isVisible()


def test_a_suggestion_is_set_aside_with_a_reason_for_the_year(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "suggest")
    view = page.view("suggest")
    assert isinstance(view, SuggestView)
    view.table.choose(view.table.paged.row_at(0).id)
    at.settle()
    reason = view.panel.findChild(ReasonLine)
    assert reason is not None and not reason.button.isEnabled()
    reason.start()
    at.type("总部在外区")
    at.enter()
    at.settle()
    assert _names(view) == ["差一点零售"] and "2024 年不再建议“过线零售”" in view.message.text.text()
    with office.read() as session:
        kept = settings.get(session, suggest.SET_ASIDE)
    assert [(each["year"], each["reason"], each["by"]) for each in kept.values()] == [
        (2024, "总部在外区", "张敏")
    ]
    view.filters.set_values({"aside": True})
    at.settle()
    assert _names(view) == ["过线零售"]
    view.table.choose(view.table.paged.row_at(0).id)
    at.settle()
    assert "今年不再建议：张敏" in _words(view.panel) and "总部在外区" in _words(view.panel)
    back = next(b for b in view.panel.findChildren(Button) if b.isVisible() and b.text() == "恢复建议")
    back.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _names(view) == []
    view.filters.clear()
    at.settle()
    assert len(_names(view)) == 2


def test_warnings_and_expiry_lead_to_card_and_record(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "exit")
    exits = page.view("exit")
    assert isinstance(exits, ExitView)
    assert _names(exits) == ["关门零售"] and "由统计部门认定" in exits.note.text()
    exits.table.choose(exits.table.paged.row_at(0).id)
    at.settle()
    assert "企业停业（2024-04-01），合同到期。" in _words(exits.panel)
    exits.table.setFocus()
    at.enter()
    at.settle()
    assert at.main.page.key == "enterprises"
    page = _page(at, "titles")
    titles = page.view("titles")
    assert isinstance(titles, TitleView)
    assert [str(row.cells["left"]) for row in titles.table.paged.rows()] == ["还有 37 天到期"]
    titles.table.choose(titles.table.paged.row_at(0).id)
    at.settle()
    assert "请提前准备复核材料" in _words(titles.panel)
    titles.table.setFocus()
    at.enter()
    at.settle()
    assert page.form is not None and page.form.isVisible()


def test_windows_are_set_by_the_office_and_a_bad_one_is_told(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "rules")
    view = page.view("rules")
    assert isinstance(view, RulesView)
    card = view.windows
    assert "示例" in card.state.text() and card.adopt.isVisible()
    card.name.setFocus()
    at.type("年度第一批")
    at.enter()
    at.settle()
    assert "申报窗口无法识别" in view.message.text.text() and card.name.text() == "年度第一批"
    card.opens.setText("9-1")
    card.closes.setText("9月15日")
    card.way.setCurrentText("年度入库")
    card.closes.setFocus()
    at.enter()
    at.settle()
    assert "年度第一批：2024-09-01 至 2024-09-15" in card.state.text() and "示例" not in card.state.text()
    assert not actions.read_rules(office).example and not card.adopt.isVisible()
    assert card.name.text() == ""
    card.table.choose("0")
    card.table.setFocus()
    at.press(Qt.Key.Key_Delete)
    at.settle()
    assert len(actions.read_rules(office).windows) == len(actions.save_windows(office, None).windows)
    assert actions.read_rules(office).example


def test_a_line_and_its_papers_are_changed_and_candidates_follow(office: Store, sit: Sit) -> None:
    at = sit(office, "2024-05")
    page = _page(at, "rules")
    view = page.view("rules")
    assert isinstance(view, RulesView)
    card = view.lines
    card.table.choose("零售")
    at.settle()
    assert card.line.text() == "500" and "营业执照" in card.papers.toPlainText()
    card.line.setText("六百")
    card.save.click()
    at.settle()
    assert "升规线没有看懂" in view.message.text.text()
    card.line.setText("600")
    card.papers.setPlainText("申报表\n流水账\n\n")
    card.save.click()
    at.settle()
    candidate = _candidates(office, nurture_type="升规入统")[0]
    assert (candidate.threshold, candidate.reach_rate) == (D(600), D("50.0"))
    found = actions.candidate(office, candidate.id, date(2024, 5, 24))
    assert found is not None and [name for name, _ in found.papers] == ["申报表", "流水账"]
    assert actions.headline(found) == "离升规线还差 300 万元"
    card.papers.setPlainText(" \n")
    card.save.click()
    at.settle()
    assert "材料清单不能是空的" in view.message.text.text()
    actions.reset_lines(office)
    assert _candidates(office, nurture_type="升规入统")[0].threshold == D(500)


def test_what_the_headline_says_without_figures(office: Store) -> None:
    with office.write() as session:
        firm = fixtures.firm(session, "建筑", None, no_uscc_reason="测试", industry_code="E4710")
        building = fixtures.add(session, "nurture", enterprise_id=firm)
        bare = fixtures.add(session, "nurture", nurture_type="国家小巨人")
        shop = fixtures.firm(session, "无数零售", None, no_uscc_reason="测试", industry_code="F5211")
        empty = fixtures.add(session, "nurture", enterprise_id=shop)
        gone = fixtures.add(session, "nurture", enterprise_id=shop, nurture_type="国家小巨人")
        records.delete(session, REGISTERS["nurture"], gone, fixtures.CLERK)
    today = date(2024, 5, 24)

    def said(key: UUID) -> str:
        found = actions.candidate(office, key, today)
        assert found is not None
        return actions.headline(found)

    assert said(building) == "不以营业收入为门槛"
    assert said(bare) == "国家小巨人"
    assert said(empty) == "升规线 500 万元，还没有收入数"
    assert actions.candidate(office, gone, today) is None


def test_a_view_is_exported_as_it_is_shown(office: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(office, "2024-05")
    view = _page(at, "suggest").view("suggest")
    assert isinstance(view, SuggestView)
    view.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    view.export_to(tmp_path / "建议名单.xlsx")
    at.settle(50)
    assert "已导出 2 行" in view.message.text.text()
    sheet = openpyxl.load_workbook(tmp_path / "建议名单.xlsx").active
    assert sheet is not None
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    head = next(row for row in rows if "企业" in row)
    assert head == [
        "企业",
        "比例",
        "专业",
        "街道",
        "升规线（万元）",
        "累计营收（万元）",
        "上年营收（万元）",
        "方式",
    ]
    body = [row for row in rows if row and row[0] in ("差一点零售", "过线零售")]
    assert [row[0] for row in body] == _names(view)
    assert 500 in body[0] and "72.0%" in [*body[0], *body[1]]
    view.say("别的话", "", "ok")
    assert view._show_folder is not None and view._show_folder.isHidden()
