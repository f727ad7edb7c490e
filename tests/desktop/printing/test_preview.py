"""打印预览 in the real window, by keys: from a list, a form, a firm, a problem; to a PDF, to a printer; and back again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.store import Store
from desktop.actions import printing
from desktop.app import build_window
from desktop.context import AppContext
from desktop.printing import ask
from desktop.printing import preview as module
from desktop.printing.blocks import Document, Text
from desktop.printing.draw import page_layout, print_pages
from desktop.printing.flow import lay_out
from desktop.printing.preview import PrintPreview
from desktop.quick_actions import commands, perform
from desktop.widgets.button import Button
from desktop.window import MainWindow
from tests.desktop.conftest import TODAY, Hands
from tests.desktop.printing.read_pdf import all_text, pages

Ctrl = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(
    register: Store, visit: UUID, issue: UUID, qtbot: QtBot
) -> Iterator[tuple[MainWindow, AppContext, Hands]]:
    """The whole window over the register, with hands on it."""
    window, context = build_window(register, today=lambda: TODAY)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    person = Hands(window, context.jobs)
    person.settle(50)
    yield window, context, person
    context.jobs.wait_idle()
    window.close()
    context.close()


def shown(window: MainWindow) -> PrintPreview:
    found = window.stack.currentWidget()
    assert isinstance(found, PrintPreview)
    return found


def see(person: Hands) -> None:
    """Layout, then the pictures of the pages that are in sight."""
    for _ in range(3):
        person.settle(30)


def test_a_list_is_previewed_saved_and_left_again(
    desk: tuple[MainWindow, AppContext, Hands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _context, person = desk
    window.goto("visits")
    person.settle(50)
    came_from = person.focus
    person.ctrl(Qt.Key.Key_P)
    see(person)
    preview = shown(window)
    assert preview.header.title.text() == "走访清单" and person.focus is preview.view
    picture = preview.view.grab().toImage()
    assert QColor(picture.pixel(picture.width() // 2, 60)) == QColor("white")
    out = tmp_path / "走访"
    monkeypatch.setattr(module, "ask_save", lambda *_args: out)
    person.ctrl(Qt.Key.Key_S)
    person.settle()
    assert "江西云栈网络科技有限公司" in all_text(tmp_path / "走访.pdf")
    assert preview.banner.text.text() == "已存为“走访.pdf”，共 1 页。"
    person.press(Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window._areas["visits"] and person.focus is came_from


def test_the_form_is_printed_as_it_stands_and_blank_while_nothing_is_typed(
    desk: tuple[MainWindow, AppContext, Hands], visit: UUID
) -> None:
    window, _context, person = desk
    window.goto("visits", new=True)
    person.settle()
    person.ctrl(Qt.Key.Key_P)
    see(person)
    assert shown(window).pages.document.name == "企业走访记录表" and shown(window).pages.count == 1
    person.press(Qt.Key.Key_Escape)
    window.goto("visits", record=visit, field="firm_attendees")
    person.settle()
    person.type("及李总监")
    person.ctrl(Qt.Key.Key_P)
    see(person)
    words = [text for page in shown(window).pages.pages for _x, _y, text, *_ in page.words]
    assert any("及李总监" in word for word in words), "what is typed, stored or not"
    person.press(Qt.Key.Key_Escape)
    assert person.focus.accessibleName().startswith("企业参加人及职务"), "back in the same field"


def test_a_problem_has_its_slip_and_a_firm_its_dossier(
    desk: tuple[MainWindow, AppContext, Hands], issue: UUID, firms: dict[str, UUID]
) -> None:
    window, _context, person = desk
    window.goto("issues")
    person.settle(50)
    page = window.page
    assert page is not None
    page.list.table.choose(issue.hex)  # type: ignore[attr-defined]
    person.settle(50)
    slip = next(each for each in page.findChildren(Button) if each.text() == "交办单" and each.isVisible())
    slip.click()
    see(person)
    assert shown(window).pages.document.title == "企业问题交办单"
    window.goto("enterprises", record=firms["云栈"])
    person.settle(50)
    assert (
        not window.findChildren(PrintPreview) or window.stack.currentWidget() is window._areas["enterprises"]
    )
    person.ctrl(Qt.Key.Key_P)
    see(person)
    assert shown(window).pages.document.name == "经营档案_江西云栈网络科技有限公司"


def test_the_chosen_row_is_printed_by_key(desk: tuple[MainWindow, AppContext, Hands], visit: UUID) -> None:
    window, _context, person = desk
    window.goto("visits")
    person.settle(50)
    QTest.keyClick(person.focus, Qt.Key.Key_P, Ctrl | Qt.KeyboardModifier.ShiftModifier)
    page = window.page
    assert page is not None
    assert "先在列表里选中一条" in page.list.message.text.text()  # type: ignore[attr-defined]
    page.list.table.choose(visit.hex)  # type: ignore[attr-defined]
    person.settle(50)
    QTest.keyClick(person.focus, Qt.Key.Key_P, Ctrl | Qt.KeyboardModifier.ShiftModifier)
    see(person)
    assert shown(window).pages.document.name.startswith("企业走访记录表_江西云栈")


def test_papers_are_found_from_the_search_field(desk: tuple[MainWindow, AppContext, Hands]) -> None:
    window, context, person = desk
    window.goto("visits")
    person.settle(50)
    for words, title in (
        ("打印空白表", "企业走访记录表"),
        ("打印催办单", "企业问题催办单"),
        ("打印列表", "走访清单"),
    ):
        found = [hit for _, hit in commands(words, "clerk", ["visits"], "visits")]
        perform(window, context, found[0].act, found[0].args)
        see(person)
        assert shown(window).pages.document.title == title
        person.press(Qt.Key.Key_Escape)


def test_going_elsewhere_puts_the_preview_away(desk: tuple[MainWindow, AppContext, Hands]) -> None:
    window, _context, person = desk
    window.goto("visits")
    person.settle(50)
    person.ctrl(Qt.Key.Key_P)
    see(person)
    preview = shown(window)
    gone: list[bool] = []
    preview.destroyed.connect(lambda: gone.append(True))
    before = window.stack.count()
    window.goto("issues")
    person.settle(50)
    QApplication.processEvents()
    assert window.stack.count() <= before and not isinstance(window.stack.currentWidget(), PrintPreview)
    person.settle(20)
    assert gone == [True]


def test_asking_twice_leaves_one_preview(desk: tuple[MainWindow, AppContext, Hands]) -> None:
    window, context, person = desk
    window.goto("visits")
    person.settle(50)
    here = window.stack.currentWidget()
    for _ in range(2):
        assert window.page is not None
        ask(
            window.page if window.page.isVisible() else window,
            context,
            lambda _p, _c: Document("纸", [Text("字")]),
        )
        see(person)
    person.press(Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is here


def test_what_is_refused_is_said_above_the_page(
    desk: tuple[MainWindow, AppContext, Hands], visit: UUID
) -> None:
    window, context, person = desk
    window.goto("visits")
    person.settle()
    assert window.page is not None
    ask(window.page, context, lambda _p, _c: printing.record_paper(context.store, "visit", UUID(int=1)))
    person.settle()
    assert not isinstance(window.stack.currentWidget(), PrintPreview)
    assert "这条记录已不存在" in window.notices.message.text.text()


def test_reading_and_layout_happen_aside(desk: tuple[MainWindow, AppContext, Hands]) -> None:
    window, context, person = desk
    window.goto("visits")
    person.settle()
    threads: list[object] = []

    def make(_progress: object, _cancelled: object) -> Document:
        threads.append(threading.current_thread())
        return Document("纸", [Text("字\n" * 400)], name="纸")

    assert window.page is not None
    ask(window.page, context, make)
    see(person)
    assert threads[0] is not threading.main_thread()
    view = shown(window).view
    assert shown(window).header.chips[0].word == f"第 1 页 共 {shown(window).pages.count} 页"
    QTest.keyClick(view, Qt.Key.Key_End)
    person.settle(30)
    assert view.page == shown(window).pages.count - 1
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.page == 0
    now = view.percent()
    person.ctrl(Qt.Key.Key_Minus)
    assert view.percent() < now
    person.ctrl(Qt.Key.Key_0)
    assert view.percent() == now


def test_no_printer_is_said_with_the_way_out(
    desk: tuple[MainWindow, AppContext, Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, _context, person = desk
    window.goto("visits")
    person.settle(50)
    person.ctrl(Qt.Key.Key_P)
    see(person)
    monkeypatch.setattr("PySide6.QtPrintSupport.QPrinterInfo.availablePrinterNames", lambda: [])
    person.ctrl(Qt.Key.Key_P)
    assert (
        shown(window).banner.text.text() == "没有找到打印机。"
        and "存为 PDF" in shown(window).banner.hint.text()
    )


def test_a_printer_gets_the_chosen_pages(
    desk: tuple[MainWindow, AppContext, Hands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, context, person = desk
    window.goto("visits")
    person.settle()
    assert window.page is not None
    ask(
        window.page, context, lambda _p, _c: Document("纸", [Text("\n".join(f"第{n}行" for n in range(200)))])
    )
    see(person)
    out = tmp_path / "打印机.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(out))
    printer.setPageLayout(page_layout(shown(window).pages))
    printer.setFromTo(2, 3)
    monkeypatch.setattr(module, "ask_printer", lambda _parent, _pages: printer)
    person.ctrl(Qt.Key.Key_P)
    person.settle()
    assert shown(window).banner.text.text() == "已送出 2 页。"
    found = pages(out)
    assert len(found) == 2 and "第2页共" in found[0].text and "第60行" in found[0].text
    assert round(found[0].width) == 595


def test_printing_can_be_stopped(tmp_path: Path, context: AppContext) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "x.pdf"))
    laid = lay_out(Document("纸", [Text("字\n" * 400)]))
    assert print_pages(laid, printer, cancelled=lambda: True) == 0
