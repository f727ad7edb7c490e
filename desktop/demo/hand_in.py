"""月调度 in the play: 核对 → 说明 → 预览 → 上报 at a street's window, by keys."""

from __future__ import annotations

from pathlib import Path

from desktop.demo.driver import Driver, Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import Office, reason_for
from desktop.demo.steps import Steps
from desktop.pages.dispatch import DispatchPage
from desktop.pages.register_page import RegisterPage

_MANY = 60


def hand_in(steps: Steps, driver: Driver, office: Office, target: Path, pictures: bool) -> int:
    """From 本月 to the locked month; returns how many warnings were explained."""
    driver.keys("Alt+1")
    driver.settle()
    if pictures:
        steps.picture(driver, "街道_本月_补全之后")
    page = _open(driver)
    _expect(page, "check")
    if page.standing is not None and page.standing.errors:
        told = "；".join(each.finding.message for each in page.standing.noted[:3])
        raise Stuck(f"{office.unit.name}还有 {page.standing.errors} 处错误：{told}")
    if pictures:
        steps.picture(driver, "街道_月调度_核对")
    driver.keys("Ctrl+Return")
    _expect(page, "explain")
    explained = _explain(steps, driver, page, pictures)
    driver.keys("Ctrl+Return")
    _expect(page, "preview")
    driver.settle()
    if page.preview.table is None:
        raise Stuck("预览没有出来。")
    if pictures:
        steps.picture(driver, "街道_月调度_预览")
    driver.keys("Ctrl+Return")
    _expect(page, "submit")
    _submit(steps, driver, page, target, pictures)
    return explained


def _open(driver: Driver) -> DispatchPage:
    """月调度 by the main key of 本月, or by its number where 本月 is not shown."""
    driver.keys("Alt+1")
    driver.settle()
    driver.keys("Ctrl+Return")
    driver.wait(lambda: isinstance(driver.window.page, DispatchPage), "月调度")
    page = driver.window.page
    assert isinstance(page, DispatchPage)
    driver.settle()
    driver.wait(lambda: page.standing is not None, "核对结果")
    driver.settle()
    return page


def _explain(steps: Steps, driver: Driver, page: DispatchPage, pictures: bool) -> int:
    """Type a reason under every warning that is open; the focus goes on by itself."""
    done = 0
    while page.explain.rows:
        row = page.explain.rows[0]
        row.edit.setFocus()
        driver.type(reason_for(row.noted.finding))
        if pictures and not done:
            steps.picture(driver, "街道_月调度_说明")
        before = len(page.explain.rows)
        driver.keys("Return")
        driver.settle()
        done += before - len(page.explain.rows)
        if len(page.explain.rows) >= before or done > _MANY:
            raise Stuck(f"说明没有保存：{row.noted.finding.message}")
    return done


def _submit(steps: Steps, driver: Driver, page: DispatchPage, target: Path, pictures: bool) -> None:
    """Where the file goes, then 上报; the month is locked afterwards."""
    out = page.submit.out
    if driver.focus is not out:
        raise Stuck("光标没有到“回报文件的位置”。")
    driver.keys("Ctrl+A")
    driver.type(str(target))
    if page.submit.target != target:
        raise Stuck(f"回报文件的位置没有填对：{out.text()}")
    if pictures:
        steps.picture(driver, "街道_月调度_上报")
    driver.keys("Ctrl+Return")
    driver.wait(lambda: page.standing is not None and page.standing.locked, "上报后的锁定")
    driver.settle()
    if not target.is_file():
        raise Stuck(f"没有写出回报“{target.name}”。")
    if pictures:
        steps.picture(driver, "街道_月调度_已上报")


def _expect(page: DispatchPage, step: str) -> None:
    if page.step != step:
        raise Stuck(f"月调度停在“{page.step}”，应到“{step}”。")


def correct(steps: Steps, driver: Driver, office: Office, target: Path) -> None:
    """The month was sent back: say why it is opened again, mend the figure, hand in the next revision."""
    page = _open(driver)
    if page.standing is None or not page.standing.locked:
        raise Stuck("本月没有锁定，不用更正。")
    driver.type("营业收入按企业五月报表更正")
    steps.picture(driver, "街道_月调度_更正理由")
    driver.keys("Return")
    driver.wait(lambda: page.standing is not None and not page.standing.locked, "重新打开的月份")
    driver.settle()
    _mend_revenue(driver)
    hand_in(steps, driver, office, target, pictures=False)


def _mend_revenue(driver: Driver) -> None:
    """Open the newest visit that states revenue and raise it a little."""
    driver.window.goto("visits", filters={"scope": "month"})
    driver.settle()
    visits = driver.window.page
    assert isinstance(visits, RegisterPage)
    driver.keys("Down", "Return")
    driver.wait(lambda: visits.form is not None, "走访表单")
    form = visits.form
    assert form is not None
    driver.settle()
    amount = form.form.value("revenue_ytd")
    if amount is None:
        raise Stuck("这条走访没有填营业收入。")
    form.form.focus("revenue_ytd")
    fill(driver, form.form, {"revenue_ytd": str(amount + 5)})
    driver.keys("Ctrl+Return")
    driver.settle()
