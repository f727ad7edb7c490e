"""附件 on a firm's card: of all its records, newest first; Enter opens a copy, what is not here is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from db import attachments
from db.store import Store
from desktop.actions.firm_files import firm_files
from desktop.context import AppContext
from desktop.forms import attachment_rows
from desktop.pages.firm_view import FirmView
from tests.db.fixtures import add, cloud
from tests.desktop.conftest import Hands


@pytest.fixture
def firm(register: Store, firms: dict[str, UUID]) -> UUID:
    """A firm with a photo at a visit, a contract at a cloud service, and a name without content."""
    photo = attachments.add_bytes(register.folder, b"photo", "现场㛃.jpg").entry
    contract = attachments.add_bytes(register.folder, b"contract", "合同.pdf").entry
    with register.write() as session:
        add(session, "visit", enterprise_id=firms["云栈"], visit_date=date(2024, 5, 8), attachments=[photo])
        add(
            session, "visit", enterprise_id=firms["数澜"], visit_date=date(2024, 5, 9), attachments=[contract]
        )
        cloud(
            session, firms["云栈"], cloud_on=date(2024, 5, 10), attachments=[contract, {"name": "发票.jpg"}]
        )
    return firms["云栈"]


def test_files_of_all_records_of_the_firm(register: Store, firm: UUID) -> None:
    with register.read() as session:
        found = firm_files(session, firm)
    assert [(each.day, each.register, each.entry["name"]) for each in found] == [
        (date(2024, 5, 10), "cloud", "合同.pdf"),
        (date(2024, 5, 10), "cloud", "发票.jpg"),
        (date(2024, 5, 8), "visit", "现场㛃.jpg"),
    ]


def test_the_tab_counts_lists_and_opens(
    context: AppContext,
    firm: UUID,
    hands: Callable[[QWidget], Hands],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(attachment_rows, "open_file", lambda path: not shown.append(path))
    view = FirmView(context)
    qtbot.addWidget(view)
    person = hands(view)
    view.show_firm(firm)
    person.settle(30)
    view.tabs.choose("attachment")
    person.settle(30)
    assert view.tabs.current == "attachment"
    texts = [row.cells["text"] for row in view.table.paged.rows()]
    assert texts == ["合同.pdf · 8 字节", "发票.jpg · 本机没有内容", "现场㛃.jpg · 5 字节"]
    view.table.setFocus()
    view.table.choose("0")
    person.press(Qt.Key.Key_Return)
    person.settle(30)
    assert [path.name for path in shown] == ["合同.pdf"] and shown[0].read_bytes() == b"contract"
    view.table.choose("1")
    person.press(Qt.Key.Key_Return)
    person.settle(30)
    assert "本机没有附件“发票.jpg”的内容" in view.message.text.text()


def test_a_firm_without_files_has_no_such_tab(
    context: AppContext, firms: dict[str, UUID], hands: Callable[[QWidget], Hands], qtbot: QtBot
) -> None:
    view = FirmView(context)
    qtbot.addWidget(view)
    person = hands(view)
    view.show_firm(firms["元栖"])
    person.settle(30)
    assert "attachment" not in view.tabs._tabs and "all" in view.tabs._tabs
