"""下发 and 专项 by keys: composed and sent at the district, taken in, filled in and handed in at the street."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from sqlalchemy import select

from db import plan_store
from db.models import Enterprise, HandDown
from db.special import answers
from db.special.definition import CLOSED, OPEN, ColumnDef, Definition
from db.store import Actor, Store
from desktop.actions import handdown as actions
from desktop.actions import special
from desktop.pages.handdown import HanddownPage
from desktop.pages.handdown_unit import INTAKE, UnitHanddownPage
from returns.digests import document_digest
from returns.handdown.contract import PLAN, SPECIAL, Handdown, Manifest
from returns.handdown.read import read
from returns.handdown.write import render
from tests.desktop.pages.conftest import PERIOD, Sitting
from tests.state import state_hash

Sit = Callable[[Store], Sitting]
DISTRICT = Actor("qszjjb", "刘科长", "supervisor")
COLUMNS = (
    ColumnDef("", "企业", "firm", required=True),
    ColumnDef("", "需求", "number", "万元", True),
    ColumnDef("", "方向", "choice", choices=("训练", "推理")),
    ColumnDef("", "签约", "date"),
)


def table(**more: Any) -> Definition:
    return answers.new_table("算力需求摸底", PERIOD, COLUMNS, **more)


def give(store: Store) -> Definition:
    made = table()
    with store.write() as session:
        answers.keep(session, made, DISTRICT, state=OPEN, sender=DISTRICT.unit_code)
    return made


def hash_of(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def firm(store: Store) -> str:
    with store.read() as session:
        return session.scalars(select(Enterprise.name).order_by(Enterprise.id).limit(1)).one() or ""


def unit_page(at: Sitting) -> UnitHanddownPage:
    assert at.main.goto("handdown")
    at.settle()
    page = at.main.page
    assert isinstance(page, UnitHanddownPage)
    return page


def district_page(at: Sitting) -> HanddownPage:
    assert at.main.goto("handdown")
    at.settle()
    page = at.main.page
    assert isinstance(page, HanddownPage)
    return page


def press(at: Sitting, *keys: str) -> None:
    """Names of keys are pressed, everything else is typed."""
    for key in keys:
        if len(key) > 1 and hasattr(Qt.Key, f"Key_{key}"):
            at.press(getattr(Qt.Key, f"Key_{key}"))
        else:
            at.type(key)
        at.settle()


def a_handdown(store: Store, folder: Path) -> Path:
    """A target raised and a table, as the district would send them."""
    with store.read() as session:
        plan = plan_store.current(session)
        document = copy.deepcopy(dict(plan.document))
    document["indicators"][0]["targets"][str(plan.end_year)] = "999"
    payload = {PLAN: document, SPECIAL: [{"definition": table().as_json(), "state": OPEN, "rows": []}]}
    manifest = Manifest(
        "qszjjb", "区数字经济办公室", plan.region_code, plan.region, 4, "2024-12-20T01:00:00+00:00", PERIOD, tuple(payload),
        practice=True, digests={name: document_digest(value) for name, value in payload.items()},
    )  # fmt: skip
    out = folder / "下发.xlsx"
    out.write_bytes(render(Handdown(manifest, payload)))
    return out


# ---------------------------------------------------------------- the street


def test_cells_are_kept_as_they_are_typed(street: Store, sit: Sit) -> None:
    made = give(street)
    name = firm(street)
    at = sit(street)
    page = unit_page(at)
    grid = page.fill.grid
    assert page.stack.currentWidget() is page.fill and not page.asked[0].answered
    grid.setFocus()
    grid.go((0, 1))
    press(at, "12.5", "Return")
    grid.go((0, 2))
    press(at, "x", "Return")
    grid.go((0, 3))
    press(at, "2024.12.20", "Return")
    page.fill.paste(0, 0, [[name]])
    at.settle()
    (line,) = special.read_sheet(street, made.key).lines
    assert dict(line.cells) == {"enterprise_id": name, "c1": "12.5", "c2": "x", "c3": "2024-12-20"}
    assert list(line.wrong) == ["c2"]
    assert grid.grid.rowCount() == 2  # one empty row to go on with
    grid.go((0, 2))
    assert "“x”" in page.fill.told.text() and "训练、推理" in page.fill.told.text()


def test_a_block_from_a_spreadsheet_goes_by_its_headers(street: Store, sit: Sit) -> None:
    made = give(street)
    name = firm(street)
    at = sit(street)
    page = unit_page(at)
    QGuiApplication.clipboard().setText(f"方向\t需求\t企业\n训练\t1.2万元\t{name}\n推理\t300\t{name}\n")
    page.fill.grid.setFocus()
    page.fill.grid.go((0, 0))
    QTest.keyClick(page.fill.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    lines = special.read_sheet(street, made.key).lines
    assert [(each.cells["c1"], each.cells["c2"], each.wrong) for each in lines] == [
        ("1.2", "训练", {}), ("300", "推理", {}),
    ]  # fmt: skip
    assert page.message.isVisible()


def test_rows_are_deleted_and_come_back(street: Store, sit: Sit) -> None:
    made = give(street)
    special.save_block(street, made.key, [["", "1"], ["", "2"]], ["enterprise_id", "c1"], [])
    at = sit(street)
    page = unit_page(at)
    offered: list[Any] = []
    at.context.undo_offered.connect(lambda _words, back: offered.append(back))
    page.fill.grid.go((0, 1))
    page.fill.remove_rows([0])
    at.settle()
    assert [each.cells["c1"] for each in special.read_sheet(street, made.key).lines] == ["2"]
    offered[0]()
    assert [each.cells["c1"] for each in special.read_sheet(street, made.key).lines] == ["1", "2"]


def test_zero_is_one_tick(street: Store, sit: Sit) -> None:
    made = give(street)
    at = sit(street)
    page = unit_page(at)
    page.fill.zero.setFocus()
    press(at, "Space")
    assert special.read_sheet(street, made.key).zero
    assert "零报" in page.tabs._tabs[made.key].text()
    page.fill.grid.go((0, 1))
    page.fill.grid.setFocus()
    press(at, "5", "Return")
    sheet = special.read_sheet(street, made.key)
    assert (sheet.zero, len(sheet.lines)) == (False, 1)


def test_this_month_leads_to_the_table_and_the_check_to_its_cell(street: Store, sit: Sit) -> None:
    from desktop.pages.this_month_model import place_of

    made = give(street)
    special.save_block(street, made.key, [["", "1"]], ["enterprise_id", "c1"], [])
    with street.read() as session:
        from db.special.to_do import tasks

        (task,) = tasks(session, street.actor.unit_code, PERIOD, street.today())
    assert (task.title, task.detail) == ("填专项“算力需求摸底”", "1 行里有 1 行没填完")
    place = place_of(task)
    assert (place.page, place.args) == ("handdown", {"table": made.key})
    at = sit(street)
    page = unit_page(at)
    (finding,) = special.findings(street, PERIOD)
    page.open(register=finding.register, record=str(finding.record_id), field=finding.field)
    assert page.fill.grid.cell == (0, 0) and "必填" in page.fill.told.text()


def test_a_handdown_is_read_taken_and_taken_back(street: Store, sit: Sit, tmp_path: Path) -> None:
    before = hash_of(street)
    at = sit(street)
    page = unit_page(at)
    assert page.stack.currentWidget() is page.intake
    page.open(files=[str(a_handdown(street, tmp_path))])
    at.settle()
    detail = page.intake.detail
    assert detail.batch is not None and hash_of(street) == before
    parts = {each.register for each in detail.decisions.rows}
    assert parts == {"plan", "special_table"}
    # One line of the plan answers for all of them.
    detail.table.setFocus()
    plan = next(each.seq for each in detail.decisions.rows if each.register == "plan")
    detail.table.choose(f"{plan}:0")
    press(at, "Space")
    assert (
        not {each.seq for each in detail.decisions.rows if each.register == "plan"} & detail.decisions.taken
    )
    press(at, "Space")
    page.intake.accept()
    at.settle()
    assert page.intake.batches[0].state == "applied"
    assert [each.definition.title for each in page.asked] == ["算力需求摸底"]
    page.show_tab(INTAKE)
    at.settle()
    page.intake.ask_undo()
    page.intake.confirm._accept()
    at.settle()
    assert hash_of(street) == before and page.asked == []


def test_a_file_that_is_none_is_told(street: Store, sit: Sit, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "通讯录.xlsx")
    at = sit(street)
    page = unit_page(at)
    page.intake.stage([tmp_path / "通讯录.xlsx"])
    at.settle()
    assert page.message.isVisible() and page.intake.batches == []


# ---------------------------------------------------------------- the district


def test_a_table_is_composed_by_keys_and_sent(district: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(district)
    page = district_page(at)
    page.new_table()
    page.compose.title_edit.setText("楼宇摸底")
    page.compose.due.setText("12月25日")
    grid = page.compose.grid
    grid.setFocus()
    grid.go((0, 0))
    press(at, "楼宇", "Tab", "Return")
    grid.go((1, 0))
    QGuiApplication.clipboard().setText("面积\t数字\t平方米\t是\n用途\t选项\t\t\t办公、机房")
    QTest.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    page.compose.save()
    at.settle()
    assert page.stack.currentWidget() is page.desk
    (made,) = special.standings(district)
    definition = made.definition
    assert (definition.title, definition.period, str(definition.due_on)) == (
        "楼宇摸底",
        PERIOD,
        f"{PERIOD}-25",
    )
    assert [(each.label, each.kind, each.unit, each.required, each.choices) for each in definition.columns] == [
        ("楼宇", "text", "", False, ()), ("面积", "number", "平方米", True, ()), ("用途", "choice", "", False, ("办公", "机房")),
    ]  # fmt: skip
    out = tmp_path / "下发.xlsx"
    page.whom.setText("朝阳洲街道")
    page.send(out)
    at.settle()
    sent = read(out).made.manifest
    assert (sent.recipients, sent.number, sent.contents) == (
        ("360103002",),
        1,
        ("plan", "units", "calendar", "special"),
    )
    assert [each.state for each in special.standings(district)] == [OPEN]
    assert [each.number for each in actions.made(district)] == [1]


def test_what_is_wrong_with_a_table_is_said_and_nothing_is_lost(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = district_page(at)
    page.new_table()
    page.compose.title_edit.setText("走访记录")
    page.compose.grid.grid.typed.emit(0, "label", "甲")
    page.compose.save()
    assert page.message.isVisible() and page.stack.currentWidget() is page.compose
    assert page.compose.grid.grid.text(0, 0) == "甲" and special.standings(district) == []


def test_a_workbooks_header_gives_the_columns(district: Store, sit: Sit, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["重点企业投资情况表"])
    sheet.append(["序号", "企业名称*", "统一社会信用代码", "投资额（万元）", "开工日期", "是否新建", "备注"])
    book.save(tmp_path / "表.xlsx")
    at = sit(district)
    page = district_page(at)
    page.new_table()
    page.compose.take_header(tmp_path / "表.xlsx")
    cells = [each.cells for each in page.compose.grid.grid.rows if each.cells]
    assert [(each["label"], each["kind"], each["unit"], each["required"]) for each in cells] == [
        ("企业名称", "企业", "", "是"), ("投资额", "数字", "万元", ""), ("开工日期", "日期", "", ""),
        ("是否新建", "是否", "", ""), ("备注", "文字", "", ""),
    ]  # fmt: skip


def test_answers_prepared_rows_and_the_list(district: Store, sit: Sit, tmp_path: Path) -> None:
    made = special.keep(district, table())
    at = sit(district)
    page = district_page(at)
    page.table.choose(made.key)
    page.look()
    at.settle()
    QGuiApplication.clipboard().setText("朝阳洲街道\t\t120\t训练\n某某街道\t\t1\n")
    page.answers.paste_prepared()
    at.settle()
    assert page.message.isVisible()
    assert [(unit, line.cells["c1"]) for unit, line in special.prepared_lines(district, made.key)] == [
        ("朝阳洲街道", "120")
    ]
    page.answers.export(tmp_path / "汇总.xlsx")
    at.settle()
    sheet: Any = openpyxl.load_workbook(tmp_path / "汇总.xlsx").active
    assert [cell.value for cell in sheet[2]] == ["朝阳洲街道", None, None, 120, "训练", None]


def test_a_draft_is_deleted_and_a_table_that_was_sent_is_closed(district: Store, sit: Sit) -> None:
    first = special.keep(district, table())
    at = sit(district)
    page = district_page(at)
    page.table.choose(first.key)
    page.ask_close()
    page.confirm._accept()
    at.settle()
    assert special.standings(district) == []
    give(district)
    page.refresh()
    at.settle()
    page.table.choose(special.standings(district)[0].definition.key)
    at.settle()
    page.ask_close()
    page.confirm._accept()
    at.settle()
    assert [each.state for each in special.standings(district)] == [CLOSED]


def test_a_unit_that_is_none_is_named(district: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(district)
    page = district_page(at)
    page.whom.setText("没有的街道")
    page.send(tmp_path / "下发.xlsx")
    at.settle()
    assert page.message.isVisible() and not (tmp_path / "下发.xlsx").exists()
    with district.read() as session:
        assert session.scalars(select(HandDown.number)).all() == []


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
