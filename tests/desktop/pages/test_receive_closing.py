"""关账 on 收表: closing, receiving as a restatement, taking back with a reason, opening again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from db import restating
from db.store import Store
from desktop.pages.receive import ReceivePage
from desktop.pages.receive_model import standing
from tests.desktop.pages.conftest import PERIOD, Sitting

Sit = Callable[[Store], Sitting]


def _kinds(store: Store) -> list[tuple[str, str]]:
    with store.read() as session:
        return [(each.kind, each.reason) for each in restating.restatements(session, PERIOD)]


def test_a_closed_month_is_restated_with_a_reason(district: Store, sit: Sit, files: dict[str, Path]) -> None:
    at = sit(district)
    assert at.main.goto("receive")
    at.settle()
    page = at.main.page
    assert isinstance(page, ReceivePage)
    page.closing_button.setFocus()
    at.press(Qt.Key.Key_Space)
    assert page.closing.isVisible() and at.focus is page.closing.cancel, "the safe answer has the focus"
    page.closing.go.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert page.desk is not None and page.desk.month.closing is not None
    assert "已关账" in page.message.text.text() and page.closing_button.text() == "已关账…"

    page.stage([files["朝阳洲街道"]])
    at.settle()
    assert page.desk is not None and not page.desk.clean and not page.all_button.isEnabled()
    (batch,) = page.desk.files
    page.files.choose(batch.id.hex)
    at.settle()
    assert standing(batch) == ("已关账，须重述", "alarm")
    assert "这个月已关账" in page.detail.note.text()
    assert page.detail.accept.text() == "作为重述接收" and page.detail.reason_label.text() == "重述理由"
    page.detail.accept.setFocus()
    at.press(Qt.Key.Key_Space)
    at.settle()
    assert _kinds(district) == [], "not without a reason"
    assert at.focus is page.detail.reason_edit
    at.type("补报")
    at.enter()
    at.settle()
    assert _kinds(district) == [("接收", "补报")]
    assert page.desk is not None and page.desk.files[0].state == "applied"
    assert "补报" in page.closing.text.text()

    page.detail.undo.setFocus()
    at.press(Qt.Key.Key_Space)
    assert at.focus is page.detail.reason_edit
    at.type("报错了")
    at.enter()
    page.confirm.yes.setFocus()
    at.enter()
    at.settle()
    assert _kinds(district)[-1] == ("撤销", "报错了")

    page.closing_button.setFocus()
    at.press(Qt.Key.Key_Space)
    assert at.focus is page.closing.reason
    at.enter()
    assert page.closing.isVisible(), "not without a reason"
    at.type("集中更正")
    at.enter()
    at.settle()
    assert page.desk is not None and page.desk.month.closing is None
    assert _kinds(district)[-1] == ("重开", "集中更正")
