"""What the pictures of the program show: every page of the navigation, and what more there is to see on some."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from db.models import Cloud, Enterprise, Issue, Nurture, Visit
from desktop.demo import (
    shots_analysis,
    shots_assessment,
    shots_bulletin,
    shots_handdown,
    shots_import,
    shots_publications,
    shots_receive,
    shots_registers,
    shots_tools,
    visits,
)
from desktop.demo.desk import PAUSE, Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.filling import fill
from desktop.demo.offices import PERIOD, TODAY
from desktop.pages.dispatch import DispatchPage
from desktop.pages.issues import IssuesPage
from desktop.pages.issues_board_model import COLUMNS
from desktop.pages.receive import ReceivePage
from desktop.pages.settings import SECTIONS


def _page(key: str) -> Show:
    """A page as it opens."""
    return lambda desk: desk.go(key)


def _list(key: str) -> Show:
    """A list with its first row selected, so that the side panel is seen too."""

    return lambda desk: desk.choose(desk.register(key))


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
    desk.driver.breathe(PAUSE)


def _picker(desk: Desk) -> None:
    desk.register("visits", new=True)
    desk.driver.type("jx")
    desk.driver.breathe(PAUSE)


def _new_firm(desk: Desk) -> None:
    page = desk.register("visits", new=True)
    desk.driver.type("南昌新桥数字科技有限公司")
    desk.driver.breathe(PAUSE)
    desk.driver.settle()
    desk.driver.keys("Return")
    desk.driver.breathe(PAUSE)
    if page.form is None or page.form.quick is None or page.form.quick.isHidden():
        raise Stuck("没有打开现场建档。")


def _form(key: str, pick: Callable[[Desk], UUID]) -> Show:
    def show(desk: Desk) -> None:
        desk.register(key, record=pick(desk), edit=True)
        desk.driver.breathe(PAUSE)

    return show


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


def _keys(desk: Desk) -> None:
    desk.go("visits")
    desk.driver.keys("F1")
    desk.driver.breathe(PAUSE)


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
            page.look_at(page.board.current_id() or desk.first(Issue, Issue.status == "办理中"))
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
    "enterprise-form": _form("enterprises", lambda desk: desk.first(Enterprise)),
    "visits": _list("visits"),
    "visit-form": _visit_form,
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
    **shots_registers.CLERK,
    **shots_tools.CLERK,
    **shots_import.CLERK,
    **shots_handdown.CLERK,
    **shots_analysis.CLERK,
    "shortcuts": _keys,
}
SUPERVISOR: dict[str, Show] = {
    "receive": _staged,
    "receive-back": _sending_back,
    "enterprises": _list("enterprises"),
    "visits": _list("visits"),
    "issues": _issues("list"),
    "issue-board": _issues("board"),
    "issue-step": _issues("board", "extend"),
    "issue-urge": _issues("urge"),
    "issue-form": _form("issues", _an_issue_in_work),
    "cloud": _list("cloud"),
    "cloud-form": _form("cloud", lambda desk: desk.first(Cloud)),
    "nurture": _list("nurture"),
    **shots_registers.SUPERVISOR,
    **shots_tools.SUPERVISOR,
    **shots_handdown.SUPERVISOR_SHOTS,
    **shots_receive.SUPERVISOR,
    **shots_bulletin.SUPERVISOR,
    **shots_publications.SUPERVISOR_SHOTS,
    **shots_assessment.SUPERVISOR_SHOTS,
    **shots_analysis.SUPERVISOR,
}
BUREAU: dict[str, Show] = {
    "month": lambda desk: desk.go("month"),
    "indicators": lambda desk: desk.go("indicators"),
    **shots_registers.BUREAU,
    **shots_analysis.BUREAU,
}
SERVICES: dict[str, Show] = {"month": lambda desk: desk.go("month"), **shots_registers.SERVICES}
EMPTY: dict[str, Show] = {key: _page(key) for key in ("month", "visits", "issues", "dispatch")}

# Shown again at 150 % and in large letters: where room is scarcest.
TIGHT = {
    "clerk": (
        "month", "visit-form", "visits", "visit-paste", "import", "import-result", "import-aside", "visit-follow-up", "visit-versions", "visit-columns", "liaison",
        "firm_plan-form", "duty", "issue-step", "issue-urge", "enterprise-card", "enterprise-change",
        "enterprise-duplicates", "nurture-flow", "nurture-suggest", "nurture-rules", "print-visit", "search-firm",
        "dispatch", "dispatch-submit", "handdown", "handdown-intake", "settings-rule", "settings-parameters", "settings-calendar",
    ),
    "supervisor": (
        "month", "receive", "receive-exception", "receive-sheets", "receive-days", "indicators", "indicator-rows", "issue-board", "issue-step", "project", "opportunity",
        "park", "cloud", "cloud-compare", "cloud-conflicts", "enterprise-merge", "handdown", "special-compose",
        "analysis", "analysis-trends", "analysis-units", "analysis-upscale", "analysis-issues", "analysis-parks",
    ),
    "bureau": ("indicator-rows", "project-form", "release"),
    "services": ("park", "park-form"),
}  # fmt: skip
# Shown dark besides the pages of the navigation: one of each kind of surface.
SAMPLES = {
    "clerk": (
        "visit-form", "visit-paste", "import", "import-aside", "visit-versions", "visit-follow-up", "issue-board", "issue-step", "enterprise-card",
        "enterprise-duplicates", "nurture-flow", "print-visit", "search-firm", "settings-rule", "settings-calendar",
        "dispatch-preview", "dispatch-locked",
    ),
    "supervisor": ("issue-urge", "project", "park", "cloud-compare", "indicator-rows", "receive-back", "receive-year", "receive-cell", "analysis-units", "analysis-issues", "analysis-cloud"),
}  # fmt: skip
UNDO: dict[str, Show] = {
    "receive-back": _stop_sending_back,
    **shots_tools.UNDO,
    **shots_import.UNDO,
    **shots_receive.UNDO,
    **shots_bulletin.UNDO,
    **shots_publications.UNDO,
    **shots_assessment.UNDO,
}


OWN = {"clerk": CLERK, "supervisor": SUPERVISOR, "bureau": BUREAU, "services": SERVICES, "empty": EMPTY}
PAGED = ("clerk", "supervisor")  # whose navigation is shown whole


def shots_of(role: str, desk: Desk) -> dict[str, Show]:
    """Name and how to get there, for all pages of the navigation (whoever adds a page gets its picture) and more."""
    own = OWN[role]
    if role not in PAGED:
        return own
    pages: dict[str, Show] = {key: _page(key) for key in desk.driver.window.nav.items}
    return {**pages, **own}
