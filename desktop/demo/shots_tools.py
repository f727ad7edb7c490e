"""What is pictured of the tools that every register shares: pasting, looks of a list, paper, search, two versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.models import Enterprise, Visit
from desktop.actions import records as actions
from desktop.demo import visits
from desktop.demo.desk import PAUSE, Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import PERIOD, TODAY
from desktop.forms.side import FollowUpsCard
from desktop.forms.view import FormView
from desktop.pages import paper
from desktop.pages.groups import GroupPage
from desktop.pages.list_view import ListView
from desktop.printing.preview import PrintPreview

_PASTED = "企业名称\t走访时间\t走访方式\t走访类型\t走访人员\t企业参加人\t生产经营情况\t经营评价\t数字化阶段\t是否上云\t升规潜力\t是否有问题"
_DAYS = ("2024.5.6", "2024-05-07", "5月8日", "2024/5/9")
_SAYINGS = (
    "订单饱满，产能利用率八成，较上月略有增长",
    "新签省外客户两家，用工稳定，计划扩建仓储",
    "受行业淡季影响订单下滑，正在拓展线上渠道",
    "原材料价格上涨，毛利收窄，资金周转偏紧",
)
VIEW = "五月实地走访"
_THEIRS = "订单饱满，计划再招二十人，正在找新的办公场地，六月前搬迁。"
_MINE = "订单一般，回款放缓，暂停扩招，等省级测评结果再定。"


def block(desk: Desk) -> str:
    """A block as it is copied from a spreadsheet: rows that may be saved, and one with a word that is no 走访方式."""
    with desk.driver.context.store.read() as session:
        query = select(Enterprise.name).where(Enterprise.deleted_at.is_(None)).order_by(Enterprise.id)
        names = [name or "" for name in session.scalars(query.limit(len(_DAYS)))]
    rows = [
        f"{name}\t{day}\t{mode}\t千名干部访千企\t张敏（经发办）\t王磊 总经理\t{text}\t平稳\t部分环节\t拟上云\t无\t否"
        for name, day, mode, text in zip(
            names, _DAYS, ("实地", "上门", "座谈会", "飞信"), _SAYINGS, strict=True
        )
    ]
    return "\n".join((_PASTED, *rows))


def pasted(desk: Desk) -> None:
    """A block in the grid, checked row by row, on the first cell that must be mended."""
    page = desk.register("visits")
    assert isinstance(page, GroupPage)
    page.open_paste(block(desk))
    desk.driver.settle()
    paste = page.current.paste
    if paste is None:
        raise Stuck("没有打开“粘贴录入”。")
    paste.desk.check()
    desk.driver.settle()
    paste.next_bad(from_start=True)
    desk.driver.settle()


# How a list is looked at.


def _visits(desk: Desk) -> ListView:
    page = desk.register("visits")
    desk.driver.settle()
    return page.list


def columns(desk: Desk) -> None:
    """The columns of a list being chosen."""
    _visits(desk).look.choose_columns()
    desk.driver.settle()


def saved_view(desk: Desk) -> None:
    """A look of the list that was saved, and the menu with what can be done about it."""
    shown = _visits(desk)
    shown.filters.set_values({**shown.filters.values(), "visit_mode": "实地"})
    desk.driver.settle()
    shown.look.saved.save(VIEW, shown.look.now())
    shown.look.show_name()
    shown.look.button.drop()
    desk.driver.breathe(PAUSE)


def saved_view_undone(desk: Desk) -> None:
    """The list's own look again."""
    shown = _visits(desk)
    shown.look.saved.delete(VIEW)
    shown.look.apply("")


def more_menu(desk: Desk) -> None:
    """What the list does now and then."""
    _visits(desk).more.drop()
    desk.driver.breathe(PAUSE)


# Paper.


def printed(key: str, way: Callable[[ListView], object], register: str = "") -> Show:
    """The preview of a paper that the list of a page makes."""

    def show(desk: Desk) -> None:
        page = desk.register(key)
        if register and isinstance(page, GroupPage):
            page.show_tab(register)
        desk.choose(page)
        way(page.list)
        desk.driver.settle()
        if not isinstance(desk.driver.window.stack.currentWidget(), PrintPreview):
            raise Stuck("没有打开打印预览。")
        desk.driver.breathe(PAUSE)

    return show


