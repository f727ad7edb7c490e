"""Importing ledgers of 100,000 rows × 20 columns, against openpyxl merely reading the same file; and the memory it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from db import setup
from tests.benchmarks import ledgers
from tests.benchmarks.figure import Figure

ROWS, FIRMS = 100_000, 5_000
MOST_MEMORY = 300  # MB over the idle program
STREET = "360103002"


def figures(quick: bool) -> list[Figure]:
    rows, firms = (ROWS // 10, FIRMS // 10) if quick else (ROWS, FIRMS)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as scratch:
        for register, what, header, lines in (
            (
                "visit",
                f"导入走访台账 {rows:,} 行（{firms:,} 家企业）",
                ledgers.VISITS,
                ledgers.visits(rows, firms),
            ),
            ("enterprise", f"导入企业台账 {rows:,} 家", ledgers.FIRMS, ledgers.firms(rows)),
        ):
            path = Path(scratch) / f"{register}.xlsx"
            ledgers.write(path, header, lines)
            # Each in a process of its own: what one has learnt or left in memory is of no use to the other.
            floor = _run("read", path)
            ours = _run("import", path, register, str(Path(scratch) / register))
            if ours["stored"] != rows or floor["rows"] != rows + 1:
                raise RuntimeError(f"{ours} {floor}")
            openpyxl = "openpyxl read_only 只读一遍"
            found += [
                Figure(what, ours["wall"], openpyxl, floor["wall"], 1.0),
                Figure(f"{what}（CPU，含子进程）", ours["cpu"], f"{openpyxl}（CPU）", floor["cpu"], None),
                Figure(
                    f"{what}：内存峰值",
                    ours["peak"],
                    "空闲时",
                    ours["idle"],
                    MOST_MEMORY,
                    apart=True,
                    unit="MB",
                ),
            ]
    return found


def _run(*arguments: Any) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.importing", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# ---------------------------------------------------------------- in a process of its own


def _read(path: Path) -> dict[str, float]:
    """openpyxl going through the rows, and nothing done with them."""
    from openpyxl import load_workbook

    start, spent = time.perf_counter(), time.process_time()
    book = load_workbook(path, read_only=True, data_only=True)
    rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return {
        "wall": (time.perf_counter() - start) * 1000,
        "cpu": (time.process_time() - spent) * 1000,
        "rows": rows,
    }


def _import(path: Path, register: str, folder: Path) -> dict[str, float]:
    """The whole import into an empty register, by the program's own way; its reading process is counted, too."""
    from returns.ledger import import_ledger

    setup.initialise(folder, STREET, person="张敏").close()
    from db.store import open_store

    store = open_store(folder)
    _warm(store, folder)
    watch = _Watch()
    watch.start()
    start, spent = time.perf_counter(), _cpu()
    report = import_ledger(store, path, register)
    wall, cpu = (time.perf_counter() - start) * 1000, (_cpu() - spent) * 1000
    watch.stop()
    store.close()
    return {
        "wall": wall, "cpu": cpu, "idle": watch.idle, "peak": watch.peak, "stored": report.stored,
        "findings": len(report.findings),
    }  # fmt: skip


def _warm(store: Any, folder: Path) -> None:
    """The program as it stands open: its libraries are loaded, its lists were looked at."""
    from db.lookup import Directory
    from returns.ledger import import_ledger

    small = folder / "small.xlsx"
    ledgers.write(small, ("姓名", "分数"), iter([["张三", 1]]))
    import_ledger(store, small, "visit")
    with store.read() as session:
        Directory(session).find("unit", "区发改委")


class _Watch(threading.Thread):
    """Memory of this process and its children together, looked at every few milliseconds (MB)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.idle = self.peak = _resident()
        self._on = True

    def run(self) -> None:
        while self._on:
            self.peak = max(self.peak, _resident())
            time.sleep(0.05)

    def stop(self) -> None:
        self._on = False
        self.join()


def _resident() -> float:
    """Private and shared memory in use, of this process and of those it started."""
    return sum(_kilobytes(each) for each in (os.getpid(), *_children())) / 1024


def _children() -> list[int]:
    """The processes that this one started. Asked every few milliseconds: what it costs would count as ours."""
    lists = list(Path("/proc/self/task").glob("*/children"))
    if lists:
        with suppress(OSError):  # a thread ended while we looked
            return [int(each) for place in lists for each in place.read_text().split()]
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(parts[1]) == os.getpid():
            found.append(int(place.parent.name))
    return found


def _kilobytes(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _cpu() -> float:
    """Seconds of processor time of this process and of those it started."""
    own = os.times()
    spent = own.user + own.system + own.children_user + own.children_system
    ticks = os.sysconf("SC_CLK_TCK")
    for child in _children():
        try:
            parts = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += (int(parts[11]) + int(parts[12])) / ticks
    return spent


def main() -> None:
    job, path, *rest = sys.argv[1:]
    found = _read(Path(path)) if job == "read" else _import(Path(path), rest[0], Path(rest[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
