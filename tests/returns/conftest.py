"""A street and the district with a month to hand in."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.store import Store
from tests.returns.offices import small_month
from tests.returns.receiving import Offices


@pytest.fixture
def offices(street: Store, district: Store, tmp_path: Path) -> Offices:
    return Offices(street, district, tmp_path, small_month(street))
