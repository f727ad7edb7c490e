"""季通报: the quarter that is worked on. Drafting and writing are in desktop/actions/bulletin.py."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from db.periods import Period, quarter_end
from desktop.page import Page


class QuarterPage(Page):
    """The quarter follows the month in the top bar until another one is chosen."""

    key = "quarterly"
    word = "季通报"
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        month = Period(context.period)
        self.quarter = quarter_end(month.year, month.quarter)
        self.header.add("‹ 上一季", lambda: self.step(-1), tip="上一季度")
        self.header.add("下一季 ›", lambda: self.step(1), tip="下一季度")
        self.body.addStretch(1)

    def step(self, by: int) -> None:
        """Another quarter."""
        self.quarter = self.quarter.shift(3 * by)
        self.refresh()

    def refresh(self) -> None:
        self.header.set_chip(self.quarter.display_quarter())
