"""What a page of the navigation is: its base class, its entry in the list of pages, the order of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.memory import Memory
from desktop.style.theme import tokens
from desktop.widgets.button import Button, as_read
from desktop.widgets.header import PageHeader

CLERK, SUPERVISOR = "clerk", "supervisor"

# Groups of the navigation per role, a line between them. Pages not named here follow in the order they are given.
ORDER: Mapping[str, tuple[tuple[str, ...], ...]] = {
    CLERK: (
        (
            "month",
            "enterprises",
            "visits",
            "issues",
            "cloud",
            "nurture",
            "indicators",
            "tasks",
            "projects",
            "parks",
        ),
        ("handdown", "dispatch", "analysis", "settings"),
    ),
    SUPERVISOR: (
        ("month", "receive", "handdown", "analysis", "bulletin"),
        (
            "enterprises",
            "visits",
            "issues",
            "cloud",
            "nurture",
            "indicators",
            "tasks",
            "projects",
            "parks",
            "dispatch",
            "settings",
        ),
    ),
}

_ROOMY = 850  # px of a page with its usual margins


class Context(Protocol):
    """What the frame shows of the register that is open."""

    unit_name: str
    person: str
    role: str
    practice: bool
    memory: Memory

    @property
    def period(self) -> str: ...

    @property
    def period_locked(self) -> bool: ...

    @property
    def last_backup_text(self) -> str: ...

    def set_period(self, period: str) -> None: ...


class Page(QWidget):
    """Base of every page. Subclasses set `key`, `word`, `icon`, fill `self.body`, and override what they need.

    `self.header` is the title line; `self.body` the layout under it. A page is built on its first visit.
    """

    goto_asked = Signal(str, dict)  # page key, arguments for its `open`
    badge_changed = Signal()

    key = ""
    word = ""
    icon = "document"

    def __init__(self, context: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.title)
        margin = tokens().metrics.page_margin
        outer = QVBoxLayout(self)
        outer.setContentsMargins(margin, 20, margin, 20)
        outer.setSpacing(tokens().metrics.margin)
        self.header = PageHeader(self.title, self)
        outer.addWidget(self.header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(tokens().metrics.margin)
        outer.addLayout(self.body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A small screen at 150 % has no room to spare at the edges."""
        super().resizeEvent(event)
        outer = self.layout()
        margin = tokens().metrics.page_margin
        side = margin if self.width() >= tokens().metrics.px(_ROOMY) else margin // 2
        if outer is not None and outer.contentsMargins().left() not in (0, side):
            outer.setContentsMargins(side, 20, side, 20)

    @property
    def replaceable(self) -> bool:
        """Whether nothing would be lost if the page were made anew on its next visit."""
        return False

    def shed(self) -> None:
        """Give up what is not to be seen and can be made again."""

    @property
    def title(self) -> str:
        """The words at the top of the page and in the window's title."""
        return self.word

    def adopt(self, context: Any) -> None:
        """The register is open now: ask it from here on. Only pages that are shown before that are told."""
        self.context = context

    def refresh(self) -> None:
        """Read again what is shown. Called when the page appears after a change; must not disturb an open editor."""

    def open(self, **args: Any) -> None:
        """Show something particular (`goto("visits", record="…")`); called after `refresh`."""

    def first_focus(self) -> QWidget | None:
        """Where typing starts; None leaves the choice to the tab order, the header's buttons last."""
        return None

    def badge(self) -> int | None:
        """How many things are due here; None shows no badge."""
        return None

    def leave(self) -> bool:
        """Asked before another page is shown; False keeps the person here (say why on the page)."""
        return True

    def shortcuts(self) -> list[tuple[str, str]]:
        """(keys, what they do) for F1: the buttons with a shortcut, and named QShortcuts."""
        found = [
            (button.keys, button.text())
            for button in self.findChildren(Button)
            if button.keys and button.isVisibleTo(self)
        ]
        for shortcut in self.findChildren(QShortcut):
            owner = shortcut.parent()
            if shortcut.whatsThis() and isinstance(owner, QWidget) and owner.isVisibleTo(self):
                keys = shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)
                found.append((as_read(keys), shortcut.whatsThis()))
        return found


@dataclass(frozen=True)
class PageSpec:
    """One entry of the navigation. `factory(context)` builds the page on its first visit.

    `icon` names a picture of resources/icons; `group` tells where a page unknown to ORDER goes (0 upper, 1 lower).
    """

    key: str
    word: str
    icon: str
    group: int
    roles: frozenset[str] | set[str]
    factory: Callable[[Any], Page] = field(repr=False)


def arrange(specs: Sequence[PageSpec], role: str) -> list[list[PageSpec]]:
    """The pages this role sees, in groups, in the order of the navigation."""
    mine = {spec.key: spec for spec in specs if role in spec.roles}
    groups = [[mine.pop(key) for key in keys if key in mine] for keys in ORDER.get(role, ((), ()))]
    for spec in mine.values():
        groups[min(max(spec.group, 0), len(groups) - 1)].append(spec)
    return [group for group in groups if group]
