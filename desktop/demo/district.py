"""The supervisor's part of the play: the returns are read, looked at, one sent back, the others received, one undone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from desktop.demo.dialogs import answered
from desktop.demo.driver import Driver, Stuck
from desktop.demo.steps import Steps
from desktop.pages.receive import ReceivePage

REASON = "新登记走访的营业收入请再与企业报表核对一次"


def open_desk(driver: Driver) -> ReceivePage:
    """Go to 收表."""
    keys = list(driver.window.nav.items)
    driver.keys(f"Alt+{keys.index('receive') + 1}")
    driver.settle()
    page = driver.window.page
    if not isinstance(page, ReceivePage):
        raise Stuck("没有打开“收表”。")
    return page


def add(driver: Driver, page: ReceivePage, files: Sequence[Path]) -> None:
    """Paste the paths of files, as copied in the file manager, and wait until they are read."""
    before = len(page.desk.files) if page.desk is not None else 0
    QGuiApplication.clipboard().setText("\n".join(str(path) for path in files))
    page.files.setFocus()
    driver.keys("Ctrl+V")
    driver.settle()
    if page.rejected:
        report = page.rejected[0]
        raise Stuck(f"“{report.file}”不能接收：{report.findings[0].message if report.findings else ''}")
    if page.desk is None or len(page.desk.files) != before + len(files):
        raise Stuck(f"添加了 {len(files)} 份文件，收表里没有都出现。")


def choose(driver: Driver, page: ReceivePage, unit: str) -> None:
    """Put the cursor on the newest file of a unit."""
    found = next((each for each in page.desk.files if each.unit == unit), None) if page.desk else None
    if found is None:
        raise Stuck("收表里没有这个单位的文件。")
    page.files.choose(found.id.hex)
    page.files.setFocus()
    driver.settle()
    if page.detail.batch is None or page.detail.batch.id != found.id:
        raise Stuck(f"没有显示“{found.file_name}”的变化。")


def send_back(steps: Steps, driver: Driver, page: ReceivePage, unit: str, target: Path) -> None:
    """退回 one file: the reason, the place, and the sender's own workbook comes out marked."""
    choose(driver, page, unit)
    driver.press(page.detail.back.text(), page.detail)
    driver.keys("Ctrl+A")
    driver.type(REASON)
    steps.picture(driver, "区_收表_退回理由")
    target.parent.mkdir(parents=True, exist_ok=True)
    answered(driver, target, lambda: driver.keys("Return"))
    _expect(page, unit, "sent_back")


def accept_clean(driver: Driver, page: ReceivePage) -> int:
    """接收无误的, all at once; then each that asks for a look: a firm of another office keeps its card. Returns how many."""
    assert page.desk is not None
    wanted = sum(each.state == "staged" for each in page.desk.files)
    if page.desk.clean:
        driver.keys("Ctrl+Return")
        driver.settle()
    for each in [each for each in page.desk.files if each.state == "staged"]:
        page.files.choose(each.id.hex)
        page.files.setFocus()
        driver.settle()
        driver.press(page.detail.accept.text(), page.detail)
        driver.settle()
    left = [each for each in page.desk.files if each.state == "staged"]
    if left:
        raise Stuck(f"“{left[0].file_name}”没有接收：{page.message.text.text()}")
    return wanted


def undo(steps: Steps, driver: Driver, page: ReceivePage, unit: str) -> None:
    """撤销接收 one, as asked and confirmed."""
    choose(driver, page, unit)
    driver.press(page.detail.undo.text(), page.detail)
    driver.breathe(0.05)
    steps.picture(driver, "区_收表_撤销前确认")
    driver.press("撤销接收", page.confirm)
    driver.settle()
    assert page.desk is not None
    if any(each.unit == unit and each.state == "applied" for each in page.desk.files):
        raise Stuck("接收没有撤销。")


def _expect(page: ReceivePage, unit: str, state: str) -> None:
    states = [each.state for each in page.desk.files if each.unit == unit] if page.desk else []
    if state not in states:
        raise Stuck(f"文件的状态不对：{'、'.join(states) or '没有文件'}。")
