"""Data shipped with the program, and the one helper that finds it. No logic, no other code of the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# `__file__` points into the bundle when frozen and into the package when installed: both hold the data.
_ROOT = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """Where a shipped file or folder lies; `name` is relative, as in “plan/xihu_2023_2025.json”."""
    return _ROOT.joinpath(*name.split("/"))


def read_json(name: str) -> Any:
    """The content of a shipped JSON file."""
    return json.loads(path(name).read_text(encoding="utf-8"))
