"""Finding an enterprise by any fragment of its names or code, or by pinyin initials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session


def index(session: Session, record: Mapping[str, Any]) -> None:
    """Bring the search up to date with one enterprise (a deleted one leaves it)."""
