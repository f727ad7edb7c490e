"""What the frame shows before the register is open: as it was when the program was last closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from desktop.style.theme import tokens

FILE = "frame.json"


class Frame:
    """The context of a window whose register is still being opened; once it is, everything comes from there."""

    def __init__(self, root: Path) -> None:
        self._file = root / FILE
        self._kept: dict[str, Any] = _read(self._file)
        self.real: Any = None
        self.memory = self

    # As the window asks (desktop.window.Context).

    @property
    def unit_name(self) -> str:
        return str(self._of("unit_name", ""))

    @property
    def person(self) -> str:
        return str(self._of("person", ""))

    @property
    def role(self) -> str:
        return str(self._of("role", "clerk"))

    @property
    def practice(self) -> bool:
        return bool(self._of("practice", False))

    @property
    def period(self) -> str:
        return str(self._of("period", "2024-01"))

    @property
    def period_locked(self) -> bool:
        return bool(self._of("period_locked", False))

    @property
    def last_backup_text(self) -> str:
        return str(self.real.last_backup_text) if self.real is not None else ""

    def set_period(self, period: str) -> None:
        if self.real is not None:
            self.real.set_period(period)

    # Memory: window/… is needed before the register is open, so it is kept in the file as well.

    def get(self, key: str, default: Any = None) -> Any:
        if self.real is not None:
            return self.real.memory.get(key, default)
        return self._kept.get("memory", {}).get(key, default)

    def set(self, key: str, value: Any) -> None:
        if key.startswith("window/"):
            self._kept.setdefault("memory", {})[key] = value
        if self.real is not None:
            self.real.memory.set(key, value)

    @property
    def dark(self) -> bool:
        return self._kept.get("theme") == "dark"

    @property
    def text_size(self) -> int:
        size = self._kept.get("text_size")
        return size if isinstance(size, int) else 14

    def keep(self) -> None:
        """Write down what the next start shows first. A folder that cannot be written only costs the memory."""
        if self.real is not None:
            for name in ("unit_name", "person", "role", "practice", "period", "period_locked"):
                self._kept[name] = getattr(self.real, name)
            self._kept["theme"] = "dark" if tokens().dark else "light"
            self._kept["text_size"] = self.real.store.setting("text_size", 14)
        temporary = self._file.with_suffix(".tmp")
        try:
            temporary.write_text(json.dumps(self._kept, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            temporary.unlink(missing_ok=True)

    def _of(self, name: str, default: Any) -> Any:
        return getattr(self.real, name) if self.real is not None else self._kept.get(name, default)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