def _blank(shown: ListView) -> None:
    action = next(each for each in shown.more.menu_.actions() if each.text().startswith("打印空白"))
    action.trigger()


PAPERS: dict[str, Show] = {
    "print-visit": printed("visits", paper.print_chosen),
    "print-visit-blank": printed("visits", _blank),
    "print-list": printed("visits", paper.print_list),
    "print-firm": printed("enterprises", paper.print_chosen),
    "print-issue": printed("issues", paper.print_chosen),
    "print-urge": printed("issues", lambda shown: paper.print_reminders(shown, shown.context)),
    "print-duties": printed("tasks", paper.print_duties, "duty"),
}


# Search.


def found(typed: str) -> Show:
    """Ctrl+K with something typed."""

    def show(desk: Desk) -> None:
        desk.go("month")
        desk.driver.keys("Ctrl+K")
        desk.driver.type(typed)
        desk.driver.breathe(PAUSE)
        desk.driver.settle()

    return show


# A visit's form.


def _visit(desk: Desk) -> tuple[FormView, dict[str, str]]:
    context = desk.driver.context
    with context.store.read() as session:
        told = visits.to_write_down(session, context.unit_code, PERIOD, TODAY, "张敏", 1, True, 0)[0]
    page = desk.register("visits", new=True)
    assert page.form is not None
    return page.form, told.answers


def follow_up(desk: Desk) -> None:
    """F7: what a visit leads to, asked one after another."""
    view, answers = _visit(desk)
    fill(desk.driver, view.form, answers)
    side = next(each for each in view.cards if isinstance(each, FollowUpsCard))
    desk.driver.wait(lambda: "issue" in side.buttons, "带出问题的按钮")
    desk.driver.keys("F7")
    desk.driver.breathe(PAUSE)
    desk.driver.settle()


def two_versions(desk: Desk) -> None:
    """A visit that another window saved meanwhile."""
    key = _shared(desk)
    page = desk.register("visits", record=key, edit=True)
    desk.driver.settle()
    _elsewhere(desk, key, {"operation_text": _THEIRS, "operation_trend": "向好", "visitors": "罗涛（社区）"})
    view = page.form
    if view is None:
        raise Stuck("走访没有打开。")
    view.form.focus("operation_text")
    desk.driver.keys("Ctrl+A")
    desk.driver.type(_MINE)
    desk.driver.keys("Ctrl+S")
    desk.driver.breathe(PAUSE)


def two_versions_undone(desk: Desk) -> None:
    """The visit with words of its own again, so that it can be pictured a second time."""
    page = desk.register("visits")
    page.close_form()
    _elsewhere(
        desk, _shared(desk), {"operation_text": "订单平稳，人员稳定，没有扩招计划，回款正常，市场有待开拓。"}
    )


def _shared(desk: Desk) -> UUID:
    return desk.first(Visit, Visit.incomplete.is_(False), Visit.visit_date >= PERIOD.first_day)


def _elsewhere(desk: Desk, key: UUID, values: dict[str, Any]) -> None:
    context = desk.driver.context
    state = actions.open_form(context.store, "visit", key)
    for name, value in values.items():
        state.values[name] = value
    actions.save_form(context.store, state, context.actor, today=TODAY, period=str(PERIOD))


CLERK: dict[str, Show] = {
    "visit-paste": pasted,
    "visit-columns": columns,
    "visit-saved-view": saved_view,
    "visit-more": more_menu,
    "visit-follow-up": follow_up,
    "visit-versions": two_versions,
    **PAPERS,
    "search": found("rj"),
    "search-firm": found("软件"),
    "search-command": found("打印"),
}
SUPERVISOR: dict[str, Show] = {name: PAPERS[name] for name in ("print-urge", "print-duties", "print-list")}
UNDO: dict[str, Show] = {"visit-saved-view": saved_view_undone, "visit-versions": two_versions_undone}
