"""导入台账: an office's own workbook into the list that is open, and what is said when it is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtWidgets import QWidget

from desktop.context import AppContext
from desktop.pages import files
from desktop.pages.visits import VisitsPage
from tests.desktop.conftest import Hands


@pytest.fixture
def page(context: AppContext, hands: Callable[[QWidget], Hands]) -> tuple[VisitsPage, Hands]:
    made = VisitsPage(context)
    made.refresh()
    at = hands(made)
    at.settle()
    return made, at


def test_a_ledger_is_read_into_the_list(
    page: tuple[VisitsPage, Hands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits, at = page
    book = Workbook()
    sheet = book.active
    sheet.append(["朝阳洲街道2024年5月走访台账"])
    sheet.append(["序号", "企业名称", "走访时间", "走访人员", "走访情况"])
    sheet.append([1, "江西云栈网络科技有限公司", "2024.5.8", "张敏", "订单增加，新招八人。"])
    sheet.append([2, "南昌数澜软件有限公司", "5月9日", "张敏", "回款放缓。"])
    path = tmp_path / "走访台账.xlsx"
    book.save(path)
    monkeypatch.setattr(files.QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    visits.list.import_ledger()
    at.settle()
    said = visits.list.message
    assert (
        said.isVisibleTo(visits) and said.text.text() == "“走访台账.xlsx”读了 2 行：新增 2，已有 0，补充 0。"
    )
    assert visits.list.table is not None
    visits.list.reload()
    at.settle()
    assert visits.list.table.paged.rowCount() == 2
    visits.list.import_ledger()
    at.settle()
    assert said.text.text() == "“走访台账.xlsx”读了 2 行：新增 0，已有 2，补充 0。"


def test_a_file_that_is_no_ledger_says_why(
    page: tuple[VisitsPage, Hands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits, at = page
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"not a workbook")
    monkeypatch.setattr(files.QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    visits.list.import_ledger()
    at.settle()
    assert visits.list.message.text.text() == "“照片.xlsx”没有导入。"
    assert visits.list.message.hint.text()
    assert visits.list.table is not None and visits.list.table.paged.rowCount() == 0


def test_changing_ones_mind_changes_nothing(
    page: tuple[VisitsPage, Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    visits, at = page
    monkeypatch.setattr(files.QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    visits.list.import_ledger()
    at.settle()
    assert not visits.list.message.isVisibleTo(visits)
