"""月调度 by keys: 核对 → 说明 → 预览 → 上报, the locked month, a correction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from db import locks, records
from db.errors import Refused
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import returns
from desktop.actions.sent_back import take_sent_back
from desktop.pages import files as dialogs
from desktop.pages.dispatch import DispatchPage
from desktop.pages.register_page import RegisterPage
from tests.desktop.pages.conftest import COVER, PERIOD, Sitting

Sit = Callable[..., Sitting]
REASON = "该企业两次走访情况确实一致，已电话核对"


def _page(at: Sitting) -> DispatchPage:
    assert at.main.goto("dispatch")
    at.settle()
    page = at.main.page
    assert isinstance(page, DispatchPage)
    return page


def _complete(store: Store) -> None:
    """Fill in what the practice month left open, as the forms would."""
    table = records.table_of(REGISTERS["visit"])
    given = {"firm_attendees": "王磊 总经理", "operation_trend": "平稳", "digital_stage": "部分环节"}
    with store.write() as session:
        for row in session.execute(table.select().where(table.c.incomplete)).mappings().all():
            missing = {name: value for name, value in given.items() if row[name] is None}
            records.save(session, REGISTERS["visit"], missing, Actor(row["unit_code"], "张敏"), id=row["id"])


def test_an_error_leads_to_the_field_of_the_record(street: Store, sit: Callable[[Store], Sitting]) -> None:
    at = sit(street)
    page = _page(at)
    assert page.step == "check"
    assert page.standing is not None and page.standing.errors > 0
    first = next(each for each in page.standing.noted if each.finding.register != "cover")
    at.enter()
    at.settle()
    shown = at.main.page
    assert isinstance(shown, RegisterPage) and shown.key == "visits"
    assert shown.form is not None and shown.form.form.current == first.finding.field
    wrong = page.standing.errors
    at.type("王磊 总经理")
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert at.main.page is page, "back where the person came from"
    assert page.standing is not None and page.standing.errors == wrong - 1


def test_the_last_step_cannot_be_taken_while_something_is_wrong(
    street: Store, sit: Callable[[Store], Sitting], tmp_path: Path
) -> None:
    at = sit(street)
    page = _page(at)
    page.show_step("submit")
    page.submit.out.setText(str(tmp_path / "out.xlsx"))
    assert not page.next.isEnabled()
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert not (tmp_path / "out.xlsx").exists()
    assert page.submit.to_errors.isVisibleTo(page.submit)


def test_a_month_goes_out_by_keys_alone(
    street: Store, sit: Callable[[Store], Sitting], tmp_path: Path
) -> None:
    _complete(street)
    at = sit(street)
    page = _page(at)
    assert page.standing is not None and page.standing.errors == 0
    to_explain = len(page.standing.unexplained)
    assert to_explain > 0

    assert page.step == "explain"  # nothing to mend: where there is something to do
    at.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.step == "check"
    at.ctrl(Qt.Key.Key_Return)  # 说明
    assert page.step == "explain"
    at.type("核实无误")
    at.enter()
    at.settle()
    assert page.explain.rows[0].problem.text()  # a set phrase explains nothing
    assert page.standing is not None and len(page.standing.unexplained) == to_explain
    for _ in range(to_explain):
        at.ctrl(Qt.Key.Key_A)
        at.type(REASON)
        at.enter()
        at.settle()
    assert page.standing is not None and not page.standing.unexplained

    at.main.activateWindow()
    page.next.setFocus()
    at.ctrl(Qt.Key.Key_Return)  # 预览
    at.settle()
    assert page.step == "preview"
    names = [sheet for sheet in page.preview._sheets]
    assert names[0] == "封面" and "走访记录" in names
    assert page.preview.table is not None and page.preview.table.hasFocus()

    at.ctrl(Qt.Key.Key_Return)  # 上报
    assert page.step == "submit"
    target = tmp_path / "handed in.xlsx"
    assert at.focus is page.submit.out
    at.ctrl(Qt.Key.Key_A)
    at.type(str(target))
    at.enter()
    at.settle()
    assert target.exists()
    assert page.standing is not None and page.standing.locked
    assert page.stack.currentWidget() is page.locked
    with street.read() as session:
        assert locks.is_locked(session, street.actor.unit_code, PERIOD)
    assert page.standing.history[0].copy is not None

    # A correction: reason, reopen, revision 2.
    assert at.focus is page.locked.reason
    at.enter()
    assert page.locked.problem.text()
    at.type("营业收入漏填一位")
    at.enter()
    at.settle()
    assert page.standing is not None and not page.standing.locked and page.standing.revision == 2
    assert page.standing.cover["correction_reason"] == "营业收入漏填一位"
    with street.read() as session:
        assert not locks.is_locked(session, street.actor.unit_code, PERIOD)


def _explain_all(at: Sitting, page: DispatchPage) -> None:
    page.show_step("explain")
    for _ in range(40):
        if page.standing is None or not page.standing.unexplained:
            return
        page.explain.rows[0].edit.setFocus()
        at.type(REASON)
        at.enter()
        at.settle()


def test_one_reason_for_all_of_a_kind(street: Store, sit: Callable[[Store], Sitting]) -> None:
    table = records.table_of(REGISTERS["visit"])
    with street.write() as session:
        rows = session.execute(table.select().where(table.c.visit_date >= date(2024, 12, 1))).mappings().all()
        for row in rows[:3]:
            actor = Actor(row["unit_code"], "张敏")
            records.save(session, REGISTERS["visit"], {"visit_date": date(2024, 12, 7)}, actor, id=row["id"])
    at = sit(street)
    page = _page(at)
    assert page.standing is not None
    page.show_step("explain")
    row = next(each for each in page.explain.rows if each.noted.finding.id == "VIS-010")
    assert row.alike == 2
    row.edit.setFocus()
    at.type(REASON)
    at.ctrl(Qt.Key.Key_Return)
    at.settle()
    assert page.standing is not None
    assert "VIS-010" not in {each.finding.id for each in page.standing.unexplained}
    assert sum(each.finding.id == "VIS-010" for each in page.standing.explained) == 3
    assert page.step == "explain"


def test_what_is_half_typed_survives_a_recheck(street: Store, sit: Callable[[Store], Sitting]) -> None:
    at = sit(street)
    page = _page(at)
    page.show_step("explain")
    at.type("该企业")
    page.refresh()
    at.settle()
    assert page.explain.rows[0].edit.text() == "该企业"
    assert page.explain.rows[0].edit.hasFocus()


def test_what_is_typed_on_the_cover_is_kept(street: Store, sit: Callable[[Store], Sitting]) -> None:
    at = sit(street)
    page = _page(at)
    page.show_step("submit")
    page.submit.boxes["reviewer"].editor.target.setFocus()
    at.ctrl(Qt.Key.Key_A)
    at.type("黄桂英")
    at.enter()
    at.settle()
    assert page.standing is not None
    page.refresh()
    at.settle()
    assert page.standing.cover["reviewer"] == "黄桂英"


def test_nothing_new_is_a_zero_report_with_one_press(
    register: Store, sit: Callable[..., Sitting], tmp_path: Path
) -> None:
    for key, value in (("phone", "0791-86510023"), ("head", "刘磊"), ("reviewer", "陈伟")):
        register.set_setting(key, value)
    at = sit(register, "2031-05")
    page = _page(at)
    page.show_step("submit")
    at.settle()
    assert page.standing is not None and page.standing.news == 0
    assert at.focus is page.submit.zero_button
    page.submit.boxes["form_no"].editor.load(
        type(page.submit.boxes["form_no"].editor.content())("西数经调01表")
    )
    page.submit.out.setText(str(tmp_path / "zero.xlsx"))
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert page.standing is not None and page.standing.locked, page.message.text.text()
    assert page.standing.history[0].zero_report


def test_drafts_and_templates_lock_nothing(
    street: Store, sit: Callable[[Store], Sitting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = sit(street)
    page = _page(at)
    for name, action in (("draft.xlsx", page.export_draft), ("template.xlsx", page.export_template)):
        monkeypatch.setattr(
            "desktop.pages.dispatch_files.ask_save", lambda *_args, name=name: tmp_path / name
        )
        action()
        at.settle()
        assert (tmp_path / name).stat().st_size > 1000
    with street.read() as session:
        assert not locks.is_locked(session, street.actor.unit_code, PERIOD)


def test_a_file_that_cannot_be_written_is_said_and_locks_nothing(
    street: Store, sit: Callable[[Store], Sitting], tmp_path: Path
) -> None:
    _complete(street)
    at = sit(street)
    page = _page(at)
    _explain_all(at, page)
    page.show_step("submit")
    (tmp_path / "file").write_text("in the way")
    page.submit.out.setText(str(tmp_path / "file" / "out.xlsx"))
    page.hand_in()
    at.settle()
    assert page.message.isVisible() and "out.xlsx" in page.message.text.text()
    assert page.standing is not None and not page.standing.locked
    assert page.next.isEnabled()


def test_pasted_paths_are_understood(tmp_path: Path) -> None:
    one, two = tmp_path / "a b.xlsx", tmp_path / "c.xlsx"
    one.write_bytes(b"")
    two.write_bytes(b"")
    (tmp_path / "~$c.xlsx").write_bytes(b"")
    assert dialogs.pasted_paths(f'"{one}"\nfile://{two}\n/nowhere/x.xlsx\n') == [one, two]
    assert dialogs.workbooks_in([tmp_path, one]) == [one, two]


def test_a_file_that_came_back_opens_the_month_with_its_marks(
    street: Store, district: Store, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _complete(street)
    for each in returns.check(street, PERIOD).open:
        returns.explain(street, PERIOD, each, REASON)
    sent = returns.submit_return(street, PERIOD, tmp_path / "回报.xlsx", cover=COVER)
    # Somebody typed a date that is no date into the file on its way.
    book = openpyxl.load_workbook(sent.out)
    sheet = book["走访记录"]
    header = [str(cell.value or "") for cell in sheet[3]]
    place = next(n for n, text in enumerate(header, start=1) if text.startswith("走访日期"))
    sheet.cell(4, place).value = "五月某日"
    book.save(sent.out)
    staged = returns.stage_returns(district, [Path(sent.out)])[0]
    assert staged.batch is not None, staged.report.findings
    back = returns.send_back(district, staged.batch, "走访日期请写清楚", tmp_path / "退回_回报.xlsx")

    at = sit(street)
    page = _page(at)
    assert page.standing is not None and page.standing.locked
    monkeypatch.setattr("desktop.pages.dispatch.ask_open", lambda *_args: back)
    page.locked.came_back.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert page.standing is not None and not page.standing.locked and page.standing.revision == 2
    assert page.standing.cover["correction_reason"] == "区级退回：走访日期请写清楚"
    assert page.step == "check" and page.standing.opinions
    marked = next(each for each in page.standing.opinions if each.finding.field == "visit_date")
    assert marked.finding.record_id is not None and marked.record
    first = page.check.table.paged.row_at(0)
    assert str(first.cells["severity"]) == "退回"
    page.check.table.choose(f"sent_back:{page.standing.opinions.index(marked)}")
    page.check.table.setFocus()
    at.enter()
    at.settle()
    assert isinstance(at.main.page, RegisterPage) and at.main.page.form is not None
    assert at.main.page.form.form.current == "visit_date"

    with street.write() as session:
        records.save(
            session,
            REGISTERS["visit"],
            {"operation_trend": "下滑"},
            street.actor,
            id=marked.finding.record_id,
        )
    page.refresh()
    at.settle()
    assert page.standing.mended


def test_a_file_of_another_unit_is_not_taken(
    street: Store, district: Store, files: dict[str, Path], tmp_path: Path
) -> None:
    staged = returns.stage_returns(district, [files["区商务局"]])[0]
    assert staged.batch is not None
    back = returns.send_back(district, staged.batch, "请补充来源", tmp_path / "退回.xlsx")
    with pytest.raises(Refused, match="不是本单位"):
        take_sent_back(street, back)
    with pytest.raises(Refused, match="没有退回意见"):
        take_sent_back(street, files["朝阳洲街道"])


def test_an_explanation_of_an_earlier_month_is_told_and_can_be_taken_back(
    street: Store, sit: Callable[[Store], Sitting]
) -> None:
    checked = returns.check(street, PERIOD)
    reason = "两次走访分别由两个组负责"
    for each in checked.open:
        returns.explain(street, "2024-11", each, reason)
    at = sit(street)
    page = _page(at)
    page.show_step("explain")
    assert page.standing is not None and not page.standing.unexplained
    assert len(page.explain.told) == len(checked.open) > 0
    row = page.explain.told[0]
    words = "\n".join(label.text() for label in row.findChildren(QLabel))
    assert f"以前说明过，数值没变，不再问（张敏 {date.today().isoformat()}）：{reason}" in words
    row.back.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert page.standing is not None and len(page.standing.unexplained) == 1
    assert len(page.explain.rows) == 1
