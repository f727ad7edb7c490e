"""What the frame shows before the register is open: as it was when the program was last closed, 本月 included."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from desktop.style.theme import tokens

FILE = "frame.json"
OPENING = "正在打开台账…"
_SEEN = ("unit_name", "unit_code", "person", "role", "practice", "period", "period_locked")
_TOKEN = ("unit_code", "role", "practice", "period")  # what a kept month belongs to, beside the file


class Frame:
    """The context of a window whose register is still being opened; once it is, everything comes from there.

    The month is kept with the size and time of the register's file: whatever wrote, restored or replaced it since
    has made what is kept worthless, and it is not shown.
    """

    def __init__(self, root: Path) -> None:
        self._file = root / FILE
        self._kept: dict[str, Any] = _read(self._file)
        self._asked_period = ""
        self.real: Any = None
        self.memory = self

    # As the window asks (desktop.window.Context).

    @property
    def unit_name(self) -> str:
        return str(self._of("unit_name", ""))

    @property
    def unit_code(self) -> str:
        return str(self._of("unit_code", ""))

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
        return self._asked_period or str(self._of("period", f"{date.today():%Y-%m}"))

    @property
    def period_locked(self) -> bool:
        return not self._asked_period and bool(self._of("period_locked", False))

    @property
    def last_backup_text(self) -> str:
        if self.real is not None:
            return str(self.real.last_backup_text)
        return OPENING if self._kept else ""

    def set_period(self, period: str) -> None:
        """Work in another month; before the register is open it is kept for `open`."""
        if self.real is not None:
            self.real.set_period(period)
        else:
            self._asked_period = str(period)

    def open(self, context: Any) -> None:
        """The register is open: everything comes from its context, and a month asked for meanwhile is set there."""
        asked, self._asked_period = self._asked_period, ""
        self.real = context
        self._file = context.store.folder.root / FILE
        if asked:
            context.set_period(asked)

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

    # The month.

    def month(self, today: date | None = None) -> tuple[Any, date | None] | None:
        """本月 as the register would show it (plain, as it was kept), and the day it was true on unless it still is.

        None where that is not certain: it must have been kept for this unit, role and month, over the very file
        that lies there now. Practice registers stand still on their day.
        """
        kept: dict[str, Any] = self._kept.get("month") or {}
        today = today or date.today()
        try:
            stamp = _stamp(self._file.parent / kept["file"])
            if self.real is not None or stamp is None or kept["stamp"] != stamp:
                return None
            day = date.fromisoformat(kept["day"])
            token = [kept[name] for name in _TOKEN]
            # A month nobody chose is the month of the day, and that may be another by now.
            moved = not kept["chosen"] and f"{today:%Y-%m}" != self.period
        except (KeyError, TypeError, ValueError):
            return None
        if token != [getattr(self, name) for name in _TOKEN] or (moved and not self.practice):
            return None
        return kept.get("view"), None if self.practice or day == today else day

    def keep(self, view: dict[str, Any] | None = None) -> None:
        """Note what the next start shows first, `view` (plain 本月) included. `write` puts it on the disk."""
        self._kept.pop("month", None)
        if self.real is None:
            return
        real = self.real
        for name in _SEEN:
            self._kept[name] = getattr(real, name)
        self._kept["theme"] = "dark" if tokens().dark else "light"
        self._kept["text_size"] = real.store.setting("text_size", 14)
        if view is not None:
            token = {name: self._kept[name] for name in _TOKEN}
            chosen = bool(real.memory.get("period"))
            day = real.today().isoformat()
            self._kept["month"] = {
                **token, "chosen": chosen, "day": day, "file": real.store.folder.database.name, "view": view,
            }  # fmt: skip

    def write(self) -> None:
        """Write down what was kept; the month only over a register that is closed. A full disk only costs the memory."""
        month = self._kept.get("month")
        if month is not None:
            month["stamp"] = _stamp(self._file.parent / month["file"])
        temporary = self._file.with_suffix(".tmp")
        try:
            temporary.write_text(json.dumps(self._kept, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            temporary.unlink(missing_ok=True)

    def _of(self, name: str, default: Any) -> Any:
        return getattr(self.real, name) if self.real is not None else self._kept.get(name, default)


def _stamp(database: Path) -> list[int] | None:
    """Size and time of a register that nobody has written to since it was closed; None for any other."""
    try:
        log = database.with_name(database.name + "-wal")
        if log.exists() and log.stat().st_size:
            return None
        found = database.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
