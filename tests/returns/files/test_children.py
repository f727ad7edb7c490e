"""The process that reads: it may sleep, eat, die; the next file is read all the same."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.errors import KnownError, MachineError, Refused, UsageError
from returns.files import children, glance, open_book, open_bytes, wire
from tests.returns.files import making

CSV = "名称,数\n甲,1\n".encode()


@pytest.fixture(autouse=True)
def _no_child_of_another_test() -> Iterator[None]:
    children.stop_all()
    yield
    children.stop_all()


def drill(what: str, seconds: float = 20) -> Refused:
    with pytest.raises(Refused) as caught:
        children.read([CSV], len(CSV), Path("毒.csv"), seconds, drill=what)
    return caught.value


def idle() -> int:
    return children._idle[0].process.pid


def test_one_process_reads_many_files() -> None:
    open_bytes(CSV, "a.csv")
    first = idle()
    for number in range(20):
        book = open_bytes(f"名称,数\n甲,{number}\n".encode(), "a.csv")
        assert list(book.sheets[0].rows())[1] == (1, ["甲", str(number)])
    assert idle() == first


def test_a_refusal_does_not_cost_a_process() -> None:
    open_bytes(CSV, "a.csv")
    first = idle()
    with pytest.raises(Refused):
        open_bytes(b"%PDF-1.4", "a.pdf")
    assert idle() == first


def test_a_child_that_takes_too_long_is_killed_and_the_next_file_is_read() -> None:
    begun = time.monotonic()
    assert drill("sleep", seconds=1).id == "too_slow"
    assert time.monotonic() - begun < 15
    assert open_bytes(CSV, "a.csv").sheets[0].height == 2


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize(
    ("what", "rule"), [("spin", "too_slow"), ("eat", "too_large"), ("abort", "too_large")]
)
def test_a_child_that_eats_or_dies_is_a_sentence(what: str, rule: str) -> None:
    found = drill(what, seconds=1.5 if what == "spin" else 25)
    assert found.id == rule and "毒.csv" in found.message and found.hint
    assert open_bytes(CSV, "a.csv").sheets[0].height == 2


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_processor_time_is_capped_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "SECONDS", 0.0)
    found = drill("spin", seconds=28)
    assert found.id == "too_slow" and "28" not in found.message


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_the_reader_can_write_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert drill("write").id == "damaged_file"
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir())


def test_a_child_killed_between_two_files_is_replaced() -> None:
    open_bytes(CSV, "a.csv")
    children._idle[0].process.kill()
    children._idle[0].process.wait()
    assert open_bytes(CSV, "a.csv").sheets[0].height == 2


def test_rows_may_be_read_again_from_the_middle_and_from_several_threads() -> None:
    lines = [["编号", "名称"], *([str(n), f"企业{n}"] for n in range(1, 5001))]
    data = "\n".join(",".join(line) for line in lines).encode()
    book = open_bytes(data, "a.csv")
    sheet = book.sheets[0]
    whole = list(enumerate(lines))
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(list(sheet.rows()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [whole] * 4
    assert list(sheet.rows(4321)) == whole[4321:]
    first, second = sheet.rows(), sheet.rows()
    assert [next(first), next(second), next(first)] == [whole[0], whole[0], whole[1]]
    assert len(sheet.head) == 120 and sheet.head == lines[:120]
    assert len(sheet.tail) == 60 and sheet.tail == whole[-60:]
    book.close()
    assert list(sheet.rows()) == []


def test_files_read_at_once_from_threads_do_not_mix() -> None:
    def read(number: int, into: dict[int, Any]) -> None:
        for _ in range(5):
            book = open_bytes(f"名称,数\n企业{number},{number}\n".encode() * 50, f"{number}.csv")
            into[number] = {cells[0] for _, cells in book.sheets[0].rows()}

    found: dict[int, Any] = {}
    threads = [threading.Thread(target=read, args=(number, found)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {"名称", f"企业{number}"} for number in range(4)}
    assert len(children._idle) == 1


def test_a_file_that_is_not_there_or_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as gone:
        open_book(tmp_path / "没有.xlsx")
    assert gone.value.id == "no_such_file"
    with pytest.raises(UsageError):
        open_book(tmp_path)
    if os.geteuid():
        path = tmp_path / "锁.xlsx"
        path.write_bytes(CSV)
        path.chmod(0)
        with pytest.raises(MachineError) as locked:
            open_book(path)
        assert locked.value.id == "file_unreadable"


def test_a_file_beyond_the_cap_on_bytes_is_refused_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "MOST_BYTES", 10)
    (tmp_path / "大.csv").write_bytes(CSV)
    for attempt in (lambda: open_book(tmp_path / "大.csv"), lambda: open_bytes(CSV, "大.csv")):
        with pytest.raises(Refused) as found:
            attempt()
        assert found.value.id == "too_large"


def test_a_book_knows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "五月 台账.XLSX"
    path.write_bytes(making.xlsx())
    with open_book(path) as book:
        assert (book.path, book.name, book.kind) == (path, path.name, "xlsx")
        assert book.sha256 == open_bytes(path.read_bytes(), "x").sha256 and len(book.sha256) == 64


def test_no_reader_at_all_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_command", lambda: ["/nonexistent/program"])
    with pytest.raises(MachineError) as found:
        open_bytes(CSV, "a.csv")
    assert found.value.id == "reader_not_started"


def test_a_reader_that_says_nothing_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_command", lambda: [sys.executable, "-c", "pass"])
    with pytest.raises(KnownError) as found:
        open_bytes(CSV * 10_000, "a.csv")
    assert found.value.id == "damaged_file"


def test_the_frozen_program_has_the_reader_in_it() -> None:
    command = [sys.executable, "-m", "desktop", "--read-files"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=children._environment()
    )
    assert child.stdin and child.stdout
    wire.send(child.stdin, wire.ASK, wire.to_json({"name": "a.csv", "seconds": 10}))
    wire.send(child.stdin, wire.DATA, CSV)
    wire.send(child.stdin, wire.END)
    child.stdin.flush()
    frames = []
    while (frame := wire.receive(child.stdout)) is not None:
        frames.append(frame)
        if frame[0] in (wire.BOOK, wire.NO):
            break
    child.stdin.close()
    assert child.wait(20) == 0
    child.stdout.close()
    assert [kind for kind, _ in frames] == [wire.ROWS, wire.SHEET, wire.BOOK], frames


def test_a_glance_shows_the_first_rows_of_one_sheet_or_nothing() -> None:
    data = making.xlsx({"甲": [[n, "x"] for n in range(100)], "乙": [["封面", None, 2]]})
    assert glance(data, "a.xlsx", "乙") == [["封面", None, 2]]
    assert glance(data, "a.xlsx", "甲") == [[n, "x"] for n in range(60)]
    assert glance(data, "a.xlsx", "丙") == []
    far = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    for other in (b"", b"%PDF-1.4", data[:700], making.with_sheet(far)):
        assert glance(other, "a.xlsx", "台账") == []
    assert open_bytes(CSV, "a.csv").sheets[0].height == 2
