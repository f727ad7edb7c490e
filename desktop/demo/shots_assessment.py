"""What is pictured of 年度考核: a year's points with the reason of one, what-if, the scheme, 加减分 and 复核."""

from __future__ import annotations

from decimal import Decimal

from db.assessment import keeping
from db.assessment.whatif import Change
from db.store import Actor
from desktop.actions import assessment as actions
from desktop.demo.desk import Desk, Show
from desktop.demo.driver import Stuck
from desktop.demo.offices import PERIOD, SUPERVISOR
from desktop.pages.assessment import APPEALS, POINTS, SCHEME, SCORES, AssessmentPage
from desktop.pages.bulletin import BulletinPage

STREET, OTHER = "360103002", "360103001"


def _noted(desk: Desk) -> None:
    """A few points and appeals, once."""
    store, year = desk.driver.context.store, PERIOD.year
    who = Actor("qszjjb", SUPERVISOR, "supervisor")
    with store.write() as session:
        if keeping.entries(session, year):
            return
        note = keeping.note_points
        note(
            session,
            year,
            STREET,
            "加分",
            "获省级表彰",
            None,
            "获省级数字经济工作先进集体",
            "赣数发〔2024〕18 号",
            who,
        )
        note(
            session,
            year,
            OTHER,
            "扣分",
            "错报",
            None,
            "二季度上云数把宽带算在内",
            "区数字办核查记录 2024-09",
            who,
        )
        keeping.appeal(session, year, STREET, "cloud", "有两家企业 12 月签约已开通，没有计入", who)
        answered = keeping.appeal(session, year, OTHER, "visit", "三次联合走访只计了一次，申请按次计", who)
        keeping.decide(session, answered, "维持", "走访家数按企业去重，同一企业只计一次", who)


def _page(desk: Desk, part: str) -> AssessmentPage:
    _noted(desk)
    page = desk.go("bulletin", tab="assessment", part=part)
    desk.driver.settle()
    if not isinstance(page, BulletinPage) or not isinstance(page.current, AssessmentPage):
        raise Stuck("没有打开年度考核。")
    return page.current


def _scores(desk: Desk) -> None:
    page = _page(desk, SCORES)
    page.scores.groups.choose("streets")
    page.scores.look(STREET, "cloud")
    desk.driver.settle()


def _bureaus(desk: Desk) -> None:
    page = _page(desk, SCORES)
    page.scores.panel.close_panel()
    page.scores.groups.choose("bureaus")
    desk.driver.settle()


def _trying(desk: Desk) -> None:
    page = _page(desk, SCORES)
    page.scores.groups.choose("streets")
    page.scores.look(STREET, "upscale")
    page.scores.try_out([Change("value", "streets", "upscale", STREET, Decimal(2))])
    desk.driver.settle()


def _scheme(desk: Desk) -> None:
    page = _page(desk, SCHEME)
    page.scheme.table.choose("item:streets:visit")
    desk.driver.settle()


def _points(desk: Desk) -> None:
    _page(desk, POINTS)


def _appeals(desk: Desk) -> None:
    page = _page(desk, APPEALS)
    found = actions.read_desk(desk.driver.context.store, PERIOD.year).appeals
    page.appeals.table.choose(str(next(each for each in found if each.open).id))
    desk.driver.settle()


def _back(desk: Desk) -> None:
    page = desk.driver.window.page_of("bulletin")
    if isinstance(page, BulletinPage) and isinstance(page.current, AssessmentPage):
        page.current.scores.stop()
        page.current.scores.panel.close_panel()
        page.current.show_part(SCORES)


SUPERVISOR_SHOTS: dict[str, Show] = {
    "assessment": _scores,
    "assessment-bureaus": _bureaus,
    "assessment-try": _trying,
    "assessment-scheme": _scheme,
    "assessment-points": _points,
    "assessment-appeals": _appeals,
}
UNDO: dict[str, Show] = {name: _back for name in SUPERVISOR_SHOTS}
