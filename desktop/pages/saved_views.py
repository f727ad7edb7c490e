"""Named views of a list: filters, columns and order under one name, remembered for each register. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.memory import Memory

MOST = 20  # of one register: more names than this nobody finds again


@dataclass(frozen=True)
class View:
    """How a list is looked at. `columns` None: the list's own; `order` None: the register's own."""

    filters: Mapping[str, Any]
    columns: Sequence[str] | None = None
    order: tuple[str, bool] | None = None

    def plain(self) -> dict[str, Any]:
        """As it is remembered."""
        return {
            "filters": dict(self.filters),
            "columns": list(self.columns) if self.columns is not None else None,
            "order": list(self.order) if self.order is not None else None,
        }


class SavedViews:
    """The views of one register."""

    def __init__(self, memory: Memory, register: str) -> None:
        self._memory, self._key = memory, f"views/{register}"

    def all(self) -> dict[str, View]:
        """By name, in the order they were saved."""
        found = {}
        for each in self._memory.get(self._key, []) or []:
            order = each.get("order")
            found[str(each["name"])] = View(
                dict(each.get("filters") or {}),
                each.get("columns"),
                (str(order[0]), bool(order[1])) if order else None,
            )
        return found

    def named(self, view: View) -> str:
        """The name under which exactly this view was saved, "" for none."""
        wanted = view.plain()
        return next((name for name, each in self.all().items() if each.plain() == wanted), "")

    def save(self, name: str, view: View) -> str:
        """Keep a view under a name, in the place of one that had it; answers why not, "" when done."""
        views = self.all()
        if name not in views and len(views) >= MOST:
            return f"已有 {MOST} 个视图，请先删去不用的。"
        self._write({**views, name: view})
        return ""

    def rename(self, name: str, new: str) -> str:
        """Another name for a view; answers why not, "" when done."""
        views = self.all()
        if new != name and new in views:
            return f"已经有叫“{new}”的视图。"
        self._write({new if each == name else each: view for each, view in views.items()})
        return ""

    def delete(self, name: str) -> None:
        """Forget a view."""
        self._write({each: view for each, view in self.all().items() if each != name})

    def _write(self, views: Mapping[str, View]) -> None:
        self._memory.set(self._key, [{"name": name, **view.plain()} for name, view in views.items()])
