"""How far the reading of a long file is, and stopping it: told in rows of the sheet, and ended at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.errors import Refused
from returns.files import children, open_book, open_bytes
from returns.files.telling import LOOKING, READING, Tell
from tests.returns.files import making

ROWS = 6_000
LINES = [["企业名称", "金额"], *([f"企业{number}", float(number)] for number in range(ROWS))]
Told = list[tuple[int, int, str]]


def listening() -> tuple[Told, Callable[[int, int, str], None]]:
    told: Told = []
    return told, lambda *what: told.append(what)


def wait_for(something: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not something() and time.monotonic() < end:
        time.sleep(0.02)
    return something()


def test_a_workbook_tells_rows_of_what_its_sheets_say_they_have(tmp_path: Path) -> None:
    (tmp_path / "长.xlsx").write_bytes(making.xlsx({"甲": LINES, "乙": LINES[:1001]}))
    told, progress = listening()
    with open_book(tmp_path / "长.xlsx", progress=progress) as book:
        assert [sheet.height for sheet in book.sheets] == [ROWS + 1, 1001]
    assert {total for _, total, _ in told} == {ROWS + 1 + 1001}
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[0][2] == LOOKING and told[-1][2] == READING
    # Looked through once is half of the way.
    assert next(done for done, _, step in told if step == READING) == (ROWS + 1 + 1001) // 2


def test_a_text_tells_rows_too_and_nobody_is_told_who_did_not_ask() -> None:
    data = "\n".join(f"企业{number},{number}" for number in range(ROWS)).encode()
    told, progress = listening()
    open_bytes(data, "长.csv", progress=progress)
    assert told and {(total, step) for _, total, step in told} == {(ROWS, READING)}
    open_bytes(data, "长.csv")


def test_a_sheet_that_does_not_say_how_long_it_is_is_read_all_the_same() -> None:
    data = making.edited(
        making.xlsx({"甲": LINES[:900]}),
        lambda part, text: text.replace(b"<dimension", b"<dim") if "sheet1" in part else text,
    )
    told, progress = listening()
    assert open_bytes(data, "a.xlsx", progress=progress).sheets[0].height == 900
    assert (
        told[0][:2] == (0, 0)
        and told[0][2].startswith(f"{LOOKING}，已到第 ")
        and told[-1][1:] == (900, READING)
    )


def test_a_sheet_that_says_too_little_is_found_out() -> None:
    data = making.edited(
        making.xlsx({"甲": LINES[:900]}),
        lambda part, text: text.replace(b"A1:B900", b"A1:B7") if "sheet1" in part else text,
    )
    told, progress = listening()
    assert open_bytes(data, "a.xlsx", progress=progress).sheets[0].height == 900
    assert all(done <= total for done, total, _ in told) and [told[0][1], told[-1][1]] == [7, 900]


def test_reading_stops_in_the_middle_and_the_next_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "长.xlsx").write_bytes(making.xlsx({"甲": LINES}))
    told, progress = listening()
    with pytest.raises(Refused) as caught:
        open_book(tmp_path / "长.xlsx", progress=progress, cancelled=lambda: bool(told))
    assert caught.value.id == "cancelled"
    with open_book(tmp_path / "长.xlsx", cancelled=lambda: False) as book:
        assert book.sheets[0].height == ROWS + 1


def test_a_parser_that_hears_nothing_is_ended() -> None:
    children.stop_all()
    begun = time.monotonic()
    with pytest.raises(Refused) as caught:
        children.read(
            [b"a,b\n"], 4, Path("毒.csv"), 60, drill="sleep", cancelled=lambda: time.monotonic() - begun > 0.3
        )
    assert caught.value.id == "cancelled" and time.monotonic() - begun < 20
    assert open_bytes("名称,数\n甲,1\n".encode(), "a.csv").sheets[0].height == 2


def test_what_is_not_wanted_from_the_start_is_not_begun() -> None:
    with pytest.raises(Refused) as caught:
        open_bytes(b"a,b\n", "a.csv", cancelled=lambda: True)
    assert caught.value.id == "cancelled"


def test_a_stopped_reading_leaves_no_process(tmp_path: Path) -> None:
    children.stop_all()
    (tmp_path / "长.xlsx").write_bytes(making.xlsx({"甲": LINES}))
    asked: list[children.Child] = []
    take = children._take

    def taken() -> children.Child:
        asked.append(take())
        return asked[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "_take", taken)
        told, progress = listening()
        with pytest.raises(Refused):
            open_book(tmp_path / "长.xlsx", progress=progress, cancelled=lambda: bool(told))
    assert wait_for(lambda: not asked[0].alive) and children._idle == []


def test_telling_costs_nothing_between_two_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    told, send = listening()
    clock = [100.0]
    monkeypatch.setattr("returns.files.telling.time.monotonic", lambda: clock[0])
    tell = Tell(send)
    tell.expect(1000)
    for _ in range(100):
        tell.read(5)
    assert told == [(5, 1000, READING)]
    clock[0] += 1
    tell.read(5)
    assert told[-1] == (505, 1000, READING)
