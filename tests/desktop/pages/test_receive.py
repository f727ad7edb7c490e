"""收表 by keys: files in, old and new, receive, undo, send back, remind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from sqlalchemy import func, select

from db import records
from db.models import AuditEntry, Batch, Visit
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import receiving
from desktop.pages.receive import ReceivePage
from desktop.pages.receive_model import Decisions
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[[Store], Sitting]


def _page(at: Sitting) -> ReceivePage:
    assert at.main.goto("receive")
    at.settle()
    page = at.main.page
    assert isinstance(page, ReceivePage)
    return page


def _show_all(page: ReceivePage) -> None:
    """Scroll to the end, as the table reads on while one does."""
    model = page.detail.table.paged
    while not model.complete:
        model.fetchMore(model.index(-1, -1))


def _visits(store: Store, unit: str = "360103002") -> int:
    with store.read() as session:
        query = (
            select(func.count()).select_from(Visit).where(Visit.unit_code == unit, Visit.deleted_at.is_(None))
        )
        return int(session.scalar(query.where(Visit.visit_date >= "2024-12-01")) or 0)


def test_two_files_are_received_and_one_is_taken_back(
    district: Store, sit: Sit, files: dict[str, Path]
) -> None:
    at = sit(district)
    page = _page(at)
    assert page.desk is not None
    received, visits = page.desk.coverage.received, _visits(district)
    page.stage(list(files.values()))
    at.settle()
    assert page.desk is not None and {each.unit_name for each in page.desk.files} == set(files)
    assert _visits(district) == visits, "staging touches nothing"
    assert page.badge() == 2

    street = next(each for each in page.desk.files if each.unit_name == "朝阳洲街道")
    page.files.choose(street.id.hex)
    at.settle()
    assert page.detail.batch is not None and page.detail.decisions.rows
    at.enter()  # into the changes
    assert page.detail.table.hasFocus()
    page.detail.accept.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _visits(district) > visits
    assert page.desk is not None and page.desk.coverage.received >= received
    assert "接收了 1 份" in page.message.text.text()

    page.files.choose(street.id.hex)
    at.settle()
    assert page.detail.undo.isVisibleTo(page.detail) and not page.detail.accept.isVisibleTo(page.detail)
    page.detail.undo.setFocus()
    at.press(Qt.Key.Key_Space)
    assert page.confirm.isVisible() and at.focus is page.confirm.no  # the safe answer has the focus
    at.enter()
    at.settle()
    assert _visits(district) > visits, "Enter on 取消 changes nothing"
    page.detail.undo.setFocus()
    at.press(Qt.Key.Key_Space)
    page.confirm.yes.setFocus()
    at.enter()
    at.settle()
    assert _visits(district) == visits
    assert "已撤销" in page.message.text.text()


def test_the_clean_ones_go_in_with_one_key(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    page = _page(at)
    page.stage(list(files.values()))
    at.settle()
    assert page.desk is not None
    clean = len(page.desk.clean)
    assert clean >= 1 and page.all_button.text() == f"接收 {clean} 份无误的"
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert page.desk is not None and not page.desk.clean
    assert sum(each.state == "applied" for each in page.desk.files) == clean
    assert not page.all_button.isEnabled()


def test_the_same_file_again_adds_nothing(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    page = _page(at)
    for _ in range(2):
        page.stage([files["区商务局"]])
        at.settle()
        if page.all_button.isEnabled():
            at.ctrl(Qt.Key.Key_Return)
            at.settle()
    assert "以前接收过" in page.message.text.text()
    with district.read() as session:
        applied = session.scalars(select(Batch).where(Batch.kind == "return", Batch.state == "applied")).all()
    assert len(applied) == 1


def test_dropped_files_and_a_bad_one(
    district: Store, sit: Sit, files: dict[str, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "说明.xlsx"
    bad.write_text("这不是工作簿", encoding="utf-8")
    at = sit(district)
    page = _page(at)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(each)) for each in (bad, files["区商务局"])])
    drop = QDropEvent(
        QPointF(100, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(drop)
    at.settle()
    assert len(page.rejected) == 1 and page.desk is not None and len(page.desk.files) == 1
    assert "1 份不能接收" in page.message.text.text()
    assert page.message.hint.text()
    page.files.choose("rejected:0")
    at.settle()
    assert page.detail.batch is None and "说明.xlsx" in page.detail.title.text()


def test_pasting_a_path_adds_the_file(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    page = _page(at)
    QGuiApplication.clipboard().setText(str(files["区商务局"]))
    page.files.setFocus()
    at.ctrl(Qt.Key.Key_V)
    at.settle()
    assert page.desk is not None and len(page.desk.files) == 1


def test_sending_back_asks_why_and_writes_the_marked_file(
    district: Store, sit: Sit, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "退回.xlsx"
    monkeypatch.setattr("desktop.pages.receive.ask_save", lambda *_args: out)
    at = sit(district)
    page = _page(at)
    page.stage([files["朝阳洲街道"]])
    at.settle()
    page.detail.back.setFocus()
    at.press(Qt.Key.Key_Space)
    assert at.focus is page.detail.reason_edit
    page.detail.reason_edit.clear()
    at.enter()
    assert not out.exists() and page.detail.reason_edit.property("state") == "error"
    at.type("营业收入单位有误")
    at.enter()
    at.settle()
    assert out.exists()
    assert openpyxl.load_workbook(out)["退回意见"]["A3"].value == "理由：营业收入单位有误"
    assert page.desk is not None and page.desk.files[0].state == "sent_back"


def test_rows_can_be_left_out_one_by_one(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    page = _page(at)
    visits = _visits(district)
    page.stage([files["朝阳洲街道"]])
    at.settle()
    new = [row for row in page.detail.decisions.rows if row.action == "new" and row.register == "visit"]
    assert new
    for row in new[1:]:
        _show_all(page)
        assert page.detail.table.choose(f"{row.seq}:0")
        page.detail.table.setFocus()
        at.press(Qt.Key.Key_Space)
    assert "选中的" in page.detail.accept.text()
    page.detail.accept.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _visits(district) == visits + 1, (page.message.text.text(), page.message.hint.text())


def test_a_conflict_taken_needs_a_reason_that_is_recorded(
    district: Store, sit: Sit, files: dict[str, Path]
) -> None:
    at = sit(district)
    page = _page(at)
    page.stage([files["朝阳洲街道"]])
    at.settle()
    page.detail.accept.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    # Somebody at the district corrects one of the received rows; the office sends another revision.
    table = records.table_of(REGISTERS["visit"])
    with district.write() as session:
        row = (
            session.execute(
                table.select()
                .where(table.c.unit_code == "360103002", table.c.visit_date >= "2024-12-01")
                .limit(1)
            )
            .mappings()
            .one()
        )
        records.save(session, REGISTERS["visit"], {"operation_trend": "停产"}, district.actor, id=row["id"])
    again = _second_revision(files["朝阳洲街道"], at)
    page.stage([again])
    at.settle()
    batch = next(each for each in page.desk.files if each.state == "staged")  # type: ignore[union-attr]
    page.files.choose(batch.id.hex)
    at.settle()
    conflicts = [each for each in page.detail.decisions.rows if each.action == "conflict"]
    assert conflicts
    _show_all(page)
    assert page.detail.table.choose(f"{conflicts[0].seq}:0")
    page.detail.table.setFocus()
    at.press(Qt.Key.Key_Space)
    assert page.detail.strip.isVisibleTo(page.detail)
    page.detail.accept.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert at.focus is page.detail.reason_edit, "no reason yet"
    at.type("以街道复核后的为准")
    at.enter()
    at.settle()
    with district.read() as session:
        notes = session.scalars(select(AuditEntry.note).where(AuditEntry.action == "choose")).all()
        assert notes == ["选定回报中的内容：以街道复核后的为准"]


def _second_revision(first: Path, at: Sitting) -> Path:
    """The office's own register still exists: it corrects a row and hands in revision 2."""
    from db.store import open_store
    from desktop.actions import returns
    from tests.desktop.pages.conftest import COVER

    root = min(first.parent.parent.glob("sender*/data"))  # the street was first
    copy = first.parent / "again"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy)
    store = open_store(copy)
    assert store.actor.unit_code == "360103002"
    returns.reopen_month(store, PERIOD, "经营状态漏报")
    table = records.table_of(REGISTERS["visit"])
    with store.write() as session:
        rows = session.execute(table.select().where(table.c.visit_date >= "2024-12-01")).mappings().all()
        for row in rows:
            other = "下滑" if row["operation_trend"] != "下滑" else "平稳"
            records.save(session, REGISTERS["visit"], {"operation_trend": other}, store.actor, id=row["id"])
    for each in returns.check(store, PERIOD).open:
        returns.explain(store, PERIOD, each, "已电话核对，两次走访情况确实一致")
    done = returns.submit_return(store, PERIOD, first.parent / "second.xlsx", cover=COVER)
    store.close()
    at.settle()
    return Path(done.out)


