"""What the supervisor makes of the month once it is in: pictures, summary, 关账, 反馈, 季通报, 年度考核. By keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from desktop.actions import analysis
from desktop.demo import district
from desktop.demo.dialogs import answered
from desktop.demo.driver import Driver, Stuck
from desktop.demo.offices import PERIOD
from desktop.demo.steps import Steps
from desktop.page import Page
from desktop.pages.analysis import AnalysisPage
from desktop.pages.assessment import AssessmentPage
from desktop.pages.bulletin import TABS, BulletinPage
from desktop.pages.bulletin_quarter import QuarterPage
from desktop.pages.indicators import IndicatorsPage
from desktop.pages.publications import PublicationsPage
from returns.bulletin.model import BODY
from returns.bulletin.sources import companion_of

SENTENCE = "请各责任单位逐项对照，在调度会前补齐短板。"  # what the supervisor adds to the draft
QUARTER = PERIOD.shift(-(PERIOD.month % 3 or 3))  # the last month of the last quarter that is over
SUMMARY = f"月调度汇总_{PERIOD}.xlsx"
BULLETIN = f"季通报_{QUARTER.year}Q{QUARTER.quarter}.docx"
ASSESSMENT = f"年度考核_{PERIOD.year}.xlsx"
FEEDBACK = "反馈"
FILES = (SUMMARY, BULLETIN, companion_of(Path(BULLETIN)).name, ASSESSMENT)
Shown = TypeVar("Shown", bound=Page)
_LOOKED_AT = (analysis.INDICATORS, analysis.ISSUES)  # tabs of 分析


@dataclass(frozen=True, slots=True)
class Published:
    """What 公布记录 says of the month: its number, version, and how many figures were published."""

    number: int
    version: int
    title: str
    figures: int

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "version": self.version,
            "title": self.title,
            "figures": self.figures,
        }


def look(steps: Steps, driver: Driver) -> None:
    """分析: two of its tabs."""
    page = _open(driver, "analysis", AnalysisPage)
    for tab in _LOOKED_AT:
        for _ in analysis.TABS:
            if page.tab == tab:
                break
            driver.keys("Ctrl+Tab")
            driver.settle()
        if page.tab != tab or not page.current.cards:
            raise Stuck("“分析”里没有图。")
        steps.picture(driver, f"区_分析_{dict(analysis.TABS)[tab]}")


def sum_up(steps: Steps, driver: Driver, out: Path) -> None:
    """指标, and the month's summary written from there."""
    driver.window.goto("indicators")
    driver.settle()
    page = driver.window.page
    if not isinstance(page, IndicatorsPage):
        raise Stuck("没有打开“指标”。")
    answered(driver, out / SUMMARY, lambda: driver.keys("Ctrl+S"))
    steps.picture(driver, "区_指标")


def close_month(steps: Steps, driver: Driver) -> None:
    """关账 on 收表, as asked and confirmed; 收表 tells the number."""
    page = district.open_desk(driver)
    driver.press(page.closing_button.text())
    steps.picture(driver, "区_收表_关账之前")
    driver.press(page.closing.go.text(), page.closing)
    driver.settle()
    if page.desk is None or page.desk.month.closing is None:
        raise Stuck(f"没有关账：{page.message.text.text()}")
    steps.picture(driver, "区_收表_已关账")


def tell_units(steps: Steps, driver: Driver, folder: Path) -> tuple[Published, int]:
    """公布记录 shows the month; 反馈 for every unit into a folder. Returns the publication and how many files."""
    page = _tab(driver, PublicationsPage)
    chosen = page.chosen
    if chosen is None or (chosen.kind, chosen.key) != ("monthly", str(PERIOD)):
        raise Stuck("“公布记录”里没有本月。")
    folder.mkdir(exist_ok=True)
    answered(driver, folder, lambda: driver.press(page.feedback_button.text()))
    steps.picture(driver, "区_公布记录_写出反馈")
    written = len(list(folder.glob("*.xlsx")))
    if not written:
        raise Stuck(f"没有写出反馈：{page.message.text.text()}")
    return Published(chosen.number, chosen.version, chosen.title, len(chosen.content)), written


def write_bulletin(steps: Steps, driver: Driver, out: Path) -> None:
    """季通报: the draft of the quarter that is over, one sentence added, the document written with its sources beside."""
    page = _tab(driver, QuarterPage)
    driver.keys("Alt+Left")  # it opens at the quarter that still runs
    driver.settle()
    if page.desk is None or page.desk.quarter.end != QUARTER:
        raise Stuck(f"没有起草{QUARTER.display_quarter()}的通报。")
    steps.picture(driver, "区_季通报_起草")
    edit = next(
        each
        for each in page.sheet.paragraphs.values()
        if each.drafted.level == BODY and each.drafted.refs and each.isVisible()
    )
    edit.text.setFocus()
    driver.keys("End", "Ctrl+End")
    driver.type(SENTENCE)
    page.sheet.area.ensureWidgetVisible(edit, 0, 200)
    if SENTENCE not in edit.text.toPlainText():
        raise Stuck("通报的这一段没有改成。")
    steps.picture(driver, "区_季通报_改一段")
    target = out / BULLETIN
    answered(driver, target, lambda: driver.keys("Ctrl+Return"))
    if not companion_of(target).is_file():
        raise Stuck(f"没有写出“{companion_of(target).name}”。")
    steps.picture(driver, "区_季通报_已导出")


def assess(steps: Steps, driver: Driver, out: Path) -> None:
    """年度考核 of the running year: its points, and the workbook."""
    page = _tab(driver, AssessmentPage)
    if page.desk is None or page.desk.year != PERIOD.year:
        raise Stuck("没有算出年度得分。")
    answered(driver, out / ASSESSMENT, lambda: driver.keys("Ctrl+E"))
    steps.picture(driver, "区_年度考核_得分")


def _open(driver: Driver, key: str, kind: type[Shown]) -> Shown:
    """A page by its number in the navigation."""
    driver.keys(f"Alt+{list(driver.window.nav.items).index(key) + 1}")
    driver.settle()
    page = driver.window.page
    if not isinstance(page, kind):
        raise Stuck(f"没有打开“{kind.word}”。")
    return page


def _tab(driver: Driver, kind: type[Shown]) -> Shown:
    """A tab of 通报考核, from one to the next."""
    page = driver.window.page
    if not isinstance(page, BulletinPage):
        page = _open(driver, "bulletin", BulletinPage)
    for _ in TABS:
        if isinstance(page.current, kind):
            break
        driver.keys("Ctrl+Tab")
        driver.settle()
    if not isinstance(page.current, kind):
        raise Stuck(f"没有打开“{kind.word}”。")
    driver.settle()
    return page.current
