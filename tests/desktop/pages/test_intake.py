"""导入台账 by keys: a messy file is looked at, its columns put right, tried, read in, taken back; what cannot be read says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from db import side_list
from db.store import Store
from desktop.context import AppContext
from desktop.pages import files
from desktop.pages.intake import in_words_of_the_page
from desktop.pages.intake_columns import fields_for
from desktop.pages.intake_view import IntakeView
from desktop.pages.side_list import SideListView
from desktop.pages.visits import VisitsPage
from tests.desktop.conftest import Hands
from tests.returns.ledger import messy
from tests.state import state_hash

Key = Qt.Key
Opened = tuple[VisitsPage, Hands]


@pytest.fixture
def page(context: AppContext, hands: Callable[[QWidget], Hands]) -> Opened:
    made = VisitsPage(context)
    made.refresh()
    at = hands(made)
    at.settle()
    return made, at


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], None]:
    """What the file dialog answers."""

    def answer(path: Path | None) -> None:
        monkeypatch.setattr(files.QFileDialog, "getOpenFileName", lambda *_: (str(path or ""), ""))
        monkeypatch.setattr(files.QFileDialog, "getSaveFileName", lambda *_: (str(path or ""), ""))

    return answer


def opened(page: Opened, path: Path) -> IntakeView:
    visits, at = page
    visits.open(ledger=path)
    at.settle()
    assert visits.intake.view is not None and visits.stack.currentWidget() is visits.intake.view
    return visits.intake.view


def fingerprint(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def rows(visits: VisitsPage) -> int:
    assert visits.list.table is not None
    return visits.list.table.paged.rowCount()


def test_the_file_is_shown_before_anything_is_stored(
    page: Opened, register: Store, tmp_path: Path, choose: Callable[[Path | None], None]
) -> None:
    visits, at = page
    before = fingerprint(register)
    choose(messy.ledger(tmp_path))
    visits.list.import_ledger()
    at.settle()
    view = visits.intake.view
    assert view is not None and view.isVisible()
    assert view.file.name.text() == messy.NAME and "表头第 3 行" in view.file.about.text()
    assert view.file.sheets.currentText().startswith(messy.SHEET)
    assert [each.letter for each in view.columns.columns] == list("ABCDEFG")
    assert [(line.number, line.word) for line in view.rows.model.lines] == [
        (4, "可入库"), (5, "不入库"), (6, "不入库"), (7, "有未看懂"),
    ]  # fmt: skip
    assert view.run_button.isEnabled() and any("填表说明" in note for note in view.notes.notes)
    assert at.focus is view.columns.table
    at.press(Key.Key_Escape)
    at.settle()
    assert visits.stack.currentWidget() is visits.list and fingerprint(register) == before


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real popups
def test_a_column_is_put_right_by_keys_and_the_file_read_in(page: Opened, tmp_path: Path) -> None:
    visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    table = view.columns.table
    for _ in range(7):
        at.press(Key.Key_Down)
    assert view.columns.columns[-1].letter == table.current_id() == "G"
    at.enter()
    menu = next(each for each in view.columns.findChildren(QMenu) if each.isVisible())
    names = [action.text() for action in menu.actions() if not action.isSeparator()]
    for _ in range(names.index("陪同人员")):
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    at.settle()
    visits.activateWindow()
    at.settle(50)
    assert table.hasFocus()
    assert view.mapping == {"社区": "visit.escorts"}
    assert view.columns.columns[-1].target == "visit.escorts" and view.columns.columns[-1].how == "map"
    assert view.reset_button.isVisible()
    at.ctrl(Key.Key_S)
    at.settle()
    result = view.result
    assert view.stack.currentWidget() is result and result.report is not None
    assert (result.report.stored, result.report.bad) == (2, 2)
    assert at.focus is result.mend_button and result.mend_button.text() == "更正没有入库的 2 行"
    visits.list.reload()
    at.settle()
    assert rows(visits) == 2
    assert visits.list.intake.strip.isVisibleTo(visits.list)
    again = opened(page, messy.ledger(tmp_path))
    assert again.file.remembered.word == "按上次的对照读取"
    assert again.columns.columns[-1].how == "remembered"
    again.file.forget.click()
    at.settle()
    assert again.columns.columns[-1].target is None and not again.file.forget.isVisible()


def test_delete_leaves_a_column_out_and_it_can_be_reset(page: Opened, tmp_path: Path) -> None:
    _visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    view.columns.choose(4)
    at.press(Key.Key_Delete)
    at.settle()
    assert view.mapping == {"走访情况": None} and view.columns.columns[4].target is None
    view.reset_button.click()
    at.settle()
    assert view.mapping == {} and view.columns.columns[4].target == "visit.operation_text"


def test_a_dry_run_counts_and_stores_nothing(page: Opened, register: Store, tmp_path: Path) -> None:
    _visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    before = fingerprint(register)
    at.ctrl(Key.Key_T)
    at.settle()
    assert view.message.text.text() == "试运行：读 4 行，新增 2、没能入库 2。"
    assert fingerprint(register) == before and view.run_button.isEnabled()


def test_an_import_is_taken_back_whole(page: Opened, register: Store, tmp_path: Path) -> None:
    _visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    before = fingerprint(register)
    at.ctrl(Key.Key_S)
    at.settle()
    view.result.undo_button.click()
    assert view.result.confirm.isVisible()
    view.result.confirm.yes.click()
    at.settle()
    assert fingerprint(register) == before and view.stack.currentWidget() is view.work
    with register.read() as session:
        assert side_list.counts(session) == {}


def test_the_marked_sheet_is_written_from_the_result(
    page: Opened, tmp_path: Path, choose: Callable[[Path | None], None]
) -> None:
    _visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    at.ctrl(Key.Key_S)
    at.settle()
    choose(tmp_path / "出错.xlsx")
    view.result.errors_button.click()
    at.settle()
    book = load_workbook(tmp_path / "出错.xlsx")
    assert book[messy.SHEET]["C5"].comment is not None
    assert "出错.xlsx" in view.result.message.text.text()
    assert view.result.message.folder_button.isVisible()


def test_another_registers_table_leads_to_that_register(page: Opened, tmp_path: Path) -> None:
    _visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    view.file.registers.setCurrentIndex(view.file.registers.findData("cloud"))
    view.file.registers.activated.emit(view.file.registers.currentIndex())
    at.settle()
    assert not view.run_button.isEnabled() and view.message.isVisible()
    assert "--" not in view.message.hint.text() and view.better_button.text() == "按走访读取"
    assert view.file.day.isVisible()
    view.better_button.click()
    at.settle()
    assert view.register == "visit" and view.run_button.isEnabled() and not view.message.isVisible()


def test_a_file_that_cannot_be_read_says_why(page: Opened, register: Store, tmp_path: Path) -> None:
    _visits, _at = page
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    before = fingerprint(register)
    view = opened(page, path)
    assert view.message.isVisible() and "照片.xlsx" in view.message.text.text() and view.message.hint.text()
    assert not view.run_button.isEnabled() and fingerprint(register) == before


def test_changing_ones_mind_changes_nothing(page: Opened, choose: Callable[[Path | None], None]) -> None:
    visits, at = page
    choose(None)
    visits.list.import_ledger()
    at.settle()
    assert visits.intake.view is None and visits.stack.currentWidget() is visits.list


def test_a_file_dropped_onto_the_list_is_looked_at(page: Opened, tmp_path: Path) -> None:
    visits, at = page
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(messy.ledger(tmp_path)))])
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )  # fmt: skip
    assert visits.list.acceptDrops() and visits.list.intake.eventFilter(visits.list, event)
    at.settle()
    assert visits.intake.view is not None and visits.intake.view.path is not None
    assert visits.intake.view.path.name == messy.NAME


def test_what_is_left_is_put_right_by_keys_and_tried_again(
    page: Opened, register: Store, tmp_path: Path
) -> None:
    visits, at = page
    view = opened(page, messy.ledger(tmp_path))
    at.ctrl(Key.Key_S)
    at.settle()
    assert view.result.report is not None and view.result.report.batch is not None
    visits.open(side_list=UUID(view.result.report.batch))
    at.settle()
    side = visits.intake.side
    assert isinstance(side, SideListView) and side.isVisible()
    assert [(line.number, line.word) for line in side.rows.model.lines] == [(5, "要改"), (6, "要改")]
    assert at.focus is side.rows.table and side.rows.table.cell == (0, 2)
    assert "07/05/2024" in side.rows.panel.findings[0].message
    at.type("2024-05-07")
    at.enter()
    assert side.rows.model.sheet.text(0, 2) == "2024-05-07" and side.rows.model.lines[0].word == "已改"
    at.press(Key.Key_F8)
    at.press(Key.Key_F8)
    assert side.rows.table.cell == (1, 1)
    at.ctrl(Key.Key_S)
    at.settle()
    assert side.message.text.text() == "1 行已入库，1 行还有问题。"
    assert [line.number for line in side.rows.model.lines] == [6]
    at.type("江西元栖文化创意有限公司")
    at.enter()
    at.ctrl(Key.Key_S)
    at.settle()
    assert side.stack.currentWidget() is side.empty and side.message.text.text() == "1 行已入库。"
    side.undo_button.click()
    at.settle()
    assert [line.number for line in side.rows.model.lines] == [6]
    assert side.rows.model.sheet.text(0, 1) == "江西元栖文化创意有限公司"
    with register.read() as session:
        assert side_list.counts(session) == {"visit": 1}


def test_what_was_typed_is_kept_when_one_leaves(page: Opened, tmp_path: Path) -> None:
    visits, at = page
    opened(page, messy.ledger(tmp_path))
    at.ctrl(Key.Key_S)
    at.settle()
    visits.open(side_list=True)
    at.settle()
    side = visits.intake.side
    assert side is not None
    at.type("2024-05-07")
    at.enter()
    at.press(Key.Key_Escape)
    at.settle()
    assert visits.stack.currentWidget() is visits.list
    visits.open(side_list=True)
    at.settle()
    assert side.rows.model.sheet.text(0, 2) == "2024-05-07" and side.rows.model.lines[0].word == "已改"


def test_rows_are_dismissed_with_a_reason(page: Opened, register: Store, tmp_path: Path) -> None:
    visits, at = page
    opened(page, messy.ledger(tmp_path))
    at.ctrl(Key.Key_S)
    at.settle()
    visits.open(side_list=True)
    at.settle()
    side = visits.intake.side
    assert side is not None
    at.press(Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert side.reason.isVisible() and at.focus is side.reason.field and not side.reason.button.isEnabled()
    at.type("重复填报")
    at.enter()
    at.settle()
    assert side.message.text.text() == "1 行不再处理。" and [
        line.number for line in side.rows.model.lines
    ] == [6]
    side.undo_button.click()
    at.settle()
    with register.read() as session:
        assert side_list.counts(session) == {"visit": 2}


def test_the_first_page_counts_them_and_leads_there(register: Store, tmp_path: Path) -> None:
    from desktop.actions.ledger import import_ledger
    from desktop.pages import this_month_model as model

    import_ledger(register, messy.ledger(tmp_path), "visit")
    shown = model.now(register, register.actor.unit_code, "clerk", "2024-05")
    item = next(each for each in shown.items if each.key.startswith("side"))
    assert "2 行导入时没有入库，待更正" in item.detail
    assert (shown.places[item.key].page, shown.places[item.key].args["side_list"]) == ("visits", True)


def test_words_of_the_command_line_are_not_shown() -> None:
    for text in (
        "这张表更像上云台账（--register cloud）。",
        "如有这一列而叫别的名称，请用 --map 指定为 visit_date。",
        "至少有“企业名称”等两栏；也可以用 --sheet 指定工作表、--map 指定列。",
        "“汇总”里也有类似的表，没有读取，可用 --sheet 指定。",
    ):
        assert "--" not in in_words_of_the_page(text)


def test_every_field_that_is_offered_can_be_chosen() -> None:
    from db.registers import REGISTERS
    from returns.ledger.vocabulary import target_named

    for register in REGISTERS:
        offered = fields_for(register)
        assert offered and all(target_named(register, target) is not None for target, _, _ in offered)