def test_the_reminder_is_ready_to_paste(district: Store, sit: Sit) -> None:
    at = sit(district)
    page = _page(at)
    page.copy_reminder()
    text = QGuiApplication.clipboard().text()
    assert page.desk is not None
    missing = [unit.name for unit in page.desk.coverage.units if not unit.received]
    assert missing and all(name in text for name in missing)
    assert "12 月 25 日（周三）" in text


def test_the_grid_says_who_is_in(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    page = _page(at)
    assert page.grid.points() == 10
    page.kinds.choose("other")
    assert page.grid.points() == 11
    page.stage([files["朝阳洲街道"]])
    at.settle()
    page.kinds.choose("street")
    told = [page.grid.told(place) for place in range(10)]
    assert any(each.startswith("朝阳洲") for each in told)
    page.grid.cell_clicked.emit("360103002", "")
    assert page.files.hasFocus()


def test_decisions_turn_over() -> None:
    from desktop.actions.returns import RowLine

    def row(seq: int, action: str) -> RowLine:
        return RowLine(seq, "visit", action, "江西云栈 · 5-14", True, "", "走访记录", seq)

    decisions = Decisions.of([row(1, "new"), row(2, "update"), row(3, "gone"), row(4, "conflict")])
    assert decisions.accept == "all" and decisions.undecided == 1
    decisions.toggle(1)
    assert decisions.accept == [2]
    decisions.toggle(3)
    assert decisions.chosen == {3: "incoming"} and not decisions.wants_reason
    decisions.toggle(4)
    assert decisions.wants_reason
    decisions.toggle(4)
    assert decisions.chosen[4] == "present" and not decisions.wants_reason and decisions.undecided == 0
    words: Any = [str(decisions.mark(each)) for each in decisions.rows]
    assert words == ["不采用", "采用", "删除", "留原值 ✓"]


def test_a_reason_is_asked_before_anything_is_written(district: Store, files: dict[str, Path]) -> None:
    from db.errors import Refused
    from desktop.actions import returns

    staged = returns.stage_returns(district, [files["朝阳洲街道"]])[0]
    assert staged.batch is not None
    with pytest.raises(Refused):
        receiving.accept_batch(district, staged.batch, replace=True)
    with district.read() as session:
        assert session.scalar(select(Batch.state).where(Batch.id == staged.batch)) == "staged"
