"""分析 by keys: tabs, marks told and followed to their rows, pictures copied, printed, saved as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPdfWriter
from PySide6.QtTest import QTest

from db import lists, parameters, setup
from db.analysis import Rows
from db.lists import ListQuery
from db.models import OrgUnit
from db.sources import source_of
from db.store import Actor, Store
from desktop.actions import analysis
from desktop.pages import analysis as module
from desktop.pages.analysis import AnalysisPage
from desktop.pages.analysis_parts import HeatSection, IndicatorSection, TrendSection, UpscaleSection
from desktop.printing.pictures import drawing_of, landscape
from desktop.widgets.drawing import screen
from desktop.widgets.picture import Picture
from tests.desktop.pages.conftest import Sitting
from tests.desktop.printing.read_pdf import all_text, pages, squeezed

Sit = Callable[..., Sitting]
MONTH = "2024-11"
KEYS = [key for key, _ in analysis.TABS]


def _page(at: Sitting, tab: str = "") -> AnalysisPage:
    assert at.main.goto("analysis", **({"tab": tab} if tab else {}))
    at.settle()
    at.settle()
    page = at.main.page
    assert isinstance(page, AnalysisPage)
    return page


def _picture(page: AnalysisPage, place: int = 0) -> Picture:
    return page.current.cards[place].picture


def test_every_tab_by_keys_and_only_the_visible_one_is_read(
    district: Store, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = module.read_tab

    def noted(store: Store, tab: str, *rest: object) -> object:
        read.append(tab)
        return real(store, tab, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_tab", noted)
    at = sit(district, MONTH)
    page = _page(at)
    assert page.tab == "indicators" and read == ["indicators", "trends"]
    assert at.focus is _picture(page)
    for key in KEYS[1:]:
        at.ctrl(Qt.Key.Key_Tab)
        at.settle()
        assert page.tab == key and page.current.isVisible()
        for card in page.current.cards:
            assert card.picture.accessibleName() and card.picture.accessibleDescription()
            assert card.foot.text()
    assert read == ["indicators", "trends", *KEYS[1:]]
    at.ctrl(Qt.Key.Key_Tab)
    assert page.tab == "indicators"
    assert read[-1] == "parks", "what was read is not read again"
    assert at.main.goto("visits") and at.main.goto("analysis")
    assert page.tab == "indicators"


def test_arrows_tell_and_enter_goes_to_the_rows(district: Store, sit: Sit) -> None:
    at = sit(district, MONTH)
    page = _page(at)
    picture = _picture(page)
    for _ in range(3):
        at.press(Qt.Key.Key_Down)
    assert picture.at is not None and picture.at.row == 2 and "网络零售额" in picture.at.told
    section = page.current
    assert isinstance(section, IndicatorSection)
    at.settle()
    assert section.year.title.text().startswith("网络零售额")
    asked: list[Rows] = []
    picture.rows_asked.connect(asked.append)
    at.enter()
    at.settle()
    assert [each.key for each in asked] == ["indicator.3"]
    assert at.main.page is not page


def test_a_segment_of_the_ageing_opens_the_problems_it_counts(district: Store, sit: Sit) -> None:
    at = sit(district, "2024-12")
    page = _page(at, "issues")
    picture = _picture(page)
    assert picture.marks
    at.press(Qt.Key.Key_Right)
    mark = picture.at
    assert mark is not None and "件" in mark.told
    at.enter()
    at.settle()
    shown = at.main.page
    assert shown is not None and shown.key == "issues"
    wanted = int(mark.told.split("：")[1].split(" 件")[0])
    table = shown.list.table  # type: ignore[attr-defined]
    assert table.paged.rowCount() == wanted


def test_a_stage_of_the_funnel_opens_its_list_and_a_candidate_its_record(district: Store, sit: Sit) -> None:
    at = sit(district, "2024-12")
    page = _page(at, "upscale")
    picture = _picture(page)
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_Right)
    assert picture.at is not None and picture.at.told.startswith("现在停在“摸底”")
    at.enter()
    at.settle()
    assert at.main.page is not None and at.main.page.key == "nurture"
    page = _page(at)
    section = page.current
    assert isinstance(section, UpscaleSection) and section.table.paged.rowCount() > 0
    section.table.setFocus()
    section.table.choose(section.table.paged.row_at(0).id)
    at.enter()
    at.settle()
    assert at.main.page.key == "nurture"


def test_a_click_leads_as_enter_does(district: Store, sit: Sit) -> None:
    at = sit(district, MONTH)
    page = _page(at, "cloud")
    picture = _picture(page)
    place = next(n for n in reversed(range(picture.points())) if picture.marks[n].rect.height() > 12)
    mark = picture.marks[place]
    asked: list[Rows] = []
    picture.rows_asked.connect(asked.append)
    centre = mark.rect.center()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(round(centre.x()), round(centre.y())))
    at.settle()
    assert asked == [mark.rows]
    assert at.main.page is not None and at.main.page.key == "cloud"


def test_every_mark_of_every_picture_leads_to_rows(district: Store, qapp) -> None:
    led = 0
    for shown in analysis.read_all(district, "2024-12").values():
        for key, value in shown.data.items():
            if key in ("near", "reached"):
                continue
            kind = {"trends": "trend", "ageing_units": "ageing"}.get(key, key)
            for drawing in (drawing_of(kind, each) for each in (value[:5] if key == "trends" else (value,))):
                marks = [mark for mark in drawing.marks(QRectF(0, 0, 1100, 500), screen()) if mark.rows]
                assert marks or drawing.empty, drawing.about.title
                with district.read() as session:
                    for mark in marks:
                        if mark.rows.register:
                            lists.count(session, ListQuery(mark.rows.register, mark.rows.filters))
                        else:
                            assert source_of(session, mark.rows.period, mark.rows.key).key == mark.rows.key
                        led += 1
    assert led > 400


def test_the_list_of_indicators_chooses_the_year(district: Store, sit: Sit) -> None:
    at = sit(district, MONTH)
    page = _page(at, "trends")
    section = page.current
    assert isinstance(section, TrendSection) and at.focus is section.table
    first = section.year.title.text()
    at.press(Qt.Key.Key_Down)
    at.settle()
    assert section.year.title.text() != first
    at.enter()
    assert at.focus is section.year.picture
    at.press(Qt.Key.Key_End)
    assert section.year.picture.at is not None and "2024 年 12 月" in section.year.picture.at.told
    assert at.main.goto("analysis", indicator=7)
    assert section.year.title.text().startswith("数字经济核心产业企业数量")


def test_streets_are_not_ranked_unless_the_office_may(district: Store, sit: Sit) -> None:
    at = sit(district, MONTH)
    page = _page(at, "units")
    section = page.current
    assert isinstance(section, HeatSection) and section.order.isHidden()
    with district.write() as session:
        parameters.put(session, "rankings", True, Actor("qsjb", "万志远", "supervisor"))
    page.refresh()
    at.settle()
    assert not section.order.isHidden()
    section.order.setCurrentIndex(3)
    marks = _picture(page).marks
    column = [mark for mark in marks if mark.column == 2]
    numbers = [int(mark.told.split("：")[1].split(" 家")[0].replace(",", "")) for mark in column]
    assert numbers == sorted(numbers, reverse=True)
    section.order.setCurrentIndex(0)
    names = [mark.told.split("，")[0] for mark in _picture(page).marks if mark.column == 0]
    with district.read() as session:
        streets = (
            session.query(OrgUnit).filter(OrgUnit.kind == "street", OrgUnit.active).order_by(OrgUnit.code)
        )
        assert names == [street.name for street in streets]


def test_the_picture_with_the_keyboard_is_copied(district: Store, sit: Sit) -> None:
    at = sit(district, MONTH)
    page = _page(at)
    QGuiApplication.clipboard().clear()
    at.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    at.settle()
    image = QGuiApplication.clipboard().image()
    assert image.width() == 2000 and image.height() > 800
    assert "项指标完成情况" in page.message.text.text()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}
    assert len(colours) > 20
    section = page.current
    assert isinstance(section, IndicatorSection)
    section.year.picture.setFocus()
    page.copy_picture()
    at.settle()
    assert "走势" in page.message.text.text()
    assert QGuiApplication.clipboard().image() != image


def test_the_tab_is_printed_a_page_for_each_picture(district: Store, sit: Sit, tmp_path: Path) -> None:
    at = sit(district, "2024-12")
    page = _page(at, "issues")
    out = tmp_path / "问题.pdf"
    writer = QPdfWriter(str(out))
    writer.setPageLayout(landscape())
    page.print_on(writer)
    at.settle()
    assert page.message.text.text() == "已送出 2 页。"
    found = pages(out)
    assert len(found) == 2 and all(each.width > each.height for each in found)
    words = squeezed(all_text(out))
    assert "按类别和时长" in words and "口径：" in words and "打印于" in words


def test_all_pictures_are_saved_as_a_workbook(
    district: Store, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "分析.xlsx"
    monkeypatch.setattr(module, "ask_save", lambda *_args: out)
    at = sit(district, "2024-12")
    page = _page(at)
    at.ctrl(Qt.Key.Key_S)
    at.settle()
    assert page.message.text.text() == "已存为“分析.xlsx”。"
    assert page.message.folder_button.isVisible()
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [
        "指标", "走势", "走势图", "单位", "升规", "问题", "问题（单位）", "上云", "园区", "口径说明",
    ]  # fmt: skip
    assert {name: len(book[name]._charts) for name in book.sheetnames[:-1]} == {
        "指标": 1, "走势": 0, "走势图": 14, "单位": 1, "升规": 1, "问题": 1, "问题（单位）": 1, "上云": 1, "园区": 3,
    }  # fmt: skip


def test_a_street_sees_its_own_and_a_bureau_its_indicators(street: Store, bureau: Store, sit: Sit) -> None:
    at = sit(street, "2024-12")
    page = _page(at)
    assert page.tab == "units" and page.tabs.current == "units"
    assert _picture(page).accessibleName().startswith("走访企业")
    _picture(page).setFocus()
    at.press(Qt.Key.Key_Right)
    at.enter()
    at.settle()
    assert at.main.page is not None and at.main.page.key == "visits"
    page = _page(at, "indicators")
    assert _picture(page).marks == [] and "不填报指标" in _picture(page).accessibleDescription()
    page = _page(at, "issues")
    assert len(page.current.cards) == 1, "by unit there is nothing to compare"

    other = sit(bureau, "2024-05")
    page = _page(other)
    assert page.tab == "indicators" and len(_picture(page).marks) == 1
    assert "未报" in _picture(page).marks[0].told


def test_everything_missing_is_a_decent_page(tmp_path: Path, sit: Sit) -> None:
    store = setup.initialise(tmp_path / "new", "区数字经济办公室", "supervisor", person="万志远")
    try:
        at = sit(store, "2024-01")
        for key in KEYS:
            page = _page(at, key)
            page.grab()
            assert page.drawings(), key
            assert not page.message.isVisible()
            page.copy_picture()
            at.settle()
            assert page.message.text.text().startswith("已复制")
            page.message.hide()
    finally:
        at.settle()
        at.context.jobs.wait_idle()
