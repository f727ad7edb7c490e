"""通报考核: one page, a tab for each of 季通报, 年度考核, 公布记录. What a tab shows and does is in its own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.page import Page
from desktop.tabbed import Tabbed

Factory = Callable[[Any], Page]


def _quarterly(context: Any) -> Page:
    from desktop.pages.bulletin_quarter import QuarterPage

    return QuarterPage(context)


def _assessment(context: Any) -> Page:
    from desktop.pages.assessment import AssessmentPage

    return AssessmentPage(context)


def _publications(context: Any) -> Page:
    from desktop.pages.publications import PublicationsPage

    return PublicationsPage(context)


# (key, word, factory): a tab is a Page with its own header; the tabs stand in the place of its title.
TABS: tuple[tuple[str, str, Factory], ...] = (
    ("quarterly", "季通报", _quarterly),
    ("assessment", "年度考核", _assessment),
    ("publications", "公布记录", _publications),
)


class BulletinPage(Tabbed):
    """`open(tab="quarterly", …)` chooses a tab and passes the rest on."""

    key = "bulletin"
    word = "通报考核"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.begin([(key, word) for key, word, _factory in TABS], "通报考核的各项", "下一项", "上一项")

    def make_member(self, key: str) -> Page:
        return next(factory for name, _word, factory in TABS if name == key)(self.context)

    def open(self, **args: Any) -> None:
        tab = str(args.pop("tab", "") or self._shown)
        if tab in self._keys:
            self.show_tab(tab)
        if args:
            self.current.open(**args)

    def badge(self) -> int | None:
        return sum(page.badge() or 0 for page in self._members.values()) or None
