"""What is pictured of 分析: every tab, as the district and as a street see it."""

from __future__ import annotations

from desktop.actions import analysis
from desktop.demo.desk import PAUSE, Desk, Show
from desktop.pages.analysis import AnalysisPage


def tab(key: str, at: int | None = None) -> Show:
    """A tab, a mark of its first picture pointed at."""

    def show(desk: Desk) -> None:
        page = desk.go("analysis", tab=key)
        assert isinstance(page, AnalysisPage)
        desk.driver.settle()
        desk.driver.settle()
        if at is not None and page.current.cards and page.current.cards[0].picture.marks:
            page.current.cards[0].picture.setFocus()
            page.current.cards[0].picture.point_to(min(at, len(page.current.cards[0].picture.marks) - 1))
        desk.driver.breathe(PAUSE)

    return show


SUPERVISOR: dict[str, Show] = {
    "analysis": tab(analysis.INDICATORS),
    "analysis-pointed": tab(analysis.INDICATORS, 4),
    **{f"analysis-{key}": tab(key) for key, _ in analysis.TABS[1:]},
}
CLERK: dict[str, Show] = {
    "analysis": tab(analysis.UNITS),
    **{f"analysis-{key}": tab(key) for key in (analysis.UPSCALE, analysis.ISSUES, analysis.CLOUD)},
}
BUREAU: dict[str, Show] = {"analysis": tab(analysis.INDICATORS), "analysis-trends": tab(analysis.TRENDS)}
