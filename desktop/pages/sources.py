"""From a figure on any page to the rows behind it, one click. Which rows those are is db/sources.py's."""

from __future__ import annotations

from typing import Any

from db.rows_behind import RETURN
from db.sources import Source, source_of
from desktop.page import Page
from desktop.places import place

INDICATOR = "indicator"


def open_source(page: Page, period: str, key: str) -> None:
    """Show the rows behind a figure of a month: its register's list with them only, what units reported, or 收表.

    The rows of reports and returns belong to a month, so the window goes to that month with them.
    """
    store = page.context.store

    def work(_progress: Any, _cancelled: Any) -> Source:
        with store.read() as session:
            return source_of(session, period, key)

    def there(source: Source) -> None:
        to, args = leads_to(source, key)
        month = {"period": period} if source.register in (RETURN, INDICATOR) else {}
        page.goto_asked.emit(to, {**args, **month})

    page.context.jobs.run("source", work, title="找到明细", on_done=there, owner=page, quiet=True)


def leads_to(source: Source, key: str) -> tuple[str, dict[str, Any]]:
    """The page that shows the rows of a source, and the arguments of its `open`."""
    if source.register == RETURN:
        return "receive", {}
    if source.register == INDICATOR:
        # What units report has no list of its own: the board shows it beside the indicator.
        number = (
            key.removeprefix("assessment.").removeprefix("indicator.").partition(":")[0].partition(".")[0]
        )
        return "indicators", {"indicator": int(number), "rows": True}
    assert source.query is not None
    return place(source.register, filters=dict(source.query.filters), told=told(source))


def told(source: Source) -> str:
    """What a list says it is filtered by: “5 月走访企业，期初数 1,300 不在内”."""
    if source.base:
        return f"{source.title}（期初数 {source.base:,f} 没有明细，不在内）"
    return source.title
