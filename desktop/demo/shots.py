"""What the pictures of the program show: every page of the navigation, and what more there is to see on some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, select

from db import drafts
from db.models import Cloud, Enterprise, Issue, Nurture, Visit
from db.models.base import Record
from db.store import Store
from desktop.app import build_window
from desktop.demo import visits
from desktop.demo.driver import Driver, Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import PERIOD, TODAY
from desktop.page import Page
from desktop.pages.dispatch import DispatchPage
from desktop.pages.groups import GroupPage
from desktop.pages.issues import IssuesPage
from desktop.pages.issues_board_model import COLUMNS
from desktop.pages.receive import ReceivePage
from desktop.pages.register_page import RegisterPage
from desktop.pages.settings import SECTIONS

_PAUSE = 0.45  # seconds: a form looks at what was typed a moment after the last key


@dataclass
class Desk:
    """A window over a register, and the returns that lie beside it to be received."""

    driver: Driver
    files: list[Path] = field(default_factory=list)

    @classmethod
    def over(cls, store: Store, files: list[Path] | None = None) -> Desk:
        window, context = build_window(store, today=lambda: TODAY)
        context.set_period(PERIOD)
        return cls(Driver(window, context), files or [])

    def go(self, key: str, **args: object) -> Page:
        """Show a page and wait until it is filled."""
        self.driver.window.goto(key, **args)
        self.driver.settle()
        page = self.driver.window.page
        if page is None or page.key != key:
            raise Stuck(f"没有打开“{key}”页。")
        return page

    def register(self, key: str, **args: object) -> RegisterPage:
        """A page of a register; its first row selected where the list is shown."""
        page = self.go(key, **args)
        assert isinstance(page, RegisterPage)
        return page

    def first(self, model: type[Record], *where: ColumnElement[bool]) -> UUID:
        """The first record of a register that answers to `where`."""
        with self.driver.context.store.read() as session:
            query = select(model.id).where(model.deleted_at.is_(None), *where).order_by(model.id)
            found = session.scalar(query.limit(1))
        if found is None:
            raise Stuck("练习数据里没有可拍的记录。")
        return found

    def tidy(self) -> None:
        """As it was: forms closed, drafts thrown away, the month of the play, the overlay put away."""
        window, context = self.driver.window, self.driver.context
        window.overlay.hide()
        window.top.search.clear()
        for key in window.nav.items:
            page = window.page_of(key)
            if isinstance(page, RegisterPage):
                page.close_form()
        for kept in drafts.all_drafts(context.store):
            drafts.drop(context.store, kept.key)
        if context.period != PERIOD:
            context.set_period(PERIOD)
            window.refresh_top()
            window.invalidate()
        self.driver.settle()

    def close(self) -> None:
        self.driver.leave()


Show = Callable[[Desk], object]


def _page(key: str) -> Show:
    """A page as it opens."""
    return lambda desk: desk.go(key)


def _list(key: str) -> Show:
    """A list with its first row selected, so that the side panel is seen too."""

    def show(desk: Desk) -> None:
        page = desk.register(key)
        table = page.list.table
        if table is not None and table.paged.rowCount():
            table.choose(table.paged.row_at(0).id)
        desk.driver.settle()

    return show


def _visit_form(desk: Desk) -> None:
    """Half filled in by keys; one answer of the kind that brings a finding."""
    context = desk.driver.context
    with context.store.read() as session:
        told = visits.to_write_down(session, context.unit_code, PERIOD, TODAY, "张敏", 1, True, 0)[0]
    page = desk.register("visits", new=True)
    assert page.form is not None
    asked = (
        "enterprise_id",
        "visit_date",
        "visit_mode",
        "visit_type",
        "visitors",
        "operation_text",
        "operation_trend",
        "revenue_ytd",
    )
    fill(desk.driver, page.form.form, {name: told.answers[name] for name in asked if name in told.answers})
    page.form.form.focus("operation_text")
    desk.driver.breathe(_PAUSE)


def _picker(desk: Desk) -> None:
    desk.register("visits", new=True)
    desk.driver.type("jx")
    desk.driver.breathe(_PAUSE)


def _new_firm(desk: Desk) -> None:
    page = desk.register("visits", new=True)
    desk.driver.type("南昌新桥数字科技有限公司")
    desk.driver.breathe(_PAUSE)
    desk.driver.settle()
    desk.driver.keys("Return")
    desk.driver.breathe(_PAUSE)
    if page.form is None or page.form.quick is None or page.form.quick.isHidden():
        raise Stuck("没有打开现场建档。")


def _form(key: str, pick: Callable[[Desk], UUID]) -> Show:
    def show(desk: Desk) -> None:
        desk.register(key, record=pick(desk), edit=True)
        desk.driver.breathe(_PAUSE)

    return show


def _card(desk: Desk) -> None:
    desk.go("enterprises", record=desk.first(Enterprise, Enterprise.id.in_(select(Issue.enterprise_id))))


def _dispatch(step: str) -> Show:
    def show(desk: Desk) -> None:
        page = desk.go("dispatch")
        assert isinstance(page, DispatchPage)
        page.show_step(step)
        desk.driver.settle()

    return show


def _locked(desk: Desk) -> None:
    desk.driver.context.set_period(PERIOD.prev)
    desk.driver.window.refresh_top()
    desk.driver.window.invalidate()
    page = desk.go("dispatch")
    assert isinstance(page, DispatchPage)
    if page.standing is None or not page.standing.locked:
        raise Stuck("上月没有锁定。")


def _search(desk: Desk) -> None:
    desk.go("month")
    desk.driver.keys("Ctrl+K")
    desk.driver.type("rj")
    desk.driver.breathe(_PAUSE)


def _keys(desk: Desk) -> None:
    desk.go("visits")
    desk.driver.keys("F1")
    desk.driver.breathe(_PAUSE)


def _staged(desk: Desk) -> None:
    """Files on the desk, the first with changes chosen."""
    page = desk.go("receive")
    assert isinstance(page, ReceivePage)
    if page.desk is not None and not page.desk.files and not page.rejected:
        page.stage(desk.files)
        desk.driver.settle()
    if page.desk is None or not page.desk.files:
        raise Stuck("收表里没有文件。")
    changed = max(page.desk.files, key=lambda each: each.counts.get("update", 0))
    page.files.choose(changed.id.hex)
    page.files.setFocus()


def _sending_back(desk: Desk) -> None:
    _staged(desk)
    page = desk.driver.window.page
    assert isinstance(page, ReceivePage)
    page.detail.show_back()


def _pasted(desk: Desk) -> None:
    """A block from a spreadsheet in the grid: rows that may be saved, and one with something to mend."""
    with desk.driver.context.store.read() as session:
        query = (
            select(Enterprise.name).where(Enterprise.deleted_at.is_(None)).order_by(Enterprise.id).limit(4)
        )
        names = [name or "" for name in session.scalars(query)]
    rows = [
        f"{name}\t{day}\t{mode}\t千名干部访千企\t张敏（经发办）\t王磊 总经理\t{text}\t平稳\t部分环节\t拟上云\t无\t否"
        for name, day, mode, text in zip(
            names, _DAYS, ("实地", "上门", "座谈会", "飞信"), _SAYINGS, strict=False
        )
    ]
    page = desk.register("visits")
    member = page.current if isinstance(page, GroupPage) else page
    member.open_paste("\n".join((_PASTED, *rows)))
    desk.driver.settle()
    if member.paste is not None:
        member.paste.desk.check()
        desk.driver.settle()
        member.paste.next_bad(from_start=True)
    desk.driver.settle()


_PASTED = "企业名称\t走访时间\t走访方式\t走访类型\t走访人员\t企业参加人\t生产经营情况\t经营评价\t数字化阶段\t是否上云\t升规潜力\t是否有问题"
_DAYS = ("2024.5.6", "2024-05-07", "5月8日", "2024/5/9")
_SAYINGS = (
    "订单饱满，产能利用率八成，较上月略有增长",
    "新签省外客户两家，用工稳定，计划扩建仓储",
    "受行业淡季影响订单下滑，正在拓展线上渠道",
    "原材料价格上涨，毛利收窄，资金周转偏紧",
)


def _stop_sending_back(desk: Desk) -> None:
    page = desk.driver.window.page_of("receive")
    if isinstance(page, ReceivePage):
        page.detail.hide_back()


def _a_visit_with_gaps(desk: Desk) -> UUID:
    return desk.first(Visit, Visit.incomplete.is_(True))


def _an_issue_in_work(desk: Desk) -> UUID:
    return desk.first(Issue, Issue.status == "办理中")


def _issues(view: str, step: str = "") -> Show:
    """The problems in one of their views; a card chosen, and a step of it begun."""

    def show(desk: Desk) -> None:
        page = desk.register("issues", view=view)
        assert isinstance(page, IssuesPage)
        table = page.list.table
        if view == "list" and table is not None and table.paged.rowCount():
            table.choose(table.paged.row_at(0).id)
        elif page.board is not None and view == "board":
            page.board.go_to(list(COLUMNS).index("办理中"))
        desk.driver.settle()
        if step:
            page.take_step(step)
        desk.driver.settle()

    return show


def _section(key: str, **args: object) -> Show:
    """A tab of the settings."""
    return lambda desk: desk.go("settings", section=key, **args)


CLERK: dict[str, Show] = {
    "settings": _section("office"),
    **{f"settings-{key}": _section(key) for key, _ in SECTIONS[1:]},
    "settings-rule": _section("rules", rule="VIS-004"),
    "settings-rule-lines": _section("rules", rule="UPS-003"),
    "enterprises": _list("enterprises"),
    "enterprise-card": _card,
    "enterprise-form": _form("enterprises", lambda desk: desk.first(Enterprise)),
    "visits": _list("visits"),
    "visit-form": _visit_form,
    "visit-paste": _pasted,
    "visit-picker": _picker,
    "visit-new-firm": _new_firm,
    "visit-gaps": _form("visits", _a_visit_with_gaps),
    "issues": _issues("list"),
    "issue-board": _issues("board"),
    "issue-step": _issues("board", "extend"),
    "issue-urge": _issues("urge"),
    "issue-form": _form("issues", lambda desk: desk.first(Issue)),
    "cloud-form": lambda desk: desk.register("cloud", new=True),
    "nurture": _list("nurture"),
    "nurture-form": _form("nurture", lambda desk: desk.first(Nurture)),
    "dispatch": _dispatch("check"),
    "dispatch-explain": _dispatch("explain"),
    "dispatch-preview": _dispatch("preview"),
    "dispatch-submit": _dispatch("submit"),
    "dispatch-locked": _locked,
    "search": _search,
    "shortcuts": _keys,
}
SUPERVISOR: dict[str, Show] = {
    "receive": _staged,
    "receive-back": _sending_back,
    "enterprises": _list("enterprises"),
    "enterprise-card": _card,
    "visits": _list("visits"),
    "issues": _issues("list"),
    "issue-board": _issues("board"),
    "issue-step": _issues("board", "extend"),
    "issue-urge": _issues("urge"),
    "issue-form": _form("issues", _an_issue_in_work),
    "cloud": _list("cloud"),
    "cloud-form": _form("cloud", lambda desk: desk.first(Cloud)),
    "nurture": _list("nurture"),
}
BUREAU: dict[str, Show] = {
    "month": lambda desk: desk.go("month"),
    "indicators": lambda desk: desk.go("indicators"),
}
EMPTY: dict[str, Show] = {key: _page(key) for key in ("month", "visits", "issues", "dispatch")}

# Shown again at 150 % and in large letters: where room is scarcest.
TIGHT = {
    "clerk": (
        "month",
        "visit-form",
        "visits",
        "dispatch",
        "dispatch-submit",
        "settings-rule",
        "settings-parameters",
    ),
    "supervisor": ("month", "receive", "indicators", "issue-step"),
}
UNDO: dict[str, Show] = {"receive-back": _stop_sending_back}


def shots_of(role: str, desk: Desk) -> dict[str, Show]:
    """Name and how to get there, for all pages of the navigation (whoever adds a page gets its picture) and more."""
    own = {"clerk": CLERK, "supervisor": SUPERVISOR, "bureau": BUREAU, "empty": EMPTY}[role]
    if role in ("bureau", "empty"):
        return own
    pages: dict[str, Show] = {key: _page(key) for key in desk.driver.window.nav.items}
    return {**pages, **own}
