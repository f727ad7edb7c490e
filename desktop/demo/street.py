"""A clerk's part of the play, at the window of one street: visits, a problem, the gaps. Handing in is in hand_in.py."""

from __future__ import annotations

from sqlalchemy import func, select

from db.models import Issue, Visit
from db.registers import REGISTERS
from desktop.demo import visits
from desktop.demo.driver import Driver, Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import PERIOD, PHONE, TODAY, Office
from desktop.demo.steps import Steps
from desktop.forms.side import FollowUpsCard
from desktop.forms.view import FormView
from desktop.pages.register_page import RegisterPage

VISITS = 2  # that every street types
_MANY = 40


def gaps(office: Office) -> dict[str, dict[str, str]]:
    """What the clerk finds out about the gaps of the month, by register and field."""
    return {
        "visit": {"firm_attendees": "刘国强 总经理", "operation_trend": "平稳", "digital_stage": "部分环节"},
        "issue": {
            "category": "用工", "urgency": "一般", "level": "街道自办", "org_code": office.unit.name,
            "owner": "罗涛", "owner_phone": PHONE,
        },
    }  # fmt: skip


def type_visits(steps: Steps, driver: Driver, office: Office, place: int) -> int:
    """Write down the visits of the last days; the first street's first visit leads to a problem by one click."""
    store = driver.context.store
    first = place == 0
    with store.read() as session:
        told = visits.to_write_down(
            session, office.unit.code, PERIOD, TODAY, office.person, VISITS, first, place * VISITS
        )
    if len(told) < VISITS:
        raise Stuck(f"{office.unit.name}没有可走访的企业。")
    before = _count(driver, Visit)
    for number, each in enumerate(told):
        if number == 0:
            driver.keys("Ctrl+N")  # 本月 leads to an empty form
        form = _form(driver)
        fill(driver, form.form, each.answers)
        chosen = form.form.value("enterprise_id")
        if chosen != each.firm:
            raise Stuck(f"选定的企业不是“{each.name}”。")
        if first and number == 0:
            _problem_from(steps, driver, form)
        driver.keys("Ctrl+Return")
        driver.settle()
        _expect_count(driver, Visit, before + number + 1, "保存走访")
    driver.keys("Esc")
    driver.settle()
    return len(told)


def _problem_from(steps: Steps, driver: Driver, form: FormView) -> None:
    """One click beside the form: the problem is registered from what the visit says."""
    card = next(each for each in form.cards if isinstance(each, FollowUpsCard))
    driver.wait(lambda: "issue" in card.buttons, "带出问题的按钮")
    driver.settle()
    steps.picture(driver, "街道_登记走访")
    before = _count(driver, Issue)
    driver.press(card.buttons["issue"].text(), card.buttons["issue"].parentWidget())
    driver.settle()
    _expect_count(driver, Issue, before + 1, "由走访带出问题")
    steps.picture(driver, "街道_走访一键带出问题")


def complete(steps: Steps, driver: Driver, register: str, page: str, answers: dict[str, str]) -> int:
    """From 本月: open the incomplete rows of a register one after another and type what is missing."""
    window = driver.window
    driver.keys(f"Alt+{_number(driver, 'month')}")
    driver.settle()
    if _register_key(driver) != "month":
        raise Stuck("没有回到“本月”。")
    driver.keys("Space")  # the first thing to do has the focus
    driver.wait(lambda: window.page is not None and window.page.key == page, f"“{page}”页面")
    driver.settle()
    steps.picture(driver, f"街道_待补全的{REGISTERS[register].noun}")
    done = 0
    while (table := _register_page(driver).list.table) is not None and table.paged.rowCount():
        driver.keys("Down", "Return") if not done else driver.keys("Home", "Return")
        _mend(driver, _form(driver), answers)
        done += 1
        if done > _MANY:
            raise Stuck("补全的记录一直没有减少。")
    return done


def _mend(driver: Driver, form: FormView, answers: dict[str, str]) -> None:
    """Ctrl+S goes to the first thing that is wrong: type it, and again, until nothing is."""
    driver.settle()
    driver.keys("Ctrl+S")
    for _ in form.form.fields:
        driver.settle()
        name = form.form.first_wrong()
        if not name:
            break
        if name not in answers:
            raise Stuck(
                f"没有为“{form.form.boxes[name].field.label}”准备内容：{form.form.boxes[name].words()}"
            )
        if form.form.current != name:
            raise Stuck(f"保存后光标没有到“{form.form.boxes[name].field.label}”。")
        fill(driver, form.form, {name: answers[name]})
        driver.keys("Ctrl+S")
    driver.keys("Ctrl+Return")
    driver.settle()


def _form(driver: Driver) -> FormView:
    page = _register_page(driver)
    driver.wait(lambda: page.form is not None, "表单")
    assert page.form is not None
    return page.form


def _number(driver: Driver, key: str) -> int:
    """The digit that leads to a page with Alt."""
    return list(driver.window.nav.items).index(key) + 1


def _register_key(driver: Driver) -> str:
    return driver.window.page.key if driver.window.page is not None else ""


def _register_page(driver: Driver) -> RegisterPage:
    driver.wait(lambda: isinstance(driver.window.page, RegisterPage), "台账页面")
    page = driver.window.page
    assert isinstance(page, RegisterPage)
    return page


def _count(driver: Driver, model: type[Visit] | type[Issue]) -> int:
    with driver.context.store.read() as session:
        query = select(func.count()).select_from(model).where(model.deleted_at.is_(None))
        return int(session.scalar(query) or 0)


def _expect_count(driver: Driver, model: type[Visit] | type[Issue], wanted: int, what: str) -> None:
    driver.wait(lambda: _count(driver, model) == wanted, f"{what}的结果", 5)
