"""Rows between the two processes: whatever stands in a cell arrives as it was, also where a column holds this and that."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from returns.files import wire

DAY = date(2024, 5, 21)
ROWS: list[tuple[int, list[Any]]] = [
    (0, ["企业", DAY, DAY, None, DAY]),
    (1, ["甲", None, "5月21日", DAY, date(1, 1, 1)]),
    (4, ["乙", date(9999, 12, 31), 45433, 1.5, DAY]),
    (5, ["丙"]),
    (7, ["丁", DAY, datetime(2024, 5, 21, 9, 30), time(9, 30), DAY, timedelta(hours=30)]),
]


@pytest.mark.parametrize("press", [False, True])
def test_every_cell_arrives_as_it_was(press: bool) -> None:
    sent = [(number, list(cells)) for number, cells in ROWS]
    piece = wire.pack(sent, press)
    assert wire.reach(piece) == (0, 7)
    found = wire.unpack(piece)
    assert found == ROWS and sent == ROWS, "what was sent is still its sender's"
    for (_, before), (_, after) in zip(ROWS, found, strict=True):
        assert list(map(type, before)) == list(map(type, after))


def test_a_row_is_its_receivers_own() -> None:
    piece = wire.pack([(0, [DAY]), (1, [DAY])])
    first, again = wire.unpack(piece), wire.unpack(piece)
    first[0][1][0] = "改"
    assert again == [(0, [DAY]), (1, [DAY])]


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        wire.pack([(0, [DAY, float("nan")])])
