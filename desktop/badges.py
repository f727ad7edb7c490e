"""The counts beside the entries of the navigation, also of pages nobody has opened yet. Counted aside."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer

from db import to_do, to_do_district
from db.deadlines import overdue_count
from db.store import Store
from db.upscale import titles
from db.upscale.rules import rules
from desktop.page import SUPERVISOR
from desktop.window import MainWindow

_PAUSE = 400  # ms: a save tells of several registers one after another


def due_counts(store: Store, unit_code: str, role: str, period: str) -> dict[str, int]:
    """What is due, by page: overdue problems; titles that expire soon; files on the desk, or indicators to fill in."""
    with store.read() as session:
        ending = titles.titles(session, rules(session), store.today(), soon=True)
        counts = {
            "issues": overdue_count(session, store.today(), None),
            "nurture": sum(each.days is not None for each in ending),
        }
        if role == SUPERVISOR:
            counts["receive"] = to_do_district.staged_count(session)
        else:
            counts["indicators"] = len(to_do.indicators_to_fill(session, unit_code, period))
    return counts


def keep_badges(window: MainWindow, context: Any) -> None:
    """Count now, and again after every change and in every month."""
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.setInterval(_PAUSE)

    def show(counts: dict[str, int]) -> None:
        for key, count in counts.items():
            window.set_badge(key, count or None)

    def count() -> None:
        store, unit, role, period = context.store, context.unit_code, context.role, context.period
        context.jobs.run(
            "badges", lambda _progress, _cancelled: due_counts(store, unit, role, period), title="数待办",
            on_done=show, owner=window, quiet=True,
        )  # fmt: skip

    timer.timeout.connect(count)
    context.data_changed.connect(lambda _register: timer.start())
    context.period_changed.connect(lambda _period: timer.start())
    timer.start()
