"""What is pictured of the registers: the list behind each tab with its panel, each form, the views beside the lists."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from db.models import Cloud, Enterprise, Issue, Nurture
from db.registers import REGISTERS
from desktop.demo.desk import PAUSE, Desk, Show
from desktop.demo.driver import Stuck
from desktop.pages.cloud import CloudPage
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.groups import GroupPage
from desktop.pages.indicators import IndicatorsPage
from desktop.pages.nurture import NurturePage
from desktop.pages.register_views import View, ViewsPage
from desktop.pages.table_view import TableView
from desktop.places import PAGE_OF, place

VIEWED: dict[str, type[ViewsPage]] = {"nurture": NurturePage, "cloud": CloudPage}


def listed(register: str, row: int = 0) -> Show:
    """The list of a register behind its tab, a row of it selected."""

    def show(desk: Desk) -> None:
        page = desk.go(PAGE_OF[register])
        assert isinstance(page, GroupPage)
        page.show_tab(register)
        desk.driver.settle()
        page.list.search.setFocus()
        scope = page.list.filters.values()
        if page.list.table is not None and not page.list.table.paged.rowCount() and scope.get("scope"):
            page.list.filters.set_values({**scope, "scope": None})  # nothing this month: what came before
        desk.choose(page, row)

    return show


def form(register: str, *where: ColumnElement[bool]) -> Show:
    """A record in its form; an empty one where the register holds none."""

    def show(desk: Desk) -> None:
        table = REGISTERS[register].model.__table__
        with desk.driver.context.store.read() as session:
            query = select(table.c.id).where(table.c.deleted_at.is_(None), *where)
            found = session.scalar(query.order_by(table.c.incomplete, table.c.id.desc()).limit(1))
        key, args = place(register, **({"record": found, "edit": True} if found else {"new": True}))
        desk.go(key, **args)
        desk.driver.breathe(PAUSE)

    return show


def view(page: str, key: str, row: int = 0) -> Show:
    """A view beside a list, its first row selected where it has rows."""

    def show(desk: Desk) -> None:
        shown = desk.go(page)
        assert isinstance(shown, ViewsPage)
        shown.show_view(key)
        desk.driver.settle()
        made: View = shown.view(key)
        if isinstance(made, TableView) and made.table.paged.rowCount() > row:
            made.table.choose(made.table.paged.row_at(row).id)

    return show


# A firm's card.


def _known_firm(desk: Desk) -> EnterprisesPage:
    """The card of a firm with problems, cloud services or a candidacy: the more of them, the more there is to see."""
    known = [
        each
        for model in (Nurture, Cloud, Issue)
        for each in (Enterprise.id.in_(select(model.enterprise_id).where(model.deleted_at.is_(None))),)
    ]
    for wanted in (known[:1] + known[2:], known[2:]):
        try:
            found = desk.first(Enterprise, *wanted)
            break
        except Stuck:
            continue
    page = desk.go("enterprises", record=found)
    assert isinstance(page, EnterprisesPage)
    desk.driver.settle()
    return page


def card(desk: Desk) -> None:
    """The card as it opens."""
    _known_firm(desk)


def card_change(desk: Desk) -> None:
    """A change of the card being registered."""
    _known_firm(desk).card.begin_change("更名")
    desk.driver.breathe(PAUSE)


def card_merge(desk: Desk) -> None:
    """Joining two cards that somebody names."""
    page = _known_firm(desk)
    assert page.card.firm is not None
    page.show_joining(page.card.firm)
    desk.driver.settle()
    with desk.driver.context.store.read() as session:
        other = session.scalar(select(Enterprise.name).where(Enterprise.deleted_at.is_(None), Enterprise.id != page.card.firm).order_by(Enterprise.id))  # fmt: skip
    desk.driver.type((other or "")[-10:])
    desk.driver.breathe(PAUSE)
    desk.driver.settle()
    desk.driver.keys("Return")
    desk.driver.breathe(PAUSE)


def duplicates(desk: Desk) -> None:
    """The suspected pairs."""
    desk.go("enterprises", duplicates=True)
    desk.driver.breathe(PAUSE)


# Figures of the registers beside what is reported.


def indicator_rows(desk: Desk) -> None:
    """The records behind a figure, beside the line one fills in."""
    page = desk.go("indicators")
    assert isinstance(page, IndicatorsPage)
    if page.board is not None:
        rows = page.board.table.paged.rows()
        page.board.table.choose(rows[4].id)
        desk.driver.settle()
        desk.driver.keys("Return")
    elif page.fill is not None:
        row = next((each for each in page.fill.rows if each.ledger is not None), None)
        if row is None:
            raise Stuck("没有一项指标能由台账算出。")
        row.rows_asked.emit()
    desk.driver.settle()


def _named(registers: tuple[str, ...], *, forms: bool = True) -> dict[str, Show]:
    found = {each: listed(each) for each in registers}
    return {**found, **({f"{each}-form": form(each) for each in registers} if forms else {})}


_VIEWS = {f"{page}-{each.key}": view(page, each.key) for page, kind in VIEWED.items() for each in kind.views}
_CARD: dict[str, Show] = {
    "enterprise-card": card,
    "enterprise-change": card_change,
    "enterprise-merge": card_merge,
    "enterprise-duplicates": duplicates,
}
CLERK: dict[str, Show] = {
    **_CARD,
    **_named(("liaison", "firm_plan", "service", "duty", "project")),
    "matter": listed("matter"),
    "park-form": form("park"),
    **{name: show for name, show in _VIEWS.items() if name.startswith("nurture")},
}
SUPERVISOR: dict[str, Show] = {
    **_CARD,
    **{
        each: listed(each)
        for each, page in PAGE_OF.items()
        if page in ("tasks", "projects", "parks", "visits")
    },
    **_VIEWS,
    "indicator-rows": indicator_rows,
}
# 区发改委 keeps projects, leads and the lists; 区服务业发展局 the parks.
BUREAU: dict[str, Show] = {
    **_named(("duty", "matter", "project", "lead", "opportunity", "product", "match", "release")),
    "indicator-rows": indicator_rows,
}
SERVICES: dict[str, Show] = _named(("park", "project"))
