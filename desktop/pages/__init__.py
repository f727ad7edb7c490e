"""One file per page of the navigation. `specs` is the list the window is built from.

The entries are written out here, and each page is imported on its first visit: the frame is painted
before anything of the register is loaded, and a page nobody opens costs nothing at the start.
"""

from __future__ import annotations

from typing import Any

from desktop.page import CLERK, SUPERVISOR, Page, PageSpec

BOTH = frozenset({CLERK, SUPERVISOR})


def specs(context: Any = None) -> list[PageSpec]:
    """All pages; the window shows those of the role, in the order of the navigation."""
    return [
        PageSpec("month", "本月", "calendar", 0, BOTH, _month),
        PageSpec("enterprises", "企业", "building", 0, BOTH, _enterprises),
        PageSpec("visits", "走访", "pin", 0, BOTH, _visits),
        PageSpec("issues", "问题", "alert", 0, BOTH, _issues),
        PageSpec("cloud", "上云", "cloud", 0, BOTH, _cloud),
        PageSpec("nurture", "培育", "sprout", 0, BOTH, _nurture),
        PageSpec("indicators", "指标", "bars", 0, BOTH, _indicators),
        PageSpec("receive", "收表", "inbox", 0, frozenset({SUPERVISOR}), _receive),
        PageSpec("dispatch", "月调度", "board", 1, frozenset({CLERK}), _dispatch),
        PageSpec("settings", "设置", "gear", 1, BOTH, _settings),
    ]


def _month(context: Any) -> Page:
    from desktop.pages.this_month import ThisMonth

    return ThisMonth(context)


def _enterprises(context: Any) -> Page:
    from desktop.pages.enterprises import EnterprisesPage

    return EnterprisesPage(context)


def _visits(context: Any) -> Page:
    from desktop.pages.visits import VisitsPage

    return VisitsPage(context)


def _issues(context: Any) -> Page:
    from desktop.pages.issues import IssuesPage

    return IssuesPage(context)


def _cloud(context: Any) -> Page:
    from desktop.pages.cloud import CloudPage

    return CloudPage(context)


def _nurture(context: Any) -> Page:
    from desktop.pages.nurture import NurturePage

    return NurturePage(context)


def _indicators(context: Any) -> Page:
    from desktop.pages.indicators import IndicatorsPage

    return IndicatorsPage(context)


def _receive(context: Any) -> Page:
    from desktop.pages.receive import ReceivePage

    return ReceivePage(context)


def _dispatch(context: Any) -> Page:
    from desktop.pages.dispatch import DispatchPage

    return DispatchPage(context)


def _settings(context: Any) -> Page:
    from desktop.pages.settings import SettingsPage

    return SettingsPage(context)
