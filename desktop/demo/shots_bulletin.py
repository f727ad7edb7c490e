"""What is pictured of 季通报: a quarter as it is drafted, and a sentence that does not agree with its figure."""

from __future__ import annotations

from desktop.demo.desk import Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.offices import PERIOD
from desktop.pages.bulletin import BulletinPage
from desktop.pages.bulletin_quarter import QuarterPage
from desktop.printing.preview import PrintPreview

QUARTER = PERIOD.shift(-(PERIOD.month % 3 or 3))  # the last month of the last quarter that is over


def _page(desk: Desk) -> QuarterPage:
    page = desk.go("bulletin", tab="quarterly", quarter=str(QUARTER))
    desk.driver.settle()
    if not isinstance(page, BulletinPage) or not isinstance(page.current, QuarterPage):
        raise Stuck("没有打开“季通报”。")
    return page.current


def drafted(desk: Desk) -> None:
    """The draft, from its head."""
    _page(desk)


def contradicted(desk: Desk) -> None:
    """A changed number, with what the figure says."""
    page = _page(desk)
    edit = page.sheet.paragraphs["overall.issues.text"]
    found = edit.text.spans
    if not found:
        raise Stuck("这一段没有数。")
    start, end, ref = found[0]
    text = edit.text.toPlainText()
    edit.text.setPlainText(f"{text[:start]}{int(ref.text) + 9}{text[end:]}")
    edit.text.setFocus()
    desk.driver.settle()
    page.sheet.area.ensureWidgetVisible(edit, 0, 200)
    desk.driver.settle()


def back(desk: Desk) -> None:
    """The sentence as it was drafted."""
    _page(desk).sheet.paragraphs["overall.issues.text"].redraft()
    desk.driver.settle()


def previewed(desk: Desk) -> None:
    """The pages as Word will set them."""
    page = _page(desk)
    page.ask_preview()
    desk.driver.settle()
    if not isinstance(desk.driver.window.stack.currentWidget(), PrintPreview):
        raise Stuck("没有打开预览。")


def closed(desk: Desk) -> None:
    """Back from the pages."""
    shown = desk.driver.window.stack.currentWidget()
    if isinstance(shown, PrintPreview):
        shown.back()
        desk.driver.settle()


SUPERVISOR: dict[str, Show] = {
    "bulletin": drafted,
    "bulletin-changed": contradicted,
    "bulletin-preview": previewed,
}
UNDO: dict[str, Show] = {"bulletin-changed": back, "bulletin-preview": closed}
