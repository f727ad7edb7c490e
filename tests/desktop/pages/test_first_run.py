"""The first start by keys: three steps to an open register, and what is said when something is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db.store import Store
from desktop.actions import first_run as action
from desktop.pages.first_run import FirstRun
from desktop.pages.first_run_unit import find_units
from tests.desktop.conftest import Hands

PLAN = Path(__file__).parents[2] / "data" / "plan_qinghe.json"
Open = Callable[[], tuple[FirstRun, Hands, list[Store]]]


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    opened: list[Store] = []
    made: list[FirstRun] = []

    def start() -> tuple[FirstRun, Hands, list[Store]]:
        page = FirstRun(None, opened.append, root=tmp_path / "data")
        page.resize(1280, 720)
        page.show()
        page.activateWindow()
        assert QTest.qWaitForWindowActive(page)
        made.append(page)
        return page, Hands(page, page._jobs), opened

    yield start
    for page in made:
        page._jobs.wait_idle()
        page._jobs.shutdown()
        page.deleteLater()
    for store in opened:
        store.close()


def test_three_steps_by_keys_open_an_empty_register(first: Open, tmp_path: Path) -> None:
    page, hands, opened = first()
    assert hands.focus is page.unit.search
    hands.type("cyz")
    assert page.unit.unit is not None and page.unit.unit.name == "朝阳洲街道"
    hands.enter()
    assert hands.focus is page.unit.person
    hands.type("张敏")
    hands.enter()
    assert page.at == 1 and hands.focus is page.place.backups
    assert "硬盘坏了" in page.place.note.text()
    hands.type(str(tmp_path / "usb"))
    hands.enter()
    assert page.at == 2
    hands.enter()
    hands.settle()
    assert len(opened) == 1
    store = opened[0]
    assert store.folder.root == tmp_path / "data"
    assert (
        store.actor.unit_code == "360103002" and store.actor.role == "clerk" and store.actor.person == "张敏"
    )
    assert store.setting("backup_dir") == str(tmp_path / "usb")
    assert store.setting("practice") is False


def test_what_is_missing_is_said_and_keeps_the_step(first: Open) -> None:
    page, hands, opened = first()
    hands.ctrl(Qt.Key.Key_Return)
    assert page.at == 0 and page.problem.text() == "请先选定单位。"
    hands.type("南浦")
    hands.enter()
    hands.enter()
    assert page.at == 0 and page.problem.text() == "请填写经办人姓名。"
    assert not opened


def test_arrows_choose_and_the_coordinating_office_sums_up(first: Open) -> None:
    page, hands, _ = first()
    hands.type("区")
    first_unit = page.unit.unit
    hands.press(Qt.Key.Key_Down)
    assert page.unit.unit is not first_unit
    page.unit.search.clear()
    hands.type("数字经济办")
    assert page.unit.unit is not None and page.unit.role == "supervisor"


def test_back_keeps_what_was_typed(first: Open) -> None:
    page, hands, _ = first()
    hands.type("cyz")
    hands.enter()
    hands.type("张敏")
    hands.enter()
    hands.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.at == 0 and page.unit.person.text() == "张敏"
    assert page.unit.unit is not None


def test_practice_lies_in_a_folder_of_its_own_and_can_be_taken_up_again(first: Open, tmp_path: Path) -> None:
    page, hands, opened = first()
    hands.type("cyz")
    hands.enter()
    hands.type("张敏")
    hands.enter()
    hands.enter()
    page.start.practice.setChecked(True)
    page.start.practice.setFocus()
    hands.enter()
    assert page._jobs.wait_idle(60)
    assert opened and opened[0].folder.root == tmp_path / "data" / action.PRACTICE_FOLDER
    assert opened[0].setting("practice") is True
    assert not action.has_register(tmp_path / "data")
    opened.pop().close()
    again, hands, opened = first()
    assert again.practice_button.isVisible()
    again.practice_button.setFocus()
    hands.press(Qt.Key.Key_Space)
    hands.settle()
    assert len(opened) == 1 and opened[0].setting("practice") is True


def test_another_districts_plan_brings_its_own_units(first: Open) -> None:
    page, hands, opened = first()
    page.load_plan(PLAN)
    hands.settle()
    names = [unit.name for unit in action.units_of(page.unit.plan)]
    assert "朝阳洲街道" not in names and len(names) > 1
    hands.type(next(unit.name for unit in action.units_of(page.unit.plan) if unit.kind == "street"))
    hands.enter()
    hands.type("李伟")
    hands.enter()
    hands.enter()
    hands.enter()
    hands.settle()
    assert opened and opened[0].actor.unit_code in {unit.code for unit in page.unit.plan.units}


def test_a_file_that_is_no_plan_is_refused_in_words(first: Open, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    page, hands, _ = first()
    page.load_plan(bad)
    hands.settle()
    assert page.message.isVisible() and page.message.text.text()
    assert any(unit.name == "朝阳洲街道" for unit in action.units_of(page.unit.plan))


def test_a_ledger_is_taken_in_and_told(first: Open, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["朝阳洲街道企业走访台账"])
    sheet.append(["序号", "企业名称", "走访时间", "走访干部", "走访情况"])
    sheet.append([1, "江西云栈网络科技有限公司", "2024.5.8", "张敏", "订单饱满，下半年扩招。"])
    book.save(tmp_path / "台账.xlsx")
    page, hands, opened = first()
    hands.type("cyz")
    hands.enter()
    hands.type("张敏")
    hands.enter()
    hands.enter()
    page.start.ledger.setChecked(True)
    page.start.file.setFocus()
    hands.enter()
    assert page.problem.text() == "请选择台账文件。"
    hands.type(str(tmp_path / "台账.xlsx"))
    hands.enter()
    hands.settle()
    assert not opened, "what became of the ledger is told first"
    assert "新增 1" in page.message.hint.text(), (
        page.problem.text(),
        page.start.file.text(),
        page.message.text.text(),
    )
    assert hands.focus is page.next and page.next.text() == "打开台账"
    hands.press(Qt.Key.Key_Space)
    assert len(opened) == 1


def test_a_folder_that_cannot_be_used_is_said(first: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    page, hands, opened = first()
    hands.type("cyz")
    hands.enter()
    hands.type("张敏")
    hands.enter()
    page.place.root.setText(str(tmp_path / "file" / "data"))
    hands.enter()
    hands.enter()
    hands.settle()
    assert not opened and page.message.isVisible() and "file" in page.message.text.text()
    assert page.next.isEnabled()


def test_units_are_found_by_name_alias_and_either_reading() -> None:
    units = action.units_of(action.read_plan(None))
    assert find_units(units, "cyz")[0].name == "朝阳洲街道"
    assert find_units(units, "zyz")[0].name == "朝阳洲街道"
    assert find_units(units, "商务")[0].name == "区商务局"
    assert find_units(units, "360103002")[0].name == "朝阳洲街道"
    assert find_units(units, "没有这个单位") == []
    assert len(find_units(units, "")) == len(units)
