"""One file per page of the navigation. `specs` is the list the window is built from.

The entries are written out here, and each page is imported on its first visit: the frame is painted
before anything of the register is loaded, and a page nobody opens costs nothing at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.page import CLERK, SUPERVISOR, Page, PageSpec

BOTH = frozenset({CLERK, SUPERVISOR})


def specs(context: Any = None) -> list[PageSpec]:
    """All pages; the window shows those of the role, in the order of the navigation."""
    return [
        PageSpec("month", "本月", "calendar", 0, BOTH, _month),
        PageSpec("enterprises", "企业", "building", 0, BOTH, _enterprises),
        PageSpec("visits", "走访", "pin", 0, BOTH, _group("visits", "走访")),
        PageSpec("issues", "问题", "alert", 0, BOTH, _issues),
        PageSpec("cloud", "上云", "cloud", 0, BOTH, _cloud),
        PageSpec("nurture", "培育", "sprout", 0, BOTH, _nurture),
        PageSpec("indicators", "指标", "bars", 0, BOTH, _indicators),
        PageSpec("tasks", "任务", "tasks", 0, BOTH, _group("tasks", "任务")),
        PageSpec("projects", "项目", "folder", 0, BOTH, _group("projects", "项目")),
        PageSpec("parks", "园区", "park", 0, BOTH, _group("parks", "园区")),
        PageSpec("receive", "收表", "inbox", 0, frozenset({SUPERVISOR}), _receive),
        PageSpec("handdown", "下发", "upload", 1, frozenset({SUPERVISOR}), _handdown),
        PageSpec("handdown", "下发", "download", 1, frozenset({CLERK}), _handdown_unit),
        PageSpec("dispatch", "月调度", "board", 1, frozenset({CLERK}), _dispatch),
        PageSpec("analysis", "分析", "trend", 1, BOTH, _analysis),
        PageSpec("bulletin", "通报考核", "document", 1, frozenset({SUPERVISOR}), _bulletin),
        PageSpec("settings", "设置", "gear", 1, BOTH, _settings),
    ]


def _month(context: Any) -> Page:
    from desktop.pages.this_month import ThisMonth

    return ThisMonth(context)


def _enterprises(context: Any) -> Page:
    from desktop.pages.enterprises import EnterprisesPage

    return EnterprisesPage(context)


def _group(key: str, word: str) -> Callable[[Any], Page]:
    """A page of several registers."""

    def make(context: Any) -> Page:
        from desktop.pages.groups import GroupPage

        return GroupPage(context, key, word)

    return make


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


def _handdown(context: Any) -> Page:
    from desktop.pages.handdown import HanddownPage

    return HanddownPage(context)


def _handdown_unit(context: Any) -> Page:
    from desktop.pages.handdown_unit import UnitHanddownPage

    return UnitHanddownPage(context)


def _dispatch(context: Any) -> Page:
    from desktop.pages.dispatch import DispatchPage

    return DispatchPage(context)


def _analysis(context: Any) -> Page:
    from desktop.pages.analysis import AnalysisPage

    return AnalysisPage(context)


def _bulletin(context: Any) -> Page:
    from desktop.pages.bulletin import BulletinPage

    return BulletinPage(context)


def _settings(context: Any) -> Page:
    from desktop.pages.settings import SettingsPage

    return SettingsPage(context)
