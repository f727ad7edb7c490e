"""What a page or table may ask of the store of small remembered things. The store itself is made elsewhere."""

from __future__ import annotations

from typing import Any, Protocol


class Memory(Protocol):
    """Remembers small JSON values (widths, sorting, filters, last page) for this person on this machine."""

    def get(self, key: str, default: Any = None) -> Any: ...

    def set(self, key: str, value: Any) -> None: ...


class ForgetfulMemory:
    """Remembers until the program ends; for windows opened without a store."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """The value set last, or `default`."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a value until the program ends."""
        self._values[key] = value
