"""The machine a test runs on: no screen, a UTF-8 locale, folders of its own. Nothing about the product.

Runs before anything imports Qt, so that the platform and the locale are settled by then.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("QT_STYLE_OVERRIDE", None)

# Qt warns about every other encoding, and a warning is a failure here.
os.environ["LC_ALL"] = os.environ["LANG"] = "C.UTF-8"

# Every commit waits for the disk, tens of thousands of times in a run. Memory answers at once; it is a file system like
# any other, and SQLite asks it the same. Only where there is plenty of it: a machine in a box often has 64 MB.
_memory = Path("/dev/shm")
if "TMPDIR" not in os.environ and _memory.is_dir() and shutil.disk_usage(_memory).free > 4 << 30:
    os.environ["TMPDIR"] = str(_memory)
    tempfile.tempdir = None  # read anew

# Whatever forgets to name a folder writes here, never into the developer's own data or settings.
_scratch = Path(tempfile.mkdtemp(prefix="qianqi-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shared out among processes, files that take long go first: at the end nobody waits for one that came last."""
    if hasattr(config, "workerinput"):
        sizes = Counter(item.path for item in items)
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (item.path not in slow, -sizes[item.path], item.path))
