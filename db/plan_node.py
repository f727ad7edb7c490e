"""Reading a JSON document with the place in mind: every mistake is a sentence that says where it is.

Knows nothing of plans; plan_file.py says what a plan consists of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from db.errors import KnownError

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class PlanError(KnownError):
    """The plan file is not usable; `place` says where in it, in words."""

    def __init__(self, message: str, place: str) -> None:
        blank = " " if place[-1:].isdigit() else ""  # “指标 5 的…”
        super().__init__(
            f"计划文件有误：{place}{blank}{message}",
            "请改正后重新载入，或改用随程序提供的计划。",
            "bad_plan",
        )
        self.place = place


def _inside(place: str, key: str) -> str:
    """“指标 5 的“targets””: a figure before 的 is set off by a blank."""
    return f"{place}{' ' if place[-1:].isdigit() else ''}的“{key}”"


class Node:
    """One object of the document, and what a person calls its place (“指标 5”)."""

    def __init__(self, data: Any, place: str) -> None:
        if not isinstance(data, Mapping):
            raise PlanError("应当是一组“名称: 值”。", place)
        self.data: Mapping[str, Any] = data
        self.place = place

    def fail(self, message: str, key: str = "") -> PlanError:
        return PlanError(message, _inside(self.place, key) if key else self.place)

    def _get(self, key: str) -> Any:
        value = self.data.get(key)
        if value is None or value == "":
            raise self.fail("没有填写。", key)
        return value

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail("应当是文字。", key)
        return value

    def maybe_text(self, key: str) -> str:
        """The text, empty when absent."""
        return self.text(key) if self.data.get(key) not in (None, "") else ""

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.fail(f"是“{value}”，只能是{'、'.join(allowed)}之一。", key)
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(f"应当是 {low} 到 {high} 之间的整数。", key)
        return value

    def maybe_whole(self, key: str, low: int, high: int) -> int | None:
        return None if self.data.get(key) is None else self.whole(key, low, high)

    def number(self, key: str) -> Decimal:
        """A decimal written as text: a JSON number would be read as binary floating point."""
        value = self._get(key)
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            raise self.fail('应当是写成文字的数，如 "98.37"。', key)
        return Decimal(value)

    def maybe_number(self, key: str) -> Decimal | None:
        return None if self.data.get(key) is None else self.number(key)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.fail("只能是 true 或 false。", key)
        return value

    def _list(self, key: str) -> list[Any]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.fail("应当是一个列表。", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail("应当是一列文字。", key)
        return tuple(values)

    def child(self, key: str) -> Node:
        return Node(self._get(key), _inside(self.place, key))

    def nodes(self, key: str, word: str, name_by: str = "") -> Iterator[Node]:
        """The objects of a list; each is called `word` and its `name_by` value, or its number in the list."""
        for number, data in enumerate(self._list(key), 1):
            named = data.get(name_by) if name_by and isinstance(data, Mapping) else None
            yield Node(data, f"{word} {named}" if named else f"第 {number} 个{word}")

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, Mapping):
            raise self.fail("应当是一组“名称: 值”。", key)
        return value
