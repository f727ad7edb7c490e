"""设置: the tabs, and the line above them that says what happened. What is on a tab is in a file of its own.

To add one: an entry in SECTIONS and a maker in `_make`; `goto("settings", section=key)` shows it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.page import Page
from desktop.pages.settings_backup import BackupCard
from desktop.pages.settings_lists import PolicyCard
from desktop.pages.settings_office import OfficeSection
from desktop.pages.settings_parts import CardSection, Section
from desktop.widgets.banner import Banner
from desktop.widgets.facts import TabStrip

SECTIONS = (
    ("office", "本单位"),
    ("rules", "规则"),
    ("parameters", "参数"),
    ("calendar", "工作日历"),
    ("cycles", "报送日历"),
    ("policies", "政策清单"),
    ("backup", "备份"),
)


class SettingsPage(Page):
    """A tab is built when it is first shown; nothing here waits for a 保存."""

    key = "settings"
    word = "设置"
    icon = "gear"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.message = Banner()
        self.message.hide()
        self.body.addWidget(self.message)
        self.tabs = TabStrip(SECTIONS, large=True)
        self.tabs.setAccessibleName("设置的各部分")
        self.tabs.chosen.connect(self._tab_chosen)
        self.header.set_lead(self.tabs)
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        self._made: dict[str, Section] = {}
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def _make(self, key: str) -> Section:
        if key == "office":
            return OfficeSection(self.context, self.say)
        if key == "rules":
            from desktop.pages.rules import RulesSection

            return RulesSection(self.context, self.say)
        if key == "parameters":
            from desktop.pages.settings_parameters import ParametersSection

            return ParametersSection(self.context, self.say)
        if key == "calendar":
            from desktop.pages.settings_calendar import CalendarSection

            return CalendarSection(self.context, self.say)
        if key == "cycles":
            from desktop.pages.settings_cycles import CyclesSection

            return CyclesSection(self.context, self.say)
        card = {"policies": PolicyCard, "backup": BackupCard}[key]
        return CardSection(card, self.context, self.say)

    def section(self, key: str) -> Any:
        """A tab, built if it was not; it is not shown by this."""
        if key not in self._made:
            made = self._make(key)
            made.goto_asked.connect(self.goto_asked)
            self._made[key] = made
            self.stack.addWidget(made)
        return self._made[key]

    def show_section(self, key: str, **args: Any) -> None:
        """Show a tab, its first field with the keyboard."""
        self.tabs.select(key)
        shown = self.section(key)
        self.stack.setCurrentWidget(shown)
        shown.refresh()
        shown.open(**args)

    @property
    def shown(self) -> Section:
        """The tab that is shown."""
        found: Section = self.section(self.tabs.current)
        return found

    def _tab_chosen(self, key: str) -> None:
        # The keyboard stays on the tabs: arrows go on to the next one, Tab goes into it.
        self.message.hide()
        self.show_section(key)

    def say(self, text: str, hint: str = "", state: str = "info") -> None:
        """A line above the settings."""
        self.message.say(text, hint, state)
        self.message.show()

    # What the window asks.

    def refresh(self) -> None:
        self.stack.setCurrentWidget(self.shown)
        self.shown.refresh()

    def open(self, section: str = "", **args: Any) -> None:
        """`section`: a key of SECTIONS; the rest is for it (`rule="VIS-004"`)."""
        if section in dict(SECTIONS):
            self.show_section(section, **args)
            focus = self.shown.first_focus()
            if focus is not None:
                focus.setFocus()

    def first_focus(self) -> QWidget | None:
        return self.shown.first_focus()

    def leave(self) -> bool:
        return all(made.leave() for made in self._made.values())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """What has the focus is in sight."""
        area = self.shown.area if self._made else None
        inner = area.widget() if area is not None else None
        if area is not None and new is not None and inner is not None and inner.isAncestorOf(new):
            area.ensureWidgetVisible(new, 0, 24)
