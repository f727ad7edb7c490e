"""通报考核 by keys: its tabs, the quarter that is worked on, sentences changed and drafted again, exported, published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from db.store import Store
from desktop.actions import bulletin as actions
from desktop.pages import bulletin_quarter
from desktop.pages.bulletin import TABS, BulletinPage
from desktop.pages.bulletin_quarter import QuarterPage
from desktop.pages.bulletin_text import FigureText, ParagraphEdit
from desktop.printing.official import OfficialPages
from desktop.printing.preview import PrintPreview
from tests.desktop.pages.conftest import Sitting

Sit = Callable[[Store], Sitting]
VISITS = "overall.visits.text"


@pytest.fixture
def at(sit: Callable[..., Sitting], district: Store) -> Iterator[tuple[Sitting, QuarterPage]]:
    """The quarter of June."""
    desk = sit(district, "2024-06")
    assert desk.main.goto("bulletin")
    desk.settle()
    page = desk.main.page
    assert isinstance(page, BulletinPage) and isinstance(page.current, QuarterPage)
    yield desk, page.current


def paragraph(page: QuarterPage, id: str = VISITS) -> ParagraphEdit:
    return page.sheet.paragraphs[id]


def on(desk: Sitting, text: FigureText, words: str) -> None:
    """The cursor behind these words."""
    text.setFocus()
    cursor = text.textCursor()
    cursor.setPosition(text.toPlainText().index(words) + len(words))
    text.setTextCursor(cursor)
    assert desk.focus is text


def test_the_quarter_of_the_month_is_drafted(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    assert TABS[0][0] == "quarterly"
    assert str(page.quarter) == "2024-06"
    assert [chip.word for chip in page.header.chips] == ["2024 年第二季度"]
    assert paragraph(page).text.toPlainText().startswith("第二季度，各单位共走访企业")
    assert desk.focus is paragraph(page, "opening").text  # where typing starts


def test_keys_lead_to_other_quarters_and_tabs(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    desk.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert str(page.quarter) == "2024-03" and "第一季度" in paragraph(page).text.toPlainText()
    paragraph(page).text.setFocus()
    desk.press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert str(page.quarter) == "2024-06"
    desk.main.page.open(quarter="2024Q4")  # type: ignore[union-attr]
    desk.settle()
    assert [chip.word for chip in page.header.chips][:2] == ["2024 年第四季度", "季度未结束"]


def test_the_preview_shows_the_pages_with_what_was_typed_just_now(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    box = page.sheet.choices["seal"]
    assert not page.sheet.heads["post"].isEnabled()
    box.setCurrentIndex(box.findData("signature"))
    assert page.sheet.heads["post"].isEnabled()
    page.sheet.heads["post"].setFocus()
    desk.type("主任")
    text = paragraph(page).text
    on(desk, text, "第二季度，")
    desk.type("据初步统计，")
    desk.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    shown = desk.main.stack.currentWidget()
    assert isinstance(shown, PrintPreview)
    pages = shown.pages
    assert isinstance(pages, OfficialPages) and pages.count > 8
    words = ["".join(word.text for word in sheet.words) for sheet in pages.sheets]
    assert "据初步统计" in words[1] + words[2] and "主任" in "".join(words)
    assert any(width > height for width, height in map(pages.size, range(pages.count))), "附件1 lies across"
    assert "以导出的 Word 文件为准" in shown.banner.text.text()
    desk.press(Qt.Key.Key_End)
    desk.settle()
    assert shown.view.page == pages.count - 1
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert page.isVisible() and desk.focus is text
    box.setCurrentIndex(box.findData("seal"))
    page.keep()
    desk.settle()


def test_a_changed_number_is_told_kept_and_taken_back(
    at: tuple[Sitting, QuarterPage], district: Store
) -> None:
    desk, page = at
    edit = paragraph(page)
    before = edit.text.toPlainText()
    on(desk, edit.text, "走访企业228")
    desk.press(Qt.Key.Key_Backspace)
    desk.type("9")
    assert edit.warnings == ("“走访企业”是228，文中写的是229",)
    assert edit.warning.isVisibleTo(page) and "请核对" in edit.warning.text()
    assert "1 段与数不符" in [chip.word for chip in page.header.chips]
    page.leave()
    desk.settle()
    kept = actions.read_desk(district, page.quarter)
    assert kept.edits.texts == {VISITS: before.replace("228", "229")}
    assert kept.warnings[VISITS]
    # Back to the draft, by its own button.
    assert edit.back.isVisibleTo(page)
    edit.back.setFocus()
    desk.enter()
    assert edit.text.toPlainText() == before and not edit.warnings
    page.leave()
    desk.settle()
    assert actions.read_desk(district, page.quarter).edits.texts == {}


def test_words_typed_by_an_input_method_are_kept_when_the_page_is_made_anew(
    at: tuple[Sitting, QuarterPage], district: Store
) -> None:
    desk, page = at
    on(desk, paragraph(page).text, "第二季度，")
    desk.type("在各街道的努力下，")
    page.refresh()  # as when another record was changed: must not disturb who is typing
    desk.settle()
    assert desk.focus is paragraph(page).text
    assert paragraph(page).text.toPlainText().startswith("第二季度，在各街道的努力下，各单位共走访")
    assert not paragraph(page).warnings
    assert "在各街道的努力下" in actions.read_desk(district, page.quarter).bulletin.paragraph(VISITS).text  # type: ignore[union-attr]


def test_enter_goes_on_and_undo_works(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    edit = paragraph(page, "opening").text
    edit.moveCursor(QTextCursor.MoveOperation.End)
    desk.type("x")
    assert edit.toPlainText().endswith("x")
    desk.ctrl(Qt.Key.Key_Z)
    assert not edit.toPlainText().endswith("x")
    desk.enter()
    assert desk.focus is not edit and "\n" not in edit.toPlainText()


def test_a_figure_leads_to_its_rows(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    on(desk, paragraph(page).text, "走访企业228")
    desk.press(Qt.Key.Key_F4)
    desk.settle()
    assert desk.main.page is not None and desk.main.page.key == "visits"
    assert desk.main.goto("bulletin")
    desk.settle()
    on(desk, paragraph(page, "overall.ahead").text, "数量3")
    desk.press(Qt.Key.Key_F4)
    desk.settle()
    assert desk.main.page.key == "indicators"


def test_what_goes_in_is_chosen(at: tuple[Sitting, QuarterPage], district: Store) -> None:
    desk, page = at
    box = page.sheet.boxes["visits"]
    box.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert not paragraph(page).isEnabled()
    page.leave()
    desk.settle()
    assert actions.read_desk(district, page.quarter).bulletin.paragraph(VISITS) is None


def test_export_writes_both_files_and_names_the_faces(
    at: tuple[Sitting, QuarterPage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = at
    asked: list[Any] = []

    def answer(*args: Any) -> Path:
        asked.append(args)
        return tmp_path / "季通报"

    monkeypatch.setattr(bulletin_quarter, "ask_save", answer)
    desk.ctrl(Qt.Key.Key_Return)
    desk.settle()
    assert asked[0][3] == "关于2024年第二季度全区数字经济工作情况的通报（练习）.docx"
    assert (tmp_path / "季通报.docx").is_file() and (tmp_path / "季通报_数据来源.xlsx").is_file()
    assert page.message.isVisibleTo(page) and "季通报.docx" in page.message.text.text()
    assert "本机没有这些字体" in page.message.hint.text()
    assert desk.focus is page.message.folder_button


def test_publishing_asks_once_and_then_for_a_reason(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    page.publish_button.setFocus()
    desk.enter()
    assert desk.focus is page.confirm.yes
    desk.enter()
    desk.settle()
    assert "已公布第 1 版" in [chip.word for chip in page.header.chips]
    page.publish_button.setFocus()
    desk.enter()
    assert desk.focus is page.reason.field
    desk.type("区商务局更正了零售额")
    desk.enter()
    desk.settle()
    assert "没有要重述的数" in page.message.text.text()  # nothing has changed since


def test_an_unfinished_quarter_is_not_published(at: tuple[Sitting, QuarterPage]) -> None:
    desk, page = at
    page.open(quarter="2024Q4")
    desk.settle()
    page.publish_button.setFocus()
    desk.enter()
    desk.enter()
    desk.settle()
    assert "还没有结束" in page.message.text.text()
