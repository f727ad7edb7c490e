"""Keys of a page or a widget: what they do, and what the sheet of shortcuts (F1) says of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def on_keys(
    owner: QWidget,
    keys: str | QKeySequence.StandardKey,
    act: Callable[[], object],
    told: str = "",
    *,
    alone: bool = False,
) -> QShortcut:
    """Do `act` when the keys are pressed while the focus is inside `owner` (`alone`: on it, not on what it holds).

    `told`: what F1 says of the keys; nothing for those it need not name.
    """
    shortcut = QShortcut(QKeySequence(keys), owner)
    context = Qt.ShortcutContext
    shortcut.setContext(context.WidgetShortcut if alone else context.WidgetWithChildrenShortcut)
    shortcut.setWhatsThis(told)
    shortcut.activated.connect(act)
    return shortcut
