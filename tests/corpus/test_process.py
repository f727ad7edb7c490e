"""The most dangerous files through the real program: no traceback, the right exit code, little time, little memory."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from db.store import open_store
from returns import receive
from tests.corpus import containers, extents, legacy, measure, poison
from tests.corpus.case import Case
from tests.corpus.proof import GOOD, STREET
from tests.state import state_hash

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]

LONGEST, MOST = 10.0, 500.0
DANGEROUS = [case for each in (containers, poison, extents, legacy) for case in each.CASES if case.dangerous]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("process")
    made = folder / "register"
    done = measure.run(
        ["init", "--data", made, "--unit", STREET, "--person", "张敏"], longest=60, folder=folder
    )
    assert done.code == 0, done.err
    yield made


def state(root: Path) -> str:
    store = open_store(root)
    try:
        with store.read() as session:
            return state_hash(session)
    finally:
        store.close()


@pytest.mark.parametrize("case", DANGEROUS, ids=lambda case: case.key)
def test_a_dangerous_file(case: Case, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / case.file
    path.write_bytes(case.make())
    before = state(root)
    done = measure.run(
        ["import", path, "--register", case.register, "--data", root, "--json"], longest=60, folder=tmp_path
    )
    assert "Traceback" not in done.err + done.out and done.err == ""
    report = json.loads(done.out)["files"][0]
    assert done.code == int(report["outcome"] == "rejected" or report["bad"] > 0)
    assert report["outcome"] in case.want.outcome
    # On a machine with other work the clock runs on; the processor time tells what the file took.
    cost = f"{done.seconds:.1f} s on the clock, {done.processor:.1f} s of work, {done.megabytes:.0f} MB"
    assert done.processor < LONGEST and done.seconds < 3 * LONGEST, cost
    assert done.megabytes < MOST, cost
    print(cost)
    assert [each.name for each in folder.iterdir()] == [case.file]
    if report["outcome"] == "rejected":
        assert state(root) == before
    else:
        store = open_store(root)
        receive.undo(store, UUID(report["batch"]), store.actor, backup_first=False)
        store.close()
        assert state(root) == before
    assert not Path("/tmp/qianqi-was-here.txt").exists()
    assert not list(tmp_path.rglob("qianqi-was-here*")) and not list(root.rglob("qianqi-was-here*"))


def test_after_all_of_them_a_good_file_goes_in(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "好的.xlsx"
    path.write_bytes(GOOD)
    done = measure.run(
        ["import", path, "--register", "visit", "--data", root, "--json"], longest=60, folder=tmp_path
    )
    assert (done.code, json.loads(done.out)["files"][0]["stored"]) == (0, 1)


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.csv", "回报.zip"])
@pytest.mark.parametrize("command", ["import", "receive"])
def test_what_is_no_file_of_that_size(command: str, name: str, root: Path, tmp_path: Path) -> None:
    """A file of three gigabytes, and a pipe that nobody writes to: neither is read."""
    before = state(root)
    more = ["--register", "visit"] if command == "import" else []
    for make in (lambda path: os.truncate(path, 3 << 30), lambda path: (path.unlink(), os.mkfifo(path))):
        path = tmp_path / name
        path.unlink(missing_ok=True)
        path.touch()
        make(path)
        done = measure.run([command, path, *more, "--data", root, "--json"], longest=20, folder=tmp_path)
        # A pack of attachments that can not be read is a warning: it refuses no return.
        assert done.code in ((0, 1, 3) if name.endswith("zip") else (1, 3)) and "Traceback" not in done.err
        assert done.megabytes < MOST and done.processor < LONGEST
    assert state(root) == before
