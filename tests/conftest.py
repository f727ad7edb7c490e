"""The machine a test runs on: no screen, a UTF-8 locale, folders of its own. Nothing about the product.

Runs before anything imports Qt, so that the platform and the locale are settled by then.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_STYLE_OVERRIDE", None)

# Qt warns about every other encoding, and a warning is a failure here.
os.environ["LC_ALL"] = os.environ["LANG"] = "C.UTF-8"

# Tests start the program hundreds of times. Where Python is told to keep nothing, each time would compile all of it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Every commit waits for the disk, tens of thousands of times in a run; a file system in memory answers at once. Only
# where there is plenty of it, and nothing stays there: TMPDIR=/tmp keeps what a failing test leaves.
_memory = Path("/dev/shm")
_in_memory = "TMPDIR" not in os.environ and _memory.is_dir() and shutil.disk_usage(_memory).free > 4 << 30

# Whatever forgets to name a folder writes here, never into the developer's own data or settings.
_scratch = Path(tempfile.mkdtemp(prefix=f"qianqi-tests-{os.getpid()}-", dir=_memory if _in_memory else None))
for _left in _memory.glob("qianqi-tests-[0-9]*-*") if _in_memory else ():  # of a run that was killed
    if not Path("/proc", _left.name.split("-")[2]).exists():
        shutil.rmtree(_left, ignore_errors=True)
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
if _in_memory:
    _scratch.chmod(0o755)  # some tests are another user
    os.environ["TMPDIR"] = tempfile.tempdir = str(_scratch)
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    _folder = _scratch / _name.lower()
    _folder.mkdir(mode=0o700)
    os.environ[_name] = str(_folder)

# What the processes of one run share. Only the first to come here makes it: the others are its children.
_shared = Path(os.environ.setdefault("QIANQI_TESTS_SHARED", str(_scratch / "shared")))
_shared.mkdir(exist_ok=True)

pytest_plugins = ["tests.registers", "tests.returns.office_fixtures"]

settings.register_profile(
    "ci",
    deadline=None,  # the machine is shared: a slow example says nothing about the code
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", autouse=True)
def one_application() -> object:
    """Qt allows one application in a process, and not every kind does for windows: pictures drawn first took a lesser one."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shared out among processes, files that take long go first: at the end nobody waits for one that came last."""
    if hasattr(config, "workerinput"):
        sizes = Counter(item.path for item in items)
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (item.path not in slow, -sizes[item.path], item.path))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """What a test put aside with deleteLater is gone before its register is, and before the next test.

    Outside an event loop Qt keeps it; a window that nobody sees would go on with what it does when idle.
    """
    _delete_what_waits()
    yield
    _delete_what_waits()
    _make_room(item)


def _delete_what_waits() -> None:
    if core := sys.modules.get("PySide6.QtCore"):
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


_done: deque[Path] = deque()


def _make_room(item: pytest.Item) -> None:
    """Memory would fill up; a few folders stay, as a timer of a window may still write into its register."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None and _scratch.parent.is_relative_to(_memory):
        _done.append(folder)
    if len(_done) > 20:
        shutil.rmtree(_done.popleft(), ignore_errors=True)
