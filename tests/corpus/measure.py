"""Runs a program and tells what it cost: seconds, and the most memory that it and its children held together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    code: int
    out: str
    err: str
    seconds: float  # on the clock
    processor: float  # seconds of processor time, its children included
    megabytes: float


def run(args: Sequence[object], *, longest: float, folder: Path) -> Run:
    """`python -m desktop` with these arguments; killed, and TimeoutExpired raised, after `longest` seconds."""
    root = Path(__file__).resolve().parents[2]
    most = 0
    started, before = time.monotonic(), _spent()
    with (folder / "out").open("wb+") as out, (folder / "err").open("wb+") as err:
        child = subprocess.Popen(
            [sys.executable, "-m", "desktop", *map(str, args)],
            stdout=out,
            stderr=err,
            cwd=root,
            env=dict(os.environ),
        )
        try:
            while child.poll() is None:
                most = max(most, _held(child.pid))
                if time.monotonic() - started > longest:
                    raise subprocess.TimeoutExpired(child.args, longest)
                time.sleep(_EVERY)
        finally:
            if child.poll() is None:
                for each in [*_below(child.pid), child.pid]:
                    _kill(each)
                child.wait()
        seconds = time.monotonic() - started
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode("utf-8"))
    return Run(child.returncode, said[0], said[1], seconds, _spent() - before, most / 2**20)


def _spent() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _held(process: int) -> int:
    """Bytes of memory of a process and everything below it. Pages that they share are counted for each."""
    return sum(_resident(each) for each in [process, *_below(process)])


def _below(process: int) -> list[int]:
    found: list[int] = []
    waiting = [process]
    while waiting:
        each = waiting.pop()
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            children = [int(text) for task in tasks for text in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
        found += children
        waiting += children
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _kill(process: int) -> None:
    try:
        os.kill(process, 9)
    except OSError:
        return
